package discussion

import (
	"net/http"
	"net/url"

	"warta/internal/discuss"
	"warta/internal/web/newsroom"
)

// againPage is a form that could not be taken, with what was typed in it and what is
// wrong with it. The pages with the forms have several of them; this is the one that
// was sent.
type againPage struct {
	newsroom.Shell
	Action  string // where it is sent
	Back    string // the page that it stood on
	Whole   string // what is wrong, where it is no field's matter
	Hidden  []option
	Fields  []againField
	Reasons []option // of a decision about comments
	Button  string   // what it does, in words
}

// againField is something that was typed.
type againField struct {
	Name, Word, Value, Error string
	Most                     int
	Long, Number, Choice     bool
}

// typedFields are what people type into the forms of moderators, in the order in
// which it is asked for.
var typedFields = []againField{
	{Name: "reason", Word: "moderation.reason_reader", Most: discuss.MaxReason},
	{Name: "days", Word: "moderation.days", Number: true, Most: 3},
	{Name: "note", Word: "moderation.to_author", Long: true, Most: discuss.MaxModeratorNote},
	{Name: "text", Word: "moderation.answer", Long: true, Most: 2000},
}

// again answers a form that its sender can mend: it stands there once more.
func (x *Room) again(w http.ResponseWriter, r *newsroom.Request, f url.Values, fallback string, err error) error {
	p := &againPage{Shell: x.shell(r, r.Words.T("moderation.again")), Action: r.URL.Path, Back: back(f, fallback)}
	at, text := r.Sentence(err)
	p.Button = r.Words.T("moderation.again_send")
	if word := "moderation.do." + f.Get("do"); f.Get("do") != "" && r.Words.Has(word) {
		p.Button = r.Words.T(word)
	}
	p.Whole = text
	for _, field := range typedFields {
		if !f.Has(field.Name) {
			continue
		}
		field.Value = f.Get(field.Name)
		// Decisions about comments have a list of reasons, measures against readers words.
		if field.Name == "reason" && f.Has("note") {
			field.Choice, field.Word = true, "moderation.why"
			for _, c := range discuss.ModeratorReasons {
				p.Reasons = append(p.Reasons, option{string(c), r.Words.T("moderation.reason." + string(c)), string(c) == field.Value})
			}
		}
		if field.Name == "note" && !f.Has("do") {
			field.Word = "moderation.note"
		}
		if at == field.Name {
			field.Error, p.Whole = text, ""
		}
		p.Fields = append(p.Fields, field)
	}
	for _, name := range []string{"next", "seen", "do", "comment"} {
		if f.Has(name) {
			p.Hidden = append(p.Hidden, option{Value: name, Name: f.Get(name)})
		}
	}
	return x.d.PageStatus(w, r, statusOf(err), "discussion-again", p)
}

// typed reports whether a form has something to be typed into it.
func typed(f url.Values) bool {
	for _, field := range typedFields {
		if f.Has(field.Name) {
			return true
		}
	}
	return false
}

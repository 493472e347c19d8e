package structure

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// auditFact is one thing that the log keeps of a deed, in words.
type auditFact struct {
	Label string
	Text  string
	Link  string // page of what Text names, empty if it has none
}

// factOrder are the facts that the program writes, in the order in which a line
// shows them.
var factOrder = []string{"user", "desk", "section", "into", "version", "at", "kind", "outcome", "reason", "note", "report", "correction", "notice",
	"role", "from", "to", "desks", "by", "failed", "failed_before", "codes_left", "fields", "name", "address", "target", "was", "count"}

// silentFacts are for machines alone: the export has them. A hash says nothing
// to a person.
var silentFacts = []string{"hash"}

// auditNames are the names of what the lines of one page are about, read in one
// query a kind.
type auditNames struct {
	people map[int64]account.User
	topics map[int64]string
	tree   *news.Tree
}

// facts returns the facts of a line by name; nothing for a line without any.
func facts(l news.AuditLine) (out map[string]any) {
	if json.Unmarshal(l.Detail, &out) != nil {
		return nil // only the program writes there, and it writes objects
	}
	return out
}

// factID returns a fact that is an id, 0 if it is none.
func factID(v any) int64 {
	n, _ := v.(float64)
	return int64(n)
}

// auditNames reads the names for lines. A line's topic is only named where it
// took another one over: one that was merged has its heir's name.
func (x *Structure) auditNames(r *newsroom.Request, list []news.AuditLine) (n auditNames, err error) {
	var users, topics []int64
	sections := false
	for _, l := range list {
		users = append(users, userID(l.Actor), userID(l.Object))
		f := facts(l)
		users = append(users, factID(f["user"]))
		sections = sections || f["desk"] != nil || f["section"] != nil || f["into"] != nil
		if id := factID(f["into"]); id != 0 && strings.HasPrefix(l.Object, "topic:") {
			topics = append(topics, id)
		}
	}
	if n.people, err = x.Store.UsersByID(r.Context(), distinct(users)); err != nil {
		return n, err
	}
	n.topics = map[int64]string{}
	found, err := x.Store.Topics(r.Context(), distinct(topics))
	for _, t := range found {
		n.topics[t.ID] = t.Name
	}
	if err == nil && sections {
		n.tree, err = x.Store.Sections(r.Context())
	}
	return n, err
}

// distinct returns ids in order, each once and without 0.
func distinct(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { return id == 0 })
}

// factsOf says in words what the log keeps of a line.
func (n auditNames) factsOf(r *newsroom.Request, l news.AuditLine) (out []auditFact) {
	all := facts(l)
	for _, name := range factOrder {
		v, ok := all[name]
		delete(all, name)
		if !ok {
			continue
		}
		if f := n.fact(r, l, name, v); f.Text != "" {
			f.Label = r.Words.T("structure.fact." + name)
			out = append(out, f)
		}
	}
	// What another release of the program wrote is shown as well as can be.
	var rest []string
	for name, v := range all {
		if text := factText(r, v); text != "" && !slices.Contains(silentFacts, name) {
			rest = append(rest, text)
		}
	}
	if len(rest) > 0 {
		slices.Sort(rest)
		out = append(out, auditFact{Label: r.Words.T("structure.fact_other"), Text: strings.Join(rest, ", ")})
	}
	return out
}

// fact says one fact; an empty text is one that says nothing beside the rest.
func (n auditNames) fact(r *newsroom.Request, l news.AuditLine, name string, v any) (f auditFact) {
	id := factID(v)
	text := factText(r, v)
	numbered := strconv.FormatInt(id, 10)
	switch name {
	case "user":
		return auditFact{Text: n.person(r, id), Link: objectLink("user:" + numbered)}
	case "into":
		if strings.HasPrefix(l.Object, "topic:") {
			if f = (auditFact{Text: n.topics[id], Link: objectLink("topic:" + numbered)}); f.Text == "" {
				f.Text = objectWords(r, "topic:"+numbered)
			}
			return f
		}
		return n.section(r, id)
	case "desk", "section":
		return n.section(r, id)
	case "report":
		return auditFact{Text: numbered, Link: newsroom.Prefix + "/reports/" + numbered}
	case "correction", "notice":
		if id == 0 {
			return f // of a report that none settled
		}
		if f.Text = numbered; name == "notice" {
			f.Link = objectLink("story:" + numbered)
		}
		return f
	case "desks", "failed_before":
		if id == 0 {
			return f // as it nearly always is
		}
	case "version":
		return auditFact{Text: numbered}
	case "at":
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return auditFact{Text: lang.DateTime(r.Lang, t, r.Zone)}
		}
		return auditFact{Text: wordOr(r, text, "structure.fact.at.")}
	case "kind":
		return auditFact{Text: wordOr(r, text, "desk.report.kind.")}
	case "outcome":
		return auditFact{Text: wordOr(r, text, "desk.report.outcome.")}
	case "role", "from", "to":
		return auditFact{Text: wordOr(r, text, "room.role.")}
	case "by":
		return auditFact{Text: wordOr(r, text, "structure.fact.by.")}
	case "reason":
		return auditFact{Text: reasonWords(r, l.Action, text)}
	case "fields":
		return auditFact{Text: fieldWords(r, v)}
	}
	return auditFact{Text: text}
}

// person returns a user's name.
func (n auditNames) person(r *newsroom.Request, id int64) string {
	if id == 0 {
		return ""
	}
	if name := n.people[id].Name; name != "" {
		return name
	}
	return objectWords(r, account.Actor{ID: id}.String())
}

// section names a section, with its page.
func (n auditNames) section(r *newsroom.Request, id int64) auditFact {
	if id == 0 {
		return auditFact{}
	}
	number := strconv.FormatInt(id, 10)
	if n.tree != nil {
		if s := n.tree.ByID(id); s != nil {
			return auditFact{Text: s.Name, Link: newsroom.Prefix + "/sections/" + number}
		}
	}
	return auditFact{Text: objectWords(r, "section:"+number)}
}

// wordOr returns the word that the catalogues have for a code below one of the
// prefixes, else the code with spaces.
func wordOr(r *newsroom.Request, code string, prefixes ...string) string {
	for _, p := range prefixes {
		if code != "" && r.Words.Has(p+code) {
			return r.Words.T(p + code)
		}
	}
	return strings.ReplaceAll(code, "_", " ")
}

// reasonWords says a reason: a word of a list, or what the newsroom wrote to a reader.
func reasonWords(r *newsroom.Request, action, text string) string {
	switch action {
	case "settle", "report.settle", "report", "assign":
		return text
	case "restore_version":
		return "" // its one reason is that somebody asked for it
	}
	return wordOr(r, text, "withdrawal.reason.", "correction.", "desk.short.", "structure.fact.reason.")
}

// fieldWords names the fields of a picture, each once.
func fieldWords(r *newsroom.Request, v any) string {
	list, _ := v.([]any)
	var out []string
	for _, x := range list {
		code, _ := x.(string)
		switch code {
		case "focal_x", "focal_y":
			code = r.Words.T("library.focal")
		case "ai":
			code = r.Words.T("library.ai")
		default:
			code = wordOr(r, code, "library.field.")
		}
		if !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return strings.Join(out, ", ")
}

// factText prints a fact whose kind nobody knows: texts, numbers, lists of them.
func factText(r *newsroom.Request, v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return lang.Number(r.Lang, int64(v))
	case []any:
		var out []string
		for _, x := range v {
			if text := factText(r, x); text != "" {
				out = append(out, text)
			}
		}
		return strings.Join(out, ", ")
	}
	return ""
}

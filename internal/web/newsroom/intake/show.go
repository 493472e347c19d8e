package intake

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/extract"
	"warta/internal/fault"
	"warta/internal/ingest"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

func asMaxBytes(err error, to **http.MaxBytesError) bool { return errors.As(err, to) }

// option is one of a list to choose from.
type option struct {
	Value  string
	Text   string
	Depth  int
	Chosen bool
}

// row is a line of what was recognised. Lines of the body and furniture can be
// ticked: what is ticked becomes the draft's text.
type row struct {
	Text   string
	Field  string // as a word; empty: furniture
	Why    string
	Name   string // of the box: "block" or "extra"; empty: there is none
	Value  string
	Ticked bool
}

// draftForm is what can be mended.
type draftForm struct {
	Headline, Standfirst, Dateline   string
	Section                          int64
	Authors, Topics                  string // a line each, commas
	Source, SourceURL                string
	Agencies                         string
	Picture, Caption, Credit         string
	Take                             bool // the picture
	URI, Address, Published, Updated string
	Language                         string
	Body                             string // JSON of all blocks
	Sources                          string // JSON of the addresses of the pictures in them
}

// storyPage shows what was recognised.
type storyPage struct {
	newsroom.Shell
	Form     draftForm
	Sections []option
	Rows     []row
	Hidden   int // rows that are not shown
	Pictures int // in the text, that are left out
	Next     []string
	Problems problems
	There    string // the story that is made of this page already
}

// maxRows is how many lines are shown.
const maxRows = 600

func (x *Room) show(w http.ResponseWriter, r *newsroom.Request, page *extract.Page) error {
	// Whoever may add no pictures is told how many there are.
	take := r.Actor.CanSomewhere(account.Pictures)
	body, dateline, pictures, err := x.Pages.Datelines.PageBody(page, take)
	if err != nil {
		return err
	}
	data, err := body.MarshalJSON()
	if err != nil {
		return err
	}
	tree, err := x.Store.Sections(r.Context())
	if err != nil {
		return err
	}
	p := &storyPage{Shell: shell(r), Next: page.Next}
	f := &p.Form
	*f = draftForm{Headline: page.Headline, Standfirst: page.Standfirst, Dateline: dateline, Topics: strings.Join(page.Topics, ", "),
		Source: page.Site, SourceURL: siteOf(page.URL), URI: ingest.PageURI(page), Address: page.URL, Language: page.Language, Body: string(data)}
	if ingest.SameOutlet(siteOf(page.URL), x.Host) && page.URL != "" {
		f.Source, f.SourceURL = "", ""
	}
	var agencies []string
	for _, s := range page.Sources {
		agencies = append(agencies, s.Name)
	}
	f.Agencies = strings.Join(agencies, ", ")
	f.Authors = authorLines(r, page.Authors)
	if l := page.Lead; l != nil {
		f.Picture, f.Caption, f.Credit = l.URL, l.Caption, l.Credit
	}
	if take {
		f.Sources = sourcesText(pictures)
	} else {
		p.Pictures = len(pictures)
	}
	f.Published, f.Updated = whenOf(r, page.Published), whenOf(r, page.Modified)
	if s := sectionNamed(tree, page.Section); s != nil {
		f.Section = s.ID
	}
	p.Sections = sections(tree, f.Section)
	p.Rows, p.Hidden = rowsOf(r, page, body, pictures)
	return x.Door.Page(w, r, "intake-story", p)
}

// whenOf prints a time of a page.
func whenOf(r *newsroom.Request, s extract.Stamp) string {
	switch {
	case s.IsZero():
		return ""
	case s.Day:
		return lang.LongDate(r.Lang, s.Time, s.Time.Location())
	}
	return lang.DateTime(r.Lang, s.Time, r.Zone)
}

func siteOf(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// authorLines writes names as they can be mended: a line each, the role before a
// colon.
func authorLines(r *newsroom.Request, list []extract.Author) string {
	var lines []string
	for _, a := range list {
		lines = append(lines, r.Words.T("role."+a.Role)+": "+a.Name)
	}
	return strings.Join(lines, "\n")
}

func sectionNamed(tree *news.Tree, name string) *news.Section {
	if name == "" {
		return nil
	}
	for _, s := range tree.All() {
		if strings.EqualFold(s.Name, name) || s.Slug == lang.Slug(name) {
			return s
		}
	}
	return nil
}

func sections(tree *news.Tree, chosen int64) []option {
	var out []option
	for _, s := range tree.All() {
		out = append(out, option{Value: strconv.FormatInt(s.ID, 10), Text: s.Name, Depth: len(tree.Ancestry(s.ID)) - 1, Chosen: s.ID == chosen})
	}
	return out
}

// rowsOf puts the blocks of the body where their lines stand on the page.
func rowsOf(r *newsroom.Request, page *extract.Page, body doc.Doc, sources []string) (rows []row, hidden int) {
	next := 0 // the block that comes next
	block := func() {
		b := body.Blocks[next]
		rows = append(rows, row{Text: rowText(r, b, sources), Field: r.Words.T("intake.field." + blockField(b)), Name: "block", Value: strconv.Itoa(next), Ticked: true})
		next++
	}
	rest := "" // of the block before, that lines may still belong to
	for _, l := range page.Lines {
		if l.Verdict == extract.Blank || l.Text == "" {
			continue
		}
		why := ""
		if key := "intake.why." + strings.ReplaceAll(strings.Join(extract.Words(l.Why), " "), " ", "_"); l.Why != "" && r.Words.Has(key) {
			why = r.Words.T(key)
		}
		text := letters(l.Text)
		switch {
		case l.Verdict == extract.Kept && (l.Field == extract.FieldBody || l.Field == extract.FieldReadAlso):
			if text != "" && strings.Contains(rest, text) {
				continue
			}
			for try := next; try < len(body.Blocks) && try < next+40; try++ {
				have := letters(blockText(r, body.Blocks[try]))
				if have == "" || !(strings.Contains(have, text) || strings.Contains(text, have)) {
					continue
				}
				for next <= try {
					block()
				}
				rest = have
				if len(rows) > 0 {
					rows[len(rows)-1].Why = why
				}
				break
			}
		case l.Verdict == extract.Kept:
			rows = append(rows, row{Text: l.Text, Field: r.Words.T("intake.field." + l.Field), Why: why})
		case len(rows) >= maxRows:
			hidden++
		default:
			rows = append(rows, row{Text: clip(l.Text, 2000), Why: why, Name: "extra", Value: strconv.Itoa(next) + "|" + clip(l.Text, 2000)})
		}
	}
	for next < len(body.Blocks) {
		block()
	}
	return rows, hidden
}

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// letters reduces a text to what decides whether two say the same.
func letters(s string) string { return strings.Join(extract.Words(s), "") }

// rowText is how a block is shown: pictures with their addresses.
func rowText(r *newsroom.Request, b doc.Block, sources []string) string {
	return strings.TrimSpace(strings.Join(append([]string{blockText(r, b)}, picturesOf(b, sources)...), " "))
}

func blockText(r *newsroom.Request, b doc.Block) string {
	switch b := b.(type) {
	case doc.ReadAlso:
		return r.Words.T("intake.read_also", lang.Args{"headline": b.Headline})
	case doc.Divider:
		return "—"
	case doc.Embed:
		return b.URL
	}
	return doc.PlainBlock(b)
}

func blockField(b doc.Block) string {
	switch b.(type) {
	case doc.ReadAlso:
		return "read_also"
	case doc.Heading:
		return "heading"
	case doc.List:
		return "list"
	case doc.Quote:
		return "quote"
	case doc.Table:
		return "table"
	case doc.Embed:
		return "embed"
	case doc.Picture, doc.Gallery:
		return "picture"
	}
	return "body"
}

// bodyOf puts the draft's text together from what was ticked.
func bodyOf(all string, blocks, extras []string) (doc.Doc, error) {
	d, err := doc.Parse(json.RawMessage(all))
	if err != nil {
		return doc.Doc{}, fault.Input("body", "the text cannot be read back: %w", err).Say("unreadable")
	}
	ticked := map[int]bool{}
	for _, s := range blocks {
		if n, err := strconv.Atoi(s); err == nil {
			ticked[n] = true
		}
	}
	more := map[int][]string{}
	for _, s := range extras {
		at, text, ok := strings.Cut(s, "|")
		n, err := strconv.Atoi(at)
		if ok && err == nil && strings.TrimSpace(text) != "" {
			more[min(max(n, 0), len(d.Blocks))] = append(more[min(max(n, 0), len(d.Blocks))], text)
		}
	}
	var out []doc.Block
	for i := range len(d.Blocks) + 1 {
		for _, text := range more[i] {
			out = append(out, doc.Paragraph{Text: doc.Text(clip(strings.TrimSpace(text), 2000))})
		}
		if i < len(d.Blocks) && ticked[i] {
			out = append(out, d.Blocks[i])
		}
	}
	return doc.Doc{Blocks: out}, nil
}

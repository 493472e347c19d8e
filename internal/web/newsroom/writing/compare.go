package writing

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"warta/internal/doc"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// side is one of the two texts that are compared.
type side struct {
	Key   string // "draft" or the number of a version
	Name  string
	Chose []choice
	c     news.Content
}

// fieldDiff is a field that says something else in the two texts.
type fieldDiff struct {
	Name  string
	Parts []doc.Part
}

// blockRow is a block of the comparison. Skipped counts the blocks that are the
// same on both sides and are left out here.
type blockRow struct {
	Kind    string // the block's type in words
	What    string // what became of it, in words; empty: the words say it
	Class   string // same, changed, added, removed, moved
	Parts   []doc.Part
	Skipped int
}

// comparePage shows what two texts of a story do not share.
type comparePage struct {
	newsroom.Shell
	ID       int64
	Headline string
	A, B     side
	Fields   []fieldDiff
	Blocks   []blockRow
	Same     bool
	MoreOld  bool // there are versions that the lists do not offer
}

// Path returns the address of the story in the newsroom with what follows.
func (p *comparePage) Path(rest string) string { return storyPath(p.ID) + rest }

// draftKey stands for the draft where a version's number is expected.
const draftKey = "draft"

// compare shows the difference of two versions, or of one and the draft. Without
// ?b= that is the draft, without ?a= what readers get or what was named.
func (x *Writing) compare(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	st, err := x.p.Desk.Draft(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	a, b := r.FormValue("a"), r.FormValue("b")
	if b == "" {
		b = draftKey
	}
	if a == "" {
		a = strconv.Itoa(before(&st))
	}
	p := &comparePage{Shell: newsroom.Shell{Title: r.Words.T("writing.compare.title"), Active: "mine", Wide: true}, ID: id, Headline: st.Content.Headline}
	if p.A, err = x.side(r, &st, a); err != nil {
		return err
	}
	if p.B, err = x.side(r, &st, b); err != nil {
		return err
	}
	list, more, err := x.p.Store.Versions(r.Context(), id, 0, 100)
	if err != nil {
		return err
	}
	rows, err := x.versionRows(r, list)
	if err != nil {
		return err
	}
	p.MoreOld = more
	p.A.Chose, p.B.Chose = offered(r, rows, p.A.Key), offered(r, rows, p.B.Key)
	n, err := x.names(r, &p.A.c)
	if err != nil {
		return err
	}
	m, err := x.names(r, &p.B.c)
	if err != nil {
		return err
	}
	p.Fields = diffFields(fieldTexts(r, &p.A.c, &n), fieldTexts(r, &p.B.c, &m))
	p.Blocks = blockRows(r.Words, doc.Diff(p.A.c.Body, p.B.c.Body))
	p.Same = len(p.Fields) == 0 && len(p.Blocks) == 0
	return x.d.Page(w, r, "writing-compare", p)
}

// before is the version that a draft is compared with: the one that waits, else
// the one that readers get, else the last.
func before(st *news.DraftState) int {
	switch s := &st.Story; {
	case s.NamedNo != 0:
		return s.NamedNo
	case s.LiveNo != 0:
		return s.LiveNo
	default:
		return s.LastNo
	}
}

// side reads what a key stands for.
func (x *Writing) side(r *newsroom.Request, st *news.DraftState, key string) (side, error) {
	if key == draftKey {
		return side{Key: key, Name: r.Words.T("writing.compare.draft"), c: st.Content}, nil
	}
	no, err := strconv.Atoi(key)
	if err != nil {
		return side{}, noVersion()
	}
	if no == 0 { // nothing was named yet: the draft stands against nothing
		return side{Key: "0", Name: r.Words.T("writing.compare.nothing")}, nil
	}
	v, err := x.versionOf(r, st.Story.ID, no)
	if err != nil {
		return side{}, err
	}
	return side{Key: key, Name: versionName(r.Words, no), c: v.Content}, nil
}

func versionName(words *lang.Catalog, no int) string {
	return words.T("writing.version.name", lang.Args{"no": strconv.Itoa(no)})
}

// offered are the texts that can be compared.
func offered(r *newsroom.Request, rows []versionRow, chosen string) []choice {
	out := []choice{{Value: draftKey, Word: r.Words.T("writing.compare.draft"), Chosen: chosen == draftKey}}
	known := chosen == draftKey
	for _, v := range rows {
		c := choice{Value: strconv.Itoa(v.No), Word: versionName(r.Words, v.No) + " · " + v.When + " · " + v.Why}
		c.Chosen = c.Value == chosen
		known = known || c.Chosen
		out = append(out, c)
	}
	if no, err := strconv.Atoi(chosen); err == nil && !known && no > 0 {
		out = append(out, choice{Value: chosen, Word: versionName(r.Words, no), Chosen: true})
	}
	return out
}

// diffFields returns the fields that say something else.
func diffFields(a, b []namedText) []fieldDiff {
	var out []fieldDiff
	for i := range a {
		if a[i].text != b[i].text {
			out = append(out, fieldDiff{Name: a[i].name, Parts: doc.DiffText(a[i].text, b[i].text)})
		}
	}
	return out
}

// namedText is a field as people read it.
type namedText struct{ name, text string }

// fieldTexts returns the fields of a content in words, always the same ones in
// the same order.
func fieldTexts(r *newsroom.Request, c *news.Content, n *names) []namedText {
	t := r.Words.T
	var out []namedText
	add := func(field, text string) { out = append(out, namedText{t("writing.field." + field), text}) }
	add("headline", c.Headline)
	add("short_headline", c.ShortHeadline)
	add("standfirst", c.Standfirst)
	add("dateline", c.Dateline)
	add("seo_title", c.SEOTitle)
	add("share_title", c.ShareTitle)
	var credits, labels []string
	for _, cr := range c.Credits {
		credits = append(credits, n.People[cr.PersonID]+" ("+t("role."+string(cr.Role))+")")
	}
	add("credits", strings.Join(credits, ", "))
	add("sources", joined(c.Sources, n.Sources))
	add("topics", joined(c.Topics, n.Topics))
	for _, l := range c.Labels {
		labels = append(labels, labelWord(r.Words, l))
	}
	add("labels", strings.Join(labels, ", "))
	section := ""
	for _, s := range n.Sections {
		if s.ID == c.SectionID {
			section = s.Name
		}
	}
	add("section", section)
	kind := c.Kind
	if kind == "" {
		kind = news.KindNews
	}
	add("kind", t("writing.kind."+string(kind)))
	language := c.Language
	if language == "" {
		language = r.Site.Language()
	}
	add("language", t("writing.language."+string(language)))
	access := "free"
	if c.Access == news.Members {
		access = "members"
	}
	add("access", t("writing.access."+access))
	add("related", headlines(c.Related, n))
	add("verifies", headlines([]int64{c.Verifies}, n))
	add("rights", c.Rights)
	add("lead", leadText(c, n))
	return out
}

func joined(ids []int64, words map[int64]string) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = words[id]
	}
	return strings.Join(list, ", ")
}

func headlines(ids []int64, n *names) string {
	var list []string
	for _, id := range ids {
		if id != 0 {
			list = append(list, n.Stories[id].Headline)
		}
	}
	return strings.Join(list, "\n")
}

// leadText is what a story opens with, as text.
func leadText(c *news.Content, n *names) string {
	var list []string
	if l := &c.Lead; l.PictureID != 0 {
		p := n.Pictures[l.PictureID]
		list = append(list, "#"+strconv.FormatInt(l.PictureID, 10)+" "+media.Line(or(l.Caption, p.Caption), or(l.Credit, p.Credit)), or(l.Alt, p.Alt))
	}
	if v := c.Lead.Video; v != nil {
		list = append(list, v.Title, v.URL)
	}
	return strings.TrimSpace(strings.Join(list, "\n"))
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// blockRows puts the blocks that differ into words, each with its neighbours;
// of what is the same on both sides only so much is shown.
func blockRows(words *lang.Catalog, diff []doc.BlockDiff) []blockRow {
	near := make([]bool, len(diff))
	for i := range diff {
		if diff[i].Changed() {
			for j := max(0, i-1); j <= min(len(diff)-1, i+1); j++ {
				near[j] = true
			}
		}
	}
	var out []blockRow
	skipped := 0
	for i := range diff {
		if !near[i] {
			skipped++
			continue
		}
		if skipped > 0 {
			out = append(out, blockRow{Skipped: skipped})
			skipped = 0
		}
		out = append(out, rowOf(words, &diff[i]))
	}
	if skipped > 0 && len(out) > 0 {
		out = append(out, blockRow{Skipped: skipped})
	}
	return out
}

func rowOf(words *lang.Catalog, d *doc.BlockDiff) blockRow {
	b := d.New
	if b == nil {
		b = d.Old
	}
	row := blockRow{Kind: words.T("writing.block." + b.Type()), Class: "same", Parts: d.Parts}
	say := func(class string) { row.Class, row.What = class, words.T("writing.diff."+class) }
	switch {
	case d.Old == nil:
		say("added")
	case d.New == nil:
		say("removed")
	case d.Text:
		row.Class = "changed"
	case d.Form:
		say("form")
		row.What += formWords(words, d)
	case d.Moved:
		say("moved")
	}
	if d.Moved && row.What == "" {
		row.What = words.T("writing.diff.moved")
	}
	return row
}

// formWords says what a block was if it is another one now.
func formWords(words *lang.Catalog, d *doc.BlockDiff) string {
	if d.Old.Type() != d.New.Type() {
		return ": " + words.T("writing.block."+d.Old.Type()) + " → " + words.T("writing.block."+d.New.Type())
	}
	a, errA := doc.MarshalBlock(d.Old)
	b, errB := doc.MarshalBlock(d.New)
	if errA != nil || errB != nil || bytes.Equal(a, b) {
		return ""
	}
	old, isOld := d.Old.(doc.Picture)
	now, isNow := d.New.(doc.Picture)
	if isOld && isNow && old.Picture != now.Picture {
		return ": #" + strconv.FormatInt(old.Picture, 10) + " → #" + strconv.FormatInt(now.Picture, 10)
	}
	return ""
}

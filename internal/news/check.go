package news

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/fault"
)

// ProblemCode names what is wrong with a story before it goes out.
type ProblemCode string

// The problems. The first ones keep a story back.
const (
	ProblemHeadline ProblemCode = "headline_missing"
	ProblemSection  ProblemCode = "section_missing"
	ProblemCredit   ProblemCode = "picture_credit"
	ProblemEmbargo  ProblemCode = "embargo"
	ProblemSignoffs ProblemCode = "signoffs_missing"

	ProblemClash    ProblemCode = "conflicts_open"
	ProblemLong     ProblemCode = "headline_long"
	ProblemBody     ProblemCode = "body_missing"
	ProblemByline   ProblemCode = "byline_missing"
	ProblemLead     ProblemCode = "lead_missing"
	ProblemCaption  ProblemCode = "picture_caption"
	ProblemAlt      ProblemCode = "picture_alt"
	ProblemRights   ProblemCode = "picture_rights"
	ProblemDeadLink ProblemCode = "dead_link"
	ProblemReadAlso ProblemCode = "read_also_open"
	ProblemCut      ProblemCode = "cut_empty"
)

// Problems are all codes, those that keep a story back first.
var Problems = []ProblemCode{ProblemHeadline, ProblemSection, ProblemCredit, ProblemEmbargo, ProblemSignoffs, ProblemClash,
	ProblemLong, ProblemBody, ProblemByline, ProblemLead, ProblemCaption, ProblemAlt, ProblemRights, ProblemDeadLink, ProblemReadAlso, ProblemCut}

// Problem is one thing that is wrong with a story.
type Problem struct {
	Code     ProblemCode
	Field    string // the field, or the id of the block
	Blocking bool   // it does not go out like this
	Args     map[string]any
}

// LongHeadline is how many characters of a headline search engines and lists
// show; the check says so above it, and the meter in the editor warns.
const LongHeadline = 100

// mostName is how many characters of a caption name a picture in a sentence.
const mostName = 60

// Check returns what is wrong with what people are writing, the worst first.
func (d *Desk) Check(ctx context.Context, actor account.Actor, id int64) (found []Problem, err error) {
	err = d.Look(ctx, actor, id, func(w *World, r *Record) error {
		c := r.Working()
		if c == nil {
			c = &Content{SectionID: r.Story.SectionID}
		}
		found, err = r.problems(w, c)
		return err
	})
	return found, err
}

// problems returns what is wrong with a content of the story, the worst first.
func (r *Record) problems(w *World, c *Content) ([]Problem, error) {
	p := &probe{w: w, c: c}
	p.text()
	if r.Story.EmbargoUntil.After(w.Now) {
		// What is scheduled goes out when both times have come.
		p.add(Problem{Code: ProblemEmbargo, Blocking: r.Story.DueAt.IsZero(), Args: map[string]any{"until": r.Story.EmbargoUntil}})
	}
	if need := w.Needed(c); need > 0 {
		if have := r.approvals(c); have < need {
			p.add(Problem{Code: ProblemSignoffs, Blocking: true, Args: map[string]any{"need": need, "have": have}})
		}
	}
	if err := p.pictures(); err != nil {
		return nil, err
	}
	if err := p.links(); err != nil {
		return nil, err
	}
	if n := len(r.Open); n > 0 {
		p.add(Problem{Code: ProblemClash, Args: map[string]any{"n": n}})
	}
	return append(p.blocking, p.others...), nil
}

// probe collects the problems of one content.
type probe struct {
	w                *World
	c                *Content
	blocking, others []Problem
}

func (p *probe) add(x Problem) {
	if x.Blocking {
		p.blocking = append(p.blocking, x)
	} else {
		p.others = append(p.others, x)
	}
}

func (p *probe) text() {
	c := p.c
	switch n := utf8.RuneCountInString(strings.TrimSpace(c.Headline)); {
	case n == 0:
		p.add(Problem{Code: ProblemHeadline, Field: "headline", Blocking: true})
	case n > LongHeadline:
		p.add(Problem{Code: ProblemLong, Field: "headline", Args: map[string]any{"n": n, "most": LongHeadline}})
	}
	if p.w.Tree.ByID(c.SectionID) == nil {
		p.add(Problem{Code: ProblemSection, Field: "section", Blocking: true})
	}
	if strings.TrimSpace(c.Body.Plain()) == "" && c.Lead.Video == nil {
		p.add(Problem{Code: ProblemBody, Field: "body"})
	} else if c.Access != Free && c.Closed().Empty() {
		p.add(Problem{Code: ProblemCut, Field: "body"})
	}
	if len(c.Credits) == 0 {
		p.add(Problem{Code: ProblemByline, Field: "credits"})
	}
	if c.Lead.PictureID == 0 && c.Lead.Video == nil {
		p.add(Problem{Code: ProblemLead, Field: "lead"})
	}
}

// shown is a picture where the content shows it, with the content's own words.
type shown struct {
	field                string
	id                   int64
	caption, credit, alt string
}

func (c *Content) shown() []shown {
	var all []shown
	if l := &c.Lead; l.PictureID != 0 {
		all = append(all, shown{"lead", l.PictureID, l.Caption, l.Credit, l.Alt})
	}
	for _, b := range c.Body.Blocks {
		switch b := b.(type) {
		case doc.Picture:
			all = append(all, shown{b.ID, b.Picture, b.Caption, b.Credit, b.Alt})
		case doc.Gallery:
			for _, pic := range b.Items {
				all = append(all, shown{b.ID, pic.Picture, pic.Caption, pic.Credit, pic.Alt})
			}
		}
	}
	return all
}

// name returns by what people know the picture: its caption here or in the
// library, else its file, and its number only where there is neither.
func (s *shown) name(f PictureFacts) string {
	for _, name := range []string{s.caption, f.Caption, f.Name} {
		if name = strings.Join(strings.Fields(name), " "); name != "" {
			if r := []rune(name); len(r) > mostName {
				return strings.TrimSpace(string(r[:mostName])) + "…"
			}
			return name
		}
	}
	return "#" + strconv.FormatInt(s.id, 10)
}

func (p *probe) pictures() error {
	list := p.c.shown()
	if len(list) == 0 || p.w.Facts == nil {
		return nil
	}
	facts, err := p.w.Facts.Pictures(p.c.PictureIDs())
	if err != nil {
		return err
	}
	for _, s := range list {
		f := facts[s.id]
		name := s.name(f)
		args := map[string]any{"picture": name}
		if blank(s.credit) && blank(f.Credit) {
			p.add(Problem{Code: ProblemCredit, Field: s.field, Blocking: true, Args: args})
		}
		if blank(s.caption) && blank(f.Caption) {
			p.add(Problem{Code: ProblemCaption, Field: s.field, Args: args})
		}
		if blank(s.alt) && blank(f.Alt) {
			p.add(Problem{Code: ProblemAlt, Field: s.field, Args: args})
		}
		if !blank(f.Rights) {
			p.add(Problem{Code: ProblemRights, Field: s.field, Args: map[string]any{"picture": name, "terms": f.Rights}})
		}
	}
	return nil
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// ownPath is the path of a story of ours; see Path.
var ownPath = regexp.MustCompile(`^/[^/]+/\d{4}/\d{2}/\d{2}/(\d{1,18})(/|$)`)

// links looks for links to stories that readers cannot open, and for read-also
// blocks without a target.
func (p *probe) links() error {
	at := map[int64]string{}
	var ids []int64
	add := func(id int64, field string) {
		if _, ok := at[id]; !ok && id != 0 {
			at[id] = field
			ids = append(ids, id)
		}
	}
	for _, href := range p.c.Body.Links() {
		if m := ownPath.FindStringSubmatch(href); m != nil {
			id, _ := strconv.ParseInt(m[1], 10, 64) // at most 18 digits
			add(id, "body")
		}
	}
	for _, ra := range p.c.Body.ReadAlsos() {
		add(ra.Story, ra.ID)
		if ra.Story == 0 && ra.URL == "" {
			p.add(Problem{Code: ProblemReadAlso, Field: ra.ID, Args: map[string]any{"headline": ra.Headline}})
		}
	}
	for _, id := range p.c.Related {
		add(id, "related")
	}
	if len(ids) == 0 || p.w.Facts == nil {
		return nil
	}
	statuses, err := p.w.Facts.Statuses(ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if statuses[id] != Live {
			p.add(Problem{Code: ProblemDeadLink, Field: at[id], Args: map[string]any{"story": id}})
		}
	}
	return nil
}

// fault returns the problem as the error that keeps a story back.
func (p Problem) fault() error {
	f := fault.Input(p.Field, "the story is not ready: %s", p.Code).Say("not_ready." + string(p.Code))
	f.Args = p.Args
	return f
}

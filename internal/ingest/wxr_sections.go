package ingest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"warta/internal/fault"
	"warta/internal/ingest/wxr"
	"warta/internal/lang"
	"warta/internal/news"
)

// place says what a category of the old site becomes.
type place struct {
	section string // slug of a section
	make    bool   // the section is made if it is not there
	topic   bool   // a topic
	// none of them: nothing. Posts of it go by their other categories.
}

// sectionPlan maps the categories of an export.
type sectionPlan struct {
	places map[string]place // by slug
	order  []string
}

// propose makes a plan: a category that has the slug or the name of a section is
// that section, any other becomes a new one, and the one in which WordPress puts
// what nobody sorted becomes nothing.
func propose(x *wxrIndex, tree *news.Tree) *sectionPlan {
	byName := map[string]*news.Section{}
	for _, s := range tree.All() {
		byName[strings.ToLower(s.Name)] = s
	}
	p := &sectionPlan{places: map[string]place{}}
	for i := range x.terms {
		t := &x.terms[i]
		p.order = append(p.order, t.Slug)
		slug := sectionSlug(t)
		switch s := tree.BySlug(slug); {
		case t.Slug == "uncategorized" || t.Slug == "tanpa-kategori" || t.Slug == "tak-berkategori":
			p.places[t.Slug] = place{}
		case s != nil && s.MovedTo == 0:
			p.places[t.Slug] = place{section: s.Slug}
		case byName[strings.ToLower(oneLine(t.Name))] != nil:
			p.places[t.Slug] = place{section: byName[strings.ToLower(oneLine(t.Name))].Slug}
		default:
			p.places[t.Slug] = place{section: slug, make: true}
		}
	}
	return p
}

// sectionSlug is the address that a new section of a category gets.
func sectionSlug(t *wxr.Term) string {
	slug := lang.Slug(decoded(t.Slug))
	if strings.Contains(t.Slug, "%") {
		slug = lang.Slug(t.Name)
	}
	if news.CheckSectionSlug("slug", slug) != nil {
		slug = strings.Trim("kanal-"+slug, "-")
		if len(slug) > 80 {
			slug = strings.Trim(slug[:80], "-")
		}
	}
	return slug
}

// write writes a plan as people edit it.
func (p *sectionPlan) write(w io.Writer, x *wxrIndex) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, `# Categories of %s, and what becomes of them. Edit this file and import with --map.
#
#   category = section     the section with this slug, which has to be there
#   category = +section    the same, made if it is not there; below that of the category's parent
#   category = #           a topic
#   category = -           nothing: its posts go by their other categories, else into --section
#
# Behind each stand its name and the number of its posts.

`, x.base)
	width := 0
	for _, slug := range p.order {
		width = max(width, min(len(slug), 40))
	}
	for _, slug := range p.order {
		t := x.category(slug)
		below := ""
		if t.Parent != "" {
			below = ", below " + t.Parent
		}
		fmt.Fprintf(out, "%-*s = %-30s # %s, %d%s\n", width, slug, p.places[slug].String(), oneLine(t.Name), x.used[slug], below)
	}
	return out.Flush()
}

// String is how a plan's file says it.
func (p place) String() string {
	switch {
	case p.make:
		return "+" + p.section
	case p.section != "":
		return p.section
	case p.topic:
		return "#"
	}
	return "-"
}

func (x *wxrIndex) category(slug string) *wxr.Term {
	if i, ok := x.termAt[slug]; ok {
		return &x.terms[i]
	}
	return &wxr.Term{Slug: slug, Name: slug}
}

// readPlan reads a plan over a proposed one.
func (p *sectionPlan) read(r io.Reader, name string, tree *news.Tree) error {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\uFEFF"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		slug, value, ok := strings.Cut(line, "=")
		slug, value = strings.TrimSpace(slug), strings.TrimSpace(value)
		if value != "#" && !strings.HasPrefix(value, "# ") {
			value, _, _ = strings.Cut(value, " #")
			value = strings.TrimSpace(value)
		} else {
			value = "#"
		}
		at := fmt.Sprintf("%s:%d", name, n)
		if !ok || slug == "" || value == "" {
			return fault.Input(at, "a line of the map says \"category = section\", and this one %q", clip(line, 80))
		}
		to := place{section: value}
		switch {
		case value == "-":
			to = place{}
		case value == "#":
			to = place{topic: true}
		case strings.HasPrefix(value, "+"):
			to = place{section: value[1:], make: true}
			if err := news.CheckSectionSlug(at, to.section); err != nil {
				return err
			}
		case tree.BySlug(value) == nil:
			return fault.Input(at, "there is no section %q; write +%s to have it made", value, value)
		}
		if _, known := p.places[slug]; !known {
			p.order = append(p.order, slug)
		}
		p.places[slug] = to
	}
	if err := lines.Err(); err != nil {
		return fault.Input(name, "the map cannot be read: %w", err)
	}
	return nil
}

// settle finds the sections of the plan, and makes those that are to be made: a
// parent before what stands below it. Categories that stand below themselves are
// at the top.
func (p *sectionPlan) settle(ctx context.Context, r *run, x *wxrIndex) (map[string]*news.Section, error) {
	o := &r.im.options
	all := slices.Clone(o.Tree.All())
	bySlug := map[string]*news.Section{}
	last := 0 // new ones stand behind those that there are
	for _, s := range all {
		bySlug[s.Slug] = s
		last = max(last, s.Position)
	}
	found := map[string]*news.Section{}
	var settle func(slug string, depth int) error
	settle = func(slug string, depth int) error {
		to := p.places[slug]
		if to.section == "" || found[slug] != nil {
			return nil
		}
		if s := bySlug[to.section]; s != nil {
			found[slug] = s
			return nil
		}
		t := x.category(slug)
		sec := news.Section{Slug: to.section, Name: clip(oneLine(t.Name), 120), Description: clip(oneLine(t.Description), 1000)}
		if sec.Name == "" {
			sec.Name = to.section
		}
		if t.Parent != "" && t.Parent != slug && depth < 20 && x.used[t.Parent]+len(t.Parent) > 0 && p.places[t.Parent].section != to.section {
			if err := settle(t.Parent, depth+1); err != nil {
				return err
			}
			if parent := found[t.Parent]; parent != nil {
				sec.ParentID = parent.ID
			}
		}
		if s := bySlug[to.section]; s != nil { // made on the way: the categories go in a circle
			found[slug] = s
			return nil
		}
		last++
		sec.Position = last
		if o.Rehearse {
			sec.ID = rehearsedID + int64(len(all))
		} else {
			var err error
			if sec, err = r.im.parts.Site.SaveSection(ctx, r.actor(), sec); err != nil {
				return err
			}
		}
		r.sum.Others["new sections"]++
		bySlug[sec.Slug], found[slug] = &sec, &sec
		all = append(all, &sec)
		return nil
	}
	for _, slug := range p.order {
		if err := settle(slug, 0); err != nil {
			return nil, err
		}
	}
	list := make([]news.Section, len(all))
	for i, s := range all {
		list[i] = *s
	}
	o.Tree = news.NewTree(list)
	return found, nil
}

package ingest

import (
	"strings"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
)

// labelWords are genres that are labels of ours, as words or as the last part
// of a newscode.
var labelWords = map[string]news.Label{
	"opinion": news.LabelOpinion, "opini": news.LabelOpinion, "column": news.LabelOpinion, "kolom": news.LabelOpinion,
	"editorial": news.LabelOpinion, "tajuk": news.LabelOpinion, "commentary": news.LabelOpinion, "op-ed": news.LabelOpinion,
	"letter": news.LabelOpinion, "exclusive": news.LabelExclusive, "eksklusif": news.LabelExclusive,
	"sponsored": news.LabelSponsored, "advertorial": news.LabelSponsored, "iklan": news.LabelSponsored,
	"paid content": news.LabelSponsored, "press-release": "", "pressrelease": "",
}

// galleryWords are genres and profiles of picture stories.
var galleryWords = map[string]bool{"gallery": true, "galeri": true, "galeri foto": true, "slideshow": true,
	"photo gallery": true, "photo essay": true, "foto": true, "photo": false}

// sectionOf returns the section that a subject or genre names, nil if none: by
// name, by slug, or by the last part of its address.
func (c *converter) sectionOf(s concept) *news.Section {
	for _, word := range []string{s.Name, s.Literal, lastWord(s.URI)} {
		word = strings.TrimSpace(word)
		if word == "" {
			continue
		}
		if sec := c.sections[strings.ToLower(word)]; sec != nil {
			return sec
		}
		if slug := lang.Slug(word); strings.ContainsFunc(word, isLetterOrDigit) {
			if sec := c.tree.BySlug(slug); sec != nil {
				return sec
			}
		}
	}
	return nil
}

// classify sets section, topics and labels. The first subject that names a
// section selects it, and one below that section is preferred to it; genres are
// asked when no subject does. Whatever names no section and no label is a topic.
func (c *converter) classify(it *item, d *draft) error {
	var chosen *news.Section
	for _, list := range [][]concept{it.Subjects, it.Genres} {
		for _, s := range list {
			sec := c.sectionOf(s)
			switch {
			case sec == nil:
			case chosen == nil, below(c.tree, sec, chosen):
				chosen = sec
			}
		}
		if chosen != nil {
			break
		}
	}
	for _, s := range it.Subjects {
		c.topic(s, "subjects", chosen, d)
	}
	for _, g := range it.Genres {
		c.genre(g, chosen, d)
	}
	if galleryWords[strings.ToLower(strings.TrimSpace(it.Profile))] {
		d.in.Content.Kind = news.KindGallery
	}
	if chosen == nil {
		chosen = c.fallback
	}
	if chosen == nil {
		return fault.Input("subjects", "no subject names a section of this site; choose one with --section")
	}
	d.in.Content.SectionID = chosen.ID
	return nil
}

func (c *converter) genre(g concept, chosen *news.Section, d *draft) {
	for _, word := range []string{strings.ToLower(strings.TrimSpace(g.Name)), lastWord(g.URI), strings.ToLower(g.Literal)} {
		if galleryWords[word] {
			d.in.Content.Kind = news.KindGallery
			return
		}
		label, ok := labelWords[word]
		if !ok {
			continue
		}
		if label != "" && !d.in.Content.Has(label) {
			d.in.Content.Labels = append(d.in.Content.Labels, label)
		}
		return
	}
	c.topic(g, "genres", chosen, d)
}

func (c *converter) topic(s concept, field string, chosen *news.Section, d *draft) {
	name := oneLine(s.Name)
	switch {
	case chosen != nil && c.sectionOf(s) == chosen:
	case name == "":
		d.report.Add(IgnoredField, field, s.Literal+" "+s.URI)
	default:
		d.topics = append(d.topics, name)
	}
}

// below reports whether a stands below b in the tree.
func below(tree *news.Tree, a, b *news.Section) bool {
	for _, s := range tree.Ancestry(a.ID) {
		if s.ID == b.ID && a.ID != b.ID {
			return true
		}
	}
	return false
}

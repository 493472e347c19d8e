package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"warta/internal/doc"
	"warta/internal/lang"
	"warta/internal/news"
)

// story is a story before names have ids.
type story struct {
	index     int
	seed      uint64 // of its facts
	frame     *frame
	section   string
	published time.Time
	updated   time.Time // zero: never
	content   news.Content
	topics    []string
	credits   []credit
	sources   []string
	scenes    []int // pictures that would do, the best first; of a gallery all
	related   int   // how many stories it wants beside it
	verifies  int64
}

type credit struct {
	person int
	role   news.Role
}

// special is what a story has to be, whatever the plan would choose.
type special struct {
	frame  *frame
	seed   uint64 // of the facts that it shares with another story; 0: its own
	target string
}

// compose writes one story.
func (p *plan) compose(i int, sp special) *story {
	s := &story{index: i, section: p.section(i), published: p.published(i), frame: sp.frame, seed: sp.seed}
	if s.frame == nil {
		s.frame = p.frame(i, s.section)
	} else {
		s.section = s.frame.section
	}
	if s.seed == 0 {
		s.seed = mix(p.seed, uint64(i)+1)
	}
	rng := newRand(p.seed, uint64(i))
	w := &writer{facts: facts{seed: s.seed, at: s.published, english: s.frame.english, target: sp.target}, rng: rng, buf: make([]byte, 0, 700)}
	if s.section == "global" && rng.IntN(10) < 7 {
		s.section = "internasional"
	}
	c := &s.content
	c.Language = lang.ID
	if w.english {
		c.Language = lang.EN
	}
	s.headline(w)
	lead := s.frame.leads[rng.IntN(len(s.frame.leads))]
	if rng.IntN(8) > 0 || s.frame.kind != kindNews {
		c.Standfirst = w.sentence(one(rng, s.frame.standfirsts))
	}
	c.Dateline = w.plain(s.frame.dateline)
	s.choosePictures(w)
	c.Body = s.body(w, lead)
	s.label(rng)
	s.names(w)
	s.related = 0
	if rng.IntN(2) == 0 || i >= p.stories-20 {
		s.related = 2 + rng.IntN(3)
	}
	if rng.IntN(16) == 0 {
		u := s.published.Add(time.Duration(20+rng.IntN(400)) * time.Minute)
		if u.Before(p.now.Add(-time.Minute)) {
			s.updated = u
		}
	}
	return s
}

func one[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// shortBeyond is the length from which lists get a shorter headline.
const shortBeyond = 84

func (s *story) headline(w *writer) {
	write := func(t text) string {
		if w.english {
			return w.sentence(t)
		}
		return titleCase(w.plain(t))
	}
	c := &s.content
	at := w.rng.IntN(len(s.frame.headlines))
	c.Headline = write(s.frame.headlines[at])
	if utf8.RuneCountInString(c.Headline) <= shortBeyond {
		return
	}
	for j := range s.frame.headlines {
		if j == at {
			continue
		}
		if short := write(s.frame.headlines[j]); utf8.RuneCountInString(short) < 72 {
			c.ShortHeadline = short
			return
		}
	}
}

// label sets the kind and the marks.
func (s *story) label(rng *rand.Rand) {
	c := &s.content
	chance := rng.IntN(1000)
	switch s.frame.kind {
	case kindOpinion:
		c.Labels = []news.Label{news.LabelOpinion}
	case kindUnverified:
		c.Labels = []news.Label{news.LabelUnverified}
	case kindGallery:
		c.Kind = news.KindGallery
	case kindVideo:
		c.Kind = news.KindVideo
		// No such video exists: the name says what it is.
		c.Lead.Video = &news.Video{Provider: string(doc.YouTube), Title: c.Headline,
			URL: fmt.Sprintf("https://www.youtube.com/watch?v=demo%07d", s.index%10_000_000)}
	case kindNews:
		switch {
		case chance < 18 && (s.section == "nasional" || s.section == "ekonomi" || s.section == "megapolitan"):
			c.Labels = []news.Label{news.LabelExclusive}
		case chance < 30 && (s.section == "otomotif" || s.section == "kesehatan" || s.section == "tekno" || s.section == "hiburan"):
			c.Labels = []news.Label{news.LabelSponsored}
		case chance >= 985:
			c.Labels = []news.Label{news.LabelAIAssisted}
		}
	}
}

// names chooses topics, byline and sources.
func (s *story) names(w *writer) {
	f, rng := s.frame, w.rng
	s.topics = append(s.topics, f.topics[0])
	for _, t := range f.topics[1:] {
		if rng.IntN(3) > 0 {
			s.topics = append(s.topics, t)
		}
	}
	s.credits = byline(s.section, f.kind, rng)
	if f.english {
		s.credits[0].role = news.Writer
	}
	abroad := s.section == "global" || s.section == "internasional"
	if abroad && rng.IntN(4) > 0 || rng.IntN(25) == 0 && f.kind == kindNews {
		at := rng.IntN(len(agencies))
		s.sources = append(s.sources, agencies[at].name)
		if rng.IntN(5) == 0 {
			s.sources = append(s.sources, agencies[(at+1)%len(agencies)].name)
		}
		if abroad && !f.english && rng.IntN(2) == 0 {
			s.credits[0].role = news.Translator
		}
	}
}

// choosePictures orders the scenes by how well they go with the frame.
func (s *story) choosePictures(w *writer) {
	type choice struct{ scene, score int }
	var list []choice
	for i, tags := range sceneTags {
		score := 0
		for rank, t := range s.frame.tags {
			if slices.Contains(tags, t) {
				score += 8 - min(rank, 5)
			}
		}
		if score > 0 {
			list = append(list, choice{i, score*4 + w.rng.IntN(34)})
		}
	}
	slices.SortFunc(list, func(a, b choice) int { return b.score - a.score })
	most := 7
	if s.frame.kind == kindGallery {
		most = w.number(s.frame.vars["n"])
	}
	for _, c := range list[:min(most, len(list))] {
		s.scenes = append(s.scenes, c.scene)
	}
}

var sceneTags = func() (tags [][]string) {
	for _, s := range scenes() {
		tags = append(tags, strings.Fields(s.tags))
	}
	return tags
}()

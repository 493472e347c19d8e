package ingest

import (
	"context"
	"strconv"

	"warta/internal/doc"
	"warta/internal/media"
	"warta/internal/news"
)

// batch is some stories with all that their items need, read in one query each.
type batch struct {
	e         *exporter
	refs      *references
	notices   map[int64][]news.Correction
	persons   map[int64]news.Person
	topics    map[int64]news.Topic
	sources   map[int64]news.Source
	pictures  map[int64]media.Picture
	tokens    map[int64]map[media.Crop]string
	headlines map[int64]string // of stories that read-also blocks point to
}

// load reads what the stories refer to.
func (e *exporter) load(ctx context.Context, list []news.LiveStory) (_ *batch, err error) {
	b := &batch{e: e}
	var ids, persons, topics, sources, pictures, stories []int64
	var bodies []doc.Doc
	for i := range list {
		c := &list[i].Version.Content
		ids = append(ids, list[i].Story.ID)
		bodies = append(bodies, c.Body)
		stories = append(append(stories, c.Related...), c.Verifies)
		topics, sources, pictures = append(topics, c.Topics...), append(sources, c.Sources...), append(pictures, c.PictureIDs()...)
		for _, cr := range c.Credits {
			persons = append(persons, cr.PersonID)
		}
	}
	if b.notices, err = e.corrections(ctx, ids); err != nil {
		return nil, err
	}
	for _, list := range b.notices {
		for _, n := range list {
			stories = append(stories, n.NoticeID)
		}
	}
	if b.refs, err = e.refer(ctx, bodies, stories); err != nil {
		return nil, err
	}
	if b.persons, err = byKey(ctx, e.store.Persons, persons, func(p *news.Person) int64 { return p.ID }); err != nil {
		return nil, err
	}
	if b.topics, err = byKey(ctx, e.store.Topics, topics, func(t *news.Topic) int64 { return t.ID }); err != nil {
		return nil, err
	}
	if b.sources, err = byKey(ctx, e.store.Sources, sources, func(s *news.Source) int64 { return s.ID }); err != nil {
		return nil, err
	}
	if b.pictures, err = byKey(ctx, e.store.PicturesByID, pictures, func(p *media.Picture) int64 { return p.ID }); err != nil {
		return nil, err
	}
	if b.tokens, err = e.store.AddressesOf(ctx, once(pictures)); err != nil {
		return nil, err
	}
	var targets []int64
	for _, d := range bodies {
		for _, r := range d.ReadAlsos() {
			targets = append(targets, b.refs.shown(r))
		}
	}
	cards, err := e.store.Cards(ctx, once(targets))
	b.headlines = make(map[int64]string, len(cards))
	for _, c := range cards {
		b.headlines[c.ID] = c.FullHeadline
	}
	return b, err
}

// byKey reads rows by id into a map.
func byKey[T any](ctx context.Context, read func(context.Context, []int64) ([]T, error), ids []int64, key func(*T) int64) (map[int64]T, error) {
	list, err := read(ctx, once(ids))
	m := make(map[int64]T, len(list))
	for i := range list {
		m[key(&list[i])] = list[i]
	}
	return m, err
}

// once returns the ids without 0 and without repetition.
func once(ids []int64) []int64 {
	seen := map[int64]bool{0: true}
	var out []int64
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// mostNotices is how many corrections the store gives at once; as many may mean
// that there are more.
const mostNotices = 2000

// corrections reads all corrections of a batch of stories.
func (e *exporter) corrections(ctx context.Context, ids []int64) (map[int64][]news.Correction, error) {
	all, err := e.store.Corrections(ctx, ids)
	n := 0
	for _, list := range all {
		n += len(list)
	}
	if err != nil || n < mostNotices || len(ids) < 2 {
		return all, err
	}
	for _, half := range [][]int64{ids[:len(ids)/2], ids[len(ids)/2:]} {
		part, err := e.corrections(ctx, half)
		if err != nil {
			return nil, err
		}
		for id, list := range part {
			all[id] = list
		}
	}
	return all, nil
}

// extension makes the object that brings the story back as it is, and takes out
// of the content what readers do not see.
func (b *batch) extension(l *news.LiveStory) *Extension {
	s, c := &l.Story, &l.Version.Content
	body, hidden := b.refs.publicBody(c.Body)
	c.Body = body
	x := &Extension{ID: s.ID, Slug: s.Slug, Section: b.e.tree.Slug(c.SectionID), External: external(s),
		Version: l.Version.No, Origin: l.Version.Origin, At: l.Version.At, FirstPublished: s.FirstPublished, Updated: s.Updated,
		Kind: c.Kind, Language: c.Language, Headline: c.Headline, ShortHeadline: c.ShortHeadline, SEOTitle: c.SEOTitle,
		ShareTitle: c.ShareTitle, Standfirst: c.Standfirst, Dateline: c.Dateline, Labels: c.Labels, Access: c.Access, Teaser: c.Teaser,
		Rights: c.Rights, Lead: c.Lead, Body: &c.Body}
	for _, id := range c.PictureIDs() {
		if p, ok := b.pictures[id]; ok {
			x.Pictures = append(x.Pictures, PictureFile{ID: p.ID, SHA256: p.Hash, File: pictureFile(p)})
		}
	}
	for _, cr := range c.Credits {
		if p, ok := b.persons[cr.PersonID]; ok {
			x.Credits = append(x.Credits, CreditRef{Ref: Ref{ID: p.ID, Slug: p.Slug, Name: p.Name}, Role: cr.Role})
		}
	}
	for _, id := range c.Sources {
		if src, ok := b.sources[id]; ok {
			x.Sources = append(x.Sources, Ref{ID: src.ID, Name: src.Name})
			b.e.shown[id] = true
		}
	}
	for _, id := range c.Topics {
		if t, ok := b.topics[id]; ok {
			x.Topics = append(x.Topics, Ref{ID: t.ID, Slug: t.Slug, Name: t.Name})
		}
	}
	var n int
	x.Related, n = b.refs.known(c.Related)
	hidden += n
	x.Verifies, n = b.refs.knownID(c.Verifies)
	hidden += n
	for _, k := range b.notices[s.ID] {
		notice, n := b.refs.knownID(k.NoticeID)
		hidden += n
		x.Corrections = append(x.Corrections, Amendment{ID: k.ID, Kind: k.Kind, Text: k.Text, At: k.At, Notice: notice})
	}
	b.e.sum.Corrections += len(x.Corrections)
	b.e.sum.Hidden += hidden
	return x
}

func external(s *news.Story) *ExternalID {
	if s.URI == "" {
		return nil
	}
	return &ExternalID{URI: s.URI, Version: s.URIVersion, Hash: s.URIHash}
}

// importedBy is what the desk writes beside what an import of items did: its
// actor's name.
const importedBy = "import"

// notice is the item of a withdrawn story: its address and why it is gone, and
// nothing of what it said.
func (e *exporter) notice(s *news.Story, w *news.Withdrawal) outItem {
	origin := news.FromDesk
	if w.By == importedBy {
		origin = news.FromImport
	}
	it := outItem{URI: e.address(s), Type: "text", FirstCreated: s.FirstPublished, VersionCreated: w.At, PubStatus: "canceled",
		EdNote: w.Note, AltIDs: []outAlt{{Role: "warta", Value: strconv.FormatInt(s.ID, 10)}}, Standard: standard()}
	it.Warta = &Extension{ID: s.ID, Slug: s.Slug, Section: e.tree.Slug(s.SectionID), External: external(s), Origin: origin,
		FirstPublished: s.FirstPublished, Withdrawn: &Notice{Reason: w.Reason, Note: w.Note, At: w.At}}
	return it
}

// address returns a story's canonical address.
func (e *exporter) address(s *news.Story) string {
	return e.opt.BaseURL + news.Path(e.tree.Slug(s.SectionID), s.FirstPublished.UTC(), e.zone, s.ID, s.Slug)
}

// holder is who holds the rights in the site's own texts.
func (e *exporter) holder() string {
	if v := e.settings.Get("publisher"); v != "" {
		return v
	}
	return e.settings.Name()
}

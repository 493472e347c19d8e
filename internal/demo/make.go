package demo

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"warta/internal/fault"
	"warta/internal/news"
)

// past is an earlier story that later ones may point to.
type past struct {
	id       int64
	headline string
	english  bool
}

// ring keeps the last few stories of a section or topic.
type ring struct {
	list []past
	next int
}

// ringSize bounds what is remembered of each section and topic.
const ringSize = 16

func (r *ring) add(p past) {
	if len(r.list) < ringSize {
		r.list = append(r.list, p)
		return
	}
	r.list[r.next] = p
	r.next = (r.next + 1) % ringSize
}

// doubt is an unverified story that waits for its verification.
type doubt struct {
	id    int64
	seed  uint64
	index int
}

func (m *maker) reset() {
	m.bySection, m.byTopic, m.marked = map[string]*ring{}, map[string]*ring{}, map[int]int64{}
	m.events = m.planEvents()
}

// publish brings all stories in.
func (m *maker) publish(ctx context.Context) error {
	n := m.p.stories
	// Early batches of a small newsroom are small, so that there is something to
	// point at; so are the last ones, whose stories are read first.
	most := min(max(n/12, 5), news.MaxBatch)
	for from := 0; from < n; {
		size := min(most, n-from)
		if n-from <= news.MaxBatch {
			size = min(size, 20)
		}
		if err := m.batch(ctx, from, from+size); err != nil {
			return err
		}
		from += size
		if m.o.Progress != nil {
			m.o.Progress(from, n)
		}
	}
	return nil
}

func (m *maker) batch(ctx context.Context, from, to int) error {
	stories := make([]*story, 0, to-from)
	items := make([]news.Incoming, 0, to-from)
	for i := from; i < to; i++ {
		s := m.next(i)
		stories = append(stories, s)
		items = append(items, m.incoming(s))
	}
	results, err := m.d.Desk.Import(ctx, actor, items)
	if err != nil {
		return err
	}
	for i, r := range results {
		if r.Err != nil {
			return fmt.Errorf("story %d: %w", stories[i].index, r.Err)
		}
		m.remember(stories[i], r.ID)
	}
	m.result.Stories += len(results)
	return nil
}

// next composes story i, as the plan or an earlier story wants it.
func (m *maker) next(i int) *story {
	g := m.p.g
	if t, ok := m.events.replies[i]; ok {
		target := m.p.compose(t, special{})
		s := m.p.compose(i, special{frame: g.named("opini", kindReply), target: target.content.Headline})
		s.section = target.section
		return s
	}
	if m.p.section(i) == "cek-fakta" && len(m.doubts) > 0 && i > m.doubts[0].index+2 {
		d := m.doubts[0]
		m.doubts = m.doubts[1:]
		s := m.p.compose(i, special{frame: g.named("cek-fakta", kindVerifies), seed: d.seed})
		s.verifies = d.id
		return s
	}
	return m.p.compose(i, special{})
}

// incoming gives a story's names their ids.
func (m *maker) incoming(s *story) news.Incoming {
	c := &s.content
	c.SectionID, c.Verifies = m.sections[s.section], s.verifies
	for _, t := range s.topics {
		c.Topics = append(c.Topics, m.topics[t])
	}
	for _, cr := range s.credits {
		c.Credits = append(c.Credits, news.Credit{PersonID: m.people[cr.person], Role: cr.role})
	}
	for _, name := range s.sources {
		c.Sources = append(c.Sources, m.sources[name])
	}
	m.illustrate(s)
	turn := mix(s.seed, 5)
	taken := map[int64]bool{}
	s.fill(func(scene int) int64 { return m.pictures[scene] }, func() (int64, string, bool) {
		p, ok := m.earlier(s, taken, &turn)
		return p.id, p.headline, ok
	})
	for range s.related {
		if p, ok := m.earlier(s, taken, &turn); ok {
			c.Related = append(c.Related, p.id)
		}
	}
	if m.events.breaking == s.index {
		c.Labels = append([]news.Label{news.LabelBreaking}, c.Labels...)
	}
	return news.Incoming{URI: m.uri(s.index), Version: "1", Content: *c, Published: s.published, Updated: s.updated,
		Hash: strconv.FormatUint(mix(m.p.seed, uint64(s.published.Unix())), 36)}
}

// near is how many stories have to lie between two with the same picture.
const near = 18

// illustrate gives a story the best picture that its neighbours do not show.
func (m *maker) illustrate(s *story) {
	if len(s.scenes) == 0 {
		return
	}
	chosen := s.scenes[0]
	recent := m.shown[max(len(m.shown)-near, 0):]
	for _, scene := range s.scenes {
		if !slices.Contains(recent, scene) {
			chosen = scene
			break
		}
	}
	// Few stories of the archive have no picture at all.
	if s.frame.kind == kindNews && s.index < m.p.stories-120 && mix(s.seed, 3)%40 == 0 {
		return
	}
	s.content.Lead.PictureID = m.pictures[chosen]
	if m.shown = append(m.shown, chosen); len(m.shown) > 400 {
		m.shown = append(m.shown[:0], m.shown[len(m.shown)-200:]...)
	}
}

// earlier returns a story to point to: of the same topic, else of the section,
// in the same language, none twice.
func (m *maker) earlier(s *story, taken map[int64]bool, turn *uint64) (past, bool) {
	for _, r := range []*ring{m.byTopic[s.topics[0]], m.bySection[s.section]} {
		if r == nil || len(r.list) == 0 {
			continue
		}
		*turn = mix(*turn, 11)
		for k := range r.list {
			p := r.list[(int(*turn%1024)+k)%len(r.list)]
			if !taken[p.id] && p.english == s.frame.english {
				taken[p.id] = true
				return p, true
			}
		}
	}
	return past{}, false
}

// remember keeps a story for those that come later.
func (m *maker) remember(s *story, id int64) {
	if m.events.marks[s.index] {
		m.marked[s.index] = id
	}
	if s.index == m.events.lead {
		m.lead = id
	}
	if s.frame.kind == kindUnverified && len(m.doubts) < 8 {
		m.doubts = append(m.doubts, doubt{id, s.seed, s.index})
	}
	if s.index == m.events.withdrawn || s.frame.kind == kindReply {
		return // nobody points to what will be gone
	}
	p := past{id, s.content.Headline, s.frame.english}
	for _, at := range []struct {
		rings map[string]*ring
		key   string
	}{{m.byTopic, s.topics[0]}, {m.bySection, s.section}} {
		if at.rings[at.key] == nil {
			at.rings[at.key] = &ring{}
		}
		at.rings[at.key].add(p)
	}
}

// unpublished puts work into the newsroom that readers do not see: drafts, and
// stories that wait for their hour.
func (m *maker) unpublished(ctx context.Context) error {
	if m.p.stories < 100 {
		return nil
	}
	var items []news.Incoming
	n := m.p.stories
	for k := range 7 {
		// Something else in the manner of the newest stories.
		f := m.p.frame(n-1-k, m.p.section(n-1-k))
		if f.kind != kindNews {
			f = m.p.g.frames["nasional"][k%3]
		}
		s := m.p.compose(n-1-k, special{frame: f, seed: mix(m.p.seed, uint64(n+k)*31)})
		s.index, s.published, s.updated = n+k, m.p.now, time.Time{}
		in := m.incoming(s)
		in.Published = time.Time{}
		if in.Hold = k < 5; !in.Hold {
			in.EmbargoUntil = m.p.now.Add(time.Duration(3+9*(k-5)) * time.Hour)
		}
		items = append(items, in)
	}
	results, err := m.d.Desk.Import(ctx, actor, items)
	if err != nil {
		return err
	}
	for i, r := range results {
		if r.Err != nil {
			return fault.New(fault.KindOf(r.Err), "unpublished story %d: %w", i, r.Err)
		}
	}
	m.result.Unpublished = len(results)
	return nil
}

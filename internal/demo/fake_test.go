package demo_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"testing"
	"time"

	"warta/internal/change"
	"warta/internal/demo"
	"warta/internal/media"
	"warta/internal/news"
)

// sieve is a store that keeps nothing but a hash of what goes through it, and
// shows each story to the test.
type sieve struct {
	news.DeskStore // what the demo does not ask for
	news.SiteStore

	t     testing.TB
	now   time.Time
	tree  *news.Tree
	sum   hash.Hash // nil: of nothing
	ids   map[string]map[string]int64
	last  int64
	drawn int
	each  func(*news.World, *news.Record)
	saved map[string]any
}

func newSieve(t testing.TB, now time.Time) *sieve {
	var sections []news.Section
	ids := map[string]int64{}
	for i, d := range news.DefaultSections {
		ids[d.Slug] = int64(i + 1)
		sections = append(sections, news.Section{ID: int64(i + 1), ParentID: ids[d.Parent], Slug: d.Slug, Name: d.Name, Position: i})
	}
	return &sieve{t: t, now: now, tree: news.NewTree(sections), sum: sha256.New(), ids: map[string]map[string]int64{}, saved: map[string]any{}}
}

func (s *sieve) deps() demo.Deps {
	return demo.Deps{Desk: news.NewDesk(s, nil), Site: news.NewSite(s), Place: s, Library: s}
}

func (s *sieve) digest() string { return hex.EncodeToString(s.sum.Sum(nil)) }

func (s *sieve) note(v any) {
	if s.sum == nil {
		return
	}
	data, err := json.Marshal(v)
	if err != nil {
		s.t.Errorf("%T does not marshal: %v", v, err)
	}
	s.sum.Write(data)
}

func (s *sieve) world() *news.World {
	set := news.NewSettings(map[string]string{"zone": "Asia/Jakarta"})
	return &news.World{Now: s.now, Tree: s.tree, Settings: set, Zone: set.Zone()}
}

func (s *sieve) Now(context.Context) (time.Time, error) { return s.now, nil }

func (s *sieve) Due(context.Context, time.Time, bool, int) ([]int64, error) { return nil, nil }

func (s *sieve) Change(_ context.Context, p news.Pick, fn func(*news.World, []*news.Record) (change.Outcome, error)) (int64, error) {
	var recs []*news.Record
	for _, id := range p.IDs { // a correction or a withdrawal
		v := &news.Version{StoryID: id, No: 1}
		recs = append(recs, &news.Record{Story: news.Story{ID: id, Status: news.Live, LiveNo: 1, LastNo: 1, FirstPublished: s.now}, Live: v})
	}
	for range p.URIs {
		s.last++
		recs = append(recs, &news.Record{Story: news.Story{ID: s.last}, New: true})
	}
	w := s.world()
	if _, err := fn(w, recs); err != nil {
		return 0, err
	}
	for _, r := range recs {
		for _, v := range r.Added {
			s.note(v.Content)
		}
		s.note([]any{r.Story.ID, r.Story.Status, r.Story.FirstPublished, r.Story.Updated, r.Corrections, r.Withdrawal})
		if s.each != nil {
			s.each(w, r)
		}
	}
	return 1, nil
}

func (s *sieve) Sections(context.Context) (*news.Tree, error) { return s.tree, nil }

func (s *sieve) ensure(kind string, names []string) (map[string]int64, error) {
	out := map[string]int64{}
	for i, n := range names {
		out[n] = int64(i + 1)
	}
	s.ids[kind] = out
	s.note(names)
	return out, nil
}

func (s *sieve) EnsurePersons(_ context.Context, names []string) (map[string]int64, error) {
	return s.ensure("persons", names)
}

func (s *sieve) EnsureTopics(_ context.Context, names []string) (map[string]int64, error) {
	return s.ensure("topics", names)
}

func (s *sieve) EnsureSources(_ context.Context, names []string) (map[string]int64, error) {
	return s.ensure("sources", names)
}

func (s *sieve) Add(_ context.Context, _ string, r io.Reader, d media.Details) (media.Picture, bool, error) {
	into := io.Discard
	if s.sum != nil {
		into = s.sum
	}
	n, err := io.Copy(into, r)
	s.note(d)
	s.drawn++
	return media.Picture{ID: int64(s.drawn), Caption: d.Caption, Bytes: n}, true, err
}

func (s *sieve) SaveSection(_ context.Context, v news.Section, _ change.Outcome) (news.Section, error) {
	s.note(v)
	return v, nil
}

func (s *sieve) SaveTopic(_ context.Context, v news.Topic, _ change.Outcome) (news.Topic, error) {
	s.note(v)
	return v, nil
}

func (s *sieve) SavePerson(_ context.Context, v news.Person, _ change.Outcome) (news.Person, error) {
	s.note(v)
	return v, nil
}

func (s *sieve) SaveSource(_ context.Context, v news.Source, _ change.Outcome) (news.Source, error) {
	s.note(v)
	return v, nil
}

func (s *sieve) SaveRedirects(context.Context, []news.Redirect, change.Outcome) error {
	return fmt.Errorf("the demo has no redirects")
}

func (s *sieve) SavePage(_ context.Context, v news.StaticPage, _ change.Outcome) error {
	if err := v.Body.Validate(); err != nil {
		s.t.Errorf("page %s: %v", v.Slug, err)
	}
	s.saved["page "+v.Slug] = v
	s.note(v)
	return nil
}

func (s *sieve) SaveFront(_ context.Context, v news.Front, _ change.Outcome) (news.Front, error) {
	s.saved["front"] = v
	s.note(v)
	return v, nil
}

func (s *sieve) SaveSettings(_ context.Context, v map[string]string, _ change.Outcome) error {
	s.note(v)
	return nil
}

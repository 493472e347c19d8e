package ingest

import (
	"context"

	"warta/internal/news"
)

// maxNames is how many ids of one kind are remembered; then all are forgotten,
// so that memory stays the same however many names an archive has.
const maxNames = 50_000

// nameCache remembers the ids of names between batches.
type nameCache struct {
	persons, topics, sources kindOfName
}

type kindOfName struct {
	ensure func(ctx context.Context, names []string) (map[string]int64, error)
	ids    map[string]int64
}

func newNameCache(n Names) *nameCache {
	return &nameCache{
		persons: kindOfName{n.EnsurePersons, map[string]int64{}},
		topics:  kindOfName{n.EnsureTopics, map[string]int64{}},
		sources: kindOfName{n.EnsureSources, map[string]int64{}},
	}
}

// learn asks for all names that are new, at once.
func (k *kindOfName) learn(ctx context.Context, names []string) error {
	if len(k.ids) > maxNames {
		clear(k.ids)
	}
	var missing []string
	asked := map[string]bool{}
	for _, n := range names {
		if k.ids[n] == 0 && !asked[n] {
			asked[n] = true
			missing = append(missing, n)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	found, err := k.ensure(ctx, missing)
	for n, id := range found {
		k.ids[n] = id
	}
	return err
}

// resolve sets the ids of names in the drafts.
func (c *nameCache) resolve(ctx context.Context, drafts []*draft) error {
	var persons, topics, sources []string
	for _, d := range drafts {
		for _, cr := range d.credits {
			persons = append(persons, cr.name)
		}
		topics, sources = append(topics, d.topics...), append(sources, d.sources...)
	}
	for _, ask := range []struct {
		kind  *kindOfName
		names []string
	}{{&c.persons, persons}, {&c.topics, topics}, {&c.sources, sources}} {
		if err := ask.kind.learn(ctx, ask.names); err != nil {
			return err
		}
	}
	for _, d := range drafts {
		ct := &d.in.Content
		ct.Credits, ct.Topics, ct.Sources = nil, nil, nil
		for _, cr := range d.credits {
			if id := c.persons.ids[cr.name]; id != 0 {
				ct.Credits = append(ct.Credits, news.Credit{PersonID: id, Role: cr.role})
			}
		}
		ct.Topics = c.topics.of(d.topics)
		ct.Sources = c.sources.of(d.sources)
	}
	return nil
}

// of returns the ids of names without repetition: two spellings may be one row.
func (k *kindOfName) of(names []string) (ids []int64) {
	seen := map[int64]bool{0: true}
	for _, n := range names {
		if id := k.ids[n]; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

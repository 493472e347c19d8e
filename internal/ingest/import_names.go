package ingest

import (
	"context"

	"warta/internal/change"
	"warta/internal/news"
)

// maxNames is how many ids of one kind are remembered; then all are forgotten,
// so that memory stays the same however many names an archive has.
const maxNames = 50_000

// nameCache remembers the ids of names between batches.
type nameCache struct {
	names                    Names
	persons, topics, sources kindOfName
}

type kindOfName struct {
	kind string
	ids  map[string]int64
}

func newNameCache(n Names) *nameCache {
	return &nameCache{
		names:   n,
		persons: kindOfName{change.MadePerson, map[string]int64{}},
		topics:  kindOfName{change.MadeTopic, map[string]int64{}},
		sources: kindOfName{change.MadeSource, map[string]int64{}},
	}
}

// learn asks for all names that are new, at once. A rehearsal makes none: they
// get ids that nothing has, and are counted by their kind.
func (c *nameCache) learn(ctx context.Context, r *run, k *kindOfName, names []string, count map[string]int) error {
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
	if r.im.options.Rehearse {
		found, err := c.names.NamesThere(ctx, k.kind, missing)
		for _, n := range missing {
			if k.ids[n] = found[n]; found[n] == 0 {
				k.ids[n] = int64(rehearsedID + len(k.ids))
				count["new "+k.kind+"s"]++
			}
		}
		return err
	}
	found, err := c.names.EnsureNames(ctx, r.record.ID, k.kind, missing)
	for n, id := range found {
		k.ids[n] = id
	}
	return err
}

// resolve sets the ids of names in the drafts of a batch.
func (c *nameCache) resolve(ctx context.Context, r *run, b *parcel) error {
	var persons, topics, sources []string
	for _, d := range b.drafts {
		for _, cr := range d.credits {
			persons = append(persons, cr.name)
		}
		topics, sources = append(topics, d.topics...), append(sources, d.sources...)
	}
	for _, ask := range []struct {
		kind  *kindOfName
		names []string
	}{{&c.persons, persons}, {&c.topics, topics}, {&c.sources, sources}} {
		if err := c.learn(ctx, r, ask.kind, ask.names, b.others); err != nil {
			return err
		}
	}
	for _, d := range b.drafts {
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

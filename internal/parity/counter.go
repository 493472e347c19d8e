package parity

import (
	"cmp"
	"slices"
	"strings"
)

// wanted is an address of a log with how often it was asked for.
type wanted struct {
	host, path string
	hits       int64
}

// counter counts addresses of logs in bounded memory: so many at once, each of
// about 300 bytes and its text. When it is full, the half that is wanted least is
// forgotten; an address that comes again begins anew. What was asked for more often
// than lost says is never left out.
type counter struct {
	limit   int
	hits    map[string]int64 // by host, a space and the path
	dropped int64            // addresses that were forgotten, those that came again included
	lost    int64            // how many hits one address may have lost
}

func newCounter(limit int) *counter {
	return &counter{limit: max(limit, 4), hits: map[string]int64{}}
}

func (c *counter) add(host, path string) {
	key := host + " " + path
	if n, ok := c.hits[key]; ok {
		c.hits[key] = n + 1
		return
	}
	if len(c.hits) >= c.limit {
		c.forget()
	}
	c.hits[key] = 1
}

// forget drops the least wanted half.
func (c *counter) forget() {
	all := make([]int64, 0, len(c.hits))
	for _, n := range c.hits {
		all = append(all, n)
	}
	slices.Sort(all)
	half := max(len(all)/2, 1)
	bound := all[half-1]
	left := half
	for key, n := range c.hits {
		if n < bound {
			delete(c.hits, key)
			left--
		}
	}
	for key, n := range c.hits {
		if left == 0 {
			break
		}
		if n == bound {
			delete(c.hits, key)
			left--
		}
	}
	c.dropped += int64(half)
	c.lost += bound
}

// sorted returns what was counted, the most wanted first.
func (c *counter) sorted() []wanted {
	out := make([]wanted, 0, len(c.hits))
	for key, n := range c.hits {
		host, path, _ := strings.Cut(key, " ")
		out = append(out, wanted{host, path, n})
	}
	slices.SortFunc(out, func(a, b wanted) int {
		return cmp.Or(cmp.Compare(b.hits, a.hits), cmp.Compare(a.host, b.host), cmp.Compare(a.path, b.path))
	})
	return out
}

// worst keeps the most wanted of what is not as it should be.
type worst struct {
	keep int
	list []Result
}

func (w *worst) add(r Result) {
	w.list = append(w.list, r)
	if len(w.list) >= 2*w.keep {
		w.list = w.sorted()
	}
}

// sorted returns what is kept, the most wanted first, what came first before others.
func (w *worst) sorted() []Result {
	slices.SortStableFunc(w.list, func(a, b Result) int { return cmp.Compare(b.Hits, a.Hits) })
	return slices.Clone(w.list[:min(len(w.list), w.keep)])
}

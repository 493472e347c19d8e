package page

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// briefAge is how long Brief pages may be kept by anybody.
const briefAge = 5 * time.Minute

// maxSurrogate bounds the Surrogate-Key line: proxies refuse headers beyond 4
// to 8 kB. A page with more tags is not kept by shared caches at all, since a
// purge could miss it.
const maxSurrogate = 3 << 10

var varyEncoding = []string{"Accept-Encoding"}

// policy returns the header lines that tell others what they may keep. Only
// the anonymous page is public: a cache in front must never hand one class's
// page to another.
func (e *Engine) policy(caching Caching, class Class, parts []*standing) []line {
	lines := []line{{"Vary", varyEncoding}}
	if caching == Never {
		return append(lines, line{"Cache-Control", []string{"no-store"}})
	}
	age := "0"
	if caching == Brief {
		age = seconds(briefAge)
	}
	switch {
	case class != 0 && caching == Brief:
		return append(lines, line{"Cache-Control", []string{"private, max-age=" + age}})
	case class != 0:
		return append(lines, line{"Cache-Control", []string{"private, no-cache"}})
	}
	shared := time.Duration(0)
	if e.sharedAge > 0 { // else nobody keeps anything that could be purged
		if keys, whole := surrogateKeys(parts); whole {
			shared = e.sharedAge
			lines = append(lines, line{"Surrogate-Key", []string{keys}})
		}
	}
	value := "public, max-age=" + age + ", s-maxage=" + seconds(shared)
	return append(lines, line{"Cache-Control", []string{value}})
}

// unnamedPolicies are the policies of pages that say nothing of their own and
// name no tags: for the anonymous reader where no cache in front keeps anything,
// and for all others.
func (e *Engine) unnamedPolicies() [2][]line {
	return [2][]line{e.policy(Revalidate, 0, nil), e.policy(Revalidate, Registered, nil)}
}

// surrogateKeys returns every tag of the parts once, and whether they fit and
// can be written in one line.
func surrogateKeys(parts []*standing) (keys string, whole bool) {
	all := 0
	for _, part := range parts {
		all += len(part.tags)
	}
	var b strings.Builder
	b.Grow(min(maxSurrogate, 16*all))
	// A page has some dozens of tags: looking through a list costs less than a map,
	// and this is done again whenever a piece of the page has changed.
	var first [128]uint64
	seen := first[:0]
	var more map[uint64]bool // once there are too many for that
	for _, part := range parts {
		for i, name := range part.names {
			tag := part.tags[i]
			if more[tag] || slices.Contains(seen, tag) {
				continue
			}
			if len(seen) < cap(first[:]) {
				seen = append(seen, tag)
			} else {
				if more == nil {
					more = make(map[uint64]bool, all-len(seen))
				}
				more[tag] = true
			}
			if strings.ContainsAny(name, " \t\r\n,") || b.Len()+1+len(name) > maxSurrogate {
				return "", false
			}
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(name)
		}
	}
	return b.String(), b.Len() > 0
}

// unshared returns a Cache-Control value that keeps shared caches from keeping
// what value let them keep.
func unshared(value []string) []string {
	if len(value) == 1 && strings.HasPrefix(value[0], "public") {
		return []string{"public, max-age=0, s-maxage=0"}
	}
	return value
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }

package page

import (
	"sync"
	"sync/atomic"
)

// verdict says what may be done with a rendering that is kept.
type verdict uint8

const (
	fresh   verdict = iota // true as far as anybody announced
	changed                // no longer true; good enough if nothing better can be made
	taken                  // may never be served again
)

// ledger remembers what was announced about each tag. The number of an
// announcement is its epoch: a count of our own and not the event's number, so
// that an event that is announced late or twice is only one more announcement.
//
// It is bounded: when the recent tags are too many, the older ones are
// forgotten and the floor rises. What is not known to hold at the floor or
// later is then taken to be stale, and worse, taken down: nobody remembers why.
type ledger struct {
	epoch atomic.Uint64 // raised last in an announcement, under mu
	limit int           // tags in one generation

	mu            sync.RWMutex
	recent, older map[uint64]mark // by tag hash; recent overrides older
	since         uint64          // epoch at which recent was begun
	floor         uint64          // recent and older hold all announcements after it
}

// mark holds the epochs at which a tag was last announced.
type mark struct {
	changed uint64 // by any event
	taken   uint64 // by a takedown
}

func newLedger(limit int) *ledger {
	return &ledger{limit: max(limit/2, 1), recent: map[uint64]mark{}}
}

// announce notes that what carries one of the tags is no longer true.
func (l *ledger) announce(tags []uint64, takedown bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	epoch := l.epoch.Load()
	if len(l.recent) >= l.limit {
		l.older, l.recent = l.recent, make(map[uint64]mark)
		l.floor, l.since = l.since, epoch
	}
	for _, tag := range tags {
		m := l.mark(tag)
		m.changed = epoch + 1
		if takedown {
			m.taken = epoch + 1
		}
		l.recent[tag] = m
	}
	// Last, so that a reader that sees the new epoch finds its marks.
	l.epoch.Store(epoch + 1)
}

// forget takes everything that was rendered so far to be taken down: what was
// announced is not known.
func (l *ledger) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	epoch := l.epoch.Load() + 1
	l.older, l.recent = nil, map[uint64]mark{}
	l.floor, l.since = epoch, epoch
	l.epoch.Store(epoch)
}

func (l *ledger) mark(tag uint64) mark {
	if m, ok := l.recent[tag]; ok {
		return m
	}
	return l.older[tag]
}

// judge looks through everything that was announced since s was last known to
// hold. If it still does, s is known to hold now, and the next judge is cheap.
func (l *ledger) judge(s *standing) verdict {
	asOf := s.asOf.Load()
	if asOf == l.epoch.Load() {
		return fresh
	}
	l.mu.RLock()
	epoch := l.epoch.Load()
	v := l.compare(s.tags, asOf)
	l.mu.RUnlock()
	if v == fresh {
		s.asOf.Store(epoch)
	}
	return v
}

func (l *ledger) compare(tags []uint64, asOf uint64) verdict {
	if asOf < l.floor {
		return taken
	}
	v := fresh
	for _, tag := range tags {
		m := l.mark(tag)
		if m.taken > asOf {
			return taken
		}
		if m.changed > asOf {
			v = changed
		}
	}
	return v
}

// size returns how many tags are remembered.
func (l *ledger) size() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.recent) + len(l.older)
}

// hashTag returns the 64-bit FNV-1a hash of a tag. Two tags with one hash cost
// a needless rendering, nothing else. It is the same in every process.
func hashTag(tag string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(tag) {
		h = (h ^ uint64(tag[i])) * 1099511628211
	}
	return h
}

func hashTags(tags []string) []uint64 {
	hashes := make([]uint64, len(tags))
	for i, tag := range tags {
		hashes[i] = hashTag(tag)
	}
	return hashes
}

package site

import (
	"container/list"
	"hash/maphash"
	"sync"
	"time"
)

// What is remembered of addresses under which there is nothing, and for how
// long: some of them appear with the clock and without an event.
const (
	maxMissing  = 4096
	missingTime = 10 * time.Second
)

// missing remembers addresses under which there was nothing, so that a flood of
// requests for one costs no query. What it knows holds until the next event,
// whatever that is about: any of them may have made an address appear.
// It holds a hash of each address, about 200 bytes with everything around it.
type missing struct {
	limit int
	seeds [2]maphash.Seed

	mu     sync.Mutex
	known  map[hash]*list.Element
	recent *list.List // of absence, the one that was asked for last in front
}

// absence is one address under which there was nothing.
type absence struct {
	key     hash
	applied int64 // the last event before the search
	at      time.Time
}

func newMissing(limit int) *missing {
	return &missing{limit: limit, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, known: map[hash]*list.Element{}, recent: list.New()}
}

// hash is of 128 bits, under seeds that nobody outside knows, so that nobody can
// find an address that takes another one off the site.
type hash [2]uint64

func (m *missing) hashOf(key string) hash {
	return hash{maphash.String(m.seeds[0], key), maphash.String(m.seeds[1], key)}
}

// holds reports whether it is known that there is nothing under a key.
func (m *missing) holds(key string, applied int64, now time.Time) bool {
	h := m.hashOf(key)
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.known[h]
	if e == nil {
		return false
	}
	a := e.Value.(absence)
	if age := now.Sub(a.at); a.applied != applied || age < 0 || age >= missingTime {
		m.drop(e)
		return false
	}
	m.recent.MoveToFront(e)
	return true
}

// note remembers that there was nothing under a key after event number applied.
func (m *missing) note(key string, applied int64, now time.Time) {
	a := absence{key: m.hashOf(key), applied: applied, at: now}
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.known[a.key]; e != nil {
		m.drop(e)
	}
	m.known[a.key] = m.recent.PushFront(a)
	if m.recent.Len() > m.limit {
		m.drop(m.recent.Back())
	}
}

func (m *missing) drop(e *list.Element) {
	delete(m.known, m.recent.Remove(e).(absence).key)
}

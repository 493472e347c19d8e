package disk

import (
	"slices"
	"sync"
	"sync/atomic"
)

// verdict is what the table of tags says of a record.
type verdict uint8

const (
	fresh   verdict = iota
	changed         // no longer true
	taken           // may never be seen again, or nobody knows
)

// seqBits is how far an event's number is shifted in the store's. Below it is
// room for what is announced out of order, see tags.next.
const seqBits = 16

// tags remembers for each tag the number of its last announcement.
type tags struct {
	limit  int
	number atomic.Uint64 // of the last announcement; raised last, under mu

	mu      sync.RWMutex
	changed table             // tag hash → number
	taken   map[uint64]uint64 // tag hash → number, of takedowns only: they are few
	floor   uint64            // what began before it is void
}

// next returns the number of an announcement: for an event that comes in its
// order the event's own, else one that is later than all before. So a record
// that was made before is void even if its event is announced late.
func (t *tags) next(seq int64) uint64 {
	return max(uint64(seq)<<seqBits, t.number.Load()+1)
}

// announce notes that the tags changed, and returns the announcement's number.
// Only one call of it, of mark and of forget is under way at a time.
func (t *tags) announce(seq int64, hashes []uint64, takedown bool) uint64 {
	n := t.next(seq)
	t.mark(n, hashes, takedown)
	return n
}

func (t *tags) mark(n uint64, hashes []uint64, takedown bool) {
	t.mu.Lock()
	for _, h := range hashes {
		t.changed.set(h, n)
		if takedown {
			t.taken[h] = n
		}
	}
	t.number.Store(max(t.number.Load(), n))
	t.mu.Unlock()
	if t.changed.n > t.limit {
		t.trim()
	}
}

// forget makes everything void that began so far.
func (t *tags) forget(seq int64) uint64 {
	n := t.next(seq)
	t.reset(n)
	return n
}

// reset makes everything void that has a smaller number than n.
func (t *tags) reset(n uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changed, t.taken, t.floor = table{}, make(map[uint64]uint64), n
	t.number.Store(n)
}

// trim forgets the older half of the tags and raises the floor. Those who judge
// meanwhile do not wait for it.
func (t *tags) trim() {
	numbers := make([]uint64, 0, t.changed.n)
	for _, s := range t.changed.slots {
		if s.value != 0 {
			numbers = append(numbers, s.value)
		}
	}
	slices.Sort(numbers)
	floor := numbers[len(numbers)/2]
	var kept table
	for _, s := range t.changed.slots {
		if s.value > floor {
			kept.set(s.hash, s.value)
		}
	}
	keptTaken := make(map[uint64]uint64)
	for h, n := range t.taken {
		if n > floor {
			keptTaken[h] = n
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changed, t.taken, t.floor = kept, keptTaken, floor
}

// judge looks whether something that began at a number may still be read.
func (t *tags) judge(number uint64, names []string) verdict {
	return t.judgeHashes(number, hashAll(names))
}

// judgeHashes is judge for what the names' hashes are known of.
func (t *tags) judgeHashes(number uint64, hashes []uint64) verdict {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if number < t.floor || number > t.number.Load() {
		return taken
	}
	v := fresh
	for _, h := range hashes {
		s := t.changed.find(h)
		if s == nil || s.value <= number {
			continue
		}
		v = changed
		if t.taken[h] > number {
			return taken
		}
	}
	return v
}

func (t *tags) size() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.changed.n
}

func hashAll(names []string) []uint64 {
	hashes := make([]uint64, len(names))
	for i, name := range names {
		hashes[i] = hash(name)
	}
	return hashes
}

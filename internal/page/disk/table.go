package disk

import (
	"math/bits"
	"sync/atomic"
)

// slot is an entry of a table: 16 bytes, so that at its emptiest, just after it
// grew, a table takes 30 bytes an entry.
type slot struct {
	hash  uint64
	value uint64 // never 0 in a slot that is taken
}

// table is a map by 64-bit hashes that costs a third of what Go's own would. It
// probes linearly from a place that rises with the hash, so that entries can be
// taken out by moving others back, and grows by half. The zero table is empty.
type table struct {
	slots []slot
	n     int
}

// home returns where the search for a hash begins.
func (t *table) home(hash uint64) int {
	hi, _ := bits.Mul64(hash, uint64(len(t.slots)))
	return int(hi)
}

// find returns the slot of a hash, nil if there is none. The value may be
// changed by others meanwhile, but only atomically.
func (t *table) find(hash uint64) *slot {
	if t.n == 0 {
		return nil
	}
	for i := t.home(hash); ; {
		s := &t.slots[i]
		if atomic.LoadUint64(&s.value) == 0 {
			return nil
		}
		if s.hash == hash {
			return s
		}
		if i++; i == len(t.slots) {
			i = 0
		}
	}
}

// set makes value the hash's.
func (t *table) set(hash, value uint64) {
	if s := t.find(hash); s != nil {
		s.value = value
		return
	}
	if 5*(t.n+1) > 4*len(t.slots) {
		old := t.slots
		t.slots = make([]slot, len(old)+len(old)/2+8)
		for _, s := range old {
			if s.value != 0 {
				t.put(s)
			}
		}
	}
	t.put(slot{hash, value})
	t.n++
}

func (t *table) put(s slot) {
	i := t.home(s.hash)
	for t.slots[i].value != 0 {
		if i++; i == len(t.slots) {
			i = 0
		}
	}
	t.slots[i] = s
}

// remove takes a hash out.
func (t *table) remove(hash uint64) {
	s := t.find(hash)
	if s == nil {
		return
	}
	t.n--
	i := t.home(hash)
	for &t.slots[i] != s {
		if i++; i == len(t.slots) {
			i = 0
		}
	}
	// Move back what was pushed over the gap.
	for j := i; ; {
		if j++; j == len(t.slots) {
			j = 0
		}
		if t.slots[j].value == 0 {
			break
		}
		if h := t.home(t.slots[j].hash); distance(h, j, len(t.slots)) >= distance(i, j, len(t.slots)) {
			t.slots[i] = t.slots[j]
			i = j
		}
	}
	t.slots[i] = slot{}
}

// distance returns how far b is behind a in a ring.
func distance(a, b, size int) int {
	if b < a {
		b += size
	}
	return b - a
}

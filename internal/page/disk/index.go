package disk

import (
	"sync"
	"sync/atomic"
)

// place is where a record lies: 16 bits of its segment's serial, its offset in
// units of 8 bytes, its length in units of 64, and whether it was read since it
// was written. A segment has a head, so that no place is 0.
type place uint64

const (
	usedBit    = 1
	lengthBits = 20
	offsetBits = 26
	offsetUnit = 8
	lengthUnit = 64
	maxSegment = 1<<offsetBits*offsetUnit - maxRecord // so that its last record fits as well
)

func newPlace(serial uint64, offset int64, size int) place {
	units := uint64(size+lengthUnit-1) / lengthUnit
	return place(serial&0xffff<<48 | uint64(offset/offsetUnit)<<22 | units<<2)
}

func (p place) segment() uint16 { return uint16(p >> 48) }
func (p place) offset() int64   { return int64(p>>22&(1<<offsetBits-1)) * offsetUnit }
func (p place) used() bool      { return p&usedBit != 0 }

// size returns at least the record's length.
func (p place) size() int { return int(p>>2&(1<<lengthBits-1)) * lengthUnit }

const shards = 64

// index leads from keys' hashes to places. It is cut into shards, so that
// growing one holds up few and wastes little.
type index [shards]struct {
	mu sync.RWMutex
	t  table // goes by the high bits, the shard by the low ones
}

// at returns the place of a hash, 0 if there is none.
func (x *index) at(hash uint64) place {
	s := &x[hash%shards]
	s.mu.RLock()
	defer s.mu.RUnlock()
	if e := s.t.find(hash); e != nil {
		return place(atomic.LoadUint64(&e.value))
	}
	return 0
}

// touch notes that the record of a hash was read.
func (x *index) touch(hash uint64) {
	s := &x[hash%shards]
	s.mu.RLock()
	defer s.mu.RUnlock()
	if e := s.t.find(hash); e != nil && atomic.LoadUint64(&e.value)&usedBit == 0 {
		atomic.OrUint64(&e.value, usedBit)
	}
}

func (x *index) set(hash uint64, p place) {
	s := &x[hash%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.t.set(hash, uint64(p))
}

// remove takes a hash out if it still leads to p.
func (x *index) remove(hash uint64, p place) {
	s := &x[hash%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.t.find(hash); e != nil && place(e.value)|usedBit == p|usedBit {
		s.t.remove(hash)
	}
}

// in calls yield for each entry that leads into a segment.
func (x *index) in(segment uint16, yield func(hash uint64, p place)) {
	for i := range x {
		x[i].mu.RLock()
		for j := range x[i].t.slots {
			e := &x[i].t.slots[j]
			if p := place(atomic.LoadUint64(&e.value)); p != 0 && p.segment() == segment {
				yield(e.hash, p)
			}
		}
		x[i].mu.RUnlock()
	}
}

// clear forgets everything.
func (x *index) clear() {
	for i := range x {
		x[i].mu.Lock()
		x[i].t = table{}
		x[i].mu.Unlock()
	}
}

// size returns the number of entries and the bytes that they take.
func (x *index) size() (entries int, bytes int64) {
	for i := range x {
		x[i].mu.RLock()
		entries += x[i].t.n
		bytes += int64(len(x[i].t.slots)) * 16
		x[i].mu.RUnlock()
	}
	return entries, bytes
}

package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sync/atomic"
)

// A segment begins with its magic, the name of the store, its serial and a
// CRC-32C of these, filled up to 64 bytes; its records begin on multiples of 8.
// Its index holds the same, then where its last record ends, the highest number
// of a record, and 16 bytes for each record; and a CRC-32C of all of it.
const (
	segmentMagic = "wartapages 2\n"
	indexMagic   = "wartaindex 2\n"
	segmentHead  = 64
	indexHead    = segmentHead + 16
)

// segment is one file of records. It is used by readers without a lock, and
// closed when the last one has left it.
type segment struct {
	serial uint64
	f      file
	drop   func() // removes its files; set before its own reference is given up

	end    int64  // of its last record; the writer's own
	newest uint64 // highest number of a record; the writer's own
	bytes  int64  // on disk, with its index; the writer's own

	refs atomic.Int64 // readers, and one while the store has it
}

func (g *segment) name() string      { return fmt.Sprintf("%08d.pages", g.serial) }
func (g *segment) indexName() string { return fmt.Sprintf("%08d.index", g.serial) }

// enter keeps the segment open until leave; false: it is gone.
func (g *segment) enter() bool {
	for n := g.refs.Load(); n > 0; n = g.refs.Load() {
		if g.refs.CompareAndSwap(n, n+1) {
			return true
		}
	}
	return false
}

func (g *segment) leave() {
	if g.refs.Add(-1) > 0 {
		return
	}
	g.f.Close()
	if g.drop != nil {
		g.drop()
	}
}

// read fills buf with the bytes at a place: a record, and what stands behind it.
func (g *segment) read(p place, buf *[]byte) error {
	b := *buf
	if cap(b) < p.size() {
		b = make([]byte, p.size())
	}
	n, err := g.f.ReadAt(b[:p.size()], p.offset())
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	*buf = b[:n]
	return nil
}

func headOf(magic string, id [16]byte, serial uint64) []byte {
	b := append(append(make([]byte, 0, segmentHead), magic...), id[:]...)
	b = binary.LittleEndian.AppendUint64(b, serial)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	return b[:segmentHead]
}

func createSegment(d files, id [16]byte, serial uint64) (*segment, error) {
	g := &segment{serial: serial, end: segmentHead, bytes: segmentHead}
	f, err := d.create(g.name())
	if err != nil {
		return nil, err
	}
	g.f = f
	g.refs.Store(1)
	if _, err := f.WriteAt(headOf(segmentMagic, id, serial), 0); err != nil {
		f.Close()
		return nil, err
	}
	return g, nil
}

// openSegment opens a segment and calls found for each of its records, in their
// order as far as one key goes. It returns nil if the file is none of this store's.
func openSegment(d files, id [16]byte, serial uint64, found func(hash uint64, p place)) (*segment, error) {
	g := &segment{serial: serial}
	f, err := d.open(g.name())
	if err != nil {
		return nil, err
	}
	g.f = f
	g.refs.Store(1)
	size, err := f.Size()
	if err != nil {
		f.Close()
		return nil, err
	}
	head := make([]byte, segmentHead)
	if _, err := f.ReadAt(head, 0); err != nil || string(head) != string(headOf(segmentMagic, id, serial)) || size > maxSegment+maxRecord {
		f.Close()
		return nil, nil
	}
	g.bytes = size
	if !g.loadIndex(d, id, size, found) {
		g.scan(size, found)
	}
	return g, nil
}

// loadIndex reads the index of a segment; false: there is none that is right.
func (g *segment) loadIndex(d files, id [16]byte, size int64, found func(uint64, place)) bool {
	b, err := d.read(g.indexName())
	n := len(b) - indexHead - 4
	if err != nil || n < 0 || n%16 != 0 || string(b[:segmentHead]) != string(headOf(indexMagic, id, g.serial)) ||
		binary.LittleEndian.Uint32(b[len(b)-4:]) != crc32.Checksum(b[:len(b)-4], castagnoli) ||
		int64(binary.LittleEndian.Uint64(b[segmentHead:])) != size {
		return false
	}
	g.end, g.newest = size, binary.LittleEndian.Uint64(b[segmentHead+8:])
	g.bytes += int64(len(b))
	for b = b[indexHead : len(b)-4]; len(b) > 0; b = b[16:] {
		p := place(binary.LittleEndian.Uint64(b[8:]))
		if p != 0 && p.segment() == uint16(g.serial) {
			found(binary.LittleEndian.Uint64(b), p)
		}
	}
	return true
}

// scan reads a whole segment. What was being written when the process died is
// cut off by the next record.
func (g *segment) scan(size int64, found func(uint64, place)) {
	g.end = segmentHead
	var b []byte
	for {
		var head [4]byte
		if _, err := g.f.ReadAt(head[:], g.end); err != nil {
			return
		}
		n := int64(binary.LittleEndian.Uint32(head[:]))
		if n < recordHead || n > maxRecord || n > size-g.end {
			return
		}
		if int64(cap(b)) < n {
			b = make([]byte, n)
		}
		if _, err := g.f.ReadAt(b[:n], g.end); err != nil {
			return
		}
		r, _, err := parseRecord(b[:n])
		if err != nil {
			return
		}
		g.newest = max(g.newest, r.Number)
		found(hash(r.Key), newPlace(g.serial, g.end, int(n)))
		g.end += aligned(n)
	}
}

// writeIndex writes what x holds of a segment beside it.
func (g *segment) writeIndex(d files, id [16]byte, x *index) error {
	b := headOf(indexMagic, id, g.serial)
	b = binary.LittleEndian.AppendUint64(b, uint64(g.end))
	b = binary.LittleEndian.AppendUint64(b, g.newest)
	x.in(uint16(g.serial), func(hash uint64, p place) {
		b = binary.LittleEndian.AppendUint64(b, hash)
		b = binary.LittleEndian.AppendUint64(b, uint64(p))
	})
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	f, err := d.create(g.indexName())
	if err != nil {
		return err
	}
	_, err = f.WriteAt(b, 0)
	g.bytes = g.end + int64(len(b))
	return errors.Join(err, f.Close())
}

// aligned returns n rounded up to where the next record begins.
func aligned(n int64) int64 { return (n + offsetUnit - 1) / offsetUnit * offsetUnit }

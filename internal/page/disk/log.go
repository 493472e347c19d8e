package disk

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"time"
)

// The log of announcements, tags.log, in little-endian order:
//
//	magic, name of the store (16 bytes), fingerprint (32), CRC-32C of these
//	then records: uint32 length of the payload, uint32 checksum, payload
//
// The checksum of a record is the CRC-32C of everything from the beginning of
// the file to the record's end, checksums left out. So a record holds only
// behind all those that were before it when it was written. A payload begins
// with its kind.
const (
	logName  = "tags.log"
	logMagic = "wartatags 2\n"
	logHead  = len(logMagic) + 16 + sha256.Size + 4

	kindBegin = 'b' // number, floor, event, its time: the first one
	kindMarks = 'm' // tag, number, number of its takedown: what was known at the beginning
	kindEvent = 'e' // number, event, its time, takedown or not, tags
	kindFloor = 'f' // number: nothing that began before it holds
	kindClean = 'c' // the store was closed; the last one
)

// marksAtOnce is how many tags stand in a record of kindMarks.
const marksAtOnce = 4096

var errLog = errors.New("the log of announcements is not whole")

// point is the event to which a store is complete. Its time tells the events of
// one database from those of another, or of the same one after a restoration.
type point struct {
	seq int64
	at  int64 // Unix milliseconds
}

func (p point) time() time.Time { return time.UnixMilli(p.at).UTC() }

// entry is one announcement that waits to be written.
type entry struct {
	number   uint64
	point    point
	tags     []uint64
	takedown bool
	floor    bool // Forget
}

func (e *entry) payload() []byte {
	if e.floor {
		return binary.LittleEndian.AppendUint64([]byte{kindFloor}, e.number)
	}
	b := make([]byte, 0, 26+8*len(e.tags))
	b = append(b, kindEvent)
	b = binary.LittleEndian.AppendUint64(b, e.number)
	b = binary.LittleEndian.AppendUint64(b, uint64(e.point.seq))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.point.at))
	takedown := byte(0)
	if e.takedown {
		takedown = 1
	}
	b = append(b, takedown)
	for _, tag := range e.tags {
		b = binary.LittleEndian.AppendUint64(b, tag)
	}
	return b
}

// tagLog is the log as it is being written.
type tagLog struct {
	f    file
	crc  uint32
	size int64
	buf  []byte // not written yet
}

// begin makes a log of what t knows, complete to p, and puts it in the place of
// the one before, if there is one. Killed at any step, it leaves one of the two.
func beginLog(d files, id [16]byte, fingerprint [sha256.Size]byte, t *tags, p point) (*tagLog, error) {
	const fresh = logName + ".new"
	f, err := d.create(fresh)
	if err != nil {
		return nil, err
	}
	l := &tagLog{f: f}
	l.buf = append(append(append(l.buf, logMagic...), id[:]...), fingerprint[:]...)
	l.crc = crc32.Checksum(l.buf, castagnoli)
	l.buf = binary.LittleEndian.AppendUint32(l.buf, l.crc)
	head := make([]byte, 1, 33)
	head[0] = kindBegin
	for _, n := range [...]uint64{t.number.Load(), t.floor, uint64(p.seq), uint64(p.at)} {
		head = binary.LittleEndian.AppendUint64(head, n)
	}
	l.append(head)
	err = l.appendMarks(t)
	if err == nil {
		err = l.flush(true)
	}
	if err == nil {
		err = d.rename(fresh, logName)
	}
	if err == nil {
		err = d.sync()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

func (l *tagLog) appendMarks(t *tags) error {
	marks := []byte{kindMarks}
	for _, s := range t.changed.slots {
		if s.value == 0 {
			continue
		}
		for _, n := range [...]uint64{s.hash, s.value, t.taken[s.hash]} {
			marks = binary.LittleEndian.AppendUint64(marks, n)
		}
		if len(marks) < 24*marksAtOnce {
			continue
		}
		l.append(marks)
		marks = marks[:1]
		if err := l.flush(false); err != nil {
			return err
		}
	}
	if len(marks) > 1 {
		l.append(marks)
	}
	return nil
}

// append adds a record to what is to be written.
func (l *tagLog) append(payload []byte) {
	start := len(l.buf)
	l.buf = binary.LittleEndian.AppendUint32(l.buf, uint32(len(payload)))
	l.crc = crc32.Update(l.crc, castagnoli, l.buf[start:])
	l.crc = crc32.Update(l.crc, castagnoli, payload)
	l.buf = binary.LittleEndian.AppendUint32(l.buf, l.crc)
	l.buf = append(l.buf, payload...)
}

// flush writes what was appended, and with sync makes it safe from a crash.
func (l *tagLog) flush(sync bool) error {
	if _, err := l.f.WriteAt(l.buf, l.size); err != nil {
		return err
	}
	l.size += int64(len(l.buf))
	l.buf = l.buf[:0]
	if !sync {
		return nil
	}
	return l.f.Sync()
}

// logState is what a log says beside its tags.
type logState struct {
	id          [16]byte
	fingerprint [sha256.Size]byte
	last        point
	clean       bool // the store was closed
}

// readLog reads a log into an empty table. An error says that it cannot be used.
func readLog(b []byte, t *tags) (st logState, err error) {
	if len(b) < logHead || string(b[:len(logMagic)]) != logMagic {
		return st, errLog
	}
	copy(st.id[:], b[len(logMagic):])
	copy(st.fingerprint[:], b[len(logMagic)+len(st.id):])
	crc := crc32.Checksum(b[:logHead-4], castagnoli)
	if binary.LittleEndian.Uint32(b[logHead-4:]) != crc {
		return st, errLog
	}
	b = b[logHead:]
	for first := true; len(b) > 0; first = false {
		if len(b) < 8 || st.clean {
			return st, errLog
		}
		n := binary.LittleEndian.Uint32(b)
		if uint64(n) > uint64(len(b)-8) || n == 0 {
			return st, errLog
		}
		payload := b[8 : 8+n]
		crc = crc32.Update(crc, castagnoli, b[:4])
		crc = crc32.Update(crc, castagnoli, payload)
		if binary.LittleEndian.Uint32(b[4:]) != crc || first != (payload[0] == kindBegin) {
			return st, errLog
		}
		if err := st.apply(payload, t); err != nil {
			return st, err
		}
		b = b[8+n:]
	}
	if st.last.seq == 0 {
		return st, fmt.Errorf("%w: it is complete to no event", errLog)
	}
	return st, nil
}

// apply does what a record says.
func (st *logState) apply(payload []byte, t *tags) error {
	kind, b := payload[0], payload[1:]
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
	switch {
	case kind == kindBegin && len(b) == 32:
		t.reset(word(1))
		t.number.Store(word(0))
		st.last = point{int64(word(2)), int64(word(3))}
	case kind == kindMarks && len(b)%24 == 0:
		for ; len(b) > 0; b = b[24:] {
			if word(1) == 0 || word(1) > t.number.Load() {
				return errLog
			}
			t.changed.set(word(0), word(1))
			if word(2) != 0 {
				t.taken[word(0)] = word(2)
			}
		}
	case kind == kindEvent && len(b) >= 25 && len(b)%8 == 1:
		number, takedown := word(0), b[24] == 1
		if number == 0 {
			return errLog
		}
		if p := (point{int64(word(1)), int64(word(2))}); p.seq >= st.last.seq {
			st.last = p
		}
		hashes := make([]uint64, len(b[25:])/8)
		for i := range hashes {
			hashes[i] = binary.LittleEndian.Uint64(b[25+8*i:])
		}
		t.mark(number, hashes, takedown)
	case kind == kindFloor && len(b) == 8:
		t.reset(word(0))
	case kind == kindClean && len(b) == 0:
		st.clean = true
	default:
		return errLog
	}
	return nil
}

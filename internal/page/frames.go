package page

import (
	"crypto/sha256"
	"encoding/binary"
	"io"
	"strings"
	"sync"
	"unique"
)

// Frame is what a piece is known to begin and to end with. Many holes share
// one, and it is compared at once, whatever its length. The zero Frame says that
// nothing is known.
type Frame struct{ handle unique.Handle[frame] }

type frame struct{ start, end string }

// NewFrame returns the Frame of two texts.
func NewFrame(start, end string) Frame { return Frame{unique.Make(frame{start, end})} }

func (f Frame) texts() frame {
	if f == (Frame{}) {
		return frame{}
	}
	return f.handle.Value()
}

// around reports whether body begins and ends so.
func (f frame) around(body string) bool {
	return len(body) >= len(f.start)+len(f.end) && strings.HasPrefix(body, f.start) && strings.HasSuffix(body, f.end)
}

// sum is the name of a Frame where its texts would take too much room.
func (f Frame) sum() (sum [16]byte) {
	t, h := f.texts(), sha256.New()
	io.WriteString(h, t.start) // a hash takes everything
	h.Write([]byte{0})
	io.WriteString(h, t.end)
	copy(sum[:], h.Sum(nil))
	return sum
}

// maxFrames bounds what is remembered: a few for each section, before and after
// changes of the settings.
const maxFrames = 1024

// frames are those that this process has met, by their sums: so a record on disk
// need not hold them. The Store keeps each once, for processes to come.
type frames struct {
	store Store // nil: none

	mu    sync.Mutex
	known map[[16]byte]Frame
}

// learn remembers a Frame; the zero one is nothing to remember.
func (k *frames) learn(f Frame) {
	if f == (Frame{}) {
		return
	}
	sum := f.sum()
	if k.remember(sum, f) && k.store != nil {
		t := f.texts()
		head := binary.AppendUvarint(nil, uint64(len(t.start)))
		k.store.Write(Record{Key: frameKey(sum), Number: k.store.Number(), Until: forever, Body: [][]byte{head, []byte(t.start), []byte(t.end)}})
	}
}

func (k *frames) remember(sum [16]byte, f Frame) (first bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil || len(k.known) >= maxFrames {
		k.known = make(map[[16]byte]Frame)
	}
	_, known := k.known[sum]
	k.known[sum] = f
	return !known
}

// of returns the Frame with a sum, if this process or one before it has met it.
func (k *frames) of(sum [16]byte) (Frame, bool) {
	k.mu.Lock()
	f, ok := k.known[sum]
	k.mu.Unlock()
	if ok || k.store == nil {
		return f, ok
	}
	r, ok := k.store.Read(frameKey(sum), false)
	if !ok || len(r.Body) != 1 {
		return Frame{}, false
	}
	body := string(r.Body[0])
	n, head := binary.Uvarint(r.Body[0])
	if head <= 0 || n > uint64(len(body)-head) {
		return Frame{}, false
	}
	start, end := body[head:head+int(n)], body[head+int(n):]
	if f = NewFrame(start, end); f.sum() != sum {
		return Frame{}, false
	}
	k.remember(sum, f)
	return f, true
}

// frameKey is what a Frame is called in a Store.
func frameKey(sum [16]byte) string { return "\x00f" + string(sum[:]) }

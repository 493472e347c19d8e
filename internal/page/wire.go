package page

import (
	"bytes"
	"sync"
	"sync/atomic"
)

// What an answer has to be to be kept whole: asked for so often within a second,
// and of at most so many bytes. So many are kept.
const (
	wireAfter = 8
	wireBytes = 32 << 10
	maxWires  = 256
)

// heat is how often a response is asked for, and its answer on the wire if that
// is often. It is written while the response is sent.
type heat struct {
	asked atomic.Uint64 // the second, and in the lower 16 bits how often in it
	wire  atomic.Pointer[wire]
}

// wire is a whole answer as it is sent during one second.
type wire struct {
	second int64
	bytes  []byte
}

// Wire returns the whole answer that Keep has kept for a second, nil if there is
// none. It must not be changed.
func (r *Response) Wire(second int64) []byte {
	if r.heat == nil {
		return nil
	}
	if w := r.heat.wire.Load(); w != nil && w.second == second {
		return w.bytes
	}
	return nil
}

// often notes that the response is sent in a second, and reports whether that is
// so often that its answer is worth keeping.
func (h *heat) often(second int64) bool {
	const count = 1<<16 - 1
	old := h.asked.Load()
	if old>>16 != uint64(second) {
		h.asked.Store(uint64(second)<<16 | 1)
		return false
	}
	return old&count > wireAfter || h.asked.Add(1)&count > wireAfter
}

// wires are the responses whose answers are kept whole.
type wires struct {
	mu   sync.Mutex
	ring [maxWires]*Response
	next int
}

// Keep keeps the answer with a response that Warm has just returned, as it was put
// on the wire in a second, if the response is asked for often. Of its header only
// the Date may depend on the time, and nothing on the request. Keep copies what it
// keeps.
func (e *Engine) Keep(r *Response, second int64, answer []byte) {
	if r.heat == nil || len(answer) > wireBytes || !r.heat.often(second) {
		return
	}
	w := &e.wires
	w.mu.Lock()
	defer w.mu.Unlock()
	// A takedown that came since Warm is in the ledger, or clears what is kept now.
	if r.view == nil || r.view.judge(e.ledger) != fresh {
		return
	}
	if r.heat.wire.Load() == nil {
		if old := w.ring[w.next]; old != nil {
			old.heat.wire.Store(nil)
		}
		w.ring[w.next] = r
		w.next = (w.next + 1) % maxWires
	}
	r.heat.wire.Store(&wire{second, bytes.Clone(answer)})
}

// clear forgets all of them.
func (w *wires) clear() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, r := range w.ring {
		if r != nil {
			r.heat.wire.Store(nil)
		}
		w.ring[i] = nil
	}
}

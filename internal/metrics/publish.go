package metrics

import (
	"slices"
	"sync"
	"time"
)

// Kinds of what shows a change.
const (
	pageKind = iota
	pieceKind
	kinds
)

var kindNames = [kinds]string{"page", "piece"}

// maxPending bounds how many events wait for somebody to show them. Older ones
// are forgotten: nobody asked for a page with them.
const maxPending = 64

// publish remembers events until a page and a piece with their change are there.
type publish struct {
	mu      sync.Mutex
	pending []*pending // the oldest first
}

type pending struct {
	seq   int64
	at    time.Time
	tags  map[string]struct{}
	shown [kinds]bool
}

func (p *publish) begin(seq int64, at time.Time, tags []string) {
	ev := &pending{seq: seq, at: at, tags: make(map[string]struct{}, len(tags))}
	for _, t := range tags {
		ev.tags[t] = struct{}{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.pending) == maxPending {
		p.pending = slices.Delete(p.pending, 0, 1)
	}
	p.pending = append(p.pending, ev)
}

// shown returns when the events were written that a rendering with these tags is
// the first of its kind to show. seq is the event up to which it is known to
// hold: of a later one it may know or not.
func (p *publish) shown(kind int, tags []string, seq int64) (at []time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ev := range p.pending {
		if ev.seq <= seq && !ev.shown[kind] && ev.touches(tags) {
			ev.shown[kind] = true
			at = append(at, ev.at)
		}
	}
	p.pending = slices.DeleteFunc(p.pending, func(ev *pending) bool { return ev.shown == [kinds]bool{true, true} })
	return at
}

func (ev *pending) touches(tags []string) bool {
	return slices.ContainsFunc(tags, func(t string) bool { _, ok := ev.tags[t]; return ok })
}

package page

import (
	"sync/atomic"
	"time"
)

// Tier is where that came from with which a request was answered.
type Tier uint8

// The tiers, each one slower than the one before.
const (
	Memory   Tier = iota // it was there, if only in parts
	Disk                 // something was read from the Store, and nothing rendered
	Rendered             // the request waited for a rendering
)

const tiers = 3

// counters are written on the way of every request and read by Stats alone.
type counters struct {
	hits                                                                       [classes]atomic.Uint64 // views that were ready
	waited                                                                     [tiers][classes]atomic.Uint64
	joins, pageRenders, pieceRenders, compressions, stale, busy, shed, offline atomic.Uint64
	announcements, sweeps, refits, beside                                      atomic.Uint64
}

// Stats is a snapshot of what the engine did since it was made, and of what it
// holds now.
type Stats struct {
	// Answers are the responses that were handed out, by where they came from and
	// for whom.
	Answers       [tiers][classes]uint64
	Hits          uint64 // answered with a view that was ready
	Joins         uint64 // put together from pieces
	PageRenders   uint64 // calls of Source.Page
	PieceRenders  uint64 // calls of Source.Module
	Compressions  uint64 // segments and pieces compressed
	Failures      uint64 // renderings that failed, indefinitely
	Stale         uint64 // answers with the last good rendering
	Busy          uint64 // answers with an older rendering, since too many renderings wait
	Shed          uint64 // requests that got ErrBusy
	Offline       uint64 // answers while suspended
	Announcements uint64
	Beside        uint64 // joins that compressed a piece again, see Hole.Near
	Refits        uint64 // joins that compressed again, for a piece wider than its hole
	Sweeps        uint64 // passes over all views, to free old pieces

	Pages      int           // kept now
	Pieces     int           // kept now
	PageBytes  uint64        // memory of the pages, estimated
	PieceBytes uint64        // memory of the pieces, estimated
	Tags       int           // announced tags that are remembered
	Queue      int           // renderings that wait for their turn
	QueueTime  time.Duration // how long one would wait that comes now
	Applied    int64         // highest event number

	StoreHits uint64 // pages and pieces that came from the store
	Fetching  int    // reads of the store that wait for their turn
	Store     StoreStats
}

// Stats returns the engine's figures.
func (e *Engine) Stats() Stats {
	s := Stats{
		Joins:         e.count.joins.Load(),
		PageRenders:   e.count.pageRenders.Load(),
		PieceRenders:  e.count.pieceRenders.Load(),
		Compressions:  e.count.compressions.Load(),
		Failures:      e.pages.failures.Load() + e.pieces.failures.Load(),
		Stale:         e.count.stale.Load(),
		Busy:          e.count.busy.Load(),
		Shed:          e.count.shed.Load(),
		Offline:       e.count.offline.Load(),
		Announcements: e.count.announcements.Load(),
		Beside:        e.count.beside.Load(),
		Refits:        e.count.refits.Load(),
		Sweeps:        e.count.sweeps.Load(),
		Pages:         e.pages.cache.EstimatedSize(),
		Pieces:        e.pieces.cache.EstimatedSize(),
		PageBytes:     e.pages.cache.WeightedSize(),
		PieceBytes:    e.pieces.cache.WeightedSize(),
		Tags:          e.ledger.size(),
		Queue:         e.crew.waiting(),
		QueueTime:     e.crew.waits(),
		Applied:       e.Applied(),
	}
	for class := range classes {
		hits := e.count.hits[class].Load()
		s.Hits += hits
		for tier := range s.Answers {
			s.Answers[tier][class] = e.count.waited[tier][class].Load()
		}
		s.Answers[Memory][class] += hits
	}
	if e.store != nil {
		s.StoreHits = e.pages.below.hits.Load() + e.pieces.below.hits.Load()
		s.Fetching = e.porters.waiting()
		s.Store = e.store.Stats()
	}
	return s
}

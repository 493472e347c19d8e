package page

import "sync/atomic"

type counters struct {
	hits, joins, pageRenders, pieceRenders, compressions, stale, announcements, sweeps, refits atomic.Uint64
}

// Stats is a snapshot of what the engine did since it was made, and of what it
// holds now.
type Stats struct {
	Hits          uint64 // answered with what was ready
	Joins         uint64 // put together from pieces
	PageRenders   uint64 // calls of Source.Page
	PieceRenders  uint64 // calls of Source.Module
	Compressions  uint64 // segments and pieces compressed
	Failures      uint64 // renderings that failed, indefinitely
	Stale         uint64 // answers with the last good rendering
	Announcements uint64
	Refits        uint64 // joins that compressed again, for a piece wider than its hole
	Sweeps        uint64 // passes over all views, to free old pieces

	Pages      int    // kept now
	Pieces     int    // kept now
	PageBytes  uint64 // memory of the pages, estimated
	PieceBytes uint64 // memory of the pieces, estimated
	Tags       int    // announced tags that are remembered
	Queue      int    // renderings that wait for their turn
	Applied    int64  // highest event number

	StoreHits uint64 // pages and pieces that came from the store
	Fetching  int    // reads of the store that wait for their turn
	Store     StoreStats
}

// Stats returns the engine's figures.
func (e *Engine) Stats() Stats {
	s := Stats{
		Hits:          e.count.hits.Load(),
		Joins:         e.count.joins.Load(),
		PageRenders:   e.count.pageRenders.Load(),
		PieceRenders:  e.count.pieceRenders.Load(),
		Compressions:  e.count.compressions.Load(),
		Failures:      e.pages.failures.Load() + e.pieces.failures.Load(),
		Stale:         e.count.stale.Load(),
		Announcements: e.count.announcements.Load(),
		Refits:        e.count.refits.Load(),
		Sweeps:        e.count.sweeps.Load(),
		Pages:         e.pages.cache.EstimatedSize(),
		Pieces:        e.pieces.cache.EstimatedSize(),
		PageBytes:     e.pages.cache.WeightedSize(),
		PieceBytes:    e.pieces.cache.WeightedSize(),
		Tags:          e.ledger.size(),
		Queue:         e.crew.waiting(),
		Applied:       e.Applied(),
	}
	if e.store != nil {
		s.StoreHits = e.pages.below.hits.Load() + e.pieces.below.hits.Load()
		s.Fetching = e.porters.waiting()
		s.Store = e.store.Stats()
	}
	return s
}

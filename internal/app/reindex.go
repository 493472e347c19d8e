package app

import (
	"context"
	"encoding/json"
	"time"

	"warta/internal/fault"
	"warta/internal/job"
)

// How long one attempt writes search terms anew, so that a server that stops
// waits for no more than that; and how long others may write between two slices.
const (
	reindexFor   = time.Second
	reindexPause = 5 * time.Millisecond
)

// reindex handles the jobs of changed names: some slices at a time, and the rest
// when the job comes again. The row of the change knows how far it is, so it
// may be cut off anywhere.
func (a *App) reindex(ctx context.Context, raw json.RawMessage) error {
	var args struct {
		ID int64 `json:"id"`
	}
	if err := json.Unmarshal(raw, &args); err != nil {
		return job.Never(fault.New(fault.Internal, "read the arguments of a changed name: %w", err))
	}
	for until := time.Now().Add(reindexFor); ; {
		more, err := a.DB.ReindexSlice(ctx, args.ID)
		if err != nil || !more {
			return err
		}
		if time.Now().After(until) {
			return job.Again(0)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(reindexPause):
		}
	}
}

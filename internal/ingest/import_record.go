package ingest

import (
	"context"
	"time"

	"warta/internal/news"
)

// begin looks at the input and for an earlier run of it that was not finished.
func (r *run) begin(ctx context.Context) error {
	o := &r.im.options
	s, err := r.src.survey(ctx, func(done, total int64) {
		if o.Survey != nil {
			o.Survey(done, total)
		}
	})
	if err != nil {
		return err
	}
	r.record = news.ImportRun{Kind: r.src.kind(), Name: clip(s.name, 500), Identity: s.identity, State: news.RunGoing, Total: s.total}
	if o.Rehearse {
		r.record.FirstID = rehearsedID
		return r.src.begin(ctx, r)
	}
	if r.record, err = r.im.parts.Runs.BeginImport(ctx, r.record, s.ids); err != nil {
		return err
	}
	r.record.Total = s.total
	if o.Restart || r.record.Done < 0 || r.record.Done > s.total {
		r.record.Done, r.record.Counts = 0, news.ImportCounts{}
	}
	r.saved = r.record.Done
	r.sum.Run, r.sum.Resumed, r.sum.Before = r.record.ID, r.record.Done, r.record.Counts
	if err := r.repeat(ctx); err != nil {
		return err
	}
	return r.src.begin(ctx, r)
}

// rehearsedID is where the ids of stories, names and pictures begin that a
// rehearsal does not make.
const rehearsedID = 1 << 40

// repeat tells again what earlier attempts of the run had to say.
func (r *run) repeat(ctx context.Context) error {
	for after := (news.ImportLine{}); r.record.Done > 0; {
		list, err := r.im.parts.Runs.ImportLines(ctx, r.record.ID, after, news.MaxBatch)
		if err != nil {
			return err
		}
		for _, l := range list {
			r.emit(Line{URI: l.URI, Result: l.Result, Error: l.Why, Field: l.Field, File: l.File, Line: l.Line})
			after = l
		}
		if len(list) < news.MaxBatch {
			break
		}
	}
	return nil
}

// note writes down how far the input is in, now and then, or at once.
func (r *run) note(ctx context.Context, now bool) error {
	if r.im.options.Rehearse || !now && time.Since(r.last) < saveEvery {
		return nil
	}
	r.last = time.Now()
	r.record.Counts = r.sum.counts()
	lines := r.lines
	r.lines = nil
	return r.im.parts.Runs.SaveImport(ctx, &r.record, lines)
}

// end notes that the run is over: the same input again is another run, which looks
// at it from its beginning. One that was interrupted goes on.
func (r *run) end(ctx context.Context, finished bool) error {
	if r.im.options.Rehearse {
		return nil
	}
	r.record.State = news.RunStopped
	if finished {
		r.record.State = news.RunDone
	}
	err := r.note(ctx, true)
	r.sum.Made = r.record.Counts.Made
	return err
}

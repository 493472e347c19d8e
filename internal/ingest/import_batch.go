package ingest

import (
	"cmp"
	"context"
	"strings"
	"sync"

	"warta/internal/fault"
	"warta/internal/news"
)

// parcel is a batch: some items that come in together.
type parcel struct {
	tasks  []*task
	drafts []*draft // of those that become stories
	at     []int    // of each task, its index in drafts; -1: it becomes none
	others map[string]int
}

// prepare does for a batch whatever may be done before those ahead of it are in: it
// runs beside the transaction of the one before.
func (r *run) prepare(ctx context.Context, b *parcel) error {
	made, err := r.im.pictures(ctx, r, b.tasks)
	r.pictures.Add(int64(made))
	if err != nil {
		return err
	}
	b.at, b.others = make([]int, len(b.tasks)), map[string]int{}
	for i, t := range b.tasks {
		b.at[i] = -1
		if !t.isStory() {
			continue
		}
		if t.draft.in.Withdrawn == nil {
			t.draft.assemble(t.found)
		}
		t.draft.lacking(t.missing)
		b.at[i] = len(b.drafts)
		b.drafts = append(b.drafts, t.draft)
	}
	if err := r.im.names.resolve(context.WithoutCancel(ctx), r, b); err != nil {
		return err
	}
	var group sync.WaitGroup
	workers := beside()
	for w := range workers {
		group.Go(func() {
			for i := w; i < len(b.drafts); i += workers {
				b.drafts[i].in.Prepare()
			}
		})
	}
	group.Wait()
	return nil
}

// bringIn brings a batch in and reports its items. What was begun is finished: a
// person who interrupts loses nothing.
func (r *run) bringIn(ctx context.Context, b *parcel) error {
	ctx = context.WithoutCancel(ctx)
	items := make([]news.Incoming, len(b.drafts))
	for i, d := range b.drafts {
		items[i] = d.in
	}
	results, err := r.stories(ctx, items)
	if err != nil {
		return err
	}
	ids := make([]int64, len(b.tasks)) // of the stories that are in
	for i := range b.tasks {
		if at := b.at[i]; at >= 0 && results[at].Err == nil {
			ids[i] = results[at].ID
		}
	}
	if err := r.discussion(ctx, b.tasks, ids); err != nil {
		return err
	}
	for i, t := range b.tasks {
		var res *news.Imported
		if b.at[i] >= 0 {
			res = &results[b.at[i]]
		}
		if t.err == nil && t.draft.page != nil {
			res = r.page(ctx, t)
		}
		r.report(t, res)
		r.record.Done = t.end
	}
	for word, n := range b.others {
		r.sum.Others[word] += n
	}
	r.sum.Pictures = int(r.pictures.Load())
	if p := r.im.options.Progress; p != nil {
		p(r.record.Done, r.record.Total, r.sum.Items)
	}
	return r.note(ctx, false)
}

// isStory reports whether the item is to become one.
func (t *task) isStory() bool {
	return t.err == nil && t.draft.skip == "" && !t.draft.only && t.draft.page == nil
}

// stories hands items to the desk. A batch that is refused as a whole is tried
// item by item: one that the database cannot take must not stop the others.
func (r *run) stories(ctx context.Context, items []news.Incoming) ([]news.Imported, error) {
	if len(items) == 0 {
		return nil, nil
	}
	take := func(items []news.Incoming) ([]news.Imported, error) {
		if r.im.options.Rehearse {
			return r.im.parts.Desk.Rehearse(ctx, r.actor(), items, r.im.options.Tree)
		}
		return r.im.parts.Desk.Import(ctx, r.actor(), items)
	}
	results, err := take(items)
	if err == nil {
		return results, nil
	}
	results = make([]news.Imported, len(items))
	refused := 0
	for i := range items {
		one, oneErr := take(items[i : i+1])
		if oneErr == nil {
			results[i], refused = one[0], 0
			continue
		}
		if kind := fault.KindOf(oneErr); kind == fault.Internal || kind == fault.Unavailable {
			if refused++; refused == 3 || len(items) == 1 {
				return nil, err // it is not the items
			}
		}
		results[i] = news.Imported{Result: news.ItemFailed, Err: oneErr}
	}
	return results, nil
}

// report tells what became of an item, and keeps what is to be said of it.
func (r *run) report(t *task, res *news.Imported) {
	l := Line{URI: t.draft.uri, File: t.file.name, Line: t.line, Missing: t.missing}
	if !t.draft.only {
		l.Lacks = t.lacking()
	}
	for _, word := range t.draft.others {
		r.sum.Others[word]++
	}
	err := t.err
	switch {
	case err != nil:
		l.Result = news.ItemFailed
	case t.draft.skip != "":
		if l.Result = ItemSkipped; !t.draft.quiet {
			l.Error = t.draft.skip
		}
	case t.draft.only && t.missed != nil:
		l.Result, err = news.ItemFailed, t.missed
		if fieldOf(err) == "" {
			l.Field = cmp.Or(t.draft.source, "renditions")
		}
	case t.draft.only:
		l.Result, l.ID = news.ItemUnchanged, t.found[1].ID
		if t.created {
			l.Result = news.ItemCreated
		}
	default:
		l.Result, l.ID, err = res.Result, res.ID, res.Err
		if res.Path != "" {
			l.URL = strings.TrimSuffix(r.im.options.BaseURL, "/") + res.Path
		}
		if len(res.Pending) > 0 {
			l.Error = "saved, not yet confirmed on " + strings.Join(res.Pending, ", ") + "; they go on trying"
		}
		if res.Result == news.ItemConflict && err == nil {
			l.Error = "people have edited the story since; the new version is kept and not live"
		}
	}
	if t.draft.say != "" && l.Error == "" && (l.Result == news.ItemCreated || l.Result == news.ItemUpdated) {
		l.Error = t.draft.say
	}
	if err != nil {
		l.Error = fault.Message(err)
		if t.draft.only && t.draft.source != "" {
			l.Error = clip(t.draft.uri, maxSample) + ": " + l.Error
		}
		if f := fieldOf(err); f != "" {
			l.Field = f
			if t.lineOf != nil {
				l.Line += t.lineOf(f)
			}
		}
	}
	if r.im.options.Rehearse && l.Result == news.ItemCreated {
		l.ID, l.URL = 0, "" // there is nothing yet
	}
	if r.im.options.Changes {
		l.Changes = t.draft.report.Notes
	}
	r.sum.add(&l, &t.draft.report)
	if text := l.why(); text != "" {
		r.lines = append(r.lines, news.ImportLine{File: l.File, Line: l.Line, URI: l.URI, Result: l.Result, Field: l.Field, Why: text})
	}
	r.emit(l)
}

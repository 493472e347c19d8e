package media

import (
	"context"
	"errors"
	"sync"

	"warta/internal/fault"
	"warta/internal/picture"
)

// Warm makes the renditions that are not there yet, decoding each original
// once for all of its own, and calls progress (which may be nil) after each,
// one call at a time. It ends early when ctx does. What fails is left out and
// reported in one error at the end.
func (l *Library) Warm(ctx context.Context, wants []Want, progress func(done, total int)) (err error) {
	defer fault.Wrap(&err, "warm %d renditions", len(wants))
	t := &tally{total: len(wants), progress: progress}
	groups := make(chan []want)
	var wg sync.WaitGroup
	for range l.options.Workers {
		wg.Go(func() {
			for g := range groups {
				l.warmOne(ctx, g, t)
			}
		})
	}
	for _, g := range group(wants) {
		if ctx.Err() != nil {
			break
		}
		groups <- g
	}
	close(groups)
	wg.Wait()
	return errors.Join(ctx.Err(), errors.Join(t.errs...))
}

// group gathers the renditions of each picture, in the order of its first.
func group(wants []Want) [][]want {
	var out [][]want
	at := make(map[string]int)
	for _, w := range wants {
		i, ok := at[w.Picture.Hash]
		if !ok {
			i = len(out)
			at[w.Picture.Hash] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], want{w, w.Picture.RenditionKey(w.Crop, w.Width, w.Format)})
	}
	return out
}

// warmOne makes the renditions of one picture. It never waits for somebody
// else's rendering while it holds memory, for which that one may be waiting.
func (l *Library) warmOne(ctx context.Context, g []want, t *tally) {
	src := source{l: l, p: g[0].Picture}
	var joined []*call
	for _, w := range g {
		if ctx.Err() != nil {
			break
		}
		if there, err := l.isThere(ctx, w.key); there || err != nil {
			t.count(err)
			continue
		}
		k, leads, err := l.begin(w.key)
		switch {
		case err != nil:
			t.count(err)
		case leads:
			err = src.render(w)
			l.end(w.key, k, err)
			t.count(err)
		default:
			joined = append(joined, k)
		}
	}
	src.close()
	for _, k := range joined {
		select {
		case <-ctx.Done():
			return
		case <-k.done:
			t.count(k.err)
		}
	}
}

// source decodes an original when it is first needed, and not again.
type source struct {
	l    *Library
	p    Picture
	m    *picture.Sheet
	free func()
	err  error
}

// render runs to its end even if Warm is stopped: a reader may have joined it.
func (s *source) render(w want) (err error) {
	defer fault.Wrap(&err, "picture %d", w.Picture.ID)
	if there, err := s.l.isThere(s.l.work, w.key); there || err != nil {
		return err
	}
	for again := true; ; again = false {
		if s.m == nil && s.err == nil {
			s.m, s.free, s.err = s.l.decode(s.l.work, s.p)
		}
		if s.err != nil {
			return s.err
		}
		err := s.l.render(s.l.work, s.m, w)
		if err == nil || !s.m.Lost() {
			return err
		}
		// A system that is short of memory ends what holds a picture first.
		if s.close(); !again {
			return err
		}
	}
}

func (s *source) close() {
	if s.m != nil {
		s.m.Close()
		s.m = nil
		s.free()
	}
}

// tally counts what is done for all workers.
type tally struct {
	total    int
	progress func(done, total int)

	mu   sync.Mutex
	done int
	errs []error
}

func (t *tally) count(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done++
	if err != nil && !errors.Is(err, context.Canceled) {
		t.errs = append(t.errs, err)
	}
	if t.progress != nil {
		t.progress(t.done, t.total)
	}
}

package media

import (
	"time"

	"warta/internal/picture"
)

// lingerFor is how long a decoded picture is kept after its last rendition: who
// looks at one size of it is soon asked for another.
const lingerFor = 3 * time.Second

// painter makes the renditions of one picture that readers wait for, one after the
// other: it is decoded once for all of them.
type painter struct {
	hash  string
	src   source
	wants []wanted      // under the library's lock
	more  chan struct{} // there may be one more of them
	leave chan struct{} // closed when its memory is wanted
}

// wanted is a rendition and those who wait for it.
type wanted struct {
	want
	call *call
}

func (l *Library) newPainter(p Picture, m *picture.Sheet, free func()) *painter {
	return &painter{hash: p.Hash, src: source{l: l, p: p, m: m, free: free}, more: make(chan struct{}, 1), leave: make(chan struct{})}
}

// order has a rendition made by the painter of its picture.
func (l *Library) order(w want, k *call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.painters[w.Picture.Hash]
	if p == nil {
		p = l.newPainter(w.Picture, nil, nil)
		l.engage(p)
	}
	p.wants = append(p.wants, wanted{w, k})
	select {
	case p.more <- struct{}{}:
	default:
	}
}

// offer keeps a picture that was decoded for something else, for whoever asks for
// renditions of it next. free gives its memory back.
func (l *Library) offer(p Picture, m *picture.Sheet, free func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.painters[p.Hash] != nil {
		m.Close()
		free()
		return
	}
	l.engage(l.newPainter(p, m, free))
}

// engage has a painter begin. The caller holds the lock.
func (l *Library) engage(p *painter) {
	l.painters[p.hash] = p
	l.running.Add(1)
	go func() {
		defer l.running.Done()
		l.paint(p)
	}()
}

// paint makes what is wanted until nobody has wanted anything for a while.
func (l *Library) paint(p *painter) {
	defer p.src.close()
	for patient := true; ; {
		w, stay := l.nextWanted(p, patient)
		if w != nil {
			// The one who asked first may go away; others still wait.
			err := p.src.render(w.want)
			patient = err == nil // else the next one tries anew
			l.end(w.key, w.call, err)
			continue
		}
		if !stay {
			return
		}
		rest := time.NewTimer(lingerFor)
		select {
		case <-p.more:
		case <-rest.C:
			patient = false
		case <-p.leave:
			patient = false
		case <-l.work.Done():
			patient = false
		}
		rest.Stop()
	}
}

// nextWanted takes the next rendition off a painter's list. If there is none the
// painter may stay, in place of the one that had nothing to do before, if it is
// patient and nobody waits for memory; else it is not the picture's any more.
func (l *Library) nextWanted(p *painter, patient bool) (w *wanted, stay bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	stay = len(p.wants) == 0 && patient && l.short.Load() == 0
	switch {
	case stay && l.lingering != p:
		l.dismiss()
		l.lingering = p
	case !stay && l.lingering == p:
		l.lingering = nil
	}
	if len(p.wants) > 0 {
		w, p.wants = &p.wants[0], p.wants[1:]
	} else if !stay {
		delete(l.painters, p.hash)
	}
	return w, stay
}

// dismiss sends the painter away that lingers. The caller holds the lock.
func (l *Library) dismiss() {
	if l.lingering != nil {
		close(l.lingering.leave)
		l.lingering = nil
	}
}

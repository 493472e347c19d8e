package probe

import (
	"sync"
	"time"

	"warta/internal/news"
)

// A front page, a feed and a sitemap cost more to make than to publish a story.
// When stories go out one after the other, what many of them stand in is looked at
// this often, for all that went out meanwhile; the first is looked at at once.
const lookEvery = 5 * time.Second

// seenBytes bounds what is kept of answers, for lookEvery each.
const seenBytes = 16 << 20

// seen are answers about places in which more than one story stands.
type seen struct {
	mu     sync.Mutex
	began  time.Duration // when the first of them was asked for, by Options.Elapsed
	places map[string]answer
	bytes  int
}

// turn returns how long a look at a release has to wait: until what others asked for
// too early for it may be asked for again. What was taken away is looked at at once.
func (p *Probe) turn(proof *news.Proof, targets []target) time.Duration {
	if proof.Kind != news.ProofRelease || len(targets) == 0 {
		return 0
	}
	s, now := &p.seen, p.opt.Elapsed()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.places == nil || now-s.began >= lookEvery {
		s.began, s.places, s.bytes = now, map[string]answer{}, 0
		return 0
	}
	for _, t := range targets {
		if a, ok := s.places[t.path]; ok && !a.at.After(proof.At) {
			return s.began + lookEvery - now
		}
	}
	return 0
}

// since returns the answer about a place if it was asked for after a change. One
// that was none may have been by chance.
func (s *seen) since(path string, changed time.Time) (answer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.places[path]
	return a, ok && a.status != 0 && a.at.After(changed)
}

// note keeps an answer for others.
func (s *seen) note(path string, a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bytes+len(a.body) > seenBytes {
		return
	}
	if s.places == nil {
		s.places = make(map[string]answer)
	}
	s.bytes += len(a.body) - len(s.places[path].body)
	s.places[path] = a
}

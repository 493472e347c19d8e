package site

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxSenders is how many senders a limit remembers: whoever was not heard of
// for longer than the others begins anew.
const maxSenders = 4096

// limits counts what each of many senders sends. It keeps what names them in
// memory and nowhere else.
type limits struct {
	burst int
	every time.Duration

	mu     sync.Mutex
	known  map[string]*list.Element
	recent *list.List // of *sender, the one heard of last in front
}

type sender struct {
	key   string
	limit *rate.Limiter
}

func newLimits(burst int, every time.Duration) *limits {
	return &limits{burst: burst, every: every, known: map[string]*list.Element{}, recent: list.New()}
}

// take counts one of a sender's and returns how long he has to wait, 0 if he
// need not; what has to wait is not counted.
func (l *limits) take(now time.Time, key string) time.Duration { return l.ask(now, key, true) }

// wait returns how long a sender has to wait, and counts nothing.
func (l *limits) wait(now time.Time, key string) time.Duration { return l.ask(now, key, false) }

func (l *limits) ask(now time.Time, key string, count bool) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.known[key]
	if e == nil {
		e = l.recent.PushFront(&sender{key, rate.NewLimiter(rate.Every(l.every), l.burst)})
		l.known[key] = e
		if l.recent.Len() > maxSenders {
			delete(l.known, l.recent.Remove(l.recent.Back()).(*sender).key)
		}
	}
	l.recent.MoveToFront(e)
	reserved := e.Value.(*sender).limit.ReserveN(now, 1)
	delay := reserved.DelayFrom(now)
	if delay > 0 || !count {
		reserved.CancelAt(now)
	}
	return delay
}

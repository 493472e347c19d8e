package newsroom

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"warta/internal/fault"
)

// Stream is an open stream of server-sent events.
type Stream struct {
	w    http.ResponseWriter
	ctl  *http.ResponseController
	last time.Time
}

// The rhythm of streams: how often a handler looks for what is new, how often
// something is sent so that nobody on the way hangs up, and how long one stream
// lives before the browser has to come back, and to show that it still may.
const (
	Tick      = time.Second
	heartbeat = 20 * time.Second
	lifetime  = 30 * time.Minute
)

// OpenStream begins a stream. The browser comes back by itself when it ends.
func OpenStream(w http.ResponseWriter) (*Stream, error) {
	s := &Stream{w: w, ctl: http.NewResponseController(w), last: time.Now()}
	if err := s.ctl.SetWriteDeadline(time.Time{}); err != nil {
		return nil, fault.New(fault.Internal, "the connection cannot stream: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	_, err := fmt.Fprint(w, "retry: 2000\n\n")
	if err == nil {
		err = s.ctl.Flush()
	}
	return s, err
}

// Send sends an event with v as JSON.
func (s *Stream) Send(event string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.write("event: %s\ndata: %s\n\n", event, b)
}

func (s *Stream) write(format string, args ...any) error {
	// Somebody who does not read any more must not hold the handler.
	if err := s.ctl.SetWriteDeadline(time.Now().Add(15 * time.Second)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(s.w, format, args...); err != nil {
		return err
	}
	s.last = time.Now()
	return s.ctl.Flush()
}

// Watch calls look at once and then every Tick, until the browser is gone, look
// fails, or the stream has lived its time. poke may be nil; what it says makes
// Watch look at once. allowed is asked before each look whether the reader
// still may: a session that has ended ends its streams.
func (s *Stream) Watch(ctx context.Context, poke <-chan struct{}, allowed func(context.Context) error, look func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, lifetime)
	defer cancel()
	tick := time.NewTicker(Tick)
	defer tick.Stop()
	for {
		if allowed != nil {
			if err := allowed(ctx); err != nil {
				return nil
			}
		}
		if err := look(ctx); err != nil {
			return nil // the head is out; the browser comes back and is told then
		}
		if time.Since(s.last) > heartbeat {
			if err := s.write(": still here\n\n"); err != nil {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-poke:
		}
	}
}

// sessionEvery is how many looks of a stream go by between two questions
// whether its session still counts.
const sessionEvery = 5

// StillIn returns the check for Watch that the request's session has not ended
// and the server is not stopping. It is for one stream.
func (d *Door) StillIn(r *Request) func(context.Context) error {
	asked := 0
	return func(ctx context.Context) error {
		if d.closed.Load() {
			return fault.New(fault.Unavailable, "the server is stopping")
		}
		if asked++; asked%sessionEvery != 0 {
			return nil
		}
		c, err := r.Cookie(Cookie)
		if err != nil {
			return fault.New(fault.Unauthenticated, "nobody is signed in")
		}
		_, err = d.p.Sessions.Open(ctx, c.Value)
		return err
	}
}

package app

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"
)

// begun returns a front that serves h, and a request that h has begun to answer.
func begun(t *testing.T, grace time.Duration, h http.HandlerFunc) (f *Front, res *http.Response) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + ln.Addr().String()
	f, err = NewFront(Config{Data: t.TempDir(), Listen: ln.Addr().String(), BaseURL: base}, slog.New(slog.DiscardHandler), ln)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	f.grace = grace
	f.enter(h)
	if res, err = http.Get(base); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return f, res
}

func TestRequestsInFlightFinish(t *testing.T) {
	t.Parallel()
	rest := make(chan struct{})
	f, res := begun(t, grace, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "half ")
		http.NewResponseController(w).Flush()
		<-rest
		io.WriteString(w, "and half")
	})
	finished := make(chan error, 1)
	go func() { finished <- f.finish() }()
	// Nobody new is let in; the one who is there goes on.
	<-f.ended
	if conn, err := net.Dial("tcp", f.cfg.Listen); err == nil {
		conn.Close()
		t.Error("somebody was let in during the shutdown")
	}
	select {
	case err := <-finished:
		t.Fatalf("the shutdown did not wait: %v", err)
	default:
	}
	close(rest)
	body, err := io.ReadAll(res.Body)
	if err != nil || string(body) != "half and half" {
		t.Errorf("the reader got %q, %v", body, err)
	}
	if err := <-finished; err != nil {
		t.Errorf("finish: %v", err)
	}
}

func TestRequestsThatTakeTooLongAreCutOff(t *testing.T) {
	t.Parallel()
	left := make(chan struct{})
	f, res := begun(t, 20*time.Millisecond, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half ")
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(left)
	})
	if err := f.finish(); err != nil {
		t.Errorf("finish: %v", err)
	}
	if _, err := io.ReadAll(res.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the reader was told %v", err)
	}
	<-left
}

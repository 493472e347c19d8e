package page

import (
	"bufio"
	"bytes"
	"net/http"
	"net/textproto"
	"slices"
	"testing"
	"time"
)

func TestWarmGivesOnlyWhatHolds(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	k.set("latest", "news")
	k.page("/story", "text", []Hole{{Module: "latest"}}, "story:1")
	k.page("/gone", "text", nil, "story:2")
	e := k.start(Options{})
	warm := func(key string, class Class) bool {
		r, ok := e.Warm(key, class)
		if ok != (r != nil) {
			t.Fatalf("%s: %v and %v", key, r, ok)
		}
		return ok
	}
	get := func(key string, class Class) {
		t.Helper()
		if _, err := e.Get(t.Context(), key, class); err != nil {
			t.Fatal(err)
		}
	}
	if warm("/story", 0) {
		t.Error("a page was ready that nobody asked for")
	}
	get("/story", 0)
	get("/gone", 0)
	if !warm("/story", 0) || !warm("/story", classes) {
		t.Error("a page is not ready for those who had it")
	}
	if warm("/story", AdFree) {
		t.Error("a page was ready for a class that never had it")
	}
	renders := e.Stats().PageRenders + e.Stats().PieceRenders
	e.Announce(1, []string{"story:9"}, false)
	if !warm("/story", 0) {
		t.Error("an announcement of something else took the page away")
	}
	e.Announce(2, []string{"latest"}, false)
	if warm("/story", 0) || !warm("/gone", 0) {
		t.Error("a page with a changed piece is ready, or another one is not")
	}
	if now := e.Stats().PageRenders + e.Stats().PieceRenders; now != renders {
		t.Errorf("to look caused %d renderings", now-renders)
	}
	get("/story", 0)
	if !warm("/story", 0) {
		t.Error("the renewed page is not ready")
	}
	e.Announce(3, []string{"story:2"}, true)
	if warm("/gone", 0) {
		t.Error("what was taken down is ready")
	}
	e.Suspend(time.Now())
	if warm("/story", 0) {
		t.Error("a page is ready as if nothing were wrong, without the database")
	}
	e.Resume()
	if !warm("/story", 0) {
		t.Error("the page is not ready after the database came back")
	}
}

func TestToLookForAWarmPageAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	k := newKitchen(t)
	k.page("/story", "text", nil)
	e := k.start(Options{})
	if _, err := e.Get(t.Context(), "/story", 0); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { e.Warm("/story", 0); e.Warm("/none", 0) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestAppendedHeadersAreThoseOfNetHTTP holds both ways to write a header
// against each other.
func TestAppendedHeadersAreThoseOfNetHTTP(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	k.page("/story", "text", nil, "story:1", "section:2")
	e := k.start(Options{})
	for _, class := range []Class{0, Registered} {
		r, err := e.Get(t.Context(), "/story", class)
		if err != nil {
			t.Fatal(err)
		}
		for _, enc := range []Encoding{Identity, Gzip} {
			want := http.Header{}
			r.Header(want, enc)
			sameLines(t, r.AppendHeader(nil, enc), want)
			for _, name := range []string{"Content-Length", "Content-Encoding", "Content-Type"} {
				want.Del(name)
			}
			sameLines(t, r.AppendNotModified(nil, enc), want)
		}
	}
}

func sameLines(t *testing.T, wire []byte, want http.Header) {
	t.Helper()
	got, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(wire, "\r\n"...)))).ReadMIMEHeader()
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Errorf("%d lines, want %d: %q", len(got), len(want), wire)
	}
	for name, values := range want {
		if !slices.Equal(got[name], values) {
			t.Errorf("%s is %q, want %q", name, got[name], values)
		}
	}
}

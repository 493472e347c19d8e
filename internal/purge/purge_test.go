package purge

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTagsArePackedIntoLinesOnceEach(t *testing.T) {
	t.Parallel()
	var tags []string
	for i := range 1000 {
		tags = append(tags, fmt.Sprintf("story:%d", i), "front:0")
	}
	tags = append(tags, "", "two words", "a,b", "line\nbreak", strings.Repeat("x", maxLine+1))
	lines := pack(tags)
	var all []string
	for _, line := range lines {
		if len(line) > maxLine {
			t.Errorf("a line has %d bytes", len(line))
		}
		all = append(all, strings.Split(line, " ")...)
	}
	if len(all) != 1001 || !slices.Contains(all, "story:999") || !slices.Contains(all, "front:0") {
		t.Errorf("%d tags in %d lines, want 1001", len(all), len(lines))
	}
	if got := pack(nil); got != nil {
		t.Errorf("no tags are %q", got)
	}
}

func TestEveryCacheIsToldAndWhoDoesNotConfirmIsNamed(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	got := map[string][]string{}
	cache := func(name string, status int, wait time.Duration) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(wait)
			mu.Lock()
			got[name] = append(got[name], r.Method+" "+r.Host+" "+r.Header.Get("Surrogate-Key"))
			mu.Unlock()
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(status)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	good, bad, moved := cache("good", 204, 0), cache("bad", 500, 0), cache("moved", 302, 0)
	c, err := New(Options{URLs: []string{good, bad, moved, cache("slow", 200, time.Second)}, Host: "kabar.example"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	pending, err := c.Purge(ctx, []string{"story:1", "section:2", "story:1"})
	if len(pending) != 3 || slices.Contains(pending, "cache at "+strings.TrimPrefix(good, "http://")) || err == nil {
		t.Errorf("not confirmed: %q, %v", pending, err)
	}
	mu.Lock()
	defer mu.Unlock()
	if want := []string{"PURGE kabar.example story:1 section:2"}; !slices.Equal(got["good"], want) {
		t.Errorf("the cache was told %q, want %q", got["good"], want)
	}
	if len(got["moved"]) != 1 {
		t.Errorf("a redirect is followed: %q", got["moved"])
	}
}

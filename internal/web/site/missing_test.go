package site

import (
	"strconv"
	"testing"
	"time"
)

func TestMissing(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	m := newMissing(3)
	m.note("/a", 7, at)
	for _, tt := range []struct {
		name    string
		key     string
		applied int64
		now     time.Time
		want    bool
	}{
		{"an address that nobody asked for", "/b", 7, at, false},
		{"one that was not there", "/a", 7, at.Add(missingTime - 1), true},
		{"not for longer than its time", "/a", 7, at.Add(missingTime), false},
	} {
		if got := m.holds(tt.key, tt.applied, tt.now); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
	m.note("/a", 7, at)
	if m.holds("/a", 8, at) {
		t.Error("an absence outlived an event")
	}
	m.note("/a", 7, at)
	if m.holds("/a", 7, at.Add(-time.Second)) {
		t.Error("a clock that went back makes an absence last longer")
	}
}

func TestMissingIsBounded(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	m := newMissing(3)
	for i := range 100 {
		m.note("/"+strconv.Itoa(i), 1, at)
		m.holds("/0", 1, at) // asked for again and again: it stays
	}
	if len(m.known) != 3 || m.recent.Len() != 3 {
		t.Fatalf("%d addresses are kept, want 3", len(m.known))
	}
	for key, want := range map[string]bool{"/0": true, "/99": true, "/98": true, "/97": false} {
		if m.holds(key, 1, at) != want {
			t.Errorf("%s kept: %t", key, !want)
		}
	}
}

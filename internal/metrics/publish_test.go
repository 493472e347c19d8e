package metrics

import (
	"slices"
	"testing"
	"time"
)

func TestAnEventIsShownOncePerKind(t *testing.T) {
	t.Parallel()
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	var p publish
	p.begin(1, at(1), []string{"story:1", "latest"})
	p.begin(2, at(2), []string{"story:2", "latest"})
	steps := []struct {
		name string
		kind int
		tags []string
		seq  int64
		want []time.Time
	}{
		{"a page that prints nothing of it shows nothing", pageKind, []string{"story:9"}, 2, nil},
		{"a page that began before the event shows nothing", pageKind, []string{"story:1"}, 0, nil},
		{"the first page shows it", pageKind, []string{"x", "story:1"}, 1, []time.Time{at(1)}},
		{"the second page does not", pageKind, []string{"story:1"}, 2, nil},
		{"a piece that began between two events shows the first", pieceKind, []string{"latest"}, 1, []time.Time{at(1)}},
		{"the next piece shows the second", pieceKind, []string{"latest"}, 2, []time.Time{at(2)}},
		{"a page of the second", pageKind, []string{"story:2"}, 2, []time.Time{at(2)}},
	}
	for _, s := range steps {
		if got := p.shown(s.kind, s.tags, s.seq); !slices.Equal(got, s.want) {
			t.Errorf("%s: %v, want %v", s.name, got, s.want)
		}
	}
	if len(p.pending) != 0 {
		t.Errorf("%d events are still waited for", len(p.pending))
	}
	for i := range int64(3 * maxPending) {
		p.begin(i, at(3), []string{"x"})
	}
	if len(p.pending) != maxPending || p.pending[0].seq != 2*maxPending {
		t.Errorf("%d events are remembered, the first is %d", len(p.pending), p.pending[0].seq)
	}
}

package ads

import (
	"testing"
	"time"
)

func TestAPlanSaysWhatADayNeeds(t *testing.T) {
	t.Parallel()
	starts := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		goal          int64
		flight        time.Duration
		counted       int64
		days          int
		perDay, shown int64
	}{
		{1000, 12 * 24 * time.Hour, 0, 12, 84, 0},
		{1000, 36 * time.Hour, 699, 2, 500, 99},
		{10, time.Hour, 7000, 1, 10, 1000},
	} {
		i := Item{Goal: c.goal, Starts: starts, Ends: starts.Add(c.flight)}
		if got, want := PlanOf(i, c.counted), (Plan{Days: c.days, PerDay: c.perDay, Shown: c.shown}); got != want {
			t.Errorf("%d in %s: %+v, want %+v", c.goal, c.flight, got, want)
		}
		d := Planned(i, time.UTC)
		last := d.Days[len(d.Days)-1]
		if len(d.Days) != c.days || last.Due != c.goal || last.Sum != 0 {
			t.Errorf("%d in %s is planned over %d days, %d by the last", c.goal, c.flight, len(d.Days), last.Due)
		}
	}
}

package storetest

import (
	"bytes"
	"testing"
	"time"

	"warta/internal/news"
	"warta/internal/stats"
)

// counterCases are about what may be lost and what must be the same for all
// processes: reads, state, keys.
var counterCases = []testcase{
	{"reads add up, and only live stories are among the most read", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		a, b := n.publish(n.content("bola", "Klub Kota Menang")), n.publish(n.content("internasional", "Sidang Dibuka"))
		gone := n.publish(n.content("bola", "Kabar yang Dicabut"))
		hour := noon.Truncate(time.Hour)
		old := hour.Add(-30 * time.Hour)
		n.ok(n.db.AddReads(t.Context(), []stats.Reads{{Hour: hour, Story: a, Count: 2}, {Hour: hour, Story: gone, Count: 99}, {Hour: hour, Story: b, Count: 4}}))
		n.ok(n.db.AddReads(t.Context(), []stats.Reads{{Hour: hour, Story: a, Count: 3}, {Hour: old, Story: b, Count: 50}}))
		_, err := n.desk.Withdraw(t.Context(), editor, gone, news.ReasonSARA, "")
		n.ok(err)
		top := func(section int64, since time.Time) []int64 {
			ids, err := stats.New(n.db, stats.Options{Now: time.Now}).MostRead(t.Context(), section, since, 10)
			n.ok(err)
			return ids
		}
		same(t, "today", top(0, hour), []int64{a, b})
		same(t, "with yesterday", top(0, old), []int64{b, a})
		same(t, "in a parent section", top(n.section("global"), hour), []int64{b})
	}},
	{"reads that are long past are forgotten", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		a, b := n.publish(n.content("bola", "Klub Kota Menang")), n.publish(n.content("bola", "Lapangan Dibuka"))
		old := noon.Add(-20 * 24 * time.Hour)
		n.ok(n.db.AddReads(t.Context(), []stats.Reads{{Hour: old, Story: b, Count: 9}}))
		n.ok(n.db.AddReads(t.Context(), []stats.Reads{{Hour: noon, Story: a, Count: 1}}))
		ids, err := n.db.TopReads(t.Context(), old, 10)
		n.ok(err)
		same(t, "most read", ids, []int64{a})
	}},
	{"reads of a few stories come by the hour", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		hour := noon.Truncate(time.Hour)
		n.ok(n.db.AddReads(t.Context(), []stats.Reads{
			{Hour: hour, Story: 2, Count: 5}, {Hour: hour.Add(-time.Hour), Story: 2, Count: 7}, {Hour: hour, Story: 3, Count: 1},
			{Hour: hour, Story: 4, Count: 9}, {Hour: hour.Add(-24 * time.Hour), Story: 2, Count: 8}, {Hour: hour.Add(time.Hour), Story: 2, Count: 6}}))
		got, err := n.db.StoryReads(t.Context(), []int64{3, 2, 1}, hour.Add(-23*time.Hour), hour.Add(time.Minute))
		n.ok(err)
		same(t, "reads", got, []stats.Reads{{Hour: hour.Add(-time.Hour), Story: 2, Count: 7}, {Hour: hour, Story: 2, Count: 5}, {Hour: hour, Story: 3, Count: 1}})
		none, err := n.db.StoryReads(t.Context(), nil, hour, hour)
		n.ok(err)
		same(t, "of no story", len(none), 0)
	}},
	{"state is kept, replaced and forgotten", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		for _, want := range []string{"one", "two", ""} {
			n.ok(n.db.SetState(t.Context(), "test", want))
			got, err := n.db.State(t.Context(), "test")
			n.ok(err)
			same(t, "state", got, want)
		}
	}},
	{"a key is made once", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		first, err := n.db.Secret(t.Context(), "class")
		n.ok(err)
		again, err := n.db.Secret(t.Context(), "class")
		n.ok(err)
		other, err := n.db.Secret(t.Context(), "other")
		n.ok(err)
		if len(first) != 32 || !bytes.Equal(first, again) || bytes.Equal(first, other) {
			t.Errorf("keys: %x, %x, %x", first, again, other)
		}
	}},
}

package storetest

import (
	"fmt"
	"testing"
	"time"

	"warta/internal/news"
)

// readCalendar reads months and days at the borders of the site's day.
func readCalendar(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	jakarta, err := time.LoadLocation("Asia/Jakarta")
	n.ok(err)
	periods := func() (list []string) {
		all, err := n.db.Periods(ctx)
		n.ok(err)
		for _, m := range all {
			list = append(list, m.Start.In(jakarta).Format("2006-01-02T15:04")+map[bool]string{true: " day", false: " month"}[m.Day()]+" "+m.LastMod.UTC().Format(time.RFC3339))
		}
		return list
	}
	first, last, err := n.db.Span(ctx, 0)
	n.ok(err)
	same(t, "an empty span", []any{first.IsZero(), last.IsZero()}, []any{true, true})
	same(t, "no periods", periods(), []string{})

	utc := func(s string) time.Time {
		at, err := time.Parse(time.RFC3339, s)
		n.ok(err)
		return at
	}
	var items []news.Incoming
	for i, c := range []struct{ at, section string }{
		{"2021-12-31T16:59:59Z", "bola"},          // 31 December in Jakarta
		{"2021-12-31T17:00:00Z", "bola"},          // 1 January
		{"2022-01-07T23:31:00Z", "internasional"}, // 8 January
		{"2022-01-31T16:59:59Z", "bola"},          // 31 January
		{"2022-03-01T03:00:00Z", "bola"},
		{"2015-06-15T03:00:00Z", "opini"},
	} {
		items = append(items, n.item(fmt.Sprint("k", i), c.section, fmt.Sprint("Hari ", i), utc(c.at)))
	}
	ids := n.bring(items...)
	want := []string{"2022-03-01T00:00 day 2022-03-01T03:00:00Z", "2022-01-01T00:00 month 2022-01-31T16:59:59Z",
		"2021-12-01T00:00 month 2021-12-31T16:59:59Z", "2015-06-01T00:00 month 2015-06-15T03:00:00Z"}
	same(t, "periods", periods(), want)
	first, last, err = n.db.Span(ctx, n.section("bola"))
	n.ok(err)
	same(t, "the span of a section", []any{first.Equal(items[0].Published), last.Equal(items[4].Published)}, []any{true, true})

	_, err = n.desk.Correct(ctx, editor, news.Correction{StoryID: ids[5], Kind: news.Ralat, Text: "Salah nama."})
	n.ok(err)
	_, err = n.desk.Withdraw(ctx, editor, ids[4], news.ReasonSARA, "")
	n.ok(err)
	same(t, "periods after an update and a withdrawal", periods(),
		[]string{"2022-01-31T00:00 day 2022-01-31T16:59:59Z", "2022-01-08T00:00 day 2022-01-07T23:31:00Z", "2022-01-01T00:00 day 2021-12-31T17:00:00Z",
			"2021-12-31T00:00 day 2021-12-31T16:59:59Z", "2015-06-01T00:00 month " + noon.Format(time.RFC3339)})
}

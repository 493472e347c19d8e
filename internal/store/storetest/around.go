package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// What happens around stories: guests who read them, notices about them, who is in one.
var aroundCases = []testcase{
	{"a guest reads a draft as long as his link lives", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		id := n.written()
		token, err := n.desk.Invite(ctx, rani, id, time.Hour)
		n.ok(err)
		st, err := n.desk.Guest(ctx, token)
		n.ok(err)
		same(t, "headline", st.Content.Headline, "Bersama")
		_, err = n.desk.Guest(ctx, token+"x")
		n.coded(err, fault.NotFound, "guest_expired")
		n.clock.advance(time.Hour)
		_, err = n.desk.Guest(ctx, token)
		n.coded(err, fault.NotFound, "guest_expired")
		token, err = n.desk.Invite(ctx, rani, id, time.Hour)
		n.ok(err)
		second, err := n.desk.Invite(ctx, rani, id, time.Hour)
		n.ok(err)
		_, err = n.desk.Guest(ctx, second)
		n.ok(err)
		links, err := n.db.GuestLinks(ctx, id, n.clock.Now())
		n.ok(err)
		same(t, "links that work", len(links), 2)
		i := slices.IndexFunc(links, func(g news.GuestLink) bool { return g.Used.IsZero() })
		same(t, "one was used, now", links[1-i].Used, n.clock.Now())
		n.ok(n.desk.EndInvitation(ctx, rani, n.written(), links[i].Hash)) // another story's: nothing
		_, err = n.desk.Guest(ctx, token)
		n.ok(err)
		n.ok(n.desk.EndInvitation(ctx, rani, id, links[i].Hash))
		_, err = n.desk.Guest(ctx, token)
		n.coded(err, fault.NotFound, "guest_expired")
		_, err = n.desk.Guest(ctx, second)
		n.ok(err)
		n.ok(n.desk.EndInvitations(ctx, rani, id))
		_, err = n.desk.Guest(ctx, second)
		n.coded(err, fault.NotFound, "guest_expired")
		_, err = n.desk.Invite(ctx, rani, id, 365*24*time.Hour)
		n.coded(err, fault.Invalid, "guest_life")
	}},
	{"notices are read one by one or all at once, and mailed once", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		writer := n.colleague("Wati", account.Reporter)
		id := n.files(writer, "bola", "Ramai")
		for i := range 3 {
			n.ok(n.desk.Remark(ctx, rani, id, fmt.Sprint("Catatan ", i)))
		}
		unread := func(want int) {
			t.Helper()
			got, err := n.db.UnreadNotices(ctx, writer.ID)
			n.ok(err)
			same(t, "unread", got, want)
		}
		unread(3)
		list, more, err := n.db.Notices(ctx, writer.ID, 0, 2)
		n.ok(err)
		same(t, "the first page", []any{len(list), more, list[0].Text, list[0].Headline, list[0].Actor}, []any{2, true, "Catatan 2", "Ramai", "Rani"})
		n.ok(n.db.ReadNotices(ctx, 999, []int64{list[0].ID}))
		unread(3)
		n.ok(n.db.ReadNotices(ctx, writer.ID, []int64{list[0].ID}))
		unread(2)
		n.ok(n.db.ReadNotices(ctx, writer.ID, nil))
		unread(0)
		waiting, err := n.db.UnmailedNotices(ctx, 2)
		n.ok(err)
		same(t, "to mail", []any{len(waiting), waiting[0].Text}, []any{2, "Catatan 0"})
		n.ok(n.db.MarkMailed(ctx, []int64{waiting[0].ID, waiting[1].ID}, change.Outcome{}))
		waiting, err = n.db.UnmailedNotices(ctx, 2)
		n.ok(err)
		same(t, "left to mail", len(waiting), 1)
	}},
	{"what the desk has settled is forgotten in time, and nothing else", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		writer := n.colleague("Wati", account.Reporter)
		id := n.written()
		n.ok(n.desk.Assign(ctx, rani, id, news.Assignment{UserID: writer.ID}))
		one, two, three := n.opened(rani, id), n.opened(budi, id), n.opened(budi, id)
		one.types("a", "x").types("b", "x").saves()
		two.types("a", "y").saves()
		n.ok(n.desk.SettleConflict(ctx, rani, id, two.open[0].ID))
		three.types("b", "y").saves()
		n.ok(n.db.ReadNotices(ctx, writer.ID, nil))
		list, err := n.db.UnmailedNotices(ctx, 10)
		n.ok(err)
		n.ok(n.db.MarkMailed(ctx, []int64{list[0].ID, list[1].ID}, change.Outcome{}))
		n.ok(n.desk.Remark(ctx, rani, id, "Belum dibaca"))
		token, err := n.desk.Invite(ctx, rani, id, time.Hour)
		n.ok(err)
		n.ok(n.db.TrimDesk(ctx, noon))
		same(t, "nothing is old yet", n.told(writer), []string{"remark Belum dibaca", "assigned"})
		n.ok(n.db.TrimDesk(ctx, noon.Add(time.Minute)))
		same(t, "what was read goes", n.told(writer), []string{"remark Belum dibaca"})
		same(t, "what is open stays", len(n.clashes(id)), 1)
		_, err = n.desk.Guest(ctx, token)
		n.ok(err)
	}},
	{"who is in a story is known for thirty seconds", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		wati := n.colleague("Wati", account.Reporter)
		id := n.written()
		n.ok(n.db.Here(ctx, id, wati.ID, "tab1"))
		n.clock.advance(20 * time.Second)
		n.ok(n.db.Here(ctx, id, wati.ID, "tab2"))
		n.ok(n.db.Here(ctx, id+1, wati.ID, "tab3"))
		who := func() (out []string) {
			list, err := n.db.Present(ctx, id)
			n.ok(err)
			for _, p := range list {
				out = append(out, fmt.Sprint(p.Name, " ", p.Tab, " ", p.Since.Sub(noon)))
			}
			return out
		}
		same(t, "both", who(), []string{"Wati tab1 0s", "Wati tab2 20s"})
		n.clock.advance(11 * time.Second)
		n.ok(n.db.Here(ctx, id, wati.ID, "tab2"))
		same(t, "the first one left", who(), []string{"Wati tab2 20s"})
		n.ok(n.db.Gone(ctx, id, wati.ID, "tab2"))
		same(t, "nobody", len(who()), 0)
	}},
}

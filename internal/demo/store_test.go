package demo_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"warta/internal/ads"
	"warta/internal/blob"
	"warta/internal/demo"
	"warta/internal/discuss"
	"warta/internal/media"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/store"
	"warta/ui"
)

// The demo newsroom in a real store, with real pictures.
func TestMakeInTheStore(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db, err := store.Open(ctx, store.Options{Dir: t.TempDir(), Now: func() time.Time { return ends }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Seed(ctx); err != nil {
		t.Fatal(err)
	}
	files, err := blob.NewDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	library := media.NewLibrary(db, files, media.Options{TempDir: t.TempDir()})
	t.Cleanup(func() {
		if err := library.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	font, err := ui.CardFont()
	if err != nil {
		t.Fatal(err)
	}
	terms := func(context.Context) (member.Terms, error) {
		return member.Terms{Zone: time.UTC, Bank: "Bank Contoh"}, nil
	}
	sales := member.NewSales(db, terms)
	d := demo.Deps{Desk: news.NewDesk(db, nil), Site: news.NewSite(db), Place: db, Library: library,
		Trade: &demo.Trade{Plans: sales, Ads: ads.NewSales(db, ads.Options{}), Counts: db, Font: font}}
	o := demo.Options{Stories: 160, Seed: 4, Now: ends, PictureWidth: 240}
	first, err := demo.Make(ctx, d, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("all stories are public, the withdrawn one as a notice", func(t *testing.T) {
		stories, pictures, err := db.PublicCounts(ctx)
		if err != nil || stories != 160 || pictures == 0 || pictures > 40 {
			t.Errorf("%d stories, %d pictures, error %v", stories, pictures, err)
		}
		if w, err := db.Withdrawal(ctx, first.Withdrawn); err != nil || w.Reason != news.ReasonChild {
			t.Errorf("withdrawal %+v, error %v", w, err)
		}
	})
	t.Run("the lead is live and has a picture and related stories", func(t *testing.T) {
		lead := leadOf(ctx, t, db)
		c := lead.Version.Content
		if c.Lead.PictureID == 0 || len(c.Related) == 0 || ends.Sub(lead.Story.FirstPublished) > 12*time.Hour {
			t.Errorf("%q of %s with picture %d and related %v", c.Headline, lead.Story.FirstPublished, c.Lead.PictureID, c.Related)
		}
	})
	t.Run("plans, an offer and ads are there, and say that they are examples", func(t *testing.T) {
		offers, err := sales.Offers(ctx)
		if err != nil || len(offers) != 3 {
			t.Fatalf("%d plans, error %v", len(offers), err)
		}
		for _, o := range offers {
			if !strings.Contains(o.Note, "Contoh") || !o.Ways[0].Manual() {
				t.Errorf("the plan %q says %q and is paid by %v", o.Name, o.Note, o.Ways)
			}
		}
		live, err := db.LiveOffers(ctx, ends)
		if err != nil || len(live) != 1 || !strings.Contains(live[0].Is.Text, "Contoh") {
			t.Errorf("offers %+v, error %v", live, err)
		}
		for p, want := range map[ads.Placement]ads.Kind{ads.Inline: ads.Direct, ads.Side: ads.Direct, ads.List: ads.House} {
			list, err := db.Flights(ctx, p, ends)
			c, ok := ads.Choose(list, ads.Query{Placement: p, Page: ads.StoryPage, N: 1, Now: ends, Rotate: time.Minute})
			if err != nil || !ok || c.Main.Item.Terms.Kind != want {
				t.Fatalf("%s: %d flights, %+v, error %v", p, len(list), c.Main.Item, err)
			}
			if is := c.Main.Creative.Is; !strings.Contains(strings.ToLower(is.Alt+is.Headline+is.Sponsor), "contoh") {
				t.Errorf("%s says %+v", p, is)
			}
			if got := c.Main.Item; got.Seen < 1000 || got.Clicked == 0 || got.Goal > 0 && got.Seen > got.Due(ends) {
				t.Errorf("%s was seen %d times and clicked %d times, due are %d", p, got.Seen, got.Clicked, got.Due(ends))
			}
		}
		orders, err := db.AdOrders(ctx, ads.OrderFilter{Limit: 9})
		if err != nil || len(orders) != 3 {
			t.Errorf("%d orders, error %v", len(orders), err)
		}
	})
	t.Run("made-up readers discuss the newest stories, and a moderator has something to do", func(t *testing.T) {
		cards, _, _, err := db.List(ctx, news.ListFilter{Limit: 20})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time adds nothing
			if err := demo.Talk(ctx, discuss.New(db, nil), cards, 4, ends); err != nil {
				t.Fatal(err)
			}
		}
		said, answers := 0, 0
		for i, c := range cards {
			page, err := db.Threads(ctx, discuss.Filter{StoryID: c.ID, Sort: discuss.Oldest, Limit: discuss.PageThreads, Replies: discuss.PageReplies})
			if err != nil {
				t.Fatal(err)
			}
			if i < 8 && len(page.Entries) < 2 || i >= 8 && len(page.Entries) > 0 {
				t.Errorf("the story %d has %d threads", i, len(page.Entries))
			}
			for _, e := range page.Entries {
				said++
				answers += len(e.Replies)
				if e.At.Before(c.FirstPublished) || e.At.After(ends) {
					t.Errorf("%q was written at %s, the story is of %s", e.Body, e.At, c.FirstPublished)
				}
				for _, r := range e.Replies {
					if r.At.Before(e.At) || r.At.After(ends) {
						t.Errorf("%q answers before it was asked: %s and %s", r.Body, r.At, e.At)
					}
				}
			}
		}
		if waiting, err := db.QueueCounts(ctx, nil); err != nil || waiting.Pending != 3 || answers == 0 {
			t.Errorf("%d comments, %d answers, %+v wait, error %v", said, answers, waiting, err)
		}
	})
	t.Run("a second run of the same newsroom adds nothing", func(t *testing.T) {
		d.Trade = nil
		again, err := demo.Make(ctx, d, o)
		if err != nil {
			t.Fatal(err)
		}
		stories, _, err := db.PublicCounts(ctx)
		if err != nil || stories != 160 || again.Withdrawn != first.Withdrawn {
			t.Errorf("%d stories, error %v; withdrawn %d and %d", stories, err, first.Withdrawn, again.Withdrawn)
		}
	})
}

func leadOf(ctx context.Context, t *testing.T, db *store.DB) news.LiveStory {
	t.Helper()
	f, err := db.Front(ctx, 0)
	if err != nil || len(f.Containers) == 0 || len(f.Containers[0].Slots) == 0 {
		t.Fatalf("front %+v, error %v", f, err)
	}
	s, err := db.LiveStory(ctx, f.Containers[0].Slots[0].StoryID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

package demo_test

import (
	"context"
	"testing"
	"time"

	"warta/internal/blob"
	"warta/internal/demo"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/store"
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
	d := demo.Deps{Desk: news.NewDesk(db, nil), Site: news.NewSite(db), Place: db, Library: library}
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
	t.Run("a second run of the same newsroom adds nothing", func(t *testing.T) {
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

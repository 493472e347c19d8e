package store_test

import (
	"testing"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/store"
	"warta/internal/testkit/pg"
)

func TestALostDatabaseIsUnavailableAndComesBack(t *testing.T) {
	t.Parallel()
	c := pg.Own(t)
	db := openURL(t, c.URL(pg.OwnDatabase))
	if _, err := db.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	_, read := db.Sections(t.Context())
	_, write := db.SaveTopic(t.Context(), news.Topic{Slug: "x", Name: "X"}, change.Outcome{})
	_, open := store.Open(t.Context(), store.Options{URL: c.URL("lost")})
	for name, err := range map[string]error{"read": read, "write": write, "open": open} {
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: got %v, want unavailable", name, err)
		}
	}
	if err := c.Restart(); err != nil {
		t.Fatal(err)
	}
	if tree, err := db.Sections(t.Context()); err != nil || len(tree.All()) == 0 {
		t.Errorf("after the restart: %v", err)
	}
}

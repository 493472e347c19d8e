package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"warta/internal/change"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/store"
)

// What is asked with requests of readers goes by indexes.
func TestReadersAreReadByIndexes(t *testing.T) {
	t.Parallel()
	db := openSQLite(t, store.Options{})
	ctx := t.Context()
	for i := range 200 {
		err := db.ChangeMember(ctx, member.Pick{Email: fmt.Sprintf("p%d@kabar.example", i)}, func(e *member.Edit) (change.Outcome, error) {
			e.Record = &member.Record{Handle: fmt.Sprint(i), Member: member.Member{Email: fmt.Sprintf("p%d@kabar.example", i), Name: "P", Created: e.Now}}
			e.Begin, e.Token = &member.Session{Mark: int64(i + 1), Created: e.Now, Seen: e.Now, Confirmed: e.Now, Expires: e.Now.Add(time.Hour)}, fmt.Sprint("h", i)
			return change.Outcome{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	spy := store.SpyOn(db)
	now := time.Now()
	for says, read := range map[string]func(context.Context) error{
		"a session": func(ctx context.Context) error {
			_, err := db.MemberSession(ctx, "h7")
			return err
		},
		"the devices of a reader": func(ctx context.Context) error {
			_, err := db.MemberSessions(ctx, 7, now)
			return err
		},
		"a reader by his address": func(ctx context.Context) error {
			_, err := db.Member(ctx, member.Pick{Email: "p7@kabar.example"})
			return err
		},
		"a reader by a passkey": func(ctx context.Context) error {
			_, err := db.Member(ctx, member.Pick{Passkey: "x"})
			return err
		},
		"a reader by an account elsewhere": func(ctx context.Context) error {
			_, err := db.Member(ctx, member.Pick{Provider: "x", Subject: "y"})
			return err
		},
		"a ticket": func(ctx context.Context) error {
			_, err := db.Member(ctx, member.Pick{Ticket: "x"})
			return err
		},
		"a code": func(ctx context.Context) error {
			_, err := db.Member(ctx, member.Pick{Browser: "x", Code: "y"})
			return err
		},
		"what was called back": func(ctx context.Context) error {
			_, _, err := db.Revocations(ctx, now)
			return err
		},
		"accounts to erase": func(ctx context.Context) error {
			_, err := db.DueErasures(ctx, now, 10)
			return err
		},
		"what a reader keeps": func(ctx context.Context) error {
			_, err := db.Shelf(ctx, 7, member.Item{}, 10)
			return err
		},
		"which of some things a reader keeps": func(ctx context.Context) error {
			_, err := db.OnShelf(ctx, 7, []member.Item{{Kind: member.Save, ID: 3}, {Kind: member.FollowTopic, ID: 4}})
			return err
		},
		"what a reader saved": func(ctx context.Context) error {
			_, _, err := db.Saved(ctx, 7, news.Cursor{At: now, ID: 9}, 10)
			return err
		},
		"who follows a topic": func(ctx context.Context) error {
			_, err := db.Followers(ctx, member.Item{Kind: member.FollowTopic, ID: 4}, member.OnPage, 0, 10)
			return err
		},
		"what a reader did": func(ctx context.Context) error {
			_, err := db.MemberTrail(ctx, 7, 0, 10)
			return err
		},
	} {
		t.Run(says, func(t *testing.T) {
			spy.Take()
			if err := read(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, ran := range spy.Take() {
				plan, err := spy.Plan(t.Context(), ran)
				if err != nil {
					t.Fatal(err)
				}
				for _, step := range strings.Split(plan, "\n") {
					if strings.HasPrefix(step, "SCAN json_each") { // the parameter
						continue
					}
					if strings.HasPrefix(step, "SCAN") || strings.Contains(step, "TEMP B-TREE") {
						t.Errorf("%s in the plan\n%s", step, plan)
					}
				}
			}
		})
	}
}

// What is followed is ranges of the lists' key: of each list no more is read
// than a page, whatever it holds. Only what was found is sorted.
func TestFollowedGoesByRanges(t *testing.T) {
	if testing.Short() {
		t.Skip("plans are those without the race detector, under which filling the tables takes minutes")
	}
	t.Parallel()
	p := newPlanned(t)
	spy := store.SpyOn(p.db)
	if _, _, err := p.db.Followed(t.Context(), 7, news.Cursor{At: time.Now(), ID: 9}, 24); err != nil {
		t.Fatal(err)
	}
	ran := spy.Take()
	if len(ran) != 1 {
		t.Fatalf("%d statements", len(ran))
	}
	plan, err := spy.Plan(t.Context(), ran[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"SEARCH member_items USING PRIMARY KEY (member_id=? AND kind>?)",
		"SEARCH listings USING PRIMARY KEY (list=? AND ref=? AND (at,story_id)<(?,?))",
		"SEARCH listings USING PRIMARY KEY (list=? AND ref=? AND at>? AND (at,story_id)<(?,?))",
		"SEARCH stories USING INTEGER PRIMARY KEY (rowid=?)",
	} {
		if !strings.Contains(plan, want) {
			t.Errorf("no step %q", want)
		}
	}
	for _, step := range strings.Split(plan, "\n") {
		if strings.HasPrefix(step, "SCAN listings") || strings.HasPrefix(step, "SCAN stories") || strings.HasPrefix(step, "SCAN member_items") {
			t.Errorf("reads a whole table: %s", step)
		}
	}
	if t.Failed() {
		t.Log(plan)
	}
}

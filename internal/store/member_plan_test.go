package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"warta/internal/change"
	"warta/internal/member"
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
					if strings.HasPrefix(step, "SCAN") || strings.Contains(step, "TEMP B-TREE") {
						t.Errorf("%s in the plan\n%s", step, plan)
					}
				}
			}
		})
	}
}

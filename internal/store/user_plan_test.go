package store_test

import (
	"context"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/store"
)

// What is asked with every request of the newsroom goes by indexes, in one
// statement.
func TestStaffIsReadByIndexes(t *testing.T) {
	t.Parallel()
	db := openSQLite(t, store.Options{})
	staff := account.NewStaff(db)
	ctx := t.Context()
	u, err := staff.Make(ctx, account.System("cli"), account.Invitation{Email: "ani@kabar.example", Name: "Ani", Role: account.Owner}, "hujan turun di muara", true)
	if err != nil {
		t.Fatal(err)
	}
	e, err := staff.SignIn(ctx, u.Email, "hujan turun di muara", account.Client{})
	if err != nil {
		t.Fatal(err)
	}
	spy := store.SpyOn(db)
	for says, read := range map[string]func(context.Context) error{
		"a session": func(ctx context.Context) error {
			_, err := db.StaffSession(ctx, account.HashToken(e.Token))
			return err
		},
		"the devices of a user": func(ctx context.Context) error {
			_, err := db.StaffSessions(ctx, u.ID, u.Created)
			return err
		},
		"users by their ids": func(ctx context.Context) error {
			_, err := db.UsersByID(ctx, []int64{u.ID})
			return err
		},
	} {
		t.Run(says, func(t *testing.T) {
			spy.Take()
			if err := read(t.Context()); err != nil {
				t.Fatal(err)
			}
			ran := spy.Take()
			if len(ran) != 1 {
				t.Fatalf("ran %d statements", len(ran))
			}
			plan, err := spy.Plan(t.Context(), ran[0])
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range strings.Split(plan, "\n") {
				if strings.HasPrefix(step, "SCAN") && !small.MatchString(step) || strings.Contains(step, "TEMP B-TREE") {
					t.Errorf("%s in the plan\n%s", step, plan)
				}
			}
		})
	}
}

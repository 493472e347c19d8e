package account_test

import (
	"testing"

	"warta/internal/account"
	"warta/internal/fault"
)

func TestRoleHoldsItsCapabilitiesAndNoMore(t *testing.T) {
	t.Parallel()
	tests := []struct {
		role account.Role
		can  account.Capability
		want bool
	}{
		{account.Contributor, account.WriteOwn, true},
		{account.Contributor, account.Submit, false},
		{account.Contributor, account.ReadAny, false},
		{account.Reporter, account.ReadAny, true},
		{account.Reporter, account.Submit, true},
		{account.Reporter, account.Publish, false},
		{account.Editor, account.Publish, true},
		{account.Editor, account.Withdraw, false},
		{account.ManagingEditor, account.Withdraw, true},
		{account.ManagingEditor, account.ManageUser, false},
		{account.Moderator, account.WriteOwn, false},
		{account.Commercial, account.Sell, true},
		{account.Owner, account.ManageUser, true},
		{"", account.WriteOwn, false},
	}
	for _, tt := range tests {
		if got := tt.role.Can(tt.can); got != tt.want {
			t.Errorf("%s can %s = %v, want %v", tt.role, tt.can, got, tt.want)
		}
	}
}

func TestRequireRefusesWithForbidden(t *testing.T) {
	t.Parallel()
	err := account.Actor{ID: 3, Role: account.Reporter}.Require(account.Publish)
	if !fault.Is(err, fault.Forbidden) {
		t.Fatalf("err = %v, want forbidden", err)
	}
	if err := account.System("import").Require(account.Publish); err != nil {
		t.Errorf("the program itself was refused: %v", err)
	}
}

func TestAGrantCountsInItsDeskOnly(t *testing.T) {
	t.Parallel()
	a := account.Actor{ID: 4, Role: account.Reporter, Grants: []account.Grant{{SectionID: 7, Role: account.Editor}}}
	if !a.CanIn(account.Publish, []int64{9, 7}) || a.CanIn(account.Publish, []int64{9}) || a.CanIn(account.Publish, nil) {
		t.Error("the grant does not count in its desk alone")
	}
	if !a.CanSomewhere(account.Publish) || a.Role.Can(account.Publish) || a.CanIn(account.Withdraw, []int64{7}) {
		t.Error("the grant gives too much or too little")
	}
}

func TestNobodyGivesAwayMoreThanHeHolds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		give, hold account.Role
		want       bool
	}{
		{account.Reporter, account.Editor, true},
		{account.Editor, account.Reporter, false},
		{account.Owner, account.ManagingEditor, false},
		{account.Owner, account.Owner, true},
		{account.Moderator, account.ManagingEditor, false},
		{"boss", account.Owner, false},
	}
	for _, tt := range tests {
		if got := tt.give.Within(tt.hold); got != tt.want {
			t.Errorf("%s within %s = %v, want %v", tt.give, tt.hold, got, tt.want)
		}
	}
}

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

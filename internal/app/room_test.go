package app_test

import (
	"net/http"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/testkit"
)

func TestPagesOfTheSiteItselfCanBeOpenedAndSaved(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	owner := s.Staffer(account.Owner)
	for _, path := range []string{"/sections", "/sections/new", "/sections/1", "/sections/1/give-up", "/topics", "/topics/new", "/people", "/people/new",
		"/sources", "/sources/new", "/redirects", "/pages", "/pages/redaksi", "/pages/new", "/settings", "/theme", "/audit", "/fronts", "/fronts/0", "/fronts/1"} {
		if res := owner.Open("/newsroom" + path); res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", path, res.StatusCode, res.Body)
		}
	}
	res := owner.Post("/newsroom/sections/new", "name", "Desa", "parent", "1")
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("a new section: %d %s", res.StatusCode, res.Body)
	}
	res = owner.Post("/newsroom/sections/new", "name", "Media", "slug", "media")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(res.Body, `aria-invalid="true"`) {
		t.Errorf("a slug of our own: %d %s", res.StatusCode, res.Body)
	}
}

package app_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/testkit"
	"warta/internal/web/newsroom"
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

func TestAStopDoesNotWaitForOpenStreams(t *testing.T) {
	t.Parallel()
	var began time.Time
	t.Run("with a stream open", func(t *testing.T) {
		s := testkit.New(t, testkit.Options{})
		p := s.Staffer(account.Reporter)
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.URL+"/newsroom/stream", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", "text/event-stream")
		req.AddCookie(&http.Cookie{Name: newsroom.Cookie, Value: p.Token})
		res, err := (&http.Transport{}).RoundTrip(req)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("the stream does not open: %v %v", res, err)
		}
		began = time.Now() // the site stops when this test has ended
	})
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the stop took %v", took)
	}
}

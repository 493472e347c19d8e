package desk_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/testkit"
	"warta/internal/web/newsroom"
)

func TestAStreamEndsWithItsSession(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	for _, tt := range []struct {
		name  string
		role  account.Role
		board bool // is told of cards
	}{{"a reporter", account.Reporter, true}, {"a moderator, who has no board", account.Moderator, false}} {
		t.Run(tt.name, func(t *testing.T) {
			p := s.Staffer(tt.role)
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/newsroom/stream", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.AddCookie(&http.Cookie{Name: newsroom.Cookie, Value: p.Token})
			res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if kind := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
				t.Fatalf("%d %q", res.StatusCode, kind)
			}
			leads(t, p.Post("/newsroom/sign-out"), newsroom.SignIn)
			all, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatalf("the stream goes on: %v", err)
			}
			if !strings.Contains(string(all), "event: notices\ndata: {\"unread\":0}\n") || strings.Contains(string(all), "event: board\n") != tt.board {
				t.Errorf("the stream told %q", all)
			}
		})
	}
}

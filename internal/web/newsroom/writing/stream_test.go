package writing_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/web/newsroom"
)

// events opens a story's stream as somebody and returns what comes in.
func events(t *testing.T, p *testkit.Staffer, id int64) <-chan [2]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+at(id, "/stream"), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	req.AddCookie(&http.Cookie{Name: newsroom.Cookie, Value: p.Token})
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("%d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	out, done := make(chan [2]string, 100), make(chan struct{})
	go func() {
		defer close(done)
		lines := bufio.NewScanner(res.Body)
		name := ""
		for lines.Scan() {
			if v, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = v
			}
			if v, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				out <- [2]string{name, v}
			}
		}
		close(out)
	}()
	t.Cleanup(func() {
		cancel()
		res.Body.Close()
		<-done
	})
	return out
}

// await returns the next event of a name whose data has a text in it.
func await(t *testing.T, from <-chan [2]string, name, text string) string {
	t.Helper()
	for {
		select {
		case ev, ok := <-from:
			if !ok {
				t.Fatalf("the stream ended before %s with %q", name, text)
			}
			if ev[0] == name && strings.Contains(ev[1], text) {
				return ev[1]
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("no %s with %q came", name, text)
		}
	}
}

func TestStreamTellsWhatOthersDo(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani, budi := s.Staffer(account.Reporter), s.Staffer(account.Editor)
	id := written(t, rani, news.Content{})
	stream := events(t, rani, id)
	await(t, stream, "people", "[]")
	await(t, stream, "draft", `"seq":1`)
	await(t, stream, "story", `"stage":"draft"`)

	if res := budi.Send("POST", at(id, "/presence"), nil, "Warta-Tab", "budi0001"); res.StatusCode != http.StatusOK || !strings.Contains(res.Body, budi.User.Name) {
		t.Fatalf("%d %s", res.StatusCode, res.Body)
	}
	await(t, stream, "people", budi.User.Name)
	changed(t, budi, id, map[string]any{"headline": "Jembatan Selesai"})
	if got := await(t, stream, "draft", `"seq":2`); !strings.Contains(got, budi.User.Name) {
		t.Errorf("who saved is not named: %s", got)
	}
	if err := s.Desk.Submit(t.Context(), rani.User.Actor(), id, ""); err != nil {
		t.Fatal(err)
	}
	await(t, stream, "story", `"stage":"submitted"`)
	if res := budi.Send("POST", at(id, "/presence?leave=1"), nil, "Warta-Tab", "budi0001"); res.StatusCode != http.StatusNoContent {
		t.Fatal(res.StatusCode)
	}
	if res := budi.Send("POST", at(id, "/presence?leave=1"), nil, "Warta-Tab", "abcd1234"); res.StatusCode != http.StatusNoContent {
		t.Fatal(res.StatusCode) // the tab that saved
	}
	await(t, stream, "people", "[]")
	if res := budi.Send("POST", at(id, "/presence"), nil); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a tab without a name: %d, want 400", res.StatusCode)
	}
}

func TestStreamEndsWithTheSession(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani := s.Staffer(account.Reporter)
	id := written(t, rani, news.Content{})
	stream := events(t, rani, id)
	await(t, stream, "story", "draft")
	if res := rani.Post("/newsroom/sign-out"); res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	timeout := time.After(20 * time.Second)
	for {
		select {
		case _, open := <-stream:
			if !open {
				return
			}
		case <-timeout:
			t.Fatal("the stream goes on")
		}
	}
}

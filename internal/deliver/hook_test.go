package deliver_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/deliver"
	"warta/internal/discuss"
	"warta/internal/fetch"
)

type failures struct{ list []string }

func (f *failures) NoteHookFailure(_ context.Context, why string) error {
	f.list = append(f.list, why)
	return nil
}

func TestHook(t *testing.T) {
	t.Parallel()
	const secret = "rahasia-yang-panjang"
	at := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	var answer atomic.Value
	answer.Store(`{"verdict":"hold","note":"perlu dilihat"}`)
	signed := atomic.Bool{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		signed.Store(r.Header.Get("Warta-Signature") == deliver.Signature(secret, at, body) && strings.Contains(string(body), `"text":"Halo \u003cb\u003e"`) && !strings.Contains(string(body), "@"))
		switch a := answer.Load().(string); a {
		case "500":
			w.WriteHeader(500)
		case "away":
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusTemporaryRedirect)
		case "late":
			<-r.Context().Done()
		default:
			io.WriteString(w, a)
		}
	}))
	defer s.Close()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, _ := strconv.Atoi(u.Port())
	c := fetch.New(fetch.Options{Allow: []string{u.Host}, Ports: []int{port}})
	defer c.Close()
	notes := &failures{}
	h := deliver.NewHook(c, notes, slog.New(slog.DiscardHandler))
	rules := discuss.DefaultRules()
	rules.Hook, rules.HookSecret = s.URL, secret
	ask := func() (discuss.Decision, string, error) {
		return h.Ask(t.Context(), discuss.Candidate{Text: "Halo <b>", Name: "Rina", AuthorID: 7, StoryID: 3, Now: at}, &rules)
	}
	d, note, err := ask()
	if err != nil || d != discuss.Hold || note != "perlu dilihat" || !signed.Load() {
		t.Fatalf("%q %q %v, signed %v", d, note, err, signed.Load())
	}
	for i, a := range []string{"500", "away", "late", "{", `{"verdict":"yes"}`} {
		answer.Store(a)
		if d, _, err := ask(); err == nil {
			t.Errorf("after %s the hook says %q", a, d)
		}
		if len(notes.list) != i+1 {
			t.Errorf("after %s there are %d notes", a, len(notes.list))
		}
	}
	rules.Hook = "http://127.0.0.1:1/"
	if _, _, err := ask(); err == nil {
		t.Error("an address that is not public was asked")
	}
}

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

const secret = "rahasia-yang-panjang"

// newHook returns a hook, what it notes, and rules by which it asks a service.
func newHook(t *testing.T, service http.HandlerFunc) (*deliver.Hook, *failures, *discuss.Rules) {
	t.Helper()
	s := httptest.NewServer(service)
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, _ := strconv.Atoi(u.Port())
	c := fetch.New(fetch.Options{Allow: []string{u.Host}, Ports: []int{port}})
	t.Cleanup(c.Close)
	notes := &failures{}
	rules := discuss.DefaultRules()
	rules.Hook, rules.HookSecret = s.URL, secret
	return deliver.NewHook(c, notes, slog.New(slog.DiscardHandler)), notes, &rules
}

func TestHook(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	var answer atomic.Value
	answer.Store(`{"verdict":"hold","note":"perlu dilihat"}`)
	signed := atomic.Bool{}
	h, notes, rules := newHook(t, func(w http.ResponseWriter, r *http.Request) {
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
	})
	ask := func() (discuss.Decision, string, error) {
		return h.Ask(t.Context(), discuss.Candidate{Text: "Halo <b>", Name: "Rina", AuthorID: 7, StoryID: 3, Now: at}, rules)
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

// However many comments come while the service is slow, it is asked about so many at
// once; the others have failed at once and are not waited for.
func TestASlowServiceIsAskedAboutFewAtOnce(t *testing.T) {
	t.Parallel()
	const most = 32
	var asked atomic.Int32
	open := make(chan struct{})
	h, _, rules := newHook(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		select {
		case <-open:
			io.WriteString(w, `{"verdict":"pass"}`)
		case <-r.Context().Done():
		}
	})
	ask := func() error {
		_, _, err := h.Ask(t.Context(), discuss.Candidate{Text: "Halo", Now: time.Now()}, rules)
		return err
	}
	results := make(chan error, most)
	full := func() bool { // false: the first were given up before the last were asked
		asked.Store(0)
		for range most {
			go func() { results <- ask() }()
		}
		for asked.Load() < most && len(results) == 0 {
			time.Sleep(time.Millisecond)
		}
		if len(results) == 0 {
			return true
		}
		for range most {
			<-results
		}
		return false
	}
	for tries := 1; !full(); tries++ {
		if tries == 5 {
			t.Fatalf("the service is never asked about %d comments at once", most)
		}
	}
	if err := ask(); err == nil || !strings.Contains(err.Error(), "at a time") {
		t.Errorf("one more: %v", err)
	}
	close(open)
	for range most {
		<-results
	}
	if n := asked.Load(); n != most {
		t.Errorf("the service was asked about %d, want %d", n, most)
	}
	if err := ask(); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/news"
	"warta/internal/testkit"
)

// hold locks the table that an address without a page is looked for in, so that
// whatever renders one stands still until release.
func hold(t *testing.T, site *testkit.Site) (release func()) {
	t.Helper()
	tx, err := site.DB.Handle().BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(`LOCK TABLE redirects IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	release = func() { once.Do(func() { _ = tx.Rollback() }) }
	t.Cleanup(release)
	return release
}

// TestAFullHouse lets readers ask for more than can be rendered, on a running
// server over PostgreSQL, with renderings that stand still.
func TestAFullHouse(t *testing.T) {
	t.Parallel()
	site := testkit.New(t, testkit.Options{Postgres: true, Unproved: true, Configure: func(c *app.Config) { c.MetricsAddr, c.RenderWait = "127.0.0.1:0", 0 }})
	editor := site.Staffer(account.ManagingEditor)
	const oldHeadline, newHeadline = "Kapal Lama Berlabuh di Pelabuhan", "Berita Baru di Tengah Keramaian"
	old := site.Publish(news.Content{Headline: oldHeadline})
	path := site.Path(old)
	for _, p := range []string{path, "/", "/nasional", "/latest"} {
		if res := site.Get(p); res.StatusCode != 200 {
			t.Fatalf("%s: %d", p, res.StatusCode)
		}
	}
	release := hold(t, site)
	var crowd sync.WaitGroup
	defer crowd.Wait()
	defer release()
	for i := range 20 {
		crowd.Go(func() {
			if res, err := http.Get(fmt.Sprintf("%s/nasional/none/%d", site.URL, i)); err == nil {
				res.Body.Close()
			}
		})
	}
	// Where the machine has other things to do, some are sent away before all have come.
	eventually(t, "both renderers stand still", func() bool {
		s := site.Engine.Stats()
		return s.Queue >= 18 || s.Queue > 0 && s.QueueTime > 2100*time.Millisecond
	})
	eventually(t, "that is known to take too long", func() bool { return site.Engine.Stats().QueueTime > 2100*time.Millisecond })
	before := scrape(t, site.MetricsAddr())

	t.Run("the newsroom answers, publishes and reads what it published", func(t *testing.T) {
		start := time.Now()
		for _, p := range []string{"/newsroom/board", "/newsroom/today"} {
			if res := editor.Open(p); res.StatusCode != 200 {
				t.Errorf("%s: %d", p, res.StatusCode)
			}
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("it took %s", took)
		}
	})
	st := site.Publish(news.Content{Headline: newHeadline})
	t.Run("a page that changed is served as it was, and says so", func(t *testing.T) {
		res := site.Get("/latest")
		if res.StatusCode != 200 || res.Header.Get("Warta-Stale") != "busy" || !strings.Contains(res.Body, oldHeadline) || !strings.Contains(res.Header.Get("Cache-Control"), "s-maxage=0") {
			t.Errorf("%d %v", res.StatusCode, res.Header)
		}
	})
	t.Run("a page that nobody has is refused at once, by both ways alike", func(t *testing.T) {
		best := time.Hour
		var res testkit.Response
		for range 10 {
			start := time.Now()
			res = site.Get(site.Path(st))
			best = min(best, time.Since(start))
			if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || strings.Contains(res.Body, newHeadline) {
				t.Fatalf("%d %v", res.StatusCode, res.Header)
			}
		}
		if best > 20*time.Millisecond {
			t.Errorf("the quickest of ten refusals took %s", best)
		}
		t.Logf("the quickest of ten refusals took %s", best)
	})
	t.Run("after a withdrawal its text is nowhere", func(t *testing.T) {
		if _, err := site.Desk.Withdraw(t.Context(), testkit.Actor, old.ID, news.ReasonTrauma, ""); err != nil {
			t.Fatal(err)
		}
		if res := site.Get(path); strings.Contains(res.Body, oldHeadline) || res.StatusCode == 200 {
			t.Errorf("the story: %d", res.StatusCode)
		}
		// Pages with lists of it wait for new ones; nobody gets the old.
		for _, p := range []string{"/", "/nasional", "/latest"} {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			req, err := http.NewRequestWithContext(ctx, "GET", site.URL+p, nil)
			if err != nil {
				t.Fatal(err)
			}
			if res, err := http.DefaultClient.Do(req); err == nil {
				if res.StatusCode == 200 {
					t.Errorf("%s: 200, and its list cannot have been made", p)
				}
				res.Body.Close()
			}
			cancel()
		}
	})
	got := before.moved(scrape(t, site.MetricsAddr()))
	// More than one stale answer only if the loop that keeps the page of a refusal
	// came by: it is a reader like others.
	if got[`warta_shed_total{what="rendering"}`] < 10 || got[`warta_stale_answers_total{reason="busy"}`] < 1 || got[`warta_answers_total{class="staff",tier="rendered"}`] != 2 {
		t.Errorf("the figures: %v", got)
	}
	if now := scrape(t, site.MetricsAddr()); now["warta_render_queue_seconds"] < 2 || now["warta_render_queue"] < 18 {
		t.Errorf("queue of %v s, %v renderings", now["warta_render_queue_seconds"], now["warta_render_queue"])
	}
	release()
	t.Run("when there is room again all is as it should be", func(t *testing.T) {
		eventually(t, "the queue is empty", func() bool { return site.Engine.Stats().Queue == 0 })
		if res := site.Get(path); res.StatusCode != 410 {
			t.Errorf("the withdrawn story: %d", res.StatusCode)
		}
		res := site.Get("/latest")
		if res.Header.Get("Warta-Stale") != "" || !strings.Contains(res.Body, newHeadline) || strings.Contains(res.Body, oldHeadline) {
			t.Errorf("the list: %v", res.Header)
		}
	})
}

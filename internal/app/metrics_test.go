package app_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"warta/internal/app"
	"warta/internal/edition"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/testkit"
)

// figures are the values of one scrape, by name and labels as they are written:
// warta_jobs{kind="probe",state="available"}.
type figures map[string]float64

// scrape asks for the figures and reads them with the library's own parser.
func scrape(t *testing.T, addr string) figures {
	t.Helper()
	res, err := http.Get("http://" + addr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 {
		body, _ := io.ReadAll(res.Body)
		t.Fatalf("%d: %s", res.StatusCode, body)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := figures{}
	for name, f := range families {
		for _, m := range f.GetMetric() {
			labels := ""
			for _, l := range m.GetLabel() {
				labels += fmt.Sprintf(",%s=%q", l.GetName(), l.GetValue())
			}
			if labels != "" {
				labels = "{" + labels[1:] + "}"
			}
			switch {
			case m.Counter != nil:
				out[name+labels] = m.Counter.GetValue()
			case m.Gauge != nil:
				out[name+labels] = m.Gauge.GetValue()
			case m.Histogram != nil:
				out[name+"_count"+labels] = float64(m.Histogram.GetSampleCount())
				out[name+"_sum"+labels] = m.Histogram.GetSampleSum()
			}
		}
	}
	return out
}

// moved returns what is different in after, rounded to whole numbers where it
// counts something.
func (before figures) moved(after figures) figures {
	out := figures{}
	for name, v := range after {
		if d := v - before[name]; d != 0 {
			out[name] = d
		}
	}
	return out
}

func measured(t *testing.T, o testkit.Options) *testkit.Site {
	t.Helper()
	o.Configure = func(c *app.Config) { c.MetricsAddr = "127.0.0.1:0" }
	return testkit.New(t, o)
}

func TestMetricsMoveByWhatWasAsked(t *testing.T) {
	t.Parallel()
	for _, postgres := range []bool{false, true} {
		t.Run(map[bool]string{false: "sqlite", true: "postgres"}[postgres], func(t *testing.T) {
			t.Parallel()
			site := measured(t, testkit.Options{Postgres: postgres, Unproved: true})
			all := site.Tree.All()
			eventually(t, "the start has looked at all fronts", func() bool {
				_, ok := site.Engine.Warm("/"+all[len(all)-1].Slug, 0)
				return ok
			})
			pic, token := photograph(site, 1, false)
			st := site.Publish(news.Content{Lead: news.Lead{PictureID: pic.ID}})
			path, picture := site.Path(st), media.Path(token, 640, media.WebP)
			site.Get(path)
			site.Get(picture)
			site.Get("/latest")
			// Made now, the page of a refusal is not made meanwhile.
			if _, err := site.Engine.Get(t.Context(), edition.ProblemKey(http.StatusServiceUnavailable), 0); err != nil {
				t.Fatal(err)
			}

			before := scrape(t, site.MetricsAddr())
			for range 7 {
				site.Get(path)
			}
			for range 3 {
				site.Get(path, "Cookie", site.ClassCookie(5)) // the first one is put together, in front as well
			}
			res := site.Get(path)
			site.Get(path, "If-None-Match", res.Header.Get("Etag"))
			site.Get("/index?date=2026-11-01") // never asked for before
			site.Get("/newsroom")
			site.Get(picture)
			site.Get(picture, "Range", "bytes=0-9")
			got := before.moved(scrape(t, site.MetricsAddr()))
			want := figures{
				`warta_answers_total{class="anonymous",tier="memory"}`:          9,
				`warta_answers_total{class="registered+ad_free",tier="memory"}`: 3,
				`warta_answers_total{class="anonymous",tier="rendered"}`:        1,
				`warta_answers_total{class="staff",tier="rendered"}`:            1,
				`warta_joins_total`:                                  2,
				`warta_page_renders_total`:                           1,
				`warta_render_duration_seconds_count{module="page"}`: 1,
				`warta_fast_answers_total`:                           13,
				`warta_fast_not_modified_total`:                      1,
				`warta_picture_hits_total`:                           2,
				`warta_connections_total`:                            16,
			}
			for name, n := range want {
				if got[name] != n {
					t.Errorf("%s moved by %v, want %v", name, got[name], n)
				}
			}
			for name := range got {
				if strings.HasPrefix(name, "warta_answers_total") && want[name] == 0 || strings.HasPrefix(name, "warta_shed") || strings.HasPrefix(name, "warta_stale") {
					t.Errorf("%s moved by %v", name, got[name])
				}
			}
			now := scrape(t, site.MetricsAddr())
			for _, name := range []string{"warta_ready", "warta_pages", "warta_pieces", "warta_page_bytes", "warta_piece_bytes", "warta_store_records", "warta_store_bytes",
				"warta_picture_files", "warta_picture_bytes",
				"go_goroutines", "go_memstats_heap_alloc_bytes", "process_resident_memory_bytes"} {
				if now[name] <= 0 {
					t.Errorf("%s is %v", name, now[name])
				}
			}
			pool := map[bool]string{false: "write", true: "all"}[postgres]
			if now[`go_sql_open_connections{db_name="`+pool+`"}`] < 1 {
				t.Errorf("there is no pool %s: %v", pool, slices.Sorted(maps.Keys(now)))
			}
		})
	}
}

func TestMetricsOfAPublication(t *testing.T) {
	t.Parallel()
	site := measured(t, testkit.Options{Unproved: true})
	site.Get("/latest")
	before := scrape(t, site.MetricsAddr())
	st := site.Publish(news.Content{})
	site.Get(site.Path(st))
	eventually(t, "a page and a piece show the story", func() bool {
		got := before.moved(scrape(t, site.MetricsAddr()))
		return got[`warta_publish_visible_seconds_count{kind="page"}`] >= 1 && got[`warta_publish_visible_seconds_count{kind="piece"}`] >= 1
	})
	got := before.moved(scrape(t, site.MetricsAddr()))
	if events := got["warta_announcements_total"]; events < 1 || got["warta_publish_applied_seconds_count"] != events {
		t.Errorf("%v events, %v measured", events, got["warta_publish_applied_seconds_count"])
	}
	if sum := got["warta_publish_applied_seconds_sum"] + got[`warta_publish_visible_seconds_sum{kind="page"}`]; sum != 0 {
		t.Errorf("the clock stands, and it took %v s", sum)
	}
}

// TestEveryMetricIsDescribed holds what is answered against the page for
// operators.
func TestEveryMetricIsDescribed(t *testing.T) {
	t.Parallel()
	site := measured(t, testkit.Options{})
	site.Publish(news.Content{})
	text, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	own := regexp.MustCompile(`^warta_[a-z_]+`)
	histogram := regexp.MustCompile(`_seconds_(count|sum)$`)
	seen := map[string]bool{}
	for name := range scrape(t, site.MetricsAddr()) {
		name = histogram.ReplaceAllString(own.FindString(name), "_seconds")
		if name != "" {
			seen[name] = true
		}
	}
	for name := range seen {
		if !strings.Contains(string(text), "`"+name) {
			t.Errorf("docs/operating.md does not say what %s is", name)
		}
	}
	if len(seen) < 30 {
		t.Errorf("only %d metrics: %v", len(seen), slices.Sorted(maps.Keys(seen)))
	}
}

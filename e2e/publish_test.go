package e2e_test

import (
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"warta/internal/app"
	"warta/internal/doc"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/testkit"
)

// engines are the databases on which the promise is held.
var engines = []struct {
	name     string
	postgres bool
}{{"on SQLite", false}, {"on PostgreSQL", true}}

// journeyEngines are the databases for one of the long journeys, which lean on
// little that differs between them: all of them with WARTA_E2E=full, as "make
// e2e" asks for, else the first one or the second, by the test's name.
func journeyEngines(t *testing.T) []struct {
	name     string
	postgres bool
} {
	if os.Getenv("WARTA_E2E") == "full" {
		return engines
	}
	i := len(t.Name()) % len(engines)
	return engines[i : i+1]
}

// outside opens the newsroom's database once more, as another process does that
// imports while the site is served.
func (n *newsroom) outside() *app.Core {
	n.T.Helper()
	core, err := app.Open(n.T.Context(), n.Config, slog.New(slog.DiscardHandler), n.Clock.Now)
	n.ok(err)
	n.T.Cleanup(func() { core.Close() })
	return core
}

// surfaces are all addresses that a story of this fixture stands on beside its
// own, the list of a story of ten years ago among them.
func (n *newsroom) surfaces() []string {
	day := n.Clock.Now().In(wib).Format(time.DateOnly)
	return []string{"/", "/nasional", "/topic/teleskop", "/author/sekar-prameswari", "/latest", "/index", "/index?date=" + day + "&section=nasional",
		"/search?q=" + url.QueryEscape("mercusuar"), "/search?q=mercusuar&section=nasional&sort=relevance",
		"/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json", "/feeds/section/nasional/rss.xml", "/feeds/topic/teleskop/rss.xml", "/feeds/author/sekar-prameswari/rss.xml",
		"/sitemap-news.xml", "/sitemaps/" + day[:7] + ".xml", n.path(n.old)}
}

// within asks every surface until all say what is wanted, which may take a
// second: what is said is whether they hold a mark.
func (n *newsroom) within(what, mark string, want bool) {
	n.T.Helper()
	n.soon(what, n.surfaces(), func(res testkit.Response) bool {
		return res.StatusCode == 200 && strings.Contains(res.Body, mark) == want
	})
}

// soon asks every path until it answers as it should, and fails if that took
// more than a second. On a machine that is busy with other tests everything takes
// long: three times what as many pages take that nobody has asked for, measured
// right after, is allowed for.
func (n *newsroom) soon(what string, paths []string, right func(testkit.Response) bool) {
	n.T.Helper()
	start := time.Now()
	for _, path := range paths {
		for !right(n.Get(path)) {
			if time.Since(start) > 20*time.Second {
				n.T.Errorf("%s: %s does not say so", what, path)
				return
			}
		}
	}
	took, again := time.Since(start), time.Now()
	for i := range paths {
		n.Get(fmt.Sprintf("/search?q=%s+%d", strings.Join(strings.Fields(what), "+"), again.UnixNano()+int64(i)))
	}
	if most := time.Second + 3*time.Since(again); took > most {
		n.T.Errorf("%s: it took %s until all said so, want at most %s", what, took, most)
	}
}

// nowhere holds that no surface names a mark, without waiting.
func (n *newsroom) nowhere(what, mark string) {
	n.T.Helper()
	for _, path := range n.surfaces() {
		if res := n.Get(path); strings.Contains(res.Body, mark) || res.StatusCode >= 500 {
			n.T.Errorf("%s: %s answers %d and names it", what, path, res.StatusCode)
		}
	}
}

// TestImportedStoryIsEverywhereWithinASecond publishes, updates, withdraws and
// embargoes from another handle on the database while the site is served.
func TestImportedStoryIsEverywhereWithinASecond(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			n := newNewsroom(t, testkit.Options{Postgres: engine.postgres}, "id")
			other := n.outside()
			n.nowhere("before", "mercusuar-tua") // and everything is warm
			in := n.item("Mercusuar Tua Menyala Lagi", "nasional", n.Clock.Now(), func(c *news.Content) {
				c.Topics, c.Lead.PictureID = []int64{n.topic.ID}, n.picture(11, 700, 500)
			})
			do := func(in news.Incoming) int64 {
				res, err := other.Desk.Import(t.Context(), testkit.Actor, []news.Incoming{in})
				n.ok(err)
				n.ok(res[0].Err)
				return res[0].ID
			}
			id := do(in)
			path := n.path(id)
			n.within("published", path, true)
			n.updated(do, in, path)
			n.withdrawnEverywhere(other, id, path)
			n.embargoed(other, do)
		})
	}
}

// updated brings a new version: the new headline stands everywhere.
func (n *newsroom) updated(do func(news.Incoming) int64, in news.Incoming, path string) {
	n.T.Helper()
	in.Version, in.Hash, in.Content.Headline = "2", "zwei", "Mercusuar Tua Menyala Lagi Sesudah Enam Puluh Tahun"
	in.Content.Body = doc.Doc{Blocks: append([]doc.Block{}, in.Content.Body.Blocks...)}
	do(in)
	var paths []string
	for _, p := range append(n.surfaces(), path) {
		if !strings.HasPrefix(p, "/sitemaps/") { // addresses only
			paths = append(paths, p)
		}
	}
	n.soon("updated", paths, func(res testkit.Response) bool { return strings.Contains(res.Body, "Enam Puluh Tahun") })
}

// withdrawnEverywhere takes the story away: when that is acknowledged, it is
// gone, pictures included.
func (n *newsroom) withdrawnEverywhere(other *app.Core, id int64, path string) {
	n.T.Helper()
	var pictures []string
	n.read200(path).Find("article img").Each(func(_ int, s *goquery.Selection) { pictures = append(pictures, s.AttrOr("src", "")) })
	if len(pictures) == 0 || n.Get(pictures[0]).StatusCode != 200 {
		n.T.Fatalf("the story's pictures %q are not there", pictures)
	}
	rc, err := other.Desk.Withdraw(n.T.Context(), testkit.Actor, id, news.ReasonTrauma, "")
	n.ok(err)
	if len(rc.Pending) > 0 {
		n.T.Errorf("the withdrawal waits for %q", rc.Pending)
	}
	n.nowhere("withdrawn", path)
	n.nowhere("withdrawn", "Mercusuar Tua")
	res := n.Get(path)
	if res.StatusCode != 410 || strings.Contains(res.Body, "Mercusuar") || !strings.Contains(res.Body, "Pengalaman traumatik korban") {
		n.T.Errorf("the withdrawn story answers %d with the right notice: %v", res.StatusCode, strings.Contains(res.Body, "Pengalaman traumatik korban"))
	}
	for _, p := range pictures {
		if res := n.Get(p); res.StatusCode != 404 {
			n.T.Errorf("the withdrawn story's picture %s answers %d", p, res.StatusCode)
		}
	}
}

// embargoed takes a live story back, and holds another one until its instant.
func (n *newsroom) embargoed(other *app.Core, do func(news.Incoming) int64) {
	n.T.Helper()
	until := n.Clock.Now().Add(3 * time.Minute) // less than what makes the clock doubtful
	live := do(n.item("Mercusuar Kedua Dibangun", "nasional", n.Clock.Now(), func(c *news.Content) { c.Topics = []int64{n.topic.ID} }))
	path := n.path(live)
	n.within("published", path, true)
	rc, err := other.Desk.Embargo(n.T.Context(), testkit.Actor, live, until.Add(time.Hour))
	n.ok(err)
	if len(rc.Pending) > 0 {
		n.T.Errorf("the embargo waits for %q", rc.Pending)
	}
	n.nowhere("taken back", "Mercusuar Kedua")
	if res := n.Get(path); res.StatusCode != 404 {
		n.T.Errorf("the story that was taken back answers %d", res.StatusCode)
	}
	in := n.item("Mercusuar Ketiga Dibangun", "nasional", time.Time{}, func(c *news.Content) { c.Topics = []int64{n.topic.ID} })
	in.EmbargoUntil = until
	id := do(in)
	n.nowhere("embargoed", "Mercusuar Ketiga")
	guess := "/nasional/2026/11/23/" + strconv.FormatInt(id, 10) + "/" + lang.Slug(in.Content.Headline)
	if res := n.Get(guess); res.StatusCode != 404 {
		n.T.Errorf("the embargoed story answers %d", res.StatusCode)
	}
	n.Clock.Set(until)
	deadline := time.Now().Add(5 * time.Second)
	for n.Story(id).Status != news.Live {
		if time.Now().After(deadline) {
			n.T.Fatal("the embargo ended, and the story is not released")
		}
		time.Sleep(10 * time.Millisecond) // the loop that releases runs by the wall clock
	}
	n.within("released", n.path(id), true)
	n.nowhere("still held", "Mercusuar Kedua")
}

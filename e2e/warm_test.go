package e2e_test

import (
	"testing"

	"warta/internal/testkit"
)

// TestWarmPagesCostNothing counts: a page that is warm runs no query, no
// template and no compressor. Nothing else runs in the process, so that each
// count is the readers' own.
func TestWarmPagesCostNothing(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			n := newNewsroom(t, testkit.Options{Postgres: engine.postgres, Stopped: true}, "id")
			seq, err := n.DB.LastEvent(t.Context())
			n.ok(err)
			n.Engine.Start(seq)
			var paths []string
			for _, p := range n.pages() {
				if p.status != 404 { // what is not there is not kept
					paths = append(paths, p.path)
				}
			}
			paths = append(append(paths, n.feeds()...), "/sitemap.xml", "/sitemap-news.xml", "/sitemaps/2022-01.xml", "/robots.txt")
			get := func(path string) {
				if res := n.Get(path); res.StatusCode >= 500 || res.Body == "" {
					t.Fatalf("%s: status %d", path, res.StatusCode)
				}
			}
			for range 2 { // the second round sees what the first has changed
				for _, p := range paths {
					get(p)
				}
			}
			for _, p := range paths {
				before, ran := n.Engine.Stats(), n.DB.Statements()
				get(p)
				after := n.Engine.Stats()
				if ran = n.DB.Statements() - ran; ran != 0 || after.PageRenders != before.PageRenders ||
					after.PieceRenders != before.PieceRenders || after.Compressions != before.Compressions {
					t.Errorf("%s: %d statements, %d pages and %d pieces rendered, %d compressed", p, ran, after.PageRenders-before.PageRenders,
						after.PieceRenders-before.PieceRenders, after.Compressions-before.Compressions)
				}
			}
			ran := n.DB.Statements()
			if get("/search?q=belum-pernah"); n.DB.Statements() == ran {
				t.Error("a page that is not warm runs no statement: nothing is counted")
			}
		})
	}
}

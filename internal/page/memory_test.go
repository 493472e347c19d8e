package page

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// noise is text that does not compress to nothing.
func noise(random *rand.Rand, n int) string {
	var b strings.Builder
	for b.Len() < n {
		fmt.Fprintf(&b, "%x ", random.Uint64())
	}
	return b.String()
}

// archive is a source of any number of pages, with two modules that all share
// and one that each has for itself.
func archive(k *kitchen, n int) {
	random := rand.New(rand.NewPCG(9, 10))
	body := noise(random, 4_000)
	k.set("masthead", noise(random, 3_000))
	k.set("latest", noise(random, 3_000))
	for i := range n {
		own := Hole{Module: "own", Params: fmt.Sprint(i)}
		k.page(fmt.Sprintf("/%d", i), body, []Hole{{Module: "masthead"}, own, {Module: "latest"}}, fmt.Sprintf("story:%d", i))
		k.module(own, Rendering{Body: []byte(body), Tags: []string{"own"}})
	}
}

func TestACrawlerPushesNothingOut(t *testing.T) {
	t.Parallel()
	if raceEnabled {
		t.Skip("one goroutine, and the detector makes compressing slow")
	}
	const limit, archived, popular = 120 << 10, 600, 6
	k := newKitchen(t)
	archive(k, archived)
	e := k.start(Options{PageBytes: limit, PieceBytes: limit})
	visit := func(i int) {
		if _, err := e.Get(t.Context(), fmt.Sprintf("/%d", i), 0); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 20 * popular {
		visit(i % popular)
	}
	k.counts()
	visits := 0
	// A popular page comes round after 60 others, twice what fits.
	for i := popular; i < archived; i++ {
		visit(i)
		if i%10 == 0 {
			visit(visits % popular)
			visits++
		}
	}
	e.pages.cache.CleanUp()
	e.pieces.cache.CleanUp()
	if s := e.Stats(); s.PageBytes > limit || s.PieceBytes > limit || s.Pages < popular || s.Pages > 60 {
		t.Errorf("holds %d pages of %d bytes, %d pieces of %d bytes", s.Pages, s.PageBytes, s.Pieces, s.PieceBytes)
	}
	crawl := k.counts()
	if crawl["masthead"]+crawl["latest"] > archived/50 { // the memory's notes of reads are not exact
		t.Errorf("shared pieces were rendered again: masthead %d, latest %d", crawl["masthead"], crawl["latest"])
	}
	again := 0
	for i := range popular {
		again += crawl[fmt.Sprintf("page /%d", i)]
	}
	if again > visits/2 { // with the oldest pushed out first it would be all
		t.Errorf("popular pages were rendered again on %d of %d visits", again, visits)
	}
}

func TestOldPiecesAreFreed(t *testing.T) {
	t.Parallel()
	const limit = 100 << 10
	random := rand.New(rand.NewPCG(11, 12))
	k := newKitchen(t)
	for i := range 120 {
		k.page(fmt.Sprintf("/%d", i), "x", []Hole{{Module: "latest"}}, "story")
	}
	e := k.start(Options{PieceBytes: limit})
	for i := range 120 { // each page is seen once, with a list of its own time
		k.set("latest", noise(random, 6_000))
		e.Announce(int64(i), []string{"latest"}, false)
		if _, err := e.Get(t.Context(), fmt.Sprintf("/%d", i), 0); err != nil {
			t.Fatal(err)
		}
	}
	if e.Stats().Sweeps == 0 {
		t.Error("never swept")
	}
	held, seen := 0, map[*standing]bool{}
	for s := range e.pages.cache.Values() {
		v := s.views[0].Load()
		if v == nil {
			continue
		}
		for i, part := range v.parts {
			if i > 0 && !seen[part] {
				seen[part] = true
				held += len(v.response.blocks[1].deflate)
			}
		}
	}
	if held > limit/2 {
		t.Errorf("views hold %d bytes of pieces, the limit for pieces is %d", held, limit)
	}
	expect(t, e, "/3", 0, k.want("/3", 0))
}

// A page that several classes of readers ask for weighs more, and the limit holds
// all the same.
func TestEveryClassOfReadersWeighs(t *testing.T) {
	t.Parallel()
	const limit = 64 << 10
	k := newKitchen(t)
	for i := range 100 {
		k.page(fmt.Sprint("/", i), "x", nil)
	}
	e := k.start(Options{PageBytes: limit})
	expect(t, e, "/0", 0, k.want("/0", 0))
	e.pages.cache.CleanUp()
	before := e.Stats().PageBytes
	for class := range Class(classes) {
		expect(t, e, "/0", class, k.want("/0", class))
	}
	e.pages.cache.CleanUp()
	if got := e.Stats().PageBytes; got != before+(classes-1)*viewBytes {
		t.Errorf("a page with %d views weighs %d, with one %d", classes, got, before)
	}
	if entry, ok := e.pages.cache.GetEntryQuietly("/0"); !ok || entry.Value.dropped.Load() {
		t.Error("the page was taken for one that memory let go of")
	}
	for i := range 100 {
		for class := range Class(classes) {
			expect(t, e, fmt.Sprint("/", i), class, k.want(fmt.Sprint("/", i), class))
		}
	}
	e.pages.cache.CleanUp()
	views := 0
	for s := range e.pages.cache.Values() {
		views += s.seen()
	}
	if got := e.Stats().PageBytes; got > limit || views*viewBytes > limit || views == 0 {
		t.Errorf("%d views in %d bytes, at most %d", views, got, limit)
	}
}

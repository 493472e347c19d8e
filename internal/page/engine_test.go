package page

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestWarmPagesCostNothing(t *testing.T) {
	k := newKitchen(t)
	k.page("/a", "a", []Hole{{Module: "latest"}, {Module: "ad", Hide: AdFree}}, "story:1")
	k.set("latest", "news")
	k.set("ad", "buy")
	e := k.start(Options{})
	expect(t, e, "/a", 0, "a<i>news</i><i>buy</i>")
	expect(t, e, "/a", AdFree, "a<i>news</i><i></i>")
	k.counts()
	e.pages.cache.CleanUp() // or its figures settle only later
	e.pieces.cache.CleanUp()
	before := e.Stats()
	if before.PageRenders != 1 || before.PieceRenders != 2 || before.Joins != 2 {
		t.Errorf("making it took %+v", before)
	}

	ctx := t.Context()
	warm := func() {
		for _, class := range []Class{0, AdFree} {
			if _, err := e.Get(ctx, "/a", class); err != nil {
				t.Fatal(err)
			}
		}
	}
	allocs := testing.AllocsPerRun(1000, warm)
	k.expectRenders(t, map[string]int{})
	after := e.Stats()
	if after.Hits != before.Hits+2002 {
		t.Errorf("%d hits", after.Hits-before.Hits)
	}
	if n := after.Answers[Memory][0] - before.Answers[Memory][0]; n != 1001 {
		t.Errorf("%d answers from memory for the anonymous", n)
	}
	after.Hits, after.Answers = before.Hits, before.Answers
	if after != before {
		t.Errorf("warm requests changed %+v into %+v", before, after)
	}
	// After announcements that do not touch it, it is only looked at again.
	other := []string{"story:2"}
	checks := testing.AllocsPerRun(100, func() {
		e.Announce(1, other, false)
		warm()
	})
	k.expectRenders(t, map[string]int{})
	if got := e.Stats(); got.Joins != before.Joins || got.Compressions != before.Compressions {
		t.Errorf("untouched pages were put together again: %+v", got)
	}
	if raceEnabled {
		return // the detector allocates
	}
	if allocs != 0 {
		t.Errorf("a warm request allocates %v times", allocs)
	}
	if checks > 1 { // the hashes of the tags
		t.Errorf("an announcement and two checks allocate %v times", checks)
	}
}

func TestPublishingCostsTheModulesThatItTouches(t *testing.T) {
	t.Parallel()
	const pages = 100
	k := newKitchen(t)
	latest := Hole{Module: "latest", Params: "3"}
	k.module(latest, Rendering{Body: []byte("5 4 3"), Tags: []string{"latest:3", "story:5", "story:4", "story:3"}, Contains: []string{"5", "4", "3"}})
	for _, id := range []string{"3", "4", "5"} {
		without := strings.ReplaceAll("5 4 3", id, "2")
		k.module(Hole{Module: "latest", Params: "3", Without: id}, Rendering{Body: []byte(without), Tags: []string{"latest:3"}})
	}
	k.set("masthead", "Kabar")
	for id := range pages {
		hole := latest
		hole.Without = fmt.Sprint(id)
		k.page(fmt.Sprintf("/%d", id), fmt.Sprint("story ", id), []Hole{{Module: "masthead"}, hole}, fmt.Sprintf("story:%d", id))
	}
	e := k.start(Options{})
	all := func() {
		t.Helper()
		for id := range pages {
			key := fmt.Sprintf("/%d", id)
			expect(t, e, key, 0, k.want(key, 0))
		}
	}

	all()
	got := k.counts()
	if len(got) != pages+5 {
		t.Errorf("%d different renderings for %d pages, a masthead and four lists", len(got), pages)
	}
	for what, n := range got {
		if n != 1 {
			t.Errorf("%s was rendered %d times", what, n)
		}
	}

	// Story 6 is published: it stands in the list, 3 falls out.
	k.page("/6", "story 6", []Hole{{Module: "masthead"}, {Module: "latest", Params: "3", Without: "6"}}, "story:6")
	k.module(latest, Rendering{Body: []byte("6 5 4"), Tags: []string{"latest:3", "story:6", "story:5", "story:4"}, Contains: []string{"6", "5", "4"}})
	k.module(Hole{Module: "latest", Params: "3", Without: "6"}, Rendering{Body: []byte("5 4 3"), Tags: []string{"latest:3"}})
	e.Announce(1, []string{"story:6", "latest:3", "section:3"}, false)
	all()
	k.expectRenders(t, map[string]int{
		"page /6": 1, "latest 3": 1, "latest 3 6": 1, "latest 3 5": 1, "latest 3 4": 1,
	})
}

func TestClassesShareASkeleton(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	k.page("/m", "intro", []Hole{
		{Module: "rest", Need: MembersText},
		{Module: "offer", Hide: MembersText},
		{Module: "ad", Hide: AdFree},
		{Module: "hello", Need: Registered, Hide: AdFree},
	}, "story:1")
	for _, module := range []string{"rest", "offer", "ad", "hello"} {
		k.set(module, module)
	}
	e := k.start(Options{})
	for class := range Class(classes) {
		expect(t, e, "/m", class, k.want("/m", class))
	}
	expect(t, e, "/m", classes+AdFree, k.want("/m", AdFree)) // unknown bits mean nothing
	k.expectRenders(t, map[string]int{"page /m": 1, "rest": 1, "offer": 1, "ad": 1, "hello": 1})
	anonymous, member := get(t, e, "/m", 0), get(t, e, "/m", MembersText|AdFree)
	if strings.Contains(anonymous, "rest") || strings.Contains(member, "ad") {
		t.Errorf("anonymous %q, member %q", anonymous, member)
	}
}

func TestETagFollowsThePieces(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	k.page("/", "x", []Hole{{Module: "latest"}}, "front")
	k.set("latest", "one")
	e := k.start(Options{})
	tag := func(e *Engine) string {
		r, err := e.Get(t.Context(), "/", 0)
		if err != nil {
			t.Fatal(err)
		}
		return r.ETag(Gzip)
	}
	first := tag(e)
	e.Announce(1, []string{"latest", "front"}, false)
	if got := tag(e); got != first {
		t.Errorf("rendered anew with the same text the tag went from %s to %s", first, got)
	}
	if got := tag(k.start(Options{})); got != first {
		t.Errorf("another process says %s, not %s", got, first)
	}
	k.set("latest", "two")
	e.Announce(2, []string{"latest"}, false)
	if tag(e) == first {
		t.Error("another piece, the same tag")
	}
}

func TestClocks(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	k.page("/", "x", []Hole{{Module: "date"}, {Module: "latest"}}, "front")
	k.set("latest", "news")
	k.module(Hole{Module: "date"}, Rendering{Body: []byte("today"), Until: k.clock.Add(time.Hour)})
	k.pages["/sitemap"] = func() (Rendering, error) {
		return Rendering{Body: []byte("<urlset/>"), Until: k.clock.Add(time.Minute)}, nil
	}
	e := k.start(Options{})
	get(t, e, "/", 0)
	get(t, e, "/sitemap", 0)
	k.pass(time.Hour - 1)
	get(t, e, "/", 0)
	get(t, e, "/sitemap", 0)
	k.expectRenders(t, map[string]int{"page /": 1, "date": 1, "latest": 1, "page /sitemap": 2})

	k.module(Hole{Module: "date"}, Rendering{Body: []byte("tomorrow"), Until: k.now().Add(24 * time.Hour)})
	k.pass(1)
	expect(t, e, "/", 0, "x<i>tomorrow</i><i>news</i>")
	get(t, e, "/", 0)
	k.expectRenders(t, map[string]int{"date": 1})
}

func TestWhatTheEngineRefuses(t *testing.T) {
	t.Parallel()
	hole := func(r Rendering, body string) func() (Rendering, error) {
		return func() (Rendering, error) {
			h := NewHoles()
			r.Body, r.Holes = fmt.Appendf(nil, body, h.Put(Hole{Module: "latest"})), h
			return r, nil
		}
	}
	plain := func(r Rendering) func() (Rendering, error) {
		return func() (Rendering, error) { return r, nil }
	}
	tests := map[string]func() (Rendering, error){
		"a marker in an attribute":       hole(Rendering{}, `<p title="%s">`),
		"a hole that was not printed":    hole(Rendering{}, `<p>%.0s`),
		"a cookie":                       plain(Rendering{Header: []Field{{"set-cookie", "a=b"}}}),
		"a header line of the engine's":  plain(Rendering{Header: []Field{{"cache-control", "x"}}}),
		"a header line that breaks":      plain(Rendering{Header: []Field{{"Link", "a\r\nb: c"}}}),
		"a location that breaks":         plain(Rendering{Status: 301, Location: "/a\nb"}),
		"too long a header line":         plain(Rendering{Header: []Field{{"Link", strings.Repeat("x", maxFieldBytes+1)}}}),
		"too many header lines":          plain(Rendering{Header: make([]Field, maxFields+1)}),
		"a status that is none":          plain(Rendering{Status: 42}),
		"a module with holes of its own": hole(Rendering{}, `<p>%s`),
		"a source that panics":           func() (Rendering, error) { panic("no such field") },
	}
	for name, recipe := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKitchen(t)
			k.pages["/"] = recipe
			k.set("latest", "news")
			if name == "a module with holes of its own" {
				k.modules[Hole{Module: "latest"}] = hole(Rendering{}, "%s")
			}
			e := k.start(Options{})
			if name == "a source that panics" {
				k.pages["/"] = plain(Rendering{})
				k.hold(func(string) { recipe() }) // outside the kitchen's lock
			}
			_, err := e.Get(t.Context(), "/", 0)
			if !errors.Is(err, ErrUnavailable) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestNoMarkerLeaks(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	hostile := NewHoles()
	imitation := hostile.Put(Hole{Module: "latest"})
	k.page("/", "<p>"+imitation+"</p>", []Hole{{Module: "latest"}}, "front")
	k.set("latest", "piece with "+imitation)
	e := k.start(Options{})
	want := "<p>" + imitation + "</p><i>piece with " + imitation + "</i>"
	expect(t, e, "/", 0, want) // as it was written, and no marker besides
	if n := strings.Count(get(t, e, "/", 0), "<!--"); n != 2 {
		t.Errorf("%d comments", n)
	}
}

func TestSuspension(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	k.page("/m", "intro", []Hole{{Module: "rest", Need: MembersText}, {Module: "offer", Hide: MembersText}}, "story:1")
	k.set("rest", "secret")
	k.set("offer", "subscribe")
	e := New(k, Options{Now: k.now, OfflineLimit: time.Minute})
	t.Cleanup(e.Close)
	refused := func(why string) {
		t.Helper()
		if _, err := e.Get(t.Context(), "/m", 0); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: got %v", why, err)
		}
	}

	e.Announce(7, []string{"story:1"}, false)
	refused("before the start, even with an event")
	e.Start(9)
	e.Announce(8, []string{"story:1"}, false)
	if e.Applied() != 9 {
		t.Errorf("applied %d", e.Applied())
	}
	expect(t, e, "/m", MembersText, "intro<i>secret</i><i></i>")

	e.Suspend(k.now())
	k.pass(time.Minute)
	e.Suspend(k.now()) // says nothing new
	r, err := e.Get(t.Context(), "/m", MembersText)
	if err != nil {
		t.Fatal(err)
	}
	header := map[string][]string{}
	r.Header(header, Gzip)
	if !r.Offline || header["Warta-Offline"] == nil || strings.Contains(header["Cache-Control"][0], "s-maxage=3") {
		t.Errorf("not marked: %v", header)
	}
	if got := text(t, r); got != "intro<i></i><i>subscribe</i>" {
		t.Errorf("a member reads %q while rights are not known", got)
	}
	k.pass(1)
	refused("after the limit")
	e.Resume()
	expect(t, e, "/m", MembersText, "intro<i>secret</i><i></i>")
	if r, err := e.Get(t.Context(), "/m", 0); err != nil || r.Offline {
		t.Errorf("still marked, %v", err)
	}
}

func TestHotPiecesAreRebuiltAtOnce(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	k.page("/", "x", []Hole{{Module: "latest"}, {Module: "cold"}}, "front")
	k.set("latest", "one")
	k.set("cold", "one")
	e := k.start(Options{Hot: func(module string) bool { return module == "latest" }})
	get(t, e, "/", 0)
	k.counts()
	for seq, takedown := range []bool{false, true} {
		rendered := make(chan string, 4)
		k.hold(func(what string) { rendered <- what })
		e.Announce(int64(seq), []string{"latest", "cold"}, takedown)
		if what := <-rendered; what != "latest" {
			t.Errorf("%s was rebuilt", what)
		}
		k.hold(nil)
		get(t, e, "/", 0)
	}
	k.expectRenders(t, map[string]int{"latest": 2, "cold": 2})
}

func TestCloseEndsRenderings(t *testing.T) {
	t.Parallel()
	began := make(chan struct{})
	e := New(sourceFunc(func(ctx context.Context, _ string) (Rendering, error) {
		close(began)
		<-ctx.Done()
		return Rendering{}, ctx.Err()
	}), Options{})
	e.Start(0)
	failed := make(chan error)
	go func() {
		_, err := e.Get(context.Background(), "/", 0)
		failed <- err
	}()
	<-began
	e.Close()
	if err := <-failed; !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if _, err := e.Get(t.Context(), "/other", 0); !errors.Is(err, ErrUnavailable) {
		t.Errorf("after Close: %v", err)
	}
}

// sourceFunc is a Source of pages alone.
type sourceFunc func(ctx context.Context, key string) (Rendering, error)

func (f sourceFunc) Page(ctx context.Context, key string) (Rendering, error) { return f(ctx, key) }
func (f sourceFunc) Module(context.Context, Hole) (Rendering, error) {
	return Rendering{}, errors.New("no modules")
}

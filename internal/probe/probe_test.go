package probe_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/probe"
	"warta/internal/testkit"
)

// canary stands in every field of a story that is taken away.
const canary = "KENARI-EMAS"

// both runs a test on both engines.
func both(t *testing.T, run func(t *testing.T, s *testkit.Site)) {
	t.Helper()
	for _, postgres := range []bool{false, true} {
		name := "sqlite"
		if postgres {
			name = "postgres"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, testkit.New(t, testkit.Options{Postgres: postgres}))
		})
	}
}

// proof waits for the receipt of a story that nobody works on any more.
func proof(t *testing.T, s *testkit.Site, id int64, kind news.ProofKind) news.Proof {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		list, _, err := s.DB.Proofs(t.Context(), id, time.Time{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			if p.Kind == kind && p.State != news.ProofOpen {
				return p
			}
		}
	}
	list, _, err := s.DB.Proofs(t.Context(), id, time.Time{}, 10)
	t.Fatalf("there is no receipt of the %s of story %d: %+v, %v", kind, id, list, err)
	return news.Proof{}
}

// picture adds a picture to the library.
func picture(t *testing.T, s *testkit.Site) int64 {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 900, 600))
	for x := range 900 {
		for y := range 600 {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	p, _, err := s.Library.Add(t.Context(), "test", &b, media.Details{Caption: "Sawah", Credit: "Uji"})
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// names returns the names of the surfaces, each once.
func names(p news.Proof) (list []string) {
	for _, s := range p.Surfaces {
		if !slices.Contains(list, s.Name) {
			list = append(list, s.Name)
		}
	}
	return list
}

func TestAReleaseIsSeenOnEverySurface(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *testkit.Site) {
		st := s.Publish(news.Content{Headline: `Harga "Beras" & Cabai Naik 5% + Ongkos`, Lead: news.Lead{PictureID: picture(t, s)}})
		p := proof(t, s, st.ID, news.ProofRelease)
		if p.State != news.ProofConfirmed || p.Version != st.LiveNo {
			t.Errorf("state %s, version %d", p.State, p.Version)
		}
		for _, sf := range p.Surfaces {
			if !sf.Right || sf.Status != http.StatusOK || !sf.Found || sf.At.IsZero() || sf.ETag == "" {
				t.Errorf("%+v", sf)
			}
		}
		want := []string{"story", "latest", "feed", "front", "section", "news_sitemap", "sitemap", "search", "card", "picture"}
		if got := names(p); !slices.Equal(got, want) {
			t.Errorf("looked at %v, want %v", got, want)
		}
		reads, err := s.Reads.MostRead(t.Context(), 0, testkit.Start.Add(-time.Hour), 10)
		if err != nil || len(reads) > 0 {
			t.Errorf("the probe counts as a reader: %v, %v", reads, err)
		}
	})
}

func TestAWithdrawalIsProvedByLooking(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *testkit.Site) {
		topics, err := s.DB.EnsureTopics(t.Context(), []string{canary})
		if err != nil {
			t.Fatal(err)
		}
		persons, err := s.DB.EnsurePersons(t.Context(), []string{"Rani Sari"})
		if err != nil {
			t.Fatal(err)
		}
		pic := picture(t, s)
		st := s.Publish(news.Content{Headline: canary + " di Judul", Standfirst: canary, Dateline: canary, Body: s.Body(canary + " di badan berita."),
			Topics: []int64{topics[canary]}, Credits: []news.Credit{{PersonID: persons["Rani Sari"], Role: news.Writer}}, Lead: news.Lead{PictureID: pic}})
		other := s.Publish(news.Content{Headline: "Berita Lain", Lead: news.Lead{PictureID: pic}})
		proof(t, s, st.ID, news.ProofRelease)
		proof(t, s, other.ID, news.ProofRelease)
		if _, err := s.Desk.Withdraw(t.Context(), testkit.Actor, st.ID, news.ReasonTrauma, ""); err != nil {
			t.Fatal(err)
		}
		p := proof(t, s, st.ID, news.ProofTakedown)
		if p.State != news.ProofConfirmed {
			t.Errorf("state %s: %+v", p.State, p.Surfaces)
		}
		want := []string{"story", "front", "latest", "feed", "section", "index", "topic", "author", "news_sitemap", "sitemap", "search", "card"}
		if got := names(p); !slices.Equal(got, want) {
			t.Errorf("looked at %v, want %v: the other story shows the picture", got, want)
		}
		for _, sf := range p.Surfaces {
			body := s.Get(sf.Path).Body
			if sf.Found || sf.Name != "topic" && sf.Name != "search" && strings.Contains(body, canary) {
				t.Errorf("%s still holds it: %+v", sf.Path, sf)
			}
			of := map[string]string{"/topic/" + lang.Slug(canary): canary, "/author/rani-sari": "Rani Sari", "/feeds/author/rani-sari/rss.xml": "Rani Sari"}[sf.Path]
			if sf.Of != of && !slices.Contains([]string{"section", "feed"}, sf.Name) || of != "" && sf.Of != of || strings.Contains(sf.Path, "section/") && sf.Of == "" {
				t.Errorf("%s is of %q, want %q", sf.Path, sf.Of, of)
			}
			if sf.Name == "story" && sf.Status != http.StatusGone {
				t.Errorf("the story answers %d", sf.Status)
			}
		}
		if _, err := s.Desk.Withdraw(t.Context(), testkit.Actor, other.ID, news.ReasonTrauma, ""); err != nil {
			t.Fatal(err)
		}
		gone := 0
		for _, sf := range proof(t, s, other.ID, news.ProofTakedown).Surfaces {
			if sf.Name == "picture" && sf.Status == http.StatusNotFound {
				gone++
			}
		}
		if gone != len(media.Crops()) {
			t.Errorf("%d addresses of the picture are gone, want %d", gone, len(media.Crops()))
		}
	})
}

func TestWhatTheServerShowsDecides(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	id := s.Create(news.Content{Headline: "Kabar Bohong"})
	if _, err := s.Desk.Publish(t.Context(), account.Actor{ID: 5, Name: "Rani", Role: account.Owner}, id); err != nil {
		t.Fatal(err)
	}
	if p := proof(t, s, id, news.ProofRelease); p.State != news.ProofConfirmed {
		t.Fatalf("%+v", p)
	}
	st := s.Story(id)
	// A server that goes on showing everything, such as one with a stale cache.
	stale := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "<h1>Kabar Bohong</h1><a href=%q>", s.Path(st))
	}))
	defer stale.Close()
	now := s.Clock.Now()
	liar, err := probe.New(s.DB, s.URL, func() string { return stale.Listener.Addr().String() }, probe.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer liar.Close()
	order := func(kind news.ProofKind, version int, at time.Time) json.RawMessage {
		b, err := json.Marshal(news.ProbeOrder{StoryID: id, Kind: kind, Version: version, At: at.UnixMilli(), By: 5})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	last := func() news.Proof {
		t.Helper()
		list, _, err := s.DB.Proofs(t.Context(), id, time.Time{}, 1)
		if err != nil || len(list) == 0 {
			t.Fatalf("%v, %v", list, err)
		}
		return list[0]
	}
	t.Run("another version than the live one is not looked for", func(t *testing.T) {
		now = now.Add(time.Second)
		if err := liar.Look(t.Context(), order(news.ProofRelease, 7, now)); err != nil {
			t.Fatal(err)
		}
		if p := last(); p.State != news.ProofSuperseded {
			t.Errorf("%+v", p)
		}
	})
	s.Clock.Set(now.Add(time.Minute))
	if _, err := s.Desk.Withdraw(t.Context(), testkit.Actor, id, news.ReasonSARA, ""); err != nil {
		t.Fatal(err)
	}
	if p := proof(t, s, id, news.ProofTakedown); p.State != news.ProofConfirmed {
		t.Fatalf("%+v", p)
	}
	t.Run("a story that can still be seen is not confirmed as gone", func(t *testing.T) {
		at := s.Clock.Now().Add(time.Minute)
		now = at
		for looks := 1; ; looks++ {
			err := liar.Look(t.Context(), order(news.ProofTakedown, st.LiveNo, at))
			p := last()
			if p.State == news.ProofUnconfirmed {
				if err != nil || now.Sub(at) < 5*time.Minute {
					t.Errorf("given up after %s: %v", now.Sub(at), err)
				}
				break
			}
			if err == nil || p.State != news.ProofOpen || p.Looks != looks || looks > 40 {
				t.Fatalf("look %d: %v, %+v", looks, err, p)
			}
			now = now.Add(20 * time.Second)
		}
		for _, sf := range last().Surfaces {
			if sf.Right {
				t.Errorf("%+v is called right", sf)
			}
		}
		notices, _, err := s.DB.Notices(t.Context(), 5, 0, 10)
		if err != nil || len(notices) == 0 || notices[0].Kind != news.NoticeUnconfirmed {
			t.Errorf("notices %+v, %v", notices, err)
		}
	})
}

func TestAServerThatDoesNotAnswerIsAskedLonger(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Unproved: true})
	st := s.Publish(news.Content{Headline: "Kabar Senyap"})
	away := httptest.NewServer(http.NotFoundHandler())
	addr := away.Listener.Addr().String()
	away.Close()
	for _, c := range []struct {
		after time.Duration
		want  news.ProofState
	}{{29 * time.Minute, news.ProofOpen}, {31 * time.Minute, news.ProofUnconfirmed}} {
		now := testkit.Start.Add(c.after)
		p, err := probe.New(s.DB, s.URL, func() string { return addr }, probe.Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		order, err := json.Marshal(news.ProbeOrder{StoryID: st.ID, Kind: news.ProofRelease, Version: st.LiveNo, At: testkit.Start.UnixMilli()})
		if err != nil {
			t.Fatal(err)
		}
		err = p.Look(t.Context(), order)
		list, _, dbErr := s.DB.Proofs(t.Context(), st.ID, time.Time{}, 1)
		if dbErr != nil || len(list) != 1 || list[0].State != c.want || (err != nil) != (c.want == news.ProofOpen) {
			t.Errorf("after %s: %v, %v, %+v", c.after, err, dbErr, list)
		}
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{":8080": "127.0.0.1:8080", "0.0.0.0:80": "127.0.0.1:80", "[::]:80": "localhost:80",
		"127.0.0.1:9": "127.0.0.1:9", "10.0.0.7:80": "10.0.0.7:80", "localhost:80": "localhost:80"} {
		if got := probe.Loopback(listen); got != want {
			t.Errorf("%s is reached at %s, want %s", listen, got, want)
		}
	}
}

// Of stories that go out one after the other, the pages that show them all are
// looked at once for many, and each story's own once for each.
func TestABurstOfReleasesSharesWhatItLooksAt(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Unproved: true})
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	asked := map[string]int{}
	through := httputil.NewSingleHostReverseProxy(target)
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.URL.Path]++
		mu.Unlock()
		through.ServeHTTP(w, r)
	}))
	defer between.Close()
	// The pace is told by hand: a slow machine would take longer for six looks.
	var elapsed time.Duration
	now := func() time.Time { return s.Clock.Now().Add(elapsed + time.Second) }
	p, err := probe.New(s.DB, s.URL, func() string { return between.Listener.Addr().String() },
		probe.Options{Now: now, Elapsed: func() time.Duration { return elapsed }})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	look := func(st news.Story) error {
		order, err := json.Marshal(news.ProbeOrder{StoryID: st.ID, Kind: news.ProofRelease, Version: st.LiveNo, At: now().UnixMilli()})
		if err != nil {
			t.Fatal(err)
		}
		return p.Look(t.Context(), order)
	}
	first := s.Publish(news.Content{Headline: "Kabar Pertama dari Kota"})
	if err := look(first); err != nil {
		t.Fatalf("the first has to wait: %v", err)
	}
	var burst []news.Story
	for i := range 6 {
		st := s.Publish(news.Content{Headline: fmt.Sprintf("Kabar Susulan Nomor %d", i)})
		burst = append(burst, st)
		if err := look(st); err == nil {
			t.Errorf("story %d does not wait: its front page was asked for before it went out", i)
		}
	}
	elapsed = 5100 * time.Millisecond
	at := s.Clock.Now().Add(3 * time.Second)
	for _, st := range burst {
		order, err := json.Marshal(news.ProbeOrder{StoryID: st.ID, Kind: news.ProofRelease, Version: st.LiveNo, At: at.UnixMilli()})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Look(t.Context(), order); err != nil {
			t.Errorf("story %d: %v", st.ID, err)
		}
	}
	for _, st := range append(burst, first) {
		if p := proof(t, s, st.ID, news.ProofRelease); p.State != news.ProofConfirmed {
			t.Errorf("story %d: %+v", st.ID, p)
		}
		if n := asked[s.Path(st)]; n != 1 {
			t.Errorf("story %d was asked for %d times", st.ID, n)
		}
	}
	for _, path := range []string{"/", "/latest", "/sitemap-news.xml", "/feeds/rss.xml"} {
		if n := asked[path]; n != 2 {
			t.Errorf("%s was asked for %d times, for one story and for six", path, n)
		}
	}
}

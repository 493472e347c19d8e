package app_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/app"
	"warta/internal/doc"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/testkit"
)

// photograph adds a picture, of which renditions are small, or large if it is
// rough, and returns it with the token of its wide crop.
func photograph(s *testkit.Site, seed uint64, rough bool) (media.Picture, string) {
	s.T.Helper()
	rnd := rand.New(rand.NewPCG(seed, 7))
	w, h := 640, 360
	if rough {
		w, h = 1280, 720
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(x/8) + uint8(seed)
			if rough {
				v = uint8(rnd.Uint32())
			}
			img.SetRGBA(x, y, color.RGBA{v, uint8(y), uint8(seed), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		s.T.Fatal(err)
	}
	p, _, err := s.Library.Add(s.T.Context(), "test", &b, media.Details{Name: fmt.Sprint(seed, ".jpg"), Caption: "Dermaga", Credit: "Uji", Alt: "Dermaga"})
	if err != nil {
		s.T.Fatal(err)
	}
	tokens, err := s.DB.AddressesOf(s.T.Context(), []int64{p.ID})
	if err != nil {
		s.T.Fatal(err)
	}
	return p, tokens[p.ID][media.Wide]
}

// TestAWithdrawalEndsAPictureInMemory has many ask for a picture, some by way of
// net/http, while the stories that show it are withdrawn one after the other.
func TestAWithdrawalEndsAPictureInMemory(t *testing.T) {
	t.Parallel()
	for _, postgres := range []bool{false, true} {
		t.Run(map[bool]string{false: "sqlite", true: "postgres"}[postgres], func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: postgres})
			pic, token := photograph(s, 1, false)
			at := media.Path(token, 640, media.WebP)
			var acknowledged atomic.Int64 // even: no story shows it
			var shown, absent, wrong atomic.Int64
			stop := make(chan struct{})
			var all sync.WaitGroup
			for i := range 8 {
				all.Go(func() {
					client := &http.Client{Transport: &http.Transport{}}
					defer client.CloseIdleConnections()
					for {
						select {
						case <-stop:
							return
						default:
						}
						before := acknowledged.Load()
						req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+at, nil)
						if err != nil {
							t.Error(err)
							return
						}
						if i%2 == 1 {
							req.Header.Set("Range", "bytes=0-")
						}
						res, err := client.Do(req)
						if err != nil {
							t.Error(err)
							return
						}
						_, _ = io.Copy(io.Discard, res.Body)
						res.Body.Close()
						switch {
						case res.StatusCode == 404:
							absent.Add(1)
						case res.StatusCode != 200 && res.StatusCode != 206:
							t.Errorf("status %d", res.StatusCode)
						case before%2 == 0 && acknowledged.Load() == before:
							wrong.Add(1)
						default:
							shown.Add(1)
						}
					}
				})
			}
			for range 8 {
				acknowledged.Add(1) // before a story shows it
				first := s.Publish(news.Content{Lead: news.Lead{PictureID: pic.ID}})
				second := s.Publish(news.Content{Lead: news.Lead{PictureID: pic.ID}})
				until(t, "it is shown", shown.Load)
				for _, st := range []news.Story{first, second} {
					if res := s.Get(at); res.StatusCode != 200 {
						t.Fatalf("while story %d shows it: status %d", st.ID, res.StatusCode)
					}
					if _, err := s.Desk.Withdraw(t.Context(), testkit.Actor, st.ID, news.ReasonChild, ""); err != nil {
						t.Fatal(err)
					}
				}
				acknowledged.Add(1)
				if res := s.Get(at); res.StatusCode != 404 {
					t.Errorf("after the last withdrawal: status %d", res.StatusCode)
				}
				until(t, "it is absent", absent.Load)
			}
			close(stop)
			all.Wait()
			hits := s.Engine.Files().Stats().Hits
			t.Logf("shown %d times, %d out of memory, absent %d times, %d times after the withdrawal", shown.Load(), hits, absent.Load(), wrong.Load())
			if wrong.Load() > 0 || hits == 0 {
				t.Errorf("%d answers after the withdrawal, %d out of memory", wrong.Load(), hits)
			}
		})
	}
}

// until waits until a count moves by a few.
func until(t *testing.T, what string, count func() int64) {
	t.Helper()
	start := count()
	eventually(t, what, func() bool { return count() >= start+8 })
}

// TestAPortraitEndsWithItsPerson takes away what shows a picture beside the lead of
// a story: the portrait of a person, and a static page.
func TestAPortraitEndsWithItsPerson(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	face, faceToken := photograph(s, 1, false)
	chart, chartToken := photograph(s, 2, false)
	person, err := s.App.Site.SavePerson(t.Context(), testkit.Actor, news.Person{Slug: "rani", Name: "Rani", PictureID: face.ID})
	if err != nil {
		t.Fatal(err)
	}
	page := func(pictures ...int64) {
		t.Helper()
		p := news.StaticPage{Slug: "alamat", Title: "Alamat", Body: s.Body("Jalan Kenanga 1.")}
		for _, id := range pictures {
			p.Body.Blocks = append(p.Body.Blocks, doc.Picture{ID: "pppppp01", Picture: id})
		}
		if err := s.App.Site.SavePage(t.Context(), testkit.Actor, p); err != nil {
			t.Fatal(err)
		}
		last, err := s.DB.LastEvent(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.Settle(last)
	}
	page(chart.ID)
	st := s.Publish(news.Content{Credits: []news.Credit{{PersonID: person.ID, Role: news.Writer}}})
	faceAt, chartAt := media.Path(faceToken, 320, media.WebP), media.Path(chartToken, 320, media.WebP)
	warm := func(at string, want int) {
		t.Helper()
		for range 3 {
			if res := s.Get(at); res.StatusCode != want {
				t.Fatalf("%s: status %d, want %d", at, res.StatusCode, want)
			}
		}
		if _, ok := s.Engine.Files().Warm(at); ok != (want == 200) {
			t.Errorf("%s is in memory: %v", at, ok)
		}
	}
	warm(faceAt, 200)
	warm(chartAt, 200)
	if _, err := s.Desk.Withdraw(t.Context(), testkit.Actor, st.ID, news.ReasonChild, ""); err != nil {
		t.Fatal(err)
	}
	warm(faceAt, 404)
	warm(chartAt, 200)
	page()
	warm(chartAt, 404)
}

// TestPicturesWithoutTheDatabase goes by what pages do: warm ones for ten minutes,
// and marked.
func TestPicturesWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"on", "off"} {
		t.Run("fast path "+way, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Configure: func(c *app.Config) { c.FastPath = way }})
			pic, token := photograph(s, 1, false)
			s.Publish(news.Content{Lead: news.Lead{PictureID: pic.ID}})
			at := media.Path(token, 640, media.WebP)
			whole := s.Get(at)
			s.Engine.Suspend(s.Clock.Now())
			res := s.Get(at)
			if res.StatusCode != 200 || res.Header.Get("Warta-Offline") != "1" || res.Header.Get("Cache-Control") != "public, max-age=0, s-maxage=0" || res.Body != whole.Body {
				t.Errorf("status %d, %v", res.StatusCode, res.Header)
			}
			s.Clock.Set(s.Clock.Now().Add(11 * time.Minute))
			if _, ok := s.Engine.Files().Get(at); ok {
				t.Error("it is served for longer than pages are")
			}
			s.Engine.Resume()
			if res := s.Get(at); res.StatusCode != 200 || res.Header.Get("Warta-Offline") != "" {
				t.Errorf("with the database again: status %d, %v", res.StatusCode, res.Header)
			}
		})
	}
}

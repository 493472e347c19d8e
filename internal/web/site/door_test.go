package site_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/testkit"
)

func TestPagesAreServedUnderOneHostOnly(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Hosts: []string{"lama.example"}})
	st := s.Publish(news.Content{Headline: "Jembatan Gantung Dibuka untuk Warga"})
	err := s.App.Site.SaveRedirects(t.Context(), testkit.Actor,
		news.Redirect{Host: "lama.example", Path: "/2019/05/jembatan?id=7", StoryID: st.ID})
	if err != nil {
		t.Fatal(err)
	}
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	tests := []struct {
		name, host, path string
		status           int
		location         string
	}{
		{"the base URL's host answers", "localhost" + port, "/", 200, ""},
		{"another spelling of loopback redirects", "127.0.0.1" + port, "/nasional?x=1", 301, s.URL + "/nasional?x=1"},
		{"an old host redirects by host and path", "lama.example", "/2019/05/jembatan?id=7", 301, s.URL + s.Path(st)},
		{"an old host sends an unknown path on", "lama.example", "/lain", 301, s.URL + "/lain"},
		{"any other host is misdirected", "evil.example", "/", 421, ""},
		{"health answers everywhere", "evil.example", "/healthz", 200, ""},
		{"readiness answers everywhere", "evil.example", "/readyz", 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := s.Get(tt.path, "Host", tt.host)
			if res.StatusCode != tt.status || res.Header.Get("Location") != tt.location {
				t.Errorf("status %d, location %q; want %d, %q", res.StatusCode, res.Header.Get("Location"), tt.status, tt.location)
			}
		})
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	for _, path := range []string{"/", "/tidak-ada", "/healthz", "/assets/nothing.js", "/feeds/rss.xml"} {
		h := s.Get(path).Header
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Set-Cookie") != "" {
			t.Errorf("%s: headers %v", path, h)
		}
	}
	if res := s.Do(http.MethodPost, s.URL+"/", "Sec-Fetch-Site", "cross-site"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a cross-site POST got %d", res.StatusCode)
	}
}

// photo returns a JPEG of the given size.
func photo(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), uint8(x + y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPictureIsPublicWhileALiveStoryShowsIt(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	pic, _, err := s.Library.Add(t.Context(), "test", bytes.NewReader(photo(t, 800, 600)), media.Details{Caption: "Dermaga pagi hari", Credit: "Uji"})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := s.DB.AddressesOf(t.Context(), []int64{pic.ID})
	if err != nil {
		t.Fatal(err)
	}
	address := media.Path(tokens[pic.ID][media.Wide], 320, media.WebP)
	if res := s.Get(address); res.StatusCode != 404 {
		t.Fatalf("before anything shows it: status %d", res.StatusCode)
	}
	st := s.Publish(news.Content{Headline: "Dermaga Lama Dipugar", Lead: news.Lead{PictureID: pic.ID}})
	res := s.Get(address)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "image/webp" || !strings.HasPrefix(res.Header.Get("Cache-Control"), "public, max-age=600") {
		t.Fatalf("while it is shown: status %d, %v", res.StatusCode, res.Header)
	}
	if again := s.Get(address, "If-None-Match", res.Header.Get("ETag")); again.StatusCode != 304 {
		t.Errorf("with its tag: status %d", again.StatusCode)
	}
	body := s.Get(s.Path(st)).Body
	card := regexp.MustCompile(`property="og:image" content="([^"]+)"`).FindStringSubmatch(body)
	if card == nil {
		t.Fatal("the story has no share card")
	}
	if res := s.Do("GET", card[1]); res.StatusCode != 200 || res.Header.Get("Content-Type") != "image/jpeg" || res.Wire > 300_000 {
		t.Errorf("share card: status %d, %s, %d bytes", res.StatusCode, res.Header.Get("Content-Type"), res.Wire)
	}
	if _, err := s.Desk.Withdraw(t.Context(), testkit.Actor, st.ID, news.ReasonChild, ""); err != nil {
		t.Fatal(err)
	}
	if res := s.Get(address); res.StatusCode != 404 {
		t.Errorf("after the withdrawal: status %d", res.StatusCode)
	}
	if res := s.Get(s.Path(st)); res.StatusCode != 410 || strings.Contains(res.Body, "Dermaga Lama") {
		t.Errorf("the withdrawn story: status %d, or its headline is on the notice", res.StatusCode)
	}
}

func TestStoryWithoutAPictureHasADrawnShareCard(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	st := s.Publish(news.Content{Headline: "Harga Cabai Turun Menjelang Panen Raya"})
	body := s.Get(s.Path(st)).Body
	card := regexp.MustCompile(`property="og:image" content="([^"]+)"`).FindStringSubmatch(body)
	if card == nil {
		t.Fatal("the story has no share card")
	}
	res := s.Do("GET", card[1])
	img, err := jpeg.DecodeConfig(strings.NewReader(res.Body))
	if err != nil || img.Width != 1200 || len(res.Body) > 300_000 {
		t.Errorf("card: %v, %v, %d bytes", img, err, len(res.Body))
	}
	if _, err := s.Desk.Embargo(t.Context(), testkit.Actor, st.ID, testkit.Start.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if res := s.Do("GET", card[1]); res.StatusCode != 404 {
		t.Errorf("under embargo: status %d", res.StatusCode)
	}
}

func TestReadinessFollowsTheServer(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	if res := s.Get("/readyz"); res.StatusCode != 200 || !strings.Contains(res.Body, "ready") {
		t.Errorf("status %d: %s", res.StatusCode, res.Body)
	}
}

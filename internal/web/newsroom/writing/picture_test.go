package writing_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/testkit"
)

// photo adds a picture of one colour to the library.
func photo(t *testing.T, s *testkit.Site, caption string, tone uint8) media.Picture {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 800, 600))
	for i := range m.Pix {
		m.Pix[i] = tone
	}
	m.Set(0, 0, color.Black)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	p, _, err := s.Library.Add(t.Context(), "test", &b, media.Details{Caption: caption, Credit: "Uji"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var source = regexp.MustCompile(`(?:src|href)="(/[^"]*\.(?:webp|jpg))"`)

func TestPicturesOfADraftAreSeenByTheNewsroomAndItsGuestsOnly(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani := s.Staffer(account.Reporter)
	pic, other := photo(t, s, "Nelayan pulang", 200), photo(t, s, "Foto orang lain", 90)
	id := written(t, rani, news.Content{Lead: news.Lead{PictureID: pic.ID, Caption: "Nelayan pulang subuh"}})

	t.Run("the editor is told of the picture", func(t *testing.T) {
		res := rani.Open(at(id, "/draft"))
		want := fmt.Sprintf(`"pictures":{"%d":{"id":%d,"src":"/newsroom/media/%d/orig/960.webp"`, pic.ID, pic.ID, pic.ID)
		if !strings.Contains(res.Body, want) {
			t.Errorf("the answer lacks %s", want)
		}
	})
	previews := func(read func(string) testkit.Response, path string) []string {
		t.Helper()
		var out []string
		for _, m := range source.FindAllStringSubmatch(read(path).Body, -1) {
			out = append(out, m[1])
		}
		if len(out) == 0 {
			t.Fatalf("%s shows no picture", path)
		}
		return out
	}
	open := func(p string) testkit.Response { return rani.Open(p) }
	read := func(p string) testkit.Response { return s.Get(p) }

	t.Run("previews show it at addresses of the newsroom", func(t *testing.T) {
		for _, what := range []string{"page", "card", "share"} {
			for _, src := range previews(open, at(id, "/preview?what="+what)) {
				if !strings.HasPrefix(src, "/newsroom/media/") {
					t.Errorf("%s shows %s", what, src)
					continue
				}
				if res := rani.Open(src); res.StatusCode != http.StatusOK {
					t.Errorf("%s: %d", src, res.StatusCode)
				}
				if res := s.Get(src, "Accept", "application/json"); res.StatusCode != http.StatusUnauthorized {
					t.Errorf("%s for a reader: %d, want 401", src, res.StatusCode)
				}
			}
		}
	})
	t.Run("a guest sees this one and no other", func(t *testing.T) {
		res := rani.Send("POST", at(id, "/guest"), url.Values{"days": {"1"}}, "Accept", "application/json")
		var out struct{ URL string }
		if err := res.JSON(&out); err != nil {
			t.Fatal(err)
		}
		path := strings.TrimPrefix(out.URL, s.URL)
		for _, src := range previews(read, path) {
			if !strings.HasPrefix(src, path+"/media/") {
				t.Errorf("a guest is shown %s", src)
				continue
			}
			res := s.Get(src)
			if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "image/") || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d %v", src, res.StatusCode, res.Header)
			}
		}
		if res := s.Get(fmt.Sprintf("%s/media/%d/orig/640.webp", path, other.ID)); res.StatusCode != http.StatusNotFound {
			t.Errorf("a picture that the draft does not show: %d, want 404", res.StatusCode)
		}
	})
	t.Run("a comparison says that the picture was exchanged", func(t *testing.T) {
		if err := s.Desk.Submit(t.Context(), rani.User.Actor(), id, ""); err != nil {
			t.Fatal(err)
		}
		changed(t, rani, id, map[string]any{"lead": map[string]any{"picture": other.ID, "video": map[string]any{"provider": "youtube", "url": "https://youtu.be/abcdefghijk"}}})
		page := rani.Open(at(id, "/compare")).Body
		for _, want := range []string{"Foto orang lain", "https://youtu.be/abcdefghijk", "Foto atau video utama"} {
			if !strings.Contains(regexp.MustCompile(`</?(ins|del)>|<span class="hidden">[^<]*</span>`).ReplaceAllString(page, ""), want) {
				t.Errorf("the comparison lacks %q", want)
			}
		}
	})
}

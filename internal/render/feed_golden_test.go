package render_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"warta/internal/render"
)

// update rewrites the expected files: go test ./internal/render -update.
var update = flag.Bool("update", false, "rewrite the golden files")

// sameAsGolden holds got against testdata/feed/name.
func sameAsGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "feed", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run the test with -update and look at the diff.\ngot:\n%s", path, got)
	}
}

var wib = time.FixedZone("WIB", 7*3600)

// hostile holds what breaks careless writers: markup, the end of a script and
// of a CDATA section, control characters, bytes that are not UTF-8, separators.
const hostile = "A & B < C > \"D\" 'E' ]]></script><!-- \x00\x0b\x1f\xff\xed\xa0\x80 \ufffe \u2028 😀 –"

// cleaned is hostile as a reader should see it in XML.
const cleaned = "A & B < C > \"D\" 'E' ]]></script><!--   \u2028 😀 –"

func sampleFeed() render.Feed {
	return render.Feed{
		Title: "Kabar Nusantara – Global", Description: "Berita dunia & kawasan", Language: "id",
		SelfURL: "https://kabar.example/feeds/section/global/rss.xml", HomeURL: "https://kabar.example/global",
		Publisher: "Kabar Nusantara", Hub: "https://hub.example/", Copyright: "© 2022 Kabar Nusantara",
		Icon: "https://kabar.example/assets/icon.png",
		Items: []render.FeedItem{
			{
				ID: "tag:kabar.example,2022:story/55", URL: "https://kabar.example/global/2022/01/08/55/badai?a=1&b=2",
				Title: "Badai Salju Melanda Pesisir Timur", Summary: "Suhu < 0 °C & angin kencang.",
				HTML:      `<p>WASHINGTON DC – Badai <a href="https://kabar.example/x?a=1&amp;b=2">datang</a>.</p>`,
				Published: time.Date(2022, 1, 8, 6, 31, 0, 0, wib), Updated: time.Date(2022, 1, 8, 9, 12, 0, 0, wib),
				Authors: []string{"Rini Astuti", "Bima Pratama"}, Categories: []string{"Global", "Cuaca"}, Source: "AFP",
				Image: render.FeedImage{URL: "https://kabar.example/media/k3/1200.jpg", MIME: "image/jpeg", Bytes: 181234,
					Width: 1200, Height: 675, Caption: "Salju di pesisir.", Credit: "AFP/JANE DOE"},
				Corrections: []render.FeedCorrection{{Label: "Ralat", When: "08/01/2022, 09:12 WIB",
					Text: "Suhu semula ditulis < -40 °C.", At: time.Date(2022, 1, 8, 9, 12, 0, 0, wib)}},
			},
			{
				ID: "https://kabar.example/global/2022/01/07/54/x", URL: "https://kabar.example/global/2022/01/07/54/x",
				Title: hostile, Summary: hostile, Published: time.Date(2022, 1, 7, 23, 0, 0, 0, wib),
				Authors: []string{hostile}, Categories: []string{hostile}, Source: hostile,
				Image: render.FeedImage{URL: "https://kabar.example/media/q/1200.jpg", MIME: "image/jpeg", Caption: hostile},
			},
		},
	}
}

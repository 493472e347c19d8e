package render

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"warta/internal/lang"
	"warta/ui"
)

var screens = flag.String("screens", "", "write all full samples as files below this folder, to look at in a browser")

var assetURL = regexp.MustCompile(`/assets/([a-z0-9.-]+)`)

// TestScreens writes what somebody who works on the look wants to see; without
// the flag it checks that every asset that a sample names is there.
func TestScreens(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, "")
	files, err := ui.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range lang.Codes() {
		for i, s := range samples(code, true) {
			if !s.page && s.name != "alone" {
				continue
			}
			body := whole(t, r, code, s)
			for _, m := range assetURL.FindAllStringSubmatch(body, -1) {
				content, kind, ok := files.Asset(m[1])
				if !ok || kind == "" || len(content) == 0 {
					t.Fatalf("%s names %s, which is not there", s.name, m[0])
				}
				writeScreen(t, "assets/"+m[1], string(content))
			}
			writeScreen(t, fmt.Sprintf("%s-%02d-%s.html", code, i, s.name), body)
		}
	}
	hard := sampleViews{lang: "id", full: true}
	p := hard.story()
	p.Headline, p.Lead, p.Standfirst, p.Byline, p.Labels = sampleLong, nil, "", nil, nil
	p.CorrectionsTop, p.Corrections, p.Breadcrumb = nil, nil, []Link{{"Beranda", "/"}, {"Bola", "/bola"}}
	out, err := r.Story(&p)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out.Body), sampleLong) {
		t.Error("a headline of 180 characters is cut")
	}
	writeScreen(t, "id-long.html", fill(t, r, out))
}

func writeScreen(t *testing.T, name, text string) {
	t.Helper()
	if *screens == "" {
		return
	}
	path := filepath.Join(*screens, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

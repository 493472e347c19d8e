package render

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"warta/internal/lang"
)

func theme(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestThemeReplacesWhatWorks(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, theme(t, map[string]string{
		"templates/mine.html": `{{define "callout"}}<p class="own">{{.Text}}</p>{{end}}`,
		"tokens.css":          ":root{--accent:#003366}",
		"strings/id.json":     `{"list.most_read": "Paling Dibaca"}`,
	}))
	if len(r.Problems()) != 0 {
		t.Fatal(r.Problems())
	}
	v := sampleViews{lang: "id", full: true}
	callOut := v.callOut()
	if got, err := r.CallOut(&callOut); err != nil || !strings.Contains(string(got), `class="own"`) {
		t.Errorf("the newsroom's template is not used: %s %v", got, err)
	}
	tail, top := v.tail(), v.top(SheetStory)
	if got, err := r.Tail(&tail); err != nil || !strings.Contains(string(got), "Paling Dibaca") {
		t.Errorf("the newsroom's words are not used: %v", err)
	}
	if got, err := r.Top(&top); err != nil || !strings.Contains(string(got), "@layer tokens{:root{--accent:#003366}}</style>") {
		t.Errorf("the newsroom's tokens are not used: %v", err)
	}
}

func TestThemeLeavesOutWhatIsBroken(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, file, text, says string }{
		{"a template that does not parse", "templates/a.html", "{{define \"callout\"}}\n\n{{if}}{{end}}", "a.html:3"},
		{"a misspelt field", "templates/b.html", "{{define \"story\"}}\n{{.Headlin}}{{end}}", "b.html:2"},
		{"a field that only a full page asks for", "templates/c.html", "{{define \"mostread\"}}\n{{range .Cards}}\n{{.Nope}}{{end}}{{end}}", "c.html:3"},
		{"an unknown sentence", "templates/d.html", "{{define \"callout\"}}{{t \"story.no_such\"}}{{end}}", "story.no_such"},
		{"a hole inside an attribute", "templates/e.html", "{{define \"static\"}}<p title=\"{{.Hole \"bottom\"}}\">{{end}}", "bottom"},
		{"words that are no JSON", "strings/id.json", "{\n\"list.latest\": 1\n}", "line 2"},
		{"an unknown key", "strings/en.json", "{\n\"list.latest\": \"New\",\n\"no.such\": \"x\"\n}", "line 3"},
		{"tokens that leave the style element", "tokens.css", ":root{}\n</style><script>", "line 2"},
		{"tokens that leave their layer", "tokens.css", ":root{}\n}", "line 2"},
	}
	for _, c := range cases {
		t.Run(c.name+" is named and the built-in stays", func(t *testing.T) {
			t.Parallel()
			r := newRenderer(t, theme(t, map[string]string{c.file: c.text}))
			if len(r.Problems()) != 1 {
				t.Fatalf("problems: %v", r.Problems())
			}
			if got := r.Problems()[0].Error(); !strings.Contains(got, c.says) || !strings.Contains(got, filepath.Base(c.file)) {
				t.Errorf("%q does not say %q", got, c.says)
			}
			for _, s := range samples(lang.ID, true) {
				if r.theme != nil {
					t.Error("the broken theme is in use")
				}
				if err := s.exec(r.builtin[lang.ID]); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestThemeFailureInServiceFallsBack(t *testing.T) {
	t.Parallel()
	// Fails on a text that no sample has.
	r := newRenderer(t, theme(t, map[string]string{
		"templates/a.html": `{{define "callout"}}{{if eq .Text "buruk"}}{{index .Text 99}}{{end}}punya sendiri{{end}}`}))
	if len(r.Problems()) != 0 {
		t.Fatal(r.Problems())
	}
	got, err := r.CallOut(&CallOut{"id", "buruk", "https://example.org/x"})
	if err != nil || !strings.Contains(string(got), "https://example.org/x") {
		t.Errorf("got %s, %v", got, err)
	}
	if r.Fallbacks() != 1 {
		t.Errorf("%d failures counted, not 1", r.Fallbacks())
	}
}

func TestStyleHashesAllowTheSheets(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, theme(t, map[string]string{"tokens.css": ":root{--accent:#036}"}))
	v := sampleViews{lang: "id", full: true}
	for _, s := range sheets() {
		top := v.top(s)
		out, err := r.Top(&top)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(out), "<style>")
		css, _, ok := strings.Cut(rest, "</style>")
		if !ok || css == "" {
			t.Fatal("there is no style sheet")
		}
		sum := sha256.Sum256([]byte(css))
		if !slices.Contains(r.StyleHashes(), "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
			t.Errorf("no hash allows the sheet %q", s)
		}
	}
}

// The full sample has every kind of block and all furniture. The bound is its
// measured size with a little room.
func TestStoryIsSmall(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, "")
	v := sampleViews{lang: "id", full: true}
	for _, x := range []struct {
		name string
		most int
		edit func(*StoryPage)
	}{
		{"a full story page", 10_000, func(p *StoryPage) { p.Slots = nil }},
		{"one with every place for ads and offers", 11_000, func(*StoryPage) {}},
	} {
		p := v.story()
		x.edit(&p)
		out, err := r.Story(&p)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if _, err := z.Write([]byte(fill(t, r, out))); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes of HTML and CSS, gzip", x.name, b.Len())
		if b.Len() > x.most {
			t.Errorf("%s takes %d bytes, above %d", x.name, b.Len(), x.most)
		}
	}
}

func TestDataCannotEndItsBlock(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"valid data stands as it is":       {`{"a":"b"}`, `{"a":"b"}`},
		"an end tag is written as escapes": {`{"a":"</script>"}`, `{"a":"\u003c/script>"}`},
		"what is no JSON is left out":      {`{"a":`, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(data([]byte(c.in))); got != c.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

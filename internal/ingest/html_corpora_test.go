package ingest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"warta/internal/doc"
	"warta/internal/ingest"
)

// letters keeps what tells texts apart when white space and marks do not count.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// texts returns the text of every paragraph, heading, item and cell of a page
// as another parser sees it.
func texts(n *html.Node, out []string) []string {
	if n.Type == html.ElementNode {
		switch n.Data {
		case "script", "style", "form", "noscript", "button", "textarea", "select", "svg", "template", "iframe", "head", "canvas":
			return out
		case "p", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "pre":
			var b strings.Builder
			gather(n, &b)
			return append(out, b.String())
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			out = append(out, c.Data)
		}
		out = texts(c, out)
	}
	return out
}

func gather(n *html.Node, b *strings.Builder) {
	if n.Type == html.TextNode {
		b.WriteString(n.Data)
	}
	if n.Type == html.ElementNode {
		switch n.Data {
		case "script", "style", "noscript", "svg", "button", "iframe", "form", "textarea", "select", "template", "canvas":
			return
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		gather(c, b)
	}
}

// allText returns all that a document says, in the order of its blocks.
func allText(d doc.Doc) string {
	var b strings.Builder
	for _, x := range d.Blocks {
		b.WriteString(doc.PlainBlock(x))
		switch x := x.(type) {
		case doc.ReadAlso:
			b.WriteString(x.Headline)
		case doc.Picture:
			b.WriteString(x.Credit)
		}
	}
	return b.String()
}

func TestPagesLoseNoParagraph(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("WARTA_CORPORA")
	if dir == "" {
		t.Skip("did not run: WARTA_CORPORA does not name the folder of sample pages")
	}
	pages, err := filepath.Glob(filepath.Join(dir, "pages", "*", "*.html"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages in %s: %v", dir, err)
	}
	for _, file := range pages {
		name := filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d, report, err := ingest.HTML(string(data), ingest.HTMLOptions{
				Base:    "https://contoh.id/x",
				Picture: func(string, string, string, string) (int64, bool) { return 1, true },
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Validate(); err != nil {
				t.Fatal(err)
			}
			if filepath.Base(file) != "expected.html" {
				return // whole pages have hidden parts by design; they must only hold
			}
			root, err := html.Parse(strings.NewReader(string(data)))
			if err != nil {
				t.Fatal(err)
			}
			have := letters(allText(d))
			for _, n := range report.Notes {
				if n.Kind == ingest.RemovedElement && n.What == "figure" {
					have += letters(n.Sample) // a label like "Photo" beside a caption
				}
			}
			seen := 0
			for _, s := range texts(root, nil) {
				if s = letters(s); s == "" {
					continue
				}
				seen++
				if !strings.Contains(have, s) {
					t.Errorf("lost: %.200s", s)
				}
			}
			if seen == 0 {
				t.Error("the page has no text")
			}
			t.Logf("%d texts, %d blocks, %v", seen, len(d.Blocks), report.Counts)
		})
	}
}

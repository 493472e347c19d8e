package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"warta/internal/app"
)

// weighedStories is how many stories are weighed at most.
const weighedStories = 400

// weighing is what one page costs a reader. All is in bytes as they are sent,
// headers not counted.
type weighing struct {
	path   string
	page   int     // HTML with its style sheet, gzip
	one    int     // the same as one gzip -9 stream
	cut    float64 // what page is more than one, as a share
	script int     // of all scripts
	fonts  int     // that the page's own characters need
	total  int     // page, scripts, linked style sheets, fonts, icon: all but pictures
	waits  int     // requests before text and lead picture show
}

// bytes is row 8: what it costs to read a story.
func (b *bench) bytes(ctx context.Context, s *server, a *archive) error {
	list, err := weigh(ctx, s.url, spread(a.paths, weighedStories))
	if err != nil {
		return err
	}
	col := func(of func(weighing) float64) (median, ninth, worst float64) {
		all := make([]float64, len(list))
		for i, w := range list {
			all[i] = of(w)
		}
		return quantile(all, 0.5), quantile(all, 0.9), quantile(all, 1)
	}
	kilo := func(what, floor, goal string, of func(weighing) int) {
		m, n, w := col(func(w weighing) float64 { return float64(of(w)) / 1000 })
		b.add("8", what, fmt.Sprintf("%.2f, %.2f, %.2f kB", m, n, w), floor, goal)
	}
	b.step("bytes of %d stories: median, ninth decile, most", len(list))
	kilo("HTML with its CSS, gzip", "14 kB", "8 kB", func(w weighing) int { return w.page })
	kilo("the same as one gzip -9 stream", "–", "–", func(w weighing) int { return w.one })
	m, n, w := col(func(w weighing) float64 { return 100 * w.cut })
	b.add("8", "more than one stream", fmt.Sprintf("%+.1f, %+.1f, %+.1f %%", m, n, w), "+10 %", "+6 %")
	kilo("script, none needed to read", "10 kB", "5 kB", func(w weighing) int { return w.script })
	kilo("fonts", "–", "–", func(w weighing) int { return w.fonts })
	kilo("all but pictures", "70 kB", "60 kB", func(w weighing) int { return w.total })
	_, _, waits := col(func(w weighing) float64 { return float64(w.waits) })
	b.add("8", "requests before text and lead picture show", fmt.Sprintf("%.0f", waits), "4", "2")
	return nil
}

// spread returns at most n of the list, evenly.
func spread(list []string, n int) []string {
	if len(list) <= n {
		return list
	}
	out := make([]string, n)
	for i := range out {
		out[i] = list[i*len(list)/n]
	}
	return out
}

// weigh asks for each page and all that it names but pictures, as a browser
// that knows gzip and brotli does. What pages share is fetched once.
func weigh(ctx context.Context, base string, paths []string) ([]weighing, error) {
	if len(paths) == 0 {
		return nil, app.Unavailable("the archive has no story to weigh")
	}
	assets := map[string]int{}
	asset := func(address string) (int, error) {
		if n, ok := assets[address]; ok || !strings.HasPrefix(address, "/") {
			return n, nil
		}
		body, _, err := sent(ctx, base+address, "gzip, br")
		assets[address] = len(body)
		return len(body), err
	}
	out := make([]weighing, 0, len(paths))
	for _, path := range paths {
		body, encoding, err := sent(ctx, base+path, "gzip")
		if err != nil {
			return nil, err
		}
		if encoding != "gzip" {
			return nil, app.Unavailable("%s came as %q, not as gzip", path, encoding)
		}
		w := weighing{path: path, page: len(body)}
		text, err := unzip(body)
		if err != nil {
			return nil, app.Unavailable("%s cannot be decompressed: %v", path, err)
		}
		if w.one, err = oneStream(ctx, text); err != nil {
			return nil, err
		}
		w.cut = float64(w.page)/float64(w.one) - 1
		w.total = w.page
		doc, err := readPage(text)
		if err != nil {
			return nil, err
		}
		w.waits = 1 + doc.blocking
		if doc.lead {
			w.waits++
		}
		w.script = doc.inlineScript
		for _, kind := range []struct {
			list []string
			to   *int
		}{{doc.scripts, &w.script}, {doc.fonts, &w.fonts}, {doc.others, new(int)}} {
			for _, address := range kind.list {
				n, err := asset(address)
				if err != nil {
					return nil, err
				}
				*kind.to += n
				w.total += n
			}
		}
		out = append(out, w)
	}
	return out, nil
}

// sent returns a body as it was sent, and how it is encoded.
func sent(ctx context.Context, address, accept string) (body []byte, encoding string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("Accept-Encoding", accept) // so net/http leaves the body as it is
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, "", app.Unavailable("%s: status %d", address, res.StatusCode)
	}
	body, err = io.ReadAll(io.LimitReader(res.Body, 16<<20))
	return body, res.Header.Get("Content-Encoding"), err
}

func unzip(member []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(member))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(z, 64<<20))
}

// oneStream returns how long a text is as one stream of the program gzip, which
// makes it somewhat shorter than Go's own.
func oneStream(ctx context.Context, text []byte) (int, error) {
	gzip := exec.CommandContext(ctx, "gzip", "-9nc")
	gzip.Stdin = bytes.NewReader(text)
	out, err := gzip.Output()
	if err != nil {
		return 0, app.Unavailable("gzip: %v", err)
	}
	return len(out), nil
}

// pageParts is what a page names.
type pageParts struct {
	scripts, fonts, others []string // addresses
	inlineScript           int      // bytes, not compressed
	blocking               int      // requests that hold up the first text
	lead                   bool     // has a lead picture
}

// readPage goes through a page as far as loading is concerned.
func readPage(text []byte) (p pageParts, err error) {
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return p, err
	}
	var sheet, words strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			switch parent := n.Parent.Data; {
			case parent == "style":
				sheet.WriteString(n.Data)
			case parent != "script":
				words.WriteString(n.Data)
			case !strings.Contains(attr(n.Parent, "type"), "json"):
				p.inlineScript += len(n.Data)
			}
		}
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script":
			if src := attr(n, "src"); src != "" {
				p.scripts = append(p.scripts, src)
				if attr(n, "type") != "module" && !has(n, "async") && !has(n, "defer") {
					p.blocking++
				}
			}
		case "link":
			switch attr(n, "rel") {
			case "stylesheet":
				p.others = append(p.others, attr(n, "href"))
				if attr(n, "media") != "print" {
					p.blocking++
				}
			case "icon":
				p.others = append(p.others, attr(n, "href"))
			}
		case "img":
			p.lead = p.lead || attr(n, "fetchpriority") == "high"
		}
	}
	if strings.Contains(sheet.String(), "font-display:block") || strings.Contains(sheet.String(), "@import") {
		p.blocking++
	}
	p.fonts = fontFiles(sheet.String(), words.String())
	return p, nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

var (
	fontFace  = regexp.MustCompile(`@font-face\{[^}]*\}`)
	fontFile  = regexp.MustCompile(`url\("?([^")]+)"?\)`)
	fontRange = regexp.MustCompile(`unicode-range:([^;}]+)`)
)

// fontFiles returns the fonts of a style sheet that the words need: those for
// all characters, italics always, and those for a range if one of it occurs.
func fontFiles(sheet, words string) (files []string) {
	for _, face := range fontFace.FindAllString(sheet, -1) {
		file := fontFile.FindStringSubmatch(face)
		if file == nil {
			continue // one of the reader's own
		}
		if m := fontRange.FindStringSubmatch(face); m == nil || inRange(m[1], words) {
			files = append(files, file[1])
		}
	}
	return files
}

// inRange reports whether one of the words' characters is in a unicode-range.
func inRange(ranges, words string) bool {
	for r := range strings.SplitSeq(ranges, ",") {
		from, to, two := strings.Cut(strings.TrimPrefix(strings.TrimSpace(r), "U+"), "-")
		if !two {
			to = from
		}
		low, err1 := strconv.ParseInt(from, 16, 32)
		high, err2 := strconv.ParseInt(to, 16, 32)
		if err1 != nil || err2 != nil || strings.ContainsFunc(words, func(c rune) bool { return int64(c) >= low && int64(c) <= high }) {
			return true
		}
	}
	return false
}

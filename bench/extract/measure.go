package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"time"

	readability "codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"

	"warta/internal/extract"
)

// score is how one way did on one page, or the mean over all.
type score struct {
	precision, recall, f1 float64
	title, author, date   int
}

// page is one page's result.
type page struct {
	name          string
	ours, library score
	method        string
	notes         []string
}

func (p page) String() string {
	s := fmt.Sprintf("%-24s ours %.4f %.4f %.4f   library %.4f %.4f %.4f   %s", p.name,
		p.ours.precision, p.ours.recall, p.ours.f1, p.library.precision, p.library.recall, p.library.f1, p.method)
	for _, n := range p.notes {
		s += "\n    " + n
	}
	return s
}

// result is the whole run.
type result struct {
	pages                   []page
	ours, library           score
	titles, authors, dates  int // pages that name one
	oursTime, libraryTime   time.Duration
	oursTimes, libraryTimes int
}

func (r result) String() string {
	n := len(r.pages)
	row := func(name string, s score, took time.Duration) string {
		return fmt.Sprintf("%-12s  %.4f     %.4f  %.4f  %3d of %-3d  %3d of %-3d  %3d of %-3d  %s\n", name, s.precision, s.recall, s.f1,
			s.title, r.titles, s.author, r.authors, s.date, r.dates, (took / time.Duration(max(n, 1))).Round(100*time.Microsecond))
	}
	return fmt.Sprintf("%d pages\n              precision  recall  F1      title       author      time        a page\n", n) +
		row("ours", r.ours, r.oursTime) + row("readability", r.library, r.libraryTime) +
		fmt.Sprintf("time given on %d pages by ours, on %d by the library\n", r.oursTimes, r.libraryTimes)
}

// better reports whether ours has the better F1 and is nowhere worse.
func (r result) better() bool {
	const eps = 1e-12
	a, b := r.ours, r.library
	return a.f1 > b.f1 && a.precision >= b.precision-eps && a.recall >= b.recall-eps && a.title >= b.title && a.author >= b.author && a.date >= b.date
}

// expected is what expected-metadata.json says.
type expected struct {
	Title     string `json:"title"`
	Byline    string `json:"byline"`
	Published string `json:"publishedTime"`
}

func measure(dir string) (result, error) {
	sources, err := filepath.Glob(filepath.Join(dir, "*", "source.html"))
	if err != nil || len(sources) == 0 {
		return result{}, errors.Join(fmt.Errorf("%s has no folder with a file source.html", dir), err)
	}
	sort.Strings(sources)
	var r result
	for _, file := range sources {
		folder := filepath.Dir(file)
		src, err := os.ReadFile(file)
		if err != nil {
			return r, err
		}
		want, err := os.ReadFile(filepath.Join(folder, "expected.html"))
		if err != nil {
			return r, err
		}
		var meta expected
		data, err := os.ReadFile(filepath.Join(folder, "expected-metadata.json"))
		if err != nil {
			return r, err
		}
		if err := json.Unmarshal(data, &meta); err != nil {
			return r, fmt.Errorf("%s: %w", folder, err)
		}
		if err := r.page(filepath.Base(folder), src, want, meta); err != nil {
			return r, fmt.Errorf("%s: %w", folder, err)
		}
	}
	n := float64(len(r.pages))
	for _, s := range []*score{&r.ours, &r.library} {
		s.precision, s.recall, s.f1 = s.precision/n, s.recall/n, s.f1/n
	}
	return r, nil
}

// address stands for where a page came from, which test pages do not say.
const address = "http://fakehost/test/page.html"

func (r *result) page(name string, src, want []byte, meta expected) error {
	tree, err := html.Parse(bytes.NewReader(want))
	if err != nil {
		return err
	}
	words := extract.Words(text(tree))
	p := page{name: name}

	start := time.Now()
	got, err := extract.Bytes(src, extract.Options{URL: address})
	if err != nil {
		return err
	}
	r.oursTime += time.Since(start)
	p.method = got.Method
	if got.Kind != extract.Story {
		p.notes = append(p.notes, "no story: "+string(got.Kind)+", "+got.Why)
	}
	p.ours = compare(words, extract.Words(got.Text()))

	start = time.Now()
	base, err := url.Parse(address)
	if err != nil {
		return err
	}
	lib, err := readability.FromReader(bytes.NewReader(src), base)
	if err != nil {
		return err
	}
	r.libraryTime += time.Since(start)
	var found []string
	if lib.Node != nil {
		found = extract.Words(text(lib.Node))
	}
	p.library = compare(words, found)

	if meta.Title != "" {
		r.titles++
		p.judge("title", sameText(meta.Title, got.Headline), sameText(meta.Title, lib.Title()), &p.ours.title, &p.library.title, meta.Title, got.Headline, lib.Title())
	}
	if want := names(meta.Byline); want != "" {
		r.authors++
		var ours []string
		for _, a := range got.Authors {
			if a.Role != "editor" {
				ours = append(ours, a.Name)
			}
		}
		mine := strings.Join(ours, ", ")
		p.judge("author", want == names(mine), want == names(lib.Byline()), &p.ours.author, &p.library.author, meta.Byline, mine, lib.Byline())
	}
	libTime, libErr := lib.PublishedTime()
	if !got.Published.IsZero() {
		r.oursTimes++
	}
	if libErr == nil {
		r.libraryTimes++
	}
	if meta.Published != "" {
		r.dates++
		p.judge("time", !got.Published.IsZero() && sameTime(meta.Published, got.Published.Time), libErr == nil && sameTime(meta.Published, libTime),
			&p.ours.date, &p.library.date, meta.Published, got.Published.Raw, libTime.String())
	}
	r.pages = append(r.pages, p)
	r.ours.add(p.ours)
	r.library.add(p.library)
	return nil
}

func (p *page) judge(what string, ours, library bool, a, b *int, want, mine, theirs string) {
	if ours {
		*a = 1
	}
	if library {
		*b = 1
	}
	if !ours || !library {
		p.notes = append(p.notes, fmt.Sprintf("%s: wanted %q, ours %q (%v), library %q (%v)", what, want, mine, ours, theirs, library))
	}
}

func (s *score) add(o score) {
	s.precision, s.recall, s.f1 = s.precision+o.precision, s.recall+o.recall, s.f1+o.f1
	s.title, s.author, s.date = s.title+o.title, s.author+o.author, s.date+o.date
}

// compare holds two bags of words against each other.
func compare(want, got []string) score {
	count := map[string]int{}
	for _, w := range want {
		count[w]++
	}
	common := 0
	for _, w := range got {
		if count[w] > 0 {
			count[w]--
			common++
		}
	}
	if common == 0 {
		return score{}
	}
	p, r := float64(common)/float64(len(got)), float64(common)/float64(len(want))
	return score{precision: p, recall: r, f1: 2 * p * r / (p + r)}
}

// text returns what a tree says, words of different elements apart only where a
// block ends: the same for all.
func text(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
			return
		case n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style" || n.Data == "title"):
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if n.Type == html.ElementNode && apart[n.Data] {
			b.WriteByte('\n')
		}
	}
	walk(n)
	return b.String()
}

var apart = map[string]bool{"p": true, "div": true, "br": true, "li": true, "ul": true, "ol": true, "h1": true, "h2": true, "h3": true, "h4": true,
	"h5": true, "h6": true, "td": true, "th": true, "tr": true, "figure": true, "figcaption": true, "blockquote": true, "section": true, "article": true,
	"header": true, "pre": true, "dt": true, "dd": true, "hr": true, "table": true, "address": true, "details": true, "summary": true, "aside": true}

func sameText(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}

var (
	lead  = regexp.MustCompile(`(?i)^(?:by|par|von|por|oleh)\s+`)
	dated = regexp.MustCompile(`(?i)(?:last\s+)?(?:updated|published)?:?\s*(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+\d{1,2},?\s+\d{4}(?:\s+at\s+\d{1,2}:\d{2}\s*[ap]m)?`)
)

// names returns the names of a byline in a form that can be compared; empty if it
// has nothing but dates.
func names(byline string) string {
	s := strings.Join(strings.Fields(byline), " ")
	s = dated.ReplaceAllString(s, " ")
	s = lead.ReplaceAllString(strings.TrimSpace(s), "")
	var out []string
	for _, w := range extract.Words(s) {
		if !between[w] {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// between are words that stand between names.
var between = map[string]bool{"and": true, "et": true, "avec": true, "with": true, "und": true, "y": true, "dan": true}

var (
	zoned = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700"}
	bare  = []string{"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "2006-01-02"}
)

// sameTime compares instants, or, if the expected one has no zone, what the clock
// showed.
func sameTime(want string, got time.Time) bool {
	for _, form := range zoned {
		if t, err := time.Parse(form, want); err == nil {
			return t.Equal(got)
		}
	}
	for _, form := range bare {
		if t, err := time.Parse(form, want); err == nil {
			return t.Format("2006-01-02T15:04:05") == got.Format("2006-01-02T15:04:05")
		}
	}
	return false
}

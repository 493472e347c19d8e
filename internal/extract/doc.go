// Package extract finds the story in a web page: HTML as a browser or a crawl
// saved it, or plain text copied out of a browser, in both cases with all that
// stands around a story. It says of every line what it took it for and why. It
// knows no database, no network and no library of pictures; what it returns is
// made into blocks by ingest.
package extract

import (
	"net/url"
	"strings"
	"time"

	"warta/internal/fault"
)

// MaxPage is the most bytes that one page may have.
const MaxPage = 8 << 20

// Kind says what a page is.
type Kind string

// The kinds of pages. Only a story has a body.
const (
	Story   Kind = "story"
	Index   Kind = "index"   // a front, section, list or search
	Missing Kind = "missing" // "404", "halaman tidak ditemukan"
	Consent Kind = "consent" // a wall of cookies or consent
	Login   Kind = "login"   // a wall to sign in or pay, nothing behind it
	Check   Kind = "check"   // "are you a robot", a wait for a script
	Empty   Kind = "empty"   // no text that could be a story
)

// Page is what was recognised. Texts are plain and of one line unless it is
// said otherwise.
type Page struct {
	Kind Kind `json:"kind"`
	// Why says why a page is no story, as a sentence.
	Why string `json:"why,omitempty"`

	URL      string `json:"url,omitempty"`      // canonical address, else the one that it came from
	Language string `json:"language,omitempty"` // "id", "en" or what the page says of itself
	Site     string `json:"site,omitempty"`     // the outlet's name

	Headline   string   `json:"headline,omitempty"`
	Standfirst string   `json:"standfirst,omitempty"`
	Byline     string   `json:"byline,omitempty"` // as it stands on the page
	Authors    []Author `json:"authors,omitempty"`
	Published  Stamp    `json:"published,omitzero"`
	Modified   Stamp    `json:"modified,omitzero"`
	Section    string   `json:"section,omitempty"`
	Sources    []Source `json:"sources,omitempty"` // who is credited: agencies, other outlets
	Dateline   string   `json:"dateline,omitempty"`
	Lead       *Picture `json:"lead,omitempty"`
	Topics     []string `json:"topics,omitempty"`

	// Body is the story as HTML of simple elements, read-also lines at their
	// places. It is source for ingest, and never printed.
	Body string `json:"body,omitempty"`

	// Next are the addresses of further pages of the same story; Part is which
	// one this is, 0 if nothing says so; Whole, that all parts stand on this page.
	Next  []string `json:"next,omitempty"`
	Part  int      `json:"part,omitempty"`
	Whole bool     `json:"whole,omitempty"`

	// Method says which of the ways to find a body was taken.
	Method string `json:"method,omitempty"`
	Lines  []Line `json:"-"`

	text string
}

// Text returns all words of the page's story: its body, and what stood between
// or directly before its paragraphs and became a field. The headline is not in it.
func (p *Page) Text() string { return p.text }

// Author is a byline with its role in the words of news.CreditRole.
type Author struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

// Source is who is credited for the story.
type Source struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

// Picture is a picture with its words; URL is absolute.
type Picture struct {
	URL     string `json:"url"`
	Caption string `json:"caption,omitempty"`
	Credit  string `json:"credit,omitempty"`
	Alt     string `json:"alt,omitempty"`
}

// Stamp is a time as a page gives it.
type Stamp struct {
	Time time.Time `json:"time,omitzero"`
	// Zoned: the page names the zone; without it, that of Options was taken.
	Zoned bool `json:"zoned,omitempty"`
	// Day: only the day is known, and Time is its noon.
	Day bool   `json:"day,omitempty"`
	Raw string `json:"raw,omitempty"` // as it was written
}

// IsZero reports whether no time is known.
func (s Stamp) IsZero() bool { return s.Time.IsZero() }

// Options say what is known beside the page itself. The zero value is useful.
type Options struct {
	// URL is where the page came from.
	URL string
	// Charset is what the answer's header said.
	Charset string
	// Zone is taken for times without one; nil: Asia/Jakarta on Indonesian pages,
	// else UTC.
	Zone *time.Location
	// Fetched is when the page was taken; without it "2 jam lalu" is no time.
	Fetched time.Time
	// Labels and Portals are nil for the built-in ones.
	Labels  *Labels
	Portals *Portals
	// Dateline returns place and outlet of a dateline at the beginning of the
	// text, and its length in bytes, 0 if there is none.
	Dateline func(text string) (place, outlet string, size int)
}

// Verdict is what became of a line.
type Verdict string

// The verdicts.
const (
	Kept      Verdict = "kept"
	Furniture Verdict = "furniture"
	Blank     Verdict = "blank"
)

// Line is one line of a text, or one block of a page of HTML, in its order.
type Line struct {
	No      int     `json:"no"` // from 1
	Verdict Verdict `json:"verdict"`
	// Field is what a kept line is: body, headline, standfirst, author, date,
	// section, source, caption, read_also, topics; dateline, if it has nothing but
	// the place before the text.
	Field string `json:"field,omitempty"`
	Why   string `json:"why,omitempty"`
	Text  string `json:"text"`
}

// The fields of kept lines.
const (
	FieldBody       = "body"
	FieldHeadline   = "headline"
	FieldStandfirst = "standfirst"
	FieldAuthor     = "author"
	FieldDate       = "date"
	FieldSection    = "section"
	FieldSource     = "source"
	FieldCaption    = "caption"
	FieldDateline   = "dateline"
	FieldReadAlso   = "read_also"
	FieldTopics     = "topics"
)

// Bytes finds the story in a page that may be either: what looks like HTML is
// taken for it. Too much of it is fault.TooLarge.
func Bytes(data []byte, opt Options) (*Page, error) {
	if len(data) > MaxPage {
		return nil, tooLarge(len(data))
	}
	text := Decode(data, opt.Charset)
	if noText(text) {
		return &Page{Kind: Empty, URL: opt.URL, Why: "it is no text but a picture, a document or an archive"}, nil
	}
	if LooksLikeHTML(text) {
		return HTML(text, opt)
	}
	return Text(text, opt)
}

// noText reports whether the beginning of a file holds more bytes that no text has
// than a damaged one would.
func noText(s string) bool {
	all, bad := 0, 0
	for _, c := range clip(s, 4096) {
		all++
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' || c == 0x7f || c == '\uFFFD' {
			bad++
		}
	}
	return bad > all/20+8
}

func tooLarge(n int) error {
	return fault.New(fault.TooLarge, "the page has %d bytes, at most %d are allowed", n, MaxPage)
}

// LooksLikeHTML reports whether a text begins as a page of HTML does, or holds
// so many tags that it can be nothing else.
func LooksLikeHTML(s string) bool {
	head := strings.ToLower(clip(strings.TrimSpace(s), 4096))
	for _, sign := range []string{"<!doctype html", "<html", "<head", "<body", "<?xml"} {
		if strings.HasPrefix(head, sign) {
			return true
		}
	}
	if !strings.HasPrefix(head, "<") {
		return strings.Contains(head, "<html") || strings.Contains(head, "<body") || strings.Count(head, "</p>") > 1
	}
	return strings.Contains(head, "</") || strings.Contains(head, "<meta") || strings.Contains(head, "<!--")
}

func (o *Options) normal() error {
	var err error
	if o.Labels == nil {
		if o.Labels, err = ParseLabels(""); err != nil {
			return err
		}
	}
	if o.Portals == nil {
		if o.Portals, err = ParsePortals(""); err != nil {
			return err
		}
	}
	if o.Dateline == nil {
		o.Dateline = func(string) (string, string, int) { return "", "", 0 }
	}
	return nil
}

// absolute resolves an address against the page's own; empty if it leads nowhere
// on the web.
func absolute(base, ref string) string {
	ref = strings.TrimSpace(ref)
	u, err := url.Parse(ref)
	if ref == "" || err != nil {
		return ""
	}
	if b, err := url.Parse(base); err == nil && b.Host != "" {
		u = b.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

package render

import (
	"html"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"warta/internal/fault"
)

// Feed is what RSS, Atom and JSONFeed print: one list of stories with what
// surrounds it. All addresses are absolute; times are printed in the zone that
// they carry, so that the caller decides on the site's.
type Feed struct {
	Title       string
	Description string
	Language    string // BCP 47: "id", "en"
	SelfURL     string // this document's own address in the format being written
	HomeURL     string // the page that the feed stands for
	Publisher   string // the outlet's name; the feed's author where an item has none
	Updated     time.Time
	Items       []FeedItem
	Hub         string // WebSub hub, may be empty
	Copyright   string
	Icon        string // square picture of the outlet, may be empty
}

// FeedItem is one story in a feed.
type FeedItem struct {
	ID      string // permanent and unique: a tag: URI or an address that never moves
	URL     string
	Title   string
	Summary string // plain text
	// HTML is the story's text as our own block renderers made it; where it is
	// empty the summary stands in its place.
	HTML        string
	Published   time.Time
	Updated     time.Time // the last significant update; zero: never updated
	Authors     []string
	Categories  []string
	Source      string // credited agencies as printed: "AFP, Reuters"
	Image       FeedImage
	Corrections []FeedCorrection
}

// FeedImage is the picture of an item. It is printed as an enclosure only with
// a MIME type and a length, since RSS 2.0 requires both.
type FeedImage struct {
	URL, MIME       string
	Bytes           int64
	Width, Height   int
	Caption, Credit string
}

// FeedCorrection is a correction that an item carries: Label is the word for
// its kind and When its time, both as the reader sees them.
type FeedCorrection struct {
	Label, When, Text string
	At                time.Time
}

// content returns the item's HTML with its corrections after it: a reader who
// has kept an old copy in a feed reader gets them with the same entry.
func (i FeedItem) content() string {
	var b strings.Builder
	b.WriteString(i.HTML)
	if i.HTML == "" && i.Summary != "" {
		b.WriteString("<p>" + html.EscapeString(i.Summary) + "</p>")
	}
	for _, c := range i.Corrections {
		b.WriteString("<p><strong>" + html.EscapeString(c.Label) + "</strong>")
		if c.When != "" {
			b.WriteString(" (" + html.EscapeString(c.When) + ")")
		}
		b.WriteString(": " + html.EscapeString(c.Text) + "</p>")
	}
	return b.String()
}

// changed returns the time of the item's last significant change.
func (i FeedItem) changed() time.Time {
	if i.Updated.After(i.Published) {
		return i.Updated
	}
	return i.Published
}

// changed returns the time of the feed's last change. Without one it is the
// newest item's, and for a feed that never held anything the epoch: Atom needs
// a time, and this one is true for every reader.
func (f Feed) changed() time.Time {
	last := f.Updated
	for _, i := range f.Items {
		if c := i.changed(); f.Updated.IsZero() && c.After(last) {
			last = c
		}
	}
	if last.IsZero() {
		return time.Unix(0, 0).UTC()
	}
	return last
}

// check returns an Invalid error that names the first field without which no
// format's document would be valid.
func (f Feed) check() error {
	switch {
	case f.Title == "":
		return fault.Input("title", "a feed needs a title")
	case !absoluteURL(f.SelfURL):
		return fault.Input("self_url", "a feed needs its own absolute address, not %q", f.SelfURL)
	case !absoluteURL(f.HomeURL):
		return fault.Input("home_url", "a feed needs the absolute address of its page, not %q", f.HomeURL)
	}
	for n, i := range f.Items {
		path := "items[" + strconv.Itoa(n) + "]."
		switch {
		case i.ID == "":
			return fault.Input(path+"id", "an item needs a permanent id")
		case !absoluteURL(i.URL):
			return fault.Input(path+"url", "an item needs an absolute address, not %q", i.URL)
		case i.Title == "":
			return fault.Input(path+"title", "an item needs a title")
		case i.Published.IsZero():
			return fault.Input(path+"published", "an item needs the time of its publication")
		}
	}
	return nil
}

// absoluteURL reports whether s is an http or https address with a host.
func absoluteURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// xmlText is text that goes into XML, in an element or an attribute; what
// XML 1.0 section 2.2 does not allow is taken out when it is written.
type xmlText string

// MarshalText returns the text without characters that XML forbids.
func (t xmlText) MarshalText() ([]byte, error) { return []byte(legalXML(string(t))), nil }

// legalXML drops the characters that XML 1.0 section 2.2 forbids, and bytes
// that are not UTF-8: one of them makes a whole document unreadable.
func legalXML(s string) string {
	legal := func(r rune) bool {
		return r == '\t' || r == '\n' || r == '\r' ||
			r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
	}
	clean := utf8.ValidString(s)
	for _, r := range s {
		clean = clean && legal(r)
	}
	if clean {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if legal(r) && (r != utf8.RuneError || size > 1) {
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

package render

import "warta/internal/page"

// Shell is what every page says about itself outside of its visible text: the
// head of the document, and which masthead and footer stand around it.
type Shell struct {
	Lang string // interface language, "id" or "en"; anything else prints Indonesian
	Site string // the outlet's name
	// Nav is the slug of the top-level section that the masthead marks as
	// open; empty marks none. It is a parameter of the masthead's hole.
	Nav string

	Title       string // whole <title>, the outlet's name included
	Description string
	Canonical   string // absolute URL; empty prints none
	Prev, Next  string // neighbours in a paged list, absolute; empty prints none
	Robots      string // empty prints "max-image-preview:large"

	Social Social
	Feeds  []FeedLink
	Data   [][]byte // JSON-LD documents, each printed as its own data block
	Verify []Meta   // further name/content pairs, such as search engines' ownership marks

	// Slots are the places for ads and offers; nil: there are none.
	Slots *Slots

	// Sized returns a hole with what is known of its piece: its Width and Frame,
	// see page.Hole. Nil: nothing is.
	Sized func(page.Hole) page.Hole
	// Inline returns what a module prints if the page is to print it itself
	// and leave no hole; nil, or a nil result: it leaves the hole.
	Inline func(page.Hole) []byte

	holes *page.Holes // set for the time of one rendering
}

// Social is Open Graph and its cousin. Empty fields print nothing.
type Social struct {
	Type        string // "article", "website", "profile"
	Title       string
	Description string
	Image       string // absolute URL of a JPEG
	ImageAlt    string
	ImageWidth  int
	ImageHeight int
	Locale      string // "id_ID"
	Published   string // RFC 3339, for articles
	Modified    string
	Section     string
	Tags        []string
}

// Meta is one name and content in the head.
type Meta struct{ Name, Content string }

// FeedLink announces one feed of the page.
type FeedLink struct {
	Type  string // "application/rss+xml", "application/atom+xml", "application/feed+json"
	Title string
	URL   string
}

// Link is words that lead somewhere. An empty URL prints the words alone.
type Link struct{ Text, URL string }

// Time is one instant, already in the reader's words.
type Time struct {
	Text string // as lists and lines print it: "08/01/2022, 06:31 WIB"
	ISO  string // RFC 3339 with the site's offset, for machines and the script
	// Clock is the time of day alone ("06:31"), for timelines and day lists.
	Clock string
}

package ads

import (
	"slices"

	"warta/internal/fault"
)

// Placement is a kind of place for ads.
type Placement string

// The placements.
const (
	Top    Placement = "top"    // above the text
	Inline Placement = "inline" // between paragraphs
	List   Placement = "list"   // in and below lists, as a card
	Side   Placement = "side"   // beside the text, on wide screens alone
	Sticky Placement = "sticky" // at the foot of the window, until it is closed
)

// Placements are all placements in the order in which pages have them.
var Placements = []Placement{Top, Inline, List, Side, Sticky}

// Valid reports whether there is such a placement.
func (p Placement) Valid() bool { return slices.Contains(Placements, p) }

// PageType is a kind of page.
type PageType string

// The page types.
const (
	StoryPage   PageType = "story"
	HomePage    PageType = "home"
	SectionPage PageType = "section"
	ListPage    PageType = "list" // a topic, an author, all stories by time
)

// PageTypes are all page types.
var PageTypes = []PageType{StoryPage, HomePage, SectionPage, ListPage}

// Size is in CSS pixels.
type Size struct{ W, H int }

// Box is the room that a placement has, on phones and on screens from 768 pixels
// on; a zero size: none there.
type Box struct{ Narrow, Wide Size }

// boxes are what the style sheet reserves (ui/site/ads/ads.css).
var boxes = map[Placement]Box{
	Top:    {Size{320, 100}, Size{728, 90}},
	Inline: {Size{300, 250}, Size{300, 250}},
	List:   {Size{320, 100}, Size{320, 100}},
	Side:   {Size{}, Size{300, 600}},
	Sticky: {Size{320, 50}, Size{728, 90}},
}

// Box returns the room of a placement.
func (p Placement) Box() Box { return boxes[p] }

// What of the budget nobody can change. The window of a phone, 640 pixels high, holds
// about screenWords of a text, so that there is one ad of it in sight at most; and no
// place takes more than half of that window, the sticky one no more than a seventh.
const (
	screenWords = 150

	leastFirstWords = 80
	mostInline      = 6
	mostBytes       = 300_000
	mostPageBytes   = 1_000_000
)

// Settings are what the sales desk decides about the site.
type Settings struct {
	On    []Placement `json:"on,omitempty"`    // places that pages have
	Pages []PageType  `json:"pages,omitempty"` // kinds of pages that have places

	FirstWords int `json:"first_words,omitempty"` // of a text, before its first ad
	GapWords   int `json:"gap_words,omitempty"`   // between two ads in a text
	InText     int `json:"in_text,omitempty"`     // ads in one text at most
	MaxBytes   int `json:"max_bytes,omitempty"`   // of one creative

	Rotate   int    `json:"rotate,omitempty"` // seconds that one ad stands in its turn
	Networks bool   `json:"networks,omitempty"`
	AdsTxt   string `json:"ads_txt,omitempty"`

	// Offers are the places in which a campaign of offers is on; kept in step by
	// the store.
	Offers []OfferPlace `json:"-"`
}

// DefaultSettings are those of a fresh site: no page has a place for ads.
func DefaultSettings() Settings {
	return Settings{Pages: slices.Clone(PageTypes), FirstWords: 120, GapWords: 300, InText: 2, MaxBytes: 150_000, Rotate: 15}
}

// Has reports whether pages of a type have a placement.
func (s *Settings) Has(p Placement, t PageType) bool {
	if (p == Inline || p == Side) && t != StoryPage {
		return false
	}
	return slices.Contains(s.On, p) && slices.Contains(s.Pages, t)
}

// Any reports whether pages of a type have any place, for ads or for offers.
func (s *Settings) Any(t PageType) bool {
	return slices.Contains(s.Pages, t) && len(s.On) > 0 || len(s.Offers) > 0
}

// Check returns an Invalid error that names the field and the bound unless pages
// with these settings stay readable: ads behave, whoever sells them.
func (s *Settings) Check() error {
	bounds := []struct {
		field       string
		value       int
		least, most int
	}{
		{"first_words", s.FirstWords, leastFirstWords, 2000},
		{"gap_words", s.GapWords, screenWords, 5000},
		{"in_text", s.InText, 0, mostInline},
		{"max_bytes", s.MaxBytes, 10_000, mostBytes},
		{"rotate", s.Rotate, 5, 600},
	}
	for _, b := range bounds {
		if b.value < b.least || b.value > b.most {
			return fault.Input(b.field, "%s has to be %d to %d, not %d", b.field, b.least, b.most, b.value).
				Say("ads_bound", "least", b.least, "most", b.most)
		}
	}
	for _, p := range s.On {
		if !p.Valid() {
			return fault.Input("on", "there is no placement %q", p).Say("word_unknown", "word", string(p))
		}
	}
	for _, t := range s.Pages {
		if !slices.Contains(PageTypes, t) {
			return fault.Input("pages", "there is no kind of page %q", t).Say("word_unknown", "word", string(t))
		}
	}
	slots := len(s.On)
	if slices.Contains(s.On, Inline) {
		slots += s.InText - 1
	}
	if sum := slots * s.MaxBytes; sum > mostPageBytes {
		return fault.Input("max_bytes", "%d places of %d bytes are more than the %d that a page may load", slots, s.MaxBytes, mostPageBytes).
			Say("ads_page_bytes", "slots", slots, "most", mostPageBytes/1000)
	}
	return CheckAdsTxt(s.AdsTxt)
}

package render

import (
	"html/template"
	"strconv"
	"strings"

	"warta/internal/ads"
	"warta/internal/doc"
	"warta/internal/page"
)

// The modules of ads and offers. Nothing of them is in the page of a reader who
// reads without ads: their holes are closed to that class.
const (
	// ModuleAds is what stands at the beginning, at the end or among the lists of a
	// page. Parameters: AdsHead, AdsEnd or AdsList; the kind of the page; the id of
	// the section; the audience. View: AdPiece.
	ModuleAds = "ads"
	// ModuleAd is one slot between paragraphs. Parameters: the kind of the page; the
	// id of the section; its number in the text. View: AdPiece.
	ModuleAd = "ad"
)

// Where ModuleAds stands.
const (
	AdsHead = "head"
	AdsEnd  = "end"
	AdsList = "list"
)

// SheetAds is the style of ads and offers. It is in their first piece, so that a
// page without them has nothing of it.
const SheetAds Sheet = "ads"

// Slots are the places of one page.
type Slots struct {
	Page    string // kind of page: "story"
	Section string // id of its section; empty: none
	Head    bool
	End     bool
	List    bool
	// ByAudience: offers differ for readers with and without an account.
	ByAudience bool
	// In a text: after how many words the first slot stands, between two of them,
	// and how many at most; zero: none.
	FirstWords, GapWords, InText int
}

// Ads leaves the holes of a place, if the page has it.
func (s Shell) Ads(place string) template.HTML {
	a := s.Slots
	if a == nil || place == AdsHead && !a.Head || place == AdsEnd && !a.End || place == AdsList && !a.List {
		return ""
	}
	params := place + "|" + a.Page + "|" + a.Section + "|"
	if !a.ByAudience || place == AdsList {
		return s.leave(page.Hole{Module: ModuleAds, Params: params, Hide: page.AdFree})
	}
	return s.leave(page.Hole{Module: ModuleAds, Params: params + "anonymous", Hide: page.AdFree | page.Registered}) +
		s.leave(page.Hole{Module: ModuleAds, Params: params + "registered", Need: page.Registered, Hide: page.AdFree})
}

// slot leaves the hole of the nth ad in a text.
func (s Shell) slot(n int) template.HTML {
	return s.leave(page.Hole{Module: ModuleAd, Params: s.Slots.Page + "|" + s.Slots.Section + "|" + strconv.Itoa(n), Hide: page.AdFree})
}

// leastAfter is how many words have to follow an ad in a text: one just before its
// end belongs below it.
const leastAfter = 60

// breaks returns behind which blocks of a text an ad may stand: never before the
// first words are read, never close to another, and only between two paragraphs. What
// an editor puts among them (a picture, a quote, a heading, a box) has none beside
// it. Ad breaks that the editor has set are taken instead, as far as they keep to
// the same rule.
func breaks(d doc.Doc, s *Slots) (after []int) {
	if s == nil || s.InText <= 0 {
		return nil
	}
	count := make([]int, len(d.Blocks)+1) // words in front of a block
	chosen := false
	for i, b := range d.Blocks {
		count[i+1] = count[i] + words(b)
		_, is := b.(doc.AdBreak)
		chosen = chosen || is
	}
	last, all := 0, count[len(d.Blocks)]
	for i, b := range d.Blocks {
		_, is := b.(doc.AdBreak)
		before, behind := i, i+1
		if is {
			before = i - 1
		}
		if chosen != is || len(after) == s.InText || !running(d.Blocks, before) || !running(d.Blocks, behind) {
			continue
		}
		at := count[i+1]
		if at < s.FirstWords || len(after) > 0 && at-last < s.GapWords || all-at < leastAfter {
			continue
		}
		after, last = append(after, i), at
	}
	return after
}

// running reports whether a block is a paragraph of the running text.
func running(blocks []doc.Block, i int) bool {
	if i < 0 || i >= len(blocks) {
		return false
	}
	_, is := blocks[i].(doc.Paragraph)
	return is
}

// words counts those of a paragraph, a heading or a list.
func words(b doc.Block) (n int) {
	switch b := b.(type) {
	case doc.Paragraph:
		return len(strings.Fields(b.Text.Plain()))
	case doc.Heading:
		return len(strings.Fields(b.Text.Plain()))
	case doc.List:
		for _, i := range b.Items {
			n += len(strings.Fields(i.Text.Plain()))
		}
	}
	return n
}

// AdPiece is the view of ModuleAds and ModuleAd. What is nil prints nothing.
type AdPiece struct {
	Lang string
	Head bool // prints the style sheet and the script first

	Top, Side, Inline, List, Sticky *AdSlot
	OfferTop, OfferEnd, OfferFoot   *Offer
}

// AdSlot is one place with what stands in it.
type AdSlot struct {
	Placement string
	Label     string  // of what stands there now: "Iklan"; there is no slot without
	Now       *Ad     // nil: nothing, and the place is kept
	Then      *AdThen // takes its place in some browsers; nil: in none
}

// AdThen is an ad that only browsers show whose reader has agreed to what it
// needs.
type AdThen struct {
	Ad
	Label string // what is said over it
	Need  string // the purpose: "frequency", "networks"
	Key   string // by which the browser counts it; empty: it does not
	N     int    // how often it is shown within Hours
	Hours int
}

// Ad is one creative.
type Ad struct {
	Mark string // the signed name by which it is counted
	// URL counts a click and leads on; empty: its frame has links of its own.
	URL          string
	Narrow, Wide *Picture // for phones, and from 768 pixels on
	Alt          string
	// A card of ours has words.
	Headline, Text, Sponsor string
	Frame                   string // address of the advertiser's page; empty: none
	Title                   string // of the frame, for who cannot see it
}

// Offer is the outlet's own offer.
type Offer struct {
	Place  string // "top", "end", "foot"
	Key    string
	Text   string
	Button string
	URL    string
	Most   int // times in a session; 0: no limit
}

// gate hides an offer before it is painted that its reader has closed, or seen often
// enough in this session: a script that comes later would move what is read. It is
// the same in all pages, and the policy allows it by its hash.
const gate = `(e=>{try{let d=e.dataset,n=+sessionStorage["offer"+d.offer];n>=(+d.most||1e9)&&(e.hidden=!0)}catch{}})(document.currentScript.parentElement)`

// Ads prints a piece of ads and offers.
func (r *Renderer) Ads(v *AdPiece) ([]byte, error) { return r.module(ModuleAds, v.Lang, v) }

// Ad prints a slot between paragraphs.
func (r *Renderer) Ad(v *AdPiece) ([]byte, error) { return r.module(ModuleAd, v.Lang, v) }

// ConsentPage is where a reader says what may be done beside what is strictly
// necessary.
type ConsentPage struct {
	Shell
	Said     bool // the choice was just kept
	Networks bool // the site has ads of networks
	Purposes []Option
}

// Consent prints the page of choices.
func (r *Renderer) Consent(v *ConsentPage) (Output, error) {
	return r.page("consent", v.Lang, func(h *page.Holes) any { c := *v; c.holes = h; return c })
}

// AdReportPage is what an advertiser gets to see of an order.
type AdReportPage struct {
	Shell
	Order      string
	Advertiser string
	Made       string // the time of the figures, in words
	Until      string // until when the link counts
	CSV        string // address of the same as a table
	Items      []AdReportItem
}

// AdReportItem is one line item of a report, all figures in words.
type AdReportItem struct {
	Name, From, To            string
	Seen, Clicked, Rate, Goal string // Goal is empty without one
	Chart                     *ads.Chart
	Words                     string // what the chart says
	Days                      []AdReportDay
}

// AdReportDay is one day of it.
type AdReportDay struct{ Day, Seen, Clicked, Rate, Sum string }

// AdReport prints a report for an advertiser.
func (r *Renderer) AdReport(v *AdReportPage) (Output, error) {
	return r.page("adreport", v.Lang, func(h *page.Holes) any { c := *v; c.holes = h; return c })
}

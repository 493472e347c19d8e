package ads

import (
	"slices"
	"strings"
	"time"

	"warta/internal/fault"
)

// OfferPlace is where the outlet's own offers stand.
type OfferPlace string

// The places of offers, in the order in which a page has them.
const (
	OfferTop  OfferPlace = "top"  // above the text
	OfferEnd  OfferPlace = "end"  // below it
	OfferFoot OfferPlace = "foot" // at the foot of the window
)

// OfferPlaces are all places.
var OfferPlaces = []OfferPlace{OfferTop, OfferEnd, OfferFoot}

// Audience is whom an offer is for. Whoever reads without ads is nobody's audience.
type Audience string

// The audiences.
const (
	Everybody  Audience = ""
	Anonymous  Audience = "anonymous"
	Registered Audience = "registered"
)

// Audiences are all audiences.
var Audiences = []Audience{Everybody, Anonymous, Registered}

// Offer is a campaign for reading without ads.
type Offer struct {
	ID     int64
	Name   string
	State  State
	Place  OfferPlace
	Starts time.Time
	Ends   time.Time
	Is     OfferText
}

// OfferText is what an offer says, to whom, and how often.
type OfferText struct {
	Text       string     `json:"text"`           // "{name}" stands for the membership's name
	Button     string     `json:"button"`         // the words of the link
	Link       string     `json:"link,omitempty"` // a path of ours; empty: the setting's
	Audience   Audience   `json:"audience,omitempty"`
	Pages      []PageType `json:"pages,omitempty"`       // empty: all
	PerPage    int        `json:"per_page,omitempty"`    // offers on one page with this one; 0: 1
	PerSession int        `json:"per_session,omitempty"` // times that one browser shows it in a session; 0: no limit
}

// Check returns an Invalid error that names the field unless an offer can be kept.
func (o *Offer) Check() (err error) {
	if o.Name, err = name("name", o.Name); err != nil {
		return err
	}
	is := &o.Is
	is.Text, is.Button, is.Link = strings.TrimSpace(is.Text), strings.TrimSpace(is.Button), strings.TrimSpace(is.Link)
	switch {
	case is.Text == "" || len([]rune(is.Text)) > 200:
		return fault.Input("text", "an offer says something in at most 200 characters").Say("ads_name", "most", 200)
	case is.Button == "" || len([]rune(is.Button)) > 60:
		return fault.Input("button", "the link says something in at most 60 characters").Say("ads_name", "most", 60)
	case is.Link != "" && (!strings.HasPrefix(is.Link, "/") || strings.HasPrefix(is.Link, "//") || strings.ContainsAny(is.Link, "\\ \t\r\n") || len(is.Link) > 500):
		return fault.Input("link", "an offer leads to a path of this site").Say("ads_offer_link")
	case !slices.Contains(OfferPlaces, o.Place):
		return fault.Input("place", "there is no place %q", o.Place).Say("word_unknown", "word", string(o.Place))
	case !slices.Contains(Audiences, is.Audience):
		return fault.Input("audience", "there is no audience %q", is.Audience).Say("word_unknown", "word", string(is.Audience))
	case is.PerPage < 0 || is.PerPage > len(OfferPlaces):
		return fault.Input("per_page", "a page has 1 to %d offers", len(OfferPlaces)).Say("ads_bound", "least", 1, "most", len(OfferPlaces))
	case is.PerSession < 0 || is.PerSession > 100:
		return fault.Input("per_session", "a session shows it 0 to 100 times").Say("ads_bound", "least", 0, "most", 100)
	case o.Starts.IsZero() || !o.Ends.After(o.Starts):
		return fault.Input("ends", "a campaign has a beginning and a later end").Say("ads_flight")
	}
	for _, p := range is.Pages {
		if !slices.Contains(PageTypes, p) {
			return fault.Input("pages", "there is no kind of page %q", p).Say("word_unknown", "word", string(p))
		}
	}
	return nil
}

// ChooseOffers decides which offers stand on pages of a type for an audience now,
// by place; until is when that has to be asked again, zero: only after a change. An
// offer stands on a page only if fewer stand above it than it allows.
func ChooseOffers(list []Offer, t PageType, who Audience, now time.Time) (chosen map[OfferPlace]Offer, until time.Time) {
	chosen = map[OfferPlace]Offer{}
	list = slices.SortedFunc(slices.Values(list), func(a, b Offer) int { return int(b.ID - a.ID) }) // the newest first
	for _, place := range OfferPlaces {
		for _, o := range list {
			if o.State != On || o.Place != place || o.Is.Audience != Everybody && o.Is.Audience != who || len(o.Is.Pages) > 0 && !slices.Contains(o.Is.Pages, t) {
				continue
			}
			if now.Before(o.Starts) {
				until = earlier(until, o.Starts)
				continue
			}
			if !now.Before(o.Ends) {
				continue
			}
			until = earlier(until, o.Ends)
			if _, taken := chosen[place]; !taken && len(chosen) < max(1, o.Is.PerPage) {
				chosen[place] = o
			}
		}
	}
	return chosen, until
}

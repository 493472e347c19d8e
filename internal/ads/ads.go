// Package ads holds the words and rules of what is sold on pages: advertisers,
// their orders, line items and creatives, the places for them, the offers of the
// outlet's own, which of them shows where, and how often it was seen. It knows
// neither SQL nor HTTP, asks no clock, and nothing in it knows a reader.
package ads

import (
	"strconv"
	"time"
)

// TagBook is carried by every piece that prints an ad or an offer: whatever is
// sold, changed or ended touches it.
const TagBook = "ads"

// TagLayout is carried by every page that has, or could have, places for ads.
const TagLayout = "ads:layout"

// State says whether something that is sold may stand on pages.
type State string

// The states. What is removed never comes back; everything else may.
const (
	Draft   State = "draft"
	On      State = "on"
	Paused  State = "paused"
	Removed State = "removed"
)

// States are all states, in the order in which they are offered.
var States = []State{Draft, On, Paused, Removed}

// Advertiser is who pays.
type Advertiser struct {
	ID      int64
	Name    string
	Contact string // a person and how to reach him; readers never see it
	Note    string
}

// Order is what an advertiser has signed: one or more line items.
type Order struct {
	ID           int64
	AdvertiserID int64
	Name         string
	State        State
	Note         string
	CreatedAt    time.Time
}

// Kind says what a line item is.
type Kind string

// The kinds: sold directly, the outlet's own, and a network's tag. A network fills
// what nothing sold directly takes, a house ad what is left then.
const (
	Direct  Kind = "direct"
	House   Kind = "house"
	Network Kind = "network"
)

// Kinds are all kinds of line items.
var Kinds = []Kind{Direct, House, Network}

// Model is what is paid for.
type Model string

// The models: for a thousand impressions, or once for the whole flight.
const (
	CPM  Model = "cpm"
	Flat Model = "flat"
)

// Price is what a line item costs. Amount is in minor units of the currency.
type Price struct {
	Model    Model  `json:"model,omitempty"`
	Amount   int64  `json:"amount,omitempty"`
	Currency string `json:"currency,omitempty"`
}

// Due returns what is to be paid for so many impressions, in minor units, rounded
// down.
func (p Price) Due(seen int64) int64 {
	if p.Model == CPM {
		return p.Amount * seen / 1000
	}
	return p.Amount
}

// Cap is how often one browser sees an ad within a time. The browser counts; no
// server learns of it. A zero N is no cap.
type Cap struct {
	N     int `json:"n,omitempty"`
	Hours int `json:"hours,omitempty"`
}

// Item is a line item: what runs, when, where and for how much.
type Item struct {
	ID       int64
	OrderID  int64
	Name     string
	State    State
	Starts   time.Time
	Ends     time.Time
	Goal     int64 // impressions; 0: as many as there are
	Priority int   // 1 is asked first
	Terms    Terms
	Seen     int64 // impressions that were counted so far
	Clicked  int64
}

// Terms are the rest of what was agreed on a line item.
type Terms struct {
	Kind     Kind       `json:"kind,omitempty"` // empty: Direct
	Even     bool       `json:"even,omitempty"` // the goal is spread over the flight
	Weight   int        `json:"weight,omitempty"`
	Price    Price      `json:"price"`
	Sections []int64    `json:"sections,omitempty"` // empty: all; one counts for what is below it
	Pages    []PageType `json:"pages,omitempty"`    // empty: all
	Slot     int        `json:"slot,omitempty"`     // in the text: the nth place only; 0: any
	Cap      Cap        `json:"cap"`
}

// CreativeKind says what a creative is made of.
type CreativeKind string

// The kinds of creatives.
const (
	Pictures CreativeKind = "pictures" // a picture for phones and one for wide screens
	Native   CreativeKind = "native"   // a card of ours with the advertiser's words
	HTML     CreativeKind = "html"     // the advertiser's page, in a sandboxed frame
	Tag      CreativeKind = "tag"      // a network's tag, in a frame as well
)

// CreativeKinds are all kinds.
var CreativeKinds = []CreativeKind{Pictures, Native, HTML, Tag}

// Creative is what readers see of a line item, made for one placement.
type Creative struct {
	ID        int64
	ItemID    int64
	State     State
	Placement Placement
	// Narrow and Wide are the pictures for phones and for wide screens.
	Narrow, Wide int64
	Is           Content
	// LinkFault says what was wrong with the link when it was last tried; empty:
	// nothing, or it was not tried yet.
	LinkFault string
	LinkTried time.Time
}

// Content is what a creative says.
type Content struct {
	Kind     CreativeKind `json:"kind"`
	Name     string       `json:"name,omitempty"` // for the sales desk
	Link     string       `json:"link,omitempty"`
	Alt      string       `json:"alt,omitempty"`
	Headline string       `json:"headline,omitempty"`
	Text     string       `json:"text,omitempty"`
	Sponsor  string       `json:"sponsor,omitempty"`
	HTML     string       `json:"html,omitempty"`
	Weight   int          `json:"weight,omitempty"` // in the rotation within its item; 0: 1
}

// Object returns how the audit log names a thing.
func object(kind string, id int64) string { return kind + ":" + strconv.FormatInt(id, 10) }

// Flight is a creative that may stand on pages, with its line item.
type Flight struct {
	Item     Item
	Creative Creative
	// Advertiser is the name of who pays.
	Advertiser string
}

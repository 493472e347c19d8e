package ads

import (
	"context"
	"slices"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/media"
)

// Options are what the sales desk can do without.
type Options struct {
	Confirm Confirmer // nil where nothing serves pages
	Links   Links     // nil: links are not tried
	Scales  Scales    // nil: pictures are not weighed
}

// Sales is the one way to change what is sold. It is safe for concurrent use.
type Sales struct {
	store Store
	opt   Options
}

// NewSales returns the sales desk over a store.
func NewSales(store Store, o Options) *Sales { return &Sales{store: store, opt: o} }

// SetLinks replaces what links are tried by, nil for nothing. It is for the start, and
// for tests.
func (s *Sales) SetLinks(l Links) { s.opt.Links = l }

// Receipt says what became of a change.
type Receipt struct {
	Seq int64
	// Pending are the serving processes that have not confirmed a takedown yet.
	Pending []string
}

func outcome(actor account.Actor, action, object string, tags ...string) change.Outcome {
	return change.Outcome{Tags: tags, Audit: []change.Audit{{Actor: actor.String(), Action: action, Object: object}}}
}

// SaveAdvertiser creates or changes an advertiser.
func (s *Sales) SaveAdvertiser(ctx context.Context, actor account.Actor, a Advertiser) (_ Advertiser, err error) {
	defer fault.Wrap(&err, "save advertiser %d", a.ID)
	if err := actor.Require(account.Sell); err != nil {
		return a, err
	}
	if err := a.Check(); err != nil {
		return a, err
	}
	return s.store.SaveAdvertiser(ctx, a, outcome(actor, "save", object("advertiser", a.ID), TagBook))
}

// SaveOrder creates an order, or changes its words.
func (s *Sales) SaveOrder(ctx context.Context, actor account.Actor, o Order) (_ Order, err error) {
	defer fault.Wrap(&err, "save order %d", o.ID)
	if err := o.Check(); err != nil {
		return o, err
	}
	_, err = s.change(ctx, actor, o.ID, nil, func(b *Booking) (change.Outcome, error) {
		if b.Order.ID == 0 {
			b.Order = Order{State: On, CreatedAt: b.Now}
		}
		b.Order.Name, b.Order.AdvertiserID, b.Order.Note = o.Name, o.AdvertiserID, o.Note
		return outcome(actor, "save", object("order", b.Order.ID)), nil
	}, func(b *Booking) { o = b.Order })
	return o, err
}

// SetOrder pauses an order, takes it up again, or takes all of it off pages for
// good. What is removed is gone from all pages when this returns, unless a process
// is named as pending.
func (s *Sales) SetOrder(ctx context.Context, actor account.Actor, id int64, to State) (rc Receipt, err error) {
	defer fault.Wrap(&err, "set order %d to %s", id, to)
	return s.change(ctx, actor, id, nil, func(b *Booking) (change.Outcome, error) {
		if err := move(&b.Order.State, to); err != nil {
			return change.Outcome{}, err
		}
		out := outcome(actor, string(to), object("order", id))
		out.Takedown = to == Removed
		if to == On {
			for _, i := range b.Items {
				if i.State != On || !i.Ends.After(b.Now) {
					continue
				}
				if err := b.Ready(i); err != nil {
					return out, err
				}
			}
		}
		return out, nil
	}, nil)
}

// move changes a state unless it is the last one.
func move(from *State, to State) error {
	if !slices.Contains(States, to) || to == Draft {
		return fault.Input("state", "%q is no state to go to", to).Say("word_unknown", "word", string(to))
	}
	if *from == Removed && to != Removed {
		return fault.New(fault.Conflict, "what was removed does not come back").Say("ads_removed")
	}
	*from = to
	return nil
}

// SaveItem creates a line item in its order, or changes one. One that is on stays
// on only if it can be.
func (s *Sales) SaveItem(ctx context.Context, actor account.Actor, in Item) (_ Item, err error) {
	defer fault.Wrap(&err, "save line item %d", in.ID)
	if err := in.Check(); err != nil {
		return in, err
	}
	if in.Terms.Kind == Network {
		if err := actor.Require(account.Configure); err != nil { // its tags are script
			return in, err
		}
	}
	saved := &Item{}
	_, err = s.change(ctx, actor, in.OrderID, nil, func(b *Booking) (change.Outcome, error) {
		i := &Item{OrderID: b.Order.ID, State: Draft}
		switch {
		case b.Order.State == Removed:
			return change.Outcome{}, fault.New(fault.Conflict, "the order was removed").Say("ads_removed")
		case in.ID == 0 && len(b.Items) >= maxItems:
			return change.Outcome{}, fault.New(fault.TooLarge, "an order has at most %d line items", maxItems).Say("ads_bound", "least", 0, "most", maxItems)
		case in.ID == 0:
			b.Items = append(b.Items, i)
		default:
			if i, err = b.Item(in.ID); err != nil {
				return change.Outcome{}, err
			}
		}
		i.Name, i.Starts, i.Ends, i.Goal, i.Priority, i.Terms = in.Name, in.Starts, in.Ends, in.Goal, in.Priority, in.Terms
		if i.State == On && i.Ends.After(b.Now) {
			if err := b.Ready(i); err != nil {
				return change.Outcome{}, err
			}
		}
		saved = i
		return outcome(actor, "save", object("ad_item", in.ID)), nil
	}, nil)
	return *saved, err
}

// SetItem books a line item (On), pauses it, or takes it off pages for good. What
// would break the budget of pages cannot be booked; the error says why.
func (s *Sales) SetItem(ctx context.Context, actor account.Actor, id int64, to State) (rc Receipt, err error) {
	defer fault.Wrap(&err, "set line item %d to %s", id, to)
	order, err := s.store.OrderOf(ctx, id)
	if err != nil {
		return rc, err
	}
	return s.change(ctx, actor, order, nil, func(b *Booking) (change.Outcome, error) {
		i, err := b.Item(id)
		if err != nil {
			return change.Outcome{}, err
		}
		if err := move(&i.State, to); err != nil {
			return change.Outcome{}, err
		}
		if to == On {
			if err := b.Ready(i); err != nil {
				return change.Outcome{}, err
			}
		}
		out := outcome(actor, string(to), object("ad_item", id))
		out.Takedown = to == Removed
		return out, nil
	}, nil)
}

// SaveCreative creates a creative of a line item, or changes one, and tries its
// link. A new one is on. What breaks the budget is refused, whether the line item
// is on or not.
func (s *Sales) SaveCreative(ctx context.Context, actor account.Actor, in Creative) (_ Creative, err error) {
	defer fault.Wrap(&err, "save creative %d", in.ID)
	if err := actor.Require(account.Sell); err != nil {
		return in, err
	}
	if err := in.Check(); err != nil {
		return in, err
	}
	if in.Is.Kind == Tag {
		if err := actor.Require(account.Configure); err != nil { // it is script
			return in, err
		}
	}
	order, err := s.store.OrderOf(ctx, in.ItemID)
	if err != nil {
		return in, err
	}
	in.LinkFault, in.LinkTried = s.try(ctx, in.Is.Link)
	saved := &Creative{}
	_, err = s.change(ctx, actor, order, []int64{in.Narrow, in.Wide}, func(b *Booking) (change.Outcome, error) {
		i, err := b.Item(in.ItemID)
		if err != nil {
			return change.Outcome{}, err
		}
		c := &Creative{ItemID: i.ID, State: On}
		if in.ID == 0 {
			if len(b.Of(i.ID)) >= maxCreatives {
				return change.Outcome{}, fault.New(fault.TooLarge, "a line item has at most %d creatives", maxCreatives).Say("ads_bound", "least", 0, "most", maxCreatives)
			}
			b.Creatives = append(b.Creatives, c)
		} else if c, err = b.Creative(in.ID); err != nil {
			return change.Outcome{}, err
		}
		if c.State == Removed {
			return change.Outcome{}, fault.New(fault.Conflict, "the creative was removed").Say("ads_removed")
		}
		c.Placement, c.Narrow, c.Wide, c.Is, c.LinkFault, c.LinkTried = in.Placement, in.Narrow, in.Wide, in.Is, in.LinkFault, in.LinkTried
		if c.State == On {
			if err := b.Fits(i, c); err != nil {
				return change.Outcome{}, err
			}
		}
		saved = c
		return outcome(actor, "save", object("creative", in.ID)), nil
	}, nil)
	return *saved, err
}

func (s *Sales) try(ctx context.Context, link string) (why string, at time.Time) {
	if s.opt.Links == nil || link == "" {
		return "", time.Time{}
	}
	at, err := s.store.Now(ctx)
	if err != nil {
		return "", time.Time{}
	}
	return s.opt.Links.Try(ctx, link), at
}

// SetCreative turns a creative on or off, or takes it off pages for good.
func (s *Sales) SetCreative(ctx context.Context, actor account.Actor, item, id int64, to State) (rc Receipt, err error) {
	defer fault.Wrap(&err, "set creative %d to %s", id, to)
	order, err := s.store.OrderOf(ctx, item)
	if err != nil {
		return rc, err
	}
	return s.change(ctx, actor, order, nil, func(b *Booking) (change.Outcome, error) {
		c, err := b.Creative(id)
		if err != nil {
			return change.Outcome{}, err
		}
		i, err := b.Item(c.ItemID)
		if err != nil {
			return change.Outcome{}, err
		}
		if err := move(&c.State, to); err != nil {
			return change.Outcome{}, err
		}
		if to == On {
			if err := b.Fits(i, c); err != nil {
				return change.Outcome{}, err
			}
		}
		out := outcome(actor, string(to), object("creative", id))
		out.Takedown = to == Removed
		return out, nil
	}, nil)
}

// change is the frame of every change of an order: who may, what the pictures
// weigh, which pages are touched, and who has to confirm. after is called with the
// order as it was written; it may be nil.
func (s *Sales) change(ctx context.Context, actor account.Actor, orderID int64, pictures []int64, fn func(*Booking) (change.Outcome, error), after func(*Booking)) (rc Receipt, err error) {
	if err := actor.Require(account.Sell); err != nil {
		return rc, err
	}
	known, weights, err := s.pictures(ctx, orderID, pictures)
	if err != nil {
		return rc, err
	}
	takedown := false
	var last *Booking
	rc.Seq, err = s.store.ChangeBooking(ctx, orderID, func(b *Booking) (change.Outcome, error) {
		b.Pictures, b.Weights, last = known, weights, b
		before := b.shown()
		out, err := fn(b)
		if err != nil {
			return out, err
		}
		out.Touch(TagBook)
		after := b.shown()
		for id, was := range before {
			if was != after[id] {
				out.Touch(media.Tag(id))
			}
		}
		for id, is := range after {
			if is && !before[id] {
				out.Touch(media.Tag(id))
			}
		}
		slices.Sort(out.Tags)
		takedown = out.Takedown
		return out, nil
	})
	if err != nil {
		return rc, err
	}
	if after != nil {
		after(last)
	}
	if takedown && rc.Seq != 0 && s.opt.Confirm != nil {
		rc.Pending, err = s.opt.Confirm.Confirm(ctx, rc.Seq)
	}
	return rc, err
}

// shown returns which pictures of the order readers may see by it.
func (b *Booking) shown() map[int64]bool {
	out := map[int64]bool{}
	for _, c := range b.Creatives {
		for id, is := range b.Shown(c) {
			out[id] = out[id] || is
		}
	}
	return out
}

// pictures reads and weighs the pictures of an order's creatives and some more.
func (s *Sales) pictures(ctx context.Context, orderID int64, more []int64) (known map[int64]media.Picture, weights map[int64]int64, err error) {
	widths := map[int64]int{}
	for _, id := range more {
		widths[id] = 0
	}
	if orderID != 0 {
		b, err := s.store.Booking(ctx, orderID)
		if err != nil {
			return nil, nil, err
		}
		for _, c := range b.Creatives {
			widths[c.Narrow], widths[c.Wide] = 0, 0
		}
	}
	delete(widths, 0)
	ids := make([]int64, 0, len(widths))
	for id := range widths {
		ids = append(ids, id)
	}
	list, err := s.store.PicturesByID(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	known, weights = map[int64]media.Picture{}, map[int64]int64{}
	for _, p := range list {
		known[p.ID] = p
		if s.opt.Scales == nil {
			continue
		}
		n, err := s.opt.Scales.Weigh(ctx, p, p.Width)
		if err != nil {
			return nil, nil, err
		}
		weights[p.ID] = n
	}
	return known, weights, nil
}

// SaveSettings changes which places pages have, and the budget. Line items that
// have no place any more are named in the error: they have to be paused first.
func (s *Sales) SaveSettings(ctx context.Context, actor account.Actor, set Settings) (err error) {
	defer fault.Wrap(&err, "save the places of ads")
	if err := actor.Require(account.Sell); err != nil {
		return err
	}
	set.AdsTxt = strings.ReplaceAll(set.AdsTxt, "\r\n", "\n")
	if err := set.Check(); err != nil {
		return err
	}
	before, err := s.store.AdSettings(ctx)
	if err != nil {
		return err
	}
	if set.Networks && !before.Networks {
		if err := actor.Require(account.Configure); err != nil { // scripts of others, in frames
			return err
		}
	}
	return s.store.SaveAdSettings(ctx, set, outcome(actor, "save", "ad_settings", TagBook, TagLayout))
}

// SaveOffer creates or changes a campaign of offers.
func (s *Sales) SaveOffer(ctx context.Context, actor account.Actor, o Offer) (_ Offer, err error) {
	defer fault.Wrap(&err, "save offer %d", o.ID)
	if err := actor.Require(account.Sell); err != nil {
		return o, err
	}
	if o.State == "" {
		o.State = Draft
	}
	if !slices.Contains(States, o.State) {
		return o, fault.Input("state", "%q is no state", o.State).Say("word_unknown", "word", string(o.State))
	}
	if err := o.Check(); err != nil {
		return o, err
	}
	return s.store.SaveOffer(ctx, o, outcome(actor, "save", object("offer", o.ID), TagBook, TagLayout))
}

// maxLinkDays is how long an advertiser's link may count.
const maxLinkDays = 400

// Link returns the link by which an advertiser reads the report of an order, for
// some days; end ends those that were made before.
func (s *Sales) Link(ctx context.Context, actor account.Actor, orderID int64, days int, end bool) (l ReportLink, err error) {
	defer fault.Wrap(&err, "link to the report of order %d", orderID)
	if days < 1 || days > maxLinkDays {
		return l, fault.Input("days", "a link counts for 1 to %d days", maxLinkDays).Say("ads_bound", "least", 1, "most", maxLinkDays)
	}
	_, err = s.change(ctx, actor, orderID, nil, func(b *Booking) (change.Outcome, error) {
		action := "link"
		if end {
			b.LinkNo++
			action = "end_links"
		}
		l = ReportLink{Order: orderID, No: b.LinkNo, Until: b.Now.Add(time.Duration(days) * 24 * time.Hour).Truncate(time.Second)}
		return outcome(actor, action, object("order", orderID)), nil
	}, nil)
	return l, err
}

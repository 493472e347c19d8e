package store

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"time"

	"warta/internal/ads"
	"warta/internal/change"
	"warta/internal/fault"
)

const (
	adOrderColumns    = `id, advertiser_id, name, state, note, created_at, link_no`
	adItemColumns     = `id, order_id, name, state, starts, ends, goal, priority, terms`
	adCreativeColumns = `id, item_id, state, placement, narrow, wide, content, link_fault, link_tried`
	adOfferColumns    = `id, name, state, place, starts, ends, content`
)

func scanAdItem(r scanner) (i ads.Item, err error) {
	err = r.Scan(adItemFields(&i)...)
	return i, err
}

func adItemFields(i *ads.Item) []any {
	return []any{&i.ID, &i.OrderID, &i.Name, &i.State, stamp{&i.Starts}, stamp{&i.Ends}, &i.Goal, &i.Priority, document{&i.Terms}, &i.Seen, &i.Clicked}
}

func scanAdCreative(r scanner) (c ads.Creative, err error) {
	err = r.Scan(adCreativeFields(&c)...)
	return c, err
}

func adCreativeFields(c *ads.Creative) []any {
	return []any{&c.ID, &c.ItemID, &c.State, &c.Placement, &c.Narrow, &c.Wide, document{&c.Is}, &c.LinkFault, stamp{&c.LinkTried}}
}

func scanAdOffer(r scanner) (o ads.Offer, err error) {
	err = r.Scan(&o.ID, &o.Name, &o.State, &o.Place, stamp{&o.Starts}, stamp{&o.Ends}, document{&o.Is})
	return o, err
}

// SaveAdvertiser implements ads.Store.
func (db *DB) SaveAdvertiser(ctx context.Context, a ads.Advertiser, out change.Outcome) (_ ads.Advertiser, err error) {
	defer fault.Wrap(&err, "write advertiser %q", a.Name)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		id, err := saveRow(ctx, s, "ad_advertisers", "id, name, contact, note, folded", a.ID, a.Name, a.Contact, a.Note, foldName(a.Name))
		if err == nil {
			a.ID = id
		}
		return out, err
	})
	return a, err
}

// OrderOf implements ads.Store. Goes by the primary key.
func (db *DB) OrderOf(ctx context.Context, itemID int64) (id int64, err error) {
	defer fault.Wrap(&err, "read the order of line item %d", itemID)
	err = db.reads().row(ctx, `SELECT order_id FROM ad_items WHERE id = $1`, itemID).Scan(&id)
	return id, notFound(err, "there is no line item %d", itemID)
}

// Booking implements ads.Store.
func (db *DB) Booking(ctx context.Context, orderID int64) (b *ads.Booking, err error) {
	defer fault.Wrap(&err, "read order %d", orderID)
	err = db.view(ctx, func(s *session) error {
		b, err = db.readBooking(ctx, s, orderID, "")
		return err
	})
	return b, err
}

// Bounds on what belongs to one order; see ads.Sales.
const (
	maxBookedItems     = 200
	maxBookedCreatives = 8000
)

// readBooking reads an order; lock ends the statement that reads its row.
func (db *DB) readBooking(ctx context.Context, s *session, orderID int64, lock string) (b *ads.Booking, err error) {
	b = &ads.Booking{}
	if b.Now, err = db.clock(ctx, s); err != nil {
		return nil, err
	}
	if b.Settings, err = readAdSettings(ctx, s); err != nil || orderID == 0 {
		return b, err
	}
	o := &b.Order
	err = s.row(ctx, `SELECT `+adOrderColumns+` FROM ad_orders WHERE id = $1`+lock, orderID).
		Scan(&o.ID, &o.AdvertiserID, &o.Name, &o.State, &o.Note, stamp{&o.CreatedAt}, &b.LinkNo)
	if err != nil {
		return nil, notFound(err, "there is no order %d", orderID)
	}
	items, err := collect(scanAdItem)(s.rows(ctx, `
		SELECT `+adItemColumns+`, seen, clicked
		FROM ad_items
		WHERE order_id = $1
		ORDER BY id
		LIMIT $2`, orderID, maxBookedItems)) // index ad_items_order
	if err != nil {
		return nil, err
	}
	for i := range items {
		b.Items = append(b.Items, &items[i])
	}
	creatives, err := collect(scanAdCreative)(s.rows(ctx, `
		SELECT `+prefixed("c", adCreativeColumns)+`
		FROM ad_items AS i
		JOIN ad_creatives AS c ON c.item_id = i.id
		WHERE i.order_id = $1
		ORDER BY c.id
		LIMIT $2`, orderID, maxBookedCreatives)) // indexes ad_items_order, ad_creatives_item
	for i := range creatives {
		b.Creatives = append(b.Creatives, &creatives[i])
	}
	return b, err
}

// ChangeBooking implements ads.Store.
func (db *DB) ChangeBooking(ctx context.Context, orderID int64, fn func(*ads.Booking) (change.Outcome, error)) (seq int64, err error) {
	defer fault.Wrap(&err, "change order %d", orderID)
	return db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		b, err := db.readBooking(ctx, s, orderID, s.forUpdate())
		if err != nil {
			return out, err
		}
		items, creatives := map[int64]ads.Item{}, map[int64]ads.Creative{}
		for _, i := range b.Items {
			items[i.ID] = *i
		}
		for _, c := range b.Creatives {
			creatives[c.ID] = *c
		}
		if out, err = fn(b); err != nil {
			return out, err
		}
		o := &b.Order
		if o.ID, err = saveRow(ctx, s, "ad_orders", adOrderColumns,
			o.ID, o.AdvertiserID, o.Name, string(o.State), o.Note, millis(o.CreatedAt), b.LinkNo); err != nil {
			return out, err
		}
		for _, i := range b.Items {
			if i.OrderID = o.ID; i.ID != 0 && reflect.DeepEqual(items[i.ID], *i) {
				continue
			}
			terms, err := marshal(i.Terms)
			if err != nil {
				return out, err
			}
			if i.ID, err = saveRow(ctx, s, "ad_items", adItemColumns,
				i.ID, i.OrderID, i.Name, string(i.State), millis(i.Starts), millis(i.Ends), i.Goal, i.Priority, terms); err != nil {
				return out, err
			}
		}
		for _, c := range b.Creatives {
			if c.ID != 0 && reflect.DeepEqual(creatives[c.ID], *c) {
				continue
			}
			if err := saveCreative(ctx, s, c); err != nil {
				return out, err
			}
		}
		return out, saveAdPictures(ctx, s, b)
	})
}

func saveCreative(ctx context.Context, s *session, c *ads.Creative) error {
	content, err := marshal(c.Is)
	if err != nil {
		return err
	}
	c.ID, err = saveRow(ctx, s, "ad_creatives", adCreativeColumns,
		c.ID, c.ItemID, string(c.State), string(c.Placement), c.Narrow, c.Wide, content, c.LinkFault, millis(c.LinkTried))
	return err
}

// saveAdPictures notes which pictures the order shows, and to whom. Goes by the
// index ad_pictures_creative.
func saveAdPictures(ctx context.Context, s *session, b *ads.Booking) error {
	var ids []int64
	var rows [][]any
	for _, c := range b.Creatives {
		ids = append(ids, c.ID)
		for picture, shown := range b.Shown(c) {
			rows = append(rows, []any{picture, c.ID, flag(shown)})
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if _, err := s.exec(ctx, `DELETE FROM ad_pictures WHERE creative_id `+s.inIDs(1), s.ids(ids)); err != nil {
		return err
	}
	return s.insertRows(ctx, `INSERT INTO ad_pictures (picture_id, creative_id, shown)`, "", rows)
}

// readAdSettings reads what the sales desk has decided, the defaults if nothing,
// and the places in which offers are on.
func readAdSettings(ctx context.Context, s *session) (set ads.Settings, err error) {
	set = ads.DefaultSettings()
	stored := ads.Settings{}
	err = s.row(ctx, `SELECT settings FROM ad_settings WHERE id = 1`).Scan(document{&stored})
	switch {
	case err == nil:
		set = stored
	case !errors.Is(err, sql.ErrNoRows):
		return set, err
	}
	set.Offers, err = collect(func(r scanner) (p ads.OfferPlace, err error) { return p, r.Scan(&p) })(s.rows(ctx, `
		SELECT DISTINCT place
		FROM ad_offers
		WHERE state = 'on'
		ORDER BY place
		LIMIT 10`)) // index ad_offers_state
	return set, err
}

// AdSettings implements ads.Store.
func (db *DB) AdSettings(ctx context.Context) (set ads.Settings, err error) {
	defer fault.Wrap(&err, "read the places of ads")
	err = db.view(ctx, func(s *session) error {
		set, err = readAdSettings(ctx, s)
		return err
	})
	return set, err
}

// SaveAdSettings implements ads.Store.
func (db *DB) SaveAdSettings(ctx context.Context, set ads.Settings, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "write the places of ads")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		text, err := marshal(set)
		if err != nil {
			return out, err
		}
		return out, s.insertRows(ctx, `INSERT INTO ad_settings (id, settings)`, onConflict("id", "id, settings"), [][]any{{1, text}})
	})
	return err
}

// maxFlights bounds the creatives that may stand in one place at a time.
const maxFlights = 1000

// Flights returns the creatives that may stand in a placement now or later: those
// whose order, line item and themselves are on and whose flight is not over. Goes
// by the index ad_items_live, and by those of their creatives.
func (db *DB) Flights(ctx context.Context, p ads.Placement, now time.Time) (_ []ads.Flight, err error) {
	defer fault.Wrap(&err, "read what may stand in %q", p)
	return collect(func(r scanner) (f ads.Flight, err error) {
		err = r.Scan(append(append(adItemFields(&f.Item), adCreativeFields(&f.Creative)...), &f.Advertiser)...)
		return f, err
	})(db.reads().rows(ctx, `
		SELECT `+prefixed("i", adItemColumns)+`, i.seen, i.clicked, `+prefixed("c", adCreativeColumns)+`, a.name
		FROM ad_items AS i
		JOIN ad_orders AS o ON o.id = i.order_id
		JOIN ad_advertisers AS a ON a.id = o.advertiser_id
		JOIN ad_creatives AS c ON c.item_id = i.id
		WHERE i.state = 'on'
		  AND i.ends > $1
		  AND o.state = 'on'
		  AND c.state = 'on'
		  AND c.placement = $2
		ORDER BY i.ends, i.id, c.id
		LIMIT $3`, millis(now), string(p), maxFlights))
}

// FlightOf returns one creative with its line item if it may stand on pages now;
// NotFound. Goes by primary keys.
func (db *DB) FlightOf(ctx context.Context, creativeID int64) (f ads.Flight, err error) {
	defer fault.Wrap(&err, "read creative %d", creativeID)
	err = db.reads().row(ctx, `
		SELECT `+prefixed("i", adItemColumns)+`, i.seen, i.clicked, `+prefixed("c", adCreativeColumns)+`, a.name
		FROM ad_creatives AS c
		JOIN ad_items AS i ON i.id = c.item_id
		JOIN ad_orders AS o ON o.id = i.order_id
		JOIN ad_advertisers AS a ON a.id = o.advertiser_id
		WHERE c.id = $1
		  AND i.state = 'on'
		  AND o.state = 'on'
		  AND c.state = 'on'`, creativeID).
		Scan(append(append(adItemFields(&f.Item), adCreativeFields(&f.Creative)...), &f.Advertiser)...)
	return f, notFound(err, "there is no such ad")
}

// maxOffers bounds the campaigns of offers that are on at a time.
const maxOffers = 100

// LiveOffers returns the campaigns of offers that may stand on pages now or later.
// Goes by the index ad_offers_state.
func (db *DB) LiveOffers(ctx context.Context, now time.Time) (_ []ads.Offer, err error) {
	defer fault.Wrap(&err, "read offers")
	return collect(scanAdOffer)(db.reads().rows(ctx, `
		SELECT `+adOfferColumns+`
		FROM ad_offers
		WHERE state = 'on'
		  AND ends > $1
		ORDER BY ends, id
		LIMIT $2`, millis(now), maxOffers))
}

// AdOffer implements ads.Store. Goes by the primary key.
func (db *DB) AdOffer(ctx context.Context, id int64) (o ads.Offer, err error) {
	defer fault.Wrap(&err, "read offer %d", id)
	o, err = scanAdOffer(db.reads().row(ctx, `SELECT `+adOfferColumns+` FROM ad_offers WHERE id = $1`, id))
	return o, notFound(err, "there is no offer %d", id)
}

// SaveOffer implements ads.Store.
func (db *DB) SaveOffer(ctx context.Context, o ads.Offer, out change.Outcome) (_ ads.Offer, err error) {
	defer fault.Wrap(&err, "write offer %q", o.Name)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		content, err := marshal(o.Is)
		if err != nil {
			return out, err
		}
		id, err := saveRow(ctx, s, "ad_offers", adOfferColumns, o.ID, o.Name, string(o.State), string(o.Place), millis(o.Starts), millis(o.Ends), content)
		if err == nil {
			o.ID = id
		}
		return out, err
	})
	return o, err
}

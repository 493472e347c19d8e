package store

import (
	"context"
	"time"

	"warta/internal/ads"
	"warta/internal/fault"
	"warta/internal/news"
)

const advertiserColumns = `id, name, contact, note`

func scanAdvertiser(r scanner) (a ads.Advertiser, err error) {
	err = r.Scan(&a.ID, &a.Name, &a.Contact, &a.Note)
	return a, err
}

// Advertisers returns advertisers in the order of their names; see TopicsByName.
func (db *DB) Advertisers(ctx context.Context, f news.NameFilter) (list []ads.Advertiser, next string, err error) {
	defer fault.Wrap(&err, "list advertisers")
	return nameList(ctx, db, "ad_advertisers", advertiserColumns, "", f, scanAdvertiser)
}

// AdvertisersByID returns advertisers in the order asked, without unknown ones.
func (db *DB) AdvertisersByID(ctx context.Context, ids []int64) (_ []ads.Advertiser, err error) {
	defer fault.Wrap(&err, "read %d advertisers", len(ids))
	return readMany(ctx, db, `SELECT `+advertiserColumns+` FROM ad_advertisers`, ids, scanAdvertiser, func(a *ads.Advertiser) int64 { return a.ID })
}

// AdOrders returns orders, the newest first, those of one advertiser alone if one
// is named, with the line items of each. Goes by the primary key, or the index
// ad_orders_advertiser; the items by ad_items_order.
func (db *DB) AdOrders(ctx context.Context, f ads.OrderFilter) (list []ads.OrderRow, err error) {
	defer fault.Wrap(&err, "list orders")
	if err := checkLimit(f.Limit, maxLimit); err != nil {
		return nil, err
	}
	before := f.Before
	if before <= 0 {
		before = 1<<63 - 1
	}
	where, args := "", []any{before, f.Limit}
	if f.Advertiser != 0 {
		where, args = "\n\t\t  AND o.advertiser_id = $3", append(args, f.Advertiser)
	}
	err = db.view(ctx, func(s *session) error {
		list, err = collect(func(r scanner) (o ads.OrderRow, err error) {
			err = r.Scan(&o.Order.ID, &o.Order.AdvertiserID, &o.Order.Name, &o.Order.State, &o.Order.Note, stamp{&o.Order.CreatedAt}, &o.Advertiser)
			return o, err
		})(s.rows(ctx, `
			SELECT o.id, o.advertiser_id, o.name, o.state, o.note, o.created_at, a.name
			FROM ad_orders AS o
			JOIN ad_advertisers AS a ON a.id = o.advertiser_id
			WHERE o.id < $1`+where+`
			ORDER BY o.id DESC
			LIMIT $2`, args...))
		if err != nil || len(list) == 0 {
			return err
		}
		ids, at := make([]int64, len(list)), map[int64]int{}
		for i := range list {
			ids[i], at[list[i].Order.ID] = list[i].Order.ID, i
		}
		items, err := collect(scanAdItem)(s.rows(ctx, `
			SELECT `+adItemColumns+`, seen, clicked
			FROM ad_items
			WHERE order_id `+s.inIDs(1)+`
			ORDER BY order_id, id
			LIMIT $2`, s.ids(ids), f.Limit*maxBookedItems))
		for _, i := range items {
			row := &list[at[i.OrderID]]
			row.Items = append(row.Items, i)
		}
		return err
	})
	return list, err
}

// CreativeByID returns a creative, whatever its state; NotFound. Goes by the primary
// key.
func (db *DB) CreativeByID(ctx context.Context, id int64) (c ads.Creative, err error) {
	defer fault.Wrap(&err, "read creative %d", id)
	c, err = scanAdCreative(db.reads().row(ctx, `SELECT `+adCreativeColumns+` FROM ad_creatives WHERE id = $1`, id))
	return c, notFound(err, "there is no creative %d", id)
}

// AdOffers returns campaigns of offers, the newest first. Goes by the primary key.
func (db *DB) AdOffers(ctx context.Context, before int64, limit int) (_ []ads.Offer, err error) {
	defer fault.Wrap(&err, "list offers")
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	if before <= 0 {
		before = 1<<63 - 1
	}
	return collect(scanAdOffer)(db.reads().rows(ctx, `
		SELECT `+adOfferColumns+`
		FROM ad_offers
		WHERE id < $1
		ORDER BY id DESC
		LIMIT $2`, before, limit))
}

// Deliveries returns the line items of an order with their counts by day of a zone.
func (db *DB) Deliveries(ctx context.Context, b *ads.Booking, zone *time.Location, now time.Time) (list []ads.Delivery, err error) {
	defer fault.Wrap(&err, "read what order %d has delivered", b.Order.ID)
	var ids []int64
	var since, until time.Time
	for _, i := range b.Items {
		ids = append(ids, i.ID)
		if since.IsZero() || i.Starts.Before(since) {
			since = i.Starts
		}
		if i.Ends.After(until) {
			until = i.Ends
		}
	}
	counts, err := db.AdCounts(ctx, ids, since.Add(-24*time.Hour), until.Add(24*time.Hour))
	for _, i := range b.Items {
		list = append(list, ads.Deliver(*i, counts, zone, now))
	}
	return list, err
}

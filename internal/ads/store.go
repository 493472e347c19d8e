package ads

import (
	"context"
	"time"

	"warta/internal/change"
	"warta/internal/media"
)

// Store keeps what is sold. *store.DB satisfies it.
type Store interface {
	Now(ctx context.Context) (time.Time, error)
	PicturesByID(ctx context.Context, ids []int64) ([]media.Picture, error)

	SaveAdvertiser(ctx context.Context, a Advertiser, out change.Outcome) (Advertiser, error)
	// Booking returns an order with all that belongs to it; NotFound.
	Booking(ctx context.Context, orderID int64) (*Booking, error)
	// ChangeBooking lets fn change an order, and writes what it made of it and the
	// outcome in the same transaction. Order 0 is a new one; items and creatives
	// without an id are new, and have one afterwards. fn may be called again after a
	// serialization failure.
	ChangeBooking(ctx context.Context, orderID int64, fn func(*Booking) (change.Outcome, error)) (seq int64, err error)
	// OrderOf returns the order of a line item, and of a creative; NotFound.
	OrderOf(ctx context.Context, itemID int64) (orderID int64, err error)

	AdSettings(ctx context.Context) (Settings, error)
	SaveAdSettings(ctx context.Context, s Settings, out change.Outcome) error
	AdOffer(ctx context.Context, id int64) (Offer, error)
	SaveOffer(ctx context.Context, o Offer, out change.Outcome) (Offer, error)
}

// Confirmer waits for everybody who serves pages to have applied a takedown.
type Confirmer interface {
	Confirm(ctx context.Context, seq int64) (pending []string, err error)
}

// Links tries whether an address answers.
type Links interface {
	// Try returns why readers who follow the link would find nothing, empty if they
	// would not.
	Try(ctx context.Context, link string) (why string)
}

// Scales tells how many bytes readers load of a picture that has a width.
type Scales interface {
	Weigh(ctx context.Context, p media.Picture, width int) (int64, error)
}

// OrderFilter selects orders for a list, the newest first.
type OrderFilter struct {
	Advertiser int64 // 0: all
	Before     int64 // ids below this one only, if above zero
	Limit      int
}

// OrderRow is one order of a list.
type OrderRow struct {
	Order      Order
	Advertiser string
	Items      []Item
}

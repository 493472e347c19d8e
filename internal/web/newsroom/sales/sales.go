// Package sales is the part of the newsroom in which places on pages are sold:
// advertisers, orders, line items and creatives, the outlet's own offers, and which
// places pages have.
package sales

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/ads"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// Store reads what these pages show.
type Store interface {
	Sections(ctx context.Context) (*news.Tree, error)
	Advertisers(ctx context.Context, f news.NameFilter) ([]ads.Advertiser, string, error)
	AdvertisersByID(ctx context.Context, ids []int64) ([]ads.Advertiser, error)
	AdOrders(ctx context.Context, f ads.OrderFilter) ([]ads.OrderRow, error)
	Booking(ctx context.Context, orderID int64) (*ads.Booking, error)
	OrderOf(ctx context.Context, itemID int64) (int64, error)
	CreativeByID(ctx context.Context, id int64) (ads.Creative, error)
	PlaceCounts(ctx context.Context, since, until time.Time) (map[ads.Placement]int64, error)
	Deliveries(ctx context.Context, b *ads.Booking, zone *time.Location, now time.Time) ([]ads.Delivery, error)
	AdSettings(ctx context.Context) (ads.Settings, error)
	AdOffers(ctx context.Context, before int64, limit int) ([]ads.Offer, error)
	AdOffer(ctx context.Context, id int64) (ads.Offer, error)
	PicturesByID(ctx context.Context, ids []int64) ([]media.Picture, error)
}

// Library takes pictures in and hands them out.
type Library interface {
	Add(ctx context.Context, actor string, r io.Reader, d media.Details) (media.Picture, bool, error)
	Open(ctx context.Context, p media.Picture, crop media.Crop, width int, f media.Format) (*media.Rendition, error)
}

// Parts are what the pages need.
type Parts struct {
	Door    *newsroom.Door
	Store   Store
	Sales   *ads.Sales
	Library Library
	Marks   *ads.Signer
}

// Room answers these pages.
type Room struct{ Parts }

// New returns the pages.
func New(p Parts) *Room { return &Room{p} }

// pageSize is how many rows a list shows.
const pageSize = 30

// Routes are the addresses of these pages.
func (x *Room) Routes() []newsroom.Route {
	route := func(method, path string, h newsroom.Handler) newsroom.Route {
		return newsroom.Route{Method: method, Pattern: newsroom.Prefix + "/ads" + path, Visibility: web.Staff, Capability: account.Sell, Handler: h}
	}
	return []newsroom.Route{
		route("GET", "", x.orders),
		route("GET", "/orders/{id}", x.order),
		route("POST", "/orders/{id}", x.saveOrder),
		route("POST", "/orders/{id}/state", x.setOrder),
		route("POST", "/orders/{id}/link", x.link),
		route("GET", "/items/{id}", x.item),
		route("POST", "/items/{id}", x.saveItem),
		route("POST", "/items/{id}/state", x.setItem),
		route("GET", "/creatives/{id}", x.creative),
		route("POST", "/creatives/{id}", x.saveCreative),
		route("POST", "/creatives/{id}/state", x.setCreative),
		route("GET", "/creatives/{id}/frame", x.frame),
		route("GET", "/creatives/{id}/{side}", x.picture),
		route("GET", "/advertisers", x.advertisers),
		route("GET", "/advertisers/{id}", x.advertiser),
		route("POST", "/advertisers/{id}", x.saveAdvertiser),
		route("GET", "/offers", x.offers),
		route("GET", "/offers/{id}", x.offer),
		route("POST", "/offers/{id}", x.saveOffer),
		route("GET", "/places", x.places),
		route("POST", "/places", x.savePlaces),
	}
}

// said are the sentences that a page may show about what was just done, by the
// word in its address.
var said = map[string]string{
	"saved": "sales.said.saved", "on": "sales.said.on", "paused": "sales.said.paused", "removed": "sales.said.removed",
	"pending": "sales.said.pending", "ended": "sales.said.ended",
}

func shell(r *newsroom.Request, active, title string) newsroom.Shell {
	s := newsroom.Shell{Active: active, Title: title}
	if key, ok := said[r.URL.Query().Get("said")]; ok {
		s.Said = r.Words.T(key)
	}
	return s
}

// back ends a form that succeeded.
func back(w http.ResponseWriter, r *newsroom.Request, path, word string) error {
	return newsroom.SeeOther(w, r, newsroom.Prefix+"/ads"+path+"?said="+url.QueryEscape(word))
}

// at returns the path of a thing.
func at(kind string, id int64) string { return "/" + kind + "/" + strconv.FormatInt(id, 10) }

// Option is an option of a form.
type Option struct {
	Value, Text string
	Chosen      bool
}

// words are options whose texts the catalogues have.
func words[T ~string](r *newsroom.Request, key string, all []T, chosen func(T) bool) (out []Option) {
	for _, v := range all {
		word := string(v)
		if word == "" {
			word = "all"
		}
		out = append(out, Option{string(v), r.Words.T("sales." + key + "." + word), chosen(v)})
	}
	return out
}

// whole reads a number of a form; an empty field is 0, rubbish is -1, which no field
// takes.
func whole(f url.Values, name string) int64 {
	text := strings.NewReplacer(".", "", ",", "", " ", "").Replace(f.Get(name))
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// money puts an amount into the words of a language.
func money(code lang.Code, amount int64, currency string) string {
	if code == lang.EN {
		return ads.Money(amount, currency, ",", ".")
	}
	return ads.Money(amount, currency, ".", ",")
}

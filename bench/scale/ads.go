package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/ads"
	"warta/internal/app"
	library "warta/internal/media"
	"warta/internal/page"
	"warta/internal/web"
)

// adPlaces are the places of a story's page that are sold, two ads in each that
// take turns.
var adPlaces = []ads.Placement{ads.Top, ads.Inline, ads.Side, ads.Sticky}

// sold is the row of a story's page with ads in all places and an offer: beside
// nginx with the same bytes, beside the same page for those who read without ads, and
// how much longer it is than one stream. The archive is left as it was.
func (b *bench) sold(ctx context.Context, s *server, a *archive) (err error) {
	path := a.paths[0]
	bare, err := s.page(ctx, path)
	if err != nil {
		return err
	}
	withdraw, err := b.sell(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, withdraw(context.WithoutCancel(ctx))) }()
	var body []byte
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) { // another process has booked it
		if body, err = s.page(ctx, path); err != nil {
			return err
		}
		text, err := unpack(body)
		if err != nil {
			return err
		}
		if n := bytes.Count(text, []byte("data-mark")); n >= len(adPlaces)-1 { // the text may be too short for one
			one, err := oneStream(ctx, text)
			if err != nil {
				return err
			}
			b.add("ads", "story page with ads, bytes (without; in one stream)", fmt.Sprintf("%d (%d; %d: +%.1f %%)", len(body), len(bare), one, 100*(float64(len(body))/float64(one)-1)), "+15 %", "+10 %")
			break
		}
		if time.Now().After(deadline) {
			return app.Unavailable("no ads stand on %s", path)
		}
	}
	classes := web.NewClasses(a.classes, time.Now)
	c := classes.Cookie(page.Registered|page.AdFree, 1)
	free := web.ReaderCookie + "=x; " + c.Name + "=" + c.Value
	list, strangers, one := filepath.Join(b.dir, "free.txt"), filepath.Join(b.dir, "others.txt"), filepath.Join(b.dir, "one.txt")
	if err := errors.Join(os.WriteFile(list, []byte(free+"\n"), 0o600), os.WriteFile(strangers, []byte("x="+strings.Repeat("y", len(free)-2)+"\n"), 0o600), os.WriteFile(one, []byte(path+"\n"), 0o644)); err != nil {
		return err
	}
	b.step("one hot page with ads in turns, beside nginx and beside the page without")
	got, err := b.besideNginx(ctx, s, path, body)
	if err != nil {
		return err
	}
	b.add("ads", "hot story page with ads against nginx", got[1].against(got[0]), "0.8", "1.0")
	if got, err = b.compare(ctx, load{url: s.url, paths: one, cookies: list, server: s}, load{url: s.url, paths: one, cookies: strangers, server: s}); err != nil {
		return err
	}
	b.add("ads", "the page with ads against the one without", got[1].against(got[0]), "0.90", "0.97")
	return nil
}

// sell opens the places and books two ads in each, and an offer. withdraw takes all
// of them off pages again.
func (b *bench) sell(ctx context.Context) (withdraw func(context.Context) error, err error) {
	who, now := account.System("bench"), time.Now()
	offer := ads.Offer{Name: now.UTC().Format(time.RFC3339Nano), State: ads.On, Place: ads.OfferEnd, Starts: now.Add(-time.Hour), Ends: now.Add(24 * time.Hour),
		Is: ads.OfferText{Text: "Baca berita tanpa iklan.", Button: "Gabung {name} Plus", Audience: ads.Anonymous}}
	set := ads.DefaultSettings()
	set.Rotate = 10
	withdraw = func(ctx context.Context) error {
		return b.trade(ctx, func(core *app.Core) error {
			set.On, offer.State = nil, ads.Paused
			_, err := core.AdSales.SaveOffer(ctx, who, offer)
			return errors.Join(err, core.AdSales.SaveSettings(ctx, who, set))
		})
	}
	return withdraw, b.trade(ctx, func(core *app.Core) error {
		set.On = adPlaces
		if err := core.AdSales.SaveSettings(ctx, who, set); err != nil {
			return err
		}
		v, err := core.AdSales.SaveAdvertiser(ctx, who, ads.Advertiser{Name: offer.Name}) // each run has its own
		if err != nil {
			return err
		}
		o, err := core.AdSales.SaveOrder(ctx, who, ads.Order{AdvertiserID: v.ID, Name: offer.Name})
		if err != nil {
			return err
		}
		for n := range 2 * len(adPlaces) {
			if err := b.book(ctx, core, o.ID, adPlaces[n/2], n); err != nil {
				return err
			}
		}
		offer, err = core.AdSales.SaveOffer(ctx, who, offer)
		return err
	})
}

// trade does something at the sales desk, in this process.
func (b *bench) trade(ctx context.Context, do func(*app.Core) error) (err error) {
	core, err := app.Open(ctx, b.config(), slog.New(slog.DiscardHandler), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, core.Close()) }()
	core.AdSales.SetLinks(nil)
	return do(core)
}

// book books one ad with pictures of one colour.
func (b *bench) book(ctx context.Context, core *app.Core, order int64, p ads.Placement, n int) error {
	who, now := account.System("bench"), time.Now()
	i, err := core.AdSales.SaveItem(ctx, who, ads.Item{OrderID: order, Name: string(p), Starts: now.Add(-time.Hour), Ends: now.Add(24 * time.Hour), Priority: 5,
		Terms: ads.Terms{Weight: 1 + n%2, Price: ads.Price{Currency: "IDR"}}})
	if err != nil {
		return err
	}
	c := ads.Creative{ItemID: i.ID, Placement: p, Is: ads.Content{Kind: ads.Pictures, Alt: "Iklan percobaan", Link: "https://toko.example/"}}
	for id, size := range map[*int64]ads.Size{&c.Narrow: p.Box().Narrow, &c.Wide: p.Box().Wide} {
		if size.W == 0 {
			continue
		}
		img := image.NewPaletted(image.Rect(0, 0, size.W, size.H), color.Palette{color.RGBA{uint8(40 * n), 90, uint8(now.UnixNano()), 255}})
		var file bytes.Buffer
		if err := png.Encode(&file, img); err != nil {
			return err
		}
		pic, _, err := core.Library.Add(ctx, "bench", &file, library.Details{Name: "iklan.png", Credit: "bench"})
		if err != nil {
			return err
		}
		*id = pic.ID
	}
	if _, err := core.AdSales.SaveCreative(ctx, who, c); err != nil {
		return err
	}
	_, err = core.AdSales.SetItem(ctx, who, i.ID, ads.On)
	return err
}

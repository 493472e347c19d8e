package app

import (
	"context"
	"time"

	"warta/internal/ads"
	"warta/internal/fault"
	"warta/internal/fetch"
	"warta/internal/media"
)

// linkWithin is how long the sales desk waits for the page that a link leads to.
const linkWithin = 4 * time.Second

// sell puts together what the sales desk asks of others: who confirms a takedown,
// what pictures weigh, and whether a link leads anywhere.
func (c *Core) sell(confirm ads.Confirmer) {
	c.taker = fetch.New(fetch.Options{Timeout: pageWithin, Allow: c.Config.HookAllow, Ports: c.Config.hookPorts()})
	c.links = fetch.New(fetch.Options{Timeout: linkWithin, Allow: c.Config.HookAllow})
	c.AdSales = ads.NewSales(c.DB, ads.Options{Confirm: confirm, Scales: scales{c.Library}, Links: links{c.links}})
}

// scales weighs what readers load of a creative's picture.
type scales struct{ library *media.Library }

// Weigh implements ads.Scales: the bytes of the rendition that fills the width.
func (s scales) Weigh(ctx context.Context, p media.Picture, width int) (int64, error) {
	widths := p.Widths(media.Orig)
	at := widths[len(widths)-1]
	for _, w := range widths {
		if w >= width {
			at = w
			break
		}
	}
	r, err := s.library.Open(ctx, p, media.Orig, at, media.WebP)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	return r.Size, nil
}

// links tries addresses by the guarded client.
type links struct{ client *fetch.Client }

// Try implements ads.Links. Only an answer that says so makes a link a dead one: a
// server that is slow, or does not like programs, may be there for readers.
func (l links) Try(ctx context.Context, link string) (why string) {
	s, err := l.client.Open(ctx, link, 1<<20)
	if err == nil {
		s.Body.Close()
		return ""
	}
	switch fault.KindOf(err) {
	case fault.NotFound:
		return "404"
	case fault.Gone:
		return "410"
	}
	return ""
}

package app

import (
	"context"
	"math/rand/v2"
	"time"

	"warta/internal/ads"
	"warta/internal/demo"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/stats"
	"warta/ui"
)

// DemoParts says what the demo newsroom has beside stories.
type DemoParts struct {
	Ads      bool // plans, an offer and ads
	Comments bool // discussions
}

// FillDemo fills an empty site with the demo newsroom, and returns how many stories
// it holds then; 0: there were stories already, and nothing was made. progress may
// be nil.
func (c *Core) FillDemo(ctx context.Context, stories int, seed uint64, parts DemoParts, progress func(done, total int)) (made int, err error) {
	var trade *demo.Trade
	if parts.Ads {
		font, err := ui.CardFont()
		if err != nil {
			return 0, err
		}
		// Nobody is asked whether the links of made-up advertisers lead anywhere.
		trade = &demo.Trade{Plans: c.Sales, Ads: ads.NewSales(c.DB, ads.Options{Scales: scales{c.Library}}), Counts: c.DB, Font: font}
	}
	return c.fillDemo(ctx, demo.Options{Stories: stories, Seed: seed, Progress: progress}, trade, parts.Comments)
}

// FillArchive is FillDemo with small pictures and stories alone, for measurements.
func (c *Core) FillArchive(ctx context.Context, stories int, seed uint64, progress func(done, total int)) (made int, err error) {
	return c.fillDemo(ctx, demo.Options{Stories: stories, Seed: seed, Progress: progress, PictureWidth: 320}, nil, false)
}

func (c *Core) fillDemo(ctx context.Context, o demo.Options, trade *demo.Trade, talks bool) (made int, err error) {
	defer fault.Wrap(&err, "fill the demo newsroom")
	there, err := c.DB.CountStories(ctx)
	if err != nil {
		return 0, err
	}
	if there.Stories > 0 {
		return 0, nil
	}
	if o.Now, err = c.DB.Now(ctx); err != nil {
		return 0, err
	}
	end, err := c.DB.Bulk(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	res, err := demo.Make(ctx, demo.Deps{Desk: c.Desk, Site: c.Site, Place: c.DB, Library: c.Library, Trade: trade}, o)
	if err != nil {
		return res.Stories, err
	}
	if err := c.useDemo(ctx, o.Seed, o.Now, talks); err != nil {
		return res.Stories, err
	}
	return res.Stories, c.DB.Analyze(ctx)
}

// useDemo gives the newest stories of the demo reads of the last hours, so that its
// list of the most read is not empty, and discussions if it is to have them.
func (c *Core) useDemo(ctx context.Context, seed uint64, now time.Time, talks bool) error {
	cards, _, _, err := c.DB.List(ctx, news.ListFilter{Limit: 120})
	if err != nil {
		return err
	}
	if talks {
		if err := demo.Talk(ctx, c.Forum, cards, seed, now); err != nil {
			return err
		}
	}
	r := rand.New(rand.NewPCG(seed, 24))
	var reads []stats.Reads
	for i := range cards {
		count := int64(float64(9000/(i+8)) * (0.3 + 1.4*r.Float64()))
		hour := now.Add(-time.Duration(r.IntN(12)) * time.Hour).Truncate(time.Hour)
		reads = append(reads, stats.Reads{Hour: hour, Story: cards[i].ID, Count: count})
	}
	return c.DB.AddReads(ctx, reads)
}

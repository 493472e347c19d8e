package app

import (
	"context"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/doc"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// SamplePaths returns the addresses of at most n live stories that are spread
// over the archive by time; random returns numbers from 0 to 1.
func (a *App) SamplePaths(ctx context.Context, n int, random func() float64) ([]string, error) {
	tree, err := a.DB.Sections(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := a.DB.Settings(ctx)
	if err != nil {
		return nil, err
	}
	first, last, err := a.DB.Span(ctx, 0)
	if err != nil {
		return nil, err
	}
	var out []string
	for range n {
		at := first.Add(time.Duration(random() * float64(last.Sub(first))))
		cards, _, _, err := a.DB.List(ctx, news.ListFilter{To: at.Add(time.Second), Limit: 1})
		if err != nil {
			return nil, err
		}
		for i := range cards {
			out = append(out, cards[i].Path(tree, settings.Zone()))
		}
	}
	return out, nil
}

// RenderTail renders the module below the stories of a section once.
func (a *App) RenderTail(ctx context.Context, section string) error {
	_, err := a.Edition.Module(ctx, page.Hole{Module: render.ModuleTail, Params: section})
	return err
}

// SearchProbe runs a search as the search page does.
func (a *App) SearchProbe(ctx context.Context, query string) error {
	_, err := a.DB.Search(ctx, news.SearchFilter{Query: query, Limit: 20})
	return err
}

// PublishProbe publishes a story through the desk and hands its event to the
// engine, as the follower does.
func (a *App) PublishProbe(ctx context.Context, headline string) error {
	tree, err := a.DB.Sections(ctx)
	if err != nil {
		return err
	}
	actor := account.System("bench")
	body := doc.Doc{Blocks: []doc.Block{doc.Paragraph{Text: doc.Text("Isi berita untuk pengukuran.")}}}
	id, err := a.Desk.Create(ctx, actor, news.Content{Headline: headline, SectionID: tree.All()[0].ID, Body: body.WithIDs(doc.RandomIDs())})
	if err != nil {
		return err
	}
	if _, err := a.Desk.Publish(ctx, actor, id); err != nil {
		return err
	}
	return a.catchUp(ctx)
}

// catchUp announces what the engine has not seen yet.
func (a *App) catchUp(ctx context.Context) error {
	var events []change.Event
	events, err := a.DB.Events(ctx, a.Engine.Applied(), batch)
	for _, ev := range events {
		a.Engine.Announce(ev.Seq, ev.Tags, ev.Takedown)
	}
	return err
}

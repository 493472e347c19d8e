package main

import (
	"context"
	"slices"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/doc"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// samplePaths returns the addresses of at most n live stories, each once, that
// are spread over the archive by time; random returns numbers from 0 to 1.
func samplePaths(ctx context.Context, a *app.App, n int, random func() float64) ([]string, error) {
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
			if p := cards[i].Path(tree, settings.Zone()); !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// renderTail renders the module below the stories of a section once.
func renderTail(ctx context.Context, a *app.App, section string) error {
	_, err := a.Edition.Module(ctx, page.Hole{Module: render.ModuleTail, Params: section})
	return err
}

// search runs a search as the search page does.
func search(ctx context.Context, a *app.App, query string) error {
	_, err := a.DB.Search(ctx, news.SearchFilter{Query: query, Limit: 20})
	return err
}

// publish publishes a story through the desk and hands its event to the engine,
// as the follower of a server does.
func publish(ctx context.Context, a *app.App, headline string) error {
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
	return announce(ctx, a)
}

// batch is more than one publication leaves behind.
const batch = 500

// announce tells the engine what it has not seen yet.
func announce(ctx context.Context, a *app.App) error {
	events, err := a.DB.Events(ctx, a.Engine.Applied(), batch)
	for _, ev := range events {
		a.Engine.Announce(ev.Seq, ev.Tags, ev.Takedown)
	}
	return err
}

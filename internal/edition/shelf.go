package edition

import (
	"context"
	"strings"

	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/render"
)

// Shelf returns the stories of a reader's own list as its pages show them, each
// with the names of what it stands there for.
func (e *Edition) Shelf(ctx context.Context, list []news.Shown) (_ []render.ShelfItem, err error) {
	defer fault.Wrap(&err, "prepare %d stories of a shelf", len(list))
	b, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	stories := make([]news.Card, len(list))
	var causes []member.Item
	for i, h := range list {
		stories[i] = h.Card
		for _, c := range h.For {
			causes = append(causes, member.Item{Kind: member.ItemKind(c.Ref), ID: c.ID})
		}
	}
	cards, err := b.cards(stories, media.Classic)
	if err != nil {
		return nil, err
	}
	names, err := b.shelfNames(causes)
	if err != nil {
		return nil, err
	}
	out := make([]render.ShelfItem, len(list))
	for i, h := range list {
		out[i] = render.ShelfItem{Item: member.Item{Kind: member.Save, ID: h.Card.ID}.String(), Card: cards[i]}
		if !h.At.IsZero() {
			out[i].When = b.time(h.At)
		}
		for _, c := range h.For {
			name, ok := names[member.Item{Kind: member.ItemKind(c.Ref), ID: c.ID}]
			if c.Ref == news.RefStory && c.ID == h.Card.ID {
				// Itself: its name stands above.
				name, ok = render.Link{Text: b.words.T("shelf.this_story")}, true
				out[i].New = h.At.After(h.Card.FirstPublished)
			}
			if ok {
				out[i].Why = append(out[i].Why, name)
			}
		}
	}
	return out, nil
}

// Names returns what a reader keeps with its names. What readers cannot see now
// is left out.
func (e *Edition) Names(ctx context.Context, items []member.Shelved) (_ []render.ShelfItem, err error) {
	defer fault.Wrap(&err, "find the names of %d things of a shelf", len(items))
	b, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]member.Item, len(items))
	for i := range items {
		list[i] = items[i].Item
	}
	names, err := b.shelfNames(list)
	if err != nil {
		return nil, err
	}
	var out []render.ShelfItem
	for _, i := range items {
		if name, ok := names[i.Item]; ok {
			s := render.ShelfItem{Item: i.String(), Name: name, Kind: b.words.T("shelf.kind." + string(i.Kind))}
			if !i.Since.IsZero() {
				s.When = b.time(i.Since)
			}
			out = append(out, s)
		}
	}
	return out, nil
}

// shelfNames returns the names of things, with where they are. Each kind is one
// read of so many rows.
func (b *build) shelfNames(items []member.Item) (map[member.Item]render.Link, error) {
	ids := map[member.ItemKind][]int64{}
	for _, i := range items {
		ids[i.Kind] = append(ids[i.Kind], i.ID)
	}
	out := map[member.Item]render.Link{}
	topics, err := b.e.store.Topics(b.ctx, unique(ids[member.FollowTopic]))
	if err != nil {
		return nil, err
	}
	for _, t := range topics {
		out[member.Item{Kind: member.FollowTopic, ID: t.ID}] = render.Link{Text: t.Name, URL: "/topic/" + t.Slug}
	}
	persons, err := b.e.store.Persons(b.ctx, unique(ids[member.FollowPerson]))
	if err != nil {
		return nil, err
	}
	for _, p := range persons {
		out[member.Item{Kind: member.FollowPerson, ID: p.ID}] = render.Link{Text: p.Name, URL: "/author/" + p.Slug}
	}
	for _, id := range ids[member.FollowSection] {
		if s := b.tree.ByID(id); s != nil {
			out[member.Item{Kind: member.FollowSection, ID: id}] = render.Link{Text: s.Name, URL: "/" + s.Slug}
		}
	}
	cards, err := b.e.store.Cards(b.ctx, unique(append(ids[member.FollowStory], ids[member.Save]...)))
	if err != nil {
		return nil, err
	}
	for i := range cards {
		link := render.Link{Text: b.said(&cards[i], strings.TrimSpace(cards[i].FullHeadline)), URL: cards[i].Path(b.tree, b.zone)}
		out[member.Item{Kind: member.FollowStory, ID: cards[i].ID}] = link
		out[member.Item{Kind: member.Save, ID: cards[i].ID}] = link
	}
	return out, nil
}

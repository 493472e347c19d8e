package ingest

import (
	"context"
	"slices"

	"warta/internal/doc"
	"warta/internal/news"
)

func (e *exporter) fronts(ctx context.Context) error {
	ids, err := e.store.AllFronts(ctx)
	if err != nil {
		return err
	}
	rows := []frontRow{}
	for _, id := range ids { // a site has few of them
		f, err := e.store.Front(ctx, id)
		if err != nil {
			return err
		}
		row, err := e.publicFront(ctx, &f)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	e.sum.Fronts = len(rows)
	return e.w.whole(frontsFile, rows)
}

// publicFront leaves out pins of what readers do not see, and containers of
// topics that they do not see, which are empty for them.
func (e *exporter) publicFront(ctx context.Context, f *news.Front) (frontRow, error) {
	var ids []int64
	for _, c := range f.Containers {
		for _, s := range c.Slots {
			ids = append(ids, s.StoryID)
		}
	}
	refs, err := e.refer(ctx, nil, once(ids))
	if err != nil {
		return frontRow{}, err
	}
	for i := range f.Containers {
		f.Containers[i].Slots = slices.DeleteFunc(f.Containers[i].Slots, func(s news.Slot) bool {
			_, hidden := refs.knownID(s.StoryID)
			e.sum.Hidden += hidden
			return hidden > 0
		})
	}
	f.Containers = slices.DeleteFunc(f.Containers, func(c news.Container) bool {
		hidden := c.Rule.TopicID != 0 && !e.topics[c.Rule.TopicID]
		if hidden {
			e.sum.Hidden++
		}
		return hidden
	})
	return rowOfFront(f), nil
}

func (e *exporter) pages(ctx context.Context) error {
	list, err := e.store.StaticPages(ctx)
	if err != nil {
		return err
	}
	bodies := make([]doc.Doc, len(list))
	for i := range list {
		bodies[i] = list[i].Body
	}
	refs, err := e.refer(ctx, bodies, nil)
	if err != nil {
		return err
	}
	rows := []pageRow{}
	for _, p := range list {
		body, hidden := refs.publicBody(p.Body)
		e.sum.Hidden += hidden
		rows = append(rows, pageRow{Slug: p.Slug, Title: p.Title, Body: body, Position: p.Position, Updated: p.Updated})
	}
	e.sum.Pages = len(rows)
	return e.w.whole(pagesFile, rows)
}

// structure writes sections, and the settings that are not the default.
func (e *exporter) structure(context.Context) error {
	rows := []sectionRow{}
	for _, s := range e.tree.All() {
		rows = append(rows, sectionRow{ID: s.ID, Parent: s.ParentID, Slug: s.Slug, Name: s.Name, Description: s.Description,
			Position: s.Position, Hidden: s.Hidden})
	}
	e.sum.Sections = len(rows)
	if err := e.w.whole(sectionsFile, rows); err != nil {
		return err
	}
	values, defaults := map[string]string{}, news.NewSettings(nil)
	for _, key := range news.SettingKeys() {
		if v := e.settings.Get(key); v != defaults.Get(key) {
			values[key] = v
		}
	}
	e.sum.Settings = len(values)
	return e.w.whole(settingsFile, values)
}

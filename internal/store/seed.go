package store

import (
	"context"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// Seed gives a fresh database the sections and the front page of a national
// portal, once in its life: what somebody removes later stays away. It reports
// whether it did.
func (db *DB) Seed(ctx context.Context) (seeded bool, err error) {
	defer fault.Wrap(&err, "make the first sections")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		seeded = false
		if s.postgres {
			if _, err := s.exec(ctx, `SELECT pg_advisory_xact_lock($1)`, treeLock); err != nil {
				return out, err
			}
		}
		if done, err := readMark(ctx, s, markSeeded); err != nil || done != 0 {
			return out, err
		}
		if err := writeMark(ctx, s, markSeeded, 1); err != nil {
			return out, err
		}
		tree, err := readTree(ctx, s)
		if err != nil || len(tree.All()) > 0 {
			return out, err
		}
		ids := map[string]int64{}
		for i, d := range news.DefaultSections {
			if ids[d.Slug], err = saveRow(ctx, s, "sections", sectionColumns,
				int64(0), ids[d.Parent], d.Slug, d.Name, "", i, int64(0)); err != nil {
				return out, err
			}
		}
		front := defaultFront(ids)
		if err := saveFront(ctx, s, &front); err != nil {
			return out, err
		}
		seeded = true
		out.Touch(news.TagSections, news.TagRedirects, news.TagFront(0))
		out.Audit = []change.Audit{{Actor: "system", Action: "seed", Object: "site"}}
		return out, nil
	})
	return seeded, err
}

// defaultFront is the home page that a newsroom starts from: all by rule.
func defaultFront(sections map[string]int64) news.Front {
	f := news.Front{Containers: []news.Container{
		{Kind: news.ContainerLead, Size: 3},
		{Kind: news.ContainerTimeline, Size: 10},
		{Kind: news.ContainerMostRead, Size: 10},
		{Kind: news.ContainerTopics, Size: 12},
	}}
	block := func(slugs ...string) {
		for _, slug := range slugs {
			f.Containers = append(f.Containers, news.Container{Kind: news.ContainerSection, Size: 5,
				Rule: news.Rule{SectionID: sections[slug]}})
		}
	}
	block("nasional", "megapolitan", "regional", "global")
	f.Containers = append(f.Containers, news.Container{Kind: news.ContainerMedia, Size: 6,
		Rule: news.Rule{Kinds: []news.Kind{news.KindGallery, news.KindVideo}}})
	block("ekonomi", "bola", "tekno", "otomotif", "hiburan", "kesehatan", "edukasi", "opini", "cek-fakta")
	return f
}

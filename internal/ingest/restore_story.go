package ingest

import (
	"context"

	"warta/internal/fault"
	"warta/internal/news"
)

// restoredItem is what a restoration reads of an item: our own extension says
// all of it.
type restoredItem struct {
	URI   string     `json:"uri"`
	Warta *Extension `json:"warta"`
}

// stories brings live and withdrawn stories back, in batches. Those that an
// interrupted run brought in are there already.
func (r *restorer) stories(ctx context.Context) error {
	for _, part := range r.a.parts {
		if err := eachRow(ctx, r.a, part, news.MaxBatch, func(items []restoredItem) error {
			return r.batch(ctx, part, items)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (r *restorer) batch(ctx context.Context, part string, items []restoredItem) error {
	ids := make([]int64, len(items))
	for i, it := range items {
		if it.Warta == nil || it.Warta.ID <= 0 {
			return damaged(part, "the item %q has no id of Warta", clip(it.URI, 200))
		}
		ids[i] = it.Warta.ID
	}
	there, err := r.Store.Stories(ctx, ids)
	if err != nil {
		return err
	}
	in := make(map[int64]bool, len(there))
	for i := range there {
		in[there[i].ID] = true
	}
	list := make([]news.Restored, 0, len(items))
	for _, it := range items {
		story, err := r.story(it.Warta)
		if err != nil {
			return err
		}
		r.sum.Corrections += len(it.Warta.Corrections)
		if story.Withdrawal != nil {
			r.sum.Withdrawn++
		} else {
			r.sum.Stories++
		}
		if !in[it.Warta.ID] {
			list = append(list, story)
		}
	}
	if len(list) > 0 {
		if err := r.Desk.Restore(ctx, restoreActor(), list); err != nil {
			return err
		}
		if err := r.pause(ctx); err != nil {
			return err
		}
	}
	r.progress(len(items))
	return nil
}

// story turns an extension back into a story.
func (r *restorer) story(x *Extension) (s news.Restored, err error) {
	defer fault.Wrap(&err, "story %d", x.ID)
	s.Story = news.Story{ID: x.ID, Slug: x.Slug, FirstPublished: x.FirstPublished.UTC(), Updated: x.Updated.UTC()}
	if sec := r.tree.BySlug(x.Section); sec != nil {
		s.Story.SectionID = sec.ID
	}
	if e := x.External; e != nil {
		s.Story.URI, s.Story.URIVersion, s.Story.URIHash = e.URI, e.Version, e.Hash
	}
	if w := x.Withdrawn; w != nil {
		by := restoreActor().String()
		if x.Origin == news.FromImport {
			by = importedBy // a later item of the same source may bring it back
		}
		s.Withdrawal = &news.Withdrawal{Reason: w.Reason, Note: w.Note, At: w.At.UTC(), By: by}
		return s, nil
	}
	s.No, s.Origin, s.At = x.Version, x.Origin, x.At.UTC()
	s.Content = news.Content{Kind: x.Kind, Language: x.Language, Headline: x.Headline, ShortHeadline: x.ShortHeadline,
		SEOTitle: x.SEOTitle, ShareTitle: x.ShareTitle, Standfirst: x.Standfirst, Dateline: x.Dateline, Lead: x.Lead,
		SectionID: s.Story.SectionID, Related: x.Related, Verifies: x.Verifies, Labels: x.Labels, Access: x.Access, Teaser: x.Teaser, Rights: x.Rights}
	if x.Body != nil {
		s.Content.Body = *x.Body
	}
	for _, c := range x.Credits {
		s.Content.Credits = append(s.Content.Credits, news.Credit{PersonID: c.ID, Role: c.Role})
	}
	for _, ref := range x.Sources {
		s.Content.Sources = append(s.Content.Sources, ref.ID)
	}
	for _, ref := range x.Topics {
		s.Content.Topics = append(s.Content.Topics, ref.ID)
	}
	for _, c := range x.Corrections {
		s.Corrections = append(s.Corrections, news.Correction{ID: c.ID, StoryID: x.ID, Kind: c.Kind, Text: c.Text,
			At: c.At.UTC(), NoticeID: c.Notice})
	}
	return s, nil
}

package ingest

import (
	"slices"
	"strings"

	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/news"
)

// exactly reads an item that Warta wrote. Its extension takes precedence over
// the general fields, empty texts included.
func (c *converter) exactly(it *item, d *draft) error {
	x := it.Warta
	d.exact = true
	ct := &d.in.Content
	*ct = news.Content{
		Kind: x.Kind, Language: x.Language, Headline: oneLine(x.Headline), ShortHeadline: oneLine(x.ShortHeadline),
		SEOTitle: oneLine(x.SEOTitle), ShareTitle: oneLine(x.ShareTitle), Standfirst: oneLine(x.Standfirst),
		Dateline: oneLine(x.Dateline), Access: x.Access, Teaser: x.Teaser, Rights: strings.ReplaceAll(x.Rights, "\x00", ""),
	}
	if ct.Headline == "" && x.Withdrawn == nil {
		if err := c.headlines(it, d); err != nil {
			return err
		}
	}
	if x.Body != nil {
		ct.Body = *x.Body
	}
	if sec := c.tree.BySlug(x.Section); sec != nil {
		ct.SectionID = sec.ID
	} else if err := c.classify(it, d); err != nil {
		return fault.Input("warta.section", "there is no section %q here; make it first or choose one with --section", clip(x.Section, 80))
	}
	if err := c.exactWords(x, d); err != nil {
		return err
	}
	c.exactPictures(it, d)
	c.exactTimes(x, d)
	c.withoutIDs(x, d)
	d.settle()
	return nil
}

// exactWords checks the words that have a fixed list, and takes names.
func (c *converter) exactWords(x *Extension, d *draft) error {
	if x.Kind != "" && !slices.Contains(news.Kinds, x.Kind) {
		return fault.Input("warta.kind", "%q is no kind of story", clip(string(x.Kind), 40))
	}
	if x.Access != news.Free && x.Access != news.Members {
		// Unknown access must not become free access.
		return fault.Input("warta.access", "%q is no kind of access", clip(string(x.Access), 40))
	}
	for i, l := range x.Labels {
		if !slices.Contains(news.Labels, l) {
			return fault.Input("warta.labels["+itoa(i)+"]", "%q is no label", clip(string(l), 40))
		}
	}
	d.in.Content.Labels = x.Labels
	d.topics, d.credits, d.sources = nil, nil, nil
	for i, cr := range x.Credits {
		if !slices.Contains(news.Roles, cr.Role) {
			return fault.Input("warta.credits["+itoa(i)+"].role", "%q is no role of a byline", clip(string(cr.Role), 40))
		}
		if name := oneLine(cr.Name); name != "" {
			d.credits = append(d.credits, creditName{name, cr.Role})
		}
	}
	for _, t := range x.Topics {
		d.topics = append(d.topics, oneLine(t.Name))
	}
	for _, s := range x.Sources {
		d.sources = append(d.sources, oneLine(s.Name))
	}
	return nil
}

// exactPictures takes the lead and the pictures, by content and by the file in
// the same folder. Their words are those of the associations, which stand in
// the same order.
func (c *converter) exactPictures(it *item, d *draft) {
	x, said := it.Warta, c.associated(it, d)
	d.lead = x.Lead
	if v := x.Lead.Video; v != nil {
		if p, ok := doc.ProviderOf(v.URL); ok {
			d.lead.Video = &news.Video{Provider: string(p), URL: v.URL, Title: v.Title}
		} else {
			d.report.Add(RemovedElement, "warta.lead.video.url", v.URL)
			d.lead.Video = nil
		}
	}
	for i, p := range x.Pictures[:min(len(x.Pictures), maxPictures)] {
		ref := pictureRef{hash: strings.ToLower(p.SHA256), number: p.ID}
		if i < len(said) && len(said) == len(x.Pictures) {
			ref.details, ref.uri, ref.blocked = said[i].details, said[i].uri, said[i].blocked
		}
		if p.File != "" {
			ref.files, ref.details.Name = []string{p.File}, p.File
		}
		d.pictures = append(d.pictures, ref)
	}
}

// exactTimes takes times, notices and what became of the story.
func (c *converter) exactTimes(x *Extension, d *draft) {
	in := &d.in
	if !x.FirstPublished.IsZero() {
		in.Published = x.FirstPublished.UTC()
	}
	in.Updated = x.Updated.UTC() // an update is declared, and this item would tell
	if news.CheckSlug("slug", x.Slug) == nil {
		in.Slug = x.Slug
	}
	if w := x.Withdrawn; w != nil {
		in.Withdrawn = &news.Withdrawal{Reason: w.Reason, Note: w.Note, At: w.At.UTC()}
	}
	for _, n := range x.Corrections {
		in.Corrections = append(in.Corrections, news.Correction{Kind: n.Kind, Text: n.Text, At: n.At.UTC()})
	}
}

// withoutIDs drops what is named by ids of the Warta that wrote the item: here
// they would lead to other stories.
func (c *converter) withoutIDs(x *Extension, d *draft) {
	if len(x.Related) > 0 {
		d.report.Add(IgnoredField, "warta.related", "")
	}
	if x.Verifies != 0 {
		d.report.Add(IgnoredField, "warta.verifies", "")
	}
	body := &d.in.Content.Body
	*body = body.MapReadAlsos(func(r doc.ReadAlso) doc.ReadAlso {
		r.Story = 0
		return r
	})
}

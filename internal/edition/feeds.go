package edition

import (
	"time"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// feedSize is how many stories a feed carries.
const feedSize = 30

// feed renders /feeds/{file} and /feeds/{kind}/{slug}/{file}.
func (b *build) feed(parts []string) (page.Rendering, error) {
	f := render.Feed{Language: string(b.code), Publisher: b.settings.Name(), HomeURL: b.url("/"), Icon: b.url(iconPath)}
	f.Copyright = b.words.T("footer.copyright", lang.Args{"year": b.now.In(b.zone).Format("2006"), "name": b.settings.Name()})
	b.expires(b.newYear())
	filter, err := b.feedSubject(&f, parts)
	if err != nil {
		return page.Rendering{}, err
	}
	file := parts[len(parts)-1]
	folder := ""
	for _, p := range parts {
		folder += "/" + p
	}
	f.SelfURL = b.url("/feeds" + folder)
	write, kind, err := feedFormat(file)
	if err != nil || (kind != "application/rss+xml" && (filter.TopicID != 0 || filter.PersonID != 0)) {
		return page.Rendering{}, fault.New(fault.NotFound, "there is no feed at this address")
	}
	if err := b.feedItems(&f, filter); err != nil {
		return page.Rendering{}, err
	}
	body, err := write(f)
	return page.Rendering{Body: body, ContentType: kind + "; charset=utf-8"}, err
}

// feedFormat tells the writer and media type of a feed file.
func feedFormat(file string) (func(render.Feed) ([]byte, error), string, error) {
	switch file {
	case "rss.xml":
		return render.RSS, "application/rss+xml", nil
	case "atom.xml":
		return render.Atom, "application/atom+xml", nil
	case "feed.json":
		return render.JSONFeed, "application/feed+json", nil
	}
	return nil, "", fault.New(fault.NotFound, "there is no feed at this address")
}

func (b *build) newYear() time.Time {
	return time.Date(b.now.In(b.zone).Year()+1, 1, 1, 0, 0, 0, 0, b.zone)
}

// feedSubject finds what the feed is about, gives it its title, and returns
// the list it reads.
func (b *build) feedSubject(f *render.Feed, parts []string) (news.ListFilter, error) {
	filter := news.ListFilter{Limit: feedSize}
	args := lang.Args{"name": b.settings.Name()}
	f.Description = b.words.T("feed.description", args)
	if len(parts) == 1 {
		b.tag(news.TagLatest)
		f.Title = b.words.T("feed.site", args)
		return filter, nil
	}
	if len(parts) != 3 {
		return filter, fault.New(fault.NotFound, "there is no feed at this address")
	}
	switch slug := parts[1]; parts[0] {
	case "section":
		s := b.tree.BySlug(slug)
		if s == nil {
			return filter, fault.New(fault.NotFound, "there is no section %q", slug)
		}
		b.tag(news.TagSection(s.ID))
		args["section"], filter.SectionID, f.HomeURL = s.Name, s.ID, b.url("/"+s.Slug)
		f.Title = b.words.T("feed.section", args)
	case "topic":
		t, err := b.e.store.TopicBySlug(b.ctx, slug)
		if err != nil {
			return filter, err
		}
		b.tag(news.TagTopic(t.ID), news.TagTopicName(t.ID))
		args["topic"], filter.TopicID, f.HomeURL = t.Name, t.ID, b.url("/topic/"+t.Slug)
		f.Title = b.words.T("feed.topic", args)
	case "author":
		p, err := b.e.store.PersonBySlug(b.ctx, slug)
		if err != nil {
			return filter, err
		}
		b.tag(news.TagPerson(p.ID), news.TagPersonName(p.ID))
		args["author"], filter.PersonID, f.HomeURL = p.Name, p.ID, b.url("/author/"+p.Slug)
		f.Title = b.words.T("feed.author", args)
	default:
		return filter, fault.New(fault.NotFound, "there is no feed at this address")
	}
	return filter, nil
}

// feedItems fills the feed with the newest stories of a list.
func (b *build) feedItems(f *render.Feed, filter news.ListFilter) error {
	cards, _, _, err := b.e.store.List(b.ctx, filter)
	if err != nil {
		return err
	}
	pics, ids := make([]int64, len(cards)), make([]int64, len(cards))
	for i := range cards {
		pics[i], ids[i] = cards[i].PictureID, cards[i].ID
	}
	if err := b.load(pics...); err != nil {
		return err
	}
	corrections, err := b.e.store.Corrections(b.ctx, ids)
	if err != nil {
		return err
	}
	credits, err := b.e.store.Bylines(b.ctx, ids)
	if err != nil {
		return err
	}
	for i := range cards {
		c := &cards[i]
		b.tag(news.TagStory(c.ID))
		url := b.url(c.Path(b.tree, b.zone))
		item := render.FeedItem{ID: url, URL: url, Title: b.said(c, c.FullHeadline), Summary: c.Standfirst,
			Published: c.FirstPublished.In(b.zone), Updated: c.Updated}
		if !c.Updated.IsZero() {
			item.Updated = c.Updated.In(b.zone)
		}
		if s := b.tree.ByID(c.SectionID); s != nil {
			item.Categories = append(item.Categories, s.Name)
		}
		for _, p := range credits[c.ID] {
			item.Authors = append(item.Authors, p.Name)
		}
		if u, w, h := b.jpeg(c.PictureID, media.Wide); u != "" {
			p := b.pictures[c.PictureID]
			item.Image = render.FeedImage{URL: u, MIME: "image/jpeg", Width: w, Height: h, Caption: p.Caption, Credit: p.Credit}
		}
		for _, x := range corrections[c.ID] {
			item.Corrections = append(item.Corrections, render.FeedCorrection{Label: b.words.T("correction." + string(x.Kind)),
				When: lang.DateTime(b.code, x.At, b.zone), Text: x.Text, At: x.At.In(b.zone)})
		}
		if f.Updated.Before(item.Published) {
			f.Updated = item.Published
		}
		if f.Updated.Before(item.Updated) {
			f.Updated = item.Updated
		}
		f.Items = append(f.Items, item)
	}
	return nil
}

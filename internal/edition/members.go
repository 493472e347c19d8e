package edition

import (
	"net/url"
	"strconv"

	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// rest is the text behind the cut of a members' story. The engine gives it to who
// may read it; see page.MembersText.
func (b *build) rest(id string) (page.Rendering, error) {
	live, err := b.liveText(id)
	if fault.Is(err, fault.NotFound) {
		return b.piece(nil, nil) // its page is about to go
	}
	if err != nil {
		return page.Rendering{}, err
	}
	return b.piece(b.restOf(live))
}

// liveText returns a story that readers see, with its text.
func (b *build) liveText(id string) (*news.LiveStory, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil, fault.New(fault.NotFound, "there is no story %q", id)
	}
	b.tag(news.TagStory(n))
	live, err := b.e.store.LiveStory(b.ctx, n)
	return &live, err
}

// restOf prints what only members read of a story, and notes the tags of all that
// stands there: the page around it carries none of them.
func (b *build) restOf(live *news.LiveStory) ([]byte, error) {
	c := &live.Version.Content
	text := c.Closed()
	targets, err := b.readAlsoTargets(text)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, id := range targets {
		ids = append(ids, id)
		b.tag(news.TagStory(id))
	}
	list, err := b.e.store.Cards(b.ctx, unique(ids))
	if err != nil {
		return nil, err
	}
	stories := make(map[int64]news.Card, len(list))
	for i := range list {
		stories[list[i].ID] = list[i]
	}
	v := render.Rest{Lang: string(b.code)}
	if v.Body, err = b.body(text, targets, stories); err != nil {
		return nil, err
	}
	if !begins(c.Open()) {
		v.Dateline = b.dateline(c)
	}
	return b.e.render.Rest(&v)
}

// begins reports whether a text has a paragraph, which the dateline stands in.
func begins(text doc.Doc) bool {
	for _, block := range text.Blocks {
		if _, ok := block.(doc.Paragraph); ok {
			return true
		}
	}
	return false
}

// gate is the box behind the cut: what membership is, and the way in.
func (b *build) gate(id string, in bool) (page.Rendering, error) {
	v := render.Gate{Lang: string(b.code), Membership: b.membership(), Plans: b.settings.Get("membership_url")}
	if !in {
		v.SignIn = "/account/sign-in"
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			s, err := b.liveStory(n)
			switch {
			case err == nil:
				v.SignIn += "?next=" + url.QueryEscape(b.path(s))
			case !fault.Is(err, fault.NotFound): // a draft is previewed before it is live
				return page.Rendering{}, err
			}
		}
	}
	return b.piece(b.e.render.Gate(&v))
}

// membership is what the outlet calls its membership.
func (b *build) membership() string {
	if name := b.settings.Get("membership_name"); name != "" {
		return name
	}
	return b.words.T("gate.membership", lang.Args{"name": b.settings.Name()})
}

package store

import (
	"encoding/json"
	"fmt"

	"warta/internal/lang"
	"warta/internal/news"
)

// cardRow is the JSON in stories.card: what news.Card holds beyond the columns
// of the story's row. It is written when a story is listed, so that a list
// reads no version. Keys are short, since there is one of these per story.
type cardRow struct {
	Kind         news.Kind    `json:"k,omitempty"`
	Headline     string       `json:"h"`           // for lists
	FullHeadline string       `json:"f,omitempty"` // empty: the same as Headline
	Standfirst   string       `json:"s,omitempty"`
	Labels       []news.Label `json:"l,omitempty"`
	Access       news.Access  `json:"a,omitempty"`
	PictureID    int64        `json:"p,omitempty"`
	Video        bool         `json:"v,omitempty"`
	Language     lang.Code    `json:"g,omitempty"`
}

// encodeCard returns the text of stories.card for a live content.
func encodeCard(c *news.Content) (string, error) {
	row := cardRow{Kind: c.Kind, Headline: c.ListHeadline(), FullHeadline: c.Headline, Standfirst: c.Standfirst,
		Labels: c.ShownLabels(), Access: c.Access, PictureID: c.Lead.PictureID, Video: c.Lead.Video != nil, Language: c.Language}
	if row.FullHeadline == row.Headline {
		row.FullHeadline = ""
	}
	text, err := json.Marshal(row)
	return string(text), err
}

// cardColumns are what scanCard reads of the row of a live story.
const cardColumns = `id, slug, section_id, first_published, updated, card`

// scanner is a row of a result.
type scanner interface{ Scan(dest ...any) error }

// scanCard reads cardColumns, and before them what lead points at.
func scanCard(r scanner, lead ...any) (news.Card, error) {
	var c news.Card
	var published, updated int64
	var text []byte
	if err := r.Scan(append(lead, &c.ID, &c.Slug, &c.SectionID, &published, &updated, &text)...); err != nil {
		return c, err
	}
	c.FirstPublished, c.Updated = fromMillis(published), fromMillis(updated)
	var k cardRow
	if err := json.Unmarshal(text, &k); err != nil {
		return c, fmt.Errorf("read the card of story %d: %w", c.ID, err)
	}
	c.Kind, c.Headline, c.FullHeadline, c.Standfirst = k.Kind, k.Headline, k.FullHeadline, k.Standfirst
	c.Labels, c.Access, c.PictureID, c.Video, c.Language = k.Labels, k.Access, k.PictureID, k.Video, k.Language
	if c.FullHeadline == "" {
		c.FullHeadline = c.Headline
	}
	if c.Kind == "" {
		c.Kind = news.KindNews
	}
	return c, nil
}

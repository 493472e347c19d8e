package render

import (
	"bytes"
	"encoding/json"
	"time"
)

type jsonFeed struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	HomeURL     string       `json:"home_page_url"`
	FeedURL     string       `json:"feed_url"`
	Description string       `json:"description,omitempty"`
	Icon        string       `json:"icon,omitempty"`
	Language    string       `json:"language,omitempty"`
	Authors     []jsonAuthor `json:"authors,omitempty"`
	Hubs        []jsonHub    `json:"hubs,omitempty"`
	Rights      *jsonRights  `json:"_warta,omitempty"`
	Items       []jsonItem   `json:"items"`
}

type jsonAuthor struct {
	Name string `json:"name"`
}

type jsonHub struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

type jsonRights struct {
	Copyright string `json:"copyright"`
}

type jsonItem struct {
	ID          string           `json:"id"`
	URL         string           `json:"url"`
	Title       string           `json:"title"`
	HTML        string           `json:"content_html"`
	Summary     string           `json:"summary,omitempty"`
	Image       string           `json:"image,omitempty"`
	Published   string           `json:"date_published"`
	Modified    string           `json:"date_modified,omitempty"`
	Authors     []jsonAuthor     `json:"authors,omitempty"`
	Tags        []string         `json:"tags,omitempty"`
	Attachments []jsonAttachment `json:"attachments,omitempty"`
	Extra       *jsonExtra       `json:"_warta,omitempty"`
}

type jsonAttachment struct {
	URL   string `json:"url"`
	MIME  string `json:"mime_type"`
	Title string `json:"title,omitempty"`
	Bytes int64  `json:"size_in_bytes,omitempty"`
}

type jsonExtra struct {
	Source      string           `json:"source,omitempty"`
	Credit      string           `json:"image_credit,omitempty"`
	Corrections []jsonCorrection `json:"corrections,omitempty"`
}

type jsonCorrection struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
	Date string `json:"date,omitempty"`
}

// JSONFeed returns the feed as JSON Feed 1.1. What that has no word for (source,
// photo credit, corrections, copyright) stands in the extension "_warta".
// Errors are Invalid and name the field.
func JSONFeed(f Feed) ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	doc := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1",
		Title:   legalXML(f.Title), HomeURL: f.HomeURL, FeedURL: f.SelfURL, Description: legalXML(f.Description),
		Icon: f.Icon, Language: f.Language, Items: []jsonItem{},
	}
	if f.Publisher != "" {
		doc.Authors = []jsonAuthor{{Name: legalXML(f.Publisher)}}
	}
	if f.Hub != "" {
		doc.Hubs = []jsonHub{{Type: "WebSub", URL: f.Hub}}
	}
	if f.Copyright != "" {
		doc.Rights = &jsonRights{Copyright: legalXML(f.Copyright)}
	}
	for _, i := range f.Items {
		doc.Items = append(doc.Items, newJSONItem(i))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(doc); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func newJSONItem(i FeedItem) jsonItem {
	item := jsonItem{
		ID: i.ID, URL: i.URL, Title: legalXML(i.Title), HTML: legalXML(i.content()), Summary: legalXML(i.Summary),
		Image: i.Image.URL, Published: i.Published.Format(time.RFC3339),
	}
	if i.Updated.After(i.Published) {
		item.Modified = i.changed().Format(time.RFC3339)
	}
	for _, a := range i.Authors {
		item.Authors = append(item.Authors, jsonAuthor{Name: legalXML(a)})
	}
	for _, c := range i.Categories {
		item.Tags = append(item.Tags, legalXML(c))
	}
	if p := i.Image; p.URL != "" && p.MIME != "" {
		item.Attachments = []jsonAttachment{{URL: p.URL, MIME: p.MIME, Title: legalXML(p.Caption), Bytes: p.Bytes}}
	}
	extra := jsonExtra{Source: legalXML(i.Source), Credit: legalXML(i.Image.Credit)}
	for _, c := range i.Corrections {
		note := jsonCorrection{Kind: legalXML(c.Label), Text: legalXML(c.Text)}
		if !c.At.IsZero() {
			note.Date = c.At.Format(time.RFC3339)
		}
		extra.Corrections = append(extra.Corrections, note)
	}
	if extra.Source != "" || extra.Credit != "" || extra.Corrections != nil {
		item.Extra = &extra
	}
	return item
}

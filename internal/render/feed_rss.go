package render

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"strings"
	"time"
)

// feedGenerator is what every format names as the program that wrote it.
const feedGenerator = "Warta"

type rssDocument struct {
	XMLName xml.Name `xml:"rss"`
	Version string   `xml:"version,attr"`
	Atom    string   `xml:"xmlns:atom,attr"`
	Content string   `xml:"xmlns:content,attr"`
	DC      string   `xml:"xmlns:dc,attr"`
	Media   string   `xml:"xmlns:media,attr"`

	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       xmlText    `xml:"title"`
	Link        xmlText    `xml:"link"`
	Description xmlText    `xml:"description"`
	Language    xmlText    `xml:"language,omitempty"`
	Copyright   xmlText    `xml:"copyright,omitempty"`
	Updated     string     `xml:"lastBuildDate"`
	Generator   string     `xml:"generator"`
	Image       *rssImage  `xml:"image"`
	Links       []atomLink `xml:"atom:link"`
	Items       []rssItem  `xml:"item"`
}

type rssImage struct {
	URL   xmlText `xml:"url"`
	Title xmlText `xml:"title"`
	Link  xmlText `xml:"link"`
}

type rssItem struct {
	Title       xmlText       `xml:"title"`
	Link        xmlText       `xml:"link"`
	GUID        rssGUID       `xml:"guid"`
	Published   string        `xml:"pubDate"`
	Updated     string        `xml:"atom:updated,omitempty"`
	Creators    []xmlText     `xml:"dc:creator"`
	Source      xmlText       `xml:"dc:source,omitempty"`
	Categories  []xmlText     `xml:"category"`
	Description xmlText       `xml:"description,omitempty"`
	Content     xmlText       `xml:"content:encoded,omitempty"`
	Enclosure   *rssEnclosure `xml:"enclosure"`
	Media       *rssMedia     `xml:"media:content"`
}

type rssGUID struct {
	PermaLink bool    `xml:"isPermaLink,attr"`
	ID        xmlText `xml:",chardata"`
}

type rssEnclosure struct {
	URL    xmlText `xml:"url,attr"`
	Length int64   `xml:"length,attr"`
	Type   xmlText `xml:"type,attr"`
}

type rssMedia struct {
	URL     xmlText `xml:"url,attr"`
	Medium  string  `xml:"medium,attr"`
	Type    xmlText `xml:"type,attr,omitempty"`
	Bytes   int64   `xml:"fileSize,attr,omitempty"`
	Width   int     `xml:"width,attr,omitempty"`
	Height  int     `xml:"height,attr,omitempty"`
	Caption xmlText `xml:"media:description,omitempty"`
	Credit  xmlText `xml:"media:credit,omitempty"`
}

// RSS returns the feed as RSS 2.0 with the Atom, Content, Dublin Core and Media
// extensions, in UTF-8. Errors are Invalid and name the field.
func RSS(f Feed) ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	doc := rssDocument{
		Version: "2.0",
		Atom:    "http://www.w3.org/2005/Atom",
		Content: "http://purl.org/rss/1.0/modules/content/",
		DC:      "http://purl.org/dc/elements/1.1/",
		Media:   "http://search.yahoo.com/mrss/",
		Channel: rssChannel{
			Title: xmlText(f.Title), Link: xmlText(f.HomeURL),
			// The element is required, and a section may have no description.
			Description: htmlText(cmp.Or(f.Description, f.Title)),
			Language:    xmlText(f.Language), Copyright: xmlText(f.Copyright),
			Updated: rssTime(f.changed()), Generator: feedGenerator,
			Links: f.atomLinks("application/rss+xml", false),
		},
	}
	if f.Icon != "" {
		doc.Channel.Image = &rssImage{URL: xmlText(f.Icon), Title: xmlText(f.Title), Link: xmlText(f.HomeURL)}
	}
	for _, i := range f.Items {
		doc.Channel.Items = append(doc.Channel.Items, newRSSItem(i))
	}
	return xmlDocument(doc)
}

func newRSSItem(i FeedItem) rssItem {
	item := rssItem{
		Title: xmlText(i.Title), Link: xmlText(i.URL),
		GUID:      rssGUID{PermaLink: i.ID == i.URL, ID: xmlText(i.ID)},
		Published: rssTime(i.Published), Source: xmlText(i.Source),
		Creators: xmlTexts(i.Authors), Categories: xmlTexts(i.Categories),
		Description: htmlText(i.Summary), Content: xmlText(i.content()),
	}
	if i.Updated.After(i.Published) {
		item.Updated = i.changed().Format(time.RFC3339)
	}
	if p := i.Image; p.URL != "" {
		item.Media = &rssMedia{URL: xmlText(p.URL), Medium: "image", Type: xmlText(p.MIME), Bytes: p.Bytes,
			Width: p.Width, Height: p.Height, Caption: xmlText(p.Caption), Credit: xmlText(p.Credit)}
		if p.Bytes > 0 && p.MIME != "" {
			item.Enclosure = &rssEnclosure{URL: xmlText(p.URL), Length: p.Bytes, Type: xmlText(p.MIME)}
		}
	}
	return item
}

// htmlText makes plain text into the HTML that readers take an RSS description
// for, so that "a < b" is read as it was written.
func htmlText(s string) xmlText {
	return xmlText(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s))
}

func xmlTexts(list []string) []xmlText {
	out := make([]xmlText, 0, len(list))
	for _, s := range list {
		out = append(out, xmlText(s))
	}
	return out
}

// rssTime prints a time as RFC 822 with the four-digit year that RSS 2.0 prefers.
func rssTime(t time.Time) string { return t.Format(time.RFC1123Z) }

// xmlDocument writes v as a complete, indented XML document.
func xmlDocument(v any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", " ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

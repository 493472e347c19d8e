package render

import (
	"cmp"
	"encoding/xml"
	"time"
)

type atomDocument struct {
	XMLName   xml.Name    `xml:"feed"`
	NS        string      `xml:"xmlns,attr"`
	DC        string      `xml:"xmlns:dc,attr"`
	Media     string      `xml:"xmlns:media,attr"`
	Language  xmlText     `xml:"xml:lang,attr,omitempty"`
	ID        xmlText     `xml:"id"`
	Title     xmlText     `xml:"title"`
	Subtitle  xmlText     `xml:"subtitle,omitempty"`
	Updated   string      `xml:"updated"`
	Author    atomPerson  `xml:"author"`
	Links     []atomLink  `xml:"link"`
	Rights    xmlText     `xml:"rights,omitempty"`
	Icon      xmlText     `xml:"icon,omitempty"`
	Generator string      `xml:"generator"`
	Entries   []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel    string  `xml:"rel,attr"`
	Type   xmlText `xml:"type,attr,omitempty"`
	Length int64   `xml:"length,attr,omitempty"`
	HRef   xmlText `xml:"href,attr"`
}

type atomPerson struct {
	Name xmlText `xml:"name"`
}

type atomCategory struct {
	Term xmlText `xml:"term,attr"`
}

type atomText struct {
	Type string  `xml:"type,attr"`
	Text xmlText `xml:",chardata"`
}

type atomEntry struct {
	ID         xmlText        `xml:"id"`
	Title      xmlText        `xml:"title"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Authors    []atomPerson   `xml:"author"`
	Source     xmlText        `xml:"dc:source,omitempty"`
	Categories []atomCategory `xml:"category"`
	Links      []atomLink     `xml:"link"`
	Summary    xmlText        `xml:"summary,omitempty"`
	Content    *atomText      `xml:"content"`
	Media      *rssMedia      `xml:"media:content"`
}

// atomLinks returns the links of the feed itself: self, the hub if there is
// one, and the page where the format has no element of its own for it.
func (f Feed) atomLinks(mime string, alternate bool) []atomLink {
	links := []atomLink{{Rel: "self", Type: xmlText(mime), HRef: xmlText(f.SelfURL)}}
	if alternate {
		links = append(links, atomLink{Rel: "alternate", Type: "text/html", HRef: xmlText(f.HomeURL)})
	}
	if f.Hub != "" {
		links = append(links, atomLink{Rel: "hub", HRef: xmlText(f.Hub)})
	}
	return links
}

// Atom returns the feed as an Atom document (RFC 4287) in UTF-8. The feed's id
// is its own address. Errors are Invalid and name the field.
func Atom(f Feed) ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	doc := atomDocument{
		NS: "http://www.w3.org/2005/Atom", DC: "http://purl.org/dc/elements/1.1/",
		Media: "http://search.yahoo.com/mrss/", Language: xmlText(f.Language),
		ID: xmlText(f.SelfURL), Title: xmlText(f.Title), Subtitle: xmlText(f.Description),
		Updated: f.changed().Format(time.RFC3339),
		// RFC 4287 section 4.1.1: without it every entry would need an author.
		Author: atomPerson{Name: xmlText(cmp.Or(f.Publisher, f.Title))},
		Links:  f.atomLinks("application/atom+xml", true),
		Rights: xmlText(f.Copyright), Icon: xmlText(f.Icon), Generator: feedGenerator,
	}
	for _, i := range f.Items {
		doc.Entries = append(doc.Entries, newAtomEntry(i))
	}
	return xmlDocument(doc)
}

func newAtomEntry(i FeedItem) atomEntry {
	rss := newRSSItem(i)
	entry := atomEntry{
		ID: rss.GUID.ID, Title: rss.Title, Source: rss.Source, Media: rss.Media,
		Published: i.Published.Format(time.RFC3339), Updated: i.changed().Format(time.RFC3339),
		Summary: xmlText(i.Summary),
		Links:   []atomLink{{Rel: "alternate", Type: "text/html", HRef: xmlText(i.URL)}},
	}
	if c := i.content(); c != "" {
		entry.Content = &atomText{Type: "html", Text: xmlText(c)}
	}
	for _, a := range i.Authors {
		entry.Authors = append(entry.Authors, atomPerson{Name: xmlText(a)})
	}
	for _, c := range i.Categories {
		entry.Categories = append(entry.Categories, atomCategory{Term: xmlText(c)})
	}
	if e := rss.Enclosure; e != nil {
		entry.Links = append(entry.Links, atomLink{Rel: "enclosure", Type: e.Type, Length: e.Length, HRef: e.URL})
	}
	return entry
}

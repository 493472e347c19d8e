package render

import (
	"encoding/json"
	"time"
)

// LD is one node of structured data (JSON-LD, schema.org): LDArticle,
// LDBreadcrumbs, LDProfile, LDOrganization, LDCollection or LDWebsite.
type LD interface {
	// node returns a struct whose JSON is the node, without @context.
	node() any
}

// LDScript returns the node as a document for a script element of type
// application/ld+json, where it may be printed as it is. Whatever the strings
// hold, it cannot end the element: <, >, & and the line separators are escaped.
// A failure is impossible by the types used; should one happen all the same,
// the page goes out with an empty object.
func LDScript(n LD) []byte {
	body, err := json.Marshal(n.node())
	if err != nil {
		return []byte("{}")
	}
	// The context goes in front of the node's own members.
	return append([]byte(`{"@context":"https://schema.org",`), body[1:]...)
}

// ldTime prints an instant with the offset of its zone, never as "Z", so that
// machines and readers see the same wall clock.
func ldTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02T15:04:05-07:00")
}

// ldURL returns an absolute http or https address, and nothing for any other:
// people type these, and some programs make links of them.
func ldURL(s string) string {
	if absoluteURL(s) {
		return s
	}
	return ""
}

func ldURLs(list []string) []string {
	var out []string
	for _, s := range list {
		if u := ldURL(s); u != "" {
			out = append(out, u)
		}
	}
	return out
}

type ldRef struct {
	Type string `json:"@type,omitempty"`
	ID   string `json:"@id,omitempty"`
}

// LDImage is a picture with its size in pixels.
type LDImage struct {
	URL             string
	Width, Height   int
	Caption, Credit string
}

type ldImage struct {
	Type    string `json:"@type"`
	URL     string `json:"url"`
	Content string `json:"contentUrl,omitempty"`
	Width   int    `json:"width,omitempty"`
	Height  int    `json:"height,omitempty"`
	Caption string `json:"caption,omitempty"`
	Credit  string `json:"creditText,omitempty"`
}

func (i LDImage) object() *ldImage {
	u := ldURL(i.URL)
	if u == "" {
		return nil
	}
	return &ldImage{Type: "ImageObject", URL: u, Content: u, Width: i.Width, Height: i.Height,
		Caption: i.Caption, Credit: i.Credit}
}

// LDCrumb is one step of a breadcrumb or one row of a list.
type LDCrumb struct{ Name, URL string }

// LDBreadcrumbs is a BreadcrumbList, from the front page to the page itself.
type LDBreadcrumbs []LDCrumb

type ldListItem struct {
	Type     string `json:"@type"`
	Position int    `json:"position"`
	Name     string `json:"name,omitempty"`
	Item     string `json:"item,omitempty"`
	URL      string `json:"url,omitempty"`
}

type ldList struct {
	Type  string       `json:"@type"`
	Items []ldListItem `json:"itemListElement"`
}

func (b LDBreadcrumbs) node() any {
	list := ldList{Type: "BreadcrumbList", Items: []ldListItem{}}
	for n, c := range b {
		list.Items = append(list.Items, ldListItem{Type: "ListItem", Position: n + 1, Name: c.Name, Item: ldURL(c.URL)})
	}
	return list
}

// LDCollection is a CollectionPage (front, section, topic) whose rows are an
// ItemList in the order of the page.
type LDCollection struct {
	Name        string
	URL         string
	Description string
	Language    string
	Items       []LDCrumb
}

type ldCollection struct {
	Type        string `json:"@type"`
	Name        string `json:"name"`
	URL         string `json:"url"`
	Description string `json:"description,omitempty"`
	Language    string `json:"inLanguage,omitempty"`
	Main        ldList `json:"mainEntity"`
}

func (c LDCollection) node() any {
	list := ldList{Type: "ItemList", Items: []ldListItem{}}
	for n, i := range c.Items {
		list.Items = append(list.Items, ldListItem{Type: "ListItem", Position: n + 1, Name: i.Name, URL: ldURL(i.URL)})
	}
	return ldCollection{Type: "CollectionPage", Name: c.Name, URL: ldURL(c.URL), Description: c.Description,
		Language: c.Language, Main: list}
}

package wxr

import (
	"strconv"
	"strings"
	"time"
)

// Item is a post, page, attachment or whatever else an export holds.
type Item struct {
	ID          int64
	Title, Link string
	GUID        string
	Creator     string // login
	Content     string
	Excerpt     string
	Date        string // in the zone of the old site, as written: "2020-05-01 07:30:00"
	DateGMT     string
	PubDate     string
	Modified    string
	ModifiedGMT string
	Name        string // the slug, percent-encoded where it is not ASCII
	Status      string
	Parent      int64
	Order       int
	Type        string
	Password    string
	Sticky      bool
	Attachment  string // address of an attachment's file
	Terms       []ItemTerm
	Meta        []Meta
	Comments    []Comment
}

// ItemTerm is a term that an item bears.
type ItemTerm struct{ Domain, Slug, Name string }

// Meta is one field of an item's metadata.
type Meta struct{ Key, Value string }

// Comment is a comment on an item.
type Comment struct {
	ID, Parent, UserID int64
	Author             string
	Date, DateGMT      string
	Content            string
	Approved           string // "1", "0", "spam", "trash"
	Type               string // "", "comment", "pingback", "trackback" …
}

// Author is somebody who wrote on the old site.
type Author struct {
	Login, Display, First, Last string
}

// Term is a category, a tag, or a term of a taxonomy of the site's own.
type Term struct {
	ID                              int64
	Taxonomy                        string // "category", "post_tag" …
	Slug, Parent, Name, Description string
}

// MetaValue returns the first value of a key; "" if there is none.
func (it *Item) MetaValue(key string) string {
	for i := range it.Meta {
		if it.Meta[i].Key == key {
			return it.Meta[i].Value
		}
	}
	return ""
}

// Parse reads an item. Data is in UTF-8. What is missing is empty.
func Parse(data []byte) *Item {
	n := parse(data)
	it := &Item{}
	for i := range n.kids {
		it.field(&n.kids[i])
	}
	return it
}

func (it *Item) field(k *node) {
	set := func(s *string) {
		if *s == "" {
			*s = k.text
		}
	}
	switch k.name {
	case "title":
		set(&it.Title)
	case "link":
		set(&it.Link)
		it.Link = strings.TrimSpace(it.Link)
	case "guid":
		set(&it.GUID)
	case "pubDate":
		set(&it.PubDate)
	case "dc:creator":
		set(&it.Creator)
	case "content:encoded":
		set(&it.Content)
	case "excerpt:encoded":
		set(&it.Excerpt)
	case "wp:post_id":
		it.ID = number(k.text)
	case "wp:post_date":
		set(&it.Date)
	case "wp:post_date_gmt":
		set(&it.DateGMT)
	case "wp:post_modified":
		set(&it.Modified)
	case "wp:post_modified_gmt":
		set(&it.ModifiedGMT)
	case "wp:post_name":
		set(&it.Name)
	case "wp:status":
		it.Status = strings.ToLower(strings.TrimSpace(k.text))
	case "wp:post_parent":
		it.Parent = number(k.text)
	case "wp:menu_order":
		it.Order = int(number(k.text))
	case "wp:post_type":
		it.Type = strings.ToLower(strings.TrimSpace(k.text))
	case "wp:post_password":
		set(&it.Password)
	case "wp:is_sticky":
		it.Sticky = number(k.text) == 1
	case "wp:attachment_url":
		set(&it.Attachment)
		it.Attachment = strings.TrimSpace(it.Attachment)
	case "category":
		it.Terms = append(it.Terms, ItemTerm{Domain: attribute(k.tag, "domain"), Slug: unescape(attribute(k.tag, "nicename")), Name: strings.TrimSpace(k.text)})
	case "wp:postmeta":
		if key := strings.TrimSpace(k.kid("wp:meta_key")); key != "" {
			it.Meta = append(it.Meta, Meta{key, k.kid("wp:meta_value")})
		}
	case "wp:comment":
		it.Comments = append(it.Comments, Comment{
			ID: number(k.kid("wp:comment_id")), Parent: number(k.kid("wp:comment_parent")), UserID: number(k.kid("wp:comment_user_id")),
			Author: k.kid("wp:comment_author"), Date: k.kid("wp:comment_date"), DateGMT: k.kid("wp:comment_date_gmt"),
			Content: k.kid("wp:comment_content"), Approved: strings.TrimSpace(k.kid("wp:comment_approved")), Type: strings.TrimSpace(k.kid("wp:comment_type"))})
	}
}

// ParseAuthor reads an author.
func ParseAuthor(data []byte) Author {
	n := parse(data)
	trim := func(name string) string { return strings.TrimSpace(n.kid(name)) }
	return Author{Login: trim("wp:author_login"), Display: trim("wp:author_display_name"), First: trim("wp:author_first_name"), Last: trim("wp:author_last_name")}
}

// ParseTerm reads a category, a tag or another term.
func ParseTerm(name string, data []byte) Term {
	n := parse(data)
	trim := func(name string) string { return strings.TrimSpace(n.kid(name)) }
	t := Term{ID: number(n.kid("wp:term_id"))}
	switch name {
	case "wp:category":
		t.Taxonomy, t.Slug, t.Parent, t.Name, t.Description = "category", trim("wp:category_nicename"), trim("wp:category_parent"), trim("wp:cat_name"), trim("wp:category_description")
	case "wp:tag":
		t.Taxonomy, t.Slug, t.Name, t.Description = "post_tag", trim("wp:tag_slug"), trim("wp:tag_name"), trim("wp:tag_description")
	default:
		t.Taxonomy, t.Slug, t.Parent, t.Name, t.Description = trim("wp:term_taxonomy"), trim("wp:term_slug"), trim("wp:term_parent"), trim("wp:term_name"), trim("wp:term_description")
		if t.Taxonomy == "tag" {
			t.Taxonomy = "post_tag"
		}
	}
	return t
}

// Text returns the text of a field of the channel.
func Text(data []byte) string {
	n := parse(data)
	return strings.TrimSpace(n.text)
}

func number(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func unescape(s string) string {
	var b strings.Builder
	writeText(&b, []byte(s))
	return b.String()
}

// layouts are the forms in which times are written.
var layouts = []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", time.RFC3339, time.RFC1123Z, time.RFC1123, "2006-01-02"}

// Time reads a time, in a zone where it names none. None is no error: drafts have
// the year 0000. A time before 1970 or after 2199 is one.
func Time(s string, zone *time.Location) (t time.Time, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasPrefix(s, "0000") || strings.HasPrefix(s, "-0001") || strings.HasPrefix(s, "Thu, 01 Jan 1970 00:00:00") || strings.Contains(s, "-0001") {
		return time.Time{}, true
	}
	for _, l := range layouts {
		if t, err := time.ParseInLocation(l, s, zone); err == nil {
			return t, t.Year() >= 1970 && t.Year() < 2200
		}
	}
	return time.Time{}, false
}

// When returns when an item was published: by the time in GMT, else by that in the
// zone of the old site. A zero time without ok false: it has none. how says what
// had to be guessed.
func (it *Item) When(zone *time.Location) (at time.Time, how string, ok bool) {
	if at, ok = Time(it.DateGMT, time.UTC); ok && !at.IsZero() {
		return at, "", true
	}
	bad := !ok
	if at, ok = Time(it.Date, zone); ok && !at.IsZero() {
		return at, "the time names no zone; it was read as one of " + zone.String(), true
	}
	bad = bad || !ok
	if at, ok = Time(it.PubDate, zone); ok && !at.IsZero() {
		return at, "", true
	}
	return time.Time{}, "", ok && !bad
}

// Changed returns when an item was last changed; zero: nobody says.
func (it *Item) Changed(zone *time.Location) time.Time {
	if at, ok := Time(it.ModifiedGMT, time.UTC); ok && !at.IsZero() {
		return at
	}
	at, _ := Time(it.Modified, zone)
	return at
}

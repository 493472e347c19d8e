package ingest

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"warta/internal/discuss"
	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
)

// Further kinds of notes, of items.
const (
	IgnoredField   NoteKind = "ignored_field"   // given, and without a place in a story
	EditorNote     NoteKind = "editor_note"     // what the provider tells the newsroom, never readers
	MissingPicture NoteKind = "missing_picture" // a picture that could not be taken in, with the reason
	MovedText      NoteKind = "moved_text"      // a description that became the body or the standfirst
	MovedSource    NoteKind = "moved_source"    // an outlet in byline or dateline that became a source
	RemovedRepeat  NoteKind = "removed_repeat"  // what would have been printed twice
)

// converter turns items into drafts. It is immutable and asks nobody: names and
// pictures are found afterwards, for a whole batch at once.
type converter struct {
	tree      *news.Tree
	sections  map[string]*news.Section // by name in lower case
	fallback  *news.Section            // of --section; may be nil
	datelines *Datelines
	zone      *time.Location
	language  lang.Code
	own       []string // names of the outlet itself
	host      string   // of the site
	now       func() time.Time
}

// draft is an item on its way in: everything but the ids of names and pictures.
type draft struct {
	uri            string
	skip           string // why nothing becomes of it; empty: it is taken in
	in             news.Incoming
	credits        []creditName
	topics         []string
	sources        []string
	pictures       []pictureRef
	only           bool   // the item is a picture: pictures[0]
	source         string // with only: the field that says where its file is; empty: renditions
	page           *pageDraft
	comments       []discuss.Incoming // their StoryID comes later
	say            string             // what is to be said of it although it is taken
	quiet          bool               // with skip: it is counted, and not told of
	others         []string           // words under which something of it is counted
	lacks          []string           // what it names and nobody has
	versionCreated time.Time
	report         HTMLReport

	// Of our own extension: the document and lead name pictures by the numbers
	// that they had elsewhere.
	exact bool
	lead  news.Lead
}

// convert reads one ninjs item.
func (c *converter) convert(data []byte) (*draft, error) {
	it, err := parseNinjs(data)
	d := &draft{uri: clip(oneLine(it.URI), maxURI)}
	if err != nil {
		return d, err
	}
	return d, c.item(it, d)
}

// maxURI is the most bytes of an item's identity.
const maxURI = 1000

func (c *converter) item(it *item, d *draft) error {
	if err := c.identity(it, d); err != nil {
		return err
	}
	if err := c.times(it, d); err != nil {
		return err
	}
	c.version(it, d)
	if it.Warta == nil {
		for _, name := range it.unread() {
			d.report.Add(IgnoredField, name, "")
		}
	}
	if note := oneLine(it.EdNote); note != "" {
		d.report.Add(EditorNote, "edNote", note)
	}
	status := strings.ToLower(strings.TrimSpace(it.PubStatus))
	switch status {
	case "", "usable":
	case "withheld":
		d.in.Hold = true
	case "canceled", "cancelled":
		d.in.Withdrawn = &news.Withdrawal{Reason: news.ReasonNewsroom}
	default:
		// What it means is unknown, so it is not published.
		return fault.Input("pubStatus", "the status %q is none of usable, withheld and canceled", clip(status, 40))
	}
	if kind := itemType(it); kind == "picture" || kind == "graphic" {
		return c.picture(it, d)
	}
	return c.story(it, d)
}

func itemType(it *item) string {
	t := strings.ToLower(lastWord(it.Type))
	if t == "" && bool(it.Event) {
		return "event"
	}
	return t
}

// identity sets the URI, the old addresses and the hash.
func (c *converter) identity(it *item, d *draft) error {
	if d.uri == "" {
		for _, a := range it.AltIDs {
			if v := oneLine(a.Value); v != "" && d.uri == "" {
				d.uri = clip("altid:"+oneLine(a.Role)+":"+v, maxURI)
			}
		}
	}
	if d.uri == "" {
		return fault.Input("uri", "an item needs a uri: it is what tells it from others")
	}
	if len(it.URI) > maxURI {
		return fault.Input("uri", "the uri has %d bytes, at most %d are taken", len(it.URI), maxURI)
	}
	d.in.URI, d.in.Hash = d.uri, it.hash()
	c.address(it.URI, d)
	for _, a := range it.AltIDs {
		c.address(a.Value, d)
	}
	return nil
}

// address keeps a web address as an old one of the story, so that it redirects
// and that read-also links to it are understood. The front page of a host is
// nobody's address.
func (c *converter) address(raw string, d *draft) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(raw) > doc.MaxURL {
		return
	}
	path := u.EscapedPath()
	if strings.Trim(path, "/") == "" && u.RawQuery == "" {
		return
	}
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	host := strings.ToLower(u.Host)
	if host == c.host {
		host = ""
	}
	d.in.Redirects = append(d.in.Redirects, news.Redirect{Host: host, Path: path})
}

// version sets what tells a newer item from an older one: its version, or the
// time at which that was made, for the many feeds without one.
func (c *converter) version(it *item, d *draft) {
	d.in.Version = clip(oneLine(string(it.Version)), 100)
	if d.in.Version == "" && !d.versionCreated.IsZero() {
		d.in.Version = strconv.FormatInt(d.versionCreated.UnixMilli(), 10)
	}
	if d.in.Version == "" {
		d.in.Version = "0"
	}
}

// lacking marks a story that lacks pictures as a little older than its version,
// so that the same item is news again as soon as more of them are there: when
// it is imported with --fetch, or with the files beside it.
func (d *draft) lacking(missing int) {
	n, err := strconv.ParseInt(d.in.Version, 10, 64)
	switch {
	case err != nil || n < 0:
		return
	case n == 0: // nothing is below; agencies that do not count send it always
		d.in.Version = fmt.Sprintf("0.%03d", 500-missing)
	case missing > 0:
		d.in.Version = fmt.Sprintf("%d.%03d", n-1, 1000-missing)
	}
	if missing > 0 {
		d.in.Hash += "-" + strconv.Itoa(missing)
	}
}

// story reads an item that has a text.
func (c *converter) story(it *item, d *draft) error {
	kind := itemType(it)
	if it.Warta != nil {
		return c.exactly(it, d)
	}
	ct := &d.in.Content
	ct.Language = c.languageOf(it.Language)
	if kind == "video" {
		ct.Kind = news.KindVideo
	}
	headlineErr := c.headlines(it, d)
	switch kind {
	case "audio", "video", "event", "planning":
		if ct.Headline == "" || bestBody(it.Bodies) < 0 {
			d.skip = "an item of type " + kind + " without a headline and a body is no story"
			return nil
		}
	}
	if d.in.Withdrawn != nil {
		// All that a cancelled item has to say is that it is cancelled. It never
		// makes a story: one that we do not have is nobody's business.
		d.in.Published, d.in.Updated = time.Time{}, time.Time{}
		return nil
	}
	if headlineErr != nil {
		return headlineErr
	}
	if err := c.classify(it, d); err != nil {
		return err
	}
	c.credits(it, d)
	d.pictures = c.associated(it, d)
	if err := c.body(it, d); err != nil {
		return err
	}
	ct.Rights = rightsOf(it, d)
	if madeByMachine(it.SourceType) && !ct.Has(news.LabelAIAssisted) {
		ct.Labels = append(ct.Labels, news.LabelAIAssisted)
	}
	d.settle()
	return nil
}

// languageOf returns the base language of a tag, the site's if there is none.
func (c *converter) languageOf(tag string) lang.Code {
	base, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	base, _, _ = strings.Cut(base, "_")
	if base == "in" {
		base = "id" // the code before 1989
	}
	if n := len(base); n < 2 || n > 3 || strings.Trim(base, "abcdefghijklmnopqrstuvwxyz") != "" {
		return c.language
	}
	return lang.Code(base)
}

// headlineRoles are the roles of headlines beside the main one.
var headlineRoles = map[string]func(*news.Content) *string{
	"short": shortHeadline, "brief": shortHeadline, "list": shortHeadline, "mobile": shortHeadline, "teaser": shortHeadline,
	"seo": seoTitle, "search": seoTitle, "web": seoTitle,
	"social": shareTitle, "share": shareTitle, "og": shareTitle,
	"sub": standfirst, "subheadline": standfirst, "subhead": standfirst, "deck": standfirst, "secondary": standfirst,
}

func shortHeadline(c *news.Content) *string { return &c.ShortHeadline }
func seoTitle(c *news.Content) *string      { return &c.SEOTitle }
func shareTitle(c *news.Content) *string    { return &c.ShareTitle }
func standfirst(c *news.Content) *string    { return &c.Standfirst }

// maxTitle is the most characters of a headline.
const maxTitle = 300

// headlines sets headline and titles. The main one is that of role main, else
// the first one without a role that means something else.
func (c *converter) headlines(it *item, d *draft) error {
	main := -1
	for i, h := range it.Headlines {
		role := lastWord(h.Role)
		if role == "main" && plainValue(h) != "" {
			main = i
			break
		}
		if main < 0 && headlineRoles[role] == nil && plainValue(h) != "" {
			main = i
		}
	}
	for i, h := range it.Headlines {
		text, field := plainValue(h), "headlines["+strconv.Itoa(i)+"].value"
		to := headlineRoles[lastWord(h.Role)]
		switch {
		case i == main:
			if n := utf8.RuneCountInString(text); n > maxTitle {
				return fault.Input(field, "the headline has %d characters, at most %d are taken", n, maxTitle)
			}
			d.in.Content.Headline = text
		case text == "":
		case to == nil || *to(&d.in.Content) != "" || utf8.RuneCountInString(text) > maxTitle:
			d.report.Add(IgnoredField, field, text)
		default:
			*to(&d.in.Content) = text
		}
	}
	if main < 0 {
		return fault.Input("headlines", "the item has no headline")
	}
	return nil
}

// plainValue returns a text without markup in one line.
func plainValue(t roleText) string {
	if !strings.ContainsAny(t.Value, "<&") || !isHTML(t) && !inlineMarkup.MatchString(t.Value) {
		return oneLine(t.Value)
	}
	d, _, err := HTML(t.Value, HTMLOptions{IDs: doc.SeededIDs("")})
	if err != nil {
		return ""
	}
	return oneLine(d.Plain())
}

var inlineMarkup = regexp.MustCompile(`</(?:i|b|em|strong|p|span)>|<br\s*/?>|&(?:amp|quot|#\d+|#x[0-9a-fA-F]+|nbsp|[lr][sd]quo|[nm]dash);`)

func isHTML(t roleText) bool {
	kind := strings.ToLower(t.ContentType)
	return strings.Contains(kind, "html") || kind == "" && strings.Contains(strings.ToLower(t.Role), "html")
}

// letters reduces a text to what decides whether two say the same.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if !isLetterOrDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// rightsOf joins what an item says about its use.
func rightsOf(it *item, d *draft) string {
	var parts []string
	add := func(s string) {
		if s = oneLine(s); s != "" {
			parts = append(parts, s)
		}
	}
	add(it.UsageTerms)
	if add(it.CopyrightNotice); oneLine(it.CopyrightNotice) == "" && oneLine(it.CopyrightHolder) != "" {
		add("© " + it.CopyrightHolder)
	}
	add(it.RightsInfo.LinkedRights)
	add(it.RightsInfo.EncodedRights)
	all := strings.Join(parts, "\n")
	if len(all) > maxRights {
		d.report.Add(IgnoredField, "rightsInfo", all[maxRights:])
		all = clip(all, maxRights)
	}
	return all
}

// maxRights is what a picture's text can hold at most.
const maxRights = 8000

// madeByMachine goes by IPTC's digital source types.
func madeByMachine(s concept) bool {
	word := strings.ToLower(lastWord(s.URI) + " " + s.Literal)
	return strings.Contains(word, "algorithmicmedia")
}

package render_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/mail"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"warta/internal/fault"
	"warta/internal/render"
)

var feedWriters = []struct {
	name, file string
	write      func(render.Feed) ([]byte, error)
}{
	{"RSS", "rss.xml", render.RSS},
	{"Atom", "atom.xml", render.Atom},
	{"JSON Feed", "feed.json", render.JSONFeed},
}

func TestFeedsAreReadByAnIndependentParser(t *testing.T) {
	t.Parallel()
	for _, w := range feedWriters {
		t.Run(w.name+" gives back what went in", func(t *testing.T) {
			t.Parallel()
			doc, err := w.write(sampleFeed())
			if err != nil {
				t.Fatal(err)
			}
			sameAsGolden(t, w.file, doc)
			got, err := gofeed.NewParser().ParseString(string(doc))
			if err != nil {
				t.Fatalf("gofeed: %v\n%s", err, doc)
			}
			checkParsed(t, got)
		})
	}
}

func checkParsed(t *testing.T, got *gofeed.Feed) {
	t.Helper()
	in := sampleFeed()
	equal(t, "title", got.Title, in.Title)
	equal(t, "home", got.Link, in.HomeURL)
	equal(t, "self", got.FeedLink, in.SelfURL)
	equal(t, "language", got.Language, in.Language)
	if len(got.Items) != len(in.Items) {
		t.Fatalf("%d items, want %d", len(got.Items), len(in.Items))
	}
	first, second := got.Items[0], got.Items[1]
	equal(t, "id", first.GUID, in.Items[0].ID)
	equal(t, "link", first.Link, in.Items[0].URL)
	equal(t, "first title", first.Title, in.Items[0].Title)
	if first.PublishedParsed == nil || !first.PublishedParsed.Equal(in.Items[0].Published) {
		t.Errorf("published = %v, want %v", first.PublishedParsed, in.Items[0].Published)
	}
	equal(t, "authors", strings.Join(authorsOf(first), "|"), "Rini Astuti|Bima Pratama")
	if strings.Join(first.Categories, "|") != "Global|Cuaca" {
		t.Errorf("categories = %q", first.Categories)
	}
	for _, part := range []string{in.Items[0].HTML, "<strong>Ralat</strong> (08/01/2022, 09:12 WIB)", "ditulis &lt; -40"} {
		if !strings.Contains(first.Content, part) {
			t.Errorf("content lacks %q: %s", part, first.Content)
		}
	}
	equal(t, "hostile title", second.Title, cleaned)
	equal(t, "hostile author", second.Authors[0].Name, cleaned)
	if strings.Contains(second.Content, "<!--") {
		t.Errorf("a summary became markup in the content: %s", second.Content)
	}
}

// authorsOf returns all names of an item. The parser's common form keeps one
// author of an RSS item; its Dublin Core part keeps every creator.
func authorsOf(i *gofeed.Item) (names []string) {
	if i.DublinCoreExt != nil && len(i.DublinCoreExt.Creator) > 0 {
		return i.DublinCoreExt.Creator
	}
	for _, a := range i.Authors {
		names = append(names, a.Name)
	}
	return names
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %q, want %q", what, got, want)
	}
}

// element is any XML element, for checks that know no struct of ours.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

func (e element) all(name string) (out []element) {
	for _, c := range e.Children {
		if c.XMLName.Local == name {
			out = append(out, c)
		}
	}
	return out
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func parseXML(t *testing.T, doc []byte) element {
	t.Helper()
	var root element
	d := xml.NewDecoder(strings.NewReader(string(doc)))
	d.Strict = true
	if err := d.Decode(&root); err != nil {
		t.Fatalf("not well-formed: %v\n%s", err, doc)
	}
	rest, err := d.Token()
	for ; err == nil; rest, err = d.Token() {
		if text, ok := rest.(xml.CharData); !ok || strings.TrimSpace(string(text)) != "" {
			t.Fatalf("something follows the root element: %v", rest)
		}
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return root
}

// exactlyOnce fails unless each named child stands in e once, with content.
func exactlyOnce(t *testing.T, e element, names ...string) {
	t.Helper()
	for _, n := range names {
		if l := e.all(n); len(l) != 1 || l[0].Text == "" && len(l[0].Children) == 0 {
			t.Errorf("%s has %d <%s> or an empty one, want one", e.XMLName.Local, len(l), n)
		}
	}
}

func TestRSSHasWhatTheSpecificationRequires(t *testing.T) {
	t.Parallel()
	doc, err := render.RSS(sampleFeed())
	if err != nil {
		t.Fatal(err)
	}
	root := parseXML(t, doc)
	equal(t, "version", root.attr("version"), "2.0")
	exactlyOnce(t, root, "channel")
	channel := root.all("channel")[0]
	exactlyOnce(t, channel, "title", "description", "language", "lastBuildDate", "image")
	exactlyOnce(t, channel.all("image")[0], "url", "title", "link")
	rels := map[string]string{}
	for _, l := range channel.all("link") {
		rels[l.attr("rel")] = l.attr("href") + l.Text
	}
	equal(t, "self", rels["self"], sampleFeed().SelfURL)
	equal(t, "hub", rels["hub"], sampleFeed().Hub)
	equal(t, "link", rels[""], sampleFeed().HomeURL)
	for n, item := range channel.all("item") {
		exactlyOnce(t, item, "title", "link", "guid", "pubDate", "description", "encoded")
		if _, err := mail.ParseDate(item.all("pubDate")[0].Text); err != nil {
			t.Errorf("pubDate is no RFC 822 date: %v", err)
		}
		guid := item.all("guid")[0]
		equal(t, "isPermaLink", guid.attr("isPermaLink"), strconv.FormatBool(guid.Text == item.all("link")[0].Text))
		for _, e := range item.all("enclosure") {
			if size, err := strconv.Atoi(e.attr("length")); err != nil || size <= 0 || e.attr("type") == "" || e.attr("url") == "" {
				t.Errorf("item %d: enclosure without length, type or url: %+v", n, e.Attrs)
			}
		}
	}
	items := channel.all("item")
	if len(items[0].all("enclosure")) != 1 || len(items[1].all("enclosure")) != 0 {
		t.Error("an enclosure belongs to the picture whose length is known, and to no other")
	}
	media := items[0].all("content")[0]
	equal(t, "media width", media.attr("width"), "1200")
	equal(t, "media credit", media.all("credit")[0].Text, "AFP/JANE DOE")
	equal(t, "description is HTML", items[0].all("description")[0].Text, "Suhu &lt; 0 °C &amp; angin kencang.")
}

func TestAtomHasWhatTheSpecificationRequires(t *testing.T) {
	t.Parallel()
	doc, err := render.Atom(sampleFeed())
	if err != nil {
		t.Fatal(err)
	}
	root := parseXML(t, doc)
	if root.XMLName.Space != "http://www.w3.org/2005/Atom" || root.XMLName.Local != "feed" {
		t.Fatalf("root is %v", root.XMLName)
	}
	exactlyOnce(t, root, "id", "title", "updated", "author")
	equal(t, "updated is the newest item's", root.all("updated")[0].Text, "2022-01-08T09:12:00+07:00")
	seen := map[string]bool{}
	for _, e := range root.all("entry") {
		exactlyOnce(t, e, "id", "title", "updated", "published")
		if id := e.all("id")[0].Text; seen[id] {
			t.Errorf("id %q stands twice", id)
		} else {
			seen[id] = true
		}
		for _, name := range []string{"updated", "published"} {
			if _, err := time.Parse(time.RFC3339, e.all(name)[0].Text); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		alternates := 0
		for _, l := range e.all("link") {
			if l.attr("rel") == "alternate" {
				alternates++
			}
		}
		if alternates != 1 {
			t.Errorf("%d alternate links, want one", alternates)
		}
		for _, a := range e.all("author") {
			exactlyOnce(t, a, "name")
		}
	}
}

func TestJSONFeedHasWhatTheSpecificationRequires(t *testing.T) {
	t.Parallel()
	doc, err := render.JSONFeed(sampleFeed())
	if err != nil {
		t.Fatal(err)
	}
	var feed struct {
		Version, Title string
		Items          []map[string]any
	}
	if err := json.Unmarshal(doc, &feed); err != nil {
		t.Fatal(err)
	}
	equal(t, "version", feed.Version, "https://jsonfeed.org/version/1.1")
	for n, i := range feed.Items {
		if i["id"] == "" || i["content_html"] == "" || i["url"] == "" {
			t.Errorf("item %d lacks an id, a text or an address: %v", n, i)
		}
	}
	extra, _ := json.Marshal(feed.Items[0]["_warta"])
	for _, want := range []string{`"source":"AFP"`, `"kind":"Ralat"`, `"date":"2022-01-08T09:12:00+07:00"`} {
		if !strings.Contains(string(extra), want) {
			t.Errorf("the extension lacks %s: %s", want, extra)
		}
	}
}

func TestEmptyFeedIsValid(t *testing.T) {
	t.Parallel()
	for _, w := range feedWriters {
		t.Run(w.name+" of a section without stories", func(t *testing.T) {
			t.Parallel()
			doc, err := w.write(render.Feed{Title: "Opini", SelfURL: "http://localhost:8080/feeds/x", HomeURL: "http://localhost:8080/opini"})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := gofeed.NewParser().ParseString(string(doc)); err != nil || len(got.Items) != 0 {
				t.Errorf("feed = %+v, %v\n%s", got, err, doc)
			}
			if strings.Contains(string(doc), "0001-01-01") || strings.Contains(string(doc), "0001 00:00") {
				t.Errorf("a zero time was printed: %s", doc)
			}
		})
	}
}

func TestFeedRefusesWhatWouldBeInvalid(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, field string
		spoil       func(*render.Feed)
	}{
		{"no title", "title", func(f *render.Feed) { f.Title = "" }},
		{"relative home", "home_url", func(f *render.Feed) { f.HomeURL = "/global" }},
		{"relative self", "self_url", func(f *render.Feed) { f.SelfURL = "" }},
		{"item without id", "items[1].id", func(f *render.Feed) { f.Items[1].ID = "" }},
		{"item with a script address", "items[0].url", func(f *render.Feed) { f.Items[0].URL = "javascript:alert(1)" }},
		{"item without title", "items[0].title", func(f *render.Feed) { f.Items[0].Title = "" }},
		{"item without time", "items[0].published", func(f *render.Feed) { f.Items[0].Published = time.Time{} }},
	}
	for _, w := range feedWriters {
		for _, c := range cases {
			t.Run(w.name+" with "+c.name, func(t *testing.T) {
				t.Parallel()
				f := sampleFeed()
				c.spoil(&f)
				_, err := w.write(f)
				var e *fault.Error
				if !errors.As(err, &e) || e.Kind != fault.Invalid || e.Field != c.field {
					t.Errorf("error = %v, want an invalid %s", err, c.field)
				}
			})
		}
	}
}

func FuzzFeedTextStaysWellFormed(f *testing.F) {
	f.Add(hostile)
	f.Add("]]>\ufeff\u0085\U0001F600\xc3\x28")
	f.Fuzz(func(t *testing.T, text string) {
		feed := sampleFeed()
		feed.Description, feed.Items[0].Summary, feed.Items[0].HTML = text, text, text
		feed.Items[0].Authors, feed.Items[0].Categories = []string{text}, []string{text}
		feed.Items[0].Title, feed.Items[0].ID = "t"+text, "i"+text
		for _, w := range feedWriters {
			doc, err := w.write(feed)
			if err != nil {
				t.Fatal(err)
			}
			if w.name == "JSON Feed" {
				if !json.Valid(doc) {
					t.Fatalf("not JSON: %q", text)
				}
				continue
			}
			parseXML(t, doc)
		}
	})
}

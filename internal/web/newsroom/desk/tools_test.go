package desk_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

func plain(id int64) string { return strconv.FormatInt(id, 10) }

func content(headline string) news.Content { return news.Content{Headline: headline} }

// story is the address of a story in the newsroom, and of what is done to it.
func story(id int64, action ...string) string {
	return strings.Join(append([]string{"/newsroom/stories/" + plain(id)}, action...), "/")
}

// page reads an answer as a page and fails if its status is another one.
func page(t *testing.T, res testkit.Response, status int) *goquery.Document {
	t.Helper()
	if res.StatusCode != status {
		t.Fatalf("%s: status %d, want %d\n%s", res.Request.URL, res.StatusCode, status, text(res.Body))
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(res.Body))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// text is what a page says, for messages of tests.
func text(body string) string {
	d, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		return body
	}
	return strings.Join(strings.Fields(d.Find("main").Text()), " ")
}

// leads fails unless an answer sends the browser on to a path; it returns the
// query of it.
func leads(t *testing.T, res testkit.Response, path string) url.Values {
	t.Helper()
	u, err := url.Parse(res.Header.Get("Location"))
	if res.StatusCode != http.StatusSeeOther || err != nil || u.Path != path {
		t.Fatalf("%s leads to %d %q, want %q\n%s", res.Request.URL, res.StatusCode, res.Header.Get("Location"), path, text(res.Body))
	}
	return u.Query()
}

// says fails unless the page says a text somewhere below the selector.
func says(t *testing.T, d *goquery.Document, selector, want string) {
	t.Helper()
	if got := strings.Join(strings.Fields(d.Find(selector).Text()), " "); !strings.Contains(got, want) {
		t.Errorf("%s says %q, want %q in it", selector, got, want)
	}
}

// headlines are those of the cards below a selector, in their order.
func headlines(d *goquery.Document, selector string) (out []string) {
	d.Find(selector).Find("[data-story] h3, [data-story] td.headline").Each(func(_ int, s *goquery.Selection) {
		out = append(out, strings.TrimSpace(s.Find("a").First().Text()))
	})
	return out
}

// write makes a story of a staffer's own.
func write(t *testing.T, p *testkit.Staffer, headline, section string) int64 {
	t.Helper()
	res := p.Post("/newsroom/stories", "headline", headline, "section", plain(p.Section(section)))
	id, ok := strings.CutPrefix(res.Header.Get("Location"), "/newsroom/stories/")
	n, err := strconv.ParseInt(id, 10, 64)
	if res.StatusCode != http.StatusSeeOther || !ok || err != nil {
		t.Fatalf("a new story: %d %q\n%s", res.StatusCode, res.Header.Get("Location"), text(res.Body))
	}
	return n
}

// local is a time as an input of type datetime-local sends it, in Jakarta.
func local(at time.Time) string {
	return at.In(time.FixedZone("WIB", 7*3600)).Format("2006-01-02T15:04")
}

// deskEditor is a reporter who is an editor in one section's desk.
func deskEditor(s *testkit.Site, section string) *testkit.Staffer {
	return s.Staffer(account.Reporter, account.Grant{SectionID: s.Section(section), Role: account.Editor})
}

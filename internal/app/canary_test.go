package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/testkit"
)

// canary begins every word that no reader may see. No story of the test has it
// by chance.
const canary = "zqxkenari"

// cage puts a canary into every field of stories in every state.
type cage struct {
	*testkit.Site
	n      int
	ids    []int64
	tokens []string // of pictures that no reader may see
	slugs  []string // of topics and people that no reader may see

	through *cached // what stands in front; nil: the site is asked itself
}

// Do asks for an address of the site, through what stands in front.
func (c *cage) Do(method, url string, header ...string) testkit.Response {
	c.T.Helper()
	if c.through == nil {
		return c.Site.Do(method, url, header...)
	}
	all := []string{"User-Agent", "Mozilla/5.0 (Linux; Android 13) Chrome/120 Mobile", "Accept-Encoding", "gzip"}
	res := c.through.ask(method, strings.TrimPrefix(url, c.URL), append(all, header...)...)
	if method != http.MethodHead && res.StatusCode != http.StatusPartialContent && res.StatusCode != http.StatusNotModified {
		res.Body = plainOf(c.T, res)
	}
	return res
}

// Get is Do for a path.
func (c *cage) Get(path string, header ...string) testkit.Response {
	c.T.Helper()
	return c.Do(http.MethodGet, c.URL+path, header...)
}

// word returns a canary of its own, so that the report says what got out.
func (c *cage) word(where string) string {
	c.n++
	return fmt.Sprintf("%s%d%s", canary, c.n, where)
}

func (c *cage) ok(err error) {
	c.T.Helper()
	if err != nil {
		c.T.Fatal(err)
	}
}

// picture adds a picture that is described by canaries.
func (c *cage) picture(state string) int64 {
	c.T.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 640, 400))
	for x := range 640 {
		img.Set(x, c.n%400, color.RGBA{R: uint8(x), G: uint8(c.n), A: 255})
	}
	var b bytes.Buffer
	c.ok(jpeg.Encode(&b, img, nil))
	p, _, err := c.Library.Add(c.T.Context(), "test", &b, media.Details{Name: c.word(state) + ".jpg", Caption: c.word(state),
		Credit: c.word(state), Alt: c.word(state), Source: c.word(state)})
	c.ok(err)
	addresses, err := c.DB.AddressesOf(c.T.Context(), []int64{p.ID})
	c.ok(err)
	for _, token := range addresses[p.ID] {
		c.tokens = append(c.tokens, token)
	}
	return p.ID
}

// content fills every field with canaries.
func (c *cage) content(state string) news.Content {
	c.T.Helper()
	ctx := c.T.Context()
	person, topic, source := c.word(state), c.word(state), c.word(state)
	people, err := c.DB.EnsurePersons(ctx, []string{person})
	c.ok(err)
	topics, err := c.DB.EnsureTopics(ctx, []string{topic})
	c.ok(err)
	sources, err := c.DB.EnsureSources(ctx, []string{source})
	c.ok(err)
	c.slugs = append(c.slugs, strings.ToLower(person), strings.ToLower(topic))
	pic := c.picture(state)
	id := func(n int) string { return fmt.Sprintf("can%05d", c.n*10+n) }
	return news.Content{Headline: c.word(state), ShortHeadline: c.word(state), SEOTitle: c.word(state), ShareTitle: c.word(state),
		Standfirst: c.word(state), Dateline: c.word(state), Rights: c.word(state), SectionID: c.Section("nasional"),
		Credits: []news.Credit{{PersonID: people[person], Role: news.Writer}}, Topics: []int64{topics[topic]}, Sources: []int64{sources[source]},
		Lead: news.Lead{PictureID: pic, Caption: c.word(state), Credit: c.word(state), Alt: c.word(state)},
		Body: doc.Doc{Blocks: []doc.Block{
			doc.Paragraph{ID: id(1), Text: doc.Text(c.word(state))},
			doc.Heading{ID: id(2), Level: 2, Text: doc.Text(c.word(state))},
			doc.Picture{ID: id(3), Picture: c.picture(state), Caption: c.word(state), Credit: c.word(state), Alt: c.word(state)},
			doc.Embed{ID: id(4), Provider: doc.Generic, URL: "https://contoh.example/" + c.word(state), Title: c.word(state)},
			doc.FactBox{ID: id(5), Title: c.word(state), Blocks: []doc.Block{doc.Paragraph{Text: doc.Text(c.word(state))}}},
		}}}
}

// keep notes a story, and gives it what else people write about one.
func (c *cage) keep(id int64, state string) int64 {
	c.T.Helper()
	c.ok(c.Desk.Remark(c.T.Context(), testkit.Actor, id, c.word(state)))
	for _, host := range []string{"", oldHost} {
		c.ok(c.App.Site.SaveRedirects(c.T.Context(), testkit.Actor, news.Redirect{Host: host, Path: fmt.Sprintf("/lama/%d/", id), StoryID: id},
			news.Redirect{Host: host, Path: fmt.Sprintf("/?p=%d", id), StoryID: id}, news.Redirect{Host: host, Path: fmt.Sprintf("/baca.php?id=%d", id), StoryID: id}))
	}
	c.ids = append(c.ids, id)
	return id
}

// fill makes a story in every state.
func (c *cage) fill() {
	c.T.Helper()
	ctx, me := c.T.Context(), testkit.Actor
	c.keep(c.Create(c.content("draft")), "draft")
	c.ok(c.Desk.Submit(ctx, me, c.keep(c.Create(c.content("submitted")), "submitted"), c.word("note")))
	c.ok(c.Desk.Approve(ctx, me, c.keep(c.Create(c.content("approved")), "approved"), c.word("note")))
	sent := c.keep(c.Create(c.content("sentback")), "sentback")
	c.ok(c.Desk.Submit(ctx, me, sent, ""))
	c.ok(c.Desk.SendBack(ctx, me, sent, c.word("note")))
	c.ok(c.Desk.Schedule(ctx, me, c.keep(c.Create(c.content("scheduled")), "scheduled"), c.Clock.Now().Add(time.Hour)))
	embargoed := c.keep(c.Create(c.content("embargoed")), "embargoed")
	_, err := c.Desk.Embargo(ctx, me, embargoed, c.Clock.Now().Add(time.Hour))
	c.ok(err)
	_, err = c.Desk.Invite(ctx, me, embargoed, 24*time.Hour)
	c.ok(err)

	withdrawn := c.keep(c.Publish(c.content("withdrawn")).ID, "withdrawn")
	c.warm()
	rc, err := c.Desk.Withdraw(ctx, me, withdrawn, news.ReasonSARA, "")
	c.ok(err)
	c.Settle(rc.Seq)
	hidden := c.keep(c.Publish(c.content("hidden")).ID, "hidden")
	c.warm()
	rc, err = c.Desk.Embargo(ctx, me, hidden, c.Clock.Now().Add(time.Hour))
	c.ok(err)
	c.Settle(rc.Seq)

	live := c.Publish(news.Content{Headline: "Pasar pagi pindah ke gedung baru"})
	fields := map[string]json.RawMessage{}
	raw, err := json.Marshal(c.content("liveedit"))
	c.ok(err)
	c.ok(json.Unmarshal(raw, &fields))
	delete(fields, "body")
	st, err := c.Desk.Draft(ctx, me, live.ID)
	c.ok(err)
	body := doc.Paragraph{ID: "kenari01", Text: doc.Text(c.word("liveedit"))}
	_, err = c.Desk.Save(ctx, me, news.DraftSave{StoryID: live.ID, Base: st.Seq, Fields: fields,
		Body: &doc.Save{Base: st.Seq, Blocks: []doc.Block{body}, Order: []string{"kenari01"}}})
	c.ok(err)
	c.keep(live.ID, "live")
	for range 3 { // so that lists have something else to show
		c.Publish(news.Content{Headline: "Panen raya di lereng gunung " + strconv.Itoa(c.n)})
	}
}

// warm lets the page engine keep pages that show what is taken away next.
func (c *cage) warm() {
	for _, path := range []string{"/", "/nasional", "/latest", "/feeds/rss.xml", "/sitemap-news.xml", "/search?q=" + canary} {
		c.Get(path)
	}
}

var links = regexp.MustCompile(`(?:href|src|content|srcset|action|<loc>)[=>]?"?([^"<> ]+)`)

// look asks for an address and reports a canary in its answer; it returns the
// addresses of this site that stand in it.
func (c *cage) look(path string, header ...string) (found []string) {
	c.T.Helper()
	res := c.Get(path, header...)
	if at := strings.Index(strings.ToLower(res.Body), canary); at >= 0 && !strings.Contains(strings.ToLower(path), canary) {
		c.T.Errorf("GET %s (%d) shows %q", path, res.StatusCode, res.Body[max(at-60, 0):min(at+60, len(res.Body))])
	}
	for name, values := range res.Header {
		if strings.Contains(strings.ToLower(strings.Join(values, " ")), canary) && !strings.Contains(strings.ToLower(path), canary) {
			c.T.Errorf("GET %s shows it in the header %s: %v", path, name, values)
		}
	}
	for _, m := range links.FindAllStringSubmatch(res.Body, -1) {
		u, err := url.Parse(strings.ReplaceAll(strings.ReplaceAll(m[1], "&amp;", "&"), c.URL, ""))
		if err == nil && u.Host == "" && strings.HasPrefix(u.Path, "/") && !strings.HasPrefix(u.Path, "/assets/") {
			u.Fragment = ""
			found = append(found, u.String())
		}
	}
	return found
}

// TestNoCanaryIsSeen looks for what stories hold that are not public on every
// public address that can be reached or guessed.
func TestNoCanaryIsSeen(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("hundreds of pages on both engines; the ordinary run has them")
	}
	for _, engine := range []struct {
		name     string
		postgres bool
	}{{"SQLite", false}, {"PostgreSQL", true}} {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			c := &cage{Site: testkit.New(t, testkit.Options{Postgres: engine.postgres, Hosts: []string{oldHost}})}
			c.fill()
			c.crawl()
			c.guess()
			c.clientsWithoutRights()
		})
	}
}

// crawl follows every link from the front page, feeds and sitemaps included.
func (c *cage) crawl() {
	c.T.Helper()
	todo, seen := []string{"/", "/robots.txt", "/sitemap.xml", "/sitemap-news.xml", "/feeds/rss.xml", "/.well-known/security.txt", "/index", "/latest"}, map[string]bool{}
	for len(todo) > 0 && len(seen) < 600 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] || strings.HasPrefix(path, "/newsroom") {
			continue
		}
		seen[path] = true
		todo = append(todo, c.look(path)...)
	}
	if len(seen) < 40 {
		c.T.Errorf("only %d addresses were found", len(seen))
	}
	c.T.Logf("%d addresses were looked at", len(seen))
}

// guess asks for what nothing links to.
func (c *cage) guess() {
	c.T.Helper()
	for _, id := range c.ids {
		day := c.Clock.Now().In(time.FixedZone("WIB", 7*3600)).Format("2006/01/02")
		for _, path := range []string{fmt.Sprintf("/nasional/%s/%d/x", day, id), fmt.Sprintf("/nasional/%s/%d/%s", day, id, canary+"1draft"),
			fmt.Sprintf("/media/card/%d.jpg", id), fmt.Sprintf("/report/%d", id), fmt.Sprintf("/?p=%d", id), fmt.Sprintf("/newsroom/stories/%d", id),
			fmt.Sprintf("/lama/%d", id), fmt.Sprintf("/LAMA/%d/amp/", id), fmt.Sprintf("/lama/%d/?page=all", id), fmt.Sprintf("/baca.php?id=%d&x=1", id), fmt.Sprintf("/nasional/%s/%d/x/amp", day, id)} {
			c.look(path)
			c.look(path, "Host", oldHost) // whose redirects name addresses
		}
	}
	for _, slug := range c.slugs {
		for _, path := range []string{"/topic/" + slug, "/author/" + slug, "/feeds/topic/" + slug + "/rss.xml", "/feeds/author/" + slug + "/rss.xml"} {
			if res := c.Get(path); res.StatusCode != http.StatusNotFound {
				c.T.Errorf("GET %s: %d, want 404", path, res.StatusCode)
			}
		}
	}
	for _, token := range c.tokens {
		for _, file := range []string{"320.webp", "640.webp", "1200.jpg"} {
			if res := c.Get("/media/" + token + "/" + file); res.StatusCode != http.StatusNotFound {
				c.T.Errorf("a picture that no live story shows: %d, want 404", res.StatusCode)
			}
		}
	}
	for n := 1; n <= c.n; n++ {
		for _, state := range []string{"draft", "submitted", "scheduled", "embargoed", "withdrawn", "hidden", "liveedit"} {
			if n%7 != 0 {
				continue // a search each would take long; every field has its turn
			}
			res := c.Get(fmt.Sprintf("/search?q=%s%d%s", canary, n, state))
			if strings.Contains(res.Body, "<mark>") || strings.Contains(res.Body, "data-list") {
				c.T.Errorf("the search finds %s%d%s", canary, n, state)
			}
		}
	}
}

// clientsWithoutRights asks the newsroom as somebody who may read nothing.
func (c *cage) clientsWithoutRights() {
	c.T.Helper()
	p := c.Staffer(account.Moderator)
	for _, id := range c.ids {
		for _, path := range []string{"", "/draft", "/versions", "/versions/1", "/preview", "/preview?what=card", "/compare?a=1&b=2", "/check", "/receipt"} {
			res := p.Open(fmt.Sprintf("/newsroom/stories/%d%s", id, path))
			if strings.Contains(strings.ToLower(res.Body), canary) {
				c.T.Errorf("a moderator reads story %d%s", id, path)
			}
		}
	}
}

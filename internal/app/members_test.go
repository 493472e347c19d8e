package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"warta/internal/app"
	"warta/internal/doc"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/testkit"
	"warta/internal/web"
)

// paid is a site with stories that only members read to their end.
type paid struct {
	*cage
	paths   []string
	secrets []string // every word behind a cut
	key     []byte
	member  string // the cookie of a reader who may read on
}

// secret returns a word for what stands behind a cut.
func (p *paid) secret(where string) string {
	w := p.word(where)
	p.secrets = append(p.secrets, w)
	return w
}

// closed makes blocks of every kind that holds words.
func (p *paid) closed() []doc.Block {
	p.T.Helper()
	id := func(n int) string { return fmt.Sprintf("rah%05d", p.n*20+n) }
	line := func(where string) doc.Inline { return doc.Text("Kata " + p.secret(where) + " tersimpan.") }
	pic := p.picture("picture") // its words are canaries as well
	return []doc.Block{
		doc.Paragraph{ID: id(1), Text: line("paragraph")},
		doc.Heading{ID: id(2), Level: 2, Text: line("heading")},
		doc.Paragraph{ID: id(3), Text: doc.Inline{{Text: p.secret("link"), Href: "https://contoh.example/" + p.secret("address")}}},
		doc.List{ID: id(4), Items: []doc.ListItem{{Text: line("list")}}},
		doc.Quote{ID: id(5), Paragraphs: []doc.Inline{line("quote")}, Attribution: p.secret("attribution")},
		doc.Picture{ID: id(6), Picture: pic, Caption: p.secret("caption"), Credit: p.secret("credit"), Alt: p.secret("alt")},
		doc.Gallery{ID: id(7), Caption: p.secret("gallery"), Items: []doc.Picture{{Picture: pic, Caption: p.secret("item")}}},
		doc.Table{ID: id(8), Caption: p.secret("table"), Rows: []doc.Row{{Cells: []doc.Cell{{Text: line("cell")}}}}},
		doc.FactBox{ID: id(9), Title: p.secret("fact"), Blocks: []doc.Block{doc.Paragraph{Text: line("fact_text")}}},
		doc.Embed{ID: id(10), Provider: doc.Generic, URL: "https://contoh.example/" + p.secret("embed"), Title: p.secret("embed_title")},
		doc.ReadAlso{ID: id(11), URL: "https://contoh.example/" + p.secret("also"), Headline: p.secret("also_headline")},
	}
}

// publish makes a members' story of open and closed blocks.
func (p *paid) publish(c news.Content, open []doc.Block, cut bool) news.Story {
	p.T.Helper()
	c.Access = news.Members
	c.Body.Blocks = open
	if cut {
		c.Body.Blocks = append(c.Body.Blocks, doc.MembersCut{ID: fmt.Sprintf("pot%05d", p.n)})
	}
	c.Body.Blocks = append(c.Body.Blocks, p.closed()...)
	st := p.Publish(c)
	p.paths = append(p.paths, p.Path(st))
	return st
}

// fillPaid publishes stories whose cut stands for every reason that there is.
func (p *paid) fillPaid() (was news.Story) {
	p.T.Helper()
	ctx := p.T.Context()
	open := func(n int) []doc.Block {
		var words []string
		for i := range n {
			words = append(words, fmt.Sprintf("Paragraf pembuka ke-%d tentang dermaga terbuka.", i+1))
		}
		return p.Body(words...).Blocks
	}
	// Without a standfirst, descriptions are taken from the text.
	p.publish(news.Content{Headline: "Dermaga Terbuka Satu"}, open(1), true)
	p.publish(news.Content{Headline: "Dermaga Terbuka Dua", Standfirst: "Ringkasan untuk semua."}, open(3), false)
	p.publish(news.Content{Headline: "Dermaga Terbuka Tiga", Dateline: "AMBON"}, nil, true)
	video := news.Lead{Video: &news.Video{Provider: "youtube", URL: "https://www.youtube.com/watch?v=abcdefghijk"}}
	p.publish(news.Content{Headline: "Dermaga Terbuka Empat", Kind: news.KindVideo, Lead: video}, open(1), true)

	// One that everybody read, and that is kept everywhere when it is closed.
	first := news.Content{Headline: "Dermaga Terbuka Lima", SectionID: p.Section("nasional"), Body: doc.Doc{Blocks: append(open(1), p.closed()...)}}
	was = p.Publish(first)
	p.paths = append(p.paths, p.Path(was))
	p.warm()
	for range 2 {
		if res := p.Get(p.Path(was)); !strings.Contains(res.Body, canary) {
			p.T.Fatal("a free story is not read to its end")
		}
	}
	st, err := p.Desk.Draft(ctx, testkit.Actor, was.ID)
	p.ok(err)
	_, err = p.Desk.Save(ctx, testkit.Actor, news.DraftSave{StoryID: was.ID, Base: st.Seq, Fields: fieldsOf(map[string]string{"access": `"members"`}),
		Body: &doc.Save{Base: st.Seq, Blocks: []doc.Block{doc.MembersCut{ID: "potong01"}}, Order: withCut(st.Content.Body.Order())}})
	p.ok(err)
	// No wait: what is acknowledged is gone.
	_, err = p.Desk.Publish(ctx, testkit.Actor, was.ID)
	p.ok(err)
	p.look(p.Path(was))
	p.look(p.Path(was), "Accept-Encoding", "identity")
	for range 6 {
		p.Publish(news.Content{Headline: "Panen raya di lereng gunung " + fmt.Sprint(p.n)})
	}
	return was
}

// withCut puts the cut behind the first block.
func withCut(order []string) []string {
	return append([]string{order[0], "potong01"}, order[1:]...)
}

func fieldsOf(raw map[string]string) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for k, v := range raw {
		out[k] = json.RawMessage(v)
	}
	return out
}

// seal makes a class cookie.
func (p *paid) seal(class page.Class, key []byte, at time.Time) string {
	c := web.NewClasses(key, func() time.Time { return at }).Cookie(class, 1)
	return c.Name + "=" + c.Value
}

// outsiders are readers of every kind who may not read on, as header lines.
func (p *paid) outsiders() map[string][]string {
	now := p.Clock.Now()
	b := p.Reader("bukan@anggota.example", "Bukan Anggota")
	signedIn := b.Open("/me") // gives the class of somebody without a plan
	cookies := ""
	for name, value := range b.Cookies {
		cookies += name + "=" + value + "; "
	}
	if signedIn.StatusCode != http.StatusOK || !strings.Contains(cookies, web.ClassCookie) {
		p.T.Fatalf("a reader who signed in has no class: %d %s", signedIn.StatusCode, cookies)
	}
	whole := page.Registered | page.MembersText | page.AdFree
	_, value, _ := strings.Cut(p.member, "=")
	return map[string][]string{
		"anonymous":               nil,
		"registered":              {"Cookie", strings.TrimSuffix(cookies, "; ")},
		"without ads":             {"Cookie", p.seal(page.Registered|page.AdFree, p.key, now)},
		"of another site":         {"Cookie", p.seal(whole, []byte("another key of the same length.."), now)},
		"expired":                 {"Cookie", p.seal(whole, p.key, now.Add(-25*time.Hour))},
		"of tomorrow":             {"Cookie", p.seal(whole, p.key, now.Add(25*time.Hour))},
		"with a bit more":         {"Cookie", web.ClassCookie + "=" + string(value[0]^1) + value[1:]},
		"cut short":               {"Cookie", p.member[:len(p.member)-2]},
		"under another name":      {"Cookie", "x" + p.member},
		"in another header":       {"X-Warta-Class", value, "Authorization", "Bearer " + value},
		"a crawler":               {"User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
		"a feed reader":           {"User-Agent", "Feedly/1.0", "Accept", "application/rss+xml"},
		"somebody who asks for a": {"Accept", "application/json", "X-Requested-With", "XMLHttpRequest"},
	}
}

// reads asks for the stories as a member, who gets all of it and nothing of the box.
func (p *paid) reads() (etags []string) {
	p.T.Helper()
	for _, path := range p.paths {
		raw := p.Get(path, "Cookie", p.member, "Accept-Encoding", "identity")
		gz := p.Get(path, "Cookie", p.member)
		if raw.Body != gz.Body || raw.StatusCode != http.StatusOK || !strings.HasPrefix(raw.Header.Get("Cache-Control"), "private") {
			p.T.Fatalf("%s as a member: status %d, %q, %d bytes raw and %d from gzip", path, raw.StatusCode, raw.Header.Get("Cache-Control"), len(raw.Body), len(gz.Body))
		}
		if strings.Contains(raw.Body, "gate") || strings.Contains(raw.Body, "/member") {
			p.T.Errorf("%s shows a member the box", path)
		}
		etags = append(etags, raw.Header.Get("Etag"))
	}
	all := p.Get(p.paths[0], "Cookie", p.member).Body
	for _, where := range []string{"paragraph", "heading", "link", "address", "list", "quote", "attribution", "caption", "credit", "alt", "gallery", "item", "table", "cell", "fact", "fact_text", "embed", "embed_title"} {
		if !strings.Contains(all, where) || !strings.Contains(all, canary) {
			p.T.Errorf("a member does not read the %s: the scan would see nothing", where)
		}
	}
	return etags
}

// ask asks for a story in every way, as somebody who may not read on.
func (p *paid) askAround(who string, header []string, path, etag string) {
	p.T.Helper()
	nobody := p.Get(path)
	own := nobody.Header.Get("Etag")
	if own == etag {
		p.T.Errorf("%s has one ETag for members and for everybody", path)
	}
	for _, ways := range [][]string{nil, {"Accept-Encoding", "identity"}, {"Accept-Encoding", "br, deflate"}, {"Range", "bytes=0-99999"},
		{"Range", "bytes=2000-", "Accept-Encoding", "identity"}, {"If-None-Match", etag}, {"If-None-Match", own}, {"If-None-Match", "*"},
		{"If-Range", etag, "Range", "bytes=0-"}, {"Cache-Control", "no-cache"}} {
		all := append(append([]string(nil), header...), ways...)
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			if method == http.MethodHead && who != "anonymous" {
				continue
			}
			res := p.Do(method, p.URL+path, all...)
			if strings.Contains(strings.ToLower(res.Body+fmt.Sprint(res.Header)), canary) {
				p.T.Errorf("%s, %s %v: %d shows what is behind the cut", who, method, ways, res.StatusCode)
			}
			if res.StatusCode == http.StatusNotModified && strings.Contains(fmt.Sprint(ways), etag) {
				p.T.Errorf("%s is told that a member's page is still true", who)
			}
		}
	}
	res := p.Get(path, header...)
	if res.StatusCode != http.StatusOK || !strings.Contains(res.Body, `href="/member"`) || strings.Count(res.Body, `class="gate"`) != 1 ||
		!strings.Contains(res.Body, `"isAccessibleForFree":false`) || !strings.Contains(res.Body, `"cssSelector":".rest"`) {
		p.T.Errorf("%s: status %d, or the page does not say that the rest is for members", who, res.StatusCode)
	}
	if at := strings.Contains(res.Body, "/account/sign-in?next="+strings.ReplaceAll(path, "/", "%2F")); at != (who != "registered" && who != "without ads") {
		p.T.Errorf("%s: a way to sign in and back: %v", who, at)
	}
}

// TestMembersTextIsOnNoSurfaceOfOthers looks for what stands behind cuts everywhere
// that somebody gets who may not read it, while members read.
func TestMembersTextIsOnNoSurfaceOfOthers(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("hundreds of pages on both engines; the ordinary run has them")
	}
	for _, c := range []struct {
		name, fast string
		postgres   bool
	}{{"SQLite", "on", false}, {"PostgreSQL", "off", true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: c.postgres, Configure: func(cfg *app.Config) { cfg.FastPath = c.fast },
				Settings: map[string]string{"membership_name": "Kabar Plus"}})
			p := &paid{cage: &cage{Site: s}}
			var err error
			p.key, err = s.DB.Secret(t.Context(), "class")
			p.ok(err)
			p.member = p.seal(page.Registered|page.MembersText, p.key, s.Clock.Now())
			p.fillPaid()
			etags := p.reads()
			for who, header := range p.outsiders() {
				for i, path := range p.paths {
					if i == 0 || who == "anonymous" || who == "registered" {
						p.askAround(who, header, path, etags[i])
					}
				}
			}
			p.reads()                      // what others asked for changed nothing
			for _, path := range p.paths { // so that lists of what is read most name them
				s.Get(path)
			}
			p.ok(s.Reads.Flush(t.Context()))
			p.crawl()
			p.search()
			p.around()
		})
	}
}

// search looks for every word behind a cut, as anybody and as a member: the page of
// results is the same for all, so nothing is found by such a word.
func (p *paid) search() {
	p.T.Helper()
	for _, w := range p.secrets {
		if res := p.Get("/search?q=" + w); found(res.Body) || res.StatusCode != http.StatusOK {
			p.T.Errorf("a search for %s (%d) finds a story by a word that is not shown", w, res.StatusCode)
		}
	}
	for _, words := range []string{"tersimpan", "kata+tersimpan", "%22kata+tersimpan%22", "tersimpan&sort=relevance"} {
		if res := p.Get("/search?q=" + words); found(res.Body) {
			p.T.Errorf("%s is behind the cut and is found", words)
		}
	}
	res := p.Get("/search?q=pembuka+dermaga", "Cookie", p.member)
	if n := strings.Count(res.Body, "Dermaga Terbuka "); n < 4 || strings.Contains(res.Body, canary) {
		p.T.Errorf("the open words find %d times, or show more than is open", n)
	}
}

// around looks at what no link leads to.
func (p *paid) around() {
	p.T.Helper()
	b := p.Reader("penyimpan@contoh.example", "Penyimpan")
	for i, path := range p.paths {
		id := strings.Split(path, "/")[5]
		b.Post("/account/shelf", "item", "save-"+id)
		for _, at := range []string{"/media/card/" + id + ".jpg", "/report/" + id, "/comment/story/" + id, path + "?as=member", path + "?what=member", path + "/x", "/newsroom/stories/" + id + "/preview?what=member"} {
			p.look(at)
		}
		if i == 0 {
			p.look(strings.TrimSuffix(path, path[strings.LastIndexByte(path, '/'):]) + "/slug-lain")
		}
	}
	b.Post("/account/shelf", "item", "section-"+fmt.Sprint(p.Section("nasional")))
	for _, path := range []string{"/account/saved", "/account/following", "/account/follows", "/me"} {
		if res := b.Open(path); strings.Contains(strings.ToLower(res.Body), canary) || res.StatusCode >= 400 {
			p.T.Errorf("%s (%d) shows what is behind the cut", path, res.StatusCode)
		}
	}
	if res := b.Open("/account/saved"); !strings.Contains(res.Body, "Dermaga Terbuka") {
		p.T.Error("nothing was saved: the look at what is kept sees nothing")
	}
	letters, _, err := p.DB.Letters(p.T.Context(), 0, 200)
	p.ok(err)
	if strings.Contains(strings.ToLower(fmt.Sprint(letters)), canary) {
		p.T.Error("a letter shows what is behind the cut")
	}
}

// found reports whether a page of results has one: a page without any lists what is
// new instead.
func found(page string) bool { return strings.Contains(page, "data-list") }

// TestMembersTextIsOnNoSurfaceBehindACache is the same scan through Varnish and nginx
// with the configurations that are shipped, after members have read everything through
// them: what they got stays theirs, and what was closed is gone from the cache.
func TestMembersTextIsOnNoSurfaceBehindACache(t *testing.T) {
	behindEach(t, func(t *testing.T, _ cacheKind, f *cached) {
		p := &paid{cage: &cage{Site: f.Site, through: f}}
		var err error
		p.key, err = f.DB.Secret(t.Context(), "class")
		p.ok(err)
		p.member = p.seal(page.Registered|page.MembersText, p.key, f.Clock.Now())
		p.fillPaid()
		etags := p.reads()
		p.crawl()
		for who, header := range p.outsiders() {
			p.askAround(who, header, p.paths[0], etags[0])
		}
		p.reads()
		// What the cache has now is what anybody made it keep.
		kept := 0
		for _, path := range append([]string{"/", "/latest", "/feeds/rss.xml", "/sitemap-news.xml"}, p.paths...) {
			p.look(path)
			f.ask("GET", path) // nginx keeps what is not compressed apart
			res := f.ask("GET", path)
			if hit(res) {
				kept++
			}
			if strings.Contains(strings.ToLower(res.Body), canary) {
				t.Errorf("the cache shows what is behind the cut at %s", path)
			}
		}
		if kept < 4 {
			t.Errorf("the cache keeps %d pages: the scan went past it", kept)
		}
		p.secrets = p.secrets[:20] // a search each; one story has words of every kind
		p.search()
	})
}

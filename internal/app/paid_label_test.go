package app_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/ads"
	"warta/internal/app"
	"warta/internal/discuss"
	"warta/internal/doc"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/render"
	"warta/internal/testkit"
	"warta/internal/testkit/sink"
)

// near is within how many bytes of a headline its label stands.
const near = 160

// tags are what nobody reads of a page.
var tags = regexp.MustCompile(`(?s)<(style|script).*?</(style|script)>|<[^>]*>`)

// TestWhatIsPaidForSaysSo looks for the headline of an advertorial on every surface
// that prints it, letters and feeds among them: it never stands there without a word
// that somebody has paid.
func TestWhatIsPaidForSaysSo(t *testing.T) {
	t.Parallel()
	post := sink.New(t, false, "")
	s := testkit.New(t, testkit.Options{Unproved: true, Configure: func(c *app.Config) {
		c.SMTPHost, c.SMTPPort, c.SMTPFrom, c.SMTPTLS = post.Host, post.Port, "redaksi@kabar.example", "none"
	}})
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	sources, err := s.DB.EnsureSources(t.Context(), []string{"Sepeda Makmur"})
	ok(err)
	topics, err := s.DB.EnsureTopics(t.Context(), []string{"Sepeda"})
	ok(err)
	const headline = "Cara Merawat Sepeda di Musim Hujan"
	_, err = s.Desk.Publish(t.Context(), testkit.Actor, s.Create(news.Content{Headline: headline, Kind: news.KindAdvertorial}))
	if err == nil {
		t.Fatal("an advertorial that does not say who has paid is published")
	}
	st := s.Publish(news.Content{Headline: headline, Kind: news.KindAdvertorial, Sources: []int64{sources["Sepeda Makmur"]}, Topics: []int64{topics["Sepeda"]}})
	body := s.Body("Hujan turun sejak pagi.", "Warga menunggu di halte.", "Sore hari hujan reda.")
	body.Blocks = append(body.Blocks[:1], append([]doc.Block{doc.ReadAlso{ID: "jugabaca", Story: st.ID}}, body.Blocks[1:]...)...)
	other := s.Publish(news.Content{Headline: "Hujan Turun Sejak Pagi", Body: body, Related: []int64{st.ID}})
	for range 3 {
		s.Get(s.Path(st))
	}
	ok(s.Reads.Flush(t.Context()))

	mode := discuss.ModeAfter
	ok(s.Forum.SaveRules(t.Context(), account.System("test"), discuss.ScopeSite, 0, nil, discuss.Patch{Mode: &mode, Off: &discuss.Phases}))
	rani, budi := s.Reader("rani@pembaca.example", "Rani Setya"), s.Reader("budi@pembaca.example", "Budi Santoso")
	rani.Post("/account/comments", "digest", "1")
	form := fmt.Sprint("/comment/story/", st.ID)
	rani.Post(form, "text", "Rantainya bagaimana?")
	budi.Post(form, "text", "Dilap kain kering.", "reply", "1")
	rani.Post("/account/shelf", "item", fmt.Sprint("save-", st.ID))
	ok(s.App.Post.MailDigests(t.Context(), s.DB))

	texts := map[string]string{}
	for _, path := range []string{"/", "/nasional", "/latest", "/index", "/topic/sepeda", "/search?q=sepeda", "/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json", "/feeds/section/nasional/rss.xml",
		"/feeds/topic/sepeda/rss.xml", "/sitemap-news.xml", s.Path(other), s.Path(st)} {
		texts[path] = s.Get(path).Body
		if !strings.Contains(path, ".") { // of pages what is read, of feeds all of it
			_, main, _ := strings.Cut(texts[path], "<body")
			texts[path] = tags.ReplaceAllString(main, " ")
		}
	}
	for _, path := range []string{"/account/saved", "/account/comments", "/account/notices"} {
		if res := rani.Open(path); res.StatusCode == 200 {
			texts[path] = tags.ReplaceAllString(res.Body, " ")
		}
	}
	// The letter as its mail server gets it: what was sent has no words here any more.
	for deadline := time.Now().Add(30 * time.Second); texts["the letter"] == ""; time.Sleep(20 * time.Millisecond) { // a job sends it
		for _, l := range post.Letters() {
			if l.Header.Get("List-Unsubscribe-Post") != "" {
				texts["the letter"], texts["the letter in HTML"] = l.Text, tags.ReplaceAllString(l.HTML, " ")
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("no letter came")
		}
	}
	labelledWhereItIsShared(t, s, s.Path(st), headline)
	found := 0
	for where, text := range texts {
		text = strings.Join(strings.Fields(text), " ") // letters break their lines
		rest, at := text, 0
		for {
			i := strings.Index(rest, headline)
			if i < 0 {
				break
			}
			at += i
			around := strings.ToLower(text[max(0, at-near):min(len(text), at+near)])
			if !strings.Contains(around, "advertorial") && !strings.Contains(around, "bersponsor") && !strings.Contains(around, "advertisercontent") {
				t.Errorf("%s prints the headline without its label: …%s…", where, text[max(0, at-100):min(len(text), at+100)])
			}
			found++
			at += len(headline)
			rest = text[at:]
		}
		if !strings.Contains(text, headline) && where != "/account/notices" && where != "/account/comments" {
			t.Errorf("%s does not print the headline: the look sees nothing", where)
		}
	}
	if found < 16 {
		t.Errorf("the headline was found %d times", found)
	}
}

// labelledWhereItIsShared looks at what browsers, search engines and previews of
// links take out of a story's page: every title there begins with the label.
func labelledWhereItIsShared(t *testing.T, s *testkit.Site, path, headline string) {
	t.Helper()
	const want = "Advertorial: "
	whole := s.Get(path).Body
	for _, before := range []string{"<title>", `<meta property="og:title" content="`, `<meta property="og:image:alt" content="`, `"@type":"AdvertiserContentArticle"`, `"headline":"`, `data-share`} {
		if !strings.Contains(whole, before) {
			t.Errorf("the page has no %s: the look sees nothing", before)
		}
	}
	// Everywhere but in the text's own head, which has the label above it; links that
	// share it have it in their addresses.
	inLinks := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	for _, form := range []struct{ headline, label string }{{headline, want}, {inLinks(headline), inLinks(want)}} {
		rest, n := whole, 0
		for {
			before, after, ok := strings.Cut(rest, form.headline)
			if !ok {
				break
			}
			if n++; !strings.HasSuffix(before, form.label) && !strings.HasSuffix(before, `<h1>`) {
				t.Errorf("without its label: …%s%s…", before[max(0, len(before)-100):], form.headline)
			}
			rest = after
		}
		if n < 6 {
			t.Errorf("%q was found %d times", form.headline, n)
		}
	}
	// The picture that a preview shows where the story has none.
	_, after, _ := strings.Cut(whole, `<meta property="og:image" content="`+s.URL)
	at, _, _ := strings.Cut(after, `"`)
	_, after, _ = strings.Cut(whole, `<meta property="og:site_name" content="`)
	name, _, _ := strings.Cut(after, `"`)
	font, err := render.CardFont()
	if err != nil {
		t.Fatal(err)
	}
	card, err := media.Drawing{Font: font, Site: name, Label: "Advertorial", Headline: headline}.ShareCard()
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Get(at).Body; got != string(card) {
		t.Errorf("the share card at %q, of %d bytes, is not the one that says Advertorial", at, len(got))
	}
}

// TestNothingIsAdvertisedBesideSensitiveStories marks a story and looks at its page,
// while its neighbours have ads.
func TestNothingIsAdvertisedBesideSensitiveStories(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Unproved: true})
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	set := ads.DefaultSettings()
	set.On = []ads.Placement{ads.List, ads.Inline}
	ok(s.AdSales.SaveSettings(t.Context(), testkit.Actor, set))
	a, err := s.AdSales.SaveAdvertiser(t.Context(), testkit.Actor, ads.Advertiser{Name: "Toko Beras"})
	ok(err)
	o, err := s.AdSales.SaveOrder(t.Context(), testkit.Actor, ads.Order{AdvertiserID: a.ID, Name: "Panen"})
	ok(err)
	now := s.Clock.Now()
	var seq int64
	for i, p := range set.On {
		kind := []ads.Kind{ads.Direct, ads.House}[i] // the outlet's own as well
		item, err := s.AdSales.SaveItem(t.Context(), testkit.Actor, ads.Item{OrderID: o.ID, Name: string(p), Starts: now.Add(-1e9), Ends: now.Add(1e15), Priority: 5,
			Terms: ads.Terms{Kind: kind, Weight: 1, Price: ads.Price{Model: ads.CPM, Amount: 25_000, Currency: "IDR"}}})
		ok(err)
		_, err = s.AdSales.SaveCreative(t.Context(), testkit.Actor, ads.Creative{ItemID: item.ID, Placement: p,
			Is: ads.Content{Kind: ads.Native, Headline: "Beras baru panen", Sponsor: "Toko Beras", Link: "https://toko.example/"}})
		ok(err)
		rc, err := s.AdSales.SetItem(t.Context(), testkit.Actor, item.ID, ads.On)
		ok(err)
		seq = rc.Seq
	}
	s.Settle(seq)
	text := make([]string, 30)
	for i := range text {
		text[i] = fmt.Sprintf("Paragraf ke-%d menceritakan bagaimana warga di lereng timur menunggu kabar dari kota sejak pagi hingga sore hari, lalu pulang.", i)
	}
	ordinary, marked := s.Publish(news.Content{Headline: "Panen Raya di Lereng", Body: s.Body(text...)}),
		s.Publish(news.Content{Headline: "Longsor Menimbun Rumah Warga", Body: s.Body(text...), Labels: []news.Label{news.LabelSensitive}})
	has := func(st news.Story) bool { return strings.Contains(s.Get(s.Path(st)).Body, "Beras baru panen") }
	if !has(ordinary) {
		t.Fatal("no page has ads: the look sees nothing")
	}
	if body := s.Get(s.Path(marked)).Body; strings.Contains(body, "Beras baru panen") || strings.Contains(body, "data-ad") {
		t.Error("an ad stands beside a story that is marked sensitive")
	}
	// Marked later, it loses them with the publication.
	d, err := s.Desk.Draft(t.Context(), testkit.Actor, ordinary.ID)
	ok(err)
	_, err = s.Desk.Save(t.Context(), testkit.Actor, news.DraftSave{StoryID: ordinary.ID, Base: d.Seq, Fields: fieldsOf(map[string]string{"labels": `["sensitive"]`})})
	ok(err)
	rc, err := s.Desk.Publish(t.Context(), testkit.Actor, ordinary.ID)
	ok(err)
	s.Settle(rc.Seq)
	if has(ordinary) {
		t.Error("a story that was marked later has an ad")
	}
}

package ads_test

import (
	"bytes"
	"image"
	"image/color/palette"
	"image/gif"
	"strings"
	"testing"

	"warta/internal/ads"
	"warta/internal/fault"
	"warta/internal/media"
)

func TestACreativeThatWouldMisbehaveIsRefusedWithAReason(t *testing.T) {
	t.Parallel()
	ok := `<style>a{color:red}</style><a href="{click}"><img src="data:image/png;base64,AAAA" alt="Beras"></a>`
	if err := ads.CheckHTML(ok); err != nil {
		t.Fatal(err)
	}
	for text, code := range map[string]string{
		"": "ads_html_empty", "<b>Beras</b>": "ads_html_click",
		ok + "<script>alert(1)</script>":                    "ads_html_script",
		ok + "<SCRIPT SRC=//evil.example></SCRIPT>":         "ads_html_script",
		ok + `<svg><script>alert(1)</script></svg>`:         "ads_html_script",
		ok + `<img src="data:image/png," onerror="x()">`:    "ads_html_script",
		ok + `<a href="java&#115;cript:alert(1)">x</a>`:     "ads_html_script",
		ok + "<a href=\"java\tscript:alert(1)\">x</a>":      "ads_html_script",
		ok + `<iframe src="https://evil.example"></iframe>`: "ads_html_tag",
		ok + `<form action="/x"></form>`:                    "ads_html_tag",
		ok + `<meta http-equiv=refresh content="0;url=x">`:  "ads_html_tag",
		ok + `<base href="https://evil.example/">`:          "ads_html_tag",
		ok + `<img src="https://pixel.example/1.gif">`:      "ads_html_load",
		ok + `<video poster="https://x.example/"></video>`:  "ads_html_load",
		ok + `<a href="https://toko.example/">x</a>`:        "ads_html_click",
	} {
		f := fault.Find(ads.CheckHTML(text))
		if f == nil || f.Code != code || f.Field != "html" {
			t.Errorf("%q: %v, want %s", text, f, code)
		}
	}
}

func TestLinksThatLeadNowhereGoodAreRefused(t *testing.T) {
	t.Parallel()
	c := func(link string) error {
		c := ads.Creative{Placement: ads.List, Is: ads.Content{Kind: ads.Native, Headline: "Beras", Link: link}}
		return c.Check()
	}
	for _, link := range []string{"https://toko.example/promo?x=1#y", "http://toko.example"} {
		if err := c(link); err != nil {
			t.Errorf("%q: %v", link, err)
		}
	}
	for _, link := range []string{"", "//evil.example", "/x", "javascript:alert(1)", "data:text/html,x", "https:evil", "https:///x", "ftp://x.example/", "mailto:a@b.example",
		"https://user:pass@evil.example", "https://a.example/ b", "https://a.example\\b", "https://a.example/\r\nSet-Cookie: x=1", "toko.example", "https://" + strings.Repeat("a", 2000) + ".example"} {
		if f := fault.Find(c(link)); f == nil || f.Field != "link" {
			t.Errorf("%q is taken", link)
		}
	}
}

func TestAnimatedPicturesAreKnown(t *testing.T) {
	t.Parallel()
	frame := func() *image.Paletted { return image.NewPaletted(image.Rect(0, 0, 4, 4), palette.Plan9) }
	file := func(n int) []byte {
		g := &gif.GIF{}
		for range n {
			g.Image, g.Delay = append(g.Image, frame()), append(g.Delay, 10)
		}
		var b bytes.Buffer
		if err := gif.EncodeAll(&b, g); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR0123456789abcCRC!"
	for name, x := range map[string]struct {
		file []byte
		want bool
	}{
		"a GIF": {file(1), false}, "an animated GIF": {file(3), true}, "half of one": {file(3)[:20], false},
		"a PNG": {[]byte(png + "\x00\x00\x00\x02IDATxxCRC!"), false}, "an animated PNG": {[]byte(png + "\x00\x00\x00\x08acTL01234567CRC!"), true},
		"a WebP": {[]byte("RIFF\x00\x00\x00\x00WEBPVP8 0123"), false}, "an animated WebP": {[]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00ANIM"), true},
		"a JPEG": {[]byte("\xff\xd8\xff\xe0"), false}, "nothing": {nil, false},
	} {
		if got := ads.Animated(x.file); got != x.want {
			t.Errorf("%s: animated = %v", name, got)
		}
	}
}

// What would break the budget cannot be booked, and the error says why.
func TestTheBudgetIsKeptWhenBooking(t *testing.T) {
	t.Parallel()
	good := func() *ads.Booking {
		set := ads.DefaultSettings()
		set.On = []ads.Placement{ads.Top, ads.Inline, ads.List}
		return &ads.Booking{Now: noon, Order: ads.Order{ID: 1, State: ads.On}, Settings: set,
			Pictures: map[int64]media.Picture{1: {ID: 1, Width: 640, Height: 200}, 2: {ID: 2, Width: 728, Height: 90}, 3: {ID: 3, Width: 600, Height: 500}},
			Weights:  map[int64]int64{1: 20_000, 2: 20_000, 3: 20_000},
			Items:    []*ads.Item{{ID: 5, State: ads.On, Starts: noon, Ends: noon.Add(1), Priority: 5, Terms: ads.Terms{Kind: ads.Direct, Weight: 1}}},
			Creatives: []*ads.Creative{{ID: 6, ItemID: 5, State: ads.On, Placement: ads.Top, Narrow: 1, Wide: 2,
				Is: ads.Content{Kind: ads.Pictures, Alt: "Beras", Link: "https://toko.example/"}}}}
	}
	tests := map[string]struct {
		code   string
		change func(*ads.Booking)
	}{
		"as it should be":                {"", func(*ads.Booking) {}},
		"the flight is over":             {"ads_over", func(b *ads.Booking) { b.Items[0].Ends = noon }},
		"no creative":                    {"ads_no_creative", func(b *ads.Booking) { b.Creatives = nil }},
		"none that is on":                {"ads_no_creative", func(b *ads.Booking) { b.Creatives[0].State = ads.Paused }},
		"a place that pages do not have": {"ads_place_off", func(b *ads.Booking) { b.Creatives[0].Placement = ads.Sticky }},
		"pages that do not have the place": {"ads_page_off", func(b *ads.Booking) {
			b.Settings.Pages = []ads.PageType{ads.HomePage}
			b.Items[0].Terms.Pages = []ads.PageType{ads.StoryPage}
		}},
		"a third place where a text has two": {"ads_slot", func(b *ads.Booking) {
			b.Creatives[0].Placement, b.Creatives[0].Narrow, b.Creatives[0].Wide, b.Items[0].Terms.Slot = ads.Inline, 3, 3, 3
		}},
		"too many bytes": {"ads_heavy", func(b *ads.Booking) { b.Weights[2] = 150_001 }},
		"a page that is too long": {"ads_heavy", func(b *ads.Booking) {
			b.Creatives[0].Is = ads.Content{Kind: ads.HTML, HTML: strings.Repeat("x", 150_001)}
		}},
		"the wrong shape":              {"ads_picture_size", func(b *ads.Booking) { b.Creatives[0].Wide = 3 }},
		"too small":                    {"ads_picture_size", func(b *ads.Booking) { b.Pictures[2] = media.Picture{ID: 2, Width: 364, Height: 45} }},
		"no picture for phones":        {"ads_picture_missing", func(b *ads.Booking) { b.Creatives[0].Narrow = 0 }},
		"a picture that is gone":       {"ads_picture_gone", func(b *ads.Booking) { delete(b.Pictures, 1) }},
		"a dead link":                  {"ads_link_dead", func(b *ads.Booking) { b.Creatives[0].LinkFault = "404" }},
		"a network while they are off": {"ads_networks_off", func(b *ads.Booking) { b.Items[0].Terms.Kind = ads.Network }},
		"a tag that is no network's":   {"ads_tag_kind", func(b *ads.Booking) { b.Creatives[0].Is = ads.Content{Kind: ads.Tag, HTML: "x"} }},
		"a card without its sponsor": {"ads_sponsor", func(b *ads.Booking) {
			b.Creatives[0].Placement, b.Creatives[0].Is = ads.List, ads.Content{Kind: ads.Native, Headline: "Beras", Link: "https://toko.example/"}
		}},
	}
	for name, x := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := good()
			x.change(b)
			f := fault.Find(b.Ready(b.Items[0]))
			if x.code == "" && f != nil || x.code != "" && (f == nil || f.Code != x.code || f.Field == "") {
				t.Errorf("%v, want %q", f, x.code)
			}
		})
	}
}

func TestSettingsKeepPagesReadable(t *testing.T) {
	t.Parallel()
	set := ads.DefaultSettings()
	set.On = ads.Placements
	for name, x := range map[string]struct {
		field  string
		change func(*ads.Settings)
	}{
		"light enough":          {"", func(s *ads.Settings) { s.MaxBytes = 150_000 }},
		"too heavy together":    {"max_bytes", func(s *ads.Settings) { s.MaxBytes = 200_000 }},
		"an ad before the text": {"first_words", func(s *ads.Settings) { s.FirstWords = 10 }},
		"two in one screen":     {"gap_words", func(s *ads.Settings) { s.GapWords = 149 }},
		"a place there is not":  {"on", func(s *ads.Settings) { s.On = []ads.Placement{"popup"} }},
		"a broken ads.txt":      {"ads_txt", func(s *ads.Settings) { s.AdsTxt = "google.com" }},
	} {
		s := set
		x.change(&s)
		f := fault.Find(s.Check())
		if x.field == "" && f != nil || x.field != "" && (f == nil || f.Field != x.field) {
			t.Errorf("%s: %v", name, f)
		}
	}
}

func TestAdsTxtIsLinted(t *testing.T) {
	t.Parallel()
	text := "\ufeff# kami\ngoogle.com, pub-123, DIRECT, f08c47fec0942fa0\n\nexample.org,9,reseller # mitra\nOWNERDOMAIN=kabar.example\nmanagerdomain=mitra.example, ID\ncontact=iklan@kabar.example\n"
	if list := ads.LintAdsTxt(text); len(list) != 0 {
		t.Errorf("a good one: %+v", list)
	}
	for line, code := range map[string]string{
		"google.com": "ads_txt_fields", "google.com, 1, DIRECT, x, y": "ads_txt_fields", "google.com, , DIRECT": "ads_txt_fields",
		"google, 1, DIRECT": "ads_txt_domain", "https://google.com, 1, DIRECT": "ads_txt_domain", "google.com, 1, OWNER": "ads_txt_relation",
		"colour=red": "ads_txt_variable", "ownerdomain=": "ads_txt_fields", "ownerdomain=x": "ads_txt_domain",
		"a.example,1,DIRECT\na.example, 1, direct": "ads_txt_twice",
	} {
		list := ads.LintAdsTxt(line)
		if len(list) != 1 || list[0].Code != code {
			t.Errorf("%q: %+v, want %s", line, list, code)
		}
	}
}

func TestAPlaceLeavesTheWindowToTheText(t *testing.T) {
	t.Parallel()
	const window, label = 640, 18
	for _, p := range ads.Placements {
		most := window / 2
		if p == ads.Sticky {
			most = window / 7
		}
		if h := p.Box().Narrow.H + label; h > most {
			t.Errorf("%s takes %d of %d pixels", p, h, window)
		}
		if w := p.Box().Narrow.W; w > 320 {
			t.Errorf("%s is %d pixels wide on a phone", p, w)
		}
	}
}

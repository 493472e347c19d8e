package site_test

import (
	"strings"
	"testing"
	"time"

	"warta/internal/app"
	"warta/internal/change"
	"warta/internal/news"
	"warta/internal/testkit"
)

// lead is what becomes of one request.
type lead struct {
	host, path string // an empty host is the site's own
	status     int
	location   string // "" for none; one that begins with a slash is of the site
}

// follow asks for each and compares.
func follow(t *testing.T, s *testkit.Site, cases []lead) {
	t.Helper()
	for _, c := range cases {
		var header []string
		if c.host != "" {
			header = []string{"Host", c.host}
		}
		want := c.location
		if strings.HasPrefix(want, "/") && c.host != "" {
			want = s.URL + want
		}
		res := s.Get(c.path, header...)
		got := res.Header.Get("Location")
		if res.StatusCode != c.status || strings.TrimPrefix(got, s.URL) != strings.TrimPrefix(want, s.URL) {
			t.Errorf("%s%s: %d to %q, want %d to %q", c.host, c.path, res.StatusCode, got, c.status, want)
		}
		if c.host != "" && c.status == 301 && res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s%s may be kept: %q", c.host, c.path, res.Header.Get("Cache-Control"))
		}
	}
}

// TestOldAddressesLeadOn holds old addresses in all spellings against where they lead
// at once, on both engines and by both ways.
func TestOldAddressesLeadOn(t *testing.T) {
	t.Parallel()
	for _, engine := range []struct {
		name     string
		postgres bool
		way      string
	}{{"SQLite, fast path", false, "on"}, {"PostgreSQL, net/http", true, "off"}} {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Unproved: true, Hosts: []string{"lama.example", "www.lama.example", "amp.lama.example", "bücher.example"},
				Configure: func(c *app.Config) { c.FastPath = engine.way }})
			leadOn(t, s)
		})
	}
}

func leadOn(t *testing.T, s *testkit.Site) {
	ctx, me := t.Context(), testkit.Actor
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	st, other := s.Publish(news.Content{Headline: "Jembatan Gantung Dibuka"}), s.Publish(news.Content{Headline: "Panen Raya Dimulai"})
	taken := s.Publish(news.Content{Headline: "Rahasia Dapur Umum"})
	hidden := s.Publish(news.Content{Headline: "Belum Boleh Dibaca"})
	draft := s.Create(news.Content{Headline: "Naskah Mentah Sekali"})
	one, two := s.Path(st), s.Path(other)
	slugless := s.Path(taken)[:strings.LastIndexByte(s.Path(taken), '/')]
	ok(s.App.Site.SaveRedirects(ctx, me,
		news.Redirect{Host: "lama.example", Path: "/2019/05/jembatan-gantung/", StoryID: st.ID}, news.Redirect{Path: "/2019/05/jembatan-gantung/", StoryID: st.ID},
		news.Redirect{Host: "lama.example", Path: "/?p=7", StoryID: st.ID}, news.Redirect{Path: "/?p=7", StoryID: other.ID},
		news.Redirect{Path: "/baca.php?id=9", StoryID: other.ID}, news.Redirect{Path: "/baca.php", Target: "/latest"}, news.Redirect{Path: "/kopi-%C3%A9", StoryID: st.ID},
		news.Redirect{Path: "/lama/dicabut", StoryID: taken.ID}, news.Redirect{Host: "lama.example", Path: "/dicabut", StoryID: taken.ID}, news.Redirect{Path: "/?p=13", StoryID: taken.ID}, news.Redirect{Path: "/baca.php?id=13", StoryID: taken.ID},
		news.Redirect{Path: "/lama/embargo", StoryID: hidden.ID}, news.Redirect{Path: "/lama/draf", StoryID: draft}, news.Redirect{Host: "lama.example", Path: "/draf", StoryID: draft},
		news.Redirect{Path: "/a", Target: "/b/"}, news.Redirect{Path: "/b", Target: "/c?x=1"}, news.Redirect{Path: "/c?x=1", Target: "/2019/05/jembatan-gantung/"},
		news.Redirect{Path: "/d", Target: s.Path(other) + "-salah"}, news.Redirect{Host: "lama.example", Path: "/e", Target: "https://www.lama.example/f"}, news.Redirect{Host: "www.lama.example", Path: "/f", Target: "/a"},
		news.Redirect{Path: "/mitra", Target: "https://mitra.example/berita?x=é"}, news.Redirect{Path: "/tentang", Target: "/page/redaksi"}, news.Redirect{Path: "/nasional", Target: "/bola"}, news.Redirect{Path: "/kanal-n", Target: "/nasional"},
		news.Redirect{Host: "xn--bcher-kva.example", Path: "/buku", StoryID: st.ID},
		news.Redirect{Path: "/hapus", Target: news.GoneTarget("Atas permintaan <b>narasumber</b>.")}, news.Redirect{Host: "lama.example", Path: "/hapus-lama/?p=8", Target: news.GoneTarget("")},
		news.Redirect{Path: "/ke-hapus", Target: "/hapus"}, news.Redirect{Path: "/?p=14", Target: news.GoneTarget("")}, news.Redirect{Path: "/baca.php?id=14", Target: news.GoneTarget("")}))
	rc, err := s.Desk.Withdraw(ctx, me, taken.ID, news.ReasonSARA, "")
	ok(err)
	s.Settle(rc.Seq)
	rc, err = s.Desk.Embargo(ctx, me, hidden.ID, s.Clock.Now().Add(time.Hour))
	ok(err)
	s.Settle(rc.Seq)
	// The way over the engine's memory and the one before it.
	for range 2 {
		follow(t, s, []lead{
			{"", "/2019/05/jembatan-gantung/", 301, one}, {"", "/2019/05/jembatan-gantung", 301, one}, {"", "/2019/05/JEMBATAN-gantung/amp/", 301, one}, {"", "/2019/05/jembatan-gantung?amp=1&utm_source=wa", 301, one},
			{"", "/2019/05/jembatan%2Dgantung?page=all", 301, one}, {"", "/2019/05/jembatan-gantung/2/", 301, one}, {"", "/index.php/2019/05/jembatan-gantung", 301, one}, {"", "/kopi-%C3%A9/", 301, one},
			{"", "/?p=7", 301, two}, {"", "/?p=7&utm_source=x", 301, two}, {"", "/index.php?p=7", 301, two}, {"", "/?p=999", 404, ""}, {"", "/?p=x", 200, ""}, {"", "/?p=", 200, ""},
			{"", "/baca.php?id=9", 301, two}, {"", "/baca.php?id=9&foo=1", 301, two}, {"", "/baca.php?id=10", 301, "/latest"}, {"", "/baca.php", 301, "/latest"},
			{"lama.example", "/2019/05/jembatan-gantung/", 301, one}, {"www.lama.example", "/2019/05/jembatan-gantung", 301, one}, {"amp.lama.example", "/2019/05/jembatan-gantung/amp", 301, one}, {"LAMA.example:8080", "/2019/05/jembatan-gantung", 301, one},
			{"lama.example", "/?p=7", 301, one}, {"www.lama.example", "/index.php?p=7&amp=1", 301, one}, {"lama.example", "/?p=13", 301, "/"}, {"xn--bcher-kva.example", "/buku/", 301, one},
			// Withdrawn: gone, and no word of the headline in any address.
			{"", "/lama/dicabut", 410, ""}, {"", "/lama/dicabut/", 410, ""}, {"", "/lama/DICABUT/amp", 410, ""}, {"", "/?p=13", 410, ""}, {"", "/baca.php?id=13", 410, ""}, {"lama.example", "/dicabut", 301, slugless}, {"", slugless, 410, ""},
			// Given up on purpose: the answer stands at the old address itself.
			{"", "/hapus", 410, ""}, {"", "/Hapus/amp/?utm_source=x", 410, ""}, {"", "/ke-hapus", 410, ""}, {"", "/?p=14", 410, ""}, {"", "/baca.php?id=14", 410, ""},
			{"lama.example", "/hapus", 410, ""}, {"amp.lama.example", "/hapus-lama/?p=8", 410, ""}, {"lama.example", "/hapus-lama/", 301, "/hapus-lama"}, {"", "/!gone", 404, ""},
			// What is not public is nowhere.
			{"", "/lama/embargo", 404, ""}, {"", "/lama/draf", 404, ""}, {"lama.example", "/draf", 301, "/draf"}, {"", "/draf", 404, ""},
			// Over others, at once.
			{"", "/a", 301, one}, {"", "/B", 301, one}, {"", "/c?x=1", 301, one}, {"", "/d", 301, two}, {"lama.example", "/e", 301, one}, {"amp.lama.example", "/a/", 301, one},
			{"", "/mitra", 301, "https://mitra.example/berita?x=%C3%A9"}, {"lama.example", "/mitra", 301, "https://mitra.example/berita?x=%C3%A9"}, {"", "/tentang", 301, "/page/redaksi"},
			// A page of ours wins over an old address.
			{"", "/nasional", 200, ""}, {"", "/kanal-n", 301, "/nasional"}, {"", "/Nasional/amp", 301, "/nasional"}, {"", "/nasional/page/2/", 301, "/nasional"},
			// Spellings of our own.
			{"", one + "/amp", 301, one}, {"", one + "?page=all", 200, ""}, {"", strings.ToUpper(one), 301, one}, {"amp.lama.example", one, 301, one}, {"lama.example", one[:len(one)-3], 301, one},
			{"", "/index.php", 301, "/"}, {"lama.example", "/", 301, "/"}, {"lama.example", "/nasional/", 301, "/nasional"}, {"lama.example", "/latest?before=5", 301, "/latest?before=5"}, {"lama.example", "/nasional?before=5", 301, "/nasional?before=5"}, {"lama.example", "/tidak-ada/", 301, "/tidak-ada"},
			{"", "/tidak-ada/", 404, ""}, {"", "/nasional/", 301, "/nasional"}, {"", "/latest/?before=1-1", 301, "/latest?before=1-1"}, {"127.0.0.1", "/?p=7", 301, two},
			// Nobody is led elsewhere by what he asks.
			{"lama.example", "/?p=5&x=//jahat.example", 301, "/"}, {"lama.example", "/?utm_source=x", 301, "/"}, {"lama.example", "/\\jahat.example", 301, "/%5Cjahat.example"}, {"", "//jahat.example", 307, "/jahat.example"}, {"", "/jahat.example//", 307, "/jahat.example/"},
			{"lama.example", "/x%0d%0aSet-Cookie:a", 301, "/x%0d%0aSet-Cookie:a"}, {"", "/a%00", 404, ""}, {"lama.example", "/a%00b", 301, "/a%00b"}, {"", "/%ff%fe", 404, ""}, {"lama.example", "/%ff", 301, "/%ff"},
			{"jahat.example", "/2019/05/jembatan-gantung/", 421, ""}, {"lama.example.jahat.example", "/", 421, ""}, {"mobile.lama.example", "/", 421, ""},
		})
	}
	if body := s.Get("/lama/dicabut").Body; !strings.Contains(body, "SARA") || strings.Contains(body, "Rahasia") {
		t.Error("the old address of a withdrawn story does not say why, or says too much")
	}
	for path, want := range map[string]string{"/hapus": "Atas permintaan &lt;b&gt;narasumber&lt;/b&gt;.", "/?p=14": "Tidak lagi disediakan"} {
		if body := s.Get(path).Body; !strings.Contains(body, want) || !strings.Contains(body, "noindex") {
			t.Errorf("the answer at %s does not say why: %.300s", path, body)
		}
	}
	ok(s.App.Site.SaveRedirects(ctx, me, news.Redirect{Path: "/hapus", StoryID: st.ID}))
	settle(t, s)
	follow(t, s, []lead{{"", "/hapus", 301, one}, {"lama.example", "/hapus", 301, one}, {"", "/ke-hapus", 301, one}})
	// A change reaches what was answered before.
	ok(s.App.Site.ChangeRedirect(ctx, me, "", "/b", news.Redirect{Path: "/b", StoryID: other.ID}))
	settle(t, s)
	follow(t, s, []lead{{"", "/a", 301, two}, {"", "/B/amp/", 301, two}, {"lama.example", "/e", 301, two}})
	ok(s.App.Site.DropRedirect(ctx, me, "", "/b"))
	settle(t, s)
	// What led there leads where it was written to lead.
	follow(t, s, []lead{{"", "/b", 404, ""}, {"", "/a", 301, "/b/"}})
	ok(s.App.Site.SaveRedirects(ctx, me, news.Redirect{Path: "/TIDAK-ada/", StoryID: st.ID}))
	settle(t, s)
	follow(t, s, []lead{{"", "/tidak-ada", 301, one}, {"lama.example", "/tidak-ada", 301, one}})
	// What is a circle all the same, by two people at once, leads nowhere.
	ok(s.DB.SaveRedirects(ctx, []news.Redirect{{Path: "/x", Target: "/y"}, {Path: "/y", Target: "/x"}, {Host: "lama.example", Path: "/z", Target: "https://lama.example/z"}}, change.Outcome{Tags: []string{news.TagRedirects, news.TagAddress("", "/x"), news.TagAddress("", "/y")}}))
	settle(t, s)
	follow(t, s, []lead{{"", "/x", 404, ""}, {"", "/y/", 404, ""}})
}

// settle waits until readers see the effect of everything that was changed.
func settle(t *testing.T, s *testkit.Site) {
	t.Helper()
	last, err := s.DB.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Settle(last)
}

package news_test

import (
	"slices"
	"strings"
	"testing"

	"warta/internal/news"
)

func TestSpellingsOfAnAddressHaveOneFold(t *testing.T) {
	t.Parallel()
	for want, spellings := range map[string][]string{
		"/2019/05/jembatan-gantung": {"/2019/05/jembatan-gantung", "/2019/05/jembatan-gantung/", "//2019//05/jembatan-gantung//", "/2019/05/Jembatan-Gantung", "/2019/05/jembatan-gantung/amp", "/2019/05/jembatan-gantung/amp/",
			"/amp/2019/05/jembatan-gantung", "/2019/05/jembatan-gantung?amp=1", "/2019/05/jembatan-gantung?amp", "/2019/05/jembatan-gantung/?page=all", "/2019/05/jembatan-gantung?page=2",
			"/2019/05/jembatan-gantung/page/2/", "/2019/05/jembatan-gantung/page/all", "/2019/05/jembatan%2Dgantung", "/2019/05/%6Aembatan-gantung/", "/index.php/2019/05/jembatan-gantung",
			"/2019/05/jembatan-gantung/index.php", "/2019/05/jembatan-gantung/index.html?utm_source=x&fbclid=1", "/2019/05/jembatan-gantung?UTM_Source=wa", "/2019/05/jembatan-gantung.amp",
			"/2019/05/jembatan-gantung/?replytocom=12", "/2019/05/jembatan-gantung/amp/?halaman=3"},
		"/":                         {"/", "", "//", "/?", "/index.php", "/INDEX.html", "/amp/", "/?utm_medium=x", "/page/2/", "/index.php?amp=1"},
		"/?p=7":                     {"/?p=7", "/index.php?p=7", "/?p=7&utm_source=a", "/index.php?amp=1&P=7", "/?p=%37"},
		"/read.php?id=7&kat=bola":   {"/read.php?id=7&kat=bola", "/read.php?kat=Bola&id=7", "/READ.php?kat=bola&id=7&page=2", "/read.php?&&kat=bola&id=7"},
		"/index.php?page=berita":    nil,
		"/?id=7&page=berita":        {"/index.php?page=berita&id=7"},
		"/berita/12345":             {"/berita/12345/", "/berita/12345"},
		"/kopi-é":                   {"/kopi-é", "/kopi-%C3%A9", "/kopi-%c3%a9/", "/KOPI-%C3%89", "/kopi-e\u0301"},
		"/diskon-100%25":            {"/diskon-100%25", "/diskon-100%"},
		"/latin-%e9":                {"/latin-%E9", "/latin-%e9", "/latin-\xe9"},
		"/baris%0abaru":             {"/baris%0Abaru", "/baris\nbaru"},
		"/apa%3fya":                 {"/apa%3Fya"},
		"/judul.html":               {"/judul.amp.html", "/judul.html"},
		"/tag/amplop":               {"/tag/amplop"},
		"/page/redaksi":             {"/page/redaksi/"},
		"/2019/05/jembatan/2":       {"/2019/05/jembatan/2/"},
		"/cari?q=harga cabai":       {"/cari?q=harga+cabai", "/cari/?q=Harga%20cabai"},
		"/2019/05/jembatan?foo=bar": {"/2019/05/jembatan/?foo=bar"},
	} {
		for _, s := range spellings {
			got := news.FoldPath(s)
			if got != want {
				t.Errorf("FoldPath(%q) = %q, want %q", s, got, want)
			}
			if again := news.FoldPath(got); again != got {
				t.Errorf("folding %q again makes %q", got, again)
			}
		}
	}
	for want, hosts := range map[string][]string{
		"nasional.lama.example": {"nasional.lama.example", "NASIONAL.lama.example", "amp.nasional.lama.example", "www.nasional.lama.example:443", "m.nasional.lama.example.", "www.amp.nasional.lama.example"},
		"xn--bcher-kva.example": {"bücher.example", "xn--bcher-kva.example", "www.BÜCHER.example"},
		"www.example":           {"www.example"},
		"":                      {"", " "},
	} {
		for _, h := range hosts {
			if got := news.FoldHost(h); got != want {
				t.Errorf("FoldHost(%q) = %q, want %q", h, got, want)
			}
		}
	}
	if long := news.FoldPath("/" + strings.Repeat("é/", 900)); len(long) > 300 || long == news.FoldPath("/"+strings.Repeat("é/", 901)) {
		t.Errorf("a long path folds to %d bytes, or two of them to the same", len(long))
	}
}

func TestTheNearestSpellingIsMeant(t *testing.T) {
	t.Parallel()
	kept := []news.Redirect{
		{Host: "lama.example", Path: "/v/AbC", StoryID: 1}, {Host: "lama.example", Path: "/v/aBc", StoryID: 2}, {Host: "www.lama.example", Path: "/v/abc", StoryID: 3},
		{Host: "lama.example", Path: "/read?id=7", StoryID: 4}, {Host: "lama.example", Path: "/read", StoryID: 5}, {Host: "lama.example", Path: "/read?id=8&x=1", StoryID: 6},
		{Host: "lain.example", Path: "/v/abc", StoryID: 7}, {Path: "/v/abc", StoryID: 8}, {Host: "kabar.example", Path: "/own", StoryID: 9},
		{Host: "lama.example", Path: "/a/judul", StoryID: 10}, {Host: "lama.example", Path: "/arsip/2019/2", StoryID: 11}, {Host: "lama.example", Path: "/tag/amp", StoryID: 12}, {Host: "lama.example", Path: "/tag", StoryID: 13},
		{Host: "lama.example", Path: "/100%25", StoryID: 14}, {Host: "lama.example", Path: "/?p=7", StoryID: 15},
	}
	for _, c := range []struct {
		host, address string
		want          int64
	}{
		{"lama.example", "/v/AbC", 1}, {"lama.example", "/v/aBc", 2}, {"lama.example", "/v/aBc/amp?utm_source=x", 1}, {"www.lama.example", "/v/abc", 3}, {"www.lama.example", "/v/abc/", 3},
		{"lain.example", "/v/abc", 7}, {"", "/v/abc", 8}, {"kabar.example:8080", "/v/abc", 8}, {"www.kabar.example", "/own", 9}, {"", "/own", 9},
		{"lama.example", "/read?id=7", 4}, {"lama.example", "/read?id=7&foo=1", 4}, {"lama.example", "/read?foo=1", 5}, {"lama.example", "/read", 5}, {"lama.example", "/read?x=1&id=8", 6},
		{"lama.example", "/a/judul/2", 10}, {"lama.example", "/a/judul/page/2", 10}, {"lama.example", "/arsip/2019/2", 11}, {"lama.example", "/arsip/2019/3", 0},
		{"lama.example", "/tag/amp", 12}, {"lama.example", "/tag/", 13}, {"lama.example", "/100%25", 14}, {"lama.example", "/?p=7&preview=true", 15}, {"lama.example", "/", 0}, {"lama.example", "/?foo=1", 0},
		{"tiada.example", "/v/abc", 0},
	} {
		asked, ok := news.AskOldAddress("kabar.example", c.host, c.address)
		if !ok {
			t.Errorf("%s%s cannot be asked", c.host, c.address)
			continue
		}
		if len(asked.Paths) > 12 || slices.Contains(asked.Paths, "") {
			t.Errorf("%s is looked for as %q", c.address, asked.Paths)
		}
		// What the store finds by the folds.
		var found []news.Redirect
		for _, r := range kept {
			if slices.Contains(asked.Hosts, news.FoldHost(r.Host)) && slices.Contains(asked.Paths, news.FoldPath(r.Path)) {
				found = append(found, r)
			}
		}
		if r, _ := asked.Best(found); r.StoryID != c.want {
			t.Errorf("%s%s means %d of %v, want %d", c.host, c.address, r.StoryID, found, c.want)
		}
	}
	for _, address := range []string{"", "x", "/a\x00b", "/a%00b", "/a\nb", "/a%0ab", "/" + strings.Repeat("a", 2001), "/a?x=%00"} {
		if _, ok := news.AskOldAddress("kabar.example", "", address); ok {
			t.Errorf("%.20q can be asked", address)
		}
	}
	if _, ok := news.AskOldAddress("kabar.example", strings.Repeat("a.", 300), "/"); ok {
		t.Error("a host of 600 bytes can be asked")
	}
}

func FuzzFoldPath(f *testing.F) {
	for _, s := range []string{"/a/amp/?p=1", "/%", "/%%%41", "//?a=b;c&d=%zz", "/index.php/index.php/amp/amp/page/2/page/all", "/\xff%ff?\xff=\x00", "/a.amp.amp.html"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := news.FoldPath(s)
		if !strings.HasPrefix(once, "/") || len(once) > 300 || strings.ContainsAny(once, "\x00\n\r") || !strings.HasPrefix(strings.ToValidUTF8(once, "\x00"), once) {
			t.Fatalf("FoldPath(%q) = %q", s, once)
		}
		if asked, ok := news.AskOldAddress("kabar.example", "", s); ok && (len(asked.Paths) == 0 || len(asked.Paths) > 12) {
			t.Fatalf("%q is looked for as %q", s, asked.Paths)
		}
	})
}

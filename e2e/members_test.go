package e2e_test

import (
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"

	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/testkit"
	"warta/internal/web"
)

// entitled gives the tab the class of somebody who pays.
func (b *tab) entitled(s *testkit.Site, class page.Class) {
	b.t.Helper()
	key, err := s.DB.Secret(b.t.Context(), "class")
	b.ok(err)
	c, yes := web.NewClasses(key, s.Clock.Now).Cookie(class, 1), true
	call(b, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: s.URL, Path: "/",
		Secure: &yes, HTTPOnly: &yes, SameSite: network.CookieSameSiteLax})
}

// meetsTheCut reads a members' story as nobody in particular, who gets its beginning
// and one box, and as a member, who reads on and finds no trace of the box.
func (b *tab) meetsTheCut(s *testkit.Site, look func(string)) {
	b.t.Helper()
	at := s.Path(s.Publish(news.Content{Headline: "Nelayan Teluk Menghitung Hari Tanpa Tangkapan", Standfirst: "Tiga desa berunding tentang musim yang datang lebih cepat.",
		Access: news.Members, Dateline: "AMBON", Body: s.Body("Perahu-perahu itu sudah dua pekan terikat di dermaga.",
			"Para nelayan berkumpul setiap pagi, menunggu kabar angin dari menara.", "Kepala desa mengajak semua orang mencatat hasil tangkapan.",
			"Bagian ini hanya dibaca anggota: catatan dari lima musim terakhir.", "Angka itu akan dibahas pekan depan.")}))
	b.open(at, 200)
	if got := b.words(".story"); !strings.Contains(got, "mencatat hasil tangkapan") || strings.Contains(got, "hanya dibaca anggota") {
		b.t.Errorf("everybody reads %q", got)
	}
	if n := eval[int](b, `document.querySelectorAll(".gate").length`); n != 1 {
		b.t.Errorf("%d boxes stand behind the cut", n)
	}
	if got := b.words(".gate"); !strings.Contains(got, "khusus anggota") || !strings.Contains(got, "Lihat pilihan keanggotaan") || !strings.Contains(got, "Masuk") {
		b.t.Errorf("the box says %q", got)
	}
	if shift := eval[float64](b, `window.__shifts.reduce((n,s)=>n+s.value,0)`); shift > 0 {
		b.t.Errorf("the page moves by %v", shift)
	}
	look("members-cut")
	b.click(`.gate a[href^="/account/sign-in"]`)
	if got := b.at(); !strings.HasPrefix(got, "/account/sign-in?next=%2Fnasional") {
		b.t.Errorf("the way to sign in leads to %s", got)
	}
	b.entitled(s, page.Registered|page.MembersText)
	b.open(at, 200)
	if got := b.words(".story"); !strings.Contains(got, "hanya dibaca anggota") || !strings.Contains(got, "dibahas pekan depan") {
		b.t.Errorf("a member reads %q", got)
	}
	if html := eval[string](b, `document.documentElement.outerHTML`); strings.Contains(html, "gate") || strings.Contains(html, "/member") {
		b.t.Error("a member's page has a trace of the box")
	}
	look("members-text")
	call(b, network.ClearBrowserCookies, cdp.Empty{})
}

package e2e_test

import (
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// TestRoomFrontIsArranged pins a story, sees it in the preview and on the front
// page, and takes it back.
func TestRoomFrontIsArranged(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			n := &newsroom{Site: testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})}
			const old, fresh = "Berita Lama yang Layak di Atas", "Berita Baru dari Pelabuhan"
			n.Publish(news.Content{Headline: old})
			n.Clock.Set(n.Clock.Now().Add(time.Minute))
			n.Publish(news.Content{Headline: fresh})
			first := func(b *tab) string { return b.words("main h2 a, main h3 a") }
			reader := newTab(t, n.Site)
			reader.open("/", 200)
			if got := first(reader); got != fresh {
				t.Fatalf("the front page begins with %q", got)
			}

			b := signed(t, n.Staffer(account.ManagingEditor), 1280)
			b.open("/newsroom/fronts/0", 200)
			press := func(button string) {
				t.Helper()
				b.send(`{setTimeout(()=>document.querySelector(` + quote(button) + `).click(),0);true}`)
				if said := eval[string](b, `document.querySelector("main .error")?.textContent??""`); said != "" {
					t.Fatalf("%s: %s", button, said)
				}
			}
			press(`#c0 button[name=do][value="find:0"]`)
			eval[bool](b, `([...document.querySelectorAll('#c0 .found button[value^="pin:0:"]')].find(e=>e.textContent===`+quote(old)+`).dataset.wanted="",true)`)
			press(`button[data-wanted]`)
			if got := b.words("#c0 [data-pin] .headline"); got != old {
				t.Errorf("what is pinned is %q", got)
			}
			b.looks("front-pinned")
			b.size(1280)
			preview := signed(t, n.Staffer(account.ManagingEditor), 1280)
			preview.open("/newsroom/fronts/0/preview", 200)
			if got := first(preview); got != old {
				t.Errorf("the preview begins with %q", got)
			}
			if strings.Index(n.Get("/").Body, old) < strings.Index(n.Get("/").Body, fresh) {
				t.Errorf("readers see what is not live")
			}
			begins := func(headline, other string) func(testkit.Response) bool {
				return func(res testkit.Response) bool {
					_, main, _ := strings.Cut(res.Body, "<main")
					i, j := strings.Index(main, headline), strings.Index(main, other)
					return i >= 0 && i < j
				}
			}
			press(`form[action$="/publish"] button`)
			n.soon("the pinned story", []string{"/"}, begins(old, fresh))
			reader.open("/", 200)
			if got := first(reader); got != old {
				t.Errorf("the front page begins with %q", got)
			}
			press(`form[action$="/undo"] button`)
			n.soon("the front as it was", []string{"/"}, begins(fresh, old))
			for _, b := range []*tab{b, preview, reader} {
				b.quiet()
			}
		})
	}
}

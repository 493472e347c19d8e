package e2e_test

import (
	"strconv"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// TestRoomBreakingNewsFromThePhone sends one small form: the banner is on the
// front page and the story heads the list; then it grows under its address.
func TestRoomBreakingNewsFromThePhone(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			n := &newsroom{Site: testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})}
			n.Publish(news.Content{Headline: "Berita yang Terbit Lebih Dahulu"})
			for _, p := range []string{"/", "/latest"} {
				n.Get(p) // and everything is warm
			}
			b := signed(t, n.Staffer(account.Editor), 360)
			b.open("/newsroom/breaking", 200)
			b.narrow(360)
			b.shoot("room-breaking-phone", "id", 360, "light")
			const headline = "Gempa Kuat Mengguncang Selatan Jawa"
			// The form is sent as its button sends it; the answer comes while readers are asked.
			eval[bool](b, `{const f=document.querySelector('main form[action="/newsroom/breaking"]');f.elements.headline.value=`+quote(headline)+`;f.elements.section.value="`+
				strconv.FormatInt(n.Section("nasional"), 10)+`";window.__here=true;setTimeout(()=>f.querySelector("button").click(),0);true}`)
			var id int64
			eventually(t, "the story to be made", func() bool {
				cards, _, _, err := n.DB.List(t.Context(), news.ListFilter{Limit: 1})
				if err != nil || len(cards) == 0 || cards[0].FullHeadline != headline {
					return false
				}
				id = cards[0].ID
				return true
			})
			path := n.path(id)
			n.soon("breaking news", []string{"/", "/latest", path}, func(res testkit.Response) bool {
				return res.StatusCode == 200 && strings.Contains(res.Body, `class="breaking"`) && strings.Contains(res.Body, headline)
			})
			b.until("the form's answer", `!window.__here&&document.readyState==="complete"`)
			if at := "/newsroom/stories/" + strconv.FormatInt(id, 10); strings.Split(b.at(), "?")[0] != at {
				t.Errorf("the form leads to %s, want %s", b.at(), at)
			}
			reader := newTab(t, n.Site)
			reader.size(360)
			reader.open("/", 200)
			if got := reader.words("aside.breaking"); !strings.Contains(got, headline) {
				t.Errorf("the banner of the front page says %q", got)
			}
			reader.shoot("room-breaking-front", "id", 360, "light")
			reader.open("/latest", 200)
			if got := reader.words("main section.day h3 a"); got != headline {
				t.Errorf("the list begins with %q", got)
			}

			const more = "Getaran terasa selama tiga puluh detik."
			b.open("/newsroom/stories/"+strconv.FormatInt(id, 10), 200)
			b.writes(-1, more)
			b.saved(n.Site, id, more)
			if strings.Contains(n.Get(path).Body, more) {
				t.Errorf("readers see what is not published")
			}
			b.does(id, "publish", "significant", "1")
			if st := n.Story(id); n.Path(st) != path || st.LiveNo < 2 {
				t.Errorf("the story is version %d at %s, want a later one at %s", st.LiveNo, n.Path(st), path)
			}
			n.soon("the grown story", []string{path}, func(res testkit.Response) bool { return strings.Contains(res.Body, more) })
			b.quiet()
			reader.quiet()
		})
	}
}

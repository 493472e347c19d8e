package e2e_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/web"
	room "warta/internal/web/newsroom"
)

// roomPages are the pages that a plain GET reaches: those of the table of routes
// that need no name of a thing, and those of a story and other things.
func roomPages(s *testkit.Site, owner *testkit.Staffer, live, draft, picture int64) (paths []string) {
	s.T.Helper()
	for _, r := range s.Room.Routes() {
		if r.Method != "GET" || r.Visibility != web.Staff || r.Stream || strings.Contains(r.Pattern, "{") {
			continue
		}
		path := r.Pattern
		if res := owner.Open(path); res.StatusCode == 200 && strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			paths = append(paths, path)
		}
	}
	story := room.Prefix + "/stories/" + strconv.FormatInt(live, 10)
	work := room.Prefix + "/stories/" + strconv.FormatInt(draft, 10)
	for _, end := range []string{"", "/versions", "/compare", "/receipt", "/correct", "/withdraw", "/embargo", "/banner", "/assign"} {
		paths = append(paths, story+end)
	}
	for _, end := range []string{"", "/submit", "/publish", "/schedule"} {
		paths = append(paths, work+end)
	}
	return append(paths, room.Prefix+"/pictures/"+strconv.FormatInt(picture, 10), room.Prefix+"/fronts/0",
		room.Prefix+"/users/"+strconv.FormatInt(owner.User.ID, 10), room.Prefix+"/board?view=table")
}

// TestRoomPagesAreForEverybody opens every page of the newsroom as people do who
// have bad eyes, a dark room or a small phone, in both languages.
func TestRoomPagesAreForEverybody(t *testing.T) {
	t.Parallel()
	n := &newsroom{Site: testkit.New(t, testkit.Options{Settings: settings("id")})}
	owner, english := n.Staffer(account.Owner), n.Staffer(account.Owner)
	err := n.Staff.SaveProfile(t.Context(), english.User.ID, account.Profile{Name: english.User.Name, Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	picture := n.picture(1, 1200, 800)
	live := n.Publish(news.Content{Lead: news.Lead{PictureID: picture, Credit: "Rani Setyawati"}}).ID
	draft := n.Create(news.Content{Headline: longHeadline})
	if _, err := n.Reports.File(t.Context(), news.Report{StoryID: live, Kind: news.ReportError, Name: "Sulastri", Email: "sulastri@baca.example",
		Text: "Angka di paragraf kedua keliru."}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the editor's page lists them
		if _, err := n.Desk.Invite(t.Context(), owner.User.Actor(), draft, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	topics, err := n.DB.EnsureTopics(t.Context(), []string{"Pilpres", "Pemilihan Presiden"})
	if err != nil {
		t.Fatal(err)
	}
	topic := room.Prefix + "/topics/" + strconv.FormatInt(topics["Pilpres"], 10)
	paths := append(roomPages(n.Site, owner, live, draft, picture), topic+"?find=pemilihan",
		topic+"/merge?into="+strconv.FormatInt(topics["Pemilihan Presiden"], 10))
	if len(paths) < 40 {
		t.Errorf("only %d pages were found: %q", len(paths), paths)
	}
	for _, p := range []struct {
		who  *testkit.Staffer
		lang string
	}{{owner, "id"}, {english, "en"}} {
		t.Run("in "+p.lang, func(t *testing.T) {
			t.Parallel()
			b := signed(t, p.who, 360)
			for _, path := range paths {
				t.Run(path, func(t *testing.T) { b.of(t).everybody(path, p.lang) })
			}
		})
	}
}

// everybody holds one page to what every page promises.
func (b *tab) everybody(path, language string) {
	b.t.Helper()
	b.size(360)
	b.media("light", "")
	b.open(path, 200)
	if eval[bool](b, `!!document.querySelector("[data-editor]")`) {
		b.until("the draft to be open", `!!document.querySelector(".ProseMirror")`)
	}
	if got := eval[string](b, "document.documentElement.lang"); got != language {
		b.t.Errorf("the page is in %q", got)
	}
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.TrimPrefix(path, "/"))
	all := looksNow()
	if language != "id" {
		all = all[:1] // the other language differs in its words: they have to be there and to fit
	}
	if shots(b.t) != "" {
		all = looks
	}
	for _, look := range all {
		b.size(look.width)
		b.media(look.scheme, "")
		b.settle()
		b.accessible(look.scheme, look.all)
		b.narrow(look.width)
		b.fits()
		b.shoot(name, language, look.width, look.scheme)
	}
	b.quiet()
}

// fits fails if a table has to be pushed sideways on a phone, or a drawing was
// squeezed until nobody can tell what it is.
func (b *tab) fits() {
	b.t.Helper()
	found := eval[[]string](b, `(()=>{const out=[];
	if(innerWidth<768)for(const e of document.querySelectorAll("main .table"))
	 if(e.scrollWidth>e.clientWidth+1)out.push("a table is "+e.scrollWidth+" wide where there are "+e.clientWidth);
	for(const e of document.querySelectorAll("main svg")){const r=e.getBoundingClientRect();
	 if(e.checkVisibility()&&r.width<12)out.push("a drawing is "+r.width+" wide in "+e.parentElement.outerHTML.slice(0,120))}
	return out.slice(0,8)})()`)
	for _, what := range found {
		b.t.Errorf("at %d px: %s", eval[int64](b, "innerWidth"), what)
	}
}

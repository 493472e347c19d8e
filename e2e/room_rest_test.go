package e2e_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// TestRoomCorrectsAndCompares puts a mistake right that readers have seen: the
// text, the note under the story, and the comparison of two chosen versions.
func TestRoomCorrectsAndCompares(t *testing.T) {
	t.Parallel()
	for _, engine := range journeyEngines(t) {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})
			st := s.Publish(news.Content{Headline: "Jembatan Baru Dibuka", Body: s.Body("Jembatan itu panjangnya 65 meter.", "Warga menyambutnya.")})
			at := "/newsroom/stories/" + strconv.FormatInt(st.ID, 10)
			b := signed(t, s.Staffer(account.Editor), 1280)
			b.open(at, 200)
			b.writes(0, " Lebarnya 8 meter.")
			b.saved(s, st.ID, "Lebarnya 8 meter.")
			b.does(st.ID, "publish")
			b.does(st.ID, "correct", "kind", string(news.Koreksi), "text", "Lebar jembatan semula tidak disebut.")
			b.open(at, 200)
			b.writes(1, " Pasar ikut ramai.")
			b.saved(s, st.ID, "Pasar ikut ramai.")

			b.open(at+"/versions", 200)
			b.looks("versions-of-three")
			b.size(1280)
			nos := eval[[]string](b, `[...document.querySelectorAll('input[name="a"]')].map(e=>e.value)`)
			if len(nos) < 2 {
				t.Fatalf("the story has the versions %q", nos)
			}
			first, last := nos[len(nos)-1], nos[0]
			eval[bool](b, `(document.querySelector('input[name="a"][value="`+first+`"]').click(),document.querySelector('input[name="b"][value="`+last+`"]').click(),true)`)
			b.click("form button.main")
			if got := b.at(); got != at+"/compare?b="+last+"&a="+first && got != at+"/compare?a="+first+"&b="+last {
				t.Errorf("the comparison is %s", got)
			}
			if got := b.words("article.diff ins"); !strings.Contains(got, "Lebarnya 8 meter.") {
				t.Errorf("what came is %q", got)
			}
			if got := b.words("article.diff"); strings.Contains(got, "Pasar ikut ramai.") {
				t.Errorf("two versions that went out differ by what is only in the draft: %q", got)
			}
			b.looks("versions-compared")

			reader := newTab(t, s)
			reader.size(360)
			reader.open(s.Path(st), 200)
			if got := reader.words("main"); !strings.Contains(got, "Lebar jembatan semula tidak disebut.") || !strings.Contains(got, "Lebarnya 8 meter.") || strings.Contains(got, "Pasar") {
				t.Errorf("readers see %q", got)
			}
			reader.shoot("room-koreksi-reader", "id", 360, "light")
			b.quiet()
			reader.quiet()
		})
	}
}

// TestRoomPictureInUse moves what must stay in sight of a picture, and is not
// let delete what a story shows.
func TestRoomPictureInUse(t *testing.T) {
	t.Parallel()
	for _, engine := range journeyEngines(t) {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			n := &newsroom{Site: testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})}
			used, free := n.picture(1, 1600, 900), n.picture(2, 900, 600)
			n.Publish(news.Content{Headline: "Pasar Ikan Pindah", Lead: news.Lead{PictureID: used, Credit: "Rani Setyawati"}})
			at := func(id int64) string { return "/newsroom/pictures/" + strconv.FormatInt(id, 10) }
			b := signed(t, n.Staffer(account.ManagingEditor), 1280)
			b.open(at(used), 200)
			where := `[document.querySelector("[data-focal-x]").value,document.querySelector("[data-focal-y]").value].join()`
			before, cut := eval[string](b, where), eval[string](b, `document.querySelector("[data-cut]").outerHTML`)
			b.points(".focal img", 0.2, 0.3)
			b.until("the point to have moved", where+`!==`+quote(before))
			if eval[string](b, `document.querySelector("[data-cut]").outerHTML`) == cut {
				t.Error("the cuts do not show at once what the point does to them")
			}
			b.looks("picture-focal")
			b.size(1280)
			b.send(`{setTimeout(()=>document.querySelector("form.words-form button.main").click(),0);true}`)
			p, err := n.DB.Picture(t.Context(), used)
			n.ok(err)
			if p.FocalX < 0.15 || p.FocalX > 0.25 || p.FocalY < 0.25 || p.FocalY > 0.35 {
				t.Errorf("the point is at %v, %v", p.FocalX, p.FocalY)
			}
			b.open(at(used), 200)
			if eval[bool](b, `!!document.querySelector('a[href$="/delete"]')`) {
				t.Error("a picture that a story shows is offered for deletion")
			}
			b.open(at(used)+"/delete", 200) // somebody had the address
			b.shows("what shows the picture", "main .uses", "Pasar Ikan Pindah")
			if eval[bool](b, `!!document.querySelector('main form')`) {
				t.Error("the deletion of a picture in use has a button")
			}
			b.looks("picture-kept")
			b.size(1280)
			b.open(at(free), 200)
			eval[bool](b, `(document.querySelector('a[data-dialog="delete"]').click(),true)`)
			b.until("the question", `document.querySelector("#delete").open`)
			b.send(`{setTimeout(()=>document.querySelector("#delete button.danger").click(),0);true}`)
			b.open(at(free), 404)
			b.quiet()
		})
	}
}

// points clicks into an element, at parts of its width and height.
func (b *tab) points(selector string, x, y float64) {
	b.t.Helper()
	at := eval[struct{ X, Y float64 }](b, `(e=>{e.scrollIntoView({block:"center"});const r=e.getBoundingClientRect();
	return {X:r.left+r.width*`+strconv.FormatFloat(x, 'f', -1, 64)+`,Y:r.top+r.height*`+strconv.FormatFloat(y, 'f', -1, 64)+`}})(document.querySelector(`+quote(selector)+`))`)
	for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
		call(b, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y, Button: input.MouseButtonLeft, ClickCount: 1})
	}
}

// TestRoomOwnerChangesARole changes the role of somebody who is at work, which
// takes his session at once, and takes the log of it home as a table.
func TestRoomOwnerChangesARole(t *testing.T) {
	t.Parallel()
	for _, engine := range journeyEngines(t) {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})
			rani, boss := s.Staffer(account.Editor), s.Staffer(account.Owner)
			id := s.Create(news.Content{Body: s.Body("Paragraf pertama.")})
			at := "/newsroom/stories/" + strconv.FormatInt(id, 10)
			b := signed(t, rani, 360)
			b.open(at, 200)
			b.writes(0, " Sebelum diganti.")
			b.saved(s, id, "Sebelum diganti.")

			owner := signed(t, boss, 1280)
			owner.open("/newsroom/users/"+strconv.FormatInt(rani.User.ID, 10), 200)
			owner.fill(`form[action$="/role"]`, "role", string(account.ManagingEditor))
			users, err := s.DB.UsersByID(t.Context(), []int64{rani.User.ID})
			owner.ok(err)
			if role := users[rani.User.ID].Role; role != account.ManagingEditor {
				t.Fatalf("the role is %q: %s", role, owner.words("main"))
			}
			b.writes(0, " Sesudah diganti.")
			b.until("the word that the session is over", `/masuk/i.test(document.body.innerText)&&!!document.querySelector('a[href*="/newsroom/sign-in"]')`)
			b.holds("Sesudah diganti.")
			b.shoot("room-role-changed", "id", 360, "light")

			owner.open("/newsroom/audit", 200)
			file := owner.downloads(`main a[href*="/audit.csv"]`)
			if !strings.Contains(file, rani.User.Email) && !strings.Contains(file, string(account.ManagingEditor)) {
				t.Errorf("the table does not tell of the role: %.600s", file)
			}
			owner.quiet()
		})
	}
}

// downloads follows a link to a file and returns what it holds.
func (b *tab) downloads(link string) string {
	b.t.Helper()
	dir, yes := b.t.TempDir(), true
	ctx, cancel := b.within()
	defer cancel()
	_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir, EventsEnabled: &yes,
		BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID})
	b.ok(err)
	b.do(chromedp.Click(chromedp.CSS(link)))
	var text string
	eventually(b.t, "the file", func() bool {
		list, err := filepath.Glob(filepath.Join(dir, "*.csv"))
		b.ok(err)
		if len(list) == 0 {
			return false
		}
		raw, err := os.ReadFile(list[0])
		b.ok(err)
		text = string(raw)
		return strings.HasSuffix(text, "\n")
	})
	return text
}

// TestRoomPinsAnew moves a pin to another place of the front page by its number
// and by hand.
func TestRoomPinsAnew(t *testing.T) {
	t.Parallel()
	for _, engine := range journeyEngines(t) {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			n := &newsroom{Site: testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})}
			for _, headline := range []string{"Berita Satu", "Berita Dua", "Berita Tiga", "Berita Empat"} {
				n.Publish(news.Content{Headline: headline})
				n.Clock.Set(n.Clock.Now().Add(time.Minute))
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
			for _, headline := range []string{"Berita Satu", "Berita Dua"} {
				press(`#c0 button[name=do][value="find:0"]`)
				eval[bool](b, `([...document.querySelectorAll('#c0 .found button[value^="pin:0:"]')].find(e=>e.textContent===`+quote(headline)+`).dataset.wanted="",true)`)
				press(`button[data-wanted]`)
			}
			order := func() string {
				return eval[string](b, `[...document.querySelectorAll("#c0 [data-pin]")].map(e=>e.querySelector("[data-place]").value+" "+e.querySelector(".headline").innerText.trim()).join(", ")`)
			}
			t.Logf("pinned: %s", order())
			b.into(`#c0 [data-pin]:first-child [data-place]`, "3")
			press(`button[name=do][value="save"]`)
			b.looks("front-pinned-anew")
			b.size(1280)
			want := "Berita "
			got := order()
			if !strings.Contains(got, "3 "+want) {
				t.Errorf("the pins are %q", got)
			}
			press(`form[action$="/publish"] button`)
			moved := strings.TrimPrefix(got[strings.Index(got, "3 "):], "3 ")
			moved, _, _ = strings.Cut(moved, ",")
			n.soon("the pin in the third place", []string{"/"}, func(res testkit.Response) bool {
				_, main, _ := strings.Cut(res.Body, "<main")
				before := 0
				for _, other := range []string{"Berita Satu", "Berita Dua", "Berita Tiga", "Berita Empat"} {
					if other != moved && strings.Contains(main, other) && strings.Index(main, other) < strings.Index(main, moved) {
						before++
					}
				}
				return before == 2
			})
			b.quiet()
		})
	}
}

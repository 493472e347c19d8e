package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"warta/internal/app"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/testkit/sink"
)

// keepsHere counts what the browser keeps without an account.
const keepsHere = `Object.keys(localStorage).filter(k=>k.startsWith("keep ")).length`

// pressed says that the button for something is pressed.
func pressed(item string) string {
	return `document.querySelector('a[data-keep][href$="item=` + item + `"]').ariaPressed==="true"`
}

// TestReaderSavesAndFollows saves stories before there is an account, makes one,
// finds them in it, follows a topic and takes everything along: with and without
// script, on both databases.
func TestReaderSavesAndFollows(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		for _, script := range []bool{true, false} {
			name := engine.name + ", with script"
			if !script {
				name = engine.name + ", without script"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				mail := sink.New(t, false, "")
				s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id"), Configure: func(c *app.Config) {
					c.SMTPHost, c.SMTPPort, c.SMTPFrom, c.SMTPTLS = mail.Host, mail.Port, "redaksi@kabar.example", "none"
				}})
				topics, err := s.DB.EnsureTopics(t.Context(), []string{"Bakau"})
				if err != nil {
					t.Fatal(err)
				}
				topic := fmt.Sprint("topic-", topics["Bakau"])
				var stories []news.Story
				for _, headline := range []string{"Warga Menanam Bakau di Tepi Teluk", "Bibit Bakau Dibagikan kepada Nelayan Teluk", "Kepiting Kembali ke Hutan Bakau"} {
					stories = append(stories, s.Publish(news.Content{Headline: headline, Topics: []int64{topics["Bakau"]}, SectionID: s.Section("nasional")}))
				}
				b := newTab(t, s)
				b.size(360)
				look := func(string) {}
				if script && !engine.postgres {
					look = b.reads
				}
				if script {
					b.savesAndJoins(s, mail, stories, topic, look)
				} else {
					call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
					b.scriptless = true
					b.savesByForms(s, mail, stories, topic)
				}
				b.open("/account/following", 200)
				if got := b.words("main"); !strings.Contains(got, "Kepiting Kembali") || !strings.Contains(got, "Karena Anda mengikuti Bakau.") {
					t.Errorf("the list says %q", got)
				}
				look("following")
				b.open("/account/follows", 200)
				look("follows")
				b.click(".lines form button")
				if got := b.words("main"); !strings.Contains(got, "belum mengikuti apa pun") {
					t.Errorf("after the last follow: %q", got)
				}
				b.open("/account/saved", 200)
				b.click(".shelf li:first-child form button")
				if got := b.words(".shelf"); strings.Contains(got, "Bibit Bakau") || !strings.Contains(got, "Warga Menanam") {
					t.Errorf("after a story was removed: %q", got)
				}
				b.quiet()
			})
		}
	}
}

// register makes an account from the page at hand, by the letter's link or code.
func (b *tab) register(s *testkit.Site, mail *sink.Sink) {
	b.t.Helper()
	b.click(`.other a[href^="/account/register"]`)
	b.ticks("#terms")
	b.fill("main form", "name", "Rani Setya", "email", "rani@pembaca.example", "password", testkit.Password)
	link, code := arrives(b.t, mail, "rani@pembaca.example")
	if b.scriptless {
		b.open(strings.TrimPrefix(link, s.URL), 200)
		return
	}
	b.fill(`form[action="/account/check"]`, "code", code)
}

func (b *tab) savesAndJoins(s *testkit.Site, mail *sink.Sink, stories []news.Story, topic string, look func(string)) {
	b.t.Helper()
	save := func(n int) string { return fmt.Sprint("save-", stories[n].ID) }
	press := func(item string) {
		b.t.Helper()
		eval[bool](b, `(document.querySelector('a[data-keep][href$="item=`+item+`"]').click(),true)`)
	}
	for n := range 2 {
		b.open(s.Path(stories[n]), 200)
		press(save(n))
		b.until("the story to be kept here", fmt.Sprint(keepsHere, "===", n+1))
		b.still()
	}
	look("story-saved")
	b.open(s.Path(stories[0]), 200)
	b.until("the story to be marked", pressed(save(0)))
	b.still()
	b.open("/account/saved", 200)
	b.until("the list of this browser", `document.querySelectorAll(".shelf li").length===2`)
	look("saved-here")

	// To follow needs an account; what was pressed waits for it.
	b.open("/topic/bakau", 200)
	look("topic-follow")
	b.send(`{setTimeout(()=>document.querySelector('a[data-keep]').click(),0);true}`)
	if got := b.at(); !strings.HasPrefix(got, "/account/sign-in?next=") {
		b.t.Fatalf("to follow leads to %s", got)
	}
	b.register(s, mail)
	if got := b.at(); got != "/topic/bakau" {
		b.t.Fatalf("the new reader is at %s", got)
	}
	b.until("the topic to be followed", pressed(topic))
	b.until("everything to be handed over", keepsHere+"===0")
	b.open("/account/saved", 200)
	if got := b.words(".shelf"); strings.Index(got, "Bibit Bakau") > strings.Index(got, "Warga Menanam") || strings.Count(got, "Warga Menanam") != 1 {
		b.t.Errorf("the list is %q", got)
	}
	look("saved")
	b.open("/account", 200)
	look("home-shelf")

	// The network fails while a story is saved: it is kept here, and joined later.
	b.open(s.Path(stories[2]), 200)
	b.until("the page to know the reader", `document.querySelector("header .me").textContent==="Akun"`)
	b.online(false)
	press(save(2))
	b.until("the story to be kept here", keepsHere+"===1")
	b.online(true)
	b.forgive("ERR_INTERNET_DISCONNECTED")
	b.open(s.Path(stories[2]), 200)
	b.until("the story to be handed over", keepsHere+"===0&&"+pressed(save(2)))
	press(save(2)) // and taken off again
	b.until("the button to be up", "!("+pressed(save(2))+")")
}

func (b *tab) savesByForms(s *testkit.Site, mail *sink.Sink, stories []news.Story, topic string) {
	b.t.Helper()
	for n := range 2 {
		b.open(s.Path(stories[n]), 200)
		b.click(fmt.Sprintf(`a[href$="item=save-%d"]`, stories[n].ID))
		if n == 0 {
			b.register(s, mail)
		}
		if got := b.at(); !strings.HasPrefix(got, "/account/shelf?") {
			b.t.Fatalf("the link leads to %s", got)
		}
		b.fill(`form[action="/account/shelf"]`)
		if got := b.words("main"); !strings.Contains(got, "ada di simpanan Anda") {
			b.t.Fatalf("the form leads to %s: %q", b.at(), got)
		}
		b.click("a.way")
		if got := b.at(); got != s.Path(stories[n]) {
			b.t.Errorf("the way back leads to %s", got)
		}
		s.Clock.Set(s.Clock.Now().Add(1e9))
	}
	b.open("/topic/bakau", 200)
	b.click(`a[href$="item=` + topic + `"]`)
	b.fill(`form[action="/account/shelf"]`)
	if got := b.words("main"); !strings.Contains(got, "Anda mengikuti ini") {
		b.t.Errorf("the form leads to %s: %q", b.at(), got)
	}
}

// TestTheSizeOfTextStays chooses a size, and finds it on other pages from the
// first frame on.
func TestTheSizeOfTextStays(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Settings: settings("id")})
	text := strings.Split(strings.Repeat("Warga menanam bakau sejak pagi bersama kelompok tani dari tiga kampung di tepi teluk itu.|", 20), "|")
	story := s.Path(s.Publish(news.Content{Headline: "Warga Menanam Bakau", Body: s.Body(text[:20]...)}))
	b := newTab(t, s)
	b.size(360)
	b.open(story, 200)
	size := `getComputedStyle(document.querySelector(".body")).fontSize`
	before := eval[string](b, size)
	b.still()
	eval[bool](b, `(document.querySelector("[data-size]").click(),true)`)
	b.until("the choice", `document.querySelector("dialog.sizes")?.open`)
	b.accessible("light", true)
	b.shoot("reader-size", "id", 360, "light")
	eval[bool](b, `(document.querySelectorAll(".sizes button")[3].click(),true)`)
	if got := eval[string](b, size); got == before {
		t.Errorf("the text is %s as before", got)
	}
	large := eval[string](b, size)
	b.shoot("reader-size-chosen", "id", 360, "light")
	for _, path := range []string{story, "/latest"} {
		b.open(path, 200)
		if got := eval[string](b, `document.documentElement.style.fontSize`); got != "130%" {
			t.Errorf("%s has the size %q", path, got)
		}
		b.still()
		b.narrow(360)
	}
	b.open(story, 200)
	if got := eval[string](b, size); got != large {
		t.Errorf("the text is %s, not %s", got, large)
	}
	b.shoot("reader-size-large", "id", 360, "light")
	eval[bool](b, `(localStorage.size="url(javascript:alert(1))",true)`)
	b.open(story, 200)
	if got := eval[string](b, size); got != before {
		t.Errorf("what is no size makes the text %s", got)
	}
	b.quiet()
}

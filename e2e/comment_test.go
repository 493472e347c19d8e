package e2e_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"

	"warta/internal/account"
	"warta/internal/discuss"
	"warta/internal/news"
	"warta/internal/testkit"
)

// signsIn makes the tab that of a reader who has an account already.
func (b *tab) readerSignsIn(s *testkit.Site, email string) {
	b.t.Helper()
	b.open("/account/sign-in", 200)
	b.fill("main form", "email", email, "password", testkit.Password)
	if got := b.at(); got != "/account" {
		b.t.Fatalf("signed in, and at %s: %s", got, b.words("main"))
	}
}

// discussions opens the discussions of a site.
func discussions(t *testing.T, s *testkit.Site, mode discuss.Mode) {
	t.Helper()
	if err := s.Forum.SaveRules(t.Context(), account.System("demo"), discuss.ScopeSite, 0, nil, discuss.Patch{Mode: &mode}); err != nil {
		t.Fatal(err)
	}
}

// TestReaderComments is the way of a comment from the box below a story to its end:
// written, answered, reported, changed, deleted; with and without script.
func TestReaderComments(t *testing.T) {
	t.Parallel()
	for _, way := range []struct {
		name               string
		script, postgresql bool
	}{{"with script", true, false}, {"without script", false, false}, {"with script on PostgreSQL", true, true}, {"without script on PostgreSQL", false, true}} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: way.postgresql, Settings: settings("id")})
			discussions(t, s, discuss.ModeAfter)
			id := s.Publish(news.Content{Headline: "Warga Menanam Bakau di Tepi Teluk"})
			story := s.Path(id)
			s.Reader("rani@pembaca.example", "Rani Setya")
			s.Reader("budi@pembaca.example", "Budi Santoso")
			b := newTab(t, s)
			look := b.reads
			if !way.script {
				call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
				b.scriptless = true
			}
			if !way.script || way.postgresql {
				look = func(string) {}
			}
			b.size(360)
			if way.script && !way.postgresql {
				b.meetsTheCut(s, look)
			}
			b.readerSignsIn(s, "rani@pembaca.example")
			b.open(story, 200)
			if got := b.words(".talk h2"); got != "Komentar (0)" {
				t.Fatalf("the heading is %q", got)
			}
			if got := b.words("#tanggung"); got != "Komentar sepenuhnya menjadi tanggung jawab penulisnya." {
				t.Errorf("under the box stands %q", got)
			}
			b.comments(way.script, "form[data-say]", "Bakau di teluk kami juga sudah mulai tumbuh.", story)
			b.until("the comment to be told", `document.querySelector(".talk")&&/Bakau di teluk kami/.test(document.querySelector(".talk").textContent)`)
			if got := b.words(".say .who b"); got != "Rani Setya" {
				t.Fatalf("the comment is by %q", got)
			}
			look("comment-own")

			// Somebody else answers, and reports it. Pages are told once a second, open
			// ones as well.
			s.Clock.Set(s.Clock.Now().Add(2 * time.Second))
			if way.script {
				b.until("the heading to count it", `document.querySelector(".talk h2").textContent==="Komentar (1)"`)
			}
			b.open("/account", 200)
			b.fill(`form[action="/account/sign-out"]`)
			b.readerSignsIn(s, "budi@pembaca.example")
			b.open(story, 200)
			if got := b.words(".talk h2"); got != "Komentar (1)" {
				t.Errorf("the heading is %q", got)
			}
			if way.script {
				eval[bool](b, `(document.querySelector("[data-reply]").click(),true)`)
				b.until("the form for an answer", `!!document.querySelector("form[data-to] textarea")`)
				b.comments(true, "form[data-to]", "Di desa saya juga, sejak tahun lalu.", story)
			} else {
				b.click("[data-reply]")
				b.comments(false, `form[action^="/comment/story/"]`, "Di desa saya juga, sejak tahun lalu.", story)
			}
			b.until("the answer below it", `/Di desa saya juga/.test(document.querySelector(".threads > li ol")?.textContent??"")`)
			look("comment-answer")
			b.open(story, 200)
			b.click(".threads > li > .say [data-other]")
			look("comment-report")
			b.ticks("#r-lie")
			b.fill(`form[action^="/comment/report/"]`, "text", "Angkanya keliru")
			if got := b.words(".done"); !strings.Contains(got, "Laporan Anda sudah diterima") {
				t.Errorf("reported: %q", got)
			}
			e, err := s.DB.Comment(t.Context(), 1)
			if err != nil || e.Complaints != 1 {
				t.Fatalf("%d complaints, %v", e.Complaints, err)
			}

			// The author changes it, then takes it away; the answer stays.
			b.open("/account", 200)
			b.fill(`form[action="/account/sign-out"]`)
			b.readerSignsIn(s, "rani@pembaca.example")
			b.click(`a[href="/account/comments"]`)
			look("comments-mine")
			b.click(`.mine a[href="/comment/own/1"]`)
			look("comment-state")
			b.click(`a[href="/comment/own/1?edit=1"]`)
			b.fill(`form[action="/comment/own/1"]`, "text", "Bakau di teluk kami sudah tumbuh.")
			if got := b.words(".done") + b.words("blockquote"); !strings.Contains(got, "Perubahan sudah disimpan") || !strings.Contains(got, "kami sudah tumbuh") {
				t.Errorf("edited: %q", got)
			}
			b.fill(`form[action="/comment/delete/1"]`)
			look("comment-delete")
			b.fill(`form[action="/comment/delete/1"]`)
			if got := b.words(".done"); !strings.Contains(got, "sudah dihapus") {
				t.Errorf("deleted: %q", got)
			}
			b.open(story, 200)
			if got := b.words(".talk"); !strings.Contains(got, "dihapus penulisnya") || !strings.Contains(got, "Di desa saya juga") || strings.Contains(got, "Bakau di teluk kami") {
				t.Errorf("the thread says %q", got)
			}
			look("comment-gone")
			b.quiet()
		})
	}
}

// comments writes into a form and sends it. Without script the reader learns on a
// page of his own what became of it, and goes back to the story.
func (b *tab) comments(script bool, form, text, story string) {
	b.t.Helper()
	if script {
		eval[bool](b, `(document.querySelector(`+quote(form+" textarea")+`).value=`+quote(text)+`,document.querySelector(`+quote(form)+`).requestSubmit(),true)`)
		return
	}
	b.fill(form, "text", text)
	if got := b.words(".done") + b.words(".state"); !strings.Contains(got, "sudah kami terima") || !strings.Contains(got, "Sudah tayang") {
		b.t.Fatalf("after sending: %q", b.words("main"))
	}
	b.open(story, 200)
}

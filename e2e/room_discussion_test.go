package e2e_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"warta/internal/account"
	"warta/internal/discuss"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/testkit"
)

// TestRoomModeratesByKeyboard is a moderator's work without a mouse: through the
// queue, approving, rejecting with a reason, undoing; a comment that comes
// meanwhile; the reader's page and the rules.
func TestRoomModeratesByKeyboard(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})
			story := s.Publish(news.Content{SectionID: s.Section("nasional"), Headline: "Harga beras turun di pasar induk", Body: s.Body("Satu.")}).ID
			before := discuss.ModeBefore
			many := 100
			if err := s.Forum.SaveRules(t.Context(), testkit.Actor, discuss.ScopeSite, 0, nil, discuss.Patch{Mode: &before, PerMinute: &many}); err != nil {
				t.Fatal(err)
			}
			s.Reader("rina@pembaca.example", "Rina Kartika")
			f, err := s.DB.Member(t.Context(), member.Pick{Email: "rina@pembaca.example"})
			if err != nil {
				t.Fatal(err)
			}
			say := func(text string) int64 {
				c, err := s.Forum.Post(t.Context(), discuss.Draft{StoryID: story, MemberID: f.Record.ID, Text: text, Network: "192.0.2.9"})
				if err != nil {
					t.Fatal(err)
				}
				return c.ID
			}
			state := func(id int64) discuss.State {
				e, err := s.DB.Comment(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				return e.State
			}
			one := say("Semoga harga beras turun terus sampai akhir tahun, supaya warung kecil bisa bernapas lagi.")
			two := say("Dasar 4 n j 1 n g semua pedagang di sana")
			three := say("Di kampung saya harganya masih sama saja.")

			b := signed(t, s.Staffer(account.Moderator), 1280)
			b.open("/newsroom/discussion?queue=pending", 200)
			b.looks("discussion-queue")
			b.size(1280)
			b.press("j", 0)
			b.press("a", 0)
			b.sees(`Komentar tayang.`)
			if got := state(one); got != discuss.Published {
				t.Fatalf("after j a the first comment is %s", got)
			}
			// The next one has its place, and the keys go on there.
			b.until("the next comment to have the focus", `document.activeElement.matches("[data-comment]")`)
			b.press("r", 0)
			b.until("the reasons to have the focus", `document.activeElement.matches("select[name=reason]")`)
			eval[bool](b, `(document.activeElement.value="mod_insult",true)`)
			b.press("Tab", 0)
			b.until("the word to the author to have the focus", `document.activeElement.matches("textarea[name=note]")`)
			b.typed("Sopan, ya.")
			b.press("Tab", 0)
			b.press("Enter", 0)
			b.sees(`penulisnya diberi tahu`)
			if got := state(two); got != discuss.Rejected {
				t.Fatalf("after r the second comment is %s", got)
			}
			b.press("u", 0)
			b.sees(`Diurungkan.`)
			if got := state(two); got != discuss.Pending {
				t.Errorf("after u the second comment is %s", got)
			}
			late := say("Komentar yang datang belakangan")
			b.sees("Komentar yang datang belakangan")
			b.press("?", 0)
			if !eval[bool](b, `document.querySelector("#keys").open`) {
				t.Error("? opens no help")
			}
			b.looks("discussion-keys")
			b.size(1280)
			b.open(fmt.Sprintf("/newsroom/discussion/comments/%d", three), 200)
			b.looks("discussion-comment")
			b.open(fmt.Sprintf("/newsroom/discussion/readers/%d?because=%d", f.Record.ID, late), 200)
			b.looks("discussion-reader")
			b.open("/newsroom/discussion/log", 200)
			b.looks("discussion-log")
			b.open("/newsroom/discussion/stories", 200)
			b.looks("discussion-stories")
			o := signed(t, s.Staffer(account.Owner), 1280)
			o.open("/newsroom/discussion/rules", 200)
			eval[bool](o, `(document.querySelectorAll("details").forEach(d=>d.open=true),true)`)
			o.looks("discussion-rules")
			b.quiet()
			o.quiet()
		})
	}
}

// sees waits until the page, or the next one, says something.
func (b *tab) sees(words string) {
	b.t.Helper()
	ctx, cancel := b.within()
	defer cancel()
	for ctx.Err() == nil {
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.readyState==="complete"&&document.body.innerText.includes(`+strconv.Quote(words)+`)`)); err == nil && ok {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("the page does not say %q", words)
}

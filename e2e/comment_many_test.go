package e2e_test

import (
	"fmt"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/discuss"
	"warta/internal/news"
	"warta/internal/testkit"
)

// fillThreads gives a site's only discussion n comments that are rows alone, every
// second one an answer to the one before.
func fillThreads(t *testing.T, s *testkit.Site, story, author int64, n int) {
	t.Helper()
	tx, err := s.DB.Handle().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	at := s.Clock.Now().Add(-time.Duration(n) * time.Second).UnixMilli()
	for _, q := range []struct {
		text string
		args []any
	}{
		{`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1)
			INSERT INTO comments (story_id, section_id, thread_id, reply_to, level, member_id, body, body_key, state, at, published, shown, answers)
			SELECT $2, 1, 0, 0, i % 2, $3, 'Catatan warga nomor ' || i || '.', i, 'published', $4 + i * 1000, $4 + i * 1000, 1, 1 - i % 2 FROM n`,
			[]any{n, story, author, at}},
		{`UPDATE comments SET thread_id = id - level, reply_to = (id - 1) * level`, nil},
		{`INSERT INTO discussions (story_id, shown, last_id) SELECT $1, count(*), max(id) FROM comments`, []any{story}},
	} {
		if _, err := tx.ExecContext(t.Context(), q.text, q.args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// A discussion of 10,000 comments is read page by page, and while 300 a minute come
// in, what is read and what is being written stay where they are.
func TestALongAndBusyDiscussion(t *testing.T) {
	t.Parallel()
	const long, perSecond, seconds = 10_000, 5, 6
	s := testkit.New(t, testkit.Options{Settings: settings("id")})
	mode, days, minute, hour, off := discuss.ModeAfter, 0, 600, 10_000, []discuss.Phase{discuss.PhaseRepeat}
	rules := discuss.Patch{Mode: &mode, CloseDays: &days, PerMinute: &minute, PerHour: &hour, Off: &off}
	if err := s.Forum.SaveRules(t.Context(), account.System("demo"), discuss.ScopeSite, 0, nil, rules); err != nil {
		t.Fatal(err)
	}
	story := s.Publish(news.Content{Headline: "Harga Beras Turun di Tiga Provinsi"})
	s.Reader("rani@pembaca.example", "Rani Setya")
	s.Reader("budi@pembaca.example", "Budi Santoso")
	var rani, budi int64
	for id, address := range map[*int64]string{&rani: "rani@pembaca.example", &budi: "budi@pembaca.example"} {
		if err := s.DB.Handle().QueryRowContext(t.Context(), `SELECT id FROM members WHERE email = $1`, address).Scan(id); err != nil {
			t.Fatal(err)
		}
	}
	fillThreads(t, s, story.ID, budi, long-1)
	if _, err := s.Forum.Post(t.Context(), discuss.Draft{StoryID: story.ID, MemberID: budi, Network: "10.0.1.1", Text: "Semoga bertahan sampai panen raya."}); err != nil {
		t.Fatal(err) // and pages are told of all of them
	}
	s.Clock.Set(s.Clock.Now().Add(2 * time.Second))
	b := newTab(t, s)
	b.size(360)
	b.readerSignsIn(s, "rani@pembaca.example")
	b.open(s.Path(story), 200)
	if got := b.words(".talk h2"); got != "Komentar (10.000)" {
		t.Errorf("the heading is %q", got)
	}
	const ids = `[...document.querySelectorAll("[data-threads]>li>article")].map(a=>+a.dataset.id)`
	for page := 1; ; page++ {
		want := page * discuss.PageThreads
		b.until(fmt.Sprintf("%d threads", want), fmt.Sprintf(`document.querySelectorAll("[data-threads]>li").length===%d`, want))
		if !eval[bool](b, ids+`.every((id,i,all)=>i<2||id===all[i-1]-2)`) {
			t.Fatalf("after %d pages there are gaps or doubles: %v", page, eval[[]int](b, ids))
		}
		if page == 3 {
			break
		}
		eval[bool](b, `(document.querySelector(".talk>[data-more] a").click(),true)`)
	}
	eval[bool](b, `(document.querySelectorAll(".sorts a")[0].click(),true)`)
	b.until("the oldest first", `document.querySelector("[data-threads] article .said")?.textContent==="Catatan warga nomor 0."`)
	b.reads("comment-many")

	b.open(s.Path(story), 200)
	first := eval[[]int](b, ids)
	eval[bool](b, `(document.querySelector("#komentar").scrollIntoView(),document.querySelector("#kata").value="Saya sedang menulis",
		window.moved=0,new PerformanceObserver(l=>l.getEntries().forEach(e=>{if(!e.hadRecentInput)moved+=e.value})).observe({type:"layout-shift"}),true)`)
	for i := range perSecond * seconds {
		if _, err := s.Forum.Post(t.Context(), discuss.Draft{StoryID: story.ID, MemberID: budi, Network: fmt.Sprintf("10.0.0.%d", i),
			Text: fmt.Sprintf("Di pasar kami juga sudah turun, kata pedagang nomor %d.", i)}); err != nil {
			t.Fatal(err)
		}
		s.Clock.Set(s.Clock.Now().Add(time.Second / perSecond))
		time.Sleep(time.Second / perSecond)
	}
	b.until("all of them to be announced", fmt.Sprintf(`document.querySelector("[data-fresh] button").textContent.includes("%d")`, perSecond*seconds))
	if got := eval[[]int](b, ids); fmt.Sprint(got) != fmt.Sprint(first) {
		t.Errorf("what is read has changed by itself: %v", got)
	}
	if got := eval[string](b, `document.querySelector("#kata").value`); got != "Saya sedang menulis" {
		t.Errorf("what was being written is %q", got)
	}
	if moved := eval[float64](b, `moved`); moved > 0.01 {
		t.Errorf("the page moved by %v", moved)
	}
	b.reads("comment-busy")
	eval[bool](b, `(document.querySelector("[data-fresh] button").click(),true)`)
	b.until("the newest first", fmt.Sprintf(`/nomor %d\./.test(document.querySelector("[data-threads] article .said").textContent)`, perSecond*seconds-1))
	if got := b.words(".talk h2"); got != fmt.Sprintf("Komentar (10.%03d)", perSecond*seconds) {
		t.Errorf("the heading is %q", got)
	}
	if got := eval[string](b, `document.querySelector("#kata").value`); got != "Saya sedang menulis" {
		t.Errorf("what was being written is %q", got)
	}
	b.quiet()
}

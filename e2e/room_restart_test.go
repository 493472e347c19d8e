package e2e_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// TestRoomServerIsAwayOverTheDueMinute approves and schedules a story in the
// browser, ends the server before the due minute and starts it again behind it.
// The story is out once, as it was approved; what was typed meanwhile waited in
// the browser.
func TestRoomServerIsAwayOverTheDueMinute(t *testing.T) {
	t.Parallel()
	for _, engine := range journeyEngines(t) {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id"), Stopped: true})
			desk := signed(t, s.Staffer(account.Editor), 1280)
			a := newApart(t, s.Config)
			a.serveFrom(testkit.Start)
			at := testkit.Start.Add(10 * time.Minute)
			back := at.Add(5 * time.Second)
			overTheMinute(t, s, desk, a, away{headline: "Pasar Terapung Buka Lebih Pagi", due: at, end: a.stop, back: back,
				// Within a minute nobody has to know that it was late.
				dated: func(first time.Time) bool { return first.Equal(at) }})

			at = back.Add(10 * time.Minute)
			late := at.Add(2 * time.Minute)
			overTheMinute(t, s, desk, a, away{headline: "Dermaga Lama Dipugar Warga", due: at, end: a.kill, back: late,
				// It is not said to have stood there while nobody could read it.
				dated: func(first time.Time) bool { return !first.Before(late) && first.Before(late.Add(2*time.Minute)) }})
			a.stop()
			desk.forgive("503")
			desk.quiet()
		})
	}
}

// away is a server that is not there when a story is due.
type away struct {
	headline string
	due      time.Time
	end      func()    // ends it before
	back     time.Time // when it is there again
	dated    func(first time.Time) bool
}

// overTheMinute schedules a story, takes the server away and looks at what has
// become of the story.
func overTheMinute(t *testing.T, s *testkit.Site, desk *tab, a *apart, w away) {
	t.Helper()
	id := s.Create(news.Content{Headline: w.headline})
	if err := s.Desk.Submit(t.Context(), testkit.Actor, id, ""); err != nil {
		t.Fatal(err)
	}
	desk.does(id, "approve", "note", "Bagus.")
	desk.does(id, "schedule", "at", w.due.In(wib).Format("2006-01-02T15:04"))
	desk.open("/newsroom/stories/"+strconv.FormatInt(id, 10), 200)
	desk.until("the draft to be open", `!!document.querySelector(`+quote(paper)+`)`)
	if got := a.get("/latest"); strings.Contains(got, w.headline) {
		t.Errorf("a scheduled story stands in the list")
	}

	w.end()
	const since = " Ditulis ketika server mati."
	desk.writes(0, since)
	desk.until("the word that there is no connection", `!document.querySelector(".ed-bar-calm").hidden`)
	a.serveFrom(w.back)

	eventually(t, "the story to be out", func() bool { return s.Story(id).LiveNo > 0 })
	st := s.Story(id)
	if !w.dated(st.FirstPublished) {
		t.Errorf("due at %s, back at %s, the story is dated %s", w.due, w.back, st.FirstPublished)
	}
	desk.saved(s, id, since)
	desk.proved(id, news.ProofRelease, s)
	outOnce(t, s, st, w.headline, since)
}

// outOnce looks at a story as readers and its timeline do: it went out once,
// and without what was written since.
func outOnce(t *testing.T, s *testkit.Site, st news.Story, headline, since string) {
	t.Helper()
	deeds, _, err := s.DB.Timeline(t.Context(), st.ID, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	out := 0
	for _, d := range deeds {
		if d.Action == "publish" {
			out++
		}
	}
	proofs, _, err := s.DB.Proofs(t.Context(), st.ID, time.Time{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	if out != 1 || st.LiveNo != 1 || len(proofs) != 1 {
		t.Errorf("the story went out %d times, is live as version %d and has %d receipts", out, st.LiveNo, len(proofs))
	}
	reader := newTab(t, s)
	reader.open(s.Path(st), 200)
	said := reader.words("main")
	if when := st.FirstPublished.In(wib).Format("15:04") + " WIB"; !strings.Contains(said, headline) || !strings.Contains(said, when) || strings.Contains(said, since) {
		t.Errorf("readers of %s get %q", when, said)
	}
	reader.open("/latest", 200)
	if n := eval[int](reader, `[...document.querySelectorAll("main h2 a,main h3 a")].filter(a=>a.pathname===`+quote(s.Path(st))+`).length`); n != 1 {
		t.Errorf("the story stands %d times in the list", n)
	}
	reader.quiet()
}

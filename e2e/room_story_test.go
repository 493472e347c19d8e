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

// TestRoomStoryFromThePhoneToItsEnd is the way of a story: written on a phone,
// sent back, mended, approved, scheduled, out, corrected, withdrawn.
func TestRoomStoryFromThePhoneToItsEnd(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})
			reporter, editor, managing := s.Staffer(account.Reporter), s.Staffer(account.Editor), s.Staffer(account.ManagingEditor)
			phone := signed(t, reporter, 360)
			id := phone.files(s)
			desk := signed(t, editor, 1280)
			goesBackAndForth(s, phone, desk, id)
			path := scheduled(t, s, desk, id)

			const notice = "Jumlah bibit semula tertulis 300, yang benar 3.000."
			desk.does(id, "correct", "kind", string(news.Koreksi), "text", notice)
			reader := newTab(t, s)
			reader.open(path, 200)
			if !strings.Contains(reader.words("main"), notice) {
				t.Errorf("readers do not see the correction")
			}

			boss := signed(t, managing, 1280)
			boss.does(id, "withdraw", "reason", string(news.ReasonChild))
			reader.open(path, 410)
			if got := s.Get("/latest").Body; strings.Contains(got, headlineOfTheStory) {
				t.Errorf("a withdrawn story stands in the list")
			}
			boss.proved(id, news.ProofTakedown, s)
			for _, b := range []*tab{phone, desk, boss, reader} {
				b.quiet()
			}
		})
	}
}

const headlineOfTheStory = "Nelayan Muara Menanam Tiga Ribu Bakau"

// files writes a story with a picture and submits it.
func (b *tab) files(s *testkit.Site) (story int64) {
	b.t.Helper()
	id := b.create()
	b.into(`[data-field="headline"]`, headlineOfTheStory)
	b.into(`[data-field="standfirst"]`, "Bibitnya disemai sendiri oleh kelompok tani.")
	b.writes(-1, "Ratusan warga menanam bakau sejak pagi.\nAir laut mulai naik pada siang hari.")
	b.chooses(`[data-field="section"]`, strconv.FormatInt(s.Section("nasional"), 10))
	b.saved(s, id, headlineOfTheStory, "Bibitnya disemai", "sejak pagi.", "siang hari.")
	b.narrow(360)
	b.shoot("room-story-phone", "id", 360, "light")

	b.open("/newsroom/pictures", 200)
	b.uploads("#files", drawing(3, 1600, 1000))
	b.until("the picture to arrive", `!!document.querySelector('[data-queue] a[href*="/newsroom/pictures/"]')`)
	picture := eval[string](b, `document.querySelector('[data-queue] a[href*="/newsroom/pictures/"]').pathname`)
	b.open(picture, 200)
	b.fill("form.words-form", "caption", "Warga menanam bakau di muara.", "credit", "Rani Setyawati", "alt", "Orang-orang di tepi air dengan bibit pohon")

	b.open("/newsroom/stories/"+strconv.FormatInt(id, 10), 200)
	b.until("the lead's tools", `!!document.querySelector("lead-picker .ed-lead-tools button:not([disabled])")`)
	eval[bool](b, `(e=>{e.closest("details").open=true;e.querySelector(".ed-lead-tools button").click();return true})(document.querySelector("lead-picker"))`)
	b.until("the library", `!!document.querySelector("dialog.ed-chooser .ed-grid button")`)
	eval[bool](b, `(document.querySelector("dialog.ed-chooser .ed-grid button").click(),true)`)
	eventually(b.t, "the draft to have its picture", func() bool {
		st, err := s.DB.DraftState(b.t.Context(), id)
		b.ok(err)
		return "/newsroom/pictures/"+strconv.FormatInt(st.Content.Lead.PictureID, 10) == picture
	})
	b.saved(s, id)
	b.does(id, "submit", "note", "Siap disunting.")
	return id
}

// goesBackAndForth sends the story back with a note, which its writer reads and
// answers; then it is approved.
func goesBackAndForth(s *testkit.Site, phone, desk *tab, id int64) {
	const note = "Sebutkan nama muaranya di paragraf kedua."
	desk.does(id, "send-back", "note", note)
	phone.open("/newsroom/notices", 200)
	if !strings.Contains(phone.words("main"), note) {
		phone.t.Errorf("the notices do not give the editor's note")
	}
	phone.open("/newsroom/mine", 200)
	if !strings.Contains(phone.words("main"), note) {
		phone.t.Errorf("what is mine does not give the editor's note")
	}
	phone.open("/newsroom/stories/"+strconv.FormatInt(id, 10), 200)
	if !strings.Contains(phone.words("#panel"), note) {
		phone.t.Errorf("the story does not give the editor's note")
	}
	phone.writes(1, " Muara itu bernama Kali Adem.")
	phone.saved(s, id, "siang hari. Muara itu bernama Kali Adem.")
	phone.does(id, "submit", "note", "Sudah ditambahkan.")
	desk.does(id, "approve", "note", "Bagus.")
}

// scheduled gives the story its minute, moves the clock over it and returns the
// address at which readers find it.
func scheduled(t *testing.T, s *testkit.Site, desk *tab, id int64) (path string) {
	t.Helper()
	at := s.Clock.Now().Add(3 * time.Minute)
	desk.does(id, "schedule", "at", at.In(wib).Format("2006-01-02T15:04"))
	s.Clock.Set(at.Add(-time.Second))
	if got := s.Get("/latest").Body; strings.Contains(got, headlineOfTheStory) {
		t.Errorf("a scheduled story stands in the list")
	}
	s.Clock.Set(at.Add(20 * time.Second))
	eventually(t, "the story to be out", func() bool { return s.Story(id).LiveNo > 0 })
	st := s.Story(id)
	deeds, _, err := s.DB.Timeline(t.Context(), id, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	out := 0
	for _, d := range deeds {
		if d.Action == "publish" {
			out++
		}
	}
	if out != 1 || !st.FirstPublished.Equal(at) {
		t.Errorf("the story went out %d times, first at %s, want once at %s", out, st.FirstPublished, at)
	}
	path = s.Path(st)
	eventually(t, "readers to find it", func() bool {
		return s.Get(path).StatusCode == 200 && strings.Contains(s.Get("/latest").Body, headlineOfTheStory)
	})
	reader := newTab(t, s)
	reader.open(path, 200)
	for _, want := range []string{headlineOfTheStory, "Ratusan warga menanam bakau sejak pagi.", "Kali Adem", "Rani Setyawati"} {
		if !strings.Contains(reader.words("main"), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	reader.open("/latest", 200)
	if n := eval[int](reader, `[...document.querySelectorAll("main h2 a,main h3 a")].filter(a=>a.pathname===`+quote(path)+`).length`); n != 1 {
		t.Errorf("the story stands %d times in the list", n)
	}
	reader.quiet()
	desk.proved(id, news.ProofRelease, s)
	return path
}

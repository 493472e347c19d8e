package desk_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// desk is a site with a reporter's stories on it and those who handle them.
type desk struct {
	*testkit.Site
	t                       *testing.T
	reporter, editor, chief *testkit.Staffer
}

func newDesk(t *testing.T) *desk {
	s := testkit.New(t, testkit.Options{})
	return &desk{s, t, s.Staffer(account.Reporter), s.Staffer(account.Editor), s.Staffer(account.ManagingEditor)}
}

// at makes a story of the reporter's and brings it to a stage.
func (d *desk) at(stage, headline string) int64 {
	d.t.Helper()
	id := write(d.t, d.reporter, headline, "nasional")
	switch stage {
	case "submitted":
		leads(d.t, d.reporter.Post(story(id, "submit")), story(id))
	case "approved":
		leads(d.t, d.editor.Post(story(id, "approve")), story(id))
	case "scheduled":
		leads(d.t, d.editor.Post(story(id, "schedule"), "at", local(testkit.Start.Add(3*time.Hour))), story(id))
	case "live":
		leads(d.t, d.editor.Post(story(id, "publish")), story(id))
	}
	return id
}

// where says at which stage a story is, and what readers get.
func (d *desk) where(id int64) string {
	d.t.Helper()
	st := d.Story(id)
	return strings.TrimSpace(string(st.Stage) + " " + string(st.Status))
}

func (d *desk) state(id int64) news.DraftState {
	d.t.Helper()
	st, err := d.DB.DraftState(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return st
}

// deeds are what the story's timeline holds, the newest first.
func (d *desk) deeds(id int64) (out []string) {
	d.t.Helper()
	list, _, err := d.DB.Timeline(d.t.Context(), id, 0, 20)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, e := range list {
		out = append(out, strings.TrimSpace(e.Action+" "+e.Deed.Note))
	}
	return out
}

// deed is an action with a form that is filled in as it should be.
type deed struct {
	action, stage string
	pairs         []string
	last          string // the newest line of the timeline after it
	where         string // where the story is after it
}

func goodDeeds(d *desk) []deed {
	later := local(testkit.Start.Add(30 * time.Hour))
	return []deed{
		{"submit", "draft", []string{"note", "Mohon dicek"}, "submit Mohon dicek", "submitted unpublished"},
		{"take-back", "submitted", []string{"note", "Ada yang kurang"}, "take_back Ada yang kurang", "draft unpublished"},
		{"send-back", "submitted", []string{"note", "Lengkapi narasumber"}, "send_back Lengkapi narasumber", "draft unpublished"},
		{"approve", "submitted", []string{"note", "Siap"}, "approve Siap", "approved unpublished"},
		{"schedule", "approved", []string{"at", later}, "schedule", "scheduled unpublished"},
		{"unschedule", "scheduled", nil, "unschedule", "draft unpublished"},
		{"publish", "approved", []string{"note", "Tayang"}, "publish Tayang", "live"},
		{"correct", "live", []string{"kind", "ralat", "text", "Nama desa keliru ditulis."}, "correct", "live"},
		{"withdraw", "live", []string{"reason", "other", "note", "Sumber dibatalkan"}, "withdraw Sumber dibatalkan", "withdrawn"},
		{"embargo", "draft", []string{"until", later}, "embargo", "draft unpublished"},
		{"assign", "draft", []string{"user", plain(d.editor.User.ID), "section", plain(d.Section("ekonomi")), "note", "Tolong lanjutkan"}, "assign Tolong lanjutkan", "draft unpublished"},
		{"remark", "draft", []string{"note", "Foto menyusul"}, "remark Foto menyusul", "draft unpublished"},
		{"banner", "live", []string{"minutes", "30", "text", "Jembatan ditutup"}, "banner", "live"},
	}
}

// doer is who does something in these tests: whose story it is takes it back,
// the managing editor does everything else.
func (d *desk) doer(action string) *testkit.Staffer {
	if action == "submit" || action == "take-back" {
		return d.reporter
	}
	return d.chief
}

func TestEachActionIsDoneByItsForm(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, one := range goodDeeds(d) {
		t.Run(one.action, func(t *testing.T) {
			d := &desk{d.Site, t, d.reporter, d.editor, d.chief}
			p, id := d.doer(one.action), d.at(one.stage, "Berita "+one.action)
			form := page(t, p.Open(story(id, one.action)), http.StatusOK)
			says(t, form, "main", "Berita "+one.action)
			for i := 0; i+1 < len(one.pairs); i += 2 {
				if form.Find(`form[action="`+story(id, one.action)+`"] [name="`+one.pairs[i]+`"]`).Length() == 0 {
					t.Errorf("the form does not ask for %q", one.pairs[i])
				}
			}
			const next = "/newsroom/board"
			to := next
			if one.action == "withdraw" {
				to = story(id, "receipt") // whatever was asked for: it has to be seen
			}
			q := leads(t, p.Post(story(id, one.action), append(one.pairs, "next", next)...), to)
			if got := q.Get("said"); got != strings.ReplaceAll(one.action, "-", "_") {
				t.Errorf("the next page is to say %q", got)
			}
			d.done(id, one)
		})
	}
}

func TestEachActionIsDoneByAScript(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, one := range goodDeeds(d) {
		t.Run(one.action, func(t *testing.T) {
			d := &desk{d.Site, t, d.reporter, d.editor, d.chief}
			id := d.at(one.stage, "Berita "+one.action)
			res := d.doer(one.action).Send(http.MethodPost, story(id, one.action), body(append(one.pairs, "next", "/newsroom/today")))
			var got struct{ Said, Next string }
			if err := res.JSON(&got); err != nil || res.StatusCode != http.StatusOK {
				t.Fatalf("%d %v %s", res.StatusCode, err, res.Body)
			}
			next := "/newsroom/today"
			if one.action == "withdraw" {
				next = story(id, "receipt")
			}
			if got.Said == "" || !strings.HasPrefix(got.Next, next+"?said=") {
				t.Errorf("the script is told %+v", got)
			}
			if got.Next == next+"?said="+one.action {
				says(t, page(t, d.chief.Open(got.Next), http.StatusOK), "[data-said]", got.Said)
			}
			d.done(id, one)
		})
	}
}

// body are pairs as a script sends them.
func body(pairs []string) map[string]any {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

// done fails unless a deed was done to the story.
func (d *desk) done(id int64, one deed) {
	d.t.Helper()
	if got := d.where(id); got != one.where {
		d.t.Errorf("the story is %q, want %q", got, one.where)
	}
	if got := d.deeds(id); len(got) == 0 || got[0] != one.last {
		d.t.Errorf("the timeline holds %q, want %q first", got, one.last)
	}
	st := d.state(id)
	switch one.action {
	case "schedule":
		if want := testkit.Start.Add(30 * time.Hour); !st.Story.DueAt.Equal(want) {
			d.t.Errorf("it goes out at %s, want %s", st.Story.DueAt, want)
		}
	case "embargo":
		if want := testkit.Start.Add(30 * time.Hour); !st.Story.EmbargoUntil.Equal(want) {
			d.t.Errorf("it is held until %s, want %s", st.Story.EmbargoUntil, want)
		}
	case "assign":
		if st.Story.AssigneeID != d.editor.User.ID || st.Story.AssignedTo != d.Section("ekonomi") {
			d.t.Errorf("it is given to %d and desk %d", st.Story.AssigneeID, st.Story.AssignedTo)
		}
	case "banner":
		if st.Banner == nil || st.Banner.Text != "Jembatan ditutup" || !st.Banner.Until.Equal(testkit.Start.Add(30*time.Minute)) {
			d.t.Errorf("the banner is %+v", st.Banner)
		}
	}
}

func TestWhatIsWrongStandsNextToItsField(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	past := local(testkit.Start.Add(-time.Hour))
	long := strings.Repeat("panjang ", 300)
	tests := []struct {
		name, action, stage string
		pairs               []string
		field               string // "": above the form
		says                string
		status              int
	}{
		{"submit with a note that is too long", "submit", "draft", []string{"note", long}, "note", "Catatan paling banyak", 400},
		{"take back what nobody waits for", "take-back", "draft", nil, "", "tidak sedang menunggu editor", 409},
		{"send back without a reason", "send-back", "submitted", []string{"note", " "}, "note", "Tulis alasannya dulu", 400},
		{"send back what nobody submitted", "send-back", "draft", []string{"note", "Lengkapi"}, "", "tidak sedang menunggu editor", 409},
		{"approve with a note that is too long", "approve", "submitted", []string{"note", long}, "note", "Catatan paling banyak", 400},
		{"schedule without a time", "schedule", "approved", nil, "at", "Isi tanggal dan jamnya", 400},
		{"schedule for what is no time", "schedule", "approved", []string{"at", "besok"}, "at", "", 400},
		{"schedule for the past", "schedule", "approved", []string{"at", past}, "at", "sudah lewat", 400},
		{"unschedule what is not scheduled", "unschedule", "draft", nil, "", "tidak sedang terjadwal", 409},
		{"publish what is out and unchanged", "publish", "live", nil, "", "Tidak ada draf", 409},
		{"correct without a kind", "correct", "live", []string{"text", "Keliru."}, "kind", "Pilih jenisnya", 400},
		{"correct without a notice", "correct", "live", []string{"kind", "ralat"}, "text", "Tulis pemberitahuan", 400},
		{"correct with a reply that is nowhere", "correct", "live", []string{"kind", "hak_jawab", "text", "Tanggapan.", "notice", "9999"}, "notice", "tidak ditemukan", 400},
		{"correct with a reply that is no story", "correct", "live", []string{"kind", "hak_jawab", "text", "Tanggapan.", "notice", "berita kemarin"}, "notice", "tidak ditemukan", 400},
		{"correct what is not out", "correct", "draft", []string{"kind", "ralat", "text", "Keliru."}, "", "tidak sedang tayang", 409},
		{"withdraw without a reason", "withdraw", "live", nil, "reason", "Pilih alasannya dulu", 400},
		{"withdraw for an unknown reason", "withdraw", "live", []string{"reason", "bosan"}, "reason", "Pilih salah satu alasan", 400},
		{"withdraw for a reason without words", "withdraw", "live", []string{"reason", "other"}, "note", "Tulis alasan pencabutannya", 400},
		{"withdraw what was never out", "withdraw", "draft", []string{"reason", "sara"}, "", "belum pernah tayang", 409},
		{"embargo without a time", "embargo", "draft", nil, "until", "Isi tanggal dan jamnya", 400},
		{"embargo until the past", "embargo", "draft", []string{"until", past}, "until", "sudah lewat", 400},
		{"assign to nobody we know", "assign", "draft", []string{"user", "9999"}, "user", "tidak punya akun", 400},
		{"assign to no desk we know", "assign", "draft", []string{"section", "9999"}, "section", "Kanal yang dipilih", 400},
		{"remark without words", "remark", "draft", []string{"note", ""}, "note", "Tulis", 400},
		{"remark at too great length", "remark", "draft", []string{"note", long}, "note", "Catatan paling banyak", 400},
		{"a correction that points at itself", "correct", "live", []string{"kind", "ralat", "text", "Keliru.", "notice", "self"}, "notice", "dirinya sendiri", 400},
		{"a banner that stays for ever", "banner", "live", []string{"minutes", "99999"}, "until", "24 jam", 400},
		{"a banner that is too long", "banner", "live", []string{"text", long}, "text", "paling banyak", 400},
		{"a banner of what is not out", "banner", "draft", nil, "", "tidak sedang tayang", 409},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &desk{d.Site, t, d.reporter, d.editor, d.chief}
			p, id := d.doer(tt.action), d.at(tt.stage, "Kabar dari desa")
			if i := slices.Index(tt.pairs, "self"); i > 0 {
				tt.pairs[i] = plain(id)
			}
			before, deeds := d.where(id), d.deeds(id)

			doc := page(t, p.Post(story(id, tt.action), append(tt.pairs, "next", "/newsroom/mine")...), tt.status)
			if tt.field != "" {
				says(t, doc, "#e-"+tt.field, tt.says)
				if doc.Find("#e-"+tt.field).Text() == "" {
					t.Error("nothing stands next to the field")
				}
				if doc.Find(`[aria-describedby~="e-`+tt.field+`"]`).Length() != 1 {
					t.Error("the error is not tied to its field")
				}
			} else {
				says(t, doc, `main [role="alert"]`, tt.says)
			}
			for i := 0; i+1 < len(tt.pairs); i += 2 {
				if area := doc.Find(`textarea[name="` + tt.pairs[i] + `"]`); area.Length() == 1 && strings.TrimSpace(area.Text()) != strings.TrimSpace(tt.pairs[i+1]) {
					t.Errorf("what was typed into %q is lost", tt.pairs[i])
				}
			}
			if v, _ := doc.Find(`input[name="next"]`).First().Attr("value"); v != "/newsroom/mine" {
				t.Errorf("the form forgets where it came from: %q", v)
			}

			res := p.Send(http.MethodPost, story(id, tt.action), body(tt.pairs))
			var got struct {
				Error struct{ Kind, Field, Message string }
			}
			if err := res.JSON(&got); err != nil || res.StatusCode != tt.status {
				t.Fatalf("a script gets %d %v %s", res.StatusCode, err, res.Body)
			}
			if !strings.Contains(got.Error.Message, tt.says) || got.Error.Message == "" {
				t.Errorf("a script is told %q", got.Error.Message)
			}
			if after := d.where(id); after != before || !slices.Equal(d.deeds(id), deeds) {
				t.Errorf("the story was %q and is %q: %q", before, after, d.deeds(id))
			}
		})
	}
}

func TestAStoryWithoutAHeadlineIsNotSubmitted(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := write(t, d.reporter, "", "nasional")
	says(t, page(t, d.reporter.Open(story(id, "submit")), http.StatusOK), ".checked", "Menahan: Judul belum ada.")
	doc := page(t, d.reporter.Post(story(id, "submit"), "note", "Tolong"), http.StatusBadRequest)
	says(t, doc, `main [role="alert"]`, "Judul belum diisi")
	if got := d.where(id); got != "draft unpublished" {
		t.Errorf("the story is %q", got)
	}
}

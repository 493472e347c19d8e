package desk_test

import (
	"net/http"
	"path"
	"slices"
	"strconv"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

func TestAStoryGoesItsWay(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	reporter, editor, managing := s.Staffer(account.Reporter), s.Staffer(account.Editor), s.Staffer(account.ManagingEditor)
	id := write(t, reporter, "Warga Menanam Bakau", "nasional")
	stage := func(stage news.Stage, status news.Status) {
		t.Helper()
		if st := s.Story(id); st.Stage != stage || st.Status != status {
			t.Fatalf("the story is %q, %q; want %q, %q", st.Stage, st.Status, stage, status)
		}
	}
	board := "/newsroom/board?q=bakau"
	q := leads(t, reporter.Post(story(id, "submit"), "note", "Mohon dicek angkanya", "next", board), "/newsroom/board")
	if q.Get("said") != "submit" || q.Get("q") != "bakau" {
		t.Errorf("the board is asked for %v", q)
	}
	stage(news.StageSubmitted, news.Unpublished)
	leads(t, editor.Post(story(id, "send-back"), "note", "Tambah jumlah bibitnya"), story(id))
	stage(news.StageDraft, news.Unpublished)
	d := page(t, reporter.Open("/newsroom/mine"), http.StatusOK)
	says(t, d, "#mine-returned + ul .note", "Tambah jumlah bibitnya")
	says(t, d, "#mine-returned + ul .note", editor.User.Name)
	leads(t, reporter.Post(story(id, "submit")), story(id))
	if got := page(t, reporter.Open("/newsroom/mine"), http.StatusOK).Find("#mine-returned").Length(); got != 0 {
		t.Error("what was handed in again still stands among what was sent back")
	}
	leads(t, reporter.Post(story(id, "take-back")), story(id))
	stage(news.StageDraft, news.Unpublished)
	leads(t, editor.Post(story(id, "approve")), story(id))
	stage(news.StageApproved, news.Unpublished)
	leads(t, editor.Post(story(id, "schedule"), "at", local(testkit.Start.Add(2*time.Hour))), story(id))
	stage(news.StageScheduled, news.Unpublished)
	leads(t, editor.Post(story(id, "unschedule")), story(id))
	stage(news.StageApproved, news.Unpublished)
	leads(t, editor.Post(story(id, "publish")), story(id))
	stage(news.StageNone, news.Live)
	leads(t, editor.Post(story(id, "correct"), "kind", "ralat", "text", "Jumlah bibit semula keliru ditulis."), story(id))
	leads(t, editor.Post(story(id, "assign"), "user", plain(reporter.User.ID), "section", plain(s.Section("ekonomi")), "note", "Lanjutkan"), story(id))
	if st := s.Story(id); st.AssigneeID != reporter.User.ID || st.AssignedTo != s.Section("ekonomi") {
		t.Errorf("the story was given to %d and desk %d", st.AssigneeID, st.AssignedTo)
	}
	leads(t, reporter.Post(story(id, "remark"), "note", "Sudah saya telepon narasumbernya"), story(id))
	leads(t, editor.Post(story(id, "embargo"), "until", local(testkit.Start.Add(5*time.Hour))), story(id))
	stage(news.StageScheduled, news.Unpublished)
	leads(t, editor.Post(story(id, "embargo"), "lift", "1"), story(id))
	leads(t, managing.Post(story(id, "withdraw"), "reason", "masa_depan_anak"), story(id, "receipt"))
	stage(news.StageNone, news.Withdrawn)
}

func TestEveryActionIsForThoseWhoMay(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.Editor)
	other, elsewhere := s.Staffer(account.Reporter), deskEditor(s, "bola")
	contributor, moderator := s.Staffer(account.Contributor), s.Staffer(account.Moderator)
	id := write(t, editor, "Naskah Orang Lain", "nasional")
	leads(t, editor.Post(story(id, "submit")), story(id))
	before := s.Story(id)
	forms := map[string][]string{"send-back": {"note", "x"}, "schedule": {"at", local(testkit.Start.Add(time.Hour))},
		"embargo": {"until", local(testkit.Start.Add(time.Hour))}, "correct": {"kind", "ralat", "text", "Keliru."},
		"withdraw": {"reason", "sara"}, "assign": {"user", plain(other.User.ID)}}
	for _, action := range []string{"submit", "take-back", "send-back", "approve", "schedule", "unschedule", "publish", "correct", "withdraw", "embargo", "banner", "assign"} {
		for _, who := range []*testkit.Staffer{other, elsewhere, contributor, moderator} {
			if res := who.Post(story(id, action), forms[action]...); res.StatusCode != http.StatusForbidden {
				t.Errorf("%s by a %s of another desk: %d %s", action, who.User.Role, res.StatusCode, text(res.Body))
			}
			if res := who.Open(story(id, action)); res.StatusCode != http.StatusForbidden {
				t.Errorf("the page of %s for a %s of another desk: %d", action, who.User.Role, res.StatusCode)
			}
		}
	}
	if after := s.Story(id); after != before {
		t.Errorf("the story was changed: %+v", after)
	}
	page(t, editor.Open(story(99999, "publish")), http.StatusNotFound)
}

func TestWithdrawalAsksForAFreshProof(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	managing := s.Staffer(account.ManagingEditor)
	id := write(t, managing, "Sudah Tayang", "nasional")
	leads(t, managing.Post(story(id, "publish")), story(id))
	d := page(t, managing.Open(story(id, "withdraw")), http.StatusOK)
	says(t, d, "button.danger", "Cabut berita ini")
	if n := d.Find(`input[name="reason"]`).Length(); n != 6 {
		t.Errorf("%d reasons are offered", n)
	}
	s.Clock.Set(testkit.Start.Add(11 * time.Minute))
	leads(t, managing.Open(story(id, "withdraw")), "/newsroom/confirm")
	if res := managing.Post(story(id, "withdraw"), "reason", "sara"); res.StatusCode != http.StatusForbidden || s.Story(id).Status != news.Live {
		t.Errorf("without a proof: %d, %s", res.StatusCode, s.Story(id).Status)
	}
}

func TestThePageOfPublishingShowsTheCheckAndProposesTheEditor(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := bylined(t, s, account.Editor)
	id := write(t, editor, "", "nasional")
	d := page(t, editor.Open(story(id, "publish")), http.StatusOK)
	says(t, d, ".checks .loud", "Judul belum ada.")
	res := editor.Post(story(id, "publish"))
	if res.StatusCode < 400 || res.StatusCode >= 500 || s.Story(id).Status == news.Live {
		t.Errorf("a story without a headline: %d", res.StatusCode)
	}
	save(t, s, id, "headline", `"Jembatan Dibuka"`)
	d = page(t, editor.Open(story(id, "publish")), http.StatusOK)
	if d.Find(`input[name="significant"]`).Length() != 0 {
		t.Error("a story that was never out is offered a significant update")
	}
	says(t, d, `label:has(input[name="editor"])`, editor.User.Name)
	leads(t, editor.Post(story(id, "publish")), story(id))
	save(t, s, id, "headline", `"Jembatan Dibuka untuk Umum"`)
	d = page(t, editor.Open(story(id, "publish")), http.StatusOK)
	says(t, d, "button.main", "Perbarui")
	s.Clock.Set(testkit.Start.Add(time.Minute))
	leads(t, editor.Post(story(id, "publish")), story(id))
	if !s.Story(id).Updated.IsZero() {
		t.Error("a small update moved the update time")
	}
	save(t, s, id, "headline", `"Jembatan Ditutup Lagi"`)
	leads(t, editor.Post(story(id, "publish"), "significant", "1"), story(id))
	if s.Story(id).Updated.IsZero() {
		t.Error("a significant update did not move the update time")
	}
}

func TestBulkWorkNamesTheStoriesThatFailed(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.Editor)
	a, b, bad := write(t, editor, "Satu", "nasional"), write(t, editor, "Dua", "nasional"), write(t, editor, "", "nasional")
	q := leads(t, editor.Post("/newsroom/board/bulk", "do", "approve", "id", plain(a), "id", plain(b)), "/newsroom/board")
	d := page(t, editor.Open("/newsroom/board?"+q.Encode()), http.StatusOK)
	says(t, d, "[data-said]", "2 berita disetujui.")
	d = page(t, editor.Post("/newsroom/board/bulk", "do", "publish", "id", plain(a), "id", plain(bad), "id", plain(b)), http.StatusOK)
	says(t, d, "main", "2 berita ditayangkan.")
	if d.Find(".rows li").Length() != 1 || s.Story(a).Status != news.Live || s.Story(b).Status != news.Live || s.Story(bad).Status == news.Live {
		t.Errorf("after publishing: %s", d.Find("main").Text())
	}
	d = page(t, editor.Post("/newsroom/board/bulk", "do", "assign", "id", plain(bad)), http.StatusOK)
	if d.Find(`select[name="user"]`).Length() != 1 || d.Find(`input[name="id"][value="`+plain(bad)+`"]`).Length() != 1 {
		t.Error("nobody is asked whom to assign to")
	}
	leads(t, editor.Post("/newsroom/board/bulk", "do", "assign", "asked", "1", "id", plain(bad), "user", plain(editor.User.ID)), "/newsroom/board")
	d = page(t, editor.Post("/newsroom/board/bulk", "do", "send_back", "asked", "1", "id", plain(bad)), http.StatusBadRequest)
	if d.Find("#e-note").Length() != 1 {
		t.Error("sending back without a reason is not refused at its field")
	}
	page(t, editor.Post("/newsroom/board/bulk", "do", "approve"), http.StatusBadRequest)
	many := []string{"do", "approve"}
	for i := range 201 {
		many = append(many, "id", plain(int64(i+1)))
	}
	page(t, editor.Post("/newsroom/board/bulk", many...), http.StatusRequestEntityTooLarge)
	var answer struct {
		Done   int
		Failed []struct{ ID int64 }
	}
	if err := editor.Send(http.MethodPost, "/newsroom/board/bulk", map[string]any{"do": "approve", "id": []int64{a, bad, 99999}}).JSON(&answer); err != nil {
		t.Fatal(err)
	}
	var failed []int64
	for _, f := range answer.Failed {
		failed = append(failed, f.ID)
	}
	if !slices.Contains(failed, bad) || !slices.Contains(failed, 99999) {
		t.Errorf("a script is told %+v", answer)
	}
	page(t, s.Staffer(account.Reporter).Post("/newsroom/board/bulk", "do", "publish", "id", plain(a)), http.StatusForbidden)
}

// bylined is somebody of the newsroom who has a byline, unlike the others of a test.
func bylined(t *testing.T, s *testkit.Site, role account.Role) *testkit.Staffer {
	t.Helper()
	people, err := s.DB.EnsurePersons(t.Context(), []string{string(role)})
	if err != nil {
		t.Fatal(err)
	}
	u, err := s.Staff.Make(t.Context(), testkit.Actor, account.Invitation{Email: string(role) + "@contoh.id", Name: string(role), Role: role, PersonID: people[string(role)]}, testkit.Password, true)
	if err != nil {
		t.Fatal(err)
	}
	return s.SignIn(u)
}

func TestAStoryBeginsWithTheBylineOfWhoWritesIt(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	for role, want := range map[account.Role]news.Role{account.Contributor: news.Contributor, account.Reporter: news.Writer, account.Editor: ""} {
		writer := bylined(t, s, role)
		to := writer.Post("/newsroom/stories").Header.Get("Location")
		id, err := strconv.ParseInt(path.Base(to), 10, 64)
		if err != nil {
			t.Fatalf("a new story of a %s is at %q", role, to)
		}
		st, err := s.DB.DraftState(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		var byline []news.Credit
		if want != "" {
			byline = []news.Credit{{PersonID: writer.User.PersonID, Role: want}}
		}
		if !slices.Equal(st.Content.Credits, byline) {
			t.Errorf("the byline of a %s is %v, want %v", role, st.Content.Credits, byline)
		}
	}
}

func TestTheFormOfAStepIsReadyToBeFilledIn(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.Editor)
	id := write(t, editor, "Pasar Dibuka Lagi", "nasional")
	leads(t, editor.Post(story(id, "submit")), story(id))
	first := func(action, selector string) {
		t.Helper()
		if d := page(t, editor.Open(story(id, action)), http.StatusOK); d.Find(selector+"[autofocus]").Length() != 1 || d.Find("[autofocus]").Length() != 1 {
			t.Errorf("%s does not begin in %s", action, selector)
		}
	}
	first("send-back", "#note")
	first("approve", "button.main")
	first("schedule", "#at")
	first("assign", "#user")
	d := page(t, editor.Open(story(id, "schedule")), http.StatusOK)
	proposed, _ := d.Find("#at").Attr("value")
	leads(t, editor.Post(story(id, "schedule"), "at", proposed), story(id))
	due := s.Story(id).DueAt
	if wait := due.Sub(testkit.Start); wait < 10*time.Minute || wait > 70*time.Minute || !due.Equal(due.Truncate(time.Hour)) {
		t.Errorf("at %v the time %v is proposed", testkit.Start, due)
	}
	leads(t, editor.Post(story(id, "publish")), story(id))
	first("correct", "input[name=kind][value=ralat]")
	first("correct?kind=hak_jawab", "input[name=kind][value=hak_jawab]")
	says(t, page(t, editor.Open(story(id, "correct")), http.StatusOK), ".warn", "Naskahnya belum diubah")
	save(t, s, id, "headline", `"Pasar Dibuka Kembali"`)
	if n := page(t, editor.Open(story(id, "correct")), http.StatusOK).Find(".warn a[href='" + story(id) + "']").Length(); n != 0 {
		t.Error("a changed text is said to be unchanged")
	}
	says(t, page(t, editor.Open(story(id, "publish")), http.StatusOK), "h1", "Perbarui berita")
}

func TestAStepThatIsOverLeadsBackToTheStory(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.Editor)
	id := write(t, editor, "Sudah Lewat", "nasional")
	leads(t, editor.Post(story(id, "publish")), story(id))
	d := page(t, editor.Open(story(id, "publish")), http.StatusConflict)
	if to, _ := d.Find("a.main").Attr("href"); to != story(id) {
		t.Errorf("the page of a step that is over leads to %q", to)
	}
}

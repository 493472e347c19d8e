package desk_test

import (
	"net/http"
	"testing"

	"warta/internal/account"
	"warta/internal/testkit"
)

func TestEachStoryThatFailedHasItsSentence(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	good, draft := d.at("submitted", "Yang Menunggu"), d.at("draft", "Yang Masih Draf")
	sports := deskEditor(d.Site, "bola")
	other := write(t, d.reporter, "Laga Tandang", "bola")
	leads(t, d.reporter.Post(story(other, "submit")), story(other))

	doc := page(t, d.editor.Post("/newsroom/board/bulk", "do", "send_back", "asked", "1", "note", "Lengkapi", "id", plain(good), "id", plain(draft),
		"next", "/newsroom/board?q=yang"), http.StatusOK)
	says(t, doc, `[role="status"]`, "1 berita dikembalikan. 1 berita tidak berhasil")
	says(t, doc, ".rows li", "Yang Masih Draf")
	says(t, doc, ".rows li .error", "tidak sedang menunggu editor")
	if doc.Find(`.actions a[href="/newsroom/board?q=yang"]`).Length() != 1 {
		t.Error("the way back does not lead to where one came from")
	}
	if d.where(good) != "draft unpublished" || d.where(draft) != "draft unpublished" {
		t.Errorf("the stories are %q and %q", d.where(good), d.where(draft))
	}

	// A desk's editor has his way with the stories of his desk alone.
	res := sports.Send(http.MethodPost, "/newsroom/board/bulk", map[string]any{"do": "approve", "id": []int64{other, draft}})
	var got struct {
		Done   int
		Said   string
		Failed []struct {
			ID                int64
			Headline, Message string
		}
	}
	if err := res.JSON(&got); err != nil || got.Done != 1 || len(got.Failed) != 1 || got.Said != "1 berita disetujui." {
		t.Fatalf("a script is told %d %s (%v)", res.StatusCode, res.Body, err)
	}
	if f := got.Failed[0]; f.ID != draft || f.Headline != "Yang Masih Draf" || f.Message != "Anda tidak bisa melakukan ini pada berita ini. Mintalah kepada editor desk-nya." {
		t.Errorf("of the story that failed: %+v", f)
	}
	if d.where(other) != "approved unpublished" || d.where(draft) != "draft unpublished" {
		t.Errorf("the stories are %q and %q", d.where(other), d.where(draft))
	}
}

func TestBulkWorkIsOfferedToThoseWhoMayDoIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	own, foreign := d.at("draft", "Milik Sendiri"), write(t, d.Staffer(account.Reporter), "Milik Orang", "nasional")
	tests := []struct {
		name string
		who  *testkit.Staffer
		want []string
	}{
		{"a reporter hands over", d.reporter, []string{"assign"}},
		{"an editor does all", d.editor, []string{"approve", "publish", "assign", "send_back"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := page(t, tt.who.Open("/newsroom/board"), http.StatusOK)
			for _, do := range []string{"approve", "publish", "assign", "send_back"} {
				offered := doc.Find(`[data-bulk] button[name="do"][value="`+do+`"]`).Length() == 1
				want := false
				for _, w := range tt.want {
					want = want || w == do
				}
				if offered != want {
					t.Errorf("%s is offered: %t", do, offered)
				}
			}
		})
	}
	doc := page(t, d.reporter.Post("/newsroom/board/bulk", "do", "assign", "asked", "1", "section", plain(d.Section("ekonomi")), "id", plain(own), "id", plain(foreign)), http.StatusOK)
	says(t, doc, `[role="status"]`, "1 berita ditugaskan.")
	says(t, doc, ".rows li", "Milik Orang")
	if d.Story(own).AssignedTo != d.Section("ekonomi") || d.Story(foreign).AssignedTo != 0 {
		t.Error("the wrong story was handed over")
	}
	page(t, d.reporter.Post("/newsroom/board/bulk", "do", "approve", "id", plain(own)), http.StatusForbidden)
	page(t, d.editor.Post("/newsroom/board/bulk", "do", "burn", "id", plain(own)), http.StatusBadRequest)
}

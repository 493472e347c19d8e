package writing_test

import (
	"fmt"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/news"
	"warta/internal/testkit"
)

// TestAMembersStoryInTheNewsroom looks at the control, the mark in lists, and the
// previews as everybody and as members get the page.
func TestAMembersStoryInTheNewsroom(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Settings: map[string]string{"teaser_blocks": "2"}})
	owner, rani := s.Staffer(account.Owner), s.Staffer(account.Reporter)
	body := s.Body("Pembuka untuk semua.", "Tetap untuk semua.", "Hanya untuk anggota.", "Penutup untuk anggota.")
	id := written(t, rani, news.Content{Headline: "Hutan Bakau Bernapas Lagi", Access: news.Members, Body: body})
	shows := func(path string, closed bool) {
		t.Helper()
		page := owner.Open(at(id, path)).Body
		if strings.Contains(page, "Hanya untuk anggota.") == closed || strings.Contains(page, `class="gate"`) != closed || !strings.Contains(page, "Tetap untuk semua.") {
			t.Errorf("%s: closed %v", path, closed)
		}
	}
	shows("/preview", true)
	shows("/preview?what=member", false)
	if page := owner.Open(at(id, "")).Body; !strings.Contains(page, "2 blok pertama") || !strings.Contains(page, at(id, "/preview?what=member")) ||
		!strings.Contains(page, fmt.Sprintf("/newsroom/discussion/rules?story=%d", id)) {
		t.Error("the editor has no word on access, no preview as a member, or no way to the rules of comments")
	}
	if page := rani.Open(at(id, "")).Body; strings.Contains(page, "/newsroom/discussion/rules") {
		t.Error("a reporter is led to the rules of comments, which he may not see")
	}
	if page := owner.Open("/newsroom/board").Body; !strings.Contains(page, "Khusus anggota") {
		t.Error("the board does not mark it")
	}
	// A cut in the text goes before the setting, in the editor as well.
	_, d := ask(t, rani, "GET", id, "", nil)
	order := d.Doc.Order()
	cut := map[string]any{"type": doc.MembersCut{}.Type(), "attrs": map[string]any{"id": "potong01"}}
	if status, _ := ask(t, rani, "POST", id, "", saving{"base": d.Seq, "blocks": []any{cut}, "order": append([]string{order[0], "potong01"}, order[1:]...)}); status != 200 {
		t.Fatal(status)
	}
	if page := owner.Open(at(id, "/preview")).Body; strings.Contains(page, "Tetap untuk semua.") || !strings.Contains(page, "Pembuka untuk semua.") {
		t.Error("the preview is not cut where the text says so")
	}
}

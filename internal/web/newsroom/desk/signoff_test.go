package desk_test

import (
	"net/http"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// The check and the refusal count alike: only what was approved, not what the
// refused release would have added.
func TestCheckAndRefusalCountApprovalsAlike(t *testing.T) {
	t.Parallel()
	for code, want := range map[string][3]string{
		"id": {"Perlu persetujuan 2 orang; baru ada 0.", "Perlu persetujuan 2 orang; baru ada 1.", " Masih perlu 1 orang selain Anda."},
		"en": {"2 people have to approve it; 0 did so far.", "2 people have to approve it; 1 did so far.", " 1 more is needed besides you."},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Settings: map[string]string{"language": code}})
			editor, other := s.Staffer(account.Editor), s.Staffer(account.Editor)
			if err := s.App.Site.SaveSignoffRules(t.Context(), testkit.Actor, []news.SignoffRule{{Label: news.LabelLegal, People: 2}}); err != nil {
				t.Fatal(err)
			}
			id := write(t, editor, "Gugatan Didaftarkan", "nasional")
			save(t, s, id, "labels", `["legal"]`)
			asked := func(sentence string) {
				t.Helper()
				says(t, page(t, editor.Open(story(id, "publish")), http.StatusOK), "main", sentence)
				res := page(t, editor.Post(story(id, "publish")), http.StatusConflict)
				says(t, res, "main", sentence+want[2])
				if got := strings.Join(strings.Fields(res.Find("main").Text()), " "); strings.Count(got, sentence) != 2 {
					t.Errorf("check and refusal do not both say %q: %s", sentence, got)
				}
			}
			asked(want[0])
			leads(t, editor.Post(story(id, "approve")), story(id))
			asked(want[1])
			leads(t, other.Post(story(id, "publish")), story(id))
		})
	}
}

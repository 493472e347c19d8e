package desk_test

import (
	"net/http"
	"testing"

	"warta/internal/account"
	"warta/internal/testkit"
)

func TestPagesOpenInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"id", "en"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Settings: map[string]string{"language": code}})
			owner := s.Staffer(account.Owner)
			id := plain(s.Create(content("Warga Menanam Bakau")))
			for _, path := range []string{"/board", "/board?view=table", "/mine", "/schedule", "/today", "/notices", "/breaking", "/reports", "/reports?settled=1",
				"/stories/" + id + "/submit", "/stories/" + id + "/approve", "/stories/" + id + "/schedule", "/stories/" + id + "/publish",
				"/stories/" + id + "/embargo", "/stories/" + id + "/assign", "/stories/" + id + "/remark"} {
				if res := owner.Open("/newsroom" + path); res.StatusCode != http.StatusOK {
					t.Errorf("%s: %d %s", path, res.StatusCode, res.Body)
				}
			}
		})
	}
}

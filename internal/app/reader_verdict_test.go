package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/testkit"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// readerVerdicts holds a line for each route of the readers' door, and a column
// for each kind of sender.
const readerVerdicts = "testdata/reader_verdicts.tsv"

// readerSenders are the columns: nobody, somebody of the newsroom, a reader who
// has just shown who he is, and one who did so a while ago.
var readerSenders = []string{"nobody", "staff", "reader", "stale"}

// readerVerdict says in a word what became of a request.
func readerVerdict(res testkit.Response) string {
	to := res.Header.Get("Location")
	switch {
	case res.StatusCode == http.StatusUnauthorized, strings.HasPrefix(to, "/account/sign-in?next="):
		return "out"
	case strings.HasPrefix(to, "/account/confirm?"), res.StatusCode == http.StatusForbidden:
		return "proof"
	case res.StatusCode == http.StatusNotFound:
		return "hidden"
	case res.StatusCode == http.StatusGone:
		return "gone"
	case res.StatusCode >= 500:
		return fmt.Sprint("error ", res.StatusCode)
	}
	return "yes"
}

// TestReaderVerdicts walks every route of the readers' door with every kind of
// sender on a running server.
func TestReaderVerdicts(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("some hundred hashes of passwords; the ordinary run has them")
	}
	s := testkit.New(t, testkit.Options{})
	staff := s.Staffer(account.Owner)
	n := 0
	as := func(sender string) *testkit.Browser {
		b := s.Browser()
		switch sender {
		case "staff":
			b.Cookies[newsroom.Cookie] = staff.Token
		case "reader", "stale":
			n++
			b = s.Reader(fmt.Sprintf("pembaca%d@kabar.example", n), "Pembaca")
		}
		return b
	}
	var lines []string
	for _, r := range s.SiteRoutes() {
		path := r.Pattern
		for name, value := range map[string]string{"{token}": strings.Repeat("a", 43), "{key}": strings.Repeat("a", 43), "{provider}": "none", "{id}": "1", "{file}": "320.webp", "{path...}": "x"} {
			path = strings.ReplaceAll(path, name, value)
		}
		cells := []string{r.Method, r.Pattern, string(r.Visibility)}
		for _, sender := range readerSenders {
			b := as(sender)
			if sender == "stale" {
				s.Clock.Set(s.Clock.Now().Add(11 * time.Minute))
			}
			var body any
			if r.Method == http.MethodPost {
				body = url.Values{}
			}
			cells = append(cells, readerVerdict(b.Send(r.Method, path, body)))
			if r.Visibility == web.Reader && sender != "reader" && sender != "stale" && cells[len(cells)-1] != "out" {
				t.Errorf("%s %s lets %s in: %s", r.Method, r.Pattern, sender, cells[len(cells)-1])
			}
		}
		lines = append(lines, strings.Join(cells, "\t"))
	}
	slices.Sort(lines)
	text := strings.Join(append([]string{"method\troute\tvisibility\t" + strings.Join(readerSenders, "\t")}, lines...), "\n") + "\n"
	if *update {
		if err := os.WriteFile(readerVerdicts, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(readerVerdicts)
	if err != nil {
		t.Fatal(err)
	}
	have := strings.Split(strings.TrimSpace(string(want)), "\n")
	for _, l := range lines {
		if !slices.Contains(have, l) {
			t.Errorf("the table has no such line; judge it, and put it there: %s", l)
		}
	}
	for _, l := range have[1:] {
		if !slices.Contains(lines, l) {
			t.Errorf("the server does not do what the table says: %s", l)
		}
	}
}

package app_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/web/newsroom"
)

var update = flag.Bool("update", false, "write the table of verdicts anew; read the diff line by line")

// verdictFile holds a line for each route and, of those about a story, for whose
// it is; a column for each kind of sender.
const verdictFile = "testdata/verdicts.tsv"

// senders are the columns: nobody, each role, and a reporter who is editor of
// the desk "bola" alone.
var senders = append([]string{"nobody"}, append(roleNames(), "desk_editor")...)

func roleNames() (out []string) {
	for _, r := range account.Roles {
		out = append(out, string(r))
	}
	return out
}

// subjects are whose a story may be. The desk of "bola" is the one in which the
// last sender is an editor.
var subjects = []string{"own", "other", "desk"}

// forms are what routes are sent so that nothing but the right to do it can
// stop them, by method and pattern without the prefix. What is left out is sent
// an empty form.
var forms = map[string]url.Values{
	"POST /stories":                      {"headline": {"Judul percobaan"}},
	"POST /stories/{id}/submit":          {"note": {"mohon diperiksa"}},
	"POST /stories/{id}/send-back":       {"note": {"lengkapi dulu"}},
	"POST /stories/{id}/schedule":        {"at": {"2026-11-24T10:00"}},
	"POST /stories/{id}/embargo":         {"until": {"2026-11-24T10:00"}},
	"POST /stories/{id}/correct":         {"kind": {"ralat"}, "text": {"Ada kekeliruan."}},
	"POST /stories/{id}/withdraw":        {"reason": {"sara"}},
	"POST /stories/{id}/remark":          {"text": {"catatan"}, "note": {"catatan"}},
	"POST /stories/{id}/restore":         {"no": {"1"}},
	"POST /stories/{id}/guest":           {"days": {"2"}},
	"POST /stories/{id}/conflicts/{cid}": {"choice": {"kept"}},
	"POST /from-page":                    {"text": {strings.Repeat("Warga menyeberang jembatan gantung yang baru dibuka sejak pagi tadi. ", 12)}},
	"POST /from-page/draft":              {"headline": {"Judul percobaan"}, "section": {"1"}, "body": {`{"type":"doc","content":[]}`}},
	"POST /breaking":                     {"headline": {"Gempa terasa di Padang"}, "section": {"1"}},
	"POST /redirects":                    {"lines": {"/lama /bola"}},
	"POST /redirects/drop":               {"path": {"/lama"}},
	"POST /redirects/edit":               {"path": {"/lama-sekali"}, "old": {"x"}, "leads": {"/bola"}},
	"POST /topics/{id}":                  {"name": {"Tag percobaan"}},
	"POST /people/{id}":                  {"name": {"Nama percobaan"}},
	"POST /sources/{id}":                 {"name": {"Sumber percobaan"}},
	"POST /sections/{id}":                {"name": {"Kanal percobaan"}, "slug": {"kanal-percobaan"}},
}

// ours are routes that end or change the session of whoever asks.
func ours(pattern string) bool {
	return strings.Contains(pattern, "/me") || strings.HasSuffix(pattern, "/sign-out") || strings.HasSuffix(pattern, "/confirm")
}

// judge tries every cell on a running server.
type judge struct {
	*testkit.Site
	people map[string]*testkit.Staffer
	other  *testkit.Staffer // whose stories are other people's
	victim account.User     // who can be managed
}

func newJudge(t *testing.T) *judge {
	j := &judge{Site: testkit.New(t, testkit.Options{}), people: map[string]*testkit.Staffer{}}
	// What the {id} of other routes is: number 1 of each.
	if _, err := j.DB.EnsureTopics(t.Context(), []string{"Tag satu"}); err != nil {
		t.Fatal(err)
	}
	if _, err := j.DB.EnsurePersons(t.Context(), []string{"Orang satu"}); err != nil {
		t.Fatal(err)
	}
	if _, err := j.DB.EnsureSources(t.Context(), []string{"Sumber satu"}); err != nil {
		t.Fatal(err)
	}
	j.other = j.Staffer(account.Editor)
	j.victim = j.Staffer(account.Reporter).User
	for _, r := range account.Roles {
		j.people[string(r)] = j.Staffer(r)
	}
	j.people["desk_editor"] = j.Staffer(account.Reporter, account.Grant{SectionID: j.Section("bola"), Role: account.Editor})
	j.people["nobody"] = &testkit.Staffer{Site: j.Site}
	return j
}

// story makes a story for a cell.
func (j *judge) story(sender, subject string) int64 {
	j.T.Helper()
	by := j.other.User.Actor()
	c := news.Content{SectionID: j.Section("nasional"), Headline: "Jembatan gantung dibuka kembali", Body: j.Body("Warga menyeberang sejak pagi.")}
	switch subject {
	case "own":
		by = j.people[sender].User.Actor()
		by.Role = account.Reporter // whoever may not write has none; the desk refuses to make it
	case "desk":
		c.SectionID = j.Section("bola")
	}
	id, err := j.Desk.Create(j.T.Context(), by, c)
	if err == nil {
		err = j.Desk.Submit(j.T.Context(), testkit.Actor, id, "") // there is a version 1
	}
	if err != nil {
		j.T.Fatal(err)
	}
	return id
}

// ask sends one request and returns the verdict: "yes", "no" (403), "hidden"
// (404) or "out" (not signed in).
func (j *judge) ask(r newsroom.Route, sender, subject string) string {
	j.T.Helper()
	p := j.people[sender]
	pattern := strings.TrimPrefix(r.Pattern, newsroom.Prefix)
	path := r.Pattern
	id := "1"
	switch {
	case r.About == "story" && sender == "nobody" && subject == "own":
		return "" // nobody owns nothing
	case r.About == "story":
		id = strconv.FormatInt(j.story(sender, subject), 10)
	case strings.HasPrefix(pattern, "/users/{id}"):
		id = strconv.FormatInt(j.victim.ID, 10)
	}
	for name, value := range map[string]string{"{id}": id, "{no}": "1", "{cid}": "1", "{slug}": "redaksi", "{section}": "0",
		"{token}": strings.Repeat("a", 26), "{picture}": "1", "{crop}": "wide", "{file}": "320.webp", "{path...}": "x"} {
		path = strings.ReplaceAll(path, name, value)
	}
	if ours(pattern) && sender != "nobody" {
		// The session may end with this, or any other of the same person.
		defer func() { j.people[sender] = j.SignIn(p.User) }()
	}
	if r.Stream {
		return j.stream(p, path)
	}
	var body any
	if r.Method == http.MethodPost {
		body = url.Values{}
		if f, ok := forms[r.Method+" "+pattern]; ok {
			body = f
		}
		if pattern == "/stories/{id}/draft" {
			body = map[string]any{"base": 0, "fields": map[string]any{"headline": "Judul baru"}}
		}
	}
	return verdict(p.Send(r.Method, path, body).Response)
}

// stream opens an event stream and hangs up.
func (j *judge) stream(p *testkit.Staffer, path string) string {
	j.T.Helper()
	ctx, cancel := context.WithTimeout(j.T.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, j.URL+path, nil)
	if err != nil {
		j.T.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	if p.Token != "" {
		req.AddCookie(&http.Cookie{Name: newsroom.Cookie, Value: p.Token})
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		j.T.Fatal(err)
	}
	defer res.Body.Close()
	return verdict(res)
}

func verdict(res *http.Response) string {
	switch {
	case res.StatusCode == http.StatusUnauthorized:
		return "out"
	case res.StatusCode == http.StatusSeeOther && strings.HasPrefix(res.Header.Get("Location"), newsroom.SignIn):
		return "out"
	case res.StatusCode == http.StatusForbidden:
		return "no"
	case res.StatusCode == http.StatusNotFound:
		return "hidden"
	case res.StatusCode >= 500:
		return fmt.Sprint("error ", res.StatusCode)
	}
	return "yes"
}

// TestVerdicts walks the whole table on a running server: every route, every
// kind of sender, and for routes about a story whose it is.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a thousand requests; the ordinary run has them")
	}
	j := newJudge(t)
	var lines []string
	for _, r := range j.Room.Routes() {
		whose := []string{"-"}
		if r.About == "story" {
			whose = subjects
		}
		for _, subject := range whose {
			cells := []string{r.Method, r.Pattern, subject}
			for _, sender := range senders {
				cells = append(cells, j.ask(r, sender, subject))
			}
			lines = append(lines, strings.Join(cells, "\t"))
		}
	}
	slices.Sort(lines)
	head := strings.Join(append([]string{"method", "route", "whose"}, senders...), "\t")
	if *update {
		if err := os.WriteFile(verdictFile, []byte(head+"\n"+strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want := readVerdicts(t)
	for _, l := range lines {
		key := strings.Join(strings.SplitN(l, "\t", 4)[:3], "\t")
		w, ok := want[key]
		switch {
		case !ok:
			t.Errorf("no verdict for %q; judge it, and add it to %s:\n%s", key, verdictFile, l)
		case w != l:
			t.Errorf("the server and the table differ:\n  server %s\n  table  %s", l, w)
		}
		delete(want, key)
	}
	for key := range want {
		t.Errorf("the table judges a route that is not there: %s", key)
	}
}

func readVerdicts(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open(verdictFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]string{}
	for in := bufio.NewScanner(f); in.Scan(); {
		if parts := strings.SplitN(in.Text(), "\t", 4); len(parts) == 4 && parts[0] != "method" {
			out[strings.Join(parts[:3], "\t")] = in.Text()
		}
	}
	return out
}

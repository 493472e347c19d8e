package reader_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/testkit"
)

// Without script a link leads to sign in, to a form, and back to the story.
func TestSavingWithoutScript(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	st := s.Publish(news.Content{Headline: "Warga Menanam Bakau"})
	story, item := s.Path(st), fmt.Sprint("save-", st.ID)
	s.Reader("rani@kabar.example", "Rani")
	b := s.Browser()
	if res := b.Open(story); !strings.Contains(res.Body, `href="/account/shelf?item=`+item+`"`) {
		t.Fatal("the story has no link to save it")
	}
	res := b.Open("/account/shelf?item="+item, "Referer", s.URL+story)
	at := res.Header.Get("Location")
	if res.StatusCode != 303 || !strings.HasPrefix(at, "/account/sign-in?next=") {
		t.Fatalf("%d %s", res.StatusCode, at)
	}
	next, _ := url.Parse(at)
	res = b.Post("/account/sign-in", "email", "rani@kabar.example", "password", testkit.Password, "next", next.Query().Get("next"))
	page := res.Header.Get("Location")
	if !strings.HasPrefix(page, "/account/shelf?item=") {
		t.Fatalf("after signing in %s", page)
	}
	res = b.Open(page)
	if !strings.Contains(res.Body, "Warga Menanam Bakau") || !strings.Contains(res.Body, `name="next" value="`+story+`"`) || strings.Contains(res.Body, `name="drop"`) {
		t.Fatalf("the form: %d %.3000s", res.StatusCode, res.Body)
	}
	if strings.Contains(b.Open("/account/saved").Body, "Bakau") {
		t.Error("a link alone saves")
	}
	res = b.Post("/account/shelf", "item", item, "next", story)
	res = b.Open(res.Header.Get("Location"))
	if !strings.Contains(res.Body, `href="`+story+`"`) || !strings.Contains(res.Body, `name="drop"`) {
		t.Errorf("saved: %d %.2000s", res.StatusCode, res.Body)
	}
	if res := b.Open("/account/saved"); !strings.Contains(res.Body, "Warga Menanam Bakau") {
		t.Error("the list lacks it")
	}
	led(t, b.Post("/account/shelf", "item", item, "drop", "1", "list", "/account/saved"), "/account/saved?said=dropped")
	if res := b.Open("/account/saved"); strings.Contains(res.Body, "Bakau") || !strings.Contains(res.Body, "Belum ada berita") {
		t.Error("the list still has it")
	}
	for _, bad := range []string{"", "save-0", "save-x", "saves-1", "topic--3", "save-1' OR 1=1", "save-999999"} {
		if res := b.Open("/account/shelf?item=" + url.QueryEscape(bad)); res.StatusCode != 404 {
			t.Errorf("%q: %d", bad, res.StatusCode)
		}
	}
	if res := b.Post("/account/shelf", "item", item, "next", "https://jahat.example/"); strings.Contains(b.Open(res.Header.Get("Location")).Body, "jahat") {
		t.Error("the form leads elsewhere")
	}
}

type putAnswer struct {
	Full    []string
	Message string
}

func TestAScriptHandsOverWhatTheBrowserKept(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	one, two := s.Publish(news.Content{Headline: "Satu"}), s.Publish(news.Content{Headline: "Dua"})
	items := []map[string]any{{"item": fmt.Sprint("save-", one.ID), "age": 1000}, {"item": fmt.Sprint("save-", two.ID), "age": 9_000_000},
		{"item": "save-77777", "age": -5}, {"item": "nonsense"}, {"item": fmt.Sprint("section-", s.Section("nasional")), "age": 1 << 60}}
	if res := s.Browser().Send("POST", "/account/shelf", map[string]any{"put": items}); res.StatusCode != 401 {
		t.Errorf("of nobody: %d %s", res.StatusCode, res.Body)
	}
	b := s.Reader("budi@kabar.example", "Budi")
	for range 2 { // an answer was lost, or another tab does the same
		res := b.Send("POST", "/account/shelf", map[string]any{"put": items})
		var a putAnswer
		if err := json.Unmarshal([]byte(res.Body), &a); err != nil || res.StatusCode != 200 || len(a.Full) != 0 {
			t.Fatalf("%d %s", res.StatusCode, res.Body)
		}
	}
	body := b.Open("/account/saved").Body
	if i, j := strings.Index(body, ">Satu<"), strings.Index(body, ">Dua<"); i < 0 || j < i || strings.Count(body, ">Satu<") != 1 {
		t.Errorf("the list is not in the order of saving: %d %d", i, j)
	}
	ask := func(of string) string { return b.Open("/me?of=" + url.QueryEscape(of)).Body }
	want := fmt.Sprintf(`{"name":"Budi","kept":["save-%d"]}`, one.ID)
	if got := ask(fmt.Sprintf("save-%d,story-%d,bogus", one.ID, one.ID)); got != want {
		t.Errorf("/me says %s, want %s", got, want)
	}
	if got := ask(strings.Repeat("topic-1,", 500)); got != `{"name":"Budi"}` {
		t.Errorf("/me says %.200s", got)
	}
	if res := b.Send("POST", "/account/shelf", map[string]any{"drop": []string{fmt.Sprint("save-", one.ID)}}); res.StatusCode != 200 {
		t.Errorf("dropping: %d", res.StatusCode)
	}
	if strings.Contains(b.Open("/account/saved").Body, ">Satu<") {
		t.Error("it is still there")
	}
	// Another site cannot do it.
	if res := b.Send("POST", "/account/shelf", url.Values{"item": {fmt.Sprint("save-", one.ID)}}, "Sec-Fetch-Site", "cross-site"); res.StatusCode != 403 {
		t.Errorf("from another site: %d", res.StatusCode)
	}
}

// The limit is a clear sentence, in a page and for a script.
func TestTheLimitSaysSo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.Reader("cici@kabar.example", "Cici")
	var names []string
	for i := range member.MaxFollowed + 1 {
		names = append(names, fmt.Sprintf("Topik %03d", i))
	}
	ids, err := s.DB.EnsureTopics(t.Context(), names)
	if err != nil {
		t.Fatal(err)
	}
	var items []map[string]any
	for _, n := range names[:member.MaxFollowed] {
		items = append(items, map[string]any{"item": fmt.Sprint("topic-", ids[n])})
	}
	if res := b.Send("POST", "/account/shelf", map[string]any{"put": items}); res.StatusCode != 200 {
		t.Fatalf("%d %s", res.StatusCode, res.Body)
	}
	last := fmt.Sprint("topic-", ids[names[member.MaxFollowed]])
	const sentence = "Anda sudah mengikuti 200 hal, dan itu batasnya."
	res := b.Send("POST", "/account/shelf", map[string]any{"put": []map[string]any{{"item": last}}})
	var a putAnswer
	if err := json.Unmarshal([]byte(res.Body), &a); err != nil || len(a.Full) != 1 || a.Full[0] != last || !strings.HasPrefix(a.Message, sentence) {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	if res := b.Post("/account/shelf", "item", last); res.StatusCode != 413 || !strings.Contains(res.Body, sentence) {
		t.Errorf("the form: %d", res.StatusCode)
	}
	if res := b.Open("/account/follows"); strings.Count(res.Body, "Berhenti mengikuti Topik") != member.MaxFollowed {
		t.Error("the page does not list them all")
	}
}

func TestWhatIsFollowedSaysWhy(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.Reader("dewi@kabar.example", "Dewi")
	if res := b.Open("/account/following"); res.StatusCode != 200 || !strings.Contains(res.Body, "belum mengikuti apa pun") {
		t.Errorf("of nothing: %d", res.StatusCode)
	}
	topics, err := s.DB.EnsureTopics(t.Context(), []string{"Banjir"})
	if err != nil {
		t.Fatal(err)
	}
	st := s.Publish(news.Content{Headline: "Air Naik di Hulu", SectionID: s.Section("nasional"), Topics: []int64{topics["Banjir"]}})
	if res := b.Open("/topic/banjir"); !strings.Contains(res.Body, fmt.Sprint("/account/shelf?item=topic-", topics["Banjir"])) {
		t.Error("the topic's page has no link to follow it")
	}
	if res := b.Open("/nasional"); !strings.Contains(res.Body, fmt.Sprint("/account/shelf?item=section-", s.Section("nasional"))) {
		t.Error("the section's page has no link to follow it")
	}
	b.Post("/account/shelf", "item", fmt.Sprint("topic-", topics["Banjir"]))
	b.Post("/account/shelf", "item", fmt.Sprint("section-", s.Section("nasional")))
	res := b.Open("/account/following")
	why := `Karena Anda mengikuti <a href="/nasional">Nasional</a>, <a href="/topic/banjir">Banjir</a>.`
	if !strings.Contains(res.Body, "Air Naik di Hulu") || !strings.Contains(res.Body, why) {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	if _, err := s.Desk.Withdraw(t.Context(), account.System("test"), st.ID, news.ReasonSARA, ""); err != nil {
		t.Fatal(err)
	}
	if res := b.Open("/account/following"); strings.Contains(res.Body, "Air Naik") {
		t.Error("a withdrawn story is still there")
	}
}

// Somebody without an account sees what his browser kept: by the address, with
// the headlines of now, and nothing that readers cannot see.
func TestSavedStoriesWithoutAnAccount(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	one, two := s.Publish(news.Content{Headline: "Satu"}), s.Publish(news.Content{Headline: "Dua"})
	draft := s.Create(news.Content{Headline: "Belum Tayang"})
	b := s.Browser()
	res := b.Open(fmt.Sprintf("/account/saved?of=save-%d,save-%d,save-%d,topic-1,x", two.ID, draft, one.ID))
	if i, j := strings.Index(res.Body, ">Dua<"), strings.Index(res.Body, ">Satu<"); res.StatusCode != 200 || i < 0 || j < i || strings.Contains(res.Body, "Belum Tayang") {
		t.Errorf("%d: %d %d", res.StatusCode, i, j)
	}
	if res.Header.Get("Cache-Control") != "no-store" || len(b.Cookies) != 0 {
		t.Errorf("%v, cookies %v", res.Header, b.Cookies)
	}
	if res := b.Open("/account/saved"); res.StatusCode != 200 || !strings.Contains(res.Body, "data-shelf") {
		t.Errorf("without an address: %d", res.StatusCode)
	}
}

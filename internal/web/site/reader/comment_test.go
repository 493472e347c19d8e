package reader_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"warta/internal/account"
	"warta/internal/discuss"
	"warta/internal/news"
	"warta/internal/testkit"
)

// talking is a site with a story below which readers talk.
func talking(t *testing.T, p discuss.Patch) (s *testkit.Site, story int64) {
	t.Helper()
	s = testkit.New(t, testkit.Options{})
	mode := discuss.ModeAfter
	if p.Mode == nil {
		p.Mode = &mode
	}
	if err := s.Forum.SaveRules(t.Context(), account.System("test"), discuss.ScopeSite, 0, nil, p); err != nil {
		t.Fatal(err)
	}
	return s, s.Publish(news.Content{Headline: "Harga Beras Turun"}).ID
}

// payloads try to be more than text: in elements, attributes, addresses, scripts,
// style sheets, by encodings and by broken markup.
var payloads = []string{
	`<script>alert(1)</script>`, `"><script src=//evil.example/x.js></script>`, `<img src=x onerror=alert(1)>`, `<svg/onload=alert(1)>`,
	`'"><svg><animate onbegin=alert(1) attributeName=x>`, `</textarea><script>alert(1)</script>`, `</p></form><iframe srcdoc="<script>alert(1)</script>">`,
	`<a href="javascript:alert(1)">klik</a>`, `javascript:alert(1)//`, `<style>@import'//evil.example'</style>`, `<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	`<!--<img src="--><img src=x onerror=alert(1)//">`, `{{.Shell}} {{printf "%s" .}}`, `${alert(1)}`, `&lt;script&gt;alert(1)&lt;/script&gt;`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<b onmouseover=alert(1)>tebal</b>`, `" autofocus onfocus=alert(1) x="`, `<base href=//evil.example/>`,
	`<meta http-equiv=refresh content="0;url=//evil.example">`, `]]><script>alert(1)</script>`, `\u003cscript\u003ealert(1)`, `<ScRiPt >alert(1)</sCrIpT >`, `<object data=data:text/html,x>`,
}

// clean fails if a page holds an element or attribute that none of our templates
// prints.
func clean(t *testing.T, what, page string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		tag := z.Token()
		switch tag.Data {
		case "iframe", "object", "base", "math", "animate", "mglyph":
			t.Errorf("%s holds <%s>", what, tag.Data)
		}
		for _, a := range tag.Attr {
			leads := a.Key == "src" || a.Key == "href" || a.Key == "action" || a.Key == "formaction"
			if strings.HasPrefix(a.Key, "on") || leads && strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") ||
				leads && strings.Contains(a.Val, "evil.example") {
				t.Errorf("%s holds <%s %s=%q>", what, tag.Data, a.Key, a.Val)
			}
		}
	}
}

func TestWhatReadersWriteIsTextEverywhere(t *testing.T) {
	t.Parallel()
	many := 600
	s, story := talking(t, discuss.Patch{PerMinute: &many, Off: &[]discuss.Phase{discuss.PhaseLimits, discuss.PhaseRepeat, discuss.PhaseWords}})
	rani, budi := s.Reader("rani@kabar.example", "Rani Setya"), s.Reader("budi@kabar.example", "Budi")
	form := fmt.Sprintf("/comment/story/%d", story)
	for i, p := range payloads {
		res := rani.Post(form, "text", p)
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%q: %d %s", p, res.StatusCode, res.Body)
		}
		own, _, _ := strings.Cut(res.Header.Get("Location"), "?")
		id := strings.TrimPrefix(own, "/comment/own/")
		for _, path := range []string{own, own + "?edit=1", "/comment/" + id, "/account/comments"} {
			page := rani.Open(path)
			clean(t, path, page.Body)
			if page.StatusCode != http.StatusOK || !strings.Contains(html.UnescapeString(page.Body), discuss.CleanText(p)) {
				t.Errorf("%s does not show %q", path, p)
			}
		}
		report := "/comment/report/" + id
		clean(t, report, budi.Open(report).Body)
		clean(t, "a complaint that is given back", budi.Post(report, "reason", p, "text", p).Body)
		if res := budi.Post(report, "reason", "other", "text", p); res.StatusCode != http.StatusSeeOther && res.StatusCode != http.StatusOK && res.StatusCode != http.StatusTooManyRequests {
			t.Errorf("complaint %d: %d", i, res.StatusCode)
		}
		clean(t, "an answer without a session", s.Browser().Post(form, "text", p).Body)
		clean(t, "a name that is given back", rani.Post("/account/profile", "name", p).Body)
	}
	s.Clock.Set(s.Clock.Now().Add(2 * time.Second))
	if _, err := s.Forum.Announce(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/comment/1", form, form + "?sort=oldest", form + "?sort=picks"} {
		clean(t, path, s.Browser().Open(path).Body)
	}
}

func TestWhoIsNotSignedInKeepsHisWords(t *testing.T) {
	t.Parallel()
	s, story := talking(t, discuss.Patch{})
	res := s.Browser().Post(fmt.Sprintf("/comment/story/%d", story), "text", "Kata yang tidak boleh hilang")
	if res.StatusCode != http.StatusUnauthorized || !strings.Contains(res.Body, "Kata yang tidak boleh hilang") || !strings.Contains(res.Body, "/account/sign-in?next=") {
		t.Errorf("%d: %s", res.StatusCode, res.Body)
	}
}

func TestABannedReaderIsToldWhy(t *testing.T) {
	t.Parallel()
	s, story := talking(t, discuss.Patch{})
	rani := s.Reader("rani@kabar.example", "Rani Setya")
	form := fmt.Sprintf("/comment/story/%d", story)
	if res := rani.Post(form, "text", "Masih boleh"); res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	e, err := s.DB.Comment(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Forum.Punish(t.Context(), account.System("test"), discuss.Punishment{MemberID: e.MemberID, Kind: discuss.Ban, Reason: "menghina orang"}); err != nil {
		t.Fatal(err)
	}
	res := rani.Post(form, "text", "Tidak boleh lagi")
	if res.StatusCode != http.StatusForbidden || !strings.Contains(res.Body, "menghina orang") || !strings.Contains(res.Body, "Tidak boleh lagi") {
		t.Errorf("%d: %s", res.StatusCode, res.Body)
	}
	// The page that was open before: what its script sends, and its other forms.
	res = rani.Send("POST", form, url.Values{"text": {"Tidak boleh lagi"}}, "Accept", "application/json")
	if res.StatusCode != http.StatusForbidden || !strings.Contains(res.Body, "menghina orang") || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		t.Errorf("the script is told %d: %s", res.StatusCode, res.Body)
	}
	res = rani.Post("/comment/own/1", "text", "Diam-diam diubah")
	if res.StatusCode != http.StatusForbidden || !strings.Contains(res.Body, "menghina orang") || !strings.Contains(res.Body, "Diam-diam diubah</textarea>") {
		t.Errorf("a change: %d: %.400s", res.StatusCode, res.Body)
	}
	budi := s.Reader("budi@kabar.example", "Budi")
	if res := budi.Post(form, "text", "Selamat pagi"); res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	if res := rani.Post("/comment/react/2", "kind", discuss.Reactions()[0]); res.StatusCode != http.StatusForbidden {
		t.Errorf("a reaction: %d", res.StatusCode)
	}
	if e, err := s.DB.Comment(t.Context(), 1); err != nil || e.Body != "Masih boleh" {
		t.Errorf("it says %q, %v", e.Body, err)
	}
}

func TestAFloodFromOneNetworkIsStopped(t *testing.T) {
	t.Parallel()
	s, story := talking(t, discuss.Patch{})
	rani := s.Reader("rani@kabar.example", "Rani Setya")
	for i := range 200 {
		res := rani.Post(fmt.Sprintf("/comment/story/%d", story), "text", fmt.Sprint("Banjir nomor ", i*i*7919))
		if res.StatusCode == http.StatusTooManyRequests {
			if res.Header.Get("Retry-After") == "" || !strings.Contains(res.Body, "Banjir nomor") {
				t.Error("it does not say when again, or the words are lost")
			}
			return
		}
	}
	t.Error("nobody was stopped")
}

func TestOpenPagesHearOfNewComments(t *testing.T) {
	t.Parallel()
	s, story := talking(t, discuss.Patch{})
	rani := s.Reader("rani@kabar.example", "Rani Setya")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("%s/comment/events/%d", s.URL, story), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func() string {
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return text
			}
		}
		t.Fatal("the stream ended")
		return ""
	}
	if got := next(); got != `{"last":0,"newer":[],"shown":0}` {
		t.Errorf("at first: %s", got)
	}
	if res := rani.Post(fmt.Sprintf("/comment/story/%d", story), "text", "Ada yang baru"); res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	if got := next(); got != `{"last":1,"newer":[1],"shown":1}` {
		t.Errorf("then: %s", got)
	}
	if res := s.Browser().Open("/comment/events/99999"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a story that there is not: %d", res.StatusCode)
	}
}

func TestLettersEndByOneRequest(t *testing.T) {
	t.Parallel()
	s, story := talking(t, discuss.Patch{})
	rani := s.Reader("rani@kabar.example", "Rani Setya")
	rani.Post("/account/comments", "digest", "1")
	rani.Post(fmt.Sprintf("/comment/story/%d", story), "text", "Halo")
	e, err := s.DB.Comment(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.DB.Commenter(t.Context(), e.MemberID)
	if err != nil || !a.Digest || a.DigestKey == "" {
		t.Fatalf("%+v, %v", a, err)
	}
	page := "/account/letters/" + a.DigestKey
	if res := s.Browser().Open(page); !strings.Contains(res.Body, "Berhenti berlangganan") {
		t.Errorf("the page says %s", res.Body)
	}
	if a, _ = s.DB.Commenter(t.Context(), e.MemberID); !a.Digest {
		t.Error("looking at the page ended the letters: mail programs look at links")
	}
	// As a mail program does: no cookie, no origin.
	res, err := http.Post(s.URL+page, "application/x-www-form-urlencoded", strings.NewReader(url.Values{"List-Unsubscribe": {"One-Click"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if a, _ = s.DB.Commenter(t.Context(), e.MemberID); res.StatusCode != http.StatusOK || a.Digest {
		t.Errorf("%d, and letters go on: %v", res.StatusCode, a.Digest)
	}
}

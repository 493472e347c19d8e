package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/testkit/sink"
)

// attacks returns some hundred texts that try to be more than text: elements with
// attributes, what closes the elements in which they may stand, several encodings
// of all that, and what other languages than HTML would take for their own.
func attacks() []string {
	tags := []string{"script", "img", "svg", "iframe", "object", "embed", "link", "meta", "base", "style", "math", "form", "input", "textarea", "title",
		"noscript", "template", "video", "details", "marquee", "a", "body"}
	attributes := []string{` src=x onerror=alert(1)`, ` onload=alert(1)`, `/onmouseover="alert(1)"`, ` style=background:url(//evil.example/x)`, ` href=javascript:alert(1)`}
	before := []string{"", `">`, `'>`, "</textarea>", "</title></p>", "-->", "]]>", "</article></form>"}
	encodings := []func(string) string{
		func(s string) string { return s },
		strings.ToUpper,
		html.EscapeString,
		func(s string) string { return html.EscapeString(html.EscapeString(s)) },
		url.PathEscape,
		strings.NewReplacer("<", `\u003c`, ">", `\u003e`, `"`, `\x22`).Replace,
		strings.NewReplacer("<", "&#x3c;", ">", "&#62", `"`, "&quot").Replace,
		strings.NewReplacer("<", "＜", ">", "＞", `"`, "＂").Replace,
		strings.NewReplacer("<", "<\x00", "a", "a\u200b").Replace,
	}
	var list []string
	for i, tag := range tags {
		for j, attr := range attributes {
			s := "<" + tag + attr + ">" + "</" + tag + ">"
			n := i*len(attributes) + j
			for k := range 4 { // each in plain and in three of its encodings
				e := encodings[0]
				if k > 0 {
					e = encodings[1+(n*3+k)%(len(encodings)-1)]
				}
				list = append(list, e(before[(n+k)%len(before)]+s))
			}
		}
	}
	for _, scheme := range []string{"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "&#106;avascript:alert(1)", "data:text/html,<b>x", "vbscript:x", "//evil.example/", `http://x.example/"onclick="alert(1)`, "http://x.example/'><b>"} {
		list = append(list, scheme, "["+scheme+"]("+scheme+")", `<a href="`+scheme+`">klik</a>`)
	}
	return append(list,
		"<!--nonce.0-->", "<!--00000000000000000000000000000000.0-->", "<!--", "-->", "{{", "{{.}}", `{{template "head" .}}`, "${alert(1)}", "#{7*7}", "<%= 7*7 %>", "{% raw %}", "[[1]]",
		"'; DROP TABLE comments; --", `" OR 1=1 --`, "' UNION SELECT password FROM members --", "$1", "?", "%", "_", `\`, "%s%n%x", "$(id)", "`id`", "../../etc/passwd",
		"\u202egnp.elif\u202c", "\u2066<b>\u2069", "a\u200b\u200c\u200d\u2060\ufeffb", "Z"+strings.Repeat("\u0300\u0489\u035f", 40)+"algo", "\xed\xa0\x80\xed\xb0\x80", "\xff\xfe<b>", "\u2028<b>\u2029",
		"\r\nBcc: semua@evil.example\r\n\r\n<b>x</b>", "\r\nSet-Cookie: x=1", strings.Repeat("panjang", 60), strings.Repeat("<b>", 60), strings.Repeat("🟥", 100))
}

// pageful is what one scene printed, by what it is.
type pageful map[string]string

// scene lets four readers write below two stories, complain about each other and
// answer each other, all in texts that say gives, and returns all pages, letters,
// answers and files that show them, with what each has to show.
func scene(t *testing.T, say func(kind string, i int) string) (pages pageful, shows map[string][]string) {
	t.Helper()
	post := sink.New(t, false, "")
	s := testkit.New(t, testkit.Options{Unproved: true, Configure: func(c *app.Config) {
		c.SMTPHost, c.SMTPPort, c.SMTPFrom, c.SMTPTLS = post.Host, post.Port, "redaksi@kabar.example", "none"
	}})
	mode, before, many, long, off := discuss.ModeAfter, discuss.ModeBefore, 600, discuss.LongestText, discuss.Phases
	rule := func(scope discuss.Scope, id int64, p discuss.Patch) {
		t.Helper()
		if err := s.Forum.SaveRules(t.Context(), account.System("test"), scope, id, []int64{s.Section("nasional")}, p); err != nil {
			t.Fatal(err)
		}
	}
	rule(discuss.ScopeSite, 0, discuss.Patch{Mode: &mode, PerMinute: &many, PerHour: &many, MaxLength: &long, Off: &off})
	story, waiting := s.Publish(news.Content{Headline: "Harga beras turun"}), s.Publish(news.Content{Headline: "Harga gabah naik"})
	rule(discuss.ScopeStory, waiting.ID, discuss.Patch{Mode: &before})
	pages, shows = pageful{}, map[string][]string{}
	keep := func(name, body string, wants ...string) {
		pages[name], shows[name] = strings.NewReplacer(s.URL, "", url.QueryEscape(s.URL), "").Replace(body), append(shows[name], wants...)
	}
	var who []*testkit.Browser
	var ids []int64
	var names []string
	for i := range 4 {
		email := fmt.Sprintf("pembaca%d@kabar.example", i)
		who = append(who, s.Reader(email, fmt.Sprint("Pembaca ", string(rune('A'+i)))))
		name := strings.ToValidUTF8(say("name", i), "") // as a provider elsewhere might say it
		err := s.DB.ChangeMember(t.Context(), member.Pick{Email: email}, func(e *member.Edit) (change.Outcome, error) {
			e.Record.Name = strings.ReplaceAll(name, "\x00", "")
			ids, names = append(ids, e.Record.ID), append(names, e.Record.Name)
			return change.Outcome{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		who[i].Post("/account/comments", "tell", "1", "digest", "1")
	}
	form := func(id int64) string { return fmt.Sprintf("/comment/story/%d", id) }
	posted := func(res testkit.Response) string {
		t.Helper()
		own, _, _ := strings.Cut(res.Header.Get("Location"), "?")
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %.500s", res.StatusCode, res.Body)
		}
		return strings.TrimPrefix(own, "/comment/own/")
	}
	stored := func(id string) string {
		t.Helper()
		n, _ := strconv.ParseInt(id, 10, 64)
		e, err := s.DB.Comment(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		return e.Body
	}
	var bodies []string
	for i := range 20 {
		id := posted(who[i%4].Post(form(story.ID), "text", say("text", i)))
		bodies = append(bodies, stored(id))
		guest := s.Browser()
		res := guest.Send("POST", "/comment/report/"+id, url.Values{"reason": {"other"}, "text": {say("report", i)}}, "X-Forwarded-For", fmt.Sprint("203.0.113.", i+1))
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("complaint %d: %d %.500s", i, res.StatusCode, res.Body)
		}
	}
	for i := range 4 { // answers to somebody else, two of them to an answer
		id := posted(who[i].Post(form(story.ID), "text", say("text", i)+" juga", "reply", strconv.Itoa(2-i%2)))
		posted(who[(i+1)%4].Post(form(story.ID), "text", say("text", i)+" lagi", "reply", id))
		posted(who[i].Post(form(waiting.ID), "text", say("text", i)))
		who[i].Post("/comment/mute/" + strconv.Itoa((i+1)%4+1))
	}
	s.Clock.Set(s.Clock.Now().Add(2 * time.Second))
	if _, err := s.Forum.Announce(t.Context()); err != nil {
		t.Fatal(err)
	}
	last, err := s.DB.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Settle(last)

	// What comes by mail: what the moderators say, and who answered.
	for _, id := range ids {
		why := []rune(say("report", 1))
		if _, err := s.Forum.Punish(t.Context(), account.System("test"), discuss.Punishment{MemberID: id, Kind: discuss.Warn, Reason: string(why[:min(len(why), 200)])}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.App.Post.MailDigests(t.Context(), s.DB); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); len(post.Letters()) < 4+4; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d letters came", len(post.Letters()))
		}
	}
	for _, l := range post.Letters() {
		if l.Header.Get("List-Unsubscribe") == "" {
			continue // about the account
		}
		if len(l.Header) > 16 || l.Header.Get("Bcc") != "" || l.Header.Get("Set-Cookie") != "" {
			t.Errorf("headers %v", l.Header)
		}
		keep("letter to "+l.To, l.HTML)
		if !strings.Contains(l.Text, s.URL+"/account/letters/") {
			t.Errorf("the letter's text does not end them: %s", l.Text)
		}
	}

	// What readers get.
	nobody := s.Browser()
	keep("story", s.Get(s.Path(story)).Body, append(names, bodies...)...)
	keep("threads", nobody.Open(form(story.ID)).Body, bodies...)
	keep("threads, oldest first", nobody.Open(form(story.ID)+"?sort=oldest").Body, bodies...)
	keep("thread", nobody.Open("/comment/1").Body, bodies[0], names[0])
	keep("complaint", nobody.Open("/comment/report/2").Body, bodies[1])
	typed := say("report", 0)
	keep("complaint given back", nobody.Post("/comment/report/2", "reason", typed, "text", typed).Body)
	keep("answer given back", nobody.Post(form(story.ID), "text", say("text", 3), "reply", "2").Body, bodies[1])
	for i, b := range who {
		keep(fmt.Sprint("account ", i), b.Open("/account/comments").Body, names[(i+1)%4], bodies[i], bodies[16+i])
		keep(fmt.Sprint("own ", i), b.Open(fmt.Sprint("/comment/own/", i+1)).Body, bodies[i])
		keep(fmt.Sprint("change ", i), b.Open(fmt.Sprint("/comment/own/", i+1, "?edit=1")).Body, bodies[i])
		keep(fmt.Sprint("answer ", i), b.Open(fmt.Sprint("/comment/reply/", (i+1)%4+1)).Body, bodies[(i+1)%4], names[(i+1)%4])
		keep(fmt.Sprint("home ", i), b.Open("/account").Body, names[i])
		for name, res := range map[string]testkit.Response{
			"posting": b.Send("POST", form(story.ID), url.Values{"text": {say("text", i+4) + " skrip"}}, "Accept", "application/json"),
			"me":      b.Open(fmt.Sprintf("/me?story=%d", waiting.ID)),
		} {
			var v struct {
				HTML    string
				Waiting []struct{ HTML string }
			}
			if err := json.Unmarshal([]byte(res.Body), &v); err != nil {
				t.Fatalf("%s: %d %v", name, res.StatusCode, err)
			}
			for _, w := range v.Waiting {
				v.HTML += w.HTML
			}
			if v.HTML == "" {
				t.Errorf("%s holds no comment: %s", name, res.Body)
			}
			keep(fmt.Sprint("JSON of ", name, " ", i), v.HTML, names[i])
		}
		res := b.Open("/account/export")
		z, err := zip.NewReader(strings.NewReader(res.Body), int64(len(res.Body)))
		if err != nil {
			t.Fatal(err)
		}
		f, err := z.Open("comments.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		lines, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for line := range bytes.Lines(lines) {
			var v struct{ Text string }
			if err := json.Unmarshal(line, &v); err != nil {
				t.Errorf("a line of the archive is no JSON: %v", err)
			}
			got += v.Text + "\n"
		}
		keep(fmt.Sprint("archive ", i), html.EscapeString(got), bodies[i])
	}

	// What the newsroom gets.
	mod := s.Staffer(account.Moderator)
	desk := func(path string, wants ...string) {
		keep("desk "+path, mod.Open("/newsroom/discussion"+path).Body, wants...)
	}
	for _, kind := range []string{"reported", "pending", "new", "all"} {
		desk("?queue=" + kind)
	}
	desk("/log")
	desk("/stories")
	for i := range 4 {
		desk(fmt.Sprint("/comments/", i+1), bodies[i], names[i])
		desk(fmt.Sprint("/readers/", ids[i]), names[i])
	}
	return pages, shows
}

// leading are the attributes whose values lead somewhere or do something.
var leading = []string{"href", "src", "srcset", "action", "formaction", "style", "rel", "type", "target", "http-equiv", "name", "class"}

// shape returns the elements of a page with their attributes, in their order, and
// all its text.
func shape(t *testing.T, page string) (elements []string, text string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		switch n.Type {
		case html.TextNode:
			all.WriteString(n.Data)
		case html.CommentNode:
			elements = append(elements, fmt.Sprint(depth, " comment"))
		case html.ElementNode:
			var attrs []string
			for _, a := range n.Attr {
				if slices.Contains(leading, a.Key) {
					attrs = append(attrs, a.Key+"="+a.Val)
				} else {
					attrs = append(attrs, a.Key)
				}
			}
			elements = append(elements, fmt.Sprint(depth, " ", n.Data, " ", attrs))
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, depth+1)
		}
	}
	walk(root, 0)
	return elements, strings.Join(strings.Fields(all.String()), " ")
}

// kinds returns an element without where it stands and where it leads.
func kinds(elements []string, into map[string]bool) map[string]bool {
	for _, e := range elements {
		_, e, _ = strings.Cut(e, " ")
		name, attrs, _ := strings.Cut(e, " ")
		for _, a := range strings.Fields(strings.Trim(attrs, "[]")) {
			key, _, _ := strings.Cut(a, "=")
			into[name+" "+key] = true
		}
		into[name] = true
	}
	return into
}

// TestWhatIsInjectedIsText has the same readers say the same things twice: in
// words, and in attacks. Every page has to have the same elements with the same
// attributes, and to show the attacks as text. The desk prints what the phases saw
// in a text, so there an element has to be one that it prints for words as well.
func TestWhatIsInjectedIsText(t *testing.T) {
	t.Parallel()
	list := attacks()
	if len(list) < 400 {
		t.Fatalf("%d attacks", len(list))
	}
	t.Logf("%d attacks", len(list))
	// Each text has its share of all: 20 comments, 20 complaints, 4 names.
	share := func(of, i, most int) string {
		var b strings.Builder
		for k := i % of; k < len(list); k += of {
			if next := list[k]; len([]rune(b.String()))+len([]rune(next)) < most {
				b.WriteString(" " + next)
			}
		}
		return b.String()
	}
	calm, _ := scene(t, func(kind string, i int) string {
		return map[string]string{"name": "Nama ", "text": "Dasar anjing, lihat http://x.example/a dan www.y.example ", "report": "Keluhan "}[kind] + fmt.Sprint("nomor ", i)
	})
	wild, shows := scene(t, func(kind string, i int) string {
		switch kind {
		case "name":
			return share(4, i, 100_000)
		case "report":
			return share(40, i, discuss.MaxComplaint-50)
		}
		return share(20, i, discuss.LongestText-50)
	})
	known := map[string]bool{}
	for name, page := range calm {
		if strings.HasPrefix(name, "desk") {
			elements, _ := shape(t, page)
			kinds(elements, known)
		}
	}
	for name, page := range wild {
		got, text := shape(t, page)
		want, _ := shape(t, calm[name])
		for _, show := range shows[name] {
			if show = strings.Join(strings.Fields(show), " "); !strings.Contains(text, show) {
				t.Errorf("%s does not show %.200q", name, show)
			}
		}
		if strings.HasPrefix(name, "desk") {
			for e := range kinds(got, map[string]bool{}) {
				if !known[e] {
					t.Errorf("%s holds %s", name, e)
				}
			}
			continue
		}
		if !slices.Equal(got, want) {
			for i := range got {
				if i >= len(want) || got[i] != want[i] {
					t.Errorf("%s: element %d is %s, without attacks %s", name, i, got[i], append(want, "none")[min(i, len(want))])
					break
				}
			}
			t.Errorf("%s has %d elements, without attacks %d", name, len(got), len(want))
		}
	}
	if len(wild) != len(calm) {
		t.Errorf("%d pages, without attacks %d", len(wild), len(calm))
	}
	t.Logf("%d pages, letters and files", len(wild))
}

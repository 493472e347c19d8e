package app_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/testkit"
)

// remarks is how many notes there are about each reader, and how many warnings.
const remarks = 8

// dossier is what one reader of the desk's scene brings in, as it is stored.
type dossier struct {
	member, comment int64
	reply           int64 // of his to his own comment
	name, body      string
	claims          []string // about the comment
	notes, reasons  []string
}

// deskScene lets readers write, complain and be written about, in texts that say
// gives, and returns every screen of the desk with what it has to show.
func deskScene(t *testing.T, readers int, say func(kind string, i, most int) string) (pages pageful, shows map[string][]string) {
	t.Helper()
	s := testkit.New(t, testkit.Options{Unproved: true, Stopped: true})
	ctx, system := t.Context(), account.System("test")
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	mode, many, long, off := discuss.ModeAfter, 600, discuss.LongestText, discuss.Phases
	ok(s.Forum.SaveRules(ctx, system, discuss.ScopeSite, 0, nil, discuss.Patch{Mode: &mode, PerMinute: &many, PerHour: &many, MaxLength: &long, Off: &off}))
	before := discuss.ModeBefore
	open, held := s.Publish(news.Content{Headline: "Harga beras turun"}), s.Publish(news.Content{Headline: "Harga gabah naik"})
	ok(s.Forum.SaveRules(ctx, system, discuss.ScopeStory, held.ID, []int64{s.Section("nasional")}, discuss.Patch{Mode: &before}))
	mod := s.Staffer(account.Moderator)
	owner := s.Staffer(account.Owner)
	pages, shows = pageful{}, map[string][]string{}
	keep := func(name string, res testkit.Response, wants ...string) {
		t.Helper()
		if _, twice := pages[name]; twice {
			t.Fatalf("%s is there twice", name)
		}
		pages[name], shows[name] = strings.ReplaceAll(res.Body, s.URL, ""), wants
		if policy := res.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", name, policy)
		}
	}
	var all []*dossier
	for i := range readers {
		d := &dossier{}
		all = append(all, d)
		record := &member.Record{Handle: fmt.Sprint("h", i), Member: member.Member{Email: fmt.Sprintf("pembaca%d@kabar.example", i), Terms: "v1"}}
		ok(s.DB.ChangeMember(ctx, member.Pick{Email: record.Email}, func(e *member.Edit) (change.Outcome, error) {
			e.Record, record.Created = record, e.Now
			record.Name = strings.ReplaceAll(strings.ToValidUTF8(say("name", i, 100_000), ""), "\x00", "") // as a provider elsewhere might say it
			return change.Outcome{}, nil
		}))
		d.member, d.name = record.ID, record.Name
		c, err := s.Forum.Post(ctx, discuss.Draft{StoryID: open.ID, MemberID: d.member, Text: say("text", i, discuss.LongestText-50), Network: fmt.Sprint("192.0.2.", i)})
		ok(err)
		d.comment, d.body = c.ID, c.Body
		_, err = s.Forum.Post(ctx, discuss.Draft{StoryID: held.ID, MemberID: d.member, Text: say("text", i, discuss.LongestText-50), Network: fmt.Sprint("192.0.2.", i)})
		ok(err)
		reply, err := s.Forum.Post(ctx, discuss.Draft{StoryID: open.ID, ReplyTo: c.ID, MemberID: d.member, Text: say("text", i, discuss.LongestText-60) + " lagi", Network: fmt.Sprint("192.0.2.", i)})
		ok(err)
		d.reply = reply.ID
		for k := range 2 * discuss.MaxClaims { // as many as the desk shows, and as much of each
			ok(s.Forum.Complain(ctx, []int64{d.comment, d.reply}[k%2], 0, "other", say("claim", i*2*discuss.MaxClaims+k, 290), fmt.Sprintf("203.0.%d.%d", k, i)))
		}
		for k := range remarks {
			ok(s.Forum.SaveNote(ctx, mod.User.Actor(), d.member, say("note", i*remarks+k, discuss.MaxModeratorNote-10)))
			_, err = s.Forum.Punish(ctx, mod.User.Actor(), discuss.Punishment{MemberID: d.member, CommentID: d.comment, Kind: discuss.Warn, Reason: say("reason", i*remarks+k, discuss.MaxReason-10)})
			ok(err)
		}
		file, err := s.DB.AuthorFile(ctx, d.member)
		ok(err)
		for _, n := range file.Notes {
			d.notes = append(d.notes, n.Text)
		}
		for _, n := range file.Sanctions {
			d.reasons = append(d.reasons, n.Reason)
		}
		if len(d.notes) != remarks || len(d.reasons) < remarks {
			t.Fatalf("%d notes, %d reasons", len(d.notes), len(d.reasons))
		}
	}
	var bodies, names, claims []string
	queue, _, err := s.DB.Queue(ctx, discuss.QueueFilter{Kind: discuss.QueueReported, Limit: 100})
	ok(err)
	for _, item := range queue {
		for _, d := range all {
			for _, c := range item.Claims {
				if d.comment == item.ID {
					d.claims = append(d.claims, c.Text)
				}
				if d.comment == item.ID || d.reply == item.ID {
					claims = append(claims, c.Text)
				}
			}
		}
	}
	desk := func(name, path string, wants ...string) { keep(name, mod.Open("/newsroom/discussion"+path), wants...) }
	for _, d := range all {
		bodies, names = append(bodies, d.body), append(names, d.name)
	}
	if len(claims) != 2*discuss.MaxClaims*readers {
		t.Fatalf("%d complaints are in the queue", len(claims))
	}
	desk("reported", "?queue=reported", slices.Concat(bodies, names, claims)...)
	desk("pending", "?queue=pending", slices.Concat(bodies, names)...)
	desk("new", "?queue=new")
	desk("all", "?queue=all")
	desk("of a story", fmt.Sprint("?queue=all&story=", held.ID), slices.Concat(bodies, names)...)
	desk("of a section", fmt.Sprint("?queue=pending&section=", s.Section("nasional")), bodies...)
	desk("stories", "/stories")
	desk("log", "/log")
	for i, d := range all {
		desk(fmt.Sprint("comment ", i), fmt.Sprint("/comments/", d.comment), slices.Concat([]string{d.body, d.name}, d.claims)...)
		desk(fmt.Sprint("reader ", i), fmt.Sprint("/readers/", d.member), slices.Concat([]string{d.name, d.body}, d.notes, d.reasons)...)
	}
	// What a form gives back.
	n := 0
	again := func(path string, form url.Values) {
		t.Helper()
		n++
		given := ""
		for _, name := range []string{"note", "text", "reason"} {
			given = max(given, form.Get(name))
		}
		res := mod.Send("POST", "/newsroom/discussion"+path, form)
		if res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		keep(fmt.Sprint("given back ", n), res)
		if !strings.Contains(valueOf(t, res.Body), strings.Join(strings.Fields(given), " ")) {
			t.Errorf("%s does not give back %.100q", path, given)
		}
	}
	// Without what HTML itself makes of line ends in a field.
	typed := func(i, most int) string {
		return strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(strings.ToValidUTF8(say("typed", i, most), ""))
	}
	at := fmt.Sprint("/comments/", all[0].comment)
	again(at+"/rule", url.Values{"do": {"reject"}, "reason": {"mod_other"}, "note": {typed(0, 20_000)}})
	again(at+"/answer", url.Values{"text": {typed(1, 60_000)}})
	again(fmt.Sprint("/readers/", all[0].member, "/punish"), url.Values{"do": {"warn"}, "reason": {typed(2, 20_000)}})
	again(fmt.Sprint("/readers/", all[0].member, "/note"), url.Values{"note": {typed(3, 20_000)}})
	// What the newsroom writes itself, and the word lists.
	_, err = s.Forum.Answer(ctx, mod.User.Actor(), open.ID, all[1].comment, say("text", 1, 1900))
	ok(err)
	_, err = s.Forum.Rule(ctx, mod.User.Actor(), []int64{all[2].comment}, discuss.Ruling{Action: discuss.ActReject, Reason: discuss.ModeratorReasons[0], Note: say("note", 2, 480), Seen: map[int64]int64{}})
	ok(err)
	for path, form := range map[string]url.Values{ // what a script is told
		fmt.Sprint("/comments/", all[2].comment, "/rule"): {"do": {"approve"}, "seen": {"1"}, "next": {say("typed", 5, 900)}},
		fmt.Sprint("/comments/", all[2].comment, "/same"): {"do": {say("typed", 6, 900)}},
		"/comments/999999/rule":                           {"do": {"approve"}},
	} {
		res := mod.Send("POST", "/newsroom/discussion"+path, form, "Accept", "application/json")
		var v map[string]any
		if err := json.Unmarshal([]byte(res.Body), &v); err != nil || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s as JSON: %d, %v, %s", path, res.StatusCode, err, res.Header.Get("Content-Type"))
		}
		if strings.ContainsAny(res.Body, "<>") {
			t.Errorf("%s as JSON holds markup: %.200s", path, res.Body)
		}
	}
	desk("an answer of the newsroom", fmt.Sprint("/comments/", all[1].comment), all[1].body)
	desk("a rejected one", fmt.Sprint("/comments/", all[2].comment), all[2].body)
	words := []string{strings.Join(strings.Fields(strings.Map(letters, say("typed", 4, 60))), " ")}
	ok(s.Forum.SaveList(ctx, system, nil, discuss.WordList{Name: "sendiri", Decision: discuss.Hold, Words: words}))
	keep("rules", owner.Open("/newsroom/discussion/rules"))
	keep("audit log", owner.Open("/newsroom/audit"))
	res := owner.Open("/newsroom/audit.csv")
	if rows, err := csv.NewReader(strings.NewReader(res.Body)).ReadAll(); err != nil || len(rows) < 50 {
		t.Errorf("the log as a table: %d rows, %v", len(rows), err)
	} else {
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					t.Errorf("a cell of the log begins with %q", cell[:1])
				}
			}
		}
	}
	return pages, shows
}

// letters leaves out what no word of a list can hold.
func letters(r rune) rune {
	if r < ' ' || r == 0xfffd {
		return -1
	}
	return r
}

// valueOf returns all values and texts of the fields of a page.
func valueOf(t *testing.T, page string) string {
	t.Helper()
	_, text := shape(t, page)
	for _, part := range strings.Split(page, ` value="`)[1:] {
		value, _, _ := strings.Cut(part, `"`)
		_, shown := shape(t, "<p>"+value+"</p>")
		text += " " + shown
	}
	return text
}

// TestWhatIsInjectedIsTextOnTheDesk puts every attack into names, comments,
// complaints, moderators' notes and reasons, and looks at every screen of the desk:
// it has the same elements with the same attributes as with words, and shows the
// attacks as text. Paragraphs and list items without attributes follow the text.
func TestWhatIsInjectedIsTextOnTheDesk(t *testing.T) {
	t.Parallel()
	list := attacks()
	const readers = 14
	kinds := map[string]int{"name": readers, "text": readers, "claim": 2 * discuss.MaxClaims * readers, "note": remarks * readers, "reason": remarks * readers, "typed": 1}
	said := map[string]map[string]bool{}
	wild := func(kind string, i, most int) string {
		if said[kind] == nil {
			said[kind] = map[string]bool{}
		}
		of := kinds[kind]
		var b strings.Builder
		b.WriteString("nomor " + strconv.Itoa(i))
		for k := i % of; k < len(list); k += of {
			next := list[k]
			if len([]rune(b.String()))+len([]rune(next))+1 < most {
				b.WriteString(" " + next)
				said[kind][next] = true
			}
		}
		return b.String()
	}
	calmPages, _ := deskScene(t, readers, func(kind string, i, most int) string {
		if kind == "typed" {
			return strings.Repeat("kata ", most/5)
		}
		return map[string]string{"name": "Nama ", "text": "Harga beras ", "claim": "Keluhan ", "note": "Catatan ", "reason": "Alasan "}[kind] + fmt.Sprint("nomor ", i)
	})
	wildPages, shows := deskScene(t, readers, wild)
	for kind, least := range map[string]int{"name": len(list), "text": len(list), "note": len(list) * 9 / 10, "reason": len(list) * 8 / 10, "claim": len(list) * 8 / 10} {
		if n := len(said[kind]); n < least {
			t.Errorf("%d of %d attacks went through %s, want %d", n, len(list), kind, least)
		}
	}
	follows := func(e string) bool { // elements that follow the text
		_, e, _ = strings.Cut(e, " ")
		return slices.Contains([]string{"p []", "li []"}, e)
	}
	for name, page := range wildPages {
		got, text := shape(t, page)
		want, _ := shape(t, calmPages[name])
		bare := strings.Join(strings.Fields(text), "") // between paragraphs there is no space
		for _, show := range shows[name] {
			if show = strings.Join(strings.Fields(show), ""); show == "" || !strings.Contains(bare, show) {
				t.Errorf("%s does not show %.200q", name, show)
			}
		}
		got, want = slices.DeleteFunc(got, follows), slices.DeleteFunc(want, follows)
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
	if len(wildPages) != len(calmPages) || len(wildPages) < 2*readers+14 {
		t.Errorf("%d screens, without attacks %d", len(wildPages), len(calmPages))
	}
	t.Logf("%d attacks, %d screens", len(list), len(wildPages))
}

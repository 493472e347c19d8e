package discussion_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/testkit"
)

// hall is a site on which a reader comments, and who moderates there.
type hall struct {
	*testkit.Site
	story  int64
	reader *testkit.Browser
	member int64
	mod    *testkit.Staffer
}

func newHall(t *testing.T, mode discuss.Mode) *hall {
	h := &hall{Site: testkit.New(t, testkit.Options{})}
	h.story = h.Publish(news.Content{SectionID: h.Section("nasional"), Headline: "Harga beras turun", Body: h.Body("Satu.")}).ID
	h.mod = h.Staffer(account.Moderator)
	h.reader = h.Reader("rina@pembaca.example", "Rina Kartika")
	f, err := h.DB.Member(t.Context(), member.Pick{Email: "rina@pembaca.example"})
	if err != nil {
		t.Fatal(err)
	}
	h.member = f.Record.ID
	res := h.Staffer(account.Owner).Send("POST", "/newsroom/discussion/rules", url.Values{"mode": {string(mode)}, "per_minute": {"100"}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("the owner's rules: %d %s", res.StatusCode, res.Body)
	}
	return h
}

func (h *hall) say(text string) discuss.Comment {
	h.T.Helper()
	c, err := h.Forum.Post(h.T.Context(), discuss.Draft{StoryID: h.story, MemberID: h.member, Text: text, Network: "192.0.2.9"})
	if err != nil {
		h.T.Fatal(err)
	}
	return c
}

// last returns the newest moderation.
func (h *hall) last(t *testing.T) int64 {
	t.Helper()
	list, err := h.DB.Moderations(t.Context(), 0, 1)
	if err != nil || len(list) == 0 {
		t.Fatal("there is no moderation", err)
	}
	return list[0].ID
}

func (h *hall) state(id int64) discuss.State {
	h.T.Helper()
	e, err := h.DB.Comment(h.T.Context(), id)
	if err != nil {
		h.T.Fatal(err)
	}
	return e.State
}

// page asks for a page of the desk and wants it to hold all of some texts.
func (h *hall) page(who *testkit.Staffer, path string, wants ...string) string {
	h.T.Helper()
	res := who.Send("GET", path, nil)
	if res.StatusCode != http.StatusOK {
		h.T.Fatalf("%s: %d %s", path, res.StatusCode, res.Body)
	}
	for _, w := range wants {
		if !strings.Contains(res.Body, w) {
			h.T.Errorf("%s holds no %q", path, w)
		}
	}
	return res.Body
}

// sends a form and returns where it leads.
func (h *hall) form(who *testkit.Staffer, path string, status int, pairs ...string) testkit.Response {
	h.T.Helper()
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	res := who.Send("POST", path, f)
	if res.StatusCode != status {
		h.T.Fatalf("POST %s: %d, want %d: %s", path, res.StatusCode, status, res.Body)
	}
	return res
}

func TestAModeratorWorksThroughTheQueue(t *testing.T) {
	t.Parallel()
	h := newHall(t, discuss.ModeBefore)
	attack := `<script>alert(1)</script> "onload=x`
	one, two := h.say("Semoga turun terus "+attack), h.say("Dasar 4nj1ng kalian")
	body := h.page(h.mod, "/newsroom/discussion?queue=pending", "Semoga turun terus", "Rina Kartika", "kata: 4nj1ng", "Harga beras turun", `data-comment="`+fmt.Sprint(one.ID)+`"`)
	if strings.Contains(body, "<script>alert") {
		t.Error("a comment is no text on the desk")
	}
	at := fmt.Sprintf("/newsroom/discussion/comments/%d", one.ID)
	res := h.form(h.mod, at+"/rule", http.StatusSeeOther, "do", "approve", "seen", "0", "next", "/newsroom/discussion?queue=pending")
	to := res.Header.Get("Location")
	if h.state(one.ID) != discuss.Published || !strings.HasPrefix(to, "/newsroom/discussion?") || !strings.Contains(to, "undo=") {
		t.Fatalf("approved: %s, leads to %s", h.state(one.ID), to)
	}
	body = h.page(h.mod, to, "Komentar tayang.", "data-undo")
	if strings.Contains(body, "Semoga turun") {
		t.Error("it still waits")
	}
	// Somebody else had the page open since before.
	second := h.Staffer(account.Moderator)
	res = h.form(second, at+"/rule", http.StatusConflict, "do", "reject", "reason", "mod_spam", "seen", "0")
	if !strings.Contains(res.Body, h.mod.User.Name+" sudah memutuskan") || h.state(one.ID) != discuss.Published {
		t.Errorf("the second moderator reads: %s", res.Body)
	}
	h.form(h.mod, fmt.Sprintf("/newsroom/discussion/comments/%d/rule", two.ID), http.StatusSeeOther, "do", "reject", "reason", "mod_insult", "note", "Sopan, ya.", "seen", "0")
	h.form(h.mod, at+"/answer", http.StatusSeeOther, "text", "Kami pantau terus.")
	h.page(h.mod, at, "Kami pantau terus.", "Utas")
	log := h.page(h.mod, "/newsroom/discussion/log", "Komentar disetujui", "Komentar ditolak", h.mod.User.Name)
	undo := log[strings.Index(log, "/newsroom/discussion/log/"):]
	h.form(h.mod, undo[:strings.IndexByte(undo, '"')], http.StatusSeeOther)
	if h.state(two.ID) != discuss.Pending {
		t.Errorf("after undo it is %s", h.state(two.ID))
	}
	h.page(h.mod, "/newsroom/discussion/stories", "Harga beras turun")
	if res := h.Staffer(account.Editor).Send("GET", "/newsroom/discussion", nil); res.StatusCode != http.StatusForbidden {
		t.Errorf("an editor's desk of moderation: %d", res.StatusCode)
	}
}

func TestAModeratorOfASectionSeesItsCommentsAlone(t *testing.T) {
	t.Parallel()
	h := newHall(t, discuss.ModeBefore)
	c := h.say("Di nasional saja")
	bola := h.Staffer(account.Reporter, account.Grant{SectionID: h.Section("bola"), Role: account.Moderator})
	if body := h.page(bola, "/newsroom/discussion?queue=pending"); strings.Contains(body, "Di nasional") {
		t.Error("he sees the queue of another section")
	}
	at := fmt.Sprintf("/newsroom/discussion/comments/%d", c.ID)
	if res := bola.Send("GET", at, nil); res.StatusCode != http.StatusForbidden {
		t.Errorf("the comment itself: %d", res.StatusCode)
	}
	h.form(bola, at+"/rule", http.StatusForbidden, "do", "approve", "seen", "0")
	h.form(bola, fmt.Sprintf("/newsroom/discussion/readers/%d/punish", h.member), http.StatusForbidden, "do", "ban", "reason", "x")
	h.page(bola, fmt.Sprintf("/newsroom/discussion/rules?section=%d", h.Section("bola")), `name="mode"`)
	h.form(bola, "/newsroom/discussion/rules", http.StatusForbidden, "mode", "off")
	h.form(bola, "/newsroom/discussion/rules", http.StatusSeeOther, "mode", "off", "section", fmt.Sprint(h.Section("bola")))
}

func TestAReaderIsPunishedAndHisAccountClosed(t *testing.T) {
	t.Parallel()
	h := newHall(t, discuss.ModeAfter)
	h.say("Komentar pertama saya")
	h.say("Komentar kedua saya")
	at := fmt.Sprintf("/newsroom/discussion/readers/%d", h.member)
	// What cannot be taken comes back with the words, beside what is wrong.
	for _, c := range []struct {
		at    string
		form  []string
		wants []string
	}{
		{at + "/punish", []string{"do", "ban", "reason", "", "days", "7"}, []string{`id="e-reason"`, `value="ban"`}},
		{at + "/punish", []string{"do", "suspend", "reason", "Menyerang orang", "days", "9000"}, []string{`id="e-days"`, `value="Menyerang orang"`, `value="9000"`}},
		{at + "/note", []string{"note", strings.Repeat("Panjang sekali. ", 60)}, []string{`id="e-note"`, "Panjang sekali. Panjang sekali."}},
		{at + "/account", []string{"do", "disable", "reason", ""}, []string{`id="e-reason"`, `value="disable"`}},
		{"/newsroom/discussion/comments/1/rule", []string{"do", "reject", "seen", "0", "reason", "mod_other", "note", ""}, []string{`id="e-note"`, `value="mod_other" selected`, `name="seen" value="0"`}},
		{"/newsroom/discussion/comments/1/rule", []string{"do", "reject", "seen", "0", "reason", "", "note", "Ini catatan saya"}, []string{`id="e-reason"`, "Ini catatan saya"}},
		{"/newsroom/discussion/comments/1/answer", []string{"text", strings.Repeat("Jawaban redaksi. ", 200)}, []string{`name="text"`, "Jawaban redaksi. Jawaban"}},
	} {
		res := h.form(h.mod, c.at, http.StatusBadRequest, c.form...)
		for _, w := range append(c.wants, `action="`+c.at+`"`, `role="alert"`) {
			if !strings.Contains(res.Body, w) {
				t.Errorf("%s with %.60v: the form holds no %s", c.at, c.form, w)
			}
		}
	}
	h.form(h.mod, at+"/punish", http.StatusSeeOther, "do", "suspend", "days", "3", "reason", "Menyerang orang.")
	h.form(h.mod, at+"/note", http.StatusSeeOther, "note", "Pernah sopan.")
	h.page(h.mod, at, "Pernah sopan.", "Menyerang orang.", "ditangguhkan sampai", "Komentar kedua saya")
	res := h.form(h.mod, at+"/bulk", http.StatusSeeOther, "do", "reject", "reason", "mod_spam")
	h.page(h.mod, res.Header.Get("Location"), "2 komentar ditolak.")
	if res := h.reader.Open("/account"); res.StatusCode != http.StatusOK {
		t.Fatalf("the reader's account: %d", res.StatusCode)
	}
	h.form(h.mod, at+"/account", http.StatusSeeOther, "do", "disable", "reason", "Akun palsu")
	if res := h.reader.Open("/account"); res.StatusCode == http.StatusOK {
		t.Error("a closed account is still open")
	}
	h.page(h.mod, at, "akun ditutup", "Buka lagi akun ini")
	h.form(h.mod, at+"/account", http.StatusSeeOther, "do", "enable")
	log := h.page(h.mod, "/newsroom/discussion/log", "Akun pembaca ditutup", "Akun pembaca dibuka lagi", at)
	if first := log[strings.Index(log, "Akun pembaca dibuka lagi"):]; strings.Contains(first[:strings.Index(first, "</tr>")], "/undo") {
		t.Error("a closed account is offered to be undone from the log")
	}
	h.form(h.mod, fmt.Sprintf("/newsroom/discussion/log/%d/undo", h.last(t)), http.StatusConflict)
	lines, err := h.DB.Audits(t.Context(), news.AuditFilter{Object: fmt.Sprintf("member:%d", h.member), Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	var did []string
	for _, l := range lines {
		did = append(did, l.Action)
	}
	if all := strings.Join(did, " "); !strings.Contains(all, "enable disable") || !strings.Contains(all, "reader.suspend") {
		t.Errorf("the audit log says %s", all)
	}
}

func TestRulesAndListsAreForms(t *testing.T) {
	t.Parallel()
	h := newHall(t, discuss.ModeAfter)
	owner := h.Staffer(account.Owner)
	h.page(owner, "/newsroom/discussion/rules", "Langsung tayang", "Bawaan bahasa Indonesia", "Layanan luar")
	h.form(owner, "/newsroom/discussion/rules", http.StatusSeeOther, "mode", "members")
	if _, err := h.Forum.Post(t.Context(), discuss.Draft{StoryID: h.story, MemberID: h.member, Text: "Boleh ikut?", Network: "192.0.2.9"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("members alone write, and a reader without a plan does: %v", err)
	}
	h.page(h.mod, "/newsroom/discussion/rules?story="+fmt.Sprint(h.story), "Hanya anggota")
	res := h.form(owner, "/newsroom/discussion/rules", http.StatusBadRequest, "mode", "after", "max_length", "5")
	if !strings.Contains(res.Body, `id="e-max_length"`) || !strings.Contains(res.Body, `value="5"`) {
		t.Errorf("the error stands not beside its field: %s", res.Body)
	}
	h.form(owner, "/newsroom/discussion/rules", http.StatusBadRequest, "hook", "https://hook.example/x")
	h.form(owner, "/newsroom/discussion/rules", http.StatusSeeOther, "mode", "after", "per_minute", "100", "own_phases", "1", "phase", "words")
	h.form(h.mod, "/newsroom/discussion/lists", http.StatusSeeOther, "name", "judi", "words", "slot gacor\nmaxwin*", "decision", "refuse")
	h.page(h.mod, "/newsroom/discussion/rules", "judi", "maxwin*")
	if c := h.say("Main slot gacor yuk"); c.State != discuss.Rejected {
		t.Errorf("a listed phrase is %s", c.State)
	}
	h.form(h.mod, "/newsroom/discussion/rules", http.StatusSeeOther, "mode", "off", "story", fmt.Sprint(h.story))
	if _, err := h.Forum.Post(t.Context(), discuss.Draft{StoryID: h.story, MemberID: h.member, Text: "Masih buka?", Network: "192.0.2.9"}); err == nil {
		t.Error("the story's discussion is closed, and takes a comment")
	}
}

// The draft of a story and the rules of its discussion lead to each other, for who
// may look at both.
func TestADraftAndTheRulesOfItsDiscussionLeadToEachOther(t *testing.T) {
	t.Parallel()
	h := newHall(t, discuss.ModeAfter)
	draft, rules := fmt.Sprintf("/newsroom/stories/%d", h.story), fmt.Sprintf("/newsroom/discussion/rules?story=%d", h.story)
	queue := fmt.Sprintf("/newsroom/discussion?queue=pending&story=%d", h.story)
	href := func(path string) string { return `href="` + strings.ReplaceAll(path, "&", "&amp;") + `"` }
	here := h.Staffer(account.Editor, account.Grant{SectionID: h.Section("nasional"), Role: account.Moderator})
	h.page(here, draft, href(rules))
	h.page(here, rules, href(draft), href(queue))
	h.page(here, queue, href(draft), href(rules))
	elsewhere := h.Staffer(account.Editor, account.Grant{SectionID: h.Section("bola"), Role: account.Moderator})
	if strings.Contains(h.page(elsewhere, draft), href(rules)) {
		t.Error("an editor is led to the rules of a discussion that he does not moderate")
	}
	for _, path := range []string{rules, queue} {
		if strings.Contains(h.page(h.mod, path), href(draft)) {
			t.Errorf("%s leads a moderator to a draft that he may not read", path)
		}
	}
}

// Who was slower with a reason in his own words has them back, with what the other
// one did, and may decide against it.
func TestTheSlowerModeratorKeepsHisWords(t *testing.T) {
	t.Parallel()
	h := newHall(t, discuss.ModeBefore)
	c := h.say("Semoga turun terus")
	at, second := fmt.Sprintf("/newsroom/discussion/comments/%d/rule", c.ID), h.Staffer(account.Moderator)
	h.form(h.mod, at, http.StatusSeeOther, "do", "approve", "seen", "0")
	said := []string{"do", "reject", "reason", "mod_other", "note", "Ini <iklan> tersamar", "seen"}
	res := h.form(second, at, http.StatusConflict, append(said, "0")...)
	seen := regexp.MustCompile(`name="seen" value="(\d+)"`).FindStringSubmatch(res.Body)
	for _, w := range []string{h.mod.User.Name + " sudah memutuskan", "Ini &lt;iklan&gt; tersamar</textarea>", `value="mod_other" selected`, `value="reject"`} {
		if !strings.Contains(res.Body, w) {
			t.Errorf("the form holds no %s", w)
		}
	}
	if seen == nil || seen[1] == "0" || h.state(c.ID) != discuss.Published {
		t.Fatalf("seen %v, and the comment is %s", seen, h.state(c.ID))
	}
	h.form(second, at, http.StatusSeeOther, append(said, seen[1])...)
	if h.state(c.ID) != discuss.Removed {
		t.Errorf("decided again, the comment is %s", h.state(c.ID))
	}
	// What cannot be answered any more: the answer is still there.
	res = h.form(h.mod, fmt.Sprintf("/newsroom/discussion/comments/%d/answer", c.ID), http.StatusConflict, "text", "Terima kasih, kami catat.")
	if !strings.Contains(res.Body, "Terima kasih, kami catat.</textarea>") {
		t.Errorf("the answer is lost: %s", res.Body)
	}
}

func TestNobodyIsCalledLikeTheNewsroom(t *testing.T) {
	t.Parallel()
	h := newHall(t, discuss.ModeAfter)
	name := h.mod.User.Name // "moderator 1"
	err := h.Members.SaveProfile(t.Context(), h.member, member.Profile{Name: strings.ReplaceAll(name, "o", "о")})
	if err == nil {
		t.Error("a reader is called like a moderator, in Cyrillic letters")
	}
	if err := h.Members.SaveProfile(t.Context(), h.member, member.Profile{Name: "Rina Kartika Sari"}); err != nil {
		t.Error(err)
	}
}

// TestCommentsOfGuestsOnTheDesk imports comments that nobody here wrote: they have
// the name that they had, wait, and are decided like others.
func TestCommentsOfGuestsOnTheDesk(t *testing.T) {
	t.Parallel()
	h := newHall(t, discuss.ModeBefore)
	written := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	_, _, err := h.Forum.Import(t.Context(), account.System("test"), []discuss.Incoming{
		{URI: "https://lama.example/#1", StoryID: h.story, Name: "Pak Darma", Text: "Tunggu saya.", At: written, State: discuss.Pending},
		{URI: "https://lama.example/#2", ReplyTo: "https://lama.example/#1", StoryID: h.story, Name: "Bu Asih", Text: "Saya menyusul.", At: written.Add(time.Hour), State: discuss.Pending}})
	if err != nil {
		t.Fatal(err)
	}
	body := h.page(h.mod, "/newsroom/discussion?queue=pending", "Pak Darma", "Bu Asih", "tanpa akun, dari impor", "Menjawab Pak Darma",
		"21/11/2026, 10:00")
	if strings.Contains(body, "akunnya dihapus") {
		t.Error("a guest is told to be somebody who gave his account up")
	}
	id := regexp.MustCompile(`data-comment="(\d+)"`).FindAllStringSubmatch(body, -1)
	if len(id) != 2 {
		t.Fatalf("%d comments wait", len(id))
	}
	for _, m := range id {
		h.form(h.mod, "/newsroom/discussion/comments/"+m[1]+"/rule", http.StatusSeeOther, "do", "approve", "seen", "0")
	}
	h.page(h.mod, "/newsroom/discussion/comments/"+id[0][1], "tayang")
}

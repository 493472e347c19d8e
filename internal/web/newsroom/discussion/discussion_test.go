package discussion_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/discuss"
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
	h.form(h.mod, at+"/punish", http.StatusBadRequest, "do", "ban", "reason", "")
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
	res := h.form(owner, "/newsroom/discussion/rules", http.StatusBadRequest, "mode", "members")
	if !strings.Contains(res.Body, `name="mode"`) {
		t.Error("the form is gone with the error")
	}
	res = h.form(owner, "/newsroom/discussion/rules", http.StatusBadRequest, "mode", "after", "max_length", "5")
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

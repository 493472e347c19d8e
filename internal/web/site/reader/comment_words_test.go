package reader_test

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/discuss"
	"warta/internal/web"
)

// TestWordsAreNotLostAtTheEdges sends words that cannot be taken: after the session
// ended, beyond every limit, and where members alone write.
func TestWordsAreNotLostAtTheEdges(t *testing.T) {
	t.Parallel()
	s, story := talking(t, discuss.Patch{})
	rani := s.Reader("rani@kabar.example", "Rani Setya")
	form := fmt.Sprintf("/comment/story/%d", story)
	if res := rani.Post(form, "text", "Bakau di teluk kami"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("a comment: %d", res.StatusCode)
	}
	words := "Bakau di teluk kami sudah tumbuh <tinggi>"

	token := rani.Cookies[web.ReaderCookie]
	delete(rani.Cookies, web.ReaderCookie)
	for _, id := range []string{"1", "99"} { // what there is not tells nothing either
		res := rani.Post("/comment/own/"+id, "text", words)
		if res.StatusCode != http.StatusUnauthorized || !strings.Contains(res.Body, "sudah tumbuh &lt;tinggi&gt;</textarea>") ||
			!strings.Contains(res.Body, `action="/comment/own/`+id+`"`) || !strings.Contains(res.Body, `href="/account/sign-in?next=`) {
			t.Errorf("a change after the session ended: %d %.400s", res.StatusCode, res.Body)
		}
	}
	rani.Cookies[web.ReaderCookie] = token
	if res := rani.Post("/comment/own/1", "text", words); res.StatusCode != http.StatusSeeOther {
		t.Errorf("signed in again: %d", res.StatusCode)
	}

	// Of what has no end the beginning comes back, as much as a comment may have; it
	// is cut between signs wherever the form was cut.
	for pad := range 12 {
		endless := strings.Repeat("x", pad) + strings.Repeat("🌾 <b>&", 40_000)
		kept := html.EscapeString(string([]rune(endless)[:discuss.LongestText])) + "</textarea>"
		for path, says := range map[string]string{form: "permulaannya", "/comment/own/1": "permulaannya", "/comment/report/1": "permulaannya"} {
			res := rani.Post(path, "text", endless)
			if res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(res.Body, says) || !strings.Contains(res.Body, "10.000") || !strings.Contains(res.Body, kept) {
				t.Fatalf("%s, a form without end: %d %.300s", path, res.StatusCode, res.Body)
			}
		}
		if pad > 0 {
			continue
		}
		delete(rani.Cookies, web.ReaderCookie)
		for _, path := range []string{form, "/comment/own/1"} {
			res := rani.Post(path, "text", endless)
			if res.StatusCode != http.StatusUnauthorized || !strings.Contains(res.Body, "permulaannya") || !strings.Contains(res.Body, kept) || !strings.Contains(res.Body, `href="/account/sign-in?next=`) {
				t.Fatalf("%s, a form without end, and signed out: %d %.300s", path, res.StatusCode, res.Body)
			}
		}
		rani.Cookies[web.ReaderCookie] = token
	}
	if list, err := s.DB.CommentsOf(t.Context(), 1, 0, 10); err != nil || len(list) != 1 || list[0].Body != words {
		t.Errorf("something of it was taken: %v %v", list, err)
	}
	page := s.Get(s.Path(s.Story(story))).Body
	if !strings.Contains(page, `maxlength="2000"`) {
		t.Error("the browser does not know how much fits")
	}

	members := discuss.ModeMembers
	if err := s.Forum.SaveRules(t.Context(), account.System("test"), discuss.ScopeSite, 0, nil, discuss.Patch{Mode: &members}); err != nil {
		t.Fatal(err)
	}
	res := rani.Post(form, "text", words)
	if res.StatusCode != http.StatusForbidden || !strings.Contains(res.Body, "&lt;tinggi&gt;</textarea>") || !strings.Contains(res.Body, `href="/member"`) {
		t.Errorf("where members alone write: %d %.300s", res.StatusCode, res.Body)
	}
}

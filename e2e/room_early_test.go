package e2e_test

import (
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/page"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// TestRoomKeepsWhatIsTypedBeforeTheEditorIsThere: on a slow connection the
// headline can be written in long before the script has come.
func TestRoomKeepsWhatIsTypedBeforeTheEditorIsThere(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Settings: settings("id")})
	reporter := s.Staffer(account.Reporter)
	// first is what happens when the headline stands on the page, before any script of ours runs.
	opened := func(t *testing.T, id int64, first string) *tab {
		t.Helper()
		b := signed(t, reporter, 1280)
		call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `new MutationObserver((_,seen)=>{
	 const e=document.querySelector("#f-headline"); if(!e||!document.querySelector("#panel")) return; seen.disconnect();` + first + `}).observe(document,{childList:true,subtree:true})`})
		b.open("/newsroom/stories/"+strconv.FormatInt(id, 10), 200)
		return b
	}
	begun := func(t *testing.T) int64 {
		t.Helper()
		id, err := s.Desk.Create(t.Context(), reporter.User.Actor(), news.Content{Headline: "Lama", SectionID: s.Section("nasional")})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	t.Run("it is saved", func(t *testing.T) {
		t.Parallel()
		id := begun(t)
		b := opened(t, id, `e.value="Diketik Sebelum Waktunya";`)
		b.saved(s, id, "Diketik Sebelum Waktunya")
		b.quiet()
	})
	t.Run("it meets what somebody else saved meanwhile", func(t *testing.T) {
		t.Parallel()
		id := begun(t)
		b := opened(t, id, `e.value="Dari Ponsel yang Lambat";
	 const r=new XMLHttpRequest(); r.open("POST",location.pathname+"/draft",false); r.setRequestHeader("Content-Type","application/json"); r.setRequestHeader("Accept","application/json");
	 r.send(JSON.stringify({base:Number(document.querySelector("[data-story]").dataset.seq),fields:{headline:"Dari Meja Redaksi"}}));`)
		b.until("both texts to be shown", `/Dari Ponsel yang Lambat/.test(document.querySelector("[data-conflicts]").textContent)`)
		b.saved(s, id, "Dari Meja Redaksi")
	})
}

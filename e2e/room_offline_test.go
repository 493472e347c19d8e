package e2e_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// online takes the network from a tab, or gives it back. What the browser says
// about that is no trouble.
func (b *tab) online(yes bool) {
	b.t.Helper()
	b.network(yes, -1)
}

// network sets also how many bytes a second go out, -1 for as many as can.
func (b *tab) network(yes bool, up float64) {
	b.t.Helper()
	call(b, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{
		{Offline: !yes, DownloadThroughput: -1, UploadThroughput: up}}})
	call(b, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !yes, DownloadThroughput: -1, UploadThroughput: up})
	b.until("the browser to know", `navigator.onLine===`+strconv.FormatBool(yes))
}

// forgive forgets what the browser said while it had no network or no server,
// and what else is named.
func (b *tab) forgive(words ...string) {
	words = append(words, "ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET",
		"ERR_EMPTY_RESPONSE", "ERR_INCOMPLETE_CHUNKED_ENCODING")
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trouble = slices.DeleteFunc(b.trouble, func(s string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
	})
}

// shows tells whether the part of the page under a selector is there and says all of these.
func (b *tab) shows(what, selector string, words ...string) {
	b.t.Helper()
	list, err := json.Marshal(append([]string{}, words...)) // none is a list as well
	b.ok(err)
	b.until(what, `(e=>!!e&&!e.hidden&&`+string(list)+`.every(w=>e.textContent.includes(w)))(document.querySelector(`+quote(selector)+`))`)
}

// TestRoomThreeWriteInOneStory lets three people write in one story, two at the
// same time and one without a network for a while: nothing is lost, and where
// two changed the same paragraph both texts are shown.
func TestRoomThreeWriteInOneStory(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})
			id := s.Create(news.Content{Body: s.Body("Paragraf pertama.", "Paragraf kedua.", "Paragraf ketiga.", "Paragraf keempat.", "Paragraf kelima.")})
			rani, budi, sari := s.Staffer(account.Editor), s.Staffer(account.Editor), s.Staffer(account.Editor)
			here, away, beside := signed(t, rani, 1280), signed(t, budi, 360), signed(t, sari, 1280)
			all := []*tab{here, away, beside}
			for _, b := range all {
				b.open("/newsroom/stories/"+strconv.FormatInt(id, 10), 200)
				b.until("the draft to be open", `!!document.querySelector(`+quote(paper)+`)`)
			}
			here.shows("the others' names", "[data-people]", budi.User.Name, sari.User.Name)
			away.shows("the others' names", "[data-people]", rani.User.Name, sari.User.Name)
			beside.shows("the others' names", "[data-people]", rani.User.Name, budi.User.Name)

			away.online(false)
			away.writes(0, " Budi menambah kalimat.")
			away.writes(1, " Budi mengubah yang kedua.")
			away.shows("the word that there is no connection", ".ed-bar-calm")
			away.shoot("room-offline", "id", 360, "light")
			// At the same time: the hands are at the keys before anybody types.
			here.writes(1, " Rani mengubah yang kedua.")
			here.saved(s, id, "Rani mengubah yang kedua.")
			beside.shows("what the other wrote", paper, "Rani mengubah yang kedua.")
			together(s, id, here, 2, " Rani menambah kalimat.", beside, 4, " Sari menambah kalimat.")
			together(s, id, here, 3, " Rani mengubah yang keempat.", beside, 3, " Sari mengubah yang keempat.")

			away.online(true)
			away.saved(s, id, "Paragraf pertama. Budi menambah kalimat.", "Paragraf ketiga. Rani menambah kalimat.", "Paragraf kelima. Sari menambah kalimat.", "yang kedua.")
			for _, b := range all {
				b.shows("both texts of the second paragraph", "[data-conflicts]", "Rani mengubah yang kedua.", "Budi mengubah yang kedua.")
				b.shows("what the others wrote", paper, "Budi menambah kalimat.", "Rani menambah kalimat.", "Sari menambah kalimat.")
			}
			for _, b := range []*tab{here, away} {
				b.accessible("light", true)
				b.narrow(eval[int64](b, "innerWidth"))
			}
			away.shoot("room-conflict", "id", 360, "light")
			here.shoot("room-conflict", "id", 1280, "light")

			here.takesBoth()
			here.saved(s, id, "Rani mengubah yang kedua.", "Budi mengubah yang kedua.", "Rani mengubah yang keempat.", "Sari mengubah yang keempat.")
			for _, b := range all {
				b.until("no conflict", `document.querySelector("[data-conflicts]").hidden`)
				b.shows("all that was written", paper, "Rani mengubah yang kedua.", "Budi mengubah yang kedua.", "Rani mengubah yang keempat.", "Sari mengubah yang keempat.")
				b.forgive()
				b.quiet()
			}
		})
	}
}

// together lets two type before the editor of either has saved, and waits until
// both texts are in the draft or beside it.
func together(s *testkit.Site, id int64, one *tab, p int, first string, other *tab, q int, second string) {
	one.t.Helper()
	one.stands(p)
	other.stands(q)
	one.typed(first)
	other.typed(second)
	eventually(one.t, "both texts to be kept", func() bool {
		st, err := s.DB.DraftState(one.t.Context(), id)
		one.ok(err)
		text, err := json.Marshal(st.Conflicts)
		one.ok(err)
		kept := st.Content.Body.Plain() + string(text)
		return strings.Contains(kept, first) && strings.Contains(kept, second)
	})
	for _, b := range []*tab{one, other} {
		b.saved(s, id)
	}
}

// takesBoth settles every conflict by taking both texts.
func (b *tab) takesBoth() {
	b.t.Helper()
	const open = `document.querySelectorAll("[data-conflicts] article")`
	for n := eval[int](b, open+".length"); n > 0; n-- {
		eval[bool](b, `(document.querySelectorAll("[data-conflicts] article .actions button")[2].click(),true)`)
		b.until("one conflict less", open+".length<"+strconv.Itoa(n))
	}
}

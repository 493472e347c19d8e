package e2e_test

import (
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
	call(b, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{
		{Offline: !yes, DownloadThroughput: -1, UploadThroughput: -1}}})
	call(b, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !yes, DownloadThroughput: -1, UploadThroughput: -1})
	b.until("the browser to know", `navigator.onLine===`+strconv.FormatBool(yes))
}

// forgive forgets what the browser said while it had no network.
func (b *tab) forgive() {
	b.mu.Lock()
	defer b.mu.Unlock()
	var left []string
	for _, s := range b.trouble {
		if !strings.Contains(s, "ERR_INTERNET_DISCONNECTED") && !strings.Contains(s, "ERR_NETWORK_CHANGED") {
			left = append(left, s)
		}
	}
	b.trouble = left
}

// TestRoomTwoWriteInOneStory lets two people write in one story, one of them
// without a network for a while: nothing is lost, and where both changed the
// same paragraph both texts are shown.
func TestRoomTwoWriteInOneStory(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})
			id := s.Create(news.Content{Body: s.Body("Paragraf pertama.", "Paragraf kedua.", "Paragraf ketiga.")})
			at := "/newsroom/stories/" + strconv.FormatInt(id, 10)
			rani, budi := s.Staffer(account.Editor), s.Staffer(account.Editor)
			here, away := signed(t, rani, 1280), signed(t, budi, 360)
			for _, b := range []*tab{here, away} {
				b.open(at, 200)
				b.until("the draft to be open", `!!document.querySelector(`+quote(paper)+`)`)
			}
			here.until("the other's name", `document.querySelector("[data-people]").textContent.includes(`+quote(budi.User.Name)+`)`)
			away.until("the other's name", `document.querySelector("[data-people]").textContent.includes(`+quote(rani.User.Name)+`)`)

			away.online(false)
			away.writes(0, " Budi menambah kalimat.")
			away.writes(1, " Budi mengubah yang kedua.")
			away.until("the word that there is no connection", `!document.querySelector(".ed-bar-calm").hidden`)
			away.shoot("room-offline", "id", 360, "light")
			here.writes(1, " Rani mengubah yang kedua.")
			here.writes(2, " Rani menambah kalimat.")
			here.saved(s, id, "Rani mengubah yang kedua.", "Rani menambah kalimat.")

			away.online(true)
			away.saved(s, id, "Paragraf pertama. Budi menambah kalimat.", "Paragraf ketiga. Rani menambah kalimat.", "yang kedua.")
			for _, b := range []*tab{here, away} {
				b.until("both texts of the second paragraph", `(e=>!!e&&!e.hidden&&e.textContent.includes("Rani mengubah yang kedua.")&&e.textContent.includes("Budi mengubah yang kedua."))(document.querySelector("[data-conflicts]"))`)
				b.until("what the other wrote", `(e=>e.textContent.includes("Budi menambah kalimat.")&&e.textContent.includes("Rani menambah kalimat."))(document.querySelector(`+quote(paper)+`))`)
				b.accessible("light", true)
				b.narrow(eval[int64](b, "innerWidth"))
			}
			away.shoot("room-conflict", "id", 360, "light")
			here.shoot("room-conflict", "id", 1280, "light")

			// Both are taken; then nothing waits, here and there.
			eval[bool](here, `([...document.querySelectorAll("[data-conflicts] .actions button")].at(2).click(),true)`)
			here.saved(s, id, "Rani mengubah yang kedua.", "Budi mengubah yang kedua.")
			for _, b := range []*tab{here, away} {
				b.until("no conflict", `document.querySelector("[data-conflicts]").hidden`)
				b.forgive()
				b.quiet()
			}
		})
	}
}

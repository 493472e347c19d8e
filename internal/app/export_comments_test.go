package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/discuss"
	"warta/internal/news"
	"warta/internal/testkit"
)

func TestAnExportHasTheCommentsThatReadersRead(t *testing.T) {
	t.Parallel()
	for _, postgres := range []bool{false, true} {
		t.Run(map[bool]string{false: "SQLite", true: "PostgreSQL"}[postgres], func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: postgres, Unproved: true})
			ok := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			after, off := discuss.ModeAfter, discuss.ModeOff
			admin := account.System("test")
			ok(s.Forum.SaveRules(t.Context(), admin, discuss.ScopeSite, 0, nil, discuss.Patch{Mode: &after}))
			open, shut, gone := s.Publish(news.Content{}), s.Publish(news.Content{}), s.Publish(news.Content{})
			rani, budi := s.Reader("rani@kabar.example", "Rani Setya"), s.Reader("budi@kabar.example", "Budi Santoso")
			say := func(b *testkit.Browser, story news.Story, pairs ...string) {
				t.Helper()
				if res := b.Post(fmt.Sprintf("/comment/story/%d", story.ID), pairs...); res.StatusCode != 303 {
					t.Fatalf("%v: %d", pairs, res.StatusCode)
				}
			}
			say(rani, open, "text", "Harga beras\nturun <lagi>")
			say(budi, open, "text", "Syukurlah kalau begitu", "reply", "1")
			say(budi, open, "text", "zqxditolak oleh redaksi")
			say(rani, open, "text", "zqxdihapus sendiri")
			say(rani, shut, "text", "zqxdimatikan sesudahnya")
			say(budi, gone, "text", "zqxberita dicabut")
			_, err := s.Forum.Rule(t.Context(), admin, []int64{3}, discuss.Ruling{Action: discuss.ActReject, Reason: "mod_spam"})
			ok(err)
			rani.Post("/comment/delete/4", "twice", "1")
			ok(s.Forum.SaveRules(t.Context(), admin, discuss.ScopeStory, shut.ID, []int64{shut.SectionID}, discuss.Patch{Mode: &off}))
			_, err = s.Desk.Withdraw(t.Context(), testkit.Actor, gone.ID, news.ReasonSARA, "Keliru.")
			ok(err)
			dir := filepath.Join(t.TempDir(), "ekspor")
			sum, err := s.Export(t.Context(), dir, nil)
			ok(err)
			raw, err := os.ReadFile(filepath.Join(dir, "site", "comments.jsonl"))
			ok(err)
			want := `{"id":1,"story":1,"thread":1,"name":"Rani Setya","state":"published","at":"2026-11-23T05:00:00Z","text":"Harga beras\nturun <lagi>"}
{"id":2,"story":1,"parent":1,"thread":1,"name":"Budi Santoso","state":"published","at":"2026-11-23T05:00:00Z","text":"Syukurlah kalau begitu"}
`
			if got := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(raw)); got != want || sum.Comments != 2 {
				t.Errorf("%d comments:\n%s\nwant\n%s", sum.Comments, got, want)
			}
			if strings.Contains(string(raw), "@") {
				t.Error("an address is in it")
			}
			other := testkit.New(t, testkit.Options{})
			if _, err := other.Restore(t.Context(), dir, nil); err != nil {
				t.Errorf("the export does not come back: %v", err)
			}
		})
	}
}

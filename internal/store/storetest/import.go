package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/change"
	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
)

// incoming returns an incoming item.
func (n *newsroom) incoming(uri, version, headline string) news.Incoming {
	n.t.Helper()
	return news.Incoming{URI: uri, Version: version, Hash: uri + version + headline,
		Content: n.content("nasional", headline), Published: noon.Add(-24 * time.Hour)}
}

// results returns the results alone.
func results(list []news.Imported) []news.ImportResult {
	var words []news.ImportResult
	for _, r := range list {
		words = append(words, r.Result)
	}
	return words
}

var importCases = []testcase{
	{"an item is created, repeated, updated and outdated", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		first := n.take(n.incoming("urn:a", "1", "Gempa di Maluku"))
		same(t, "first", results(first), []news.ImportResult{news.ItemCreated})
		id := first[0].ID
		same(t, "path", first[0].Path, fmt.Sprintf("/nasional/2026/11/22/%d/gempa-di-maluku", id))
		n.visible(id, "maluku")
		same(t, "first published", n.story(id).FirstPublished, noon.Add(-24*time.Hour))
		before := n.last()
		same(t, "again", results(n.take(n.incoming("urn:a", "1", "Gempa di Maluku"))), []news.ImportResult{news.ItemUnchanged})
		same(t, "events of what changed nothing", n.last(), before)
		same(t, "higher", results(n.take(n.incoming("urn:a", "10", "Gempa di Maluku Utara"))), []news.ImportResult{news.ItemUpdated})
		same(t, "lower", results(n.take(n.incoming("urn:a", "9", "Gempa"))), []news.ImportResult{news.ItemIgnored})
		live, err := n.db.LiveStory(t.Context(), id)
		n.ok(err)
		same(t, "headline", live.Version.Content.Headline, "Gempa di Maluku Utara")
		same(t, "slug", live.Story.Slug, "gempa-di-maluku")
		same(t, "list", n.list(news.ListFilter{}), []int64{id})
	}},
	{"an item that was prepared becomes the same story", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		for i, access := range []news.Access{news.Free, news.Members} {
			var ids []int64
			var stored []string
			for _, prepared := range []bool{false, true} {
				in := n.incoming(fmt.Sprintf("urn:%d:%v", i, prepared), "1", "Gempa")
				in.Content.Access, in.Content.Body = access, text("kata terbuka", "kata kedua", "kata ketiga", "kata tertutup")
				if prepared {
					in.Prepare()
				}
				id := n.take(in)[0].ID
				live, err := n.db.LiveStory(t.Context(), id)
				n.ok(err)
				content, err := json.Marshal(live.Version.Content)
				n.ok(err)
				ids, stored = append(ids, id), append(stored, string(content))
			}
			same(t, "what is stored", stored[1], stored[0])
			newest := slices.Sorted(slices.Values(ids))
			slices.Reverse(newest)
			same(t, "found by what is open", n.found("gempa \"kata terbuka\"")[:2], newest)
			if access == news.Members {
				same(t, "found by what is not", len(n.found("tertutup")), 2) // the free ones alone
			}
		}
		bad := n.incoming("urn:bad", "1", "Rusak")
		bad.Content.Body = doc.Doc{Blocks: []doc.Block{doc.Paragraph{ID: "", Text: doc.Text("Tanpa id.")}}}
		bad.Prepare()
		res := n.take(bad, n.incoming("urn:good", "1", "Baik"))
		same(t, "a body that is none", results(res), []news.ImportResult{news.ItemFailed, news.ItemCreated})
	}},
	{"a batch holds every result, and a bad item leaves the others alone", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		n.take(n.incoming("urn:known", "2", "Lama"))
		bad := n.incoming("urn:bad", "1", "")
		notice := n.incoming("urn:never", "1", "Dibatalkan")
		notice.Published, notice.Withdrawn = time.Time{}, &news.Withdrawal{Reason: news.ReasonCouncil}
		before := n.last()
		res := n.take(n.incoming("urn:new", "1", "Baru"), bad, n.incoming("urn:known", "2", "Lama"),
			n.incoming("urn:known", "1", "Kuno"), n.incoming("urn:known", "3", "Terkini"), notice,
			n.incoming("urn:new", "2", "Baru sekali"))
		same(t, "results", results(res), []news.ImportResult{news.ItemCreated, news.ItemFailed, news.ItemUnchanged,
			news.ItemIgnored, news.ItemUpdated, news.ItemIgnored, news.ItemUpdated})
		if !fault.Is(res[1].Err, fault.Invalid) || res[1].ID != 0 || res[5].ID != 0 {
			t.Errorf("what did not come in has an id or no error: %+v", res)
		}
		same(t, "the same story twice", res[6].ID, res[0].ID)
		same(t, "its versions", n.story(res[0].ID).LastNo, 2)
		same(t, "list", n.list(news.ListFilter{}), []int64{res[0].ID, res[2].ID})
		list, err := n.db.Events(t.Context(), before, 10)
		n.ok(err)
		same(t, "events", len(list), 1)
	}},
	{"an embargoed item is on no surface until the due loop releases it", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		in := n.incoming("urn:e", "1", "Anggaran negara")
		in.EmbargoUntil = noon.Add(time.Hour)
		res := n.take(in)
		same(t, "result and path", []any{res[0].Result, res[0].Path}, []any{news.ItemCreated, ""})
		n.hidden(res[0].ID, "anggaran")
		n.clock.advance(time.Hour)
		n.due(1)
		n.visible(res[0].ID, "anggaran")
		same(t, "first published", n.story(res[0].ID).FirstPublished, noon.Add(time.Hour))
	}},
	{"a newer version under embargo takes the live one away", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.take(n.incoming("urn:e", "1", "Laporan audit"))[0].ID
		in := n.incoming("urn:e", "2", "Laporan audit")
		in.EmbargoUntil = noon.Add(time.Hour)
		before := n.last()
		same(t, "result", results(n.take(in)), []news.ImportResult{news.ItemUpdated})
		n.hidden(id, "audit")
		list, err := n.db.Events(t.Context(), before, 10)
		n.ok(err)
		same(t, "takedown", list[0].Takedown, true)
	}},
	{"a withheld item is a draft, and goes live when it comes as usable", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		in := n.incoming("urn:h", "1", "Wawancara")
		in.Hold = true
		id := n.take(in)[0].ID
		n.hidden(id, "wawancara")
		same(t, "stage", n.story(id).Stage, news.StageDraft)
		same(t, "result", results(n.take(n.incoming("urn:h", "2", "Wawancara"))), []news.ImportResult{news.ItemUpdated})
		n.visible(id, "wawancara")
		if _, err := n.db.Draft(t.Context(), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("the import's own draft is still there: %v", err)
		}
	}},
	{"what came as a draft goes out when it comes to be published, unless people worked on it", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		draft, theirs := n.incoming("urn:d", "0", "Pasar apung"), n.incoming("urn:t", "0", "Dermaga baru")
		draft.Draft, theirs.Draft = true, true
		made := n.take(draft, theirs)
		id, other := made[0].ID, made[1].ID
		same(t, "again as a draft", results(n.take(draft)), []news.ImportResult{news.ItemUnchanged})
		n.hidden(id, "apung")
		n.opened(rani, other).saves("headline", `"Dermaga baru dibangun"`)
		last := n.story(other).LastNo

		draft.Draft, theirs.Draft = false, false
		for range 2 {
			res := n.take(draft, theirs)
			if res[1].Result != news.ItemConflict || res[1].ID != other || !strings.Contains(fault.Message(res[1].Err), "worked on the draft") {
				t.Errorf("of the draft that people worked on: %+v", res[1])
			}
		}
		same(t, "once more", results(n.take(draft)), []news.ImportResult{news.ItemUnchanged})
		n.visible(id, "apung")
		same(t, "first published", n.story(id).FirstPublished, draft.Published)
		n.hidden(other, "dermaga")
		same(t, "versions of theirs", n.story(other).LastNo, last)
		same(t, "their headline", string(n.opened(rani, other).fields["headline"]), `"Dermaga baru dibangun"`)
	}},
	{"a version for a story that people edited is kept and not live", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.take(n.incoming("urn:c", "1", "Konflik lahan"))[0].ID
		n.revise(id, func(c *news.Content) { c.Headline = "Konflik lahan memanas" })
		res := n.take(n.incoming("urn:c", "2", "Konflik lahan reda"))
		same(t, "result", results(res), []news.ImportResult{news.ItemConflict})
		live, err := n.db.LiveStory(t.Context(), id)
		n.ok(err)
		same(t, "headline", live.Version.Content.Headline, "Konflik lahan memanas")
		same(t, "versions", live.Story.LastNo, 3)
	}},
	{"what the newsroom withdrew stays away", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.take(n.incoming("urn:w", "1", "Identitas korban"))[0].ID
		_, err := n.desk.Withdraw(t.Context(), editor, id, news.ReasonTrauma, "")
		n.ok(err)
		same(t, "result", results(n.take(n.incoming("urn:w", "2", "Identitas korban"))), []news.ImportResult{news.ItemConflict})
		n.hidden(id, "identitas")
		same(t, "status", n.story(id).Status, news.Withdrawn)
	}},
	{"a cancelled item is withdrawn, and comes back with a higher version", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.take(n.incoming("urn:w", "1", "Kabar burung"))[0].ID
		in := n.incoming("urn:w", "2", "Kabar burung")
		in.Withdrawn = &news.Withdrawal{Reason: news.ReasonCouncil, Note: "Dicabut kantor berita"}
		same(t, "result", results(n.take(in)), []news.ImportResult{news.ItemUpdated})
		n.hidden(id, "burung")
		same(t, "status", n.story(id).Status, news.Withdrawn)
		n.take(n.incoming("urn:w", "3", "Kabar burung"))
		n.visible(id, "burung")
		if _, err := n.db.Withdrawal(t.Context(), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("the notice is still there: %v", err)
		}
	}},
	{"a cancelled item that nobody saw leaves no notice", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		in := n.incoming("urn:w", "1", "Bocoran")
		in.EmbargoUntil = noon.Add(time.Hour)
		id := n.take(in)[0].ID
		in.Version, in.Hash, in.EmbargoUntil = "2", "other", time.Time{}
		in.Withdrawn = &news.Withdrawal{Reason: news.ReasonCouncil}
		n.take(in)
		same(t, "status", n.story(id).Status, news.Unpublished)
		n.clock.advance(2 * time.Hour)
		n.due(0)
		n.hidden(id, "bocoran")
	}},
	{"an item brings its id, its old addresses and its corrections, once", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		in := n.incoming("urn:x", "1", "Arsip")
		in.ID, in.Slug = 4711, "arsip-lama"
		in.Redirects = []news.Redirect{{Host: "lama.example", Path: "/read?id=9"}, {Host: "Lama.example", Path: "/read?id=9"}}
		in.Corrections = []news.Correction{{Kind: news.Ralat, Text: "Salah nama.", At: noon.Add(-time.Hour)}}
		res := n.take(in)
		same(t, "id and path", []any{res[0].ID, res[0].Path}, []any{4711, "/nasional/2026/11/22/4711/arsip-lama"})
		r, err := n.db.Redirect(t.Context(), "lama.example", "/read?id=9")
		n.ok(err)
		same(t, "redirect", r.StoryID, 4711)
		in.Version, in.Hash = "2", "changed"
		n.take(in)
		got, err := n.db.Corrections(t.Context(), []int64{4711})
		n.ok(err)
		same(t, "corrections", len(got[4711]), 1)
		// Ids go on above the one that was given.
		if id := n.create(n.content("bola", "Sesudahnya")); id <= 4711 {
			t.Errorf("the next story has the id %d", id)
		}
	}},
	{"an id that is taken is a conflict and not a story lost", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Pemilik"))
		in := n.incoming("urn:x", "1", "Perebut")
		in.ID = id
		if _, err := n.desk.Import(t.Context(), wire, []news.Incoming{in}); !fault.Is(err, fault.Conflict) {
			t.Fatalf("got %v, want a conflict", err)
		}
		n.visible(id, "pemilik")
	}},
	{"a whole batch goes in at once", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		var items []news.Incoming
		for i := range news.MaxBatch {
			in := n.incoming(fmt.Sprintf("urn:%d", i), "1", fmt.Sprintf("Kabar nomor %d", i))
			in.Published = noon.Add(-time.Duration(i) * time.Hour)
			items = append(items, in)
		}
		res := n.take(items...)
		list := n.list(news.ListFilter{})
		same(t, "newest", list[0], res[0].ID)
		same(t, "a hundred of them", len(list), 100)
		if _, err := n.desk.Import(t.Context(), wire, make([]news.Incoming, news.MaxBatch+1)); !fault.Is(err, fault.TooLarge) {
			t.Errorf("got %v, want too large", err)
		}
		n.ok(n.db.Check(t.Context()))
	}},
	{"stories of one instant are told apart in search", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		// Two ids whose keys clash, and one that would take the next place.
		ids := []int64{5, 5 + 1<<21, 6, 5 + 2<<21}
		for i, id := range ids {
			in := n.incoming(fmt.Sprintf("urn:%d", id), "1", "Serentak")
			in.ID, in.Slug = id, fmt.Sprintf("serentak-%d", i)
			n.take(in)
		}
		got := n.found("serentak")
		slices.Sort(got)
		slices.Sort(ids)
		same(t, "found", got, ids)
		n.ok(n.db.Check(t.Context()))
	}},
	{"a picture's address opens and closes with the stories that show it", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		p, added, err := n.db.AddPicture(t.Context(), "import", media.Picture{Hash: "abcd", MIME: "image/jpeg", Width: 4, Height: 3, Credit: "AFP"},
			[]media.Address{{Token: "tok", Crop: "16x9"}})
		n.ok(err)
		same(t, "added", added, true)
		public := func(want bool) {
			t.Helper()
			_, err := n.db.PublicAddress(t.Context(), "tok")
			if got := err == nil; got != want {
				t.Fatalf("public: got %v, want %v (%v)", got, want, err)
			}
		}
		public(false)
		c := n.content("foto", "Pasar terapung")
		c.Body = body("Pagi di pasar.", p.ID)
		id := n.publish(c)
		public(true)
		_, err = n.desk.Withdraw(t.Context(), editor, id, news.ReasonCouncil, "")
		n.ok(err)
		public(false)
	}},
	{"two imports of the same items make each story once", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		var items []news.Incoming
		for i := range 40 {
			items = append(items, n.incoming(fmt.Sprintf("urn:%d", i), "1", fmt.Sprintf("Kabar %d", i)))
		}
		done := make(chan error)
		for range 4 {
			go func() {
				_, err := n.desk.Import(t.Context(), wire, items)
				done <- err
			}()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		counts, err := n.db.CountStories(t.Context())
		n.ok(err)
		same(t, "stories and versions", []int64{counts.Stories, counts.Live, counts.Versions}, []int64{40, 40, 40})
	}},
	{"an unknown record whose status stays empty is not written", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		_, err := n.db.Change(t.Context(), news.Pick{URIs: []string{"urn:a", "urn:a", ""}, New: 1},
			func(w *news.World, recs []*news.Record) (change.Outcome, error) {
				same(t, "records", len(recs), 4)
				same(t, "one record for one identity", recs[0] == recs[1], true)
				same(t, "none for no identity", recs[2] == recs[3], false)
				return change.Outcome{}, nil
			})
		n.ok(err)
		counts, err := n.db.CountStories(t.Context())
		n.ok(err)
		same(t, "stories", counts.Stories, 0)
	}},
}

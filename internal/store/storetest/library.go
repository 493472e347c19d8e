package storetest

import (
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

var libraryCases = []testcase{
	{"finds pictures by their words", findPictures},
	{"finds pictures by what is true of them", filterPictures},
	{"knows what shows a picture", pictureUses},
	{"deletes a picture that nothing shows", deletePicture},
	{"keeps uploads", keepUploads},
}

// shots adds pictures, a minute apart, the first one the oldest.
func (n *newsroom) shots(list ...media.Picture) (out []media.Picture) {
	n.t.Helper()
	for i, p := range list {
		p.Hash, p.MIME, p.CreatedAt = fmt.Sprintf("%064x", i+1), "image/jpeg", noon.Add(time.Duration(i)*time.Minute)
		out = append(out, n.addPicture(p))
	}
	return out
}

// look returns the places in list of what a search finds.
func (n *newsroom) look(list []media.Picture, f media.Search) []int {
	n.t.Helper()
	found, _, _, err := n.db.FindPictures(n.t.Context(), f)
	n.ok(err)
	return placesOf(list, found)
}

func placesOf(list, found []media.Picture) (at []int) {
	for _, p := range found {
		at = append(at, slices.IndexFunc(list, func(q media.Picture) bool { return q.ID == p.ID }))
	}
	return at
}

// findPictures searches in every field that has words.
func findPictures(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	list := n.shots(
		media.Picture{Name: "IMG_2034.jpg", Caption: "Pemerintah membagikan bantuan banjir di Demak"},
		media.Picture{Name: "b.jpg", Credit: "ANTARA FOTO/Yusuf Nugroho"},
		media.Picture{Name: "c.jpg", People: []string{"Rani Wijaya", "Budi"}},
		media.Picture{Name: "d.jpg", Source: "Reuters", Alt: "Perahu karet di jalan"},
		media.Picture{Name: "e.jpg", Caption: "Banjir surut", Credit: "AFP"},
	)
	for _, c := range []struct {
		says, text string
		want       []int
	}{
		{"a word of the caption, the newest first", "banjir", []int{4, 0}},
		{"another form of it", "membantu kebanjiran", []int{0}},
		{"a photographer", "nugroho", []int{1}},
		{"a person who is seen", "rani", []int{2}},
		{"a phrase", `"rani wijaya"`, []int{2}},
		{"not across two persons", `"wijaya budi"`, []int{2}},
		{"a source", "reuters", []int{3}},
		{"the description", "perahu", []int{3}},
		{"a file's name", "IMG_2034", []int{0}},
		{"without a word", "banjir -afp", []int{0}},
		{"either of two", "reuters OR nugroho", []int{3, 1}},
		{"what is not there", "gempa", nil},
		{"what only excludes", "-banjir", nil},
		{"marks alone", "?!", nil},
		{"no words", "  ", []int{4, 3, 2, 1, 0}},
	} {
		same(t, c.says, n.look(list, media.Search{Text: c.text}), c.want)
	}
	n.ok(n.db.ChangePicture(t.Context(), list[0].ID, func(p *media.Picture) (change.Outcome, error) {
		p.Caption = "Gempa di Cianjur"
		return media.Changed("user:7", *p, "caption"), nil
	}))
	same(t, "the old words of one that was described anew", n.look(list, media.Search{Text: "banjir"}), []int{4})
	same(t, "its new words", n.look(list, media.Search{Text: "cianjur"}), []int{0})

	for _, f := range []media.Search{{}, {Text: "jpg"}} {
		var walked []int
		f.Limit = 2
		for range 3 {
			found, next, more, err := n.db.FindPictures(t.Context(), f)
			n.ok(err)
			walked = append(walked, placesOf(list, found)...)
			same(t, "says that there is more", more, len(walked) < 5)
			f.After = next
		}
		same(t, "all pages of "+f.Text, walked, []int{4, 3, 2, 1, 0})
	}
	_, _, _, err := n.db.FindPictures(t.Context(), media.Search{Limit: 201})
	n.is(err, fault.Invalid)
}

// filterPictures holds each filter, and filters together.
func filterPictures(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	list := n.shots(
		media.Picture{Caption: "Banjir satu", AddedBy: 3},
		media.Picture{Caption: "Banjir dua", Credit: "AFP", AI: true},
		media.Picture{Caption: "Banjir tiga", Credit: "AFP", AddedBy: 3},
		media.Picture{Caption: "Gempa", AI: true},
	)
	c := n.content("foto", "Dengan foto")
	c.Lead.PictureID = list[2].ID
	n.publish(c)
	for _, c := range []struct {
		says string
		f    media.Search
		want []int
	}{
		{"without a credit", media.Search{Uncredited: true}, []int{3, 0}},
		{"by a machine", media.Search{AI: true}, []int{3, 1}},
		{"both", media.Search{AI: true, Uncredited: true}, []int{3}},
		{"unused", media.Search{Unused: true}, []int{3, 1, 0}},
		{"of one's own", media.Search{AddedBy: 3}, []int{2, 0}},
		{"from an instant on", media.Search{From: noon.Add(2 * time.Minute)}, []int{3, 2}},
		{"before an instant", media.Search{To: noon.Add(2 * time.Minute)}, []int{1, 0}},
		{"between two", media.Search{From: noon.Add(time.Minute), To: noon.Add(2 * time.Minute)}, []int{1}},
		{"words without a credit", media.Search{Text: "banjir", Uncredited: true}, []int{0}},
		{"words by a machine", media.Search{Text: "banjir", AI: true}, []int{1}},
		{"words, unused", media.Search{Text: "banjir", Unused: true}, []int{1, 0}},
		{"words of one's own", media.Search{Text: "banjir", AddedBy: 3}, []int{2, 0}},
		{"words from an instant on", media.Search{Text: "banjir", From: noon.Add(time.Minute)}, []int{2, 1}},
		{"all at once", media.Search{Text: "banjir", Uncredited: true, Unused: true, AddedBy: 3, To: noon.Add(time.Hour)}, []int{0}},
	} {
		same(t, c.says, n.look(list, c.f), c.want)
	}
	n.ok(n.db.ChangePicture(t.Context(), list[0].ID, func(p *media.Picture) (change.Outcome, error) {
		p.Credit, p.AI = "Rani", true
		return media.Changed("user:7", *p, "credit", "ai"), nil
	}))
	same(t, "no longer without a credit", n.look(list, media.Search{Text: "banjir", Uncredited: true}), []int(nil))
	same(t, "by a machine now", n.look(list, media.Search{Text: "banjir", AI: true}), []int{1, 0})
}

// pictureUses follows a picture through everything that can show it.
func pictureUses(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	list := n.shots(media.Picture{Credit: "AFP"}, media.Picture{Credit: "AFP"})
	p := list[0]
	uses := func(says, want string) {
		t.Helper()
		found, more, err := n.db.PictureUses(ctx, p.ID, 10)
		n.ok(err)
		var got []string
		for _, u := range found {
			got = append(got, string(u.Kind)+" "+u.Title)
		}
		same(t, says, strings.Join(got, ", "), want)
		same(t, says+": more", more, false)
		idle := slices.Contains(n.look(list, media.Search{Unused: true}), 0)
		same(t, says+": is listed as unused", idle, want == "")
		if want != "" {
			n.is(n.db.DeletePicture(ctx, p.ID, change.Outcome{}), fault.Conflict)
		}
	}
	uses("at first", "")
	c := n.content("foto", "Dengan foto")
	c.Lead.PictureID = p.ID
	id := n.create(c)
	uses("in a draft", "draft Dengan foto")
	n.ok(n.desk.Schedule(ctx, editor, id, n.clock.Now().Add(time.Hour)))
	uses("in a version named for release", "draft Dengan foto")
	_, err := n.desk.Publish(ctx, editor, id)
	n.ok(err)
	uses("in a live story", "live Dengan foto")
	_, err = n.desk.Embargo(ctx, editor, id, n.clock.Now().Add(time.Hour))
	n.ok(err)
	uses("under embargo", "draft Dengan foto")
	_, err = n.desk.Embargo(ctx, editor, id, time.Time{})
	n.ok(err)
	_, err = n.desk.RunDue(ctx, false)
	n.ok(err)
	uses("live again", "live Dengan foto")
	_, err = n.desk.Withdraw(ctx, editor, id, news.ReasonTrauma, "")
	n.ok(err)
	uses("in a withdrawn story", "draft Dengan foto")

	other := n.content("foto", "Lain")
	other.Lead.PictureID = list[1].ID
	second := n.publish(other)
	p = list[1]
	n.revise(second, func(c *news.Content) { c.Lead.PictureID = 0 })
	found, _, err := n.db.PictureUses(ctx, p.ID, 10)
	n.ok(err)
	same(t, "after it was taken out", len(found), 0)
	same(t, "it is listed as unused", n.look(list, media.Search{Unused: true}), []int{1})

	static := news.StaticPage{Slug: "redaksi", Title: "Redaksi", Updated: noon,
		Body: doc.Doc{Blocks: []doc.Block{doc.Picture{ID: "pppppp01", Picture: p.ID}}}}
	n.ok(n.db.SavePage(ctx, static, change.Outcome{}))
	person, err := n.db.SavePerson(ctx, news.Person{Slug: "rani", Name: "Rani", PictureID: p.ID}, change.Outcome{})
	n.ok(err)
	found, more, err := n.db.PictureUses(ctx, p.ID, 1)
	n.ok(err)
	same(t, "cut off", []any{len(found), found[0].Slug, more}, []any{1, "redaksi", true})
	static.Body = text("Tanpa foto.")
	n.ok(n.db.SavePage(ctx, static, change.Outcome{}))
	found, _, err = n.db.PictureUses(ctx, p.ID, 10)
	n.ok(err)
	same(t, "a portrait", []any{len(found), found[0].Kind, found[0].ID}, []any{1, media.UsePerson, person.ID})
	same(t, "a portrait is no idle picture", n.look(list, media.Search{Unused: true}), []int(nil))
	person.PictureID = 0
	_, err = n.db.SavePerson(ctx, person, change.Outcome{})
	n.ok(err)
	same(t, "without the portrait", n.look(list, media.Search{Unused: true}), []int{1})
}

// deletePicture removes the row, what points at it, and its entry in the search.
func deletePicture(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	list := n.shots(media.Picture{Caption: "Banjir"}, media.Picture{Caption: "Banjir lagi"})
	last := list[1]
	before := n.last()
	n.ok(n.db.DeletePicture(ctx, last.ID, media.Deleted("user:7", last)))
	same(t, "its tag", n.events(before), []string{media.Tag(last.ID)})
	_, err := n.db.Picture(ctx, last.ID)
	n.is(err, fault.NotFound)
	tokens, err := n.db.AddressesOf(ctx, []int64{last.ID})
	n.ok(err)
	same(t, "its addresses", len(tokens), 0)
	same(t, "what is found", n.look(list, media.Search{Text: "banjir"}), []int{0})
	trash, err := n.db.Trash(ctx, 10)
	n.ok(err)
	same(t, "in the trash", trash, []media.Trashed{{Hash: last.Hash, MIME: "image/jpeg"}})
	n.is(n.db.DeletePicture(ctx, last.ID, change.Outcome{}), fault.NotFound)

	// Old versions still name its id, so nobody else gets it.
	again := n.addPicture(last0(last))
	same(t, "the id of the next one", again.ID > last.ID, true)
	trash, err = n.db.Trash(ctx, 10)
	n.ok(err)
	same(t, "the same content came back", len(trash), 0)
	n.ok(n.db.DeletePicture(ctx, again.ID, change.Outcome{}))
	n.ok(n.db.EmptyTrash(ctx, again.Hash))
	trash, err = n.db.Trash(ctx, 10)
	n.ok(err)
	same(t, "emptied", len(trash), 0)
}

func last0(p media.Picture) media.Picture {
	p.ID = 0
	return p
}

// keepUploads holds the rows of uploads.
func keepUploads(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	var store media.UploadStore = n.db
	u := media.Upload{ID: "aaaa", UserID: 3, Name: "a.jpg", Length: 100, Created: noon, Touched: noon}
	n.ok(store.AddUpload(ctx, u, 2))
	got, err := store.Upload(ctx, "aaaa")
	n.ok(err)
	same(t, "as it was written", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", u))
	_, err = store.Upload(ctx, "zzzz")
	n.is(err, fault.NotFound)

	later := noon.Add(time.Hour)
	n.ok(store.AppendPart(ctx, "aaaa", media.Part{At: 0, Size: 60, Key: "k1"}, later))
	for says, p := range map[string]media.Part{
		"from the beginning again": {At: 0, Size: 10, Key: "k2"},
		"behind a gap":             {At: 70, Size: 10, Key: "k2"},
		"beyond the end":           {At: 60, Size: 41, Key: "k2"},
	} {
		if err := store.AppendPart(ctx, "aaaa", p, later); !fault.Is(err, fault.Conflict) {
			t.Errorf("a part %s: %v, want a conflict", says, err)
		}
	}
	n.is(store.AppendPart(ctx, "zzzz", media.Part{Size: 1}, later), fault.Conflict)
	n.ok(store.AppendPart(ctx, "aaaa", media.Part{At: 60, Size: 40, Key: "k3"}, later))
	parts, err := store.Parts(ctx, "aaaa")
	n.ok(err)
	same(t, "parts", parts, []media.Part{{At: 0, Size: 60, Key: "k1"}, {At: 60, Size: 40, Key: "k3"}})
	got, err = store.Upload(ctx, "aaaa")
	n.ok(err)
	same(t, "how far it is", []any{got.Received, got.Touched.Equal(later)}, []any{100, true})

	for _, id := range []string{"bbbb", "cccc"} {
		u.ID = id
		err = store.AddUpload(ctx, u, 2)
	}
	n.is(err, fault.Limited)
	n.ok(store.EndUpload(ctx, "aaaa", 7, true, later))
	got, err = store.Upload(ctx, "aaaa")
	n.ok(err)
	same(t, "what it became", []any{got.PictureID, got.Known}, []any{7, true})
	parts, err = store.Parts(ctx, "aaaa")
	n.ok(err)
	same(t, "parts of one that is done", len(parts), 0)
	n.ok(store.AddUpload(ctx, u, 2))

	stale, err := store.StaleUploads(ctx, later, 10)
	n.ok(err)
	same(t, "untouched ones", stale, []string{"bbbb", "cccc"})
	n.ok(store.DropUpload(ctx, "bbbb"))
	n.ok(store.DropUpload(ctx, "bbbb"))
	_, err = store.Upload(ctx, "bbbb")
	n.is(err, fault.NotFound)
}

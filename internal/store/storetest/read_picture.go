package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"warta/internal/change"
	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
)

// shot is a picture with everything filled in.
func shot(hash string) media.Picture {
	return media.Picture{Hash: hash, Name: hash + ".jpg", MIME: "image/jpeg", Width: 4000, Height: 3000, Bytes: 1 << 33, Tone: 63,
		Caption: "Banjir di Demak", Credit: "ANTARA/YUSUF", Copyright: "© 2026", Alt: "Perahu", Source: "ANTARA", Rights: "Sekali pakai",
		URI: "urn:pic:" + hash, People: []string{"Yusuf", "Ani"}, TakenAt: noon.Add(-time.Hour), CreatedAt: noon, FocalX: 0.25, FocalY: 0.75, AI: true, AddedBy: 7}
}

// add adds a picture with fresh addresses.
func (n *newsroom) addPicture(p media.Picture) media.Picture {
	n.t.Helper()
	got, _, err := n.db.AddPicture(n.t.Context(), "import", p, media.NewAddresses())
	n.ok(err)
	return got
}

// readPictures keeps pictures and changes them.
func readPictures(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	var store media.Store = n.db
	ctx := t.Context()
	addresses := media.NewAddresses()
	p, added, err := store.AddPicture(ctx, "import", shot("aa"), addresses)
	n.ok(err)
	want := shot("aa")
	want.ID = p.ID
	same(t, "added", []any{added, fmt.Sprintf("%+v", p)}, []any{true, fmt.Sprintf("%+v", want)})
	for _, read := range []func() (media.Picture, error){
		func() (media.Picture, error) { return store.Picture(ctx, p.ID) },
		func() (media.Picture, error) { return store.PictureByHash(ctx, "aa") },
	} {
		got, err := read()
		n.ok(err)
		same(t, "read", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want))
	}
	_, err = store.Picture(ctx, 1<<40)
	n.is(err, fault.NotFound)
	_, err = store.PictureByHash(ctx, "zz")
	n.is(err, fault.NotFound)

	again := shot("aa")
	again.Caption = "Lain"
	kept, added, err := store.AddPicture(ctx, "import", again, media.NewAddresses())
	n.ok(err)
	same(t, "the same content again", []any{added, kept.ID, kept.Caption}, []any{false, p.ID, "Banjir di Demak"})
	tokens, err := n.db.AddressesOf(ctx, []int64{p.ID, 1 << 40})
	n.ok(err)
	same(t, "addresses of one picture", []any{len(tokens), len(tokens[p.ID])}, []any{1, len(addresses)})
	for _, a := range addresses {
		same(t, "the address of "+string(a.Crop), tokens[p.ID][a.Crop], a.Token)
	}

	before := n.last()
	n.ok(store.ChangePicture(ctx, p.ID, func(p *media.Picture) (change.Outcome, error) {
		p.Caption, p.FocalX, p.AI, p.People = "Diganti", 0.5, false, nil
		return media.Changed("user:7", *p, "caption"), nil
	}))
	got, err := store.Picture(ctx, p.ID)
	n.ok(err)
	same(t, "saved", []any{got.Caption, got.FocalX, got.AI, len(got.People)}, []any{"Diganti", 0.5, false, 0})
	same(t, "its tag", n.events(before), []string{media.Tag(p.ID)})
	n.is(store.ChangePicture(ctx, 1<<40, func(*media.Picture) (change.Outcome, error) { return change.Outcome{}, nil }), fault.NotFound)

	// A picture of our own export keeps its id, and the next one comes after it.
	old := shot("bb")
	old.ID = 900
	same(t, "a kept id", n.addPicture(old).ID, 900)
	next := n.addPicture(shot("cc"))
	same(t, "the id after it", next.ID > 900, true)
	clash := shot("dd")
	clash.ID = 900
	_, _, err = store.AddPicture(ctx, "import", clash, media.NewAddresses())
	n.is(err, fault.Conflict)

	list := func(f media.Filter) (hashes string) {
		pictures, err := n.db.Pictures(ctx, f)
		n.ok(err)
		for _, p := range pictures {
			hashes += " " + p.Hash
		}
		return strings.TrimSpace(hashes)
	}
	same(t, "all", list(media.Filter{}), "cc bb aa")
	same(t, "a page", list(media.Filter{Before: next.ID, Limit: 1}), "bb")
	same(t, "by external id", list(media.Filter{URI: "urn:pic:bb"}), "bb")
	same(t, "by id", list(media.Filter{IDs: []int64{next.ID, 900, 1}, Limit: 2}), "cc bb")
	_, err = n.db.Pictures(ctx, media.Filter{Limit: 501})
	n.is(err, fault.Invalid)
	byID, err := n.db.PicturesByID(ctx, []int64{900, 1 << 40, next.ID})
	n.ok(err)
	same(t, "by id in order", []any{len(byID), byID[0].Hash, byID[1].Hash}, []any{2, "bb", "cc"})
}

// readAddresses opens and closes addresses.
func readAddresses(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	lead, inside, portrait, page := n.addPicture(shot("1")), n.addPicture(shot("2")), n.addPicture(shot("3")), n.addPicture(shot("4"))
	tokens, err := n.db.AddressesOf(ctx, []int64{lead.ID, inside.ID, portrait.ID, page.ID})
	n.ok(err)
	public := func(says string, want ...media.Picture) {
		t.Helper()
		open := map[int64]bool{}
		for _, p := range want {
			open[p.ID] = true
		}
		var list []int64
		for _, p := range []media.Picture{lead, inside, portrait, page} {
			got, err := n.db.PublicAddress(ctx, tokens[p.ID][media.Square])
			if open[p.ID] {
				n.ok(err)
				same(t, says, []any{got.Picture.ID, got.Crop, got.Picture.Hash}, []any{p.ID, media.Square, p.Hash})
				list = append(list, p.ID)
				continue
			}
			n.is(err, fault.NotFound)
			if got.Picture.ID != 0 || got.Crop != "" {
				t.Errorf("%s: a picture came with the error", says)
			}
		}
		exported, err := n.db.PublicPicturesAfter(ctx, 0, 10)
		n.ok(err)
		var ids []int64
		for _, p := range exported {
			ids = append(ids, p.ID)
		}
		same(t, says+" in the export", ids, list)
	}
	public("at first")
	_, err = n.db.PublicAddress(ctx, "")
	n.is(err, fault.NotFound)
	person, err := n.db.SavePerson(ctx, news.Person{Slug: "rani", Name: "Rani", PictureID: portrait.ID}, change.Outcome{})
	n.ok(err)
	c := n.content("foto", "Dengan foto")
	c.Lead.PictureID = lead.ID
	c.Body.Blocks = append(c.Body.Blocks, doc.Picture{ID: "pppppp02", Picture: inside.ID})
	c.Credits = []news.Credit{{PersonID: person.ID, Role: news.Photographer}}
	first := n.create(c)
	public("with a draft")
	_, err = n.desk.Publish(ctx, editor, first)
	n.ok(err)
	public("with a live story", lead, inside, portrait)
	ends := func(says string, p media.Picture, want ...string) {
		t.Helper()
		got, err := n.db.PublicAddress(ctx, tokens[p.ID][media.Square])
		n.ok(err)
		same(t, "what may close the address "+says, got.Tags, want)
	}
	ends("of a lead picture", lead, media.Tag(lead.ID))
	ends("of a portrait", portrait, news.TagPerson(person.ID), media.Tag(portrait.ID))
	c = n.content("foto", "Dengan foto yang sama")
	c.Lead.PictureID = lead.ID
	second := n.publish(c)
	_, err = n.desk.Withdraw(ctx, editor, first, news.ReasonTrauma, "")
	n.ok(err)
	public("while another story shows it", lead)
	n.revise(second, func(c *news.Content) { c.Lead.PictureID = inside.ID })
	public("after another picture took its place", inside)
	_, err = n.desk.Embargo(ctx, editor, second, n.clock.Now().Add(time.Hour))
	n.ok(err)
	public("under embargo")

	static := news.StaticPage{Slug: "redaksi", Title: "Redaksi", Updated: noon,
		Body: doc.Doc{Blocks: []doc.Block{doc.Picture{ID: "pppppp01", Picture: page.ID}}}}
	n.ok(n.db.SavePage(ctx, static, change.Outcome{}))
	public("with a static page", page)
	ends("on a page", page, news.TagPage("redaksi"), media.Tag(page.ID))
	for i := range 40 {
		static.Slug = fmt.Sprintf("halaman-%d", i)
		n.ok(n.db.SavePage(ctx, static, change.Outcome{}))
	}
	ends("on many pages", page)
	static.Body = text("Tanpa foto.")
	for i := range 40 {
		static.Slug = fmt.Sprintf("halaman-%d", i)
		n.ok(n.db.SavePage(ctx, static, change.Outcome{}))
	}
	static.Slug = "redaksi"
	static.Body = text("Tanpa foto.")
	n.ok(n.db.SavePage(ctx, static, change.Outcome{}))
	public("after the page changed")
}

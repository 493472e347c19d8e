package storetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/news"
)

// rani and budi write in the same stories.
var (
	rani = account.Actor{ID: 21, Name: "Rani", Role: account.Editor}
	budi = account.Actor{ID: 22, Name: "Budi", Role: account.Editor}
)

// tab is an editor's page: the copy that it shows and the number it builds on.
type tab struct {
	n      *newsroom
	who    account.Actor
	id     int64
	seq    int64
	blocks map[string]string // text by id
	order  []string
	fields map[string]json.RawMessage
	open   []news.DraftConflict
	sent   map[string]bool // blocks changed since the last save
}

// opened opens a story in a tab.
func (n *newsroom) opened(who account.Actor, id int64) *tab {
	n.t.Helper()
	st, err := n.desk.Draft(n.t.Context(), who, id)
	n.ok(err)
	b := &tab{n: n, who: who, id: id, seq: st.Seq, blocks: map[string]string{}, sent: map[string]bool{},
		order: st.Content.Body.Order(), fields: st.Content.Fields(), open: st.Conflicts}
	for _, x := range st.Content.Body.Blocks {
		b.blocks[x.BlockID()] = doc.PlainBlock(x)
	}
	return b
}

func bid(name string) string { return name + strings.Repeat("0", 8-len(name)) }

// types changes a block, or makes it behind the one that is named.
func (b *tab) types(name, text string, behind ...string) *tab {
	id := bid(name)
	if _, ok := b.blocks[id]; !ok {
		at := len(b.order)
		if len(behind) > 0 {
			at = slices.Index(b.order, bid(behind[0])) + 1
		}
		b.order = slices.Insert(b.order, at, id)
	}
	b.blocks[id], b.sent[id] = text, true
	return b
}

func (b *tab) deletes(name string) *tab {
	b.order = slices.DeleteFunc(b.order, func(id string) bool { return id == bid(name) })
	delete(b.blocks, bid(name))
	delete(b.sent, bid(name))
	return b
}

// save is what the tab sends now.
func (b *tab) save(fields ...string) news.DraftSave {
	s := news.DraftSave{StoryID: b.id, Base: b.seq, Body: &doc.Save{Order: b.order}, Fields: map[string]json.RawMessage{}}
	for _, id := range slices.Sorted(maps.Keys(b.sent)) {
		s.Body.Blocks = append(s.Body.Blocks, doc.Paragraph{ID: id, Text: doc.Text(b.blocks[id])})
	}
	for i := 0; i+1 < len(fields); i += 2 {
		s.Fields[fields[i]] = json.RawMessage(fields[i+1])
	}
	return s
}

// saves sends what was typed, and fields as names and JSON in turn, and takes
// over the answer.
func (b *tab) saves(fields ...string) *tab {
	b.n.t.Helper()
	delta, err := b.n.desk.Save(b.n.t.Context(), b.who, b.save(fields...))
	b.n.ok(err)
	return b.takes(delta)
}

// takes brings an answer into the copy.
func (b *tab) takes(delta news.DraftDelta) *tab {
	b.seq, b.order, b.open, b.sent = delta.Seq, delta.Order, delta.Conflicts, map[string]bool{}
	for _, x := range delta.Blocks.Blocks {
		b.blocks[x.BlockID()] = doc.PlainBlock(x)
	}
	maps.Copy(b.fields, delta.Fields)
	return b
}

// looks asks for what others did.
func (b *tab) looks() *tab {
	b.n.t.Helper()
	delta, err := b.n.db.DraftSince(b.n.t.Context(), b.id, b.seq)
	b.n.ok(err)
	return b.takes(delta)
}

// text is the copy as "name=text", a block each.
func (b *tab) text() string {
	var out []string
	for _, id := range b.order {
		out = append(out, strings.TrimRight(id, "0")+"="+b.blocks[id])
	}
	return strings.Join(out, " ")
}

// stored is the draft as it is stored, in the same form.
func (n *newsroom) stored(id int64) string {
	n.t.Helper()
	return n.opened(editor, id).text()
}

// clashes are the open conflicts of a story.
func (n *newsroom) clashes(id int64) []string {
	n.t.Helper()
	st, err := n.db.DraftState(n.t.Context(), id)
	n.ok(err)
	var out []string
	for _, c := range st.Conflicts {
		out = append(out, fmt.Sprintf("%s %s%s %s kept %s by %s", c.Clash, strings.TrimRight(c.Block, "0"), c.Field, said(c.Other), said(c.Kept), c.By))
	}
	return out
}

// said is the text of a block's or a field's JSON.
func said(raw json.RawMessage) string {
	if d, err := doc.Parse([]byte(`{"type":"doc","content":[` + string(raw) + `]}`)); err == nil && len(d.Blocks) == 1 {
		return doc.PlainBlock(d.Blocks[0])
	}
	return string(raw)
}

// written makes a story whose draft has the blocks a, b and c.
func (n *newsroom) written() int64 {
	n.t.Helper()
	c := n.content("bola", "Bersama")
	c.Body = doc.Doc{}
	for i, name := range []string{"a", "b", "c"} {
		c.Body.Blocks = append(c.Body.Blocks, doc.Paragraph{ID: bid(name), Text: doc.Text(fmt.Sprint(i + 1))})
	}
	return n.create(c)
}

var draftCases = []testcase{
	{"what two people write in different places gets in from both", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.written()
		one, two := n.opened(rani, id), n.opened(budi, id)
		one.types("a", "satu").types("d", "empat", "a").saves("headline", `"Judul Rani"`)
		two.types("b", "dua").saves("standfirst", `"Ringkasan Budi"`)
		same(t, "the second tab", two.text(), "a=satu d=empat b=dua c=3")
		same(t, "the first tab", one.looks().text(), two.text())
		same(t, "stored", n.stored(id), two.text())
		same(t, "headline in the second tab", string(two.fields["headline"]), `"Judul Rani"`)
		same(t, "standfirst in the first tab", string(one.fields["standfirst"]), `"Ringkasan Budi"`)
		same(t, "conflicts", len(n.clashes(id)), 0)
		same(t, "numbers", []int64{one.seq, two.seq}, []int64{3, 3})
	}},
	{"what two people write in the same paragraph is kept from both", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.written()
		one, two := n.opened(rani, id), n.opened(budi, id)
		one.types("b", "dari Rani").saves("headline", `"Judul Rani"`)
		two.types("b", "dari Budi").saves("headline", `"Judul Budi"`)
		same(t, "stored", n.stored(id), "a=1 b=dari Rani c=3")
		same(t, "the second tab shows what stayed", two.text(), "a=1 b=dari Rani c=3")
		want := []string{`both_edited headline "Judul Budi" kept "Judul Rani" by Budi`, "both_edited b dari Budi kept dari Rani by Budi"}
		same(t, "conflicts", n.clashes(id), want)
		same(t, "in the answer", len(two.open), 2)
		same(t, "whose text stayed", two.open[1].KeptBy, "Rani")
		n.ok(n.desk.SettleConflict(t.Context(), budi, id, two.open[0].ID))
		same(t, "left", n.clashes(id), want[1:])
		two.types("b", "dari Budi").saves()
		n.ok(n.desk.SettleConflict(t.Context(), budi, id, two.open[0].ID))
		same(t, "settled", n.clashes(id), []string{})
		same(t, "the text that was chosen", n.stored(id), "a=1 b=dari Budi c=3")
		n.ok(n.desk.SettleConflict(t.Context(), budi, id, 1))
	}},
	{"the same change on both sides is no conflict", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.written()
		one, two := n.opened(rani, id), n.opened(budi, id)
		one.types("b", "sama").saves("topics", "[]", "headline", `"Sama"`)
		two.types("b", "sama").saves("headline", ` "Sama" `, "topics", "null")
		same(t, "conflicts", len(n.clashes(id)), 0)
		same(t, "number", two.seq, int64(2))
	}},
	{"a save that comes twice changes nothing the second time", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.written()
		one, two := n.opened(rani, id), n.opened(budi, id)
		one.types("a", "x").types("n", "baru", "c").deletes("b")
		lost := one.save("headline", `"Baru"`)
		for range 3 {
			_, err := n.desk.Save(t.Context(), rani, lost)
			n.ok(err)
		}
		same(t, "number", n.opened(rani, id).seq, int64(2))
		same(t, "stored", n.stored(id), "a=x c=3 n=baru")
		two.types("a", "y")
		clash := two.save("headline", `"Lain"`)
		for range 3 {
			delta, err := n.desk.Save(t.Context(), budi, clash)
			n.ok(err)
			same(t, "conflicts in the answer", len(delta.Conflicts), 2)
		}
		same(t, "conflicts", len(n.clashes(id)), 2)
		same(t, "number after the conflict", n.opened(rani, id).seq, int64(3))
	}},
	{"a laptop that was closed for a day merges what it has", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.written()
		laptop := n.opened(budi, id).types("b", "dari luar").types("z", "di kereta", "c")
		for i := range 40 {
			n.clock.advance(30 * time.Minute)
			n.opened(rani, id).types("a", fmt.Sprint("kantor ", i)).saves()
		}
		n.opened(rani, id).deletes("c").saves()
		laptop.saves("headline", `"Dari luar"`)
		same(t, "stored", n.stored(id), "a=kantor 39 b=dari luar z=di kereta")
		same(t, "the laptop", laptop.text(), "a=kantor 39 b=dari luar z=di kereta")
		same(t, "conflicts", len(n.clashes(id)), 0)
	}},
	{"a copy older than thirty days is refused with its reason once deletions are forgotten", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.written()
		old := n.opened(budi, id).types("b", "lama sekali")
		n.opened(rani, id).deletes("c").saves()
		n.clock.advance(29 * 24 * time.Hour)
		n.opened(rani, id).types("a", "hampir").saves()
		late := n.opened(budi, id)
		n.clock.advance(2 * 24 * time.Hour)
		n.opened(rani, id).types("a", "lewat").saves()
		_, err := n.desk.Save(t.Context(), budi, old.save())
		n.is(err, fault.Conflict)
		same(t, "code", fault.Find(err).Code, "draft_too_old")
		late.types("b", "belum lama").saves()
		same(t, "stored", n.stored(id), "a=lewat b=belum lama")
	}},
	{"numbers go on over a publication, and a tab that stayed open merges", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.written()
		one, two := n.opened(rani, id), n.opened(budi, id)
		one.types("a", "terbit").saves()
		_, err := n.desk.Publish(t.Context(), editor, id)
		n.ok(err)
		st, err := n.db.DraftState(t.Context(), id)
		n.ok(err)
		same(t, "state", []any{st.Writing, st.Seq, st.Live.No, st.Story.Stage}, []any{false, int64(2), 1, news.StageNone})
		two.types("a", "tabrakan").types("b", "lanjut").saves()
		same(t, "stored", n.stored(id), "a=terbit b=lanjut c=3")
		same(t, "conflicts", len(n.clashes(id)), 1)
		same(t, "number", two.seq, int64(3))
		same(t, "stage", n.story(id).Stage, news.StageDraft)
		n.live(id, "Bersama")
		live, err := n.db.LiveStory(t.Context(), id)
		n.ok(err)
		same(t, "what readers get", live.Version.Content.Body.Plain(), "terbit\n\n2\n\n3")
	}},
	{"a story that is withdrawn while somebody edits it keeps what he writes, and stays withdrawn", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.written()
		_, err := n.desk.Publish(t.Context(), editor, id)
		n.ok(err)
		one := n.opened(rani, id).types("a", "sebelum").saves()
		_, err = n.desk.Withdraw(t.Context(), editor, id, news.ReasonChild, "")
		n.ok(err)
		one.types("b", "sesudah").saves()
		same(t, "stored", n.stored(id), "a=sebelum b=sesudah c=3")
		same(t, "status", n.story(id).Status, news.Withdrawn)
		n.hidden(id, "bersama")
		other := n.written()
		_, err = n.desk.Publish(t.Context(), editor, other)
		n.ok(err)
		_, err = n.desk.Withdraw(t.Context(), editor, other, news.ReasonChild, "")
		n.ok(err)
		n.opened(rani, other).types("c", "tanpa nama").saves()
		same(t, "a draft of a withdrawn story begins from its text", n.stored(other), "a=1 b=2 c=tanpa nama")
	}},
	{"a save onto a scheduled story moves nothing", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.written()
		n.ok(n.desk.Schedule(t.Context(), editor, id, noon.Add(time.Hour)))
		before := n.story(id)
		last := n.last()
		n.opened(rani, id).types("a", "belum disetujui").saves("headline", `"Belum disetujui"`)
		same(t, "story", n.story(id), before)
		same(t, "event", n.last(), last)
		st, err := n.db.DraftState(t.Context(), id)
		n.ok(err)
		same(t, "changed", st.Changed, true)
		n.clock.advance(time.Hour)
		n.due(1)
		n.live(id, "Bersama")
		same(t, "the draft goes on", n.stored(id), "a=belum disetujui b=2 c=3")
	}},
	{"the first save on an imported story merges with what came in since its page was opened", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		in := n.incoming("urn:w", "1", "Dari kantor berita")
		text := func(a, b string) doc.Doc {
			return doc.Doc{Blocks: []doc.Block{doc.Paragraph{ID: bid("a"), Text: doc.Text(a)}, doc.Paragraph{ID: bid("b"), Text: doc.Text(b)}}}
		}
		in.Content.Body = text("satu", "dua")
		id := n.take(in)[0].ID
		one, two := n.opened(rani, id), n.opened(budi, id)
		same(t, "number", one.seq, int64(1))
		in.Version, in.Hash, in.Content.Body = "2", "x", text("satu", "dua koma lima")
		in.Content.Headline = "Diperbarui kantor berita"
		n.take(in)
		one.types("a", "satu kita").types("b", "dua kita").saves("headline", `"Judul kita"`)
		same(t, "stored", n.stored(id), "a=satu kita b=dua koma lima")
		same(t, "conflicts", len(n.clashes(id)), 2)
		n.live(id, "Diperbarui kantor berita")
		two.types("a", "satu lain").saves()
		same(t, "conflicts after the second", len(n.clashes(id)), 3)
		in.Version, in.Hash = "3", "y"
		same(t, "a third version waits", results(n.take(in)), []news.ImportResult{news.ItemConflict})
	}},
	{"a version of an import that goes live over a published draft keeps the numbers rising", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		in := n.incoming("urn:h", "1", "Ditahan dulu")
		in.Hold = true
		id := n.take(in)[0].ID
		held := n.opened(rani, id)
		in.Version, in.Hash, in.Hold = "2", "x", false
		in.Content.Headline = "Dilepas"
		same(t, "result", results(n.take(in)), []news.ImportResult{news.ItemUpdated})
		n.live(id, "Dilepas")
		now := n.opened(rani, id)
		same(t, "rising", now.seq > held.seq, true)
		same(t, "the copy of then learns of it", string(held.looks().fields["headline"]), `"Dilepas"`)
		st, err := n.db.DraftState(t.Context(), id)
		n.ok(err)
		same(t, "nobody writes", []any{st.Writing, st.Story.Stage}, []any{false, news.StageNone})
	}},
	{"a field of another form, a thing that is not there and a number from nowhere are refused by name", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.written()
		b := n.opened(rani, id)
		for _, c := range []struct{ name, field, value, code string }{
			{"no such field", "slug", `"x"`, "field_form"},
			{"the body", "body", `{}`, "field_form"},
			{"a number for a text", "headline", `7`, "field_form"},
			{"an unknown part", "lead", `{"pictures":3}`, "field_form"},
			{"an unknown label", "labels", `["gosip"]`, "field_form"},
			{"too long", "headline", `"` + strings.Repeat("a", 5000) + `"`, "field_form"},
			{"too many", "topics", "[" + strings.Repeat("1,", 60) + "1]", "field_form"},
			{"nothing", "headline", "", "field_form"},
			{"a person", "credits", `[{"person":77,"role":"writer"}]`, "unknown.person"},
			{"a topic", "topics", `[77]`, "unknown.topic"},
			{"a source", "sources", `[77]`, "unknown.source"},
			{"a picture", "lead", `{"picture":77}`, "unknown.picture"},
			{"a story", "related", `[77]`, "unknown.story"},
			{"a section", "section", `777`, "unknown.section"},
		} {
			_, err := n.desk.Save(t.Context(), rani, b.save(c.field, c.value))
			n.is(err, fault.Invalid)
			same(t, c.name, []string{fault.Find(err).Code, fault.Find(err).Field}, []string{c.code, c.field})
		}
		ahead := b.save("headline", `"x"`)
		ahead.Base = 9
		_, err := n.desk.Save(t.Context(), rani, ahead)
		same(t, "a number ahead of ours", fault.Find(err).Code, "draft_base")
		picture := b.save()
		picture.Body.Blocks = append(picture.Body.Blocks, doc.Picture{ID: bid("p"), Picture: 77})
		picture.Body.Order = append(slices.Clone(picture.Body.Order), bid("p"))
		_, err = n.desk.Save(t.Context(), rani, picture)
		same(t, "a picture in the text", fault.Find(err).Code, "unknown.picture")
		lost := b.save()
		lost.Body.Order = append(slices.Clone(lost.Body.Order), bid("q"))
		_, err = n.desk.Save(t.Context(), rani, lost)
		same(t, "a block without its text", fault.Find(err).Code, "draft_blocks")
		_, err = n.desk.Save(t.Context(), rani, news.DraftSave{StoryID: 999, Fields: map[string]json.RawMessage{"headline": []byte(`"x"`)}})
		n.is(err, fault.NotFound)
		same(t, "nothing was kept", []any{n.stored(id), n.opened(rani, id).seq}, []any{"a=1 b=2 c=3", int64(1)})
		b.saves("lead", `{"caption":"Tanpa foto"}`, "section", "0", "kind", `"video"`, "headline", `null`)
		st, err := n.db.DraftState(t.Context(), id)
		n.ok(err)
		same(t, "an unfinished draft is kept", []any{st.Content.Lead.Caption, st.Content.SectionID, st.Content.Kind, st.Content.Headline},
			[]any{"Tanpa foto", 0, news.KindVideo, ""})
	}},
	{"eight people who save at once lose nothing", saveTogether},
	{"writers, an import, publications and the due loop do not get in each other's way", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		var group sync.WaitGroup
		for p := range 6 {
			id := n.written()
			who := account.Actor{ID: int64(100 + p), Name: fmt.Sprint("Orang ", p), Role: account.Editor}
			b := n.opened(who, id)
			group.Go(func() {
				for r := range 12 {
					delta, err := n.desk.Save(ctx, who, b.types("a", fmt.Sprint("putaran ", r)).save())
					if err != nil {
						t.Errorf("save: %v", err)
						return
					}
					b.takes(delta)
					if r%4 == 3 {
						if _, err := n.desk.Publish(ctx, who, id); err != nil {
							t.Errorf("publish: %v", err)
						}
					}
				}
			})
		}
		group.Go(func() {
			for batch := range 4 {
				var items []news.Incoming
				for i := range 40 {
					items = append(items, n.incoming(fmt.Sprint("urn:", batch*20+i), fmt.Sprint(batch), fmt.Sprint("Kawat ", i)))
				}
				if _, err := n.desk.Import(ctx, wire, items); err != nil {
					t.Errorf("import: %v", err)
				}
			}
		})
		group.Go(func() {
			for range 20 {
				if _, err := n.desk.RunDue(ctx, false); err != nil {
					t.Errorf("due: %v", err)
				}
				if err := n.site.SaveSettings(ctx, editor, map[string]string{"tagline": "Terang"}); err != nil {
					t.Errorf("settings: %v", err)
				}
			}
		})
		group.Wait()
		counts, err := n.db.WorkCounts(ctx, news.WorkFilter{Viewer: editor})
		n.ok(err)
		same(t, "live", counts[news.ColumnLive], 6+100)
	}},
}

// saveTogether lets eight people write into one story at once. What was
// acknowledged is in the draft, or in a conflict, or was seen by who replaced it.
func saveTogether(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	id := n.written()
	const people, rounds = 8, 6
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	var group sync.WaitGroup
	for p := range people {
		group.Go(func() {
			who := account.Actor{ID: int64(100 + p), Name: fmt.Sprint("Orang ", p), Role: account.Editor}
			b := n.opened(who, id)
			for r := range rounds {
				mine := fmt.Sprintf("p%dr%d", p, r)
				shared := "bersama " + mine
				b.types(mine, "sendiri "+mine).types("b", shared)
				delta, err := n.desk.Save(t.Context(), who, b.save())
				if err != nil {
					t.Errorf("%s: %v", mine, err)
					return
				}
				b.takes(delta)
				mu.Lock()
				acknowledged["sendiri "+mine] = true
				if b.blocks[bid("b")] != shared {
					acknowledged[shared] = true // it did not get in: a conflict has it
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	st, err := n.db.DraftState(t.Context(), id)
	n.ok(err)
	kept := map[string]bool{}
	for _, b := range st.Content.Body.Blocks {
		kept[doc.PlainBlock(b)] = true
	}
	for _, c := range st.Conflicts {
		kept[said(c.Other)] = true
	}
	lost := 0
	for text := range acknowledged {
		if !kept[text] {
			lost++
			t.Errorf("%q was acknowledged and is nowhere", text)
		}
	}
	same(t, "saves that changed the draft", st.Seq, int64(1+people*rounds))
	if len(acknowledged) <= people*rounds {
		t.Error("nobody met anybody: the case shows nothing")
	}
}

package news

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/doc"
)

// room is one story in memory with the tabs in which it is open.
type room struct {
	t   *testing.T
	rng *rand.Rand
	w   *World
	rec *Record
	n   int // texts so far: each is another one
}

// page is a tab: what it shows, and what of it is not saved yet.
type page struct {
	who    account.Actor
	seq    int64
	order  []string
	text   map[string]string
	typed  map[string]bool
	fields map[string]string
}

func newRoom(t *testing.T, seed uint64) *room {
	r := &room{t: t, rng: rand.New(rand.NewPCG(seed, 7)), w: &World{
		Now: time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC), Zone: time.UTC, Tree: NewTree([]Section{{ID: 1, Slug: "bola"}})}}
	c := Content{Headline: "Awal", SectionID: 1}
	for i := range 6 {
		c.Body.Blocks = append(c.Body.Blocks, doc.Paragraph{ID: fmt.Sprintf("start%03d", i), Text: doc.Text(fmt.Sprint("awal ", i))})
	}
	r.rec = &Record{Story: Story{ID: 1, Status: Live, LiveNo: 1, LastNo: 1, SectionID: 1}, Live: &Version{StoryID: 1, No: 1, Content: c}}
	return r
}

func (r *room) open(i int) *page {
	st := r.rec.State(r.w)
	p := &page{who: account.Actor{ID: int64(i + 1), Name: fmt.Sprint("Orang ", i), Role: account.Editor}, seq: st.Seq,
		order: st.Content.Body.Order(), text: map[string]string{}, typed: map[string]bool{}, fields: map[string]string{}}
	for _, b := range st.Content.Body.Blocks {
		p.text[b.BlockID()] = doc.PlainBlock(b)
	}
	return p
}

// write does something at random in a tab.
func (r *room) write(p *page) {
	r.n++
	text := fmt.Sprint("teks ", r.n)
	switch k := r.rng.IntN(10); {
	case k < 5 && len(p.order) > 0:
		id := p.order[r.rng.IntN(len(p.order))]
		p.text[id], p.typed[id] = text, true
	case k < 7:
		id := fmt.Sprintf("b%07d", r.n)
		p.order = slices.Insert(p.order, r.rng.IntN(len(p.order)+1), id)
		p.text[id], p.typed[id] = text, true
	case k < 8 && len(p.order) > 0:
		i := r.rng.IntN(len(p.order))
		delete(p.text, p.order[i])
		delete(p.typed, p.order[i])
		p.order = slices.Delete(slices.Clone(p.order), i, i+1)
	case k < 9 && len(p.order) > 1:
		i := r.rng.IntN(len(p.order) - 1)
		p.order = slices.Clone(p.order)
		p.order[i], p.order[i+1] = p.order[i+1], p.order[i]
	default:
		p.fields[[]string{"headline", "standfirst"}[r.rng.IntN(2)]] = text
	}
}

func (p *page) save() DraftSave {
	s := DraftSave{StoryID: 1, Base: p.seq, Body: &doc.Save{Order: slices.Clone(p.order)}, Fields: map[string]json.RawMessage{}}
	for _, id := range p.order {
		if p.typed[id] {
			s.Body.Blocks = append(s.Body.Blocks, doc.Paragraph{ID: id, Text: doc.Text(p.text[id])})
		}
	}
	for name, text := range p.fields {
		s.Fields[name] = json.RawMessage(fmt.Sprintf("%q", text))
	}
	return s
}

// send saves and holds the outcome against the promise: what was stored stays,
// unless the save had seen it; what was sent is stored, or in a conflict.
func (r *room) send(p *page, s DraftSave, again bool) {
	r.t.Helper()
	before := r.rec.begin()
	revs := before.body().Revs
	delta, _, err := r.rec.save(r.w, p.who, &s)
	if err != nil {
		r.t.Fatalf("base %d of %d: %v", s.Base, before.Seq, err)
	}
	after := r.rec.begin()
	now := map[string]string{}
	for _, b := range after.Content.Body.Blocks {
		now[b.BlockID()] = doc.PlainBlock(b)
	}
	for _, b := range before.Content.Body.Blocks {
		id, was := b.BlockID(), doc.PlainBlock(b)
		if now[id] != was && revs[id].Changed > s.Base {
			r.t.Fatalf("%q of number %d was replaced by a save that builds on %d", was, revs[id].Changed, s.Base)
		}
	}
	for _, name := range []string{"headline", "standfirst"} {
		f := fieldByName(name)
		if was := f.get(&before.Content); before.fieldSeq(name) > s.Base && string(was) != string(f.get(&after.Content)) {
			r.t.Fatalf("the %s %s of number %d was replaced by a save that builds on %d", name, was, before.fieldSeq(name), s.Base)
		}
	}
	kept := map[string]bool{after.Content.Headline: true, after.Content.Standfirst: true}
	for _, text := range now {
		kept[text] = true
	}
	for _, c := range r.rec.Open {
		var text string
		if json.Unmarshal(c.Other, &text) == nil {
			kept[text] = true
		}
		if d, err := doc.Parse([]byte(`{"type":"doc","content":[` + string(c.Other) + `]}`)); err == nil {
			kept[d.Plain()] = true
		}
	}
	if !again {
		for _, b := range s.Body.Blocks {
			if !kept[doc.PlainBlock(b)] {
				r.t.Fatalf("%q was sent and is nowhere", doc.PlainBlock(b))
			}
		}
		for name, raw := range s.Fields {
			if text := strings.Trim(string(raw), `"`); !kept[text] {
				r.t.Fatalf("the %s %q was sent and is nowhere", name, text)
			}
		}
	}
	p.seq, p.order, p.typed, p.fields = delta.Seq, delta.Order, map[string]bool{}, map[string]string{}
	for _, b := range delta.Blocks.Blocks {
		p.text[b.BlockID()] = doc.PlainBlock(b)
	}
	for _, id := range p.order {
		if p.text[id] != now[id] {
			r.t.Fatalf("the tab shows %q in %s, stored is %q", p.text[id], id, now[id])
		}
	}
	if delta.Seq < before.Seq || !slices.Equal(p.order, after.Content.Body.Order()) {
		r.t.Fatalf("number %d after %d, order %v, stored %v", delta.Seq, before.Seq, p.order, after.Content.Body.Order())
	}
	// The store reads what it wrote: nothing may hang on what only memory has.
	text, err := json.Marshal(after.Trail)
	if err != nil {
		r.t.Fatal(err)
	}
	after.Trail = Trail{}
	if err := json.Unmarshal(text, &after.Trail); err != nil {
		r.t.Fatal(err)
	}
	if r.rec.Draft != nil {
		r.rec.Draft = &after
	}
}

func TestNothingThatIsAcknowledgedIsLost(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		r := newRoom(t, seed)
		var pages []*page
		for i := range 4 {
			pages = append(pages, r.open(i))
		}
		for step := range 150 {
			p := pages[r.rng.IntN(len(pages))]
			for range 1 + r.rng.IntN(3) {
				r.write(p)
			}
			if r.rng.IntN(3) == 0 {
				continue // offline for a while
			}
			s := p.save()
			r.send(p, s, false)
			switch r.rng.IntN(12) {
			case 0:
				r.send(p, s, true) // the answer was lost, the save comes again
			case 1: // published meanwhile
				if d := r.rec.Draft; d != nil {
					r.rec.Clean, r.rec.Draft, r.rec.Live = d, nil, &Version{StoryID: 1, No: 1, Content: d.Content}
				}
			case 2: // somebody restores what was live first
				if err := r.rec.rewrite(r.w, p.who, &r.rec.Live.Content); err != nil {
					t.Fatal(err)
				}
			case 3: // and somebody settles what he can
				r.rec.Open = nil
			}
			r.w.Now = r.w.Now.Add(time.Duration(step) * time.Second)
		}
	}
}

func FuzzField(f *testing.F) {
	for _, name := range FieldNames() {
		f.Add(name, `"x"`)
		f.Add(name, `[1,2]`)
		f.Add(name, `{"picture":3,"video":{"provider":"youtube"}}`)
		f.Add(name, `null`)
	}
	f.Fuzz(func(t *testing.T, name, raw string) {
		x := fieldByName(name)
		if x == nil {
			t.Skip()
		}
		c := Content{Headline: "Tetap", SectionID: 7, Topics: []int64{1}}
		was := c
		if err := x.set(&c, json.RawMessage(raw)); err != nil {
			if !SameContent(&was, &c) {
				t.Fatalf("%s was refused and changed the content to %+v", raw, c)
			}
			return
		}
		said := x.get(&c)
		var back Content
		if err := x.set(&back, said); err != nil || string(x.get(&back)) != string(said) {
			t.Fatalf("%s became %s, and that %s: %v", raw, said, x.get(&back), err)
		}
		for i := range fields {
			if other := &fields[i]; other.name != name && string(other.get(&c)) != string(other.get(&was)) {
				t.Fatalf("%s of %s changed %s", raw, name, other.name)
			}
		}
	})
}

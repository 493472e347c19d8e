package doc_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"warta/internal/doc"
	"warta/internal/fault"
)

// id makes a block id from a short name.
func id(s string) string { return s + strings.Repeat("0", 8-len(s)) }

func para(name, text string) doc.Block { return doc.Paragraph{ID: id(name), Text: doc.Text(text)} }

// body makes a document "name=text" by "name=text".
func body(parts ...string) doc.Doc {
	var d doc.Doc
	for _, p := range parts {
		name, text, _ := strings.Cut(p, "=")
		d.Blocks = append(d.Blocks, para(name, text))
	}
	return d
}

func save(base int64, order string, changed ...string) doc.Save {
	s := doc.Save{Base: base, Blocks: body(changed...).Blocks}
	for _, name := range strings.Fields(order) {
		s.Order = append(s.Order, id(name))
	}
	return s
}

func show(d doc.Doc) string {
	var out []string
	for _, b := range d.Blocks {
		out = append(out, strings.TrimRight(b.BlockID(), "0")+"="+doc.PlainBlock(b))
	}
	return strings.Join(out, " ")
}

func showConflicts(cs []doc.Conflict) string {
	var out []string
	for _, c := range cs {
		s := string(c.Clash) + " " + strings.TrimRight(c.ID, "0")
		if c.Kept != nil {
			s += " kept=" + doc.PlainBlock(c.Kept)
		}
		if c.Other != nil {
			s += " other=" + doc.PlainBlock(c.Other)
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestMerge(t *testing.T) {
	t.Parallel()
	start := body("a=1", "b=2", "c=3")
	tests := []struct {
		name      string
		theirs    *doc.Save // saved as number 2 on base 1
		ours      doc.Save  // saved as number 3
		want      string
		conflicts string
	}{
		{"nothing changes nothing", nil, save(1, "a b c"), "a=1 b=2 c=3", ""},
		{"an edit gets in", nil, save(1, "a b c", "b=x"), "a=1 b=x c=3", ""},
		{"edits of different blocks both get in", ptr(save(1, "a b c", "a=y")), save(1, "a b c", "b=x"), "a=y b=x c=3", ""},
		{"two edits of one block conflict and the stored one stays", ptr(save(1, "a b c", "b=y")), save(1, "a b c", "b=x"), "a=1 b=y c=3", "both_edited b kept=y other=x"},
		{"the same edit on both sides is no conflict", ptr(save(1, "a b c", "b=x")), save(1, "a b c", "b=x"), "a=1 b=x c=3", ""},
		{"a later base edits what the other wrote", ptr(save(1, "a b c", "b=y")), save(2, "a b c", "b=x"), "a=1 b=x c=3", ""},
		{"new blocks of both sides stand behind their predecessor", ptr(save(1, "a d b c", "d=y")), save(1, "a b e c", "e=x"), "a=1 d=y b=2 e=x c=3", ""},
		{"new blocks at one place keep their runs", ptr(save(1, "a d f b c", "d=y", "f=z")), save(1, "a e g b c", "e=x", "g=w"), "a=1 d=y f=z e=x g=w b=2 c=3", ""},
		{"a new block at the top stays there", ptr(save(1, "d a b c", "d=y")), save(1, "e a b c", "e=x"), "d=y e=x a=1 b=2 c=3", ""},
		{"a deletion takes a block out", nil, save(1, "a c"), "a=1 c=3", ""},
		{"a deletion does not take what others made meanwhile", ptr(save(1, "a b d c", "d=y")), save(1, "a c"), "a=1 d=y c=3", ""},
		{"deleting what others edited keeps the text", ptr(save(1, "a b c", "b=y")), save(1, "a c"), "a=1 b=y c=3", "delete_edited b kept=y"},
		{"editing what others deleted gives the text back as a conflict", ptr(save(1, "a c")), save(1, "a b c", "b=x"), "a=1 c=3", "edit_of_gone b other=x"},
		{"still showing what others deleted does not bring it back", ptr(save(1, "a c")), save(1, "a b c"), "a=1 c=3", ""},
		{"both delete", ptr(save(1, "a c")), save(1, "a c"), "a=1 c=3", ""},
		{"undoing a deletion brings the block back", ptr(save(1, "a c")), save(2, "a b c", "b=2"), "a=1 b=2 c=3", ""},
		{"a move gets in", nil, save(1, "c a b"), "c=3 a=1 b=2", ""},
		{"a move and an edit both get in", ptr(save(1, "a b c", "b=y")), save(1, "c a b"), "c=3 a=1 b=y", ""},
		{"a move of others is not undone by an older order", ptr(save(1, "c a b")), save(1, "a b c", "a=x"), "c=3 a=x b=2", ""},
		{"a block added under others' move stands behind its predecessor", ptr(save(1, "c a b")), save(1, "a d b c", "d=x"), "c=3 a=1 d=x b=2", ""},
		{"an empty order deletes all that the client saw", ptr(save(1, "a b c d", "d=y")), save(1, ""), "d=y", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			stored := doc.NewStored(start, 1)
			var err error
			if tt.theirs != nil {
				var cs []doc.Conflict
				if stored, cs, err = doc.Merge(stored, *tt.theirs, 2); err != nil || len(cs) > 0 {
					t.Fatal(err, cs)
				}
			}
			was := show(stored.Doc)
			got, conflicts, err := doc.Merge(stored, tt.ours, 3)
			if err != nil {
				t.Fatal(err)
			}
			if s := show(got.Doc); s != tt.want {
				t.Errorf("body = %s, want %s", s, tt.want)
			}
			if s := showConflicts(conflicts); s != tt.conflicts {
				t.Errorf("conflicts = %q, want %q", s, tt.conflicts)
			}
			if show(stored.Doc) != was {
				t.Error("Merge changed its argument")
			}
			again, more, err := doc.Merge(got, tt.ours, 4)
			if err != nil || show(again.Doc) != tt.want || showConflicts(more) != tt.conflicts {
				t.Errorf("repeated: %s, %q, %v", show(again.Doc), showConflicts(more), err)
			}
		})
	}
}

func ptr[T any](v T) *T { return &v }

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	stored := doc.NewStored(body("a=1", "b=2"), 5)
	gone, _, err := doc.Merge(stored, save(5, "a"), 6)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		stored doc.Stored
		save   doc.Save
		next   int64
		kind   fault.Kind
		at     string
	}{
		{"a base from the future", stored, save(9, "a b"), 9, fault.Invalid, "base"},
		{"a number that is not new", stored, save(4, "a b"), 5, fault.Internal, ""},
		{"an id twice in the order", stored, save(5, "a b a"), 9, fault.Invalid, "order[2]"},
		{"an unknown id without its text", stored, save(5, "a b x"), 9, fault.Invalid, "order[2]"},
		{"a deleted id without its text from one who knew", gone, save(6, "a b"), 9, fault.Invalid, "order[1]"},
		{"a forgotten id without its text", gone.Forget(7), save(5, "a b"), 9, fault.Invalid, "order[1]"},
		{"a block that is not in the order", stored, save(5, "a b", "x=1"), 9, fault.Invalid, "blocks[0]"},
		{"a block twice", stored, save(5, "a b", "a=1", "a=2"), 9, fault.Invalid, "blocks[1]"},
		{"a block without id", stored, doc.Save{Base: 5, Blocks: []doc.Block{doc.AdBreak{}}}, 9, fault.Invalid, "blocks[0]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := doc.Merge(tt.stored, tt.save, tt.next)
			if !fault.Is(err, tt.kind) || err == nil || fieldOf(err) != tt.at {
				t.Errorf("error = %v", err)
			}
		})
	}
}

func TestParseSave(t *testing.T) {
	t.Parallel()
	got, err := doc.ParseSave([]byte(`{"base":3,"blocks":[{"type":"ad_break","attrs":{"id":"aaaaaaaa"}}],"order":["aaaaaaaa"]}`))
	want := doc.Save{Base: 3, Blocks: []doc.Block{doc.AdBreak{ID: "aaaaaaaa"}}, Order: []string{"aaaaaaaa"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for in, at := range map[string]string{
		`[]`:                      "",
		`{"base":1}`:              "order",
		`{"base":-1,"order":[]}`:  "base",
		`{"order":["x"]}`:         "order[0]",
		`{"order":[],"x":1}`:      "x",
		`{"order":[],"blocks":3}`: "blocks",
		`{"order":["aaaaaaaa"],"blocks":[{"type":"picture","attrs":{"id":"aaaaaaaa"}}]}`: "blocks[0].attrs.picture",
	} {
		if _, err := doc.ParseSave([]byte(in)); !fault.Is(err, fault.Invalid) || fieldOf(err) != at {
			t.Errorf("%s: %v, want path %q", in, err, at)
		}
	}
}

// client is a person who edits a copy of the body, as an editor in a browser would.
type client struct {
	base  int64
	saved doc.Doc // as the server last sent it
	copy  doc.Doc
}

// edit makes a few random changes; every new text is one that nobody wrote before.
func (c *client) edit(r *rand.Rand, fresh func() string, ids doc.IDs) {
	for range 1 + r.IntN(4) {
		n := len(c.copy.Blocks)
		blocks := slices.Clone(c.copy.Blocks)
		switch k := r.IntN(4); {
		case k == 0 || n == 0:
			blocks = slices.Insert(blocks, r.IntN(n+1), doc.Block(doc.Paragraph{ID: ids(), Text: doc.Text(fresh())}))
		case k == 1:
			i := r.IntN(n)
			blocks[i] = doc.Paragraph{ID: blocks[i].BlockID(), Text: doc.Text(fresh())}
		case k == 2:
			i := r.IntN(n)
			blocks = slices.Delete(blocks, i, i+1)
		default:
			i, j := r.IntN(n), r.IntN(n)
			blocks[i], blocks[j] = blocks[j], blocks[i]
		}
		c.copy.Blocks = blocks
	}
}

// blockByID returns the block of the top level with the id.
func blockByID(d doc.Doc, id string) (doc.Block, bool) {
	i := slices.IndexFunc(d.Blocks, func(b doc.Block) bool { return b.BlockID() == id })
	if i < 0 {
		return nil, false
	}
	return d.Blocks[i], true
}

func (c *client) save() doc.Save {
	s := doc.Save{Base: c.base}
	for _, b := range c.copy.Blocks {
		s.Order = append(s.Order, b.BlockID())
		if was, ok := blockByID(c.saved, b.BlockID()); !ok || !reflect.DeepEqual(was, b) {
			s.Blocks = append(s.Blocks, b)
		}
	}
	return s
}

// TestMergeLosesNoText lets three people edit one body on bases of any age. After
// each save every text that was stored or sent is in the body or in a conflict,
// unless its own writer or somebody who had seen it took it out.
func TestMergeLosesNoText(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		n := 0
		fresh := func() string { n++; return fmt.Sprintf("text %d", n) }
		ids := doc.SeededIDs(fmt.Sprint(seed))
		stored := doc.NewStored(body("a="+fresh(), "b="+fresh(), "c="+fresh()), 1)
		people := make([]client, 3)
		for i := range people {
			people[i] = client{base: 1, saved: stored.Doc, copy: stored.Doc}
		}
		for next := int64(2); next < 30; next++ {
			c := &people[r.IntN(len(people))]
			c.edit(r, fresh, ids)
			s := c.save()
			got, conflicts, err := doc.Merge(stored, s, next)
			if err != nil {
				t.Fatalf("seed %d, save %d: %v", seed, next, err)
			}
			checkNothingLost(t, c, stored, s, got, conflicts)
			if err := got.Doc.Validate(); err != nil {
				t.Fatal(err)
			}
			for _, b := range got.Doc.Blocks {
				if _, ok := got.Revs[b.BlockID()]; !ok || len(got.Revs) != len(got.Doc.Blocks) {
					t.Fatalf("seed %d: the numbers do not match the body", seed)
				}
			}
			stored = got
			*c = client{base: next, saved: got.Doc, copy: got.Doc}
			if t.Failed() {
				t.Fatalf("seed %d, save %d", seed, next)
			}
		}
	}
}

func checkNothingLost(t *testing.T, c *client, before doc.Stored, s doc.Save, after doc.Stored, conflicts []doc.Conflict) {
	t.Helper()
	have := map[string]bool{}
	for _, b := range after.Doc.Blocks {
		have[doc.PlainBlock(b)] = true
	}
	for _, x := range conflicts {
		if x.Other != nil {
			have[doc.PlainBlock(x.Other)] = true
		}
	}
	for _, b := range s.Blocks {
		if !have[doc.PlainBlock(b)] {
			t.Errorf("sent and lost: %s", doc.PlainBlock(b))
		}
	}
	for _, b := range before.Doc.Blocks {
		// The client took it out or overwrote it knowingly if its base had
		// exactly this text.
		seen, ok := blockByID(c.saved, b.BlockID())
		knew := ok && reflect.DeepEqual(seen, b)
		if !knew && !have[doc.PlainBlock(b)] {
			t.Errorf("stored and lost: %s", doc.PlainBlock(b))
		}
	}
}

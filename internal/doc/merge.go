package doc

import (
	"bytes"
	"maps"

	"warta/internal/fault"
)

// Rev is what the draft row remembers of a block: the numbers of the saves that
// made it and that changed it last.
type Rev struct {
	Made    int64 `json:"made"`
	Changed int64 `json:"changed"`
}

// Stored is a body as the draft row keeps it. Gone holds the number of the save
// that deleted a block, as long as a client may still build on it; Moved is the
// number of the last save that changed the order of blocks that stayed.
type Stored struct {
	Doc   Doc              `json:"doc"`
	Revs  map[string]Rev   `json:"revs"`
	Gone  map[string]int64 `json:"gone,omitempty"`
	Moved int64            `json:"moved,omitempty"`
}

// NewStored returns the stored form of a body that came in whole with number seq.
func NewStored(d Doc, seq int64) Stored {
	s := Stored{Doc: d, Revs: make(map[string]Rev, len(d.Blocks))}
	for _, b := range d.Blocks {
		s.Revs[b.BlockID()] = Rev{Made: seq, Changed: seq}
	}
	return s
}

// Forget returns s without the tombstones of deletions before number seq.
func (s Stored) Forget(seq int64) Stored {
	gone := map[string]int64{}
	for id, n := range s.Gone {
		if n >= seq {
			gone[id] = n
		}
	}
	s.Gone = gone
	return s
}

// Save is what a client sends: the number that its copy is built on, the blocks
// that it changed or made since, and the ids of all its blocks in order.
type Save struct {
	Base   int64
	Blocks []Block
	Order  []string
}

// Clash says which two changes met in a Conflict.
type Clash string

// The clashes. In each of them the stored state stays.
const (
	BothEdited   Clash = "both_edited"   // Other is the save's text
	EditOfGone   Clash = "edit_of_gone"  // the block was deleted; Other is the save's text
	DeleteOfEdit Clash = "delete_edited" // the save deletes what others changed; the text stays
)

// Conflict is a change that did not get in, to be shown to people.
type Conflict struct {
	ID    string
	Clash Clash
	Kept  Block // what is stored; nil with EditOfGone
	Other Block // what the save had; nil with DeleteOfEdit
}

// Merge brings a save into the stored body and gives its changes the number
// next. A block that others changed after the save's base keeps its stored
// state, and what the save had comes back as a Conflict. A block that is equal
// on both sides is never one, so a save may be repeated. No text disappears
// but by a deletion or a change of somebody who had seen it. Neither argument
// is changed.
//
// The save's order counts, unless others moved blocks after its base; blocks
// that only one side has stand behind the one that precedes them there.
func Merge(stored Stored, save Save, next int64) (Stored, []Conflict, error) {
	if err := checkNumbers(stored, save, next); err != nil {
		return Stored{}, nil, err
	}
	m := merger{
		save: save, next: next,
		blocks: make(map[string]Block, len(stored.Doc.Blocks)+len(save.Blocks)),
		revs:   make(map[string]Rev, len(stored.Revs)),
		gone:   map[string]int64{},
		listed: make(map[string]bool, len(save.Order)),
	}
	maps.Copy(m.gone, stored.Gone)
	var before []string
	for _, b := range stored.Doc.Blocks {
		id := b.BlockID()
		m.blocks[id], m.revs[id] = b, stored.Revs[id]
		before = append(before, id)
	}
	if err := m.checkOrder(); err != nil {
		return Stored{}, nil, err
	}
	for i, b := range save.Blocks {
		if err := m.take(i, b); err != nil {
			return Stored{}, nil, err
		}
	}
	m.delete(before)

	// What others moved wins like any other stored change.
	out := Stored{Revs: m.revs, Gone: m.gone, Moved: stored.Moved}
	first, second := save.Order, before
	if stored.Moved > save.Base {
		first, second = before, save.Order
	} else if m.moves(before) {
		out.Moved = next
	}
	for _, id := range m.order(first, second) {
		out.Doc.Blocks = append(out.Doc.Blocks, m.blocks[id])
	}
	if len(out.Doc.Blocks) > MaxBlocks {
		return Stored{}, nil, fault.Input("order", "a document has at most %d blocks", MaxBlocks)
	}
	return out, m.conflicts, nil
}

func checkNumbers(stored Stored, save Save, next int64) error {
	if save.Base >= next {
		return fault.Input("base", "the base %d is not older than this save, %d", save.Base, next)
	}
	newest := stored.Moved
	for _, r := range stored.Revs {
		newest = max(newest, r.Changed)
	}
	for _, n := range stored.Gone {
		newest = max(newest, n)
	}
	if newest >= next {
		return fault.New(fault.Internal, "save number %d is not newer than the stored %d", next, newest)
	}
	return nil
}

type merger struct {
	save      Save
	next      int64
	blocks    map[string]Block
	revs      map[string]Rev
	gone      map[string]int64
	listed    map[string]bool // ids in the save's order
	conflicts []Conflict
}

func (m *merger) checkOrder() error {
	sent := make(map[string]bool, len(m.save.Blocks))
	for i, b := range m.save.Blocks {
		at := (*path)(nil).at("blocks", i)
		if b == nil || !ValidID(b.BlockID()) {
			return at.bad("a block needs an id of %d characters a to z and 0 to 9", idLen)
		}
		if sent[b.BlockID()] {
			return at.bad("the id %q stands on two blocks", b.BlockID())
		}
		sent[b.BlockID()] = true
	}
	for i, id := range m.save.Order {
		at := (*path)(nil).at("order", i)
		if m.listed[id] {
			return at.bad("the id %q stands twice", id)
		}
		m.listed[id] = true
		if _, ok := m.blocks[id]; !ok && !sent[id] && m.gone[id] <= m.save.Base {
			// Taking it silently would lose a text that the client thinks we have.
			return at.bad("the block %q is not known here: send its text", id)
		}
	}
	return nil
}

// take brings in one block of the save.
func (m *merger) take(i int, b Block) error {
	id := b.BlockID()
	if !m.listed[id] {
		return (*path)(nil).at("blocks", i).bad("the block %q is not in the order", id)
	}
	if kept, ok := m.blocks[id]; ok {
		same, err := equal(kept, b)
		if err != nil || same {
			return err
		}
		rev := m.revs[id]
		if rev.Changed > m.save.Base {
			m.conflicts = append(m.conflicts, Conflict{ID: id, Clash: BothEdited, Kept: kept, Other: b})
			return nil
		}
		rev.Changed = m.next
		m.blocks[id], m.revs[id] = b, rev
		return nil
	}
	if m.gone[id] > m.save.Base {
		m.conflicts = append(m.conflicts, Conflict{ID: id, Clash: EditOfGone, Other: b})
		return nil
	}
	delete(m.gone, id) // the client knew of the deletion and took it back
	m.blocks[id], m.revs[id] = b, Rev{Made: m.next, Changed: m.next}
	return nil
}

// delete takes out the stored blocks that the client saw and no longer has.
func (m *merger) delete(before []string) {
	for _, id := range before {
		rev := m.revs[id]
		if m.listed[id] || rev.Made > m.save.Base {
			continue
		}
		if rev.Changed > m.save.Base {
			m.conflicts = append(m.conflicts, Conflict{ID: id, Clash: DeleteOfEdit, Kept: m.blocks[id]})
			continue
		}
		delete(m.blocks, id)
		delete(m.revs, id)
		m.gone[id] = m.next
	}
}

// moves reports whether the save has the blocks of both sides in another order.
func (m *merger) moves(before []string) bool {
	at := make(map[string]int, len(before))
	for i, id := range before {
		at[id] = i
	}
	last := -1
	for _, id := range m.save.Order {
		i, ok := at[id]
		if !ok {
			continue
		}
		if i < last {
			return true
		}
		last = i
	}
	return false
}

// order returns all ids of m.blocks: those of first in its order, and each that
// only second has behind its predecessor there.
func (m *merger) order(first, second []string) []string {
	const head = ""
	next := make(map[string]string, len(m.blocks)+1)
	in := make(map[string]bool, len(m.blocks)+1)
	insert := func(after, id string) {
		next[id], next[after], in[id] = next[after], id, true
	}
	for _, list := range [][]string{first, second} {
		prev := head
		for _, id := range list {
			if _, ok := m.blocks[id]; !ok {
				continue
			}
			if !in[id] {
				insert(prev, id)
			}
			prev = id
		}
	}
	out := make([]string, 0, len(m.blocks))
	for id := next[head]; id != ""; id = next[id] {
		out = append(out, id)
	}
	return out
}

func equal(a, b Block) (bool, error) {
	x, err := marshalBlock(a)
	if err != nil {
		return false, err
	}
	y, err := marshalBlock(b)
	if err != nil {
		return false, err
	}
	return bytes.Equal(x, y), nil
}

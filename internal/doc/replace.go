package doc

import "maps"

// Replace puts a body in the place of the stored one and gives the number seq
// to what is different: a restored version, or a text that went live by another
// way. Blocks that are equal keep their numbers, so that whoever builds on an
// older number merges with the new body as with a colleague's save. Neither
// argument is changed.
func Replace(stored Stored, d Doc, seq int64) (Stored, error) {
	out := Stored{Doc: d, Revs: make(map[string]Rev, len(d.Blocks)), Gone: map[string]int64{}, Moved: stored.Moved}
	maps.Copy(out.Gone, stored.Gone)
	old := make(map[string]Block, len(stored.Doc.Blocks))
	at := make(map[string]int, len(stored.Doc.Blocks))
	for i, b := range stored.Doc.Blocks {
		old[b.BlockID()], at[b.BlockID()] = b, i
	}
	last := -1
	for _, b := range d.Blocks {
		id := b.BlockID()
		kept, ok := old[id]
		if !ok {
			out.Revs[id] = Rev{Made: seq, Changed: seq}
			delete(out.Gone, id)
			continue
		}
		rev := stored.Revs[id]
		same, err := equal(kept, b)
		if err != nil {
			return Stored{}, err
		}
		if !same {
			rev.Changed = seq
		}
		out.Revs[id] = rev
		if at[id] < last {
			out.Moved = seq
		}
		last = at[id]
		delete(old, id)
	}
	for id := range old {
		out.Gone[id] = seq
	}
	return out, nil
}

// Since returns the blocks that changed after number base, in the order of the
// body.
func (s Stored) Since(base int64) Doc {
	var d Doc
	for _, b := range s.Doc.Blocks {
		if s.Revs[b.BlockID()].Changed > base {
			d.Blocks = append(d.Blocks, b)
		}
	}
	return d
}

// Order returns the ids of the blocks in their order.
func (d Doc) Order() []string {
	ids := make([]string, len(d.Blocks))
	for i, b := range d.Blocks {
		ids[i] = b.BlockID()
	}
	return ids
}

// Equal reports whether two blocks say the same.
func Equal(a, b Block) bool {
	same, err := equal(a, b)
	return err == nil && same
}

// MarshalBlock returns the canonical JSON of one block.
func MarshalBlock(b Block) ([]byte, error) { return marshalBlock(b) }

package doc

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
)

// IDs gives block ids, one after the other: random ones for editors, a
// repeatable sequence for importers.
type IDs func() string

const (
	idLen      = 8
	idAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
)

// RandomIDs returns a source of ids that nobody can foretell.
func RandomIDs() IDs {
	return func() string {
		var b [8]byte
		_, _ = rand.Read(b[:]) // never fails: it ends the process instead
		return idOf(b)
	}
}

// SeededIDs returns a source that gives the same ids for the same seed, so that
// an item that is imported twice becomes the same document. It is not safe for
// use by several goroutines.
func SeededIDs(seed string) IDs {
	var n uint64
	return func() string {
		n++
		sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(seed), n))
		return idOf([8]byte(sum[:8]))
	}
}

func idOf(b [8]byte) string {
	n := binary.BigEndian.Uint64(b[:])
	var id [idLen]byte
	for i := range id {
		id[i] = idAlphabet[n%uint64(len(idAlphabet))]
		n /= uint64(len(idAlphabet))
	}
	return string(id[:])
}

// ValidID reports whether s has the form of a block id.
func ValidID(s string) bool {
	if len(s) != idLen {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// WithIDs returns a copy in which every block without a usable id, or with one
// that stands further up already, has a new one.
func (d Doc) WithIDs(ids IDs) Doc {
	taken := make(map[string]bool, len(d.Blocks))
	for _, b := range d.Blocks {
		if b != nil && ValidID(b.BlockID()) {
			taken[b.BlockID()] = true
		}
	}
	seen := make(map[string]bool, len(d.Blocks))
	out := Doc{Blocks: make([]Block, 0, len(d.Blocks))}
	for _, b := range d.Blocks {
		if b == nil {
			continue
		}
		if id := b.BlockID(); !ValidID(id) || seen[id] {
			for id = ids(); taken[id]; {
				id = ids()
			}
			taken[id] = true
			b = b.WithID(id)
		}
		seen[b.BlockID()] = true
		out.Blocks = append(out.Blocks, b)
	}
	return out
}

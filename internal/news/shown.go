package news

import "time"

// Cause is what a story stands in a reader's list for: a section, topic or
// person, or a story, which is itself or the one that it belongs to.
type Cause struct {
	Ref Ref
	ID  int64
}

// Shown is a live story in a list of one reader's own, with the time by which
// it stands there.
type Shown struct {
	Card Card
	At   time.Time // saved, published, or significantly updated
	For  []Cause   // why it is there; nil: it was saved
}

// Cursor returns the position behind the story.
func (s *Shown) Cursor() Cursor { return Cursor{At: s.At, ID: s.Card.ID} }

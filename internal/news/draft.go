package news

import (
	"bytes"
	"encoding/json"
	"maps"
	"time"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/fault"
)

// Draft is the one mutable content of a story in which people write.
type Draft struct {
	StoryID int64
	Seq     int64 // number of the last change, ascending for ever
	Content Content
	By      string
	At      time.Time
	Trail   Trail
}

// Trail is what merging needs to know of a draft: which change touched what.
type Trail struct {
	// Start is the number that everything has which is not named below.
	Start int64              `json:"start,omitempty"`
	Revs  map[string]doc.Rev `json:"revs,omitempty"`  // by block
	Moved int64              `json:"moved,omitempty"` // see doc.Stored
	// Gone are the deleted blocks on which a client may still build.
	Gone map[string]Tombstone `json:"gone,omitempty"`
	// Forgot is the newest number of a deletion that is no longer known.
	Forgot int64            `json:"forgot,omitempty"`
	Fields map[string]int64 `json:"fields,omitempty"` // by name, the body apart
	// Hands names who changed a block or a field last, by its id or name.
	Hands map[string]string `json:"hands,omitempty"`
}

// Tombstone is the number and the time of a deletion.
type Tombstone struct {
	Seq int64     `json:"n"`
	At  time.Time `json:"at"`
}

// forgetAfter is how long a client may build on a block that was deleted.
const forgetAfter = 30 * 24 * time.Hour

// DraftSave is what an editor's tab sends.
type DraftSave struct {
	StoryID int64
	Base    int64     // the number on which the changes build
	Body    *doc.Save // nil: untouched; its own Base is not looked at
	// Fields are the changed ones by their names in the JSON of Content, the body
	// apart; null empties one.
	Fields map[string]json.RawMessage
}

// DraftDelta is what a tab has to take over to be up to date.
type DraftDelta struct {
	Seq    int64
	Blocks doc.Doc                    // changed after the base, those of this save apart
	Order  []string                   // all blocks
	Fields map[string]json.RawMessage // changed after the base, those of this save apart
	// Conflicts are all that are open.
	Conflicts []DraftConflict
}

// DraftConflict is a change that met another and did not get in. It stays until
// somebody settles it.
type DraftConflict struct {
	ID      int64
	StoryID int64
	Seq     int64  // the number of the save that it came with
	Block   string // the block's id, empty for a field
	Field   string // the field's name, empty for a block
	Clash   doc.Clash
	Kept    json.RawMessage // what stayed; null if it was deleted
	Other   json.RawMessage // what did not get in; null for a deletion
	By      string          // the name of whose change did not get in
	KeptBy  string          // the name of whose change stayed, "" if unknown
	At      time.Time
}

// clone returns a draft that can be changed without the other.
func (d *Draft) clone() Draft {
	n := *d
	t := &n.Trail
	t.Revs, t.Gone, t.Fields, t.Hands = maps.Clone(t.Revs), maps.Clone(t.Gone), maps.Clone(t.Fields), maps.Clone(t.Hands)
	return n
}

// body returns the text as doc merges it.
func (d *Draft) body() doc.Stored {
	s := doc.Stored{Doc: d.Content.Body, Revs: make(map[string]doc.Rev, len(d.Content.Body.Blocks)),
		Gone: make(map[string]int64, len(d.Trail.Gone)), Moved: d.Trail.Moved}
	for _, id := range d.Content.Body.Order() {
		rev, ok := d.Trail.Revs[id]
		if !ok {
			rev = doc.Rev{Made: d.Trail.Start, Changed: d.Trail.Start}
		}
		s.Revs[id] = rev
	}
	for id, t := range d.Trail.Gone {
		s.Gone[id] = t.Seq
	}
	return s
}

// setBody takes over a merged text. name is whose change it was.
func (d *Draft) setBody(s doc.Stored, name string, now time.Time) {
	t := &d.Trail
	d.Content.Body, t.Moved = s.Doc, s.Moved
	revs := make(map[string]doc.Rev, len(s.Revs))
	for id, r := range s.Revs {
		if r != (doc.Rev{Made: t.Start, Changed: t.Start}) {
			revs[id] = r
		}
		if r.Changed == d.Seq {
			d.hand(id, name)
		}
	}
	gone := make(map[string]Tombstone, len(s.Gone))
	for id, n := range s.Gone {
		old, ok := t.Gone[id]
		if !ok || old.Seq != n {
			old = Tombstone{Seq: n, At: now}
			d.hand(id, name)
		}
		if now.Sub(old.At) > forgetAfter {
			t.Forgot = max(t.Forgot, n)
			delete(t.Hands, id)
			continue
		}
		gone[id] = old
	}
	t.Revs, t.Gone = revs, gone
}

func (d *Draft) hand(key, name string) {
	if d.Trail.Hands == nil {
		d.Trail.Hands = map[string]string{}
	}
	d.Trail.Hands[key] = name
}

// fieldSeq returns the number of a field's last change.
func (d *Draft) fieldSeq(name string) int64 {
	if n, ok := d.Trail.Fields[name]; ok {
		return n
	}
	return d.Trail.Start
}

// setField takes over a field's value under the draft's present number.
func (d *Draft) setField(f *field, raw json.RawMessage, name string) error {
	if err := f.set(&d.Content, raw); err != nil {
		return err
	}
	if d.Trail.Fields == nil {
		d.Trail.Fields = map[string]int64{}
	}
	d.Trail.Fields[f.name] = d.Seq
	d.hand(f.name, name)
	return nil
}

// replace puts a whole content in the place of the present one, under the next
// number; what is equal keeps its own.
func (d *Draft) replace(c *Content, actor account.Actor, now time.Time) error {
	d.Seq++
	body, err := doc.Replace(d.body(), c.Body, d.Seq)
	if err != nil {
		return err
	}
	for i := range fields {
		f := &fields[i]
		if was, is := f.get(&d.Content), f.get(c); !bytes.Equal(was, is) {
			if err := d.setField(f, is, nameOf(actor)); err != nil {
				return err
			}
		}
	}
	d.setBody(body, nameOf(actor), now)
	d.By, d.At = actor.String(), now
	return nil
}

// since returns what changed after a number.
func (d *Draft) since(base int64) DraftDelta {
	delta := DraftDelta{Seq: d.Seq, Blocks: d.body().Since(base), Order: d.Content.Body.Order(), Fields: map[string]json.RawMessage{}}
	for i := range fields {
		if f := &fields[i]; d.fieldSeq(f.name) > base {
			delta.Fields[f.name] = f.get(&d.Content)
		}
	}
	return delta
}

// nameOf is how colleagues read who it was.
func nameOf(a account.Actor) string {
	if a.Name != "" {
		return a.Name
	}
	return a.String()
}

// SameContent reports whether two contents would be stored as the same text. What is
// noted when one becomes a version makes no difference.
func SameContent(a, b *Content) bool {
	one, other := *a, *b
	one.Teaser, other.Teaser = 0, 0
	x, errX := json.Marshal(one)
	y, errY := json.Marshal(other)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// begin returns the draft that the next change starts from: what people are
// writing, else what was written last, else the version that is live, was, or
// will be. Its number is then that of the version.
func (r *Record) begin() Draft {
	switch {
	case r.Draft != nil:
		return r.Draft.clone()
	case r.Clean != nil:
		return r.Clean.clone()
	}
	d := Draft{StoryID: r.Story.ID, Content: Content{SectionID: r.Story.SectionID}}
	for _, v := range []*Version{r.Live, r.Named, r.Last} {
		if v != nil {
			d.Content, d.Seq, d.By, d.At = v.Content, int64(v.No), v.By, v.At
			d.Trail.Start = d.Seq
			return d
		}
	}
	if r.Withdrawal != nil {
		d.Content.Headline = r.Withdrawal.Headline
	}
	return d
}

// adopt makes the row of a draft that nobody is writing say what is live, so
// that the next draft begins from it under an ascending number.
func (r *Record) adopt(c *Content, actor account.Actor, now time.Time) {
	row := &r.Clean
	if r.Draft != nil {
		row = &r.Draft
	}
	if *row == nil || r.Draft != nil && !r.DropDraft || SameContent(&(*row).Content, c) {
		return
	}
	d := (*row).clone()
	if d.replace(c, actor, now) == nil { // what is live was read from storage and goes back there
		*row = &d
	}
}

// rewrite makes a content the draft.
func (r *Record) rewrite(w *World, actor account.Actor, c *Content) error {
	d := r.begin()
	if err := d.replace(c, actor, w.Now); err != nil {
		return err
	}
	r.Draft, r.DropDraft = &d, false
	return nil
}

func tooOld() error {
	return fault.New(fault.Conflict, "this copy is older than 30 days and cannot be merged any more; "+
		"copy what you need from it and load the story again").Say("draft_too_old")
}

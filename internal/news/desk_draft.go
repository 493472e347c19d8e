package news

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/doc"
	"warta/internal/fault"
)

// Save merges what somebody wrote into the story's draft. It never changes what
// readers get, nor where the story is in the newsroom; a live or withdrawn story
// gets a draft by its first save. A change that met another one is kept as a
// conflict in the same transaction. The same save may come again: it changes
// nothing then.
func (d *Desk) Save(ctx context.Context, actor account.Actor, s DraftSave) (delta DraftDelta, err error) {
	defer fault.Wrap(&err, "save the draft of story %d", s.StoryID)
	if err := actor.RequireSomewhere(account.WriteOwn); err != nil {
		return delta, err
	}
	_, err = d.change(ctx, actor, Pick{IDs: []int64{s.StoryID}}, func(w *World, recs []*Record) (out change.Outcome, err error) {
		delta, out, err = recs[0].save(w, actor, &s)
		return out, err
	})
	return delta, err
}

func (r *Record) save(w *World, actor account.Actor, s *DraftSave) (delta DraftDelta, out change.Outcome, err error) {
	if err := w.MayWrite(actor, &r.Story); err != nil {
		return delta, out, err
	}
	old, err := r.beginAt(w, actor, s.Base)
	if err != nil {
		return delta, out, err
	}
	if s.Base > old.Seq {
		return delta, out, fault.Input("base", "the number %d is newer than ours, %d; load the story again", s.Base, old.Seq).Say("draft_base")
	}
	m := merging{r: r, w: w, by: actor, base: s.Base, draft: old.clone()}
	m.draft.Seq++
	if err := m.fields(s.Fields); err != nil {
		return delta, out, err
	}
	if err := m.body(s.Body); err != nil {
		return delta, out, err
	}
	if !m.changed && !m.clashed {
		delta = old.since(s.Base)
		delta.leaveOut(s)
		delta.Conflicts = r.Open
		return delta, out, nil
	}
	if err := m.fits(); err != nil {
		return delta, out, err
	}
	m.draft.By, m.draft.At = actor.String(), w.Now
	if r.Draft == nil {
		out.Audit = []change.Audit{r.audit(actor, "begin", Deed{})}
	}
	r.Draft = &m.draft
	if r.Story.Stage == StageNone {
		r.Story.Stage = StageDraft
	}
	if r.Story.Status == Unpublished && r.Story.FirstPublished.IsZero() {
		r.Story.SectionID = m.draft.Content.SectionID
	}
	delta = m.draft.since(s.Base)
	delta.leaveOut(s)
	delta.Conflicts = r.Open // not a copy: the store gives the new ones their ids
	return delta, out, nil
}

// beginAt is begin for a save that builds on number base. Before the first save
// numbers are those of versions: a copy of an older one is merged with what came
// in since.
func (r *Record) beginAt(w *World, actor account.Actor, base int64) (Draft, error) {
	d := r.begin()
	if base < d.Trail.Forgot {
		return d, tooOld() // it may show what was deleted without knowing
	}
	if r.Draft != nil || r.Clean != nil || base <= 0 || base >= d.Seq || w.Facts == nil {
		return d, nil
	}
	v, err := w.Facts.Version(r.Story.ID, int(base))
	if err != nil {
		return d, err
	}
	old := Draft{StoryID: d.StoryID, Seq: d.Seq - 1, Content: v.Content, By: v.By, At: v.At, Trail: Trail{Start: base}}
	err = old.replace(&d.Content, actor, w.Now)
	return old, err
}

// leaveOut takes out of the delta what the save itself brought.
func (d *DraftDelta) leaveOut(s *DraftSave) {
	for name, raw := range s.Fields {
		if f := fieldByName(name); f != nil {
			var c Content
			if f.set(&c, raw) == nil && bytes.Equal(f.get(&c), d.Fields[name]) {
				delete(d.Fields, name)
			}
		}
	}
	if s.Body == nil {
		return
	}
	sent := make(map[string]doc.Block, len(s.Body.Blocks))
	for _, b := range s.Body.Blocks {
		sent[b.BlockID()] = b
	}
	d.Blocks.Blocks = slices.DeleteFunc(d.Blocks.Blocks, func(b doc.Block) bool {
		own := sent[b.BlockID()]
		return own != nil && doc.Equal(own, b)
	})
}

// merging is a save on its way into a draft.
type merging struct {
	r       *Record
	w       *World
	by      account.Actor
	base    int64
	draft   Draft
	changed bool
	clashed bool // a conflict is new
}

func (m *merging) fields(sent map[string]json.RawMessage) error {
	for name := range sent {
		if fieldByName(name) == nil {
			return fault.Input(name, "a story has no field %q", name).Say("field_form", "field", name)
		}
	}
	for i := range fields {
		f := &fields[i]
		raw, ok := sent[f.name]
		if !ok {
			continue
		}
		var c Content
		if err := f.set(&c, raw); err != nil {
			return err
		}
		want, have := f.get(&c), f.get(&m.draft.Content)
		if bytes.Equal(want, have) {
			continue
		}
		if m.draft.fieldSeq(f.name) > m.base {
			m.clash(DraftConflict{Field: f.name, Clash: doc.BothEdited, Kept: have, Other: want}, f.name)
			continue
		}
		if err := m.w.knownIn(f, &c); err != nil {
			return err
		}
		if f.name == "section" {
			if err := m.w.MayWrite(m.by, &m.r.Story, c.SectionID); err != nil {
				return err
			}
		}
		if err := m.draft.setField(f, want, nameOf(m.by)); err != nil {
			return err
		}
		m.changed = true
	}
	return nil
}

func (m *merging) body(sent *doc.Save) error {
	if sent == nil {
		return nil
	}
	save := *sent
	save.Base = m.base
	before := m.draft.body()
	if err := m.w.knownPictures(doc.Doc{Blocks: save.Blocks}); err != nil {
		return err
	}
	after, conflicts, err := doc.Merge(before, save, m.draft.Seq)
	if err != nil {
		if f := fault.Find(err); f != nil && f.Code == "" {
			f.Say("draft_blocks")
		}
		return err
	}
	for _, c := range conflicts {
		row := DraftConflict{Block: c.ID, Clash: c.Clash}
		if row.Kept, err = blockJSON(c.Kept); err != nil {
			return err
		}
		if row.Other, err = blockJSON(c.Other); err != nil {
			return err
		}
		m.clash(row, c.ID)
	}
	if touched(&before, &after, m.draft.Seq) {
		m.draft.setBody(after, nameOf(m.by), m.w.Now)
		m.changed = true
	}
	return nil
}

// touched reports whether anything has the new number, or stands elsewhere.
func touched(before, after *doc.Stored, seq int64) bool {
	if after.Moved == seq || !slices.Equal(before.Doc.Order(), after.Doc.Order()) {
		return true
	}
	for _, r := range after.Revs {
		if r.Changed == seq {
			return true
		}
	}
	return false
}

// clash adds a conflict unless it is there already: a save may come again.
func (m *merging) clash(c DraftConflict, key string) {
	for _, o := range m.r.Open {
		if o.Block == c.Block && o.Field == c.Field && o.Clash == c.Clash && bytes.Equal(o.Other, c.Other) && o.Seq > m.base {
			return
		}
	}
	c.StoryID, c.Seq, c.At = m.r.Story.ID, m.draft.Seq, m.w.Now
	c.By, c.KeptBy = nameOf(m.by), m.draft.Trail.Hands[key]
	m.r.Open = append(m.r.Open, c)
	m.clashed = true
}

// maxOpen bounds the conflicts of a story that wait to be settled.
const maxOpen = 500

// fits returns a TooLarge error if nobody could read the draft back.
func (m *merging) fits() error {
	text, err := m.draft.Content.Body.MarshalJSON()
	if err != nil {
		return err
	}
	if len(text) > doc.MaxBytes {
		return fault.New(fault.TooLarge, "the text has %d bytes, a story holds at most %d", len(text), doc.MaxBytes).
			Say("draft_too_large", "most", doc.MaxBytes>>20)
	}
	if len(m.r.Open) > maxOpen {
		return fault.New(fault.Conflict, "%d conflicts wait to be settled in this story", len(m.r.Open)).Say("too_many_conflicts")
	}
	return nil
}

func blockJSON(b doc.Block) (json.RawMessage, error) {
	if b == nil {
		return json.RawMessage("null"), nil
	}
	return doc.MarshalBlock(b)
}

// knownIn returns an Invalid error unless what the field points at exists.
func (w *World) knownIn(f *field, c *Content) error {
	ref, ids := f.refs(c)
	return w.exist(f.name, ref, ids)
}

func (w *World) knownPictures(d doc.Doc) error { return w.exist("body", RefPicture, d.Pictures()) }

func (w *World) exist(field string, ref Ref, ids []int64) error {
	gone, err := w.missing(ref, ids)
	if err != nil || len(gone) == 0 {
		return err
	}
	return fault.Input(field, "there is no %s %d", ref, gone[0]).Say("unknown."+string(ref), "id", strconv.FormatInt(gone[0], 10))
}

// SettleConflict says that people have chosen between the two texts of a
// conflict; who chose the one that had stayed out saved it before.
func (d *Desk) SettleConflict(ctx context.Context, actor account.Actor, storyID, conflictID int64) (err error) {
	defer fault.Wrap(&err, "settle conflict %d of story %d", conflictID, storyID)
	_, err = d.change(ctx, actor, Pick{IDs: []int64{storyID}}, func(w *World, recs []*Record) (out change.Outcome, err error) {
		r := recs[0]
		if err := w.MayWrite(actor, &r.Story); err != nil {
			return out, err
		}
		n := len(r.Open)
		r.Open = slices.DeleteFunc(r.Open, func(c DraftConflict) bool { return c.ID == conflictID })
		if len(r.Open) == n {
			return out, nil // somebody was quicker
		}
		r.Settled = append(r.Settled, conflictID)
		return out, nil
	})
	return err
}

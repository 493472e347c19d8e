package news

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// one runs fn on one story.
func (d *Desk) one(ctx context.Context, actor account.Actor, id int64, fn func(*World, *Record) (change.Outcome, error)) (Receipt, error) {
	return d.change(ctx, actor, Pick{IDs: []int64{id}}, func(w *World, recs []*Record) (change.Outcome, error) {
		return fn(w, recs[0])
	})
}

// Submit hands the draft to the desk and names the version that it is. Of a
// story that is approved or scheduled the pointer stays where it is: the desk is
// told that there is something newer.
func (d *Desk) Submit(ctx context.Context, actor account.Actor, id int64, note string) (err error) {
	defer fault.Wrap(&err, "submit story %d", id)
	if err := actor.RequireSomewhere(account.Submit); err != nil {
		return err
	}
	if err := checkNote(note, false); err != nil {
		return err
	}
	_, err = d.one(ctx, actor, id, func(w *World, r *Record) (out change.Outcome, err error) {
		if r.Draft == nil {
			return out, fault.New(fault.Conflict, "nobody is writing story %d", id).Say("no_draft")
		}
		c := &r.Draft.Content
		if err := w.MayWrite(actor, &r.Story, c.SectionID); err != nil {
			return out, err
		}
		if !r.Story.Owns(actor) {
			if err := w.May(actor, account.Submit, &r.Story, c.SectionID); err != nil {
				return out, err
			}
		}
		if blank(c.Headline) {
			return out, fault.Input("headline", "a headline is needed").Say("headline_needed")
		}
		v := r.freeze(w, actor, c, "submitted")
		if s := r.Story.Stage; s == StageNone || s == StageDraft || s == StageSubmitted {
			r.Story.Stage, r.Story.NamedNo = StageSubmitted, v.No
		}
		r.tell(w, actor, NoticeSubmitted, note)
		desk := r.Story.AssignedTo
		if desk == 0 {
			desk = c.SectionID
		}
		r.tellDesk(w, actor, NoticeSubmitted, note, desk)
		out.Audit = []change.Audit{r.audit(actor, "submit", Deed{Note: note, Version: v.No})}
		return out, nil
	})
	return err
}

// TakeBack recalls one's own story from the desk as long as nobody approved it.
func (d *Desk) TakeBack(ctx context.Context, actor account.Actor, id int64, note string) (err error) {
	defer fault.Wrap(&err, "take story %d back", id)
	if err := checkNote(note, false); err != nil {
		return err
	}
	_, err = d.one(ctx, actor, id, func(w *World, r *Record) (out change.Outcome, err error) {
		if err := w.May(actor, account.WriteOwn, &r.Story); err != nil {
			return out, err
		}
		if r.Story.Stage != StageSubmitted {
			return out, fault.New(fault.Conflict, "story %d is not waiting for an editor", id).Say("not_submitted")
		}
		r.unname()
		out.Audit = []change.Audit{r.audit(actor, "take_back", Deed{Note: note})}
		return out, nil
	})
	return err
}

// SendBack returns a submitted, approved or scheduled story to its writers with
// a reason. What was to go out does not.
func (d *Desk) SendBack(ctx context.Context, actor account.Actor, id int64, note string) (err error) {
	defer fault.Wrap(&err, "send story %d back", id)
	if err := actor.RequireSomewhere(account.Approve); err != nil {
		return err
	}
	if err := checkNote(note, true); err != nil {
		return err
	}
	_, err = d.one(ctx, actor, id, func(w *World, r *Record) (out change.Outcome, err error) {
		if err := w.may(actor, account.Approve, r); err != nil {
			return out, err
		}
		switch r.Story.Stage {
		case StageSubmitted, StageApproved, StageScheduled:
		default:
			return out, fault.New(fault.Conflict, "story %d is not waiting for an editor", id).Say("not_submitted")
		}
		if r.Story.Status == Unpublished && !r.Story.FirstPublished.IsZero() && r.Story.Stage == StageScheduled {
			return out, fault.New(fault.Conflict, "story %d comes back when its embargo ends", id).Say("embargo_returns")
		}
		if r.Draft == nil {
			if c := r.Working(); c != nil {
				d := r.begin()
				d.Seq++
				r.Draft = &d
			}
		}
		r.unname()
		r.tell(w, actor, NoticeSentBack, note)
		out.Audit = []change.Audit{r.audit(actor, "send_back", Deed{Note: note})}
		return out, nil
	})
	return err
}

// Approve puts the actor's approval on the version that the draft is. When all
// who are needed have approved it the story is approved, and a scheduled one
// goes out as it is now.
func (d *Desk) Approve(ctx context.Context, actor account.Actor, id int64, note string) (err error) {
	defer fault.Wrap(&err, "approve story %d", id)
	if err := actor.RequireSomewhere(account.Approve); err != nil {
		return err
	}
	if err := checkNote(note, false); err != nil {
		return err
	}
	_, err = d.one(ctx, actor, id, func(w *World, r *Record) (out change.Outcome, err error) {
		if r.Draft == nil && r.Named == nil {
			return out, fault.New(fault.Conflict, "nobody is writing story %d", id).Say("no_draft")
		}
		c := r.Working()
		if err := w.May(actor, account.Approve, &r.Story, c.SectionID); err != nil {
			return out, err
		}
		if err := c.Check(w); err != nil {
			return out, err
		}
		v := r.freeze(w, actor, c, "approved")
		r.sign(w, actor, v.No, note)
		kind := NoticeSigned
		if r.signed(v.No) >= max(w.Needed(c), 1) {
			kind = NoticeApproved
			r.Story.NamedNo = v.No
			if r.Story.Stage != StageScheduled {
				r.Story.Stage = StageApproved
			}
		} else if r.Story.Stage != StageScheduled {
			r.Story.Stage, r.Story.NamedNo = StageSubmitted, v.No
		}
		r.tell(w, actor, kind, note)
		out.Audit = []change.Audit{r.audit(actor, "approve", Deed{Note: note, Version: v.No})}
		return out, nil
	})
	return err
}

// Assignment says whose a story is from now on, beside its owner's. Nobody: it
// is taken away from whoever had it.
type Assignment struct {
	UserID    int64
	SectionID int64 // a desk
	Note      string
}

// Assign gives a story to a person, a desk or both, and names the version that
// was handed over. Somebody who may not submit hands his own to a desk. A draft
// without a section takes the desk's.
func (d *Desk) Assign(ctx context.Context, actor account.Actor, id int64, a Assignment) (err error) {
	defer fault.Wrap(&err, "assign story %d", id)
	if err := checkNote(a.Note, false); err != nil {
		return err
	}
	_, err = d.one(ctx, actor, id, func(w *World, r *Record) (out change.Outcome, err error) {
		if err := w.MayWrite(actor, &r.Story); err != nil {
			return out, err
		}
		if a.UserID != r.Story.AssigneeID && a.UserID != 0 {
			if err := actor.RequireSomewhere(account.Submit); err != nil {
				return out, err
			}
		}
		if err := w.exist("user", RefUser, nonZero(a.UserID)); err != nil {
			return out, err
		}
		if err := w.exist("desk", RefSection, nonZero(a.SectionID)); err != nil {
			return out, err
		}
		deed := Deed{Note: a.Note, UserID: a.UserID, DeskID: a.SectionID}
		if deed.SectionID, err = r.takeSection(w, actor, a.SectionID); err != nil {
			return out, err
		}
		if r.Draft != nil {
			deed.Version = r.freeze(w, actor, &r.Draft.Content, "assigned").No
		}
		had, newDesk := r.Story.AssigneeID, a.SectionID != r.Story.AssignedTo
		r.Story.AssigneeID, r.Story.AssignedTo = a.UserID, a.SectionID
		r.tell(w, actor, NoticeAssigned, a.Note, had) // also who had it until now
		if newDesk {
			r.tellDesk(w, actor, NoticeAssigned, a.Note, a.SectionID)
		}
		out.Audit = []change.Audit{r.audit(actor, "assign", deed)}
		return out, nil
	})
	return err
}

// takeSection saves a desk as the section of a draft that has none, as a page
// that knows all of the draft would; it returns the section, 0 if nothing was
// saved. Somebody who may not write in the desk hands the story over without.
func (r *Record) takeSection(w *World, actor account.Actor, desk int64) (int64, error) {
	if desk == 0 || r.Draft == nil || r.Draft.Content.SectionID != 0 || w.MayWrite(actor, &r.Story, desk) != nil {
		return 0, nil
	}
	_, _, err := r.save(w, actor, &DraftSave{StoryID: r.Story.ID, Base: r.Draft.Seq,
		Fields: map[string]json.RawMessage{"section": json.RawMessage(strconv.FormatInt(desk, 10))}})
	return r.Draft.Content.SectionID, err
}

// Remark leaves a note on the story's timeline. Whoever may read the story may.
func (d *Desk) Remark(ctx context.Context, actor account.Actor, id int64, text string) (err error) {
	defer fault.Wrap(&err, "remark on story %d", id)
	if err := actor.RequireSomewhere(account.Enter); err != nil {
		return err
	}
	if err := checkNote(text, true); err != nil {
		return err
	}
	_, err = d.one(ctx, actor, id, func(w *World, r *Record) (out change.Outcome, err error) {
		if err := w.MayRead(actor, &r.Story); err != nil {
			return out, err
		}
		r.tell(w, actor, NoticeRemark, text)
		out.Audit = []change.Audit{r.audit(actor, "remark", Deed{Note: text})}
		return out, nil
	})
	return err
}

// RestoreVersion makes what a version says the draft, and a version of its own.
// What was written until then and is no version yet becomes one before.
func (d *Desk) RestoreVersion(ctx context.Context, actor account.Actor, id int64, no int) (err error) {
	defer fault.Wrap(&err, "restore version %d of story %d", no, id)
	_, err = d.one(ctx, actor, id, func(w *World, r *Record) (out change.Outcome, err error) {
		// Before anything of the story is read: whether there is such a version is
		// nobody's business who may not write in it.
		if err := w.MayWrite(actor, &r.Story); err != nil {
			return out, err
		}
		if w.Facts == nil {
			return out, fault.New(fault.Internal, "no store was given to read versions from")
		}
		v, err := w.Facts.Version(id, no)
		if err != nil {
			return out, err
		}
		if err := w.MayWrite(actor, &r.Story, v.Content.SectionID); err != nil {
			return out, err
		}
		if r.Draft != nil {
			r.freeze(w, actor, &r.Draft.Content, "kept")
		}
		if err := r.rewrite(w, actor, &v.Content); err != nil {
			return out, err
		}
		if r.Story.Stage == StageNone {
			r.Story.Stage = StageDraft
		}
		restored := r.AddVersion(w, actor, FromDesk, v.Content, "restored")
		out.Audit = []change.Audit{r.audit(actor, "restore_version", Deed{Version: restored.No, Reason: "version"})}
		return out, nil
	})
	return err
}

// maxNote bounds what people write to each other about a story.
const maxNote = 2000

// checkNote returns an Invalid error for a note that is too long or, where it is
// needed, missing.
func checkNote(note string, needed bool) error {
	if needed && strings.TrimSpace(note) == "" {
		return fault.Input("note", "say why: a note is needed").Say("note_needed")
	}
	if utf8.RuneCountInString(note) > maxNote {
		return fault.Input("note", "a note has at most %d characters", maxNote).Say("note_long", "most", maxNote)
	}
	return nil
}

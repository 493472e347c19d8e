package discuss

import (
	"context"
	"slices"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// Undo takes back a moderation, or all of a bulk action: comments are what they
// were, the complaints that it settled are open again, a sanction is lifted or
// comes back. What somebody has decided since is left alone.
func (f *Forum) Undo(ctx context.Context, actor account.Actor, id int64) (done Ruled, err error) {
	defer fault.Wrap(&err, "undo moderation %d", id)
	list, err := f.store.ModerationBatch(ctx, id)
	if err != nil {
		return done, err
	}
	if len(list) == 0 {
		return done, fault.New(fault.NotFound, "there is no moderation %d", id)
	}
	for _, m := range list {
		if !m.Action.Undoable() {
			return done, fault.New(fault.Conflict, "an account is closed and opened on the page of its reader").Say("moderation_account")
		}
		one, err := f.undo(ctx, actor, m)
		if err != nil {
			return done, err
		}
		done.Done += one.Done
		done.Taken = append(done.Taken, one.Taken...)
		done.Seq, done.Pending = one.Seq, one.Pending
	}
	if done.Done == 0 && len(done.Taken) > 0 {
		return done, fault.New(fault.Conflict, "others have decided about it since").Say("moderation_undo_late")
	}
	return done, nil
}

func (f *Forum) undo(ctx context.Context, actor account.Actor, m Moderation) (done Ruled, err error) {
	p := Pick{Complaints: true, Moderation: m.ID}
	for _, c := range m.Undo.Comments {
		p.IDs = append(p.IDs, c.ID)
	}
	if m.Undo.Was != nil {
		p.Authors = []int64{m.Undo.Member}
	}
	rc, err := f.change(ctx, p, func(w *Work) (out change.Outcome, err error) {
		done = Ruled{}
		if err := w.may(actor); err != nil {
			return out, err
		}
		// What is there now counts, not what was read before.
		now := w.Moderation
		if now == nil || !now.UndoneAt.IsZero() {
			return out, fault.New(fault.Conflict, "this has been undone already").Say("moderation_undone")
		}
		for _, was := range now.Undo.Comments {
			r := w.record(was.ID)
			if r == nil || !r.follows(now) {
				done.Taken = append(done.Taken, was.ID)
				continue
			}
			w.restore(r, now, was)
			done.Done++
			out.Audit = append(out.Audit, audit(actor.String(), "comment.undo", r.Comment, "what", string(now.Action), "story", r.StoryID))
		}
		if was := now.Undo.Was; was != nil {
			if err := actor.Require(account.Moderate); err != nil && actor.String() != now.Actor {
				return out, err
			}
			if a := w.Authors[now.Undo.Member]; a != nil {
				a.SuspendedUntil, a.Banned, a.Sanction, a.Warned = timeOf(was.Suspended), was.Banned, was.Sanction, was.Warned
				w.Sanctions = append(w.Sanctions, Sanction{MemberID: a.MemberID, Kind: SanctionUndone, Reason: string(now.Action), At: w.Now, By: actor.String()})
				done.Done++
				out.Audit = append(out.Audit, change.Audit{Actor: actor.String(), Action: "reader.undo", Object: a.String(), Detail: change.Detail("what", string(now.Action))})
			}
		}
		if done.Done > 0 {
			now.UndoneAt, now.UndoneBy = w.Now, actor.String()
		}
		return out, nil
	})
	return done.with(rc, nil), err
}

// Undoable reports whether Undo takes such a moderation back.
func (a Action) Undoable() bool { return a != ActDisable && a != ActEnable }

// SanctionUndone is the entry of an author's history that says that a sanction
// was taken back.
const SanctionUndone SanctionKind = "undone"

// record returns the record of a comment, nil if there is none.
func (w *Work) record(id int64) *Record {
	if i := slices.IndexFunc(w.Records, func(r *Record) bool { return r.ID == id }); i >= 0 {
		return w.Records[i]
	}
	return nil
}

// follows reports whether a comment still is as a moderation left it.
func (r *Record) follows(m *Moderation) bool {
	switch m.Action {
	case ActApprove, ActReject:
		return r.State != Deleted && r.Decided.Equal(m.At) && r.DecidedBy == m.Actor
	case ActFeature:
		return r.Featured.Equal(m.At)
	case ActUnfeature:
		return r.Featured.IsZero() && r.State == Published
	}
	return false
}

// restore makes a comment what it was, and opens the complaints again that the
// moderation had settled. Their clock has gone on.
func (w *Work) restore(r *Record, m *Moderation, was WasComment) {
	r.State, r.Reason, r.Note = was.State, was.Reason, was.Note
	r.Decided, r.DecidedBy, r.Featured = timeOf(was.Decided), was.DecidedBy, timeOf(was.Featured)
	for _, c := range r.Complaints {
		if slices.Contains(was.Settled, c.ID) && c.SettledAt.Equal(m.At) {
			c.Outcome, c.SettledBy = ComplaintOpen, ""
			c.SettledAt = timeOf(0)
			c.RemindAt = c.NextReminder(w.Now)
			r.Comment.Complaints++
		}
	}
}

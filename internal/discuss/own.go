package discuss

import (
	"context"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// What readers do with comments, their own and those of others.

// own returns an error unless the record is the member's own.
func own(r *Record, memberID int64) error {
	if memberID == 0 || r.MemberID != memberID {
		return fault.New(fault.NotFound, "there is no such comment of yours").Say("comment_not_yours")
	}
	return nil
}

// Editable returns until when an author may change the words of a comment; zero:
// not any more.
func (r *Rules) Editable(c *Comment, now time.Time) time.Time {
	until := c.At.Add(time.Duration(r.EditMinutes) * time.Minute)
	if c.State != Published && c.State != Pending || !now.Before(until) {
		return time.Time{}
	}
	return until
}

// Edit changes the words of an own comment. They go the same way as a new one's.
func (f *Forum) Edit(ctx context.Context, id, memberID int64, text string, aside Aside) (edited Comment, err error) {
	defer fault.Wrap(&err, "edit comment %d", id)
	d := Draft{MemberID: memberID, Text: text, Aside: aside}
	err = f.store.ViewComments(ctx, Pick{IDs: []int64{id}}, func(w *Work) error {
		d.StoryID, d.ReplyTo = w.Records[0].StoryID, w.Records[0].ReplyTo
		return own(w.Records[0], memberID)
	})
	if err == nil { // what is judged may be sent to a service elsewhere
		err = f.allow(ctx, bound{what: "changes of comments", reader: editsPerMinute, within: time.Minute, shared: true}, "", memberID)
	}
	if err != nil {
		return edited, err
	}
	verdicts, err := f.judge(ctx, d, id)
	if err != nil {
		return edited, err
	}
	_, err = f.change(ctx, Pick{IDs: []int64{id}}, func(w *Work) (out change.Outcome, err error) {
		r := w.Records[0]
		if err := own(r, memberID); err != nil {
			return out, err
		}
		if err := r.Author.Quiet(w.Now); err != nil {
			return out, err
		}
		if r.Rules.Editable(r.Comment, w.Now).IsZero() {
			return out, fault.New(fault.Forbidden, "a comment can be changed for %d minutes", r.Rules.EditMinutes).
				Say("comment_edit_late", "minutes", r.Rules.EditMinutes)
		}
		body, err := checkText(text, r.Rules)
		if err != nil || body == r.Body {
			edited = *r.Comment
			return out, err
		}
		at, was := r.At, r.State
		r.Body, r.Key, r.Edited, r.Reason = body, TextKey(body), w.Now, ""
		w.decide(r, verdicts)
		if r.At = at; was == Pending && r.State == Published {
			r.State, r.Reason = Pending, ReasonMode // it waited for a reason
		}
		edited = *r.Comment
		out.Audit = append(out.Audit, audit(r.Author.String(), "edit", r.Comment))
		return out, nil
	})
	return edited, err
}

// Delete takes an own comment away. It has no words any more.
func (f *Forum) Delete(ctx context.Context, id, memberID int64) (rc Receipt, err error) {
	defer fault.Wrap(&err, "delete comment %d", id)
	return f.change(ctx, Pick{IDs: []int64{id}, Complaints: true}, func(w *Work) (out change.Outcome, err error) {
		r := w.Records[0]
		if err := own(r, memberID); err != nil || r.State == Deleted {
			return out, err
		}
		w.unsay(r)
		out.Audit = append(out.Audit, audit(r.Author.String(), "delete", r.Comment))
		return out, nil
	})
}

// unsay takes a comment's words away. Complaints about it are settled by that.
func (w *Work) unsay(r *Record) {
	r.State, r.Reason, r.Body, r.Key, r.Edited = Deleted, "", "", 0, w.Now
	for _, c := range r.Complaints {
		if c.Outcome == ComplaintOpen {
			c.Outcome, c.SettledAt, c.SettledBy, c.RemindAt = ComplaintMoot, w.Now, r.Author.String(), time.Time{}
		}
	}
	r.Comment.Complaints = 0
}

// What one network and one reader may do.
const (
	editsPerMinute      = 20 // of one reader
	reactionsPerNetwork = 600
	// Of one reader, by each process: with several he may do so much at each. He still
	// has one reaction to a comment (the key of reactions), so no number grows by that.
	reactionsPerMinute   = 60
	complaintsPerNetwork = 20
	complaintsPerMinute  = 10 // of one reader
)

// React says a word to somebody else's comment; an empty kind takes it back.
func (f *Forum) React(ctx context.Context, id, memberID int64, kind, network string) (err error) {
	defer fault.Wrap(&err, "react to comment %d", id)
	if err := f.allow(ctx, bound{"reactions", reactionsPerNetwork, reactionsPerMinute, time.Minute, false}, network, memberID); err != nil {
		return err
	}
	_, err = f.change(ctx, Pick{IDs: []int64{id}, Authors: []int64{memberID}}, func(w *Work) (out change.Outcome, err error) {
		r, by := w.Records[0], w.Authors[memberID]
		switch {
		case by == nil:
			return out, fault.New(fault.Unauthenticated, "nobody is signed in").Say("reader_signed_out")
		case !r.Visible() || !r.Story.Live || r.Rules.Mode == ModeOff:
			return out, errNoComment(id)
		case r.MemberID == memberID:
			return out, fault.New(fault.Forbidden, "one's own comment has no reaction of oneself").Say("comment_own_reaction")
		}
		if err := by.Quiet(w.Now); err != nil {
			return out, err
		}
		if kind != "" && !contains(r.Rules.Reactions, kind) {
			return out, fault.Input("kind", "%q is no reaction here", kind).Say("comment_reaction")
		}
		w.Reactions = append(w.Reactions, Reaction{CommentID: id, MemberID: memberID, Kind: kind})
		w.touch(&out, r.StoryID)
		return out, nil
	})
	return err
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

func errNoComment(id int64) error {
	return fault.New(fault.NotFound, "there is no comment %d", id).Say("comment_none")
}

// Complain notes what somebody has against a comment; memberID 0 is a guest. Who
// complains again about the same comment has done so already. Where the rules say
// so a comment that many complain about is hidden until a moderator has looked.
func (f *Forum) Complain(ctx context.Context, id, memberID int64, reason ComplaintReason, text, network string) (err error) {
	defer fault.Wrap(&err, "complain about comment %d", id)
	c := Complaint{CommentID: id, MemberID: memberID, Reason: reason, Text: text}
	if err := c.check(); err != nil {
		return err
	}
	if err := f.allow(ctx, bound{"complaints", complaintsPerNetwork, complaintsPerMinute, time.Minute, true}, network, memberID); err != nil {
		return err
	}
	source := "guest " + account.Network(network)
	if memberID != 0 {
		source = (&Author{MemberID: memberID}).String()
	}
	c.Source = account.HashToken("complaint " + source)
	_, err = f.change(ctx, Pick{IDs: []int64{id}, Authors: []int64{memberID}, Complaints: true}, func(w *Work) (out change.Outcome, err error) {
		r := w.Records[0]
		if !r.Visible() || !r.Story.Live || r.Rules.Mode == ModeOff {
			return out, errNoComment(id)
		}
		for _, o := range r.Complaints {
			if o.Source == c.Source {
				return out, nil
			}
		}
		fresh := c
		fresh.StoryID, fresh.SectionID, fresh.At = r.StoryID, r.SectionID, w.Now
		fresh.Due = w.Now.Add(time.Duration(r.Rules.ComplaintHours) * time.Hour)
		fresh.RemindAt = fresh.NextReminder(w.Now)
		r.Complaints = append(r.Complaints, &fresh)
		r.Comment.Complaints++
		if r.Rules.HideAt > 0 && r.Comment.Complaints >= r.Rules.HideAt && !r.Staff() && r.Decided.IsZero() {
			r.State, r.Reason = Hidden, ReasonComplaints
		}
		return out, nil
	})
	return err
}

// Mute notes, or with false forgets, that a reader does not want to read the
// author of a comment.
func (f *Forum) Mute(ctx context.Context, memberID, mutedID int64, on bool) (err error) {
	defer fault.Wrap(&err, "mute a reader")
	if memberID == mutedID || mutedID == 0 {
		return fault.Input("who", "one cannot mute oneself").Say("comment_mute_self")
	}
	return f.store.SaveMute(ctx, memberID, mutedID, on)
}

// SavePrefs writes what a reader wants to be told.
func (f *Forum) SavePrefs(ctx context.Context, memberID int64, p Prefs) (err error) {
	defer fault.Wrap(&err, "save what reader %d wants to be told", memberID)
	key, _ := account.NewToken()
	return f.store.SavePrefs(ctx, memberID, p, key)
}

// StopDigest ends the letters of whoever has the key of one; NotFound if nobody
// has.
func (f *Forum) StopDigest(ctx context.Context, key string) (err error) {
	defer fault.Wrap(&err, "end the letters of a reader")
	there, err := f.store.StopDigest(ctx, key)
	if err == nil && !there {
		err = fault.New(fault.NotFound, "this link ends no letters").Say("digest_none")
	}
	return err
}

// SeeNotices notes that a reader has seen his notices up to one.
func (f *Forum) SeeNotices(ctx context.Context, memberID, upTo int64) error {
	return f.store.SeeNotices(ctx, memberID, upTo)
}

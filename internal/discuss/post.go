package discuss

import (
	"context"
	"fmt"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// Draft is what a reader wants to say.
type Draft struct {
	StoryID  int64
	ReplyTo  int64 // 0: it begins a thread
	MemberID int64
	Text     string
	Network  string // the address that it comes from
	Paying   bool   // the reader has a benefit that is paid for; see ModeMembers
	Aside    Aside  // nil: nobody holds anything for the writer
}

// Aside calls wait, which asks a service elsewhere and may take seconds, after it
// has let go of what is held for the writer, and takes that again. If it cannot, its
// error ends the writing.
type Aside func(ctx context.Context, wait func()) error

// bound is how much of one thing one network, and one reader from whatever
// network, may do within a time; 0: as much as they like. Those of networks are
// wide: whole towns come from one address of their telephone company.
type bound struct {
	what            string
	network, reader int
	within          time.Duration
	// shared: what the reader did is counted in the database, for all processes. That
	// is a write more, and done where one is rare and weighs much.
	shared bool
}

// allow counts one attempt. Limited, with the time to wait, if there were too many.
func (f *Forum) allow(ctx context.Context, b bound, network string, memberID int64) error {
	now, err := f.store.Now(ctx)
	if err != nil {
		return err
	}
	var l account.Limits
	if b.network > 0 {
		l.Network = append(l.Network, account.Limit{Key: b.what + " from " + account.Network(network), Most: b.network, Window: b.within})
	}
	if b.reader > 0 && memberID != 0 {
		of := account.Limit{Key: fmt.Sprintf("%s of %d", b.what, memberID), Most: b.reader, Window: b.within}
		if b.shared {
			l.Account = append(l.Account, of)
		} else {
			l.Network = append(l.Network, of)
		}
	}
	err = f.guard.Attempt(ctx, now, l)
	if full := fault.Find(err); full != nil && full.Kind == fault.Limited {
		wait := max(full.RetryAfter, time.Second)
		seconds := int((wait + time.Second - 1) / time.Second)
		e := fault.New(fault.Limited, "too much of this in a short time; try again in %d seconds", seconds).Say("comment_many", "seconds", seconds)
		e.RetryAfter = wait
		return e
	}
	return err
}

// postsPerNetwork bounds what comes from one network in a minute. What one reader
// may write is a rule of the site.
const postsPerNetwork = 120

// repeatWithin is how long the same words of the same author under the same story
// are the same comment: a form that was sent twice.
const repeatWithin = 10 * time.Minute

// Post writes a comment, and says by its state and reason what becomes of it. The
// same words within minutes are the comment that is there already. An error leaves
// nothing behind, and the door gives the text back.
func (f *Forum) Post(ctx context.Context, d Draft) (posted Comment, err error) {
	defer fault.Wrap(&err, "comment on story %d", d.StoryID)
	if err := f.allow(ctx, bound{what: "comments", network: postsPerNetwork, within: time.Minute}, d.Network, 0); err != nil {
		return posted, err
	}
	p := Pick{StoryID: d.StoryID, ReplyTo: d.ReplyTo, Authors: []int64{d.MemberID}}
	verdicts, err := f.screen(ctx, p, d)
	if err != nil {
		return posted, err
	}
	_, err = f.change(ctx, p, func(w *Work) (out change.Outcome, err error) {
		r := w.Records[0]
		r.MemberID, r.Author = d.MemberID, w.Authors[d.MemberID]
		if err := w.open(r, d); err != nil {
			return out, err
		}
		same, err := w.Same(d.MemberID, r.StoryID, r.Key)
		if err != nil {
			return out, err
		}
		if same != nil && same.Body == r.Body && same.ReplyTo == r.ReplyTo && w.Now.Sub(same.At) < repeatWithin && same.State != Deleted {
			r.State, posted = "", *same
			return out, nil
		}
		if err := w.pace(r); err != nil {
			return out, err
		}
		r.Network = account.HashToken("comment " + account.Network(d.Network))
		w.decide(r, verdicts)
		posted = *r.Comment
		return out, nil
	})
	return posted, err
}

// screen looks whether a comment would be taken at all, and asks the phases about
// it if so. What is sent twice is no repetition.
func (f *Forum) screen(ctx context.Context, p Pick, d Draft) (verdicts []Verdict, err error) {
	twice := false
	err = f.store.ViewComments(ctx, p, func(w *Work) error {
		r := w.Records[0]
		r.MemberID, r.Author = d.MemberID, w.Authors[d.MemberID]
		if err := w.open(r, d); err != nil {
			return err
		}
		same, err := w.Same(d.MemberID, r.StoryID, r.Key)
		twice = same != nil && same.Body == r.Body && same.ReplyTo == r.ReplyTo && w.Now.Sub(same.At) < repeatWithin && same.State != Deleted
		if err != nil || twice {
			return err
		}
		return w.pace(r)
	})
	if err != nil || twice {
		return nil, err
	}
	return f.judge(ctx, d, 0)
}

// open checks that the author may write here now, and what he writes.
func (w *Work) open(r *Record, d Draft) (err error) {
	if r.Author == nil {
		return fault.New(fault.Unauthenticated, "nobody is signed in").Say("reader_signed_out")
	}
	if !r.Story.Live {
		return fault.New(fault.NotFound, "there is no story %d", d.StoryID)
	}
	if err := w.shut(r, d.Paying); err != nil {
		return err
	}
	if err := r.Author.Quiet(w.Now); err != nil {
		return err
	}
	if r.Parent != nil && !r.Parent.Visible() {
		return fault.New(fault.Gone, "the comment that you answer is not there any more").Say("comment_parent")
	}
	if r.Body, err = checkText(d.Text, r.Rules); err != nil {
		return err
	}
	r.Key = TextKey(r.Body)
	return nil
}

// shut returns an error unless the discussion is open, for readers with a paying plan
// alone where that is how it is held.
func (w *Work) shut(r *Record, paying bool) error {
	switch why, until := r.Rules.Shut(w.Now, r.Story.Published, w.Zone); why {
	case ShutOff:
		return fault.New(fault.NotFound, "there is no discussion under story %d", r.Story.ID).Say("comment_off")
	case ShutAge:
		return fault.New(fault.Forbidden, "the discussion under this story is closed").Say("comment_closed")
	case ShutNight:
		return fault.New(fault.Forbidden, "the discussion is closed for the night").Say("comment_night", "until", until)
	}
	if r.Rules.Mode == ModeMembers && !paying {
		return fault.New(fault.Forbidden, "only readers with a paying plan comment here").Say("comment_plan")
	}
	return nil
}

// pace returns a Limited error for who writes too much at a time.
func (w *Work) pace(r *Record) error {
	for _, l := range []struct {
		most   int
		within time.Duration
	}{{r.Rules.PerMinute, time.Minute}, {r.Rules.PerHour, time.Hour}} {
		n, oldest := 0, w.Now
		for _, t := range w.Recent {
			if w.Now.Sub(t) >= l.within {
				break
			}
			if n++; n == l.most {
				oldest = t
			}
		}
		if n >= l.most {
			wait := max(oldest.Add(l.within).Sub(w.Now), time.Second)
			e := fault.New(fault.Limited, "that is many comments in a short time; try again in %d seconds", int(wait.Seconds())).
				Say("comment_pace", "seconds", int(wait.Round(time.Second).Seconds()))
			e.RetryAfter = wait
			return e
		}
	}
	return nil
}

// decide gives a new comment its state, by what the phases said and by how the
// discussion is held.
func (w *Work) decide(r *Record, verdicts []Verdict) {
	r.At, r.SectionID, r.Verdicts = w.Now, r.Story.SectionID, verdicts
	r.State = Published
	decision, why := Sum(verdicts)
	switch {
	case decision == Refuse:
		r.State, r.Reason = Rejected, why
	case decision == Hold:
		r.State, r.Reason = Pending, why
	case r.Rules.Mode == ModeBefore:
		r.State, r.Reason = Pending, ReasonMode
	case (r.Rules.Mode == ModeNew || r.Rules.Mode == ModeMembers) && r.Author.Published < r.Rules.NewUntil:
		r.State, r.Reason = Pending, ReasonNewcomer
	}
	if r.State == Published {
		w.answered(r)
	}
}

// answered tells the author of what a comment answers, when that can be read for
// the first time: at once, or when a moderator let it through.
func (w *Work) answered(r *Record) {
	if r.Parent == nil || r.Parent.MemberID == 0 || r.Parent.MemberID == r.MemberID || !r.Comment.Published.IsZero() {
		return
	}
	w.tell(r.Parent.MemberID, Notice{Kind: NoticeReply, CommentID: r.ID})
}

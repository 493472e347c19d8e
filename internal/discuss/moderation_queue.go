package discuss

import (
	"context"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// QueueKind is a list of comments that moderators work on.
type QueueKind string

// The queues.
const (
	QueueReported QueueKind = "reported" // by the first deadline
	QueuePending  QueueKind = "pending"  // the earliest first
	QueueNew      QueueKind = "new"      // what newcomers wrote and waits
	QueueAll      QueueKind = "all"      // everything, the newest first
	QueueAuthor   QueueKind = "author"   // everything of one reader, the newest first
	QueueText     QueueKind = "text"     // the same words, the newest first
)

// QueueFilter chooses a page of a queue.
type QueueFilter struct {
	Kind     QueueKind
	StoryID  int64   // with any kind but QueueAuthor
	Sections []int64 // 0 of them: all; what the viewer asks for and may see
	MemberID int64   // of QueueAuthor
	Key      int64   // of QueueText
	After    QueueCursor
	Limit    int
	// Waiting leaves what is decided out of QueueAuthor and QueueText.
	Waiting bool
}

// QueueCursor is the last item of a page: the id, with QueueReported the first
// deadline and the complaint that has it.
type QueueCursor struct{ At, ID int64 }

// Item is a comment in a queue.
type Item struct {
	Entry
	Headline string
	StoryAt  string // path of the story; "" while it is not live
	Author   *Author
	Parent   *Entry // what it answers
	Verdicts []Verdict
	Claims   []Complaint // open complaints, at most MaxClaims, the earliest first
	Due      time.Time   // of the first one
	Cursor   QueueCursor
}

// MaxClaims is how many complaints an item shows.
const MaxClaims = 5

// Counts are how many comments wait, each at most CountMost.
type Counts struct{ Reported, Pending, New, Late int }

// CountMost is up to where waiting comments are counted: more is "999+".
const CountMost = 999

// Kept says how many of the newest settled complaints were settled in time.
type Kept struct{ Settled, InTime int }

// KeptOf is how many of the newest settled complaints Kept looks at.
const KeptOf = 10_000

// Moderations reads and keeps what moderators do. It is a part of Store.
type Moderations interface {
	// ModerationBatch returns a moderation with all of the same bulk action, the
	// earliest first; the latter if id is its first one.
	ModerationBatch(ctx context.Context, id int64) ([]Moderation, error)
	// Waiting returns the ids of comments that a filter names and that wait or are
	// shown with complaints, the earliest first, at most limit, above an id.
	QueueIDs(ctx context.Context, f QueueFilter, above int64, limit int) (ids []int64, decided map[int64]int64, err error)
	// DueComplaints returns the ids of comments with an open complaint whose
	// reminder is due, at most limit.
	DueComplaints(ctx context.Context, now time.Time, limit int) ([]int64, error)
	// Facts collects what the phases need to judge a text.
	Facts(ctx context.Context, d Draft, editing int64) (Candidate, Rules, error)
	// SaveList writes a word list of the site or of a section; without decision it
	// is forgotten.
	SaveList(ctx context.Context, l WordList, out change.Outcome) error
}

// pause is left between two batches of a bulk action, so that others get their
// turn.
const pause = 5 * time.Millisecond

// Bulk does the same with everything that waits of one author, or with the same
// words, in batches. The first moderation undoes all of them.
func (f *Forum) Bulk(ctx context.Context, actor account.Actor, q QueueFilter, in Ruling) (done Ruled, err error) {
	defer fault.Wrap(&err, "%s comments in bulk", in.Action)
	if q.Kind != QueueAuthor && q.Kind != QueueText {
		return done, fault.Input("kind", "%q cannot be dealt with in bulk", q.Kind).Say("moderation_action")
	}
	if in.Action != ActApprove && in.Action != ActReject {
		return done, fault.Input("action", "%q cannot be done in bulk", in.Action).Say("moderation_action")
	}
	q.Waiting = in.Action == ActApprove
	for above := int64(0); ; {
		ids, decided, err := f.store.QueueIDs(ctx, q, above, MaxBatch)
		if err != nil || len(ids) == 0 {
			return done, err
		}
		above = ids[len(ids)-1]
		in.Seen, in.Batch = decided, done.ID
		one, err := f.Rule(ctx, actor, ids, in)
		if err != nil {
			return done, err
		}
		if done.ID == 0 {
			done.ID = one.ID
		}
		done.Done += one.Done
		done.Taken = append(done.Taken, one.Taken...)
		done.Seq, done.Pending = one.Seq, one.Pending
		if len(ids) < MaxBatch {
			return done, nil
		}
		select {
		case <-ctx.Done():
			return done, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// StaffNotice is what moderators of a desk are told of a comment.
type StaffNotice struct {
	StoryID, SectionID, CommentID int64
	Late                          bool
	Text                          string
	At                            time.Time
}

// maxReminders bounds one round of reminders.
const maxReminders = 100

// Remind reminds moderators of complaints whose deadline comes near or has
// passed, and returns about how many comments.
func (f *Forum) Remind(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "remind of complaints")
	now, err := f.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	ids, err := f.store.DueComplaints(ctx, now, maxReminders)
	for _, id := range ids {
		_, err = f.change(ctx, Pick{IDs: []int64{id}, Complaints: true}, func(w *Work) (out change.Outcome, err error) {
			r, due, late := w.Records[0], false, false
			for _, c := range r.Complaints {
				if c.Outcome != ComplaintOpen || c.RemindAt.IsZero() || c.RemindAt.After(w.Now) {
					continue
				}
				due, late = true, late || !w.Now.Before(c.Due)
				c.RemindAt = c.NextReminder(w.Now)
			}
			if due {
				w.Told = append(w.Told, StaffNotice{r.StoryID, r.SectionID, r.ID, late, excerpt(r.Body), w.Now})
			}
			return out, nil
		})
		if err != nil {
			return n, err
		}
		n++
	}
	return n, err
}

// excerpt is the beginning of a text for a notice.
func excerpt(s string) string {
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}

// AuthorFile is what moderators know of a reader.
type AuthorFile struct {
	Author
	Sanctions []Sanction // the newest first
	Notes     []Note     // the newest first
}

// HookFailure is once that the service which judges comments did not answer.
type HookFailure struct {
	At    time.Time
	Error string
}

// Busy is a story under which comments wait.
type Busy struct {
	StoryID  int64
	Headline string
	Section  int64
	Shown    int
	Pending  int
}

package discuss

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"warta/internal/account"
	"warta/internal/change"
)

// Story is what discussions know of a story.
type Story struct {
	ID        int64
	SectionID int64
	Sections  []int64 // the section and those above it
	Live      bool
	Published time.Time // first
}

// Record is a comment with what the rules need to decide about it.
type Record struct {
	*Comment
	New    bool // there was none before this change; State "" leaves it unwritten
	Story  *Story
	Rules  *Rules
	Author *Author // nil: the newsroom, or somebody who was erased
	// Root is the comment that begins the thread, itself if it does; Parent the one
	// that it answers, nil if it answers none.
	Root, Parent *Comment
	// Verdicts replaces those of the comment if it is not nil.
	Verdicts []Verdict
	// Complaints are the open ones, and new ones (ID 0). What is changed is written.
	Complaints []*Complaint

	before Comment
}

// Pick names what one change deals with.
type Pick struct {
	// IDs are comments, at most MaxBatch; a missing one is NotFound.
	IDs []int64
	// StoryID asks for a new record, the last one, under the story; ReplyTo is the
	// comment that it answers, 0 for none.
	StoryID, ReplyTo int64
	// Authors are further readers whose facts are needed.
	Authors []int64
	// Complaints asks for the complaints of the comments.
	Complaints bool
	// Moderation asks for one that is to be undone.
	Moderation int64
}

// Work is everything that one change deals with. The rules change records,
// authors and discussions in place.
type Work struct {
	Now         time.Time
	Zone        *time.Location
	Records     []*Record
	Comments    map[int64]*Comment // of the records, with those that they stand below and answer
	Authors     map[int64]*Author  // of all these, and those of the pick
	Discussions map[int64]*Discussion
	// Recent are the instants of what the author of a new record wrote within the
	// last hour, the newest first.
	Recent []time.Time
	// Same is the comment with the same words that its author wrote under the same
	// story before; nil: none.
	Same func(author, storyID, key int64) (*Comment, error)

	// What is to be written besides.
	Reactions []Reaction
	Notices   []Notice
	Sanctions []Sanction
	Notes     []Note
	// Moderations get their ids when they are written; Told are what moderators are
	// told. Moderation is the one that the pick names.
	Moderations []*Moderation
	Told        []StaffNotice
	Moderation  *Moderation

	comments map[int64]Comment // as they were
}

// Begin remembers how everything was. The store calls it before the rules.
func (w *Work) Begin() {
	w.comments = make(map[int64]Comment, len(w.Comments))
	for id, c := range w.Comments {
		w.comments[id] = *c
	}
	for _, r := range w.Records {
		r.before = *r.Comment
	}
}

// Changed returns the comments that were there before and are not as they were,
// in the order of their ids.
func (w *Work) Changed() (list []*Comment) {
	for _, id := range slices.Sorted(maps.Keys(w.Comments)) {
		if c := w.Comments[id]; *c != w.comments[id] {
			list = append(list, c)
		}
	}
	return list
}

// announceEvery is how often pages are told of new comments on one story.
const announceEvery = time.Second

// touch tells pages that there is something new under a story, at most once a
// second: what they are not told now is left for Forum.Announce.
func (w *Work) touch(out *change.Outcome, storyID int64) {
	d := w.Discussions[storyID]
	if since := w.Now.Sub(d.Announced); since >= 0 && since < announceEvery {
		d.Dirty = true
		return
	}
	d.Announced, d.Dirty = w.Now, false
	out.Touch(TagComments(storyID))
}

// settle does what follows from the states of comments: the places in threads,
// what is counted, and which pages have to know. What somebody could read and
// nobody may read any more is a takedown.
func (w *Work) settle(out *change.Outcome) {
	for _, r := range w.Records {
		if r.State == "" {
			continue
		}
		d := w.Discussions[r.StoryID]
		was, is := r.before.Visible(), r.Visible()
		if is && !was {
			if d.Shown++; r.ID > d.LastID {
				d.LastID = r.ID
			}
			if r.Comment.Published.IsZero() {
				r.Comment.Published = w.Now
				if r.Author != nil {
					r.Author.Published++
				}
			}
		}
		if was && !is {
			d.Shown--
			r.Featured = time.Time{}
		}
		d.Pending += count(r.State == Pending) - count(r.before.State == Pending)
		d.Featured += count(!r.Featured.IsZero()) - count(!r.before.Featured.IsZero())
		if r.Author != nil {
			r.Author.Rejected += count(r.lost()) - count(r.before.lost())
		}
		w.place(r)
		switch {
		case was && (!is || r.Body != r.before.Body):
			// Words that were there and are not any more are gone at once.
			out.Touch(TagComments(r.StoryID))
			out.Takedown = true
			d.Announced, d.Dirty = w.Now, false
		case is && (!was || r.Featured != r.before.Featured):
			w.touch(out, r.StoryID)
		}
	}
}

// lost reports whether the newsroom did not want the comment.
func (c *Comment) lost() bool { return c.State == Rejected || c.State == Removed }

// place says whether a comment has a place in its thread: what can be read, and
// what begins a thread with answers that can.
func (w *Work) place(r *Record) {
	if r.Level == 1 {
		r.Root.Answers += count(r.Visible()) - count(r.Shown)
		r.Shown = r.Visible()
		r.Root.Shown = r.Root.Visible() || r.Root.Answers > 0
		return
	}
	r.Shown = r.Visible() || r.Answers > 0
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// tell lets an author know of something, if he wants to know of anything.
func (w *Work) tell(memberID int64, n Notice) {
	a := w.Authors[memberID]
	if a == nil || !a.Notices && !a.Digest {
		return
	}
	n.MemberID, n.At = memberID, w.Now
	w.Notices = append(w.Notices, n)
}

// audit returns a line of the audit log about a comment.
func audit(actor, action string, c *Comment, pairs ...any) change.Audit {
	return change.Audit{Actor: actor, Action: action, Object: c.String(), Detail: change.Detail(pairs...)}
}

// may returns a Forbidden error unless the actor moderates under every story.
func (w *Work) may(actor account.Actor) error {
	for _, r := range w.Records {
		if err := actor.RequireIn(account.Moderate, r.Story.Sections); err != nil {
			return err
		}
	}
	return nil
}

// sorted returns ids in their order, each once and without zero.
func sorted(ids []int64) []int64 {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id == 0 })
	slices.SortFunc(ids, cmp.Compare[int64])
	return slices.Compact(ids)
}

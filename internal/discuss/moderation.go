package discuss

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// Action is what a moderator does.
type Action string

// The actions. Each is one row of the log of moderation, and can be undone.
const (
	ActApprove   Action = "approve" // it is shown, or stays so; complaints are settled
	ActReject    Action = "reject"  // it is not shown, or is taken away
	ActFeature   Action = "feature"
	ActUnfeature Action = "unfeature"
	ActWarn      Action = "warn"
	ActSuspend   Action = "suspend"
	ActBan       Action = "ban"
	ActLift      Action = "lift"
	// The account of a reader was closed, or opened again, by member. Each is undone
	// by the other, on the reader's page.
	ActDisable Action = "disable"
	ActEnable  Action = "enable"
)

// ModeratorReasons are offered to moderators in this order. The author
// reads them as sentences.
var ModeratorReasons = []Reason{"mod_hate", "mod_insult", "mod_lie", "mod_private", "mod_sexual", "mod_spam", "mod_crime", "mod_topic", "mod_other"}

// The bounds of what a moderator writes, in characters.
const (
	MaxModeratorNote = 500
	MaxReason        = 300
	MaxSuspendDays   = 365
)

// Ruling is a decision about comments, by one moderator.
type Ruling struct {
	Action Action
	Reason Reason // of a rejection
	Note   string // to the author, with a rejection; needed for "mod_other"
	// Seen says for each comment when it had been decided about last, as the
	// moderator saw it, in milliseconds; 0: never. A comment about which somebody
	// decided since is left alone.
	Seen map[int64]int64
	// Batch is the first moderation of a bulk action that this one goes on with.
	Batch int64
}

// Ruled is what came of a Ruling.
type Ruled struct {
	Receipt
	ID    int64   // of the moderation, by which it is undone; 0: nothing was done
	Done  int     // comments
	Taken []int64 // comments that somebody else had decided about
}

// Moderation is a row of the log of moderation.
type Moderation struct {
	ID       int64
	Batch    int64 // the first of a bulk action; its own id otherwise
	Actor    string
	Action   Action
	At       time.Time
	Undo     Undo
	UndoneAt time.Time
	UndoneBy string
}

// Undo is what is needed to take a moderation back.
type Undo struct {
	Comments []WasComment `json:"comments,omitempty"`
	// Member and Was are whom a sanction is about, and how he stood.
	Member int64        `json:"member,omitempty"`
	Was    *WasStanding `json:"was,omitempty"`
	Count  int          `json:"count,omitempty"` // of the comments
	Author string       `json:"-"`
}

// WasComment is how a comment was before a moderation.
type WasComment struct {
	ID        int64   `json:"id"`
	State     State   `json:"state"`
	Reason    Reason  `json:"reason,omitempty"`
	Note      string  `json:"note,omitempty"`
	Decided   int64   `json:"decided,omitempty"` // milliseconds
	DecidedBy string  `json:"decided_by,omitempty"`
	Featured  int64   `json:"featured,omitempty"`
	Settled   []int64 `json:"settled,omitempty"` // complaints that it settled
}

// WasStanding is how an author stood before a sanction.
type WasStanding struct {
	Suspended int64  `json:"suspended,omitempty"`
	Banned    bool   `json:"banned,omitempty"`
	Sanction  string `json:"sanction,omitempty"`
	Warned    int    `json:"warned,omitempty"`
}

func (r *Ruling) check() error {
	r.Note = CleanText(r.Note)
	if utf8.RuneCountInString(r.Note) > MaxModeratorNote {
		return fault.Input("note", "at most %d characters", MaxModeratorNote).Say("moderation_note", "most", MaxModeratorNote)
	}
	switch r.Action {
	case ActReject:
		if !slices.Contains(ModeratorReasons, r.Reason) {
			return fault.Input("reason", "choose why; the author reads it").Say("moderation_reason")
		}
		if r.Reason == "mod_other" && r.Note == "" {
			return fault.Input("note", "say why; the author reads it").Say("moderation_words")
		}
	case ActApprove, ActFeature, ActUnfeature:
		r.Reason, r.Note = "", ""
	default:
		return fault.Input("action", "%q is nothing that can be done with comments", r.Action).Say("moderation_action")
	}
	return nil
}

// Rule does what a moderator says with comments, at most MaxBatch. For one
// comment that somebody else has decided about since, it is a Conflict; of
// several those are left alone and named.
func (f *Forum) Rule(ctx context.Context, actor account.Actor, ids []int64, in Ruling) (done Ruled, err error) {
	defer fault.Wrap(&err, "%s comments %v", in.Action, ids)
	if err := in.check(); err != nil {
		return done, err
	}
	var m *Moderation
	rc, err := f.change(ctx, Pick{IDs: ids, Complaints: true}, func(w *Work) (out change.Outcome, err error) {
		if err := w.may(actor); err != nil {
			return out, err
		}
		done = Ruled{}
		m = &Moderation{Actor: actor.String(), Action: in.Action, At: w.Now, Batch: in.Batch}
		for _, r := range w.Records {
			if seen, ok := in.Seen[r.ID]; ok && seen != stampOf(r.Decided) || r.State == Deleted {
				done.Taken = append(done.Taken, r.ID)
				continue
			}
			if w.rule(actor, r, in, m) {
				out.Audit = append(out.Audit, audit(actor.String(), "comment."+string(in.Action), r.Comment, "story", r.StoryID, "reason", string(in.Reason)))
			}
		}
		if len(done.Taken) > 0 && len(w.Records) == 1 {
			return out, errTaken(w.Records[0].Comment)
		}
		if done.Done = len(m.Undo.Comments); done.Done > 0 {
			m.Undo.Count = done.Done
			w.Moderations = append(w.Moderations, m)
			if len(w.Records) == 1 {
				m.Undo.Member = w.Records[0].MemberID
			}
		}
		return out, nil
	})
	return done.with(rc, m), err
}

// with adds what is known once a change has been written.
func (d Ruled) with(rc Receipt, m *Moderation) Ruled {
	d.Receipt = rc
	if m != nil {
		d.ID = m.ID
	}
	return d
}

// errTaken says that somebody else was quicker. The door adds who it was.
func errTaken(c *Comment) error {
	return fault.New(fault.Conflict, "%s has decided about comment %d already: %s", c.DecidedBy, c.ID, c.State).
		Say("moderation_taken", "who", c.DecidedBy, "state", string(c.State), "at", c.Decided)
}

// stampOf returns an instant as milliseconds, 0 for none.
func stampOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// rule does it with one comment, and reports whether that changed anything.
func (w *Work) rule(actor account.Actor, r *Record, in Ruling, m *Moderation) bool {
	was := WasComment{ID: r.ID, State: r.State, Reason: r.Reason, Note: r.Note, Decided: stampOf(r.Decided), DecidedBy: r.DecidedBy, Featured: stampOf(r.Featured)}
	first := r.Comment.Published.IsZero()
	switch in.Action {
	case ActApprove:
		if r.State == Published && r.Comment.Complaints == 0 && !r.Decided.IsZero() {
			return false
		}
		if r.State != Published {
			if first {
				w.answered(r)
			}
			w.tell(r.MemberID, Notice{Kind: NoticePublished, CommentID: r.ID})
		}
		r.State, r.Reason, r.Note = Published, "", ""
		was.Settled = w.settleComplaints(actor, r, ComplaintKept)
	case ActReject:
		if r.State == Rejected || r.State == Removed {
			return false
		}
		kind := NoticeRemoved
		if r.State = Removed; first {
			r.State, kind = Rejected, NoticeRejected
		}
		r.Reason, r.Note, r.Featured = in.Reason, in.Note, time.Time{}
		was.Settled = w.settleComplaints(actor, r, ComplaintUpheld)
		w.tell(r.MemberID, Notice{Kind: kind, CommentID: r.ID, Text: in.Note})
	case ActFeature:
		if r.State != Published || !r.Featured.IsZero() {
			return false
		}
		r.Featured = w.Now
		w.tell(r.MemberID, Notice{Kind: NoticeFeatured, CommentID: r.ID})
	case ActUnfeature:
		if r.Featured.IsZero() {
			return false
		}
		r.Featured = time.Time{}
	}
	if in.Action == ActApprove || in.Action == ActReject {
		r.Decided, r.DecidedBy = w.Now, actor.String()
	}
	m.Undo.Comments = append(m.Undo.Comments, was)
	return true
}

// settleComplaints ends the open complaints about a comment and returns their
// ids; who complained with an account is told.
func (w *Work) settleComplaints(actor account.Actor, r *Record, outcome ComplaintOutcome) (ids []int64) {
	for _, c := range r.Complaints {
		if c.Outcome != ComplaintOpen {
			continue
		}
		c.Outcome, c.SettledAt, c.SettledBy, c.RemindAt = outcome, w.Now, actor.String(), time.Time{}
		ids = append(ids, c.ID)
		if c.MemberID != 0 {
			w.tell(c.MemberID, Notice{Kind: NoticeComplaint, CommentID: r.ID, Text: string(outcome)})
		}
	}
	r.Comment.Complaints = 0
	return ids
}

// Answer writes an answer of the newsroom, with its badge, at once.
func (f *Forum) Answer(ctx context.Context, actor account.Actor, storyID, replyTo int64, text string) (posted Comment, err error) {
	defer fault.Wrap(&err, "answer comment %d", replyTo)
	if actor.ID == 0 {
		return posted, fault.New(fault.Forbidden, "only a person answers for the newsroom")
	}
	_, err = f.change(ctx, Pick{StoryID: storyID, ReplyTo: replyTo}, func(w *Work) (out change.Outcome, err error) {
		if err := w.may(actor); err != nil {
			return out, err
		}
		r := w.Records[0]
		if r.Parent == nil || !r.Parent.Visible() {
			return out, fault.New(fault.Conflict, "only what readers can see can be answered; approve it first").Say("moderation_answer")
		}
		if r.Body, err = checkText(text, r.Rules); err != nil {
			return out, err
		}
		r.Key, r.UserID = TextKey(r.Body), actor.ID
		r.At, r.SectionID, r.State = w.Now, r.Story.SectionID, Published
		w.answered(r)
		posted = *r.Comment
		out.Audit = []change.Audit{audit(actor.String(), "comment.answer", r.Comment, "story", r.StoryID, "to", replyTo)}
		return out, nil
	})
	return posted, err
}

// Punishment is a sanction as a moderator asks for it, because of a comment.
type Punishment struct {
	CommentID int64 // 0: of nothing in particular
	MemberID  int64
	Kind      SanctionKind
	Reason    string // as the author reads it
	Days      int    // of a suspension
}

// Punish warns, suspends or bans an author, or ends that. A warning may be given
// by whoever moderates under the story of the comment; the rest is for those who
// moderate the whole site.
func (f *Forum) Punish(ctx context.Context, actor account.Actor, in Punishment) (done Ruled, err error) {
	defer fault.Wrap(&err, "%s reader %d", in.Kind, in.MemberID)
	in.Reason = strings.Join(strings.Fields(CleanText(in.Reason)), " ")
	switch n := utf8.RuneCountInString(in.Reason); {
	case !slices.Contains([]SanctionKind{Warn, Suspend, Ban, Lift}, in.Kind):
		return done, fault.Input("kind", "%q is no sanction", in.Kind).Say("moderation_action")
	case n == 0 && in.Kind != Lift:
		return done, fault.Input("reason", "say why; the author reads it").Say("moderation_words")
	case n > MaxReason:
		return done, fault.Input("reason", "at most %d characters", MaxReason).Say("moderation_note", "most", MaxReason)
	case in.Kind == Suspend && (in.Days < 1 || in.Days > MaxSuspendDays):
		return done, fault.Input("days", "from 1 to %d days", MaxSuspendDays).Say("moderation_days", "most", MaxSuspendDays)
	}
	p := Pick{Authors: []int64{in.MemberID}}
	if in.CommentID != 0 {
		p.IDs = []int64{in.CommentID}
	}
	var m *Moderation
	rc, err := f.change(ctx, p, func(w *Work) (out change.Outcome, err error) {
		if err := w.mayPunish(actor, in); err != nil {
			return out, err
		}
		a := w.Authors[in.MemberID]
		if a == nil {
			return out, fault.New(fault.NotFound, "there is no such reader any more").Say("comment_none")
		}
		m = &Moderation{Actor: actor.String(), Action: Action(in.Kind), At: w.Now}
		m.Undo = Undo{Member: in.MemberID, Was: &WasStanding{stampOf(a.SuspendedUntil), a.Banned, a.Sanction, a.Warned}}
		s := Sanction{MemberID: in.MemberID, Kind: in.Kind, Reason: in.Reason, At: w.Now, By: actor.String()}
		n := Notice{Text: in.Reason, CommentID: in.CommentID}
		switch in.Kind {
		case Warn:
			a.Warned++
			n.Kind = NoticeWarned
		case Suspend:
			s.Until = w.Now.AddDate(0, 0, in.Days)
			a.SuspendedUntil, a.Sanction = s.Until, in.Reason
			n.Kind = NoticeSuspended
		case Ban:
			a.Banned, a.Sanction = true, in.Reason
			n.Kind = NoticeBanned
		case Lift:
			if !a.Banned && !w.Now.Before(a.SuspendedUntil) {
				return out, fault.New(fault.Conflict, "this reader may write already").Say("moderation_free")
			}
			a.Banned, a.SuspendedUntil, a.Sanction = false, time.Time{}, ""
			n.Kind = NoticeLifted
		}
		w.Sanctions = append(w.Sanctions, s)
		w.Moderations = append(w.Moderations, m)
		n.MemberID, n.At = in.MemberID, w.Now
		w.Notices = append(w.Notices, n) // whatever he wants to be told otherwise
		done.Done = 1
		out.Audit = []change.Audit{{Actor: actor.String(), Action: "reader." + string(in.Kind), Object: a.String(),
			Detail: change.Detail("days", in.Days, "comment", in.CommentID)}}
		return out, nil
	})
	return done.with(rc, m), err
}

func (w *Work) mayPunish(actor account.Actor, in Punishment) error {
	if in.Kind == Warn && len(w.Records) == 1 && w.Records[0].MemberID == in.MemberID {
		return w.may(actor)
	}
	return actor.Require(account.Moderate)
}

// SaveNote writes down something about an author, for other moderators.
func (f *Forum) SaveNote(ctx context.Context, actor account.Actor, memberID int64, text string) (err error) {
	defer fault.Wrap(&err, "note something about reader %d", memberID)
	text = CleanText(text)
	if n := utf8.RuneCountInString(text); n == 0 || n > MaxModeratorNote {
		return fault.Input("note", "from 1 to %d characters", MaxModeratorNote).Say("moderation_note", "most", MaxModeratorNote)
	}
	if err := actor.RequireSomewhere(account.Moderate); err != nil {
		return err
	}
	_, err = f.change(ctx, Pick{Authors: []int64{memberID}}, func(w *Work) (out change.Outcome, err error) {
		a := w.Authors[memberID]
		if a == nil {
			return out, fault.New(fault.NotFound, "there is no such reader any more").Say("comment_none")
		}
		w.Notes = append(w.Notes, Note{MemberID: memberID, Text: text, At: w.Now, By: actor.String()})
		out.Audit = []change.Audit{{Actor: actor.String(), Action: "reader.note", Object: a.String()}}
		return out, nil
	})
	return err
}

// Marshal returns what undoes a moderation as it is stored.
func (u Undo) Marshal() string {
	b, _ := json.Marshal(u) // numbers and texts always have a form
	return string(b)
}

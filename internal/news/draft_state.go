package news

import (
	"context"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
)

// DraftState is a story as its editor's page opens it.
type DraftState struct {
	Story      Story
	Content    Content // what people are writing, else what the next draft begins from
	Seq        int64   // the number on which the next save builds
	Writing    bool    // there is a draft that is not live
	By         string  // who wrote last, as the audit log names it
	Changed    bool    // since a version was submitted, approved or scheduled
	Conflicts  []DraftConflict
	Signoffs   []Signoff // of the version that waits
	Needed     int       // how many people have to approve what people are writing
	Withdrawal *Withdrawal
	Live       *Version // what readers get
	Banner     *Banner  // if it is this story's
}

// State returns the story as its editor's page opens it.
func (r *Record) State(w *World) DraftState {
	d := r.begin()
	st := DraftState{Story: r.Story, Content: d.Content, Seq: d.Seq, Writing: r.Draft != nil, By: d.By, Changed: r.Changed(),
		Conflicts: r.Open, Needed: w.Needed(&d.Content), Withdrawal: r.Withdrawal, Live: r.Live}
	for _, s := range r.Signoffs {
		if s.No == r.Story.NamedNo {
			st.Signoffs = append(st.Signoffs, s)
		}
	}
	if w.Banner != nil && w.Banner.StoryID == r.Story.ID {
		st.Banner = w.Banner
	}
	return st
}

// Since returns what changed in the draft after a number, for a tab that has it.
func (r *Record) Since(base int64) DraftDelta {
	d := r.begin()
	delta := d.since(base)
	delta.Conflicts = r.Open
	return delta
}

// Draft returns a story as its editor's page opens it; refused to who may not
// read it.
func (d *Desk) Draft(ctx context.Context, actor account.Actor, id int64) (st DraftState, err error) {
	err = d.Look(ctx, actor, id, func(w *World, r *Record) error {
		st = r.State(w)
		return nil
	})
	return st, err
}

// Since returns what changed in a draft after number base.
func (d *Desk) Since(ctx context.Context, actor account.Actor, id, base int64) (delta DraftDelta, err error) {
	err = d.Look(ctx, actor, id, func(w *World, r *Record) error {
		delta = r.Since(base)
		return nil
	})
	return delta, err
}

// Act is something that a person can do to a story.
type Act string

// What a person can do to a story.
const (
	ActSave     Act = "save"
	ActSubmit   Act = "submit"
	ActTakeBack Act = "take_back"
	ActSendBack Act = "send_back"
	ActApprove  Act = "approve"
	ActSchedule Act = "schedule"
	ActUnplan   Act = "unschedule"
	ActPublish  Act = "publish"
	ActCorrect  Act = "correct"
	ActWithdraw Act = "withdraw"
	ActEmbargo  Act = "embargo"
	ActAssign   Act = "assign"
	ActRemark   Act = "remark"
	ActRestore  Act = "restore"
	ActInvite   Act = "invite"
	ActBanner   Act = "banner"
)

// Acts returns what the actor can do to the story as it stands: by his rights,
// and because there is something to do.
func (r *Record) Acts(w *World, actor account.Actor) (acts []Act) {
	s := &r.Story
	write := w.MayWrite(actor, s) == nil
	may := func(c account.Capability) bool { return w.may(actor, c, r) == nil }
	something := r.Draft != nil || r.Named != nil
	waits := s.Stage == StageSubmitted || s.Stage == StageApproved || s.Stage == StageScheduled
	back := s.Status != Withdrawn || may(account.Withdraw)
	for _, a := range []struct {
		act Act
		ok  bool
	}{
		{ActSave, write},
		{ActSubmit, write && r.Draft != nil && actor.CanSomewhere(account.Submit) && (s.Stage == StageDraft || s.Stage == StageNone || r.Changed())},
		{ActTakeBack, s.Stage == StageSubmitted && w.May(actor, account.WriteOwn, s) == nil},
		{ActSendBack, waits && may(account.Approve)},
		{ActApprove, something && may(account.Approve)},
		{ActSchedule, something && back && may(account.Publish)},
		{ActUnplan, s.Stage == StageScheduled && may(account.Publish)},
		{ActPublish, something && back && may(account.Publish)},
		{ActCorrect, s.Status == Live && may(account.Correct)},
		{ActWithdraw, s.Status != Withdrawn && !s.FirstPublished.IsZero() && may(account.Withdraw)},
		{ActEmbargo, may(account.Publish)},
		{ActAssign, write},
		{ActRemark, w.MayRead(actor, s) == nil},
		{ActRestore, write && s.LastNo > 0},
		{ActInvite, write},
		{ActBanner, s.Status == Live && may(account.Breaking)},
	} {
		if a.ok {
			acts = append(acts, a.act)
		}
	}
	return acts
}

// Acts returns what the actor can do to a story; refused to who may not read it.
func (d *Desk) Acts(ctx context.Context, actor account.Actor, id int64) (acts []Act, err error) {
	defer fault.Wrap(&err, "read what can be done")
	err = d.Look(ctx, actor, id, func(w *World, r *Record) error {
		acts = r.Acts(w, actor)
		return nil
	})
	return acts, err
}

// Presence is a user who has a story open in a tab.
type Presence struct {
	UserID int64
	Name   string
	Tab    string
	Since  time.Time
}

// VersionInfo is what is known of a version beside its text.
type VersionInfo struct {
	No       int
	Origin   Origin
	By       string // as the audit log names it
	At       time.Time
	Why      string // "submitted", "approved", "scheduled", "published", "corrected", "imported", "assigned", "restored", "kept", "breaking"
	Live     bool   // readers get it
	Named    bool   // it waits for approval or release
	Signoffs int
}

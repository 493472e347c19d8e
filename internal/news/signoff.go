package news

import (
	"context"
	"slices"
	"strconv"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// SignoffRule says how many people have to approve what stands in a section or
// carries a label before it goes out.
type SignoffRule struct {
	ID        int64
	SectionID int64 // with everything below it; 0: everywhere
	Label     Label // "": whatever its labels
	People    int   // 1 to 5
}

// Signoff is one person's approval of one version.
type Signoff struct {
	StoryID int64
	No      int
	UserID  int64
	Name    string
	At      time.Time
	Note    string
}

// Needed returns how many people have to approve the content before it goes
// out, 0 where no rule asks for anybody.
func (w *World) Needed(c *Content) int {
	line, n := w.desk(c.SectionID), 0
	for _, rule := range w.Rules {
		if (rule.SectionID == 0 || slices.Contains(line, rule.SectionID)) && (rule.Label == "" || c.Has(rule.Label)) {
			n = max(n, rule.People)
		}
	}
	return n
}

// signed returns how many people have approved a version.
func (r *Record) signed(no int) int {
	n := 0
	for i := range r.Signoffs {
		if r.Signoffs[i].No == no {
			n++
		}
	}
	return n
}

// approvals returns how many people have approved what a content says. What
// somebody is about to approve by releasing it is not among them.
func (r *Record) approvals(c *Content) (n int) {
	for _, v := range []*Version{r.named(), r.Last} {
		if v != nil && SameContent(&v.Content, c) {
			n = max(n, r.signed(v.No))
		}
	}
	return n
}

// sign adds the actor's approval of a version, once.
func (r *Record) sign(w *World, actor account.Actor, no int, note string) {
	for _, s := range r.Signoffs {
		if s.No == no && s.UserID == actor.ID {
			return
		}
	}
	r.Signoffs = append(r.Signoffs, Signoff{StoryID: r.Story.ID, No: no, UserID: actor.ID, Name: nameOf(actor), At: w.Now, Note: note})
}

// needSignoffs returns a Conflict unless enough people approved the version.
// Whoever releases it and may approve counts as one of them.
func (r *Record) needSignoffs(w *World, actor account.Actor, v *Version) error {
	need := w.Needed(&v.Content)
	if need == 0 {
		return nil
	}
	have := r.approvals(&v.Content) // as the check counts them: a refusal leaves no approval behind
	if w.May(actor, account.Approve, &r.Story, v.Content.SectionID) == nil {
		r.sign(w, actor, v.No, "")
	}
	if more := need - r.signed(v.No); more > 0 {
		return fault.New(fault.Conflict, "story %d needs the approval of %d people and has %d", r.Story.ID, need, have).
			Say("signoffs_missing", "need", need, "have", have, "more", more)
	}
	return nil
}

// SaveSignoffRules replaces all rules for approvals.
func (s *Site) SaveSignoffRules(ctx context.Context, actor account.Actor, rules []SignoffRule) (err error) {
	defer fault.Wrap(&err, "save %d rules for approvals", len(rules))
	if err := actor.Require(account.Structure); err != nil {
		return err
	}
	if len(rules) > 100 {
		return fault.Input("rules", "there are at most 100 rules for approvals").Say("too_many_rules")
	}
	tree, err := s.store.Sections(ctx)
	if err != nil {
		return err
	}
	for _, r := range rules {
		if r.People < 1 || r.People > 5 {
			return fault.Input("people", "1 to 5 people approve a story, not %d", r.People).Say("signoff_people")
		}
		if r.SectionID != 0 && tree.ByID(r.SectionID) == nil {
			return fault.Input("section", "there is no section %d", r.SectionID).Say("unknown.section", "id", strconv.FormatInt(r.SectionID, 10))
		}
		if r.Label != "" && !slices.Contains(RoomLabels, r.Label) {
			return fault.Input("label", "%q is no label", r.Label).Say("word_unknown", "word", string(r.Label))
		}
	}
	return s.store.SaveSignoffRules(ctx, rules, change.Outcome{Audit: []change.Audit{
		{Actor: actor.String(), Action: "save", Object: "signoff_rules"}}})
}

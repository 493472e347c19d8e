package discuss

import (
	"context"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// Forum is the one way to change discussions. It is safe for concurrent use.
type Forum struct {
	store   Store
	confirm Confirmer
	guard   *account.Guard
	hook    Hook // nil: there is none
}

// New returns the forum over a store. confirm may be nil where nothing serves
// pages.
func New(store Store, confirm Confirmer) *Forum {
	return &Forum{store: store, confirm: confirm, guard: account.NewGuard(store)}
}

// Receipt says what became of a change.
type Receipt struct {
	Seq int64 // the event's number; 0: pages are told later, or not at all
	// Pending are the serving processes that have not confirmed a takedown yet.
	Pending []string
}

// change runs fn, settles what follows from it and, after a takedown, waits for
// everybody who serves pages.
func (f *Forum) change(ctx context.Context, p Pick, fn func(*Work) (change.Outcome, error)) (rc Receipt, err error) {
	if len(p.IDs) > MaxBatch {
		return rc, fault.New(fault.TooLarge, "one change deals with at most %d comments", MaxBatch)
	}
	takedown := false
	p.IDs, p.Authors = sorted(p.IDs), sorted(p.Authors)
	rc.Seq, err = f.store.ChangeComments(ctx, p, func(w *Work) (change.Outcome, error) {
		out, err := fn(w)
		if err != nil {
			return out, err
		}
		w.settle(&out)
		takedown = out.Takedown
		return out, nil
	})
	if err != nil || !takedown || rc.Seq == 0 || f.confirm == nil {
		return rc, err
	}
	rc.Pending, err = f.confirm.Confirm(ctx, rc.Seq)
	return rc, err
}

// maxAnnounced is how many stories one event tells of.
const maxAnnounced = 100

// Announce tells pages what they were not told because there was so much of it.
// It returns how many stories there were.
func (f *Forum) Announce(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "announce comments")
	now, err := f.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	ids, err := f.store.DueAnnouncements(ctx, now.Add(-announceEvery), maxAnnounced)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	var out change.Outcome
	for _, id := range ids {
		out.Touch(TagComments(id))
	}
	_, err = f.store.Announced(ctx, now, ids, out)
	return len(ids), err
}

// SaveRules says how discussions of a scope are held. The site's are the
// owner's; those of a section and a story are for who moderates there.
func (f *Forum) SaveRules(ctx context.Context, actor account.Actor, scope Scope, id int64, sections []int64, p Patch) (err error) {
	defer fault.Wrap(&err, "save the rules of %s %d", scope, id)
	tag := TagRules
	switch scope {
	case ScopeSite:
		if err := actor.Require(account.Configure); err != nil {
			return err
		}
		id = 0
	case ScopeSection:
		tag = TagSectionRules(id)
	case ScopeStory:
		tag = TagStoryRules(id)
	default:
		return fault.Input("scope", "%q is no scope of rules", scope)
	}
	if scope != ScopeSite {
		if err := actor.RequireIn(account.Moderate, sections); err != nil {
			return err
		}
	}
	if err := p.Check(); err != nil {
		return err
	}
	out := change.Outcome{Tags: []string{tag}, Audit: []change.Audit{{Actor: actor.String(), Action: "rules", Object: tag}}}
	return f.store.SaveRules(ctx, scope, id, p, out)
}

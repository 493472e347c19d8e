package discuss

import (
	"context"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// SetHook gives the forum the service that PhaseHook asks. It is called before
// the forum is used.
func (f *Forum) SetHook(h Hook) { f.hook = h }

// judge asks the phases about a text, outside of any transaction: one of them may
// wait for a service elsewhere. The facts are those of now; who is too quick is
// counted again inside.
func (f *Forum) judge(ctx context.Context, d Draft, editing int64) ([]Verdict, error) {
	d.Text = CleanText(d.Text)
	c, r, err := f.store.Facts(ctx, d, editing)
	if err != nil {
		return nil, err
	}
	if f.hook == nil || d.Aside == nil {
		return Judge(ctx, c, &r, f.hook), nil
	}
	out := &outside{hook: f.hook, aside: d.Aside}
	verdicts := Judge(ctx, c, &r, out)
	return verdicts, out.err
}

// outside is a hook that is asked while nothing is held.
type outside struct {
	hook  Hook
	aside Aside
	err   error // what was held cannot be had again
}

// Ask implements Hook.
func (o *outside) Ask(ctx context.Context, c Candidate, r *Rules) (d Decision, note string, err error) {
	o.err = o.aside(ctx, func() { d, note, err = o.hook.Ask(ctx, c, r) })
	return d, note, err
}

// SaveList writes a word list: of the whole site for the owner, of a section for
// who moderates there. Without a decision it is forgotten.
func (f *Forum) SaveList(ctx context.Context, actor account.Actor, sections []int64, l WordList) (err error) {
	defer fault.Wrap(&err, "save the word list %q", l.Name)
	if l.Section == 0 {
		err = actor.Require(account.Moderate)
	} else {
		err = actor.RequireIn(account.Moderate, sections)
	}
	if err != nil {
		return err
	}
	if err := l.check(); err != nil {
		return err
	}
	object := TagRules
	if l.Section != 0 {
		object = TagSectionRules(l.Section)
	}
	return f.store.SaveList(ctx, l, change.Outcome{Audit: []change.Audit{{Actor: actor.String(), Action: "words", Object: object,
		Detail: change.Detail("list", l.Name, "decision", string(l.Decision), "words", len(l.Words), "allow", len(l.Allow))}}})
}

package member

import (
	"context"
	"strings"
	"unicode/utf8"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// maxDisableReason is how long the reason of a closed account is, in characters.
const maxDisableReason = 300

// Disable closes a reader's account, or with false opens it again. It is for
// whoever moderates the whole site. All sessions end at once, and class cookies
// stop counting.
func (m *Members) Disable(ctx context.Context, actor account.Actor, id int64, on bool, reason string) (err error) {
	defer fault.Wrap(&err, "close the account of reader %d", id)
	if err := actor.Require(account.Moderate); err != nil {
		return err
	}
	reason = strings.Join(strings.Fields(strings.ToValidUTF8(reason, "")), " ")
	if n := utf8.RuneCountInString(reason); on && n == 0 || n > maxDisableReason {
		return fault.Input("reason", "say why, in 1 to %d characters; other moderators read it", maxDisableReason).Say("reader_disable", "most", maxDisableReason)
	}
	return m.store.ChangeMember(ctx, Pick{ID: id}, func(e *Edit) (change.Outcome, error) {
		if e.Record == nil {
			return change.Outcome{}, fault.New(fault.NotFound, "there is no reader %d", id)
		}
		if e.Record.Disabled == on {
			return change.Outcome{}, fault.New(fault.Conflict, "the account is so already").Say("reader_disabled_already")
		}
		e.Record.Disabled, e.EndAll, e.ClosedBy = on, on, actor.String()
		action := "enable"
		if on {
			action = "disable"
		}
		return audit(actor.String(), action, "reason", reason), nil
	})
}

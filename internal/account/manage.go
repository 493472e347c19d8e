package account

import (
	"context"
	"slices"

	"warta/internal/change"
	"warta/internal/fault"
)

// What those who manage users may do to others.

// mayGive returns a Forbidden error unless actor holds all that he gives away.
func mayGive(actor Actor, role Role, grants []Grant) error {
	if !role.Valid() {
		return fault.Input("role", "there is no role %q", role).Say("no_role")
	}
	above := func(r Role) bool { return !r.Within(actor.Role) }
	if above(role) || slices.ContainsFunc(grants, func(g Grant) bool { return above(g.Role) }) {
		return fault.New(fault.Forbidden, "nobody gives a role that is wider than his own").Say("role_above")
	}
	return nil
}

// manage changes another user. It refuses those who may not, and whoever holds
// more than the actor.
func (s *Staff) manage(ctx context.Context, actor Actor, userID int64, fn func(*Edit) (change.Outcome, error)) error {
	if err := actor.Require(ManageUser); err != nil {
		return err
	}
	return s.edit(ctx, userID, func(e *Edit) (change.Outcome, error) {
		if !e.Record.Role.Within(actor.Role) {
			return change.Outcome{}, fault.New(fault.Forbidden, "this user's role is wider than yours").Say("role_above")
		}
		return fn(e)
	})
}

// lastOwner returns a Conflict if the record's user is the only one left who
// can sign in as owner.
func (e *Edit) lastOwner() error {
	r := e.Record
	if r.Role == Owner && !r.Disabled && !r.Joined.IsZero() && e.Owners <= 1 {
		return fault.New(fault.Conflict, "this is the last owner; make somebody else owner first").Say("last_owner")
	}
	return nil
}

// ChangeRole gives a user another role and other desks. Nobody changes his own.
// The user's sessions end at once.
func (s *Staff) ChangeRole(ctx context.Context, actor Actor, userID int64, role Role, grants []Grant) (err error) {
	defer fault.Wrap(&err, "change the role of user %d", userID)
	if grants, err = cleanGrants(grants); err != nil {
		return err
	}
	return s.manage(ctx, actor, userID, func(e *Edit) (change.Outcome, error) {
		r := e.Record
		if actor.ID == userID {
			return change.Outcome{}, fault.New(fault.Forbidden, "nobody changes his own role; ask another owner").Say("own_role")
		}
		if err := mayGive(actor, role, grants); err != nil {
			return change.Outcome{}, err
		}
		if role == r.Role && slices.Equal(grants, r.Grants) {
			return change.Outcome{}, nil
		}
		if role != Owner {
			if err := e.lastOwner(); err != nil {
				return change.Outcome{}, err
			}
		}
		out := audit(actor.String(), "change_role", userID, "from", r.Role, "to", role, "desks", len(grants))
		r.Role, r.Grants, e.EndAll = role, grants, true
		e.Revoke = []TicketKind{TicketCode}
		return out, nil
	})
}

// Identity is what may be corrected of somebody else's account.
type Identity struct {
	Name     string
	Email    string
	PersonID int64
}

// Correct changes a user's name, address and byline.
func (s *Staff) Correct(ctx context.Context, actor Actor, userID int64, id Identity) (err error) {
	defer fault.Wrap(&err, "correct user %d", userID)
	if id.Name, err = CleanName(id.Name); err != nil {
		return err
	}
	if id.Email, err = CleanEmail(id.Email); err != nil {
		return err
	}
	return s.manage(ctx, actor, userID, func(e *Edit) (change.Outcome, error) {
		r := e.Record
		if r.Email != id.Email { // links that went to the old address count no more
			e.Revoke = []TicketKind{TicketReset, TicketInvite}
		}
		r.Name, r.Email, r.PersonID = id.Name, id.Email, id.PersonID
		return audit(actor.String(), "correct_user", userID), nil
	})
}

// Disable keeps a user out: his sessions end and his links count no more. What
// he wrote stays.
func (s *Staff) Disable(ctx context.Context, actor Actor, userID int64) (err error) {
	defer fault.Wrap(&err, "disable user %d", userID)
	return s.manage(ctx, actor, userID, func(e *Edit) (change.Outcome, error) {
		if actor.ID == userID {
			return change.Outcome{}, fault.New(fault.Forbidden, "nobody disables himself; ask another owner").Say("own_role")
		}
		if err := e.lastOwner(); err != nil {
			return change.Outcome{}, err
		}
		e.Record.Disabled, e.EndAll = true, true
		e.Revoke = []TicketKind{TicketCode, TicketReset, TicketInvite, TicketTOTP}
		return audit(actor.String(), "disable", userID), nil
	})
}

// Enable lets a disabled user in again.
func (s *Staff) Enable(ctx context.Context, actor Actor, userID int64) (err error) {
	defer fault.Wrap(&err, "enable user %d", userID)
	return s.manage(ctx, actor, userID, func(e *Edit) (change.Outcome, error) {
		e.Record.Disabled = false
		return audit(actor.String(), "enable", userID), nil
	})
}

// EndAllOf ends all sessions of a user.
func (s *Staff) EndAllOf(ctx context.Context, actor Actor, userID int64) (err error) {
	defer fault.Wrap(&err, "end the sessions of user %d", userID)
	return s.manage(ctx, actor, userID, func(e *Edit) (change.Outcome, error) {
		e.EndAll = true
		return audit(actor.String(), "end_sessions", userID), nil
	})
}

// SendReset returns the token of a link by which a user gives himself a new
// password, or of a fresh invitation if he never came in.
func (s *Staff) SendReset(ctx context.Context, actor Actor, userID int64) (u User, token string, err error) {
	defer fault.Wrap(&err, "reset user %d", userID)
	err = s.manage(ctx, actor, userID, func(e *Edit) (change.Outcome, error) {
		if e.Record.Disabled {
			return change.Outcome{}, fault.New(fault.Conflict, "the account is disabled").Say("user_disabled")
		}
		u, token = e.Record.User, reset(e)
		return audit(actor.String(), "send_reset", userID), nil
	})
	return u, token, err
}

// DropProofs takes a user's app, recovery codes and passkeys away, for somebody
// who has lost them. His sessions end; after the next sign-in he sets up new
// ones.
func (s *Staff) DropProofs(ctx context.Context, actor Actor, userID int64) (err error) {
	defer fault.Wrap(&err, "drop the proofs of user %d", userID)
	return s.manage(ctx, actor, userID, func(e *Edit) (change.Outcome, error) {
		r := e.Record
		r.TOTP, r.TOTPStep, r.Codes, r.Passkeys, e.EndAll = "", 0, nil, nil, true
		return audit(actor.String(), "drop_proofs", userID), nil
	})
}

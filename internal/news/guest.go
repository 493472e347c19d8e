package news

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// GuestLink lets somebody without an account read a draft for a while. Only the
// hash of its token is kept.
type GuestLink struct {
	Hash    string
	StoryID int64
	Expires time.Time
	By      string
	At      time.Time
	Used    time.Time // when a guest last read by it, to the minute; zero: never
}

// usedEvery is how exactly it is known when a link was last used: a draft with
// many pictures is many requests.
const usedEvery = time.Minute

// maxGuest is how long a guest may read a draft at most.
const maxGuest = 30 * 24 * time.Hour

// Invite makes a link by which a guest reads the story's draft until it expires,
// and returns its token, which is kept nowhere.
func (d *Desk) Invite(ctx context.Context, actor account.Actor, id int64, life time.Duration) (token string, err error) {
	defer fault.Wrap(&err, "invite a guest to story %d", id)
	if life <= 0 || life > maxGuest {
		return "", fault.Input("life", "a guest's link lives up to 30 days").Say("guest_life")
	}
	err = d.Look(ctx, actor, id, func(w *World, r *Record) error { return w.MayWrite(actor, &r.Story) })
	if err != nil {
		return "", err
	}
	now, err := d.store.Now(ctx)
	if err != nil {
		return "", err
	}
	var secret [24]byte
	rand.Read(secret[:]) // never fails: see crypto/rand
	token = base64.RawURLEncoding.EncodeToString(secret[:])
	r := Record{Story: Story{ID: id}}
	g := GuestLink{Hash: guestHash(token), StoryID: id, Expires: now.Add(life), By: actor.String(), At: now}
	return token, d.store.SaveGuestLink(ctx, g, change.Outcome{Audit: []change.Audit{r.audit(actor, "invite", Deed{At: g.Expires})}})
}

// EndInvitations makes all guests' links of a story worthless.
func (d *Desk) EndInvitations(ctx context.Context, actor account.Actor, id int64) (err error) {
	defer fault.Wrap(&err, "end the invitations to story %d", id)
	return d.uninvite(ctx, actor, id, "", Deed{})
}

// EndInvitation makes one link to a story worthless. One that has ended already
// is no error.
func (d *Desk) EndInvitation(ctx context.Context, actor account.Actor, id int64, hash string) (err error) {
	defer fault.Wrap(&err, "end an invitation to story %d", id)
	g, err := d.store.GuestLink(ctx, hash)
	if fault.Is(err, fault.NotFound) || err == nil && g.StoryID != id {
		return d.uninvite(ctx, actor, id, hash, Deed{}) // may he, and nothing else
	}
	if err != nil {
		return err
	}
	return d.uninvite(ctx, actor, id, hash, Deed{At: g.Expires})
}

func (d *Desk) uninvite(ctx context.Context, actor account.Actor, id int64, hash string, deed Deed) error {
	err := d.Look(ctx, actor, id, func(w *World, r *Record) error { return w.MayWrite(actor, &r.Story) })
	if err != nil {
		return err
	}
	r, action := Record{Story: Story{ID: id}}, "uninvite"
	if hash != "" {
		action = "uninvite_one"
	}
	return d.store.EndGuestLinks(ctx, id, hash, change.Outcome{Audit: []change.Audit{r.audit(actor, action, deed)}})
}

// Guest returns what the holder of a token may read. One that is unknown or has
// expired is NotFound.
func (d *Desk) Guest(ctx context.Context, token string) (st DraftState, err error) {
	defer fault.Wrap(&err, "read as a guest") // without the token
	g, err := d.store.GuestLink(ctx, guestHash(token))
	if err != nil {
		return st, err
	}
	now, err := d.store.Now(ctx)
	if err != nil {
		return st, err
	}
	if !g.Expires.After(now) {
		return st, fault.New(fault.NotFound, "the link has expired").Say("guest_expired")
	}
	if now.Sub(g.Used) >= usedEvery {
		if err := d.store.UseGuestLink(ctx, g.Hash, now); err != nil {
			return st, err
		}
	}
	err = d.store.View(ctx, []int64{g.StoryID}, func(w *World, recs []*Record) error {
		st = recs[0].State(w)
		return nil
	})
	return st, err
}

func guestHash(token string) string {
	sum := sha256.Sum256([]byte("guest " + token))
	return hex.EncodeToString(sum[:])
}

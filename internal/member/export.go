package member

import (
	"context"
	"time"

	"warta/internal/fault"
)

// Step is one line of the audit log about a member.
type Step struct {
	ID     int64
	At     time.Time
	Action string
	Detail string // JSON, "" for none
}

// Exported is one file of the archive that a member takes along.
type Exported struct {
	Name string // "profile.jsonl"
	// Write calls put for each value, in a fixed order. Nothing is held in memory
	// but one page of it.
	Write func(ctx context.Context, put func(any) error) error
}

// trailPage is how many lines of the audit log are read at a time.
const trailPage = 500

// Files of the archive, as JSON has them.
type (
	profileFile struct {
		Format    string    `json:"format"`
		ID        int64     `json:"id"`
		Email     string    `json:"email"`
		Name      string    `json:"name"`
		Created   time.Time `json:"created"`
		SignedIn  time.Time `json:"last_signed_in"`
		Terms     string    `json:"terms_version"`
		TermsAt   time.Time `json:"terms_accepted"`
		NewDevice bool      `json:"letter_on_new_device"`
		Password  bool      `json:"has_password"`
	}
	deviceFile struct {
		Device  string    `json:"device"`
		Network string    `json:"network"`
		Begun   time.Time `json:"begun"`
		Seen    time.Time `json:"last_used"`
		Expires time.Time `json:"expires"`
	}
	passkeyFile struct {
		Name    string     `json:"name"`
		Created time.Time  `json:"created"`
		Used    *time.Time `json:"last_used"` // null: never
	}
	identityFile struct {
		Provider string    `json:"provider"`
		Subject  string    `json:"subject"`
		Email    string    `json:"email"`
		Created  time.Time `json:"created"`
	}
	savedFile struct {
		Story    int64     `json:"story"`
		Headline string    `json:"headline,omitempty"` // while it can be read
		Saved    time.Time `json:"saved"`
	}
	followedFile struct {
		Kind  string    `json:"kind"`
		ID    int64     `json:"id"`
		Since time.Time `json:"since"`
	}
	stepFile struct {
		At     time.Time `json:"at"`
		Action string    `json:"action"`
	}
)

// Export returns the files of a member's archive. Secrets are left out: hashes
// and keys are of no use to anybody but a thief.
func (m *Members) Export(id int64) []Exported {
	return []Exported{
		{"profile.jsonl", func(ctx context.Context, put func(any) error) error {
			r, err := m.Record(ctx, id)
			if err != nil {
				return err
			}
			return put(profileFile{Format: "warta-reader/1", ID: r.ID, Email: r.Email, Name: r.Name, Created: r.Created, SignedIn: r.Seen,
				Terms: r.Terms, TermsAt: r.TermsAt, NewDevice: r.NewDevice, Password: r.Password != ""})
		}},
		{"devices.jsonl", func(ctx context.Context, put func(any) error) error {
			list, err := m.Sessions(ctx, id)
			for _, s := range list {
				if err := put(deviceFile{Device: s.Device, Network: s.Network, Begun: s.Created, Seen: s.Seen, Expires: s.Expires}); err != nil {
					return err
				}
			}
			return err
		}},
		{"passkeys.jsonl", func(ctx context.Context, put func(any) error) error {
			r, err := m.Record(ctx, id)
			if err != nil {
				return err
			}
			for _, k := range r.Passkeys {
				f := passkeyFile{Name: k.Name, Created: k.Created}
				if !k.Used.IsZero() {
					f.Used = &k.Used
				}
				if err := put(f); err != nil {
					return err
				}
			}
			return nil
		}},
		{"accounts-elsewhere.jsonl", func(ctx context.Context, put func(any) error) error {
			r, err := m.Record(ctx, id)
			if err != nil {
				return err
			}
			for _, i := range r.Identities {
				if err := put(identityFile{Provider: i.Provider, Subject: i.Subject, Email: i.Email, Created: i.Created}); err != nil {
					return err
				}
			}
			return nil
		}},
		{"saved.jsonl", func(ctx context.Context, put func(any) error) error {
			return m.shelf(ctx, id, func(s Shelved) error {
				if s.Follows() {
					return nil
				}
				return put(savedFile{Story: s.ID, Headline: s.Title, Saved: s.Since})
			})
		}},
		{"followed.jsonl", func(ctx context.Context, put func(any) error) error {
			return m.shelf(ctx, id, func(s Shelved) error {
				if !s.Follows() {
					return nil
				}
				return put(followedFile{Kind: string(s.Kind), ID: s.ID, Since: s.Since})
			})
		}},
		{"history.jsonl", func(ctx context.Context, put func(any) error) error { return m.trail(ctx, id, put) }},
	}
}

func (m *Members) trail(ctx context.Context, id int64, put func(any) error) (err error) {
	defer fault.Wrap(&err, "read what member %d did", id)
	for after := int64(0); ; {
		steps, err := m.store.MemberTrail(ctx, id, after, trailPage)
		if err != nil {
			return err
		}
		for _, s := range steps {
			if err := put(stepFile{At: s.At, Action: s.Action}); err != nil {
				return err
			}
			after = s.ID
		}
		if len(steps) < trailPage {
			return nil
		}
	}
}

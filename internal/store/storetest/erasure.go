package storetest

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
)

const eraseLimit = 72 * time.Hour

var erasureCases = []testcase{
	{"an account that is given up ends at once and is erased in time", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		a := phone("Firefox")
		token := r.join("rina@kabar.example", a)
		s := r.session(token)
		r.ok(r.members.GiveUp(t.Context(), a, s, eraseLimit))
		r.ended(token)
		same(t, "revoked", r.revoked()[s.Mark], true)
		_, err := r.members.SignIn(t.Context(), a, "rina@kabar.example", readerPassword)
		r.fails(err, fault.Forbidden, "account_erasing")
		_, err = r.members.SignIn(t.Context(), a, "rina@kabar.example", "bukan kata sandinya")
		r.fails(err, fault.Unauthenticated, "wrong_sign_in")
		r.ok(r.members.AskLink(t.Context(), a, "rina@kabar.example"))
		same(t, "link of the letter", r.letter("rina@kabar.example").Link, "")

		r.ok(r.members.EraseDue(t.Context(), s.Member.ID)) // too early
		r.clock.advance(48 * time.Hour)
		n, err := r.members.Sweep(t.Context())
		r.ok(err)
		same(t, "erased", n, 1)
		_, err = r.members.Record(t.Context(), s.Member.ID)
		r.fails(err, fault.Unauthenticated, "reader_signed_out")
		r.ok(r.members.EraseDue(t.Context(), s.Member.ID)) // a job that comes twice
		steps, err := r.db.MemberTrail(t.Context(), s.Member.ID, 0, 500)
		r.ok(err)
		same(t, "last step", steps[len(steps)-1].Action, "erased")
		next := r.session(r.join("rina@kabar.example", a))
		if next.Member.ID == s.Member.ID {
			t.Error("the number of somebody who is gone was given again")
		}
	}},
	{"the letter's link stops an erasure, in any browser", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		a := phone("Firefox")
		s := r.session(r.join("sari@kabar.example", a))
		r.ok(r.members.GiveUp(t.Context(), a, s, eraseLimit))
		token := r.token("sari@kabar.example")
		until, err := r.members.Kept(t.Context(), token)
		r.ok(err)
		same(t, "until", until, noon.Add(48*time.Hour))
		n := r.at64([]fault.Kind{fault.Gone}, func(ctx context.Context, _ int) error { return r.members.KeepOn(ctx, token) })
		same(t, "stopped", n, int64(1))
		r.clock.advance(72 * time.Hour)
		r.ok(r.members.EraseDue(t.Context(), s.Member.ID))
		_, err = r.members.SignIn(t.Context(), a, "sari@kabar.example", readerPassword)
		r.ok(err)
	}},
	{"whoever is erased leaves nothing of himself to others", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		a := phone("Firefox")
		s := r.session(r.join("tono@kabar.example", a))
		r.ok(r.members.AddPasskey(t.Context(), a, s, account.Passkey{ID: "kunci tono", Data: "{}"}))
		kept := r.session(r.join("uli@kabar.example", phone("Chrome")))
		r.ok(r.members.GiveUp(t.Context(), a, s, eraseLimit))
		r.clock.advance(48 * time.Hour)
		_, err := r.members.Sweep(t.Context())
		r.ok(err)
		_, err = r.members.PasskeyOwner(t.Context(), "kunci tono")
		r.fails(err, fault.Unauthenticated, "unknown_passkey")
		list, _, err := r.db.Letters(t.Context(), 0, 200)
		r.ok(err)
		for _, l := range list {
			if l.To != "uli@kabar.example" {
				t.Errorf("a letter to %s is still there", l.To)
			}
		}
		r.session2(kept)
	}},
	{"the archive holds what is kept, and no secrets", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		a := phone("Firefox")
		s := r.session(r.join("vina@kabar.example", a))
		r.ok(r.members.AddPasskey(t.Context(), a, s, account.Passkey{ID: "kunci vina", Name: "Ponsel", Data: `{"secret":"rahasia"}`}))
		files := map[string][]json.RawMessage{}
		for _, f := range r.members.Export(s.Member.ID) {
			r.ok(f.Write(t.Context(), func(v any) error {
				b, err := json.Marshal(v)
				files[f.Name] = append(files[f.Name], b)
				return err
			}))
		}
		var profile map[string]any
		r.ok(json.Unmarshal(files["profile.jsonl"][0], &profile))
		same(t, "profile", []any{profile["email"], profile["terms_version"], profile["has_password"]}, []any{"vina@kabar.example", "v1", true})
		same(t, "files", []int{len(files["devices.jsonl"]), len(files["passkeys.jsonl"]), len(files["accounts-elsewhere.jsonl"]), len(files["history.jsonl"])}, []int{1, 1, 0, 3})
		for name, lines := range files {
			for _, l := range lines {
				for _, secret := range []string{"rahasia", "argon2"} {
					if strings.Contains(string(l), secret) {
						t.Errorf("%s holds %q: %s", name, secret, l)
					}
				}
			}
		}
	}},
}

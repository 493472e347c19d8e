package storetest

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
)

// staffroom is a newsroom with its staff.
type staffroom struct {
	*newsroom
	staff *account.Staff
}

const goodPassword = "hujan turun di muara"

var (
	cli  = account.System("cli")
	desk = account.Client{Network: "192.0.2.7", Device: "Firefox"}
)

func newStaffroom(t testing.TB, open Open) *staffroom {
	t.Helper()
	n := newNewsroom(t, open)
	return &staffroom{newsroom: n, staff: account.NewStaff(n.db)}
}

// user makes a user who has goodPassword.
func (r *staffroom) user(name string, role account.Role) account.User {
	r.t.Helper()
	u, err := r.staff.Make(r.t.Context(), cli, account.Invitation{Email: name + "@kabar.example", Name: name, Role: role}, goodPassword, false)
	r.ok(err)
	return u
}

// signIn signs a user in by his password and returns the session's token.
func (r *staffroom) signIn(u account.User) string {
	r.t.Helper()
	e, err := r.staff.SignIn(r.t.Context(), u.Email, goodPassword, desk)
	r.ok(err)
	if e.Token == "" {
		r.t.Fatal("a code is asked for")
	}
	return e.Token
}

func (r *staffroom) session(token string) account.Session {
	r.t.Helper()
	s, err := r.staff.Open(r.t.Context(), token)
	r.ok(err)
	return s
}

// fails ends the test unless err is of the kind and has the code.
func (r *staffroom) fails(err error, kind fault.Kind, code string) {
	r.t.Helper()
	f := fault.Find(err)
	if !fault.Is(err, kind) || f == nil || f.Code != code {
		r.t.Fatalf("got %v, want %v with code %q", err, kind, code)
	}
}

// ended ends the test unless the token lets nobody in.
func (r *staffroom) ended(token string) {
	r.t.Helper()
	_, err := r.staff.Open(r.t.Context(), token)
	r.fails(err, fault.Unauthenticated, "signed_out")
}

// totp sets an authenticator app up and returns its secret.
func (r *staffroom) totp(token string) (secret string, codes []string) {
	r.t.Helper()
	s := r.session(token)
	secret, pending, err := r.staff.BeginTOTP(r.t.Context(), s.User.ID)
	r.ok(err)
	codes, err = r.staff.FinishTOTP(r.t.Context(), s, pending, r.code(secret))
	r.ok(err)
	return secret, codes
}

func (r *staffroom) code(secret string) string {
	r.t.Helper()
	c, err := account.TOTPCode(secret, r.clock.Now())
	r.ok(err)
	return c
}

// at64 runs fn 64 times at once and returns how often it succeeded. Any other
// failure than of the kind ends the test.
func (r *staffroom) at64(kind fault.Kind, fn func(i int) error) int64 {
	r.t.Helper()
	var good atomic.Int64
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			err := fn(i)
			if err == nil {
				good.Add(1)
			} else if !fault.Is(err, kind) {
				r.t.Errorf("got %v, want %v", err, kind)
			}
		})
	}
	wg.Wait()
	return good.Load()
}

var staffCases = []testcase{
	{"the link of an empty site makes one owner", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		old, err := r.staff.StartToken(t.Context())
		r.ok(err)
		token, err := r.staff.StartToken(t.Context())
		r.ok(err)
		me := account.Person{Email: "Rani@Kabar.example", Name: " Rani  Setyawati", Password: goodPassword, Language: "en"}
		_, err = r.staff.Start(t.Context(), old, me, desk)
		r.fails(err, fault.Gone, "link_spent")
		_, err = r.staff.Start(t.Context(), token, account.Person{Email: "rani@kabar.example", Name: "Rani", Password: "pendek"}, desk)
		r.fails(err, fault.Invalid, "password_short")
		e, err := r.staff.Start(t.Context(), token, me, desk)
		r.ok(err)
		s := r.session(e.Token)
		same(t, "id", e.UserID, s.User.ID)
		same(t, "owner", []any{s.User.Email, s.User.Name, s.Limited, s.User.Role, s.Device}, []any{"rani@kabar.example", "Rani Setyawati", true, account.Newcomer, "Firefox"})
		_, err = r.staff.Start(t.Context(), token, me, desk)
		r.fails(err, fault.Gone, "link_spent")
		again, err := r.staff.StartToken(t.Context())
		r.ok(err)
		same(t, "a further link", again, "")
	}},
	{"a link is redeemed once, however many try at the same moment", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		r.user("pemilik", account.Owner)
		_, invitation, err := r.staff.Invite(t.Context(), cli, account.Invitation{Email: "budi@kabar.example", Name: "Budi", Role: account.Reporter})
		r.ok(err)
		same(t, "accepted", r.at64(fault.Gone, func(i int) error {
			_, err := r.staff.Accept(t.Context(), invitation, account.Person{Name: fmt.Sprint("Budi ", i)}, desk)
			return err
		}), 1)
	}},
	{"a code of an app, a recovery code and what a passkey has to answer count once", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		u := r.user("pemilik", account.Owner)
		secret, codes := r.totp(r.signIn(u))
		r.clock.advance(time.Minute)
		steps := make([]string, 3)
		for i := range steps {
			e, err := r.staff.SignIn(t.Context(), u.Email, goodPassword, desk)
			r.ok(err)
			steps[i] = e.Code
		}
		same(t, "codes of the app", r.atOnce(steps[:2], r.code(secret)), 1)
		same(t, "recovery codes", r.atOnce(steps, codes[3]), 1)
		token, err := r.staff.Keep(t.Context(), 0, "challenge", desk)
		r.ok(err)
		same(t, "challenges", r.at64(fault.Unauthenticated, func(int) error {
			_, err := r.staff.Take(t.Context(), 0, token)
			return err
		}), 1)
	}},
	{"a password that was right still needs the code", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		u := r.user("pemilik", account.Owner)
		first := r.signIn(u)
		same(t, "before the app", r.session(first).Limited, true)
		secret, codes := r.totp(first)
		same(t, "recovery codes", len(codes), 10)
		same(t, "after the app", []any{r.session(first).Limited, r.session(first).User.Role}, []any{false, account.Owner})
		e, err := r.staff.SignIn(t.Context(), u.Email, goodPassword, desk)
		r.ok(err)
		same(t, "session", e.Token, "")
		r.ended(e.Code)
		_, err = r.staff.SignInCode(t.Context(), e.Code, "000000", desk)
		r.fails(err, fault.Invalid, "wrong_code")
		_, err = r.staff.SignInCode(t.Context(), e.Code, r.code(secret), desk)
		r.fails(err, fault.Invalid, "wrong_code") // it was spent when the app was set up
		r.clock.advance(30 * time.Second)
		in, err := r.staff.SignInCode(t.Context(), e.Code, r.code(secret), desk)
		r.ok(err)
		same(t, "signed in", r.session(in.Token).User.ID, u.ID)
		_, err = r.staff.SignInCode(t.Context(), e.Code, codes[0], desk)
		r.fails(err, fault.Unauthenticated, "sign_in_again")
	}},
	{"codes cannot be guessed for long", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		u := r.user("pemilik", account.Owner)
		r.totp(r.signIn(u))
		var err error
		for range 11 {
			var e account.Entry
			e, err = r.staff.SignIn(t.Context(), u.Email, goodPassword, desk)
			r.ok(err)
			if _, err = r.staff.SignInCode(t.Context(), e.Code, "000000", desk); fault.Is(err, fault.Limited) {
				break
			}
		}
		r.fails(err, fault.Limited, "too_many_guesses")
	}},
	{"a wrong address, a wrong password and a disabled account are told apart by nothing", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		owner := r.user("pemilik", account.Owner)
		gone := r.user("pergi", account.Editor)
		r.ok(r.staff.Disable(t.Context(), owner.Actor(), gone.ID))
		for _, tt := range [][2]string{{owner.Email, "salah sekali ini"}, {"siapa@kabar.example", goodPassword}, {gone.Email, goodPassword}} {
			_, err := r.staff.SignIn(t.Context(), tt[0], tt[1], desk)
			r.fails(err, fault.Unauthenticated, "wrong_sign_in")
		}
		for _, email := range []string{owner.Email, "siapa@kabar.example", gone.Email} {
			_, token, err := r.staff.AskReset(t.Context(), email, desk)
			r.ok(err)
			same(t, "a link for "+email, token != "", email == owner.Email)
		}
	}},
	{"a password cannot be guessed for long, nor mails asked for", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		u := r.user("pemilik", account.Owner)
		for range 10 {
			_, err := r.staff.SignIn(t.Context(), "siapa@kabar.example", goodPassword, desk)
			r.fails(err, fault.Unauthenticated, "wrong_sign_in")
		}
		_, err := r.staff.SignIn(t.Context(), "siapa@kabar.example", goodPassword, desk)
		r.fails(err, fault.Limited, "too_many_guesses")
		r.signIn(u)
		for range 3 {
			_, _, err := r.staff.AskReset(t.Context(), "siapa@kabar.example", desk)
			r.ok(err)
		}
		_, _, err = r.staff.AskReset(t.Context(), "siapa@kabar.example", desk)
		r.fails(err, fault.Limited, "too_many_guesses")
	}},
	{"a restart hands nobody fresh guesses, and processes count together", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		u := r.user("pemilik", account.Owner)
		token := r.signIn(u)
		secret, _ := r.totp(token)
		elsewhere := account.Client{Network: "203.0.113.9"}
		limited := func(what string, try func(*account.Staff) error) {
			t.Helper()
			var err error
			for n := range 20 {
				if err = try(account.NewStaff(r.db)); fault.Is(err, fault.Limited) { // a process of its own each time
					same(t, what+": guesses", n, 10)
					return
				}
			}
			t.Errorf("%s: nobody stops them: %v", what, err)
		}
		limited("password", func(s *account.Staff) error {
			_, err := s.SignIn(t.Context(), u.Email, "salah sekali ini", elsewhere)
			return err
		})
		_, err := r.staff.SignIn(t.Context(), u.Email, "salah sekali ini", elsewhere)
		r.fails(err, fault.Limited, "too_many_guesses")
		e, err := r.staff.SignIn(t.Context(), u.Email, goodPassword, desk) // her own network is not the guesser's
		r.ok(err)
		limited("code", func(s *account.Staff) error {
			_, err := s.SignInCode(t.Context(), e.Code, "000000", desk)
			return err
		})
		session := r.session(token)
		r.fails(r.staff.Confirm(t.Context(), session, goodPassword, desk), fault.Limited, "too_many_guesses")
		r.clock.advance(time.Hour)
		e, err = r.staff.SignIn(t.Context(), u.Email, goodPassword, elsewhere)
		r.ok(err)
		_, err = r.staff.SignInCode(t.Context(), e.Code, r.code(secret), elsewhere)
		r.ok(err)
	}},
	{"guesses at once are counted one by one", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		limits := []account.Limit{{Key: "a", Most: 7, Window: time.Minute}, {Key: "b", Most: 100, Window: time.Hour}}
		now := r.clock.Now()
		passed := r.at64(fault.Limited, func(int) error {
			wait, err := r.db.CountGuess(t.Context(), now, limits)
			if err == nil && wait != 0 {
				err = fault.New(fault.Limited, "wait %s", wait)
			}
			return err
		})
		same(t, "passed", passed, 7)
		wait, err := r.db.CountGuess(t.Context(), now.Add(20*time.Second), limits)
		r.ok(err)
		same(t, "wait", wait, 40*time.Second)
		r.ok(r.db.ReturnGuess(t.Context(), []string{"a"}))
		for _, want := range []time.Duration{0, time.Minute} {
			wait, err := r.db.CountGuess(t.Context(), now, limits)
			r.ok(err)
			same(t, "wait after one was taken back", wait, want)
		}
		// What was refused counted nowhere: 8 at the second limit so far.
		second := []account.Limit{{Key: "b", Most: 9, Window: time.Hour}}
		for _, want := range []time.Duration{0, time.Hour} {
			wait, err := r.db.CountGuess(t.Context(), now, second)
			r.ok(err)
			same(t, "wait at the second limit", wait, want)
		}
		wait, err = r.db.CountGuess(t.Context(), now.Add(time.Minute), limits[:1])
		r.ok(err)
		same(t, "wait in the next window", wait, time.Duration(0))
	}},
	{"sessions end at once when role, desks or password change", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		owner, u := r.user("pemilik", account.Owner), r.user("budi", account.Reporter)
		at := []account.Grant{{SectionID: r.section("bola"), Role: account.Editor}}
		for _, step := range []struct {
			says string
			do   func(account.Session) error
		}{
			{"role", func(account.Session) error {
				return r.staff.ChangeRole(t.Context(), owner.Actor(), u.ID, account.Editor, nil)
			}},
			{"desks", func(account.Session) error {
				return r.staff.ChangeRole(t.Context(), owner.Actor(), u.ID, account.Editor, at)
			}},
			{"proofs", func(account.Session) error { return r.staff.DropProofs(t.Context(), owner.Actor(), u.ID) }},
			{"reset", func(account.Session) error {
				_, link, err := r.staff.AskReset(t.Context(), u.Email, desk)
				r.ok(err)
				return r.staff.Reset(t.Context(), link, goodPassword)
			}},
			{"disabling", func(account.Session) error { return r.staff.Disable(t.Context(), owner.Actor(), u.ID) }},
		} {
			token := r.signIn(u)
			r.ok(step.do(r.session(token)))
			r.ended(token)
		}
		r.ok(r.staff.Enable(t.Context(), owner.Actor(), u.ID))
		kept, other := r.signIn(u), r.signIn(u)
		s := r.session(kept)
		r.fails(r.staff.SetPassword(t.Context(), s, "bukan yang lama", "angin datang dari laut", desk), fault.Invalid, "wrong_password")
		r.ok(r.staff.SetPassword(t.Context(), s, goodPassword, "angin datang dari laut", desk))
		r.ended(other)
		r.session(kept)
		list, _, err := r.db.Users(t.Context(), account.UserFilter{SectionID: r.section("bola")})
		r.ok(err)
		same(t, "people of the desk", []any{len(list), list[0].Grants}, []any{1, at})
	}},
	{"a user ends his own devices and nobody else's", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		a, b := r.user("ani", account.Owner), r.user("budi", account.Reporter)
		one, two, other := r.signIn(a), r.signIn(a), r.signIn(b)
		r.ok(r.staff.EndSession(t.Context(), a.ID, r.session(other).ID))
		r.session(other)
		r.ok(r.staff.EndSession(t.Context(), a.ID, r.session(two).ID))
		r.ended(two)
		three := r.signIn(a)
		list, err := r.staff.Sessions(t.Context(), a.ID)
		r.ok(err)
		same(t, "devices", len(list), 2)
		r.ok(r.staff.EndOthers(t.Context(), a.ID, r.session(one).ID))
		r.ended(three)
		r.ok(r.staff.SignOut(t.Context(), r.session(one)))
		r.ended(one)
	}},
	{"a session ends by itself when nobody uses it, and after its time", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		u := r.user("ani", account.Owner)
		idle, used := r.signIn(u), r.signIn(u)
		for range 7 {
			r.clock.advance(13 * 24 * time.Hour)
			if _, err := r.staff.Open(t.Context(), used); err != nil {
				break
			}
		}
		r.ended(idle)
		r.ended(used) // ninety days are over
		fresh := r.signIn(u)
		if !r.session(fresh).Fresh(r.clock.Now()) || r.session(fresh).Fresh(r.clock.Now().Add(10*time.Minute)) {
			t.Error("a proof of identity counts for another time than ten minutes")
		}
		r.clock.advance(time.Hour)
		s := r.session(fresh)
		r.fails(r.staff.Confirm(t.Context(), s, "bukan ini katanya", desk), fault.Invalid, "wrong_secret")
		r.ok(r.staff.Confirm(t.Context(), s, goodPassword, desk))
		same(t, "confirmed", r.session(fresh).Fresh(r.clock.Now()), true)
	}},
	{"nobody grants above himself, changes his own role or removes the last owner", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		a, b := r.user("ani", account.Owner), r.user("budi", account.Owner)
		editor := r.user("editor", account.Editor)
		_, _, err := r.staff.Invite(t.Context(), editor.Actor(), account.Invitation{Email: "x@kabar.example", Name: "X", Role: account.Reporter})
		r.fails(err, fault.Forbidden, "may_not")
		r.fails(r.staff.ChangeRole(t.Context(), a.Actor(), a.ID, account.Editor, nil), fault.Forbidden, "own_role")
		r.fails(r.staff.Disable(t.Context(), a.Actor(), a.ID), fault.Forbidden, "own_role")
		r.fails(r.staff.ChangeRole(t.Context(), a.Actor(), editor.ID, "boss", nil), fault.Invalid, "no_role")
		r.fails(r.staff.ChangeRole(t.Context(), a.Actor(), editor.ID, account.Editor,
			[]account.Grant{{SectionID: 1, Role: account.Owner}}), fault.Invalid, "desk_role")
		// Two owners who take each other's role away at the same moment.
		var wg sync.WaitGroup
		for _, pair := range [][2]account.User{{a, b}, {b, a}} {
			wg.Go(func() {
				err := r.staff.ChangeRole(t.Context(), pair[0].Actor(), pair[1].ID, account.Editor, nil)
				if err != nil {
					r.fails(err, fault.Conflict, "last_owner")
				}
			})
		}
		wg.Wait()
		left, _, err := r.db.Users(t.Context(), account.UserFilter{Role: account.Owner})
		r.ok(err)
		same(t, "owners left", len(left), 1)
		r.fails(r.staff.Disable(t.Context(), cli, left[0].ID), fault.Conflict, "last_owner")
	}},
	{"an address and a byline are somebody's alone", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		a, b := r.user("ani", account.Owner), r.user("budi", account.Reporter)
		_, _, err := r.staff.Invite(t.Context(), a.Actor(), account.Invitation{Email: "BUDI@kabar.example", Name: "X", Role: account.Reporter})
		r.fails(err, fault.Invalid, "mail_taken")
		p := r.person("Budi")
		r.ok(r.staff.Correct(t.Context(), a.Actor(), b.ID, account.Identity{Name: "Budi", Email: b.Email, PersonID: p}))
		r.fails(r.staff.Correct(t.Context(), a.Actor(), a.ID, account.Identity{Name: "Ani", Email: a.Email, PersonID: p}), fault.Invalid, "person_taken")
		r.fails(r.staff.Correct(t.Context(), a.Actor(), a.ID, account.Identity{Name: "Ani", Email: b.Email}), fault.Invalid, "mail_taken")
		users, err := r.db.UsersByID(t.Context(), []int64{a.ID, b.ID, 999})
		r.ok(err)
		same(t, "byline", []any{len(users), users[b.ID].PersonID}, []any{2, p})
	}},
	{"users are listed by name, page by page, and found by a part of it", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		for _, name := range []string{"citra", "Ani", "budi_100", "Dewi"} {
			r.user(strings.ToLower(name), account.Reporter)
		}
		var names []string
		var f account.UserFilter
		for f.Limit = 3; ; {
			list, more, err := r.db.Users(t.Context(), f)
			r.ok(err)
			for _, u := range list {
				names = append(names, u.Name)
			}
			if !more {
				break
			}
			f.After = list[len(list)-1].Cursor()
		}
		same(t, "names", names, []string{"ani", "budi_100", "citra", "dewi"})
		for text, want := range map[string]int{"I_1": 1, "KABAR": 4, "%": 0, "tra": 1, `\`: 0} {
			list, _, err := r.db.Users(t.Context(), account.UserFilter{Text: text})
			r.ok(err)
			same(t, "found by "+text, len(list), want)
		}
		list, _, err := r.db.Users(t.Context(), account.UserFilter{AnyDesk: true})
		r.ok(err)
		same(t, "with a desk", len(list), 0)
	}},
	{"a passkey signs in alone, once it is known, and asks for no code", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		u := r.user("ani", account.Owner)
		token := r.signIn(u)
		codes, err := r.staff.AddPasskey(t.Context(), r.session(token), account.Passkey{ID: "kunci", Name: " Ponsel ", Data: `{"n":1}`})
		r.ok(err)
		same(t, "recovery codes", len(codes), 10)
		same(t, "limited", r.session(token).Limited, false)
		_, err = r.staff.AddPasskey(t.Context(), r.session(token), account.Passkey{ID: "kunci"})
		r.fails(err, fault.Conflict, "passkey_there")
		e, err := r.staff.SignInPasskey(t.Context(), "kunci", `{"n":2}`, desk)
		r.ok(err)
		r.session(e.Token)
		rec, err := r.staff.PasskeyOwner(t.Context(), "kunci")
		r.ok(err)
		same(t, "kept", []any{rec.ID, rec.Passkeys[0].Data, rec.Passkeys[0].Name, rec.Passkeys[0].Used.Equal(noon)}, []any{u.ID, `{"n":2}`, "Ponsel", true})
		_, err = r.staff.SignInPasskey(t.Context(), "lain", "{}", desk)
		r.fails(err, fault.Unauthenticated, "unknown_passkey")
		// The password alone is not enough any more.
		p, err := r.staff.SignIn(t.Context(), u.Email, goodPassword, desk)
		r.ok(err)
		same(t, "session", p.Token, "")
		_, err = r.staff.SignInCode(t.Context(), p.Code, codes[0], desk)
		r.ok(err)
		r.ok(r.staff.DropPasskey(t.Context(), u.ID, "kunci"))
		r.fails(r.staff.DropPasskey(t.Context(), u.ID, "kunci"), fault.NotFound, "no_passkey")
	}},
	{"links and what is kept of them expire", func(t *testing.T, open Open) {
		r := newStaffroom(t, open)
		u := r.user("ani", account.Owner)
		_, link, err := r.staff.AskReset(t.Context(), u.Email, desk)
		r.ok(err)
		_, err = r.staff.Invited(t.Context(), account.TicketInvite, link)
		r.fails(err, fault.Gone, "link_spent")
		_, err = r.staff.Invited(t.Context(), account.TicketReset, link)
		r.ok(err)
		r.clock.advance(time.Hour)
		r.fails(r.staff.Reset(t.Context(), link, goodPassword), fault.Gone, "link_spent")
		_, second, err := r.staff.SendReset(t.Context(), cli, u.ID)
		r.ok(err)
		_, third, err := r.staff.SendReset(t.Context(), cli, u.ID)
		r.ok(err)
		r.fails(r.staff.Reset(t.Context(), second, goodPassword), fault.Gone, "link_spent")
		r.ok(r.staff.Reset(t.Context(), third, goodPassword))
	}},
}

// atOnce sends one code for several half-finished sign-ins at the same moment
// and returns how many succeeded.
func (r *staffroom) atOnce(steps []string, code string) int64 {
	r.t.Helper()
	var good atomic.Int64
	var wg sync.WaitGroup
	for _, step := range steps {
		wg.Go(func() {
			if _, err := r.staff.SignInCode(r.t.Context(), step, code, desk); err == nil {
				good.Add(1)
			}
		})
	}
	wg.Wait()
	return good.Load()
}

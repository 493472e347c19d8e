package storetest

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/member"
)

// readership is a newsroom with readers who have accounts.
type readership struct {
	*newsroom
	members *member.Members
	queue   *queue
}

const readerPassword = "layang-layang putus di sawah"

// phone is a browser that asks.
func phone(name string) member.Ask {
	return member.Ask{From: account.Client{Network: "192.0.2.9", Device: name}, Browser: "browser of " + name, Site: "Kabar", Lang: lang.ID, Zone: time.UTC}
}

func newReadership(t testing.TB, open Open) *readership {
	t.Helper()
	n := newNewsroom(t, open)
	r := &readership{newsroom: n, members: member.New(n.db), queue: &queue{}}
	n.db.UseJobs(r.queue)
	return r
}

// letter returns the newest letter to an address.
func (r *readership) letter(to string) change.Letter {
	r.t.Helper()
	list, _, err := r.db.Letters(r.t.Context(), 0, 200)
	r.ok(err)
	for _, l := range list {
		if l.To == to {
			return l
		}
	}
	r.t.Fatalf("nobody wrote to %s", to)
	return change.Letter{}
}

// token returns the token of the link in the newest letter to an address.
func (r *readership) token(to string) string {
	r.t.Helper()
	link := r.letter(to).Link
	i := strings.LastIndexByte(link, '/')
	if !strings.HasPrefix(link, "/account/") {
		r.t.Fatalf("the letter to %s leads to %q", to, link)
	}
	return link[i+1:]
}

// join makes an account and returns its session's token.
func (r *readership) join(email string, a member.Ask) string {
	r.t.Helper()
	r.ok(r.members.Register(r.t.Context(), a, member.Form{Email: email, Name: "Pembaca Baru", Password: readerPassword, Terms: "v1"}))
	out, err := r.members.Redeem(r.t.Context(), a, member.Proof{Token: r.token(email)}, member.Session{}, "")
	r.ok(err)
	return out.Entry.Token
}

func (r *readership) session(token string) member.Session {
	r.t.Helper()
	s, err := r.members.Open(r.t.Context(), token)
	r.ok(err)
	return s
}

// fails ends the test unless err is of the kind and has the code.
func (r *readership) fails(err error, kind fault.Kind, code string) {
	r.t.Helper()
	if f := fault.Find(err); !fault.Is(err, kind) || f == nil || f.Code != code {
		r.t.Fatalf("got %v, want %v with code %q", err, kind, code)
	}
}

func (r *readership) ended(token string) {
	r.t.Helper()
	_, err := r.members.Open(r.t.Context(), token)
	r.fails(err, fault.Unauthenticated, "reader_signed_out")
}

// revoked returns the marks that were called back.
func (r *readership) revoked() map[int64]bool {
	r.t.Helper()
	marks, _, err := r.db.Revocations(r.t.Context(), time.Time{})
	r.ok(err)
	out := map[int64]bool{}
	for _, m := range marks {
		out[m] = true
	}
	return out
}

// at64 runs fn 64 times at once and returns how often it succeeded.
func (r *readership) at64(kinds []fault.Kind, fn func(ctx context.Context, i int) error) int64 {
	r.t.Helper()
	var good atomic.Int64
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			err := fn(r.t.Context(), i)
			if err == nil {
				good.Add(1)
				return
			}
			for _, k := range kinds {
				if fault.Is(err, k) {
					return
				}
			}
			r.t.Errorf("got %v, want one of %v", err, kinds)
		})
	}
	wg.Wait()
	return good.Load()
}

var memberCases = []testcase{
	{"an account is made by the letter's link, once, where it was asked for", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		a := phone("Firefox")
		a.Next = "/nasional"
		r.ok(r.members.Register(t.Context(), a, member.Form{Email: "Rani@Kabar.example", Name: " Rani  Setya", Password: readerPassword, Terms: "v7"}))
		_, err := r.members.SignIn(t.Context(), a, "rani@kabar.example", readerPassword)
		r.fails(err, fault.Unauthenticated, "wrong_sign_in")
		token := r.token("rani@kabar.example")
		_, err = r.members.Redeem(t.Context(), phone("Chrome"), member.Proof{Token: token}, member.Session{}, "")
		r.fails(err, fault.Forbidden, "reader_elsewhere")
		sight, err := r.members.Look(t.Context(), phone("Chrome"), token)
		r.ok(err)
		same(t, "elsewhere", []any{sight.Kind, sight.Here, sight.Code}, []any{member.TicketRegister, false, member.CodeOf(token)})
		out, err := r.members.Redeem(t.Context(), a, member.Proof{Token: token}, member.Session{}, "")
		r.ok(err)
		s := r.session(out.Entry.Token)
		same(t, "reader", []any{s.Member.Email, s.Member.Name, s.Member.Terms, s.Member.TermsAt, s.Device, out.Next},
			[]any{"rani@kabar.example", "Rani Setya", "v7", noon, "Firefox", "/nasional"})
		_, err = r.members.Redeem(t.Context(), a, member.Proof{Token: token}, member.Session{}, "")
		r.fails(err, fault.Gone, "link_spent")
		_, err = r.members.SignIn(t.Context(), a, "rani@kabar.example", readerPassword)
		r.ok(err)
	}},
	{"a code is as good as its link, there alone, and for a few tries", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		r.join("budi@kabar.example", phone("Firefox"))
		a := phone("Safari")
		r.ok(r.members.AskLink(t.Context(), a, "budi@kabar.example"))
		code := member.CodeOf(r.token("budi@kabar.example"))
		if !strings.Contains(r.letter("budi@kabar.example").Text, code[:4]+" "+code[4:]) {
			t.Errorf("the letter does not hold the code: %q", r.letter("budi@kabar.example").Text)
		}
		_, err := r.members.Redeem(t.Context(), phone("Chrome"), member.Proof{Code: code}, member.Session{}, "")
		r.fails(err, fault.Invalid, "reader_code")
		wrong := "11111111"
		if code == wrong {
			wrong = "22222222"
		}
		for range member.MaxTries - 1 {
			_, err = r.members.Redeem(t.Context(), a, member.Proof{Code: wrong}, member.Session{}, "")
			r.fails(err, fault.Invalid, "reader_code")
		}
		out, err := r.members.Redeem(t.Context(), a, member.Proof{Code: " " + code[:4] + "-" + code[4:]}, member.Session{}, "")
		r.ok(err)
		same(t, "kind", out.Kind, member.TicketSignIn)
		r.ok(r.members.AskLink(t.Context(), a, "budi@kabar.example"))
		code = member.CodeOf(r.token("budi@kabar.example"))
		for range member.MaxTries {
			_, err = r.members.Redeem(t.Context(), a, member.Proof{Code: wrong}, member.Session{}, "")
			r.fails(err, fault.Invalid, "reader_code")
		}
		_, err = r.members.Redeem(t.Context(), a, member.Proof{Code: code}, member.Session{}, "")
		r.fails(err, fault.Invalid, "reader_code")
		_, err = r.members.Redeem(t.Context(), a, member.Proof{Token: r.token("budi@kabar.example")}, member.Session{}, "")
		r.fails(err, fault.Gone, "link_spent")
	}},
	{"links count for minutes", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		r.join("cici@kabar.example", phone("Firefox"))
		r.ok(r.members.AskLink(t.Context(), phone("Firefox"), "cici@kabar.example"))
		r.clock.advance(member.TicketSignIn.Lasts())
		_, err := r.members.Redeem(t.Context(), phone("Firefox"), member.Proof{Token: r.token("cici@kabar.example")}, member.Session{}, "")
		r.fails(err, fault.Gone, "link_spent")
	}},
	{"64 redemptions at the same moment give one success", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		a := phone("Firefox")
		r.ok(r.members.Register(t.Context(), a, member.Form{Email: "dewi@kabar.example", Name: "Dewi", Password: readerPassword, Terms: "v1"}))
		token := r.token("dewi@kabar.example")
		n := r.at64([]fault.Kind{fault.Gone}, func(ctx context.Context, _ int) error {
			_, err := r.members.Redeem(ctx, a, member.Proof{Token: token}, member.Session{}, "")
			return err
		})
		same(t, "registrations", n, int64(1))
		r.ok(r.members.AskLink(t.Context(), a, "dewi@kabar.example"))
		code := member.CodeOf(r.token("dewi@kabar.example"))
		n = r.at64([]fault.Kind{fault.Invalid}, func(ctx context.Context, _ int) error {
			_, err := r.members.Redeem(ctx, a, member.Proof{Code: code}, member.Session{}, "")
			return err
		})
		same(t, "sign-ins by a code", n, int64(1))
		r.ok(r.members.AskReset(t.Context(), a, "dewi@kabar.example"))
		token = r.token("dewi@kabar.example")
		n = r.at64([]fault.Kind{fault.Gone, fault.Limited}, func(ctx context.Context, _ int) error {
			_, err := r.members.Redeem(ctx, a, member.Proof{Token: token}, member.Session{}, "perahu kertas di parit")
			return err
		})
		same(t, "resets", n, int64(1))
	}},
	{"two registrations of one address make one account", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		var tokens [64]string
		for i := range 4 {
			r.ok(r.members.Register(t.Context(), phone("Firefox"), member.Form{Email: "eka@kabar.example", Name: "Eka", Password: readerPassword, Terms: "v1"}))
			tokens[i] = r.token("eka@kabar.example")
		}
		n := r.at64([]fault.Kind{fault.Gone, fault.Conflict}, func(ctx context.Context, i int) error {
			_, err := r.members.Redeem(ctx, phone("Firefox"), member.Proof{Token: tokens[i%4]}, member.Session{}, "")
			return err
		})
		same(t, "accounts", n, int64(1))
	}},
	{"whoever has an account is told by mail alone", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		r.join("fajar@kabar.example", phone("Firefox"))
		stranger := phone("Chrome")
		r.ok(r.members.Register(t.Context(), stranger, member.Form{Email: "fajar@kabar.example", Name: "Palsu", Password: readerPassword, Terms: "v1"}))
		l := r.letter("fajar@kabar.example")
		same(t, "link", l.Link, "/account/sign-in")
		for _, ask := range []func(context.Context, member.Ask, string) error{r.members.AskLink, r.members.AskReset} {
			r.ok(ask(t.Context(), stranger, "nobody@kabar.example"))
			same(t, "link", r.letter("nobody@kabar.example").Link, "/account/register")
		}
		_, err := r.members.Redeem(t.Context(), stranger, member.Proof{Code: "12345678"}, member.Session{}, "")
		r.fails(err, fault.Invalid, "reader_code")
	}},
	{"letters to one address are few", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		for range 5 {
			r.ok(r.members.AskLink(t.Context(), phone("Firefox"), "gita@kabar.example"))
		}
		err := r.members.AskLink(t.Context(), phone("Chrome"), "gita@kabar.example")
		r.fails(err, fault.Limited, "too_many_guesses")
		r.clock.advance(time.Hour)
		r.ok(r.members.AskLink(t.Context(), phone("Chrome"), "gita@kabar.example"))
	}},
	{"passwords are not guessed, whoever has the address", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		r.join("hadi@kabar.example", phone("Firefox"))
		for _, email := range []string{"hadi@kabar.example", "nobody@kabar.example"} {
			for range 10 {
				_, err := r.members.SignIn(t.Context(), phone("Chrome"), email, "bukan kata sandinya")
				r.fails(err, fault.Unauthenticated, "wrong_sign_in")
			}
			_, err := r.members.SignIn(t.Context(), phone("Chrome"), email, readerPassword)
			r.fails(err, fault.Limited, "too_many_guesses")
		}
		far := phone("Chrome")
		far.From.Network = "198.51.100.4"
		_, err := r.members.SignIn(t.Context(), far, "hadi@kabar.example", readerPassword)
		r.ok(err)
	}},
	{"a new password ends the other sessions and calls their classes back", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		first := r.session(r.join("indah@kabar.example", phone("Firefox")))
		other, err := r.members.SignIn(t.Context(), phone("Chrome"), "indah@kabar.example", readerPassword)
		r.ok(err)
		err = r.members.SetPassword(t.Context(), phone("Firefox"), first, "bukan yang lama", "perahu kertas di parit")
		r.fails(err, fault.Invalid, "wrong_password")
		r.ok(r.members.SetPassword(t.Context(), phone("Firefox"), first, readerPassword, "perahu kertas di parit"))
		r.ended(other.Token)
		marks := r.revoked()
		same(t, "revoked", []bool{marks[other.Mark], marks[first.Mark]}, []bool{true, false})
		ev, err := r.db.Events(t.Context(), 0, 1000)
		r.ok(err)
		same(t, "event", ev[len(ev)-1].Tags, []string{member.TagRevoked})
		_, err = r.members.SignIn(t.Context(), phone("Chrome"), "indah@kabar.example", readerPassword)
		r.fails(err, fault.Unauthenticated, "wrong_sign_in")
	}},
	{"a reset ends all sessions, and older letters count no more", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		old := r.join("joko@kabar.example", phone("Firefox"))
		a := phone("Chrome")
		r.ok(r.members.AskLink(t.Context(), a, "joko@kabar.example"))
		link := r.token("joko@kabar.example")
		r.ok(r.members.AskReset(t.Context(), a, "joko@kabar.example"))
		token := r.token("joko@kabar.example")
		_, err := r.members.Redeem(t.Context(), a, member.Proof{Token: token}, member.Session{}, "")
		r.fails(err, fault.Invalid, "password_short")
		_, err = r.members.Redeem(t.Context(), a, member.Proof{Token: token}, member.Session{}, "joko@kabar.example")
		r.fails(err, fault.Invalid, "password_common")
		out, err := r.members.Redeem(t.Context(), a, member.Proof{Token: token}, member.Session{}, "perahu kertas di parit")
		r.ok(err)
		r.session(out.Entry.Token)
		r.ended(old)
		_, err = r.members.Redeem(t.Context(), a, member.Proof{Token: link}, member.Session{}, "")
		r.fails(err, fault.Gone, "link_spent")
	}},
	{"an address moves when its reader has shown that he has it", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		a := phone("Firefox")
		s := r.session(r.join("kiki@kabar.example", a))
		r.join("lain@kabar.example", phone("Chrome"))
		r.ok(r.members.AskEmail(t.Context(), a, s, "lain@kabar.example"))
		same(t, "link of a taken one", r.letter("lain@kabar.example").Link, "/account/sign-in")
		r.ok(r.members.AskEmail(t.Context(), a, s, "kiki@baru.example"))
		if l := r.letter("kiki@kabar.example"); !strings.Contains(l.Text, "k•••@baru.example") {
			t.Errorf("the old address is told %q", l.Text)
		}
		same(t, "still", r.session2(s).Email, "kiki@kabar.example")
		token := r.token("kiki@baru.example")
		_, err := r.members.Redeem(t.Context(), a, member.Proof{Token: token}, member.Session{}, "")
		r.fails(err, fault.Forbidden, "reader_elsewhere")
		_, err = r.members.Redeem(t.Context(), a, member.Proof{Token: token}, s, "")
		r.ok(err)
		same(t, "moved", r.session2(s).Email, "kiki@baru.example")
		same(t, "subject", strings.Contains(r.letter("kiki@kabar.example").Subject, "pindah"), true)
	}},
	{"devices are ended one by one or all but one", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		mine := r.join("lala@kabar.example", phone("Firefox"))
		var others []member.Entry
		for _, name := range []string{"Chrome", "Safari", "Edge"} {
			e, err := r.members.SignIn(t.Context(), phone(name), "lala@kabar.example", readerPassword)
			r.ok(err)
			others = append(others, e)
			same(t, "letter", strings.Contains(r.letter("lala@kabar.example").Text, name), true)
		}
		s := r.session(mine)
		list, err := r.members.Sessions(t.Context(), s.Member.ID)
		r.ok(err)
		same(t, "devices", len(list), 4)
		stranger := r.session(r.join("mega@kabar.example", phone("Chrome")))
		r.ok(r.members.EndSession(t.Context(), stranger.Member.ID, s.ID))
		r.session(mine)
		r.ok(r.members.EndSession(t.Context(), s.Member.ID, r.session(others[0].Token).ID))
		r.ended(others[0].Token)
		r.session(others[1].Token)
		r.ok(r.members.EndOthers(t.Context(), s))
		r.ended(others[1].Token)
		r.ended(others[2].Token)
		r.session(mine)
		r.ok(r.members.SignOut(t.Context(), s))
		r.ended(mine)
		same(t, "revoked", len(r.revoked()), 4)
	}},
	{"sessions end when nobody uses them", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		token := r.join("nana@kabar.example", phone("Firefox"))
		for range 5 {
			r.clock.advance(80 * 24 * time.Hour)
			if _, err := r.members.Open(t.Context(), token); err != nil {
				break
			}
		}
		r.ended(token) // after a year at most
		again, err := r.members.SignIn(t.Context(), phone("Firefox"), "nana@kabar.example", readerPassword)
		r.ok(err)
		r.clock.advance(91 * 24 * time.Hour)
		r.ended(again.Token)
		r.ok(r.db.TrimMembers(t.Context(), r.clock.Now().Add(-48*time.Hour)))
	}},
	{"passkeys belong to one reader, and count once a question", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		a := phone("Firefox")
		s := r.session(r.join("oki@kabar.example", a))
		r.ok(r.members.AddPasskey(t.Context(), a, s, account.Passkey{ID: "kunci", Name: "Ponsel", Data: "{}"}))
		other := r.session(r.join("putri@kabar.example", phone("Chrome")))
		err := r.members.AddPasskey(t.Context(), phone("Chrome"), other, account.Passkey{ID: "kunci", Data: "{}"})
		r.fails(err, fault.Conflict, "passkey_there")
		token, err := r.members.Keep(t.Context(), a, member.TicketPasskey, 0, "soal")
		r.ok(err)
		_, err = r.members.Take(t.Context(), phone("Chrome"), member.TicketPasskey, 0, token)
		r.fails(err, fault.Unauthenticated, "sign_in_again")
		data, err := r.members.Take(t.Context(), a, member.TicketPasskey, 0, token)
		r.ok(err)
		same(t, "data", data, "soal")
		_, err = r.members.Take(t.Context(), a, member.TicketPasskey, 0, token)
		r.fails(err, fault.Unauthenticated, "sign_in_again")
		e, err := r.members.SignInPasskey(t.Context(), phone("Safari"), "kunci", "{\"n\":1}")
		r.ok(err)
		same(t, "whose", r.session(e.Token).Member.ID, s.Member.ID)
		_, err = r.members.SignInPasskey(t.Context(), a, "lain", "{}")
		r.fails(err, fault.Unauthenticated, "unknown_passkey")
		r.ok(r.members.DropPasskey(t.Context(), s.Member.ID, "kunci"))
		_, err = r.members.PasskeyOwner(t.Context(), "kunci")
		r.fails(err, fault.Unauthenticated, "unknown_passkey")
	}},
	{"the terms are kept word for word", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		for range 2 {
			r.ok(r.db.KeepTerms(t.Context(), "v1", "Ketentuan", "{}"))
		}
	}},
}

// session2 returns the member of a session as he is now.
func (r *readership) session2(s member.Session) *member.Record {
	r.t.Helper()
	rec, err := r.members.Record(r.t.Context(), s.Member.ID)
	r.ok(err)
	return rec
}

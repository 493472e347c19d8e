package reader

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"

	"warta/internal/fault"
	"warta/internal/member"
	"warta/internal/page"
	"warta/internal/render"
	"warta/internal/web"
)

// whoami is what a page learns of the reader who looks at it.
type whoami struct {
	Name *string  `json:"name"`           // null: nobody is signed in
	Kept []string `json:"kept,omitempty"` // what of the things asked about is on the shelf
	// Forget is the address of a script for the browser of somebody who reads without
	// ads: whatever they left there goes with the first page, on each of his devices.
	Forget string `json:"forget,omitempty"`
	*talk
}

// me answers the one question that a page asks if the browser has the hint. It
// gives a class cookie that is old a new life.
func (x *Reader) me(w http.ResponseWriter, r *request) error {
	if !r.in() {
		if web.Token(r.Request, web.ReaderCookie)+web.Token(r.Request, web.HintCookie) != "" {
			x.dismiss(w, r.session)
		}
		return answer(w, whoami{})
	}
	class, cookie := x.classOf(r.session.Member.Rights, r.session.Mark)
	if had, renew := x.Classes.Read(r.Request); renew || had != class {
		http.SetCookie(w, cookie)
	}
	kept, err := x.Members.OnShelf(r.Context(), r.session.Member.ID, itemsOf(r.URL.Query().Get("of"), maxAsked))
	if err != nil {
		return err
	}
	who := whoami{Name: &r.session.Member.Name}
	if class&page.AdFree != 0 {
		who.Forget = x.Forget
	}
	for _, i := range kept {
		who.Kept = append(who.Kept, i.String())
	}
	if story, err := strconv.ParseInt(r.URL.Query().Get("story"), 10, 64); err == nil && story > 0 {
		done, err := x.Turns.Take(r.Context())
		if err != nil {
			return err
		}
		defer done()
		if who.talk, err = x.talkOf(r, r.session.Member, story); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return answer(w, who)
}

func (x *Reader) newSignIn(r *request) *render.SignInPage {
	p := &render.SignInPage{Email: r.PostFormValue("email"), Ways: x.ways(nil)}
	p.Script, p.Next = true, x.next(r)
	return p
}

func (x *Reader) signInPage(w http.ResponseWriter, r *request) error {
	if r.in() {
		return seeOther(w, r, cmp.Or(x.next(r), home))
	}
	return x.show(w, r, x.newSignIn(r))
}

func (x *Reader) signIn(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	e, err := x.Members.SignIn(r.Context(), r.ask, v.Get("email"), v.Get("password"))
	if err != nil {
		return x.mend(w, r, err, x.newSignIn(r))
	}
	if err := x.admit(w, r, e); err != nil {
		return err
	}
	return seeOther(w, r, cmp.Or(x.next(r), home))
}

// toCheck leads to the page that waits for a code. It is the same whatever the
// letter says.
func toCheck(w http.ResponseWriter, r *request, what string) error {
	return seeOther(w, r, with("/account/check", "for", what))
}

func (x *Reader) askLink(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	x.browser(w, r)
	r.ask.Next = x.next(r)
	if err := x.Members.AskLink(r.Context(), r.ask, v.Get("email")); err != nil {
		return x.mend(w, r, err, x.newSignIn(r))
	}
	return toCheck(w, r, "")
}

// terms returns the version of the terms as the site shows them now, which is
// kept with its words once somebody is asked.
func (x *Reader) terms(r *request) (version string, keep func() error, err error) {
	p, err := x.Store.StaticPage(r.Context(), "ketentuan")
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", nil, err
	}
	body, err := json.Marshal(p.Body)
	if err != nil {
		return "", nil, err
	}
	sum := sha256.Sum256([]byte(p.Title + "\x00" + string(body)))
	version = hex.EncodeToString(sum[:8])
	return version, func() error { return x.Store.KeepTerms(r.Context(), version, p.Title, string(body)) }, nil
}

func (x *Reader) newRegister(r *request, terms string) *render.RegisterPage {
	p := &render.RegisterPage{Email: r.PostFormValue("email"), Name: r.PostFormValue("name"), Terms: terms, Ways: x.ways(nil)}
	p.Next = x.next(r)
	return p
}

func (x *Reader) registerPage(w http.ResponseWriter, r *request) error {
	if r.in() {
		return seeOther(w, r, cmp.Or(x.next(r), home))
	}
	terms, _, err := x.terms(r)
	if err != nil {
		return err
	}
	return x.show(w, r, x.newRegister(r, terms))
}

func (x *Reader) register(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	f, terms, err := x.agreed(r, member.Form{Email: v.Get("email"), Name: v.Get("name"), Password: v.Get("password")}, v.Get("terms"))
	if err != nil {
		return err
	}
	x.browser(w, r)
	r.ask.Next = x.next(r)
	if err := x.Members.Register(r.Context(), r.ask, f); err != nil {
		return x.mend(w, r, err, x.newRegister(r, terms))
	}
	return toCheck(w, r, "")
}

// agreed notes in a form that somebody accepted the terms, if they are those of
// now, and keeps their words.
func (x *Reader) agreed(r *request, f member.Form, version string) (_ member.Form, terms string, err error) {
	terms, keep, err := x.terms(r)
	if err == nil && version == terms {
		f.Terms = version
		err = keep()
	}
	return f, terms, err
}

func newCheck(r *request) *render.CheckPage {
	return &render.CheckPage{Password: r.FormValue("for") == "reset"}
}

func (x *Reader) checkPage(w http.ResponseWriter, r *request) error { return x.show(w, r, newCheck(r)) }

// check takes a code.
func (x *Reader) check(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	out, err := x.Members.Redeem(r.Context(), r.ask, member.Proof{Code: v.Get("code")}, r.session, v.Get("password"))
	if err != nil {
		return x.mend(w, r, err, newCheck(r))
	}
	return x.redeemed(w, r, out)
}

// follow takes the link of a letter. In the browser that asked it does what it
// is for; elsewhere, where programs come along, too, it shows the code.
func (x *Reader) follow(w http.ResponseWriter, r *request) error {
	token := r.PathValue("token")
	sight, err := x.Members.Look(r.Context(), r.ask, token)
	switch {
	case fault.Is(err, fault.Gone):
		return x.spent(w, r)
	case err != nil:
		return err
	case !sight.Here:
		return x.show(w, r, &render.ElsewherePage{Code: sight.Code[:4] + " " + sight.Code[4:]})
	case sight.Kind == member.TicketReset:
		return x.show(w, r, newReset(token, sight.Email))
	case r.Method != http.MethodGet:
		return nil // HEAD asks what GET would answer
	}
	out, err := x.Members.Redeem(r.Context(), r.ask, member.Proof{Token: token}, r.session, "")
	if fault.Is(err, fault.Gone) {
		return x.spent(w, r)
	}
	if err != nil {
		return x.mend(w, r, err, newCheck(r))
	}
	return x.redeemed(w, r, out)
}

// spent says that a link counts no more.
func (x *Reader) spent(w http.ResponseWriter, r *request) error {
	words := r.words()
	p := &render.NotePage{Text: words.T("account.note.spent_text"), Link: signIn, LinkText: words.T("account.sign_in")}
	p.Heading = words.T("account.note.spent")
	return x.print(w, r, http.StatusGone, p, nil)
}

func newReset(token, email string) *render.ResetPage {
	p := &render.ResetPage{Token: token}
	p.Who = email
	return p
}

// reset takes the new password of whoever followed the link.
func (x *Reader) reset(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	token, password := r.PathValue("token"), v.Get("password")
	out, err := x.Members.Redeem(r.Context(), r.ask, member.Proof{Token: token}, r.session, password)
	switch {
	case fault.Is(err, fault.Gone):
		return x.spent(w, r)
	case err != nil:
		return x.mend(w, r, err, newReset(token, ""))
	}
	return x.redeemed(w, r, out)
}

// redeemed goes on after a letter has shown who somebody is.
func (x *Reader) redeemed(w http.ResponseWriter, r *request, out member.Redeemed) error {
	if out.Entry.Token != "" {
		if err := x.admit(w, r, out.Entry); err != nil {
			return err
		}
	}
	next := onward(out.Next)
	switch out.Kind {
	case member.TicketEmail:
		next = home + "?said=email"
	case member.TicketReset:
		next = cmp.Or(next, home+"?said=password")
	}
	return seeOther(w, r, cmp.Or(next, home))
}

func newAsk(r *request, next string) *render.AskPage {
	p := &render.AskPage{Email: r.PostFormValue("email")}
	p.Next = next
	return p
}

func (x *Reader) askPage(w http.ResponseWriter, r *request) error {
	return x.show(w, r, newAsk(r, x.next(r)))
}

func (x *Reader) askReset(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	x.browser(w, r)
	r.ask.Next = x.next(r)
	if err := x.Members.AskReset(r.Context(), r.ask, v.Get("email")); err != nil {
		return x.mend(w, r, err, newAsk(r, r.ask.Next))
	}
	return toCheck(w, r, "reset")
}

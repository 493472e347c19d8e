package reader

import (
	"cmp"
	"encoding/json"
	"net/http"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/member"
	"warta/internal/provider"
	"warta/internal/render"
	"warta/internal/web"
)

// errand is what is kept while somebody is away at a provider.
type errand struct {
	Provider string `json:"provider"`
	Kept     string `json:"kept"`
	Next     string `json:"next,omitempty"`
	Session  int64  `json:"session,omitempty"` // whose account is to be tied; 0: somebody signs in
}

// ways returns the providers as pages list them, those of a reader marked.
func (x *Reader) ways(of []member.Identity) (list []render.Way) {
	for _, w := range x.Providers.Ways() {
		way := render.Way{Key: w.Key, Label: w.Label}
		for _, i := range of {
			if i.Provider == w.Key {
				way.Tied, way.Email = true, i.Email
			}
		}
		list = append(list, way)
	}
	return list
}

// away sends the browser to a provider.
func (x *Reader) away(w http.ResponseWriter, r *request) error {
	way, err := x.Providers.Way(r.PathValue("provider"))
	if err != nil {
		return err
	}
	out := errand{Provider: way.Key, Next: x.next(r)}
	if r.URL.Query().Get("tie") != "" {
		if !r.in() {
			return x.toSignIn(w, r)
		}
		if !r.session.Fresh(r.now) {
			return seeOther(w, r, with(confirm, "next", home))
		}
		out.Session = r.session.ID
	}
	q, err := x.Providers.Begin(r.Context(), way.Key)
	if err != nil {
		return x.noWay(w, r, way, err)
	}
	out.Kept = q.Kept
	data, err := json.Marshal(out)
	if err != nil {
		return err
	}
	x.browser(w, r)
	state, err := x.Members.Keep(r.Context(), r.ask, member.TicketProvider, 0, string(data))
	if err != nil {
		return x.noWay(w, r, way, err)
	}
	return seeOther(w, r, q.URL(state))
}

// noWay says that somebody cannot come in by a provider, and why, if that can be
// said.
func (x *Reader) noWay(w http.ResponseWriter, r *request, way provider.Way, err error) error {
	f := fault.Find(err)
	if f == nil || f.Code == "" {
		return err
	}
	if f.Code == "provider_away" || f.Code == "provider_refused" {
		x.Log.Warn("nobody came in by a provider", "provider", way.Key, "err", err)
	}
	words := r.words()
	p := &render.NotePage{Text: words.T("problem."+f.Code, lang.Args(f.Args)), Link: signIn, LinkText: words.T("account.sign_in")}
	p.Heading = words.T("account.note.away", lang.Args{"provider": way.Label})
	return x.print(w, r, web.Status(f.Kind), p, nil)
}

// back takes what a provider sends the browser back with.
func (x *Reader) back(w http.ResponseWriter, r *request) error {
	way, err := x.Providers.Way(r.PathValue("provider"))
	if err != nil {
		return err
	}
	next, err := x.arrive(w, r, way)
	if err != nil {
		return x.noWay(w, r, way, err)
	}
	return seeOther(w, r, next)
}

// arrive finds out whom the provider vouches for, and returns where he goes on.
func (x *Reader) arrive(w http.ResponseWriter, r *request, way provider.Way) (next string, err error) {
	q := r.URL.Query()
	data, err := x.Members.Take(r.Context(), r.ask, member.TicketProvider, 0, q.Get("state"))
	if err != nil {
		return "", err
	}
	var out errand
	if err := json.Unmarshal([]byte(data), &out); err != nil {
		return "", err
	}
	if out.Provider != way.Key || q.Get("code") == "" { // another's answer, or somebody changed his mind there
		return "", fault.New(fault.Unauthenticated, "%s sent nobody", way.Label).Say("provider_refused", "provider", way.Label)
	}
	who, err := x.Providers.Finish(r.Context(), way.Key, out.Kept, q.Get("code"))
	if err != nil {
		return "", err
	}
	person := member.Person{Provider: way.Key, Label: way.Label, Trusted: way.Trusted, Subject: who.Subject, Email: who.Email, Verified: who.Verified, Name: who.Name}
	if out.Session != 0 {
		if r.session.ID != out.Session {
			return "", fault.New(fault.Unauthenticated, "the session ended meanwhile").Say("reader_signed_out")
		}
		return home + "?said=tied", x.Members.TieOwn(r.Context(), r.ask, r.session, person)
	}
	r.ask.Next = out.Next
	a, err := x.Members.Arrive(r.Context(), r.ask, person)
	if err != nil {
		return "", err
	}
	if a.Token != "" {
		return "/account/join/" + a.Token, nil
	}
	return cmp.Or(onward(out.Next), home), x.admit(w, r, a.Entry)
}

// newJoin is the form for somebody whom a provider vouched for.
func (x *Reader) newJoin(r *request, p member.Person, v member.Verdict, terms string) *render.RegisterPage {
	name := p.Name
	if clean, err := member.CleanName(name); err != nil {
		name = ""
	} else {
		name = clean
	}
	out := &render.RegisterPage{Email: cmp.Or(p.Email, r.PostFormValue("email")), Name: cmp.Or(r.PostFormValue("name"), name), Terms: terms,
		Provider: p.Label, Token: r.PathValue("token"), Fixed: v != member.AskAddress}
	return out
}

func (x *Reader) joinPage(w http.ResponseWriter, r *request) error {
	p, v, err := x.Members.Joining(r.Context(), r.ask, r.PathValue("token"))
	if fault.Is(err, fault.Gone) {
		return x.spent(w, r)
	}
	if err != nil {
		return err
	}
	terms, _, err := x.terms(r)
	if err != nil {
		return err
	}
	return x.show(w, r, x.newJoin(r, p, v, terms))
}

func (x *Reader) join(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	token := r.PathValue("token")
	p, verdict, err := x.Members.Joining(r.Context(), r.ask, token)
	if fault.Is(err, fault.Gone) {
		return x.spent(w, r)
	}
	if err != nil {
		return err
	}
	f, terms, err := x.agreed(r, member.Form{Email: v.Get("email"), Name: v.Get("name")}, v.Get("terms"))
	if err != nil {
		return err
	}
	x.browser(w, r)
	out, err := x.Members.Join(r.Context(), r.ask, token, f)
	if err != nil {
		return x.mend(w, r, err, x.newJoin(r, p, verdict, terms))
	}
	if out.Entry.Token == "" {
		return toCheck(w, r, "")
	}
	return x.redeemed(w, r, out)
}

func (x *Reader) untie(w http.ResponseWriter, r *request) error {
	way, err := x.Providers.Way(r.PathValue("provider"))
	if err != nil {
		return err
	}
	if err := x.Members.Untie(r.Context(), r.session.Member.ID, way.Key); err != nil {
		return err
	}
	return seeOther(w, r, home+"?said=untied")
}

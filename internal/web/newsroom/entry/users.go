package entry

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// usersPage lists the people of the newsroom.
type usersPage struct {
	newsroom.Shell
	Users []account.User
	Desks map[int64]string // names of the sections that grants are for
	Query string
	Role  account.Role
	Roles []account.Role
	More  string
}

// perPage is how many users a page lists.
const perPage = 50

func (x *Entry) usersPage(w http.ResponseWriter, r *newsroom.Request) error {
	q := r.URL.Query()
	p := &usersPage{Query: q.Get("q"), Role: account.Role(q.Get("role")), Roles: account.Roles}
	if !p.Role.Valid() {
		p.Role = ""
	}
	f := account.UserFilter{Text: p.Query, Role: p.Role, Limit: perPage}
	if id, name, ok := strings.Cut(q.Get("after"), " "); ok {
		f.After.Name = name
		f.After.ID, _ = strconv.ParseInt(id, 10, 64) // 0: from the name on
	}
	var more bool
	var err error
	if p.Users, more, err = x.Store.Users(r.Context(), f); err != nil {
		return err
	}
	if more {
		last := p.Users[len(p.Users)-1].Cursor()
		next := url.Values{"after": {strconv.FormatInt(last.ID, 10) + " " + last.Name}}
		if p.Query != "" {
			next.Set("q", p.Query)
		}
		if p.Role != "" {
			next.Set("role", string(p.Role))
		}
		p.More = newsroom.Prefix + "/users?" + next.Encode()
	}
	tree, err := x.Store.Sections(r.Context())
	if err != nil {
		return err
	}
	p.Desks = deskNames(tree)
	p.Shell = newsroom.Shell{Title: r.Words.T("room.nav.users"), Active: "users"}
	return x.Door.Page(w, r, "entry-users", p)
}

func deskNames(t *news.Tree) map[int64]string {
	names := map[int64]string{}
	for _, s := range t.All() {
		names[s.ID] = s.Name
	}
	return names
}

// userForm is one user, or one to be.
type userForm struct {
	newsroom.Shell
	form
	Whom      account.User
	Roles     []account.Role // that may be given away
	DeskRoles []account.Role
	Sections  []sectionChoice
	Desks     map[int64]string
	Own       bool // one's own account: the role is for others to change
	Above     bool // holds more than the reader
	Proofs    int  // passkeys and apps
	Devices   []account.Session
}

// may returns the roles that an actor may give away.
func may(a account.Actor, roles []account.Role) (list []account.Role) {
	for _, r := range roles {
		if r.Within(a.Role) {
			list = append(list, r)
		}
	}
	return list
}

func (x *Entry) newUserForm(r *newsroom.Request, known ...string) (*userForm, error) {
	tree, err := x.Store.Sections(r.Context())
	if err != nil {
		return nil, err
	}
	p := &userForm{form: fields(known...), Roles: may(r.Actor, account.Roles), DeskRoles: may(r.Actor, account.DeskRoles),
		Sections: choices(tree), Desks: deskNames(tree)}
	p.Shell = newsroom.Shell{Active: "users"}
	return p, nil
}

func (x *Entry) newInvitation(r *newsroom.Request) (*userForm, error) {
	p, err := x.newUserForm(r, "name", "email", "role")
	if err != nil {
		return nil, err
	}
	p.Title = r.Words.T("entry.invite_someone")
	p.set("role", string(account.Reporter))
	p.set("byline", "1")
	return p, nil
}

func (x *Entry) newPage(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.newInvitation(r)
	if err != nil {
		return err
	}
	return x.Door.Page(w, r, "entry-user-new", p)
}

// invitedPage says that an invitation is on its way, and shows its link once.
type invitedPage struct {
	newsroom.Shell
	Invited account.User
	Link    string
	Posted  bool
}

// invite makes a user, with a byline under his name if that is wanted, and
// writes him a letter.
func (x *Entry) invite(w http.ResponseWriter, r *newsroom.Request) error {
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	inv := account.Invitation{Email: v.Get("email"), Name: v.Get("name"), Role: account.Role(v.Get("role")),
		Grants: grants(v), Language: r.Lang}
	u, token, err := x.Staff.Invite(r.Context(), r.Actor, inv)
	if err != nil {
		p, e := x.newInvitation(r)
		if e != nil {
			return e
		}
		return x.mend(w, r, err, &p.form, "entry-user-new", p)
	}
	if v.Get("byline") != "" {
		if err := x.tie(r, u, u.Name); err != nil && !newsroom.Mendable(err) {
			return err // a byline that somebody has already can be settled later
		}
	}
	if err := x.mailLink(r.Context(), r, u, token); err != nil {
		return err
	}
	p := &invitedPage{Invited: u, Link: x.BaseURL + linkPath(u, token), Posted: x.posted()}
	p.Shell = newsroom.Shell{Title: r.Words.T("entry.invited"), Active: "users"}
	return x.Door.Page(w, r, "entry-invited", p)
}

func (x *Entry) posted() bool { return x.Posted != nil && x.Posted() }

// tie ties a user to the byline with a name, which is made if need be.
func (x *Entry) tie(r *newsroom.Request, u account.User, name string) error {
	id := int64(0)
	if name = strings.Join(strings.Fields(name), " "); name != "" {
		ids, err := x.Store.EnsurePersons(r.Context(), []string{name})
		if err != nil {
			return err
		}
		id = ids[name]
	}
	return x.Staff.Correct(r.Context(), r.Actor, u.ID, account.Identity{Name: u.Name, Email: u.Email, PersonID: id})
}

// grants reads the desks of a form: those that are ticked ("7:editor"), and one
// more.
func grants(v url.Values) (list []account.Grant) {
	add := func(section, role string) {
		if id, err := strconv.ParseInt(section, 10, 64); err == nil && id > 0 {
			list = append(list, account.Grant{SectionID: id, Role: account.Role(role)})
		}
	}
	for _, g := range v["grant"] {
		section, role, _ := strings.Cut(g, ":")
		add(section, role)
	}
	add(v.Get("desk"), v.Get("desk_role"))
	return list
}

// user returns the page of the user in the path.
func (x *Entry) user(r *newsroom.Request) (*userForm, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	rec, err := x.Staff.Record(r.Context(), id)
	if err != nil {
		return nil, err
	}
	p, err := x.newUserForm(r, "name", "email", "person", "role", "grants")
	if err != nil {
		return nil, err
	}
	p.Whom, p.Own, p.Above = rec.User, rec.ID == r.Actor.ID, !rec.Role.Within(r.Actor.Role)
	p.Proofs = len(rec.Passkeys)
	if rec.TOTP != "" {
		p.Proofs++
	}
	if p.Devices, err = x.Staff.Sessions(r.Context(), id); err != nil {
		return nil, err
	}
	person, err := x.byline(r, rec.PersonID)
	if err != nil {
		return nil, err
	}
	p.set("name", rec.Name)
	p.set("email", rec.Email)
	p.set("person", person)
	p.set("role", string(rec.Role))
	p.Title = rec.Name
	p.Said = said(r, "corrected", "role_changed", "disabled", "enabled", "reset_sent", "reset_kept", "sessions_ended", "proofs_dropped")
	return p, nil
}

func (x *Entry) userPage(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.user(r)
	if err != nil {
		return err
	}
	return x.Door.Page(w, r, "entry-user", p)
}

// after ends a change of the user in the path: back to his page, or the page
// again with what was wrong.
func (x *Entry) after(w http.ResponseWriter, r *newsroom.Request, err error, word string) error {
	if err == nil {
		return newsroom.SeeOther(w, r, newsroom.Prefix+"/users/"+r.PathValue("id")+"?said="+word)
	}
	p, e := x.user(r)
	if e != nil {
		return e
	}
	saved := p.values
	for name, list := range r.PostForm { // what was not in this form stays as it is
		saved[name] = list
	}
	r.PostForm = saved
	return x.mend(w, r, err, &p.form, "entry-user", p)
}

// change runs a change of the user in the path.
func (x *Entry) change(w http.ResponseWriter, r *newsroom.Request, word string, do func(id int64, v url.Values) error) error {
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	return x.after(w, r, do(id, v), word)
}

func (x *Entry) correct(w http.ResponseWriter, r *newsroom.Request) error {
	return x.change(w, r, "corrected", func(id int64, v url.Values) error {
		u := account.User{ID: id, Name: v.Get("name"), Email: v.Get("email")}
		// The name is found wrong before a byline is made of it.
		if _, err := account.CleanName(u.Name); err != nil {
			return err
		}
		return x.tie(r, u, v.Get("person"))
	})
}

func (x *Entry) role(w http.ResponseWriter, r *newsroom.Request) error {
	return x.change(w, r, "role_changed", func(id int64, v url.Values) error {
		return x.Staff.ChangeRole(r.Context(), r.Actor, id, account.Role(v.Get("role")), grants(v))
	})
}

func (x *Entry) disable(w http.ResponseWriter, r *newsroom.Request) error {
	return x.change(w, r, "disabled", func(id int64, _ url.Values) error { return x.Staff.Disable(r.Context(), r.Actor, id) })
}

func (x *Entry) enable(w http.ResponseWriter, r *newsroom.Request) error {
	return x.change(w, r, "enabled", func(id int64, _ url.Values) error { return x.Staff.Enable(r.Context(), r.Actor, id) })
}

func (x *Entry) endAll(w http.ResponseWriter, r *newsroom.Request) error {
	return x.change(w, r, "sessions_ended", func(id int64, _ url.Values) error { return x.Staff.EndAllOf(r.Context(), r.Actor, id) })
}

func (x *Entry) dropProofs(w http.ResponseWriter, r *newsroom.Request) error {
	return x.change(w, r, "proofs_dropped", func(id int64, _ url.Values) error { return x.Staff.DropProofs(r.Context(), r.Actor, id) })
}

func (x *Entry) sendReset(w http.ResponseWriter, r *newsroom.Request) error {
	word := "reset_kept"
	if x.posted() {
		word = "reset_sent"
	}
	return x.change(w, r, word, func(id int64, _ url.Values) error {
		u, token, err := x.Staff.SendReset(r.Context(), r.Actor, id)
		if err != nil {
			return err
		}
		return x.mailLink(r.Context(), r, u, token)
	})
}

// desksPage lists the sections with their people.
type desksPage struct {
	newsroom.Shell
	Desks []desk
}

type desk struct {
	sectionChoice
	People []deskPerson
}

type deskPerson struct {
	account.User
	As string // the role in this desk, in words
}

// maxDeskPeople bounds the people of all desks together.
const maxDeskPeople = 500

func (x *Entry) desksPage(w http.ResponseWriter, r *newsroom.Request) error {
	tree, err := x.Store.Sections(r.Context())
	if err != nil {
		return err
	}
	users, _, err := x.Store.Users(r.Context(), account.UserFilter{AnyDesk: true, Enabled: true, Limit: maxDeskPeople})
	if err != nil {
		return err
	}
	at := map[int64][]deskPerson{}
	for _, u := range users {
		for _, g := range u.Grants {
			at[g.SectionID] = append(at[g.SectionID], deskPerson{u, r.Words.T("room.role." + string(g.Role))})
		}
	}
	p := &desksPage{}
	for _, c := range choices(tree) {
		p.Desks = append(p.Desks, desk{c, at[c.ID]})
	}
	p.Shell = newsroom.Shell{Title: r.Words.T("room.nav.desks"), Active: "desks"}
	return x.Door.Page(w, r, "entry-desks", p)
}

// DeskList returns the desks of a user in words.
func (p *usersPage) DeskList(u account.User) string {
	var names []string
	for _, g := range u.Grants {
		if n := p.Desks[g.SectionID]; n != "" {
			names = append(names, n)
		}
	}
	return strings.Join(names, ", ")
}

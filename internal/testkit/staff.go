package testkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"warta/internal/account"
	"warta/internal/web/newsroom"
)

// Password is the password of everybody whom Staffer makes.
const Password = "kapal berlayar pelan 77"

// Staffer is somebody of the newsroom who is signed in.
type Staffer struct {
	*Site
	User  account.User
	Token string // of the session
}

// Staffer makes somebody with a role, and further ones for single desks, and
// signs him in. Like the demo's people he needs no second proof.
func (s *Site) Staffer(role account.Role, grants ...account.Grant) *Staffer {
	s.T.Helper()
	s.staff++
	mail := fmt.Sprintf("%s%d@redaksi.example", strings.ReplaceAll(string(role), "_", "-"), s.staff)
	u, err := s.Staff.Make(s.T.Context(), Actor, account.Invitation{Email: mail, Name: fmt.Sprintf("%s %d", role, s.staff), Role: role, Grants: grants}, Password, true)
	must(s.T, err)
	return s.SignIn(u)
}

// SignIn signs somebody whom Staffer made in once more, as in another browser.
func (s *Site) SignIn(u account.User) *Staffer {
	s.T.Helper()
	entry, err := s.Staff.SignIn(s.T.Context(), u.Email, Password, account.Client{Network: "127.0.0.1", Device: "test"})
	must(s.T, err)
	return &Staffer{Site: s, User: u, Token: entry.Token}
}

// Send asks the newsroom. A body that is url.Values is a form, nil none,
// anything else JSON; then the answer is asked for as JSON as well.
func (p *Staffer) Send(method, path string, body any, header ...string) Response {
	p.T.Helper()
	var r io.Reader
	kind := ""
	switch b := body.(type) {
	case nil:
	case url.Values:
		r, kind = strings.NewReader(b.Encode()), "application/x-www-form-urlencoded"
	case []byte:
		r = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		must(p.T, err)
		r, kind = bytes.NewReader(raw), "application/json"
	}
	req, err := http.NewRequestWithContext(p.T.Context(), method, p.URL+path, r)
	must(p.T, err)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if kind == "application/json" {
		req.Header.Set("Accept", "application/json")
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if p.Token != "" {
		req.AddCookie(&http.Cookie{Name: newsroom.Cookie, Value: p.Token})
	}
	res := p.send(req)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	must(p.T, err)
	return Response{Response: res, Body: string(raw), Wire: len(raw)}
}

// Open asks for a page of the newsroom.
func (p *Staffer) Open(path string, header ...string) Response {
	p.T.Helper()
	return p.Send(http.MethodGet, path, nil, header...)
}

// Post sends a form; pairs are names and values in turn.
func (p *Staffer) Post(path string, pairs ...string) Response {
	p.T.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return p.Send(http.MethodPost, path, form)
}

// JSON reads the answer's body into v.
func (r Response) JSON(v any) error { return json.Unmarshal([]byte(r.Body), v) }

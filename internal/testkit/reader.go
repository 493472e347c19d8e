package testkit

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"warta/internal/change"
	"warta/internal/lang"
	"warta/internal/member"
	"warta/internal/web"
)

// Browser is a reader's browser without script: it keeps cookies, and follows no
// redirect by itself.
type Browser struct {
	*Site
	Cookies map[string]string
	Agent   string // what it says of itself; empty: a phone
}

// Browser returns one that has never been here.
func (s *Site) Browser() *Browser { return &Browser{Site: s, Cookies: map[string]string{}} }

// Send asks for a path. A body that is url.Values is a form, nil none, anything
// else JSON; then the answer is asked for as JSON as well. header holds names and
// values in turn.
func (b *Browser) Send(method, path string, body any, header ...string) Response {
	b.T.Helper()
	var in io.Reader
	kind := ""
	switch v := body.(type) {
	case nil:
	case url.Values:
		in, kind = strings.NewReader(v.Encode()), "application/x-www-form-urlencoded"
	default:
		raw, err := json.Marshal(v)
		must(b.T, err)
		in, kind = bytes.NewReader(raw), "application/json"
	}
	req, err := http.NewRequestWithContext(b.T.Context(), method, b.URL+path, in)
	must(b.T, err)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if kind == "application/json" {
		req.Header.Set("Accept", "application/json")
	}
	req.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 13) Chrome/120 Mobile")
	if b.Agent != "" {
		req.Header.Set("User-Agent", b.Agent)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	for name, value := range b.Cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res := b.send(req)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	must(b.T, err)
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 {
			delete(b.Cookies, c.Name)
		} else {
			b.Cookies[c.Name] = c.Value
		}
	}
	return Response{Response: res, Body: string(raw), Wire: len(raw)}
}

// Open asks for a page.
func (b *Browser) Open(path string, header ...string) Response {
	b.T.Helper()
	return b.Send(http.MethodGet, path, nil, header...)
}

// Post sends a form; pairs are names and values in turn.
func (b *Browser) Post(path string, pairs ...string) Response {
	b.T.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.Send(http.MethodPost, path, form)
}

// LettersTo returns the letters to an address, the newest first.
func (s *Site) LettersTo(address string) (out []change.Letter) {
	s.T.Helper()
	list, _, err := s.DB.Letters(s.T.Context(), 0, 200)
	must(s.T, err)
	return slices.DeleteFunc(list, func(l change.Letter) bool { return l.To != address })
}

var code = regexp.MustCompile(`\n(\d{4}) (\d{4})\n`)

// LetterTo returns the path of the link in the newest letter to an address, and
// its code, "" if there is none.
func (s *Site) LetterTo(address string) (link, digits string) {
	s.T.Helper()
	list := s.LettersTo(address)
	if len(list) == 0 {
		s.T.Fatalf("nobody wrote to %s", address)
	}
	if m := code.FindStringSubmatch(list[0].Text); m != nil {
		digits = m[1] + m[2]
	}
	return list[0].Link, digits
}

// Reader returns a browser in which somebody with an address has just made an
// account, with Password.
func (s *Site) Reader(address, name string) *Browser {
	s.T.Helper()
	b := s.Browser()
	ask := member.Ask{Browser: "browser of " + address, Site: "Warta", Lang: lang.ID}
	ask.From.Network, ask.From.Device = "127.0.0.1", "test"
	must(s.T, s.Members.Register(s.T.Context(), ask, member.Form{Email: address, Name: name, Password: Password, Terms: "test"}))
	link, _ := s.LetterTo(address)
	out, err := s.Members.Redeem(s.T.Context(), ask, member.Proof{Token: link[strings.LastIndexByte(link, '/')+1:]}, member.Session{}, "")
	must(s.T, err)
	b.Cookies[web.ReaderCookie], b.Cookies[web.HintCookie] = out.Entry.Token, "1"
	return b
}

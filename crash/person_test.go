package crash_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// errCut says that the server was gone in the middle of a request: nobody knows
// what became of it.
var errCut = errors.New("the connection broke off")

// person is somebody with a browser: cookies, and a password to prove who it is.
type person struct {
	name     string
	email    string
	password string
	secret   string // of the authenticator app
	base     string // URL of the site
	host     string // what it calls the site, if that is not in base
	http     *http.Client
	cookies  map[string]string
}

// patience is how long an answer may take: other programs use the machine, and
// pictures are made behind all of them. What is judged here is what is answered.
const patience = 3 * time.Minute

const passphrase = "Panjang-dan-tak-tertebak-4711"

func newPerson(name, base string) *person {
	return &person{name: name, email: strings.ToLower(name) + "@kabar.example", password: passphrase, base: base, cookies: map[string]string{},
		http: &http.Client{Timeout: patience, Transport: &http.Transport{},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// reply is an answer with its body.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) String() string { return fmt.Sprintf("%d %.300s", r.status, r.body) }

// do sends a request. The only error is errCut.
func (p *person) do(method, path string, body []byte, header ...string) (reply, error) {
	req, err := http.NewRequest(method, p.base+path, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	req.Host = p.host
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	// A jar keeps secure cookies back on plain HTTP; browsers trust loopback.
	for name, value := range p.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := p.http.Do(req)
	if err != nil {
		return reply{}, fmt.Errorf("%w: %w", errCut, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{}, fmt.Errorf("%w: %w", errCut, err)
	}
	for _, c := range res.Cookies() {
		if p.cookies[c.Name] = c.Value; c.MaxAge < 0 || c.Value == "" {
			delete(p.cookies, c.Name)
		}
	}
	return reply{res.StatusCode, res.Header, text}, nil
}

// get asks for a page, without following redirects.
func (p *person) get(path string) (reply, error) { return p.do(http.MethodGet, path, nil) }

// form sends a form as a browser does.
func (p *person) form(path string, pairs ...string) (reply, error) {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return p.do(http.MethodPost, path, []byte(v.Encode()), "Content-Type", "application/x-www-form-urlencoded",
		"Sec-Fetch-Site", "same-origin")
}

// call sends JSON as our scripts do and reads the answer into out if it is a
// good one; body nil asks with GET.
func (p *person) call(path string, body, out any) (reply, error) {
	method, text := http.MethodGet, []byte(nil)
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return reply{}, err
		}
		method = http.MethodPost
	}
	r, err := p.do(method, path, text, "Content-Type", "application/json", "Accept", "application/json", "Sec-Fetch-Site", "same-origin")
	if err == nil && r.status < 300 && out != nil {
		err = json.Unmarshal(r.body, out)
	}
	return r, err
}

var (
	totpSecret = regexp.MustCompile(`secret=([A-Z2-7]{16,})`)
	totpToken  = regexp.MustCompile(`name="?token"?[^>]*value="?([^"\s>]+)`)
)

// enter signs in with the password, and sets an authenticator app up, without
// which nobody may work.
func (p *person) enter() error {
	r, err := p.form("/newsroom/sign-in", "email", p.email, "password", p.password)
	if err != nil || r.status != http.StatusSeeOther {
		return fmt.Errorf("%s signs in: %v, %w", p.name, r, orUnexpected(err))
	}
	if r, err = p.form("/newsroom/me/totp"); err != nil {
		return err
	}
	page := html.UnescapeString(string(r.body))
	secret, token := totpSecret.FindStringSubmatch(page), totpToken.FindStringSubmatch(page)
	if secret == nil || token == nil {
		return fmt.Errorf("%s finds no secret for the app: %v", p.name, r)
	}
	p.secret = secret[1]
	code, err := totp(p.secret, time.Now())
	if err != nil {
		return err
	}
	if r, err = p.form("/newsroom/me/totp/finish", "token", token[1], "code", code); err != nil || r.status != http.StatusOK {
		return fmt.Errorf("%s sets the app up: %v, %w", p.name, r, orUnexpected(err))
	}
	if r, err = p.get("/newsroom/me"); err != nil || r.status != http.StatusOK {
		return fmt.Errorf("%s is not in: %v, %w", p.name, r, orUnexpected(err))
	}
	return nil
}

// prove says again who it is, before something dangerous.
func (p *person) prove() error {
	r, err := p.form("/newsroom/confirm", "secret", p.password)
	if err == nil && r.status != http.StatusSeeOther {
		err = fmt.Errorf("%s proves who it is: %v", p.name, r)
	}
	return err
}

// idle is a moment in which somebody reads.
func (p *person) idle() error {
	r, err := p.get("/newsroom/board")
	if err == nil && r.status != http.StatusOK {
		err = fmt.Errorf("%s looks at the board: %v", p.name, r)
	}
	return err
}

func orUnexpected(err error) error {
	if err == nil {
		return errors.New("unexpected answer")
	}
	return err
}

// totp is RFC 6238 as every authenticator app has it.
func totp(secret string, at time.Time) (string, error) {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return "", err
	}
	m := hmac.New(sha1.New, key)
	binary.Write(m, binary.BigEndian, at.Unix()/30)
	sum := m.Sum(nil)
	n := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&0xf:]) & 0x7fffffff
	return fmt.Sprintf("%06d", n%1_000_000), nil
}

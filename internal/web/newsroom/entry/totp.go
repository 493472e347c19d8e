package entry

import (
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"rsc.io/qr"

	"warta/internal/account"
	"warta/internal/web/newsroom"
)

// totpPage sets an authenticator app up, in two steps.
type totpPage struct {
	newsroom.Shell
	form
	Has    bool   // one is set up already
	Secret string // in groups of four, for typing
	Link   string // otpauth:, see OTPAuth
	Token  string
	Size   int    // of the QR code, quiet zone included
	Path   string // its dark modules, as the path of an SVG
}

func (x *Entry) newTOTP(r *newsroom.Request, rec *account.Record) *totpPage {
	p := &totpPage{form: fields("code"), Has: rec.TOTP != ""}
	p.Shell = newsroom.Shell{Title: r.Words.T("entry.totp"), Active: "me"}
	return p
}

// OTPAuth returns the link for an app on the same device. It is made here of
// what is escaped, so the template may print its scheme.
func (p *totpPage) OTPAuth() template.URL { return template.URL(p.Link) }

// show puts a secret onto the page.
func (p *totpPage) show(site, email, secret, token string) (err error) {
	p.Token, p.Link = token, account.TOTPLink(secret, site, email)
	for i := 0; i < len(secret); i += 4 {
		p.Secret += secret[i:min(i+4, len(secret))] + " "
	}
	p.Secret = strings.TrimSpace(p.Secret)
	p.Size, p.Path, err = drawCode(p.Link)
	return err
}

// quiet is the width of the light frame around a QR code, in modules.
const quiet = 4

// drawCode draws a text as a QR code: the size in modules, and its dark ones as
// rows of rectangles.
func drawCode(text string) (size int, path string, err error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return 0, "", err
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x == from {
				x++
				continue
			}
			n := strconv.Itoa(x - from)
			b.WriteString("M" + strconv.Itoa(from+quiet) + " " + strconv.Itoa(y+quiet) + "h" + n + "v1h-" + n + "z")
		}
	}
	return code.Size + 2*quiet, b.String(), nil
}

func (x *Entry) totpPage(w http.ResponseWriter, r *newsroom.Request) error {
	rec, err := x.Staff.Record(r.Context(), r.Actor.ID)
	if err != nil {
		return err
	}
	return x.Door.Page(w, r, "entry-totp", x.newTOTP(r, rec))
}

func (x *Entry) totpBegin(w http.ResponseWriter, r *newsroom.Request) error {
	rec, err := x.Staff.Record(r.Context(), r.Actor.ID)
	if err != nil {
		return err
	}
	secret, token, err := x.Staff.BeginTOTP(r.Context(), rec.ID)
	if err != nil {
		return err
	}
	p := x.newTOTP(r, rec)
	if err := p.show(r.Site.Name(), rec.Email, secret, token); err != nil {
		return err
	}
	return x.Door.Page(w, r, "entry-totp", p)
}

func (x *Entry) totpFinish(w http.ResponseWriter, r *newsroom.Request) error {
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	token := v.Get("token")
	codes, err := x.Staff.FinishTOTP(r.Context(), r.Session, token, v.Get("code"))
	if err == nil {
		return x.showCodes(w, r, codes)
	}
	rec, e := x.Staff.Record(r.Context(), r.Actor.ID)
	if e != nil {
		return e
	}
	p := x.newTOTP(r, rec)
	if secret, e := x.Staff.PendingTOTP(r.Context(), rec.ID, token); e == nil {
		if e := p.show(r.Site.Name(), rec.Email, secret, token); e != nil {
			return e
		}
	}
	return x.mend(w, r, err, &p.form, "entry-totp", p)
}

func (x *Entry) totpRemove(w http.ResponseWriter, r *newsroom.Request) error {
	if err := x.Staff.DropTOTP(r.Context(), r.Actor.ID); err != nil {
		return err
	}
	return newsroom.SeeOther(w, r, newsroom.Prefix+"/me?said=totp_removed")
}

// codesPage shows recovery codes once, or offers new ones.
type codesPage struct {
	newsroom.Shell
	Codes []string
	Left  int
}

func (x *Entry) showCodes(w http.ResponseWriter, r *newsroom.Request, codes []string) error {
	p := &codesPage{Codes: codes}
	p.Shell = newsroom.Shell{Title: r.Words.T("entry.codes"), Active: "me"}
	return x.Door.Page(w, r, "entry-codes", p)
}

func (x *Entry) codesPage(w http.ResponseWriter, r *newsroom.Request) error {
	rec, err := x.Staff.Record(r.Context(), r.Actor.ID)
	if err != nil {
		return err
	}
	p := &codesPage{Left: len(rec.Codes)}
	p.Shell = newsroom.Shell{Title: r.Words.T("entry.codes"), Active: "me"}
	return x.Door.Page(w, r, "entry-codes", p)
}

func (x *Entry) codes(w http.ResponseWriter, r *newsroom.Request) error {
	codes, err := x.Staff.NewCodes(r.Context(), r.Actor.ID)
	if err != nil {
		return err
	}
	return x.showCodes(w, r, codes)
}

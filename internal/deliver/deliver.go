// Package deliver takes what goes outward: letters by mail. It knows how a
// letter is dressed and handed to a mail server, when it is tried again and
// when not any more, and nothing of why it was written.
package deliver

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"log/slog"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/job"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/render"
)

// TLS says how the connection to a mail server is protected.
type TLS string

// The ways of protecting it.
const (
	StartTLS TLS = "starttls" // begins in the open and must turn to TLS
	FullTLS  TLS = "tls"      // TLS from the first byte
	NoTLS    TLS = "none"     // for a server on the same machine
)

// Server is a mail server that takes letters. Without a Host there is none, and
// letters wait in the outbox.
type Server struct {
	Host     string
	Port     int // 0: 465 with FullTLS, 25 with NoTLS, else 587
	User     string
	Password string
	From     string // the address that letters come from
	TLS      TLS    // empty: StartTLS
}

// On reports whether there is a server.
func (s Server) On() bool { return s.Host != "" }

// Check returns an Invalid error that names the setting to mend.
func (s Server) Check() error {
	if !s.On() {
		return nil
	}
	if s.From == "" {
		return fault.Input("smtp-from", "a mail server is named (%s) but not the address that mails come from: "+
			"add one, such as --smtp-from redaksi@kabar.example", s.Host)
	}
	if a, err := mail.ParseAddress(s.From); err != nil || a.Address != s.From {
		return fault.Input("smtp-from", "mails need the address that they come from, such as redaksi@kabar.example, not %q", s.From)
	}
	switch s.TLS {
	case "", StartTLS, FullTLS, NoTLS:
	default:
		return fault.Input("smtp-tls", "%q is not one of starttls, tls, none", s.TLS)
	}
	if s.Port < 0 || s.Port > 65535 {
		return fault.Input("smtp-port", "%d is no port", s.Port)
	}
	return nil
}

// Store keeps letters; *store.DB is one.
type Store interface {
	Settings(ctx context.Context) (news.Settings, error)
	AddMails(ctx context.Context, mails ...change.Mail) error
	Letter(ctx context.Context, id int64) (change.Letter, error)
	NoteAttempt(ctx context.Context, id int64, a change.Attempt) error
	QueueMails(ctx context.Context, before time.Time) (int, error)
	TrimMails(ctx context.Context, before time.Time) error
}

// Printer prints the HTML form of a letter; *render.Renderer is one.
type Printer interface {
	Mail(v *render.Mail) ([]byte, error)
	Words(code lang.Code) *lang.Catalog
}

// Options are what a Post may be told.
type Options struct {
	Server Server
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: nothing is logged
	TLS    *tls.Config      // nil: the system's authorities decide
}

// Post sends letters.
type Post struct {
	store Store
	print Printer
	base  *url.URL
	opt   Options
}

// New returns a Post of the site at baseURL. Links in letters lead there and
// nowhere else.
func New(store Store, print Printer, baseURL string, o Options) (*Post, error) {
	base, err := url.Parse(baseURL)
	if err != nil {
		return nil, fault.Input("base-url", "%q is not an address", baseURL)
	}
	if err := o.Server.Check(); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Post{store: store, print: print, base: base, opt: o}, nil
}

// On reports whether there is a mail server; without one, letters wait.
func (p *Post) On() bool { return p.opt.Server.On() }

// How long letters are tried and kept. A link to reset a password has ended
// long before the first of them.
const (
	tryFor  = 72 * time.Hour
	keepFor = 30 * 24 * time.Hour
	// lateAfter is when a letter is asked for again whose job should have run.
	lateAfter = 2 * time.Minute
)

// waits are the times between attempts; the last one repeats.
var waits = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}

// Deliver is the handler of the job that sends one letter: {"id": …}.
func (p *Post) Deliver(ctx context.Context, args json.RawMessage) (err error) {
	var a struct{ ID int64 }
	if err := json.Unmarshal(args, &a); err != nil {
		return job.Never(err)
	}
	defer fault.Wrap(&err, "send letter %d", a.ID)
	if !p.On() {
		return nil // it waits until a server is named
	}
	l, err := p.store.Letter(ctx, a.ID)
	if fault.Is(err, fault.NotFound) || err == nil && l.State != change.MailWaiting {
		return nil // it was forgotten, or somebody was quicker
	}
	if err != nil {
		return err
	}
	now := p.opt.Now()
	if wait := l.Next.Sub(now); wait > 0 {
		return job.Again(wait)
	}
	if now.Sub(l.At) > tryFor {
		return p.note(ctx, &l, change.Attempt{State: change.MailFailed, At: now, Error: "too old to be sent"})
	}
	sent := p.send(ctx, &l)
	if sent == nil {
		return p.note(ctx, &l, change.Attempt{State: change.MailSent, At: now})
	}
	out := change.Attempt{State: change.MailFailed, At: now, Error: short(sent.Error())}
	wait := waits[min(l.Attempts, len(waits)-1)]
	if temporary(sent) && now.Add(wait).Sub(l.At) <= tryFor {
		out.State, out.Next = change.MailWaiting, now.Add(wait)
	}
	if err := p.note(ctx, &l, out); err != nil {
		return err
	}
	p.opt.Log.Warn("letter not sent", "letter", l.ID, "attempt", l.Attempts+1, "state", string(out.State), "err", sent)
	if out.State == change.MailWaiting {
		return job.Again(wait)
	}
	return nil
}

// note records an attempt even if the time for the job is over by now.
func (p *Post) note(ctx context.Context, l *change.Letter, a change.Attempt) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return p.store.NoteAttempt(ctx, l.ID, a)
}

// short cuts a server's words to what a list can show.
func short(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	if r := []rune(s); len(r) > 300 {
		return string(r[:300]) + "…"
	}
	return s
}

// Sweep asks again for letters that are late and forgets old ones.
func (p *Post) Sweep(ctx context.Context) error {
	now := p.opt.Now()
	if err := p.store.TrimMails(ctx, now.Add(-keepFor)); err != nil || !p.On() {
		return err
	}
	_, err := p.store.QueueMails(ctx, now.Add(-lateAfter))
	return err
}

package deliver

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/render"
)

// sendWithin bounds one attempt; the job that makes it has a little longer.
const sendWithin = 15 * time.Second

// send hands one letter to the server.
func (p *Post) send(ctx context.Context, l *change.Letter) error {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	site, err := p.store.Settings(ctx)
	if err != nil {
		return err
	}
	m, err := p.message(l, site)
	if err != nil {
		return err
	}
	client, err := p.opt.Server.client(p.opt.TLS)
	if err != nil {
		return err
	}
	return client.DialAndSendWithContext(ctx, m)
}

// client returns the way to the server. Nothing of it is kept between letters:
// they are few.
func (s Server) client(trust *tls.Config) (*mail.Client, error) {
	opts := []mail.Option{mail.WithTimeout(sendWithin)}
	port := s.Port
	or := func(usual int) int {
		if port != 0 {
			return port
		}
		return usual
	}
	switch s.TLS {
	case FullTLS:
		opts = append(opts, mail.WithSSL(), mail.WithPort(or(465)))
	case NoTLS:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS), mail.WithPort(or(25)))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory), mail.WithPort(or(587)))
	}
	if trust != nil {
		c := trust.Clone()
		c.ServerName = s.Host
		opts = append(opts, mail.WithTLSConfig(c))
	}
	if s.User != "" {
		kind := mail.SMTPAuthAutoDiscover
		if s.TLS == NoTLS {
			kind = mail.SMTPAuthPlainNoEnc
		}
		opts = append(opts, mail.WithSMTPAuth(kind), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	return mail.NewClient(s.Host, opts...)
}

// Try signs in at the server and leaves again.
func (s Server) Try(ctx context.Context) (err error) {
	client, err := s.client(nil)
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return fault.New(fault.Unavailable, "the mail server %s does not take mails: %w", s.Host, err)
	}
	return client.Close()
}

// temporary reports whether another attempt may succeed: the server is away, or
// said so itself. What it refuses for good it refuses again.
func temporary(err error) bool {
	var refusal *mail.SendError
	if errors.As(err, &refusal) {
		return refusal.IsTemp() || refusal.ErrorCode() < 500
	}
	return !fault.Is(err, fault.Invalid)
}

// oneLine keeps what somebody wrote from ending a header.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }), " ")
}

// message dresses a letter: plain text and HTML that say the same.
func (p *Post) message(l *change.Letter, site news.Settings) (*mail.Msg, error) {
	code, err := lang.Parse(l.Language)
	if err != nil {
		code = site.Language()
	}
	words := p.print.Words(code)
	v := render.Mail{Lang: string(code), Site: site.Name(), Subject: l.Subject, LinkText: l.LinkText}
	if l.Name != "" {
		v.Paragraphs = append(v.Paragraphs, words.T("outward.mail_hello", lang.Args{"name": l.Name}))
	}
	for _, part := range strings.Split(l.Text, "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			v.Paragraphs = append(v.Paragraphs, part)
		}
	}
	if l.Link != "" {
		v.Link = p.link(l.Link)
		if v.LinkText == "" {
			v.LinkText = words.T("outward.mail_open")
		}
	}
	v.Foot = append(v.Foot, words.T("outward.mail_from", lang.Args{"name": site.Name(), "host": p.base.Host}))
	if l.Bulk {
		v.Foot = append(v.Foot, words.T("outward.mail_less", lang.Args{"link": p.link(ownPage)}))
	}
	if l.Unsubscribe != "" {
		v.Foot = append(v.Foot, words.T("talk.digest_stop", lang.Args{"link": p.link(l.Unsubscribe)}))
	}
	html, err := p.print.Mail(&v)
	if err != nil {
		return nil, err
	}
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := m.FromFormat(site.Name(), p.opt.Server.From); err != nil {
		return nil, err
	}
	// A name that no header can carry costs nobody his letter.
	if m.AddToFormat(oneLine(l.Name), l.To) != nil {
		err = m.AddTo(l.To)
	}
	if err != nil {
		return nil, fault.Input("to", "%q is no mail address: %w", l.To, err)
	}
	m.Subject(oneLine(l.Subject))
	m.SetDateWithValue(p.opt.Now())
	m.SetMessageIDWithValue(strings.ToLower(strings.Map(idRune, l.Key)) + "@" + p.base.Hostname())
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	if l.Bulk {
		m.SetGenHeader("List-Id", listID(site.Name(), p.base.Hostname()))
		m.SetGenHeader("List-Unsubscribe", "<"+p.link(ownPage)+">")
	}
	if l.Unsubscribe != "" {
		m.SetGenHeader("List-Id", listID(site.Name(), p.base.Hostname()))
		m.SetGenHeader("List-Unsubscribe", "<"+p.link(l.Unsubscribe)+">")
		m.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	m.SetBodyString(mail.TypeTextPlain, plain(&v))
	m.AddAlternativeString(mail.TypeTextHTML, string(html))
	return m, nil
}

// ownPage is where somebody of the newsroom chooses what mails he gets.
const ownPage = "/newsroom/me"

// link returns the address of a path of the site. A letter never leads
// elsewhere, whatever it says.
func (p *Post) link(path string) string {
	return p.base.Scheme + "://" + p.base.Host + "/" + strings.TrimLeft(path, "/")
}

// idRune keeps what may stand in a Message-ID without quotes.
func idRune(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '.':
		return r
	}
	return '.'
}

func listID(name, host string) string {
	if net.ParseIP(host) != nil {
		host = "localhost"
	}
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"<>\`, r) {
			return -1
		}
		return r
	}, name)
	return `"` + ascii + `" <newsroom.` + host + ">"
}

// plain is the text form of a letter.
func plain(v *render.Mail) string {
	var b strings.Builder
	for _, s := range v.Paragraphs {
		b.WriteString(s + "\n\n")
	}
	if v.Link != "" {
		b.WriteString(v.LinkText + ":\n" + v.Link + "\n\n")
	}
	b.WriteString("-- \n")
	for _, s := range v.Foot {
		b.WriteString(s + "\n")
	}
	return b.String()
}

package deliver

import (
	"context"
	"net/url"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
)

// Mail is a letter that a door has to write: an invitation, a link for a new
// password.
type Mail struct {
	To       string
	Name     string
	Language lang.Code // empty: the site's
	Subject  string
	Text     string // paragraphs, with an empty line between two
	Link     string // an address of the site, whole or as a path; empty: no button
	LinkText string
}

// Adder writes letters; *store.DB is one.
type Adder interface {
	AddMails(ctx context.Context, mails ...change.Mail) error
}

// Outbox takes letters that follow from no change of the newsroom's, and keeps
// them until they are sent.
type Outbox struct{ store Adder }

// NewOutbox returns the outbox of a store.
func NewOutbox(store Adder) *Outbox { return &Outbox{store: store} }

// Send writes a letter down. It is on its way when Send returns, not there.
func (o *Outbox) Send(ctx context.Context, m Mail) (err error) {
	defer fault.Wrap(&err, "write a letter")
	link := m.Link
	if u, err := url.Parse(link); err == nil && link != "" {
		link = u.RequestURI() // the host is the site's own when it goes out
	}
	return o.store.AddMails(ctx, change.Mail{To: m.To, Name: m.Name, Language: string(m.Language),
		Subject: m.Subject, Text: m.Text, Link: link, LinkText: m.LinkText})
}

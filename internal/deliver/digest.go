package deliver

import (
	"context"
	"fmt"
	"strings"
	"time"

	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
)

// DigestStore keeps what readers who comment are told; *store.DB is one.
type DigestStore interface {
	Now(ctx context.Context) (time.Time, error)
	DueDigests(ctx context.Context, before time.Time, limit int) ([]discuss.Digest, error)
	NoteDigests(ctx context.Context, list []discuss.Digest, out change.Outcome) error
	Settings(ctx context.Context) (news.Settings, error)
}

// A reader gets at most one letter in digestEvery; one round writes digestBatch.
const (
	digestEvery = 24 * time.Hour
	digestBatch = 100
)

// MailDigests writes one letter to each reader who wants it and has notices that
// he has not seen. Each carries a link that ends them, for the mail program as
// well (RFC 8058).
func (p *Post) MailDigests(ctx context.Context, store DigestStore) (err error) {
	defer fault.Wrap(&err, "mail what is new about comments")
	if !p.On() {
		return nil // they stand in the account, and go out once there is a server
	}
	now, err := store.Now(ctx)
	if err != nil {
		return err
	}
	list, err := store.DueDigests(ctx, now.Add(-digestEvery), digestBatch)
	if err != nil || len(list) == 0 {
		return err
	}
	site, err := store.Settings(ctx)
	if err != nil {
		return err
	}
	var out change.Outcome
	for i := range list {
		if len(list[i].Notices) > 0 {
			out.Mails = append(out.Mails, p.digest(&list[i], site))
		}
	}
	return store.NoteDigests(ctx, list, out)
}

// digest is the letter with all that is new for one reader.
func (p *Post) digest(d *discuss.Digest, site news.Settings) change.Mail {
	words := p.print.Words(site.Language())
	parts := make([]string, 0, len(d.Notices))
	for i := range d.Notices {
		text := discuss.NoticeText(words, &d.Notices[i])
		if note := d.Notices[i].Text; note != "" {
			text += "\n" + note
		}
		parts = append(parts, text)
	}
	last := d.Notices[len(d.Notices)-1].ID
	return change.Mail{Key: fmt.Sprintf("reader-%d-digest-%d", d.MemberID, last), To: d.Email, Name: d.Name, Language: string(site.Language()),
		Subject: words.T("talk.digest_subject", lang.Args{"n": len(d.Notices), "name": site.Name()}),
		Text:    strings.Join(parts, "\n\n"), Link: "/account/comments", LinkText: words.T("talk.digest_open"),
		Unsubscribe: "/account/letters/" + d.Key}
}

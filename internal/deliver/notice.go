package deliver

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
)

// NoticeStore keeps what people of the newsroom are told; *store.DB is one.
type NoticeStore interface {
	// UnmailedNotices returns notices for which nobody has looked yet whether a
	// mail is wanted, the oldest first.
	UnmailedNotices(ctx context.Context, limit int) ([]news.Notice, error)
	// MarkMailed notes that somebody has, together with the outcome that mails.
	MarkMailed(ctx context.Context, ids []int64, out change.Outcome) error
	UsersByID(ctx context.Context, ids []int64) (map[int64]account.User, error)
	Settings(ctx context.Context) (news.Settings, error)
}

// noticeBatch is how many notices one round looks at.
const noticeBatch = 500

// MailNotices writes one letter to each person who has unread notices and wants
// mail, with all that came since the last round.
func (p *Post) MailNotices(ctx context.Context, store NoticeStore) (err error) {
	defer fault.Wrap(&err, "mail the notices")
	list, err := store.UnmailedNotices(ctx, noticeBatch)
	if err != nil || len(list) == 0 {
		return err
	}
	ids := make([]int64, len(list))
	var users []int64 // in the order of their first notice
	of := map[int64][]news.Notice{}
	for i, n := range list {
		ids[i] = n.ID
		if !n.Read.IsZero() {
			continue // he has seen it meanwhile
		}
		if of[n.UserID] == nil {
			users = append(users, n.UserID)
		}
		of[n.UserID] = append(of[n.UserID], n)
	}
	var out change.Outcome
	if p.On() { // without a server a letter a minute would only fill the outbox
		known, err := store.UsersByID(ctx, users)
		if err != nil {
			return err
		}
		site, err := store.Settings(ctx)
		if err != nil {
			return err
		}
		for _, id := range users {
			if u := known[id]; u.ID != 0 && u.MailNotices && !u.Disabled && !u.Joined.IsZero() {
				out.Mails = append(out.Mails, p.bundle(&u, of[id], site))
			}
		}
	}
	return store.MarkMailed(ctx, ids, out)
}

// Where a letter about notices leads.
const (
	noticesPage = "/newsroom/notices"
	storyPage   = "/newsroom/stories/"
	reportsPage = "/newsroom/reports?story="
)

// bundle makes one letter of a person's notices.
func (p *Post) bundle(u *account.User, list []news.Notice, site news.Settings) change.Mail {
	code := u.Language
	if code == "" {
		code = site.Language()
	}
	words := p.print.Words(code)
	parts := make([]string, len(list))
	for i := range list {
		parts[i] = noticeText(words, &list[i])
	}
	last := list[len(list)-1]
	m := change.Mail{Key: fmt.Sprintf("notice.%d.%d", u.ID, last.ID), To: u.Email, Name: u.Name, Language: string(code), Bulk: true,
		Text: strings.Join(parts, "\n\n"), Link: noticesPage, LinkText: words.T("outward.notices_open"),
		Subject: words.T("outward.notices_subject", lang.Args{"n": len(list), "name": site.Name()})}
	if len(list) > 1 {
		return m
	}
	m.Subject, _, _ = strings.Cut(parts[0], "\n")
	id := strconv.FormatInt(last.StoryID, 10)
	m.Link, m.LinkText = storyPage+id, words.T("outward.notice_open_story")
	if strings.HasPrefix(string(last.Kind), "report") {
		m.Link, m.LinkText = reportsPage+id, words.T("outward.notice_open_report")
	}
	return m
}

// noticeText says a notice as the newsroom does, with the story's headline and
// the words that somebody added.
func noticeText(words *lang.Catalog, n *news.Notice) string {
	text := words.T("desk.notice."+string(n.Kind), lang.Args{"name": n.Actor})
	if n.Headline != "" {
		text += ": " + n.Headline
	}
	switch n.Kind {
	case news.NoticeWatch, news.NoticeHeld, news.NoticeUnconfirmed:
		return text // its text is codes
	}
	if n.Text != "" {
		text += "\n" + n.Text
	}
	return text
}

package entry

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"warta/internal/change"
	"warta/internal/web/newsroom"
)

// outboxPage lists the letters of the last weeks, the newest first.
type outboxPage struct {
	newsroom.Shell
	Letters []change.Letter
	Posted  bool
	More    string
}

func (x *Entry) outboxPage(w http.ResponseWriter, r *newsroom.Request) error {
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil {
		before = 0 // from the newest on
	}
	p := &outboxPage{Posted: x.posted()}
	var more bool
	if p.Letters, more, err = x.Outbox.Letters(r.Context(), before, perPage); err != nil {
		return err
	}
	if more {
		p.More = newsroom.Prefix + "/outbox?before=" + url.QueryEscape(strconv.FormatInt(p.Letters[len(p.Letters)-1].ID, 10))
	}
	p.Shell = newsroom.Shell{Title: r.Words.T("room.nav.outbox"), Active: "outbox"}
	return x.Door.Page(w, r, "entry-outbox", p)
}

// letterPage is one letter as it is kept.
type letterPage struct {
	newsroom.Shell
	Letter     change.Letter
	Paragraphs []string
	Link       string // in full; empty when the letter is gone or has none
	Again      bool   // it can be sent once more
}

func (x *Entry) letterPage(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	l, err := x.Outbox.Letter(r.Context(), id)
	if err != nil {
		return err
	}
	p := &letterPage{Letter: l, Again: x.posted() && l.State == change.MailFailed}
	if l.Text != "" {
		p.Paragraphs = strings.Split(l.Text, "\n\n")
	}
	if l.Link != "" {
		p.Link = x.BaseURL + l.Link
	}
	p.Shell = newsroom.Shell{Title: l.Subject, Active: "outbox"}
	return x.Door.Page(w, r, "entry-letter", p)
}

// again sends a letter that failed once more, for whoever mended the mail server.
func (x *Entry) again(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	out := change.Outcome{Audit: []change.Audit{{Actor: r.Actor.String(), Action: "send_again", Object: "letter:" + strconv.FormatInt(id, 10)}}}
	if err := x.Outbox.RetryMail(r.Context(), id, out); err != nil {
		return err
	}
	return newsroom.SeeOther(w, r, newsroom.Prefix+"/outbox/"+strconv.FormatInt(id, 10))
}

package member

import (
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/lang"
)

// Ask is a request as the door sees it: who asks, and in which words of which
// site a letter about it is written.
type Ask struct {
	From account.Client
	// Browser is the token of the browser that asks: links and codes of what it
	// asks for count there alone. "": they count everywhere.
	Browser string
	Site    string
	Lang    lang.Code
	Zone    *time.Location
	Next    string // path of the site to go on to
}

// Paths that stand in letters. Their host is the site's own, always.
const (
	linkPath   = "/account/link/"
	signInPath = "/account/sign-in"
	resetPath  = "/account/reset"
	joinPath   = "/account/register"
	keepPath   = "/account/keep/"
	ownPath    = "/account"
)

// letter writes a letter. kind names its sentences; link leads to a path of the
// site, "" to none.
func (a Ask) letter(kind, to, name, link string, args lang.Args) change.Mail {
	words := lang.For(a.Lang)
	all := lang.Args{"site": a.Site, "email": to}
	for k, v := range args {
		all[k] = v
	}
	m := change.Mail{To: to, Name: name, Language: string(a.Lang), Subject: words.T("member.mail."+kind+"_subject", all),
		Text: words.T("member.mail."+kind, all)}
	if link != "" {
		m.Link, m.LinkText = link, words.T("member.mail."+kind+"_link", all)
	}
	return m
}

// proof writes a letter with a link and its code.
func (a Ask) proof(kind TicketKind, to, name, token string, args lang.Args) change.Mail {
	code := CodeOf(token)
	all := lang.Args{"code": code[:4] + " " + code[4:], "minutes": int(kind.Lasts() / time.Minute)}
	for k, v := range args {
		all[k] = v
	}
	return a.letter(string(kind), to, name, linkPath+token, all)
}

// when returns a time in the words of the letter.
func (a Ask) when(t time.Time) string {
	zone := a.Zone
	if zone == nil {
		zone = time.UTC
	}
	return lang.DateTime(a.Lang, t, zone)
}

// deviceLetter says that somebody signed in where the member was not.
func (a Ask) deviceLetter(m Member, device string, now time.Time) change.Mail {
	return a.letter("device", m.Email, m.Name, ownPath, lang.Args{"device": device, "time": a.when(now)})
}

package change

import "time"

// Mail is a letter that follows from a change. It is written in the change's
// transaction and goes out when the mail server takes it.
type Mail struct {
	Key      string // at most one letter is ever written per key; empty: no limit
	To       string // the address
	Name     string // of whom it is for
	Language string // of the frame around the text: "id", "en"; empty: the default
	Subject  string
	Text     string // paragraphs, with an empty line between two
	// Link is where a button below the text leads: a path of the site, with a
	// slash in front. The host is the site's own, always.
	Link     string
	LinkText string
	// Unsubscribe is a path of the site that ends letters of this kind: as a page,
	// and by a request of the mail program (RFC 8058). Empty: there is none.
	Unsubscribe string
	Bulk        bool // one of many of its kind, such as notices: it says how to get none
}

// MailState says how far a letter is.
type MailState string

// The states of a letter.
const (
	MailWaiting MailState = "waiting" // for the next attempt, or for a mail server to be named
	MailSent    MailState = "sent"    // the server took it; its text is forgotten
	MailFailed  MailState = "failed"  // nobody tries any more
)

// Letter is a Mail on its way.
type Letter struct {
	ID int64
	Mail
	State    MailState
	Attempts int
	Error    string // of the last attempt
	At       time.Time
	Next     time.Time // of the next attempt, while it waits
	Sent     time.Time
}

// Attempt is what came of trying to send a letter.
type Attempt struct {
	State MailState
	Error string
	At    time.Time
	Next  time.Time // with MailWaiting
}

package discuss

import (
	"fmt"
	"time"

	"warta/internal/fault"
)

// Author is a reader as far as he takes part in discussions.
type Author struct {
	MemberID  int64
	Name      string
	Joined    time.Time
	Terms     string // the version that he accepted
	Disabled  bool   // the account, by the newsroom, or it is given up
	Published int    // of his comments, so many were shown
	Rejected  int
	Warned    int
	// SuspendedUntil keeps him from writing until then; Banned, for good.
	SuspendedUntil time.Time
	Banned         bool
	Sanction       string // why, as he is told
	Prefs
	DigestAt  time.Time // of the last letter
	DigestKey string    // of the page that ends the letters
}

// Prefs is what a reader wants to be told, and what is to become of his words.
type Prefs struct {
	Notices bool // in the account
	Digest  bool // by mail
	// ForgetText takes the words of his comments along when he gives up the account.
	ForgetText bool
}

// Quiet says why an author may not write now; nil: he may.
func (a *Author) Quiet(now time.Time) error {
	switch {
	case a.Disabled:
		return fault.New(fault.Forbidden, "this account cannot comment").Say("comment_account")
	case a.Banned:
		return fault.New(fault.Forbidden, "the newsroom has excluded you from the discussions: %s", a.Sanction).Say("comment_banned", "why", a.Sanction)
	case now.Before(a.SuspendedUntil):
		return fault.New(fault.Forbidden, "you may comment again after %s: %s", a.SuspendedUntil.Format(time.RFC3339), a.Sanction).
			Say("comment_suspended", "until", a.SuspendedUntil, "why", a.Sanction)
	case a.Terms == "":
		return fault.New(fault.Forbidden, "the terms have to be accepted before commenting").Say("comment_terms")
	}
	return nil
}

// String returns the author as the audit log names him.
func (a *Author) String() string { return fmt.Sprintf("member:%d", a.MemberID) }

// SanctionKind is what the newsroom does to an author.
type SanctionKind string

// The kinds of sanctions. Lift ends a suspension or a ban.
const (
	Warn    SanctionKind = "warn"
	Suspend SanctionKind = "suspend"
	Ban     SanctionKind = "ban"
	Lift    SanctionKind = "lift"
)

// Sanction is one of them.
type Sanction struct {
	ID       int64
	MemberID int64
	Kind     SanctionKind
	Reason   string // as he is told
	Until    time.Time
	At       time.Time
	By       string // account.Actor.String()
}

// Note is what a moderator writes down about an author, for other moderators.
type Note struct {
	ID       int64
	MemberID int64
	Text     string
	At       time.Time
	By       string
}

// NoticeKind says what an author is told.
type NoticeKind string

// The kinds of notices.
const (
	NoticeReply     NoticeKind = "reply"     // somebody answered
	NoticePublished NoticeKind = "published" // a moderator let it through
	NoticeRejected  NoticeKind = "rejected"
	NoticeRemoved   NoticeKind = "removed"
	NoticeFeatured  NoticeKind = "featured"
	NoticeWarned    NoticeKind = "warned"
	NoticeSuspended NoticeKind = "suspended"
	NoticeBanned    NoticeKind = "banned"
	NoticeLifted    NoticeKind = "lifted"
	NoticeComplaint NoticeKind = "complaint" // what became of his complaint
)

// Notice is what one reader is told.
type Notice struct {
	ID        int64
	MemberID  int64
	Kind      NoticeKind
	CommentID int64 // the answer, or his own that was decided about; 0: none
	Text      string
	At        time.Time
	Seen      bool
	// Headline and StoryID are those of the comment when the notice is read.
	StoryID  int64
	Headline string
	Paid     bool   // the story was paid for, and says so wherever it is named
	Name     string // who answered
}

// Reaction is what one reader says to a comment with a word; an empty kind takes
// it back.
type Reaction struct {
	CommentID int64
	MemberID  int64
	Kind      string
}

// Muted is a reader whom another one does not want to read.
type Muted struct {
	MemberID int64
	Name     string
}

// Digest is what a reader is told in one letter.
type Digest struct {
	MemberID    int64
	Email, Name string
	Key         string // of the page that ends the letters
	Notices     []Notice
}

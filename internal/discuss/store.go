package discuss

import (
	"context"
	"time"

	"warta/internal/account"
	"warta/internal/change"
)

// Store keeps discussions.
type Store interface {
	account.GuessStore
	Moderations
	// Now is the clock that everything here goes by.
	Now(ctx context.Context) (time.Time, error)
	// ChangeComments reads what a pick names, lets fn change it, and writes the rest
	// with the outcome, the event row last, in one transaction; nobody else changes
	// the same comments and discussions beside it. It returns the event's number, 0
	// without tags. An error of fn leaves everything as it was. fn may run again.
	ChangeComments(ctx context.Context, p Pick, fn func(*Work) (change.Outcome, error)) (seq int64, err error)
	// ViewComments reads what a pick names, as it is at one instant; nothing that fn
	// does to it is kept.
	ViewComments(ctx context.Context, p Pick, fn func(*Work) error) error
	// ImportComments writes comments that were written elsewhere, placed by Place, with
	// what is counted of them, in one transaction; those whose URI is here are left
	// out. It returns how many are new.
	ImportComments(ctx context.Context, actor account.Actor, list []Incoming) (added int, err error)
	// DueAnnouncements returns the stories with something that pages were not told,
	// and may be told by now, at most limit; Announced notes that they are, with the
	// tags of the outcome.
	DueAnnouncements(ctx context.Context, now time.Time, limit int) ([]int64, error)
	Announced(ctx context.Context, now time.Time, storyIDs []int64, out change.Outcome) (seq int64, err error)
	// SaveMute notes, or with false forgets, that a reader does not want to read
	// another one.
	SaveMute(ctx context.Context, memberID, mutedID int64, on bool) error
	// SavePrefs writes what a reader wants to be told. key is for a page that ends
	// the letters if he has none yet.
	SavePrefs(ctx context.Context, memberID int64, p Prefs, key string) error
	// StopDigest ends the letters of whoever has the key; it says whether there is
	// somebody.
	StopDigest(ctx context.Context, key string) (bool, error)
	// SeeNotices notes that a reader has seen his notices up to one.
	SeeNotices(ctx context.Context, memberID, upTo int64) error
	// WordsToForget returns comments of a reader whose words are still there, at most
	// limit; none unless he asked that they go with his account.
	WordsToForget(ctx context.Context, memberID int64, limit int) ([]int64, error)
	// SaveRules writes what a scope says of rules, the zero patch: nothing.
	SaveRules(ctx context.Context, scope Scope, id int64, p Patch, out change.Outcome) error
}

// Confirmer waits until every serving process has applied an event.
type Confirmer interface {
	Confirm(ctx context.Context, seq int64) (pending []string, err error)
}

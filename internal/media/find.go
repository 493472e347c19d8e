package media

import "time"

// Search chooses pictures of the library, the newest first. The zero value
// chooses all.
type Search struct {
	// Text is looked for in caption, credit, description, people, source and file
	// name, by the same grammar and stems as the readers' search.
	Text       string
	Uncredited bool      // without a credit
	AI         bool      // made or altered by a generative model
	Unused     bool      // shown by nothing
	AddedBy    int64     // brought by this user; 0: by anybody
	From, To   time.Time // came in; From inclusive, To exclusive; zero: no bound
	After      Cursor
	Limit      int // 1 to 200; 0: 50
}

// Cursor is a place in the library: pictures behind it are older. The zero
// cursor is the top.
type Cursor int64

// UseKind says what shows a picture.
type UseKind string

// The kinds of use, in the order in which they are told.
const (
	UseLive   UseKind = "live"   // a story that readers see
	UseDraft  UseKind = "draft"  // a draft, a version named for release, a withdrawn story
	UsePage   UseKind = "page"   // a static page
	UsePerson UseKind = "person" // a portrait
	UseAd     UseKind = "ad"     // a creative of a line item
)

// Use is one thing that shows a picture.
type Use struct {
	Kind      UseKind
	ID        int64  // of the story or the person
	Slug      string // of the page or the person
	Title     string // headline, title or name
	SectionID int64  // of the story
}

// Trashed is a picture that was deleted and whose files may still be there.
type Trashed struct{ Hash, MIME string }

package news

import (
	"fmt"
	"time"

	"warta/internal/lang"
)

// Status says what readers get at a story's address.
type Status string

// The statuses. An embargoed or scheduled story is Unpublished.
const (
	Unpublished Status = "unpublished" // 404; the story does not exist for readers
	Live        Status = "live"        // 200
	Withdrawn   Status = "withdrawn"   // 410 and a notice
)

// Stage says where the draft, or the version that it named, is in the newsroom.
type Stage string

// The stages in their order. StageNone: nothing is waiting.
const (
	StageNone      Stage = ""
	StageDraft     Stage = "draft"
	StageSubmitted Stage = "submitted"
	StageApproved  Stage = "approved"
	StageScheduled Stage = "scheduled"
)

// Origin says who wrote a version: people at the desk or an import.
type Origin string

// The origins of a version.
const (
	FromDesk   Origin = "desk"
	FromImport Origin = "import"
)

// Story is the thing with a URL. Its text is in its versions.
type Story struct {
	ID     int64
	Status Status
	Slug   string // last part of the URL, from the headline when first published
	// URI is the identity that an interchange format gave; empty for our own.
	URI string
	// URIVersion and URIHash tell a repeated item from a newer one.
	URIVersion string
	URIHash    string
	// LiveNo is the version that readers see (0: none), LastNo the highest number.
	LiveNo int
	LastNo int
	// SectionID is the live version's primary section, or the last one's before
	// the story is live.
	SectionID int64
	// FirstPublished never changes once set; Updated is the last significant
	// update that an editor declared (zero: none).
	FirstPublished time.Time
	Updated        time.Time
	Created        time.Time
	// EmbargoUntil hides the story on every surface until then, whatever its stage.
	EmbargoUntil time.Time
	// Stage, NamedNo and DueAt: the version that approval or scheduling named, and
	// from when on the due loop makes it live, embargo permitting.
	Stage   Stage
	NamedNo int
	DueAt   time.Time
	// DueBy is who scheduled it, CheckedAt when it was looked through once more
	// before its time; both are empty without a schedule.
	DueBy     int64
	CheckedAt time.Time
	// OwnerID is the user who made the story, AssigneeID the one it was given to,
	// AssignedTo the desk (a section) it was handed to; 0: nobody.
	OwnerID    int64
	AssigneeID int64
	AssignedTo int64
}

// Version is an immutable numbered content of a story.
type Version struct {
	StoryID int64
	No      int // from 1
	Origin  Origin
	Content Content
	By      string // account.Actor.String()
	At      time.Time
	Why     string // "published", "imported", "corrected: ..."

	ready *ready // nil: nothing was prepared
}

// Path returns the canonical path of a story: its section's slug, the site's
// day of first publication, id and slug. Only the id decides.
func Path(sectionSlug string, firstPublished time.Time, zone *time.Location, id int64, slug string) string {
	day := firstPublished.In(zone)
	return fmt.Sprintf("/%s/%04d/%02d/%02d/%d/%s", sectionSlug, day.Year(), day.Month(), day.Day(), id, slug)
}

// LiveStory is a live story with what its page prints first: the story, and
// the version that readers see.
type LiveStory struct {
	Story   Story
	Version Version
	// Sensitive says that nothing is advertised beside it. The label that says so is
	// the newsroom's own, and is not among those of the version.
	Sensitive bool
}

// Card is a live story as lists print it.
type Card struct {
	ID             int64
	Slug           string
	SectionID      int64
	Kind           Kind
	Headline       string // for lists: the short one where there is one
	FullHeadline   string
	Standfirst     string
	Labels         []Label
	Access         Access
	PictureID      int64
	Video          bool // leads with a video
	Language       lang.Code
	FirstPublished time.Time
	Updated        time.Time // zero: never significantly updated
}

// Path returns the card's canonical path.
func (c *Card) Path(tree *Tree, zone *time.Location) string {
	return Path(tree.Slug(c.SectionID), c.FirstPublished, zone, c.ID, c.Slug)
}

// Cursor is a position in a newest-first list: the entry after it is older.
// The zero Cursor is the top.
type Cursor struct {
	At time.Time // first published
	ID int64
}

// ListFilter selects live stories, newest first. At most one of SectionID,
// TopicID, PersonID is set; none: the whole site. From and To bound the first
// publication (From inclusive, To exclusive).
type ListFilter struct {
	SectionID int64 // with everything below it
	TopicID   int64
	PersonID  int64
	Kind      Kind // alone: that kind in the whole site; gallery, video or live
	From, To  time.Time
	After     Cursor
	Limit     int // 1 to 500
	// Oldest turns the order: oldest first.
	Oldest bool
}

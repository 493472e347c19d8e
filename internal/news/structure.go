package news

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"warta/internal/doc"
	"warta/internal/fault"
)

// Section is a channel of the site.
type Section struct {
	ID       int64
	ParentID int64 // 0: top level
	Slug     string
	Name     string
	// Description is printed on the section's front and in feeds.
	Description string
	Position    int
	Hidden      bool // not in the navigation, still reachable
	// MovedTo is the section that took over when this one was given up; 0: it is
	// in use. Versions that name it mean the other one.
	MovedTo int64
}

// Topic is a tag with a page.
type Topic struct {
	ID      int64
	Slug    string
	Name    string
	Intro   string
	Curated bool
	// Chronology: the page tells the events in their order, the oldest first.
	Chronology bool
	// MergedInto is the topic that took over when this one was merged; 0: none did.
	MergedInto int64
}

// Person is a byline, with or without a staff account.
type Person struct {
	ID        int64
	Slug      string
	Name      string
	Title     string // "Wartawan", printed under the name on the author page
	Bio       string
	PictureID int64
}

// Source is an agency or outlet that is credited.
type Source struct {
	ID    int64
	Name  string
	URL   string
	Terms string
}

// CorrectionKind is one of the three kinds of correction.
type CorrectionKind string

// The kinds: a slip of ours (Ralat), a correction of fact (Koreksi), and the
// right of reply (Hak Jawab).
const (
	Ralat    CorrectionKind = "ralat"
	Koreksi  CorrectionKind = "koreksi"
	HakJawab CorrectionKind = "hak_jawab"
)

// Correction is a notice on a story. NoticeID names the story that carries the
// reply or the corrected report, if there is one; both link to each other.
type Correction struct {
	ID       int64
	StoryID  int64
	Kind     CorrectionKind
	Text     string
	At       time.Time
	NoticeID int64
}

// Reason is why a story was withdrawn.
type Reason string

// The reasons of the press council's guideline for cyber media.
const (
	ReasonSARA     Reason = "sara"
	ReasonDecency  Reason = "kesusilaan"
	ReasonChild    Reason = "masa_depan_anak"
	ReasonTrauma   Reason = "trauma_korban"
	ReasonCouncil  Reason = "dewan_pers"
	ReasonNewsroom Reason = "other" // with the newsroom's own words in Note
)

// Withdrawal is the notice that a withdrawn story leaves at its address.
type Withdrawal struct {
	StoryID int64
	Reason  Reason
	Note    string
	At      time.Time
	By      string
	// Headline is kept for the newsroom; readers see the notice only.
	Headline string
}

// Redirect sends an old address to a story or a path. Host is lower case; an
// empty host stands for the site's own.
type Redirect struct {
	Host    string
	Path    string // with a leading slash, and the query where it decided
	StoryID int64  // either a story
	Target  string // or a path of ours, a full address, or that it is gone: see Gone
}

// Period is a month or a day of the site's zone in which stories were first
// published.
type Period struct {
	Start, End time.Time // in the site's zone; End belongs to the next one
	LastMod    time.Time // of the newest first publication or update in it
}

// Day reports whether the period is a day.
func (p Period) Day() bool { return p.End.Sub(p.Start) < 48*time.Hour }

// StaticPage is a page such as Redaksi or Pedoman Media Siber.
type StaticPage struct {
	Slug     string
	Title    string
	Body     doc.Doc
	Position int
	Updated  time.Time // zero when it is saved: now
}

// Front is a curated page: containers with slots. SectionID 0 is the home page,
// and TagFront takes the section's id.
type Front struct {
	ID         int64
	SectionID  int64
	Containers []Container
}

// ContainerKind is how a container looks and what it holds.
type ContainerKind string

// The kinds of container.
const (
	ContainerLead     ContainerKind = "lead"     // one lead with related headlines, and seconds
	ContainerTimeline ContainerKind = "timeline" // "Terkini", with times in the margin
	ContainerSection  ContainerKind = "section"  // a block: one with a picture, more without
	ContainerMostRead ContainerKind = "most_read"
	ContainerMedia    ContainerKind = "media" // dark band of pictures and video
	ContainerTopics   ContainerKind = "topics"
)

// Container is a part of a front.
type Container struct {
	ID       int64
	Kind     ContainerKind
	Title    string // empty: the rule's section's name or the kind's word
	Position int
	Size     int // how many stories it shows, 1 to 30
	Rule     Rule
	Slots    []Slot
}

// Rule fills the slots of a container that nobody pinned, newest first.
type Rule struct {
	SectionID int64  `json:"section,omitempty"`
	TopicID   int64  `json:"topic,omitempty"`
	Kinds     []Kind `json:"kinds,omitempty"`
}

// Slot pins a story to a position of a container until it expires.
type Slot struct {
	Position int // from 0
	StoryID  int64
	Until    time.Time // zero: until somebody takes it away
}

// reserved are the first words of addresses that no section may take.
var reserved = strings.Fields("newsroom api media assets feeds topic author search index latest page account " +
	"report comment consent ads go pay member me healthz readyz metrics sitemaps sitemap robots security favicon")

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// CheckSlug returns an Invalid error unless s is lower-case words joined by
// hyphens, at most 80 bytes.
func CheckSlug(field, s string) error {
	if len(s) > 80 || !slugForm.MatchString(s) {
		return fault.Input(field, "the slug %q must be lower-case letters and digits joined by hyphens, at most 80 characters", s).Say("slug_form")
	}
	return nil
}

// CheckSectionSlug also refuses the reserved first words of addresses.
func CheckSectionSlug(field, s string) error {
	if slices.Contains(reserved, s) {
		return fault.Input(field, "the address /%s is used by Warta itself; choose another slug", s).Say("slug_reserved", "slug", s)
	}
	return CheckSlug(field, s)
}

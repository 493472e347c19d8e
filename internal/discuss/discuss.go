// Package discuss gives the words for what readers and the newsroom write under
// stories: comments and their threads, how a discussion is held, what is known
// of those who take part, complaints, and what a change does to all of it. It
// knows no SQL, no HTTP and no page, and it never asks for the time by itself.
package discuss

import (
	"fmt"
	"time"
)

// The tags that pages and pieces carry. Nobody spells them elsewhere.

// TagRules stands for how discussions of the whole site are held.
const TagRules = "discussion"

// TagSectionRules returns the tag of how discussions in a section are held.
func TagSectionRules(id int64) string { return fmt.Sprintf("discussion-section:%d", id) }

// TagStoryRules returns the tag of how the discussion of a story is held.
func TagStoryRules(id int64) string { return fmt.Sprintf("discussion-story:%d", id) }

// TagComments returns the tag of whatever prints comments on a story.
func TagComments(storyID int64) string { return fmt.Sprintf("comments:%d", storyID) }

// TagCommenter returns the tag of whatever prints the name of a reader.
func TagCommenter(memberID int64) string { return fmt.Sprintf("commenter:%d", memberID) }

// State says what became of a comment.
type State string

// The states of a comment. Readers see Published ones; of the others a thread
// shows that something was there, if there are answers to it.
const (
	Pending   State = "pending"   // waits for a moderator
	Published State = "published" // everybody reads it
	Rejected  State = "rejected"  // was never shown, and will not be
	Removed   State = "removed"   // the newsroom took it away
	Hidden    State = "hidden"    // many complained; it waits for a moderator
	Deleted   State = "deleted"   // its author took it away
)

// Comment is what one person wrote under one story.
type Comment struct {
	ID        int64
	StoryID   int64
	SectionID int64 // of the story when the comment came: the desk that moderates it
	ThreadID  int64 // the comment that begins the thread; its own id if it does
	ReplyTo   int64 // the comment that it answers; 0: none
	Level     int   // 0: begins a thread, 1: stands below one, whatever it answers
	MemberID  int64 // 0: a reader who was erased, or the newsroom
	UserID    int64 // of the staff who answered for the newsroom; 0: a reader wrote it
	Body      string
	Key       int64 // of its words, see TextKey
	State     State
	Reason    Reason // why it is not shown, or waits
	Note      string // what the moderator told the author
	At        time.Time
	Edited    time.Time // zero: never
	Published time.Time // when readers first saw it; zero: never
	Decided   time.Time // when a moderator last decided about it
	DecidedBy string    // account.Actor.String()
	Featured  time.Time // when the newsroom picked it; zero: it did not
	Shown     bool      // it has a place in its thread
	Answers   int       // shown ones in the thread that it begins
	// Complaints are the open ones.
	Complaints int
	// Network is a hash of where it came from, forgotten after a month.
	Network string
	// Guest is the name of whoever wrote it elsewhere, before it was imported, and URI
	// what it was known by there.
	Guest, URI string
}

// String returns the comment as the audit log names it: "comment:7".
func (c *Comment) String() string { return fmt.Sprintf("comment:%d", c.ID) }

// Visible reports whether readers can read the comment.
func (c *Comment) Visible() bool { return c.State == Published }

// Staff reports whether the newsroom wrote it.
func (c *Comment) Staff() bool { return c.UserID != 0 }

// Path returns the address of a comment: a page that shows it in its thread.
func Path(id int64) string { return fmt.Sprintf("/comment/%d", id) }

// Anchor returns the id of a comment's element on every page that shows it.
func Anchor(id int64) string { return fmt.Sprintf("comment-%d", id) }

// Entry is a comment as pages print it.
type Entry struct {
	Comment
	Name      string // of the author now; "" for a reader who was erased
	Reactions map[string]int
	// Answering is the name of whom it answers, if that is not the one who began
	// the thread.
	Answering string
	Replies   []Entry // the first ones, the earliest first
	More      bool    // there are further replies
}

// Discussion is what is counted of a story's comments.
type Discussion struct {
	StoryID   int64
	Shown     int // that readers can read
	Pending   int
	Featured  int
	LastID    int64     // the newest comment that readers can read
	Announced time.Time // when pages were last told
	Dirty     bool      // there is something that they were not told
}

// Sort is an order of threads.
type Sort string

// The orders. Picks are the comments that the newsroom picked, whatever their
// level, the one picked last first.
const (
	Newest Sort = "newest"
	Oldest Sort = "oldest"
	Picks  Sort = "picks"
)

// Sorts are all orders, the first being that of a story's page.
var Sorts = []Sort{Newest, Oldest, Picks}

// Filter chooses a page of a story's threads.
type Filter struct {
	StoryID int64
	Sort    Sort
	After   Cursor // the last one of the page before; zero: from the start
	Limit   int    // threads
	Replies int    // at most so many of each; 0: none
}

// Cursor is the last entry of a page.
type Cursor struct {
	ID int64
	At time.Time // with Picks: when it was picked
}

// Page is a page of entries.
type Page struct {
	Entries []Entry
	Next    Cursor // zero: there are no more
}

// The sizes of pages.
const (
	PageThreads = 20 // threads of a page
	PageReplies = 3  // replies to each on it
	PageThread  = 50 // replies of a page of one thread
)

// MaxBatch is how many comments one change may deal with.
const MaxBatch = 200

package discuss

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"warta/internal/account"
	"warta/internal/fault"
)

// Incoming is a comment that was written elsewhere, by somebody who has no account
// here.
type Incoming struct {
	URI     string // what it was known by there; the same one is taken in once
	ReplyTo string // the URI of what it answers; empty, or of nothing that is here: it begins a thread
	StoryID int64
	Name    string // of the author, as it was shown
	Text    string
	At      time.Time
	State   State // Published, Pending or Rejected
	Reason  Reason
}

// maxGuest is the most characters of the name of a guest.
const maxGuest = 80

// Import takes in comments that were written elsewhere, at most MaxImport, in one
// transaction, and returns how many are new. Their states and times stay. What is
// here already is left as it is. The texts are cleaned as those of readers are, and
// longer ones than any rule allows are cut; cut says how many.
func (f *Forum) Import(ctx context.Context, actor account.Actor, list []Incoming) (added, cut int, err error) {
	defer fault.Wrap(&err, "import %d comments", len(list))
	if err := actor.Require(account.Moderate); err != nil {
		return 0, 0, err
	}
	if len(list) > MaxImport {
		return 0, 0, fault.New(fault.TooLarge, "at most %d comments can be imported at once", MaxImport)
	}
	clean := make([]Incoming, 0, len(list))
	for _, c := range list {
		c.Name = firstRunes(strings.Join(strings.Fields(CleanText(c.Name)), " "), maxGuest)
		text := CleanText(c.Text)
		if c.Text = firstRunes(text, LongestText); c.Text != text {
			cut++
		}
		if c.URI != "" && c.Text != "" && (c.State == Published || c.State == Pending || c.State == Rejected) {
			clean = append(clean, c)
		}
	}
	added, err = f.store.ImportComments(ctx, actor, clean)
	return added, cut, err
}

// MaxImport is how many comments one import may take in at once.
const MaxImport = 2000

func firstRunes(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most])
}

// Place makes comments of incoming ones, in the order of their times: deeper
// threads are flattened to the one level that there is here, and what answers
// something that is not there begins a thread. known are comments that are here
// already, by URI; ids gives the next id. The result has a root's counts of
// answers right as far as the result itself goes.
func Place(list []Incoming, known map[string]*Comment, sections map[int64]int64, now time.Time, ids func() int64) []*Comment {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Incoming) int {
		return cmp.Or(cmp.Compare(a.StoryID, b.StoryID), a.At.Compare(b.At))
	})
	placed := map[string]*Comment{}
	roots := map[int64]*Comment{}
	find := func(uri string) *Comment {
		if c := placed[uri]; c != nil {
			return c
		}
		return known[uri]
	}
	var out []*Comment
	for _, in := range list {
		section, there := sections[in.StoryID]
		if !there || find(in.URI) != nil {
			continue
		}
		c := &Comment{ID: ids(), StoryID: in.StoryID, SectionID: section, Body: in.Text, Key: TextKey(in.Text), State: in.State,
			Reason: in.Reason, At: in.At, Guest: in.Name, URI: in.URI}
		if c.At.IsZero() || c.At.After(now) {
			c.At = now
		}
		c.ThreadID = c.ID
		if p := find(in.ReplyTo); in.ReplyTo != "" && p != nil && p.StoryID == c.StoryID {
			c.Level, c.ReplyTo, c.ThreadID = 1, p.ID, p.ThreadID
		}
		c.Shown = c.Visible()
		switch root := roots[c.ThreadID]; {
		case c.Level == 0:
			roots[c.ID] = c
		case root != nil && c.Visible():
			root.Answers++
			root.Shown = true
		}
		if c.Visible() {
			c.Published = c.At
		}
		if c.State == Rejected {
			c.Decided, c.DecidedBy = c.At, "import"
		}
		placed[in.URI] = c
		out = append(out, c)
	}
	return out
}

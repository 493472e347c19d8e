// Package change describes what one domain operation did to the world: which
// tags it touched, what the audit log should say, which jobs and letters follow. A store
// writes an Outcome in the operation's own transaction; it knows no domain type.
package change

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Outcome is everything that has to be written together with a change.
type Outcome struct {
	// Tags are the strings ("story:55", "latest:3") whose pages and pieces no
	// longer print the truth.
	Tags []string
	// Takedown says that the change takes something away (withdrawal, embargo,
	// tighter access): stale copies must be gone before it is acknowledged.
	Takedown bool
	Audit    []Audit
	Jobs     []Job
	Mails    []Mail
	// Run is the run of an import that the change belongs to, 0: to none. Made is
	// what it made, or changed, and is kept with the run so that it can be taken
	// back; without a run it is nobody's business.
	Run  int64
	Made []Made
}

// Made is something that a run of an import made, or that was there and is
// another one now.
type Made struct {
	Kind string
	ID   int64
	Name string // of what has no id: the slug of a page, an old address
	// Was is what stood there before; empty: nothing did.
	Was json.RawMessage
}

// The kinds of what an import makes. MadeVersion is a story that was there and
// got another version, MadePin one that was pinned to the home page.
const (
	MadeStory    = "story"
	MadeVersion  = "version"
	MadeComment  = "comment" // under a story that was there before
	MadePin      = "pin"
	MadePage     = "page"
	MadeRedirect = "redirect" // to a path, or of a story that was there before
	MadePicture  = "picture"
	MadePerson   = "person"
	MadeTopic    = "topic"
	MadeSource   = "source"
	MadeSection  = "section"
)

// MadeKinds are the kinds in the order in which they are taken back: what shows
// something goes before that.
var MadeKinds = []string{MadeComment, MadePin, MadeVersion, MadeStory, MadePage, MadeRedirect, MadePicture,
	MadePerson, MadeTopic, MadeSource, MadeSection}

// Audit is one line of the audit log: who did what to which object.
type Audit struct {
	Actor  string          // "user:3", "import", "system"
	Action string          // verb in lower case: "publish"
	Object string          // "story:55"
	Detail json.RawMessage // optional facts, never body text
}

// Detail returns the detail of an audit line from names and values, nil for none.
// Values are texts and numbers, which always have a form in JSON.
func Detail(pairs ...any) json.RawMessage {
	if len(pairs) == 0 {
		return nil
	}
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	detail, _ := json.Marshal(m)
	return detail
}

// Job is work that happens later. Effects must be idempotent by Key.
type Job struct {
	Kind string
	Args json.RawMessage
	Key  string    // at most one waiting job of a kind has a given key; empty: no limit
	At   time.Time // zero: as soon as possible
}

// Event is an Outcome's row in the event table, as followers see it.
type Event struct {
	Seq      int64 // ascending in commit order
	At       time.Time
	Tags     []string
	Takedown bool
}

// Touch adds tags that are not there yet and keeps first-come order.
func (o *Outcome) Touch(tags ...string) {
	for _, t := range tags {
		if !slices.Contains(o.Tags, t) {
			o.Tags = append(o.Tags, t)
		}
	}
}

// Join merges outcomes into one, each tag once: Merge for a whole batch.
func Join(outs ...Outcome) (all Outcome) {
	seen := make(map[string]bool, 8*len(outs))
	for _, o := range outs {
		for _, t := range o.Tags {
			if !seen[t] {
				seen[t] = true
				all.Tags = append(all.Tags, t)
			}
		}
		all.Audit = append(all.Audit, o.Audit...)
		all.Jobs = append(all.Jobs, o.Jobs...)
		all.Mails = append(all.Mails, o.Mails...)
		all.Made = append(all.Made, o.Made...)
		all.Run = max(all.Run, o.Run)
		all.Takedown = all.Takedown || o.Takedown
	}
	return all
}

// Merge adds all that other holds; a takedown stays one.
func (o *Outcome) Merge(other Outcome) { *o = Join(*o, other) }

package news

import (
	"context"
	"strings"
	"unicode/utf8"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// Named is a topic, a person or a source as a list of suggestions prints it.
type Named struct {
	ID   int64
	Name string
	Note string // what tells it from others: a person's title, a source's address, the alias that was found
}

// NameStore finds and makes what is known by its name.
type NameStore interface {
	// FindNames returns what bears a name in which every word of text begins a
	// word; what begins with text comes first, then by name.
	FindNames(ctx context.Context, ref Ref, text string, limit int) ([]Named, error)
	// MakeName returns what bears the name in any spelling, and makes it with out in
	// one transaction if there is none.
	MakeName(ctx context.Context, ref Ref, name string, out change.Outcome) (Named, error)
}

// Names lets people who write find topics, persons and sources, and make those
// that are missing.
type Names struct{ store NameStore }

// NewNames returns the operations over a store.
func NewNames(store NameStore) *Names { return &Names{store: store} }

// maxSuggestions is how many names one search returns.
const maxSuggestions = 20

// Find returns at most 20 names for what somebody types.
func (n *Names) Find(ctx context.Context, ref Ref, text string) (_ []Named, err error) {
	defer fault.Wrap(&err, "find a %s", ref)
	if !ref.named() {
		return nil, fault.Input("ref", "%q has no names", ref)
	}
	if text = strings.Join(strings.Fields(text), " "); text == "" {
		return nil, nil
	}
	if utf8.RuneCountInString(text) > maxName {
		return nil, nil // nothing bears such a name
	}
	return n.store.FindNames(ctx, ref, text, maxSuggestions)
}

// maxName bounds a name, in characters.
const maxName = 120

// Make returns the topic, person or source of that name, and makes it if there
// is none. It is for those who may write in other people's stories.
func (n *Names) Make(ctx context.Context, actor account.Actor, ref Ref, name string) (_ Named, err error) {
	defer fault.Wrap(&err, "make a %s", ref)
	if err := actor.RequireSomewhere(account.WriteAny); err != nil {
		return Named{}, err
	}
	if !ref.named() {
		return Named{}, fault.Input("ref", "%q has no names", ref)
	}
	name = strings.Join(strings.Fields(name), " ")
	if size := utf8.RuneCountInString(name); size == 0 || size > maxName || !utf8.ValidString(name) {
		return Named{}, fault.Input("name", "a name has 1 to %d characters", maxName).Say("name_length", "most", maxName)
	}
	out := outcome(actor, "save", string(ref)+":"+name)
	if ref != RefSource {
		out.Touch(TagRedirects) // a new address, which may have been asked for
	}
	return n.store.MakeName(ctx, ref, name, out)
}

// named reports whether things of this kind are known by their names.
func (r Ref) named() bool { return r == RefTopic || r == RefPerson || r == RefSource }

// Renaming is a change of a name that the searches do not know everywhere yet.
type Renaming struct {
	RefID int64  // the topic or person
	Name  string // its present name
	// Done of Total stories are found by it; a Total of 0 is not counted yet.
	Done, Total int
}

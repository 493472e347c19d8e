package member

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/fault"
)

// ItemKind says what an item of a reader's shelf is.
type ItemKind string

// The kinds: a story that was saved to be read, and the four things that can be
// followed.
const (
	Save          ItemKind = "save"
	FollowSection ItemKind = "section"
	FollowTopic   ItemKind = "topic"
	FollowPerson  ItemKind = "person"
	FollowStory   ItemKind = "story"
)

// Item is one thing that a reader keeps on his shelf: a story that he saved, or
// something that he follows.
type Item struct {
	Kind ItemKind
	ID   int64 // of the story, section, topic or person
}

// String returns the item as addresses, scripts and the archive have it:
// "topic-3".
func (i Item) String() string { return string(i.Kind) + "-" + strconv.FormatInt(i.ID, 10) }

// Follows reports whether the item is followed, and not a story that was saved.
func (i Item) Follows() bool { return i.Kind != Save }

// ParseItem reads what String wrote; Invalid if it is none.
func ParseItem(s string) (Item, error) {
	kind, number, _ := strings.Cut(s, "-")
	id, err := strconv.ParseInt(number, 10, 64)
	i := Item{Kind: ItemKind(kind), ID: id}
	if err != nil || id < 1 || !slices.Contains([]ItemKind{Save, FollowSection, FollowTopic, FollowPerson, FollowStory}, i.Kind) {
		return Item{}, fault.Input("item", "there is nothing of this kind to keep").Say("no_item")
	}
	return i, nil
}

// Ways are the ways by which news of what is followed comes to a reader, as bits.
type Ways int

// OnPage is the list of what is followed. It is the only way so far; letters and
// messages to devices get bits of their own.
const OnPage Ways = 1

// Shelved is an item with when it was put there.
type Shelved struct {
	Item
	Since time.Time
	Ways  Ways   // of what is followed
	Title string // headline of a story that is live; only for the archive
}

// Bounds of a shelf, for each reader, and how many items one request brings or
// asks about.
const (
	MaxSaved    = 1000
	MaxFollowed = 200
	MaxItems    = 200
)

// Put is what became of items that were to be put on a shelf. Items that are not
// there any more, or never were, are in neither list.
type Put struct {
	There []Item // they are on the shelf now
	Full  []Item // there was no room for them
}

// ShelfStore keeps what readers save and follow.
type ShelfStore interface {
	// Shelve puts items on a member's shelf, those from the latest on as long as
	// there is room. What is there already stays as it was. A topic that was merged,
	// and a section that moved, stand for what took over. NotFound if there is no
	// such member.
	Shelve(ctx context.Context, id int64, items []Shelved) (Put, error)
	// Unshelve takes items off; what is not there is no error.
	Unshelve(ctx context.Context, id int64, items []Item) error
	// OnShelf returns which of some items are there.
	OnShelf(ctx context.Context, id int64, items []Item) ([]Item, error)
	// Shelf returns everything on the shelf after an item, ordered by kind and
	// number, at most limit.
	Shelf(ctx context.Context, id int64, after Item, limit int) ([]Shelved, error)
}

// Kept is an item that a browser kept before its reader had signed in: how long
// ago, by the browser's own clock, which may be wrong.
type Kept struct {
	Item Item
	Age  time.Duration
}

// maxAge is how old an item of a browser may be.
const maxAge = 5 * 365 * 24 * time.Hour

// Shelve puts what a browser kept on the reader's shelf, at the time at which it
// was kept. It may come twice, from two tabs or after a lost answer. What has no
// room is said; an error is none of the items' doing.
func (m *Members) Shelve(ctx context.Context, id int64, list []Kept) (Put, error) {
	if len(list) == 0 {
		return Put{}, nil
	}
	if len(list) > MaxItems {
		return Put{}, fault.Input("items", "at most %d at a time", MaxItems).Say("many_items", "most", MaxItems)
	}
	now, err := m.store.Now(ctx)
	if err != nil {
		return Put{}, err
	}
	items := make([]Shelved, len(list))
	for i, k := range list {
		items[i] = Shelved{Item: k.Item, Since: now.Add(-min(max(k.Age, 0), maxAge)), Ways: OnPage}
	}
	put, err := m.store.Shelve(ctx, id, items)
	if fault.Is(err, fault.NotFound) {
		return put, errSignedOut()
	}
	return put, err
}

// Put puts one item on the reader's shelf now. NotFound if there is no such
// thing, TooLarge if there is no room.
func (m *Members) Put(ctx context.Context, id int64, i Item) error {
	put, err := m.Shelve(ctx, id, []Kept{{Item: i}})
	switch {
	case err != nil:
		return err
	case len(put.Full) > 0:
		return Full(i)
	case len(put.There) == 0:
		return fault.New(fault.NotFound, "there is no %s", i).Say("no_item")
	}
	return nil
}

// Full is the answer to an item for which there is no room.
func Full(i Item) error {
	if i.Follows() {
		return fault.New(fault.TooLarge, "at most %d things can be followed; give one up first", MaxFollowed).Say("follows_many", "most", MaxFollowed)
	}
	return fault.New(fault.TooLarge, "at most %d stories can be saved; remove one first", MaxSaved).Say("saves_many", "most", MaxSaved)
}

// Unshelve takes items off the reader's shelf.
func (m *Members) Unshelve(ctx context.Context, id int64, items []Item) error {
	if len(items) > MaxItems {
		return fault.Input("items", "at most %d at a time", MaxItems).Say("many_items", "most", MaxItems)
	}
	return m.store.Unshelve(ctx, id, items)
}

// OnShelf returns which of some items, at most MaxItems, are on the reader's
// shelf.
func (m *Members) OnShelf(ctx context.Context, id int64, items []Item) ([]Item, error) {
	if len(items) == 0 {
		return nil, nil
	}
	return m.store.OnShelf(ctx, id, items[:min(len(items), MaxItems)])
}

// shelfPage is how many items of the archive are read at a time.
const shelfPage = 500

// shelf calls fn for everything on a member's shelf.
func (m *Members) shelf(ctx context.Context, id int64, fn func(Shelved) error) (err error) {
	defer fault.Wrap(&err, "read what member %d keeps", id)
	for after := (Item{}); ; {
		page, err := m.store.Shelf(ctx, id, after, shelfPage)
		if err != nil {
			return err
		}
		for _, s := range page {
			if err := fn(s); err != nil {
				return err
			}
			after = s.Item
		}
		if len(page) < shelfPage {
			return nil
		}
	}
}

// Package storetest is the conformance suite of internal/store: what a
// database engine must do to be supported. It knows the store's exported
// methods and the desk above them, and no SQL.
package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/news"
	"warta/internal/store"
)

// Open opens a fresh database with the options, of which it fills in where the
// database is, and closes it when the test ends.
type Open func(t testing.TB, o store.Options) *store.DB

// Run runs all cases; each opens databases of its own.
func Run(t *testing.T, open Open) {
	t.Helper()
	for _, group := range []struct {
		name  string
		cases []testcase
	}{
		{"desk", deskCases},
		{"old addresses", oldAddressCases},
		{"drafts", draftCases},
		{"flow", flowCases},
		{"breaking news", breakingCases},
		{"around stories", aroundCases},
		{"work", workCases},
		{"import", importCases},
		{"imports", runCases},
		{"structure", structureCases},
		{"events", eventCases},
		{"processes", processCases},
		{"reads", readCases},
		{"restore", restoreCases},
		{"library", libraryCases},
		{"counters", counterCases},
		{"due", dueCases},
		{"rules", ruleCases},
		{"merge", mergeCases},
		{"rename", renameCases},
		{"staff", staffCases},
		{"members", memberCases},
		{"shelf", shelfCases},
		{"erasure", erasureCases},
		{"comments", commentCases},
		{"moderation", moderationCases},
		{"ads", adCases},
		{"trade", tradeCases},
		{"links", linkCases},
		{"outward", outwardCases},
	} {
		t.Run(group.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.run(t, open)
				})
			}
		})
	}
}

type testcase struct {
	name string
	run  func(t *testing.T, open Open)
}

// clock is a clock that stands until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now returns the time that the clock shows.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// noon is when the clock of a newsroom begins.
var noon = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

var (
	editor = account.Actor{ID: 7, Name: "Rani", Role: account.Owner}
	wire   = account.System("import")
)

// newsroom is a seeded database with a clock and a desk.
type newsroom struct {
	t     testing.TB
	db    *store.DB
	clock *clock
	desk  *news.Desk
	site  *news.Site
	tree  *news.Tree
}

func newNewsroom(t testing.TB, open Open) *newsroom {
	t.Helper()
	n := &newsroom{t: t, clock: &clock{now: noon}}
	n.db = open(t, store.Options{Now: n.clock.Now})
	_, err := n.db.Seed(t.Context())
	n.ok(err)
	n.desk, n.site = news.NewDesk(n.db, n.db), news.NewSite(n.db)
	n.tree, err = n.db.Sections(t.Context())
	n.ok(err)
	return n
}

// ok ends the test if there is an error.
func (n *newsroom) ok(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// section returns the id of a section of the seed.
func (n *newsroom) section(slug string) int64 {
	n.t.Helper()
	s := n.tree.BySlug(slug)
	if s == nil {
		n.t.Fatalf("there is no section %q", slug)
	}
	return s.ID
}

// person returns the id of a person, who is made if need be.
func (n *newsroom) person(name string) int64 {
	n.t.Helper()
	ids, err := n.db.EnsurePersons(n.t.Context(), []string{name})
	n.ok(err)
	return ids[name]
}

// topic returns the id of a topic, which is made if need be.
func (n *newsroom) topic(name string) int64 {
	n.t.Helper()
	ids, err := n.db.EnsureTopics(n.t.Context(), []string{name})
	n.ok(err)
	return ids[name]
}

// content returns a small content in a section.
func (n *newsroom) content(section, headline string) news.Content {
	n.t.Helper()
	return news.Content{Headline: headline, Standfirst: "Ringkasan " + headline, SectionID: n.section(section),
		Body: doc.Doc{Blocks: []doc.Block{doc.Paragraph{ID: "aaaaaaaa", Text: doc.Text("Isi berita " + headline + ".")}}}}
}

// create makes a story with a draft.
func (n *newsroom) create(c news.Content) int64 {
	n.t.Helper()
	id, err := n.desk.Create(n.t.Context(), editor, c)
	n.ok(err)
	return id
}

// publish makes a live story.
func (n *newsroom) publish(c news.Content) int64 {
	n.t.Helper()
	id := n.create(c)
	_, err := n.desk.Publish(n.t.Context(), editor, id)
	n.ok(err)
	return id
}

// take imports items and returns what became of them.
func (n *newsroom) take(items ...news.Incoming) []news.Imported {
	n.t.Helper()
	res, err := n.desk.Import(n.t.Context(), wire, items)
	n.ok(err)
	return res
}

// story returns a story's row.
func (n *newsroom) story(id int64) news.Story {
	n.t.Helper()
	s, err := n.db.Story(n.t.Context(), id)
	n.ok(err)
	return s
}

// list returns the ids of a list.
func (n *newsroom) list(f news.ListFilter) []int64 {
	n.t.Helper()
	f.Limit = 100
	cards, _, _, err := n.db.List(n.t.Context(), f)
	n.ok(err)
	return cardIDs(cards)
}

// found returns the ids of what a search finds.
func (n *newsroom) found(query string) []int64 {
	n.t.Helper()
	res, err := n.db.Search(n.t.Context(), news.SearchFilter{Query: query, Limit: 50})
	n.ok(err)
	return cardIDs(res.Cards)
}

// events returns all events after a number.
func (n *newsroom) events(after int64) []string {
	n.t.Helper()
	list, err := n.db.Events(n.t.Context(), after, 1000)
	n.ok(err)
	var tags []string
	for _, e := range list {
		tags = append(tags, e.Tags...)
	}
	return tags
}

// last returns the number of the last event.
func (n *newsroom) last() int64 {
	n.t.Helper()
	seq, err := n.db.LastEvent(n.t.Context())
	n.ok(err)
	return seq
}

func cardIDs(cards []news.Card) []int64 {
	ids := make([]int64, 0, len(cards))
	for _, c := range cards {
		ids = append(ids, c.ID)
	}
	return ids
}

// same ends the test unless two values print the same.
func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%v", got), fmt.Sprintf("%v", want); g != w {
		t.Fatalf("%s: got %s, want %s", what, g, w)
	}
}

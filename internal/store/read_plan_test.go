package store_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/store"
)

// planned is a small newsroom that everything can be read from.
type planned struct {
	db      *store.DB
	ids     []int64
	person  int64
	topic   int64
	section int64
	picture int64
	token   string
}

func newPlanned(t *testing.T) *planned {
	ctx := t.Context()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	p := &planned{db: openSQLite(t, store.Options{})}
	_, err := p.db.Seed(ctx)
	ok(err)
	tree, err := p.db.Sections(ctx)
	ok(err)
	p.section = tree.BySlug("global").ID
	pic, _, err := p.db.AddPicture(ctx, "import", media.Picture{Hash: "aa", MIME: "image/png"}, media.NewAddresses())
	ok(err)
	p.picture = pic.ID
	people, err := p.db.EnsurePersons(ctx, []string{"Rani"})
	ok(err)
	topics, err := p.db.EnsureTopics(ctx, []string{"Banjir"})
	ok(err)
	p.person, p.topic = people["Rani"], topics["Banjir"]
	items := make([]news.Incoming, 120)
	for i := range items {
		items[i] = news.Incoming{URI: fmt.Sprint("urn:", i), Version: "1", Hash: fmt.Sprint(i),
			Published: time.Date(2020, 1, 1+i*9, 0, 0, 0, 0, time.UTC), Updated: time.Date(2024, 1, 1+i, 0, 0, 0, 0, time.UTC),
			Content: news.Content{Headline: fmt.Sprint("Banjir ", i), SectionID: tree.BySlug("internasional").ID,
				Body:    doc.Doc{Blocks: []doc.Block{doc.Paragraph{ID: "aaaaaaaa", Text: doc.Text("Air naik.")}}},
				Credits: []news.Credit{{PersonID: p.person, Role: news.Writer}}, Topics: []int64{p.topic}, Lead: news.Lead{PictureID: pic.ID}}}
	}
	results, err := news.NewDesk(p.db, nil).Import(ctx, account.System("import"), items)
	ok(err)
	for _, r := range results {
		p.ids = append(p.ids, r.ID)
	}
	ok(p.db.SavePage(ctx, news.StaticPage{Slug: "redaksi", Title: "Redaksi"}, change.Outcome{}))
	tokens, err := p.db.AddressesOf(ctx, []int64{pic.ID})
	ok(err)
	p.token = tokens[pic.ID][media.Wide]
	return p
}

// reads are all public reads, each with the most statements that it may run.
func (p *planned) reads() []planRead {
	keys := make([]int64, len(p.ids))
	olds := make([]news.Redirect, len(p.ids))
	for i := range p.ids {
		keys[i] = news.HeadlineKey(fmt.Sprint("Banjir ", i))
		olds[i] = news.Redirect{Host: fmt.Sprint("h", i%3), Path: fmt.Sprint("/", i)}
	}
	from := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	list := func(f news.ListFilter) func(context.Context) error {
		return func(ctx context.Context) error {
			_, _, _, err := p.db.List(ctx, f)
			return err
		}
	}
	work := func(f news.WorkFilter) func(context.Context) error {
		return func(ctx context.Context) error {
			f.Viewer, f.Limit = account.System("test"), 50
			return listWork(ctx, p.db, f)
		}
	}
	search := func(f news.SearchFilter) func(context.Context) error {
		return func(ctx context.Context) error { return second(p.db.Search(ctx, f)) }
	}
	return []planRead{
		{"a live story", 1, func(ctx context.Context) error { return second(p.db.LiveStory(ctx, p.ids[0])) }},
		{"a story", 1, func(ctx context.Context) error { return second(p.db.Story(ctx, p.ids[0])) }},
		{"stories", 1, func(ctx context.Context) error { return second(p.db.Stories(ctx, p.ids)) }},
		{"versions", 1, func(ctx context.Context) error {
			_, _, err := p.db.Versions(ctx, p.ids[0], 0, 50)
			return err
		}},
		{"cards", 1, func(ctx context.Context) error { return second(p.db.Cards(ctx, p.ids)) }},
		{"corrections", 1, func(ctx context.Context) error { return second(p.db.Corrections(ctx, p.ids)) }},
		{"corrections by notice", 1, func(ctx context.Context) error { return second(p.db.CorrectionsByNotice(ctx, p.ids[0])) }},
		{"verifiers", 1, func(ctx context.Context) error { return second(p.db.Verifiers(ctx, p.ids[0])) }},
		{"headlines", 1, func(ctx context.Context) error { return second(p.db.StoryByHeadline(ctx, keys)) }},
		{"how many stories a topic has", 1, func(ctx context.Context) error { return second(p.db.TopicSize(ctx, p.topic, 1000)) }},
		{"bylines", 2, func(ctx context.Context) error { return second(p.db.Bylines(ctx, p.ids)) }},
		{"the newest", 1, list(news.ListFilter{Limit: 20})},
		{"the newest after a cursor", 1, list(news.ListFilter{Limit: 20, After: news.Cursor{At: from, ID: 7}})},
		{"the oldest of a section", 1, list(news.ListFilter{Limit: 20, SectionID: p.section, Oldest: true})},
		{"a topic in a range", 1, list(news.ListFilter{Limit: 20, TopicID: p.topic, From: from, To: from.AddDate(1, 0, 0)})},
		{"top topics", 1, func(ctx context.Context) error { return second(p.db.TopTopics(ctx, from, 10)) }},
		{"periods", 4, func(ctx context.Context) error { return second(p.db.Periods(ctx)) }},
		{"a search", 2, search(news.SearchFilter{Query: "banjir", Limit: 50})},
		{"a filtered search", 3, search(news.SearchFilter{Query: "banjir", Limit: 50, SectionID: p.section, TopicID: p.topic, From: from,
			After: news.Cursor{At: from.AddDate(1, 0, 0), ID: 3}})},
		{"a ranked search", 2, search(news.SearchFilter{Query: "banjir", Limit: 50, Ranked: true})},
		{"persons", 1, func(ctx context.Context) error { return second(p.db.Persons(ctx, p.ids)) }},
		{"a person", 1, func(ctx context.Context) error { return second(p.db.PersonBySlug(ctx, "rani")) }},
		{"a topic", 1, func(ctx context.Context) error { return second(p.db.TopicBySlug(ctx, "banjir")) }},
		{"a page", 1, func(ctx context.Context) error { return second(p.db.StaticPage(ctx, "redaksi")) }},
		{"a front", 1, func(ctx context.Context) error { return second(p.db.Front(ctx, 0)) }},
		{"redirects", 1, func(ctx context.Context) error { return second(p.db.Redirects(ctx, olds)) }},
		{"old addresses", 1, func(ctx context.Context) error {
			return second(p.db.OldAddresses(ctx, []string{"h1", ""}, []string{"/1", "/2?p=1", "/3"}))
		}},
		{"old addresses of a story", 1, func(ctx context.Context) error {
			return second(p.db.RedirectList(ctx, news.RedirectFilter{StoryID: p.ids[0], After: news.Redirect{Host: "h", Path: "/"}, Limit: 50}))
		}},
		{"old addresses of a host", 1, func(ctx context.Context) error {
			return second(p.db.RedirectList(ctx, news.RedirectFilter{Host: "h1", Begin: "/1", Limit: 50}))
		}},
		{"old addresses by beginning", 1, func(ctx context.Context) error {
			return second(p.db.RedirectList(ctx, news.RedirectFilter{Begin: "/1", After: news.Redirect{Host: "h", Path: "/1"}, Limit: 50}))
		}},
		{"stories that exist", 1, func(ctx context.Context) error { return second(p.db.StoriesExist(ctx, p.ids)) }},
		{"pictures", 1, func(ctx context.Context) error { return second(p.db.PicturesByID(ctx, p.ids)) }},
		{"addresses", 1, func(ctx context.Context) error { return second(p.db.AddressesOf(ctx, p.ids)) }},
		{"a public address", 1, func(ctx context.Context) error {
			_, err := p.db.PublicAddress(ctx, p.token)
			return err
		}},
		{"the desk's board", 1, work(news.WorkFilter{})},
		{"a column of the board", 1, work(news.WorkFilter{Column: news.ColumnLive, From: from, After: news.WorkCursor{At: from.AddDate(1, 0, 0), ID: 3}})},
		{"a search of the board", 3, work(news.WorkFilter{Column: news.ColumnLive, SectionID: p.section, TopicID: p.topic, UserID: 3, Text: "banjir", From: from})},
		{"releases to come", 1, work(news.WorkFilter{By: news.ByDue, Column: news.ColumnScheduled, After: news.WorkCursor{At: from, ID: 3}})},
		{"a search of what went out", 3, work(news.WorkFilter{By: news.ByPublished, SectionID: p.section, From: from, To: from.AddDate(1, 0, 0)})},
		{"counts of the board", 6, func(ctx context.Context) error {
			return second(p.db.WorkCounts(ctx, news.WorkFilter{Viewer: account.System("test")}))
		}},
		{"a search's counts of the board", 7, func(ctx context.Context) error {
			return second(p.db.WorkCounts(ctx, news.WorkFilter{Viewer: account.System("test"), SectionID: p.section}))
		}},
		{"cards of the board", 1, func(ctx context.Context) error { return second(p.db.WorkCards(ctx, p.ids)) }},
		{"the number of the board", 1, func(ctx context.Context) error { return second(p.db.WorkSeq(ctx)) }},
		{"the number of a draft", 1, func(ctx context.Context) error { return second(p.db.DraftSeq(ctx, p.ids[0])) }},
		{"a draft", 13, func(ctx context.Context) error { return second(p.db.DraftState(ctx, p.ids[0])) }},
		{"a version", 1, func(ctx context.Context) error { return second(p.db.Version(ctx, p.ids[0], 1)) }},
		{"a timeline", 1, func(ctx context.Context) error {
			_, _, err := p.db.Timeline(ctx, p.ids[0], 0, 50)
			return err
		}},
		{"notices", 1, func(ctx context.Context) error {
			_, _, err := p.db.Notices(ctx, 3, 900, 50)
			return err
		}},
		{"unread notices", 1, func(ctx context.Context) error { return second(p.db.UnreadNotices(ctx, 3)) }},
		{"notices to mail", 1, func(ctx context.Context) error { return second(p.db.UnmailedNotices(ctx, 50)) }},
		{"who is there", 1, func(ctx context.Context) error { return second(p.db.Present(ctx, p.ids[0])) }},
		{"a guest's link", 1, func(ctx context.Context) error {
			if _, err := p.db.GuestLink(ctx, "x"); !fault.Is(err, fault.NotFound) {
				return err
			}
			return nil
		}},
		{"what is due", 1, func(ctx context.Context) error { return second(p.db.Due(ctx, from, true, 50)) }},
		{"what is due soon", 1, func(ctx context.Context) error { return second(p.db.Unchecked(ctx, from, 50)) }},
		{"stories for the export", 1, func(ctx context.Context) error { return second(p.db.StoriesAfter(ctx, 7, 50)) }},
		{"redirects for the export", 1, func(ctx context.Context) error { return second(p.db.RedirectsAfter(ctx, "h1", "/1", 50)) }},
		{"persons for the export", 1, func(ctx context.Context) error { return second(p.db.AllPersons(ctx, 0, 50)) }},
		{"pictures for the export", 1, func(ctx context.Context) error { return second(p.db.PublicPicturesAfter(ctx, 0, 50)) }},
	}
}

type planRead struct {
	says string
	most int // statements
	run  func(context.Context) error
}

func second[T any](_ T, err error) error { return err }

// small are tables that are read whole on purpose, what is in memory, and the
// index of which only the beginning is read.
var small = regexp.MustCompile(`^SCAN (settings|sections|signoff_rules|pages|json_each|numbers|n|top|hits|CONSTANT ROW|search|work_search|cards|unread|stories USING COVERING INDEX stories_updated|notices USING INDEX notices_unmailed)\b`)

// sorted are the reads that sort a bounded number of rows.
var sorted = regexp.MustCompile(`corrections|verifiers|top topics|search|a front|sections|a draft|who is there`)

func TestReadsGoByIndexes(t *testing.T) {
	t.Parallel()
	p := newPlanned(t)
	spy := store.SpyOn(p.db)
	for _, r := range p.reads() {
		t.Run(r.says, func(t *testing.T) {
			spy.Take()
			if err := r.run(t.Context()); err != nil {
				t.Fatal(err)
			}
			ran := spy.Take()
			if len(ran) == 0 || len(ran) > r.most {
				t.Errorf("ran %d statements, want 1 to %d", len(ran), r.most)
			}
			for _, s := range ran {
				plan, err := spy.Plan(t.Context(), s)
				if err != nil {
					t.Fatal(err)
				}
				for _, step := range strings.Split(plan, "\n") {
					if strings.HasPrefix(step, "SCAN") && !small.MatchString(step) {
						t.Errorf("reads a whole table: %s\n%s\nin the plan\n%s", step, s.Text, plan)
					}
					if strings.Contains(step, "TEMP B-TREE") && !sorted.MatchString(r.says) {
						t.Errorf("sorts: %s\n%s\nin the plan\n%s", step, s.Text, plan)
					}
				}
			}
		})
	}
}

func TestListsAreRangesOfTheirKey(t *testing.T) {
	t.Parallel()
	p := newPlanned(t)
	spy := store.SpyOn(p.db)
	for _, oldest := range []bool{false, true} {
		spy.Take()
		if _, _, _, err := p.db.List(t.Context(), news.ListFilter{Limit: 5, SectionID: p.section, Oldest: oldest}); err != nil {
			t.Fatal(err)
		}
		plan, err := spy.Plan(t.Context(), spy.Take()[0])
		if err != nil {
			t.Fatal(err)
		}
		steps := strings.Split(plan, "\n")
		if len(steps) != 2 || !strings.HasPrefix(steps[0], "SEARCH listings USING PRIMARY KEY (list=? AND ref=? AND ") ||
			!strings.HasPrefix(steps[1], "SEARCH stories USING INTEGER PRIMARY KEY") {
			t.Errorf("oldest %v: the plan is\n%s", oldest, plan)
		}
	}
}

package storetest

import (
	"fmt"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
)

// readCases hold what is read against what was written.
var readCases = []testcase{
	{"a story is read as its status says", readStory},
	{"a story is found by its exact headline", readHeadlines},
	{"notices and verifiers of live stories alone are read", readCorrections},
	{"an export meets everything public once", readExport},
	{"lists hold live stories in order and page by position", readLists},
	{"lists follow a story that changes", readChangedLists},
	{"cards hold what lists print", readCards},
	{"pages, fronts and settings are read as they were saved", readStructure},
	{"names without a live story are not public", readNames},
	{"the topics of the newest stories are counted", readTopTopics},
	{"redirects are found by host and path", readRedirects},
	{"months and days are those that have live stories", readCalendar},
	{"pictures are kept once and found again", readPictures},
	{"a picture's address is public while somebody shows it", readAddresses},
	{"a search finds what the words say", readSearch},
	{"a search is paged without loss", readSearchPages},
	{"a search shows nothing that is not live", readSearchHidden},
	{"a section with hundreds below it is searched", readDeepSection},
}

// zone is the site's zone in the fixtures.
var zone = time.FixedZone("WIB", 7*3600)

// firstDay is when the first story of the corpus was published; each later one
// followed a day after, at the same hour.
var firstDay = time.Date(2026, 3, 2, 9, 0, 0, 0, zone)

// is fails the test unless err is of the kind.
func (n *newsroom) is(err error, kind fault.Kind) {
	n.t.Helper()
	if !fault.Is(err, kind) {
		n.t.Errorf("got %v, want an error of the kind %q", err, kind)
	}
}

// item is an item of an import under a URI.
func (n *newsroom) item(uri, section, headline string, at time.Time) news.Incoming {
	return news.Incoming{URI: uri, Version: "1", Hash: uri + "/1", Published: at,
		Content: news.Content{Headline: headline, SectionID: n.section(section), Body: text(headline + ".")}}
}

// bring imports items, all of which must go in, and returns their ids.
func (n *newsroom) bring(items ...news.Incoming) []int64 {
	n.t.Helper()
	ids := make([]int64, len(items))
	for i, r := range n.take(items...) {
		if r.Err != nil {
			n.t.Fatalf("import %s: %v", items[i].URI, r.Err)
		}
		ids[i] = r.ID
	}
	return ids
}

// printed is the corpus in a store.
type printed struct {
	*newsroom
	ids     []int64       // of the stories, in the order of the corpus
	numbers map[int64]int // of the corpus, from 1, by id
	topics  map[string]int64
	people  map[string]int64
}

// printCorpus imports the corpus into a fresh store.
func printCorpus(t testing.TB, open Open) *printed {
	t.Helper()
	p := &printed{newsroom: newNewsroom(t, open), numbers: map[int64]int{}, topics: map[string]int64{}, people: map[string]int64{}}
	items := make([]news.Incoming, len(corpus))
	for i := range corpus {
		items[i] = p.incoming(i)
	}
	p.ids = p.bring(items...)
	for i, id := range p.ids {
		p.numbers[id] = i + 1
	}
	return p
}

func (p *printed) incoming(i int) news.Incoming {
	c := &corpus[i]
	in := p.item(fmt.Sprintf("urn:corpus:%d", i+1), c.section, c.headline, firstDay.AddDate(0, 0, i))
	in.Content.Standfirst, in.Content.Body, in.Content.Labels = c.standfirst, text(c.body), c.labels(i+1)
	in.Content.Language = lang.ID
	if c.section == "foto" {
		in.Content.Kind = news.KindGallery
	}
	if c.english {
		in.Content.Language = lang.EN
	}
	if c.members {
		in.Content.Access = news.Members
	}
	for _, name := range c.topics {
		if p.topics[name] == 0 {
			p.topics[name] = p.topic(name)
		}
		in.Content.Topics = append(in.Content.Topics, p.topics[name])
	}
	for _, name := range c.people {
		if p.people[name] == 0 {
			p.people[name] = p.person(name)
		}
		in.Content.Credits = append(in.Content.Credits, news.Credit{PersonID: p.people[name], Role: news.Writer})
	}
	return in
}

// numbersOf returns the corpus numbers of cards.
func (p *printed) numbersOf(cards []news.Card) []int {
	var list []int
	for i := range cards {
		list = append(list, p.numbers[cards[i].ID])
	}
	return list
}

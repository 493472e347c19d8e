package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/news"
)

func (p *printed) filter(c *searchCase) news.SearchFilter {
	f := news.SearchFilter{Query: c.query, Ranked: c.ranked, Limit: 100,
		TopicID: p.topics[c.topic], PersonID: p.people[c.person]}
	if c.section != "" {
		f.SectionID = p.section(c.section)
	}
	if c.from != 0 {
		f.From = firstDay.AddDate(0, 0, c.from-1)
	}
	if c.to != 0 {
		f.To = firstDay.AddDate(0, 0, c.to-1)
	}
	return f
}

// readSearch runs the queries; the same table on every engine is what makes
// their results the same.
func readSearch(t *testing.T, open Open) {
	p := printCorpus(t, open)
	for i := range searchCases {
		c := &searchCases[i]
		t.Run(c.says, func(t *testing.T) {
			res, err := p.db.Search(t.Context(), p.filter(c))
			if err != nil {
				t.Fatal(err)
			}
			same(t, "found", p.numbersOf(res.Cards), c.want)
			if res.More {
				t.Error("says that there is more")
			}
		})
	}
	for _, f := range []news.SearchFilter{{Query: "banjir"}, {Query: "banjir", Limit: 101}, {Query: "banjir", Limit: 5, Offset: -1}} {
		_, err := p.db.Search(t.Context(), f)
		p.is(err, fault.Invalid)
	}
	for _, f := range []news.SearchFilter{
		{Query: "banjir", Limit: 5, SectionID: 1 << 40},
		{Query: "banjir", Limit: 5, PersonID: -1},
		{Query: "banjir", Limit: 5, From: time.Date(9998, 1, 1, 0, 0, 0, 0, time.UTC)},
		{Query: "banjir", Limit: 5, To: time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)},
	} {
		res, err := p.db.Search(t.Context(), f)
		p.ok(err)
		same(t, "found by a filter that nothing meets", p.numbersOf(res.Cards), []int{})
	}
}

// readSearchPages walks through results page by page, while a story of the
// page before goes away.
func readSearchPages(t *testing.T, open Open) {
	p := printCorpus(t, open)
	walk := func(f news.SearchFilter) (found []int) {
		for range 100 {
			res, err := p.db.Search(t.Context(), f)
			p.ok(err)
			found = append(found, p.numbersOf(res.Cards)...)
			if !res.More {
				return found
			}
			f.After = res.Next
			f.Offset += f.Limit
		}
		t.Fatal("the pages do not end")
		return nil
	}
	for _, limit := range []int{1, 2, 3, 7, 8} {
		same(t, "newest first", walk(news.SearchFilter{Query: "banjir", Limit: limit}), floods)
		same(t, "ranked", walk(news.SearchFilter{Query: "banjir", Limit: limit, Ranked: true}), []int{15, 3, 2, 44, 60, 28, 25})
	}
	first, err := p.db.Search(t.Context(), news.SearchFilter{Query: "banjir", Limit: 3})
	p.ok(err)
	last := first.Cards[2].ID
	_, err = p.desk.Withdraw(t.Context(), editor, last, news.ReasonCouncil, "")
	p.ok(err)
	same(t, "after a cursor whose story has gone", walk(news.SearchFilter{Query: "banjir", Limit: 2, After: first.Next}), floods[3:])

	// Stories of one instant are told apart by their ids.
	var items []news.Incoming
	for _, name := range []string{"satu", "dua", "tiga", "empat", "lima"} {
		items = append(items, p.item("urn:same:"+name, "opini", "Serentak "+name, firstDay))
	}
	ids := p.bring(items...)
	slices.Reverse(ids)
	var got []int64
	f := news.SearchFilter{Query: "serentak", Limit: 2, To: firstDay.Add(time.Minute)}
	for range 3 {
		res, err := p.db.Search(t.Context(), f)
		p.ok(err)
		got = append(got, cardIDs(res.Cards)...)
		f.After = res.Next
	}
	same(t, "stories of one instant", got, ids)
}

// readSearchHidden looks for what is not, no longer, or not wholly public.
func readSearchHidden(t *testing.T, open Open) {
	p := newNewsroom(t, open)
	now := p.clock.Now()
	secret := p.item("urn:h:1", "nasional", "Zamrud rahasia", now.Add(-time.Hour))
	secret.EmbargoUntil = now.Add(time.Hour)
	held := p.item("urn:h:2", "nasional", "Zamrud tertahan", now.Add(-time.Hour))
	held.Hold = true
	members := p.item("urn:h:3", "nasional", "Zamrud anggota", now.Add(-time.Hour))
	members.Content.Access, members.Content.Standfirst = news.Members, "Pembukaan untuk semua."
	members.Content.Body = text("Awal zamrud untuk semua.", "Isi zamrud dan rubi hanya untuk anggota.")
	free := p.item("urn:h:4", "nasional", "Zamrud terbuka", now.Add(-2*time.Hour))
	free.Content.Body = text("Isi zamrud untuk semua.", "Paragraf kedua.")
	ids := p.bring(secret, held, members, free)
	find := func(query string) news.SearchResult {
		res, err := p.db.Search(t.Context(), news.SearchFilter{Query: query, Limit: 10})
		p.ok(err)
		return res
	}
	res := find("zamrud")
	same(t, "live ones", cardIDs(res.Cards), []int64{ids[2], ids[3]})
	if e := res.Excerpts[ids[2]]; !strings.Contains(e, "Pembukaan") || !strings.Contains(e, "Awal zamrud") || strings.Contains(e, "anggota") {
		t.Errorf("the excerpt of a members' story is %q, want what everybody reads", e)
	}
	if e := res.Excerpts[ids[3]]; !strings.Contains(e, "Isi zamrud untuk semua.") || !strings.Contains(e, "Paragraf kedua.") {
		t.Errorf("the excerpt of a free story is %q, want its text", e)
	}

	same(t, "a word behind the cut", cardIDs(find("rubi").Cards), []int64{})

	// A new version is found by its words, and no longer by the old ones.
	free.Version, free.Hash = "2", "2"
	free.Content.Headline, free.Content.Body = "Safir terbuka", text("Isi safir.")
	p.bring(free)
	same(t, "the old words", cardIDs(find("zamrud").Cards), ids[2:3])
	same(t, "the new words", cardIDs(find("safir").Cards), ids[3:])

	_, err := p.desk.Embargo(t.Context(), editor, ids[2], now.Add(time.Hour))
	p.ok(err)
	_, err = p.desk.Withdraw(t.Context(), editor, ids[3], news.ReasonSARA, "")
	p.ok(err)
	same(t, "under embargo", cardIDs(find("zamrud").Cards), []int64{})
	same(t, "withdrawn", cardIDs(find("safir").Cards), []int64{})
}

package edition

import (
	"strconv"
	"time"

	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// searchSize is how many hits a page of results shows; deepest bounds the
// pages of a ranked search.
const (
	searchSize = 20
	deepest    = 50
)

// search renders the form and, if something was asked, the answer. Any release
// may add a match, so the page carries the tag of all searches.
func (b *build) search(q query) (page.Rendering, error) {
	b.tag(news.TagSearch)
	b.expires(b.midnight())
	words := q.get("q")
	section := b.tree.BySlug(q.get("section"))
	ranked := q.get("sort") == "relevance"
	v := &render.SearchPage{Query: words, Asked: words != "", Sections: b.sectionOptions("search.any", section),
		Sort: []render.Option{
			{Text: b.words.T("search.newest"), Chosen: !ranked},
			{Value: "relevance", Text: b.words.T("search.relevance"), Chosen: ranked}}}
	title := b.words.T("search.title")
	if words != "" {
		title = b.words.T("search.title_query", lang.Args{"query": words})
	}
	v.Shell = b.shell(about{title: title, description: title, path: "/search", robots: "noindex, follow"})
	filter := news.SearchFilter{Query: words, Ranked: ranked, Limit: searchSize, After: cursor(q.get("after"))}
	if section != nil {
		filter.SectionID = section.ID
	}
	filter.From = b.searchDate(q.get("from"), &v.From, v, 0)
	filter.To = b.searchDate(q.get("to"), &v.To, v, 1)
	if words == "" {
		return b.html(b.e.render.Search(v))
	}
	if !news.Searchable(words) {
		v.Problem = b.words.T("search.excluded_only")
		return b.html(b.e.render.Search(v))
	}
	n, _ := strconv.Atoi(q.get("page"))
	n = min(max(n, 1), deepest)
	if ranked {
		filter.Offset, filter.After = (n-1)*searchSize, news.Cursor{}
	}
	res, err := b.e.store.Search(b.ctx, filter)
	if err != nil {
		return page.Rendering{}, err
	}
	cards, err := b.cards(res.Cards, media.Classic)
	if err != nil {
		return page.Rendering{}, err
	}
	b.contains = nil
	for i := range cards {
		v.Hits = append(v.Hits, render.Hit{Card: cards[i], Snippet: b.snippet(&res.Cards[i], res.Excerpts[res.Cards[i].ID], words)})
	}
	v.Pager = searchPager(q, res, ranked, n)
	return b.html(b.e.render.Search(v))
}

// searchDate reads a day of the form; days after it are added to reach the end
// of a range. One that cannot be read is named and not used.
func (b *build) searchDate(s string, out *string, v *render.SearchPage, after int) time.Time {
	if s == "" {
		return time.Time{}
	}
	day, err := lang.ParseDate(s)
	if err != nil || day.Year < 1900 || day.Year > 9998 {
		v.Problem = b.words.T("search.bad_date")
		return time.Time{}
	}
	*out = s
	return day.AddDays(after).Start(b.zone)
}

// searchPager leads through newest-first results by position, through ranked
// ones by number.
func searchPager(q query, res news.SearchResult, ranked bool, n int) (p render.Pager) {
	link := func(set, value string) string {
		v := splitValues(q)
		v.Del("after")
		v.Del("page")
		if value != "" {
			v.Set(set, value)
		}
		return "/search?" + v.Encode()
	}
	switch {
	case ranked:
		if n > 1 {
			p.Newer = link("page", strconv.Itoa(n-1))
		}
		if res.More && n < deepest {
			p.Older = link("page", strconv.Itoa(n+1))
		}
	default:
		if q.get("after") != "" {
			p.Newer = link("", "")
		}
		if res.More {
			p.Older = link("after", cursorText(res.Next))
		}
	}
	return p
}

// snippet is the place in a story's text where the words were found.
func (b *build) snippet(c *news.Card, text, words string) []render.Span {
	language := c.Language
	if language == "" {
		language = b.code
	}
	var out []render.Span
	for _, s := range news.Snippet(string(language), text, words, 220) {
		out = append(out, render.Span{Text: s.Text, Mark: s.Mark})
	}
	return out
}

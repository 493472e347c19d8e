package edition

import (
	"strconv"
	"time"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// How many stories the lists at a story's foot show, and the window over which
// reads are counted.
const (
	latestSize   = 15
	mostReadSize = 7
	// mostReadLeast: with fewer of a section's own stories the site's are shown.
	mostReadLeast = 5
	mostReadSpan  = 24 * time.Hour
	mostReadStep  = 5 * time.Minute // how long a list of the most read stands
)

// module renders the piece for a hole.
func (b *build) module(h page.Hole) (page.Rendering, error) {
	params := render.Params(h, 2)
	first := params[0]
	switch h.Module {
	case render.ModuleTop:
		top, err := b.top(render.Sheet(first), params[1])
		if err != nil {
			return page.Rendering{}, err
		}
		return b.piece(b.e.render.Top(top))
	case render.ModuleCallOut:
		return b.piece(b.e.render.CallOut(b.callOut()))
	case render.ModuleTail:
		return b.tail(first, h.Without)
	case render.ModuleMostRead:
		v, err := b.mostRead(first, 0)
		if err != nil {
			return page.Rendering{}, err
		}
		return b.piece(b.e.render.MostRead(&v))
	case render.ModuleLatest:
		v, err := b.latestList(first, 0)
		if err != nil {
			return page.Rendering{}, err
		}
		return b.piece(b.e.render.LatestList(&v))
	case render.ModuleComments:
		return b.comments(first)
	case render.ModuleRest:
		return b.rest(first)
	case render.ModuleGate:
		return b.gate(first, params[1] == "in")
	case render.ModuleAds, render.ModuleAd:
		return b.adPiece(h)
	case render.ModuleBottom:
		v, err := b.footer()
		if err != nil {
			return page.Rendering{}, err
		}
		return b.piece(b.e.render.Bottom(v))
	}
	return page.Rendering{}, fault.New(fault.Internal, "there is no module %q", h.Module)
}

// top is the masthead with today's date, which ends at midnight, and the banner
// of breaking news, which ends at its time.
func (b *build) top(sheet render.Sheet, open string) (*render.Top, error) {
	b.expires(b.midnight())
	m := b.masthead(open)
	var err error
	m.Breaking, err = b.banner()
	return &render.Top{Sheet: sheet, Masthead: m}, err
}

// masthead is the masthead of today without a banner.
func (b *build) masthead(open string) render.Masthead {
	m := render.Masthead{Lang: string(b.code), Site: b.settings.Name(),
		Today: render.Time{Text: lang.FullDate(b.code, b.now, b.zone), ISO: b.now.In(b.zone).Format(time.DateOnly)}}
	for _, s := range b.tree.Children(0) {
		if !s.Hidden {
			m.Nav = append(m.Nav, render.NavItem{Text: s.Name, URL: "/" + s.Slug, Open: s.Slug == open})
		}
	}
	return m
}

// banner is the line of breaking news, nil almost always.
func (b *build) banner() (*render.Link, error) {
	b.tag(news.TagBanner)
	n, there, err := b.e.store.Banner(b.ctx)
	if err != nil || !there || !n.Until.After(b.now) {
		return nil, err
	}
	s, err := b.e.store.Story(b.ctx, n.StoryID)
	if fault.Is(err, fault.NotFound) || err == nil && s.Status != news.Live {
		return nil, nil
	}
	b.tag(news.TagStory(s.ID))
	b.expires(n.Until)
	return &render.Link{Text: n.Text, URL: b.path(&s)}, err
}

// years returns how old the stories of the month of t are at least, and until
// when. It is counted from the month's end, so that it is true for each of them.
func (b *build) years(t time.Time) (n int, until time.Time) {
	t = t.In(b.zone)
	end := time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, b.zone)
	for !end.AddDate(n+1, 0, 0).After(b.now) {
		n++
	}
	return n, end.AddDate(n+1, 0, 0)
}

// ageLeast is the age in years from which on a story bears the notice; 0: never.
func (b *build) ageLeast() int {
	n, _ := strconv.Atoi(b.settings.Get("age_notice_years"))
	return n
}

// age returns the notice on a story that is old enough. It is true for a year,
// and the page of a story that is too young is made anew when it no longer is.
func (b *build) age(published time.Time) string {
	least := b.ageLeast()
	if least <= 0 {
		return ""
	}
	years, until := b.years(published)
	if years < least {
		b.expires(until.AddDate(least-years-1, 0, 0))
		return ""
	}
	b.expires(until)
	return b.words.T("story.age", lang.Args{"n": years})
}

func (b *build) callOut() *render.CallOut {
	s := b.settings
	return &render.CallOut{Lang: string(b.code), URL: s.Get("channel_url"),
		Text: b.words.T("story.callout_channel", lang.Args{"channel": s.Get("channel_name"), "name": s.Name()})}
}

// tail is what stands below every story of a section: its newest stories, the
// most read, the footer.
func (b *build) tail(section, without string) (page.Rendering, error) {
	skip, _ := strconv.ParseInt(without, 10, 64)
	latest, err := b.latestList(section, skip)
	if err != nil {
		return page.Rendering{}, err
	}
	most, err := b.mostRead(section, skip)
	if err != nil {
		return page.Rendering{}, err
	}
	foot, err := b.footer()
	if err != nil {
		return page.Rendering{}, err
	}
	return b.piece(b.e.render.Tail(&render.Tail{Lang: string(b.code), Latest: latest, MostRead: most, Footer: *foot}))
}

// latestList is the 15 newest of a section and below it, filled up from the
// whole site, without one story.
func (b *build) latestList(slug string, without int64) (render.LatestList, error) {
	v := render.LatestList{Lang: string(b.code), More: "/latest"}
	want := latestSize + 1 // one may be the story to leave out
	var list []news.Card
	if s := b.tree.BySlug(slug); s != nil {
		v.More = "/" + s.Slug
		b.tag(news.TagSection(s.ID))
		cards, _, _, err := b.e.store.List(b.ctx, news.ListFilter{SectionID: s.ID, Limit: want})
		if err != nil {
			return v, err
		}
		list = cards
	}
	if len(list) < want {
		b.tag(news.TagLatest)
		cards, _, _, err := b.e.store.List(b.ctx, news.ListFilter{Limit: 2 * want})
		if err != nil {
			return v, err
		}
		list = append(list, cards...)
	}
	cards, err := b.cards(distinct(list, without, latestSize), media.Square)
	v.Cards = cards
	return v, err
}

// distinct returns the first most cards without repetition and without one.
func distinct(list []news.Card, without int64, most int) []news.Card {
	seen := map[int64]bool{without: true}
	var out []news.Card
	for _, c := range list {
		if !seen[c.ID] && len(out) < most {
			seen[c.ID] = true
			out = append(out, c)
		}
	}
	return out
}

// mostRead is the list of what was read most in the last day.
func (b *build) mostRead(slug string, without int64) (render.MostRead, error) {
	v := render.MostRead{Lang: string(b.code)}
	if b.e.opt.Reads == nil {
		return v, nil
	}
	b.expires(b.now.Truncate(mostReadStep).Add(mostReadStep))
	var section int64
	if s := b.tree.BySlug(slug); s != nil {
		section = s.ID
	}
	ids, err := b.e.opt.Reads.MostRead(b.ctx, section, b.now.Add(-mostReadSpan), mostReadSize+10)
	if err != nil {
		return v, err
	}
	for _, id := range ids {
		b.tag(news.TagStory(id))
	}
	list, err := b.e.store.Cards(b.ctx, ids)
	if err != nil {
		return v, err
	}
	list = distinct(list, without, mostReadSize)
	if section != 0 && len(list) < mostReadLeast {
		return b.mostRead("", without)
	}
	v.Cards, err = b.cards(list, media.Square)
	return v, err
}

// footer names the sections, the static pages, the feeds and who answers for
// all of it.
func (b *build) footer() (*render.Footer, error) {
	b.tag(news.TagPages)
	b.expires(b.newYear())
	pages, err := b.e.store.StaticPages(b.ctx)
	if err != nil {
		return nil, err
	}
	s := b.settings
	v := &render.Footer{Lang: string(b.code), Site: s.Name(), Publisher: s.Get("publisher"), Address: s.Get("address"),
		Responsible: s.Get("responsible"), Year: b.now.In(b.zone).Format("2006")}
	for _, sec := range b.tree.Children(0) {
		if !sec.Hidden {
			v.Sections = append(v.Sections, sectionLink(sec))
		}
	}
	for _, p := range pages {
		v.Pages = append(v.Pages, render.Link{Text: p.Title, URL: "/page/" + p.Slug})
	}
	if u := s.Get("channel_url"); u != "" {
		v.Channels = append(v.Channels, render.Link{Text: s.Get("channel_name"), URL: u})
	}
	for _, c := range [...]struct{ name, key string }{{"X", "social_x"}, {"Facebook", "social_facebook"}, {"Instagram", "social_instagram"}, {"YouTube", "social_youtube"}} {
		if u := s.Get(c.key); u != "" {
			v.Channels = append(v.Channels, render.Link{Text: c.name, URL: u})
		}
	}
	v.Channels = append(v.Channels, render.Link{Text: b.words.T("feed.rss"), URL: "/feeds/rss.xml"})
	return v, nil
}

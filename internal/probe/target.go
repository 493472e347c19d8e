package probe

import (
	"bytes"
	"context"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/media"
	"warta/internal/news"
)

// target is one address to ask for, and how its answer is judged.
type target struct {
	name, path string
	of         string // name of the section, topic or person whose page or feed it is
	want       news.Want
	words      string // in which the story is known; empty: a picture is asked for
	address    bool   // words are a path: whole, not the beginning of another
	common     bool   // other changes ask for it as well
}

// holds reports whether an answer has the story in it.
func (t target) holds(body []byte) bool {
	if t.words == "" {
		return strings.HasPrefix(http.DetectContentType(body), "image/")
	}
	if t.address {
		return holdsPath(body, t.words)
	}
	return strings.Contains(fold(html.UnescapeString(string(body))), fold(t.words))
}

// fold makes texts comparable whatever white space a page puts into them.
func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

// holdsPath looks for a path that does not go on. In JSON a slash may be
// escaped.
func holdsPath(body []byte, path string) bool {
	for _, form := range []string{path, strings.ReplaceAll(path, "/", `\/`)} {
		rest := body
		for {
			i := bytes.Index(rest, []byte(form))
			if i < 0 {
				break
			}
			rest = rest[i+len(form):]
			if len(rest) == 0 || !isPathByte(rest[0]) {
				return true
			}
		}
	}
	return false
}

func isPathByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '/'
}

// plan is the making of a list of targets.
type plan struct {
	p        *Probe
	ctx      context.Context
	story    news.Story
	content  news.Content
	settings news.Settings
	tree     *news.Tree
	path     string
	list     []target
}

// targets returns what is to be asked for, nil if the story has changed since
// the order.
func (p *Probe) targets(ctx context.Context, o *news.ProbeOrder) ([]target, news.Story, error) {
	pl := &plan{p: p, ctx: ctx}
	var err error
	if pl.story, err = p.store.Story(ctx, o.StoryID); err != nil {
		return nil, pl.story, err
	}
	live := pl.story.Status == news.Live
	if live != (o.Kind == news.ProofRelease) || live && pl.story.LiveNo != o.Version {
		return nil, pl.story, nil
	}
	version, err := p.store.Version(ctx, o.StoryID, o.Version)
	if err != nil {
		return nil, pl.story, err
	}
	pl.content = version.Content
	if pl.settings, err = p.store.Settings(ctx); err != nil {
		return nil, pl.story, err
	}
	if pl.tree, err = p.store.Sections(ctx); err != nil {
		return nil, pl.story, err
	}
	s := &pl.story
	pl.path = news.Path(pl.tree.Slug(s.SectionID), s.FirstPublished, pl.settings.Zone(), s.ID, s.Slug)
	if live {
		err = pl.released()
	} else {
		err = pl.takenDown()
	}
	return pl.list, pl.story, err
}

func (pl *plan) add(name, path string, want news.Want) { pl.addOf("", name, path, want) }

// addOf is add for a page or a feed of something that has a name.
func (pl *plan) addOf(of, name, path string, want news.Want) {
	pl.list = append(pl.list, target{name: name, path: path, of: of, want: want, words: pl.path, address: true, common: true})
}

// newest is how far down in a list a story may stand to be expected on its
// first page. Feeds and lists show more.
const newest = 10

// newsWindow is how long a story stands in the news sitemap, less a minute.
const newsWindow = 48*time.Hour - time.Minute

// released lists where a live story has to be. An old story that is updated
// stands on no first page, so that it is not looked for there.
func (pl *plan) released() error {
	pl.list = append(pl.list, target{name: "story", path: pl.path, want: news.WantHold, words: pl.content.Headline})
	rank, err := pl.rank(news.ListFilter{})
	if err != nil {
		return err
	}
	if rank < newest {
		pl.add("latest", "/latest", news.WantHold)
		for _, f := range []string{"rss.xml", "atom.xml", "feed.json"} {
			pl.add("feed", "/feeds/"+f, news.WantHold)
		}
		front, err := pl.p.store.Front(pl.ctx, 0)
		if err != nil {
			return err
		}
		if onFront(&front, rank) {
			pl.add("front", "/", news.WantHold)
		}
	}
	sections := []int64{pl.story.SectionID, pl.tree.Top(pl.story.SectionID)}
	for _, id := range slices.Compact(sections) {
		rank, err := pl.rank(news.ListFilter{SectionID: id})
		if err != nil {
			return err
		}
		if sec := pl.tree.ByID(id); sec != nil && rank < newest {
			pl.addOf(sec.Name, "section", "/"+sec.Slug, news.WantHold)
			pl.addOf(sec.Name, "feed", "/feeds/section/"+sec.Slug+"/rss.xml", news.WantHold)
		}
	}
	if pl.p.opt.Now().Sub(pl.story.FirstPublished) < newsWindow {
		pl.add("news_sitemap", "/sitemap-news.xml", news.WantHold)
	}
	pl.add("sitemap", pl.sitemap(), news.WantHold)
	pl.add("search", pl.search(), news.WantHold)
	pl.card(news.WantHold)
	return pl.pictures()
}

// takenDown lists everywhere where the story may have been.
func (pl *plan) takenDown() error {
	want := news.WantNone
	if pl.story.Status == news.Withdrawn {
		want = news.WantGone
	}
	pl.notice(want)
	pl.add("front", "/", news.WantLack)
	pl.add("latest", "/latest", news.WantLack)
	for _, f := range []string{"rss.xml", "atom.xml", "feed.json"} {
		pl.add("feed", "/feeds/"+f, news.WantLack)
	}
	for _, s := range pl.tree.Ancestry(pl.story.SectionID) {
		pl.addOf(s.Name, "section", "/"+s.Slug, news.WantLack)
		pl.addOf(s.Name, "feed", "/feeds/section/"+s.Slug+"/rss.xml", news.WantLack)
	}
	pl.add("index", "/index?date="+pl.story.FirstPublished.In(pl.settings.Zone()).Format(time.DateOnly), news.WantLack)
	if err := pl.names(); err != nil {
		return err
	}
	pl.add("news_sitemap", "/sitemap-news.xml", news.WantLack)
	pl.add("sitemap", pl.sitemap(), news.WantLack)
	pl.add("search", pl.search(), news.WantLack)
	pl.card(want)
	return pl.pictures()
}

// tellingWords is from how many words on a headline is one that no other story
// has by chance: the notice stands above the latest stories.
const tellingWords = 4

// notice adds the story's own address, where the headline must not stand.
func (pl *plan) notice(want news.Want) {
	t := target{name: "story", path: pl.path, want: want, words: pl.path, address: true}
	if len(strings.Fields(pl.content.Headline)) >= tellingWords {
		t.words, t.address = pl.content.Headline, false
	}
	pl.list = append(pl.list, t)
}

// maxNames bounds how many topics and persons are looked at.
const maxNames = 10

// names adds the pages of the story's topics and persons.
func (pl *plan) names() error {
	topics, err := pl.p.store.Topics(pl.ctx, first(pl.content.Topics))
	if err != nil {
		return err
	}
	for _, t := range topics {
		pl.addOf(t.Name, "topic", "/topic/"+t.Slug, news.WantLack)
		pl.addOf(t.Name, "feed", "/feeds/topic/"+t.Slug+"/rss.xml", news.WantLack)
	}
	var ids []int64
	for _, c := range pl.content.Credits {
		if !slices.Contains(ids, c.PersonID) {
			ids = append(ids, c.PersonID)
		}
	}
	persons, err := pl.p.store.Persons(pl.ctx, first(ids))
	for _, p := range persons {
		pl.addOf(p.Name, "author", "/author/"+p.Slug, news.WantLack)
		pl.addOf(p.Name, "feed", "/feeds/author/"+p.Slug+"/rss.xml", news.WantLack)
	}
	return err
}

func first(ids []int64) []int64 { return ids[:min(len(ids), maxNames)] }

// rank returns how many stories stand before this one in a list, newest if it
// is not among the first.
func (pl *plan) rank(f news.ListFilter) (int, error) {
	f.Limit = newest
	cards, _, _, err := pl.p.store.List(pl.ctx, f)
	if err != nil {
		return 0, err
	}
	for i, c := range cards {
		if c.ID == pl.story.ID {
			return i, nil
		}
	}
	return newest, nil
}

// onFront reports whether the home page's own rules bring the story of a rank
// onto it: an editor may have arranged a page without the latest stories.
func onFront(f *news.Front, rank int) bool {
	for _, c := range f.Containers {
		r := c.Rule
		if c.Kind == news.ContainerTimeline && r.SectionID == 0 && r.TopicID == 0 && len(r.Kinds) == 0 && rank < c.Size-len(c.Slots) {
			return true
		}
	}
	return false
}

// sitemap is the part of the sitemap in which the story stands: that of its day in
// the two latest months, as the index has it, else that of its month.
func (pl *plan) sitemap() string {
	zone := pl.settings.Zone()
	at, now := pl.story.FirstPublished.In(zone), pl.p.opt.Now().In(zone)
	layout := "2006-01"
	if !at.Before(time.Date(now.Year(), now.Month()-1, 1, 0, 0, 0, 0, zone)) {
		layout = "2006-01-02"
	}
	return "/sitemaps/" + at.Format(layout) + ".xml"
}

// search is the search for the headline on the story's day, where it stands on
// the first page whatever else has those words.
func (pl *plan) search() string {
	day := pl.story.FirstPublished.In(pl.settings.Zone()).Format(time.DateOnly)
	return "/search?" + url.Values{"q": {pl.content.Headline}, "from": {day}, "to": {day}}.Encode()
}

// card adds the share card, which is drawn for every live story.
func (pl *plan) card(want news.Want) {
	if want == news.WantGone {
		want = news.WantNone
	}
	pl.list = append(pl.list, target{name: "card", path: "/media/card/" + strconv.FormatInt(pl.story.ID, 10) + ".jpg", want: want})
}

// pictures adds the addresses of the story's pictures: of a live one the lead's,
// of another one all that no other story shows.
func (pl *plan) pictures() error {
	live := pl.story.Status == news.Live
	ids := pl.content.PictureIDs()
	if lead := pl.content.Lead.PictureID; live && lead != 0 {
		ids = []int64{lead}
	}
	tokens, err := pl.p.store.AddressesOf(pl.ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		for _, crop := range media.Crops() {
			token := tokens[id][crop]
			if token == "" || live && crop != media.Wide {
				continue
			}
			if !live {
				if _, err := pl.p.store.PublicAddress(pl.ctx, token); err == nil {
					continue // another story shows it
				}
			}
			want := news.WantHold
			if !live {
				want = news.WantNone
			}
			pl.list = append(pl.list, target{name: "picture", path: media.Path(token, media.JPEGWidth, media.JPEG), want: want})
		}
	}
	return nil
}

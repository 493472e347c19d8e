package desk

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// lifetime is for how long a banner can stand, in minutes.
type lifetime struct {
	N      int
	Chosen bool
}

// bannerNow is the banner that readers see.
type bannerNow struct {
	Live    bool
	StoryID int64
	Text    string
	Until   time.Time
}

// breakingPage is the form for breaking news: for a new story, or, with About
// set, for the banner of one that is out already.
type breakingPage struct {
	newsroom.Shell
	form
	Banner   bannerNow
	Sections []option
	Minutes  []lifetime
	About    int64
	Headline string
}

// Lifetimes that are offered, and the one that is chosen at first.
var lifetimes = []int{15, 30, 60, 120, 240, 720}

const usualLifetime = 60

func (x *Room) breaking(w http.ResponseWriter, r *newsroom.Request) error {
	page, err := x.breakingPage(r, url.Values{})
	if err != nil {
		return err
	}
	page.Said = x.said(r)
	return x.d.Page(w, r, "desk-breaking", page)
}

func (x *Room) breakingPage(r *newsroom.Request, f url.Values) (*breakingPage, error) {
	tree, err := x.p.Names.Sections(r.Context())
	if err != nil {
		return nil, err
	}
	page := &breakingPage{Shell: newsroom.Shell{Title: r.Words.T("room.nav.breaking"), Active: "breaking"}, form: form{values: f}}
	b, ok, err := x.p.Work.Banner(r.Context())
	if err != nil {
		return nil, err
	}
	page.Banner = bannerNow{ok && b.Until.After(r.Now), b.StoryID, b.Text, b.Until}
	chosen := number(f.Get("section"))
	if chosen == 0 {
		chosen = ownDesk(r.Actor)
	}
	page.Sections = sectionOptions(tree, chosen)
	minutes := int(number(f.Get("minutes")))
	if minutes == 0 {
		minutes = usualLifetime
	}
	for _, n := range lifetimes {
		page.Minutes = append(page.Minutes, lifetime{n, n == minutes})
	}
	return page, nil
}

// ownDesk is the desk that somebody belongs to, 0 if to none.
func ownDesk(a account.Actor) int64 {
	if len(a.Grants) == 0 {
		return 0
	}
	return a.Grants[0].SectionID
}

// bannerEnd reads until when a banner stands.
func bannerEnd(r *newsroom.Request, f url.Values) (time.Time, error) {
	n := number(f.Get("minutes"))
	if f.Get("minutes") == "" {
		n = usualLifetime
	}
	if n < 1 || n > 24*60 {
		return time.Time{}, fault.Input("until", "%s minutes are no time for a banner", f.Get("minutes")).Say("banner_until")
	}
	return r.Now.Add(time.Duration(n) * time.Minute), nil
}

// breakNews makes a headline-only story live with a banner.
func (x *Room) breakNews(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := sent(w, r)
	if err != nil {
		return err
	}
	var id int64
	var rc news.Receipt
	until, err := bannerEnd(r, f)
	if err == nil {
		id, rc, err = x.p.Desk.Break(r.Context(), r.Actor, news.Breaking{Headline: strings.TrimSpace(f.Get("headline")),
			SectionID: number(f.Get("section")), Until: until, Text: strings.TrimSpace(f.Get("text"))})
	}
	if err == nil {
		said := "breaking"
		if rc.Seq == 0 {
			said = "breaking_waits"
		}
		if r.WantsJSON() {
			return newsroom.JSON(w, map[string]any{"id": id, "said": r.Words.T("desk.said." + said), "next": storyPath(id), "live": rc.Seq != 0})
		}
		return newsroom.SeeOther(w, r, saying(storyPath(id), said, 0))
	}
	if r.WantsJSON() || !newsroom.Mendable(err) {
		return err
	}
	page, e := x.breakingPage(r, f)
	if e != nil {
		return e
	}
	page.fail(r, []string{"headline", "section", "until", "text"}, err)
	return x.d.PageStatus(w, r, statusOf(err), "desk-breaking", page)
}

// endBanner takes the banner off every page.
func (x *Room) endBanner(w http.ResponseWriter, r *newsroom.Request) error {
	if _, err := x.p.Desk.EndBanner(r.Context(), r.Actor); err != nil {
		return err
	}
	if r.WantsJSON() {
		return newsroom.JSON(w, outcome{Said: r.Words.T("desk.said.banner_end"), Next: newsroom.Prefix + "/breaking"})
	}
	return newsroom.SeeOther(w, r, newsroom.Prefix+"/breaking?said=banner_end")
}

// banner puts a live story's banner on every page.
func banner(x *Room, r *newsroom.Request, id int64, f url.Values) (done, error) {
	until, err := bannerEnd(r, f)
	if err != nil {
		return done{}, err
	}
	rc, err := x.p.Desk.SetBanner(r.Context(), r.Actor, news.Banner{StoryID: id, Text: strings.TrimSpace(f.Get("text")), Until: until})
	return done{receipt: rc}, err
}

// minutesOf are the lifetimes as an action's page offers them.
func minutesOf(r *newsroom.Request, chosen string) (out []choice) {
	if chosen == "" {
		chosen = strconv.Itoa(usualLifetime)
	}
	for _, n := range lifetimes {
		v := strconv.Itoa(n)
		out = append(out, choice{Value: v, Word: r.Words.T("desk.breaking.minutes", lang.Args{"n": n}), Chosen: v == chosen})
	}
	return out
}

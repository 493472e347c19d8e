package edition

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/page"
)

// Lead is where an old address leads.
type Lead struct {
	// Location is a full address.
	Location string
	// Gone is the key of a page that says that the story was withdrawn, or the address
	// given up, with the reason; empty for anything else. Location leads there, unless
	// it is empty: then no address of ours shows that page.
	Gone string
}

// old answers an address of old times on our own host with a redirect, that of a
// withdrawn story with its notice, anything else with NotFound.
func (b *build) old(address string) (page.Rendering, error) {
	to, err := b.lead("", address)
	if err != nil {
		return page.Rendering{}, err
	}
	if to.gone != nil {
		return b.withdrawn(to.gone)
	}
	if to.notice != nil {
		return b.givenUp(to.notice)
	}
	return redirect(to.location), nil
}

// Redirect returns where an old address leads, by host and path with its query; an
// empty host is our own. NotFound if it leads nowhere.
func (e *Edition) Redirect(ctx context.Context, host, address string) (_ Lead, err error) {
	defer fault.Wrap(&err, "redirect an old address") // what a reader typed stays out of the log
	b, err := e.begin(ctx)
	if err != nil {
		return Lead{}, err
	}
	to, err := b.lead(host, address)
	if err != nil {
		return Lead{}, err
	}
	if to.notice != nil {
		return Lead{Gone: goneKey(to.notice)}, nil
	}
	out := Lead{Location: to.location}
	if to.gone != nil {
		// Without the slug, which holds words of the headline.
		path := b.path(to.gone)
		out.Gone = path[:strings.LastIndexByte(path, '/')]
		out.Location = out.Gone
	}
	if strings.HasPrefix(out.Location, "/") {
		out.Location = e.opt.BaseURL + out.Location
	}
	out.Location = escaped(out.Location)
	return out, nil
}

// lead is where an old address leads in the end: a path of ours or a full address,
// or the notice of a withdrawn story.
type lead struct {
	location string
	gone     *news.Story
	notice   *news.Redirect // nothing is there, on purpose
}

// goneMark begins the keys of pages that say that an address was given up.
const goneMark = "!gone"

// goneKey is the key of the page that says so of an old address.
func goneKey(r *news.Redirect) string {
	return goneMark + "?" + url.Values{"host": {r.Host}, "path": {r.Path}}.Encode()
}

// goneAt renders the page under such a key, as long as it is true.
func (b *build) goneAt(q query) (page.Rendering, error) {
	to, err := b.lead(q.get("host"), q.get("path"))
	if err == nil && to.notice == nil {
		err = noPage()
	}
	if err != nil {
		return page.Rendering{}, err
	}
	return b.givenUp(to.notice)
}

// givenUp renders the page of an address at which there is nothing, with the reason.
func (b *build) givenUp(r *news.Redirect) (page.Rendering, error) {
	v := b.problemView(410)
	if v.Reason, _ = r.Gone(); v.Reason == "" {
		v.Reason = b.words.T("gone.reason.none")
	}
	out, err := b.html(b.e.render.Error(v))
	out.Status = 410
	return out, err
}

// noPage says that there is nothing at an address.
func noPage() error { return fault.New(fault.NotFound, "there is no page at this address") }

// lead follows an old address to where it ends, over others if need be, so that
// nobody is sent from one to the next. What leads in a circle leads nowhere.
func (b *build) lead(host, address string) (to lead, err error) {
	seen := map[string]bool{}
	for range news.MaxHops + 1 {
		asked, ok := b.ask(host, address)
		if !ok || seen[asked.Hosts[0]+" "+asked.Paths[0]] {
			return to, noPage()
		}
		seen[asked.Hosts[0]+" "+asked.Paths[0]] = true
		r, found, err := b.kept(asked)
		if err != nil {
			return to, err
		}
		if !found {
			return b.unkept(asked, address, to)
		}
		if _, gone := r.Gone(); gone {
			return lead{notice: &r}, nil
		}
		if r.StoryID != 0 {
			return b.leadToStory(r.StoryID)
		}
		to.location = r.Target
		next, path := r.Next()
		if next == "" || b.ours(next) {
			next, to.location = "", path
			if done, err := b.stands(path, &to); done || err != nil {
				return to, err
			}
		}
		host, address = next, path
	}
	return lead{}, noPage()
}

// ask returns what to look for. A page tells by these tags that it goes by it.
func (b *build) ask(host, address string) (news.OldAddress, bool) {
	asked, ok := news.AskOldAddress(b.own(), host, address)
	if ok {
		b.tag(asked.Tags()...)
	}
	return asked, ok
}

// kept returns the redirect that is kept for an old address. Another host of ours
// has all redirects of our own as well, by their paths alone: a number such as ?p=7
// is another story there.
func (b *build) kept(asked news.OldAddress) (r news.Redirect, ok bool, err error) {
	b.tag(news.TagRedirects, news.TagSections)
	if asked.Hosts[0] == "" {
		if b.sectionAt(asked) != nil {
			return r, false, nil // pages of ours stand before old addresses
		}
		list, err := b.e.store.OldAddresses(b.ctx, asked.Hosts, asked.Paths)
		r, ok = asked.Best(list)
		return r, ok, err
	}
	list, err := b.e.store.OldAddresses(b.ctx, asked.Hosts, asked.Paths)
	if err != nil {
		return r, false, err
	}
	if r, ok = asked.Best(list); ok || !b.ourHost(asked) {
		return r, ok, nil
	}
	own, valid := b.ask("", asked.Path())
	if !valid {
		return r, false, nil
	}
	return b.kept(own)
}

// sectionAt returns the section whose front an address is a spelling of, or nil.
func (b *build) sectionAt(asked news.OldAddress) *news.Section {
	if path := asked.Path(); asked.Paths[0] == path {
		return b.tree.BySlug(strings.TrimPrefix(path, "/"))
	}
	return nil
}

// unkept answers for an address that is not kept. On a host of ours it may be
// another spelling of a page of ours; else it is where a redirect leads, if one does.
func (b *build) unkept(asked news.OldAddress, address string, to lead) (lead, error) {
	first := to.location == ""
	if !b.ourHost(asked) {
		if first {
			return lead{}, noPage()
		}
		return to, nil
	}
	path := asked.Path()
	if id, ok := StoryID(path); ok {
		return b.leadToStory(id)
	}
	sec := b.sectionAt(asked)
	spelt, _, _ := strings.Cut(address, "?")
	switch {
	case sec != nil && first && strings.TrimRight(spelt, "/") == path:
		return lead{}, noPage() // the same path is right, and what else is asked there
	case sec != nil:
		to.location = "/" + sec.Slug
	case path == "/" && asked.Paths[0] == "/":
		to.location = "/"
	case first:
		return lead{}, noPage()
	case asked.Hosts[0] != "":
		to.location = address
	}
	if first && asked.Hosts[0] == "" && to.location == address {
		return lead{}, noPage() // nothing was there, under just this spelling
	}
	return to, nil
}

// ourHost reports whether a host leads to this site.
func (b *build) ourHost(asked news.OldAddress) bool {
	return asked.Hosts[0] == "" || b.e.opt.Ours != nil && b.e.opt.Ours(asked.Host())
}

func (b *build) leadToStory(id int64) (lead, error) {
	s, err := b.e.store.Story(b.ctx, id)
	if err != nil {
		return lead{}, err
	}
	b.tag(news.TagStory(s.ID))
	switch s.Status {
	case news.Unpublished:
		return lead{}, noPage()
	case news.Withdrawn:
		return lead{gone: &s}, nil
	}
	return lead{location: b.path(&s)}, nil
}

// stands reports whether a redirect ends at a path, since a page of ours is there,
// whatever else is kept for it. A story is led to by its canonical address.
func (b *build) stands(address string, to *lead) (bool, error) {
	path, _, _ := strings.Cut(address, "?")
	if id, ok := StoryID(path); ok {
		end, err := b.leadToStory(id)
		*to = end
		return true, err
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	var err error
	switch {
	case len(parts) == 2 && parts[0] == "topic":
		_, err = b.e.store.TopicBySlug(b.ctx, parts[1])
	case len(parts) == 2 && parts[0] == "author":
		_, err = b.e.store.PersonBySlug(b.ctx, parts[1])
	case len(parts) == 2 && parts[0] == "page":
		_, err = b.e.store.StaticPage(b.ctx, parts[1])
	case len(parts) == 1:
		b.tag(news.TagSections)
		s := b.tree.BySlug(parts[0])
		_, fixed := declared[parts[0]]
		return s != nil && s.Slug == parts[0] || fixed && len(address) == len(path), nil
	default:
		return parts[0] == "feeds" || parts[0] == "sitemaps" || parts[0] == "media", nil
	}
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// own is the host of our own addresses.
func (b *build) own() string {
	u, err := url.Parse(b.e.opt.BaseURL)
	if err != nil {
		return ""
	}
	return u.Host
}

// storyAtAddress returns the story behind an address of ours or of old times.
func (b *build) storyAtAddress(raw string) (int64, error) {
	host, path := splitAddress(raw)
	if b.ours(host) {
		if id, ok := StoryID(path); ok {
			return id, nil
		}
		host = ""
	}
	asked, ok := b.ask(host, path)
	if !ok {
		return 0, nil
	}
	list, err := b.e.store.OldAddresses(b.ctx, asked.Hosts, asked.Paths)
	r, _ := asked.Best(list)
	return r.StoryID, err
}

func redirect(target string) page.Rendering {
	return page.Rendering{Status: 301, Location: escaped(target), ContentType: "text/html; charset=utf-8"}
}

// escaped returns an address as it may stand in a header line.
func escaped(address string) string {
	var b strings.Builder
	for _, c := range []byte(address) {
		if c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '\\' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

package ingest

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
)

// link implements wxrLookup: where a post, page or category of the old site stands
// from now on.
func (s *wxrSupplier) link(u *url.URL) string {
	at := s.ix.at(u)
	if at < 0 {
		return s.termLink(u)
	}
	to := s.address(at)
	if to != "" && u.Fragment != "" && !strings.HasPrefix(u.Fragment, "comment") && u.Fragment != "respond" {
		to += "#" + u.EscapedFragment()
	}
	return to
}

// address returns the path of what an entry becomes, "" if readers do not see it.
func (s *wxrSupplier) address(at int32) string {
	e := &s.ix.entries[at]
	it, err := s.ix.item(at)
	if err != nil {
		return ""
	}
	switch e.kind {
	case wxrPost:
		st, err := s.stand(it, nil)
		if err != nil || st.skip != "" || st.hold || st.due {
			return ""
		}
		sec, _ := s.section(it)
		if sec == nil {
			sec = s.im.conv.fallback
		}
		if sec == nil {
			return ""
		}
		slug := lang.Slug(decoded(it.Name))
		if it.Name == "" || slug == "" {
			slug = lang.Slug(plainValue(roleText{Value: it.Title, ContentType: "text/html"}))
		}
		return news.Path(sec.Slug, st.at, s.im.conv.zone, s.storyID(at), slug)
	case wxrPage:
		if st, err := s.stand(it, nil); err == nil && st.skip == "" && !st.hold && !st.due {
			return "/page/" + s.pageSlug(it)
		}
	case wxrAttachment:
		if parent := s.ix.withID(e.parent); e.parent != 0 && parent >= 0 && s.ix.entries[parent].kind == wxrPost {
			return s.address(parent)
		}
	}
	return ""
}

// termLink returns the section that a category of the old site became.
func (s *wxrSupplier) termLink(u *url.URL) string {
	if !s.ix.hosts[bareHost(u.Host)] {
		return ""
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) < 2 || parts[0] != "category" || u.RawQuery != "" {
		return ""
	}
	if sec := s.sections[parts[len(parts)-1]]; sec != nil {
		return "/" + sec.Slug
	}
	return ""
}

// redirect writes the old addresses of categories, tags and authors, and those that
// plug-ins keep.
func (s *wxrSupplier) redirect(ctx context.Context, r *run) error {
	var list []news.Redirect
	add := func(path, target string) {
		if target == "" || path == target || len(path) > 2000 {
			return
		}
		host := s.host
		if host == s.im.conv.host {
			host = ""
		}
		list = append(list, news.Redirect{Host: host, Path: path, Target: target})
	}
	for i := range s.ix.terms {
		t := &s.ix.terms[i]
		sec := s.sections[t.Slug]
		if sec == nil {
			continue
		}
		add("/category/"+s.categoryPath(t.Slug), "/"+sec.Slug)
		if t.ID != 0 {
			add("/?cat="+strconv.FormatInt(t.ID, 10), "/"+sec.Slug)
		}
	}
	if !r.im.options.Rehearse {
		if err := s.nameAddresses(ctx, add); err != nil {
			return err
		}
	}
	s.fileAddresses(add)
	for _, x := range s.rules {
		s.follow(r, &x, &list)
	}
	for _, at := range s.ix.rules {
		if it, err := s.ix.item(at); err == nil {
			x := rule{from: it.MetaValue("_redirect_rule_from"), to: it.MetaValue("_redirect_rule_to"), file: s.ix.files[s.ix.entries[at].file].name, line: int(s.ix.entries[at].line)}
			s.follow(r, &x, &list)
		}
	}
	r.sum.Others["old addresses beside those of stories"] += len(list)
	return r.redirects(ctx, list)
}

// redirects writes redirects. One that cannot be kept, as where it leads in a
// circle, is reported and leaves the others alone.
func (r *run) redirects(ctx context.Context, list []news.Redirect) error {
	if r.im.options.Rehearse {
		return r.tryRedirects(ctx, list)
	}
	for part := range slices.Chunk(list, news.MaxBatch) {
		bad, err := r.im.parts.Site.CheckRedirects(ctx, part)
		if err != nil {
			return err
		}
		var good []news.Redirect
		for i, x := range part {
			if bad[i] == nil {
				good = append(good, x)
				continue
			}
			r.say(x.Address(), "the old address is not kept: "+fault.Message(bad[i]))
		}
		if len(good) == 0 {
			continue
		}
		if err := r.im.parts.Site.SaveRedirects(ctx, r.actor(), good...); err != nil {
			return err
		}
	}
	return nil
}

// tryRedirects reports those that could not be kept, as far as that is known
// without the stories that they lead to.
func (r *run) tryRedirects(ctx context.Context, list []news.Redirect) error {
	list = slices.DeleteFunc(slices.Clone(list), func(x news.Redirect) bool { return x.Target == "" })
	for part := range slices.Chunk(list, news.MaxRedirects) {
		bad, err := r.im.parts.Site.CheckRedirects(ctx, part)
		if err != nil {
			return err
		}
		for i := range part {
			if bad[i] != nil {
				r.say(part[i].Address(), "the old address would not be kept: "+fault.Message(bad[i]))
			}
		}
	}
	return nil
}

// categoryPath is the path of a category with those above it.
func (s *wxrSupplier) categoryPath(slug string) string {
	parts := []string{slug}
	for up := s.ix.category(slug).Parent; up != "" && len(parts) < 20 && !slices.Contains(parts, up); up = s.ix.category(up).Parent {
		parts = append(parts, up)
	}
	slices.Reverse(parts)
	return strings.Join(parts, "/") + "/"
}

// nameAddresses adds the addresses of tags and authors that have a page here.
func (s *wxrSupplier) nameAddresses(ctx context.Context, add func(path, target string)) error {
	for _, k := range []struct {
		kind  string
		names map[string]string
		old   string
		read  func(ids []int64) (map[int64]string, error)
	}{
		{change.MadeTopic, s.ix.tags, "/tag/", func(ids []int64) (map[int64]string, error) {
			list, err := s.im.parts.Shelf.Topics(ctx, ids)
			slugs := map[int64]string{}
			for _, t := range list {
				slugs[t.ID] = "/topic/" + t.Slug
			}
			return slugs, err
		}},
		{change.MadePerson, s.ix.authors, "/author/", func(ids []int64) (map[int64]string, error) {
			list, err := s.im.parts.Shelf.Persons(ctx, ids)
			slugs := map[int64]string{}
			for _, p := range list {
				slugs[p.ID] = "/author/" + p.Slug
			}
			return slugs, err
		}},
	} {
		var slugs []string
		for slug := range k.names {
			slugs = append(slugs, slug)
		}
		slices.Sort(slugs)
		for part := range slices.Chunk(slugs, news.MaxBatch) {
			var names []string
			for _, slug := range part {
				names = append(names, k.names[slug])
			}
			found, err := s.im.parts.Names.NamesThere(ctx, k.kind, names)
			if err != nil {
				return err
			}
			var ids []int64
			for _, id := range found {
				ids = append(ids, id)
			}
			paths, err := k.read(ids)
			if err != nil {
				return err
			}
			for _, slug := range part {
				add(k.old+slug+"/", paths[found[k.names[slug]]])
			}
		}
	}
	return nil
}

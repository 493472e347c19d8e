package ingest

import (
	"net/url"
	"strings"

	"warta/internal/doc"
	"warta/internal/extract"
	"warta/internal/news"
)

// PageBody makes the body of a page into blocks, without a dateline, which it
// returns. Its pictures have the numbers of their addresses in pictures, from 1;
// without take they are left out of the body. The main picture is none of them.
func (d *Datelines) PageBody(p *extract.Page, take bool) (body doc.Doc, dateline string, pictures []string, err error) {
	body, _, err = HTML(p.Body, HTMLOptions{Base: p.URL, IDs: doc.SeededIDs(PageURI(p)), Picture: func(src, _, _, _ string) (int64, bool) {
		if !IsPageAddress(src) || p.Lead != nil && p.Lead.URL == src {
			return 0, false
		}
		pictures = append(pictures, src)
		return int64(len(pictures)), take
	}})
	if err != nil {
		return body, "", pictures, err
	}
	lines, err := d.With(outletNames(p)...)
	if err != nil {
		return body, "", pictures, err
	}
	if line, ok := lines.Take(&body); ok {
		dateline = line.Place
	}
	if dateline == "" {
		dateline = p.Dateline
	}
	return body, dateline, pictures, nil
}

// OldAddress is the redirect of a page's address, with its host unless that is
// ours; false for what is no address of a page.
func OldAddress(address, ownHost string) (news.Redirect, bool) {
	c := &converter{host: ownHost}
	d := &draft{}
	c.address(address, d)
	if len(d.in.Redirects) == 0 {
		return news.Redirect{}, false
	}
	return d.in.Redirects[0], true
}

// SameOutlet reports whether two names are of one outlet.
func SameOutlet(a, b string) bool {
	host := func(s string) string {
		if u, err := url.Parse(s); err == nil && u.Host != "" {
			s = u.Host
		}
		return strings.ToLower(strings.TrimPrefix(s, "www."))
	}
	return host(a) == host(b)
}

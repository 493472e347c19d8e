package extract

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

var pageOf = regexp.MustCompile(`^(.*?)/(?:page/|hal/|halaman/)?(\d{1,2})/?$`)

// part tells which part of a story an address names: the address without it, its
// number (0: none), and whether it asks for all at once.
func part(address string, rule *portal) (bare string, no int, whole bool) {
	u, err := url.Parse(address)
	if err != nil {
		return address, 0, false
	}
	u.Fragment = ""
	q := u.Query()
	for _, key := range []string{"page", "hal", "halaman", "p", "pg", "page_num", "pagenum", "paged"} {
		v := strings.ToLower(q.Get(key))
		if n, err := strconv.Atoi(v); err == nil && n > 0 && n < 100 {
			no = n
			q.Del(key)
		} else if v == "all" || v == "semua" {
			whole = true
			q.Del(key)
		}
	}
	for _, key := range []string{"single", "showpage", "view", "print"} {
		if v := strings.ToLower(q.Get(key)); v == "1" && key == "single" || v == "all" {
			whole = true
			q.Del(key)
		}
	}
	if rule != nil && rule.all != "" {
		if key, v, _ := strings.Cut(rule.all, "="); q.Get(key) == v && v != "" {
			whole = true
			q.Del(key)
		}
	}
	u.RawQuery = q.Encode()
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u.String(), no, whole
}

// parts finds the links to the other pages of the story.
func (r *reader) parts() {
	p := r.page
	if p.URL == "" {
		return
	}
	from := p.URL
	if r.opt.URL != "" {
		from = r.opt.URL
	}
	bare, no, whole := part(from, r.portal)
	own, ownNo, ownWhole := part(p.URL, r.portal)
	p.Part, p.Whole = max(no, ownNo), whole || ownWhole
	add := func(href string) {
		to := absolute(r.meta.base, href)
		if to == "" {
			return
		}
		b, n, all := part(to, r.portal)
		if m := pageOf.FindStringSubmatch(b); n == 0 && !all && m != nil && (m[1] == bare || m[1] == own) {
			b = m[1]
			n, _ = strconv.Atoi(m[2])
		}
		if b != bare && b != own || n == 0 && !all || n == max(p.Part, 1) && !all || slices.Contains(p.Next, to) || len(p.Next) >= 30 {
			return
		}
		p.Next = append(p.Next, to)
	}
	if next := r.meta.link["next"]; next != "" {
		add(next)
	}
	for _, n := range r.portal.every(r.src.root, "next") {
		add(get(n, "href"))
	}
	each(r.src.root, func(n *html.Node) bool {
		if n.Data == "a" && len(p.Next) < 30 {
			if href := get(n, "href"); strings.ContainsAny(href, "?/") && len(href) < 600 {
				t := textOf0(n)
				if _, err := strconv.Atoi(strings.TrimSpace(t)); err == nil || r.opt.Labels.is(clip(t, 80), lNav) {
					add(href)
				}
			}
		}
		return true
	})
	if p.Whole {
		p.Next = nil
	}
	// The story's address is the one of its first page.
	if own != "" && (ownNo > 0 || ownWhole) {
		p.URL = own
	}
}

// Join makes one page of the parts of a story, in the order of their numbers,
// those without one in the order given. A part that shows all of them wins over
// the others; parts that say the same count once.
func Join(list []*Page) *Page {
	var stories []*Page
	for _, p := range list {
		if p.Kind == Story {
			stories = append(stories, p)
		}
	}
	if len(stories) == 0 {
		if len(list) == 0 {
			return nil
		}
		return list[0]
	}
	slices.SortStableFunc(stories, func(a, b *Page) int {
		if a.Whole != b.Whole {
			if a.Whole {
				return -1
			}
			return 1
		}
		return max(a.Part, 1) - max(b.Part, 1)
	})
	out := *stories[0]
	out.Authors, out.Sources, out.Lines = slices.Clone(out.Authors), slices.Clone(out.Sources), slices.Clone(out.Lines)
	seen := []*Page{stories[0]}
	for _, p := range stories[1:] {
		if stories[0].Whole {
			break
		}
		more := Words(p.text)
		if slices.ContainsFunc(seen, func(s *Page) bool { return overlap(Words(s.text), more) > 0.8 }) {
			continue
		}
		seen = append(seen, p)
		out.Body += "\n" + p.Body
		out.text += "\n" + p.text
		out.Authors = append(out.Authors, p.Authors...) // the team often stands on the last part
		for _, s := range p.Sources {
			if !slices.ContainsFunc(out.Sources, func(o Source) bool { return fold(o.Name) == fold(s.Name) }) {
				out.Sources = append(out.Sources, s)
			}
		}
		out.Topics = unique(append(slices.Clone(out.Topics), p.Topics...))
		if p.Modified.Time.After(out.Modified.Time) {
			out.Modified = p.Modified
		}
		from := len(out.Lines)
		for _, l := range p.Lines {
			l.No += from
			out.Lines = append(out.Lines, l)
		}
	}
	out.Authors = uniqueAuthors(out.Authors)
	out.Next = nil
	if !out.Whole && len(seen) == 1 {
		out.Next = stories[0].Next
	}
	return &out
}

var (
	headCanonical = regexp.MustCompile(`(?is)<link\b[^>]*\brel\s*=\s*["']?canonical["']?[^>]*>`)
	headURL       = regexp.MustCompile(`(?is)<meta\b[^>]*\bproperty\s*=\s*["']?og:url["']?[^>]*>`)
	headHref      = regexp.MustCompile(`(?is)\b(?:href|content)\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s>]+))`)
)

// StoryKey returns what pages of one story have in common, as far as the beginning
// of a page's HTML tells: the canonical address without the number of a part, and
// the title. It is empty if the page does not say; then it belongs to no other.
func StoryKey(head []byte) string {
	title := headTitle.FindSubmatch(head)
	if title == nil {
		return ""
	}
	said := fold(pageWords.ReplaceAllString(html.UnescapeString(string(title[1])), " "))
	for _, exp := range []*regexp.Regexp{headCanonical, headURL} {
		tag := exp.Find(head)
		if tag == nil {
			continue
		}
		if m := headHref.FindSubmatch(tag); m != nil {
			a := absolute("", html.UnescapeString(string(m[1])+string(m[2])+string(m[3])))
			if u, err := url.Parse(a); err != nil || strings.Trim(u.Path, "/") == "" {
				continue // a front page
			}
			bare, _, _ := part(a, nil)
			return bare + "\n" + said
		}
	}
	return ""
}

var (
	headTitle = regexp.MustCompile(`(?is)<title\b[^>]*>([^<]{1,600})</title`)
	pageWords = regexp.MustCompile(`(?i)\b(?:halaman|hal|page|laman)\s*(?:\d{1,2}|all|semua)\b`)
)

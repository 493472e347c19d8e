package extract

import (
	"strings"

	"golang.org/x/net/html"

	"warta/internal/fault"
)

// HTML finds the story in a page of HTML. It stands any input: too much of it is
// fault.TooLarge, everything else becomes some Page, be it one without a story.
func HTML(src string, opt Options) (*Page, error) {
	if len(src) > MaxPage {
		return nil, tooLarge(len(src))
	}
	if err := opt.normal(); err != nil {
		return nil, err
	}
	s, err := parse(src)
	if err != nil {
		return nil, fault.New(fault.Invalid, "the page cannot be read: %w", err)
	}
	r := &reader{opt: &opt, src: s, page: &Page{Kind: Story}, fate: map[*html.Node]fate{}}
	r.segs = segments(s.root)
	dropHidden(s.root, func(n *html.Node) { r.away(textsBelow(n), "hidden from readers") })
	r.meta = readMeta(s, &opt)
	r.portal = opt.Portals.of(r.meta.host())
	for _, n := range r.portal.drop(s.root) {
		r.away(textsBelow(n), "never the story's on pages of this outlet")
	}
	r.read()
	return r.page, nil
}

// reader reads one page.
type reader struct {
	opt    *Options
	src    *source
	meta   *meta
	portal *portal
	page   *Page
	segs   []*segment // of the whole page, as it came
	fate   map[*html.Node]fate
	lib    article
	when   reading
	sure   bool
	ours   outlets // of a text
}

// fate is what became of a node of text.
type fate struct {
	field string // kept, as this
	why   string
}

func (r *reader) away(nodes []*html.Node, why string) {
	for _, n := range nodes {
		r.fate[n] = fate{why: why}
	}
}

func (r *reader) read() {
	p := r.page
	p.URL = r.meta.url
	p.Language = r.language()
	p.Site = r.site()
	r.when = r.opt.reading(p.Language)
	r.sure = r.portal != nil || strings.HasPrefix(p.Language, "id") || strings.HasSuffix(r.meta.host(), ".id")

	lib, a := readable(r.src, r.meta)
	r.lib = a
	var rule *region
	if n := r.portal.first(r.src.root, "body"); n != nil {
		rule = copyOf(byRule, n)
	}
	reg, why := choose(rule, lib, microdata(r.src.root), dense(r.src.root), r.meta.ld.body)
	if reg == nil && len(r.meta.ld.body) > 300 {
		reg, why = fromLinked(r.meta.ld.body), "the text of JSON-LD; the page itself has nothing like it"
	}
	r.headline()
	r.facts()
	if reg != nil {
		p.Method = reg.method
		r.story(reg, why)
		if r.sure {
			r.around()
		}
		if p.Lead != nil && p.Lead.URL == "" {
			p.Lead = nil
		}
	}
	if kind, said := r.noStory(reg); kind != "" {
		*p = Page{Kind: kind, Why: said, URL: p.URL, Language: p.Language, Site: p.Site, Headline: p.Headline, Next: p.Next}
		for n, f := range r.fate {
			if f.field != "" {
				r.fate[n] = fate{why: "the page is no story"}
			}
		}
	}
	r.explain()
}

// story reads the region: furniture out of it, fields from its beginning and end.
func (r *reader) story(reg *region, why string) {
	from := r.align(reg.root)
	away := func(nodes []*html.Node, why string) {
		for _, n := range nodes {
			if o := from[n]; o != nil {
				r.fate[o] = fate{why: why}
			}
		}
	}
	for _, o := range from {
		r.fate[o] = fate{field: FieldBody, why: why}
	}
	c := &cleaner{opt: r.opt, root: reg.root, sure: r.sure, gone: away}
	c.byMarkup()
	segs := c.byWords(segments(reg.root))
	segs = c.ending(segs)
	var text strings.Builder
	for _, s := range segs {
		text.WriteString(s.text)
		text.WriteByte('\n')
	}
	r.page.text = text.String()
	f := &fielder{reader: r, root: reg.root, segs: segs, keep: func(s *segment, field, why string) {
		for _, n := range s.nodes {
			if o := from[n]; o != nil {
				r.fate[o] = fate{field: field, why: why}
			}
		}
	}}
	f.run()
	r.page.Body = renderBody(reg.root, r.meta.base)
}

// align finds the page's own node for each node of text of a region, by what
// they say and their order.
func (r *reader) align(root *html.Node) map[*html.Node]*html.Node {
	var own []*html.Node
	where := map[string][]int{}
	for _, s := range r.segs {
		for _, n := range s.nodes {
			if _, gone := r.fate[n]; gone {
				continue
			}
			if key := oneLine(n.Data); key != "" {
				where[key] = append(where[key], len(own))
				own = append(own, n)
			}
		}
	}
	out := map[*html.Node]*html.Node{}
	at := 0
	for _, n := range textsBelow(root) {
		key := oneLine(n.Data)
		list := where[key]
		if key == "" || len(list) == 0 {
			continue
		}
		i := 0
		for i < len(list)-1 && list[i] < at { // what lies before was passed
			i++
		}
		j := list[i]
		where[key] = list[i+1:]
		out[n] = own[j]
		if j >= at && (len(key) > 20 || j-at < 400) {
			at = j + 1
		}
	}
	return out
}

// explain writes the page's lines.
func (r *reader) explain() {
	for i, s := range r.segs {
		l := Line{No: i + 1, Text: s.text, Verdict: Furniture}
		f := r.fateOf(s)
		l.Field, l.Why = f.field, f.why
		if l.Field != "" {
			l.Verdict = Kept
		} else if l.Why == "" {
			l.Why = r.outside(s)
		}
		r.page.Lines = append(r.page.Lines, l)
	}
}

// outside says why a segment that is in no region is furniture.
func (r *reader) outside(s *segment) string {
	if r.page.Kind != Story {
		return "the page is no story"
	}
	for _, k := range r.opt.Labels.kinds(s.text) {
		if w := furnitureWhy[k]; w != "" {
			return w
		}
	}
	for n := s.block; n != nil; n = n.Parent {
		switch n.Data {
		case "nav":
			return "navigation"
		case "header":
			return "the head of the page"
		case "footer":
			return "the foot of the page"
		case "aside":
			return "beside the story"
		case "form", "button", "select":
			return "a control"
		}
	}
	if s.linkShare() > 0.8 {
		return "a link to something else"
	}
	return "outside of the story's text"
}

func (r *reader) language() string {
	for _, l := range []string{r.meta.lang, r.meta.one("og:locale", "content-language", "language"), r.meta.ld.language} {
		l = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(l), "_", "-"))
		if len(l) >= 2 && len(l) <= 10 {
			if l == "in" || strings.HasPrefix(l, "in-") {
				l = "id"
			}
			if !strings.HasPrefix(l, "en") {
				return l
			}
			// Templates from abroad leave "en" on pages in Indonesian.
			if guess := guessLanguage(r.sample()); guess == "id" {
				return "id"
			}
			return l
		}
	}
	return guessLanguage(r.sample())
}

// sample returns some of the page's longer texts.
func (r *reader) sample() string {
	var b strings.Builder
	for _, s := range r.segs {
		if wordCount(s.text) > 12 && s.linkShare() < 0.5 {
			b.WriteString(clip(s.text, 2000))
			b.WriteByte(' ')
			if b.Len() > 8000 {
				break
			}
		}
	}
	return b.String()
}

func (r *reader) site() string {
	if r.portal != nil && r.portal.name != "" {
		return r.portal.name
	}
	for _, s := range []string{r.meta.one("og:site_name", "application-name"), r.meta.ld.site} {
		if s = plainText(s); s != "" && len(s) < 80 && !strings.Contains(s, "://") {
			return s
		}
	}
	return r.meta.host()
}

// headline takes the title that the library found; where the outlet's ways are
// known, its ending is cut off and the page's own heading preferred.
func (r *reader) headline() {
	p := r.page
	if p.Headline = r.portal.text(r.src.root, "headline"); p.Headline != "" {
		return
	}
	if r.sure {
		p.Headline = r.meta.ld.headline
	}
	if p.Headline == "" {
		p.Headline = plainText(r.lib.title)
	}
	for _, t := range []string{r.meta.ld.headline, r.meta.one("og:title", "twitter:title"), strings.Join(r.meta.heads[:min(1, len(r.meta.heads))], ""), r.meta.title} {
		if p.Headline == "" {
			p.Headline = plainText(t)
		}
	}
	if !r.sure {
		return
	}
	p.Headline = r.portal.bare(p.Headline)
	for _, h := range r.meta.heads {
		if rest, ok := strings.CutPrefix(p.Headline, h); ok && wordCount(h) > 2 && separator(rest) {
			p.Headline = h
			return
		}
	}
	for _, site := range []string{p.Site, r.meta.host()} {
		for _, mark := range []string{" - ", " | ", " – ", " — ", " · ", " :: ", " » "} {
			if i := strings.LastIndex(p.Headline, mark); i > 0 && site != "" && sameOutlet(p.Headline[i+len(mark):], site) {
				p.Headline = strings.TrimSpace(p.Headline[:i])
			}
		}
	}
}

func separator(rest string) bool {
	rest = strings.TrimSpace(rest)
	return rest != "" && strings.ContainsAny(rest[:1], "-|:") || strings.HasPrefix(rest, "–") || strings.HasPrefix(rest, "—") || strings.HasPrefix(rest, "·") || strings.HasPrefix(rest, "»")
}

// sameOutlet compares the name of an outlet as it is written in different places.
func sameOutlet(a, b string) bool {
	squeeze := func(s string) string {
		s = strings.Join(Words(s), "")
		for _, end := range []string{"com", "coid", "id", "co", "net", "online"} {
			s = strings.TrimSuffix(s, end)
		}
		return s
	}
	a, b = squeeze(a), squeeze(b)
	return a != "" && (a == b || len(a) > 4 && strings.HasSuffix(b, a) || len(b) > 4 && strings.HasSuffix(a, b))
}

// facts reads what metadata and rules say; the text can add to it later.
func (r *reader) facts() {
	p, m := r.page, r.meta
	p.Standfirst = r.portal.text(r.src.root, "standfirst")
	if p.Standfirst == "" {
		for _, s := range []string{m.ld.description, m.one("og:description", "description", "twitter:description")} {
			if s = plainText(s); s != "" && fold(s) != fold(p.Headline) {
				p.Standfirst = clip(s, 1000)
				break
			}
		}
	}
	for _, s := range []string{m.ld.published, m.one("article:published_time", "og:article:published_time"), r.lib.published, firstOf(m.micro["datepublished"]),
		m.one("parsely-pub-date", "sailthru.date", "content_publisheddate", "publishdate", "publish-date", "pubdate", "date", "dc.date", "dc.date.issued", "dcterms.created", "dc.date.created", "originalpublicationdate", "ptime", "article.published", "cxenseparse:recs:publishtime"),
		r.portal.text(r.src.root, "date")} {
		if st, ok := r.when.stamp(s); ok {
			p.Published = st
			break
		}
	}
	for _, s := range []string{m.ld.modified, m.one("article:modified_time", "og:updated_time", "lastmod", "last-modified"), r.lib.modified, firstOf(m.micro["datemodified"])} {
		if st, ok := r.when.stamp(s); ok && st.Time.After(p.Published.Time) {
			p.Modified = st
			break
		}
	}
	if p.Section = r.portal.text(r.src.root, "section"); p.Section == "" {
		for _, s := range []string{m.ld.section, m.one("article:section", "section", "cxenseparse:category"), firstOf(m.micro["articlesection"]), crumb(m.ld.crumbs, p.Headline)} {
			if s = plainText(s); s != "" && len(s) < 80 {
				p.Section = s
				break
			}
		}
	}
	r.topics()
	r.authors()
	if src := absolute(m.base, m.ld.image); src != "" {
		p.Lead = &Picture{URL: src, Caption: m.ld.caption}
	} else if src = absolute(m.base, m.one("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")); src != "" {
		p.Lead = &Picture{URL: src, Alt: plainText(m.one("og:image:alt", "twitter:image:alt"))}
	}
	if p.Lead != nil {
		p.Lead.Caption, p.Lead.Credit = splitCredit(p.Lead.Caption)
	}
	r.parts()
}

func firstOf(list []string) string {
	if len(list) > 0 {
		return list[0]
	}
	return ""
}

// crumb returns the section out of a path of links: the last one that is neither
// the home page nor the story.
func crumb(crumbs []string, headline string) string {
	for i := len(crumbs) - 1; i >= 0; i-- {
		c := crumbs[i]
		if f := fold(c); f == "home" || f == "beranda" || f == fold(headline) || wordCount(c) > 5 {
			continue
		}
		return c
	}
	return ""
}

func (r *reader) topics() {
	var list []string
	for _, n := range r.portal.every(r.src.root, "topics") {
		list = append(list, strings.TrimPrefix(textOf(n), "#"))
	}
	if len(list) == 0 {
		list = append(list, r.meta.tags["article:tag"]...)
	}
	if len(list) == 0 {
		list = append(list, r.meta.ld.keywords...)
	}
	if len(list) == 0 {
		for _, k := range []string{"news_keywords", "keywords"} {
			if v := r.meta.one(k); v != "" && len(list) == 0 && len(v) < 600 {
				list = strings.Split(v, ",")
			}
		}
	}
	for _, t := range list {
		if t = plainText(t); t != "" && len(t) < 80 && wordCount(t) <= 6 {
			r.page.Topics = append(r.page.Topics, t)
		}
	}
	r.page.Topics = unique(r.page.Topics)
	r.page.Topics = r.page.Topics[:min(len(r.page.Topics), 20)]
}

// authors takes names from the rule, else from JSON-LD, else from the byline that
// the library found.
func (r *reader) authors() {
	p := r.page
	p.Byline = oneLine(r.lib.byline)
	add := func(role string, nodes []*html.Node) {
		for _, n := range nodes {
			for _, name := range authorsOf(textOf(n), r.when) {
				p.Authors = append(p.Authors, Author{Name: name, Role: role})
			}
		}
	}
	add("reporter", r.portal.every(r.src.root, "reporter"))
	add("writer", r.portal.every(r.src.root, "author"))
	add("editor", r.portal.every(r.src.root, "editor"))
	if len(p.Authors) == 0 {
		for _, a := range r.meta.ld.authors {
			if !sameOutlet(a.Name, p.Site) {
				p.Authors = append(p.Authors, a)
			}
		}
	}
	if len(p.Authors) == 0 {
		for _, b := range append(append([]string{p.Byline}, r.meta.tags["author"]...), r.meta.micro["author"]...) {
			for _, name := range authorsOf(b, r.when) {
				if !sameOutlet(name, p.Site) && len(p.Authors) < 8 {
					p.Authors = append(p.Authors, Author{Name: name, Role: "writer"})
				}
			}
			if len(p.Authors) > 0 {
				break
			}
		}
	}
	p.Authors = uniqueAuthors(p.Authors)
	if len(p.Authors) == 0 && p.Byline != "" && sameOutlet(p.Byline, p.Site) { // the desk signs as the outlet
		p.Authors = []Author{{Name: p.Byline, Role: "team"}}
	}
}

func uniqueAuthors(list []Author) []Author {
	seen := map[string]bool{}
	var out []Author
	for _, a := range list {
		key := fold(a.Name) + "/" + a.Role
		if a.Name = strings.TrimSpace(a.Name); a.Name != "" && !seen[key] && len(out) < 20 {
			seen[key] = true
			out = append(out, a)
		}
	}
	return out
}

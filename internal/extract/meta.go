package extract

import (
	"encoding/json"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// meta is what a page says of itself outside of its text.
type meta struct {
	tags map[string][]string // of meta elements, by name or property in lower case
	link map[string]string   // of link elements, by rel
	ld   linked
	base string // for relative addresses
	url  string // canonical, else where the page came from
	lang string
	// micro are values of itemprop, by name.
	micro map[string][]string
	title string
	heads []string // texts of h1
}

func readMeta(s *source, opt *Options) *meta {
	m := &meta{tags: map[string][]string{}, link: map[string]string{}, micro: map[string][]string{}, base: opt.URL}
	m.ld = readLinked(s.ld)
	each(s.root, func(n *html.Node) bool {
		switch n.Data {
		case "html":
			m.lang = strings.ToLower(get(n, "lang"))
			if m.lang == "" {
				m.lang = strings.ToLower(get(n, "xml:lang"))
			}
		case "title":
			if m.title == "" && (n.Parent == nil || n.Parent.Data != "svg") {
				m.title = textOf0(n)
			}
			return false
		case "base":
			if href := absolute(opt.URL, get(n, "href")); href != "" {
				m.base = href
			}
		case "link":
			for _, rel := range strings.Fields(strings.ToLower(get(n, "rel"))) {
				if href := get(n, "href"); href != "" && m.link[rel] == "" {
					m.link[rel] = href
				}
			}
		case "meta":
			m.tag(n)
		case "h1":
			if len(m.heads) < 5 {
				m.heads = append(m.heads, textOf(n))
			}
		}
		if prop := get(n, "itemprop"); prop != "" && n.Data != "meta" {
			m.item(n, prop)
		}
		return true
	})
	if m.url = m.address(opt); m.base == "" {
		m.base = m.url
	}
	return m
}

func textOf0(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return oneLine(b.String())
}

func (m *meta) tag(n *html.Node) {
	content := oneLine(get(n, "content"))
	if content == "" {
		return
	}
	for _, key := range []string{"property", "name", "itemprop", "http-equiv"} {
		for _, name := range strings.Fields(strings.ToLower(get(n, key))) {
			if key == "itemprop" {
				if len(m.micro[name]) < 20 {
					m.micro[name] = append(m.micro[name], content)
				}
				continue
			}
			if len(m.tags[name]) < 40 {
				m.tags[name] = append(m.tags[name], content)
			}
		}
	}
}

func (m *meta) item(n *html.Node, prop string) {
	value := get(n, "content")
	switch {
	case value != "":
	case n.Data == "time":
		value = get(n, "datetime")
	case n.Data == "a" || n.Data == "link":
		value = get(n, "href")
		if prop == "author" || prop == "name" || prop == "articleSection" {
			value = textOf(n)
		}
	case n.Data == "img":
		value = get(n, "src")
	}
	if value == "" && prop != "articleBody" && textSize(n, 500) < 400 {
		value = textOf(n)
	}
	for _, name := range strings.Fields(strings.ToLower(prop)) {
		if value != "" && len(m.micro[name]) < 20 {
			m.micro[name] = append(m.micro[name], value)
		}
	}
}

// one returns the first value of the first tag that has one.
func (m *meta) one(names ...string) string {
	for _, name := range names {
		if v := m.tags[name]; len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

// address returns the page's own: canonical link, og:url, JSON-LD, else where it
// came from. A canonical that is the front page of a site is a mistake of many.
func (m *meta) address(opt *Options) string {
	for _, a := range []string{m.link["canonical"], m.one("og:url"), m.ld.url, opt.URL} {
		u, err := url.Parse(absolute(m.base, a))
		if err != nil || u.Host == "" || (u.Path == "" || u.Path == "/") && u.RawQuery == "" && opt.URL != "" && a != opt.URL {
			continue
		}
		u.Fragment = ""
		return u.String()
	}
	return ""
}

// host returns the page's host in lower case without "www.".
func (m *meta) host() string {
	u, err := url.Parse(m.url)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// linked is what a page says in JSON-LD, of the one object that is its story.
type linked struct {
	kind        string // "NewsArticle" …; empty: no story
	list        bool   // there is a list of things and no story
	headline    string
	description string
	body        string
	section     string
	published   string
	modified    string
	url         string
	site        string
	language    string
	image       string
	caption     string
	authors     []Author
	keywords    []string
	crumbs      []string
}

const maxLinkedDepth = 12

func readLinked(blocks []string) (l linked) {
	best := -1
	for _, text := range blocks {
		var v any
		if !parseLinked(text, &v) {
			continue
		}
		walkLinked(v, 0, func(o map[string]any) {
			kinds := texts(o["@type"])
			for _, k := range kinds {
				switch {
				case strings.HasSuffix(k, "Article") || strings.HasSuffix(k, "Posting") || k == "Report" || k == "NewsStory":
					score := len(str(o["headline"])) + len(str(o["articleBody"])) + 10*len(texts(o["datePublished"]))
					if score > best {
						best = score
						l.story(k, o)
					}
				case k == "BreadcrumbList":
					if c := crumbsOf(o); len(c) > len(l.crumbs) {
						l.crumbs = c
					}
				case k == "ItemList" || k == "CollectionPage" || k == "SearchResultsPage":
					l.list = true
				case (k == "WebSite" || strings.HasSuffix(k, "Organization")) && l.site == "":
					l.site = oneLine(str(o["name"]))
				}
			}
		})
	}
	return l
}

// parseLinked reads JSON that people wrote: with comments of HTML around it and
// line ends inside of texts.
func parseLinked(text string, v any) bool {
	text = strings.TrimSpace(text)
	for _, mark := range []string{"<!--", "-->", "<![CDATA[", "]]>", "//<![CDATA[", "//]]>"} {
		text = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(text, mark), mark))
	}
	text = strings.TrimRight(text, "; \n\t")
	if json.Unmarshal([]byte(text), v) == nil {
		return true
	}
	clean := strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text)
	for _, comma := range []string{"}", "]"} {
		for _, gap := range []string{",", ", ", ",  "} {
			clean = strings.ReplaceAll(clean, gap+comma, comma)
		}
	}
	return json.Unmarshal([]byte(clean), v) == nil
}

func walkLinked(v any, depth int, f func(map[string]any)) {
	if depth > maxLinkedDepth {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			walkLinked(x, depth+1, f)
		}
	case map[string]any:
		f(v)
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage", "breadcrumb", "isPartOf", "publisher"} {
			walkLinked(v[key], depth+1, f)
		}
	}
}

func (l *linked) story(kind string, o map[string]any) {
	l.kind = kind
	l.headline = plainText(str(o["headline"]))
	if l.headline == "" {
		l.headline = plainText(str(o["name"]))
	}
	l.description = plainText(str(o["description"]))
	l.body = str(o["articleBody"])
	l.section = ""
	if s := texts(o["articleSection"]); len(s) > 0 {
		l.section = plainText(s[0])
	}
	l.published, l.modified = str(o["datePublished"]), str(o["dateModified"])
	if l.url = str(o["url"]); l.url == "" {
		if l.url = str(o["mainEntityOfPage"]); l.url == "" {
			if p, ok := o["mainEntityOfPage"].(map[string]any); ok {
				l.url = str(p["@id"])
			}
		}
	}
	if p, ok := o["publisher"].(map[string]any); ok {
		l.site = plainText(str(p["name"]))
	}
	l.language = str(o["inLanguage"])
	l.image, l.caption = imageOf(o["image"])
	l.authors = nil
	for _, f := range []struct{ key, role string }{{"author", "writer"}, {"creator", "writer"}, {"contributor", "contributor"}, {"editor", "editor"}} {
		if f.key == "creator" && len(l.authors) > 0 {
			continue
		}
		for _, name := range people(o[f.key]) {
			l.authors = append(l.authors, Author{Name: name, Role: f.role})
		}
	}
	l.keywords = nil
	for _, k := range texts(o["keywords"]) {
		l.keywords = append(l.keywords, strings.Split(k, ",")...)
	}
}

// plainText returns a text of metadata as people read it: entities that were
// written twice are undone, tags dropped.
func plainText(s string) string {
	if strings.ContainsAny(s, "&<") {
		s = html.UnescapeString(s)
		if strings.Contains(s, "<") {
			if root, err := parse("<body>" + clip(s, 20_000)); err == nil {
				s = textOf(root.root)
			}
		}
	}
	return oneLine(s)
}

func str(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case []any:
		if len(v) > 0 {
			return str(v[0])
		}
	case map[string]any:
		return str(v["@value"])
	}
	return ""
}

func texts(v any) []string {
	switch v := v.(type) {
	case string:
		if v = strings.TrimSpace(v); v != "" {
			return []string{v}
		}
	case []any:
		var out []string
		for _, x := range v {
			if len(out) < 100 {
				out = append(out, texts(x)...)
			}
		}
		return out
	case map[string]any:
		return texts(v["name"])
	}
	return nil
}

func people(v any) []string {
	var out []string
	switch v := v.(type) {
	case string:
		if !strings.Contains(v, "://") {
			out = splitNames(plainText(v))
		}
	case []any:
		for _, x := range v {
			if len(out) < 20 {
				out = append(out, people(x)...)
			}
		}
	case map[string]any:
		if name := plainText(str(v["name"])); name != "" && !strings.Contains(name, "://") {
			out = append(out, name)
		}
	}
	return unique(out)
}

func imageOf(v any) (src, caption string) {
	switch v := v.(type) {
	case string:
		return v, ""
	case []any:
		if len(v) > 0 {
			return imageOf(v[0])
		}
	case map[string]any:
		src = str(v["url"])
		if src == "" {
			src = str(v["contentUrl"])
		}
		return src, plainText(str(v["caption"]))
	}
	return "", ""
}

func crumbsOf(o map[string]any) []string {
	list, _ := o["itemListElement"].([]any)
	var out []string
	for _, x := range list {
		m, _ := x.(map[string]any)
		name := plainText(str(m["name"]))
		if item, ok := m["item"].(map[string]any); ok && name == "" {
			name = plainText(str(item["name"]))
		}
		if name != "" && len(out) < 10 {
			out = append(out, name)
		}
	}
	return out
}

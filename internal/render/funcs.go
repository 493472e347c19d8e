package render

import (
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"net/url"
	"strconv"
	"strings"

	"warta/internal/lang"
	"warta/internal/media"
)

// funcs are what templates can call. They are bound to one language.
func (r *Renderer) funcs(code lang.Code) template.FuncMap {
	words := r.words[code]
	return template.FuncMap{
		"code":       func() string { return string(code) },
		"t":          func(key string, pairs ...any) (string, error) { return say(words, key, pairs) },
		"raw":        func(key string) string { return words.Texts(key)[key] },
		"status":     func(status int, part string) string { return sayStatus(words, status, part) },
		"asset":      r.files.URL,
		"sheet":      r.sheet,
		"icon":       icon,
		"gate":       func() template.JS { return gate },
		"sizing":     func() template.HTML { return "<script>" + sizing + "</script>" },
		"pic":        sized,
		"srcset":     srcset,
		"photoline":  media.Line,
		"tone":       tone,
		"ld":         data,
		"link":       func(text, address string) Link { return Link{text, address} },
		"sharelinks": func(s Share, names ...string) []shareLink { return shareLinks(words, s, names) },
		"sources":    func(s []Link) template.HTML { return sourceLine(words, s) },
		"body":       func(b Body, dateline string) template.HTML { return printBody(words, b, dateline) },
		"embed":      func(e *Embed) template.HTML { return printEmbed(words, *e) },
		"arranged":   arranged,
		"bare":       bare,
		"under":      under,
		"plain":      plain,
		"opinion":    opinion,
		"filtered":   filtered,
	}
}

// say looks a sentence up; pairs are placeholder names and their values. An
// unknown key fails the template, so that a test or a theme's check sees it.
func say(words *lang.Catalog, key string, pairs []any) (string, error) {
	if !words.Has(key) {
		return "", fmt.Errorf("the catalogues have no %q", key)
	}
	if len(pairs)%2 != 0 {
		return "", fmt.Errorf("%q: a placeholder has no value", key)
	}
	args := make(lang.Args, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return "", fmt.Errorf("%q: a placeholder's name must be a string", key)
		}
		args[name] = pairs[i+1]
	}
	return words.T(key, args), nil
}

func sayStatus(words *lang.Catalog, status int, part string) string {
	if key := "error." + strconv.Itoa(status) + "." + part; words.Has(key) {
		return words.T(key)
	}
	return words.T("error.500." + part)
}

func (r *Renderer) sheet(s Sheet) template.CSS {
	if css, ok := r.sheets[s]; ok {
		return css
	}
	return r.sheets[SheetList]
}

// under takes the label off a card that stands under a heading of that name.
func under(c Card, title string) Card {
	if c.Label == title {
		c.Label = ""
	}
	return c
}

// bare takes the picture and the standfirst off a card as well.
func bare(c Card, title string) Card {
	c.Picture, c.Standfirst = nil, ""
	return under(c, title)
}

// plain leaves what a card in the dark band needs: its mark says already what
// the section's name would.
func plain(c Card) Card {
	c.Label, c.Standfirst = "", ""
	return c
}

// opinion takes off what all cards below such a heading share, and the picture:
// an opinion is words.
func opinion(c Card, title string) Card {
	c.Picture = nil
	return under(c, title)
}

// filtered reports whether a search is narrowed, so that the form shows how.
func filtered(s SearchPage) bool {
	for i, o := range s.Sections {
		if o.Chosen && i > 0 {
			return true
		}
	}
	for i, o := range s.Sort {
		if o.Chosen && i > 0 {
			return true
		}
	}
	return s.From != "" || s.To != ""
}

// sizedPicture is a picture at a place whose width the style sheet knows.
type sizedPicture struct {
	*Picture
	Sizes string
	Eager bool
}

// sized says how wide a picture stands at a place, as its sizes attribute. In
// lists the headline is the link's one name, so the picture has none there.
func sized(p *Picture, place string) sizedPicture {
	s := sizedPicture{Picture: p}
	if place != "lead" && place != "body" && place != "face" {
		c := *p
		c.Alt = ""
		s.Picture = &c
	}
	switch place {
	case "lead":
		s.Sizes, s.Eager = "(min-width:760px) 680px,100vw", true
	case "front":
		s.Sizes, s.Eager = "(min-width:1024px) 660px,100vw", true
	case "second":
		s.Sizes = "(min-width:1024px) 440px,(min-width:640px) 45vw,112px"
	case "card":
		s.Sizes = "(min-width:1024px) 440px,(min-width:640px) 45vw,100vw"
	case "item":
		s.Sizes = "(min-width:640px) 200px,112px"
	case "face":
		s.Sizes = "96px"
	case "row":
		// So small that the sharper rendition costs less than a choice.
		c := *s.Picture
		c.Srcset = nil
		s.Picture = &c
	case "body":
		s.Sizes = "(min-width:760px) 680px,100vw"
	}
	return s
}

func srcset(p *Picture) template.Srcset {
	if len(p.Srcset) < 2 {
		return ""
	}
	var b strings.Builder
	for i, s := range p.Srcset {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%s %dw", strings.ReplaceAll(s.URL, ",", "%2C"), s.Width)
	}
	return template.Srcset(b.String())
}

// data lets a JSON document stand in its data block as it is. One that could
// end the block, or is no JSON, is not printed.
func data(b []byte) template.JS {
	if !json.Valid(b) {
		return "{}"
	}
	return template.JS(strings.ReplaceAll(string(b), "<", `\u003c`))
}

type shareLink struct{ Icon, Text, URL string }

func shareLinks(words *lang.Catalog, s Share, names []string) []shareLink {
	address, title := escapeShare(s.URL), escapeShare(s.Title)
	to := map[string]string{
		"whatsapp": "https://wa.me/?text=" + title + "%20" + address,
		"x":        "https://x.com/intent/post?text=" + title + "&url=" + address,
		"facebook": "https://www.facebook.com/sharer/sharer.php?u=" + address,
		"telegram": "https://t.me/share/url?url=" + address + "&text=" + title,
		"line":     "https://social-plugins.line.me/lineit/share?url=" + address,
		"email": "mailto:?subject=" + escapeShare(words.T("share.email_subject", lang.Args{"headline": s.Title})) +
			"&body=" + escapeShare(words.T("share.email_body", lang.Args{"headline": s.Title, "url": s.URL})),
	}
	out := make([]shareLink, 0, len(names))
	for _, n := range names {
		if to[n] != "" {
			out = append(out, shareLink{n, words.T("share." + n), to[n]})
		}
	}
	return out
}

// escapeShare escapes a query's value; a space must not be a plus, which mail
// programs and some apps print as one.
func escapeShare(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// sourceLine prints "Sumber AFP, Reuters" with the sources' own links.
func sourceLine(words *lang.Catalog, sources []Link) template.HTML {
	before, after := words.Split("story.source", "names")
	var b strings.Builder
	b.WriteString(html.EscapeString(before))
	for i, s := range sources {
		if i > 0 {
			b.WriteString(", ")
		}
		writeLink(&b, s)
	}
	b.WriteString(html.EscapeString(after))
	return template.HTML(b.String())
}

// tone returns what follows "t" in the class of a picture on its way: two bits
// each of red, green and blue, and no class for the darkest of each.
func tone(n int) string {
	n = min(max(n, 0), 63)
	var classes string
	for i, part := range [...]int{n >> 4, n >> 2 & 3, n & 3} {
		if part > 0 {
			classes += " " + "rgb"[i:i+1] + strconv.Itoa(part)
		}
	}
	return classes
}

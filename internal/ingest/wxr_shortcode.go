package ingest

import (
	"html"
	"slices"
	"strconv"
	"strings"
)

// shortcode is one of WordPress: [name key="value"]content[/name].
type shortcode struct {
	name    string
	attrs   map[string]string // those without a key by their number: "0"
	content string
	enclose bool // it had an end of its own
}

// shortcodes replaces those that are known by HTML and takes the others out,
// noting them. Their content stays: page builders wrap texts in them.
func (b *wxrBody) shortcodes(src string) string {
	if strings.IndexByte(src, '[') < 0 {
		return src
	}
	return b.shortcodesIn(src, 0)
}

// maxCodes is how deep shortcodes may stand in each other.
const maxCodes = 20

func (b *wxrBody) shortcodesIn(src string, depth int) string {
	var out strings.Builder
	for i := 0; i < len(src); {
		k := strings.IndexByte(src[i:], '[')
		if k < 0 || depth > maxCodes {
			out.WriteString(src[i:])
			break
		}
		out.WriteString(src[i : i+k])
		i += k
		if strings.HasPrefix(src[i:], "[[") { // how one writes about shortcodes
			if end := strings.Index(src[i:], "]]"); end > 0 && !strings.Contains(src[i+2:i+end], "[") {
				out.WriteString(src[i+1 : i+end+1])
				i += end + 2
				continue
			}
		}
		sc, end, ok := readShortcode(src, i)
		if !ok || !b.isShortcode(&sc, src[i:end]) {
			out.WriteByte('[')
			i++
			continue
		}
		if sc.enclose {
			sc.content = b.shortcodesIn(sc.content, depth+1)
		}
		out.WriteString(b.shortcode(&sc))
		i = end
	}
	return out.String()
}

// readShortcode reads the one that begins at an index, and returns the index
// behind it.
func readShortcode(src string, at int) (sc shortcode, end int, ok bool) {
	i := at + 1
	closing := i < len(src) && src[i] == '/'
	if closing {
		i++
	}
	from := i
	for i < len(src) && (isNameByte(src[i]) || i > from && src[i] == '-') {
		i++
	}
	if i == from || i == len(src) || i-from > 60 || src[i] > ' ' && src[i] != ']' && src[i] != '/' && src[i] != '=' && src[i] != '"' {
		return sc, at, false
	}
	sc.name = strings.ToLower(src[from:i])
	stop, ok := endOfTag(src, i)
	if !ok {
		return sc, at, false
	}
	sc.attrs = attrsOf(strings.TrimSuffix(src[i:stop], "/"))
	end = stop + 1
	if closing {
		return sc, end, true // an end without a beginning
	}
	if strings.HasSuffix(src[i:stop], "/") {
		return sc, end, true
	}
	if k := indexFold(src[end:], "[/"+sc.name+"]"); k >= 0 {
		sc.content, sc.enclose = src[end:end+k], true
		end += k + len(sc.name) + 3
	}
	return sc, end, true
}

func isNameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_'
}

// maxShortcode is the most bytes between the brackets of a shortcode.
const maxShortcode = 8000

// endOfTag returns the index of the bracket that ends a shortcode, outside of
// quotes.
func endOfTag(src string, from int) (int, bool) {
	var quote byte
	for i := from; i < len(src) && i-from < maxShortcode; i++ {
		switch c := src[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[':
			return 0, false
		case c == ']':
			return i, true
		}
	}
	return 0, false
}

// quoteSigns are what editors make of the quotes of a shortcode.
var quoteSigns = strings.NewReplacer("\u201c", `"`, "\u201d", `"`, "\u2033", `"`, "&#8221;", `"`, "&quot;", `"`, "\u00a0", " ")

func attrsOf(text string) map[string]string {
	attrs := map[string]string{}
	text = quoteSigns.Replace(text)
	for n := 0; ; {
		text = strings.TrimLeft(text, " \t\r\n")
		if text == "" || len(attrs) > 50 {
			return attrs
		}
		i := 0
		for i < len(text) && (isNameByte(text[i]) || text[i] == '-') {
			i++
		}
		key := strings.ToLower(text[:i])
		rest := strings.TrimLeft(text[i:], " \t\r\n")
		if i > 0 && strings.HasPrefix(rest, "=") {
			var v string
			v, text = attrValue(strings.TrimLeft(rest[1:], " \t\r\n"))
			attrs[key] = html.UnescapeString(v)
			continue
		}
		var v string
		v, text = attrValue(text)
		attrs[strconv.Itoa(n)] = html.UnescapeString(v)
		n++
	}
}

func attrValue(s string) (value, rest string) {
	if s == "" {
		return "", ""
	}
	if q := s[0]; q == '"' || q == '\'' {
		if end := strings.IndexByte(s[1:], q); end >= 0 {
			return s[1 : 1+end], s[2+end:]
		}
		return s[1:], ""
	}
	if end := strings.IndexAny(s, " \t\r\n"); end >= 0 {
		return s[:end], s[end:]
	}
	return s, ""
}

// wordShortcodes are those of well-known plug-ins that stand alone and look like a
// word in brackets.
var wordShortcodes = set(`contact-form contact-form-7 toc no_toc ez-toc sharethis addtoany jp-relatedposts woocommerce_cart
	woocommerce_checkout woocommerce_my_account products sitemap wpforms ninja_form gravityform mc4wp_form newsletter adsense ad ads
	adrotate the_ad quads iklan slider rev_slider layerslider smartslider3 metaslider nextpage divider spacer clear hr`)

// isShortcode tells a shortcode from words in brackets, which stay: "[sic]",
// "[red.]", "[1]". It has a value, an end of its own, or a name that no word has.
func (b *wxrBody) isShortcode(sc *shortcode, raw string) bool {
	if knownShortcodes[sc.name] || wordShortcodes[sc.name] {
		return true
	}
	if strings.HasPrefix(raw, "[/") {
		return b.ended[sc.name] || strings.ContainsAny(sc.name, "_-")
	}
	if sc.enclose {
		b.ended[sc.name] = true
		return true
	}
	if strings.Trim(sc.name, "0123456789") == "" {
		return false
	}
	for key := range sc.attrs {
		if _, err := strconv.Atoi(key); err != nil {
			b.ended[sc.name] = true
			return true
		}
	}
	return strings.Contains(sc.name, "_") && len(sc.attrs) == 0
}

// knownShortcodes are those that become something here.
var knownShortcodes = set(`caption wp_caption gallery embed audio video playlist youtube vimeo tweet instagram spotify facebook tiktok`)

func (b *wxrBody) shortcode(sc *shortcode) string {
	switch sc.name {
	case "caption", "wp_caption":
		return b.captionCode(sc)
	case "gallery":
		return b.galleryCode(sc)
	case "audio", "video":
		return b.mediaCode(sc)
	case "playlist":
		return b.playlistCode(sc)
	}
	if knownShortcodes[sc.name] {
		return b.embedCode(sc)
	}
	b.report.Add(RemovedShortcode, sc.name, strings.TrimSpace(sc.content))
	return sc.content + b.filesIn(sc)
}

// captionCode makes a figure of a picture with its caption.
func (b *wxrBody) captionCode(sc *shortcode) string {
	end := endOfImage(sc.content)
	if end < 0 {
		return sc.content
	}
	caption := strings.TrimSpace(sc.content[end:])
	if caption == "" {
		caption = html.EscapeString(sc.attrs["caption"])
	}
	return "\n\n<figure>" + hold(sc.content[:end]) + "<figcaption>" + hold(caption) + "</figcaption></figure>\n\n"
}

// endOfImage returns the index behind the first image and the link around it.
func endOfImage(s string) int {
	i := indexFold(s, "<img")
	if i < 0 {
		return -1
	}
	_, end := tagAt(s, i)
	if k := indexFold(s[end:], "</a>"); k >= 0 && strings.TrimSpace(s[end:end+k]) == "" && indexFold(s[:i], "<a") >= 0 {
		end += k + 4
	}
	return end
}

// named returns the ids of the attachments that a shortcode names.
func (b *wxrBody) named(sc *shortcode) (ids []int64) {
	for _, key := range []string{"ids", "include"} {
		for _, f := range strings.FieldsFunc(sc.attrs[key], func(r rune) bool { return r == ',' || r == ' ' }) {
			if id, err := strconv.ParseInt(f, 10, 64); err == nil && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// galleryCode makes a gallery of the pictures that are named, or of those that were
// uploaded with the post.
func (b *wxrBody) galleryCode(sc *shortcode) string {
	ids := b.named(sc)
	all := len(ids) == 0
	if all {
		ids = b.lookup.children(b.item.ID)
		for _, f := range strings.Split(sc.attrs["exclude"], ",") {
			if id, err := strconv.ParseInt(strings.TrimSpace(f), 10, 64); err == nil {
				ids = slices.DeleteFunc(ids, func(x int64) bool { return x == id })
			}
		}
	}
	var out strings.Builder
	out.WriteString("\n\n<figure class=\"wp-block-gallery\">")
	for _, id := range ids {
		a := b.lookup.attachment(id)
		if a == nil && all && b.lookup.fileOf(id) != "" {
			continue // a document that was uploaded with the post was never in its gallery
		}
		if a == nil {
			b.report.Add(RemovedPicture, "attachment "+strconv.FormatInt(id, 10), "")
			continue
		}
		out.WriteString(`<figure><img src="` + html.EscapeString(a.address) + `" alt="` + html.EscapeString(a.alt) + `"></figure>`)
	}
	out.WriteString("</figure>\n\n")
	return out.String()
}

// embedCode makes a line with an address, which becomes an embed.
func (b *wxrBody) embedCode(sc *shortcode) string {
	address := strings.TrimSpace(sc.content)
	for _, key := range []string{"src", "url", "0", "id"} {
		if address == "" {
			address = strings.TrimSpace(sc.attrs[key])
		}
	}
	address = strings.TrimPrefix(address, "=")
	if sc.name == "youtube" && address != "" && !strings.Contains(address, "/") {
		address = "https://www.youtube.com/watch?v=" + address
	}
	if sc.name == "vimeo" && strings.Trim(address, "0123456789") == "" && address != "" {
		address = "https://vimeo.com/" + address
	}
	if !strings.Contains(address, "://") {
		b.report.Add(RemovedShortcode, sc.name, address)
		return ""
	}
	return "\n\n<p>" + html.EscapeString(html.UnescapeString(address)) + "</p>\n\n"
}

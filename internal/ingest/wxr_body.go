package ingest

import (
	"encoding/json"
	"html"
	"net/url"
	"strings"

	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/ingest/wxr"
)

// Further kinds of notes, of posts of WordPress.
const (
	RemovedShortcode NoteKind = "removed_shortcode" // of a plug-in; what stood in it stays
	RemovedBlock     NoteKind = "removed_block"     // a block that WordPress fills when it prints it
	MovedLink        NoteKind = "moved_link"        // to the new address of another imported story
	LeftFile         NoteKind = "left_file"         // a file of the old site that is no picture; the link still leads there
)

// attachmentOf is what a body needs to know of an attachment.
type attachmentOf struct {
	address string // of the whole picture
	alt     string
}

// wxrLookup finds other items of the export.
type wxrLookup interface {
	attachment(id int64) *attachmentOf // nil: there is none, or it is no picture
	children(id int64) []int64         // ids of the pictures that were uploaded with a post
	reusable(id int64) string          // content of a block that is used again
	link(u *url.URL) string            // the new address of what stood at an old one; "": it stays
	// upload returns where a file of the old site that is no picture is from now on.
	upload(u *url.URL) (to string, ok bool)
	fileOf(id int64) string // the old address of such a file; "": there is none
}

// wxrBody turns the content of one post into a document.
type wxrBody struct {
	item    *wxr.Item
	lookup  wxrLookup
	report  *HTMLReport
	ended   map[string]bool // names of shortcodes that had an end
	base    string          // address of the post
	left    []string        // names of files that stay on the old site
	picture func(src, alt, caption, credit string) (int64, bool)
}

// convert returns the document of the post's content.
func (b *wxrBody) convert(seed string) (doc.Doc, error) {
	b.ended = map[string]bool{}
	src := b.item.Content
	if len(src) > largeHTML {
		src = slim(src)
	}
	if len(src) > MaxHTML {
		return doc.Doc{}, fault.Input("content:encoded", "the body has %d MB of HTML, at most %d are read", len(src)>>20, MaxHTML>>20)
	}
	d, report, err := HTML(b.markup(src), HTMLOptions{Base: b.base, IDs: doc.SeededIDs(seed), Picture: b.picture, Link: b.link})
	b.report.Merge(report)
	if err != nil {
		return doc.Doc{}, fault.Input("content:encoded", "%s", fault.Message(err))
	}
	d.Blocks = b.addresses(d.Blocks)
	return d.WithIDs(doc.SeededIDs(seed)), nil
}

// markup returns the content as WordPress would print it, without what its theme
// and plug-ins add.
func (b *wxrBody) markup(src string) string {
	if strings.Contains(src, "<!-- wp:") {
		return b.blocks(src, 0)
	}
	return autop(b.shortcodes(src))
}

// blocks takes the marks of the block editor out. What stands outside of any block
// was written with the classic one.
func (b *wxrBody) blocks(src string, reused int) string {
	var out strings.Builder
	out.Grow(len(src))
	depth := 0
	text := func(s string) {
		s = b.shortcodes(s)
		if depth == 0 {
			s = autop(s)
		}
		out.WriteString(strings.ReplaceAll(s, string(heldBreak), "\n"))
	}
	for {
		i := strings.Index(src, "<!--")
		if i < 0 {
			text(src)
			return out.String()
		}
		end := strings.Index(src[i+4:], "-->") + 4
		if end < 4 {
			text(src[:i])
			return out.String()
		}
		mark := strings.TrimSpace(src[i+4 : i+end])
		name, isBlock := strings.CutPrefix(mark, "wp:")
		_, isEnd := strings.CutPrefix(mark, "/wp:")
		if !isBlock && !isEnd {
			text(src[:i])
			src = src[i+end+3:]
			continue
		}
		text(src[:i])
		src = src[i+end+3:]
		switch {
		case isEnd:
			depth = max(depth-1, 0)
		case strings.HasSuffix(name, "/"):
			b.emptyBlock(&out, strings.TrimSpace(strings.TrimSuffix(name, "/")), reused)
		default:
			depth++
		}
	}
}

// emptyBlock is one without content of its own: WordPress fills it when a page is
// printed. Only a reference to a block that is used again has something to say.
func (b *wxrBody) emptyBlock(out *strings.Builder, mark string, reused int) {
	name, attrs, _ := strings.Cut(mark, " ")
	if name == "block" && reused < 3 {
		var ref struct {
			Ref int64 `json:"ref"`
		}
		if json.Unmarshal([]byte(attrs), &ref) == nil && ref.Ref != 0 {
			if src := b.lookup.reusable(ref.Ref); src != "" {
				out.WriteString(b.blocks(src, reused+1))
				return
			}
		}
	}
	if name == "more" || name == "nextpage" || name == "spacer" || name == "separator" {
		return
	}
	b.report.Add(RemovedBlock, clip(name, 60), "")
}

// link returns where a link leads from now on.
func (b *wxrBody) link(href string) string {
	u, err := url.Parse(href)
	if err != nil || u.Host == "" {
		return href
	}
	if to, ok := b.lookup.upload(u); ok {
		b.stays(u, to)
		return to
	}
	if to := b.lookup.link(u); to != "" {
		b.report.Add(MovedLink, href, to)
		return to
	}
	return href
}

// addresses makes embeds of the paragraphs that are an address and nothing else,
// as WordPress does when it prints them.
func (b *wxrBody) addresses(blocks []doc.Block) []doc.Block {
	for i, x := range blocks {
		p, ok := x.(doc.Paragraph)
		if !ok {
			continue
		}
		plain := strings.TrimSpace(p.Text.Plain())
		if !strings.HasPrefix(plain, "http://") && !strings.HasPrefix(plain, "https://") || strings.ContainsAny(plain, " \n\u00a0") {
			continue
		}
		if e, ok := embedOf(html.UnescapeString(plain), ""); ok {
			blocks[i] = e
			continue
		}
		if href := b.link(plain); doc.SafeLink(href) && len(p.Text) == 1 && p.Text[0].Href == "" {
			p.Text[0].Href = href
			blocks[i] = p
		}
	}
	return blocks
}

// largeHTML is from when on a body is made slim before it is read.
const largeHTML = 1 << 20

// slim takes out of HTML what can be megabytes and says nothing: style attributes,
// pictures that are written out in an address, styles and scripts.
func slim(src string) string {
	var b strings.Builder
	for i := 0; i < len(src); {
		k := strings.IndexByte(src[i:], '<')
		if k < 0 {
			b.WriteString(src[i:])
			break
		}
		b.WriteString(src[i : i+k])
		i += k
		name, end := tagAt(src, i)
		switch {
		case name == "":
			b.WriteByte('<')
			i++
			continue
		case name == "!--":
			end = endOfRaw(src, i, name, end)
			b.WriteString(src[i:end])
		case (name == "style" || name == "script") && src[i+1] != '/':
			end = endOfRaw(src, i, name, end)
		case end-i > 2000:
			b.WriteString(slimTag(src[i:end]))
		default:
			b.WriteString(src[i:end])
		}
		i = end
	}
	return b.String()
}

// slimTag drops the attributes of a tag that are longer than any address.
func slimTag(tag string) string {
	var b strings.Builder
	for i := 0; i < len(tag); {
		k := strings.IndexAny(tag[i:], `"'`)
		if k < 0 {
			b.WriteString(tag[i:])
			break
		}
		end := strings.IndexByte(tag[i+k+1:], tag[i+k])
		if end < 0 {
			b.WriteString(clip(tag[i:], doc.MaxURL))
			b.WriteByte('>')
			break
		}
		b.WriteString(tag[i : i+k])
		b.WriteByte('"')
		if end <= doc.MaxURL*4 {
			b.WriteString(strings.ReplaceAll(tag[i+k+1:i+k+1+end], `"`, "&quot;"))
		}
		b.WriteByte('"')
		i += k + end + 2
	}
	return b.String()
}

package extract

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// fielder takes what is a field out of the beginning and the end of a region.
type fielder struct {
	*reader
	root *html.Node
	segs []*segment
	keep func(s *segment, field, why string)
}

func (f *fielder) run() {
	f.lead()
	f.segs = segments(f.root)
	f.head()
	f.segs = segments(f.root)
	f.tail()
	f.segs = segments(f.root)
	f.readAlsos()
	for _, s := range segments(f.root) {
		if within(s.block, "figcaption") {
			f.keep(s, FieldCaption, "below a picture")
		}
	}
	for _, s := range f.segs {
		if wordCount(s.text) < 5 {
			continue
		}
		place, outlet, size := f.opt.Dateline(s.text)
		if size == 0 {
			place, outlet, size = datelineOf(s.text, f.page.Site)
		}
		if size > 0 {
			f.page.Dateline = place
			f.addSource(outlet, "")
			f.keep(s, FieldBody, "begins with a dateline")
		}
		break
	}
	var all strings.Builder
	for _, s := range f.segs {
		all.WriteString(s.text + "\n")
	}
	for _, name := range creditedIn(all.String()) {
		f.addSource(name, "")
	}
}

// move makes a field of a segment.
func (f *fielder) move(s *segment, field, why string) {
	f.keep(s, field, why)
	s.remove(f.root)
}

// lead takes the picture that stands before the first paragraph.
func (f *fielder) lead() {
	var text *html.Node
	for _, s := range f.segs {
		if prose(s.text) && wordCount(s.text) >= 8 && !within(s.block, "figure", "figcaption") {
			text = s.nodes[0]
			break
		}
	}
	for n := f.root; n != nil && n != text; n = following(n, f.root) {
		if n.Type != html.ElementNode || n.Data != "img" {
			continue
		}
		src := absolute(f.meta.base, imageSource(n))
		if src == "" || small(n) {
			continue
		}
		box := n
		for up := n.Parent; up != nil && up != f.root; up = up.Parent {
			if up.Data == "figure" {
				box = up
			}
		}
		pic := &Picture{URL: src, Alt: oneLine(get(n, "alt"))}
		if box.Data == "figure" {
			imgs := 0
			each(box, func(x *html.Node) bool {
				if x.Data == "img" {
					imgs++
				}
				return true
			})
			if imgs > 1 || textSize(box, 1500) >= 1500 {
				return // a gallery stays in the body
			}
			var caption []string
			for _, s := range segments(box) {
				caption = append(caption, s.text)
				f.keep(s, FieldCaption, "below the picture before the text")
			}
			pic.Caption, pic.Credit = splitCredit(strings.Join(caption, " "))
		}
		if box.Parent != nil {
			box.Parent.RemoveChild(box)
		}
		if pic.Caption == "" && f.page.Lead != nil && sameFile(f.page.Lead.URL, pic.URL) {
			pic.Caption, pic.Credit = f.page.Lead.Caption, f.page.Lead.Credit
		}
		f.page.Lead = pic
		break
	}
	if f.page.Lead == nil {
		return
	}
	if f.page.Lead.Caption == "" {
		if c := f.portal.text(f.src.root, "caption"); c != "" {
			f.page.Lead.Caption, f.page.Lead.Credit = splitCredit(c)
		}
	}
}

func imageSource(n *html.Node) string {
	for _, key := range []string{"data-src", "data-original", "data-lazy-src", "data-lazy", "src"} {
		if v := get(n, key); v != "" {
			return v
		}
	}
	v, _, _ := strings.Cut(get(n, "srcset"), " ")
	return strings.TrimSuffix(v, ",")
}

// small tells icons and counters by the size that is given.
func small(n *html.Node) bool {
	for _, key := range []string{"width", "height"} {
		if v := strings.TrimSuffix(get(n, key), "px"); v != "" && len(v) <= 2 && v < "64" && (len(v) < 2 || v[0] < '6') {
			return true
		}
	}
	return false
}

func sameFile(a, b string) bool {
	name := func(s string) string {
		s, _, _ = strings.Cut(s, "?")
		return s[strings.LastIndexByte(s, '/')+1:]
	}
	return name(a) != "" && name(a) == name(b)
}

var (
	creditEnd  = regexp.MustCompile(`^(.*?)\s*[(\[]\s*((?:(?i:foto|photo|dok|dokumentasi|kredit|credit|sumber|source|istimewa|ist)\b[.:]?\s*)?[^()\[\]]{2,90})[)\]]\.?$`)
	creditWord = regexp.MustCompile(`(?i)^(.*?)[\s.,;|]*\b(?:foto|photo|photograph|kredit|credit|sumber|source)\s*(?:oleh|by)?\s*:\s*([^:]{2,90})$`)
	creditMark = regexp.MustCompile(`(?i)^(?:foto|photo|dok|dokumentasi|kredit|credit|sumber|source)\b[.:]?\s*`)
)

// splitCredit takes the credit off the end of a caption.
func splitCredit(s string) (caption, credit string) {
	s = oneLine(s)
	if m := creditWord.FindStringSubmatch(s); m != nil {
		return strings.TrimRight(m[1], " .(["), strings.Trim(m[2], " .)]")
	}
	if m := creditEnd.FindStringSubmatch(s); m != nil {
		in := m[2]
		bare := creditMark.ReplaceAllString(in, "")
		if bare != in || strings.Contains(in, "/") || looksLikeNames(in) {
			if bare == "" {
				bare = in
			}
			return m[1], strings.TrimSpace(bare)
		}
	}
	return s, ""
}

// head reads what stands before the first paragraph.
func (f *fielder) head() {
	title := fold(f.page.Headline)
	pending := label("")
	for i, s := range f.segs {
		n := wordCount(s.text)
		if i > 12 || n >= 8 && prose(s.text) && !strings.Contains(s.text, f.page.Headline) {
			if i <= 12 && strings.HasPrefix(s.block.Data, "h") && i < 4 && f.page.Standfirst != "" && overlap(Words(f.page.Standfirst), Words(s.text)) > 0.9 {
				f.move(s, FieldStandfirst, "says what the page's description says")
				continue
			}
			return
		}
		switch {
		case fold(s.text) == title && title != "":
			f.move(s, FieldHeadline, "repeats the headline")
		case within(s.block, "figure", "figcaption", "table", "li"):
			pending = ""
		case pending != "" && f.value(pending, s.text):
			f.move(s, fieldOf(pending), "follows its label")
			pending = ""
		default:
			pending = f.labelled(s)
		}
	}
}

// tail reads what stands behind the last paragraph.
func (f *fielder) tail() {
	for i := len(f.segs) - 1; i >= 0 && i >= len(f.segs)-12; i-- {
		s := f.segs[i]
		if within(s.block, "figure", "figcaption", "table") {
			return
		}
		if initials.MatchString(s.text) {
			f.move(s, FieldAuthor, "initials of who wrote and edited")
			continue
		}
		kind, value, ok := f.opt.Labels.labelled(s.text)
		if !ok || kind == lReadAlso || kind == lCaption {
			if prose(s.text) || wordCount(s.text) > 12 {
				return
			}
			continue
		}
		if value == "" && i+1 < len(f.segs) && wordCount(f.segs[i+1].text) <= 8 {
			value = f.segs[i+1].text
			if f.value(kind, value) {
				f.move(f.segs[i+1], fieldOf(kind), "follows its label")
				f.move(s, fieldOf(kind), "a label")
			}
			continue
		}
		if f.value(kind, value) {
			f.move(s, fieldOf(kind), "a label and its value")
		}
	}
}

// labelled takes a segment that is a label with its value, a date or a name that
// is known. It returns the label if the value is still to come.
func (f *fielder) labelled(s *segment) (pending label) {
	kind, value, ok := f.opt.Labels.labelled(s.text)
	switch {
	case ok && (kind == lReadAlso || kind == lCaption):
	case ok && value == "":
		return kind
	case ok && f.value(kind, value):
		f.move(s, fieldOf(kind), "a label and its value")
	case f.isDate(s.text):
		f.move(s, FieldDate, "a date")
	case f.page.Byline != "" && fold(s.text) == fold(f.page.Byline):
		f.move(s, FieldAuthor, "the byline")
	default:
		for _, a := range f.page.Authors {
			if fold(a.Name) == fold(s.text) {
				f.move(s, FieldAuthor, "the author's name")
				break
			}
		}
	}
	return ""
}

// readAlsos writes pointers to other stories in the one form that ingest knows:
// the label, and the link or headline.
func (f *fielder) readAlsos() {
	for i := 0; i < len(f.segs); i++ {
		s := f.segs[i]
		kind, value, ok := f.opt.Labels.labelled(s.text)
		if !ok || kind != lReadAlso || wordCount(s.text) > 40 || within(s.block, "figcaption", "table") {
			continue
		}
		if value != "" && (f.sure || s.links > 0) {
			f.pointer(s, s, value)
			continue
		}
		if value != "" || !f.sure {
			continue
		}
		took := 0
		for j := i + 1; j < len(f.segs) && took < 5; j++ {
			t := f.segs[j]
			if t.linkShare() < 0.9 || prose(t.text) && wordCount(t.text) > 25 || wordCount(t.text) < 3 {
				break
			}
			f.pointer(t, t, t.text)
			took, i = took+1, j
		}
		if took > 0 {
			f.keep(s, FieldReadAlso, "a label")
			s.remove(f.root)
		}
	}
}

// pointer puts a read-also line in the place of a segment.
func (f *fielder) pointer(s, at *segment, headline string) {
	f.keep(s, FieldReadAlso, "points to another story")
	href := ""
	for _, n := range s.nodes {
		for up := n.Parent; up != nil && up != f.root; up = up.Parent {
			if up.Data == "a" && href == "" {
				href = get(up, "href")
			}
		}
	}
	p := &html.Node{Type: html.ElementNode, Data: "p"}
	p.AppendChild(&html.Node{Type: html.TextNode, Data: "Baca juga: "})
	text := &html.Node{Type: html.TextNode, Data: headline}
	if href != "" {
		a := &html.Node{Type: html.ElementNode, Data: "a", Attr: []html.Attribute{{Key: "href", Val: href}}}
		a.AppendChild(text)
		p.AppendChild(a)
	} else {
		p.AppendChild(text)
	}
	// Before the outermost block that holds nothing else.
	box := at.nodes[0]
	for box.Parent != nil && box.Parent != f.root && strings.TrimSpace(textOf(box.Parent)) == at.text {
		box = box.Parent
	}
	if box.Parent == nil {
		return
	}
	box.Parent.InsertBefore(p, box)
	s.remove(f.root)
}

var keptAttr = set("href src srcset data-src data-original data-lazy-src alt title width height colspan rowspan start cite datetime class poster")

// renderBody writes the region as HTML without what its blocks do not need, its
// addresses absolute.
func renderBody(root *html.Node, base string) string {
	each(root, func(n *html.Node) bool {
		kept := n.Attr[:0]
		for _, a := range n.Attr {
			if !keptAttr[a.Key] || isData(a.Val) {
				continue
			}
			if a.Key == "href" || a.Key == "src" {
				if to := absolute(base, a.Val); to != "" && !strings.HasPrefix(a.Val, "#") {
					a.Val = to
				}
			}
			kept = append(kept, a)
		}
		n.Attr = kept
		return true
	})
	var b strings.Builder
	for k := root.FirstChild; k != nil; k = k.NextSibling {
		if err := html.Render(&b, k); err != nil {
			return b.String()
		}
	}
	return b.String()
}

package ingest

import (
	"net/url"
	"strings"

	"warta/internal/doc"
)

// walker turns a tree into blocks, from left to right.
type walker struct {
	opt    HTMLOptions
	base   *url.URL
	report *HTMLReport
	out    []doc.Block
	buf    buffer
	// lifted are blocks that came up inside a paragraph and follow it.
	lifted []doc.Block
	inText int // depth of paragraphs and headings
}

// sub returns a walker for the content of a list item, cell or quote.
func (w *walker) sub() *walker {
	return &walker{opt: w.opt, base: w.base, report: w.report}
}

// inside walks the children and returns the blocks that they become.
func (w *walker) inside(kids []*element, at style) []doc.Block {
	s := w.sub()
	s.walk(kids, at)
	return s.done()
}

func (w *walker) done() []doc.Block {
	w.flush()
	return w.out
}

// flush ends the paragraph that is being collected.
func (w *walker) flush() {
	for _, text := range splitText(w.buf.take()) {
		w.out = append(w.out, doc.Paragraph{Text: text})
	}
	w.out = append(w.out, w.lifted...)
	w.lifted = nil
}

// emit adds a block: at once between paragraphs, behind it inside of one.
func (w *walker) emit(b doc.Block) {
	if w.inText > 0 {
		if len(w.buf.runs) > 0 {
			w.report.Add(MovedBlock, b.Type(), doc.PlainBlock(b))
		}
		w.lifted = append(w.lifted, b)
		return
	}
	w.flush()
	w.out = append(w.out, b)
}

func (w *walker) walk(kids []*element, at style) {
	for _, e := range kids {
		if e.name == "" {
			w.buf.text(e.text, at)
			continue
		}
		w.element(e, at)
	}
}

var isDropped = set(`script style form input button select textarea option noscript template svg canvas
	math title meta link base source track area map datalist dialog noframes noembed`)

// isQuiet are elements whose loss says nothing to anybody.
var isQuiet = set("meta link base source track area title input")

func (w *walker) element(e *element, at style) {
	switch {
	case isDropped[e.name]:
		if !isQuiet[e.name] {
			w.report.Add(RemovedElement, e.name, e.sample())
		}
	case e.classHas("wp-block-file__button", "wp-block-social-link"):
		w.report.Add(RemovedElement, e.name, e.sample())
	case hidden(e):
		w.report.Add(RemovedHidden, e.name, e.sample())
	case isHeading[e.name]:
		w.heading(e, at)
	case markOf[e.name] != 0:
		w.plain(e)
		at.marks |= markOf[e.name]
		w.walk(e.kids, at)
	case isBlock[e.name]:
		w.plain(e)
		w.block(e, at)
	default:
		w.plain(e)
		w.inline(e, at)
	}
}

// plain tells of the look that an element asked for: how stories look is the
// site's.
func (w *walker) plain(e *element) {
	if look := e.get("style"); look != "" {
		w.report.Add(RemovedStyle, e.name, look)
	}
}

func hidden(e *element) bool {
	if e.has("hidden") || e.classHas("screen-reader-text") {
		return true
	}
	s := strings.ReplaceAll(strings.ToLower(e.get("style")), " ", "")
	return strings.Contains(s, "display:none")
}

func (w *walker) inline(e *element, at style) {
	switch e.name {
	case "a":
		w.walk(e.kids, w.anchor(e, at))
	case "br":
		if w.buf.lineBreak() > 1 && !at.pre {
			w.flush() // two in a row are how a paragraph was once typed
		}
	case "img", "amp-img":
		w.image(e)
	case "iframe", "embed", "object", "amp-youtube":
		w.frame(e, at)
	case "q":
		w.buf.text("“", at)
		w.walk(e.kids, at)
		w.buf.text("”", at)
	case "rp", "wbr":
	default:
		w.walk(e.kids, at)
	}
}

func (w *walker) block(e *element, at style) {
	switch e.name {
	case "ul", "ol", "menu", "dir":
		if e.classHas("wp-block-gallery", "blocks-gallery") {
			w.gallery(e)
			return
		}
		w.list(e, at)
	case "blockquote":
		w.quote(e, at)
	case "figure":
		w.figure(e, at)
	case "table":
		w.table(e, at)
	case "video", "audio":
		w.media(e, at)
	case "hr":
		w.emit(doc.Divider{})
	case "pre":
		w.flush()
		at.pre = true
		w.walk(e.kids, at)
		w.flush()
	case "dt":
		w.flush()
		at.marks |= doc.Strong
		w.walk(e.kids, at)
		w.flush()
	case "p":
		w.flush()
		w.inText++
		w.walk(e.kids, at)
		w.inText--
		w.flush()
	case "aside":
		if e.classHas("pullquote", "pull-quote") {
			w.quote(e, at)
			return
		}
		fallthrough
	default:
		w.flush()
		w.walk(e.kids, at)
		w.flush()
	}
}

func (w *walker) heading(e *element, at style) {
	w.plain(e)
	w.flush()
	level := min(max(int(e.name[1]-'0'), 2), 4)
	text, rest := joined(w.inside(e.kids, at))
	if plain := text.Plain(); strings.TrimSpace(plain) != "" {
		if len(plain) > doc.MaxText {
			rest = append(paragraphs(text), rest...)
		} else {
			w.out = append(w.out, doc.Heading{Level: level, Text: text})
		}
	}
	w.out = append(w.out, rest...)
}

func paragraphs(text doc.Inline) []doc.Block {
	var out []doc.Block
	for _, t := range splitText(text) {
		out = append(out, doc.Paragraph{Text: t})
	}
	return out
}

// joined returns the paragraphs and headings among the blocks as one text with
// breaks between them, and the other blocks.
func joined(blocks []doc.Block) (text doc.Inline, rest []doc.Block) {
	for _, b := range blocks {
		var in doc.Inline
		switch b := b.(type) {
		case doc.Paragraph:
			in = b.Text
		case doc.Heading:
			in = b.Text
		default:
			rest = append(rest, b)
			continue
		}
		if len(text) > 0 && len(in) > 0 {
			text = append(text, doc.Run{Break: true})
		}
		text = append(text, in...)
	}
	return text.Clean(), rest
}

// splitText cuts a text that is longer than a paragraph may be, at spaces.
func splitText(in doc.Inline) []doc.Inline {
	if len(in) == 0 {
		return nil
	}
	size := 0
	for _, r := range in {
		size += len(r.Text)
	}
	if size <= doc.MaxText {
		return []doc.Inline{in}
	}
	var out []doc.Inline
	var part doc.Inline
	room := doc.MaxText
	for _, r := range in {
		for len(r.Text) > room {
			head := clip(r.Text, room)
			if i := strings.LastIndexByte(head, ' '); i > 0 {
				head = head[:i]
			}
			part = append(part, doc.Run{Text: head, Marks: r.Marks, Href: r.Href})
			out, part, room = append(out, part.TrimSpace()), nil, doc.MaxText
			r.Text = r.Text[len(head):]
		}
		part = append(part, r)
		room -= len(r.Text)
	}
	return append(out, part.TrimSpace())
}

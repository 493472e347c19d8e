package ingest

import (
	"html"
	"strconv"
	"strings"

	"warta/internal/doc"
)

// xhtml prints a body in the plainest XHTML for other systems: well-formed, no
// classes, addresses absolute. picture gives the address, caption, credit and
// alternative text of a picture; story gives headline and address of a story.
type xhtml struct {
	out  strings.Builder
	base string
	// also is the label before read-also blocks, which then need no address; empty:
	// those that lead nowhere are left out.
	also    string
	picture func(p doc.Picture) (src, caption, alt string)
	story   func(r doc.ReadAlso) (href, headline string)
}

// body returns the whole body as one element.
func (x *xhtml) body(d doc.Doc) string {
	x.out.WriteString(`<div xmlns="http://www.w3.org/1999/xhtml">` + "\n")
	for _, b := range d.Blocks {
		x.block(b)
	}
	x.out.WriteString("</div>")
	return x.out.String()
}

func (x *xhtml) block(b doc.Block) {
	switch b := b.(type) {
	case doc.Paragraph:
		x.element("p", b.Text)
	case doc.Heading:
		x.element("h"+strconv.Itoa(b.Level), b.Text)
	case doc.List:
		x.list(b)
	case doc.Quote:
		x.open("blockquote")
		for _, p := range b.Paragraphs {
			x.element("p", p)
		}
		x.text("p", prefixed("— ", b.Attribution))
		x.end("blockquote")
	case doc.Picture:
		x.figure(b)
	case doc.Gallery:
		x.open("figure")
		for _, p := range b.Items {
			x.figure(p)
		}
		x.text("figcaption", b.Caption)
		x.end("figure")
	case doc.Table:
		x.table(b)
	case doc.FactBox:
		x.open("aside")
		x.text("h3", b.Title)
		for _, inner := range b.Blocks {
			x.block(inner)
		}
		x.end("aside")
	case doc.Embed:
		title := b.Title
		if title == "" {
			title = b.URL
		}
		x.link(b.URL, title)
	case doc.ReadAlso:
		switch href, headline := x.story(b); {
		case x.also != "" && href == "":
			x.text("p", x.also+": "+headline)
		case x.also != "":
			x.out.WriteString("<p>" + escapeXML(x.also) + `: <a href="` + escapeXML(x.absolute(href)) + `">` + escapeXML(headline) + "</a></p>\n")
		case href != "":
			x.link(href, headline)
		}
	case doc.Divider:
		x.out.WriteString("<hr/>\n")
	}
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func (x *xhtml) open(name string) { x.out.WriteString("<" + name + ">\n") }

func (x *xhtml) end(name string) { x.out.WriteString("</" + name + ">\n") }

// text prints an element with plain text, nothing if there is none.
func (x *xhtml) text(name, s string) {
	if s != "" {
		x.out.WriteString("<" + name + ">" + escapeXML(s) + "</" + name + ">\n")
	}
}

func (x *xhtml) element(name string, in doc.Inline) {
	x.out.WriteString("<" + name + ">")
	x.inline(in)
	x.out.WriteString("</" + name + ">\n")
}

func (x *xhtml) link(href, words string) {
	x.out.WriteString(`<p><a href="` + escapeXML(x.absolute(href)) + `">` + escapeXML(words) + "</a></p>\n")
}

func (x *xhtml) absolute(href string) string {
	if strings.HasPrefix(href, "/") {
		return x.base + href
	}
	return href
}

func (x *xhtml) figure(p doc.Picture) {
	src, caption, alt := x.picture(p)
	if src == "" {
		return
	}
	x.out.WriteString(`<figure><img src="` + escapeXML(src) + `" alt="` + escapeXML(alt) + `"/>`)
	if caption != "" {
		x.out.WriteString("<figcaption>" + escapeXML(caption) + "</figcaption>")
	}
	x.out.WriteString("</figure>\n")
}

func (x *xhtml) list(l doc.List) {
	name := "ul"
	if l.Ordered {
		name = "ol"
	}
	x.out.WriteString("<" + name)
	if l.Ordered && l.Start > 1 {
		x.out.WriteString(` start="` + strconv.Itoa(l.Start) + `"`)
	}
	x.out.WriteString(">\n")
	for _, it := range l.Items {
		x.out.WriteString("<li>")
		x.inline(it.Text)
		for _, below := range it.Lists {
			x.list(below)
		}
		x.out.WriteString("</li>\n")
	}
	x.end(name)
}

func (x *xhtml) table(t doc.Table) {
	x.open("table")
	x.text("caption", t.Caption)
	for _, r := range t.Rows {
		x.out.WriteString("<tr>")
		for _, c := range r.Cells {
			name := "td"
			if c.Header {
				name = "th"
			}
			x.out.WriteString("<" + name)
			for _, span := range []struct {
				name string
				n    int
			}{{"colspan", c.Colspan}, {"rowspan", c.Rowspan}} {
				if span.n > 1 {
					x.out.WriteString(" " + span.name + `="` + strconv.Itoa(span.n) + `"`)
				}
			}
			x.out.WriteString(">")
			x.inline(c.Text)
			x.out.WriteString("</" + name + ">")
		}
		x.out.WriteString("</tr>\n")
	}
	x.end("table")
}

// markElements are the elements of doc's marks.
var markElements = map[string]string{"strong": "strong", "em": "em", "underline": "u", "strike": "s",
	"sub": "sub", "sup": "sup", "code": "code"}

func (x *xhtml) inline(in doc.Inline) {
	for _, r := range in {
		if r.Break {
			x.out.WriteString("<br/>")
			continue
		}
		if r.Href != "" {
			x.out.WriteString(`<a href="` + escapeXML(x.absolute(r.Href)) + `">`)
		}
		names := r.Marks.Names()
		for _, n := range names {
			x.out.WriteString("<" + markElements[n] + ">")
		}
		x.out.WriteString(escapeXML(r.Text))
		for i := len(names) - 1; i >= 0; i-- {
			x.out.WriteString("</" + markElements[names[i]] + ">")
		}
		if r.Href != "" {
			x.out.WriteString("</a>")
		}
	}
}

// escapeXML escapes markup and leaves out what XML 1.0 does not allow.
func escapeXML(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s))
}

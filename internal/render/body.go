package render

import (
	"html"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"warta/internal/doc"
	"warta/internal/lang"
)

// bodyPrinter prints the blocks of one body. Everything that goes into out is
// either a literal of this package or escaped; no HTML comes from a body.
type bodyPrinter struct {
	out   strings.Builder
	words *lang.Catalog
	body  Body
	// dateline stands before the first paragraph's text and is empty once it
	// has been printed.
	dateline string
	links    []string // for paper, in the order in which they stand
}

// printBody prints a body's blocks, and its links once more for paper.
func printBody(words *lang.Catalog, b Body, dateline string) template.HTML {
	p := &bodyPrinter{words: words, body: b, dateline: dateline}
	p.out.Grow(8 << 10)
	if dateline != "" && !hasParagraph(b.Doc) {
		p.dateline = ""
	}
	after := breaks(b.Doc, b.slots)
	for i, block := range b.Doc.Blocks {
		p.block(block)
		if n := slices.Index(after, i); n >= 0 {
			p.write(string(b.leave(n + 1)))
		}
	}
	p.paperLinks()
	return template.HTML(p.out.String())
}

func hasParagraph(d doc.Doc) bool {
	for _, b := range d.Blocks {
		if _, ok := b.(doc.Paragraph); ok {
			return true
		}
	}
	return false
}

// block prints one block. A type that is not known here prints nothing.
func (p *bodyPrinter) block(b doc.Block) {
	switch b := b.(type) {
	case doc.Paragraph:
		p.paragraph(b)
	case doc.Heading:
		p.heading(b)
	case doc.List:
		p.list(b)
	case doc.Quote:
		p.quote(b)
	case doc.Picture:
		p.picture(b)
	case doc.Gallery:
		p.gallery(b)
	case doc.Table:
		p.table(b)
	case doc.FactBox:
		p.factBox(b)
	case doc.Embed:
		p.embed(b)
	case doc.ReadAlso:
		p.readAlso(b)
	case doc.Divider:
		p.write("<hr>\n")
	case doc.MembersCut: // a page is cut there before it is printed
	case doc.AdBreak: // see breaks
	}
}

func (p *bodyPrinter) write(parts ...string) {
	for _, s := range parts {
		p.out.WriteString(s)
	}
}

// attr prints ` name="value"`, and nothing for an empty value.
func (p *bodyPrinter) attr(name, value string) {
	if value != "" {
		p.write(" ", name, `="`, html.EscapeString(value), `"`)
	}
}

func (p *bodyPrinter) paragraph(b doc.Paragraph) {
	p.write("<p>")
	if p.dateline != "" {
		// The dash is part of the line, the space after it is not semi-bold.
		line := strings.TrimRight(p.dateline, " ")
		p.write("<b>", html.EscapeString(line), "</b> ")
		p.dateline = ""
	}
	p.inline(b.Text)
	p.write("</p>\n")
}

func (p *bodyPrinter) heading(b doc.Heading) {
	level := strconv.Itoa(min(max(b.Level, 2), 4))
	p.write("<h", level, ">")
	p.inline(b.Text)
	p.write("</h", level, ">\n")
}

func (p *bodyPrinter) list(b doc.List) {
	name := "ul"
	if b.Ordered {
		name = "ol"
	}
	p.write("<", name)
	if b.Ordered && b.Start > 1 {
		p.attr("start", strconv.Itoa(b.Start))
	}
	p.write(">\n")
	for _, item := range b.Items {
		p.write("<li>")
		p.inline(item.Text)
		for _, below := range item.Lists {
			p.write("\n")
			p.list(below)
		}
		p.write("</li>\n")
	}
	p.write("</", name, ">\n")
}

func (p *bodyPrinter) quote(b doc.Quote) {
	p.write("<blockquote")
	if b.Pull {
		p.attr("class", "pull")
	}
	p.write(">\n")
	for _, text := range b.Paragraphs {
		p.write("<p>")
		p.inline(text)
		p.write("</p>\n")
	}
	if b.Attribution != "" {
		p.write("<cite>", html.EscapeString(b.Attribution), "</cite>\n")
	}
	p.write("</blockquote>\n")
}

func (p *bodyPrinter) factBox(b doc.FactBox) {
	p.write(`<div class="fact">`, "\n")
	if b.Title != "" {
		p.write("<h2>", html.EscapeString(b.Title), "</h2>\n")
	}
	line := p.dateline // belongs to the running text, not into a box
	p.dateline = ""
	for _, inside := range b.Blocks {
		p.block(inside)
	}
	p.dateline = line
	p.write("</div>\n")
}

func (p *bodyPrinter) table(b doc.Table) {
	name := b.Caption
	if name == "" {
		name = p.words.T("story.table")
	}
	p.write(`<section class="scroll" tabindex="0"`)
	p.attr("aria-label", name)
	p.write(">\n<table>\n")
	if b.Caption != "" {
		p.write("<caption>", html.EscapeString(b.Caption), "</caption>\n")
	}
	head := b.HeaderRows()
	for i, row := range b.Rows {
		switch {
		case i == 0 && head > 0:
			p.write("<thead>\n")
		case i == head:
			p.write("<tbody>\n")
		}
		p.write("<tr>")
		for _, c := range row.Cells {
			p.cell(c, i < head)
		}
		p.write("</tr>\n")
		if i == head-1 {
			p.write("</thead>\n")
		}
	}
	if head < len(b.Rows) {
		p.write("</tbody>\n")
	}
	p.write("</table>\n</section>\n")
}

func (p *bodyPrinter) cell(c doc.Cell, column bool) {
	name := "td"
	if c.Header {
		name = "th"
	}
	p.write("<", name)
	switch {
	case c.Header && column:
		p.attr("scope", "col")
	case c.Header:
		p.attr("scope", "row")
	}
	if c.Colspan > 1 {
		p.attr("colspan", strconv.Itoa(c.Colspan))
	}
	if c.Rowspan > 1 {
		p.attr("rowspan", strconv.Itoa(c.Rowspan))
	}
	p.write(">")
	p.inline(c.Text)
	p.write("</", name, ">")
}

func (p *bodyPrinter) readAlso(b doc.ReadAlso) {
	target, ok := p.body.Stories[b.Story]
	if b.Story == 0 || !ok || target.URL == "" || target.Text == "" {
		return
	}
	before, after := p.words.Split("story.read_also_line", "headline")
	p.write(`<p class="also"><span>`, html.EscapeString(strings.TrimRight(before, " ")), `</span> `)
	writeLink(&p.out, target)
	p.write(html.EscapeString(after), "</p>\n")
}

// paperLinks lists the addresses that the text links to; they are numbered on
// paper, where nobody can follow a link.
func (p *bodyPrinter) paperLinks() {
	if len(p.links) == 0 {
		return
	}
	p.write(`<ol class="onpaper">`, "\n")
	for _, address := range p.links {
		if strings.HasPrefix(address, "/") {
			address = p.body.Base + address
		}
		p.write("<li>", html.EscapeString(address), "</li>\n")
	}
	p.write("</ol>\n")
}

package render

import (
	"html"
	"strings"

	"warta/internal/doc"
)

// markTags are the elements of the marks, the outermost first.
var markTags = []struct {
	mark doc.Mark
	name string
}{
	{doc.Strong, "strong"}, {doc.Em, "em"}, {doc.Underline, "u"}, {doc.Strike, "s"},
	{doc.Sub, "sub"}, {doc.Sup, "sup"}, {doc.Code, "code"},
}

// inline prints running text. Neighbouring runs of one address are one link,
// so that a word set apart inside a link does not cut it in two.
func (p *bodyPrinter) inline(text doc.Inline) {
	open := ""
	for _, run := range text {
		href := run.Href
		if href != "" && !doc.SafeLink(href) {
			href = ""
		}
		if href != open {
			p.closeLink(open)
			p.openLink(href)
			open = href
		}
		if run.Break {
			p.write("<br>")
			continue
		}
		p.run(run)
	}
	p.closeLink(open)
}

func (p *bodyPrinter) openLink(href string) {
	if href == "" {
		return
	}
	p.write("<a")
	p.attr("href", href)
	p.write(">")
	if strings.HasPrefix(href, "/") || strings.HasPrefix(href, "http") {
		p.links = append(p.links, href)
	}
}

func (p *bodyPrinter) closeLink(href string) {
	if href != "" {
		p.write("</a>")
	}
}

func (p *bodyPrinter) run(run doc.Run) {
	for _, m := range markTags {
		if run.Marks.Has(m.mark) {
			p.write("<", m.name, ">")
		}
	}
	p.write(html.EscapeString(run.Text))
	for i := len(markTags) - 1; i >= 0; i-- {
		if run.Marks.Has(markTags[i].mark) {
			p.write("</", markTags[i].name, ">")
		}
	}
}

// writeLink prints words that lead somewhere, or the words alone if the
// address is empty or of a kind that must not be a link.
func writeLink(b *strings.Builder, l Link) {
	if l.URL == "" || !doc.SafeLink(l.URL) {
		b.WriteString(html.EscapeString(l.Text))
		return
	}
	b.WriteString(`<a href="` + html.EscapeString(l.URL) + `">` + html.EscapeString(l.Text) + `</a>`)
}

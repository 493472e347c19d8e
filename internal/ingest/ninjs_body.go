package ingest

import (
	"slices"
	"strings"
	"unicode/utf8"

	"warta/internal/doc"
	"warta/internal/fault"
)

// bestBody returns the index of the body to read: the first HTML, else the
// first plain text, -1 if there is neither.
func bestBody(bodies []roleText) int {
	plain := -1
	for i, b := range bodies {
		kind := strings.ToLower(b.ContentType)
		switch {
		case strings.TrimSpace(b.Value) == "":
		case isHTML(b), kind == "" && strings.HasPrefix(strings.TrimSpace(b.Value), "<"):
			return i
		case plain < 0 && (kind == "" || strings.HasPrefix(kind, "text/plain")):
			plain = i
		}
	}
	return plain
}

// body sets body, standfirst and dateline.
func (c *converter) body(it *item, d *draft) error {
	ct := &d.in.Content
	ids := doc.SeededIDs(d.uri)
	best := bestBody(it.Bodies)
	switch {
	case best >= 0:
		b := it.Bodies[best]
		var err error
		var report HTMLReport
		if kind := strings.ToLower(b.ContentType); isHTML(b) || kind == "" && strings.HasPrefix(strings.TrimSpace(b.Value), "<") {
			ct.Body, report, err = HTML(b.Value, HTMLOptions{IDs: ids, Picture: d.inline})
		} else {
			ct.Body, report, err = PlainText(b.Value, ids)
		}
		if err != nil {
			return fault.Input(indexed("bodies", best, "value"), "%s", fault.Message(err))
		}
		d.report.Merge(report)
	case len(it.Bodies) > 0 && len(it.Descriptions) == 0:
		return fault.Input("bodies[0].contentType", "HTML and plain text are read, and this is %q", clip(it.Bodies[0].ContentType, 60))
	}
	c.withoutHeadline(it, d)
	c.describe(it, d, ids)
	c.dateline(it, d)
	if ct.Body.Empty() && len(d.pictures) == 0 {
		return fault.Input("bodies", "the item has no text")
	}
	return nil
}

func indexed(list string, i int, field string) string {
	return list + "[" + itoa(i) + "]." + field
}

// withoutHeadline takes out the headline where the body repeats it, and the
// line with desk and provider that some agencies set below it.
func (c *converter) withoutHeadline(it *item, d *draft) {
	body := &d.in.Content.Body
	want := letters(d.in.Content.Headline)
	i := slices.IndexFunc(body.Blocks, func(b doc.Block) bool {
		_, picture := b.(doc.Picture)
		return !picture
	})
	if i < 0 || letters(textOf(body.Blocks[i])) != want {
		return
	}
	d.report.Add(RemovedRepeat, "headline", d.in.Content.Headline)
	body.Blocks = slices.Delete(slices.Clone(body.Blocks), i, i+1)
	if i < len(body.Blocks) {
		line := oneLine(textOf(body.Blocks[i]))
		if line != "" && utf8.RuneCountInString(line) <= 40 && !strings.ContainsAny(line, ".!?:,") && c.endsWithProvider(line, it) {
			d.report.Add(RemovedElement, "desk line", line)
			body.Blocks = slices.Delete(body.Blocks, i, i+1)
		}
	}
}

func (c *converter) endsWithProvider(line string, it *item) bool {
	names := []string{it.CopyrightHolder}
	for _, s := range it.InfoSources {
		names = append(names, s.Name)
	}
	return slices.ContainsFunc(names, func(n string) bool { return n != "" && strings.HasSuffix(line, n) })
}

// textOf returns the text of a paragraph or heading, "" for other blocks.
func textOf(b doc.Block) string {
	switch b := b.(type) {
	case doc.Paragraph:
		return b.Text.Plain()
	case doc.Heading:
		return b.Text.Plain()
	}
	return ""
}

// leadRoles are the roles of descriptions that are written to stand before the
// text; the others describe it and may repeat it.
var leadRoles = map[string]bool{"lead": true, "summary": true, "standfirst": true, "abstract": true, "excerpt": true,
	"deck": true, "teaser": true, "ingress": true, "text": true, "main": true, "": true, "short": true, "description": true}

// describe takes a description as the standfirst, or as the body of an item
// that has none. What only repeats the body's beginning is dropped.
func (c *converter) describe(it *item, d *draft, ids doc.IDs) {
	ct := &d.in.Content
	begins := letters(clip(ct.Body.Plain(), 4*maxStandfirst))
	for i, t := range it.Descriptions {
		text, field := plainValue(t), indexed("descriptions", i, "value")
		switch {
		case text == "":
		case !leadRoles[lastWord(t.Role)]:
			d.report.Add(IgnoredField, field, text)
		case ct.Body.Empty() && len(d.pictures) == 0:
			body, report, err := PlainText(t.Value, ids)
			if isHTML(t) {
				body, report, err = HTML(t.Value, HTMLOptions{IDs: ids})
			}
			if err == nil {
				ct.Body = body
				d.report.Merge(report)
				d.report.Add(MovedText, field, text)
				begins = letters(body.Plain())
			}
		case repeats(begins, text), ct.Standfirst != "" && letters(ct.Standfirst) == letters(text):
			d.report.Add(RemovedRepeat, field, text)
		case ct.Standfirst != "" || utf8.RuneCountInString(text) > maxStandfirst:
			d.report.Add(IgnoredField, field, text)
		default:
			ct.Standfirst = text
		}
	}
}

// maxStandfirst is the most characters of a standfirst; more is a text.
const maxStandfirst = 1000

// repeats reports whether a description is the text's own beginning, cut off
// somewhere: its first four fifths stand there.
func repeats(begins, description string) bool {
	have := letters(description)
	return len(have) > 0 && strings.HasPrefix(begins, have[:len(have)*4/5])
}

// dateline moves a leading dateline to its field. The one in the text is more
// exact than "located", which is taken where there is none; either way none is
// printed twice. An outlet in it becomes a source unless it is ourselves or the
// item names its sources.
func (c *converter) dateline(it *item, d *draft) {
	ct := &d.in.Content
	line, ok := c.datelines.Take(&ct.Body)
	if ok {
		d.report.Add(TakenDateline, line.Place, line.Text)
	}
	ct.Dateline = clip(line.Place, maxName)
	if ct.Dateline == "" {
		ct.Dateline = clip(oneLine(it.Located), maxName)
	}
	ours := slices.ContainsFunc(c.own, func(n string) bool { return strings.EqualFold(n, line.Outlet) })
	if line.Outlet != "" && !ours && len(d.sources) == 0 {
		d.report.Add(MovedSource, "dateline", line.Outlet)
		d.sources = append(d.sources, line.Outlet)
	}
}

// inline is the HTML reader's question for a picture in the text. Pictures are
// numbered from 1 here; their ids come later. One that is also an association
// is that one, whatever size the text shows.
func (d *draft) inline(src, alt, caption, credit string) (int64, bool) {
	for i := range d.pictures {
		p := &d.pictures[i]
		if p.uri == src || slices.Contains(p.files, src) {
			p.inText = true
			return int64(i + 1), true
		}
	}
	if len(d.pictures) >= maxPictures {
		return 0, false
	}
	p := pictureRef{files: []string{src}, inText: true}
	p.details.Name, p.details.Alt, p.details.Caption, p.details.Credit = src, alt, caption, credit
	d.pictures = append(d.pictures, p)
	return int64(len(d.pictures)), true
}

// maxPictures is the most pictures of one item.
const maxPictures = 200

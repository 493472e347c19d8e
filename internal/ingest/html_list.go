package ingest

import (
	"strconv"
	"strings"

	"warta/internal/doc"
)

// list turns ul and ol into lists; what cannot stand in a list follows it.
func (w *walker) list(e *element, at style) {
	l, rest := w.items(e, at)
	blocks := splitList(l, w.report)
	for _, b := range rest {
		w.report.Add(MovedBlock, b.Type(), doc.PlainBlock(b))
	}
	for _, b := range append(blocks, rest...) {
		w.emit(b)
	}
}

// items reads the items of a list and of the lists below it.
func (w *walker) items(e *element, at style) (doc.List, []doc.Block) {
	l := doc.List{Ordered: e.name == "ol"}
	if n, err := strconv.Atoi(e.get("start")); err == nil && l.Ordered && n > 1 && n < 1_000_000 {
		l.Start = n
	}
	var rest []doc.Block
	var loose []*element // what stands in a list outside of any item
	for _, k := range e.kids {
		if k.name != "li" {
			loose = append(loose, k)
			continue
		}
		rest = w.item(&l, loose, at, rest)
		loose = nil
		if hidden(k) {
			w.report.Add(RemovedHidden, k.name, k.sample())
			continue
		}
		rest = w.item(&l, k.kids, at, rest)
	}
	return l, w.item(&l, loose, at, rest)
}

// item adds the blocks of one item to the list. A list without a text of its
// own before it belongs to the item above.
func (w *walker) item(l *doc.List, kids []*element, at style, rest []doc.Block) []doc.Block {
	if len(kids) == 0 {
		return rest
	}
	text, others := joined(w.inside(kids, at))
	var lists []doc.List
	for _, b := range others {
		if sub, ok := b.(doc.List); ok {
			lists = append(lists, sub)
			continue
		}
		rest = append(rest, b)
	}
	if len(text.Plain()) > doc.MaxText {
		rest = append(rest, paragraphs(text)...)
		text = nil
	}
	switch {
	case len(text) > 0:
		l.Items = append(l.Items, doc.ListItem{Text: text, Lists: lists})
	case len(lists) > 0 && len(l.Items) > 0:
		last := &l.Items[len(l.Items)-1]
		last.Lists = append(last.Lists, lists...)
	case len(lists) > 0: // a list that only wraps another one
		for _, sub := range lists {
			l.Items = append(l.Items, sub.Items...)
		}
	}
	return rest
}

// splitList brings a list inside the limits of doc: deeper items move up to the
// lowest level that there is, and a list that is too long goes on in a new one.
func splitList(l doc.List, report *HTMLReport) []doc.Block {
	l = flatten(l, 1, report)
	var out []doc.Block
	start := max(l.Start, 1)
	for len(l.Items) > 0 {
		n := min(len(l.Items), doc.MaxItems)
		part := doc.List{Ordered: l.Ordered, Items: l.Items[:n]}
		if l.Ordered && start > 1 {
			part.Start = min(start, 1_000_000)
		}
		out = append(out, part)
		l.Items, start = l.Items[n:], start+n
	}
	return out
}

func flatten(l doc.List, depth int, report *HTMLReport) doc.List {
	var items []doc.ListItem
	for _, it := range l.Items {
		lists := it.Lists
		it.Lists = nil
		if depth == doc.MaxLists {
			items = append(items, it)
			for _, sub := range lists {
				report.Add(Flattened, sub.Type(), doc.PlainBlock(sub))
				items = append(items, flatten(sub, depth, report).Items...)
			}
			continue
		}
		for _, sub := range lists {
			it.Lists = append(it.Lists, splitNested(flatten(sub, depth+1, report))...)
		}
		items = append(items, it)
		for len(it.Lists) >= doc.MaxItems { // more than one item may have
			items[len(items)-1].Lists = it.Lists[:doc.MaxItems-1]
			it.Lists = it.Lists[doc.MaxItems-1:]
			items = append(items, doc.ListItem{Lists: it.Lists})
		}
	}
	l.Items = items
	return l
}

func splitNested(l doc.List) []doc.List {
	var out []doc.List
	for len(l.Items) > 0 {
		n := min(len(l.Items), doc.MaxItems)
		out = append(out, doc.List{Ordered: l.Ordered, Start: l.Start, Items: l.Items[:n]})
		l.Items, l.Start = l.Items[n:], 0
	}
	return out
}

// quote turns a blockquote into a quote, or into the embed that a service's
// own blockquote stands for.
func (w *walker) quote(e *element, at style) {
	if b, ok := w.quotedEmbed(e); ok {
		w.emit(b)
		return
	}
	kids, attribution := splitAttribution(e)
	pull := e.classHas("pullquote", "pull-quote") || e.name == "aside"
	var ps []doc.Inline
	end := func(by string) {
		if len(ps) > 0 {
			w.emit(doc.Quote{Paragraphs: ps, Pull: pull, Attribution: by})
			by = ""
		}
		if by != "" {
			w.emit(doc.Paragraph{Text: doc.Text(by)})
		}
		ps = nil
	}
	for _, b := range w.inside(kids, at) {
		switch b := b.(type) {
		case doc.Paragraph:
			ps = append(ps, b.Text)
		case doc.Heading:
			ps = append(ps, b.Text)
		default:
			end("")
			w.report.Add(MovedBlock, b.Type(), doc.PlainBlock(b))
			w.emit(b)
		}
		if len(ps) == doc.MaxItems {
			end("")
		}
	}
	end(attribution)
}

// splitAttribution takes a last <cite> or <footer> off a quote.
func splitAttribution(e *element) (kids []*element, attribution string) {
	kids = e.kids
	for i := len(kids) - 1; i >= 0; i-- {
		k := kids[i]
		if k.name == "" && strings.TrimSpace(k.text) == "" {
			continue
		}
		if k.name == "p" && len(k.kids) == 1 && k.kids[0].name == "cite" {
			k = k.kids[0]
		}
		if k.name != "cite" && k.name != "footer" {
			break
		}
		by := k.plain()
		if len(by) > doc.MaxAttr {
			break
		}
		return kids[:i], strings.TrimSpace(strings.TrimLeft(by, "-–—― "))
	}
	return kids, ""
}

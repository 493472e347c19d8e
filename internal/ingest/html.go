// Package ingest brings stories in from elsewhere and gives them out again:
// interchange formats both ways, HTML and plain text into blocks, wire and
// feeds. It knows no HTTP door and no SQL.
package ingest

import (
	"net/url"

	"warta/internal/doc"
	"warta/internal/fault"
)

// MaxHTML is the most bytes of HTML or plain text that one body may have.
const MaxHTML = 5 << 20

// HTMLOptions say how HTML becomes blocks. The zero value drops pictures and
// relative links and makes random ids.
type HTMLOptions struct {
	// Base is the address of the page; relative links are resolved against it.
	Base string
	// IDs gives the blocks' ids. Importers pass doc.SeededIDs, so that the same
	// item becomes the same document.
	IDs doc.IDs
	// Picture puts a picture into the library, or finds it there. If it is nil
	// or answers false, the picture is left out and reported.
	Picture func(src, alt, caption, credit string) (id int64, ok bool)
	// Link says where a link leads, given its whole address; nil: there.
	Link func(href string) string
}

// HTML turns the HTML of a story's body into blocks. Nothing is kept as HTML;
// whatever is left out or put elsewhere is in the report. It stands any input:
// too much of it is fault.TooLarge, everything else becomes some document.
func HTML(src string, opt HTMLOptions) (doc.Doc, HTMLReport, error) {
	if len(src) > MaxHTML {
		return doc.Doc{}, HTMLReport{}, fault.New(fault.TooLarge, "the body has %d bytes of HTML, at most %d are allowed", len(src), MaxHTML)
	}
	w := &walker{opt: opt, report: &HTMLReport{}}
	if u, err := url.Parse(opt.Base); err == nil && u.Host != "" {
		w.base = u
	}
	w.walk(parseTree(src).kids, style{})
	d, err := finish(w.done(), opt.IDs, len(src), w.report)
	return d, *w.report, err
}

// finish makes the document out of blocks in any number.
func finish(blocks []doc.Block, ids doc.IDs, size int, report *HTMLReport) (doc.Doc, error) {
	d := doc.Doc{Blocks: blocks}.Trim()
	d.Blocks = takeReadAlsos(d.Blocks, report)
	if len(d.Blocks) > doc.MaxBlocks {
		return doc.Doc{}, fault.New(fault.TooLarge, "the body has %d paragraphs and other blocks, at most %d are allowed", len(d.Blocks), doc.MaxBlocks)
	}
	if ids == nil {
		ids = doc.RandomIDs()
	}
	d = d.WithIDs(ids)
	if size > doc.MaxBytes/32 {
		// The JSON can be many times as long as the source.
		data, err := d.MarshalJSON()
		if err != nil {
			return doc.Doc{}, err
		}
		if len(data) > doc.MaxBytes {
			return doc.Doc{}, fault.New(fault.TooLarge, "the body becomes %d bytes, at most %d are allowed", len(data), doc.MaxBytes)
		}
	}
	return d, nil
}

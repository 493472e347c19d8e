package doc

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"warta/internal/fault"
)

// MarshalJSON returns the canonical JSON: the same document always gives the
// same bytes, and Parse gives back an equal document. Attributes with their
// zero value are left out. It does not check what Validate checks.
func (d Doc) MarshalJSON() ([]byte, error) {
	out := make([]byte, 0, 512+256*len(d.Blocks))
	out = append(out, `{"type":"doc","content":[`...)
	for i, b := range d.Blocks {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = appendBlock(out, b); err != nil {
			return nil, err
		}
	}
	return append(out, "]}"...), nil
}

// marshalBlock returns the canonical JSON of one block.
func marshalBlock(b Block) ([]byte, error) { return appendBlock(nil, b) }

func appendBlock(out []byte, b Block) ([]byte, error) {
	if b == nil {
		return nil, fault.New(fault.Internal, "a document holds a nil block")
	}
	out = append(out, `{"type":"`...)
	out = append(out, b.Type()...)
	out = append(out, '"')
	w := attrWriter{out: out}
	w.text("id", b.BlockID())
	switch b := b.(type) {
	case Paragraph:
		out = appendText(w.end(), b.Text)
	case Heading:
		w.number("level", int64(b.Level))
		out = appendText(w.end(), b.Text)
	case List:
		if b.Ordered && b.Start > 1 {
			w.number("order", int64(b.Start))
		}
		out = appendItems(w.end(), b.Items)
	case Quote:
		w.text("attribution", b.Attribution)
		w.flag("pull", b.Pull)
		out = appendParagraphs(w.end(), b.Paragraphs)
	case Picture:
		w.picture(b)
		out = w.end()
	case Gallery:
		w.text("caption", b.Caption)
		out = appendPictures(w.end(), b.Items)
	case Table:
		w.text("caption", b.Caption)
		out = appendRows(w.end(), b.Rows)
	case FactBox:
		return appendFactBox(w, b)
	case Embed:
		w.text("provider", string(b.Provider))
		w.text("url", b.URL)
		w.text("title", b.Title)
		out = w.end()
	case ReadAlso:
		w.number("story", b.Story)
		w.text("url", b.URL)
		w.text("headline", b.Headline)
		out = w.end()
	case AdBreak, MembersCut, Divider:
		out = w.end()
	default:
		return nil, fault.New(fault.Internal, "a document holds a block of type %T", b)
	}
	return append(out, '}'), nil
}

func appendFactBox(w attrWriter, b FactBox) ([]byte, error) {
	w.text("title", b.Title)
	out := append(w.end(), `,"content":[`...)
	for i, inner := range b.Blocks {
		if i > 0 {
			out = append(out, ',')
		}
		if inner != nil {
			inner = inner.WithID("")
		}
		var err error
		if out, err = appendBlock(out, inner); err != nil {
			return nil, err
		}
	}
	return append(out, "]}"...), nil
}

func appendItems(out []byte, items []ListItem) []byte {
	out = append(out, `,"content":[`...)
	for i, it := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, `{"type":"list_item","content":[{"type":"paragraph"`...)
		out = append(appendText(out, it.Text), '}')
		for _, l := range it.Lists {
			out = append(out, `,{"type":"`...)
			out = append(append(out, l.Type()...), '"')
			w := attrWriter{out: out}
			if l.Ordered && l.Start > 1 {
				w.number("order", int64(l.Start))
			}
			out = append(appendItems(w.end(), l.Items), '}')
		}
		out = append(out, "]}"...)
	}
	return append(out, ']')
}

func appendParagraphs(out []byte, ps []Inline) []byte {
	out = append(out, `,"content":[`...)
	for i, p := range ps {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, `{"type":"paragraph"`...)
		out = append(appendText(out, p), '}')
	}
	return append(out, ']')
}

func appendPictures(out []byte, ps []Picture) []byte {
	out = append(out, `,"content":[`...)
	for i, p := range ps {
		if i > 0 {
			out = append(out, ',')
		}
		w := attrWriter{out: append(out, `{"type":"picture"`...)}
		w.picture(p)
		out = append(w.end(), '}')
	}
	return append(out, ']')
}

func appendRows(out []byte, rows []Row) []byte {
	out = append(out, `,"content":[`...)
	for i, r := range rows {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, `{"type":"table_row","content":[`...)
		for j, c := range r.Cells {
			if j > 0 {
				out = append(out, ',')
			}
			typ := typeCell
			if c.Header {
				typ = typeHeader
			}
			out = append(append(append(out, `{"type":"`...), typ...), '"')
			w := attrWriter{out: out}
			if c.Colspan > 1 {
				w.number("colspan", int64(c.Colspan))
			}
			if c.Rowspan > 1 {
				w.number("rowspan", int64(c.Rowspan))
			}
			out = append(appendParagraphs(w.end(), []Inline{c.Text}), '}')
		}
		out = append(out, "]}"...)
	}
	return append(out, ']')
}

// appendText writes the content member of a text block, nothing if it is empty.
func appendText(out []byte, in Inline) []byte {
	in = in.Clean()
	if len(in) == 0 {
		return out
	}
	out = append(out, `,"content":[`...)
	for i, r := range in {
		if i > 0 {
			out = append(out, ',')
		}
		if r.Break {
			out = append(out, `{"type":"hard_break"}`...)
			continue
		}
		out = append(out, `{"type":"text"`...)
		out = appendMarks(out, r)
		out = append(out, `,"text":`...)
		out = append(appendString(out, r.Text), '}')
	}
	return append(out, ']')
}

func appendMarks(out []byte, r Run) []byte {
	if r.Marks == 0 && r.Href == "" {
		return out
	}
	out = append(out, `,"marks":[`...)
	if r.Href != "" {
		out = append(out, `{"type":"link","attrs":{"href":`...)
		out = append(appendString(out, r.Href), "}},"...)
	}
	for _, name := range r.Marks.Names() {
		out = append(append(append(out, `{"type":"`...), name...), `"},`...)
	}
	out[len(out)-1] = ']'
	return out
}

// attrWriter writes the attrs member and leaves out zero values.
type attrWriter struct {
	out  []byte
	some bool
}

func (w *attrWriter) name(key string) {
	if w.some {
		w.out = append(w.out, ',')
	} else {
		w.out = append(w.out, `,"attrs":{`...)
		w.some = true
	}
	w.out = append(append(append(w.out, '"'), key...), `":`...)
}

func (w *attrWriter) text(key, v string) {
	if v != "" {
		w.name(key)
		w.out = appendString(w.out, v)
	}
}

func (w *attrWriter) number(key string, v int64) {
	if v != 0 {
		w.name(key)
		w.out = strconv.AppendInt(w.out, v, 10)
	}
}

func (w *attrWriter) flag(key string, v bool) {
	if v {
		w.name(key)
		w.out = append(w.out, "true"...)
	}
}

func (w *attrWriter) picture(p Picture) {
	w.number("picture", p.Picture)
	w.text("caption", p.Caption)
	w.text("credit", p.Credit)
	w.text("alt", p.Alt)
}

func (w *attrWriter) end() []byte {
	if w.some {
		return append(w.out, '}')
	}
	return w.out
}

// appendString writes a JSON string with the same escapes as encoding/json, so
// that the bytes stay the same when a document stands inside another value.
func appendString(out []byte, s string) []byte {
	plain := utf8.ValidString(s)
	for i := 0; i < len(s) && plain; i++ {
		switch c := s[i]; {
		case c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == 0x7f:
			plain = false
		case c == 0xe2 && i+2 < len(s) && s[i+1] == 0x80 && s[i+2]&^1 == 0xa8: // U+2028, U+2029
			plain = false
		}
	}
	if plain {
		return append(append(append(out, '"'), s...), '"')
	}
	quoted, _ := json.Marshal(s) // a string always marshals
	return append(out, quoted...)
}

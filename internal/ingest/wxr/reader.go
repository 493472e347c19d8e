package wxr

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// MaxItem is the most bytes that one item may have, with its comments.
const MaxItem = 48 << 20

// maxHead is the most bytes that what is not an item may have: an author, a term.
const maxHead = 1 << 20

// Raw is a piece of an export as it stands there.
type Raw struct {
	// Name is its element: "item", "wp:author", "wp:category", "wp:tag", "wp:term",
	// or one of the fields of the channel: "title", "link", "language",
	// "wp:wxr_version", "wp:base_site_url", "wp:base_blog_url".
	Name       string
	Data       []byte // with its tags; it belongs to the Reader until the next call
	Line       int    // of its first byte, from 1
	Start, End int64  // offsets in the file
	// Err says why the piece cannot be read: where it would go on, nobody knows.
	Err error
}

// pieces are the elements that Next returns.
var pieces = map[string]bool{"item": true, "wp:author": true, "wp:category": true, "wp:tag": true, "wp:term": true,
	"title": true, "link": true, "language": true, "wp:wxr_version": true, "wp:base_site_url": true, "wp:base_blog_url": true}

// Reader cuts a file into pieces. It keeps one of them in memory.
type Reader struct {
	r    io.ReadSeeker
	buf  []byte
	pos  int   // of the next byte in buf
	base int64 // offset of buf[0] in the file
	line int   // of buf[pos]
	end  error // what the file said last
	most int64 // bytes of an item
	// Encoding is the declared one in lower case, empty: none was declared yet.
	Encoding string
	began    bool // something of the format was seen
	inItems  bool // an item was seen: what follows is no field of the channel
	closed   bool // the end of the channel was seen
	// unclosed remembers for an element that no end of a CDATA section of it stands
	// before an offset: looking again would cost the square of the file.
	unclosed map[string]int64
}

// NewReader returns a reader that begins at an offset, on a line that its caller
// knows; at 0 and 1 for the whole file.
func NewReader(r io.ReadSeeker, offset int64, line int) (*Reader, error) {
	if _, err := r.Seek(offset, io.SeekStart); err != nil {
		return nil, err
	}
	return &Reader{r: r, base: offset, line: line, most: MaxItem, inItems: offset > 0, began: offset > 0, unclosed: map[string]int64{}}, nil
}

// Limit changes the most bytes of an item; for tests.
func (r *Reader) Limit(most int64) { r.most = most }

// Offset and Line tell where the reader is.
func (r *Reader) Offset() int64 { return r.base + int64(r.pos) }

// Closed reports whether the end of the channel was seen: a file without one was cut
// off.
func (r *Reader) Closed() bool { return r.closed }

// Line returns the line that the reader is in.
func (r *Reader) Line() int { return r.line }

// drop forgets what lies before pos, once that is the larger part: whatever index
// somebody holds means another byte then.
func (r *Reader) drop() {
	if r.pos < len(r.buf)-r.pos {
		return
	}
	n := copy(r.buf, r.buf[r.pos:])
	r.buf, r.base, r.pos = r.buf[:n], r.base+int64(r.pos), 0
}

// more reads on behind what is there; false at the end.
func (r *Reader) more() bool {
	if r.end != nil {
		return false
	}
	if cap(r.buf)-len(r.buf) < 64<<10 {
		grown := make([]byte, len(r.buf), 2*cap(r.buf)+256<<10)
		copy(grown, r.buf)
		r.buf = grown
	}
	n, err := r.r.Read(r.buf[len(r.buf):cap(r.buf)])
	r.buf, r.end = r.buf[:len(r.buf)+n], err
	return n > 0 || err == nil
}

// has makes sure that n bytes are there from an index on.
func (r *Reader) has(at, n int) bool {
	for len(r.buf) < at+n {
		if !r.more() {
			return false
		}
	}
	return true
}

// index returns where a text begins at or behind an index of buf, -1: nowhere
// before the limit.
func (r *Reader) index(text string, at int, limit int) int {
	for {
		if at < len(r.buf) {
			if i := bytes.Index(r.buf[at:], []byte(text)); i >= 0 {
				return at + i
			}
			at = max(at, len(r.buf)-len(text)+1)
		}
		if at > limit || !r.more() {
			return -1
		}
	}
}

// advance moves on to an index and counts the lines on the way.
func (r *Reader) advance(to int) {
	r.line += bytes.Count(r.buf[r.pos:to], []byte{'\n'})
	r.pos = to
}

// ErrFormat says that a file is no export of WordPress.
var ErrFormat = errors.New("this is no export of WordPress: there is no <rss> or <channel> at its beginning")

// Next returns the next piece, or io.EOF. A piece with Err stands for something
// that cannot be read; Next goes on behind it. Another error is one of the file.
func (r *Reader) Next() (Raw, error) {
	for {
		// Between pieces nothing is kept, however much of it there is.
		i := r.index("<", r.pos, r.pos)
		if i < 0 {
			r.advance(len(r.buf))
			r.drop()
			if r.end != nil {
				return Raw{}, r.ended()
			}
			continue
		}
		r.advance(i)
		r.drop()
		r.has(r.pos, 9)
		switch head := r.buf[r.pos:]; {
		case bytes.HasPrefix(head, []byte("<!--")):
			r.skip("-->", 4)
		case bytes.HasPrefix(head, []byte("<![CDATA[")):
			r.skip("]]>", 9)
		case bytes.HasPrefix(head, []byte("<!")):
			r.doctype()
		case bytes.HasPrefix(head, []byte("<?")):
			r.declaration()
		case len(head) > 1 && head[1] == '/':
			r.closed = r.closed || bytes.HasPrefix(head, []byte("</chan")) || bytes.HasPrefix(head, []byte("</rss"))
			r.skip(">", 2)
		default:
			name := r.name(r.pos + 1)
			if name == "rss" || name == "channel" {
				r.began = true
			}
			if !pieces[name] || r.inItems && name != "item" && name[:2] != "wp" {
				r.advance(r.pos + 1)
				continue
			}
			if !r.began {
				return Raw{}, ErrFormat
			}
			return r.piece(name), nil
		}
	}
}

func (r *Reader) ended() error {
	if errors.Is(r.end, io.EOF) && !r.began {
		return ErrFormat
	}
	return r.end
}

// skip moves behind the next end, without keeping what lies before it.
func (r *Reader) skip(end string, head int) {
	r.has(r.pos, head)
	r.advance(min(r.pos+head, len(r.buf)))
	for {
		if i := bytes.Index(r.buf[r.pos:], []byte(end)); i >= 0 {
			r.advance(r.pos + i + len(end))
			return
		}
		r.advance(max(r.pos, len(r.buf)-len(end)+1))
		r.drop()
		if !r.more() {
			r.advance(len(r.buf))
			return
		}
	}
}

// doctype passes over a DOCTYPE with what it declares.
func (r *Reader) doctype() {
	depth := 0
	for i := r.pos + 2; ; i++ {
		if !r.has(i, 1) {
			r.advance(len(r.buf))
			return
		}
		switch r.buf[i] {
		case '[':
			depth++
		case ']':
			depth--
		case '>':
			if depth <= 0 {
				r.advance(i + 1)
				return
			}
		}
		if i-r.pos > maxHead {
			r.advance(i)
			r.drop()
			i = r.pos
		}
	}
}

// declaration reads the encoding that a file declares.
func (r *Reader) declaration() {
	if i := r.index("?>", r.pos, r.pos+maxHead); i >= 0 {
		if e := attribute(r.buf[r.pos:i], "encoding"); e != "" {
			r.Encoding = lowerASCII(e)
		}
	}
	r.skip("?>", 2)
}

// name returns the name of the tag whose name begins at an index of buf.
func (r *Reader) name(at int) string {
	end := at
	for r.has(end, 1) && end-at < 64 {
		c := r.buf[end]
		if c <= ' ' || c == '>' || c == '/' || c == '<' {
			break
		}
		end++
	}
	return string(r.buf[at:min(end, len(r.buf))])
}

// piece reads an element that begins at pos.
func (r *Reader) piece(name string) Raw {
	limit := int(r.most)
	if name != "item" {
		limit = maxHead
	} else {
		r.inItems = true
	}
	raw := Raw{Name: name, Line: r.line, Start: r.Offset()}
	end, err := r.endOf(name, limit)
	if err != nil {
		raw.Err = err
		r.recover(name, end)
		raw.End = r.Offset()
		return raw
	}
	raw.Data = r.buf[r.pos:end]
	r.line += bytes.Count(raw.Data, []byte{'\n'})
	r.pos = end
	raw.End = r.Offset()
	return raw
}

// endOf returns the index behind the element that begins at pos. With an error it
// is the index from which to look for the next one.
func (r *Reader) endOf(name string, limit int) (int, error) {
	closing := "</" + name
	field := name // the element whose text is being read
	for i := r.pos + 1; ; {
		if i-r.pos > limit {
			return i, fmt.Errorf("it has more than the %d MB that are read", limit>>20)
		}
		i = r.index("<", i, r.pos+limit)
		if i < 0 {
			if len(r.buf)-r.pos > limit {
				return len(r.buf), fmt.Errorf("it has more than the %d MB that are read", limit>>20)
			}
			return len(r.buf), errors.New("the file ends within it")
		}
		r.has(i, 16)
		rest := r.buf[i:]
		switch {
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			end, err := r.endOfCDATA(field, i+9, r.pos+limit)
			if err != nil && len(r.buf)-r.pos > limit {
				return end, fmt.Errorf("it has more than the %d MB that are read, or %w", limit>>20, err)
			}
			if err != nil {
				return end, err
			}
			i = end
		case bytes.HasPrefix(rest, []byte("<!--")):
			end := r.index("-->", i, r.pos+limit)
			if end < 0 {
				return i + 4, errors.New("a comment in it does not end")
			}
			i = end + 3
		case bytes.HasPrefix(rest, []byte(closing)) && len(rest) > len(closing) && (rest[len(closing)] == '>' || rest[len(closing)] <= ' '):
			end := r.index(">", i, i+1024)
			if end < 0 {
				return i, errors.New("the file ends within it")
			}
			return end + 1, nil
		case len(rest) > 1 && rest[1] == '/':
			i += 2
		default:
			n := r.name(i + 1)
			if n == "item" && name == "item" {
				return i, errors.New("another item begins within it; its end is missing")
			}
			if n != "" && isLetter(n[0]) {
				field = n
				if r.empty(i) && i == r.pos {
					return r.index(">", i, i+1024) + 1, nil
				}
			}
			i++
		}
	}
}

// empty reports whether the tag at an index closes itself.
func (r *Reader) empty(i int) bool {
	end := r.index(">", i, i+1024)
	return end > 0 && r.buf[end-1] == '/'
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// endOfCDATA returns the index behind a CDATA section of a field whose text begins
// at an index. WordPress writes "]]>" inside of a text as the end of one section
// and the beginning of the next; others do not, so an end counts only where the
// field ends or another section follows.
func (r *Reader) endOfCDATA(field string, at, limit int) (int, error) {
	offset := r.base + int64(at)
	if until, ok := r.unclosed[field]; ok && offset < until {
		return at, fmt.Errorf("a CDATA section of %s in it does not end", field)
	}
	for i := at; ; {
		end := r.index("]]>", i, limit)
		if end < 0 {
			r.unclosed[field] = r.base + int64(len(r.buf))
			return at, fmt.Errorf("a CDATA section of %s in it does not end", field)
		}
		if next := bytes.Index(r.buf[i:end], []byte("</item>")); next >= 0 && field != "item" && r.swallows(i+next+7) {
			return i + next, fmt.Errorf("a CDATA section of %s in it does not end before the next item", field)
		}
		if r.closes(field, end+3) {
			return end + 3, nil
		}
		i = end + 1
	}
}

// swallows reports whether an item of WordPress begins at an index: then a CDATA
// section was not closed.
func (r *Reader) swallows(at int) bool {
	for r.has(at, 1) && r.buf[at] <= ' ' {
		at++
	}
	r.has(at, 4096)
	rest := r.buf[at:min(len(r.buf), at+4096)]
	return bytes.HasPrefix(rest, []byte("<item>")) && bytes.Contains(rest, []byte("<guid")) && bytes.Contains(rest, []byte("<pubDate>"))
}

// closes reports whether a field ends at an index, or another CDATA section begins.
func (r *Reader) closes(field string, at int) bool {
	for r.has(at, 1) && r.buf[at] <= ' ' {
		at++
	}
	r.has(at, 64)
	rest := r.buf[min(at, len(r.buf)):]
	return bytes.HasPrefix(rest, []byte("<![CDATA[")) || bytes.HasPrefix(rest, []byte("</"+field))
}

// recover moves to the next item behind an index, whatever stands before it.
func (r *Reader) recover(name string, from int) {
	if name != "item" {
		r.advance(min(from, len(r.buf)))
		return
	}
	r.advance(min(max(from, r.pos+1), len(r.buf)))
	for {
		i := bytes.Index(r.buf[r.pos:], []byte("<item>"))
		if i >= 0 {
			r.advance(r.pos + i)
			return
		}
		r.advance(max(r.pos, len(r.buf)-5))
		r.drop()
		if !r.more() {
			r.advance(len(r.buf))
			return
		}
	}
}

func lowerASCII(s string) string { return string(bytes.ToLower([]byte(s))) }

// attribute returns the value of an attribute in the text of a tag.
func attribute(tag []byte, key string) string {
	for rest := tag; ; {
		i := bytes.Index(rest, []byte(key))
		if i < 0 {
			return ""
		}
		before := i == 0 || rest[i-1] <= ' '
		rest = rest[i+len(key):]
		v := bytes.TrimLeft(rest, " \t\r\n")
		if !before || len(v) < 2 || v[0] != '=' {
			continue
		}
		v = bytes.TrimLeft(v[1:], " \t\r\n")
		if len(v) == 0 || v[0] != '"' && v[0] != '\'' {
			return ""
		}
		if end := bytes.IndexByte(v[1:], v[0]); end >= 0 {
			return string(v[1 : 1+end])
		}
		return ""
	}
}

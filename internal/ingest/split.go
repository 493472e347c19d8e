package ingest

import (
	"bytes"
	"errors"
	"io"

	"warta/internal/fault"
)

// MaxItem is the most bytes that one item of a JSON stream may have.
const MaxItem = 8 << 20

// rawItem is one value of a stream, as it stands there, or what stands there
// instead of one.
type rawItem struct {
	data       []byte
	line       int   // of its first byte, from 1
	start, end int64 // offsets in the stream
	err        error
}

// splitter cuts a stream into the values of an array, of JSON lines, or of
// values that follow one another. It keeps no more than one item in memory and
// goes on behind a broken one: encoding/json's decoder does neither.
type splitter struct {
	r     io.Reader
	buf   []byte
	pos   int   // of the next byte in buf
	base  int64 // offset of buf[0] in the stream
	line  int   // of buf[pos]
	most  int   // bytes of an item
	ended error // what the reader said last: io.EOF, or why it failed

	inArray bool
	resumed bool // nothing was read yet and the stream began in the middle
	indent  int  // blanks before pos in its line; below zero: other things too
}

func newSplitter(r io.Reader, most int) *splitter { return &splitter{r: r, line: 1, most: most} }

// skip passes over the first n bytes, which an earlier run has taken in.
func (s *splitter) skip(n int64) error {
	for n > 0 {
		if !s.fill() {
			return s.ended
		}
		step := int(min(n, int64(len(s.buf)-s.pos)))
		s.advance(s.pos + step)
		n -= int64(step)
	}
	s.resumed = s.base+int64(s.pos) > 0
	return nil
}

// fill makes sure that there is a byte at pos+ahead; it may move the buffer's
// content down to pos.
func (s *splitter) fill() bool { return s.fillTo(0) }

func (s *splitter) fillTo(ahead int) bool {
	for s.pos+ahead >= len(s.buf) {
		if s.ended != nil {
			return false
		}
		if s.pos > 0 {
			n := copy(s.buf, s.buf[s.pos:])
			s.base += int64(s.pos)
			s.buf, s.pos = s.buf[:n], 0
		}
		if cap(s.buf)-len(s.buf) < 32<<10 {
			grown := make([]byte, len(s.buf), 2*cap(s.buf)+64<<10)
			copy(grown, s.buf)
			s.buf = grown
		}
		n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		s.ended = err
	}
	return true
}

// advance moves on to an index of buf and counts the lines on the way.
func (s *splitter) advance(to int) {
	s.line += bytes.Count(s.buf[s.pos:to], []byte{'\n'})
	s.pos = to
}

func (s *splitter) offset() int64 { return s.base + int64(s.pos) }

// next returns the next item, or what is wrong in its place; io.EOF at the end.
// Any other error is the reader's and ends the stream.
func (s *splitter) next() (rawItem, error) {
	for {
		if !s.fill() {
			return s.atEnd()
		}
		switch c := s.buf[s.pos]; {
		case c == '\n':
			s.advance(s.pos + 1)
			s.indent = 0
		case c == ' ' || c == '\t':
			s.advance(s.pos + 1)
			if s.indent >= 0 {
				s.indent++
			}
		case c == '\r' || c == 0x1e: // RFC 7464 separates with 0x1e
			s.advance(s.pos + 1)
		case c == 0xef && s.offset() == 0 && s.fillTo(2) && s.buf[s.pos+1] == 0xbb && s.buf[s.pos+2] == 0xbf:
			s.advance(s.pos + 3)
		case (c == ',' || c == ']') && (s.inArray || s.resumed):
			s.inArray, s.resumed, s.indent = c == ',', false, -1
			s.advance(s.pos + 1)
		case c == '[' && !s.inArray:
			s.inArray, s.resumed, s.indent = true, false, -1
			s.advance(s.pos + 1)
		default:
			s.resumed = false
			return s.item(), nil
		}
	}
}

func (s *splitter) atEnd() (rawItem, error) {
	if !errors.Is(s.ended, io.EOF) {
		return rawItem{}, s.ended
	}
	if s.inArray {
		s.inArray = false
		return rawItem{line: s.line, start: s.offset(), end: s.offset(),
			err: fault.New(fault.Invalid, "the input ends before its list does; it seems to be cut off")}, nil
	}
	return rawItem{}, io.EOF
}

// item reads the value at pos.
func (s *splitter) item() rawItem {
	it := rawItem{line: s.line, start: s.offset()}
	m := &machine{}
	dropped := false // of an item that is too large only the end is looked for
	for i := 0; ; i++ {
		if !s.fillTo(i) {
			if m.complete() {
				return s.finish(it, i, dropped)
			}
			it.err = fault.New(fault.Invalid, "the input ends in the middle of an item; it seems to be cut off")
			if dropped {
				s.advance(len(s.buf))
				s.inArray = false
			} else {
				s.resync()
			}
			it.end = s.offset()
			return it
		}
		switch m.feed(s.buf[s.pos+i]) {
		case ends:
			return s.finish(it, i+1, dropped)
		case endsBefore:
			return s.finish(it, i, dropped)
		case wrong:
			it.err = fault.New(fault.Invalid, "this is not JSON: unexpected %q in line %d", s.buf[s.pos+i],
				s.line+bytes.Count(s.buf[s.pos:s.pos+i], []byte{'\n'}))
			s.resync()
			it.end = s.offset()
			return it
		}
		if i >= s.most {
			dropped = true
			s.advance(s.pos + i + 1)
			i = -1
		}
	}
}

// finish takes the n bytes at pos as an item.
func (s *splitter) finish(it rawItem, n int, dropped bool) rawItem {
	switch {
	case dropped:
		it.err = fault.New(fault.TooLarge, "the item has more than %d MB; at most that is taken", s.most>>20)
	case s.buf[s.pos] != '{':
		it.err = fault.New(fault.Invalid, "an item is a JSON object, and this is not one")
	default:
		it.data = bytes.Clone(s.buf[s.pos : s.pos+n])
	}
	s.advance(s.pos + n)
	s.indent = -1
	it.end = s.offset()
	return it
}

// resync goes to the next line that can begin an item: one that is indented
// like the broken one's. What follows the broken one's first line is looked at
// again, since the end of a torn line is found much later only.
func (s *splitter) resync() {
	indent := max(s.indent, 0)
	s.indent = 0
	for {
		i := bytes.IndexByte(s.buf[s.pos:], '\n')
		for i < 0 {
			// Nothing of a line that is not looked at has to be kept.
			s.advance(len(s.buf))
			if !s.fill() {
				s.inArray = false
				return
			}
			i = bytes.IndexByte(s.buf[s.pos:], '\n')
		}
		s.advance(s.pos + i + 1)
		n := 0
		for s.fillTo(n) && (s.buf[s.pos+n] == ' ' || s.buf[s.pos+n] == '\t') && n <= indent {
			n++
		}
		if !s.fillTo(n) {
			continue
		}
		if c := s.buf[s.pos+n]; n == indent && c == '{' || n == 0 && c == ']' && s.inArray {
			return
		}
	}
}

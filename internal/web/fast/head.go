package fast

import (
	"bytes"
	"encoding/binary"
)

// What goes beyond this is net/http's to judge.
const maxLines = 64 // header lines of one head

// sort says what becomes of the bytes at a boundary.
type sort uint8

const (
	partial sort = iota // the head is not complete, and so far it is plain
	plain               // a head that an answer from memory may fit
	odd                 // a delimited head without a body, but for net/http
	foreign             // anything else: net/http has to make out what it is
)

// head is a request's head. Its slices point into what was parsed.
type head struct {
	size   int // bytes, with the empty line
	head   bool
	close  bool
	target []byte
	path   []byte
	query  []byte
	host   []byte
	// Values of lines that may appear once. nil: there is none.
	accept, match, agent, cookie []byte
	connection                   []byte
}

// parse reads a head at the beginning of b, which is where a request begins.
//
// The grammar is a part of RFC 9112 in which nothing is left to be understood in
// two ways: GET or HEAD, a target that begins with a slash, HTTP/1.1, lines that
// end in CR LF and hold no other control character, names that are tokens with
// the colon behind them, no folding, one Host, nothing that announces a body or
// another protocol. Lines that are complete are judged before the rest is there.
func (h *head) parse(b []byte) sort {
	*h = head{}
	kind := plain
	line, rest, ok := cutLine(b)
	if rest == nil {
		if ok {
			return partial
		}
		return foreign
	}
	if kind = h.request(line); kind == foreign {
		return foreign
	}
	for n := 0; ; n++ {
		line, after, ok := cutLine(rest)
		switch {
		case !ok || n > maxLines:
			return foreign
		case after == nil:
			return partial
		case len(line) == 0:
			h.size = len(b) - len(after)
			if h.host == nil {
				return foreign
			}
			return kind
		}
		kind = max(kind, h.field(line))
		if kind == foreign {
			return foreign
		}
		rest = after
	}
}

// cutLine cuts a line off b. Without a line end, rest is nil and ok is true; if
// the line is not one that we read, ok is false.
func cutLine(b []byte) (line, rest []byte, ok bool) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return nil, nil, true
	}
	if i == 0 || b[i-1] != '\r' {
		return nil, nil, false
	}
	return b[:i-1], b[i+1 : len(b) : len(b)], true
}

// request reads the request line.
func (h *head) request(line []byte) sort {
	target, ok := bytes.CutPrefix(line, []byte("GET "))
	if !ok {
		if target, ok = bytes.CutPrefix(line, []byte("HEAD ")); !ok {
			return foreign
		}
		h.head = true
	}
	target, ok = bytes.CutSuffix(target, []byte(" HTTP/1.1"))
	if !ok || len(target) == 0 || target[0] != '/' {
		return foreign
	}
	h.target, h.path = target, target
	if i := bytes.IndexByte(target, '?'); i >= 0 {
		h.path, h.query = target[:i], target[i+1:]
	}
	if plainPath(h.path) && visible(h.query) {
		return plain
	}
	if visible(target) {
		return odd
	}
	return foreign
}

// visible reports whether all of b is visible ASCII.
func visible(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// maxPath is the longest path that is looked for; the door behind has the same
// bound.
const maxPath = 2000

// plainPath reports whether a path has one spelling only, so that it is what
// the routes and the door behind net/http make of it: no escapes, no empty
// parts, none that begin with a dot, and no slash at its end.
func plainPath(p []byte) bool {
	if len(p) > maxPath {
		return false
	}
	for i, c := range p {
		switch pathBytes[c] {
		case 0:
			return false
		case pathSlash:
			if i+1 < len(p) && (p[i+1] == '/' || p[i+1] == '.') {
				return false
			}
		}
	}
	return len(p) == 1 || p[len(p)-1] != '/'
}

// field reads one header line.
func (h *head) field(line []byte) sort {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 {
		return foreign
	}
	name, value := line[:colon], line[colon+1:]
	for _, c := range name {
		if tokenBytes[c] == 0 {
			return foreign
		}
	}
	if !printable(value) {
		return foreign
	}
	for len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	for len(value) > 0 && value[len(value)-1] == ' ' {
		value = value[:len(value)-1]
	}
	return h.meaning(name, value)
}

// meaning notes what a line says if it says anything to us.
func (h *head) meaning(name, value []byte) sort {
	switch len(name) {
	case 4:
		if fold(name, "host") {
			return once(&h.host, value, foreign)
		}
	case 5:
		if fold(name, "range") {
			return odd
		}
	case 6:
		if fold(name, "cookie") {
			return once(&h.cookie, value, odd)
		}
		if fold(name, "expect") {
			return foreign
		}
	case 7:
		if fold(name, "upgrade") || fold(name, "trailer") {
			return foreign
		}
	case 8:
		if fold(name, "if-match") || fold(name, "if-range") {
			return odd
		}
	case 10:
		if fold(name, "connection") {
			return h.connect(value)
		}
		if fold(name, "user-agent") {
			return once(&h.agent, value, odd)
		}
	case 13:
		if fold(name, "if-none-match") {
			return once(&h.match, value, odd)
		}
		if fold(name, "authorization") {
			return odd
		}
	case 14:
		if fold(name, "content-length") || fold(name, "http2-settings") {
			return foreign
		}
	case 15:
		if fold(name, "accept-encoding") {
			return once(&h.accept, value, odd)
		}
	case 17:
		if fold(name, "transfer-encoding") {
			return foreign
		}
		if fold(name, "if-modified-since") {
			return odd
		}
	case 19:
		if fold(name, "if-unmodified-since") {
			return odd
		}
	}
	return plain
}

// once stores the value of a line that may stand once; again is what a second
// one makes of the head.
func once(field *[]byte, value []byte, again sort) sort {
	if *field != nil {
		return again
	}
	*field = value // a part of the line, so not nil even if it is empty
	return plain
}

func (h *head) connect(value []byte) sort {
	if h.connection != nil {
		return foreign
	}
	h.connection = value
	switch {
	case fold(value, "keep-alive"):
		return plain
	case fold(value, "close"):
		h.close = true
		return plain
	}
	return foreign
}

// fold compares without regard to case. lower holds small letters and hyphens.
func fold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// printable reports whether no byte of b is a control character. Eight bytes are
// looked at together: a byte is below 0x20 if taking 0x20 from it borrows, and
// 0x7f if nothing is left of it when those bits are taken away.
func printable(b []byte) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for len(b) >= 8 {
		w := binary.LittleEndian.Uint64(b)
		del := w ^ ones*0x7f
		if (w-ones*0x20)&^w&high != 0 || (del-ones)&^del&high != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c < ' ' || c == 0x7f {
			return false
		}
	}
	return true
}

// pathBytes are what a path may be made of to be looked for; a slash is told from
// the others.
var pathBytes = func() [256]uint8 {
	table := bytesOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
	table['/'] = pathSlash
	return table
}()

const pathSlash = 2

// tokenBytes are the characters of a field name (RFC 9110 section 5.6.2).
var tokenBytes = bytesOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~")

func bytesOf(list string) (table [256]uint8) {
	for i := range len(list) {
		table[list[i]] = 1
	}
	return table
}

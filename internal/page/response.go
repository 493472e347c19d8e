package page

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
)

// Encoding is a form in which a body can be sent.
type Encoding uint8

// The encodings.
const (
	Identity  Encoding = iota
	Gzip               // RFC 1952, one member
	encodings = 2
)

// Header lines of our own.
const (
	headerStale   = "Warta-Stale"   // the page is older than it should be; why is one of the next two
	headerOffline = "Warta-Offline" // "1": the database is away, changes are not known
)

// Values of headerStale.
const (
	staleFailed = "1"    // it could not be renewed
	staleBusy   = "busy" // it was not renewed yet, since too many renderings wait
)

// gzipHead opens every member: deflate, no name, no time, best compression,
// unknown system (RFC 1952 section 2.3).
var gzipHead = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff}

// gzipTail is the length of what closes a member: an empty final block with
// fixed codes, CRC and length.
const gzipTail = 2 + 4 + 4

// Response is one page as one class of readers gets it, ready to be sent in
// either encoding, any number of times, by many at once. It is never changed.
type Response struct {
	Status  int
	Stale   bool // an older rendering, because the new one failed or too many wait
	Offline bool // the engine is suspended

	why      string // value of headerStale, empty if not stale
	lines    []line
	blocks   []*block
	crc      uint32
	size     int64 // bytes before compression
	deflated int64 // bytes of the blocks
	etags    [encodings][]string
	lengths  [encodings][]string
	press    *press
	view     *view // that it belongs to; nil: none
	heat     *heat // nil: it is for one answer, as a loan
	loan     *loan
	loans    *loans // where the loan goes back to
}

// tagBytes is how much of a hash is in an ETag.
const tagBytes = 15

// newResponse puts the blocks one after the other. Nothing is copied. sums are those
// of everything that is in the blocks and the head; see skeleton.sums.
func newResponse(h *head, policy []line, blocks []*block, sums []byte, p *press) *Response {
	r := &Response{Status: h.status, press: p, heat: new(heat), blocks: make([]*block, 0, len(blocks))}
	r.lines = append(append(make([]line, 0, len(h.lines)+len(policy)), h.lines...), policy...)
	for _, b := range blocks {
		if b.size == 0 {
			continue
		}
		r.blocks = append(r.blocks, b)
		r.crc = crcJoin(r.crc, b.crc, b.shift)
		r.size += int64(b.size)
		r.deflated += int64(len(b.deflate))
	}
	sum := sha256.Sum256(sums)
	name := base64.RawURLEncoding.EncodeToString(sum[:tagBytes])
	r.etags = [encodings][]string{{`"` + name + `"`}, {`"` + name + `-gz"`}}
	for e := range r.lengths {
		r.lengths[e] = []string{strconv.FormatInt(r.Len(Encoding(e)), 10)}
	}
	return r
}

// flagged returns a copy of r that says that it is not what it should be, and
// that no shared cache may keep. stale is a value of headerStale, or empty.
func (r *Response) flagged(stale string, offline bool) *Response {
	c := *r
	c.view, c.heat = nil, new(heat) // what is kept of r does not say it
	c.why = cmp.Or(r.why, stale)
	c.Stale = c.why != ""
	c.Offline = r.Offline || offline
	c.lines = make([]line, 0, len(r.lines)+2)
	for _, l := range r.lines {
		if l.name == "Cache-Control" {
			l.value = unshared(l.value)
		}
		if l.name != headerStale && l.name != headerOffline {
			c.lines = append(c.lines, l)
		}
	}
	if c.Stale {
		c.lines = append(c.lines, line{headerStale, []string{c.why}})
	}
	if c.Offline {
		c.lines = append(c.lines, line{headerOffline, []string{"1"}})
	}
	return &c
}

// ETag returns the strong entity tag of the body in the encoding, with quotes.
// It is made of the pieces' hashes: the same page has the same tag on every
// node and after every start.
func (r *Response) ETag(enc Encoding) string { return r.etags[enc][0] }

// Len returns how many bytes WriteBody writes.
func (r *Response) Len(enc Encoding) int64 {
	if enc == Identity {
		return r.size
	}
	return int64(len(gzipHead)) + r.deflated + gzipTail
}

// Header sets the response's header lines in h, for a body in the encoding. It
// allocates nothing that is not h's own; the values are shared and must not be
// changed in place.
func (r *Response) Header(h http.Header, enc Encoding) {
	for _, l := range r.lines {
		h[l.name] = l.value
	}
	h["Etag"] = r.etags[enc]
	h["Content-Length"] = r.lengths[enc]
	if enc == Gzip {
		h["Content-Encoding"] = gzipName
	}
}

var gzipName = []string{"gzip"}

// Buffers appends the body as a gzip member to dst, one slice per piece, for a
// vectored write. The slices are shared and must not be changed; scratch holds
// the end of the member and must live as long as they are used.
func (r *Response) Buffers(dst net.Buffers, scratch *[gzipTail]byte) net.Buffers {
	dst = append(dst, gzipHead)
	for _, b := range r.blocks {
		dst = append(dst, b.deflate)
	}
	return append(dst, r.tail(scratch[:0]))
}

// tail appends the end of the member to dst.
func (r *Response) tail(dst []byte) []byte {
	dst = append(dst, endBlock...)
	dst = binary.LittleEndian.AppendUint32(dst, r.crc)
	return binary.LittleEndian.AppendUint32(dst, uint32(r.size)) // modulo 2^32, as the format says
}

// Append appends the body to dst. Gzip is copying, nothing else; Identity
// decompresses, since raw bytes are not kept.
func (r *Response) Append(dst []byte, enc Encoding) ([]byte, error) {
	if enc == Gzip {
		dst = append(dst, gzipHead...)
		for _, b := range r.blocks {
			dst = append(dst, b.deflate...)
		}
		return r.tail(dst), nil
	}
	return r.press.appendRaw(dst, nil, r.blocks...)
}

// oneWrite is the largest body that is gathered for a single write.
const oneWrite = 128 << 10

// WriteBody writes the body to w: at once if it is of a page's usual size,
// piece by piece otherwise.
func (r *Response) WriteBody(w io.Writer, enc Encoding) (int64, error) {
	if r.Len(enc) > oneWrite {
		return r.writePieces(w, enc)
	}
	buf, _ := r.press.bodies.Get().(*[]byte)
	if buf == nil {
		buf = new([]byte)
	}
	defer r.press.bodies.Put(buf)
	body, err := r.Append((*buf)[:0], enc)
	if err != nil {
		return 0, err
	}
	*buf = body
	n, err := w.Write(body)
	return int64(n), err
}

func (r *Response) writePieces(w io.Writer, enc Encoding) (n int64, err error) {
	write := func(p []byte) {
		if err == nil {
			var k int
			k, err = w.Write(p)
			n += int64(k)
		}
	}
	if enc == Gzip {
		var scratch [gzipTail]byte
		for _, p := range r.Buffers(make(net.Buffers, 0, len(r.blocks)+2), &scratch) {
			write(p)
		}
		return n, err
	}
	err = r.press.raw(nil, r.blocks, func(body io.Reader) (err error) {
		n, err = io.CopyN(w, body, r.size)
		return err
	})
	if err != nil {
		return n, fmt.Errorf("write page: %w", err)
	}
	return n, nil
}

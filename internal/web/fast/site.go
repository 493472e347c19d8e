package fast

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unsafe"

	"warta/internal/page"
	"warta/internal/stats"
)

// Site is what answers are made of. The functions are those by which the door
// behind net/http understands a request too. No string that they are given may be
// kept: its bytes are used again for the next request.
type Site struct {
	Engine *page.Engine
	Reads  *stats.Counter
	// Host is the only one under which answers are given, as it stands in the
	// Host line.
	Host string
	// Header are lines that every answer carries, FileHeader those that files of the
	// engine carry in their place.
	Header, FileHeader http.Header
	// Key returns the engine's key of a path and a query.
	Key func(path, query string) string
	// Class returns what the value of a Cookie line makes of the reader; ok is
	// false if net/http should say that.
	Class func(cookies string) (class page.Class, ok bool)
	// Rendered reports whether the path is that of a page of the engine and of
	// nothing else: only then a request may be refused here.
	Rendered func(path string) bool
	// Sorry is the engine's key of the page that answers 503, and RetryAfter in how
	// many seconds whoever gets it may come back.
	Sorry, RetryAfter string
	// Reserved reports whether a path is for those for whom room is kept when all
	// other connections are taken; nil: none is.
	Reserved func(path string) bool
	// Story returns the id of a story's page, whose reads are counted.
	Story func(path string) (id int64, ok bool)
	// Asset returns what is ready at a path for an Accept-Encoding, and whether it
	// can be sent as it is. It keeps neither.
	Asset func(path, accept string) (Asset, bool)

	lines     []byte // Header as it stands on the wire
	fileLines []byte // FileHeader
	busy      []byte // status line and line of a refusal
}

// Asset is a file with everything that its answer says. It never changes.
type Asset struct {
	Header []byte // header lines, each with its line end
	Body   []byte
}

// Prepare makes a site ready to be opened.
func (s *Site) Prepare() *Site {
	s.lines, s.fileLines = onWire(s.Header), onWire(s.FileHeader)
	s.busy = []byte(statusBusy + "Retry-After: " + s.RetryAfter + "\r\n")
	return s
}

// onWire writes header lines as they are sent.
func onWire(h http.Header) (lines []byte) {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, v := range h[name] {
			lines = append(lines, name+": "+v+"\r\n"...)
		}
	}
	return lines
}

// text lends bytes as a string that must not be kept.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Parts of answers that are always the same.
const (
	statusOK    = "HTTP/1.1 200 OK\r\n"
	statusBusy  = "HTTP/1.1 503 Service Unavailable\r\n"
	statusFresh = "HTTP/1.1 304 Not Modified\r\n"
	lineClose   = "Connection: close\r\n"
	assetsBelow = "/assets/"
	filesBelow  = "/media/" // and pages of the engine
)

// answer answers a head out of memory if what it asks for is there.
func (c *conn) answer(h *head) (done bool, err error) {
	site := c.server.site.Load()
	if site == nil || string(h.host) != site.Host {
		return false, nil
	}
	if strings.HasPrefix(text(h.path), assetsBelow) {
		return c.asset(h, site)
	}
	if strings.HasPrefix(text(h.path), filesBelow) {
		if f, ok := site.Engine.Files().Warm(text(h.path)); ok {
			return true, c.file(h, site, f)
		}
	}
	class, ok := page.Class(0), true
	if len(h.cookie) > 0 {
		if class, ok = site.Class(text(h.cookie)); !ok {
			return false, nil
		}
	}
	key := site.Key(text(h.path), text(h.query))
	r, ok := site.Engine.Ready(key, class)
	if !ok {
		return c.refuse(h, site, key)
	}
	defer r.Release()
	if r.Status != http.StatusOK {
		return false, nil
	}
	c.server.count.hits.Add(1)
	if err := c.page(h, site, r, statusOK); err != nil {
		return true, err
	}
	if !h.head {
		if id, ok := site.Story(text(h.path)); ok {
			site.Reads.Read(id, text(h.agent))
		}
	}
	return true, nil
}

// refuse answers 503 if the engine would: what costs net/http as much as a part
// of a rendering is next to nothing here, so that renderings go on however many
// ask.
func (c *conn) refuse(h *head, site *Site, key string) (done bool, err error) {
	if site.Rendered == nil || !site.Rendered(text(h.path)) {
		return false, nil
	}
	sorry, ok := site.Engine.Peek(site.Sorry)
	if !ok || !site.Engine.Shed(key) {
		return false, nil
	}
	c.server.count.refused.Add(1)
	return true, c.page(h, site, sorry, text(site.busy))
}

// page sends a response of the engine. first are the status line, and what else
// comes before its own lines.
func (c *conn) page(h *head, site *Site, r *page.Response, first string) (err error) {
	now := time.Now()
	enc := page.Identity
	if h.accept != nil {
		enc = r.Negotiate([]string{text(h.accept)})
	}
	// Nothing of such an answer is the asker's own.
	common := first == statusOK && enc == page.Gzip && h.match == nil && !h.head && !h.close && !c.closing.Load()
	if common {
		if whole := r.Wire(now.Unix()); whole != nil {
			return c.send(now, whole)
		}
	}
	buf := c.server.buffers.out()
	defer c.server.buffers.putOut(buf)
	out := *buf
	defer func() { *buf = out }()
	if h.match != nil && r.NotModified([]string{text(h.match)}, enc) {
		c.server.count.fresh.Add(1)
		out = r.AppendNotModified(append(out[:0], statusFresh...), enc)
		out = c.endHead(out, h, site.lines, now)
		return c.send(now, out)
	}
	out = r.AppendHeader(append(out[:0], first...), enc)
	out = c.endHead(out, h, site.lines, now)
	switch {
	case h.head:
		return c.send(now, out)
	case r.Fits(enc):
		if out, err = r.Append(out, enc); err != nil {
			return err
		}
		if common {
			site.Engine.Keep(r, now.Unix(), out)
		}
		return c.send(now, out)
	case enc == page.Gzip:
		return c.sendPieces(now, r.Buffers(append(c.pieces[:0], out), &c.tail))
	}
	if err := c.send(now, out); err != nil {
		return err
	}
	_, err = r.WriteBody(c.raw, enc)
	return err
}

// asset sends a file.
func (c *conn) asset(h *head, site *Site) (bool, error) {
	if h.match != nil {
		return false, nil
	}
	a, ok := site.Asset(text(h.path), text(h.accept))
	if !ok {
		return false, nil
	}
	now := time.Now()
	buf := c.server.buffers.out()
	defer c.server.buffers.putOut(buf)
	c.server.count.hits.Add(1)
	out := append(append((*buf)[:0], statusOK...), a.Header...)
	out = c.endHead(out, h, site.lines, now)
	if !h.head {
		out = append(out, a.Body...)
	}
	*buf = out
	return true, c.send(now, out)
}

// file sends a file of the engine.
func (c *conn) file(h *head, site *Site, f *page.File) error {
	now := time.Now()
	buf := c.server.buffers.out()
	defer c.server.buffers.putOut(buf)
	out := *buf
	defer func() { *buf = out }()
	c.server.count.hits.Add(1)
	if lines, ok := f.NotModified(text(h.match)); ok {
		c.server.count.fresh.Add(1)
		out = append(append(out[:0], statusFresh...), lines...)
		out = c.endHead(out, h, site.fileLines, now)
		return c.send(now, out)
	}
	out = append(append(out[:0], statusOK...), f.Header()...)
	out = c.endHead(out, h, site.fileLines, now)
	switch {
	case h.head:
		return c.send(now, out)
	case f.Fits():
		out = append(out, f.Body()...)
		return c.send(now, out)
	}
	return c.sendPieces(now, append(c.pieces[:0], out, f.Body()))
}

// endHead appends lines that stand in every head of a kind, and the empty one.
func (c *conn) endHead(out []byte, h *head, lines []byte, now time.Time) []byte {
	out = append(out, lines...)
	out = append(out, c.server.clock.date(now)...)
	if h.close || c.closing.Load() {
		out = append(out, lineClose...)
	}
	return append(out, "\r\n"...)
}

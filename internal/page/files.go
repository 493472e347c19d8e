package page

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
)

// filePart is the part of the memory for files that a single one may take.
const filePart = 64

// Files keeps answers in memory that are not rendered: bytes that somebody else
// read, with the tags of whatever decides that they may be sent. It goes by the
// engine's announcements and its clock of absence: a file of which anything was
// announced is not sent any more, and after a takedown it is gone.
//
// What is asked for once does not push out what is asked for often.
type Files struct {
	engine *Engine
	most   int // bytes of one file; 0: none is kept
	cache  *otter.Cache[string, *File]
	hits   atomic.Uint64
}

// File is one answer. It never changes.
type File struct {
	standing
	lines []Field
	etag  string
	whole []byte // header lines of an answer with the body, on the wire
	fresh []byte // of one that says that the client has it
	body  []byte
}

// Moment is when somebody began to read what is to be kept.
type Moment uint64

func newFiles(e *Engine, limit int64) *Files {
	f := &Files{engine: e, most: int(limit / filePart)}
	if f.most > 0 {
		f.cache = otter.Must(&otter.Options[string, *File]{MaximumWeight: uint64(limit),
			Weigher: func(key string, file *File) uint32 { return uint32(len(key) + file.bytes()) }})
	}
	return f
}

func (f *Files) close() {
	if f.cache != nil {
		f.cache.StopAllGoroutines()
	}
}

// Files returns what keeps answers that are not rendered.
func (e *Engine) Files() *Files { return e.files }

// NewFile makes a file of header lines and a body, neither of which may be changed
// afterwards. etag stands in its quotes; the lines hold neither it nor a length.
func NewFile(lines []Field, etag string, body []byte) *File {
	f := &File{lines: lines, etag: etag, body: body}
	for _, l := range lines {
		f.whole = appendLine(f.whole, l.Name, l.Value)
		if l.Name != "Content-Type" {
			f.fresh = appendLine(f.fresh, l.Name, l.Value)
		}
	}
	f.fresh = appendLine(f.fresh, "Etag", etag)
	f.whole = appendLine(f.whole, "Etag", etag)
	f.whole = appendLine(f.whole, "Accept-Ranges", "bytes")
	f.whole = appendLine(f.whole, "Content-Length", strconv.Itoa(len(body)))
	return f
}

func (f *File) bytes() int {
	return f.standing.bytes() + len(f.whole) + len(f.fresh) + len(f.body) + 256
}

// Most returns how many bytes a file may have that is kept; 0: none is.
func (f *Files) Most() int { return f.most }

// Moment returns the moment from which Keep can tell what was announced. Take it
// before you read anything that decides about a file.
func (f *Files) Moment() Moment { return Moment(f.engine.ledger.epoch.Load()) }

// Keep keeps a file that was read since began, whose tags name everything that
// decides about it. It reports whether nothing was announced of them meanwhile:
// else the file is not kept and must not be sent.
func (f *Files) Keep(key string, file *File, tags []string, began Moment) bool {
	file.init(Rendering{Tags: tags}, uint64(began))
	if f.engine.ledger.judge(file.status()) != fresh {
		return false
	}
	if f.cache == nil || len(file.body) > f.most {
		return true
	}
	f.cache.Set(key, file)
	// A takedown that came after the judgement may have looked through the cache
	// before the file was in it.
	if f.engine.ledger.judge(file.status()) != fresh {
		f.drop(key, file)
		return false
	}
	return true
}

// drop removes a file, and not one that has taken its place.
func (f *Files) drop(key string, file *File) {
	f.cache.ComputeIfPresent(key, func(old *File) (*File, otter.ComputeOp) {
		if old == file {
			return nil, otter.InvalidateOp
		}
		return nil, otter.CancelOp
	})
}

// dropTaken takes out of memory what was taken down.
func (f *Files) dropTaken() {
	if f.cache == nil {
		return
	}
	for key, file := range f.cache.All() {
		if f.engine.ledger.judge(file.status()) == taken {
			f.drop(key, file)
		}
	}
}

// Warm returns the file of a key if it may be sent as it is. It waits for nobody
// and allocates nothing, and does not keep the key; see Engine.Warm.
func (f *Files) Warm(key string) (*File, bool) {
	if f.engine.mode.Load() != serving {
		return nil, false
	}
	return f.find(key)
}

// Get is Warm, also while the database is away: then the file says so, and is
// handed out for as long as pages are.
func (f *Files) Get(key string) (*File, bool) {
	e := f.engine
	switch e.mode.Load() {
	case serving:
		return f.find(key)
	case suspended:
		if e.now().UnixNano()-e.since.Load() > e.offlineLimit {
			return nil, false
		}
		file, ok := f.find(key)
		if !ok {
			return nil, false
		}
		e.count.offline.Add(1)
		return file.offline(), true
	}
	return nil, false
}

func (f *Files) find(key string) (*File, bool) {
	if f.cache == nil {
		return nil, false
	}
	file, ok := f.cache.GetIfPresent(key)
	if !ok || f.engine.ledger.judge(file.status()) != fresh {
		return nil, false
	}
	f.hits.Add(1)
	return file, true
}

// offline returns the file with the mark of answers without the database.
func (f *File) offline() *File {
	lines := make([]Field, 0, len(f.lines)+1)
	for _, l := range f.lines {
		if l.Name == "Cache-Control" {
			l.Value = unshared([]string{l.Value})[0]
		}
		lines = append(lines, l)
	}
	return NewFile(append(lines, Field{headerOffline, "1"}), f.etag, f.body)
}

// fileWrite is the largest file that is gathered for a single write. Beyond it a
// vectored write of head and body costs less, and no copy lies about while a
// client reads slowly.
const fileWrite = 16 << 10

// Fits reports whether the body is small enough to be gathered for one write.
func (f *File) Fits() bool { return len(f.body) <= fileWrite }

// Serve answers a GET or HEAD request, also for ranges and on conditions.
func (f *File) Serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for _, l := range f.lines {
		h.Set(l.Name, l.Value)
	}
	h.Set("Etag", f.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.body))
}

// Header returns the header lines of an answer with the body, as they stand on the
// wire, and Body the body. Neither may be changed.
func (f *File) Header() []byte { return f.whole }

// Body returns what Header says that it does.
func (f *File) Body() []byte { return f.body }

// NotModified returns the header lines of an answer of 304 if that is the answer
// to a request with this If-None-Match.
func (f *File) NotModified(match string) (lines []byte, ok bool) {
	if !names(match, f.etag) {
		return nil, false
	}
	return f.fresh, true
}

// names reports whether the value of an If-None-Match names an entity tag, which
// stands in its quotes, as net/http reads it: weakly compared, and to the end of
// what is well-formed (RFC 9110 section 13.1.2).
func names(list, etag string) bool {
	for {
		list = strings.TrimLeft(list, " \t,")
		if strings.HasPrefix(list, "*") {
			return true
		}
		opaque := strings.TrimPrefix(list, "W/")
		if !strings.HasPrefix(opaque, `"`) {
			return false
		}
		end := strings.IndexByte(opaque[1:], '"')
		if end < 0 || strings.ContainsFunc(opaque[1:1+end], notInTag) {
			return false
		}
		if opaque[:end+2] == etag {
			return true
		}
		list = opaque[end+2:]
	}
}

// notInTag reports whether a character cannot stand in an entity tag.
func notInTag(c rune) bool { return c <= ' ' || c == 0x7f }

// FileStats is a snapshot of what Files did and holds.
type FileStats struct {
	Hits  uint64 // answers out of memory
	Files int    // kept now
	Bytes uint64 // memory of them, estimated
}

// Stats returns the figures of the files.
func (f *Files) Stats() FileStats {
	s := FileStats{Hits: f.hits.Load()}
	if f.cache != nil {
		s.Files, s.Bytes = f.cache.EstimatedSize(), f.cache.WeightedSize()
	}
	return s
}

package web

import (
	"bytes"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"warta/ui"
)

// Assets answers below /assets/ out of the binary. Names that hold a hash of
// their content may be kept for ever.
type Assets struct {
	files *ui.Bundle

	mu    sync.RWMutex
	known map[string]*asset // by path; what was asked for once
}

// asset is a file in the forms in which it is sent.
type asset struct {
	plain  *form
	zipped *form // nil: it would not become smaller
	brotli *form // the same
}

// form is a file's bytes with the header lines that go with them, whoever asks.
type form struct {
	lines [][2]string
	wire  []byte // lines as they stand on the wire
	body  []byte
}

// NewAssets returns the handler for the built front-end.
func NewAssets(files *ui.Bundle) *Assets { return &Assets{files: files, known: map[string]*asset{}} }

// ServeHTTP answers GET and HEAD for /assets/{name}.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	f := a.find(r.URL.Path)
	if f == nil {
		h.Set("Cache-Control", "no-store")
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	out := f.form(strings.Join(r.Header.Values("Accept-Encoding"), ","))
	conditional := false
	for _, name := range [...]string{"Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"} {
		conditional = conditional || r.Header.Get(name) != ""
	}
	for _, l := range out.lines {
		// ServeContent says by itself what it does with ranges; the length of
		// something encoded it says only if it was told.
		if l[0] != "Accept-Ranges" && (l[0] != "Content-Length" || !conditional) {
			h.Set(l[0], l[1])
		}
	}
	http.ServeContent(w, r, "", noTime, bytes.NewReader(out.body))
}

// Ready returns the header lines, as they stand on the wire, and the body of the
// answer to a plain GET for a path with an Accept-Encoding, without allocating
// once the file was asked for. They must not be changed. Neither path nor accept
// is kept.
func (a *Assets) Ready(path, accept string) (header, body []byte, ok bool) {
	f := a.find(path)
	if f == nil {
		return nil, nil, false
	}
	out := f.form(accept)
	return out.wire, out.body, true
}

// form picks the smallest form that a client takes.
func (f *asset) form(accept string) *form {
	switch {
	case f.brotli != nil && accepts(accept, "br"):
		return f.brotli
	case f.zipped != nil && accepts(accept, "gzip"):
		return f.zipped
	}
	return f.plain
}

// accepts reports whether an Accept-Encoding names a coding and does not refuse
// it. A weight is not compared with others: who takes a coding at all gets the
// smallest form that he takes.
func accepts(list, coding string) bool {
	for list != "" {
		var one string
		one, list, _ = strings.Cut(list, ",")
		name, params, _ := strings.Cut(one, ";")
		if !strings.EqualFold(textproto.TrimString(name), coding) {
			continue
		}
		key, weight, _ := strings.Cut(params, "=")
		return !strings.EqualFold(textproto.TrimString(key), "q") || strings.ContainsAny(weight, "123456789")
	}
	return false
}

// find returns the file at a path, nil if there is none.
func (a *Assets) find(path string) *asset {
	a.mu.RLock()
	f := a.known[path]
	a.mu.RUnlock()
	if f != nil {
		return f
	}
	name := strings.TrimPrefix(path, ui.AssetPath)
	content, kind, ok := a.files.Asset(name)
	if !ok {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if f = a.known[path]; f == nil { // an asset is compressed once
		f = newAsset(name, content, kind, a.files.Brotli(name))
		a.known[strings.Clone(path)] = f
	}
	return f
}

func newAsset(name string, content []byte, kind string, brotli []byte) *asset {
	f := &asset{plain: newForm(name, content, kind, "")}
	if compressible(kind) {
		f.zipped = newForm(name+"-gz", zip(content), kind, "gzip")
	}
	if brotli != nil {
		f.brotli = newForm(name+"-br", brotli, kind, "br")
	}
	return f
}

// newForm makes a form; its tag is the name, which holds the hash of the content.
func newForm(tag string, body []byte, kind, coding string) *form {
	f := &form{body: body, lines: [][2]string{{"Accept-Ranges", "bytes"}, {"Cache-Control", "public, max-age=31536000, immutable"},
		{"Content-Length", strconv.Itoa(len(body))}, {"Content-Type", kind}, {"Etag", `"` + tag + `"`}, {"Vary", "Accept-Encoding"}}}
	if coding != "" {
		f.lines = append(f.lines, [2]string{"Content-Encoding", coding})
	}
	for _, l := range f.lines {
		f.wire = append(f.wire, l[0]+": "+l[1]+"\r\n"...)
	}
	return f
}

func compressible(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "image/svg")
}

func zip(content []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return content // the level is a constant that gzip knows
	}
	w.Write(content)
	w.Close()
	return b.Bytes()
}

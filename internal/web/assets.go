package web

import (
	"bytes"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"warta/ui"
)

// Assets answers below /assets/ out of the binary. Names that hold a hash of
// their content may be kept for ever.
type Assets struct {
	files *ui.Bundle

	mu     sync.Mutex
	zipped map[string][]byte // by name; an asset is compressed once
}

// NewAssets returns the handler for the built front-end.
func NewAssets(files *ui.Bundle) *Assets { return &Assets{files: files, zipped: map[string][]byte{}} }

// ServeHTTP answers GET and HEAD for /assets/{name}.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, ui.AssetPath)
	content, kind, ok := a.files.Asset(name)
	if !ok {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", `"`+name+`"`) // it holds the hash of the content
	if compressible(kind) && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		content = a.gzip(name, content)
		h.Set("Content-Encoding", "gzip")
		h.Set("ETag", `"`+name+`-gz"`)
	}
	http.ServeContent(w, r, "", noTime, bytes.NewReader(content))
}

func compressible(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "image/svg")
}

func (a *Assets) gzip(name string, content []byte) []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	if z, ok := a.zipped[name]; ok {
		return z
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return content // the level is a constant that gzip knows
	}
	w.Write(content)
	w.Close()
	a.zipped[name] = b.Bytes()
	return a.zipped[name]
}

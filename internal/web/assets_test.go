package web_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"

	"warta/internal/web"
	"warta/ui"
)

func TestAnAssetIsSentInTheSmallestFormThatAClientTakes(t *testing.T) {
	t.Parallel()
	files, err := ui.Load()
	if err != nil {
		t.Fatal(err)
	}
	assets := web.NewAssets(files)
	for _, name := range []string{"editor.js", "newsroom.css", "icon.svg", "serif.woff2", "site.js"} {
		path, err := files.URL(name)
		if err != nil {
			t.Fatal(err)
		}
		plain, _, _ := files.Asset(path[len(ui.AssetPath):])
		sizes := map[string]int{}
		for accept, want := range map[string]string{
			"": "", "identity": "", "gzip": "gzip", "gzip, deflate, br": "br", "br;q=0, gzip": "gzip", "br;q=0.0, gzip;q=0": "",
			"BR ; q=0.5": "br", "xbr, bro": "", "gzip;q=1.0, br;q=0.001": "br", "*": "",
		} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			if accept != "" {
				r.Header.Set("Accept-Encoding", accept)
			}
			w := httptest.NewRecorder()
			assets.ServeHTTP(w, r)
			if name == "serif.woff2" {
				want = "" // it is compressed inside
			}
			if got := w.Header().Get("Content-Encoding"); got != want {
				t.Errorf("%s for %q is sent as %q, want %q", name, accept, got, want)
				continue
			}
			sizes[want] = w.Body.Len()
			var in io.Reader = w.Body
			switch want {
			case "br":
				in = brotli.NewReader(w.Body)
			case "gzip":
				if in, err = gzip.NewReader(w.Body); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := io.ReadAll(in); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%s for %q: %d bytes and %v, want %d", name, accept, len(got), err, len(plain))
			}
		}
		t.Logf("%s: %d bytes, gzip %d, brotli %d", name, sizes[""], sizes["gzip"], sizes["br"])
		if name != "serif.woff2" && sizes["br"] >= sizes["gzip"] {
			t.Errorf("%s: brotli has %d bytes, gzip %d", name, sizes["br"], sizes["gzip"])
		}
	}
	w := httptest.NewRecorder()
	path, _ := files.URL("editor.js")
	assets.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path+".br", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("the compressed file has an address of its own: %d", w.Code)
	}
}

package doc_test

import (
	"reflect"
	"strings"
	"testing"

	"warta/internal/doc"
)

func everything(t testing.TB) doc.Doc {
	var all doc.Doc
	for _, name := range samples(t) {
		all.Blocks = append(all.Blocks, sample(t, name).Blocks...)
	}
	return all
}

func TestCollect(t *testing.T) {
	t.Parallel()
	all := everything(t)
	if got := all.Pictures(); !reflect.DeepEqual(got, []int64{7, 8, 41, 9007199254740991}) {
		t.Errorf("pictures = %v", got)
	}
	if got := all.ReadAlsos(); len(got) != 2 || got[0].Story != 12 {
		t.Errorf("read-alsos = %v", got)
	}
}

func TestMapReadAlsosFindsTargets(t *testing.T) {
	t.Parallel()
	d := sample(t, "read_also").MapReadAlsos(func(r doc.ReadAlso) doc.ReadAlso {
		r.Story, r.ID = 99, "lost"
		return r
	})
	for _, b := range d.Blocks {
		r := b.(doc.ReadAlso)
		if r.Story != 99 || !doc.ValidID(r.ID) {
			t.Errorf("%+v", r)
		}
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	a, b := doc.SeededIDs("urn:x:1"), doc.SeededIDs("urn:x:1")
	other, random := doc.SeededIDs("urn:x:2"), doc.RandomIDs()
	seen := map[string]bool{}
	for range 1000 {
		x := a()
		if x != b() {
			t.Fatal("the same seed gives other ids")
		}
		for _, id := range []string{x, other(), random()} {
			if !doc.ValidID(id) || seen[id] {
				t.Fatalf("id %q", id)
			}
			seen[id] = true
		}
	}
}

func TestWithIDsKeepsGoodOnes(t *testing.T) {
	t.Parallel()
	first := doc.SeededIDs("s")()
	d := doc.Doc{Blocks: []doc.Block{doc.AdBreak{}, doc.AdBreak{ID: first}, doc.AdBreak{ID: first}, nil, doc.AdBreak{ID: "x"}}}
	got := d.WithIDs(doc.SeededIDs("s"))
	if len(got.Blocks) != 4 || got.Blocks[1].BlockID() != first {
		t.Fatalf("%+v", got)
	}
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	for href, want := range map[string]bool{
		"https://a.id/x?y=1#z": true, "http://a.id": true, "/nasional": true, "mailto:a@b.id": true, "tel:+6221": true,
		"HTTPS://A.ID": true, "/": true, "https://id.wikipedia.org/wiki/Jum'at": true,
		"": false, "javascript:1": false, "JaVaScRiPt:1": false, " javascript:1": false, "java\tscript:1": false,
		"data:text/html,x": false, "vbscript:x": false, "//evil.example": false, "/\\evil.example": false, "\\\\evil": false,
		"https://user@a.id": false, "https:a.id": false, "https://": false, "#x": false, "x.html": false, "ftp://a.id": false,
		"https://a.id/\u2028": false, "https://a.id/a b": false, "/" + strings.Repeat("a", doc.MaxURL): false,
	} {
		if got := doc.SafeLink(href); got != want {
			t.Errorf("SafeLink(%q) = %v", href, got)
		}
	}
}

func TestProviderOf(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]doc.Provider{
		"https://youtu.be/a": doc.YouTube, "https://WWW.YouTube.com/watch?v=a": doc.YouTube, "https://twitter.com/a/status/1": doc.X,
		"https://www.instagram.com/p/a/": doc.Instagram, "https://vt.tiktok.com/a": doc.TikTok, "https://fb.watch/a": doc.Facebook,
		"https://open.spotify.com/episode/a": doc.Spotify, "https://contoh.id/a": doc.Generic,
		"https://notyoutube.com/a": doc.Generic, "http://youtu.be/a": "", "https://youtu.be:8443/a": "", "//youtu.be/a": "",
	} {
		if got, ok := doc.ProviderOf(address); got != want || ok != (want != "") {
			t.Errorf("ProviderOf(%q) = %q, %v", address, got, ok)
		}
	}
}

func TestTableShape(t *testing.T) {
	t.Parallel()
	table := sample(t, "table").Blocks[0].(doc.Table)
	if table.Columns() != 2 || table.HeaderRows() != 1 {
		t.Errorf("%d columns, %d header rows", table.Columns(), table.HeaderRows())
	}
}

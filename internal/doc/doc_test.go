package doc_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"warta/internal/doc"
	"warta/internal/fault"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func sample(t testing.TB, name string) doc.Doc {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := doc.Parse(data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

func samples(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 11 {
		t.Fatalf("samples: %v, %v", files, err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".json")
	}
	return files
}

func TestSampleOfEveryBlock(t *testing.T) {
	t.Parallel()
	types := map[string]bool{}
	for _, name := range samples(t) {
		d := sample(t, name)
		for _, b := range d.Blocks {
			types[b.Type()] = true
		}
		t.Run(name+" keeps its bytes", func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var want, esc bytes.Buffer
			if err := json.Compact(&want, data); err != nil {
				t.Fatal(err)
			}
			json.HTMLEscape(&esc, want.Bytes())
			got, err := d.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != esc.String() {
				t.Errorf("got  %s\nwant %s", got, esc.String())
			}
			inside, err := json.Marshal(map[string]any{"d": d})
			if err != nil || string(inside) != `{"d":`+string(got)+`}` {
				t.Errorf("other bytes inside another value: %s, %v", inside, err)
			}
			again, err := doc.Parse(got)
			if err != nil || !reflect.DeepEqual(again, d) {
				t.Errorf("parsed again: %v, %+v", err, again)
			}
		})
		t.Run(name+" has its plain text", func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", name+".txt")
			got := d.Plain() + "\n"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	if len(types) != 13 {
		t.Errorf("the samples show %d node names, want all 13: %v", len(types), types)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	body := func(s string) string { return `{"type":"doc","content":[` + s + `]}` }
	para := func(inner string) string {
		return body(`{"type":"paragraph","attrs":{"id":"aaaaaaaa"},"content":[` + inner + `]}`)
	}
	lists := func(n int) string {
		open := `{"type":"bullet_list","attrs":{"id":"aaaaaaaa"},"content":[{"type":"list_item","content":[{"type":"paragraph"}`
		s := open
		for range n - 1 {
			s += `,` + strings.Replace(open, `"attrs":{"id":"aaaaaaaa"},`, "", 1)
		}
		return body(s + strings.Repeat("]}]}", n))
	}
	table := func(cell string) string {
		return body(`{"type":"table","attrs":{"id":"aaaaaaaa"},"content":[{"type":"table_row","content":[` + cell + `]}]}`)
	}
	embed := func(provider, url string) string {
		return body(`{"type":"embed","attrs":{"id":"aaaaaaaa","provider":"` + provider + `","url":"` + url + `"}}`)
	}
	tests := []struct{ name, in, at string }{
		{"what is not JSON", `{"type":`, ""},
		{"a second document", body("") + body(""), ""},
		{"a root of another type", `{"type":"paragraph"}`, "type"},
		{"too many bytes", body(strings.Repeat(" ", doc.MaxBytes)), ""},
		{"too many blocks", body(strings.TrimSuffix(strings.Repeat(`{"type":"x"},`, doc.MaxBlocks+1), ",")), "content"},
		{"nesting without end", strings.Repeat(`{"type":"doc","content":[`, 5000) + strings.Repeat("]}", 5000), "content[0].type"},
		{"nesting that no parser takes", strings.Repeat("[", 1_000_000), ""},
		{"an unknown block", body(`{"type":"html","attrs":{"id":"aaaaaaaa"}}`), "content[0].type"},
		{"an unknown member", body(`{"type":"paragraph","attrs":{"id":"aaaaaaaa"},"html":"x"}`), "content[0].html"},
		{"a member of the wrong type", body(`{"type":"paragraph","attrs":[]}`), "content[0].attrs"},
		{"an unknown attribute", body(`{"type":"paragraph","attrs":{"id":"aaaaaaaa","onclick":"x"}}`), "content[0].attrs.onclick"},
		{"a block without id", body(`{"type":"paragraph"}`), "content[0].attrs.id"},
		{"an id of another form", body(`{"type":"paragraph","attrs":{"id":"AAAAAAAA"}}`), "content[0].attrs.id"},
		{"an id on two blocks", body(`{"type":"ad_break","attrs":{"id":"aaaaaaaa"}},{"type":"ad_break","attrs":{"id":"aaaaaaaa"}}`), "content[1].attrs.id"},
		{"text directly in the root", body(`{"type":"text","text":"a"}`), "content[0].type"},
		{"a block inside a paragraph", para(`{"type":"paragraph"}`), "content[0].content[0].type"},
		{"an empty text", para(`{"type":"text","text":""}`), "content[0].content[0].text"},
		{"a NUL in the text", para(`{"type":"text","text":"a\u0000b"}`), "content[0].content[0].text"},
		{"a paragraph that is too long", para(`{"type":"text","text":"` + strings.Repeat("a", doc.MaxText+1) + `"}`), "content[0]"},
		{"an unknown mark", para(`{"type":"text","text":"a","marks":[{"type":"font"}]}`), "content[0].content[0].marks[0].type"},
		{"a mark twice", para(`{"type":"text","text":"a","marks":[{"type":"em"},{"type":"em"}]}`), "content[0].content[0].marks[1]"},
		{"a script link", para(`{"type":"text","text":"a","marks":[{"type":"link","attrs":{"href":"javascript:alert(1)"}}]}`), "content[0].content[0].marks[0].attrs.href"},
		{"a link with a target", para(`{"type":"text","text":"a","marks":[{"type":"link","attrs":{"href":"/a","target":"_top"}}]}`), "content[0].content[0].marks[0].attrs.target"},
		{"a heading of level 1", body(`{"type":"heading","attrs":{"id":"aaaaaaaa","level":1}}`), "content[0].attrs.level"},
		{"a heading without level", body(`{"type":"heading","attrs":{"id":"aaaaaaaa"}}`), "content[0].attrs.level"},
		{"a level that is a text", body(`{"type":"heading","attrs":{"id":"aaaaaaaa","level":"2"}}`), "content[0].attrs.level"},
		{"an empty list", body(`{"type":"bullet_list","attrs":{"id":"aaaaaaaa"}}`), "content[0].content"},
		{"a list that is too deep", lists(4), "content[0].content[0].content[1].content[0].content[1].content[0].content[1]"},
		{"an item that begins with a list", body(`{"type":"bullet_list","attrs":{"id":"aaaaaaaa"},"content":[{"type":"list_item","content":[{"type":"bullet_list"}]}]}`), "content[0].content[0].content[0].type"},
		{"a picture inside a quote", body(`{"type":"blockquote","attrs":{"id":"aaaaaaaa"},"content":[{"type":"picture"}]}`), "content[0].content[0].type"},
		{"a picture without number", body(`{"type":"picture","attrs":{"id":"aaaaaaaa"}}`), "content[0].attrs.picture"},
		{"half a picture", body(`{"type":"picture","attrs":{"id":"aaaaaaaa","picture":1.5}}`), "content[0].attrs.picture"},
		{"a picture beyond all numbers", body(`{"type":"picture","attrs":{"id":"aaaaaaaa","picture":9007199254740993000}}`), "content[0].attrs.picture"},
		{"a caption that is too long", body(`{"type":"picture","attrs":{"id":"aaaaaaaa","picture":1,"caption":"` + strings.Repeat("a", doc.MaxAttr+1) + `"}}`), "content[0].attrs.caption"},
		{"a span that is too wide", table(`{"type":"table_cell","attrs":{"colspan":51},"content":[{"type":"paragraph"}]}`), "content[0].content[0].content[0].attrs.colspan"},
		{"a row that is too wide", table(`{"type":"table_cell","attrs":{"colspan":50},"content":[{"type":"paragraph"}]},{"type":"table_cell","content":[{"type":"paragraph"}]}`), "content[0]"},
		{"a cell that leaves the table", table(`{"type":"table_cell","attrs":{"rowspan":2},"content":[{"type":"paragraph"}]}`), "content[0]"},
		{"a fact box in a fact box", body(`{"type":"fact_box","attrs":{"id":"aaaaaaaa"},"content":[{"type":"fact_box"}]}`), "content[0].content[0].type"},
		{"a provider that nobody knows", embed("vimeo", "https://vimeo.com/1"), "content[0].attrs.provider"},
		{"an embed of another host", embed("youtube", "https://youtube.com.evil.example/x"), "content[0].attrs.url"},
		{"an embed over http", embed("youtube", "http://youtube.com/x"), "content[0].attrs.url"},
		{"an embed with a user", embed("youtube", "https://youtube.com@evil.example/x"), "content[0].attrs.url"},
		{"a generic embed that is a script", embed("generic", "javascript:alert(1)"), "content[0].attrs.url"},
		{"an embed with content", body(`{"type":"embed","attrs":{"id":"aaaaaaaa","provider":"generic","url":"https://a.id"},"content":[]}`), "content[0].content"},
		{"a read-also of nothing", body(`{"type":"read_also","attrs":{"id":"aaaaaaaa"}}`), "content[0].attrs.story"},
		{"a read-also with a data address", body(`{"type":"read_also","attrs":{"id":"aaaaaaaa","url":"data:text/html,x"}}`), "content[0].attrs.url"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := doc.Parse([]byte(tt.in))
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("error = %v, want invalid", err)
			}
			if got := fieldOf(err); got != tt.at {
				t.Errorf("path = %q (%v), want %q", got, err, tt.at)
			}
		})
	}
}

func fieldOf(err error) string {
	if e, ok := err.(*fault.Error); ok {
		return e.Field
	}
	return "not a fault"
}

func TestParseAcceptsWhatAnEditorWrites(t *testing.T) {
	t.Parallel()
	in := `{"content":[{"attrs":{"id":"aaaaaaaa"},"type":"ordered_list","content":[{"type":"list_item","attrs":{"id":null},
	"content":[{"type":"paragraph","attrs":{"id":"bbbbbbbb"},"content":[{"type":"text","marks":[{"type":"em"},{"type":"strong"}],"text":"a"},
	{"type":"text","marks":[{"type":"strong"},{"type":"em"}],"text":"b"},{"type":"hard_break","marks":[{"type":"em"}]}]}]}]},
	{"type":"table","attrs":{"id":"cccccccc","caption":null},"content":[{"type":"table_row","content":[{"type":"table_cell","attrs":{"colspan":1,"rowspan":1,"colwidth":[120]},"content":[{"type":"paragraph"}]}]}]}],"type":"doc"}`
	d, err := doc.Parse([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"type":"doc","content":[{"type":"ordered_list","attrs":{"id":"aaaaaaaa"},"content":[{"type":"list_item","content":[{"type":"paragraph","content":[{"type":"text","marks":[{"type":"strong"},{"type":"em"}],"text":"ab"},{"type":"hard_break"}]}]}]},{"type":"table","attrs":{"id":"cccccccc"},"content":[{"type":"table_row","content":[{"type":"table_cell","content":[{"type":"paragraph"}]}]}]}]}`
	got, err := d.MarshalJSON()
	if err != nil || string(got) != want {
		t.Errorf("got  %s (%v)\nwant %s", got, err, want)
	}
}

func TestEmptyDocument(t *testing.T) {
	t.Parallel()
	got, err := doc.Doc{}.MarshalJSON()
	if err != nil || string(got) != `{"type":"doc","content":[]}` {
		t.Fatalf("%s, %v", got, err)
	}
	d, err := doc.Parse(got)
	if err != nil || !d.Empty() || d.Plain() != "" || d.Words() != 0 || d.Excerpt(10) != "" {
		t.Errorf("%+v, %v", d, err)
	}
	if err := (doc.Doc{Blocks: []doc.Block{nil}}).Validate(); err == nil {
		t.Error("a nil block is valid")
	}
}

func TestValidateHoldsGoDocumentsAgainstTheRules(t *testing.T) {
	t.Parallel()
	d := doc.Doc{Blocks: []doc.Block{doc.Paragraph{ID: "aaaaaaaa", Text: doc.Inline{{Text: "x", Href: "javascript:1"}}}}}
	if err := d.Validate(); fieldOf(err) != "content[0].content[0].marks[0].attrs.href" {
		t.Errorf("error = %v", err)
	}
	d.Blocks[0] = doc.Paragraph{ID: "aaaaaaaa", Text: doc.Text("x")}
	if err := d.Validate(); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range samples(f) {
		data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := doc.Parse(data)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%v", err)
			}
			return
		}
		out, err := d.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if len(out) > doc.MaxBytes {
			return // escapes can make it longer than what came in
		}
		again, err := doc.Parse(out)
		if err != nil || !reflect.DeepEqual(d, again) {
			t.Fatalf("%v\n%s\n%+v\n%+v", err, out, d, again)
		}
		_ = d.Plain()
		_ = d.Words()
		_, _ = d.Pictures(), d.Trim()
	})
}

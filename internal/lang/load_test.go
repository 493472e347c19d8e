package lang

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestLoadRefusesBrokenFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"a key that stands there twice", `{"a.b": "x", "a.b": "y"}`, "twice"},
		{"a text that is no string", `{"a.b": 3}`, "a.b"},
		{"a broken placeholder", `{"a.b": "{x"}`, "not closed"},
		{"no JSON", `hello`, "invalid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			fsys := fstest.MapFS{"catalog/site.id.json": {Data: []byte(c.text)}}
			if _, err := load(fsys, ID); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %v, want one with %q", err, c.want)
			}
		})
	}
	t.Run("a key may not stand in two doors' files", func(t *testing.T) {
		t.Parallel()
		one := &fstest.MapFile{Data: []byte(`{"a.b": "x"}`)}
		fsys := fstest.MapFS{"catalog/site.id.json": one, "catalog/mail.id.json": one}
		if _, err := load(fsys, ID); err == nil {
			t.Error("accepted")
		}
	})
}

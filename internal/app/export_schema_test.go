package app_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// schema is a JSON schema as far as that of ninjs goes.
type schema map[string]any

// check reports where a value breaks the schema. What stands in extra is
// allowed on the outermost object beside its own properties.
func (s schema) check(root schema, at string, v any, extra ...string) (bad []string) {
	fail := func(format string, args ...any) { bad = append(bad, at+": "+fmt.Sprintf(format, args...)) }
	known := map[string]schema{}
	for x := s; x != nil; {
		for name, p := range sub(x, "properties") {
			known[name], _ = p.(map[string]any)
		}
		if want, ok := x["type"].(string); ok && !hasType(v, want) {
			fail("is no %s", want)
		}
		if list, ok := x["enum"].([]any); ok && !slices.Contains(list, v) {
			fail("%v is not one of %v", v, list)
		}
		if text, ok := v.(string); ok && !hasFormat(text, x["format"]) {
			fail("%q is no %v", text, x["format"])
		}
		if obj, ok := v.(map[string]any); ok {
			for _, name := range anys(x["required"]) {
				if _, ok := obj[name.(string)]; !ok {
					fail("lacks %v", name)
				}
			}
		}
		x = root.follow(x)
	}
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			p, ok := known[name]
			switch {
			case ok:
				bad = append(bad, p.check(root, at+"."+name, value)...)
			case !slices.Contains(extra, name) && (s["additionalProperties"] == false || s["unevaluatedProperties"] == false || len(known) > 0):
				fail("has %q, which the schema does not know", name)
			}
		}
	case []any:
		items, _ := s["items"].(map[string]any)
		for i, value := range v {
			bad = append(bad, schema(items).check(root, fmt.Sprintf("%s[%d]", at, i), value)...)
		}
	}
	return bad
}

// follow returns what a schema refers to inside its own file.
func (s schema) follow(x schema) schema {
	ref, _ := x["$ref"].(string)
	if !strings.HasPrefix(ref, "#/") {
		return nil
	}
	for _, name := range strings.Split(ref[2:], "/") {
		next, _ := s[name].(map[string]any)
		s = next
	}
	return s
}

func sub(x schema, name string) map[string]any { m, _ := x[name].(map[string]any); return m }

func anys(v any) []any { list, _ := v.([]any); return list }

func hasType(v any, want string) bool {
	switch v := v.(type) {
	case string:
		return want == "string"
	case float64:
		return want == "number" || want == "integer" && v == float64(int64(v))
	case bool:
		return want == "boolean"
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	}
	return false
}

func hasFormat(s string, format any) bool {
	switch format {
	case "uri":
		u, err := url.Parse(s)
		return err == nil && u.Scheme != "" && !strings.ContainsAny(s, " <>\"{}|\\^`")
	case "date-time":
		_, err := time.Parse(time.RFC3339Nano, s)
		return err == nil
	}
	return true
}

// validItems holds the items of an export against the standard's own schema,
// and their bodies against XML.
func validItems(t *testing.T, dir string) {
	var root schema
	if corpora := os.Getenv("WARTA_CORPORA"); corpora != "" {
		data, err := os.ReadFile(filepath.Join(corpora, "ninjs", "schema", "ninjs-schema_3.1.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &root); err != nil {
			t.Fatal(err)
		}
		if len(root.check(root, "item", map[string]any{"uri": "keine uri", "pubStatus": "?", "fremd": 1.0})) != 3 {
			t.Fatal("the check of the schema finds nothing")
		}
	} else {
		t.Log("the items were not held against the schema of ninjs: WARTA_CORPORA names no folder that has it")
	}
	bodies := 0
	eachFile(t, dir, func(path string, data []byte) {
		if !strings.HasPrefix(path, "stories/") {
			return
		}
		for l := range bytes.Lines(data) {
			var item map[string]any
			if err := json.Unmarshal(l, &item); err != nil {
				t.Fatal(err)
			}
			if root != nil {
				for _, bad := range root.check(root, fmt.Sprint(item["uri"]), item, "warta") {
					t.Error(bad)
				}
			}
			for _, b := range anys(item["bodies"]) {
				if body := b.(map[string]any); body["contentType"] == "application/xhtml+xml" {
					bodies++
					wellFormed(t, body["value"].(string))
				}
			}
		}
	})
	if bodies == 0 {
		t.Error("no item has an XHTML body")
	}
}

func wellFormed(t *testing.T, text string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("a body is not well-formed: %v\n%s", err, text)
			return
		}
	}
}

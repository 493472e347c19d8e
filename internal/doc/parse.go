package doc

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"warta/internal/fault"
)

// Parse reads a document and checks all of it: nodes, attributes, nesting,
// marks, addresses and limits. Every error is fault.Invalid with the path of
// the place in its Field, such as "content[3].attrs.href".
func Parse(data []byte) (Doc, error) {
	v, err := decode(data)
	if err != nil {
		return Doc{}, err
	}
	n, err := readNode(nil, v)
	if err != nil {
		return Doc{}, err
	}
	if n.typ != "doc" {
		return Doc{}, n.at.key("type").bad("the root of a document is \"doc\", not %q", n.typ)
	}
	if err := n.only("content"); err != nil {
		return Doc{}, err
	}
	if len(n.content) > MaxBlocks {
		return Doc{}, n.at.key("content").bad("a document has at most %d blocks, this one has %d", MaxBlocks, len(n.content))
	}
	var d Doc
	seen := make(map[string]bool, len(n.content))
	for i, v := range n.content {
		at := n.at.at("content", i)
		b, err := parseTop(at, v)
		if err != nil {
			return Doc{}, err
		}
		if seen[b.BlockID()] {
			return Doc{}, at.key("attrs").key("id").bad("the id %q stands on two blocks", b.BlockID())
		}
		seen[b.BlockID()] = true
		d.Blocks = append(d.Blocks, b)
	}
	return d, nil
}

// UnmarshalJSON reads the document as Parse does.
func (d *Doc) UnmarshalJSON(data []byte) error {
	n, err := Parse(data)
	if err != nil {
		return err
	}
	*d = n
	return nil
}

// Validate checks a document that was made in Go against the same rules and
// limits as Parse.
func (d Doc) Validate() error {
	data, err := d.MarshalJSON()
	if err != nil {
		return err
	}
	_, err = Parse(data)
	return err
}

func decode(data []byte) (any, error) {
	if len(data) > MaxBytes {
		return nil, fault.New(fault.Invalid, "the document has %d bytes, at most %d are allowed", len(data), MaxBytes)
	}
	var v any
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&v); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fault.New(fault.Invalid, "the document is not JSON: byte %d: %w", syntax.Offset, err)
		}
		return nil, fault.New(fault.Invalid, "the document is not JSON: %w", err)
	}
	if len(bytes.TrimLeft(data[dec.InputOffset():], " \t\r\n")) > 0 {
		return nil, fault.New(fault.Invalid, "the document is not JSON: something stands after its end")
	}
	return v, nil
}

// node is a JSON node whose members have the right JSON types.
type node struct {
	at      *path
	typ     string
	attrs   map[string]any
	content []any
	marks   []any
	text    string
	has     map[string]bool
}

func readNode(at *path, v any) (node, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return node{}, at.bad("a node is a JSON object")
	}
	n := node{at: at, has: make(map[string]bool, len(m))}
	for _, k := range sortedKeys(m) {
		ok := true
		switch k {
		case "type":
			n.typ, ok = m[k].(string)
		case "attrs":
			n.attrs, ok = m[k].(map[string]any)
		case "content":
			n.content, ok = m[k].([]any)
		case "marks":
			n.marks, ok = m[k].([]any)
		case "text":
			n.text, ok = m[k].(string)
		default:
			return node{}, at.key(k).bad("a node has no member %q", k)
		}
		if !ok {
			return node{}, at.key(k).bad("%s has the wrong JSON type", k)
		}
		n.has[k] = true
	}
	if n.typ == "" {
		return node{}, at.key("type").bad("a node needs a type")
	}
	return n, nil
}

// only returns an error if the node has members besides its type and those
// that are named. Empty attrs and marks are as good as none.
func (n node) only(names ...string) error {
	for _, k := range []string{"attrs", "content", "marks", "text"} {
		if !n.has[k] || k == "attrs" && len(n.attrs) == 0 || k == "marks" && len(n.marks) == 0 {
			continue
		}
		if !slices.Contains(names, k) {
			return n.at.key(k).bad("%s has no %s", n.typ, k)
		}
	}
	return nil
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// attrs reads a node's attributes one by one and keeps the first error; done
// returns it, or refuses what nobody asked for.
type attrs struct {
	at   *path
	m    map[string]any
	read map[string]bool
	err  error
}

func (n node) readAttrs() *attrs {
	return &attrs{at: n.at.key("attrs"), m: n.attrs, read: make(map[string]bool, len(n.attrs))}
}

func (a *attrs) value(key string) any {
	a.read[key] = true
	return a.m[key]
}

func (a *attrs) fail(key, format string, args ...any) {
	if a.err == nil {
		a.err = a.at.key(key).bad(format, args...)
	}
}

func (a *attrs) text(key string, most int) string {
	v := a.value(key)
	if v == nil {
		return ""
	}
	s, ok := v.(string)
	switch {
	case !ok:
		a.fail(key, "%s is a text", key)
	case len(s) > most:
		a.fail(key, "%s has %d bytes, at most %d are allowed", key, len(s), most)
	case !cleanText(s):
		a.fail(key, "%s holds a control character", key)
	}
	return s
}

// number returns a whole number between least and most; def if it is absent.
func (a *attrs) number(key string, def, least, most int64) int64 {
	v := a.value(key)
	if v == nil {
		return def
	}
	f, ok := v.(float64)
	if !ok || f < float64(least) || f > float64(most) || f != float64(int64(f)) {
		a.fail(key, "%s is a whole number from %d to %d", key, least, most)
		return def
	}
	return int64(f)
}

func (a *attrs) flag(key string) bool {
	v := a.value(key)
	if v == nil {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		a.fail(key, "%s is true or false", key)
	}
	return b
}

func (a *attrs) done() error {
	if a.err != nil || a.allRead() {
		return a.err
	}
	for _, k := range sortedKeys(a.m) {
		if !a.read[k] {
			return a.at.key(k).bad("there is no attribute %q here", k)
		}
	}
	return nil
}

func (a *attrs) allRead() bool {
	for k := range a.m {
		if !a.read[k] {
			return false
		}
	}
	return true
}

// cleanText reports whether s can be stored and printed everywhere: valid
// UTF-8 and no control characters but tab and line ends.
func cleanText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r >= 0x7f && r < 0xa0
	})
}

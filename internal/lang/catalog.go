package lang

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"warta/internal/fault"
)

// A door has one file per language (site.id.json, site.en.json); a new door is
// a new pair of files and no code.
//
//go:embed catalog/*.json
var files embed.FS

// builtin parses the embedded files once; nothing can change what it returns.
var builtin = sync.OnceValue(func() map[Code]*Catalog {
	all := make(map[Code]*Catalog)
	for _, code := range Codes() {
		c, err := load(files, code)
		if err != nil {
			panic(err) // the files are part of the binary and tested
		}
		all[code] = c
	}
	return all
})

// Args are the values of a message's placeholders by name. An int or int64 is
// printed with the language's thousands separator; give a year or an id as a
// string.
type Args map[string]any

// Catalog holds all messages of one language. It is immutable and safe for
// concurrent use.
type Catalog struct {
	code     Code
	messages map[string]message
}

// For returns the built-in catalogue of code; an unknown code gets the default,
// Indonesian.
func For(code Code) *Catalog {
	if c, ok := builtin()[code]; ok {
		return c
	}
	return builtin()[ID]
}

func load(fsys fs.FS, code Code) (*Catalog, error) {
	names, err := fs.Glob(fsys, "catalog/*."+string(code)+".json")
	if err != nil {
		return nil, err
	}
	c := &Catalog{code: code, messages: make(map[string]message)}
	for _, name := range names {
		if err := c.read(fsys, name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return c, nil
}

// read adds one file. It walks the tokens because json.Unmarshal would take the
// last of two equal keys in silence.
func (c *Catalog) read(fsys fs.FS, name string) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	dec := json.NewDecoder(f)
	if _, err := dec.Token(); err != nil {
		return err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		var text string
		if err := dec.Decode(&text); err != nil {
			return fmt.Errorf("%v: %w", key, err)
		}
		k := key.(string)
		if _, twice := c.messages[k]; twice {
			return fmt.Errorf("%s stands there twice", k)
		}
		m, err := parseMessage(text)
		if err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
		c.messages[k] = m
	}
	return nil
}

// Code returns the catalogue's language.
func (c *Catalog) Code() Code { return c.code }

// Keys returns all keys in ascending order.
func (c *Catalog) Keys() []string {
	return slices.Sorted(maps.Keys(c.messages))
}

// Has reports whether there is a message with that key.
func (c *Catalog) Has(key string) bool {
	_, ok := c.messages[key]
	return ok
}

// T returns the message with its placeholders filled in:
//
//	c.T("story.updated", lang.Args{"time": "08/01/2022, 06:31 WIB"})
//
// An unknown key comes back as "[key]", and a placeholder without a value stays
// as "{name}", so that both show up in a test that looks at the page. The
// result is plain text; whoever prints it into HTML escapes it.
func (c *Catalog) T(key string, args ...Args) string {
	m, ok := c.messages[key]
	if !ok {
		return "[" + key + "]"
	}
	if len(m.parts) == 1 && m.parts[0].name == "" {
		return m.parts[0].text
	}
	var b strings.Builder
	for _, p := range m.parts {
		p.write(&b, c.code, args)
	}
	return b.String()
}

// Split returns the text before and after the placeholder name, for a sentence
// in which a template prints that one as a link. A message without it comes
// back whole as before.
func (c *Catalog) Split(key, name string, args ...Args) (before, after string) {
	const mark = "\x00"
	values := append([]Args{{name: mark}}, args...)
	before, after, _ = strings.Cut(c.T(key, values...), mark)
	return before, after
}

// Texts returns the unfilled messages whose key starts with prefix, for a
// script that needs a few of them ("relative.", "share."). The plural form
// "{n|minute|minutes}" is left to the script.
func (c *Catalog) Texts(prefix string) map[string]string {
	out := make(map[string]string)
	for k, m := range c.messages {
		if strings.HasPrefix(k, prefix) {
			out[k] = m.text
		}
	}
	return out
}

// Placeholders returns the names that the message uses, sorted; nil for an
// unknown key.
func (c *Catalog) Placeholders(key string) []string {
	return c.messages[key].names()
}

// With returns a catalogue in which a theme's own texts replace the built-in
// ones. An unknown key, a broken text, and one that lacks a placeholder of the
// original or has one that nobody fills are fault.Invalid errors with the key
// as Field; c itself stays as it is.
func (c *Catalog) With(overrides map[string]string) (*Catalog, error) {
	if len(overrides) == 0 {
		return c, nil
	}
	next := &Catalog{code: c.code, messages: maps.Clone(c.messages)}
	for _, key := range slices.Sorted(maps.Keys(overrides)) {
		old, ok := c.messages[key]
		if !ok {
			return nil, fault.Input(key, "there is no text with the key %q", key)
		}
		m, err := parseMessage(overrides[key])
		if err != nil {
			return nil, fault.Input(key, "the text %q cannot be read: %w", key, err)
		}
		want, got := old.names(), m.names()
		for _, n := range want {
			if !slices.Contains(got, n) {
				return nil, fault.Input(key, "the text %q lacks the placeholder {%s}", key, n)
			}
		}
		for _, n := range got {
			if !slices.Contains(want, n) {
				return nil, fault.Input(key, "the text %q has the placeholder {%s}, which is never filled", key, n)
			}
		}
		next.messages[key] = m
	}
	return next, nil
}

// Package ui gives what the browser gets, as it is built into the binary:
// templates, style sheets, scripts and fonts. It knows nothing of the pages
// that are made of them.
package ui

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed site mail newsroom/*/*.html dist fonts/serif-semibold.ttf
var files embed.FS

// AssetPath is where assets are served. Their names hold a hash of their
// content, so they may be kept for ever.
const AssetPath = "/assets/"

// Template is one file of templates.
type Template struct{ Name, Text string }

// Bundle is the built front-end. It is immutable.
type Bundle struct {
	templates []Template
	room      []Template
	sheets    map[string]string
	names     map[string]string // "site.js" to "site-0123456789.js"
}

// Load reads what is built in. It fails only if `make bundle` was not run after
// a change.
func Load() (*Bundle, error) {
	b := &Bundle{sheets: make(map[string]string), names: make(map[string]string)}
	manifest, err := files.ReadFile("dist/manifest.json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(manifest, &b.names); err != nil {
		return nil, fmt.Errorf("dist/manifest.json: %w", err)
	}
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch {
		case (strings.HasPrefix(name, "site/") || strings.HasPrefix(name, "mail/")) && path.Ext(name) == ".html":
			text, err := files.ReadFile(name)
			b.templates = append(b.templates, Template{Name: path.Base(name), Text: string(text)})
			return err
		case strings.HasPrefix(name, "newsroom/") && path.Ext(name) == ".html":
			text, err := files.ReadFile(name)
			b.room = append(b.room, Template{Name: name, Text: string(text)})
			return err
		case path.Dir(name) == "dist/inline":
			text, err := files.ReadFile(name)
			b.sheets[strings.TrimSuffix(path.Base(name), ".css")] = string(text)
			return err
		}
		return nil
	})
	return b, err
}

// Templates returns the built-in template files in a fixed order.
func (b *Bundle) Templates() []Template { return b.templates }

// RoomTemplates returns the template files of the newsroom in a fixed order.
func (b *Bundle) RoomTemplates() []Template { return b.room }

// Sheet returns an inline style sheet by name ("story", "front", "list"), empty for an
// unknown one.
func (b *Bundle) Sheet(name string) string { return b.sheets[name] }

// URL returns the address of an asset by its plain name ("site.js").
func (b *Bundle) URL(name string) (string, error) {
	hashed, ok := b.names[name]
	if !ok {
		return "", fmt.Errorf("there is no asset %q", name)
	}
	return AssetPath + hashed, nil
}

// Asset returns the content and the type of an asset by its hashed name; ok is
// false for any other name.
func (b *Bundle) Asset(hashed string) (content []byte, contentType string, ok bool) {
	if hashed == "" || strings.Contains(hashed, "/") || path.Ext(hashed) == brotli {
		return nil, "", false
	}
	content, err := files.ReadFile("dist/assets/" + hashed)
	if err != nil {
		return nil, "", false
	}
	return content, typeOf(hashed), true
}

// brotli ends the names of files that hold another one's content compressed.
const brotli = ".br"

// Brotli returns an asset's content as one brotli stream (RFC 7932), made by
// `make bundle`; nil if that would not be smaller.
func (b *Bundle) Brotli(hashed string) []byte {
	if _, _, ok := b.Asset(hashed); !ok {
		return nil
	}
	content, err := files.ReadFile("dist/assets/" + hashed + brotli)
	if err != nil {
		return nil
	}
	return content
}

// typeOf does not ask the machine's own tables: they differ.
func typeOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".svg":
		return "image/svg+xml"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

// CardFont returns the semi-bold serif as TrueType, for pictures with text.
func CardFont() ([]byte, error) { return files.ReadFile("fonts/serif-semibold.ttf") }

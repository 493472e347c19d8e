// Package render turns view structs into HTML: the pages of the reader site
// and the live modules in them. It prints what it is given and decides nothing:
// it asks no store and no clock, and dates arrive as words.
package render

import (
	"bytes"
	"html/template"
	"log/slog"
	"sync/atomic"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/page"
	"warta/ui"
)

// Options are what a Renderer may be told beside the binary's own files.
type Options struct {
	// Dir is the folder of a newsroom's own theme; empty means none. It may
	// hold templates/*.html, tokens.css and strings/{id,en}.json. What is
	// broken there is left out and listed by Problems.
	Dir string
	Log *slog.Logger // nil discards
}

// Renderer prints pages and modules. It is safe for concurrent use.
type Renderer struct {
	files    *ui.Bundle
	sheets   map[Sheet]template.CSS
	words    map[lang.Code]*lang.Catalog
	builtin  map[lang.Code]*template.Template
	theme    map[lang.Code]*template.Template // nil without templates of its own
	problems []error
	log      *slog.Logger
	fallback atomic.Int64
}

// New returns a Renderer with the built-in theme and, on top of it, all of
// o.Dir that works on empty and full samples. It fails only if the built-in
// files are broken.
func New(o Options) (*Renderer, error) {
	files, err := ui.Load()
	if err != nil {
		return nil, fault.New(fault.Internal, "load the front-end files: %w", err)
	}
	r := &Renderer{files: files, log: o.Log, words: make(map[lang.Code]*lang.Catalog),
		sheets: make(map[Sheet]template.CSS), builtin: make(map[lang.Code]*template.Template)}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	for _, code := range lang.Codes() {
		r.words[code] = lang.For(code)
	}
	for _, s := range sheets() {
		r.sheets[s] = template.CSS(files.Sheet(string(s)))
	}
	if o.Dir != "" {
		r.loadStrings(o.Dir)
		r.loadTokens(o.Dir)
	}
	for _, code := range lang.Codes() {
		if r.builtin[code], err = r.parse(code, nil); err != nil {
			return nil, fault.New(fault.Internal, "parse the built-in templates: %w", err)
		}
	}
	if o.Dir != "" {
		r.loadTemplates(o.Dir)
	}
	for _, p := range r.problems {
		r.log.Error("theme file left out", "error", p)
	}
	return r, nil
}

// Problems lists what was left out of the newsroom's theme, each with file and,
// where there is one, line.
func (r *Renderer) Problems() []error { return r.problems }

// Fallbacks counts the renderings in which a template of the newsroom's theme
// failed and the built-in one stood in.
func (r *Renderer) Fallbacks() int64 { return r.fallback.Load() }

// Words returns the catalogue of a language with the newsroom's own strings;
// an unknown language gets the default's.
func (r *Renderer) Words(code lang.Code) *lang.Catalog {
	if c, ok := r.words[code]; ok {
		return c
	}
	return r.words[lang.ID]
}

// page renders one page; view makes a copy of the view that leaves its holes
// in h. A failing template of the theme is logged and the built-in stands in.
func (r *Renderer) page(name, language string, view func(h *page.Holes) any) (Output, error) {
	code := codeOf(language)
	if set := r.theme[code]; set != nil {
		out, err := execPage(set, name, view)
		if err == nil {
			return out, nil
		}
		r.fell(name, err)
	}
	return execPage(r.builtin[code], name, view)
}

// module renders one module in the same manner.
func (r *Renderer) module(name, language string, view any) ([]byte, error) {
	code := codeOf(language)
	if set := r.theme[code]; set != nil {
		out, err := exec(set, name, view)
		if err == nil {
			return out, nil
		}
		r.fell(name, err)
	}
	return exec(r.builtin[code], name, view)
}

func (r *Renderer) fell(name string, err error) {
	r.fallback.Add(1)
	r.log.Error("theme template failed, built-in used", "template", name, "error", err)
}

func execPage(set *template.Template, name string, view func(h *page.Holes) any) (Output, error) {
	holes := page.NewHoles()
	body, err := exec(set, name, view(holes))
	if err != nil {
		return Output{}, err
	}
	if _, _, err := holes.Split(body); err != nil {
		return Output{}, fault.New(fault.Internal, "template %s: %w", name, err)
	}
	return Output{Body: body, Holes: holes}, nil
}

func exec(set *template.Template, name string, view any) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(16 << 10)
	if err := set.ExecuteTemplate(&b, name, view); err != nil {
		return nil, fault.New(fault.Internal, "print %s: %w", name, err)
	}
	return b.Bytes(), nil
}

func codeOf(language string) lang.Code {
	code, err := lang.Parse(language)
	if err != nil {
		return lang.ID
	}
	return code
}

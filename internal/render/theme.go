package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"warta/internal/lang"
)

// source is one template file of a theme.
type source struct{ name, text string }

var indent = regexp.MustCompile(`\n[ \t]+`)

// parse makes the set of one language from the built-in templates and the
// given further ones, which replace definitions of the same name. Indentation
// goes away, line ends stay: they are the line numbers of messages.
func (r *Renderer) parse(code lang.Code, more []source) (*template.Template, error) {
	set := template.New("warta").Funcs(r.funcs(code))
	for _, f := range r.files.Templates() {
		if _, err := set.New(f.Name).Parse(indent.ReplaceAllString(f.Text, "\n")); err != nil {
			return nil, err
		}
	}
	for _, f := range more {
		if _, err := set.New(f.name).Parse(indent.ReplaceAllString(f.text, "\n")); err != nil {
			return nil, err
		}
	}
	return set, nil
}

func (r *Renderer) problem(file string, err error) {
	r.problems = append(r.problems, fmt.Errorf("%s: %w", file, err))
}

// loadTemplates takes the theme's files one after the other, each only if the
// set with it prints every sample in every language.
func (r *Renderer) loadTemplates(dir string) {
	paths, err := filepath.Glob(filepath.Join(dir, "templates", "*.html"))
	if err != nil {
		r.problem(dir, err)
		return
	}
	var taken []source
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			r.problem(path, err)
			continue
		}
		try := append(taken[:len(taken):len(taken)], source{filepath.Base(path), string(text)})
		sets, err := r.trial(try)
		if err != nil {
			r.problem(path, err)
			continue
		}
		taken, r.theme = try, sets
	}
}

// trial parses and executes a theme on the empty and the full samples.
func (r *Renderer) trial(more []source) (map[lang.Code]*template.Template, error) {
	sets := make(map[lang.Code]*template.Template)
	for _, code := range lang.Codes() {
		set, err := r.parse(code, more)
		if err != nil {
			return nil, err
		}
		for _, s := range append(samples(code, false), samples(code, true)...) {
			if err := s.exec(set); err != nil {
				return nil, err
			}
		}
		sets[code] = set
	}
	return sets, nil
}

// loadStrings puts the theme's sentences in place of the built-in ones.
func (r *Renderer) loadStrings(dir string) {
	for _, code := range lang.Codes() {
		path := filepath.Join(dir, "strings", string(code)+".json")
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			r.problem(path, err)
			continue
		}
		own := make(map[string]string)
		if err := json.Unmarshal(text, &own); err != nil {
			r.problem(path, fmt.Errorf("line %d: %w", lineOf(text, err), err))
			continue
		}
		words, err := r.words[code].With(own)
		if err != nil {
			r.problem(path, fmt.Errorf("line %d: %w", lineOfKey(text, own, err), err))
			continue
		}
		r.words[code] = words
	}
}

func lineOf(text []byte, err error) int {
	at := int64(0)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		at = kind.Offset
	}
	return 1 + strings.Count(string(text[:min(int(at), len(text))]), "\n")
}

// lineOfKey finds the line of the key that an error speaks of.
func lineOfKey(text []byte, own map[string]string, err error) int {
	best := ""
	for key := range own {
		if strings.Contains(err.Error(), key) && len(key) > len(best) {
			best = key
		}
	}
	at := strings.Index(string(text), `"`+best+`"`)
	return 1 + strings.Count(string(text[:max(at, 0)]), "\n")
}

// loadTokens adds the theme's custom properties to all style sheets, in the
// layer of the tokens.
func (r *Renderer) loadTokens(dir string) {
	path := filepath.Join(dir, "tokens.css")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		err = checkTokens(string(text))
	}
	if err != nil {
		r.problem(path, err)
		return
	}
	for name, css := range r.sheets {
		r.sheets[name] = css + template.CSS("@layer tokens{"+strings.TrimSpace(string(text))+"}")
	}
}

// checkTokens refuses what would leave the layer or the style element, and
// addresses, which the page's policy forbids anyway.
func checkTokens(css string) error {
	depth := 0
	for i, line := range strings.Split(css, "\n") {
		low := strings.ToLower(line)
		for _, bad := range []string{"</", "<!", "@import", "url(", "expression("} {
			if strings.Contains(low, bad) {
				return fmt.Errorf("line %d: %s has no place in a file of tokens", i+1, bad)
			}
		}
		for _, c := range line {
			switch c {
			case '{':
				depth++
			case '}':
				depth--
			}
			if depth < 0 {
				return fmt.Errorf("line %d: a closing brace has no opening one", i+1)
			}
		}
	}
	if depth > 0 {
		return fmt.Errorf("line %d: a brace is not closed", strings.Count(css, "\n")+1)
	}
	return nil
}

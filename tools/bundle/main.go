// Command bundle builds ui/dist from ui/site, ui/shared and ui/fonts: inline
// style sheets, scripts and fonts whose names hold a hash of their content, and
// a manifest. The same input gives the same bytes.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
)

// layer is one cascade layer with its files, relative to ui.
type layer struct {
	name  string
	files []string
}

// sheet is one inline style sheet.
type sheet struct {
	name   string
	layers []layer
}

func shared(pages ...string) []layer {
	return []layer{
		{"reset", []string{"shared/reset.css"}},
		{"tokens", []string{"shared/tokens.css"}},
		{"base", []string{"shared/fonts.css", "shared/base.css"}},
		{"components", []string{"site/css/masthead.css", "site/css/rows.css", "site/css/footer.css"}},
		{"pages", pages},
	}
}

// linked lists the style sheets that are assets of their own.
func linked() []sheet {
	return []sheet{
		{"print", []layer{{"utilities", []string{"site/css/print.css"}}}},
		{"overlay", []layer{{"utilities", []string{"site/css/overlay.css"}}}},
		{"report", []layer{{"pages", []string{"site/report/report.css"}}}},
		{"account", []layer{{"pages", []string{"site/account/account.css"}}}},
		{"gate", []layer{{"utilities", []string{"site/story/gate.css"}}}},
		{"comment", []layer{{"utilities", []string{"site/comment/comment.css"}}}},
	}
}

// roomBase and roomPages are the files of the newsroom's style sheet below
// newsroom/css, in their order: what is common to it, and what one kind of page
// needs.
var (
	roomBase  = []string{"base/ground", "base/nav", "base/main", "base/press", "base/forms", "base/tables", "base/states"}
	roomPages = []string{"desk", "discussion", "editor/paper", "editor/blocks", "editor/tools", "editor/fields", "editor/pictures", "editor/said",
		"editor/preview", "entry", "intake", "library", "members", "sales", "structure", "writing"}
)

// room is the style sheet of the newsroom. A file that stands in none of the
// lists is an error.
func room(ui string) (sheet, error) {
	const folder = "newsroom/css/"
	under := func(names []string) (files []string) {
		for _, n := range names {
			files = append(files, folder+n+".css")
		}
		return files
	}
	base, pages := under(roomBase), under(roomPages)
	err := fs.WalkDir(os.DirFS(ui), strings.TrimSuffix(folder, "/"), func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !slices.Contains(base, name) && !slices.Contains(pages, name) {
			return fmt.Errorf("%s stands in no style sheet", name)
		}
		return err
	})
	return sheet{"newsroom", []layer{
		{"reset", []string{"shared/reset.css"}},
		{"tokens", []string{"shared/tokens.css"}},
		{"base", append([]string{"shared/fonts.css"}, base...)},
		{"pages", pages},
	}}, err
}

// layers are the cascade layers, the weakest first. Every sheet says so at its
// start: whichever comes first decides.
const layers = "@layer reset,tokens,base,components,pages,utilities;\n"

// sheets lists what stands in which style sheet; scripts and fonts are the
// files that become assets.
func sheets() []sheet {
	return []sheet{
		{"story", shared("site/story/story.css", "site/css/body.css", "site/css/blocks.css")},
		{"plain", shared("site/story/story.css", "site/css/body.css")},
		{"front", shared("site/css/frame.css", "site/css/cards.css", "site/front/front.css")},
		{"list", shared("site/css/frame.css", "site/css/cards.css", "site/css/body.css", "site/css/blocks.css", "site/list/list.css")},
		{"ads", []layer{{"utilities", []string{"site/ads/ads.css"}}}},
	}
}

var (
	scripts = []string{"site/ts/site.ts", "site/ts/story.ts", "site/ts/list.ts", "site/ts/account.ts", "site/ts/comment.ts", "site/ts/ads.ts", "site/ts/forget.ts"}
	images  = []string{"site/icon.svg"}
	fonts   = []string{"fonts/serif.woff2", "fonts/serif-ext.woff2", "fonts/serif-italic.woff2", "fonts/serif-italic-ext.woff2"}
)

func main() {
	if err := run("ui"); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

// build collects what goes to dist.
type build struct {
	ui    string
	files map[string][]byte // path below dist
	names map[string]string // plain name to hashed name
}

func run(ui string) error {
	b := &build{ui: ui, files: make(map[string][]byte), names: make(map[string]string)}
	for _, f := range slices.Concat(fonts, images) {
		content, err := os.ReadFile(filepath.Join(ui, f))
		if err != nil {
			return err
		}
		b.asset(filepath.Base(f), content)
	}
	staff, err := room(ui)
	if err != nil {
		return err
	}
	for _, s := range append(linked(), staff) {
		css, err := b.sheet(s)
		if err != nil {
			return err
		}
		b.asset(s.name+".css", css)
	}
	entries, err := filepath.Glob(filepath.Join(ui, "newsroom/ts/*.ts")) // what they import is in folders below
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e string) bool { return strings.HasSuffix(e, ".test.ts") })
	for i, e := range entries {
		if entries[i], err = filepath.Rel(ui, e); err != nil {
			return err
		}
	}
	for _, s := range append(slices.Clone(scripts), entries...) {
		if err := b.script(s); err != nil {
			return err
		}
	}
	for _, s := range sheets() {
		css, err := b.sheet(s)
		if err != nil {
			return err
		}
		b.files["inline/"+s.name+".css"] = css
	}
	manifest, err := json.MarshalIndent(b.names, "", "  ")
	if err != nil {
		return err
	}
	b.files["manifest.json"] = append(manifest, '\n')
	return b.write()
}

func (b *build) asset(name string, content []byte) {
	sum := sha256.Sum256(content)
	ext := filepath.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:5]) + ext
	b.names[name] = hashed
	b.files["assets/"+hashed] = content
	if ext == ".woff2" {
		return // it is brotli inside
	}
	if small := compress(content); len(small) < len(content) {
		b.files["assets/"+hashed+".br"] = small
	}
}

// compress returns the smallest brotli stream, the same on every machine.
func compress(content []byte) []byte {
	var out bytes.Buffer
	w := brotli.NewWriterLevel(&out, brotli.BestCompression)
	_, _ = w.Write(content) // a buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

// engines are the oldest browsers that scripts and style sheets are lowered to.
func engines() []api.Engine {
	return []api.Engine{
		{Name: api.EngineChrome, Version: "109"}, {Name: api.EngineFirefox, Version: "115"},
		{Name: api.EngineSafari, Version: "15.4"},
	}
}

func (b *build) script(path string) error {
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{filepath.Join(b.ui, path)}, Bundle: true, Write: false,
		Format: api.FormatESModule, Charset: api.CharsetUTF8, Engines: engines(),
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
		LegalComments: api.LegalCommentsNone,
		Define:        map[string]string{"OVERLAY": strconv.Quote("/assets/" + b.names["overlay.css"])},
	})
	if err := failure(result.Errors); err != nil {
		return err
	}
	name := strings.TrimSuffix(filepath.Base(path), ".ts") + ".js"
	b.asset(name, result.OutputFiles[0].Contents)
	return nil
}

var address = regexp.MustCompile(`asset:([a-z0-9.-]+)`)

func (b *build) sheet(s sheet) ([]byte, error) {
	var css strings.Builder
	css.WriteString(layers)
	for _, l := range s.layers {
		css.WriteString("@layer " + l.name + "{\n")
		for _, f := range l.files {
			text, err := os.ReadFile(filepath.Join(b.ui, f))
			if err != nil {
				return nil, err
			}
			css.Write(text)
		}
		if l.name == "base" {
			css.WriteString(tones(s.name == "newsroom"))
		}
		css.WriteString("}\n")
	}
	var missing error
	text := address.ReplaceAllStringFunc(css.String(), func(m string) string {
		hashed, ok := b.names[m[len("asset:"):]]
		if !ok {
			missing = fmt.Errorf("%s: there is no %s", s.name, m)
		}
		return "/assets/" + hashed
	})
	if missing != nil {
		return nil, missing
	}
	result := api.Transform(text, api.TransformOptions{Loader: api.LoaderCSS, Charset: api.CharsetUTF8,
		Engines: engines(), MinifyWhitespace: true, MinifySyntax: true, LegalComments: api.LegalCommentsNone})
	if err := failure(result.Errors); err != nil {
		return nil, err
	}
	return property.ReplaceAll([]byte(strings.TrimSpace(string(result.Code))), []byte("$1:")), nil
}

// property is a custom property where it is set. A space before its value
// means nothing, but esbuild leaves it.
var property = regexp.MustCompile(`([{;]--[a-z0-9-]+): `)

// toneDigits are the four shades of each of red, green and blue.
const toneDigits = "26ae"

// tones are the 64 colours that stand in for pictures on their way: two bits
// each of red, green and blue. Readers' pages mix them from a class for each
// shade, which is a quarter of a kilobyte less; the newsroom has one for each.
func tones(each bool) string {
	var out strings.Builder
	if each {
		for i := range 64 {
			fmt.Fprintf(&out, ".t%d{background:#%c%c%c}\n", i, toneDigits[i>>4], toneDigits[i>>2&3], toneDigits[i&3])
		}
		return out.String()
	}
	shade := func(i int) int { // "6" is #66
		n, _ := strconv.ParseUint(toneDigits[i:i+1], 16, 8)
		return int(n) * 17
	}
	fmt.Fprintf(&out, ".t{background:rgb(var(--r,%[1]d),var(--g,%[1]d),var(--b,%[1]d))}\n", shade(0))
	for _, colour := range "rgb" {
		for i := 1; i < len(toneDigits); i++ {
			fmt.Fprintf(&out, ".%[1]c%[2]d{--%[1]c:%[3]d}\n", colour, i, shade(i))
		}
	}
	return out.String()
}

func failure(messages []api.Message) error {
	var errs []error
	for _, m := range messages {
		if m.Location != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %s", m.Location.File, m.Location.Line, m.Text))
		} else {
			errs = append(errs, errors.New(m.Text))
		}
	}
	return errors.Join(errs...)
}

// write replaces dist by what was built; files of before go away.
func (b *build) write() error {
	dist := filepath.Join(b.ui, "dist")
	for _, dir := range []string{"assets", "inline"} {
		if err := os.RemoveAll(filepath.Join(dist, dir)); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(dist, dir), 0o755); err != nil {
			return err
		}
	}
	for name, content := range b.files {
		if err := os.WriteFile(filepath.Join(dist, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

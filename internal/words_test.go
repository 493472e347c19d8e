package internal_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"warta/internal/fault"
)

// quoted finds the literals of Go, TypeScript and templates that may be keys of
// the catalogues, or with a dot at their end the beginning of some, to which code
// adds the rest or printf fills it in.
var quoted = regexp.MustCompile("[\"`']([a-z0-9_]+(?:\\.[a-z0-9_]+)*\\.?)(?:%[sdv])?[\"`']")

// literals returns what stands in quotes in everything that prints.
func literals(t *testing.T, tree fs.FS) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch base := path.Base(name); {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (slices.Contains([]string{"testdata", "node_modules", "dist"}, base) || strings.HasPrefix(base, ".")):
			return fs.SkipDir
		case d.IsDir() || strings.HasSuffix(base, "_test.go") || !slices.Contains([]string{".go", ".html", ".ts"}, path.Ext(base)):
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		for _, m := range quoted.FindAllSubmatch(text, -1) {
			found[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// unsaid returns the keys that no literal names, neither whole nor by the
// beginning to which code adds the rest ("role." + role).
func unsaid(keys []string, found map[string]bool) (out []string) {
	for _, k := range keys {
		said := found[k]
		for i := range k {
			said = said || k[i] == '.' && found[k[:i+1]]
		}
		if !said {
			out = append(out, k)
		}
	}
	return out
}

func TestEverySentenceOfTheCataloguesIsPrintedSomewhere(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("lang/catalog/*.id.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no catalogues: %v", err)
	}
	var keys []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var catalogue map[string]string
		if err := json.Unmarshal(text, &catalogue); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for k := range catalogue {
			// A fault names its sentence without the beginning.
			keys = append(keys, strings.TrimPrefix(k, "problem."))
		}
	}
	slices.Sort(keys)
	found := literals(t, os.DirFS(".."))
	for k := fault.Internal; k <= fault.Unavailable; k++ {
		found[strings.ReplaceAll(k.String(), " ", "_")] = true // the sentence of a whole category
	}
	for _, k := range unsaid(keys, found) {
		t.Errorf("nothing prints %q; take it out of both catalogues", k)
	}
}

func TestUnsaid(t *testing.T) {
	t.Parallel()
	found := map[string]bool{"nav.home": true, "role.": true}
	got := unsaid([]string{"nav.home", "nav.menu", "role.writer", "rolex"}, found)
	if want := []string{"nav.menu", "rolex"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

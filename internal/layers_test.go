// Package internal_test holds the whole tree against its architecture: who may
// import whom, and that the rules of the house ask no clock.
package internal_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "warta/"

// areas are the packages of rules and types that the newsroom's people would
// name; "every area" below.
const areas = "account news media member discuss ads stats"

// everything stands for any package of ours but those for tests.
const everything = "*"

// table is the only truth about who may import whom among our own packages, the
// standard library and third parties aside. A package that has no row fails the
// test: give it one, on purpose. Paths are below internal/, unless they start
// with a slash, which is the module's root.
var table = map[string]string{
	// words
	"fault": "", "stem": "", "page": "page/deflate", "page/deflate": "", "/ui": "",
	"lang": "fault", "change": "fault", "job": "change fault",
	"doc": "fault lang", "blob": "fault lang", "stats": "fault lang",
	"picture": "fault lang", "fetch": "fault lang",
	"account": "change fault lang",
	"media":   "account change blob picture fetch stem fault lang",
	"news":    "account change doc stem fault lang",
	"member":  "account change pay fault lang",
	"ads":     "account change media news fault lang",
	"discuss": "account change news member fault lang",
	// engines
	"pay":     "fetch fault lang",
	"backup":  "blob fault lang",
	"store":   areas + " change doc stem job fault lang",
	"render":  areas + " doc page /ui fault lang",
	"edition": areas + " render page doc fault lang",
	"ingest":  "extract account news media discuss doc change fetch job ingest/wxr fault lang",
	// finds the story in a page; knows neither blocks nor where they go
	"extract": "fault lang",
	// reads the files of WordPress, whatever becomes of them
	"ingest/wxr": "",
	"demo":       "account news media discuss member ads pay doc picture change fault lang",
	"deliver":    "account news member discuss render change job fetch fault lang",
	"probe":      "news media change job fault lang",
	"purge":      "fault",
	// asks a site that runs what became of old addresses
	"parity": "news fault",
	// signs readers in by what others say of them
	"provider": "fetch fault",
	// reads what the others count
	"metrics": "page web/fast job fault",
	// keeps what page made, for app to put below it
	"page/disk": "page",
	// doors
	"web":             "account member page render /ui fault lang",
	"web/fast":        "page stats",
	"web/site":        "web edition render page " + areas + " doc pay /ui fault lang",
	"web/site/reader": "web render page account member discuss news provider lang fault",
	"web/newsroom":    "web edition render page ingest deliver backup /ui " + areas + " doc fault lang",
	// the newsroom's pages, one package for each kind of work
	"web/newsroom/entry":      "web/newsroom web deliver change " + areas + " doc fault lang",
	"web/newsroom/writing":    "web/newsroom web edition render page " + areas + " doc fault lang",
	"web/newsroom/desk":       "web/newsroom web edition render " + areas + " doc fault lang",
	"web/newsroom/discussion": "web/newsroom web " + areas + " fault lang",
	"web/newsroom/members":    "web/newsroom web pay " + areas + " fault lang",
	"web/newsroom/sales":      "web/newsroom web " + areas + " fault lang",
	"web/newsroom/intake":     "web/newsroom web extract ingest " + areas + " doc fault lang",
	"web/newsroom/library":    "web/newsroom web render " + areas + " doc fault lang",
	"web/newsroom/structure":  "web/newsroom web edition render page deliver " + areas + " change doc fault lang",
	"web/api":                 "web edition render " + areas + " fault lang",
	// wiring
	"app":        everything,
	"/cmd/warta": "app",
	// for tests
	"testkit/pg":      "",
	"testkit/lite":    "",
	"testkit/cert":    "",
	"testkit/front":   "",
	"testkit/idp":     "",
	"testkit/sink":    "",
	"testkit/till":    "",
	"testkit/blog":    "",
	"testkit/crowd":   "store discuss",
	"testkit":         everything + " testkit/lite testkit/pg",
	"blob/blobtest":   "blob fault",
	"store/storetest": "store testkit/pg pay " + areas + " change doc stem job fault lang",
	// makers of committed files
	"/tools/bundle": "",
	// runs the unit tests of what the browser gets
	"/tools/uitest": "",
	// measures what the wiring made, and reaches into it for that
	"/bench":         everything + " testkit/crowd",
	"/bench/extract": "extract",
	"/bench/scale":   everything + " testkit/cert",
}

// forTests are the packages that no row may reach by "everything".
var forTests = []string{"testkit", "testkit/pg", "testkit/cert", "testkit/front", "testkit/idp", "testkit/lite", "testkit/sink", "testkit/till", "testkit/blog", "testkit/crowd", "blob/blobtest", "store/storetest"}

// timeless are the packages to which time is passed in.
var timeless = append(strings.Fields(areas), "doc")

// source is one non-test file of ours.
type source struct {
	pkg  string // as in table
	name string
	file *ast.File
}

// sources parses the non-test files below the folders that hold Go code.
func sources(tree fs.FS) (list []source, err error) {
	err = fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		base := path.Base(name)
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (base == "testdata" || base == "node_modules" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go"):
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		list = append(list, source{pkg: row(path.Dir(name)), name: name, file: file})
		return err
	})
	return list, err
}

// row returns the table's name of a folder of the module.
func row(dir string) string {
	if below, ok := strings.CutPrefix(dir, "internal/"); ok {
		return below
	}
	return "/" + dir
}

// imports returns the paths that a file imports.
func (s source) imports() (list []string) {
	for _, i := range s.file.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil {
			list = append(list, p)
		}
	}
	return list
}

// strangers returns a sentence for each import that the rows do not allow, and
// for each package without a row.
func strangers(list []source, rows map[string]string) (out []string) {
	for _, s := range list {
		allowed, known := rows[s.pkg]
		if !known {
			out = append(out, fmt.Sprintf("%s: package %s has no row in the table", s.name, s.pkg))
			continue
		}
		for _, p := range s.imports() {
			ours, ok := strings.CutPrefix(p, module)
			if ok && !permitted(strings.Fields(allowed), row(ours)) {
				out = append(out, fmt.Sprintf("%s: %s may not import %s", s.name, s.pkg, row(ours)))
			}
		}
	}
	slices.Sort(out)
	return out
}

func permitted(allowed []string, pkg string) bool {
	return slices.Contains(allowed, pkg) ||
		slices.Contains(allowed, everything) && !slices.Contains(forTests, pkg) && !strings.HasPrefix(pkg, "/cmd/")
}

// clocks returns a sentence for each question to the clock in the named packages.
func clocks(list []source, pkgs []string) (out []string) {
	for _, s := range list {
		if !slices.Contains(pkgs, strings.Split(s.pkg, "/")[0]) {
			continue
		}
		name := timeName(s.file)
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if ok && x.Name == name && slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
				out = append(out, fmt.Sprintf("%s: %s asks the clock by time.%s; take the time as an argument", s.name, s.pkg, sel.Sel.Name))
			}
			return true
		})
		if name == "." {
			out = append(out, fmt.Sprintf("%s: the dot import of time hides questions to the clock", s.name))
		}
	}
	return out
}

// timeName returns the name by which a file knows package time.
func timeName(f *ast.File) string {
	for _, i := range f.Imports {
		if i.Path.Value == `"time"` && i.Name != nil {
			return i.Name.Name
		}
	}
	return "time"
}

// tree returns the files of the module as they are.
func tree(t *testing.T) []source {
	t.Helper()
	list, err := sources(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(list, func(s source) bool { return s.pkg == "news" }) {
		t.Fatalf("the walk over the module found %d files and not the core", len(list))
	}
	return list
}

func TestPackagesImportOnlyWhatTheTableAllows(t *testing.T) {
	t.Parallel()
	for _, s := range strangers(tree(t), table) {
		t.Error(s)
	}
}

func TestAreasNeverAskTheClock(t *testing.T) {
	t.Parallel()
	for _, s := range clocks(tree(t), timeless) {
		t.Error(s)
	}
}

func TestRowsNameOnlyRows(t *testing.T) {
	t.Parallel()
	for pkg, allowed := range table {
		for _, a := range strings.Fields(allowed) {
			if _, ok := table[a]; !ok && a != everything {
				t.Errorf("the row of %s allows %s, which has none", pkg, a)
			}
		}
	}
}

// TestChecksSeeAViolation shows each check a tree that breaks its rule.
func TestChecksSeeAViolation(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, file, text, want string
	}{
		{"an allowed import is quiet", "internal/news/a.go", `package news; import "warta/internal/doc"`, ""},
		{"a third party is not our matter", "internal/doc/a.go", `package doc; import "golang.org/x/net/html"`, ""},
		{"a test file may import what it needs", "internal/doc/a_test.go", `package doc; import "warta/internal/app"`, ""},
		{"the core may not know readers", "internal/news/a.go", `package news; import _ "warta/internal/member"`, "news may not import member"},
		{"the root's packages have rows too", "internal/page/a.go", `package page; import "warta/ui"`, "page may not import /ui"},
		{"a new package needs a row", "internal/util/a.go", `package util`, "package util has no row"},
		{"a new folder in an old package needs one", "internal/news/x/a.go", `package x`, "package news/x has no row"},
		{"a file with a build tag counts", "internal/page/a_windows.go", "//go:build windows\n\npackage page; import \"warta/internal/news\"", "page may not import news"},
		{"the wiring may import all", "internal/app/a.go", `package app; import "warta/internal/web/site"`, ""},
		{"but not what is for tests", "internal/app/a.go", `package app; import "warta/internal/testkit/pg"`, "app may not import testkit/pg"},
		{"the command knows the wiring alone", "cmd/warta/a.go", `package main; import "warta/internal/store"`, "/cmd/warta may not import store"},
		{"an area may compare times", "internal/news/a.go", "package news; import \"time\"; var x = time.Time.Before", ""},
		{"an area may not ask the clock", "internal/news/a.go", "package news; import \"time\"; func f() any { return time.Now() }", "time.Now"},
		{"nor under another name", "internal/doc/a.go", "package doc; import clock \"time\"; var x = clock.Since", "time.Since"},
		{"nor without one", "internal/ads/a.go", "package ads; import . \"time\"; var x = Now()", "dot import"},
		{"an engine may", "internal/page/a.go", "package page; import \"time\"; var x = time.Until", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			list, err := sources(fstest.MapFS{c.file: {Data: []byte(c.text)}})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(append(strangers(list, table), clocks(list, timeless)...), "\n")
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("found %q, want %q", got, cmp.Or(c.want, "nothing"))
			}
		})
	}
}

// Command uitest runs the unit tests of the browser's TypeScript (ui/**/*.test.ts)
// with Node's own test runner. Each file is bundled for itself, so that Node
// need not know TypeScript.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	if err := run("ui"); err != nil {
		fmt.Fprintln(os.Stderr, "uitest:", err)
		os.Exit(1)
	}
}

func run(ui string) error {
	dir, err := os.MkdirTemp("", "uitest")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	tests, err := bundle(ui, dir)
	if err != nil {
		return err
	}
	if len(tests) == 0 {
		return errors.New("there are no tests")
	}
	cmd := exec.Command("node", append([]string{"--test"}, tests...)...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// bundle writes a module for each test file into dir and returns their paths.
func bundle(ui, dir string) (tests []string, err error) {
	err = filepath.WalkDir(ui, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "dist") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".test.ts") {
			return nil
		}
		name := strings.ReplaceAll(filepath.ToSlash(path), "/", "-")
		out := filepath.Join(dir, strings.TrimSuffix(name, ".ts")+".mjs")
		result := api.Build(api.BuildOptions{
			EntryPoints: []string{path}, Outfile: out, Bundle: true, Write: true,
			Platform: api.PlatformNode, Format: api.FormatESModule, Target: api.ES2022,
			Sourcemap: api.SourceMapInline, LogLevel: api.LogLevelError,
		})
		if len(result.Errors) > 0 {
			return fmt.Errorf("%s: %s", path, result.Errors[0].Text)
		}
		tests = append(tests, out)
		return nil
	})
	return tests, err
}

// Package lite gives tests a throw-away folder with a database file that was
// prepared once, as package pg does for a server: a schema costs a copy of its
// file instead of a run of all migrations. It imports nothing of ours and knows
// no schema.
package lite

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Template is a folder that is prepared once per process and copied for each test
// that names it. Prepare must close what it opened before it returns.
type Template struct {
	Name    string // unique among the templates of one process
	Prepare func(dir string) error
}

// made are the templates of this process. It is the package's only state.
var made struct {
	mu        sync.Mutex
	templates map[string]template
}

// template is a prepared folder, or why there is none.
type template struct {
	files map[string][]byte // below the folder; a schema is some hundred kB
	err   error
}

// Folder makes a folder for this test alone as a copy of a template. It goes with
// the test.
func Folder(t testing.TB, tpl Template) string {
	t.Helper()
	dir := t.TempDir()
	if err := Fill(dir, tpl); err != nil {
		t.Fatalf("a folder from template %s: %v", tpl.Name, err)
	}
	return dir
}

// Fill copies a template into a folder that is there.
func Fill(dir string, tpl Template) error {
	from := prepared(tpl)
	if from.err != nil {
		return from.err
	}
	for name, data := range from.files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// prepared makes the template if this process has not yet. Tests that need it
// meanwhile wait; a failure is told to each of them.
func prepared(tpl Template) template {
	made.mu.Lock()
	defer made.mu.Unlock()
	if from, done := made.templates[tpl.Name]; done {
		return from
	}
	from := template{files: map[string][]byte{}}
	from.err = read(tpl, from.files)
	if made.templates == nil {
		made.templates = map[string]template{}
	}
	made.templates[tpl.Name] = from
	return from
}

// read prepares a folder and reads its files.
func read(tpl Template, files map[string][]byte) error {
	dir, err := os.MkdirTemp("", "warta-lite-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := tpl.Prepare(dir); err != nil {
		return err
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range list {
		if entry.IsDir() {
			continue // a database is files
		}
		if files[entry.Name()], err = os.ReadFile(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

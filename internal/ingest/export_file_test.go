package ingest

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAnExportRemovesWhatKilledOnesLeft(t *testing.T) {
	t.Parallel()
	if !holds {
		t.Skip("nobody can tell whether an export is still at work")
	}
	place := t.TempDir()
	begin := func(name string) *archiveWriter {
		t.Helper()
		w, err := newArchive(filepath.Join(place, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { w.discard() })
		return w
	}
	there := func(what, path string, want bool) {
		t.Helper()
		if _, err := os.Lstat(path); (err == nil) != want {
			t.Errorf("%s: it is there: %t, want %t", what, err == nil, want)
		}
	}
	folder := func(name string, listed bool) string {
		t.Helper()
		path := filepath.Join(place, name)
		if err := os.MkdirAll(filepath.Join(path, "items"), 0o700); err != nil {
			t.Fatal(err)
		}
		if listed {
			if err := os.WriteFile(filepath.Join(path, listName), []byte("{}"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	working, killed, elsewhere := begin("arsip"), begin("arsip"), begin("lain")
	unlisted := folder(".arsip.partial-abcdefgh", false)
	longer := folder(".arsip.partial-abcdefghi", true)
	other := folder(".arsip2.partial-abcdefgh", true)
	target := folder("foto", true)
	linked := filepath.Join(place, ".arsip.partial-bbbbbbbb")
	if err := os.Symlink(target, linked); err != nil {
		t.Fatal(err)
	}
	killed.list.Close() // what a kill does to the file
	elsewhere.list.Close()

	begin("arsip")
	there("the killed one", killed.temp, false)
	there("one that is at work", working.temp, true)
	there("a killed one to another place", elsewhere.temp, true)
	there("a folder that is no export", unlisted, true)
	there("one of another name", longer, true)
	there("one of another place", other, true)
	there("a link", linked, true)
	there("what it leads to", filepath.Join(target, listName), true)
}

package blob_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"warta/internal/blob"
	"warta/internal/blob/blobtest"
	"warta/internal/fault"
)

func openDir(t *testing.T, folder string) *blob.Dir {
	t.Helper()
	d, err := blob.NewDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestDir(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) blob.Store { return openDir(t, filepath.Join(t.TempDir(), "blobs")) })
}

func TestDirLeavesNoTemporaryFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	d := openDir(t, folder)
	if err := d.Put(t.Context(), "a/b", strings.NewReader("good"), 4); err != nil {
		t.Fatal(err)
	}
	if err := d.Put(t.Context(), "a/c", strings.NewReader("bad"), 9); err == nil {
		t.Fatal("a short content was taken")
	}
	left, err := os.ReadDir(filepath.Join(folder, ".tmp"))
	if err != nil || len(left) != 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestNewDirRemovesWhatCrashedWritersLeft(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	openDir(t, folder)
	old, fresh := filepath.Join(folder, ".tmp", "old"), filepath.Join(folder, ".tmp", "fresh")
	for _, f := range []string{old, fresh} {
		if err := os.WriteFile(f, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	longAgo := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(old, longAgo, longAgo); err != nil {
		t.Fatal(err)
	}
	openDir(t, folder)
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the old file is still there: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("a file that another process may be writing was removed: %v", err)
	}
}

func TestDirFollowsNoLinkOutside(t *testing.T) {
	t.Parallel()
	outside, folder := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := openDir(t, folder)
	if err := os.Symlink(outside, filepath.Join(folder, "link")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Open(t.Context(), "link/secret"); err == nil {
		t.Error("a file outside was opened")
	}
	if err := d.Put(t.Context(), "link/new", strings.NewReader("x"), 1); err == nil {
		t.Error("a file outside was written")
	}
	if list, err := d.List(t.Context(), "", "", 10); err != nil || len(list) != 0 {
		t.Errorf("the list is %v, %v", list, err)
	}
}

func TestDirRefusesAKeyThatIsAFolder(t *testing.T) {
	t.Parallel()
	d := openDir(t, t.TempDir())
	if err := d.Put(t.Context(), "a/b", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "a/b/c"} {
		if err := d.Put(t.Context(), key, strings.NewReader("x"), 1); !fault.Is(err, fault.Conflict) {
			t.Errorf("put %q: %v, want conflict", key, err)
		}
	}
}

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// warta runs a command line and returns the exit status and what was printed.
func warta(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	imported(t, data, newsItem, "-")
	file := filepath.Join(dir, "cadangan.tar")
	if code, out, errOut := warta(t, "backup", "--data", data, file); code != 0 || !strings.Contains(out, " rows and 0 files") {
		t.Fatalf("backup: status %d: %s%s", code, out, errOut)
	}
	t.Run("a second one is not written over it", func(t *testing.T) {
		if code, _, errOut := warta(t, "backup", "--data", data, file); code != 1 || !strings.Contains(errOut, "is there already") {
			t.Errorf("status %d: %s", code, errOut)
		}
	})
	t.Run("it is whole, and comes into an empty place", func(t *testing.T) {
		if code, out, errOut := warta(t, "restore", "--check", file); code != 0 || !strings.Contains(out, "is whole") {
			t.Errorf("check: status %d: %s%s", code, out, errOut)
		}
		other := filepath.Join(dir, "lain")
		if code, out, errOut := warta(t, "restore", "--data", other, file); code != 0 || !strings.Contains(out, "Brought back") {
			t.Errorf("restore: status %d: %s%s", code, out, errOut)
		}
		if code, out, errOut := imported(t, other, newsItem, "-"); code != 0 || !strings.Contains(out, "1 unchanged") {
			t.Errorf("the story is not in: status %d: %s%s", code, out, errOut)
		}
		if code, _, errOut := warta(t, "restore", "--data", other, file); code != 1 || !strings.Contains(errOut, "not empty") {
			t.Errorf("restore again: status %d: %s", code, errOut)
		}
	})
	t.Run("a damaged one is refused by the name of the file, and nothing is made", func(t *testing.T) {
		bad := filepath.Join(dir, "rusak.tar")
		good, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		good[700] ^= 1
		if err := os.WriteFile(bad, good, 0o600); err != nil {
			t.Fatal(err)
		}
		other := filepath.Join(dir, "tidak-ada")
		for _, args := range [][]string{{"restore", "--check", bad}, {"restore", "--data", other, bad}} {
			if code, _, errOut := warta(t, args...); code != 1 || !strings.Contains(errOut, "tables/") || !strings.Contains(errOut, "damaged") {
				t.Errorf("%v: status %d: %s", args, code, errOut)
			}
		}
		if _, err := os.Stat(other); err == nil {
			t.Error("the place was made")
		}
	})
}

package backup_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/backup"
	"warta/internal/blob"
	"warta/internal/fault"
)

// database is a small one that stands still.
type database struct {
	head   backup.Head
	tables []backup.Table
	rows   map[string][][]any
	needs  map[string]string
}

func (d *database) Snapshot(ctx context.Context, read func(backup.Head, backup.Snapshot) error) error {
	return read(d.head, d)
}

func (d *database) Tables(context.Context) ([]backup.Table, error) {
	list := slices.Clone(d.tables)
	for i := range list {
		list[i].Rows = int64(len(d.rows[list[i].Name]))
	}
	return list, nil
}

func (d *database) Rows(_ context.Context, t backup.Table, each func([]any) error) error {
	same := make([]any, len(t.Columns)) // as a real one, which uses its row again
	for _, row := range d.rows[t.Name] {
		copy(same, row)
		if err := each(same); err != nil {
			return err
		}
	}
	return nil
}

func (d *database) Needs(_ context.Context, each func(key, sum string) error) error {
	for key, sum := range d.needs {
		if err := each(key, sum); err != nil {
			return err
		}
	}
	return nil
}

func sample() *database {
	d := &database{
		head: backup.Head{Created: time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC), Schema: 7, Event: 42, Sequences: map[string]int64{"notes": 9}},
		tables: []backup.Table{
			{Name: "notes", Columns: []backup.Column{{"id", backup.Integer}, {"text", backup.Text}, {"x", backup.Number}, {"key", backup.Bytes}}},
			{Name: "none", Columns: []backup.Column{{"id", backup.Integer}}},
		},
		rows: map[string][][]any{"notes": {
			{int64(1), "Kabar \"baru\" <b>\n\u2028 é 😀", 0.5, []byte{0, 1, 255}},
			{int64(math.MinInt64), "", 1.0, []byte{}},
			{int64(math.MaxInt64), "tidak \xff utf-8", 1e300, nil},
			{nil, nil, nil, nil},
			{int64(5), "null \x00 di tengah", -0.1, []byte("x")},
		}},
		needs: map[string]string{},
	}
	for i := range 1200 { // several batches, and more than one part
		d.rows["notes"] = append(d.rows["notes"], []any{int64(100 + i), strings.Repeat("isi ", 2000), float64(i), nil})
	}
	return d
}

func files(t *testing.T, contents map[string]string) *blob.Dir {
	t.Helper()
	b, err := blob.NewDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	for key, text := range contents {
		if err := b.Put(t.Context(), key, strings.NewReader(text), int64(len(text))); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func sumOf(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}

var contents = map[string]string{
	"originals/aa/satu.jpg": "gambar satu", "originals/bb/dua.jpg": strings.Repeat("dua", 50_000), "originals/kosong.jpg": "",
	"renditions/aa/satu.webp": "dibuat lagi", "uploads/1": "setengah", "theme/logo.svg": "<svg/>",
}

var places = map[string]string{"a folder": "cadangan", "a file": "cadangan.tar"}

// taken is a backup of the sample in a new place.
func taken(t *testing.T, place string) (string, backup.Report) {
	t.Helper()
	path := filepath.Join(t.TempDir(), place)
	rep, err := backup.Create(t.Context(), path, sample(), files(t, contents), backup.Options{Skip: []string{"renditions/", "uploads/"}})
	if err != nil {
		t.Fatal(err)
	}
	return path, rep
}

func TestABackupComesBackAsItWas(t *testing.T) {
	t.Parallel()
	for name, place := range places {
		t.Run("from "+name, func(t *testing.T) {
			t.Parallel()
			path, rep := taken(t, place)
			want := sample()
			if rep.Rows != int64(len(want.rows["notes"])) || rep.Files != 4 || rep.Tables != 2 || len(rep.Missing)+len(rep.Damaged) != 0 {
				t.Errorf("the report says %+v", rep)
			}
			a, err := backup.Open(t.Context(), path, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			if !a.Created.Equal(want.head.Created) || a.Schema != 7 || a.Event != 42 || a.Sequences["notes"] != 9 {
				t.Errorf("the head is %+v", a.Head)
			}
			if len(a.Tables[0].Parts) < 2 {
				t.Errorf("the rows are in %v: the sample is too small to see parts", a.Tables[0].Parts)
			}
			var rows [][]any
			for _, table := range a.Tables {
				if err := a.Rows(t.Context(), table, func(batch [][]any) error {
					rows = append(rows, batch...)
					return nil
				}); err != nil {
					t.Fatal(err)
				}
			}
			if !reflect.DeepEqual(rows, want.rows["notes"]) {
				t.Errorf("other rows came back: %.300v", rows)
			}
			back := files(t, nil)
			if err := a.CopyFiles(t.Context(), back.Put, nil); err != nil {
				t.Fatal(err)
			}
			for key, text := range contents {
				kept := !strings.HasPrefix(key, "renditions/") && !strings.HasPrefix(key, "uploads/")
				got, err := read(t, back, key)
				if kept && got != text || kept != (err == nil) {
					t.Errorf("%s came back as %.40q, %v", key, got, err)
				}
			}
		})
	}
}

func read(t *testing.T, b blob.Store, key string) (string, error) {
	t.Helper()
	r, _, err := b.Open(t.Context(), key)
	if err != nil {
		return "", err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	return string(text), err
}

func TestABackupIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	for _, place := range places {
		path, _ := taken(t, place)
		if err := filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
			if st, err := d.Info(); err != nil || st.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s: %v, %v", path, st.Mode(), err)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatIsNotThereIsReported(t *testing.T) {
	t.Parallel()
	d := sample()
	d.needs = map[string]string{"originals/aa/satu.jpg": sumOf("gambar satu"), "originals/bb/dua.jpg": sumOf("lain"), "originals/cc/hilang.jpg": sumOf("x")}
	rep, err := backup.Create(t.Context(), filepath.Join(t.TempDir(), "x.tar"), d, files(t, contents), backup.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(rep.Missing, []string{"originals/cc/hilang.jpg"}) || !slices.Equal(rep.Damaged, []string{"originals/bb/dua.jpg"}) {
		t.Errorf("the report says %+v", rep)
	}
}

func TestABackupIsRefused(t *testing.T) {
	t.Parallel()
	for name, place := range places {
		t.Run("where there is one already, in "+name, func(t *testing.T) {
			t.Parallel()
			path, _ := taken(t, place)
			_, err := backup.Create(t.Context(), path, sample(), files(t, nil), backup.Options{})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("err = %v", err)
			}
			if _, err := backup.Open(t.Context(), path, nil); err != nil {
				t.Errorf("the old one is no longer whole: %v", err)
			}
		})
		t.Run("when its context ends, and leaves nothing in "+name, func(t *testing.T) {
			t.Parallel()
			above := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			_, err := backup.Create(ctx, filepath.Join(above, place), sample(), files(t, contents), backup.Options{
				Progress: func(p backup.Phase, done, _ int64) {
					if p == backup.PhaseFiles && done == 2 {
						cancel()
					}
				}})
			left, _ := os.ReadDir(above)
			if !errors.Is(err, context.Canceled) || len(left) > 0 {
				t.Errorf("err = %v, left %v", err, left)
			}
		})
	}
	t.Run("of a value that has no portable form", func(t *testing.T) {
		t.Parallel()
		for _, v := range []any{time.Now(), math.NaN(), 7} {
			d := sample()
			d.rows["notes"][1][2] = v
			if _, err := backup.Create(t.Context(), filepath.Join(t.TempDir(), "x"), d, files(t, nil), backup.Options{}); err == nil {
				t.Errorf("%v was kept", v)
			}
		}
	})
}

func TestADamagedFolderIsRefusedByTheNameOfTheFile(t *testing.T) {
	t.Parallel()
	path, _ := taken(t, "cadangan")
	var members []string
	if err := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(path, p)
			members = append(members, filepath.ToSlash(rel))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	damages := map[string]func([]byte) []byte{
		"a bit of it is another":    func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"its end is missing":        func(b []byte) []byte { return b[:len(b)-1] },
		"all of it is missing":      nil,
		"something stands after it": func(b []byte) []byte { return append(b, '\n') },
	}
	for _, member := range members {
		file := filepath.Join(path, filepath.FromSlash(member))
		good, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for how, damage := range damages {
			if len(good) == 0 && (how == "a bit of it is another" || how == "its end is missing") {
				continue
			}
			if os.Remove(file); damage != nil {
				if err := os.WriteFile(file, damage(bytes.Clone(good)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			named := member
			if member == "manifest.json.sha256" {
				named = "manifest.json"
			}
			if _, err := backup.Open(t.Context(), path, nil); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Message(err), named) {
				t.Errorf("%s when %s: %v", member, how, err)
			}
		}
		if err := os.WriteFile(file, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if a, err := backup.Open(t.Context(), path, nil); err != nil {
		t.Errorf("the undamaged one is refused: %v", err)
	} else {
		a.Close()
	}
}

func TestADamagedFileIsRefused(t *testing.T) {
	t.Parallel()
	path, _ := taken(t, "cadangan.tar")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	open := func(t *testing.T, data []byte) error {
		t.Helper()
		bad := filepath.Join(t.TempDir(), "rusak.tar")
		if err := os.WriteFile(bad, data, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := backup.Open(t.Context(), bad, nil)
		if err == nil {
			a.Close()
		}
		return err
	}
	t.Run("when a bit is another in the content of any member or in its name", func(t *testing.T) {
		r := tar.NewReader(bytes.NewReader(good))
		at := int64(0)
		for {
			h, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			bad := bytes.Clone(good)
			bad[at+5] ^= 1
			if err := open(t, bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s under another name: %v", h.Name, err)
			}
			at += 512
			if h.Size > 0 {
				bad := bytes.Clone(good)
				bad[at+h.Size/2] ^= 1
				if err := open(t, bad); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Message(err), strings.TrimSuffix(h.Name, ".sha256")) {
					t.Errorf("%s with another bit: %v", h.Name, err)
				}
			}
			at += (h.Size + 511) / 512 * 512
		}
	})
	t.Run("when it ends early", func(t *testing.T) {
		for _, part := range []int{0, 1, 300, len(good) / 2, len(good) - 3*512} {
			if err := open(t, good[:part]); !fault.Is(err, fault.Invalid) {
				t.Errorf("the first %d bytes of %d: %v", part, len(good), err)
			}
		}
	})
}

func TestWhatIsNoBackupIsRefusedInWords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, m := range map[string]map[string]any{
		"ekspor": {"format": "warta-ninjs", "version": 1}, "baru": {"format": "warta-backup", "version": 99}, "kosong": nil} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if m == nil {
			continue
		}
		text, _ := json.Marshal(m)
		if err := os.WriteFile(filepath.Join(dir, name, "manifest.json"), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, words := range map[string]string{"tidak-ada": "there is no backup", "kosong": "it is no backup",
		"ekspor": "warta import", "baru": "newer release"} {
		if _, err := backup.Open(t.Context(), filepath.Join(dir, name), nil); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Message(err), words) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

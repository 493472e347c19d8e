// Package blobtest is the conformance suite of blob.Store: what it asks for is
// the definition of "supported". It is imported by tests only.
package blobtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"warta/internal/blob"
	"warta/internal/fault"
)

// Run holds an implementation against the suite. open returns a fresh, empty
// store for each subtest.
func Run(t *testing.T, open func(t *testing.T) blob.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, blob.Store)
	}{
		{"what was put is read back", readsBack},
		{"a reader can seek", seeks},
		{"a second put replaces the first", replaces},
		{"a missing object is not found", missing},
		{"a deleted object is gone and may be deleted again", deletes},
		{"a content of another length than announced leaves the key as it was", wrongLength},
		{"a failing reader leaves the key as it was", failingReader},
		{"a cancelled put leaves nothing", cancelled},
		{"keys that could lead elsewhere are refused", hostileKeys},
		{"a list is ordered, filtered by prefix and paged", lists},
		{"puts at the same time never mix", concurrent},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, open(t))
		})
	}
}

func put(t *testing.T, s blob.Store, key string, data []byte) {
	t.Helper()
	if err := s.Put(t.Context(), key, bytes.NewReader(data), int64(len(data))); err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

func read(t *testing.T, s blob.Store, key string) []byte {
	t.Helper()
	r, info, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatalf("open %s: %v", key, err)
	}
	data, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatalf("read %s: %v", key, err)
	}
	if info.Key != key || info.Size != int64(len(data)) {
		t.Errorf("info says %q and %d bytes, got %q and %d", info.Key, info.Size, key, len(data))
	}
	return data
}

func absent(t *testing.T, s blob.Store, key string) {
	t.Helper()
	if _, err := s.Stat(t.Context(), key); !fault.Is(err, fault.NotFound) {
		t.Errorf("stat %s: %v, want not found", key, err)
	}
	r, _, err := s.Open(t.Context(), key)
	if err == nil {
		_ = r.Close()
	}
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("open %s: %v, want not found", key, err)
	}
}

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails, by its documentation
	return b
}

func readsBack(t *testing.T, s blob.Store) {
	for _, n := range []int{0, 1, 70_000, 6 << 20} {
		data := noise(n)
		put(t, s, "a/b/known", data)
		if got := read(t, s, "a/b/known"); !bytes.Equal(got, data) {
			t.Errorf("%d bytes of known length came back as %d others", n, len(got))
		}
		if err := s.Put(t.Context(), "a/b/unknown", io.MultiReader(bytes.NewReader(data)), -1); err != nil {
			t.Fatal(err)
		}
		if got := read(t, s, "a/b/unknown"); !bytes.Equal(got, data) {
			t.Errorf("%d bytes of unknown length came back as %d others", n, len(got))
		}
	}
	info, err := s.Stat(t.Context(), "a/b/known")
	if err != nil || info.Key != "a/b/known" || info.Size != 6<<20 || info.Modified.IsZero() {
		t.Errorf("stat says %+v, %v", info, err)
	}
}

func seeks(t *testing.T, s blob.Store) {
	put(t, s, "seek", []byte("0123456789"))
	r, _, err := s.Open(t.Context(), "seek")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, c := range []struct {
		offset int64
		whence int
		want   string
	}{{7, io.SeekStart, "789"}, {-4, io.SeekEnd, "6789"}, {0, io.SeekStart, "0123456789"}} {
		if _, err := r.Seek(c.offset, c.whence); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != c.want {
			t.Errorf("after seek to %d: %q, %v, want %q", c.offset, got, err, c.want)
		}
	}
}

func replaces(t *testing.T, s blob.Store) {
	put(t, s, "x/y", []byte("first and longer"))
	put(t, s, "x/y", []byte("second"))
	if got := read(t, s, "x/y"); string(got) != "second" {
		t.Errorf("got %q", got)
	}
}

func missing(t *testing.T, s blob.Store) {
	absent(t, s, "not/there")
	put(t, s, "folder/file", []byte("x"))
	absent(t, s, "folder")
	absent(t, s, "folder/file/below")
}

func deletes(t *testing.T, s blob.Store) {
	put(t, s, "d/one", []byte("1"))
	put(t, s, "d/two", []byte("2"))
	for range 2 {
		if err := s.Delete(t.Context(), "d/one"); err != nil {
			t.Fatal(err)
		}
	}
	absent(t, s, "d/one")
	if err := s.Delete(t.Context(), "d"); err != nil {
		t.Errorf("delete of a folder's name: %v", err)
	}
	if got := read(t, s, "d/two"); string(got) != "2" {
		t.Errorf("the neighbour is %q", got)
	}
}

func wrongLength(t *testing.T, s blob.Store) {
	put(t, s, "w", []byte("before"))
	for _, size := range []int64{0, 3, 50} {
		for _, key := range []string{"w", "w-new"} {
			if err := s.Put(t.Context(), key, strings.NewReader("content"), size); !fault.Is(err, fault.Invalid) {
				t.Errorf("size %d: %v, want invalid", size, err)
			}
		}
	}
	if got := read(t, s, "w"); string(got) != "before" {
		t.Errorf("the key holds %q", got)
	}
	absent(t, s, "w-new")
}

type failing struct{ after io.Reader }

var errReader = errors.New("reader failed")

func (f failing) Read(p []byte) (int, error) {
	n, err := f.after.Read(p)
	if err == io.EOF {
		err = errReader
	}
	return n, err
}

func failingReader(t *testing.T, s blob.Store) {
	put(t, s, "f", []byte("before"))
	for _, size := range []int64{-1, 100} {
		if err := s.Put(t.Context(), "f", failing{strings.NewReader("part")}, size); !errors.Is(err, errReader) {
			t.Errorf("size %d: %v, want the reader's error", size, err)
		}
	}
	if got := read(t, s, "f"); string(got) != "before" {
		t.Errorf("the key holds %q", got)
	}
	all, err := s.List(t.Context(), "", "", 10)
	if err != nil || len(all) != 1 {
		t.Errorf("the list is %v, %v", all, err)
	}
}

func cancelled(t *testing.T, s blob.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Put(ctx, "c", strings.NewReader("content"), 7); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
	absent(t, s, "c")
}

func hostileKeys(t *testing.T, s blob.Store) {
	for _, key := range []string{"", "/", "/etc/passwd", "../up", "a/../b", "a//b", "a/", ".hidden", "a/.b", "a\\b",
		"a\x00b", "A/b", "é", "a b", "a:b", ".", "..", strings.Repeat("a", 300), strings.Repeat("a/", 400) + "a"} {
		if err := s.Put(t.Context(), key, strings.NewReader("x"), 1); !fault.Is(err, fault.Invalid) {
			t.Errorf("put %.20q: %v, want invalid", key, err)
		}
		if _, _, err := s.Open(t.Context(), key); !fault.Is(err, fault.Invalid) {
			t.Errorf("open %.20q: %v, want invalid", key, err)
		}
		if _, err := s.Stat(t.Context(), key); !fault.Is(err, fault.Invalid) {
			t.Errorf("stat %.20q: %v, want invalid", key, err)
		}
		if err := s.Delete(t.Context(), key); !fault.Is(err, fault.Invalid) {
			t.Errorf("delete %.20q: %v, want invalid", key, err)
		}
	}
}

func lists(t *testing.T, s blob.Store) {
	keys := []string{"a-b", "a.b", "a/b", "a/c/d", "a/c-d", "a/c.d", "a0", "b/1", "b/2"}
	for _, k := range keys {
		put(t, s, k, []byte(k))
	}
	slices.Sort(keys)
	names := func(prefix, after string, limit int) []string {
		infos, err := s.List(t.Context(), prefix, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		out := []string{}
		for _, i := range infos {
			if i.Size != int64(len(i.Key)) {
				t.Errorf("%s has %d bytes", i.Key, i.Size)
			}
			out = append(out, i.Key)
		}
		return out
	}
	if got := names("", "", 100); !slices.Equal(got, keys) {
		t.Errorf("all: %v, want %v", got, keys)
	}
	for _, prefix := range []string{"a", "a/", "a/c", "a/c/", "b/", "z"} {
		var want []string
		for _, k := range keys {
			if strings.HasPrefix(k, prefix) {
				want = append(want, k)
			}
		}
		if got := names(prefix, "", 100); !slices.Equal(got, want) {
			t.Errorf("prefix %q: %v, want %v", prefix, got, want)
		}
	}
	for limit := 1; limit <= len(keys); limit++ {
		var got []string
		for after := ""; ; {
			page := names("", after, limit)
			if len(page) == 0 {
				break
			}
			got, after = append(got, page...), page[len(page)-1]
		}
		if !slices.Equal(got, keys) {
			t.Errorf("pages of %d: %v, want %v", limit, got, keys)
		}
	}
	if _, err := s.List(t.Context(), "", "", 0); !fault.Is(err, fault.Invalid) {
		t.Errorf("no limit: %v, want invalid", err)
	}
}

func concurrent(t *testing.T, s blob.Store) {
	variants := map[string]bool{}
	var wg sync.WaitGroup
	for i := range 4 {
		data := bytes.Repeat([]byte{byte('a' + i)}, 100_000)
		variants[string(data)] = true
		wg.Go(func() {
			for range 5 {
				if err := s.Put(t.Context(), "same/key", bytes.NewReader(data), int64(len(data))); err != nil {
					t.Errorf("put: %v", err)
				}
			}
		})
	}
	put(t, s, "same/key", bytes.Repeat([]byte{'a'}, 100_000))
	for range 20 {
		if !variants[string(read(t, s, "same/key"))] {
			t.Error("a mixture was read")
		}
	}
	wg.Wait()
}

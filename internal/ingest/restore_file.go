package ingest

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"warta/internal/fault"
)

// IsArchive reports whether path is a folder that Export wrote, whole or
// damaged.
func IsArchive(path string) bool {
	f, err := os.Open(filepath.Join(path, manifestFile))
	if err != nil {
		return false
	}
	defer f.Close()
	start := make([]byte, 512)
	n, err := io.ReadFull(f, start)
	return (err == nil || errors.Is(err, io.ErrUnexpectedEOF)) && strings.Contains(string(start[:n]), `"`+archiveFormat+`"`)
}

// archiveReader reads a folder that an archiveWriter wrote. Nothing outside the
// folder is ever opened.
type archiveReader struct {
	root  *os.Root
	head  manifestHead
	token string   // names this very export
	parts []string // the files of stories, in the order of the manifest
	files map[string]bool
}

// damaged returns the error about one file.
func damaged(path, format string, args ...any) error {
	e := fault.New(fault.Invalid, format, args...)
	e.Message = "the file " + path + " of the export is damaged: " + e.Message + ". Copy the export again from where it was made"
	return e
}

// openArchive opens the folder and holds every file against its checksum.
// checked is called after each, with what the manifest counts.
func openArchive(ctx context.Context, dir string, checked func(files int, counts *ArchiveSummary)) (_ *archiveReader, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fault.Input("dir", "the folder %s cannot be opened: %w", dir, err)
	}
	a := &archiveReader{root: root, files: map[string]bool{}}
	if err := a.verify(ctx, checked); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return a, nil
}

// Close releases the folder.
func (a *archiveReader) Close() error { return a.root.Close() }

// verify reads the manifest twice: its head, then one file after the other.
func (a *archiveReader) verify(ctx context.Context, checked func(files int, counts *ArchiveSummary)) error {
	sum := sha256.New()
	if err := a.manifest(sum, nil); err != nil {
		return err
	}
	a.token = hex.EncodeToString(sum.Sum(nil))
	if err := a.checkManifest(); err != nil {
		return err
	}
	switch {
	case a.head.Format != archiveFormat:
		return fault.Input("dir", "this folder is not an export of Warta")
	case a.head.Version < 1 || a.head.Version > archiveVersion:
		return fault.Input("dir", "the export has the format %d, and this program knows only up to %d: use a newer one", a.head.Version, archiveVersion)
	}
	n := 0
	err := a.manifest(io.Discard, func(e manifestEntry) error {
		if err := a.check(ctx, e); err != nil {
			return err
		}
		switch {
		case strings.HasPrefix(e.Path, storyFolder):
			a.parts = append(a.parts, e.Path)
		case !strings.HasPrefix(e.Path, pictureFolder): // those are checked again by their names
			a.files[e.Path] = true
		}
		n++
		checked(n, &a.head.Counts)
		return nil
	})
	if err != nil {
		return err
	}
	if n != a.head.Counts.Files {
		return damaged(manifestFile, "it lists %d files and should list %d", n, a.head.Counts.Files)
	}
	for _, name := range []string{settingsFile, sectionsFile, frontsFile, pagesFile, personsFile, topicsFile, sourcesFile, picturesFile, redirectsFile} {
		if !a.files[name] {
			return damaged(manifestFile, "it does not list %s", name)
		}
	}
	return nil
}

// checkManifest holds the manifest against the checksum beside it.
func (a *archiveReader) checkManifest() error {
	f, err := a.open(sumFile)
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, 1000))
	if err != nil {
		return damaged(sumFile, "%w", err)
	}
	if string(data) != a.token+"  "+manifestFile+"\n" {
		return damaged(manifestFile, "its checksum is another than %s says", sumFile)
	}
	return nil
}

// manifest reads the head of the manifest and calls visit for each file that it
// lists, without holding the list.
func (a *archiveReader) manifest(copy io.Writer, visit func(manifestEntry) error) error {
	f, err := a.root.Open(manifestFile)
	if err != nil {
		return fault.Input("dir", "there is no %s in the folder: it is not an export, or not all of it", manifestFile)
	}
	defer f.Close()
	in := bufio.NewReader(io.TeeReader(f, copy))
	dec := json.NewDecoder(in)
	bad := func(err error) error { return damaged(manifestFile, "%w", err) }
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return damaged(manifestFile, "it does not begin as JSON")
	}
	head := map[string]json.RawMessage{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return bad(err)
		}
		if key != "files" {
			var v json.RawMessage
			if err := dec.Decode(&v); err != nil {
				return bad(err)
			}
			head[key.(string)] = v // the key of an object is a text
			continue
		}
		if t, err := dec.Token(); err != nil || t != json.Delim('[') {
			return damaged(manifestFile, "its files are no list")
		}
		for dec.More() {
			var e manifestEntry
			if err := dec.Decode(&e); err != nil {
				return bad(err)
			}
			if visit == nil {
				continue
			}
			if err := visit(e); err != nil {
				return err
			}
		}
		if _, err := dec.Token(); err != nil {
			return bad(err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return bad(err)
	}
	whole, err := json.Marshal(head)
	if err == nil {
		err = json.Unmarshal(whole, &a.head)
	}
	if err != nil {
		return bad(err)
	}
	// The rest counts for the sum: white space, or something that was added.
	_, err = io.Copy(io.Discard, in)
	return err
}

// check holds one file against its entry.
func (a *archiveReader) check(ctx context.Context, e manifestEntry) error {
	f, err := a.open(e.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, untilEnded{ctx, f})
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return damaged(e.Path, "it cannot be read: %w", err)
	case n != e.Bytes:
		return damaged(e.Path, "it has %d bytes and should have %d", n, e.Bytes)
	case hex.EncodeToString(sum.Sum(nil)) != e.SHA256:
		return damaged(e.Path, "its checksum is another")
	}
	return nil
}

// open opens a file of the export.
func (a *archiveReader) open(path string) (*os.File, error) {
	if !fs.ValidPath(path) || path == "." {
		return nil, damaged(manifestFile, "it names a file %q outside the folder", path)
	}
	f, err := a.root.Open(filepath.FromSlash(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, damaged(path, "it is missing")
	}
	if err != nil {
		return nil, damaged(path, "it cannot be opened: %w", err)
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(damaged(path, "it is not a plain file"), f.Close())
	}
	return f, nil
}

// whole reads a file of one JSON value.
func (a *archiveReader) whole(path string, v any) error {
	f, err := a.open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := json.NewDecoder(f).Decode(v); err != nil {
		return damaged(path, "%w", err)
	}
	return nil
}

// maxArchiveLine bounds a line of an export: a body of 2 MB stands in it three times.
const maxArchiveLine = 64 << 20

// eachRow reads the lines of a file and hands them out in groups of at most n.
func eachRow[T any](ctx context.Context, a *archiveReader, path string, n int, take func([]T) error) error {
	f, err := a.open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 0, 64<<10), maxArchiveLine)
	var group []T
	for at := 1; lines.Scan(); at++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return damaged(path+" (line "+strconv.Itoa(at)+")", "%w", err)
		}
		if group = append(group, row); len(group) == n {
			if err := take(group); err != nil {
				return err
			}
			group = nil
		}
	}
	if err := lines.Err(); err != nil {
		return damaged(path, "%w", err)
	}
	if len(group) > 0 {
		return take(group)
	}
	return nil
}

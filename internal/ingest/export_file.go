package ingest

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"warta/internal/fault"
)

// archiveWriter writes a folder that appears under its name only when all of it
// is on the disk.
type archiveWriter struct {
	dir  string // what it will be called
	temp string // a hidden folder beside it
	list *os.File
	buf  *bufio.Writer // of list: the manifest's entries so far, a line each

	files int
	bytes int64
}

// listName is the file of an export that is being written.
const listName = ".files"

// newArchive makes the hidden folder, and removes those of killed exports. dir must be missing or empty.
func newArchive(dir string) (*archiveWriter, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return nil, fault.Input("dir", "the folder %s is not empty; an export needs a new one", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fault.Input("dir", "%s cannot be a folder for the export: %w", dir, err)
	}
	temp := filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+".partial-"+strings.ToLower(rand.Text()[:8]))
	if err := os.MkdirAll(filepath.Dir(dir), 0o750); err != nil {
		return nil, fault.New(fault.Unavailable, "the folder above %s cannot be made: %w", dir, err)
	}
	dropPartial(dir)
	// An export holds members' texts and originals: it is for its owner alone.
	if err := os.Mkdir(temp, 0o700); err != nil {
		return nil, fault.New(fault.Unavailable, "the export cannot be written beside %s: %w", dir, err)
	}
	list, err := os.Create(filepath.Join(temp, listName))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(temp))
	}
	if !holdFile(list) {
		return nil, errors.Join(fault.New(fault.Unavailable, "another export to %s begins at this moment; try again", dir),
			list.Close(), os.RemoveAll(temp))
	}
	return &archiveWriter{dir: dir, temp: temp, list: list, buf: bufio.NewWriter(list)}, nil
}

// partial is what the hidden folder of an export ends in.
var partial = regexp.MustCompile(`\.partial-[a-z2-7]{8}$`)

// dropPartial removes what exports to the same place left that were killed: a
// folder with the name and the list of files that newArchive makes, which nobody
// writes any more. What cannot be judged or removed stays.
func dropPartial(dir string) {
	if !holds {
		return
	}
	start := "." + filepath.Base(dir)
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil {
		return
	}
	for _, e := range entries {
		end, ours := strings.CutPrefix(e.Name(), start)
		if !ours || !e.IsDir() || partial.FindString(end) != end {
			continue
		}
		temp := filepath.Join(filepath.Dir(dir), e.Name())
		info, err := os.Lstat(filepath.Join(temp, listName))
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		list, err := os.OpenFile(filepath.Join(temp, listName), os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if holdFile(list) {
			os.RemoveAll(temp)
		}
		list.Close()
	}
}

// discard removes what was written.
func (a *archiveWriter) discard() error {
	return errors.Join(a.list.Close(), os.RemoveAll(a.temp))
}

// archiveFile is a file that is being written. Close it.
type archiveFile struct {
	a     *archiveWriter
	path  string
	f     *os.File
	buf   *bufio.Writer
	sum   hash.Hash
	bytes int64
}

func (a *archiveWriter) create(path string) (*archiveFile, error) {
	name := filepath.Join(a.temp, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &archiveFile{a: a, path: path, f: f, buf: bufio.NewWriterSize(f, 64<<10), sum: sha256.New()}, nil
}

// Write implements io.Writer.
func (f *archiveFile) Write(p []byte) (int, error) {
	n, err := f.buf.Write(p)
	f.sum.Write(p[:n])
	f.bytes += int64(n)
	return n, err
}

// line writes a row and a line feed.
func (f *archiveFile) line(row any) error {
	b, err := jsonLine(row)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return err
}

// hex returns the checksum of what was written so far.
func (f *archiveFile) hex() string { return hex.EncodeToString(f.sum.Sum(nil)) }

// Close puts the file on the disk and into the manifest.
func (f *archiveFile) Close() error {
	err := errors.Join(f.buf.Flush(), f.f.Sync(), f.f.Close())
	if err != nil {
		return err
	}
	entry, err := json.Marshal(manifestEntry{Path: f.path, Bytes: f.bytes, SHA256: f.hex()})
	if err != nil {
		return err
	}
	if f.a.files > 0 {
		entry = append([]byte(",\n"), entry...)
	}
	f.a.files++
	f.a.bytes += f.bytes
	_, err = f.a.buf.Write(entry)
	return err
}

// whole writes a file of one JSON value.
func (a *archiveWriter) whole(path string, v any) error {
	f, err := a.create(path)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(f)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return errors.Join(err, f.f.Close())
	}
	return f.Close()
}

// finish writes the manifest and gives the folder its name.
func (a *archiveWriter) finish(head manifestHead) error {
	if err := errors.Join(a.buf.Flush(), a.manifest(head), a.list.Close()); err != nil {
		return err
	}
	if err := os.Remove(a.list.Name()); err != nil {
		return err
	}
	if err := syncFolders(a.temp); err != nil {
		return err
	}
	// An empty folder that was there gives way to this one.
	if err := os.Rename(a.temp, a.dir); err != nil {
		return fault.New(fault.Unavailable, "the export is complete but could not be named %s: %w", a.dir, err)
	}
	return syncFolder(filepath.Dir(a.dir))
}

// manifest writes the manifest, and its own checksum beside it.
func (a *archiveWriter) manifest(head manifestHead) error {
	start, err := json.MarshalIndent(head, "", "  ")
	if err != nil {
		return err
	}
	if _, err := a.list.Seek(0, io.SeekStart); err != nil {
		return err
	}
	sum := sha256.New()
	if err := a.plain(manifestFile, func(w io.Writer) error {
		w = io.MultiWriter(w, sum)
		_, err1 := w.Write(start[:len(start)-2]) // without the brace
		_, err2 := io.WriteString(w, ",\n  \"files\": [\n")
		_, err3 := io.Copy(w, a.list)
		_, err4 := io.WriteString(w, "\n]}\n")
		return errors.Join(err1, err2, err3, err4)
	}); err != nil {
		return err
	}
	return a.plain(sumFile, func(w io.Writer) error {
		_, err := io.WriteString(w, hex.EncodeToString(sum.Sum(nil))+"  "+manifestFile+"\n")
		return err
	})
}

// plain writes a file that does not stand in the manifest.
func (a *archiveWriter) plain(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(filepath.Join(a.temp, path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(write(w), w.Flush(), f.Sync(), f.Close())
}

// syncFolders makes the names in a folder and below it durable.
func syncFolders(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncFolder(path)
	})
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// copyUntil copies like io.Copy and ends with ctx.
func copyUntil(ctx context.Context, w io.Writer, r io.Reader) error {
	_, err := io.Copy(w, untilEnded{ctx, r})
	return err
}

// untilEnded ends reading when its context ends.
type untilEnded struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (u untilEnded) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

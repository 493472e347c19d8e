package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"warta/internal/fault"
)

// Archive is a backup that was found to be whole. Close it.
type Archive struct {
	Manifest
	ID      string // tells this backup from any other: the checksum of its manifest
	shelf   shelf
	members map[string]Member
}

// shelf is where the members of a backup are.
type shelf interface {
	// open returns the bytes of a member; fs.ErrNotExist if there is none.
	open(path string) (io.ReadCloser, int64, error)
	Close() error
}

// Open reads the manifest of a backup and compares every member with it. An
// Invalid error names the member that is missing, cut off or another than the
// one that was written, or says that this is no backup, or one of a newer
// release. progress may be nil.
func Open(ctx context.Context, place string, progress Progress) (_ *Archive, err error) {
	defer fault.Wrap(&err, "open the backup %s", place)
	a := &Archive{members: map[string]Member{}}
	if a.shelf, err = openShelf(place); err != nil {
		return nil, err
	}
	if err := a.readManifest(place); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	if err := a.verify(ctx, progress); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// Close releases the backup.
func (a *Archive) Close() error { return a.shelf.Close() }

func openShelf(place string) (shelf, error) {
	st, err := os.Stat(place)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Input("backup", "there is no backup %s", place)
	case err != nil:
		return nil, fault.Input("backup", "%s cannot be read: %w", place, err)
	case st.IsDir():
		return dirShelf(place), nil
	}
	return openTar(place)
}

// maxManifest bounds what is read of a manifest: some millions of files.
const maxManifest = 1 << 30

func (a *Archive) readManifest(place string) error {
	text, err := a.whole(manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Input("backup", "%s has no %s: it is no backup, or one that was cut off", place, manifestName)
	}
	if err != nil {
		return err
	}
	var kind struct {
		Format  string
		Version int
	}
	if err := json.Unmarshal(text, &kind); err == nil && kind.Format != format {
		return fault.Input("backup", "%s is not a backup; what \"warta export\" wrote comes back with \"warta import\"", place)
	} else if err == nil && kind.Version > version {
		return fault.Input("backup", "%s was written by a newer release (version %d of the format, this program knows %d); restore it with that one",
			place, kind.Version, version)
	}
	sum := sha256.Sum256(text)
	a.ID = hexSum(sum[:])
	said, err := a.whole(sumName)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err != nil || string(said) != a.ID+"  "+manifestName+"\n" {
		return damaged(manifestName, "does not fit %s", sumName)
	}
	if err := json.Unmarshal(text, &a.Manifest); err != nil {
		return damaged(manifestName, "cannot be read: %w", err)
	}
	for _, m := range a.Files {
		a.members[m.Path] = m
	}
	return nil
}

// whole reads a small member.
func (a *Archive) whole(path string) (_ []byte, err error) {
	r, size, err := a.shelf.open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if size > maxManifest {
		return nil, damaged(path, "has %d bytes", size)
	}
	return io.ReadAll(r)
}

// verify compares every member with the manifest.
func (a *Archive) verify(ctx context.Context, progress Progress) error {
	var done, total int64
	for _, m := range a.Files {
		total += m.Bytes
	}
	for _, t := range a.Tables {
		for _, p := range t.Parts {
			if _, ok := a.members[p]; !ok {
				return damaged(manifestName, "has no checksum of %s", p)
			}
		}
	}
	for _, m := range a.Files {
		if err := a.read(ctx, m, func(r io.Reader) error {
			_, err := io.Copy(io.Discard, r)
			return err
		}); err != nil {
			return err
		}
		done += m.Bytes
		progress.tell(PhaseVerify, done, total)
	}
	return nil
}

// read hands the bytes of a member to use and fails if they are not those of
// the manifest; use must not act on them before it has read to the end.
func (a *Archive) read(ctx context.Context, m Member, use func(io.Reader) error) (err error) {
	r, size, err := a.shelf.open(m.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return damaged(m.Path, "is missing")
	}
	if err != nil {
		return damaged(m.Path, "cannot be read: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if size != m.Bytes {
		return damaged(m.Path, "has %d bytes, not %d", size, m.Bytes)
	}
	return use(&checked{r: untilEnded{ctx, r}, m: m, sum: sha256.New()})
}

// checked gives io.EOF only if all bytes were those of the manifest.
type checked struct {
	r   io.Reader
	m   Member
	sum hash.Hash
	n   int64
}

// Read implements io.Reader.
func (c *checked) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.sum.Write(p[:n])
	c.n += int64(n)
	if errors.Is(err, io.EOF) && (c.n != c.m.Bytes || hexSum(c.sum.Sum(nil)) != c.m.SHA256) {
		return n, damaged(c.m.Path, "has another checksum than the manifest says")
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return n, damaged(c.m.Path, "is cut off")
	}
	return n, err
}

// batchRows and batchBytes bound what Rows hands over at once.
const (
	batchRows  = 200
	batchBytes = 4 << 20
)

// Rows calls each with the rows of a table, in batches. The rows stay as they
// are after it.
func (a *Archive) Rows(ctx context.Context, t Table, each func(rows [][]any) error) (err error) {
	defer fault.Wrap(&err, "read table %s", t.Name)
	var count int64
	for _, path := range t.Parts {
		var packed bytes.Buffer
		if err := a.read(ctx, a.members[path], func(r io.Reader) error {
			_, err := packed.ReadFrom(r)
			return err
		}); err != nil {
			return err
		}
		n, err := rowsOf(ctx, &packed, t.Columns, each)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		count += n
	}
	if count != t.Rows {
		return damaged(manifestName, "says that table %s has %d rows, not %d", t.Name, t.Rows, count)
	}
	return nil
}

func rowsOf(ctx context.Context, packed io.Reader, columns []Column, each func([][]any) error) (count int64, err error) {
	z, err := gzip.NewReader(packed)
	if err != nil {
		return 0, err
	}
	dec := json.NewDecoder(z)
	dec.UseNumber()
	var batch [][]any
	begun := dec.InputOffset()
	for {
		var row []any
		err := dec.Decode(&row)
		end := errors.Is(err, io.EOF)
		if err != nil && !end {
			return count, err
		}
		if !end {
			if err := parseRow(columns, row); err != nil {
				return count, err
			}
			batch = append(batch, row)
			count++
		}
		if len(batch) > 0 && (end || len(batch) == batchRows || dec.InputOffset()-begun > batchBytes) {
			if err := errors.Join(ctx.Err(), each(batch)); err != nil {
				return count, err
			}
			batch, begun = nil, dec.InputOffset()
		}
		if end {
			return count, nil
		}
	}
}

// CopyFiles puts every file of the backup into a store under its key.
func (a *Archive) CopyFiles(ctx context.Context, put func(ctx context.Context, key string, r io.Reader, size int64) error, progress Progress) (err error) {
	defer fault.Wrap(&err, "bring back the files")
	var list []Member
	for _, m := range a.Files {
		if strings.HasPrefix(m.Path, fileFolder) {
			list = append(list, m)
		}
	}
	for i, m := range list {
		if err := a.read(ctx, m, func(r io.Reader) error {
			return put(ctx, strings.TrimPrefix(m.Path, fileFolder), r, m.Bytes)
		}); err != nil {
			return err
		}
		progress.tell(PhaseFiles, int64(i+1), int64(len(list)))
	}
	return nil
}

// Count returns how many rows and files the backup holds, and their bytes.
func (a *Archive) Count() (rows, files, bytes int64) {
	for _, t := range a.Tables {
		rows += t.Rows
	}
	for _, m := range a.Files {
		bytes += m.Bytes
		if strings.HasPrefix(m.Path, fileFolder) {
			files++
		}
	}
	return rows, files, bytes
}

// dirShelf is a backup in a folder.
type dirShelf string

func (d dirShelf) open(path string) (io.ReadCloser, int64, error) {
	if !filepath.IsLocal(filepath.FromSlash(path)) {
		return nil, 0, fs.ErrNotExist
	}
	f, err := os.Open(filepath.Join(string(d), filepath.FromSlash(path)))
	if err != nil {
		return nil, 0, err
	}
	st, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, st.Size(), nil
}

// Close implements shelf.
func (dirShelf) Close() error { return nil }

// tarShelf is a backup in a tar file, of which it knows where each member is.
type tarShelf struct {
	f  *os.File
	at map[string]span
}

type span struct{ offset, size int64 }

// openTar reads the headers of a tar file. What it finds before the file breaks
// off is there, so that the manifest can tell what is missing.
func openTar(place string) (*tarShelf, error) {
	f, err := os.Open(place)
	if err != nil {
		return nil, fault.Input("backup", "%s cannot be read: %w", place, err)
	}
	s := &tarShelf{f: f, at: map[string]span{}}
	r := tar.NewReader(f)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			name := filepath.Base(place)
			return nil, errors.Join(damaged(name, "is no tar file, or broken after %d members: %w", len(s.at), err), f.Close())
		}
		// The reader takes whole blocks and nothing in advance.
		offset, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		s.at[h.Name] = span{offset, h.Size}
	}
}

func (s *tarShelf) open(path string) (io.ReadCloser, int64, error) {
	at, ok := s.at[path]
	if !ok {
		return nil, 0, fs.ErrNotExist
	}
	return io.NopCloser(io.NewSectionReader(s.f, at.offset, at.size)), at.size, nil
}

// Close implements shelf.
func (s *tarShelf) Close() error { return s.f.Close() }

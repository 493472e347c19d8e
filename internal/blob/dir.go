package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	"warta/internal/fault"
)

// tempFolder holds files that are being written. It begins with a dot, which
// no key can, so it is invisible to every other method.
const tempFolder = ".tmp"

// staleAfter is the age at which a file in tempFolder is surely left over from
// a crash: no upload takes so long.
const staleAfter = 24 * time.Hour

// Dir is a Store in a folder; several processes may share one.
type Dir struct {
	root *os.Root
}

// NewDir opens the folder, makes it if it is missing, and removes what crashed
// writers left over. Symbolic links inside that lead out of it are refused by
// every method.
func NewDir(folder string) (_ *Dir, err error) {
	defer fault.Wrap(&err, "open blob folder %q", folder)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	d := &Dir{root: root}
	if err := d.clean(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return d, nil
}

// Close releases the folder. Objects that are open stay readable.
func (d *Dir) Close() error { return d.root.Close() }

func (d *Dir) clean() error {
	if err := d.root.MkdirAll(tempFolder, 0o750); err != nil {
		return err
	}
	entries, err := fs.ReadDir(d.root.FS(), tempFolder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || time.Since(info.ModTime()) < staleAfter {
			continue // gone already, or possibly another process's
		}
		if err := d.root.Remove(path.Join(tempFolder, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Put implements Store: temporary file, sync, rename, sync of the folder.
func (d *Dir) Put(ctx context.Context, key string, r io.Reader, size int64) (err error) {
	defer fault.Wrap(&err, "put %q", key)
	if err := CheckKey(key); err != nil {
		return err
	}
	temp := path.Join(tempFolder, strings.ToLower(rand.Text()))
	if err := d.write(ctx, temp, r, size); err != nil {
		_ = d.root.Remove(temp) // the first error is the one to report; clean takes what stays
		return err
	}
	if err := d.place(temp, key); err != nil {
		_ = d.root.Remove(temp)
		if errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.EISDIR) || errors.Is(err, fs.ErrExist) {
			return fault.New(fault.Conflict, "the key %q is a folder of another or lies under one: %w", key, err)
		}
		return err
	}
	return nil
}

func (d *Dir) write(ctx context.Context, name string, r io.Reader, size int64) error {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	src := io.Reader(contextReader{ctx, r})
	if size >= 0 {
		src = io.LimitReader(src, size+1) // one more tells that there is more
	}
	n, err := io.Copy(f, src)
	if err == nil && size >= 0 && n != size {
		err = fault.New(fault.Invalid, "the content has another length than the %d bytes that were announced", size)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// place moves the temporary file to its key and makes the move durable, with
// the folders that it made for it.
func (d *Dir) place(temp, key string) error {
	folder := path.Dir(key)
	made := []string{}
	for at := folder; at != "."; at = path.Dir(at) {
		if info, err := d.root.Stat(at); err == nil && info.IsDir() {
			break
		}
		made = append(made, path.Dir(at))
	}
	if err := d.root.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	if err := d.root.Rename(temp, key); err != nil {
		return err
	}
	for _, at := range append([]string{folder}, made...) {
		if err := d.syncFolder(at); err != nil {
			return err
		}
	}
	return nil
}

func (d *Dir) syncFolder(name string) error {
	f, err := d.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open implements Store.
func (d *Dir) Open(_ context.Context, key string) (_ io.ReadSeekCloser, _ Info, err error) {
	defer fault.Wrap(&err, "open %q", key)
	if err := CheckKey(key); err != nil {
		return nil, Info{}, err
	}
	f, err := d.root.Open(key)
	if err != nil {
		return nil, Info{}, missing(key, err)
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = notFound(key)
	}
	if err != nil {
		return nil, Info{}, errors.Join(err, f.Close())
	}
	return f, infoOf(key, st), nil
}

// Stat implements Store.
func (d *Dir) Stat(_ context.Context, key string) (_ Info, err error) {
	defer fault.Wrap(&err, "stat %q", key)
	if err := CheckKey(key); err != nil {
		return Info{}, err
	}
	st, err := d.root.Stat(key)
	if err != nil {
		return Info{}, missing(key, err)
	}
	if !st.Mode().IsRegular() {
		return Info{}, notFound(key)
	}
	return infoOf(key, st), nil
}

// Delete implements Store. Folders that become empty stay: to remove them
// would race with a Put that has just made sure of them.
func (d *Dir) Delete(_ context.Context, key string) (err error) {
	defer fault.Wrap(&err, "delete %q", key)
	if err := CheckKey(key); err != nil {
		return err
	}
	if st, err := d.root.Stat(key); err == nil && st.IsDir() {
		return nil
	}
	if err := d.root.Remove(key); err != nil {
		if fault.Is(missing(key, err), fault.NotFound) {
			return nil
		}
		return err
	}
	return d.syncFolder(path.Dir(key))
}

// List implements Store. It reads only the folders that can hold answers.
func (d *Dir) List(ctx context.Context, prefix, after string, limit int) (_ []Info, err error) {
	defer fault.Wrap(&err, "list %q", prefix)
	if limit <= 0 {
		return nil, fault.Input("limit", "a list needs a limit above zero")
	}
	w := walker{ctx: ctx, fsys: d.root.FS(), prefix: prefix, after: after, limit: limit}
	if err := w.walk(""); err != nil {
		return nil, err
	}
	return w.out, nil
}

type walker struct {
	ctx           context.Context
	fsys          fs.FS
	prefix, after string
	limit         int
	out           []Info
}

// walk visits a folder ("" or ending in a slash) in the order of whole keys:
// a folder sorts as its name with the slash, so "a-b" comes before "a/b".
func (w *walker) walk(folder string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	entries, err := fs.ReadDir(w.fsys, path.Clean("./"+folder))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(sortName(a), sortName(b)) })
	for _, e := range entries {
		if len(w.out) == w.limit {
			return nil
		}
		if err := w.visit(folder, e); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) visit(folder string, e fs.DirEntry) error {
	key := folder + sortName(e)
	if strings.HasPrefix(e.Name(), ".") {
		return nil
	}
	if e.IsDir() {
		within := strings.HasPrefix(key, w.prefix) || strings.HasPrefix(w.prefix, key)
		passed := key < w.after && !strings.HasPrefix(w.after, key)
		if !within || passed {
			return nil
		}
		return w.walk(key)
	}
	if !strings.HasPrefix(key, w.prefix) || key <= w.after || !e.Type().IsRegular() {
		return nil
	}
	st, err := e.Info()
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // deleted meanwhile
		}
		return err
	}
	w.out = append(w.out, infoOf(key, st))
	return nil
}

func sortName(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}

func infoOf(key string, st fs.FileInfo) Info {
	return Info{Key: key, Size: st.Size(), Modified: st.ModTime().UTC()}
}

func missing(key string, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return notFound(key)
	}
	return err
}

// contextReader ends a copy when its context does.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

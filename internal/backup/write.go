package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"warta/internal/fault"
)

// tarSuffix is how the name of a backup in one file ends.
const tarSuffix = ".tar"

// writer writes members under a hidden name beside the place; finish gives the
// place its name when all of it is on the disk.
type writer struct {
	sink
	place string
	temp  string
	files []Member
	bytes int64
}

// sink is a folder or a tar file that is being written.
type sink interface {
	// add writes a member of exactly size bytes.
	add(path string, size int64, r io.Reader) error
	// sync puts everything on the disk and closes it.
	sync() error
	// abandon closes what is open.
	abandon()
}

// newWriter begins a backup at place: a tar file if the name ends in .tar, else
// a folder, which must be missing or empty.
func newWriter(place string, created time.Time) (*writer, error) {
	place, err := filepath.Abs(place)
	if err != nil {
		return nil, err
	}
	single := strings.HasSuffix(place, tarSuffix)
	if err := vacant(place, single); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(place), 0o750); err != nil {
		return nil, fault.New(fault.Unavailable, "the folder above %s cannot be made: %w", place, err)
	}
	w := &writer{place: place, temp: filepath.Join(filepath.Dir(place), "."+filepath.Base(place)+".partial-"+strings.ToLower(rand.Text()[:8]))}
	if single {
		w.sink, err = newTarSink(w.temp, created)
	} else {
		w.sink, err = newDirSink(w.temp)
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "the backup cannot be written beside %s: %w", place, err)
	}
	return w, nil
}

// vacant returns an error unless a backup may get the name.
func vacant(place string, single bool) error {
	st, err := os.Stat(place)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fault.Input("backup", "%s cannot be looked at: %w", place, err)
	case single:
		return fault.Input("backup", "%s is there already; a backup never writes over another one", place)
	case !st.IsDir():
		return fault.Input("backup", "%s is a file; the name of a backup in one file ends in %s", place, tarSuffix)
	}
	entries, err := os.ReadDir(place)
	if err == nil && len(entries) > 0 {
		err = fault.Input("backup", "the folder %s is not empty; a backup never writes over another one", place)
	}
	return err
}

// put writes a member and notes its checksum, which it returns.
func (w *writer) put(ctx context.Context, path string, size int64, r io.Reader) (string, error) {
	sum := sha256.New()
	if err := w.add(path, size, io.TeeReader(untilEnded{ctx, r}, sum)); err != nil {
		return "", err
	}
	m := Member{Path: path, Bytes: size, SHA256: hexSum(sum.Sum(nil))}
	w.files = append(w.files, m)
	w.bytes += size
	return m.SHA256, nil
}

// finish writes the manifest, its own checksum, and gives the place its name.
func (w *writer) finish(m *Manifest) error {
	m.Format, m.Version, m.Files = format, version, w.files
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return err
	}
	sum := sha256.Sum256(text.Bytes())
	line := hexSum(sum[:]) + "  " + manifestName + "\n"
	if err := errors.Join(w.add(manifestName, int64(text.Len()), &text),
		w.add(sumName, int64(len(line)), strings.NewReader(line)), w.sync()); err != nil {
		return err
	}
	// An empty folder that was there gives way to this one; a file that came
	// meanwhile does not.
	if err := vacant(w.place, strings.HasSuffix(w.place, tarSuffix)); err != nil {
		return err
	}
	if err := os.Rename(w.temp, w.place); err != nil {
		return fault.New(fault.Unavailable, "the backup is complete but could not be named %s: %w", w.place, err)
	}
	return syncFolder(filepath.Dir(w.place))
}

// discard removes what was written.
func (w *writer) discard() error {
	w.abandon()
	return os.RemoveAll(w.temp)
}

// dirSink writes members as files. A backup holds everything that is secret, so
// it is for its owner alone.
type dirSink struct{ root string }

func newDirSink(root string) (*dirSink, error) { return &dirSink{root}, os.Mkdir(root, 0o700) }

func (d *dirSink) add(path string, size int64, r io.Reader) error {
	name := filepath.Join(d.root, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = exactly(f, path, size, r)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func (d *dirSink) sync() error {
	return filepath.WalkDir(d.root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		return syncFolder(path)
	})
}

func (d *dirSink) abandon() {}

// tarSink writes members into one tar file.
type tarSink struct {
	f       *os.File
	buf     *bufio.Writer
	tar     *tar.Writer
	created time.Time
}

func newTarSink(name string, created time.Time) (*tarSink, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	buf := bufio.NewWriterSize(f, 1<<20)
	return &tarSink{f: f, buf: buf, tar: tar.NewWriter(buf), created: created.Truncate(time.Second)}, nil
}

func (t *tarSink) add(path string, size int64, r io.Reader) error {
	if err := t.tar.WriteHeader(&tar.Header{Name: path, Size: size, Mode: 0o600, ModTime: t.created}); err != nil {
		return err
	}
	return exactly(t.tar, path, size, r)
}

func (t *tarSink) sync() error {
	return errors.Join(t.tar.Close(), t.buf.Flush(), t.f.Sync(), t.f.Close())
}

func (t *tarSink) abandon() { t.f.Close() }

// exactly copies size bytes and fails if there are fewer or more.
func exactly(w io.Writer, path string, size int64, r io.Reader) error {
	n, err := io.Copy(w, io.LimitReader(r, size))
	if err != nil {
		return err
	}
	more, err := io.ReadFull(r, make([]byte, 1))
	if n != size || more != 0 {
		return fault.New(fault.Conflict, "%s changed while it was read: it has not the %d bytes that it had", path, size)
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// untilEnded ends reading when its context does.
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

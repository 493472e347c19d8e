package disk

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// files is the folder of a store, as far as its data goes. Tests have one that
// runs full, fails, or stops at any step.
type files interface {
	create(name string) (file, error) // a new one, in place of an old one
	open(name string) (file, error)   // to read and to append
	read(name string) ([]byte, error) // all of it
	rename(from, to string) error
	remove(name string) error // no error if there is none
	list() ([]string, error)
	sync() error // what was created, renamed and removed
}

// file is one of them.
type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Sync() error
	Size() (int64, error)
}

// folder is files in a directory.
type folder string

type osFile struct{ *os.File }

func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (d folder) path(name string) string { return filepath.Join(string(d), name) }

func (d folder) create(name string) (file, error) {
	f, err := os.OpenFile(d.path(name), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	return osFile{f}, err
}

func (d folder) open(name string) (file, error) {
	f, err := os.OpenFile(d.path(name), os.O_RDWR, 0)
	return osFile{f}, err
}

func (d folder) read(name string) ([]byte, error) { return os.ReadFile(d.path(name)) }

func (d folder) rename(from, to string) error { return os.Rename(d.path(from), d.path(to)) }

func (d folder) remove(name string) error {
	if err := os.Remove(d.path(name)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (d folder) list() (names []string, err error) {
	entries, err := os.ReadDir(string(d))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

func (d folder) sync() error {
	f, err := os.Open(string(d))
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

package disk

import (
	"bytes"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
)

// memory is files in memory. It keeps what every write, sync, rename and removal
// left behind, and can fail or run full.
type memory struct {
	mu    sync.Mutex
	data  map[string]*[]byte
	fail  func(what, name string) error // asked before each step; nil: none fails
	steps []image
	keep  bool // remember the steps
}

// image is a folder as somebody finds it who comes after a crash.
type image struct {
	what string
	data map[string][]byte
}

func newMemory() *memory { return &memory{data: map[string]*[]byte{}} }

// step is called under mu, after something was done.
func (m *memory) step(what string) {
	if m.keep {
		m.steps = append(m.steps, image{what, m.copied()})
	}
}

func (m *memory) copied() map[string][]byte {
	out := map[string][]byte{}
	for name, b := range m.data {
		out[name] = bytes.Clone(*b)
	}
	return out
}

// of returns a folder with the contents of an image.
func of(data map[string][]byte) *memory {
	m := newMemory()
	for name, b := range data {
		b = bytes.Clone(b)
		m.data[name] = &b
	}
	return m
}

func (m *memory) may(what, name string) error {
	if m.fail == nil {
		return nil
	}
	return m.fail(what, name)
}

func (m *memory) create(name string) (file, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.may("create", name); err != nil {
		return nil, err
	}
	b := new([]byte)
	m.data[name] = b
	m.step("create " + name)
	return &memoryFile{m, name, b}, nil
}

func (m *memory) open(name string) (file, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.data[name]
	if !ok {
		return nil, os.ErrNotExist
	}
	return &memoryFile{m, name, b}, m.may("open", name)
}

func (m *memory) read(name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.data[name]
	if !ok {
		return nil, os.ErrNotExist
	}
	return bytes.Clone(*b), m.may("read", name)
}

func (m *memory) rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.may("rename", from); err != nil {
		return err
	}
	m.data[to] = m.data[from]
	delete(m.data, from)
	m.step("rename " + from)
	return nil
}

func (m *memory) remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.may("remove", name); err != nil {
		return err
	}
	delete(m.data, name)
	m.step("remove " + name)
	return nil
}

func (m *memory) list() ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.data)), nil
}

func (m *memory) sync() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.may("sync", "")
}

type memoryFile struct {
	m    *memory
	name string
	b    *[]byte
}

func (f *memoryFile) ReadAt(p []byte, at int64) (int, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if err := f.m.may("read", f.name); err != nil {
		return 0, err
	}
	if at >= int64(len(*f.b)) {
		return 0, io.EOF
	}
	n := copy(p, (*f.b)[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt leaves half of the bytes behind when it fails, and notes that moment.
func (f *memoryFile) WriteAt(p []byte, at int64) (int, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	err := f.m.may("write", f.name)
	half := len(p) / 2
	f.put(p[:half], at)
	f.m.step("half of a write to " + f.name)
	if err != nil {
		return half, err
	}
	f.put(p[half:], at+int64(half))
	f.m.step("write to " + f.name)
	return len(p), nil
}

func (f *memoryFile) put(p []byte, at int64) {
	if grow := at + int64(len(p)) - int64(len(*f.b)); grow > 0 {
		*f.b = append(*f.b, make([]byte, grow)...)
	}
	copy((*f.b)[at:], p)
}

func (f *memoryFile) Truncate(size int64) error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	*f.b = (*f.b)[:size]
	return nil
}

func (f *memoryFile) Sync() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	return f.m.may("sync", f.name)
}

func (f *memoryFile) Size() (int64, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	return int64(len(*f.b)), nil
}

func (f *memoryFile) Close() error { return nil }

package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"warta/internal/fault"
)

// Input names what is to be read.
type Input struct {
	// Paths are files and folders; "-" is Stdin. Folders are read with what is
	// below them, files whose names end in .json, .ninjs, .jsonl or .ndjson.
	Paths []string
	Stdin io.Reader
	// Folder is a further place in which the paths of pictures are looked for,
	// the only one for items on Stdin; empty: there is none.
	Folder string

	endings []string // of names in folders; nil: those of ninjs
}

// endings are the names' ends of files that are read in folders.
var endings = []string{".json", ".ninjs", ".jsonl", ".ndjson"}

// file is one stream of items.
type file struct {
	name  string // as people know it
	path  string // empty: standard input
	size  int64
	stamp int64  // of the last change
	root  string // the folder that holds the pictures; empty: none
	dir   string // of the file, below root
	also  string // a further folder that holds pictures; empty: none
	where string // what people call the place in which pictures are looked for; empty: beside the item
	err   error  // why it cannot be read
}

// each calls visit for all files in their order: of folders by name.
func (in *Input) each(ctx context.Context, visit func(*file) error) error {
	for _, p := range in.Paths {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p == "-" {
			if err := visit(&file{name: "-", also: in.Folder}); err != nil {
				return err
			}
			continue
		}
		if err := in.path(ctx, p, visit); err != nil {
			return err
		}
	}
	return nil
}

func (in *Input) ends() []string {
	if in.endings != nil {
		return in.endings
	}
	return endings
}

func (in *Input) path(ctx context.Context, p string, visit func(*file) error) error {
	info, err := os.Stat(p)
	if err != nil {
		return fault.Input(p, "this cannot be read: %w", err)
	}
	if !info.IsDir() {
		return visit(&file{name: p, path: p, size: info.Size(), stamp: info.ModTime().UnixNano(), root: filepath.Dir(p), dir: ".", also: in.Folder})
	}
	return filepath.WalkDir(p, func(path string, e fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return visit(&file{name: path, path: path, err: err})
		}
		hidden := strings.HasPrefix(e.Name(), ".") && path != p
		switch {
		case e.IsDir() && hidden:
			return fs.SkipDir
		case e.IsDir(), hidden, !slices.Contains(in.ends(), strings.ToLower(filepath.Ext(path))):
			return nil
		}
		info, err := os.Stat(path)
		if err != nil || info.IsDir() {
			return visit(&file{name: path, path: path, err: err})
		}
		rel, _ := filepath.Rel(p, filepath.Dir(path)) // path begins with p
		return visit(&file{name: path, path: path, size: info.Size(), stamp: info.ModTime().UnixNano(), root: p, dir: rel, also: in.Folder})
	})
}

// survey returns the size of all files and what tells this input from others:
// names, sizes and times, or "" if standard input is part of it.
func (in *Input) survey(ctx context.Context) (total int64, identity string, err error) {
	sum := sha256.New()
	files, stdin := 0, false
	err = in.each(ctx, func(f *file) error {
		abs, err := filepath.Abs(f.path)
		stdin = stdin || f.path == ""
		total += f.size
		files++
		fmt.Fprintf(sum, "%s\x00%d\x00%d\n", abs, f.size, f.stamp)
		return err
	})
	if err == nil && files == 0 {
		err = fault.Input(strings.Join(in.Paths, " "), "there is no file with a name that ends in %s", strings.Join(endings, ", "))
	}
	if stdin {
		return 0, "", err
	}
	return total, "ninjs " + hex.EncodeToString(sum.Sum(nil)), err
}

// name is what people call the input.
func (in *Input) name() string { return strings.Join(in.Paths, " ") }

// open opens the stream of items.
func (in *Input) open(f *file) (io.ReadCloser, error) {
	if f.err != nil {
		return nil, f.err
	}
	if f.path == "" {
		return io.NopCloser(in.Stdin), nil
	}
	return os.Open(f.path)
}

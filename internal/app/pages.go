package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"warta/internal/fault"
	"warta/internal/page"
	"warta/internal/page/disk"
)

// program is the hash of the running program: templates, catalogues, styles and
// code are in it. It cannot change while it runs.
var program = sync.OnceValues(func() (sum [sha256.Size]byte, err error) {
	name, err := os.Executable()
	if err != nil {
		return sum, err
	}
	f, err := os.Open(name)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return [sha256.Size]byte(h.Sum(nil)), err
})

// fingerprint stands for everything beside the database that has an influence on
// pages. What is in the database announces its changes.
func fingerprint(cfg *Config) (sum [sha256.Size]byte, err error) {
	code, err := program()
	if err != nil {
		return sum, err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%x\n%q\n%q\n", code, cfg.BaseURL, cfg.Hosts)
	if cfg.Theme != "" {
		err = fs.WalkDir(os.DirFS(cfg.Theme), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(filepath.Join(cfg.Theme, filepath.FromSlash(name)))
			fmt.Fprintf(h, "%q %d\n%s\n", name, len(text), text)
			return err
		})
		if errors.Is(err, fs.ErrNotExist) { // no theme, and the log says so elsewhere
			err = nil
		}
	}
	return [sha256.Size]byte(h.Sum(nil)), err
}

// pages opens the page store on disk. Without one, or if it cannot be used,
// readers get the same pages and some of them wait longer: that is no reason not
// to start.
func (s *shell) pages(log *slog.Logger, now func() time.Time) *disk.Store {
	if s.cfg.PageStore == 0 {
		return nil
	}
	err := s.printErr
	var store *disk.Store
	if err == nil {
		store, err = disk.Open(s.cfg.pages(), disk.Options{Limit: int64(s.cfg.PageStore), Fingerprint: s.print, Log: log, Now: now})
	}
	switch {
	case errors.Is(err, disk.ErrInUse):
		log.Warn("another process uses the page store; this one goes without", "folder", s.cfg.pages())
	case err != nil:
		log.Warn("no page store", "folder", s.cfg.pages(), "err", err)
	}
	return store
}

// below returns the store as the engine wants it: nil if there is none.
func below(s *disk.Store) page.Store {
	if s == nil {
		return nil
	}
	return s
}

// lasting reports whether a page is asked for again by others: what was searched
// for is not, and there is no end to it. Error pages are no addresses.
func lasting(key string) bool {
	return !strings.HasPrefix(key, "/search") && !strings.HasPrefix(key, "!")
}

// maxMissed is how many events a page store may have missed. After more of them
// hardly a page would hold, and reading them would hold up the start.
const maxMissed = 20_000

// resume brings the page store to the event last: what it missed is announced,
// and the start waits for that. It is emptied if nobody can say what it missed.
func (f *follower) resume(ctx context.Context, last int64) error {
	goesOn, err := f.goesOn(ctx, last)
	if err != nil {
		return err
	}
	if goesOn {
		f.applied, _, _ = f.pages.Last()
		f.pages.Adopt()
		return f.catchUp(ctx)
	}
	at, err := f.happened(ctx, last)
	if err != nil {
		return err
	}
	f.pages.Empty(last, at)
	// If an attempt before this one had adopted it, Empty came too late.
	f.engine.Forget(last)
	return nil
}

// goesOn reports whether the database is the one that the page store saw last,
// and still knows everything that happened since.
func (f *follower) goesOn(ctx context.Context, last int64) (bool, error) {
	seq, at, newest := f.pages.Last()
	if seq == 0 || seq > last || newest > last || last-seq > maxMissed {
		return false, nil
	}
	then, err := f.happened(ctx, seq)
	return err == nil && !then.IsZero() && then.UnixMilli() == at.UnixMilli(), err
}

// happened returns when an event happened, zero if that is not known any more.
func (f *follower) happened(ctx context.Context, seq int64) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	events, err := f.store.Events(ctx, seq-1, 1)
	switch {
	case fault.Is(err, fault.Gone):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, err
	case len(events) == 0 || events[0].Seq != seq:
		return time.Time{}, nil
	}
	return events[0].At, nil
}

package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"warta/internal/account"
	"warta/internal/backup"
	"warta/internal/blob"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/store"
)

// BackupProgress is told how much of a phase of the work is done.
type BackupProgress = backup.Progress

// BackupPhase is a part of the work that is counted by itself.
type BackupPhase = backup.Phase

// The phases that need words of their own; the other one counts rows.
const (
	BackupVerify = backup.PhaseVerify
	BackupFiles  = backup.PhaseFiles
)

// notBackedUp are the prefixes of files that no backup holds: renditions are
// made again when somebody asks for them, and an upload that is under way
// begins anew.
var notBackedUp = []string{"renditions/", "uploads/"}

// BackupReport says what a backup holds.
type BackupReport struct {
	Rows, Files, Bytes int64
	// Lost are pictures whose original is not there, or has another content than
	// it had: they were so before the backup.
	Lost []string
}

// Backup writes everything into place: one tar file if its name ends in .tar,
// else a folder. Others may work meanwhile. progress may be nil.
func (c *Core) Backup(ctx context.Context, place string, progress BackupProgress) (_ BackupReport, err error) {
	src := &backupSource{db: c.DB}
	rep, err := backup.Create(ctx, place, src, c.Blobs, backup.Options{Skip: notBackedUp, Progress: progress})
	if err != nil {
		return BackupReport{}, err
	}
	out := BackupReport{Rows: rep.Rows, Files: rep.Files, Bytes: rep.Bytes, Lost: rep.Damaged}
	// What somebody deleted while the files were copied is not lost.
	for _, key := range rep.Missing {
		_, err := c.DB.Picture(ctx, src.pictures[key])
		switch {
		case err == nil:
			out.Lost = append(out.Lost, key)
		case !fault.Is(err, fault.NotFound):
			return out, err
		}
	}
	slices.Sort(out.Lost)
	return out, nil
}

// backupSource is the database as a backup reads it.
type backupSource struct {
	db       *store.DB
	pictures map[string]int64 // by the key of the original
}

// Snapshot implements backup.Source.
func (b *backupSource) Snapshot(ctx context.Context, read func(backup.Head, backup.Snapshot) error) error {
	now, err := b.db.Now(ctx)
	if err != nil {
		return err
	}
	return b.db.Snapshot(ctx, func(s *store.Snapshot) error {
		return read(backup.Head{Created: now, Schema: s.Schema, Event: s.Event, Sequences: s.Sequences}, &backupSnapshot{s, b})
	})
}

// backupSnapshot is one state of it.
type backupSnapshot struct {
	*store.Snapshot
	source *backupSource
}

// Tables implements backup.Snapshot.
func (b *backupSnapshot) Tables(ctx context.Context) ([]backup.Table, error) {
	list, err := b.Snapshot.Tables(ctx)
	out := make([]backup.Table, len(list))
	for i, t := range list {
		out[i] = backup.Table{Name: t.Name, Rows: t.Rows}
		for _, c := range t.Columns {
			out[i].Columns = append(out[i].Columns, backup.Column{Name: c.Name, Kind: backup.Kind(c.Kind)})
		}
	}
	return out, err
}

// Rows implements backup.Snapshot.
func (b *backupSnapshot) Rows(ctx context.Context, t backup.Table, each func([]any) error) error {
	return b.Snapshot.Rows(ctx, t.Name, each)
}

// Needs implements backup.Snapshot.
func (b *backupSnapshot) Needs(ctx context.Context, each func(key, sum string) error) error {
	b.source.pictures = map[string]int64{}
	return b.Pictures(ctx, func(p media.Picture) error {
		b.source.pictures[p.OriginalKey()] = p.ID
		return each(p.OriginalKey(), p.Hash)
	})
}

// CheckBackup compares every byte of a backup with its checksums and writes
// nothing. progress may be nil.
func CheckBackup(ctx context.Context, place string, progress BackupProgress) (_ BackupReport, err error) {
	a, err := backup.Open(ctx, place, progress)
	if err != nil {
		return BackupReport{}, err
	}
	rows, files, bytes := a.Count()
	return BackupReport{Rows: rows, Files: files, Bytes: bytes}, a.Close()
}

// RestoreBackup brings a backup into the empty place that cfg names, after it
// has been compared with its checksums. If it is broken off, the place refuses
// to be opened until another run came to its end. progress may be nil.
func RestoreBackup(ctx context.Context, cfg Config, log *slog.Logger, place string, progress BackupProgress) (_ BackupReport, err error) {
	if err := cfg.Check(); err != nil {
		return BackupReport{}, err
	}
	a, err := backup.Open(ctx, place, progress)
	if err != nil {
		return BackupReport{}, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := fits(a); err != nil {
		return BackupReport{}, err
	}
	refill, err := store.OpenRefill(ctx, store.Options{URL: cfg.Database, Dir: cfg.Data, Log: log}, a.ID, a.Schema)
	if err != nil {
		return BackupReport{}, err
	}
	defer func() { err = errors.Join(err, refill.Close()) }()
	blobs, err := blob.NewDir(cfg.blobs())
	if err != nil {
		return BackupReport{}, err
	}
	defer func() { err = errors.Join(err, blobs.Close()) }()
	if err := a.CopyFiles(ctx, blobs.Put, progress); err != nil {
		return BackupReport{}, err
	}
	if !refill.Loaded {
		if err := loadRows(ctx, refill, a, progress); err != nil {
			return BackupReport{}, err
		}
	}
	out := change.Outcome{Audit: []change.Audit{{Actor: account.System("cli").String(), Action: "restore", Object: "site"}}}
	if err := refill.Finish(ctx, a.Event, out); err != nil {
		return BackupReport{}, err
	}
	rows, files, bytes := a.Count()
	return BackupReport{Rows: rows, Files: files, Bytes: bytes}, nil
}

// fits looks at what can be known before anything is opened.
func fits(a *backup.Archive) error {
	if known := store.NewestSchema(); a.Schema > known {
		return fault.Input("backup", "the backup has schema %d, and this program knows %d at most: it was made by a newer release; restore it with that one", a.Schema, known)
	}
	return nil
}

func loadRows(ctx context.Context, refill *store.Refill, a *backup.Archive, progress BackupProgress) error {
	total, _, _ := a.Count()
	return refill.Load(ctx, a.Sequences, func(inner context.Context, insert store.Insert) error {
		done := int64(0)
		for _, t := range a.Tables {
			into := store.Table{Name: t.Name}
			for _, c := range t.Columns {
				into.Columns = append(into.Columns, store.Column{Name: c.Name, Kind: string(c.Kind)})
			}
			if err := a.Rows(ctx, t, func(rows [][]any) error {
				if err := insert(inner, into, rows); err != nil {
					return err
				}
				if done += int64(len(rows)); progress != nil {
					progress(backup.PhaseRows, done, total)
				}
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

package main

import (
	"fmt"
	"time"

	"warta/internal/app"
)

type backupCmd struct {
	Place string `arg:"" name:"PLACE" help:"File to write, if its name ends in .tar, else a folder to make." type:"path"`
}

// Help is what "warta backup --help" says beside the flags.
func (*backupCmd) Help() string {
	return `Everything is kept: stories with versions and drafts, people and their passwords, settings, keys, and the originals of pictures. Sessions, one-time links and waiting jobs are not. The server may run meanwhile. A backup holds every secret of the site: keep it like a key.

"warta restore PLACE" brings it into an empty place, on SQLite or PostgreSQL, whatever it came from.`
}

// Run writes a backup.
func (c *backupCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	start := time.Now()
	bar := newProgress(e.err, "")
	rep, err := core.Backup(e.ctx, c.Place, bar.phase)
	bar.end()
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Wrote %d rows and %d files (%s) to %s in %s.\n", rep.Rows, rep.Files, megabytes(rep.Bytes), c.Place, took(start))
	if len(rep.Lost) == 0 {
		return nil
	}
	fmt.Fprintf(e.err, "warta: the backup is complete, but %d originals of pictures are missing or damaged here:\n", len(rep.Lost))
	for _, key := range rep.Lost {
		fmt.Fprintln(e.err, " ", key)
	}
	return exitError(1)
}

type restoreCmd struct {
	Place string `arg:"" name:"PLACE" help:"What \"warta backup\" wrote." type:"path"`
	Check bool   `help:"Compare every byte with its checksum and write nothing."`
}

// Help is what "warta restore --help" says beside the flags.
func (*restoreCmd) Help() string {
	return `The place that --data and --database name must be empty, and no server may run on it. Every checksum is compared before anything is written. If it is broken off, the place refuses to serve until another run came to its end.`
}

// Run brings a backup back, or checks it.
func (c *restoreCmd) Run(e *env) error {
	start := time.Now()
	bar := newProgress(e.err, "")
	if c.Check {
		rep, err := app.CheckBackup(e.ctx, c.Place, bar.phase)
		bar.end()
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s is whole: %d rows and %d files (%s), compared in %s.\n", c.Place, rep.Rows, rep.Files, megabytes(rep.Bytes), took(start))
		return nil
	}
	rep, err := app.RestoreBackup(e.ctx, e.cfg, e.cfg.Logger(), c.Place, bar.phase)
	bar.end()
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Brought back %d rows and %d files (%s) in %s. Everybody signs in again.\n", rep.Rows, rep.Files, megabytes(rep.Bytes), took(start))
	return nil
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

func took(start time.Time) time.Duration { return time.Since(start).Round(time.Millisecond) }

// phase draws the part of a backup or a restoration that is under way.
func (p *progress) phase(phase app.BackupPhase, done, total int64) {
	switch phase {
	case app.BackupVerify:
		p.what = "kB compared"
		done, total = done>>10, total>>10
	case app.BackupFiles:
		p.what = "files"
	default:
		p.what = "rows"
	}
	p.set(int(done), int(total))
}

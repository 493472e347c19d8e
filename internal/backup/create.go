package backup

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"warta/internal/blob"
	"warta/internal/fault"
)

// Options are what a backup can do without.
type Options struct {
	// Skip are the prefixes of keys whose files are not kept: they can be made
	// again, or belong to work that a backup does not carry.
	Skip     []string
	Progress Progress
}

// Report says what a backup holds, and what it could not hold.
type Report struct {
	Tables, Rows, Files int64
	Bytes               int64 // of all members
	// Missing are the keys of files that a row speaks of and that were not there:
	// removed after the rows were read, or lost before.
	Missing []string
	// Damaged are the keys of files whose content is not what the row says.
	Damaged []string
}

// Create writes a backup: a tar file if the name of the place ends in .tar,
// else a folder. Others may write meanwhile; rows are of one state, and the
// files are read after them. The place has its name when all of it is on the
// disk; after an error nothing is left.
func Create(ctx context.Context, place string, src Source, files blob.Store, o Options) (_ Report, err error) {
	defer fault.Wrap(&err, "back up to %s", place)
	c := &creator{files: files, opt: o, needs: map[string]string{}}
	err = src.Snapshot(ctx, func(h Head, s Snapshot) (err error) {
		c.manifest.Head = h
		if c.w, err = newWriter(place, h.Created); err != nil {
			return err
		}
		return c.rows(ctx, s)
	})
	if err == nil {
		err = c.copyFiles(ctx)
	}
	if err == nil {
		err = c.w.finish(&c.manifest)
	}
	if err != nil {
		if c.w != nil {
			err = errors.Join(err, c.w.discard())
		}
		return Report{}, err
	}
	c.report.Tables, c.report.Bytes = int64(len(c.manifest.Tables)), c.w.bytes
	return c.report, nil
}

// creator is one run.
type creator struct {
	files    blob.Store
	opt      Options
	w        *writer
	manifest Manifest
	needs    map[string]string // key to checksum
	report   Report
}

// partBytes is about how much of a table one member holds, before it is packed.
const partBytes = 8 << 20

// rows writes every table.
func (c *creator) rows(ctx context.Context, s Snapshot) error {
	tables, err := s.Tables(ctx)
	if err != nil {
		return err
	}
	var total int64
	for _, t := range tables {
		total += t.Rows
	}
	for _, t := range tables {
		p := &parts{c: c, table: t}
		p.table.Rows = 0
		err := s.Rows(ctx, t, func(row []any) error {
			if c.report.Rows++; c.report.Rows%256 == 0 {
				c.opt.Progress.tell(PhaseRows, c.report.Rows, total)
			}
			return p.row(ctx, row)
		})
		if err == nil {
			err = p.flush(ctx)
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		c.manifest.Tables = append(c.manifest.Tables, p.table)
	}
	c.opt.Progress.tell(PhaseRows, c.report.Rows, c.report.Rows)
	return s.Needs(ctx, func(key, sum string) error {
		c.needs[key] = sum
		return nil
	})
}

// parts collects the rows of a table and writes them by the part.
type parts struct {
	c     *creator
	table Table
	lines []byte
}

func (p *parts) row(ctx context.Context, row []any) (err error) {
	if p.lines, err = appendRow(p.lines, p.table.Columns, row); err != nil {
		return err
	}
	p.table.Rows++
	if len(p.lines) < partBytes {
		return nil
	}
	return p.flush(ctx)
}

func (p *parts) flush(ctx context.Context) error {
	if len(p.lines) == 0 {
		return nil
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return err
	}
	_, err = z.Write(p.lines)
	if err := errors.Join(err, z.Close()); err != nil {
		return err
	}
	p.lines = p.lines[:0]
	path := fmt.Sprintf(tableFolder+"%s.%06d.jsonl.gz", p.table.Name, len(p.table.Parts)+1)
	p.table.Parts = append(p.table.Parts, path)
	_, err = p.c.w.put(ctx, path, int64(packed.Len()), &packed)
	return err
}

// listed is how many keys are asked for at once.
const listed = 1000

// copyFiles writes every file that is not skipped, and notes which of those
// that rows speak of are not there.
func (c *creator) copyFiles(ctx context.Context) error {
	for after := ""; ; {
		list, err := c.files.List(ctx, "", after, listed)
		if err != nil {
			return err
		}
		for _, info := range list {
			if after = c.skipped(info.Key); after != "" {
				break // go on behind the whole prefix
			}
			after = info.Key
			if err := c.copyFile(ctx, info.Key); err != nil {
				return err
			}
		}
		if len(list) == 0 {
			break
		}
	}
	for key := range c.needs {
		c.report.Missing = append(c.report.Missing, key)
	}
	slices.Sort(c.report.Missing)
	return nil
}

// skipped returns what is greater than every key with the skipped prefix of
// this one, "" if it has none.
func (c *creator) skipped(key string) string {
	for _, p := range c.opt.Skip {
		if strings.HasPrefix(key, p) {
			return p + "\x7f" // above every character of a key
		}
	}
	return ""
}

func (c *creator) copyFile(ctx context.Context, key string) error {
	body, info, err := c.files.Open(ctx, key)
	if fault.Is(err, fault.NotFound) {
		return nil // removed since it was listed
	}
	if err != nil {
		return err
	}
	sum, err := c.w.put(ctx, fileFolder+key, info.Size, body)
	if err := errors.Join(err, body.Close()); err != nil {
		return err
	}
	if want := c.needs[key]; want != "" && want != sum {
		c.report.Damaged = append(c.report.Damaged, key)
	}
	delete(c.needs, key)
	c.report.Files++
	c.opt.Progress.tell(PhaseFiles, c.report.Files, c.report.Files+int64(len(c.needs)))
	return nil
}

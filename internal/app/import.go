package app

import (
	"context"
	"io"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/fetch"
	"warta/internal/ingest"
	"warta/internal/news"
)

// ImportInput names what an import reads.
type ImportInput = ingest.Input

// ImportLine is what became of one item.
type ImportLine = ingest.Line

// ImportSummary is what became of all items.
type ImportSummary = ingest.Summary

// ImportOptions choose how items come in.
type ImportOptions struct {
	Section  string            // slug for items that name none
	Fetch    bool              // take pictures from their addresses
	Restart  bool              // forget how far an interrupted run came
	Changes  bool              // tell what was removed and moved in each item
	Rehearse bool              // do all but write
	Note     func(text string) // of what somebody should know before the first item
	Progress func(done, total int64, items int)
	Survey   func(done, total int64) // of looking an input through before the first item
}

// analyzeFrom is how many new stories make an import large enough for the
// database to look at its tables anew.
const analyzeFrom = 1000

// ImportNinjs brings in items of IPTC ninjs 2.x and 3.x; see ingest.Importer.
// An input or option that cannot be used is an error for which IsUsage is true.
func (c *Core) ImportNinjs(ctx context.Context, in ImportInput, o ImportOptions, emit func(ImportLine)) (ImportSummary, error) {
	return c.bringIn(ctx, o, func(im *ingest.Importer) (ImportSummary, error) { return im.Ninjs(ctx, in, emit) })
}

// WXRInput names what an import of WordPress reads.
type WXRInput = ingest.WXR

// ImportWXR brings in exports of WordPress; see ingest.WXR.
func (c *Core) ImportWXR(ctx context.Context, in WXRInput, o ImportOptions, emit func(ImportLine)) (ImportSummary, error) {
	return c.bringIn(ctx, o, func(im *ingest.Importer) (ImportSummary, error) { return im.WXR(ctx, in, emit) })
}

// ProposeWXRMap writes what the categories of exports would become.
func (c *Core) ProposeWXRMap(ctx context.Context, in WXRInput, w io.Writer) error {
	_, err := c.bringIn(ctx, ImportOptions{Rehearse: true}, func(im *ingest.Importer) (ImportSummary, error) {
		return ImportSummary{}, im.ProposeMap(ctx, in, w)
	})
	return err
}

// bringIn runs one import, of whatever kind.
func (c *Core) bringIn(ctx context.Context, o ImportOptions, run func(*ingest.Importer) (ImportSummary, error)) (sum ImportSummary, err error) {
	settings, err := c.DB.Settings(ctx)
	if err != nil {
		return sum, err
	}
	tree, err := c.DB.Sections(ctx)
	if err != nil {
		return sum, err
	}
	parts := ingest.Parts{Desk: c.Desk, Names: c.DB, Runs: c.DB, Shelf: c.DB, Pages: c.DB, Site: c.Site, Forum: c.Forum, Library: c.Library}
	if o.Fetch {
		parts.Fetch = fetch.New(fetch.Options{})
		defer parts.Fetch.Close()
	}
	im, err := ingest.NewImporter(parts, ingest.Options{Tree: tree, Settings: settings, BaseURL: c.Config.BaseURL, Section: o.Section,
		Restart: o.Restart, Changes: o.Changes, Rehearse: o.Rehearse, Note: o.Note, Progress: o.Progress, Survey: o.Survey})
	if err != nil {
		return sum, err
	}
	if !o.Rehearse {
		end, err := c.DB.Bulk(ctx)
		if err != nil {
			return sum, err
		}
		defer end()
	}
	sum, err = run(im)
	if err == nil && !sum.Interrupted && !o.Rehearse && sum.Results[news.ItemCreated] >= analyzeFrom {
		err = c.DB.Analyze(ctx)
	}
	return sum, err
}

// ImportRun is one import of one input.
type ImportRun = news.ImportRun

// ImportUndo is what came of taking an import back.
type ImportUndo = news.ImportUndo

// ImportEdit is something of an import that people worked on since.
type ImportEdit = news.ImportEdit

// UndoImport takes all back that a run made or changed; see news.Imports.
func (c *Core) UndoImport(ctx context.Context, id int64, progress func(done, total int)) (ImportUndo, []string, error) {
	return c.Imports.Undo(ctx, account.System("import_undo"), id, progress)
}

// ImportReport calls say for each item of a run that was not taken in whole.
func (c *Core) ImportReport(ctx context.Context, id int64, say func(ImportLine)) error {
	for after := (news.ImportLine{}); ; {
		list, err := c.DB.ImportLines(ctx, id, after, news.MaxBatch)
		if err != nil {
			return err
		}
		for _, l := range list {
			say(ImportLine{URI: l.URI, Result: l.Result, Error: l.Why, Field: l.Field, File: l.File, Line: l.Line})
			after = l
		}
		if len(list) < news.MaxBatch {
			return nil
		}
	}
}

// IsUsage reports whether an error is about what the person at the terminal
// wrote.
func IsUsage(err error) bool { return fault.Is(err, fault.Invalid) }

// IsConflict reports whether an error is about something that is here already.
func IsConflict(err error) bool { return fault.Is(err, fault.Conflict) }

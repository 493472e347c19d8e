package app

import (
	"context"

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
	Section  string // slug for items that name none
	Fetch    bool   // take pictures from their addresses
	Restart  bool   // forget how far an interrupted run came
	Changes  bool   // tell what was removed and moved in each item
	Progress func(done, total int64, items int)
}

// analyzeFrom is how many new stories make an import large enough for the
// database to look at its tables anew.
const analyzeFrom = 1000

// ImportNinjs brings in items of IPTC ninjs 2.x and 3.x; see ingest.Importer.
// An input or option that cannot be used is an error for which IsUsage is true.
func (c *Core) ImportNinjs(ctx context.Context, in ImportInput, o ImportOptions, emit func(ImportLine)) (ImportSummary, error) {
	settings, err := c.DB.Settings(ctx)
	if err != nil {
		return ImportSummary{}, err
	}
	tree, err := c.DB.Sections(ctx)
	if err != nil {
		return ImportSummary{}, err
	}
	parts := ingest.Parts{Desk: c.Desk, Names: c.DB, Bookmarks: c.DB, Shelf: c.DB, Library: c.Library}
	if o.Fetch {
		parts.Fetch = fetch.New(fetch.Options{})
		defer parts.Fetch.Close()
	}
	im, err := ingest.NewImporter(parts, ingest.Options{Tree: tree, Settings: settings, BaseURL: c.Config.BaseURL,
		Section: o.Section, Restart: o.Restart, Changes: o.Changes, Progress: o.Progress})
	if err != nil {
		return ImportSummary{}, err
	}
	end, err := c.DB.Bulk(ctx)
	if err != nil {
		return ImportSummary{}, err
	}
	defer end()
	sum, err := im.Ninjs(ctx, in, emit)
	if err == nil && !sum.Interrupted && sum.Results[news.ItemCreated] >= analyzeFrom {
		err = c.DB.Analyze(ctx)
	}
	return sum, err
}

// IsUsage reports whether an error is about what the person at the terminal
// wrote.
func IsUsage(err error) bool { return fault.Is(err, fault.Invalid) }

// IsConflict reports whether an error is about something that is here already.
func IsConflict(err error) bool { return fault.Is(err, fault.Conflict) }

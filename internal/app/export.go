package app

import (
	"context"

	"warta/internal/ingest"
)

// ArchiveSummary counts what an export holds, or what came back from one.
type ArchiveSummary = ingest.ArchiveSummary

// Export writes everything that readers can see into a new folder, as ninjs
// items with all that is needed to bring the site back. progress may be nil.
func (c *Core) Export(ctx context.Context, dir string, progress func(done, total int)) (ArchiveSummary, error) {
	return ingest.Export(ctx, c.DB, c.Library, dir, ingest.ExportOptions{BaseURL: c.Config.BaseURL, Progress: progress})
}

// IsExport reports whether path is a folder that Export wrote: an import of it
// is Restore.
func IsExport(path string) bool { return ingest.IsArchive(path) }

// Restore brings an export into this site, which must be empty; everything
// keeps its id and its address. progress may be nil.
func (c *Core) Restore(ctx context.Context, dir string, progress func(done, total int)) (ArchiveSummary, error) {
	parts := ingest.RestoreParts{Store: c.DB, Library: c.Library, Desk: c.Desk, Site: c.Site}
	return ingest.Restore(ctx, parts, dir, ingest.RestoreOptions{Progress: progress})
}

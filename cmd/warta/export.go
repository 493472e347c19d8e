package main

import (
	"fmt"
	"time"
)

type exportCmd struct {
	Ninjs exportNinjsCmd `cmd:"" help:"Write items of IPTC ninjs, and all that brings the site back into an empty Warta."`
}

type exportNinjsCmd struct {
	Dir string `arg:"" name:"DIR" help:"Folder to make; it must not exist or be empty." type:"path"`
}

// Help is what "warta export ninjs --help" says beside the flags.
func (*exportNinjsCmd) Help() string {
	return `Everything that readers can see is written: live stories, withdrawal notices, corrections, redirects, fronts, static pages, settings, sections, people, pictures and comments, with a manifest of checksums. Drafts, embargoed stories and withdrawn texts are not. The server may run meanwhile.

"warta import ninjs DIR" into an empty site brings it back under the same ids and addresses. Comments stay behind: their authors' accounts are in no export.`
}

// Run writes an export.
func (c *exportNinjsCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	bar := newProgress(e.err, "steps")
	start := time.Now()
	sum, err := core.Export(e.ctx, c.Dir, bar.set)
	bar.end()
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Wrote %d stories, %d withdrawal notices, %d pictures and %d comments to %s in %s.\n",
		sum.Stories, sum.Withdrawn, sum.Pictures, sum.Comments, c.Dir, time.Since(start).Round(time.Millisecond))
	return nil
}

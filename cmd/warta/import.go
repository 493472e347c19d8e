package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"warta/internal/app"
)

type importCmd struct {
	Ninjs ninjsCmd `cmd:"" help:"Bring in items of IPTC ninjs 2.x and 3.x, or what \"warta export ninjs\" wrote."`
}

type ninjsCmd struct {
	Paths       []string `arg:"" name:"PATH" help:"Files and folders (*.json, *.ninjs, *.jsonl, *.ndjson), or - for standard input."`
	Section     string   `help:"Section for items that name none." placeholder:"SLUG"`
	Fetch       bool     `help:"Take pictures that are web addresses from there."`
	Folder      string   `help:"Further folder in which pictures are looked for, the only one for standard input." placeholder:"DIR" type:"existingdir"`
	Restart     bool     `help:"Begin anew where an earlier run was interrupted."`
	JSON        bool     `name:"json" help:"Print a line of JSON for each item once it is stored."`
	ListChanges bool     `help:"List what was removed and moved in each item."`
}

// Help is what "warta import ninjs --help" says beside the flags.
func (*ninjsCmd) Help() string {
	return `A file holds one item, a list of items, or an item a line. The same item again changes nothing; a higher version becomes a new version; a lower one is ignored. An interrupted run goes on where it stopped when the same command is given again.

Exit status: 0 everything went in, 1 something did not, 2 wrong command line.`
}

// Run brings items in.
func (c *ninjsCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	if len(c.Paths) == 1 && app.IsExport(c.Paths[0]) {
		return c.restore(e, core)
	}
	bar := newProgress(e.err, "items")
	out := json.NewEncoder(e.out)
	out.SetEscapeHTML(false)
	start := time.Now()
	sum, err := core.ImportNinjs(e.ctx, app.ImportInput{Paths: c.Paths, Stdin: e.in, Folder: c.Folder},
		app.ImportOptions{Section: c.Section, Fetch: c.Fetch, Restart: c.Restart, Changes: c.ListChanges, Progress: bar.bytes},
		func(l app.ImportLine) { c.line(e, out, bar, &l) })
	bar.end()
	if sum.Items > 0 || err == nil {
		c.summary(e, &sum, time.Since(start))
	}
	switch {
	case app.IsUsage(err):
		fmt.Fprintln(e.err, "warta:", app.Explain(err))
		return exitError(2)
	case err != nil:
		return err
	case !sum.Complete():
		return exitError(1)
	}
	return nil
}

// restore brings an export back into an empty site, ids and addresses included.
func (c *ninjsCmd) restore(e *env, core *app.Core) error {
	bar := newProgress(e.err, "steps")
	start := time.Now()
	sum, err := core.Restore(e.ctx, c.Paths[0], bar.set)
	bar.end()
	if err != nil {
		if app.IsConflict(err) {
			fmt.Fprintf(e.err, "An export keeps its ids, so it goes into an empty site only. Its stories alone come in beside what is here with:\n"+
				"  warta import ninjs %[1]s/stories --folder %[1]s\n", c.Paths[0])
		}
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.out).Encode(sum)
	}
	fmt.Fprintf(e.out, "Brought an export back in %s: %d stories, %d withdrawal notices, %d pictures, all under their own ids and addresses.\n",
		time.Since(start).Round(time.Millisecond), sum.Stories, sum.Withdrawn, sum.Pictures)
	return nil
}

// bytes draws how much of an input is in, by its size where that is known.
func (p *progress) bytes(done, total int64, items int) {
	if total == 0 {
		p.set(items, 0)
		return
	}
	p.what = fmt.Sprintf("kB, %d items", items)
	p.set(int(done>>10), int(total>>10))
}

// line prints what became of an item: all of them as JSON, else only those that
// need somebody's eyes.
func (c *ninjsCmd) line(e *env, out *json.Encoder, bar *progress, l *app.ImportLine) {
	if c.JSON {
		if err := out.Encode(l); err != nil {
			fmt.Fprintln(e.err, "warta: the report cannot be written:", err)
		}
		return
	}
	if text := l.String(); text != "" {
		bar.end()
		fmt.Fprintln(e.err, text)
	}
	for _, n := range l.Changes {
		fmt.Fprintln(e.out, strings.TrimSpace(fmt.Sprintf("%s:%d: %s %s %s", l.File, l.Line, n.Kind, n.What, n.Sample)))
	}
}

// summary prints the counts; beside JSON lines they go to standard error.
func (c *ninjsCmd) summary(e *env, sum *app.ImportSummary, took time.Duration) {
	w := e.out
	if c.JSON {
		w = e.err
	}
	for _, line := range sum.Lines(took) {
		fmt.Fprintln(w, line)
	}
	if sum.Missing > 0 && !c.Fetch {
		fmt.Fprintln(w, "Pictures that are web addresses come in with --fetch.")
	}
	if sum.Changes.Total() > 0 && !c.ListChanges {
		fmt.Fprintln(w, "See each change with --list-changes.")
	}
}

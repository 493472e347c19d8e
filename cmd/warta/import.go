package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"warta/internal/app"
)

type importCmd struct {
	Ninjs ninjsCmd      `cmd:"" help:"Bring in items of IPTC ninjs 2.x and 3.x, or what \"warta export ninjs\" wrote."`
	Wxr   wxrCmd        `cmd:"" help:"Bring in exports of WordPress (WXR 1.1 and 1.2)."`
	Page  pageCmd       `cmd:"" help:"Bring in stories from web pages, or from text copied out of one."`
	List  importListCmd `cmd:"" help:"List the imports that there were."`
	Show  importShowCmd `cmd:"" help:"Show what an import did, and every item that it did not take whole."`
	Undo  importUndoCmd `cmd:"" help:"Take an import back as a whole, as long as nobody worked on what it made."`
}

// importFlags are what every import understands.
type importFlags struct {
	Section     string `help:"Section for items that name none." placeholder:"SLUG"`
	Fetch       bool   `help:"Take pictures that are web addresses from there."`
	Restart     bool   `help:"Begin anew where an earlier run was interrupted."`
	DryRun      bool   `help:"Do everything but write, and print the same report."`
	JSON        bool   `name:"json" help:"Print a line of JSON for each item once it is stored."`
	ListChanges bool   `help:"List what was removed and moved in each item."`
}

// importStatus is the last sentence of each import's help.
const importStatus = `
An interrupted run goes on where it stopped when the same command is given again. "warta import list" shows all runs, "warta import undo" takes one back.

Exit status: 0 everything went in, 1 something did not, 2 wrong command line.`

// importer runs one import from the command line.
type importer struct {
	*importFlags
	e    *env
	bar  *progress
	json *json.Encoder
}

// run imports by what call does, and ends as the process is to.
func (f *importFlags) run(e *env, call func(*importer, app.ImportOptions) (app.ImportSummary, error)) error {
	i := &importer{importFlags: f, e: e, bar: newProgress(e.err, "items"), json: json.NewEncoder(e.out)}
	i.json.SetEscapeHTML(false)
	start := time.Now()
	sum, err := call(i, app.ImportOptions{Section: f.Section, Fetch: f.Fetch, Restart: f.Restart, Changes: f.ListChanges, Rehearse: f.DryRun,
		Note: i.note, Progress: i.bar.bytes, Survey: i.bar.looking})
	i.bar.end()
	if sum.Items > 0 || err == nil {
		i.summary(&sum, time.Since(start))
	}
	return e.ended(err, !sum.Complete())
}

// note prints what somebody should know before the first item.
func (i *importer) note(text string) {
	i.bar.end()
	fmt.Fprintln(i.e.err, text)
}

// line prints what became of an item: all of them as JSON, else only those that
// need somebody's eyes.
func (i *importer) line(l app.ImportLine) {
	if i.JSON {
		if err := i.json.Encode(&l); err != nil {
			fmt.Fprintln(i.e.err, "warta: the report cannot be written:", err)
		}
		return
	}
	if text := l.String(); text != "" {
		i.bar.end()
		fmt.Fprintln(i.e.err, text)
	}
	for _, n := range l.Changes {
		fmt.Fprintln(i.e.out, strings.TrimSpace(fmt.Sprintf("%s:%d: %s %s %s", l.File, l.Line, n.Kind, n.What, n.Sample)))
	}
}

// summary prints the counts; beside JSON lines they go to standard error.
func (i *importer) summary(sum *app.ImportSummary, took time.Duration) {
	w := i.e.out
	if i.JSON {
		w = i.e.err
	}
	for _, line := range sum.Lines(took) {
		fmt.Fprintln(w, line)
	}
	if sum.Missing > 0 && !i.Fetch {
		fmt.Fprintln(w, "Pictures that are web addresses come in with --fetch.")
	}
	if sum.Changes.Total() > 0 && !i.ListChanges {
		fmt.Fprintln(w, "See each change with --list-changes.")
	}
	if sum.Run != 0 {
		fmt.Fprintf(w, "See it again with \"warta import show %[1]d\", take it back with \"warta import undo %[1]d\".\n", sum.Run)
	}
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

// looking draws how much of an input was looked through.
func (p *progress) looking(done, total int64) {
	p.what = "kB looked through"
	p.set(int(done>>10), int(total>>10))
}

type ninjsCmd struct {
	Paths []string `arg:"" name:"PATH" help:"Files and folders (*.json, *.ninjs, *.jsonl, *.ndjson), or - for standard input."`
	importFlags
	Folder string `help:"Further folder in which pictures are looked for, the only one for standard input." placeholder:"DIR" type:"existingdir"`
}

// Help is what "warta import ninjs --help" says beside the flags.
func (*ninjsCmd) Help() string {
	return `A file holds one item, a list of items, or an item a line. The same item again changes nothing; a higher version becomes a new version; a lower one is ignored.
` + importStatus
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
	return c.run(e, func(i *importer, o app.ImportOptions) (app.ImportSummary, error) {
		return core.ImportNinjs(e.ctx, app.ImportInput{Paths: c.Paths, Stdin: e.in, Folder: c.Folder}, o, i.line)
	})
}

// restore brings an export back into an empty site, ids and addresses included.
func (c *ninjsCmd) restore(e *env, core *app.Core) error {
	if c.DryRun {
		fmt.Fprintln(e.err, "warta: a whole export is held against its checksums before anything is written; there is no trial of it")
		return exitError(2)
	}
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

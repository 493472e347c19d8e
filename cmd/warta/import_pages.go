package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"warta/internal/app"
)

type pageCmd struct {
	Paths []string `arg:"" optional:"" name:"PATH" help:"Pages: files, folders (*.html, *.htm, *.xhtml, *.txt, *.text), - for standard input, or web addresses with --fetch."`
	importFlags
	Publish bool   `help:"Make stories that readers see, dated as the pages are, instead of drafts."`
	Explain bool   `help:"Show of every line or block what it was taken for and why, and store nothing."`
	To      pageTo `help:"Write clean items into a folder instead of storing anything; --to ninjs DIR." placeholder:"FORM"`
	URL     string `name:"url" help:"Where the one page comes from, if it does not say so itself." placeholder:"URL"`
	Rules   string `help:"Print the built-in rules, to begin an own file with: labels or portals." enum:",labels,portals" default:""`
}

// pageTo is the value of --to: a form and a folder.
type pageTo struct {
	form, dir string
}

// Decode takes two words off the command line.
func (t *pageTo) Decode(ctx *kong.DecodeContext) error {
	if err := ctx.Scan.PopValueInto("form", &t.form); err != nil {
		return err
	}
	if t.form != "ninjs" {
		return fmt.Errorf("%q is no form that pages can be written in; write --to ninjs DIR", t.form)
	}
	if err := ctx.Scan.PopValueInto("folder", &t.dir); err != nil || t.dir == "" {
		return fmt.Errorf("--to ninjs needs a folder: --to ninjs DIR")
	}
	return nil
}

// Help is what "warta import page --help" says beside the flags.
func (*pageCmd) Help() string {
	return `Takes web pages as a browser or a crawl saved them, or the text copied out of one, with all that stands around the story, and makes a draft of each story. Pages that are no story (lists, 404, consent walls) are named and left alone. Pages of one story that lies on several are joined when all are given. The same page again changes nothing.

The rules are two files that can be edited: --page-labels and --page-portals; --rules prints the built-in ones.
` + importStatus
}

// Run brings pages in, cleans them, or says what they are.
func (c *pageCmd) Run(e *env) error {
	o := app.PageOptions{Paths: c.Paths, Stdin: e.in, URL: c.URL, Fetch: c.Fetch, Publish: c.Publish}
	switch {
	case c.Rules != "":
		_, err := fmt.Fprint(e.out, app.BuiltinPageRules(c.Rules))
		return err
	case len(c.Paths) == 0:
		fmt.Fprintln(e.err, "warta: expected \"<PATH> ...\"\nSee: warta import page --help")
		return exitError(2)
	case c.Explain && (c.To.dir != "" || c.Publish):
		fmt.Fprintln(e.err, "warta: --explain stores and writes nothing; leave out --to and --publish, or --explain")
		return exitError(2)
	case c.Explain:
		return c.explain(e, o)
	case c.To.dir != "":
		return c.clean(e, o)
	}
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	return c.run(e, func(i *importer, opt app.ImportOptions) (app.ImportSummary, error) {
		return core.ImportPages(e.ctx, o, opt, i.line)
	})
}

// explain prints what was recognised.
func (c *pageCmd) explain(e *env, o app.PageOptions) error {
	failed := false
	out := json.NewEncoder(e.out)
	out.SetEscapeHTML(false)
	err := e.cfg.ReadPages(e.ctx, o, nil, func(r app.PageResult) error {
		failed = failed || r.Result == app.PageFailed
		if c.JSON {
			type explained struct {
				app.PageResult
				Page  *app.Page      `json:"page,omitempty"`
				Lines []app.PageLine `json:"lines,omitempty"`
			}
			x := explained{PageResult: r, Page: r.Page}
			if r.Page != nil {
				x.Lines = r.Page.Lines
			}
			return out.Encode(&x)
		}
		return c.print(e, &r)
	})
	return e.ended(err, failed)
}

func (c *pageCmd) print(e *env, r *app.PageResult) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.Source)
	if r.Result == app.PageFailed {
		fmt.Fprintf(&b, "  failed: %s\n\n", r.Why)
		_, err := fmt.Fprint(e.out, b.String())
		return err
	}
	p := r.Page
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-11s %s\n", name, value)
		}
	}
	if p.Why != "" {
		field("no story", string(p.Kind)+": "+p.Why)
	}
	field("headline", p.Headline)
	field("standfirst", p.Standfirst)
	for _, a := range p.Authors {
		field(a.Role, a.Name)
	}
	field("published", stamp(p.Published.Time, p.Published.Day, p.Published.Zoned))
	field("modified", stamp(p.Modified.Time, p.Modified.Day, p.Modified.Zoned))
	field("section", p.Section)
	field("outlet", p.Site)
	for _, s := range p.Sources {
		field("source", s.Name)
	}
	field("dateline", p.Dateline)
	if p.Lead != nil {
		field("picture", p.Lead.URL)
		field("caption", p.Lead.Caption)
		field("credit", p.Lead.Credit)
	}
	field("topics", strings.Join(p.Topics, ", "))
	field("address", p.URL)
	field("language", p.Language)
	field("more at", strings.Join(p.Next, " "))
	b.WriteByte('\n')
	for _, l := range p.Lines {
		what := string(l.Verdict)
		if l.Field != "" {
			what = l.Field
		}
		why := l.Why
		if why != "" {
			why = "  [" + why + "]"
		}
		fmt.Fprintf(&b, "%5d %-10s %s%s\n", l.No, what, cut(l.Text, 160), why)
	}
	b.WriteByte('\n')
	_, err := fmt.Fprint(e.out, b.String())
	return err
}

func stamp(t time.Time, day, zoned bool) string {
	switch {
	case t.IsZero():
		return ""
	case day:
		return t.Format("2006-01-02")
	case !zoned:
		return t.Format("2006-01-02 15:04:05 -07:00") + " (the page names no zone)"
	}
	return t.Format("2006-01-02 15:04:05 -07:00")
}

// cut shortens a text for a line of the terminal.
func cut(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}

// clean writes items into a folder.
func (c *pageCmd) clean(e *env, o app.PageOptions) error {
	bar := newProgress(e.err, "pages")
	counts := map[string]int{}
	out := json.NewEncoder(e.out)
	out.SetEscapeHTML(false)
	start := time.Now()
	err := e.cfg.CleanPages(e.ctx, o, c.To.dir, bar.set, func(r app.PageResult) {
		counts[r.Result]++
		switch {
		case c.JSON:
			_ = out.Encode(&r) // the report in the folder has the same
		case r.Result != app.PageWritten:
			bar.end()
			fmt.Fprintf(e.err, "%s: %s: %s\n", r.Source, strings.ReplaceAll(r.Result, "_", " "), r.Why)
		}
	})
	bar.end()
	w := e.out
	if c.JSON {
		w = e.err
	}
	if n := counts[app.PageWritten] + counts[app.PageRepeated] + counts[app.PageNoStory] + counts[app.PageFailed]; n > 0 || err == nil {
		fmt.Fprintf(w, "%d pages in %s: %d items written to %s, %d repeated, %d no stories, %d failed. The report is %s/report.csv.\n", n,
			time.Since(start).Round(time.Millisecond), counts[app.PageWritten], c.To.dir, counts[app.PageRepeated], counts[app.PageNoStory], counts[app.PageFailed], c.To.dir)
	}
	return e.ended(err, counts[app.PageFailed] > 0)
}

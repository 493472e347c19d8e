package app

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"warta/internal/extract"
	"warta/internal/fault"
	"warta/internal/fetch"
	"warta/internal/ingest"
	"warta/internal/lang"
)

// PageOptions choose how web pages come in.
type PageOptions struct {
	Paths   []string // files, folders, "-" and web addresses
	Stdin   io.Reader
	URL     string // where the one page comes from, if that is known
	Fetch   bool   // ask web addresses
	Publish bool   // make stories, not drafts
}

// Page is what was recognised in a page.
type Page = extract.Page

// PageLine is one line or block of a page with what became of it.
type PageLine = extract.Line

// pageWithin is how long the newsroom waits for a page.
const pageWithin = 15 * time.Second

// maxRules is the most bytes of a file of rules.
const maxRules = 1 << 20

// PageRules reads the files with labels and portals that the configuration names;
// nil stands for the built-in ones.
func (c *Config) PageRules() (labels *extract.Labels, portals *extract.Portals, err error) {
	text, err := rulesFile("page-labels", c.PageLabels)
	if err != nil {
		return nil, nil, err
	}
	if labels, err = extract.ParseLabels(text); err != nil {
		return nil, nil, fault.Input("page-labels", "%s: %s", c.PageLabels, fault.Message(err))
	}
	if text, err = rulesFile("page-portals", c.PagePortals); err != nil {
		return nil, nil, err
	}
	if portals, err = extract.ParsePortals(text); err != nil {
		return nil, nil, fault.Input("page-portals", "%s: %s", c.PagePortals, fault.Message(err))
	}
	return labels, portals, nil
}

func rulesFile(flag, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	f, err := os.Open(name)
	if err != nil {
		return "", fault.Input(flag, "the file %s cannot be read: %w", name, err)
	}
	defer f.Close() // read only
	data, err := io.ReadAll(io.LimitReader(f, maxRules+1))
	switch {
	case err != nil:
		return "", fault.Input(flag, "the file %s cannot be read: %w", name, err)
	case len(data) > maxRules:
		return "", fault.Input(flag, "the file %s has more than %d bytes", name, maxRules)
	}
	return string(data), nil
}

// BuiltinPageRules returns the text of the built-in "labels" or "portals".
func BuiltinPageRules(which string) string {
	if which == "portals" {
		return extract.BuiltinPortals()
	}
	return extract.BuiltinLabels()
}

// pageInput returns the input of an import of pages, and what frees it.
func (c *Config) pageInput(o PageOptions) (in ingest.PageInput, closing func(), err error) {
	in = ingest.PageInput{Paths: o.Paths, Stdin: o.Stdin, URL: o.URL, Publish: o.Publish}
	closing = func() {}
	if in.Labels, in.Portals, err = c.PageRules(); err != nil {
		return in, closing, err
	}
	if in.Datelines, err = ingest.ParseDatelines(""); err != nil {
		return in, closing, err
	}
	if o.Fetch {
		in.Fetch = fetch.New(fetch.Options{Allow: c.HookAllow, Ports: c.hookPorts()})
		closing = in.Fetch.Close
	}
	return in, closing, nil
}

// ImportPages takes in the stories of web pages as drafts, or, with Publish, as
// stories; see ingest.Importer.
func (c *Core) ImportPages(ctx context.Context, p PageOptions, o ImportOptions, emit func(ImportLine)) (ImportSummary, error) {
	in, closing, err := c.Config.pageInput(p)
	if err != nil {
		return ImportSummary{}, err
	}
	defer closing()
	return c.bringIn(ctx, o, func(im *ingest.Importer) (ImportSummary, error) { return im.Pages(ctx, in, emit) })
}

// PageResult is what became of one page, or the parts of one story, that was
// cleaned.
type PageResult struct {
	Source   string `json:"source"`
	Result   string `json:"result"` // written, repeated, no_story, failed
	File     string `json:"file,omitempty"`
	Kind     string `json:"kind,omitempty"`
	URI      string `json:"uri,omitempty"`
	Headline string `json:"headline,omitempty"`
	Words    int    `json:"words,omitempty"`
	Why      string `json:"why,omitempty"`
	Page     *Page  `json:"-"`
}

// The results of cleaning.
const (
	PageWritten  = "written"
	PageRepeated = "repeated" // the same story as an earlier page
	PageNoStory  = "no_story"
	PageFailed   = "failed"
)

// ReadPages recognises all pages of the input, several at once, and calls emit for
// each in the order of the input. An error of emit ends it.
func (c *Config) ReadPages(ctx context.Context, o PageOptions, progress func(done, total int), emit func(PageResult) error) error {
	in, closing, err := c.pageInput(o)
	if err != nil {
		return err
	}
	defer closing()
	return c.readPages(ctx, &in, progress, emit)
}

func (c *Config) readPages(ctx context.Context, in *ingest.PageInput, progress func(done, total int), emit func(PageResult) error) error {
	groups, err := in.Groups(ctx, nil)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := max(runtime.GOMAXPROCS(0), 1)
	type answer chan PageResult
	queue := make(chan answer, 4*workers)
	work := make(chan func(), workers)
	done := make(chan struct{})
	for range workers {
		go func() {
			for f := range work {
				f()
			}
			done <- struct{}{}
		}()
	}
	go func() {
		defer close(queue)
		defer close(work)
		for _, g := range groups {
			a := make(answer, 1)
			select {
			case queue <- a:
			case <-ctx.Done():
				return
			}
			work <- func() { a <- readPage(ctx, in, g) }
		}
	}()
	n := 0
	for a := range queue {
		if r := <-a; err == nil && ctx.Err() == nil {
			if err = emit(r); err != nil {
				cancel()
			}
			if n++; progress != nil {
				progress(n, len(groups))
			}
		}
	}
	for range workers {
		<-done
	}
	if err == nil {
		err = context.Cause(ctx)
	}
	return err
}

func readPage(ctx context.Context, in *ingest.PageInput, g *ingest.PageGroup) PageResult {
	r := PageResult{Source: g.Name()}
	p, err := in.Extract(ctx, g)
	if err != nil {
		r.Result, r.Why = PageFailed, fault.Message(err)
		return r
	}
	r.Page, r.Kind, r.Headline = p, string(p.Kind), p.Headline
	if p.Kind != extract.Story {
		r.Result, r.Why = PageNoStory, p.Why
		return r
	}
	r.URI, r.Words = ingest.PageURI(p), len(extract.Words(p.Text()))
	return r
}

// pageReport is the report of a cleaning beside its items; its ending keeps it from
// being read as one.
const pageReport = "report.csv"

// CleanPages writes the stories of all pages into a folder, an item of ninjs 3.1 in
// a file each, and a report. It needs no database.
func (c *Config) CleanPages(ctx context.Context, o PageOptions, dir string, progress func(done, total int), emit func(PageResult)) (err error) {
	in, closing, err := c.pageInput(o)
	if err != nil {
		return err
	}
	defer closing()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fault.Input("to", "the folder %s cannot be made: %w", dir, err)
	}
	file, err := os.Create(filepath.Join(dir, pageReport))
	if err != nil {
		return fault.Input("to", "the report cannot be written: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	report := csv.NewWriter(file)
	row := func(fields ...string) error { return report.Write(fields) }
	if err := row("source", "result", "file", "kind", "uri", "headline", "words", "why"); err != nil {
		return err
	}
	seen := map[string]string{}
	err = c.readPages(ctx, &in, progress, func(r PageResult) error {
		if r.Result == "" && r.Headline == "" {
			r.Result, r.Why = PageFailed, "no headline was found, and an item needs one"
		}
		if r.Result == "" {
			if first, again := seen[r.URI]; again {
				r.Result, r.Why = PageRepeated, "the same story as "+first
			} else {
				seen[r.URI] = r.Source
				if r.File, r.Why = writeItem(in.Datelines, r.Page, r.URI, dir); r.File != "" {
					r.Result = PageWritten
				} else {
					r.Result = PageFailed
				}
			}
		}
		emit(r)
		return row(r.Source, r.Result, r.File, r.Kind, r.URI, r.Headline, strconv.Itoa(r.Words), r.Why)
	})
	report.Flush()
	return errors.Join(err, report.Error())
}

// writeItem writes one item, whole or not at all, and returns its name.
func writeItem(lines *ingest.Datelines, p *Page, uri, dir string) (name, why string) {
	item, err := lines.PageItem(p)
	if err != nil {
		return "", fault.Message(err)
	}
	data, err := json.MarshalIndent(item, "", "  ")
	if err != nil {
		return "", err.Error()
	}
	slug := lang.Slug(p.Headline)
	if len(slug) > 80 {
		slug = slug[:80]
	}
	if slug == "" {
		slug = "page"
	}
	name = fmt.Sprintf("%s-%s.json", slug, short(uri))
	tmp := filepath.Join(dir, "."+name+".tmp")
	if err := os.WriteFile(tmp, append(data, '\n'), 0o644); err != nil {
		return "", "the item cannot be written: " + err.Error()
	}
	if err := os.Rename(tmp, filepath.Join(dir, name)); err != nil {
		return "", "the item cannot be written: " + err.Error()
	}
	return name, ""
}

// short returns a few letters that tell an identity from others.
func short(uri string) string {
	sum := sha256.Sum256([]byte(uri))
	return hex.EncodeToString(sum[:5])
}

// pageHost is the site's host as addresses of pages write it, with its port.
func pageHost(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

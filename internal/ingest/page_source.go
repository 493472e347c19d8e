package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"warta/internal/extract"
	"warta/internal/fault"
	"warta/internal/fetch"
)

// PageInput names pages that are to be read.
type PageInput struct {
	// Paths are files, folders, "-" for Stdin, and web addresses. Of folders the
	// files are read whose names end in .html, .htm, .xhtml, .txt or .text.
	Paths []string
	Stdin io.Reader
	// URL is where the one page of Stdin or of a file comes from, if that is known.
	URL string
	// Fetch is nil where no web address may be asked.
	Fetch *fetch.Client
	// Labels and Portals are the rules by which pages are read; nil: the built-in ones.
	Labels  *extract.Labels
	Portals *extract.Portals
	// Datelines and Zone are those of the site; nil: the built-in list, the zone by
	// the page's language.
	Datelines *Datelines
	Zone      *time.Location
	// Publish makes stories of the pages, not drafts.
	Publish bool
}

// pageEndings are the ends of names of files that are read in folders.
var pageEndings = []string{".html", ".htm", ".xhtml", ".txt", ".text"}

// IsPageAddress reports whether an argument is a web address.
func IsPageAddress(s string) bool {
	low := strings.ToLower(s)
	return strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://")
}

// PageGroup is one story's pages: one file or address, or the parts of a story.
type PageGroup struct {
	files []*file
	key   string
	size  int64
}

// Name is how people know the group: its first file.
func (g *PageGroup) Name() string { return g.files[0].name }

// maxPageHead is how far into a page its address is looked for.
const maxPageHead = 64 << 10

// maxPages is how many files one call takes.
const maxPages = 1_000_000

// Groups lists the stories of the input in the order in which their first pages
// come. Pages with the same address and title are parts of one story.
func (in *PageInput) Groups(ctx context.Context, progress func(done, total int64)) (list []*PageGroup, err error) {
	byKey := map[string]*PageGroup{}
	done := int64(0)
	add := func(f *file) error {
		if len(list) == maxPages {
			return fault.New(fault.TooLarge, "there are more than %d pages; bring them in folder by folder", maxPages)
		}
		key := ""
		if f.path != "" && !IsPageAddress(f.path) {
			key = pageKey(f.path)
		}
		done += f.size
		if progress != nil {
			progress(done, 0)
		}
		if g := byKey[key]; key != "" && g != nil && len(g.files) < 30 {
			g.files = append(g.files, f)
			g.size += f.size
			return nil
		}
		g := &PageGroup{files: []*file{f}, key: key, size: f.size}
		if key != "" {
			byKey[key] = g
		}
		list = append(list, g)
		return nil
	}
	for _, p := range in.Paths {
		if IsPageAddress(p) {
			if in.Fetch == nil {
				return nil, fault.Input(p, "web addresses are fetched only with --fetch")
			}
			if err := add(&file{name: p, path: p, size: 1}); err != nil {
				return nil, err
			}
			continue
		}
		files := Input{Paths: []string{p}, Stdin: in.Stdin, endings: pageEndings}
		if err := files.each(ctx, add); err != nil {
			return nil, err
		}
	}
	if len(list) == 0 {
		return nil, fault.Input(strings.Join(in.Paths, " "), "there is no file with a name that ends in %s", strings.Join(pageEndings, ", "))
	}
	return list, ctx.Err()
}

// pageKey looks for a page's address in its beginning; empty if it cannot be read
// or says none.
func pageKey(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close() // read only
	head := make([]byte, maxPageHead)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return ""
	}
	return extract.StoryKey(head[:n])
}

// Extract reads the pages of a group and recognises the story.
func (in *PageInput) Extract(ctx context.Context, g *PageGroup) (*extract.Page, error) {
	var pages []*extract.Page
	var failed error
	for _, f := range g.files {
		p, err := in.one(ctx, f)
		if err != nil {
			if ctx.Err() != nil || len(g.files) == 1 {
				return nil, err
			}
			failed = err
			continue
		}
		pages = append(pages, p)
	}
	p := extract.Join(pages)
	if p == nil {
		return nil, failed
	}
	return p, nil
}

// maxParts is how many further pages of a story are fetched.
const maxParts = 10

func (in *PageInput) one(ctx context.Context, f *file) (*extract.Page, error) {
	if IsPageAddress(f.path) {
		return in.fetched(ctx, f.path)
	}
	data, err := in.bytes(f)
	if err != nil {
		return nil, err
	}
	return extract.Bytes(data, in.options(in.URL, "", time.Time{}))
}

func (in *PageInput) options(address, charset string, fetched time.Time) extract.Options {
	o := extract.Options{URL: address, Charset: charset, Zone: in.Zone, Fetched: fetched, Labels: in.Labels, Portals: in.Portals}
	if in.Datelines != nil {
		o.Dateline = in.Datelines.Split
	}
	return o
}

// bytes reads a file, no more of it than a page may have.
func (in *PageInput) bytes(f *file) ([]byte, error) {
	if f.err != nil {
		return nil, fault.Input("", "the file cannot be read: %w", f.err)
	}
	from := in.Stdin
	if f.path != "" {
		file, err := os.Open(f.path)
		if err != nil {
			return nil, fault.Input("", "the file cannot be read: %w", err)
		}
		defer file.Close() // read only
		from = file
	}
	data, err := io.ReadAll(io.LimitReader(from, extract.MaxPage+1))
	if err != nil {
		return nil, fault.Input("", "the file cannot be read: %w", err)
	}
	if len(data) > extract.MaxPage {
		return nil, fault.New(fault.TooLarge, "the page has more than %d bytes", extract.MaxPage)
	}
	return data, nil
}

// fetched takes a page from its address, and the other parts of its story.
func (in *PageInput) fetched(ctx context.Context, address string) (*extract.Page, error) {
	first, err := in.get(ctx, address)
	if err != nil || first.Kind != extract.Story || len(first.Next) == 0 {
		return first, err
	}
	pages := []*extract.Page{first}
	for _, next := range first.Next[:min(len(first.Next), maxParts)] {
		p, err := in.get(ctx, next)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil { // half a story must not look like a whole one
			return nil, fault.New(fault.KindOf(err), "the story goes on at %s, and that cannot be taken: %s", next, fault.Message(err))
		}
		pages = append(pages, p)
		if p.Whole {
			break
		}
	}
	return extract.Join(pages), nil
}

func (in *PageInput) get(ctx context.Context, address string) (*extract.Page, error) {
	if in.Fetch == nil {
		return nil, fault.Input("url", "web addresses are fetched only with --fetch")
	}
	r, err := in.Fetch.Get(ctx, address, extract.MaxPage)
	if err != nil {
		return nil, err
	}
	kind := strings.ToLower(r.ContentType)
	if kind != "" && !strings.Contains(kind, "html") && !strings.HasPrefix(kind, "text/plain") && !strings.Contains(kind, "xml") {
		return nil, fault.Input("url", "there is no page at this address but %q", clip(r.ContentType, 60))
	}
	charset := ""
	if _, after, ok := strings.Cut(kind, "charset="); ok {
		charset = strings.Trim(after, ` "';`)
	}
	return extract.Bytes(r.Body, in.options(r.FinalURL, charset, time.Now()))
}

// Page fetches one page and recognises it, with the other parts of its story.
func (in *PageInput) Page(ctx context.Context, address string) (*extract.Page, error) {
	return in.fetched(ctx, strings.TrimSpace(address))
}

// Pages takes in stories from pages; see take.
func (im *Importer) Pages(ctx context.Context, in PageInput, emit func(Line)) (sum Summary, err error) {
	defer fault.Wrap(&err, "import pages")
	in.Datelines = im.conv.datelines
	return im.take(ctx, &pageSource{conv: im.conv, in: &in, section: im.options.Section}, emit)
}

// pageSource supplies the stories of pages.
type pageSource struct {
	conv    *converter
	in      *PageInput
	section string
	groups  []*PageGroup
}

func (*pageSource) kind() string                          { return "page" }
func (*pageSource) begin(context.Context, *run) error     { return nil }
func (*pageSource) end(ctx context.Context, _ *run) error { return ctx.Err() }

func (s *pageSource) survey(ctx context.Context, progress func(done, total int64)) (v survey, err error) {
	if s.groups, err = s.in.Groups(ctx, progress); err != nil {
		return v, err
	}
	v.name = strings.Join(s.in.Paths, " ")
	sum := sha256.New()
	again := true
	for _, g := range s.groups {
		v.total += g.size
		for _, f := range g.files {
			abs, err := filepath.Abs(f.path)
			if err != nil {
				return v, err
			}
			again = again && f.path != ""
			fmt.Fprintf(sum, "%s\x00%d\x00%d\n", abs, f.size, f.stamp)
		}
	}
	if again {
		v.identity = fmt.Sprintf("page %s %s %v", hex.EncodeToString(sum.Sum(nil)), s.section, s.in.Publish)
	}
	return v, nil
}

func (s *pageSource) read(ctx context.Context, from int64, send func(context.Context, *task) error) error {
	at := int64(0)
	for _, g := range s.groups {
		start := at
		if at += g.size; at <= from && g.size > 0 {
			continue
		}
		if err := send(ctx, s.task(ctx, g, start, at)); err != nil {
			return err
		}
	}
	return nil
}

func (s *pageSource) task(ctx context.Context, g *PageGroup, start, end int64) *task {
	f := g.files[0]
	return &task{file: f, line: 1, start: start, end: end, size: min(g.size, int64(len(g.files))*extract.MaxPage), convert: func() (*draft, error) {
		p, err := s.in.Extract(ctx, g)
		if err != nil {
			return nil, err
		}
		beside := ""
		if ext := filepath.Ext(f.path); f.path != "" && !IsPageAddress(f.path) && !slices.Contains([]string{".txt", ".text"}, strings.ToLower(ext)) {
			beside = strings.TrimSuffix(filepath.Base(f.path), ext) + "_files"
			if info, err := os.Stat(filepath.Join(filepath.Dir(f.path), beside)); err != nil || !info.IsDir() {
				beside = ""
			}
		}
		return s.conv.pageDraft(p, beside, s.in.Publish)
	}}
}

// Text recognises a page that somebody pasted: HTML or plain text. from is where it
// comes from, if that is known.
func (in *PageInput) Text(text, from string) (*extract.Page, error) {
	if !IsPageAddress(from) {
		from = ""
	}
	return extract.Bytes([]byte(text), in.options(from, "", time.Time{}))
}

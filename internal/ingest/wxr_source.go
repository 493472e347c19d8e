package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"warta/internal/fault"
	"warta/internal/ingest/wxr"
	"warta/internal/news"
)

// WXR says what an import of WordPress exports reads.
type WXR struct {
	Files     []string // of one export, in their order
	Map       string   // file with what the categories become; empty: as proposed
	Uploads   string   // folder with the files that were uploaded: what stood in wp-content/uploads
	Types     []string // further post types that become stories
	Redirects []string // files that plug-ins for redirects wrote
	// FilesAt is the address below which uploaded files that are no pictures are from
	// now on; empty: where they were.
	FilesAt string
}

// WXR takes in exports of WordPress; see take.
func (im *Importer) WXR(ctx context.Context, in WXR, emit func(Line)) (sum Summary, err error) {
	defer fault.Wrap(&err, "import wxr")
	s := &wxrSupplier{im: im, in: in}
	defer s.close()
	return im.take(ctx, s, emit)
}

// ProposeMap writes what the categories of exports become, for people to edit.
func (im *Importer) ProposeMap(ctx context.Context, in WXR, w io.Writer) (err error) {
	defer fault.Wrap(&err, "propose a map")
	s := &wxrSupplier{im: im, in: in}
	defer s.close()
	if _, err := s.survey(ctx, func(int64, int64) {}); err != nil {
		return err
	}
	return s.plan.write(w, s.ix)
}

// wxrSupplier gives the items of an export of WordPress. It reads the files twice:
// links between posts, galleries and featured pictures lead anywhere in them, so
// the first time it only notes what stands where.
type wxrSupplier struct {
	im   *Importer
	in   WXR
	ix   *wxrIndex
	plan *sectionPlan

	sections map[string]*news.Section // by the slug of the category
	tree     *news.Tree
	firstID  int64
	there    map[int32]int64 // stories that are here already, by entry, unless their id is the one that was kept
	now      time.Time
	host     string // of the old site
	rules    []rule // redirects of plug-ins
}

func (*wxrSupplier) kind() string { return "wxr" }

func (s *wxrSupplier) close() {
	if s.ix != nil {
		s.ix.close()
	}
}

func (s *wxrSupplier) survey(ctx context.Context, progress func(done, total int64)) (v survey, err error) {
	if s.ix, err = buildIndex(ctx, s.in.Files, s.in.Types, progress); err != nil {
		return v, err
	}
	sum := sha256.New()
	var names []string
	for _, f := range s.ix.files {
		abs, err := filepath.Abs(f.path)
		if err != nil {
			return v, err
		}
		fmt.Fprintf(sum, "%s\x00%d\x00%d\n", abs, f.size, f.stamp)
		v.total += f.size
		names = append(names, filepath.Base(f.path))
	}
	tree := s.im.options.Tree
	s.plan = propose(s.ix, tree)
	if s.in.Map != "" {
		text, err := os.ReadFile(s.in.Map)
		if err != nil {
			return v, fault.Input(s.in.Map, "the map cannot be read: %w", err)
		}
		if err := s.plan.read(strings.NewReader(string(text)), s.in.Map, tree); err != nil {
			return v, err
		}
		sum.Write(text)
	}
	if s.in.FilesAt, err = filesAt(s.in.FilesAt); err != nil {
		return v, err
	}
	if s.rules, err = readRules(s.in.Redirects); err != nil {
		return v, err
	}
	fmt.Fprintf(sum, "\x00%s\x00%s", s.im.options.Section, strings.Join(s.in.Types, " "))
	if s.in.FilesAt != "" {
		fmt.Fprintf(sum, "\x00%s", s.in.FilesAt)
	}
	v.name = strings.Join(names, " ")
	v.identity = "wxr " + hex.EncodeToString(sum.Sum(nil))
	v.ids = int64(len(s.ix.entries))
	if u, err := url.Parse(s.ix.base); err == nil {
		s.host = strings.ToLower(u.Host)
	}
	return v, nil
}

func (s *wxrSupplier) begin(ctx context.Context, r *run) (err error) {
	s.firstID, s.now = r.record.FirstID, s.im.options.Now()
	if s.sections, err = s.plan.settle(ctx, r, s.ix); err != nil {
		return err
	}
	s.tree = s.im.options.Tree
	if s.in.Map == "" && s.im.options.Note != nil {
		s.im.options.Note(s.sayPlan())
	}
	return s.known(ctx)
}

// sayPlan tells what becomes of the categories when nobody gave a map.
func (s *wxrSupplier) sayPlan() string {
	var parts []string
	for _, slug := range s.plan.order {
		if s.ix.used[slug] > 0 && len(parts) < 30 {
			parts = append(parts, slug+" → "+s.plan.places[slug].String())
		}
	}
	return fmt.Sprintf("No --map was given, so the %d categories become: %s.", len(s.plan.order), strings.Join(parts, ", "))
}

// known asks which of the stories are here already: links lead to these.
func (s *wxrSupplier) known(ctx context.Context) error {
	s.there = map[int32]int64{}
	const some = 500
	var uris []string
	var at []int32
	ask := func() error {
		if len(uris) == 0 {
			return nil
		}
		ids, err := s.im.parts.Shelf.StoriesByURI(ctx, uris)
		for i, uri := range uris {
			if id := ids[uri]; id != 0 && id != s.firstID+int64(at[i]) {
				s.there[at[i]] = id
			}
		}
		uris, at = uris[:0], at[:0]
		return err
	}
	for i := range s.ix.entries {
		if s.ix.entries[i].kind != wxrPost {
			continue
		}
		uris, at = append(uris, s.uri(s.ix.entries[i].id)), append(at, int32(i))
		if len(uris) == some {
			if err := ask(); err != nil {
				return err
			}
		}
	}
	return ask()
}

// uri is the identity of an item, which is the same in every export of the site.
func (s *wxrSupplier) uri(id int64) string { return s.ix.base + "/?p=" + itoa(int(id)) }

// storyID is the id of the story that an entry becomes.
func (s *wxrSupplier) storyID(at int32) int64 {
	if id := s.there[at]; id != 0 {
		return id
	}
	return s.firstID + int64(at)
}

// read sends the items in the order of the files.
func (s *wxrSupplier) read(ctx context.Context, from int64, send func(context.Context, *task) error) error {
	base := int64(0)
	for i, f := range s.ix.files {
		if base+f.size > from {
			if err := s.file(ctx, i, base, max(from-base, 0), send); err != nil {
				return err
			}
		}
		base += f.size
	}
	return nil
}

// file sends the items of one file behind an offset.
func (s *wxrSupplier) file(ctx context.Context, number int, base, from int64, send func(context.Context, *task) error) error {
	f := s.ix.files[number]
	at, line := s.ix.starts[number], 1
	for at < len(s.ix.entries) && int(s.ix.entries[at].file) == number && s.ix.entries[at].offset < from {
		line = int(s.ix.entries[at].line)
		at++
	}
	if from > 0 && at < len(s.ix.entries) && int(s.ix.entries[at].file) == number && s.ix.entries[at].offset == from {
		line = int(s.ix.entries[at].line)
	}
	r, err := wxr.NewReader(f.handle, from, line)
	if err != nil {
		return err
	}
	for {
		raw, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.New(fault.Unavailable, "%s broke off: %w", f.name, err)
		}
		if raw.Name != "item" {
			continue
		}
		t := &task{file: &f.file, line: raw.Line, start: base + raw.Start, end: base + raw.End, size: 3 * int64(len(raw.Data))}
		t.file = &file{name: f.name, root: s.in.Uploads, dir: ".", where: "in the folder of --uploads"}
		if s.in.Uploads == "" {
			t.file.where = "here, since no --uploads was given"
		}
		if raw.Err != nil {
			err := fault.Input("item", "%s", raw.Err.Error())
			t.convert = func() (*draft, error) { return nil, err }
		} else {
			data := append([]byte(nil), raw.Data...)
			for at < len(s.ix.entries) && s.ix.entries[at].offset < raw.Start && int(s.ix.entries[at].file) == number {
				at++
			}
			entry := int32(at)
			t.convert = func() (*draft, error) { return s.convert(entry, data, f.encoding) }
		}
		if err := send(ctx, t); err != nil {
			return err
		}
	}
}

// end does what needs all items: old addresses of categories, tags and authors,
// the rules of plug-ins, and the posts that are pinned.
func (s *wxrSupplier) end(ctx context.Context, r *run) error {
	for _, f := range s.ix.files {
		if f.cut > 0 {
			r.fail(Line{URI: f.name, File: f.name, Line: f.cut, Error: "the file ends before </channel>: it was cut off, and what stood behind is not here; export it again, and import that file too"})
		}
	}
	if err := s.redirect(ctx, r); err != nil {
		return err
	}
	return s.pin(ctx, r)
}

// fail tells of something beside the items that failed.
func (r *run) fail(l Line) {
	l.Result = news.ItemFailed
	r.sum.Items++
	r.sum.Results[l.Result]++
	r.lines = append(r.lines, news.ImportLine{File: l.File, Line: l.Line, URI: l.URI, Result: l.Result, Why: l.why()})
	r.emit(l)
}

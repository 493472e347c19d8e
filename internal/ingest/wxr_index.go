package ingest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"

	"warta/internal/fault"
	"warta/internal/ingest/wxr"
)

// wxrEntry is what is kept in memory of an item: 40 bytes, and 16 to 48 in the
// orders below. What else is needed of one is read again where it stands.
type wxrEntry struct {
	id     int64
	parent int64
	offset int64 // in its file
	size   int32
	line   int32
	file   uint16
	kind   wxrKind
}

// wxrKind is what an item is to us.
type wxrKind uint8

const (
	wxrOther wxrKind = iota
	wxrPost
	wxrPage
	wxrAttachment
	wxrReusable
	wxrAgain // another item with its id came before
)

// ref leads from a number to an entry.
type ref struct {
	key int64
	at  int32
}

// wxrIndex finds the items of an export again.
type wxrIndex struct {
	files   []*wxrFile
	entries []wxrEntry
	byID    []ref // by the id of the item
	byPlace []ref // by the hash of its address
	kids    []ref // attachments, by the id of what they were uploaded with
	sticky  []int32
	starts  []int // of the entries of each file

	base    string // address of the blog
	hosts   map[string]bool
	authors map[string]string // login to name
	terms   []wxr.Term
	termAt  map[string]int // of the categories, by slug
	used    map[string]int // posts of each category, by slug
	tags    map[string]string
	rules   []int32 // items that are redirects of a plug-in
	counts  map[string]int

	seed maphash.Seed
	mu   sync.Mutex
	read map[int32]*wxr.Item // items that were looked at lately
}

// wxrFile is one file of an export.
type wxrFile struct {
	file
	handle   *os.File
	encoding string
	spooled  bool // a copy in UTF-8, which goes when the import ends
	end      int64
	cut      int // line at which the file was cut off between two items; 0: it was not
}

// maxRead is how many items that others point at are kept.
const maxRead = 2000

// buildIndex looks all files through.
func buildIndex(ctx context.Context, paths, types []string, progress func(done, total int64)) (_ *wxrIndex, err error) {
	x := &wxrIndex{hosts: map[string]bool{}, authors: map[string]string{}, used: map[string]int{}, tags: map[string]string{}, termAt: map[string]int{},
		counts: map[string]int{}, seed: maphash.MakeSeed(), read: map[int32]*wxr.Item{}}
	defer func() {
		if err != nil {
			x.close()
		}
	}()
	total := int64(0)
	for _, p := range paths {
		f, err := openWXR(p)
		if err != nil {
			return nil, err
		}
		x.files = append(x.files, f)
		total += f.size
	}
	if len(x.files) > 1<<16-1 {
		return nil, fault.Input("FILE", "at most %d files are read at once", 1<<16-1)
	}
	done := int64(0)
	for i := range x.files {
		x.starts = append(x.starts, len(x.entries))
		if err := x.look(ctx, i, types, func(at int64) { progress(done+at, total) }); err != nil {
			return nil, err
		}
		done += x.files[i].size
	}
	x.order()
	return x, nil
}

// openWXR opens a file. One in UTF-16 is copied into a temporary one in UTF-8.
func openWXR(path string) (*wxrFile, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.Input(path, "this cannot be read: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fault.Input(path, "name the files of the export: this is none")
	}
	h, err := os.Open(path)
	if err != nil {
		return nil, fault.Input(path, "this cannot be read: %w", err)
	}
	f := &wxrFile{handle: h, file: file{name: path, path: path, size: info.Size(), stamp: info.ModTime().UnixNano()}}
	var mark [2]byte
	if n, _ := h.ReadAt(mark[:], 0); n == 2 && (mark == [2]byte{0xff, 0xfe} || mark == [2]byte{0xfe, 0xff}) {
		copied, err := spoolUTF8(h)
		if err = errors.Join(err, h.Close()); err != nil {
			return nil, err
		}
		size, err := copied.Seek(0, io.SeekEnd)
		if err != nil {
			return nil, err
		}
		f.handle, f.spooled, f.size = copied, true, size
	}
	return f, nil
}

// close closes the files.
func (x *wxrIndex) close() {
	for _, f := range x.files {
		f.handle.Close() // read only
		if f.spooled {
			os.Remove(f.handle.Name())
		}
	}
}

// look reads one file and remembers what stands where.
func (x *wxrIndex) look(ctx context.Context, number int, types []string, progress func(int64)) error {
	f := x.files[number]
	r, err := wxr.NewReader(f.handle, 0, 1)
	if err != nil {
		return err
	}
	damaged := false // what came last: then that is told of, and not the end of the file
	for n := 0; ; n++ {
		if n%200 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			progress(r.Offset())
		}
		raw, err := r.Next()
		if errors.Is(err, io.EOF) {
			if f.encoding, f.end = r.Encoding, r.Offset(); !damaged && !r.Closed() {
				f.cut = r.Line()
			}
			return nil
		}
		if err != nil {
			return fault.Input(f.name, "%s", err.Error())
		}
		if damaged = raw.Err != nil && raw.Name == "item"; raw.Err != nil {
			continue // it is told of when its turn comes
		}
		if err := x.piece(number, &raw, r.Encoding, types); err != nil {
			return err
		}
	}
}

func (x *wxrIndex) piece(number int, raw *wxr.Raw, encoding string, types []string) error {
	if raw.Name != "item" {
		data, _ := wxr.Decode(raw.Data, encoding)
		switch raw.Name {
		case "wp:author":
			a := wxr.ParseAuthor(data)
			if a.Login != "" {
				x.authors[strings.ToLower(a.Login)] = authorName(&a)
			}
		case "wp:category", "wp:tag", "wp:term":
			x.term(wxr.ParseTerm(raw.Name, data))
		case "wp:base_blog_url", "link", "wp:base_site_url":
			return x.site(number, raw.Name, wxr.Text(data))
		}
		return nil
	}
	head := raw.Data
	for _, stop := range []string{"<wp:comment>", "<wp:postmeta>"} {
		if i := bytes.Index(head, []byte(stop)); i > 0 {
			head = head[:i]
		}
	}
	data, _ := wxr.Decode(head, encoding)
	it := wxr.Parse(data)
	if it.ID == 0 { // it stands behind what was cut off
		data, _ = wxr.Decode(raw.Data, encoding)
		it = wxr.Parse(data)
	}
	x.add(number, raw, it, types)
	return nil
}

// maxEntries is how many items the numbers of an index reach.
const maxEntries = 1<<31 - 1

func (x *wxrIndex) add(number int, raw *wxr.Raw, it *wxr.Item, types []string) {
	if len(x.entries) >= maxEntries {
		return
	}
	at := int32(len(x.entries))
	e := wxrEntry{id: it.ID, parent: it.Parent, offset: raw.Start, size: int32(len(raw.Data)), line: int32(raw.Line), file: uint16(number), kind: kindOf(it, types)}
	x.counts[it.Type]++
	switch e.kind {
	case wxrPost:
		for i := range it.Terms {
			if t := &it.Terms[i]; t.Domain == "category" {
				x.used[t.Slug]++
				x.term(wxr.Term{Taxonomy: "category", Slug: t.Slug, Name: t.Name})
			}
		}
		if it.Sticky && len(x.sticky) < maxSticky {
			x.sticky = append(x.sticky, at)
		}
	case wxrAttachment:
		if it.Parent != 0 {
			x.kids = append(x.kids, ref{it.Parent, at})
		}
		x.place(it.Attachment, at)
	}
	if it.Type == "redirect_rule" {
		x.rules = append(x.rules, at)
	}
	if e.kind != wxrOther {
		x.place(it.Link, at)
	}
	x.entries = append(x.entries, e)
}

// kindOf tells what becomes of an item.
func kindOf(it *wxr.Item, types []string) wxrKind {
	switch it.Type {
	case "post":
		return wxrPost
	case "page":
		return wxrPage
	case "attachment":
		return wxrAttachment
	case "wp_block":
		return wxrReusable
	}
	if slices.Contains(types, it.Type) {
		return wxrPost
	}
	return wxrOther
}

// maxSticky is how many sticky posts are looked after.
const maxSticky = 100

// term remembers a term, the first of its slug.
func (x *wxrIndex) term(t wxr.Term) {
	switch t.Taxonomy {
	case "post_tag":
		if _, ok := x.tags[t.Slug]; !ok && t.Slug != "" && len(x.tags) < 200_000 {
			x.tags[t.Slug] = oneLine(t.Name)
		}
		return
	case "category":
	default:
		return
	}
	if t.Slug == "" || len(x.terms) >= maxCategories {
		return
	}
	if i, ok := x.termAt[t.Slug]; ok {
		if x.terms[i].ID == 0 && t.ID != 0 {
			x.terms[i] = t
		}
		return
	}
	x.termAt[t.Slug] = len(x.terms)
	x.terms = append(x.terms, t)
}

// maxCategories is how many categories of an export are told apart.
const maxCategories = 5000

// site notes the address of the blog, and refuses files of two different ones.
func (x *wxrIndex) site(number int, element, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil
	}
	if element == "wp:base_site_url" {
		if x.base == "" {
			x.base = address
		}
		return nil
	}
	base := strings.TrimSuffix(u.Scheme+"://"+strings.ToLower(u.Host)+u.EscapedPath(), "/")
	first := len(x.hosts) == 0
	x.hosts[bareHost(u.Host)] = true
	if first || number == 0 {
		x.base = base
		return nil
	}
	if bare, ours := bareAddress(base), bareAddress(x.base); bare != ours {
		return fault.Input(x.files[number].name, "this is an export of %s, and the one before it of %s: import one site after the other", base, x.base)
	}
	return nil
}

func bareHost(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }

func bareAddress(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return strings.TrimPrefix(rest, "www.")
}

// place remembers where an item stood.
func (x *wxrIndex) place(address string, at int32) {
	if u, err := url.Parse(address); err == nil && u.Host != "" && u.RawQuery == "" && strings.Trim(u.Path, "/") != "" {
		x.byPlace = append(x.byPlace, ref{x.hash(u), at})
	}
}

// hash is the same for all spellings of an address.
func (x *wxrIndex) hash(u *url.URL) int64 {
	return int64(maphash.String(x.seed, bareHost(u.Host)+"/"+strings.ToLower(strings.Trim(u.Path, "/"))))
}

// order sorts what is looked up, and finds the items whose id another one has.
func (x *wxrIndex) order() {
	x.byID = make([]ref, 0, len(x.entries))
	for i := range x.entries {
		if x.entries[i].id != 0 {
			x.byID = append(x.byID, ref{x.entries[i].id, int32(i)})
		}
	}
	byKey := func(a, b ref) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.at, b.at)) }
	slices.SortFunc(x.byID, byKey)
	slices.SortFunc(x.byPlace, byKey)
	slices.SortFunc(x.kids, byKey)
	for i := 1; i < len(x.byID); i++ {
		if x.byID[i].key == x.byID[i-1].key {
			x.entries[x.byID[i].at].kind = wxrAgain
		}
	}
}

// find returns the first entry with a key, -1: there is none.
func find(refs []ref, key int64) int32 {
	i, ok := slices.BinarySearchFunc(refs, key, func(r ref, key int64) int { return cmp.Compare(r.key, key) })
	if !ok {
		return -1
	}
	return refs[i].at
}

// withID returns the entry of an item, -1: there is none.
func (x *wxrIndex) withID(id int64) int32 { return find(x.byID, id) }

// at returns the entry of what stood at an address of the old site, -1: nothing
// that is in the export.
func (x *wxrIndex) at(u *url.URL) int32 {
	if !x.hosts[bareHost(u.Host)] {
		return -1
	}
	if q := u.Query(); strings.Trim(u.Path, "/") == "" || strings.HasSuffix(u.Path, "/index.php") {
		for _, key := range []string{"p", "page_id", "attachment_id"} {
			if id := parseID(q.Get(key)); id != 0 {
				return x.withID(id)
			}
		}
		return -1
	}
	return find(x.byPlace, x.hash(u))
}

func parseID(s string) int64 {
	n := int64(0)
	if len(s) == 0 || len(s) > 18 {
		return 0
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + int64(c-'0')
	}
	return n
}

// item reads an item again.
func (x *wxrIndex) item(at int32) (*wxr.Item, error) {
	x.mu.Lock()
	it := x.read[at]
	x.mu.Unlock()
	if it != nil {
		return it, nil
	}
	e := &x.entries[at]
	f := x.files[e.file]
	data := make([]byte, e.size)
	if _, err := f.handle.ReadAt(data, e.offset); err != nil {
		return nil, fault.New(fault.Unavailable, "%s cannot be read any more: %w", f.name, err)
	}
	data, _ = wxr.Decode(data, f.encoding)
	if i := bytes.Index(data, []byte("<wp:comment>")); i > 0 {
		data = data[:i]
	}
	it = wxr.Parse(data)
	if e.size > 1<<20 {
		return it, nil // too large to be kept
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.read) >= maxRead {
		clear(x.read)
	}
	x.read[at] = it
	return it, nil
}

// authorName is how an author is credited.
func authorName(a *wxr.Author) string {
	for _, n := range []string{a.Display, strings.TrimSpace(a.First + " " + a.Last), a.Login} {
		if n = oneLine(n); n != "" {
			return n
		}
	}
	return ""
}

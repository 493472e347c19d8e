package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"warta/internal/fault"
	"warta/internal/media"
)

// pictureWorkers is how many pictures are taken in at the same time. The
// library bounds memory and decoding itself.
const pictureWorkers = 4

// maxFetch is the most bytes of a picture from an address. People may send more
// into the library; an address that nobody watches may not.
const maxFetch = 50_000_000

// finder takes the pictures of one batch in.
type finder struct {
	im   *Importer
	run  *run
	mu   sync.Mutex
	seen map[string]media.Picture // by address, of this batch: a logo is fetched once
	made int

	pretended int64
}

// pictures finds or takes in the pictures of all tasks: items that are pictures
// first, so that a story of the same batch can show them. Only the end of the
// context and errors of the stores are errors.
func (im *Importer) pictures(ctx context.Context, r *run, tasks []*task) (made int, err error) {
	f := &finder{im: im, run: r, seen: map[string]media.Picture{}}
	for _, only := range []bool{true, false} {
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(pictureWorkers)
		for _, t := range tasks {
			if t.err != nil || t.draft.skip != "" || t.draft.only != only || len(t.draft.pictures) == 0 {
				continue
			}
			g.Go(func() error { return f.task(gctx, t) })
		}
		if err := g.Wait(); err != nil {
			return f.made, err
		}
	}
	return f.made, nil
}

// task takes in the pictures of one item, one after the other.
func (f *finder) task(ctx context.Context, t *task) error {
	t.found = make(map[int64]media.Picture, len(t.draft.pictures))
	for i := range t.draft.pictures {
		ref := &t.draft.pictures[i]
		number := int64(i + 1)
		if t.draft.exact {
			number = ref.number
		}
		p, created, err := f.picture(ctx, t, ref)
		switch {
		case err == nil:
			t.found[number] = p
			t.created = created
		case ctx.Err() != nil:
			return ctx.Err()
		case fault.Is(err, fault.Internal):
			return err
		default:
			t.missing++
			t.missed = err
			name := ref.uri
			if len(ref.files) > 0 {
				name = ref.files[0]
			}
			t.draft.report.Add(MissingPicture, name, fault.Message(err))
			t.lacks = append(t.lacks, lack{name, fault.Message(err)})
		}
	}
	return nil
}

// lack is something of an item that could not be taken in.
type lack struct{ name, why string }

// maxLacks is how many things that are missing are named of one item and reason.
const maxLacks = 3

// lacking tells what could not be taken in of an item, a sentence for each reason.
func (t *task) lacking() (out []string) {
	count := map[string]int{}
	names := map[string][]string{}
	for _, l := range t.lacks {
		if count[l.why]++; len(names[l.why]) < maxLacks {
			names[l.why] = append(names[l.why], clip(l.name, maxSample))
		}
	}
	for _, why := range slices.Sorted(maps.Keys(count)) {
		what := "a picture ("
		if n := count[why]; n > 1 {
			what = fmt.Sprintf("%d pictures (", n)
		}
		text := what + strings.Join(names[why], ", ")
		if count[why] > maxLacks {
			text += ", …"
		}
		out = append(out, text+"): "+why)
	}
	return append(out, t.draft.lacks...)
}

// picture looks for a picture in the order of cost: by content, as a file
// beside the item, in the library under its external id, at its address.
func (f *finder) picture(ctx context.Context, t *task, ref *pictureRef) (_ media.Picture, created bool, err error) {
	if ref.blocked != "" {
		return media.Picture{}, false, fault.New(fault.Invalid, "%s", ref.blocked)
	}
	if ref.hash != "" {
		p, err := f.im.parts.Shelf.PictureByHash(ctx, ref.hash)
		if !fault.Is(err, fault.NotFound) {
			return p, false, err
		}
	}
	last := t.file.none("")
	looked := false
	for _, name := range ref.files {
		if isAddress(name) {
			continue
		}
		p, created, err := f.local(ctx, t.file, name, ref)
		if err == nil || !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
			return p, created, err
		}
		if !looked || !fault.Is(err, fault.NotFound) {
			last = err // the likeliest name is the first
		}
		looked = true
	}
	if ref.uri != "" {
		list, err := f.im.parts.Shelf.Pictures(ctx, media.Filter{URI: ref.uri, Limit: 1})
		if err != nil || len(list) > 0 {
			return first(list), false, err
		}
	}
	if f.im.parts.Fetch == nil {
		return media.Picture{}, false, last
	}
	for _, address := range ref.files {
		if !isAddress(address) {
			continue
		}
		p, created, err := f.fetched(ctx, address, ref)
		if err == nil || ctx.Err() != nil || fault.Is(err, fault.Internal) {
			return p, created, err
		}
		last = err
	}
	return media.Picture{}, false, last
}

func first(list []media.Picture) media.Picture {
	if len(list) == 0 {
		return media.Picture{}
	}
	return list[0]
}

func isAddress(href string) bool {
	u, err := url.Parse(href)
	return err == nil && u.Scheme != "" || strings.HasPrefix(href, "//")
}

// local takes in a file that lies below the folder that was named.
func (f *finder) local(ctx context.Context, from *file, href string, ref *pictureRef) (media.Picture, bool, error) {
	name, _, _ := strings.Cut(href, "?")
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	if strings.ContainsRune(name, 0) || path.IsAbs(name) {
		return media.Picture{}, false, fault.New(fault.Invalid, "the path of the picture must lead from the item to a file in the same folder")
	}
	for _, at := range []struct{ root, name string }{
		{from.root, path.Join(from.dir, name)}, {from.root, path.Clean(name)}, {from.also, path.Clean(name)},
	} {
		file, err := openBelow(at.root, at.name)
		if err != nil {
			continue
		}
		p, created, err := f.add(ctx, file, ref)
		return p, created, errors.Join(err, file.Close())
	}
	return media.Picture{}, false, from.none(name)
}

// none says that a picture is not where it is looked for. name may be empty.
func (f *file) none(name string) error {
	what := "no file"
	if name != "" {
		what = fmt.Sprintf("no file %q", clip(name, 200))
	}
	return fault.New(fault.NotFound, "there is %s %s; --fetch takes pictures from their addresses", what, cmp.Or(f.where, "beside the item"))
}

// openBelow opens a file, and keeps an item from naming one that lies elsewhere
// on this machine, symbolic links included.
func openBelow(root, name string) (*os.File, error) {
	if root == "" {
		return nil, os.ErrNotExist
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	defer r.Close() // what was opened stays open
	info, err := r.Stat(name)
	if err != nil || !info.Mode().IsRegular() { // a pipe would wait for ever
		return nil, os.ErrNotExist
	}
	return r.Open(name)
}

// fetched takes in a picture from its address.
func (f *finder) fetched(ctx context.Context, address string, ref *pictureRef) (media.Picture, bool, error) {
	if strings.HasPrefix(address, "//") {
		address = "https:" + address
	}
	f.mu.Lock()
	p, ok := f.seen[address]
	f.mu.Unlock()
	if ok {
		return p, false, nil
	}
	if f.im.options.Rehearse {
		return f.pretend(media.Picture{Name: address}), true, nil // it may be there; nothing is fetched for a rehearsal
	}
	s, err := f.im.parts.Fetch.Open(ctx, address, maxFetch)
	if err != nil {
		return media.Picture{}, false, err
	}
	defer s.Body.Close() // all of it was read, or it is of no use
	p, created, err := f.add(ctx, s.Body, ref)
	if err == nil {
		f.mu.Lock()
		f.seen[address] = p
		f.mu.Unlock()
	}
	return p, created, err
}

// add puts a picture into the library.
func (f *finder) add(ctx context.Context, r io.Reader, ref *pictureRef) (media.Picture, bool, error) {
	details := ref.details
	details.Run = f.run.record.ID
	take := f.im.parts.Library.Add
	if f.im.options.Rehearse {
		take = f.im.parts.Library.Try
	}
	p, created, err := take(ctx, importActor, r, details)
	if err == nil && p.ID == 0 {
		p = f.pretend(p)
	}
	if err == nil && created {
		f.mu.Lock()
		f.made++
		f.mu.Unlock()
	}
	var missing *os.PathError
	if errors.As(err, &missing) {
		return p, created, fault.New(fault.Unavailable, "the picture cannot be read: %w", err)
	}
	return p, created, err
}

// pretend gives a picture that a rehearsal does not take in an id that none has.
func (f *finder) pretend(p media.Picture) media.Picture {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pretended++
	p.ID = rehearsedID + f.pretended
	return p
}

package media_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/blob"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/picture"
)

// rows is a media.Store in memory.
type rows struct {
	mu        sync.Mutex
	pictures  []media.Picture
	addresses []media.Address
	outcomes  []change.Outcome
	trash     []media.Trashed
	used      bool // everything is in use
}

var now = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

func (r *rows) Now(context.Context) (time.Time, error) { return now, nil }

func (r *rows) find(match func(media.Picture) bool) (media.Picture, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := slices.IndexFunc(r.pictures, match); i >= 0 {
		return r.pictures[i], nil
	}
	return media.Picture{}, fault.New(fault.NotFound, "there is no such picture")
}

func (r *rows) Picture(_ context.Context, id int64) (media.Picture, error) {
	return r.find(func(p media.Picture) bool { return p.ID == id })
}

func (r *rows) PictureByHash(_ context.Context, hash string) (media.Picture, error) {
	return r.find(func(p media.Picture) bool { return p.Hash == hash })
}

func (r *rows) AddPicture(ctx context.Context, actor string, p media.Picture, addresses []media.Address) (media.Picture, bool, error) {
	if old, err := r.PictureByHash(ctx, p.Hash); err == nil {
		return old, false, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.ID == 0 {
		p.ID = int64(len(r.pictures) + 1)
	}
	r.pictures = append(r.pictures, p)
	for _, a := range addresses {
		a.PictureID = p.ID
		r.addresses = append(r.addresses, a)
	}
	r.outcomes = append(r.outcomes, media.Added(actor, p))
	return p, true, nil
}

func (r *rows) ChangePicture(_ context.Context, id int64, fn func(*media.Picture) (change.Outcome, error)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.pictures, func(p media.Picture) bool { return p.ID == id })
	if i < 0 {
		return fault.New(fault.NotFound, "there is no picture %d", id)
	}
	p := r.pictures[i]
	o, err := fn(&p)
	if err == nil {
		r.pictures[i] = p
		r.outcomes = append(r.outcomes, o)
	}
	return err
}

func (r *rows) DeletePicture(_ context.Context, id int64, o change.Outcome) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.pictures, func(p media.Picture) bool { return p.ID == id })
	if i < 0 {
		return fault.New(fault.NotFound, "there is no picture %d", id)
	}
	if r.used {
		return fault.New(fault.Conflict, "picture %d is in use", id)
	}
	r.trash = append(r.trash, media.Trashed{Hash: r.pictures[i].Hash, MIME: r.pictures[i].MIME})
	r.pictures = slices.Delete(r.pictures, i, i+1)
	r.outcomes = append(r.outcomes, o)
	return nil
}

func (r *rows) PictureUses(context.Context, int64, int) ([]media.Use, bool, error) {
	return nil, false, nil
}

func (r *rows) Trash(context.Context, int) ([]media.Trashed, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.trash), nil
}

func (r *rows) EmptyTrash(_ context.Context, hash string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trash = slices.DeleteFunc(r.trash, func(t media.Trashed) bool { return t.Hash == hash })
	return nil
}

func (r *rows) PublicAddress(_ context.Context, token string) (media.Public, error) {
	for _, a := range r.addresses {
		if a.Token == token {
			p, err := r.Picture(context.Background(), a.PictureID)
			return media.Public{Picture: p, Crop: a.Crop}, err
		}
	}
	return media.Public{}, fault.New(fault.NotFound, "there is no picture at this address")
}

// watched counts what is read and written of a folder, and can hold writes up.
type watched struct {
	*blob.Dir
	mu    sync.Mutex
	opens map[string]int
	puts  map[string]int
	gate  chan struct{} // if not nil, a rendition is put only when it is closed
	began chan string   // if not nil, told of each rendition that is about to be put
}

func (w *watched) Open(ctx context.Context, key string) (io.ReadSeekCloser, blob.Info, error) {
	w.mu.Lock()
	w.opens[key]++
	w.mu.Unlock()
	return w.Dir.Open(ctx, key)
}

func (w *watched) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	w.mu.Lock()
	w.puts[key]++
	w.mu.Unlock()
	if strings.HasPrefix(key, "renditions/") {
		if w.began != nil {
			w.began <- key
		}
		if w.gate != nil {
			select {
			case <-w.gate:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return w.Dir.Put(ctx, key, r, size)
}

func (w *watched) count(m map[string]int, prefix string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for k, v := range m {
		if strings.HasPrefix(k, prefix) {
			n += v
		}
	}
	return n
}

type kit struct {
	*media.Library
	rows  *rows
	blobs *watched
	temp  string
}

func open(t *testing.T, o media.Options) *kit {
	t.Helper()
	dir, err := blob.NewDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &kit{rows: &rows{}, blobs: &watched{Dir: dir, opens: map[string]int{}, puts: map[string]int{}}, temp: t.TempDir()}
	o.TempDir = k.temp
	k.Library = media.NewLibrary(k.rows, k.blobs, o)
	t.Cleanup(func() {
		_ = k.Close()
		_ = dir.Close()
	})
	return k
}

// photo makes a JPEG whose upper left quarter is of the given red.
func photo(t *testing.T, w, h int, red uint8) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: 20, G: 120, B: uint8(x * 200 / w), A: 255}
			if x < w/2 && y < h/2 {
				c.R = red
			}
			m.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (k *kit) add(t *testing.T, file []byte, d media.Details) media.Picture {
	t.Helper()
	p, _, err := k.Add(t.Context(), "user:1", bytes.NewReader(file), d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAddKeepsTheOriginalAndItsRow(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	file := photo(t, 640, 480, 250)
	p := k.add(t, file, media.Details{Name: `C:\foto\Banjir.jpg`, Caption: "Banjir", Credit: "AFP/A", People: []string{"Budi"}})
	if p.ID != 1 || p.Width != 640 || p.Height != 480 || p.Bytes != int64(len(file)) || p.MIME != "image/jpeg" || len(p.Hash) != 64 {
		t.Errorf("row is %+v", p)
	}
	if p.Name != "Banjir.jpg" || p.Line() != "Banjir. (AFP/A)" || p.FocalX != .5 || p.FocalY != .4 || !p.CreatedAt.Equal(now) || p.People[0] != "Budi" {
		t.Errorf("row is %+v", p)
	}
	r, _, err := k.blobs.Open(t.Context(), p.OriginalKey())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, file) {
		t.Errorf("the original came back as %d bytes, %v", len(got), err)
	}
	crops := map[media.Crop]bool{}
	for _, a := range k.rows.addresses {
		crops[a.Crop] = a.PictureID == p.ID && a.Token != ""
	}
	if !crops[media.Orig] || !crops[media.Wide] || !crops[media.Classic] || !crops[media.Square] {
		t.Errorf("addresses are %+v", k.rows.addresses)
	}
}

func TestTheSameBytesAreOnePicture(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	file := photo(t, 100, 80, 250)
	first := k.add(t, file, media.Details{Caption: "Pertama"})
	again, created, err := k.Add(t.Context(), "import", bytes.NewReader(file), media.Details{Caption: "Kedua"})
	if err != nil || created || again.ID != first.ID || again.Caption != "Pertama" {
		t.Errorf("got %+v, %v, %v", again, created, err)
	}
	if err := k.blobs.Delete(t.Context(), first.OriginalKey()); err != nil {
		t.Fatal(err)
	}
	k.add(t, file, media.Details{})
	if _, err := k.blobs.Stat(t.Context(), first.OriginalKey()); err != nil {
		t.Errorf("an original that was lost was not kept again: %v", err)
	}
}

func TestWordsComeFromTheFileWhereNoneAreGiven(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	plain := photo(t, 100, 80, 250)
	records := "\x1c\x02\x78\x00\x06Banjir" + "\x1c\x02\x50\x00\x04Saul" + "\x1c\x02\x6e\x00\x03AFP" + "\x1c\x02\x74\x00\x03(c)"
	block := "Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00" + string(rune(len(records))) + records
	file := slices.Concat(plain[:2], []byte{0xff, 0xed, 0, byte(len(block) + 2)}, []byte(block), plain[2:])
	p := k.add(t, file, media.Details{Copyright: "Kabar Nusantara"})
	if p.Line() != "Banjir. (AFP/SAUL)" || p.Copyright != "Kabar Nusantara" {
		t.Errorf("line %q, copyright %q", p.Line(), p.Copyright)
	}
}

func TestAddRefuses(t *testing.T) {
	t.Parallel()
	good := photo(t, 100, 80, 250)
	broken := errors.New("line broke")
	for _, c := range []struct {
		name    string
		options media.Options
		r       io.Reader
		details media.Details
		kind    fault.Kind
		is      error
	}{
		{"too many bytes", media.Options{MaxBytes: 100}, bytes.NewReader(good), media.Details{}, fault.TooLarge, nil},
		{"too many pixels", media.Options{MaxPixels: 7_999}, bytes.NewReader(good), media.Details{}, fault.TooLarge, nil},
		{"a text", media.Options{}, strings.NewReader("<html>"), media.Details{}, fault.Invalid, nil},
		{"a truncated picture", media.Options{}, bytes.NewReader(good[:len(good)-200]), media.Details{}, fault.Invalid, nil},
		{"a focal point outside", media.Options{}, bytes.NewReader(good), media.Details{Focal: &media.Point{X: 1.5}}, fault.Invalid, nil},
		{"an endless caption", media.Options{}, bytes.NewReader(good), media.Details{Caption: strings.Repeat("a", 9_000)}, fault.Invalid, nil},
		{"an upload that breaks off", media.Options{}, io.MultiReader(bytes.NewReader(good[:500]), errReader{broken}), media.Details{}, fault.Internal, broken},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := open(t, c.options)
			_, _, err := k.Add(t.Context(), "user:1", c.r, c.details)
			if err == nil || fault.KindOf(err) != c.kind || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("got %v, want %v", err, c.kind)
			}
			if len(k.rows.pictures) != 0 || k.blobs.count(k.blobs.puts, "") != 0 {
				t.Error("something was kept")
			}
			if left, err := os.ReadDir(k.temp); err != nil || len(left) != 0 {
				t.Errorf("left over: %v, %v", left, err)
			}
		})
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

func TestAddLeavesNoTemporaryFile(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	k.add(t, photo(t, 100, 80, 1), media.Details{})
	if left, err := filepath.Glob(k.temp + "/*"); err != nil || len(left) != 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	p := k.add(t, photo(t, 100, 80, 1), media.Details{Caption: "Lama", Credit: "AFP"})
	caption, x := "Baru", .25
	rani := account.Actor{ID: 2, Role: account.Editor}
	got, err := k.Describe(t.Context(), rani, p.ID, media.Patch{Caption: &caption, FocalX: &x})
	if err != nil || got.Caption != "Baru" || got.Credit != "AFP" || got.FocalX != .25 || got.FocalY != p.FocalY {
		t.Errorf("got %+v, %v", got, err)
	}
	last := k.rows.outcomes[len(k.rows.outcomes)-1]
	if !slices.Equal(last.Tags, []string{"picture:1"}) || last.Audit[0].Actor != "user:2" {
		t.Errorf("outcome is %+v", last)
	}
	if got.RenditionKey(media.Wide, 320, media.WebP) == p.RenditionKey(media.Wide, 320, media.WebP) {
		t.Error("a new focal point kept the old crop's key")
	}
	if got.RenditionKey(media.Orig, 320, media.WebP) != p.RenditionKey(media.Orig, 320, media.WebP) {
		t.Error("the whole picture does not depend on the focal point")
	}
	x = -1
	if _, err := k.Describe(t.Context(), rani, p.ID, media.Patch{FocalX: &x}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a focal point outside: %v", err)
	}
	if _, err := k.Describe(t.Context(), rani, 99, media.Patch{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown picture: %v", err)
	}
}

func read(t *testing.T, r *media.Rendition) []byte {
	t.Helper()
	data, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	if int64(len(data)) != r.Size {
		t.Errorf("%d bytes, said to be %d", len(data), r.Size)
	}
	return data
}

// sizeOf decodes a rendition.
func sizeOf(t *testing.T, data []byte) (w, h int, m *image.NRGBA) {
	t.Helper()
	d, err := picture.Decode(bytes.NewReader(data), picture.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Width, d.Height, d.Render(picture.Cut{})
}

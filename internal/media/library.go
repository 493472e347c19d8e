package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"golang.org/x/sync/semaphore"

	"warta/internal/account"
	"warta/internal/blob"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/picture"
)

// Options of a Library. Zero values stand for the defaults.
type Options struct {
	MaxBytes  int64          // of one original; default and most 200 MB
	MaxPixels int64          // of one original; default 80 megapixels
	Workers   int            // renditions that are made at the same time; default: one for each two processors
	Memory    int64          // bytes that decoded pictures may take together; default 512 MB
	Zone      *time.Location // of times in files that name no zone; default UTC
	TempDir   string         // for uploads on their way; default the system's
	Queue     int            // renditions that readers may have under way; default 128
	Waiting   int            // readers that may wait for one; default 2,048
	Apart     *picture.Apart // does what costs pixels; nil: this process does
}

// mostBytes is the most that MaxBytes can be set to. mostMemory is the most that
// decoding one picture may take: what is beyond Memory waits until it is alone.
const (
	mostBytes  = 200_000_000
	mostMemory = 1 << 30
)

// Library takes pictures in and hands their renditions out. It is safe for
// concurrent use. Close it before the stores beneath it.
type Library struct {
	store   Store
	blobs   blob.Store
	options Options

	memory *semaphore.Weighted // bytes of decoded pictures
	slots  *semaphore.Weighted // renderings that compute

	work context.Context // of renderings, which outlive the request that asked first
	stop context.CancelFunc

	mu    sync.Mutex
	calls map[string]*call // renderings under way, by key
	// painters are who makes them for readers, by the picture's hash, and which of
	// them has nothing to do but holds its picture.
	painters  map[string]*painter
	lingering *painter
	short     atomic.Int32 // those who wait for memory
	waiting   int          // readers who wait for one
	shed      uint64       // readers for whom there was no room
	closed    bool
	running   sync.WaitGroup

	burning sync.RWMutex // read while a picture comes in, written while files of one go
}

// NewLibrary returns a library over the two stores.
func NewLibrary(store Store, blobs blob.Store, o Options) *Library {
	if o.MaxBytes <= 0 || o.MaxBytes > mostBytes {
		o.MaxBytes = mostBytes
	}
	if o.MaxPixels <= 0 {
		o.MaxPixels = picture.DefaultPixels
	}
	if o.Workers <= 0 {
		o.Workers = max(1, runtime.GOMAXPROCS(0)/2) // pages have the others
	}
	if o.Memory <= 0 {
		o.Memory = 512 << 20
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Queue <= 0 {
		o.Queue = 128
	}
	if o.Waiting <= 0 {
		o.Waiting = 2048
	}
	l := &Library{
		store: store, blobs: blobs, options: o, calls: make(map[string]*call), painters: make(map[string]*painter),
		memory: semaphore.NewWeighted(o.Memory), slots: semaphore.NewWeighted(int64(o.Workers)),
	}
	l.work, l.stop = context.WithCancel(context.Background())
	return l
}

// Close ends renderings that are under way and waits for them.
func (l *Library) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.stop()
	l.running.Wait()
	if l.options.Apart != nil {
		return l.options.Apart.Close()
	}
	return nil
}

// Details is what is known about a picture beside its bytes. What is empty
// here is taken from the file.
type Details struct {
	Name                                            string
	Caption, Credit, Copyright, Alt, Source, Rights string
	URI                                             string
	People                                          []string
	TakenAt                                         time.Time
	Focal                                           *Point // nil: the default
	AI                                              bool
	AddedBy                                         int64 // the user who brings it; 0: a part of the program
	Run                                             int64 // of the import that brings it; 0: none

	// ID and Addresses are kept when our own export comes in; otherwise empty.
	ID        int64
	Addresses []Address
}

// Point is a place in a picture, 0..1 from the left and from the top.
type Point struct{ X, Y float64 }

// Add takes a picture in: it checks the limits, decodes it once to be sure of
// it, keeps the original under its content address and writes its row. created
// is false for bytes that are here already, whose words stay as they are.
// Errors: fault.TooLarge over a limit, fault.Invalid for what is no picture,
// each with a remedy.
func (l *Library) Add(ctx context.Context, actor string, r io.Reader, d Details) (_ Picture, created bool, err error) {
	defer fault.Wrap(&err, "add picture %q", d.Name)
	f, hash, err := l.spool(ctx, r)
	if err != nil {
		return Picture{}, false, err
	}
	defer func() {
		err = errors.Join(err, f.Close(), os.Remove(f.Name()))
	}()
	known, err := l.store.PictureByHash(ctx, hash)
	if err == nil {
		return known, false, l.keep(ctx, known, f)
	}
	if !fault.Is(err, fault.NotFound) {
		return Picture{}, false, err
	}
	p, err := l.examine(ctx, f, hash, d)
	if err != nil {
		return Picture{}, false, err
	}
	if err := p.Check(); err != nil {
		return Picture{}, false, err
	}
	addresses := d.Addresses
	if len(addresses) == 0 {
		addresses = NewAddresses()
	}
	return l.enter(ctx, actor, p, addresses, f)
}

// Try tells what Add would return, and keeps nothing: a picture that is new has
// no id.
func (l *Library) Try(ctx context.Context, _ string, r io.Reader, d Details) (p Picture, created bool, err error) {
	defer fault.Wrap(&err, "try picture %q", d.Name)
	f, hash, err := l.spool(ctx, r)
	if err != nil {
		return Picture{}, false, err
	}
	defer func() {
		err = errors.Join(err, f.Close(), os.Remove(f.Name()))
	}()
	known, err := l.store.PictureByHash(ctx, hash)
	if err == nil || !fault.Is(err, fault.NotFound) {
		return known, false, err
	}
	if p, err = l.examine(ctx, f, hash, d); err == nil {
		err = p.Check()
	}
	return p, true, err
}

// Take is Add for somebody of the newsroom: the picture is his own.
func (l *Library) Take(ctx context.Context, actor account.Actor, r io.Reader, d Details) (Picture, bool, error) {
	if err := actor.RequireSomewhere(account.Pictures); err != nil {
		return Picture{}, false, err
	}
	d.AddedBy = actor.ID
	return l.Add(ctx, actor.String(), r, d)
}

// enter keeps the bytes and writes the row.
func (l *Library) enter(ctx context.Context, actor string, p Picture, addresses []Address, f *os.File) (Picture, bool, error) {
	// A picture with the same content may be on its way out.
	l.burning.RLock()
	defer l.burning.RUnlock()
	// The bytes come first: a row without its original would be a broken
	// promise, an original without a row is only a little space.
	if err := l.keep(ctx, p, f); err != nil {
		return Picture{}, false, err
	}
	kept, added, err := l.store.AddPicture(ctx, actor, p, addresses)
	if err != nil {
		return Picture{}, false, err
	}
	// Another process may have burned them in between.
	return kept, added, l.keep(ctx, kept, f)
}

func (l *Library) tooLong() error {
	return fault.New(fault.TooLarge, "the picture has more than the %d MB that are taken; please save it smaller",
		l.options.MaxBytes/1_000_000).Say("library_bytes", "limit", lang.Size(l.options.MaxBytes))
}

// spool writes r to a temporary file and returns it with its content address.
func (l *Library) spool(ctx context.Context, r io.Reader) (_ *os.File, hash string, err error) {
	f, err := os.CreateTemp(l.options.TempDir, "warta-picture-*")
	if err != nil {
		return nil, "", err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(untilDone{ctx, r}, l.options.MaxBytes+1))
	if err == nil && n > l.options.MaxBytes {
		err = l.tooLong()
	}
	if err != nil {
		return nil, "", errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return f, hex.EncodeToString(sum.Sum(nil)), nil
}

// keep puts the original into the blob store unless it is there.
func (l *Library) keep(ctx context.Context, p Picture, f *os.File) error {
	if info, err := l.blobs.Stat(ctx, p.OriginalKey()); err == nil && info.Size == p.Bytes {
		return nil
	} else if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return l.blobs.Put(ctx, p.OriginalKey(), f, p.Bytes)
}

// examine fills a picture's row from the file and the details.
func (l *Library) examine(ctx context.Context, f *os.File, hash string, d Details) (Picture, error) {
	now, err := l.store.Now(ctx)
	if err != nil {
		return Picture{}, err
	}
	limits := picture.Limits{Bytes: l.options.MaxBytes, Pixels: l.options.MaxPixels}
	h, err := picture.Inspect(f, limits)
	if err != nil {
		return Picture{}, err
	}
	if h.Memory > mostMemory {
		return Picture{}, fault.New(fault.TooLarge, "decoding a picture of %d × %d pixels that is stored like this takes %d MB; please save it as a plain JPEG",
			h.Width, h.Height, h.Memory>>20).Say("library_heavy", "width", h.Width, "height", h.Height)
	}
	p := Picture{ID: d.ID, Hash: hash, AddedBy: d.AddedBy, Run: d.Run, MIME: h.MIME, Width: h.Width, Height: h.Height, Bytes: h.Bytes, CreatedAt: now}
	if p.Tone, err = l.tone(ctx, f, p, h, limits); err != nil {
		return Picture{}, err
	}
	m := picture.ReadMetadata(f, h.MIME, l.options.Zone)
	p.describe(d, m)
	return p, nil
}

// tone decodes the whole picture, within the bounds of all work. It is likely to
// be looked at next.
func (l *Library) tone(ctx context.Context, f *os.File, p Picture, h picture.Header, limits picture.Limits) (tone int, err error) {
	free, err := l.reserve(ctx, decoded(h))
	if err != nil {
		return 0, err
	}
	m, err := func() (*picture.Sheet, error) {
		if err := l.slots.Acquire(ctx, 1); err != nil {
			return nil, err
		}
		defer l.slots.Release(1)
		return l.options.Apart.Decode(ctx, f, limits)
	}()
	if err != nil {
		free()
		return 0, err
	}
	tone = m.Tone()
	l.offer(p, m, free)
	return tone, nil
}

// decoded is how much memory a picture takes with its halved copies, which add
// about a third to the pixels of the picture itself.
func decoded(h picture.Header) int64 { return h.Memory + h.Memory/2 }

// reserve waits until a decoded picture of that size has room. One that is
// larger than all of it has to be alone.
func (l *Library) reserve(ctx context.Context, bytes int64) (free func(), err error) {
	n := min(max(bytes, 1), l.options.Memory)
	if l.memory.TryAcquire(n) {
		return func() { l.memory.Release(n) }, nil
	}
	l.short.Add(1)
	defer l.short.Add(-1)
	l.mu.Lock()
	l.dismiss()
	l.mu.Unlock()
	if err := l.memory.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return func() { l.memory.Release(n) }, nil
}

// describe takes each text from the details, else from the file.
func (p *Picture) describe(d Details, m picture.Metadata) {
	or := func(given, found string) string {
		if given != "" {
			return given
		}
		return found
	}
	p.Name = fileName(d.Name)
	p.Caption, p.Copyright, p.Alt = or(d.Caption, m.Caption), or(d.Copyright, m.Copyright), or(d.Alt, m.Alt)
	p.Credit = or(d.Credit, CreditOf(or(m.Credit, m.Source), m.Photographer))
	p.Source, p.Rights, p.URI = or(d.Source, m.Source), or(d.Rights, m.Rights), d.URI
	p.People = slices.Clone(d.People)
	if len(p.People) == 0 {
		p.People = m.People
	}
	p.TakenAt = d.TakenAt
	if p.TakenAt.IsZero() {
		p.TakenAt = m.TakenAt
	}
	p.AI = d.AI || m.AI
	p.FocalX, p.FocalY = DefaultFocalX, DefaultFocalY
	if d.Focal != nil {
		p.FocalX, p.FocalY = d.Focal.X, d.Focal.Y
	}
}

// maxText bounds each text of a picture in bytes, maxName its file name.
const (
	maxText = 8_000
	maxName = 200
)

// Check returns a fault.Invalid with the field if what people wrote about the
// picture cannot be kept.
func (p Picture) Check() error {
	for field, text := range map[string]string{"caption": p.Caption, "credit": p.Credit, "copyright": p.Copyright,
		"alt": p.Alt, "source": p.Source, "rights": p.Rights, "uri": p.URI, "people": strings.Join(p.People, ", ")} {
		if len(text) > maxText {
			return fault.Input(field, "the text has %d bytes; please shorten it to %d", len(text), maxText).Say("library_text", "most", maxText)
		}
	}
	for field, v := range map[string]float64{"focal_x": p.FocalX, "focal_y": p.FocalY} {
		if !(v >= 0 && v <= 1) { // also refuses NaN
			return fault.Input(field, "the focal point must lie inside the picture, between 0 and 1").Say("library_focal")
		}
	}
	return nil
}

// PublicAddress returns what a token stands for, and a fault.NotFound unless
// readers may see the picture.
func (l *Library) PublicAddress(ctx context.Context, token string) (Public, error) {
	return l.store.PublicAddress(ctx, token)
}

// fileName keeps the last part of what a sender calls a file.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(s, `\`, "/"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if s == "." || s == "/" {
		return ""
	}
	if len(s) > maxName {
		s = strings.ToValidUTF8(s[:maxName], "")
	}
	return s
}

// untilDone ends a copy when its context does.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

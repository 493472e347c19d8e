package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"warta/internal/fault"
	"warta/internal/picture"
)

// renditionVersion stands in every key: a change of how renditions are made
// raises it, and all are made anew when they are asked for.
const renditionVersion = 1

// Rendition is one encoded cut of a picture, open for reading. Close it.
type Rendition struct {
	io.ReadSeekCloser
	Size     int64
	Modified time.Time
	ETag     string // without quotes; says nothing about the original
}

// RenditionKey returns the blob key of a rendition. It names everything that
// its bytes depend on, so a new focal point is a new key.
func (p Picture) RenditionKey(c Crop, width int, f Format) string {
	real, _ := p.RenditionSize(c, width)
	focal := ""
	if c != Orig {
		focal = fmt.Sprintf("-%d-%d", int(math.Round(p.FocalX*1000)), int(math.Round(p.FocalY*1000)))
	}
	return fmt.Sprintf("renditions/%s/%s%s-%d-v%d.%s", p.folder(), c, focal, real, renditionVersion, f)
}

// folder is where renditions of the picture lie.
func (p Picture) folder() string {
	if len(p.Hash) < 4 {
		return p.Hash
	}
	return p.Hash[:2] + "/" + p.Hash[2:4] + "/" + p.Hash
}

// Open returns a rendition. One that is not there yet is made, once however
// many ask for it; all of them wait. Errors: fault.NotFound for a crop, width
// or format that does not exist, fault.Unavailable if the original is away, or
// if too many wait already.
func (l *Library) Open(ctx context.Context, p Picture, c Crop, width int, f Format) (_ *Rendition, err error) {
	defer fault.Wrap(&err, "open rendition %s %d of picture %d", c, width, p.ID)
	if !c.Valid() || !ValidSize(width, f) {
		return nil, fault.New(fault.NotFound, "there is no picture of this size")
	}
	key := p.RenditionKey(c, width, f)
	r, err := l.open(ctx, key)
	if !fault.Is(err, fault.NotFound) {
		return r, err
	}
	k, leads, err := l.enqueue(key)
	if err != nil {
		return nil, err
	}
	defer l.leave()
	if leads {
		l.order(want{Want{p, c, width, f}, key}, k)
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-k.done:
	}
	if k.err != nil {
		return nil, k.err
	}
	return l.open(ctx, key)
}

func (l *Library) open(ctx context.Context, key string) (*Rendition, error) {
	body, info, err := l.blobs.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(key))
	return &Rendition{ReadSeekCloser: body, Size: info.Size, Modified: info.Modified, ETag: hex.EncodeToString(sum[:10])}, nil
}

// Want names one rendition.
type Want struct {
	Picture Picture
	Crop    Crop
	Width   int
	Format  Format
}

type want struct {
	Want
	key string
}

// decode reads an original, within the bound on memory, which free gives back.
func (l *Library) decode(ctx context.Context, p Picture) (_ *picture.Sheet, free func(), err error) {
	body, info, err := l.blobs.Open(ctx, p.OriginalKey())
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			// Not the reader's error, and perhaps a mount that is late.
			err = fault.New(fault.Unavailable, "the original of this picture is away; try again later: %w", err)
		}
		return nil, nil, err
	}
	defer body.Close()
	// What is stored was within the limits of its day; they may be lower now.
	limits := picture.Limits{Bytes: max(info.Size, l.options.MaxBytes), Pixels: max(l.options.MaxPixels, int64(p.Width)*int64(p.Height))}
	h, err := picture.Inspect(body, limits)
	if err != nil {
		return nil, nil, err
	}
	free, err = l.reserve(ctx, decoded(h))
	if err != nil {
		return nil, nil, err
	}
	if err := l.slots.Acquire(ctx, 1); err != nil {
		free()
		return nil, nil, err
	}
	defer l.slots.Release(1)
	m, err := l.options.Apart.Decode(ctx, body, limits)
	if err != nil {
		free()
		return nil, nil, err
	}
	return m, free, nil
}

// render makes a rendition and keeps it.
func (l *Library) render(ctx context.Context, m *picture.Sheet, w want) error {
	if err := l.slots.Acquire(ctx, 1); err != nil {
		return err
	}
	data, err := l.encode(ctx, m, w)
	l.slots.Release(1)
	if err != nil {
		return err
	}
	return l.blobs.Put(ctx, w.key, bytes.NewReader(data), int64(len(data)))
}

func (l *Library) encode(ctx context.Context, m *picture.Sheet, w want) ([]byte, error) {
	rw, rh := w.Crop.Ratio()
	p := w.Picture
	cut := picture.Cut{RatioW: rw, RatioH: rh, FocalX: p.FocalX, FocalY: p.FocalY, Width: w.Width}
	if w.Format == JPEG {
		return m.JPEG(ctx, cut, JPEGLimit)
	}
	return m.WebP(ctx, cut)
}

// call is one rendering under way.
type call struct {
	done chan struct{}
	err  error // readable after done
}

// begin joins the rendering of a key, or starts one: then the caller leads and
// has to call end.
func (l *Library) begin(key string) (k *call, leads bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.join(key)
}

// join is begin for callers who hold the lock.
func (l *Library) join(key string) (k *call, leads bool, err error) {
	if k, ok := l.calls[key]; ok {
		return k, false, nil
	}
	if l.closed {
		return nil, false, stopping()
	}
	k = &call{done: make(chan struct{})}
	l.calls[key] = k
	l.running.Add(1)
	return k, true, nil
}

// crowded is in how long a reader may try again who found too many waiting.
const crowded = 2 * time.Second

// enqueue is begin for a reader, who waits; leave has to follow. Both the
// renditions under way and those who wait are bounded: an archive has more
// pictures than a machine can draw at once, and anybody may ask for all of them.
func (l *Library) enqueue(key string) (k *call, leads bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.calls[key]; l.waiting >= l.options.Waiting || !ok && len(l.calls) >= l.options.Queue {
		l.shed++
		err := fault.New(fault.Unavailable, "too many pictures are being made; try again in a moment")
		err.RetryAfter = crowded
		return nil, false, err
	}
	if k, leads, err = l.join(key); err == nil {
		l.waiting++
	}
	return k, leads, err
}

// Load returns how many renditions are under way, and how many readers were sent
// away so far since there were too many.
func (l *Library) Load() (running int, shed uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.calls), l.shed
}

func (l *Library) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting--
}

func (l *Library) end(key string, k *call, err error) {
	if errors.Is(err, context.Canceled) { // by Close
		err = stopping()
	}
	k.err = err
	l.mu.Lock()
	delete(l.calls, key)
	l.mu.Unlock()
	close(k.done)
	l.running.Done()
}

func stopping() error {
	return fault.New(fault.Unavailable, "the server is stopping; try again in a moment")
}

// isThere reports whether a rendition is kept already.
func (l *Library) isThere(ctx context.Context, key string) (bool, error) {
	_, err := l.blobs.Stat(ctx, key)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// Package picture turns the bytes of a picture that a stranger sent into
// clean renditions: it checks the header against limits before it decodes,
// honours orientation and colour profile, crops around a focal point, resizes
// and encodes, and draws share cards. What it writes holds no metadata. It
// knows nothing of stories, storage or the web.
package picture

import (
	"bytes"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/disintegration/imaging"

	"warta/internal/fault"
	"warta/internal/lang"
)

// Limits on what is taken in. Zero values stand for the defaults.
type Limits struct {
	Bytes  int64 // default 50 MB
	Pixels int64 // default 80 megapixels
}

// The defaults of Limits, and the most that one side may have.
const (
	DefaultBytes  = 50_000_000
	DefaultPixels = 80_000_000
	maxSide       = 30_000
)

func (l Limits) filled() Limits {
	if l.Bytes <= 0 {
		l.Bytes = DefaultBytes
	}
	if l.Pixels <= 0 {
		l.Pixels = DefaultPixels
	}
	return l
}

// Header is what a picture says of itself, read without decoding it.
type Header struct {
	MIME          string // "image/jpeg", "image/png", "image/gif" or "image/webp"
	Width, Height int    // as a reader sees it, with orientation applied
	Bytes         int64
	Memory        int64 // estimate of what decoding it takes, in bytes

	orientation orientation
	profile     []byte // ICC profile, nil if there is none
}

// Inspect reads the header from the start of r and holds it against the
// limits. It returns a fault.TooLarge for what is over them, and a
// fault.Invalid for what is no picture of a supported kind.
func Inspect(r io.ReadSeeker, limits Limits) (h Header, err error) {
	defer fault.Wrap(&err, "inspect picture")
	limits = limits.filled()
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return Header{}, err
	}
	if size > limits.Bytes {
		return Header{}, fault.New(fault.TooLarge, "the picture has %d MB; at most %d MB are taken, please save it smaller",
			size/1_000_000, limits.Bytes/1_000_000).Say("library_bytes", "limit", lang.Size(limits.Bytes))
	}
	var magic [12]byte
	if err := rewind(r); err != nil {
		return Header{}, err
	}
	n, err := io.ReadFull(r, magic[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return Header{}, err
	}
	kind := sniff(magic[:n])
	if kind == nil {
		return Header{}, unsupported()
	}
	if err := rewind(r); err != nil {
		return Header{}, err
	}
	h = Header{MIME: kind.mime, Bytes: size, orientation: upright}
	if err := kind.inspect(r, &h); err != nil {
		return Header{}, err
	}
	if err := h.check(limits); err != nil {
		return Header{}, err
	}
	if h.orientation.swaps() {
		h.Width, h.Height = h.Height, h.Width
	}
	return h, nil
}

func (h Header) check(limits Limits) error {
	if h.Width < 1 || h.Height < 1 {
		return damaged(errors.New("no pixels"))
	}
	if px := int64(h.Width) * int64(h.Height); px > limits.Pixels || h.Width > maxSide || h.Height > maxSide {
		return fault.New(fault.TooLarge, "the picture has %d × %d pixels; at most %d megapixels and %d a side are taken, please save it smaller",
			h.Width, h.Height, limits.Pixels/1_000_000, maxSide).
			Say("library_pixels", "width", h.Width, "height", h.Height, "most", limits.Pixels/1_000_000, "side", maxSide)
	}
	return nil
}

// kind is one file format that is understood.
type kind struct {
	mime    string
	inspect func(io.ReadSeeker, *Header) error
	decode  func(io.Reader) (image.Image, error)
}

func sniff(b []byte) *kind {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return &kind{"image/jpeg", inspectJPEG, jpeg.Decode}
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return &kind{"image/png", inspectPNG, png.Decode}
	case bytes.HasPrefix(b, []byte("GIF87a")), bytes.HasPrefix(b, []byte("GIF89a")):
		return &kind{"image/gif", inspectGIF, gif.Decode}
	case len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return &kind{"image/webp", inspectWebP, decodeWebP}
	}
	return nil
}

func inspectGIF(r io.ReadSeeker, h *Header) error {
	cfg, err := gif.DecodeConfig(r)
	if err != nil {
		return damaged(err)
	}
	h.Width, h.Height = cfg.Width, cfg.Height
	h.Memory = pixels(cfg) * 2
	return nil
}

func pixels(cfg image.Config) int64 { return int64(cfg.Width) * int64(cfg.Height) }

func rewind(r io.Seeker) error {
	_, err := r.Seek(0, io.SeekStart)
	return err
}

func unsupported() error {
	return fault.New(fault.Invalid, "this is not a JPEG, PNG, GIF or WebP picture; please save it as one of these").Say("library_kind")
}

func damaged(cause error) error {
	var f *fault.Error
	if errors.As(cause, &f) {
		return cause
	}
	e := fault.New(fault.Invalid, "the picture is damaged or not complete; please send it again or save it anew").Say("library_damaged")
	e.Err = cause
	return e
}

// orientation is the EXIF value 1 to 8: how the stored rows lie to the viewer.
type orientation int

const upright orientation = 1

func (o orientation) swaps() bool { return o >= 5 && o <= 8 }

// raw maps a rectangle of the upright picture to the stored one, whose size is
// w × h.
func (o orientation) raw(r image.Rectangle, w, h int) image.Rectangle {
	x0, y0, x1, y1 := r.Min.X, r.Min.Y, r.Max.X, r.Max.Y
	switch o {
	case 2:
		return image.Rect(w-x1, y0, w-x0, y1)
	case 3:
		return image.Rect(w-x1, h-y1, w-x0, h-y0)
	case 4:
		return image.Rect(x0, h-y1, x1, h-y0)
	case 5:
		return image.Rect(y0, x0, y1, x1)
	case 6:
		return image.Rect(y0, h-x1, y1, h-x0)
	case 7:
		return image.Rect(w-y1, h-x1, w-y0, h-x0)
	case 8:
		return image.Rect(w-y1, x0, w-y0, x1)
	}
	return r
}

// turn brings stored pixels upright.
func (o orientation) turn(m *image.NRGBA) *image.NRGBA {
	switch o {
	case 2:
		return imaging.FlipH(m)
	case 3:
		return imaging.Rotate180(m)
	case 4:
		return imaging.FlipV(m)
	case 5:
		return imaging.Transpose(m)
	case 6:
		return imaging.Rotate270(m) // imaging turns counter-clockwise
	case 7:
		return imaging.Transverse(m)
	case 8:
		return imaging.Rotate90(m)
	}
	return m
}

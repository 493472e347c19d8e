package picture

import (
	"errors"
	"image"
	"image/color"
	"image/draw"
	"io"
	"math"

	"github.com/disintegration/imaging"
	"golang.org/x/image/webp"

	"warta/internal/fault"
)

// oversize is how many pixels a level must have for each one of a rendition
// along a side: enough for a cubic to work with, few enough to be quick.
const oversize = 1.5

// maxLevels bounds how often a picture is halved: 2^6 is beyond any need.
const maxLevels = 6

// Image is a decoded picture from which renditions are cut. It keeps halved
// copies, made when first needed, so that many renditions cost little more
// than one. It is not safe for concurrent use.
type Image struct {
	Header
	levels []image.Image // stored orientation; each has half the sides of the one before
	colour *conversion   // to sRGB; nil if it is sRGB already
}

// Decode checks the header like Inspect and decodes the picture: the first
// frame of a GIF.
func Decode(r io.ReadSeeker, limits Limits) (_ *Image, err error) {
	defer fault.Wrap(&err, "decode picture")
	h, err := Inspect(r, limits)
	if err != nil {
		return nil, err
	}
	var magic [12]byte
	if err := rewind(r); err != nil {
		return nil, err
	}
	n, _ := io.ReadFull(r, magic[:]) // Inspect has read it before
	if err := rewind(r); err != nil {
		return nil, err
	}
	kind := sniff(magic[:n])
	if kind == nil {
		return nil, unsupported()
	}
	m, err := safely(func() (image.Image, error) { return kind.decode(r) })
	if err != nil {
		return nil, damaged(err)
	}
	w, ht := h.Width, h.Height
	if h.orientation.swaps() {
		w, ht = ht, w
	}
	if b := m.Bounds(); b.Dx() != w || b.Dy() != ht {
		if m, err = onCanvas(m, w, ht); err != nil {
			return nil, err
		}
	}
	return &Image{Header: h, levels: []image.Image{m}, colour: newConversion(h.profile)}, nil
}

// decodeWebP stretches the values of a lossy WebP to the full range: the format
// has them in 16..235 (RFC 6386, section 9.2), which the decoder hands on as
// they are, while the standard library's colour model expects 0..255.
func decodeWebP(r io.Reader) (image.Image, error) {
	m, err := webp.Decode(r)
	if err != nil {
		return nil, err
	}
	var planes *image.YCbCr
	switch v := m.(type) {
	case *image.YCbCr:
		planes = v
	case *image.NYCbCrA:
		planes = &v.YCbCr
	default:
		return m, nil
	}
	var luma, chroma [256]byte
	for i := range 256 {
		luma[i] = byte(min(max(((i-16)*255+109)/219, 0), 255))
		chroma[i] = byte(min(max(128+int(math.Round(float64(i-128)*255/224)), 0), 255))
	}
	for i, v := range planes.Y {
		planes.Y[i] = luma[v]
	}
	for _, plane := range [][]byte{planes.Cb, planes.Cr} {
		for i, v := range plane {
			plane[i] = chroma[v]
		}
	}
	return m, nil
}

// onCanvas puts the frame of a GIF, which may be smaller, where it belongs.
func onCanvas(m image.Image, w, h int) (image.Image, error) {
	canvas := image.Rect(0, 0, w, h)
	if !m.Bounds().In(canvas) {
		return nil, damaged(errors.New("frame outside the canvas"))
	}
	out := image.NewRGBA(canvas)
	draw.Draw(out, m.Bounds(), m, m.Bounds().Min, draw.Src)
	return out, nil
}

// safely turns a panic of a decoder into an error: what a stranger sends must
// not end the process.
func safely(decode func() (image.Image, error)) (m image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			m, err = nil, fault.New(fault.Invalid, "the picture is damaged; please save it anew").Say("library_damaged")
		}
	}()
	return decode()
}

// FromImage makes an Image of pixels that the program drew itself, in sRGB.
func FromImage(m image.Image) *Image {
	b := m.Bounds()
	return &Image{
		Header: Header{Width: b.Dx(), Height: b.Dy(), orientation: upright},
		levels: []image.Image{m},
	}
}

// Cut says which part of a picture a rendition shows, and how wide it is.
type Cut struct {
	RatioW, RatioH int     // width : height; 0, 0 for the whole picture
	FocalX, FocalY float64 // point that stays in, 0..1 from the left and the top
	Width          int     // of the rendition; never more than the cut has; 0: as many as it has
}

// Render returns the rendition, upright and in sRGB.
func (m *Image) Render(c Cut) *image.NRGBA {
	part := c.rectangle(m.Width, m.Height)
	width := part.Dx()
	if c.Width > 0 {
		width = min(width, c.Width)
	}
	height := max(1, (part.Dy()*width+part.Dx()/2)/part.Dx())
	level, scaled := m.level(part, width)
	if m.orientation.swaps() {
		width, height = height, width
	}
	out := imaging.Resize(cropped(level, scaled), width, height, imaging.CatmullRom)
	out = m.orientation.turn(out)
	m.colour.apply(out)
	return out
}

// level picks the smallest copy that is still oversize for a part shown at
// width, and returns the part in that copy's stored pixels.
func (m *Image) level(part image.Rectangle, width int) (image.Image, image.Rectangle) {
	n := 0
	for n < maxLevels && float64(part.Dx()>>(n+1)) >= oversize*float64(width) && part.Dy()>>(n+1) > 0 {
		n++
	}
	for len(m.levels) <= n {
		m.levels = append(m.levels, halve(m.levels[len(m.levels)-1]))
	}
	src := m.levels[n]
	full := m.levels[0].Bounds()
	raw := m.orientation.raw(part, full.Dx(), full.Dy())
	b := src.Bounds()
	scale := func(v, from, to int) int { return (v*to + from/2) / from }
	r := image.Rect(
		scale(raw.Min.X, full.Dx(), b.Dx()), scale(raw.Min.Y, full.Dy(), b.Dy()),
		scale(raw.Max.X, full.Dx(), b.Dx()), scale(raw.Max.Y, full.Dy(), b.Dy())).Add(b.Min)
	return src, r
}

// rectangle returns the largest cut of the ratio whose middle is as near to
// the focal point as the picture's borders allow.
func (c Cut) rectangle(w, h int) image.Rectangle {
	if c.RatioW <= 0 || c.RatioH <= 0 {
		return image.Rect(0, 0, w, h)
	}
	cw, ch := w, h
	if w*c.RatioH > h*c.RatioW {
		cw = max(1, (h*c.RatioW+c.RatioH/2)/c.RatioH)
	} else {
		ch = max(1, (w*c.RatioH+c.RatioW/2)/c.RatioW)
	}
	x := min(max(int(c.FocalX*float64(w))-cw/2, 0), w-cw)
	y := min(max(int(c.FocalY*float64(h))-ch/2, 0), h-ch)
	return image.Rect(x, y, x+cw, y+ch)
}

func cropped(m image.Image, r image.Rectangle) image.Image {
	if r == m.Bounds() {
		return m
	}
	if s, ok := m.(interface {
		SubImage(image.Rectangle) image.Image
	}); ok {
		return s.SubImage(r)
	}
	return imaging.Crop(m, r)
}

// halve averages 2 × 2 pixels, premultiplied, so that transparent ones do not
// bleed their colour. An odd last row or column is averaged with itself.
func halve(m image.Image) *image.RGBA {
	b := m.Bounds()
	w, h := (b.Dx()+1)/2, (b.Dy()+1)/2
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	strip := image.NewRGBA(image.Rect(0, 0, w*2, 2))
	for y := range h {
		top := b.Min.Y + 2*y
		draw.Draw(strip, image.Rect(0, 0, b.Dx(), 2), m, image.Pt(b.Min.X, top), draw.Src)
		if top+1 == b.Max.Y {
			copy(strip.Pix[strip.Stride:], strip.Pix[:strip.Stride])
		}
		if b.Dx()%2 == 1 {
			for _, row := range [][]byte{strip.Pix[:strip.Stride], strip.Pix[strip.Stride:]} {
				copy(row[len(row)-4:], row[len(row)-8:len(row)-4])
			}
		}
		average(out.Pix[y*out.Stride:][:w*4], strip.Pix[:strip.Stride], strip.Pix[strip.Stride:])
	}
	return out
}

func average(dst, a, b []byte) {
	for i, j := 0, 0; i+4 <= len(dst); i, j = i+4, j+8 {
		p, q, d := a[j:j+8:j+8], b[j:j+8:j+8], dst[i:i+4:i+4]
		for c := range 4 {
			d[c] = byte((uint(p[c]) + uint(p[c+4]) + uint(q[c]) + uint(q[c+4]) + 2) >> 2)
		}
	}
}

// Mean returns the picture's mean colour as it lies on white.
func (m *Image) Mean() color.NRGBA {
	small := onWhite(m.Render(Cut{Width: 32}))
	var sum [3]uint64
	for i := 0; i+4 <= len(small.Pix); i += 4 {
		for c := range sum {
			sum[c] += uint64(small.Pix[i+c])
		}
	}
	n := uint64(len(small.Pix) / 4)
	return color.NRGBA{R: uint8(sum[0] / n), G: uint8(sum[1] / n), B: uint8(sum[2] / n), A: 255}
}

// Tone returns the class 0..63 of the mean colour: two bits each of red, green
// and blue, red first. The page shows the class's colour until the picture is there.
func (m *Image) Tone() int { return ToneOf(m.Mean()) }

// ToneOf returns the class of one colour.
func ToneOf(c color.NRGBA) int { return int(c.R>>6)<<4 | int(c.G>>6)<<2 | int(c.B>>6) }

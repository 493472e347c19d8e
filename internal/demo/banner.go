package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// banner is an advertisement that the program draws: a part of a scene above a plain
// panel with words.
type banner struct {
	w, h       int
	scene      scene
	panel, ink color.RGBA
	head, line string
}

// draw returns the banner as JPEG; letters are those of a TrueType font.
func (b banner) draw(tex *texture, seed uint64, letters []byte) ([]byte, error) {
	face, err := opentype.Parse(letters)
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rect(0, 0, b.w, b.h))
	sky := b.h * 62 / 100
	wide := max(b.w, sky*sheetWidth/sheetHeight+1)
	m := b.scene.develop(tex, seed, wide)
	from := image.Pt(int(float64(wide-b.w)*b.scene.x), (m.Bounds().Dy()-sky)/2)
	draw.Draw(out, image.Rect(0, 0, b.w, sky), m, from, draw.Src)
	draw.Draw(out, image.Rect(0, sky, b.w, b.h), image.NewUniform(b.panel), image.Point{}, draw.Src)
	margin, room := b.w/15, b.h-sky
	for _, t := range []struct {
		text string
		size float64
		base int
	}{{b.head, float64(b.w) / 10, sky + room*45/100}, {b.line, float64(b.w) / 20, sky + room*70/100}} {
		f, err := opentype.NewFace(face, &opentype.FaceOptions{Size: t.size, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return nil, err
		}
		d := font.Drawer{Dst: out, Src: image.NewUniform(b.ink), Face: f, Dot: fixed.P(margin, t.base)}
		d.DrawString(t.text)
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	var buf bytes.Buffer
	err = jpeg.Encode(&buf, out, &jpeg.Options{Quality: jpegQuality})
	return buf.Bytes(), err
}

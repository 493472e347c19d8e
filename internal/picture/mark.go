package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"warta/internal/fault"
)

// Mark is an outlet's name as a picture, for machines that want a logo.
type Mark struct {
	Font []byte // TrueType or OpenType, static
	Name string
}

// Size of a logo: search engines ask for a width of at most 600 and a height of
// at least 60. An icon is square.
const (
	LogoWidth  = 600
	LogoHeight = 60
	IconSize   = 512
)

var (
	markPaper  = color.NRGBA{R: 0xfd, G: 0xfc, B: 0xfa, A: 255}
	markInk    = color.NRGBA{R: 0x15, G: 0x17, B: 0x1a, A: 255}
	markAccent = color.NRGBA{R: 0xb3, G: 0x26, B: 0x1e, A: 255}
)

// Logo returns the name on one line as PNG, as large as fits.
func (m Mark) Logo() (_ []byte, err error) {
	defer fault.Wrap(&err, "draw logo")
	return m.draw(oneLine(m.Name), LogoWidth, LogoHeight, 42, markPaper, markInk)
}

// Icon returns the name's first letter in a square as PNG.
func (m Mark) Icon() (_ []byte, err error) {
	defer fault.Wrap(&err, "draw icon")
	letter, _ := utf8.DecodeRuneInString(strings.ToUpper(oneLine(m.Name)))
	if letter == utf8.RuneError {
		letter = 'W'
	}
	return m.draw(string(letter), IconSize, IconSize, 400, markAccent, markPaper)
}

// draw puts text into the middle of a box; a text that is too wide is drawn
// smaller.
func (m Mark) draw(text string, width, height int, size float64, paper, ink color.NRGBA) ([]byte, error) {
	parsed, err := opentype.Parse(m.Font)
	if err != nil {
		return nil, err
	}
	p := &pen{font: parsed, dst: image.NewNRGBA(image.Rect(0, 0, width, height))}
	p.fill(p.dst.Bounds(), paper)
	face, err := p.face(size)
	if err != nil {
		return nil, err
	}
	if w := font.MeasureString(face, text).Ceil(); w > width*9/10 {
		face.Close()
		if face, err = p.face(size * float64(width) * 0.9 / float64(w)); err != nil {
			return nil, err
		}
	}
	defer face.Close()
	bounds, _ := font.BoundString(face, text)
	x := (width-(bounds.Max.X-bounds.Min.X).Ceil())/2 - bounds.Min.X.Floor()
	y := (height-(bounds.Max.Y-bounds.Min.Y).Ceil())/2 - bounds.Min.Y.Floor()
	d := font.Drawer{Dst: p.dst, Src: image.NewUniform(ink), Face: face, Dot: fixed.P(x, y)}
	d.DrawString(text)
	var b bytes.Buffer
	err = png.Encode(&b, p.dst)
	return b.Bytes(), err
}

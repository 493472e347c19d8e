package picture

import (
	"image"
	"image/color"
	"image/draw"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"warta/internal/fault"
)

// Size of a share card, and the most bytes that it has: messengers refuse more.
const (
	CardWidth  = 1200
	CardHeight = 630
	CardLimit  = 300_000
)

// Card is a share card for a story without a picture.
type Card struct {
	Font     []byte // TrueType or OpenType, static
	Site     string
	Label    string // section, may be empty
	Headline string
	// Colours; the zero value stands for the light theme's.
	Paper, Ink, Quiet, Accent color.NRGBA
}

const (
	cardMargin   = 80
	cardMaxLines = 5
	siteSize     = 38
	labelSize    = 32
)

// headline sizes from the largest that is tried to the smallest that is read
// on a phone.
var headlineSizes = [...]float64{84, 76, 68, 62, 56, 50}

// Draw returns the card as JPEG: label, headline as large as five lines allow
// (with an ellipsis if it is longer), a hairline and the site's name.
func (c Card) Draw() (_ []byte, err error) {
	defer fault.Wrap(&err, "draw share card")
	c.defaults()
	face, err := opentype.Parse(c.Font)
	if err != nil {
		return nil, err
	}
	p := &pen{font: face, dst: image.NewNRGBA(image.Rect(0, 0, CardWidth, CardHeight))}
	p.fill(p.dst.Bounds(), c.Paper)
	p.fill(image.Rect(0, 0, CardWidth, 12), c.Accent)
	top := cardMargin
	if label := oneLine(c.Label); label != "" {
		if err := p.write(label, labelSize, c.Accent, top+labelSize, 1); err != nil {
			return nil, err
		}
		top += labelSize + 28
	}
	bottom := CardHeight - cardMargin - siteSize - 36
	if err := p.headline(oneLine(c.Headline), c.Ink, top, bottom); err != nil {
		return nil, err
	}
	p.fill(image.Rect(cardMargin, bottom+24, CardWidth-cardMargin, bottom+26), c.Quiet)
	if err := p.write(oneLine(c.Site), siteSize, c.Ink, CardHeight-cardMargin+12, 1); err != nil {
		return nil, err
	}
	return JPEG(p.dst, CardLimit)
}

func (c *Card) defaults() {
	set := func(v *color.NRGBA, r, g, b uint8) {
		if *v == (color.NRGBA{}) {
			*v = color.NRGBA{R: r, G: g, B: b, A: 255}
		}
	}
	set(&c.Paper, 0xfd, 0xfc, 0xfa)
	set(&c.Ink, 0x15, 0x17, 0x1a)
	set(&c.Quiet, 0xde, 0xdb, 0xd5)
	set(&c.Accent, 0xb3, 0x26, 0x1e)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

type pen struct {
	font *opentype.Font
	dst  *image.NRGBA
}

func (p *pen) fill(r image.Rectangle, c color.NRGBA) {
	draw.Draw(p.dst, r, image.NewUniform(c), image.Point{}, draw.Src)
}

func (p *pen) face(size float64) (font.Face, error) {
	return opentype.NewFace(p.font, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
}

// write draws text in at most lines lines whose first stands on baseline.
func (p *pen) write(text string, size float64, c color.NRGBA, baseline, lines int) error {
	face, err := p.face(size)
	if err != nil {
		return err
	}
	wrapped, _ := wrap(face, text, CardWidth-2*cardMargin, lines)
	p.lines(face, wrapped, c, baseline, 0)
	return face.Close()
}

func (p *pen) lines(face font.Face, lines []string, c color.NRGBA, baseline, step int) {
	d := font.Drawer{Dst: p.dst, Src: image.NewUniform(c), Face: face}
	for i, line := range lines {
		d.Dot = fixed.P(cardMargin, baseline+i*step)
		d.DrawString(line)
	}
}

// headline takes the largest size at which everything fits between top and
// bottom, and cuts the text at the smallest.
func (p *pen) headline(text string, c color.NRGBA, top, bottom int) error {
	for i, size := range headlineSizes {
		face, err := p.face(size)
		if err != nil {
			return err
		}
		step := int(size * 1.16)
		lines, whole := wrap(face, text, CardWidth-2*cardMargin, min(cardMaxLines, (bottom-top)/step))
		if whole || i == len(headlineSizes)-1 {
			p.lines(face, lines, c, top+int(size*0.86), step)
			return face.Close()
		}
		if err := face.Close(); err != nil {
			return err
		}
	}
	return nil
}

// wrap breaks text at spaces, and inside words that are wider than a line. It
// returns at most limit lines and whether that is all of the text; if not, the
// last line ends with an ellipsis.
func wrap(face font.Face, text string, width, limit int) (lines []string, whole bool) {
	fits := func(s string) bool { return font.MeasureString(face, s).Ceil() <= width }
	words := strings.Fields(text)
	line := ""
	for len(words) > 0 {
		next := strings.TrimSpace(line + " " + words[0])
		if fits(next) {
			line, words = next, words[1:]
			continue
		}
		if line == "" {
			line, words[0] = split(words[0], fits)
		}
		lines, line = append(lines, line), ""
		if len(lines) == limit {
			lines[limit-1] = ellipsis(lines[limit-1], fits)
			return lines, false
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines, true
}

// split cuts the longest beginning that fits off a word, at least one letter.
func split(word string, fits func(string) bool) (head, tail string) {
	letters := []rune(word)
	n := 1
	for n < len(letters) && fits(string(letters[:n+1])) {
		n++
	}
	return string(letters[:n]), string(letters[n:])
}

func ellipsis(line string, fits func(string) bool) string {
	letters := []rune(line)
	for len(letters) > 0 && !fits(string(letters)+"…") {
		letters = letters[:len(letters)-1]
	}
	return strings.TrimRight(string(letters), " ,;:–-") + "…"
}

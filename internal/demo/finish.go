package demo

import (
	"image"
	"math"
)

// look is the development of a picture: what a darkroom would decide.
type look struct {
	exposure  float32 // 1 as drawn
	bloom     float32 // share of light that bleeds out of highlights
	vignette  float32 // darkening of the corners
	grain     float32 // of film, in 1/255
	contrast  float32 // 1 as drawn
	saturated float32 // 1 as drawn
	shadows   rgb     // tint added to the dark parts
	lights    rgb     // gain of the bright parts; zero: none
}

// plainLook is what scenes begin with.
var plainLook = look{exposure: 1, bloom: 0.25, vignette: 0.32, grain: 5, contrast: 1.06, saturated: 1.05}

// develop turns linear light into a picture for the screen.
func (c *canvas) develop(l look) *image.RGBA {
	if l.bloom > 0 {
		c.addBloom(l.bloom)
	}
	out := image.NewRGBA(image.Rect(0, 0, c.w, c.h))
	curve := toneCurve(l.contrast)
	lights := l.lights
	if lights == (rgb{}) {
		lights = rgb{1, 1, 1}
	}
	cx, cy := float32(c.w)/2, float32(c.h)/2
	far := 1 / (cx*cx + cy*cy)
	for y := range c.h {
		row := c.pix[y*c.w : (y+1)*c.w]
		dst := out.Pix[y*out.Stride:]
		grain := c.tex.grain[int(mix(uint64(y), uint64(c.w))&255)*256:][:256]
		shift := int(mix(uint64(y), 7) & 255)
		dy := (float32(y) - cy) * (float32(y) - cy)
		for x, p := range row {
			dx := float32(x) - cx
			d := (dx*dx + dy) * far
			k := l.exposure * (1 - l.vignette*d*(0.55+0.45*d))
			lum := p.light()
			s := unit(1 - lum*2)
			p.r = (lum+(p.r-lum)*l.saturated)*lights.r*k + l.shadows.r*s
			p.g = (lum+(p.g-lum)*l.saturated)*lights.g*k + l.shadows.g*s
			p.b = (lum+(p.b-lum)*l.saturated)*lights.b*k + l.shadows.b*s
			g := grain[(x+shift)&255] * l.grain
			o := dst[x*4 : x*4+4 : x*4+4]
			o[0], o[1], o[2], o[3] = curve.at(p.r, g), curve.at(p.g, g), curve.at(p.b, g), 255
		}
	}
	return out
}

// tone maps the square root of linear light to the values of a screen.
type tone [2049]float32

func toneCurve(contrast float32) *tone {
	var t tone
	for i := range t {
		root := float64(i) / 2048 * 4
		x := root * root
		// A film-like shoulder: straight in the shadows, never quite white.
		v := x * (1 + x/16) / (1 + 0.42*x + x*x/24)
		v = math.Pow(math.Min(v, 1), 1/2.2)
		v = 0.5 + (v-0.5)*float64(contrast) + 0.02*float64(contrast-1)
		t[i] = float32(v * 255)
	}
	return &t
}

func (t *tone) at(x, grain float32) uint8 {
	x = min(max(x, 0), 15.9)
	v := t[int(sqrtf(x)*512)] + grain + 0.5
	return uint8(min(max(v, 0), 255))
}

// addBloom lets bright parts shine over their surroundings, as in a lens.
func (c *canvas) addBloom(strength float32) {
	const n = 8
	w, h := (c.w+n-1)/n, (c.h+n-1)/n
	small := make([]rgb, w*h)
	for y := range h {
		for x := range w {
			var sum rgb
			for j := y * n; j < min((y+1)*n, c.h); j += 2 {
				for i := x * n; i < min((x+1)*n, c.w); i += 2 {
					p := c.pix[j*c.w+i]
					if l := p.light(); l > 0.5 {
						sum = sum.plus(p.times(min(1, (l-0.5)*1.2)))
					}
				}
			}
			small[y*w+x] = sum.times(4.0 / (n * n))
		}
	}
	wide := append([]rgb(nil), small...)
	blur(small, w, h, max(1, w/90), 2)
	blur(wide, w, h, max(2, w/22), 2)
	for i := range small {
		small[i] = small[i].times(0.55).plus(wide[i].times(0.6)).times(strength)
	}
	c.addScaled(small, w, h, n)
}

// addScaled adds a small picture, enlarged n times.
func (c *canvas) addScaled(small []rgb, w, h, n int) {
	inv := 1 / float32(n)
	for y := range c.h {
		fy := max((float32(y)+0.5)*inv-0.5, 0)
		y0 := int(fy)
		ty := fy - float32(y0)
		r0, r1 := small[min(y0, h-1)*w:], small[min(y0+1, h-1)*w:]
		row := c.pix[y*c.w : (y+1)*c.w]
		for x := range row {
			fx := max((float32(x)+0.5)*inv-0.5, 0)
			x0 := int(fx)
			tx := fx - float32(x0)
			x0, x1 := min(x0, w-1), min(x0+1, w-1)
			row[x] = row[x].plus(r0[x0].to(r0[x1], tx).to(r1[x0].to(r1[x1], tx), ty))
		}
	}
}

// lay replaces the picture by a smaller one, enlarged: a scene out of focus.
func (c *canvas) lay(s *canvas) {
	clear(c.pix)
	c.addScaled(s.pix, s.w, s.h, (c.w+s.w-1)/s.w)
}

// soften blurs the whole canvas by about r pixels of the sheet.
func (c *canvas) soften(r float32) { blur(c.pix, c.w, c.h, max(1, int(r*c.k)), 2) }

// blur runs a box of radius r over the pixels, several times over both axes.
func blur(pix []rgb, w, h, r, times int) {
	line := make([]rgb, max(w, h))
	for range times {
		for y := range h {
			blurLine(pix[y*w:], line, w, 1, r)
		}
		for x := range w {
			blurLine(pix[x:], line, h, w, r)
		}
	}
}

func blurLine(pix, line []rgb, n, stride, r int) {
	for i := range n {
		line[i] = pix[i*stride]
	}
	inv := 1 / float32(2*r+1)
	var sum rgb
	for i := -r; i <= r; i++ {
		sum = sum.plus(line[min(max(i, 0), n-1)])
	}
	for i := range n {
		pix[i*stride] = sum.times(inv)
		in, out := line[min(i+r+1, n-1)], line[max(i-r, 0)]
		sum = rgb{sum.r + in.r - out.r, sum.g + in.g - out.g, sum.b + in.b - out.b}
	}
}

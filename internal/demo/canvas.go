package demo

import (
	"image"
	"image/draw"
	"math"
	"math/rand/v2"

	"golang.org/x/image/vector"
)

// Scenes are drawn in the coordinates of a sheet of this size, whatever the
// canvas has.
const (
	sheetWidth  = 1600
	sheetHeight = 1067
)

// rgb is a colour in linear light; 1 is white, more is a source of light.
type rgb struct{ r, g, b float32 }

// hex turns a colour as designers write it into linear light.
func hex(v uint32) rgb {
	return rgb{linear[v>>16&255], linear[v>>8&255], linear[v&255]}
}

// linear is the light of each value of a screen: hex stands in inner loops.
var linear = func() (t [256]float32) {
	for i := range t {
		t[i] = float32(math.Pow(float64(i)/255, 2.2))
	}
	return t
}()

func (c rgb) times(k float32) rgb { return rgb{c.r * k, c.g * k, c.b * k} }

func (c rgb) plus(d rgb) rgb { return rgb{c.r + d.r, c.g + d.g, c.b + d.b} }

// to mixes two colours: c at 0, d at 1.
func (c rgb) to(d rgb, t float32) rgb {
	return rgb{c.r + (d.r-c.r)*t, c.g + (d.g-c.g)*t, c.b + (d.b-c.b)*t}
}

func (c rgb) light() float32 { return 0.2126*c.r + 0.7152*c.g + 0.0722*c.b }

func unit(t float32) float32 { return min(max(t, 0), 1) }

// step rises smoothly from 0 at a to 1 at b.
func step(a, b, x float32) float32 {
	t := unit((x - a) / (b - a))
	return t * t * (3 - 2*t)
}

func absf(x float32) float32 { return max(x, -x) }

func sqrtf(x float32) float32 { return float32(math.Sqrt(float64(x))) }

func sinf(x float32) float32 { return float32(math.Sin(float64(x))) }

func floorf(x float32) float32 { return float32(math.Floor(float64(x))) }

// canvas is a picture in linear light on which a scene is drawn.
type canvas struct {
	w, h int
	k    float32 // pixels of the canvas for one of the sheet
	pix  []rgb
	rng  *rand.Rand
	tex  *texture
	mask *image.Alpha // scratch of fill
	ras  *vector.Rasterizer
}

func newCanvas(w int, rng *rand.Rand, tex *texture) *canvas {
	h := (w*sheetHeight + sheetWidth/2) / sheetWidth
	return &canvas{w: w, h: h, k: float32(w) / sheetWidth, pix: make([]rgb, w*h), rng: rng, tex: tex}
}

// small returns an empty canvas of 1/n of the size for what is out of focus.
func (c *canvas) small(n int) *canvas { return newCanvas(c.w/n, c.rng, c.tex) }

func (c *canvas) between(a, b float32) float32 { return a + (b-a)*c.rng.Float32() }

// noise is the texture at a point of the sheet; scale is the size of its
// largest clouds in sheet pixels.
func (c *canvas) noise(x, y, scale float32) float32 {
	return c.tex.at(x*128/scale, y*128/scale)
}

// paint calls fn for every pixel in the rows from y0 to y1 (of the sheet).
func (c *canvas) paint(y0, y1 float32, fn func(x, y float32, p *rgb)) {
	c.paintBox(0, y0, sheetWidth, y1, fn)
}

func (c *canvas) paintBox(x0, y0, x1, y1 float32, fn func(x, y float32, p *rgb)) {
	left, right := max(int(x0*c.k), 0), min(int(x1*c.k+1), c.w)
	inv := 1 / c.k
	for y := max(int(y0*c.k), 0); y < min(int(y1*c.k+1), c.h); y++ {
		row := c.pix[y*c.w : (y+1)*c.w]
		for x := left; x < right; x++ {
			fn((float32(x)+0.5)*inv, (float32(y)+0.5)*inv, &row[x])
		}
	}
}

// stop is a colour at a height of the sheet.
type stop struct {
	at float32
	c  rgb
}

// gradient returns the colours between the stops, mixed as the eye would.
func gradient(stops ...stop) func(float32) rgb {
	const n = 512
	first, last := stops[0].at, stops[len(stops)-1].at
	var table [n + 1]rgb
	root := func(c rgb) rgb { return rgb{sqrtf(c.r), sqrtf(c.g), sqrtf(c.b)} }
	for i := range table {
		y := first + (last-first)*float32(i)/n
		j := 0
		for j < len(stops)-2 && y > stops[j+1].at {
			j++
		}
		a, b := stops[j], stops[j+1]
		m := root(a.c).to(root(b.c), step(a.at, b.at, y))
		table[i] = rgb{m.r * m.r, m.g * m.g, m.b * m.b}
	}
	scale := n / (last - first)
	return func(y float32) rgb { return table[int(unit((y-first)*scale/n)*n)] }
}

// sky fills the rows down to y1 with a gradient.
func (c *canvas) sky(y1 float32, stops ...stop) {
	g := gradient(stops...)
	for y := 0; y < min(int(y1*c.k+1), c.h); y++ {
		col := g((float32(y) + 0.5) / c.k)
		row := c.pix[y*c.w : (y+1)*c.w]
		for x := range row {
			row[x] = col
		}
	}
}

// glow adds light around a point, most in the middle, none beyond radius r.
func (c *canvas) glow(cx, cy, r float32, col rgb, strength float32) {
	c.glowOval(cx, cy, r, r, col, strength)
}

func (c *canvas) glowOval(cx, cy, rx, ry float32, col rgb, strength float32) {
	ix, iy := 1/rx, 1/ry
	c.paintBox(cx-rx, cy-ry, cx+rx, cy+ry, func(x, y float32, p *rgb) {
		dx, dy := (x-cx)*ix, (y-cy)*iy
		if d := 1 - dx*dx - dy*dy; d > 0 {
			d *= d * d * strength
			p.r += col.r * d
			p.g += col.g * d
			p.b += col.b * d
		}
	})
}

// disc lays a disc with a soft rim over the picture; bright rims make bokeh.
func (c *canvas) disc(cx, cy, r, soft float32, col rgb, alpha, rim float32) {
	out := r + soft
	c.paintBox(cx-out, cy-out, cx+out, cy+out, func(x, y float32, p *rgb) {
		dx, dy := x-cx, y-cy
		d := sqrtf(dx*dx + dy*dy)
		if d >= out {
			return
		}
		a := alpha * (1 - step(r-soft, out, d))
		if rim > 0 {
			a *= 1 + rim*step(r*0.7, r, d)
		}
		p.r += col.r * a
		p.g += col.g * a
		p.b += col.b * a
	})
}

// pt is a point of the sheet.
type pt struct{ x, y float32 }

// fill lays a shape over the picture; shade gives the colour of each pixel.
func (c *canvas) fill(points []pt, shade func(x, y float32) rgb) {
	c.fillAlpha(points, 1, func(x, y float32, p *rgb, a float32) { *p = p.to(shade(x, y), a) })
}

func (c *canvas) fillFlat(points []pt, col rgb) {
	c.fillAlpha(points, 1, func(_, _ float32, p *rgb, a float32) { *p = p.to(col, a) })
}

// fillAlpha rasterises a closed shape and calls fn with each pixel's coverage.
func (c *canvas) fillAlpha(points []pt, alpha float32, fn func(x, y float32, p *rgb, a float32)) {
	x0, y0, x1, y1 := float32(math.MaxFloat32), float32(math.MaxFloat32), float32(-math.MaxFloat32), float32(-math.MaxFloat32)
	for _, p := range points {
		x0, y0, x1, y1 = min(x0, p.x), min(y0, p.y), max(x1, p.x), max(y1, p.y)
	}
	box := image.Rect(int(x0*c.k)-1, int(y0*c.k)-1, int(x1*c.k)+2, int(y1*c.k)+2).Intersect(image.Rect(0, 0, c.w, c.h))
	if box.Empty() {
		return
	}
	w, h := box.Dx(), box.Dy()
	if c.ras == nil {
		c.ras = vector.NewRasterizer(w, h)
	} else {
		c.ras.Reset(w, h)
	}
	ox, oy := float32(box.Min.X), float32(box.Min.Y)
	for i, p := range points {
		if x, y := p.x*c.k-ox, p.y*c.k-oy; i == 0 {
			c.ras.MoveTo(x, y)
		} else {
			c.ras.LineTo(x, y)
		}
	}
	c.ras.ClosePath()
	if c.mask == nil || len(c.mask.Pix) < w*h {
		c.mask = image.NewAlpha(image.Rect(0, 0, w, h))
	}
	m := &image.Alpha{Pix: c.mask.Pix[:w*h], Stride: w, Rect: image.Rect(0, 0, w, h)}
	c.ras.DrawOp = draw.Src
	c.ras.Draw(m, m.Rect, image.Opaque, image.Point{})
	inv := 1 / c.k
	for y := range h {
		row := c.pix[(y+box.Min.Y)*c.w+box.Min.X:]
		for x, v := range m.Pix[y*w : (y+1)*w] {
			if v != 0 {
				fn((ox+float32(x)+0.5)*inv, (oy+float32(y)+0.5)*inv, &row[x], alpha*float32(v)/255)
			}
		}
	}
}

// line draws a straight line of the given widths at its ends.
func (c *canvas) line(a, b pt, wa, wb float32, col rgb) {
	c.fillFlat(bar(a, b, wa, wb), col)
}

// beam adds light along a line.
func (c *canvas) beam(a, b pt, wa, wb float32, col rgb, strength float32) {
	c.fillAlpha(bar(a, b, wa, wb), strength, func(_, _ float32, p *rgb, t float32) { *p = p.plus(col.times(t)) })
}

func bar(a, b pt, wa, wb float32) []pt {
	dx, dy := b.x-a.x, b.y-a.y
	l := sqrtf(dx*dx+dy*dy) + 1e-6
	nx, ny := -dy/l/2, dx/l/2
	return []pt{{a.x + nx*wa, a.y + ny*wa}, {b.x + nx*wb, b.y + ny*wb}, {b.x - nx*wb, b.y - ny*wb}, {a.x - nx*wa, a.y - ny*wa}}
}

func box(x0, y0, x1, y1 float32) []pt { return []pt{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}} }

func oval(cx, cy, rx, ry float32) []pt {
	const n = 48
	out := make([]pt, n)
	for i := range out {
		s, co := math.Sincos(2 * math.Pi * float64(i) / n)
		out[i] = pt{cx + rx*float32(co), cy + ry*float32(s)}
	}
	return out
}

// smooth returns a closed curve through the points.
func smooth(points []pt) []pt {
	n := len(points)
	var out []pt
	for i := range points {
		p0, p1, p2, p3 := points[(i+n-1)%n], points[i], points[(i+1)%n], points[(i+2)%n]
		for j := range 8 {
			t := float32(j) / 8
			out = append(out, pt{spline(p0.x, p1.x, p2.x, p3.x, t), spline(p0.y, p1.y, p2.y, p3.y, t)})
		}
	}
	return out
}

func spline(a, b, c, d, t float32) float32 {
	return 0.5 * (2*b + (c-a)*t + (2*a-5*b+4*c-d)*t*t + (3*b-a-3*c+d)*t*t*t)
}

// ridge fills everything below a line with a shade; depth is the distance
// below the line.
func (c *canvas) ridge(line func(x float32) float32, shade func(x, y, depth float32) rgb) {
	c.band(line, sheetHeight, shade)
}

// band is a ridge of which nothing below the row bottom will be seen.
func (c *canvas) band(line func(x float32) float32, bottom float32, shade func(x, y, depth float32) rgb) {
	inv := 1 / c.k
	last := min(int(bottom*c.k)+1, c.h)
	for x := range c.w {
		sx := (float32(x) + 0.5) * inv
		top := line(sx) * c.k
		for y := max(int(top), 0); y < last; y++ {
			sy := (float32(y) + 0.5) * inv
			p := &c.pix[y*c.w+x]
			*p = p.to(shade(sx, sy, sy-top*inv), unit(float32(y)+1-top))
		}
	}
}

// mirror turns everything below the horizon into water that reflects what is
// above it; the waves grow towards the viewer.
func (c *canvas) mirror(horizon float32, water rgb, waves, murk float32) {
	hz := int(horizon * c.k)
	inv := 1 / c.k
	for y := hz; y < c.h; y++ {
		d := (float32(y-hz) + 0.5) * inv
		fresnel := unit(murk + (1-murk)*0.75*d/(sheetHeight-horizon))
		stretch := 10 + d*0.22
		far := 300 * float32(math.Log1p(float64(d)/40)) // rows of waves stand closer far away
		for x := range c.w {
			sx := (float32(x) + 0.5) * inv
			n := c.tex.at(sx*18/stretch, far) - 0.5
			n += 0.5 * (c.tex.at(sx*40/stretch+77, far*2.3) - 0.5)
			up := d*0.94 + n*waves*(8+d*0.55)
			from := min(max(hz-1-int(up*c.k), 0), hz-1)
			fx := min(max(x+int(n*waves*d*0.1*c.k), 0), c.w-1)
			col := c.pix[from*c.w+fx].to(water, fresnel)
			c.pix[y*c.w+x] = col.times(1 + n*waves*0.35)
		}
	}
}

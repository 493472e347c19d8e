package picture

import (
	"encoding/binary"
	"image"
	"math"
)

// conversion maps the colours of an RGB profile made of a matrix and three
// curves (ICC.1, section 8.3: what cameras, phones and screens use) to sRGB.
// Profiles of other kinds are taken for sRGB.
type conversion struct {
	linear [3][256]float32 // device value to light
	matrix [3][3]float32   // light of the device to light of sRGB
	encode [4097]uint8     // light of sRGB, 0..4096, to its value
}

// srgbD50 is the inverse of sRGB's colorant matrix as adapted to D50
// (IEC 61966-2-1 through the Bradford transform).
var srgbD50 = [3][3]float64{
	{3.1338561, -1.6168667, -0.4906146},
	{-0.9787684, 1.9161415, 0.0334540},
	{0.0719453, -0.2289914, 1.4052427},
}

// newConversion returns nil if the profile is missing, not understood, or so
// near to sRGB that nobody could see the difference.
func newConversion(profile []byte) *conversion {
	p := iccProfile(profile)
	if !p.isRGB() {
		return nil
	}
	c := &conversion{}
	var device [3][3]float64
	for i, names := range [3][2]string{{"rXYZ", "rTRC"}, {"gXYZ", "gTRC"}, {"bXYZ", "bTRC"}} {
		xyz, ok := p.xyz(names[0])
		curve, okCurve := p.curve(names[1])
		if !ok || !okCurve {
			return nil
		}
		for row := range 3 {
			device[row][i] = xyz[row]
		}
		for v := range 256 {
			c.linear[i][v] = float32(curve(float64(v) / 255))
		}
	}
	for i := range 3 {
		for j := range 3 {
			var sum float64
			for k := range 3 {
				sum += srgbD50[i][k] * device[k][j]
			}
			c.matrix[i][j] = float32(sum)
		}
	}
	for i := range c.encode {
		c.encode[i] = uint8(srgbEncode(float64(i)/4096)*255 + 0.5)
	}
	if c.invisible() {
		return nil
	}
	return c
}

// invisible tries a coarse grid of colours.
func (c *conversion) invisible() bool {
	for r := 0; r < 256; r += 51 {
		for g := 0; g < 256; g += 51 {
			for b := 0; b < 256; b += 51 {
				x, y, z := c.convert(uint8(r), uint8(g), uint8(b))
				if far(x, r) || far(y, g) || far(z, b) {
					return false
				}
			}
		}
	}
	return true
}

func far(a uint8, b int) bool { return int(a) > b+3 || int(a) < b-3 }

func (c *conversion) convert(r, g, b uint8) (uint8, uint8, uint8) {
	lr, lg, lb := c.linear[0][r], c.linear[1][g], c.linear[2][b]
	var out [3]uint8
	for i := range out {
		v := c.matrix[i][0]*lr + c.matrix[i][1]*lg + c.matrix[i][2]*lb
		out[i] = c.encode[int(min(max(v, 0), 1)*4096)]
	}
	return out[0], out[1], out[2]
}

// apply converts in place; nil changes nothing.
func (c *conversion) apply(m *image.NRGBA) {
	if c == nil {
		return
	}
	for i := 0; i+4 <= len(m.Pix); i += 4 {
		m.Pix[i], m.Pix[i+1], m.Pix[i+2] = c.convert(m.Pix[i], m.Pix[i+1], m.Pix[i+2])
	}
}

func srgbEncode(v float64) float64 {
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

// iccProfile is the bytes of a profile. Every access is checked: it came from
// a stranger.
type iccProfile []byte

func (p iccProfile) isRGB() bool {
	return len(p) >= 132 && string(p[16:20]) == "RGB " && string(p[20:24]) == "XYZ " && string(p[36:40]) == "acsp"
}

func (p iccProfile) tag(name string) []byte {
	n := min(binary.BigEndian.Uint32(p[128:]), 100)
	for i := range int(n) {
		at := 132 + 12*i
		if at+12 > len(p) {
			return nil
		}
		if string(p[at:at+4]) != name {
			continue
		}
		from, size := int64(binary.BigEndian.Uint32(p[at+4:])), int64(binary.BigEndian.Uint32(p[at+8:]))
		if from+size > int64(len(p)) || size < 12 {
			return nil
		}
		return p[from : from+size]
	}
	return nil
}

func s15Fixed16(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

func (p iccProfile) xyz(name string) (out [3]float64, ok bool) {
	t := p.tag(name)
	if len(t) < 20 || string(t[:4]) != "XYZ " {
		return out, false
	}
	for i := range out {
		out[i] = s15Fixed16(t[8+4*i:])
	}
	return out, true
}

// curve returns the tone curve: a gamma, a table, or a parametric function.
func (p iccProfile) curve(name string) (func(float64) float64, bool) {
	t := p.tag(name)
	if len(t) < 12 {
		return nil, false
	}
	switch string(t[:4]) {
	case "curv":
		return tableCurve(t)
	case "para":
		return parametricCurve(t)
	}
	return nil, false
}

func tableCurve(t []byte) (func(float64) float64, bool) {
	n := int64(binary.BigEndian.Uint32(t[8:]))
	if n == 0 {
		return func(v float64) float64 { return v }, true
	}
	if 12+2*n > int64(len(t)) {
		return nil, false
	}
	at := func(i int64) float64 { return float64(binary.BigEndian.Uint16(t[12+2*i:])) }
	if n == 1 {
		gamma := at(0) / 256
		return func(v float64) float64 { return math.Pow(v, gamma) }, true
	}
	return func(v float64) float64 {
		x := v * float64(n-1)
		i := min(int64(x), n-2)
		part := x - float64(i)
		return (at(i)*(1-part) + at(i+1)*part) / 65535
	}, true
}

// parametricCurve implements the five functions of ICC.1:2010, table 65.
func parametricCurve(t []byte) (func(float64) float64, bool) {
	counts := [...]int{1, 3, 4, 5, 7}
	kind := int(binary.BigEndian.Uint16(t[8:]))
	if kind >= len(counts) || len(t) < 12+4*counts[kind] {
		return nil, false
	}
	var v [7]float64
	for i := range counts[kind] {
		v[i] = s15Fixed16(t[12+4*i:])
	}
	g, a, b, c, d, e, f := v[0], v[1], v[2], v[3], v[4], v[5], v[6]
	switch kind {
	case 0:
		a, d = 1, -1
	case 1, 2:
		if a == 0 {
			return nil, false
		}
		e, f, c, d = c, c, 0, -b/a
	}
	return func(x float64) float64 {
		y := c*x + f
		if x >= d {
			y = math.Pow(max(a*x+b, 0), g) + e
		}
		if math.IsNaN(y) {
			return 0
		}
		return min(max(y, 0), 1)
	}, true
}

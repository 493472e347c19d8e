package demo

import (
	"math"
	"math/rand/v2"
)

// textureSize is a power of two, so that the texture repeats by a mask.
const textureSize = 512

// texture is cloud-like noise between 0 and 1 that repeats without a seam. It
// is read only once it is made.
type texture struct {
	v     []float32
	grain []float32 // of film: mean 0, for each pixel by itself
}

func newTexture(rng *rand.Rand) *texture {
	t := &texture{v: make([]float32, textureSize*textureSize), grain: make([]float32, 256*256)}
	amp := float32(0.5)
	for cells := 4; cells <= textureSize/2; cells *= 2 {
		t.addOctave(rng, cells, amp)
		amp *= 0.52
	}
	lo, hi := t.v[0], t.v[0]
	for _, v := range t.v {
		lo, hi = min(lo, v), max(hi, v)
	}
	for i, v := range t.v {
		t.v[i] = (v - lo) / (hi - lo)
	}
	for i := range t.grain {
		t.grain[i] = rng.Float32() + rng.Float32() + rng.Float32() - 1.5
	}
	return t
}

func (t *texture) addOctave(rng *rand.Rand, cells int, amp float32) {
	lattice := make([]float32, cells*cells)
	for i := range lattice {
		lattice[i] = rng.Float32()
	}
	size := textureSize / cells
	for y := range textureSize {
		y0 := y / size
		fy := smoothUnit(float32(y%size) / float32(size))
		r0, r1 := lattice[y0*cells:(y0+1)*cells], lattice[(y0+1)%cells*cells:]
		for x := range textureSize {
			x0 := x / size
			x1 := (x0 + 1) % cells
			fx := smoothUnit(float32(x%size) / float32(size))
			a := r0[x0] + (r0[x1]-r0[x0])*fx
			b := r1[x0] + (r1[x1]-r1[x0])*fx
			t.v[y*textureSize+x] += amp * (a + (b-a)*fy)
		}
	}
}

func smoothUnit(t float32) float32 { return t * t * (3 - 2*t) }

// at returns the noise at a point, 128 units being the largest clouds.
func (t *texture) at(x, y float32) float32 {
	x += 1 << 16
	y += 1 << 16
	xi, yi := int(x), int(y)
	fx, fy := x-float32(xi), y-float32(yi)
	x0, y0 := xi&(textureSize-1), yi&(textureSize-1)*textureSize
	x1, y1 := (xi+1)&(textureSize-1), (yi+1)&(textureSize-1)*textureSize
	a := t.v[y0+x0] + (t.v[y0+x1]-t.v[y0+x0])*fx
	b := t.v[y1+x0] + (t.v[y1+x1]-t.v[y1+x0])*fx
	return a + (b-a)*fy
}

// outline is a line like a ridge's: octaves of noise in one dimension, about
// -1 to 1, rough by the given share of each finer octave.
type outline struct {
	seed   uint64
	length float32 // of the largest swell
	rough  float32
	fine   int
}

func (o outline) at(x float32) float32 {
	var sum float32
	amp, f := float32(1), 1/o.length
	for i := range o.fine {
		p := x*f + 1000
		n := floorf(p)
		t := smoothUnit(p - n)
		k := o.seed + uint64(i)*977
		a, b := hashUnit(k, uint64(n)), hashUnit(k, uint64(n)+1)
		sum += amp * (a + (b-a)*t - 0.5)
		amp *= o.rough
		f *= 2.03
	}
	return 2 * sum
}

// hashUnit returns a number in [0, 1) that depends on both arguments alone.
func hashUnit(a, b uint64) float32 { return float32(mix(a, b)>>40) / (1 << 24) }

// mix is the finisher of SplitMix64 over two numbers.
func mix(a, b uint64) uint64 {
	z := a*0x9e3779b97f4a7c15 + b*0xd1342543de82ef95 + 0x2545f4914f6cdd1d
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func powf(x, y float32) float32 { return float32(math.Pow(float64(x), float64(y))) }

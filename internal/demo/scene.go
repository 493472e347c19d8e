package demo

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"runtime"
	"sync"

	"warta/internal/fault"
)

// scene is one picture that the program can draw, and what its caption says.
type scene struct {
	name    string // of the file
	draw    func(c *canvas, variant int) look
	variant int
	tags    string // words by which stories choose it
	caption string
	alt     string
	by      int // index of the illustrator
	x, y    float64
}

// drawn is a scene as a file.
type drawn struct {
	scene
	jpeg []byte
}

const jpegQuality = 85

// drawAll draws the scenes at the given width, as many at a time as there are
// processors, and hands them to use in their order.
func drawAll(ctx context.Context, list []scene, seed uint64, width int, use func(drawn) error) (err error) {
	defer fault.Wrap(&err, "draw %d pictures", len(list))
	tex := newTexture(rand.New(rand.NewPCG(seed, 0x7e87)))
	ctx, stop := context.WithCancel(ctx)
	results := make([]chan drawn, len(list))
	for i := range results {
		results[i] = make(chan drawn, 1)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	next := make(chan int)
	wg.Go(func() {
		defer close(next)
		for i := range list {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	})
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				results[i] <- list[i].paint(tex, seed, width)
			}
		})
	}
	for i := range list {
		select {
		case d := <-results[i]:
			if err := use(d); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// develop returns the scene as pixels.
func (s scene) develop(tex *texture, seed uint64, width int) *image.RGBA {
	var key uint64
	for _, r := range s.name {
		key = mix(key, uint64(r))
	}
	c := newCanvas(width, rand.New(rand.NewPCG(seed, key)), tex)
	return c.develop(s.draw(c, s.variant))
}

func (s scene) paint(tex *texture, seed uint64, width int) drawn {
	m := s.develop(tex, seed, width)
	var out bytes.Buffer
	// Encoding into memory fails only for pictures of impossible size.
	_ = jpeg.Encode(&out, m, &jpeg.Options{Quality: jpegQuality})
	return drawn{scene: s, jpeg: out.Bytes()}
}

func newRand(a, b uint64) *rand.Rand { return rand.New(rand.NewPCG(a, b)) }

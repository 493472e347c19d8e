package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"image"
	"image/jpeg"
	"math"
	"strings"
	"testing"
)

const testWidth = 160

func drawTest(t testing.TB, seed uint64) (out []drawn) {
	t.Helper()
	err := drawAll(t.Context(), scenes(), seed, testWidth, func(d drawn) error {
		out = append(out, d)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestScenes(t *testing.T) {
	t.Parallel()
	list := drawTest(t, 1)
	t.Run("there are at most 40, with names, captions and descriptions of their own", func(t *testing.T) {
		t.Parallel()
		if len(list) > 40 || len(list) < 30 {
			t.Errorf("%d pictures", len(list))
		}
		seen, hashes := map[string]bool{}, map[[32]byte]string{}
		for _, d := range list {
			for _, key := range []string{d.name, d.alt} {
				if seen[key] || key == "" {
					t.Errorf("%s: %q is empty or there twice", d.name, key)
				}
				seen[key] = true
			}
			if !strings.HasPrefix(d.caption, "Ilustrasi ") || !strings.HasSuffix(d.caption, ".") {
				t.Errorf("%s: the caption %q does not say that it is an illustration", d.name, d.caption)
			}
			if d.x <= 0 || d.x >= 1 || d.y <= 0 || d.y >= 1 || d.by >= len(illustrators) {
				t.Errorf("%s: focal point %v, %v, by %d", d.name, d.x, d.y, d.by)
			}
			sum := sha256.Sum256(d.jpeg)
			if other, ok := hashes[sum]; ok {
				t.Errorf("%s looks like %s", d.name, other)
			}
			hashes[sum] = d.name
		}
	})
	for _, d := range list {
		t.Run(d.name+" is a picture with light and dark in it", func(t *testing.T) {
			t.Parallel()
			m, err := jpeg.Decode(bytes.NewReader(d.jpeg))
			if err != nil {
				t.Fatal(err)
			}
			if m.Bounds().Dx() != testWidth || m.Bounds().Dy() != 107 {
				t.Errorf("the size is %v", m.Bounds())
			}
			mean, spread := luminance(m)
			if mean < 12 || mean > 215 || spread < 14 {
				t.Errorf("mean luminance %.1f, spread %.1f", mean, spread)
			}
		})
	}
	t.Run("the same seed draws the same, another seed differs", func(t *testing.T) {
		t.Parallel()
		again, other := drawTest(t, 1), drawTest(t, 2)
		same := 0
		for i := range list {
			if !bytes.Equal(list[i].jpeg, again[i].jpeg) {
				t.Errorf("%s differs between two runs", list[i].name)
			}
			if bytes.Equal(list[i].jpeg, other[i].jpeg) {
				same++
			}
		}
		if same > 0 {
			t.Errorf("%d pictures do not depend on the seed", same)
		}
	})
	t.Run("a failure of who takes them ends the drawing", func(t *testing.T) {
		t.Parallel()
		broken, n := errors.New("full"), 0
		err := drawAll(context.Background(), scenes(), 1, 32, func(drawn) error {
			if n++; n == 3 {
				return broken
			}
			return nil
		})
		if !errors.Is(err, broken) || n != 3 {
			t.Errorf("error %v after %d pictures", err, n)
		}
	})
}

func luminance(m image.Image) (mean, spread float64) {
	var sum, squares, n float64
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := m.At(x, y).RGBA()
			l := (0.2126*float64(r) + 0.7152*float64(g) + 0.0722*float64(bl)) / 257
			sum, squares, n = sum+l, squares+l*l, n+1
		}
	}
	mean = sum / n
	return mean, math.Sqrt(max(squares/n-mean*mean, 0))
}

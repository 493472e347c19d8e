package picture_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/gobold"

	"warta/internal/picture"
)

func TestMarksHaveTheirSizeAndSomethingOnThem(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Kabar Nusantara", "", strings.Repeat("Sangat Panjang ", 20), "É"} {
		m := picture.Mark{Font: gobold.TTF, Name: name}
		for _, tt := range []struct {
			draw          func() ([]byte, error)
			width, height int
		}{{m.Logo, picture.LogoWidth, picture.LogoHeight}, {m.Icon, picture.IconSize, picture.IconSize}} {
			data, err := tt.draw()
			if err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			img, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			if b := img.Bounds(); b.Dx() != tt.width || b.Dy() != tt.height {
				t.Errorf("%q: %v, want %d by %d", name, b, tt.width, tt.height)
			}
			colours := map[[3]uint32]bool{}
			for y := range tt.height {
				for x := range tt.width {
					r, g, b, _ := img.At(x, y).RGBA()
					colours[[3]uint32{r, g, b}] = true
				}
			}
			if name != "" && len(colours) < 3 {
				t.Errorf("%q: nothing is drawn", name)
			}
		}
	}
}

package picture_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/disintegration/imaging"

	"warta/internal/fault"
	"warta/internal/picture"
)

func decode(t *testing.T, file []byte) *picture.Image {
	t.Helper()
	m, err := picture.Decode(bytes.NewReader(file), picture.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDecodeKnowsTheFourFormats(t *testing.T) {
	t.Parallel()
	src := quarters(60, 40)
	for mime, c := range map[string]struct {
		file []byte
		by   int // how far colours may be off
	}{
		"image/jpeg": {asJPEG(t, src), 5}, "image/png": {asPNG(t, src), 0},
		"image/gif":  {asGIF(t, src), 48}, // the palette is coarse
		"image/webp": {asWebP(t, src), 5},
	} {
		t.Run(mime, func(t *testing.T) {
			t.Parallel()
			file := c.file
			m := decode(t, file)
			if m.MIME != mime || m.Width != 60 || m.Height != 40 || m.Bytes != int64(len(file)) || m.Memory < 60*40 {
				t.Errorf("header is %+v", m.Header)
			}
			out := m.Render(picture.Cut{})
			for _, p := range []image.Point{{10, 8}, {50, 8}, {10, 32}, {50, 32}} {
				if got, want := out.NRGBAAt(p.X, p.Y), src.NRGBAAt(p.X, p.Y); !near(got, want, c.by) {
					t.Errorf("at %v: %v, want %v", p, got, want)
				}
			}
		})
	}
}

// pngOf writes a PNG header of any size and nothing else that is true.
func pngOf(w, h uint32) []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, h), 8, 6, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(ihdr))
}

func webpOf(chunks ...string) []byte {
	body := "WEBP" + strings.Join(chunks, "")
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func chunk(name, data string) string {
	c := name + string(binary.LittleEndian.AppendUint32(nil, uint32(len(data)))) + data
	if len(data)%2 == 1 {
		c += "\x00"
	}
	return c
}

func TestHostileInput(t *testing.T) {
	t.Parallel()
	good := asJPEG(t, quarters(600, 400))
	goodPNG := asPNG(t, noise(300, 200))
	goodWebP := asWebP(t, scene(300, 200))
	scan := string(good[bytes.Index(good, []byte("\xff\xda")):])
	frame := "\x00\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f" // a key frame of 16,383 × 16,383
	for _, c := range []struct {
		name string
		file []byte
		want fault.Kind
	}{
		{"nothing", nil, fault.Invalid},
		{"a text", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), fault.Invalid},
		{"only the magic of a JPEG", []byte("\xff\xd8\xff"), fault.Invalid},
		{"only the magic of a PNG", []byte("\x89PNG\r\n\x1a\n"), fault.Invalid},
		{"only the magic of a GIF", []byte("GIF89a"), fault.Invalid},
		{"only the magic of a WebP", webpOf(), fault.Invalid},
		{"a truncated JPEG", good[:len(good)/2], fault.Invalid},
		{"a JPEG cut in its header", good[:100], fault.Invalid},
		{"a truncated PNG", goodPNG[:len(goodPNG)/2], fault.Invalid},
		{"a truncated WebP", goodWebP[:len(goodWebP)/2], fault.Invalid},
		{"a JPEG of noise", append([]byte("\xff\xd8\xff\xe0"), noise(50, 50).Pix...), fault.Invalid},
		{"a PNG of 60,000 pixels a side", pngOf(60_000, 60_000), fault.TooLarge},
		{"a PNG of one enormous row", pngOf(2_000_000, 1), fault.TooLarge},
		{"a PNG without pixels", pngOf(0, 10), fault.Invalid},
		{"a GIF of 65,535 pixels a side", []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00"), fault.TooLarge},
		{"a WebP of 16,383 pixels a side", webpOf(chunk("VP8 ", frame)), fault.TooLarge},
		{"a large frame on a small canvas", webpOf(chunk("VP8X", "\x00\x00\x00\x00\x09\x00\x00\x09\x00\x00"), chunk("VP8 ", frame)), fault.Invalid},
		{"a moving WebP", webpOf(chunk("VP8X", "\x02\x00\x00\x00\x09\x00\x00\x09\x00\x00"), chunk("ANIM", "123456")), fault.Invalid},
		{"a JPEG of 100 scans", append(good[:len(good)-2:len(good)-2], strings.Repeat(scan[:len(scan)-2], 100)...), fault.Invalid},
		{"a PNG of endless tiny chunks", append(pngOf(10, 10), bytes.Repeat([]byte("\x00\x00\x00\x00teXt\x00\x00\x00\x00"), 20_000)...), fault.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := picture.Decode(bytes.NewReader(c.file), picture.Limits{})
			if fault.KindOf(err) != c.want {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if msg := fault.Message(err); !strings.Contains(msg, "please") || strings.Contains(msg, "unexpected EOF") {
				t.Errorf("the message names no remedy, or tells internals: %q", msg)
			}
		})
	}
}

func TestLimitsAreOptions(t *testing.T) {
	t.Parallel()
	file := asPNG(t, noise(100, 100))
	for _, c := range []struct {
		name   string
		limits picture.Limits
		ok     bool
	}{
		{"within both", picture.Limits{Bytes: int64(len(file)), Pixels: 10_000}, true},
		{"one byte over", picture.Limits{Bytes: int64(len(file)) - 1, Pixels: 10_000}, false},
		{"one pixel over", picture.Limits{Bytes: int64(len(file)), Pixels: 9_999}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := picture.Inspect(bytes.NewReader(file), c.limits)
			if (err == nil) != c.ok || err != nil && !fault.Is(err, fault.TooLarge) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOrientationIsHonoured(t *testing.T) {
	t.Parallel()
	src := quarters(120, 80)
	// What a viewer has to do with stored pixels, by EXIF value.
	turn := map[int]func(image.Image) *image.NRGBA{
		1: imaging.Clone, 2: imaging.FlipH, 3: imaging.Rotate180, 4: imaging.FlipV,
		5: imaging.Transpose, 6: imaging.Rotate270, 7: imaging.Transverse, 8: imaging.Rotate90,
	}
	for o, turned := range turn {
		t.Run(fmt.Sprintf("value %d", o), func(t *testing.T) {
			t.Parallel()
			want := turned(src)
			file := withSegment(asJPEG(t, src), 0xe1, exif(uint16(o), nil))
			m := decode(t, file)
			if m.Width != want.Rect.Dx() || m.Height != want.Rect.Dy() {
				t.Fatalf("size is %d×%d, want %v", m.Width, m.Height, want.Rect)
			}
			for _, cut := range []picture.Cut{{}, {Width: 30}, {RatioW: 1, RatioH: 1, FocalX: 0, FocalY: 0}, {RatioW: 16, RatioH: 9, FocalX: 1, FocalY: 1, Width: 20}} {
				got := m.Render(cut)
				ref := picture.FromImage(want).Render(cut)
				if got.Rect != ref.Rect {
					t.Fatalf("%+v is %v, want %v", cut, got.Rect, ref.Rect)
				}
				w, h := got.Rect.Dx(), got.Rect.Dy()
				for _, p := range []image.Point{{w / 8, h / 8}, {w - 1 - w/8, h / 8}, {w / 8, h - 1 - h/8}, {w - 1 - w/8, h - 1 - h/8}} {
					if !near(got.NRGBAAt(p.X, p.Y), ref.NRGBAAt(p.X, p.Y), 16) {
						t.Errorf("%+v at %v: %v, want %v", cut, p, got.NRGBAAt(p.X, p.Y), ref.NRGBAAt(p.X, p.Y))
					}
				}
			}
		})
	}
}

func TestCutsKeepTheFocalPoint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		w, h   int
		cut    picture.Cut
		ow, oh int
		// where the red dot at the focal point has to be, as a share
		x, y float64
	}{
		{"a square around a point at the right", 400, 200, picture.Cut{RatioW: 1, RatioH: 1, FocalX: .6, FocalY: .5}, 200, 200, .5, .5},
		{"a square stops at the border", 400, 200, picture.Cut{RatioW: 1, RatioH: 1, FocalX: .95, FocalY: .5}, 200, 200, .9, .5},
		{"16:9 of a portrait keeps the top", 180, 400, picture.Cut{RatioW: 16, RatioH: 9, FocalX: .5, FocalY: .2, Width: 90}, 90, 51, .5, .5},
		{"4:3 is not enlarged", 100, 100, picture.Cut{RatioW: 4, RatioH: 3, FocalX: .5, FocalY: .5, Width: 900}, 100, 75, .5, .5},
		{"the whole picture in half size", 300, 200, picture.Cut{FocalX: .5, FocalY: .5, Width: 150}, 150, 100, .5, .5},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			src := image.NewNRGBA(image.Rect(0, 0, c.w, c.h))
			fx, fy := int(c.cut.FocalX*float64(c.w)), int(c.cut.FocalY*float64(c.h))
			for y := range c.h {
				for x := range c.w {
					v := color.NRGBA{A: 255}
					if (x-fx)*(x-fx)+(y-fy)*(y-fy) < 64 {
						v.R = 255
					}
					src.SetNRGBA(x, y, v)
				}
			}
			out := picture.FromImage(src).Render(c.cut)
			if out.Rect.Dx() != c.ow || out.Rect.Dy() != c.oh {
				t.Fatalf("size is %v, want %d×%d", out.Rect, c.ow, c.oh)
			}
			if got := out.NRGBAAt(int(c.x*float64(c.ow)), int(c.y*float64(c.oh))); got.R < 200 {
				t.Errorf("the focal point is not at %v, %v: %v", c.x, c.y, got)
			}
		})
	}
}

func TestHalvedLevelsLookLikeTheOriginal(t *testing.T) {
	t.Parallel()
	src := scene(1501, 999) // odd sides
	m := picture.FromImage(src)
	for _, width := range []int{900, 400, 200, 96} {
		got := m.Render(picture.Cut{Width: width})
		want := imaging.Resize(src, width, got.Rect.Dy(), imaging.Lanczos)
		var worst, sum int
		for i := range got.Pix {
			d := int(got.Pix[i]) - int(want.Pix[i])
			worst, sum = max(worst, d, -d), sum+max(d, -d)
		}
		if mean := float64(sum) / float64(len(got.Pix)); mean > 1.5 || worst > 40 {
			t.Errorf("width %d differs by %.2f on average and %d at worst", width, mean, worst)
		}
	}
}

func TestTransparentPixelsDoNotBleed(t *testing.T) {
	t.Parallel()
	src := image.NewNRGBA(image.Rect(0, 0, 400, 400))
	for y := range 400 {
		for x := range 400 {
			c := color.NRGBA{R: 255, A: 0} // red, but invisible
			if x < 200 {
				c = color.NRGBA{B: 255, A: 255}
			}
			src.SetNRGBA(x, y, c)
		}
	}
	out := picture.FromImage(src).Render(picture.Cut{Width: 50})
	if c := out.NRGBAAt(10, 25); c != (color.NRGBA{B: 255, A: 255}) {
		t.Errorf("the opaque half is %v", c)
	}
	if c := out.NRGBAAt(24, 25); c.R > 8 {
		t.Errorf("the invisible red shows at the edge: %v", c)
	}
	if c := picture.FromImage(src).Mean(); !near(c, color.NRGBA{R: 127, G: 127, B: 255, A: 255}, 3) {
		t.Errorf("the mean on white is %v", c)
	}
}

func TestTone(t *testing.T) {
	t.Parallel()
	for c, want := range map[color.NRGBA]int{
		{A: 255}: 0, {R: 255, G: 255, B: 255, A: 255}: 63, {R: 200, G: 100, B: 10, A: 255}: 3<<4 | 1<<2,
	} {
		m := image.NewNRGBA(image.Rect(0, 0, 50, 50))
		for i := 0; i < len(m.Pix); i += 4 {
			copy(m.Pix[i:], []byte{c.R, c.G, c.B, c.A})
		}
		if got := picture.FromImage(m).Tone(); got != want {
			t.Errorf("tone of %v is %d, want %d", c, got, want)
		}
	}
}

func FuzzInspect(f *testing.F) {
	src := quarters(16, 12)
	jpg := asJPEG(f, src)
	f.Add(jpg)
	f.Add(withSegment(jpg, 0xe1, exif(6, map[uint16]string{0x010e: "x"})))
	f.Add(withSegment(jpg, 0xe2, "ICC_PROFILE\x00\x01\x01"+string(profile(adobeMatrix, 2.2))))
	f.Add(asPNG(f, src))
	f.Add(asGIF(f, src))
	f.Add(asWebP(f, src))
	f.Add(webpOf(chunk("VP8X", "\x00\x00\x00\x00\x09\x00\x00\x09\x00\x00")))
	f.Fuzz(func(t *testing.T, file []byte) {
		limits := picture.Limits{Pixels: 100_000}
		h, err := picture.Inspect(bytes.NewReader(file), limits)
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge {
				t.Fatalf("kind %v: %v", k, err)
			}
			return
		}
		if h.Width < 1 || h.Height < 1 || h.Width*h.Height > 100_000 {
			t.Fatalf("size %d×%d passed", h.Width, h.Height)
		}
		m, err := picture.Decode(bytes.NewReader(file), limits)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("decode: %v", err)
			}
			return
		}
		if out := m.Render(picture.Cut{RatioW: 1, RatioH: 1, FocalX: .5, FocalY: .4, Width: 8}); out.Rect.Dx() != out.Rect.Dy() {
			t.Fatalf("a square is %v", out.Rect)
		}
	})
}

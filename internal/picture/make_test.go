package picture_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"testing"

	"warta/internal/picture"
)

// quarters draws red, green, blue and grey quarters, so that every orientation
// can be told from every other.
func quarters(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{R: 220, G: 30, B: 30, A: 255}
			switch {
			case x >= w/2 && y < h/2:
				c = color.NRGBA{R: 30, G: 200, B: 30, A: 255}
			case x < w/2 && y >= h/2:
				c = color.NRGBA{R: 30, G: 30, B: 220, A: 255}
			case x >= w/2:
				c = color.NRGBA{R: 128, G: 128, B: 128, A: 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

// scene is smooth with some texture, as photographs are.
func scene(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	seed := uint32(1)
	for y := range h {
		for x := range w {
			seed = seed*1664525 + 1013904223
			v := 40*math.Sin(float64(x)/90) + 40*math.Cos(float64(y)/70) + float64(seed>>29)
			m.SetNRGBA(x, y, color.NRGBA{R: uint8(130 + v), G: uint8(110 + v/2), B: uint8(100 - v/2), A: 255})
		}
	}
	return m
}

// noise cannot be compressed.
func noise(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	seed := uint32(7)
	for i := range m.Pix {
		seed = seed*1664525 + 1013904223
		m.Pix[i] = byte(seed >> 24)
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asGIF(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asWebP(t testing.TB, m *image.NRGBA) []byte {
	t.Helper()
	b, err := picture.WebP(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// withSegment puts an application segment behind a JPEG's first marker.
func withSegment(file []byte, marker byte, data string) []byte {
	seg := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2))
	return bytes.Join([][]byte{file[:2], seg, []byte(data), file[2:]}, nil)
}

// exif builds an EXIF block of ASCII tags and the orientation, and a GPS
// folder with a latitude reference, as phones write it.
func exif(orientation uint16, texts map[uint16]string) string {
	le := binary.LittleEndian
	b := []byte("II*\x00\x08\x00\x00\x00")
	tags := []uint16{}
	for _, t := range []uint16{0x010e, 0x013b, 0x8298} {
		if _, ok := texts[t]; ok {
			tags = append(tags, t)
		}
	}
	n := len(tags) + 1
	data := 8 + 2 + 12*n + 4
	var tail []byte
	b = le.AppendUint16(b, uint16(n))
	entry := func(tag, kind uint16, count, value uint32) {
		b = le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(b, tag), kind), count), value)
	}
	if len(tags) > 0 && tags[0] == 0x010e {
		entry(0x010e, 2, uint32(len(texts[0x010e])+1), uint32(data+len(tail)))
		tail = append(append(tail, texts[0x010e]...), 0)
		tags = tags[1:]
	}
	entry(0x0112, 3, 1, uint32(orientation))
	for _, t := range tags {
		entry(t, 2, uint32(len(texts[t])+1), uint32(data+len(tail)))
		tail = append(append(tail, texts[t]...), 0)
	}
	b = le.AppendUint32(b, 0)
	return "Exif\x00\x00" + string(append(b, tail...))
}

// iptc builds a Photoshop block with application records.
func iptc(records map[byte]string) string {
	var rec []byte
	for _, id := range []byte{40, 55, 60, 80, 110, 115, 116, 120} {
		if s, ok := records[id]; ok {
			rec = binary.BigEndian.AppendUint16(append(rec, 0x1c, 2, id), uint16(len(s)))
			rec = append(rec, s...)
		}
	}
	if len(rec)%2 == 1 {
		rec = append(rec, 0)
	}
	head := append([]byte("Photoshop 3.0\x008BIM\x04\x04\x00\x00"), binary.BigEndian.AppendUint32(nil, uint32(len(rec)))...)
	return string(append(head, rec...))
}

const xmpHead = "http://ns.adobe.com/xap/1.0/\x00"

// profile builds a matrix profile with one gamma for all colours.
func profile(matrix [3][3]float64, gamma float64) []byte {
	be := binary.BigEndian
	fix := func(b []byte, v float64) []byte { return be.AppendUint32(b, uint32(int32(v*65536))) }
	names := []string{"rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"}
	out := make([]byte, 128)
	copy(out[12:], "mntrRGB XYZ ")
	copy(out[36:], "acsp")
	out = be.AppendUint32(out, uint32(len(names)))
	at := 132 + 12*len(names)
	var data []byte
	for i, name := range names {
		out = append(out, name...)
		out = be.AppendUint32(be.AppendUint32(out, uint32(at+len(data))), 20)
		if i < 3 {
			data = append(data, "XYZ \x00\x00\x00\x00"...)
			for row := range 3 {
				data = fix(data, matrix[row][i])
			}
			continue
		}
		data = append(data, "para\x00\x00\x00\x00\x00\x00\x00\x00"...)
		data = append(fix(data, gamma), 0, 0, 0, 0)
	}
	return append(out, data...)
}

// Colorants as adapted to D50, columns red, green, blue.
var (
	srgbMatrix  = [3][3]float64{{0.4360747, 0.3850649, 0.1430804}, {0.2225045, 0.7168786, 0.0606169}, {0.0139322, 0.0971045, 0.7141733}}
	adobeMatrix = [3][3]float64{{0.6097559, 0.2052401, 0.1492240}, {0.3111242, 0.6256560, 0.0632197}, {0.0194811, 0.0608902, 0.7448387}}
)

func near(a, b color.NRGBA, by int) bool {
	d := func(x, y uint8) bool { return int(x)-int(y) <= by && int(y)-int(x) <= by }
	return d(a.R, b.R) && d(a.G, b.G) && d(a.B, b.B) && d(a.A, b.A)
}

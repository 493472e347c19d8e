package media

import (
	"crypto/rand"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Crop names a cut of a picture. Every crop keeps the focal point.
type Crop string

// The crops.
const (
	Orig    Crop = "orig" // the whole picture
	Wide    Crop = "16x9"
	Classic Crop = "4x3"
	Square  Crop = "1x1"
)

// Crops lists every crop; a picture gets one address for each.
func Crops() []Crop { return []Crop{Orig, Wide, Classic, Square} }

// Valid reports whether c is one of Crops.
func (c Crop) Valid() bool { return slices.Contains(Crops(), c) }

// Ratio returns width : height of the crop, and 0, 0 for the whole picture.
func (c Crop) Ratio() (w, h int) {
	switch c {
	case Wide:
		return 16, 9
	case Classic:
		return 4, 3
	case Square:
		return 1, 1
	}
	return 0, 0
}

// Format of a rendition.
type Format string

// The formats: WebP for pages, JPEG for share cards and feeds.
const (
	WebP Format = "webp"
	JPEG Format = "jpg"
)

// MIME returns the format's media type.
func (f Format) MIME() string {
	if f == JPEG {
		return "image/jpeg"
	}
	return "image/webp"
}

// JPEGWidth is the one width of JPEG renditions, and JPEGLimit the most bytes
// that one may have: messengers refuse larger share cards.
const (
	JPEGWidth = 1200
	JPEGLimit = 300_000
)

// Fixed widths of WebP renditions: 96 and 192 for squares in lists at one and
// two dots a pixel, the rest from phones to a full-bleed lead.
var (
	webpWidths = [...]int{96, 192, 320, 480, 640, 960, 1280, 1600}
)

// ValidSize reports whether renditions of this width and format exist.
func ValidSize(width int, f Format) bool {
	if f == JPEG {
		return width == JPEGWidth
	}
	return f == WebP && slices.Contains(webpWidths[:], width)
}

// CropSize returns the pixels of a crop cut from the original.
func (p Picture) CropSize(c Crop) (w, h int) {
	rw, rh := c.Ratio()
	if rw == 0 || p.Width <= 0 || p.Height <= 0 {
		return p.Width, p.Height
	}
	if p.Width*rh > p.Height*rw {
		return max(1, (p.Height*rw+rh/2)/rh), p.Height
	}
	return p.Width, max(1, (p.Width*rh+rw/2)/rw)
}

// RenditionSize returns the pixels that a rendition really has: a picture is
// never enlarged, so a rendition of a small one is narrower than its name.
func (p Picture) RenditionSize(c Crop, width int) (w, h int) {
	cw, ch := p.CropSize(c)
	if cw <= width || cw == 0 {
		return cw, ch
	}
	return width, max(1, (ch*width+cw/2)/cw)
}

// Widths lists the WebP widths worth naming in a page, ascending: all that the
// crop can fill, and one more, at the crop's own width, if it is between two.
func (p Picture) Widths(c Crop) []int {
	cw, _ := p.CropSize(c)
	var out []int
	for _, w := range webpWidths {
		if w < 320 && c != Square && cw > w {
			continue // the small ones are for squares in lists
		}
		out = append(out, w)
		if w >= cw {
			break
		}
	}
	return out
}

// Path returns the public path of a rendition: /media/{token}/{width}.{format}.
func Path(token string, width int, f Format) string {
	return "/media/" + token + "/" + strconv.Itoa(width) + "." + string(f)
}

// PreviewPath returns the path of a rendition for staff, whether the picture is
// public or not: /newsroom/media/{id}/{crop}/{width}.{format}.
func PreviewPath(id int64, c Crop, width int, f Format) string {
	return "/newsroom/media/" + strconv.FormatInt(id, 10) + "/" + string(c) + "/" + strconv.Itoa(width) + "." + string(f)
}

// ParseFile splits the last part of a public path ("640.webp") and reports
// whether renditions of that kind exist.
func ParseFile(name string) (width int, f Format, ok bool) {
	num, ext, found := strings.Cut(name, ".")
	width, err := strconv.Atoi(num)
	if !found || err != nil || strconv.Itoa(width) != num || !ValidSize(width, Format(ext)) {
		return 0, "", false
	}
	return width, Format(ext), true
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// tokenLength base-62 digits hold more than 128 random bits.
const tokenLength = 22

// NewToken returns a fresh random token: 22 digits of base 62.
func NewToken() string {
	n := new(big.Int).Exp(big.NewInt(62), big.NewInt(tokenLength), nil)
	v, err := rand.Int(rand.Reader, n)
	if err != nil { // crypto/rand does not fail on the systems that we run on
		panic("media: no randomness: " + err.Error())
	}
	out := make([]byte, tokenLength)
	d, base := new(big.Int), big.NewInt(62)
	for i := range out {
		v.DivMod(v, base, d)
		out[i] = base62[d.Int64()]
	}
	return string(out)
}

// ValidToken reports whether s has the form of a token.
func ValidToken(s string) bool { return len(s) == tokenLength && strings.Trim(s, base62) == "" }

// NewAddresses returns one address with a fresh token for every crop, without
// the picture's id.
func NewAddresses() []Address {
	var out []Address
	for _, c := range Crops() {
		out = append(out, Address{Token: NewToken(), Crop: c})
	}
	return out
}

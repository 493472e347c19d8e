package picture

import (
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bep/imagemeta"
)

// Metadata is what the file says about the picture in words. Position, serial
// numbers and the rest of what a file gives away is never read.
type Metadata struct {
	Caption      string
	Credit       string // provider, as the agency wants it printed
	Photographer string
	Copyright    string
	Source       string
	Alt          string
	Rights       string // usage terms
	People       []string
	TakenAt      time.Time // zero if unknown
	AI           bool      // the file says that a generative model made or altered it
}

// maxText bounds one text in bytes, maxPeople the names of persons shown.
const (
	maxText   = 8_000
	maxPeople = 100
)

// ReadMetadata reads XMP, IPTC and EXIF, in this order of trust: XMP is always
// UTF-8, and cameras write advertisements into EXIF. Times without an offset
// are taken to be in zone. What cannot be read counts as absent: a damaged
// caption must not keep a picture out. mime is Header.MIME.
func ReadMetadata(r io.ReadSeeker, mime string, zone *time.Location) Metadata {
	format, ok := map[string]imagemeta.ImageFormat{
		"image/jpeg": imagemeta.JPEG, "image/png": imagemeta.PNG, "image/webp": imagemeta.WebP,
	}[mime]
	if !ok {
		return Metadata{}
	}
	c := collector{}
	// One pass for each: an error in one of them ends the pass.
	for _, source := range []imagemeta.Source{imagemeta.XMP, imagemeta.IPTC, imagemeta.EXIF} {
		if err := rewind(r); err != nil {
			return Metadata{}
		}
		_, _ = imagemeta.Decode(imagemeta.Options{ // what was read before an error is kept
			R: r, ImageFormat: format, Sources: source,
			HandleTag: func(t imagemeta.TagInfo) error { c.take(t); return nil },
		})
	}
	return c.metadata(zone)
}

// collector keeps the texts by source and tag ("iptc By-line").
type collector map[string][]string

func (c collector) take(t imagemeta.TagInfo) {
	key := ""
	switch t.Source {
	case imagemeta.XMP:
		key = "xmp "
	case imagemeta.IPTC:
		key = "iptc "
	case imagemeta.EXIF:
		key = "exif "
	}
	key += t.Tag
	if _, seen := c[key]; seen {
		return // the first one counts; a thumbnail's come later
	}
	var texts []string
	switch v := t.Value.(type) {
	case string:
		texts = []string{v}
	case []string:
		texts = v
	case []byte:
		texts = []string{string(v)}
	}
	for _, s := range texts {
		if s = cleanText(s, t.Source == imagemeta.IPTC); s != "" && len(c[key]) < maxPeople {
			c[key] = append(c[key], s)
		}
	}
}

// first returns the first text that is there, several values joined.
func (c collector) first(keys ...string) string {
	for _, k := range keys {
		if v := c[k]; len(v) > 0 {
			return strings.Join(v, ", ")
		}
	}
	return ""
}

func (c collector) metadata(zone *time.Location) Metadata {
	m := Metadata{
		Caption:      c.first("xmp Description", "iptc Caption-Abstract", "exif ImageDescription"),
		Credit:       c.first("xmp Credit", "iptc Credit"),
		Photographer: c.first("xmp Creator", "iptc By-line", "exif Artist"),
		Copyright:    c.first("xmp Rights", "iptc CopyrightNotice", "exif Copyright"),
		Source:       c.first("xmp Source", "iptc Source"),
		Alt:          c.first("xmp AltTextAccessibility"),
		Rights:       c.first("xmp UsageTerms", "iptc SpecialInstructions"),
		People:       c["xmp PersonInImage"],
	}
	if isAdvertisement(m.Caption) {
		m.Caption = ""
	}
	kind := c.first("xmp DigitalSourceType")
	m.AI = strings.HasSuffix(kind, "trainedAlgorithmicMedia") || strings.HasSuffix(kind, "compositeWithTrainedAlgorithmicMedia")
	iptc := c.first("iptc DateCreated")
	if t := c.first("iptc TimeCreated"); iptc != "" && t != "" {
		iptc += " " + strings.Replace(t, ":+", "+", 1)
	}
	exif := c.first("exif DateTimeOriginal")
	m.TakenAt = firstTime(zone, exif+c.first("exif OffsetTimeOriginal"), exif, c.first("xmp DateCreated"), iptc)
	return m
}

// isAdvertisement tells the words that cameras put where a caption belongs.
func isAdvertisement(s string) bool {
	switch strings.ToUpper(s) {
	case "OLYMPUS DIGITAL CAMERA", "SONY DSC", "MINOLTA DIGITAL CAMERA", "DCIM", "DIGITAL CAMERA",
		"KODAK DIGITAL STILL CAMERA", "DEFAULT", "SAMSUNG", "UNTITLED":
		return true
	}
	return false
}

// firstTime parses the first of the texts that is a time. EXIF and IPTC write
// colons in dates, XMP is ISO 8601.
func firstTime(zone *time.Location, texts ...string) time.Time {
	for _, s := range texts {
		for _, layout := range []string{
			"2006:01:02 15:04:05Z07:00", "2006:01:02 15:04:05",
			"2006-01-02T15:04:05.999Z07:00", "2006-01-02T15:04:05.999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
			"2006:01:02", "2006-01-02",
		} {
			if t, err := time.ParseInLocation(layout, s, zone); err == nil && t.Year() > 1800 {
				return t.UTC()
			}
		}
	}
	return time.Time{}
}

// cleanText makes valid, bounded UTF-8 without control characters. IPTC texts
// without a declared character set are read as Latin-1 although most are
// UTF-8: if the bytes make sense as UTF-8, that is what they were.
func cleanText(s string, perhapsMisread bool) string {
	if perhapsMisread {
		s = reread(s)
	}
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "")
	}
	return s
}

func reread(s string) string {
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return s
		}
		raw = append(raw, byte(r))
	}
	if !utf8.Valid(raw) {
		return s
	}
	return string(raw)
}

package extract

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

var metaCharset = regexp.MustCompile(`(?i)charset\s*=\s*["']?\s*([a-z0-9_:.\-]+)`)

// Decode turns the bytes of a page into UTF-8. A byte order mark decides, then
// that all of it is valid UTF-8, whatever the page and the answer's header say:
// wrong declarations are common, and other text is hardly ever valid by chance.
// Then comes what is declared, and Windows-1252 for what is left.
func Decode(data []byte, declared string) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return strings.ToValidUTF8(string(data[3:]), "\uFFFD")
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return wide(data[2:], func(b []byte) uint16 { return uint16(b[0]) | uint16(b[1])<<8 })
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return wide(data[2:], func(b []byte) uint16 { return uint16(b[1]) | uint16(b[0])<<8 })
	case utf8.Valid(data):
		return string(data)
	}
	if mostlyUTF8(data) { // one broken character must not turn all others into noise
		return strings.ToValidUTF8(string(data), "\uFFFD")
	}
	head := data[:min(len(data), 4096)]
	said := []string{declared}
	if m := metaCharset.FindSubmatch(head); m != nil {
		said = append(said, string(m[1]))
	}
	for _, label := range said {
		e, name := charset.Lookup(strings.TrimSpace(label))
		if e == nil || name == "utf-8" || strings.HasPrefix(name, "utf-16") || name == "replacement" {
			continue // it is no UTF-8, and UTF-16 has a mark or was found out by its zeros
		}
		if out, err := e.NewDecoder().Bytes(data); err == nil && utf8.Valid(out) {
			return string(out)
		}
	}
	if bytes.Count(head, []byte{0}) > len(head)/4 { // UTF-16 without its mark
		if head[0] == 0 {
			return wide(data, func(b []byte) uint16 { return uint16(b[1]) | uint16(b[0])<<8 })
		}
		return wide(data, func(b []byte) uint16 { return uint16(b[0]) | uint16(b[1])<<8 })
	}
	e, _ := charset.Lookup("windows-1252")
	out, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "\uFFFD")
	}
	return string(out)
}

// mostlyUTF8 reports whether of the characters beyond ASCII nine in ten are
// whole ones.
func mostlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(data); {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	return good > 0 && good >= 9*bad
}

func wide(data []byte, unit func([]byte) uint16) string {
	units := make([]uint16, 0, len(data)/2)
	for i := 0; i+1 < len(data); i += 2 {
		units = append(units, unit(data[i:]))
	}
	return string(utf16.Decode(units))
}

package ingest

import (
	"errors"
	"io"
	"os"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// spoolUTF8 copies a file in UTF-16 into a temporary one in UTF-8.
func spoolUTF8(src *os.File) (_ *os.File, err error) {
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	to, err := os.CreateTemp("", "warta-wxr-*")
	if err != nil {
		return nil, err
	}
	if _, err = io.Copy(to, transform.NewReader(src, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())); err != nil {
		return nil, errors.Join(err, to.Close(), os.Remove(to.Name()))
	}
	return to, nil
}

package picture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"image/jpeg"
	"io"

	"warta/internal/fault"
)

// maxScans bounds the work of a progressive JPEG: each scan may walk over all
// pixels with a few bytes of input. Cameras and editors write about ten.
const maxScans = 64

// maxProfile bounds an ICC profile; those of cameras and screens have 0.5 to 60 kB.
const maxProfile = 1 << 20

func inspectJPEG(r io.ReadSeeker, h *Header) error {
	cfg, err := jpeg.DecodeConfig(r)
	if err != nil {
		var kind jpeg.UnsupportedError
		if errors.As(err, &kind) {
			return fault.New(fault.Invalid, "this kind of JPEG is not supported; please save it as an ordinary JPEG: %w", err)
		}
		return damaged(err)
	}
	h.Width, h.Height = cfg.Width, cfg.Height
	if err := rewind(r); err != nil {
		return err
	}
	s := jpegScanner{r: bufio.NewReaderSize(r, 64<<10), h: h}
	if err := s.run(); err != nil {
		return damaged(err)
	}
	h.profile = s.profile()
	h.Memory = pixels(cfg) * 3
	if s.progressive {
		h.Memory = pixels(cfg) * 3 * 5 // and 32-bit coefficients of all blocks
	}
	return nil
}

// jpegScanner walks over the markers of a whole file (ITU-T T.81, annex B).
type jpegScanner struct {
	r           *bufio.Reader
	h           *Header
	progressive bool
	scans       int
	icc         [256][]byte // the profile's parts by number
	iccBytes    int
}

func (s *jpegScanner) run() error {
	if _, err := s.r.Discard(2); err != nil {
		return err
	}
	for {
		marker, err := s.next()
		if err != nil || marker == 0xd9 { // end of image
			return err
		}
		if marker == 0x01 || marker >= 0xd0 && marker <= 0xd8 {
			continue // no length follows
		}
		if err := s.segment(marker); err != nil {
			return err
		}
	}
}

// next skips to the next marker, over entropy-coded data if need be. The end
// of the file counts as end of image: the decoder judges what is missing.
func (s *jpegScanner) next() (byte, error) {
	for {
		_, err := s.r.ReadSlice(0xff)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) {
			return 0xd9, nil
		}
		if err != nil {
			return 0, err
		}
		b := byte(0xff)
		for b == 0xff {
			if b, err = s.r.ReadByte(); err != nil {
				if errors.Is(err, io.EOF) {
					return 0xd9, nil
				}
				return 0, err
			}
		}
		if b != 0 { // 0xff 0x00 is a data byte
			return b, nil
		}
	}
}

func (s *jpegScanner) segment(marker byte) error {
	var length [2]byte
	if _, err := io.ReadFull(s.r, length[:]); err != nil {
		return noMore(err)
	}
	n := int(binary.BigEndian.Uint16(length[:])) - 2
	if n < 0 {
		return errors.New("segment without room for its length")
	}
	switch {
	case marker == 0xc2:
		s.progressive = true
	case marker == 0xda:
		if s.scans++; s.scans > maxScans {
			return fault.New(fault.Invalid, "the JPEG has more than %d scans; please save it anew", maxScans).Say("library_damaged")
		}
	case marker == 0xe1 || marker == 0xe2:
		data := make([]byte, n)
		if _, err := io.ReadFull(s.r, data); err != nil {
			return noMore(err)
		}
		s.application(marker, data)
		return nil
	}
	_, err := s.r.Discard(n)
	return noMore(err)
}

func (s *jpegScanner) application(marker byte, data []byte) {
	if rest, ok := bytes.CutPrefix(data, []byte("Exif\x00\x00")); ok && marker == 0xe1 {
		if o := exifOrientation(rest); o != 0 {
			s.h.orientation = o
		}
	}
	rest, ok := bytes.CutPrefix(data, []byte("ICC_PROFILE\x00"))
	if !ok || marker != 0xe2 || len(rest) < 2 || s.iccBytes+len(rest) > maxProfile {
		return
	}
	s.icc[rest[0]] = rest[2:]
	s.iccBytes += len(rest) - 2
}

func (s *jpegScanner) profile() []byte {
	if s.iccBytes == 0 {
		return nil
	}
	return bytes.Join(s.icc[:], nil)
}

func noMore(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// exifOrientation finds the orientation in a TIFF block, 0 if there is none
// that makes sense (Exif 2.3, section 4.6.4).
func exifOrientation(tiff []byte) orientation {
	if len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
	default:
		return 0
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 0
		}
		const tagOrientation, typeShort = 0x0112, 3
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if o := orientation(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return 0
		}
		entries = entries[12:]
	}
	return 0
}

package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"warta/internal/fault"
)

// maxChunks bounds the walk over chunks of a few bytes each.
const maxChunks = 10_000

// errDone ends a walk over chunks early.
var errDone = errors.New("done")

func inspectPNG(r io.ReadSeeker, h *Header) error {
	cfg, err := png.DecodeConfig(r)
	if err != nil {
		return damaged(err)
	}
	h.Width, h.Height = cfg.Width, cfg.Height
	h.Memory = pixels(cfg) * pngBytes(cfg.ColorModel)
	err = walkChunks(r, 8, pngChunk, func(name string, size int64, body io.Reader) error {
		switch name {
		case "iCCP":
			h.profile = pngProfile(body, size)
		case "eXIf":
			data, err := io.ReadAll(io.LimitReader(body, min(size, 64<<10)))
			if o := exifOrientation(data); err == nil && o != 0 {
				h.orientation = o
			}
		case "IDAT":
			return errDone // both stand before the pixels in files that editors write
		}
		return nil
	})
	return damagedUnlessDone(err)
}

// pngBytes is what one decoded pixel takes.
func pngBytes(m color.Model) int64 {
	switch m {
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	case color.RGBAModel, color.NRGBAModel:
		return 4
	}
	return 2
}

// pngProfile unpacks the profile: a name, a zero, a method byte, zlib data.
func pngProfile(body io.Reader, size int64) []byte {
	data, err := io.ReadAll(io.LimitReader(body, min(size, maxProfile)))
	if err != nil {
		return nil
	}
	_, rest, ok := bytes.Cut(data, []byte{0})
	if !ok || len(rest) < 2 || rest[0] != 0 {
		return nil
	}
	z, err := zlib.NewReader(bytes.NewReader(rest[1:]))
	if err != nil {
		return nil
	}
	profile, err := io.ReadAll(io.LimitReader(z, maxProfile+1))
	if err != nil || len(profile) > maxProfile {
		return nil // colours as if there were none: better than no picture
	}
	return profile
}

// inspectWebP reads the sizes of the canvas and of the frame: the decoder
// believes the frame, so a small canvas must not hide a large one.
func inspectWebP(r io.ReadSeeker, h *Header) error {
	var canvas, frame image.Point
	err := walkChunks(r, 12, webpChunk, func(name string, size int64, body io.Reader) error {
		switch name {
		case "VP8X":
			var b [10]byte
			if _, err := io.ReadFull(body, b[:]); err != nil {
				return noMore(err)
			}
			canvas = image.Pt(int(uint24(b[4:]))+1, int(uint24(b[7:]))+1)
		case "ICCP":
			data, err := io.ReadAll(io.LimitReader(body, min(size, maxProfile)))
			if err == nil && size <= maxProfile {
				h.profile = data
			}
		case "EXIF":
			data, err := io.ReadAll(io.LimitReader(body, min(size, 64<<10)))
			if o := exifOrientation(bytes.TrimPrefix(data, []byte("Exif\x00\x00"))); err == nil && o != 0 {
				h.orientation = o
			}
		case "ANIM", "ANMF":
			return fault.New(fault.Invalid, "a moving WebP is not supported; please save one frame of it as a still picture")
		case "VP8 ", "VP8L":
			if frame != (image.Point{}) {
				return errors.New("two frames")
			}
			var b [10]byte
			if _, err := io.ReadFull(body, b[:]); err != nil {
				return noMore(err)
			}
			frame = frameSize(name, b)
		}
		return nil
	})
	if err != nil {
		return damagedUnlessDone(err)
	}
	if frame == (image.Point{}) || canvas != (image.Point{}) && canvas != frame {
		return damaged(errors.New("the frame does not fill the canvas"))
	}
	if err := rewind(r); err != nil {
		return err
	}
	if _, err := webp.DecodeConfig(r); err != nil {
		return damaged(err)
	}
	h.Width, h.Height = frame.X, frame.Y
	h.Memory = int64(frame.X) * int64(frame.Y) * 6
	return nil
}

// frameSize reads the size from the bit stream's first bytes (RFC 6386 section
// 9.1; WebP lossless specification section 3).
func frameSize(name string, b [10]byte) image.Point {
	if name == "VP8L" {
		bits := binary.LittleEndian.Uint32(b[1:])
		return image.Pt(int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1)
	}
	return image.Pt(int(binary.LittleEndian.Uint16(b[6:])&0x3fff), int(binary.LittleEndian.Uint16(b[8:])&0x3fff))
}

func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }

func pngChunk(b [8]byte) (name string, size, padded int64) {
	n := int64(binary.BigEndian.Uint32(b[:4]))
	return string(b[4:]), n, n + 4 // and the checksum
}

func webpChunk(b [8]byte) (name string, size, padded int64) {
	n := int64(binary.LittleEndian.Uint32(b[4:]))
	return string(b[:4]), n, n + n&1
}

// walkChunks calls visit for every chunk after the first skip bytes, until the
// file ends.
func walkChunks(r io.ReadSeeker, skip int64, head func([8]byte) (string, int64, int64), visit func(string, int64, io.Reader) error) error {
	at := skip
	for range maxChunks {
		if _, err := r.Seek(at, io.SeekStart); err != nil {
			return err
		}
		var b [8]byte
		if _, err := io.ReadFull(r, b[:]); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil
			}
			return err
		}
		name, size, padded := head(b)
		if err := visit(name, size, io.LimitReader(r, size)); err != nil {
			return err
		}
		at += 8 + padded
	}
	return errors.New("too many chunks")
}

func damagedUnlessDone(err error) error {
	if err == nil || errors.Is(err, errDone) {
		return nil
	}
	return damaged(err)
}

package page

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/flate"
)

// block is a run of bytes in the only form that is kept: compressed, with all
// that is needed to put it after any other one in a gzip member. It is never
// changed.
type block struct {
	// deflate is a sequence of RFC 1951 blocks that refers to nothing before
	// it, ends on a byte border (RFC 1951 section 3.2.4, an empty stored
	// block), and has no final one: others may follow. Empty for no bytes.
	deflate []byte
	size    int      // bytes before compression
	crc     uint32   // of those bytes
	shift   uint32   // crcShift(size)
	sum     [16]byte // SHA-256 of those bytes, cut: their name in ETags
}

// press turns bytes into blocks and back. Compressors are a megabyte each, so
// they are kept for the next one; so are buffers for whole bodies.
type press struct {
	deflaters, inflaters, bodies sync.Pool
}

// block compresses raw as well as deflate can: it is done once and sent often.
func (p *press) block(raw []byte) (block, error) {
	sum := sha256.Sum256(raw)
	b := block{size: len(raw), crc: crc32.ChecksumIEEE(raw), shift: crcShift(len(raw)), sum: [16]byte(sum[:])}
	if len(raw) == 0 {
		return b, nil
	}
	out := bytes.NewBuffer(make([]byte, 0, len(raw)/3+64))
	z, _ := p.deflaters.Get().(*flate.Writer)
	if z == nil {
		var err error
		if z, err = flate.NewWriter(out, flate.BestCompression); err != nil {
			return block{}, fmt.Errorf("compressor: %w", err)
		}
	}
	z.Reset(out) // forgets its window too: a block stands on its own
	defer p.deflaters.Put(z)
	if _, err := z.Write(raw); err != nil {
		return block{}, fmt.Errorf("compress: %w", err)
	}
	if err := z.Flush(); err != nil {
		return block{}, fmt.Errorf("compress: %w", err)
	}
	b.deflate = bytes.Clone(out.Bytes()) // without the buffer's slack
	return b, nil
}

// inflater is a decompressor with its input.
type inflater struct {
	in  bytes.Reader
	out io.ReadCloser
}

// appendRaw appends the bytes that b was made of to dst.
func (p *press) appendRaw(dst []byte, b *block) ([]byte, error) {
	z, _ := p.inflaters.Get().(*inflater)
	if z == nil {
		z = &inflater{}
		z.out = flate.NewReader(&z.in)
	}
	defer p.inflaters.Put(z)
	z.in.Reset(b.deflate)
	if err := z.out.(flate.Resetter).Reset(&z.in, nil); err != nil {
		return dst, fmt.Errorf("decompress: %w", err)
	}
	start := len(dst)
	dst = slices.Grow(dst, b.size)[:start+b.size]
	// The stream has no end block, so it is read by count, not to its end.
	if _, err := io.ReadFull(z.out, dst[start:]); err != nil {
		return dst[:start], fmt.Errorf("decompress: %w", err)
	}
	return dst, nil
}

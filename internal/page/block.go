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

	"warta/internal/page/deflate"
)

// block is a run of bytes in the only form that is kept: compressed, with all
// that is needed to put it after another one in a gzip member. It is never
// changed.
type block struct {
	// deflate is a sequence of RFC 1951 blocks that ends on a byte border and has
	// no final one: others may follow. It refers to nothing before it, or to what
	// is certain to stand there; see press.segments. Empty for no bytes.
	deflate []byte
	size    int      // bytes before compression
	crc     uint32   // of those bytes
	shift   uint32   // crcShift(size)
	sum     [16]byte // SHA-256 of those bytes, cut: their name in ETags; see skeleton.seal
}

// press turns bytes into blocks and back. Compressors are megabytes each, so
// they are kept for the next one; so are buffers for whole bodies.
type press struct {
	squeezers, deflaters, inflaters, bodies sync.Pool
}

// squeezeMost is the longest text in bytes that is compressed with all effort:
// longer than a page. Feeds and sitemaps may be longer, are read by few, and
// would take a tenth of a second.
const squeezeMost = 64 << 10

// window is how far back deflate can refer, in bytes.
const window = 32 << 10

// segments compresses the segments of a skeleton. Each may refer to those before
// it as far as the holes between them have a width: then it is certain how far
// back they are. What will stand in a hole is not known yet but for its Frame, so
// it is a run of zeros here, to which nothing can refer but zeros.
func (p *press) segments(raw [][]byte, holes []Hole) ([]block, error) {
	out := make([]block, len(raw))
	var before []byte
	for i, segment := range raw {
		if i > 0 {
			before = holes[i-1].after(before)
		}
		var err error
		if out[i], err = p.behind(before, segment); err != nil {
			return nil, err
		}
		before = append(before, segment...)
	}
	return out, nil
}

// behind compresses raw as what always follows before, in which holes are zeros.
func (p *press) behind(before, raw []byte) (block, error) {
	known := before[max(0, len(before)-window):]
	if bytes.IndexByte(raw, 0) >= 0 {
		known = nil
	}
	return p.compressed(raw, known, deflate.Quick) // there is one for each page
}

// refit returns the segments as they have to be when the holes are not as wide
// as it was assumed when they were compressed.
func (p *press) refit(segments []block, assumed, real []Hole) ([]block, error) {
	raw, _, err := p.texts(segments, assumed)
	if err != nil {
		return nil, err
	}
	return p.segments(raw, real)
}

// texts returns what segments were made of, and what is known to stand behind
// the last of them: itself, and what is in front of it as far as holes have a
// width.
func (p *press) texts(segments []block, holes []Hole) (raw [][]byte, before []byte, err error) {
	raw = make([][]byte, len(segments))
	for i := range segments {
		if i > 0 {
			before = holes[i-1].after(before)
		}
		if raw[i], err = p.appendRaw(nil, before[max(0, len(before)-window):], &segments[i]); err != nil {
			return nil, nil, err
		}
		before = append(before, raw[i]...)
	}
	return raw, before, nil
}

// beside compresses a piece again, as what follows the segments in this page.
func (p *press) beside(segments []block, holes []Hole, piece *block) (*block, error) {
	raw, err := p.appendRaw(nil, nil, piece)
	if err != nil {
		return nil, err
	}
	_, before, err := p.texts(segments, holes)
	if err != nil {
		return nil, err
	}
	b, err := p.behind(before, raw)
	return &b, err
}

// after returns what is known to stand before a segment that follows the hole,
// if before was known in front of the hole.
func (h Hole) after(before []byte) []byte {
	if !h.wide() {
		return before[:0]
	}
	f := h.frame()
	before = append(before, f.start...)
	before = append(before, make([]byte, h.Width-len(f.start)-len(f.end))...)
	return append(before, f.end...)
}

// block compresses a piece as well as deflate can: it is done once and sent often.
func (p *press) block(raw []byte) (block, error) { return p.compressed(raw, nil, deflate.Thorough) }

// compressed returns the block of raw. It may refer to before, at most a window,
// which then has to stand in front of it always; nil: it stands on its own.
func (p *press) compressed(raw, before []byte, effort deflate.Effort) (block, error) {
	if len(raw) == 0 {
		return empty, nil
	}
	sum := sha256.Sum256(raw)
	b := block{size: len(raw), crc: crc32.ChecksumIEEE(raw), shift: crcShift(len(raw)), sum: [16]byte(sum[:])}
	var err error
	if len(raw) <= squeezeMost {
		b.deflate = p.squeezed(raw, before, effort)
	} else {
		b.deflate, err = p.deflated(raw, before)
	}
	return b, err
}

// empty is the block of no bytes.
var empty = func() block {
	sum := sha256.Sum256(nil)
	return block{shift: crcShift(0), sum: [16]byte(sum[:])}
}()

// squeezed compresses a text of a page's size.
func (p *press) squeezed(raw, before []byte, effort deflate.Effort) []byte {
	z, _ := p.squeezers.Get().(*deflate.Compressor)
	if z == nil {
		z = &deflate.Compressor{}
	}
	defer p.squeezers.Put(z)
	return bytes.Clone(z.Append(make([]byte, 0, len(raw)/3+64), before, raw, effort)) // without slack
}

// deflated compresses a long text.
func (p *press) deflated(raw, before []byte) ([]byte, error) {
	out := bytes.NewBuffer(make([]byte, 0, len(raw)/3+64))
	z, _ := p.deflaters.Get().(*flate.Writer)
	if z == nil {
		var err error
		if z, err = flate.NewWriter(out, flate.BestCompression); err != nil {
			return nil, fmt.Errorf("compressor: %w", err)
		}
	}
	z.ResetDict(out, before) // forgets its window too
	defer p.deflaters.Put(z)
	if _, err := z.Write(raw); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := z.Flush(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return bytes.Clone(out.Bytes()), nil
}

// endBlock is the final block of every body: fixed codes, and nothing in it.
var endBlock = []byte{0x03, 0x00}

// inflater is a decompressor with its input.
type inflater struct {
	deflate []byte // of all blocks
	in      bytes.Reader
	out     io.ReadCloser
}

// raw calls use with a reader of what the blocks were made of, one after the
// other; before is what the first one may refer to.
func (p *press) raw(before []byte, blocks []*block, use func(io.Reader) error) error {
	z, _ := p.inflaters.Get().(*inflater)
	if z == nil {
		z = &inflater{}
		z.out = flate.NewReader(&z.in)
	}
	defer p.inflaters.Put(z)
	z.deflate = z.deflate[:0]
	for _, b := range blocks {
		z.deflate = append(z.deflate, b.deflate...)
	}
	z.deflate = append(z.deflate, endBlock...) // else the last bytes would wait for more
	z.in.Reset(z.deflate)
	if err := z.out.(flate.Resetter).Reset(&z.in, before); err != nil {
		return fmt.Errorf("decompress: %w", err)
	}
	return use(z.out)
}

// appendRaw appends the bytes that the blocks were made of to dst.
func (p *press) appendRaw(dst, before []byte, blocks ...*block) ([]byte, error) {
	start, size := len(dst), 0
	for _, b := range blocks {
		size += b.size
	}
	dst = slices.Grow(dst, size)[:start+size]
	err := p.raw(before, blocks, func(r io.Reader) error {
		if _, err := io.ReadFull(r, dst[start:]); err != nil {
			return fmt.Errorf("decompress: %w", err)
		}
		return nil
	})
	if err != nil {
		return dst[:start], err
	}
	return dst, nil
}

package page

import (
	"encoding/binary"
	"errors"
	"slices"
)

// What a Store keeps of a rendering: a list of numbers and texts that describe
// it, then the deflate blocks as they are, in order.
//
//	length of the description
//	description   skeleton: sum, status, caching, header lines, holes, blocks
//	              piece: items that it contains, block
//	blocks
//
// Numbers are varints, texts have their length in front. Whoever keeps it
// guards it with a checksum; all the same nothing here believes a length.

var errPacked = errors.New("no rendering of ours")

// packSkeleton returns the body of a skeleton's record.
func packSkeleton(s *skeleton) [][]byte {
	if s.head.caching == Never {
		return nil
	}
	var p packer
	p.b = append(p.b, s.sum[:]...)
	p.number(uint64(s.head.status))
	p.number(uint64(s.head.caching))
	lines := s.head.lines
	if isUsual(lines) {
		lines = nil
	}
	p.number(uint64(len(lines)))
	for _, l := range lines {
		p.text(l.name)
		p.texts(l.value)
	}
	p.number(uint64(len(s.holes)))
	for _, h := range s.holes {
		p.text(h.common())
		p.text(h.Without)
		p.text(h.Near)
	}
	body := make([][]byte, 1, 1+len(s.segments))
	for i := range s.segments {
		p.block(&s.segments[i])
		body = append(body, s.segments[i].deflate)
	}
	body[0] = p.framed()
	return body
}

// unpackSkeleton is the reverse of packSkeleton. A record names the Frame of a
// hole by its sum; one that this process has not met cannot be used.
func unpackSkeleton(r Record, epoch uint64, known *frames) (*skeleton, error) {
	u, blocks, err := newUnpacker(r.Body)
	if err != nil {
		return nil, err
	}
	s := &skeleton{}
	if !u.skeleton(s, blocks, func(text string) (Hole, bool) { return parseCommon(text, known) }) {
		return nil, errPacked
	}
	s.restore(r, epoch)
	return s, nil
}

// skeleton reads what packSkeleton wrote, into the room that s has. It does not
// set the standing. parse is parseCommon.
func (u *unpacker) skeleton(s *skeleton, blocks []byte, parse func(string) (Hole, bool)) bool {
	s.sum = u.sum()
	status, caching := int(u.number(599)), Caching(u.number(uint64(Brief)))
	if lines := u.number(64); lines > 0 || status != plain.status || caching != plain.caching {
		s.head = head{status: status, caching: caching, lines: make([]line, lines)}
		for i := range s.head.lines {
			s.head.lines[i] = line{u.text(), u.texts()}
		}
		if lines == 0 {
			s.head.lines = usual()
		}
		s.head.seal()
	} else {
		s.head = plain
	}
	holes := int(u.number(1 << 12))
	s.holes = slices.Grow(s.holes[:0], holes)[:holes]
	for i := range s.holes {
		h, ok := parse(u.text())
		if !ok {
			return false
		}
		h.Without, h.Near = u.text(), u.text()
		s.holes[i] = h
	}
	s.segments = slices.Grow(s.segments[:0], holes+1)[:holes+1]
	for i := range s.segments {
		blocks = u.block(&s.segments[i], blocks)
	}
	return u.done(blocks) && s.head.status >= 200
}

// packPiece returns the body of a piece's record.
func packPiece(v *piece) [][]byte {
	var p packer
	p.texts(v.contains.list)
	p.b = append(p.b, v.sum[:]...)
	p.block(&v.block)
	return [][]byte{p.framed(), v.deflate}
}

// unpackPiece is the reverse of packPiece.
func unpackPiece(r Record, epoch uint64) (*piece, error) {
	u, blocks, err := newUnpacker(r.Body)
	if err != nil {
		return nil, err
	}
	v := &piece{contains: newItems(u.texts())}
	sum := u.sum()
	blocks = u.block(&v.block, blocks)
	if v.sum = sum; !u.done(blocks) {
		return nil, errPacked
	}
	v.restore(r, epoch)
	return v, nil
}

// packer writes descriptions.
type packer struct{ b []byte }

func (p *packer) number(n uint64) { p.b = binary.AppendUvarint(p.b, n) }

func (p *packer) text(s string) {
	p.number(uint64(len(s)))
	p.b = append(p.b, s...)
}

func (p *packer) texts(list []string) {
	p.number(uint64(len(list)))
	for _, s := range list {
		p.text(s)
	}
}

func (p *packer) block(b *block) {
	p.number(uint64(b.size))
	if b.size == 0 {
		return // all such blocks are the same
	}
	p.number(uint64(len(b.deflate)))
	p.b = binary.LittleEndian.AppendUint32(p.b, b.crc)
}

func (p *packer) frame(f Frame) {
	if f == (Frame{}) {
		p.number(0)
		return
	}
	sum := f.sum()
	p.number(1)
	p.b = append(p.b, sum[:]...)
}

// framed returns the description with its length in front.
func (p *packer) framed() []byte {
	return slices.Concat(binary.AppendUvarint(nil, uint64(len(p.b))), p.b)
}

// unpacker reads a description. After the first thing that cannot be it returns
// nothing but zeros.
type unpacker struct {
	s   string // what is left
	bad bool
}

// newUnpacker cuts a body into its description and its blocks. What is read of
// the description may be kept.
func newUnpacker(body [][]byte) (*unpacker, []byte, error) {
	if len(body) != 1 {
		return nil, nil, errPacked
	}
	description, blocks, ok := cutPacked(body[0])
	if !ok {
		return nil, nil, errPacked
	}
	return &unpacker{s: string(description)}, blocks, nil
}

// cutPacked is newUnpacker without a copy.
func cutPacked(body []byte) (description, blocks []byte, ok bool) {
	n, head := binary.Uvarint(body)
	if head <= 0 || n > uint64(len(body)-head) {
		return nil, nil, false
	}
	rest := body[head:]
	return rest[:n], rest[n:], true
}

// number reads a number that is at most limit.
func (u *unpacker) number(limit uint64) uint64 {
	var n uint64
	for i, shift := 0, uint(0); i < len(u.s) && shift < 63; i, shift = i+1, shift+7 {
		c := u.s[i]
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			u.s = u.s[i+1:]
			if n > limit {
				break
			}
			return n
		}
	}
	u.fail()
	return 0
}

func (u *unpacker) fail() { u.bad, u.s = true, "" }

func (u *unpacker) bytes(n int) string {
	if n > len(u.s) {
		u.fail()
		return ""
	}
	b := u.s[:n]
	u.s = u.s[n:]
	return b
}

func (u *unpacker) sum() (sum [16]byte) {
	copy(sum[:], u.bytes(len(sum)))
	return sum
}

func (u *unpacker) text() string { return u.bytes(int(u.number(uint64(len(u.s))))) }

func (u *unpacker) texts() []string {
	n := u.number(uint64(len(u.s)))
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = u.text()
	}
	return list
}

// common packs what many pages' holes have in common, so that whoever reads one
// after another can tell by the bytes that it is the same.
func (h *Hole) common() string {
	var p packer
	p.text(h.Module)
	p.text(h.Params)
	p.b = append(p.b, byte(h.Need), byte(h.Hide))
	p.number(uint64(max(h.Width, 0)))
	p.frame(h.Frame)
	return string(p.b)
}

// parseCommon is the reverse of common.
func parseCommon(text string, known *frames) (h Hole, ok bool) {
	u := unpacker{s: text}
	h = Hole{Module: u.text(), Params: u.text()}
	if bits := u.bytes(2); len(bits) == 2 {
		h.Need, h.Hide = Class(bits[0]), Class(bits[1])
	}
	h.Width = int(u.number(1 << 31))
	h.Frame = u.frame(known)
	return h, u.done(nil)
}

// frame reads what frame of a packer wrote.
func (u *unpacker) frame(known *frames) (f Frame) {
	if u.number(1) == 0 {
		return f
	}
	f, ok := known.of(u.sum())
	if !ok {
		u.fail()
	}
	return f
}

// block reads the description of a block and takes its bytes off blocks, which
// are not copied.
func (u *unpacker) block(b *block, blocks []byte) []byte {
	if b.size = int(u.number(1 << 31)); b.size == 0 {
		*b = block{shift: empty.shift}
		return blocks
	}
	b.deflate = nil
	n := u.number(uint64(len(blocks)))
	if crc := u.bytes(4); len(crc) == 4 {
		b.crc = uint32(crc[0]) | uint32(crc[1])<<8 | uint32(crc[2])<<16 | uint32(crc[3])<<24
	}
	b.shift = crcShift(b.size)
	if n > 0 {
		b.deflate = blocks[:n:n]
	}
	return blocks[n:]
}

// done reports whether all was read and all of it made sense.
func (u *unpacker) done(blocks []byte) bool { return !u.bad && u.s == "" && len(blocks) == 0 }

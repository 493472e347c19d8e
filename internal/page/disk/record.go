package disk

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/bits"
	"unsafe"

	"warta/internal/page"
)

// A record on disk, in little-endian order:
//
//	 0  uint32  length of the record, this head included
//	 4  uint32  CRC-32C of all that follows
//	 8  uint64  number of the store at which the rendering began
//	16  int64   instant from which it is stale, Unix nanoseconds
//	24  uint32  length of the key
//	28  uint32  length of the tags
//	32  key; tags; body
//
// A tag is two varints and the rest of it: how many bytes it has in common with
// the one before (most begin alike), and how many the rest has.
const recordHead = 32

// maxRecord bounds a record; a page of that size is not worth a place here.
const maxRecord = 8 << 20

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errRecord = errors.New("not a record")

// recordSize returns how long a record will be.
func recordSize(r *page.Record) int {
	n := recordHead + len(r.Key)
	last := ""
	for _, tag := range r.Tags {
		same := common(last, tag)
		n += uvarintLen(same) + uvarintLen(len(tag)-same) + len(tag) - same
		last = tag
	}
	for _, part := range r.Body {
		n += len(part)
	}
	return n
}

// appendRecord appends r to dst.
func appendRecord(dst []byte, r *page.Record) []byte {
	start := len(dst)
	dst = append(dst, make([]byte, recordHead)...)
	dst = append(dst, r.Key...)
	tags := len(dst)
	last := ""
	for _, tag := range r.Tags {
		same := common(last, tag)
		dst = binary.AppendUvarint(dst, uint64(same))
		dst = binary.AppendUvarint(dst, uint64(len(tag)-same))
		dst = append(dst, tag[same:]...)
		last = tag
	}
	tags = len(dst) - tags
	for _, part := range r.Body {
		dst = append(dst, part...)
	}
	b := dst[start:]
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	binary.LittleEndian.PutUint64(b[8:], r.Number)
	binary.LittleEndian.PutUint64(b[16:], uint64(r.Until))
	binary.LittleEndian.PutUint32(b[24:], uint32(len(r.Key)))
	binary.LittleEndian.PutUint32(b[28:], uint32(tags))
	binary.LittleEndian.PutUint32(b[4:], crc32.Checksum(b[8:], castagnoli))
	return dst
}

// parseRecord reads the record at the beginning of b, behind which anything may
// stand. The body is a part of b; key and tags are copied.
func parseRecord(b []byte) (r page.Record, size int, err error) {
	l, err := cutRecord(b)
	if err != nil {
		return r, 0, err
	}
	text := string(b[recordHead : recordHead+len(l.key)+len(l.tags)])
	r = page.Record{Key: text[:len(l.key)], Number: l.number, Until: l.until, Body: [][]byte{l.body}}
	if r.Tags, err = parseTags(text[len(l.key):]); err != nil {
		return page.Record{}, 0, err
	}
	return r, l.size, nil
}

// lying is a record where it lies: all of it are parts of what was read.
type lying struct {
	key, tags, body []byte
	number          uint64
	until           int64
	size            int
}

// cutRecord finds the parts of the record at the beginning of b.
func cutRecord(b []byte) (l lying, err error) {
	if len(b) < recordHead {
		return l, errRecord
	}
	n := binary.LittleEndian.Uint32(b)
	if n < recordHead || n > maxRecord || uint64(n) > uint64(len(b)) {
		return l, errRecord
	}
	b = b[:n:n]
	if binary.LittleEndian.Uint32(b[4:]) != crc32.Checksum(b[8:], castagnoli) {
		return l, errRecord
	}
	key, tags := binary.LittleEndian.Uint32(b[24:]), binary.LittleEndian.Uint32(b[28:])
	if uint64(recordHead)+uint64(key)+uint64(tags) > uint64(n) {
		return l, errRecord
	}
	rest := b[recordHead:]
	l.key, l.tags, l.body = rest[:key], rest[key:key+tags], rest[key+tags:]
	l.number, l.until, l.size = binary.LittleEndian.Uint64(b[8:]), int64(binary.LittleEndian.Uint64(b[16:])), int(n)
	return l, nil
}

// common returns how many bytes two tags have in common at their start.
func common(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func uvarintLen(n int) int {
	var b [binary.MaxVarintLen64]byte
	return binary.PutUvarint(b[:], uint64(n))
}

func parseTags(text string) ([]string, error) {
	list := make([]string, 0, 16)
	last := ""
	for text != "" {
		same, rest, after, err := cutTag(text, len(last))
		if err != nil {
			return nil, err
		}
		last = last[:same] + rest
		list = append(list, last)
		text = after
	}
	return list, nil
}

// appendHashes appends the hashes of the tags in a record to dst. A tag is put
// together in room, which is given back for the next call.
func appendHashes(dst []uint64, room []byte, text string) (hashes []uint64, used []byte, err error) {
	room = room[:0]
	for text != "" {
		same, rest, after, err := cutTag(text, len(room))
		if err != nil {
			return dst, room, err
		}
		room = append(room[:same], rest...)
		dst = append(dst, hash(unsafe.String(unsafe.SliceData(room), len(room))))
		text = after
	}
	return dst, room, nil
}

// cutTag takes a tag off the front of a text: how much of the last one, which is
// so long, it begins with, and its rest.
func cutTag(text string, last int) (same int, rest, after string, err error) {
	s, text, ok := cutUvarint(text)
	if !ok || s > uint64(last) {
		return 0, "", "", errRecord
	}
	n, text, ok := cutUvarint(text)
	if !ok || n > uint64(len(text)) {
		return 0, "", "", errRecord
	}
	return int(s), text[:n], text[n:], nil
}

// cutUvarint takes a number of at most 32 bits off the front of a text.
func cutUvarint(text string) (n uint64, rest string, ok bool) {
	for i := 0; i < len(text) && i < 5; i++ {
		n |= uint64(text[i]&0x7f) << (7 * i)
		if text[i] < 0x80 {
			return n, text[i+1:], true
		}
	}
	return 0, "", false
}

// hash returns a 64-bit hash of a key or tag that is the same in every process.
// Eight bytes are taken at a time, since every page that is read has its tags
// hashed: each word is multiplied to 128 bits, whose halves are put together, and
// a last round (of MurmurHash3) spreads it over all bits, for tables that go by
// the high ones. The length goes in first, so that what fills up the last word
// cannot be taken for text.
func hash(s string) uint64 {
	const factor = 0x9e3779b97f4a7c15 // 2^64 by the golden ratio
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	h, last := uint64(len(b))*factor, uint64(0)
	if len(b) >= 8 {
		last = binary.LittleEndian.Uint64(b[len(b)-8:]) // bytes of the word before it included
		for ; len(b) > 8; b = b[8:] {
			hi, lo := bits.Mul64(h^binary.LittleEndian.Uint64(b), factor)
			h = hi ^ lo
		}
	} else {
		for i, c := range b {
			last |= uint64(c) << (8 * i)
		}
	}
	hi, lo := bits.Mul64(h^last, factor)
	h = hi ^ lo
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

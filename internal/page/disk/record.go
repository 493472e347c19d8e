package disk

import (
	"encoding/binary"
	"errors"
	"hash/crc32"

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
	if len(b) < recordHead {
		return r, 0, errRecord
	}
	n := binary.LittleEndian.Uint32(b)
	if n < recordHead || n > maxRecord || uint64(n) > uint64(len(b)) {
		return r, 0, errRecord
	}
	b = b[:n:n]
	if binary.LittleEndian.Uint32(b[4:]) != crc32.Checksum(b[8:], castagnoli) {
		return r, 0, errRecord
	}
	key, tags := binary.LittleEndian.Uint32(b[24:]), binary.LittleEndian.Uint32(b[28:])
	if uint64(recordHead)+uint64(key)+uint64(tags) > uint64(n) {
		return r, 0, errRecord
	}
	text := string(b[recordHead : recordHead+key+tags])
	r.Key = text[:key]
	r.Number = binary.LittleEndian.Uint64(b[8:])
	r.Until = int64(binary.LittleEndian.Uint64(b[16:]))
	r.Body = [][]byte{b[recordHead+key+tags:]}
	if r.Tags, err = parseTags(text[key:]); err != nil {
		return page.Record{}, 0, err
	}
	return r, int(n), nil
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
		same, n, ok := uint64(0), uint64(0), false
		if same, text, ok = cutUvarint(text); !ok || same > uint64(len(last)) {
			return nil, errRecord
		}
		if n, text, ok = cutUvarint(text); !ok || n > uint64(len(text)) {
			return nil, errRecord
		}
		last = last[:same] + text[:n]
		list = append(list, last)
		text = text[n:]
	}
	return list, nil
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

// hash returns a 64-bit hash of a key or tag that is the same in every process:
// FNV-1a, and a last round (of MurmurHash3) that spreads it over all bits, for
// tables that go by the high ones.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

package page

import "sync/atomic"

// CRC-32 (IEEE 802.3, as gzip uses it) is arithmetic on polynomials over GF(2)
// modulo a fixed one. That makes the CRC of two texts one after the other a
// matter of their CRCs and the second one's length:
//
//	crc(ab) = crc(a) · x^(8·len(b)) + crc(b)
//
// where + is xor. Each block keeps its power of x, so joining one more costs
// one multiplication whatever the lengths.

const (
	crcPoly = 0xedb88320 // the modulus in reflected bit order: bit 31 is x^0
	crcOne  = 1 << 31    // x^0
	crcByte = 1 << 23    // x^8
)

// crcMultiply returns a·b modulo the CRC polynomial. It does not branch: what the
// bits are cannot be foreseen.
func crcMultiply(a, b uint32) uint32 {
	var product uint32
	for range 32 {
		product ^= b & -(a >> 31)
		a <<= 1
		b = b>>1 ^ crcPoly&-(b&1) // b·x: less the modulus if x^31 became x^32
	}
	return product
}

// crcSquares are x^8, x^16, x^32 and so on.
var crcSquares = func() (list [32]uint32) {
	square := uint32(crcByte)
	for i := range list {
		list[i] = square
		square = crcMultiply(square, square)
	}
	return list
}()

// crcShifts remembers what crcShift returned for lengths that came up last: many
// blocks are of the same few, and a page from disk needs a dozen.
var crcShifts [1 << 12]atomic.Uint64

// crcShift returns x^(8·n): what a CRC is multiplied by when n bytes follow.
func crcShift(n int) uint32 {
	known := &crcShifts[n%len(crcShifts)]
	if k := known.Load(); k>>32 == uint64(n) && k != 0 {
		return uint32(k)
	}
	power := uint32(crcOne)
	for bits, i := uint32(n), 0; bits > 0; bits, i = bits>>1, i+1 {
		if bits&1 != 0 {
			power = crcMultiply(power, crcSquares[i])
		}
	}
	known.Store(uint64(n)<<32 | uint64(power))
	return power
}

// crcJoin returns the CRC of a text with CRC a followed by one with CRC b,
// where shift is crcShift of the second one's length.
func crcJoin(a, b, shift uint32) uint32 {
	if a == 0 { // as at the beginning
		return b
	}
	return crcMultiply(a, shift) ^ b
}

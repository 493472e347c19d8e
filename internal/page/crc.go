package page

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

// crcMultiply returns a·b modulo the CRC polynomial.
func crcMultiply(a, b uint32) uint32 {
	var product uint32
	for bit := uint32(crcOne); bit != 0; bit >>= 1 {
		if a&bit != 0 {
			product ^= b
		}
		// b·x: a shift, less the modulus if x^31 became x^32.
		if b&1 != 0 {
			b = b>>1 ^ crcPoly
		} else {
			b >>= 1
		}
	}
	return product
}

// crcShift returns x^(8·n): what a CRC is multiplied by when n bytes follow.
func crcShift(n int) uint32 {
	power, square := uint32(crcOne), uint32(crcByte)
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			power = crcMultiply(power, square)
		}
		square = crcMultiply(square, square)
	}
	return power
}

// crcJoin returns the CRC of a text with CRC a followed by one with CRC b,
// where shift is crcShift of the second one's length.
func crcJoin(a, b, shift uint32) uint32 {
	return crcMultiply(a, shift) ^ b
}

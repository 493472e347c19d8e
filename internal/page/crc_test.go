package page

import (
	"hash/crc32"
	"math/rand/v2"
	"testing"
)

func TestCRCJoin(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, lengths := range [][2]int{{0, 0}, {0, 5}, {5, 0}, {1, 1}, {3, 70_001}, {70_001, 3}, {1 << 16, 1 << 16}} {
		text := make([]byte, lengths[0]+lengths[1])
		for i := range text {
			text[i] = byte(random.Uint32())
		}
		a, b := text[:lengths[0]], text[lengths[0]:]
		got := crcJoin(crc32.ChecksumIEEE(a), crc32.ChecksumIEEE(b), crcShift(len(b)))
		if want := crc32.ChecksumIEEE(text); got != want {
			t.Errorf("lengths %v: joined CRC is %08x, the text's is %08x", lengths, got, want)
		}
	}
}

package deflate

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// inflated decompresses what Append made, behind before.
func inflated(t testing.TB, before, blocks []byte) []byte {
	t.Helper()
	// A final block, so that the stream has an end.
	r := flate.NewReaderDict(bytes.NewReader(append(bytes.Clone(blocks), 3, 0)), before)
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("after %d bytes: %v", len(out), err)
	}
	return out
}

func FuzzAppend(f *testing.F) {
	f.Add([]byte("the ferry sails, "), []byte("the ferry sails, the ferry sails"))
	f.Add([]byte{}, []byte("a"))
	f.Add([]byte{}, bytes.Repeat([]byte("a"), 1000))
	f.Add(bytes.Repeat([]byte("abc"), 20_000), bytes.Repeat([]byte("bca"), 20_000))
	f.Add([]byte("x"), noise(rand.New(rand.NewPCG(1, 2)), 70_000, 256))
	f.Add([]byte("x"), noise(rand.New(rand.NewPCG(1, 2)), 70_000, 3))
	var c Compressor // its memory is used again and again
	f.Fuzz(func(t *testing.T, before, text []byte) {
		for _, effort := range []Effort{Quick, Thorough} {
			out := c.Append([]byte("front"), before, text, effort)
			if !bytes.HasPrefix(out, []byte("front")) {
				t.Fatal("what stood there is gone")
			}
			if got := inflated(t, before[max(0, len(before)-Window):], out[5:]); !bytes.Equal(got, text) {
				t.Fatalf("%d bytes came back as %d other ones", len(text), len(got))
			}
		}
	})
}

func noise(r *rand.Rand, n, letters int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(r.IntN(letters))
	}
	return out
}

func TestCodesKeepTheLimit(t *testing.T) {
	t.Parallel()
	steep := make([]int32, 30) // whose best code would be 29 bits long
	steep[0], steep[1] = 1, 1
	for i := 2; i < len(steep); i++ {
		steep[i] = steep[i-1] + steep[i-2]
	}
	random := rand.New(rand.NewPCG(3, 4))
	ragged := make([]int32, litCodes)
	for i := range ragged {
		ragged[i] = int32(1) << random.IntN(25) * int32(random.IntN(2))
	}
	for name, list := range map[string][]int32{"nothing": make([]int32, 5), "one": {0, 0, 9}, "two": {1, 0, 9}, "steep": steep, "ragged": ragged} {
		for _, limit := range []int{9, 15} {
			sum := 0 // Kraft's, in units of the longest code
			for i, n := range lengths(list, limit) {
				if int(n) > limit || list[i] > 0 && n == 0 {
					t.Errorf("%s: symbol %d has a code of %d bits, at most %d", name, i, n, limit)
				}
				if n > 0 {
					sum += 1 << (limit - int(n))
				}
			}
			if sum != 1<<limit {
				t.Errorf("%s, %d bits: the codes fill %d of %d", name, limit, sum, 1<<limit)
			}
		}
	}
}

// What costs more time has to be smaller, on texts like those that it is for.
func TestItIsShorterThanTheUsual(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	words := strings.Fields("warga desa pasar kata yang dan di itu akan tidak harga pagi nelayan dinas kapal kepada sudah lebih dari")
	var page strings.Builder
	for i := range 60 {
		fmt.Fprintf(&page, "<li class=\"row\"><a href=\"/nasional/2026/11/%02d/%d/", 1+i%28, 1000+random.IntN(9000))
		for range 9 {
			page.WriteString(words[random.IntN(len(words))] + "-")
		}
		page.WriteString("\"><img width=\"192\" height=\"192\" alt=\"\">")
		for range 12 {
			page.WriteString(words[random.IntN(len(words))] + " ")
		}
		page.WriteString("</a>\n")
	}
	text := []byte(page.String())
	var c Compressor
	once := c.Append(nil, nil, text, Thorough)
	if again := c.Append(nil, nil, text, Thorough); !bytes.Equal(again, once) {
		t.Error("the same text gives other bytes the second time")
	}
	var usual bytes.Buffer
	z, err := flate.NewWriter(&usual, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Flush(); err != nil {
		t.Fatal(err)
	}
	if most := usual.Len() * 98 / 100; len(once) > most {
		t.Errorf("%d bytes where the usual are %d: want at most %d", len(once), usual.Len(), most)
	}
	if got := len(c.Append(nil, text, text, Thorough)); got > len(text)/maxMatch*4+20 {
		t.Errorf("what stands before takes %d bytes again", got)
	}
}

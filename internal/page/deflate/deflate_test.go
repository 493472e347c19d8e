package deflate

import (
	"bytes"
	"compress/flate"
	"io"
	"math/rand/v2"
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
		out := c.Append([]byte("front"), before, text)
		if !bytes.HasPrefix(out, []byte("front")) {
			t.Fatal("what stood there is gone")
		}
		if got := inflated(t, before[max(0, len(before)-Window):], out[5:]); !bytes.Equal(got, text) {
			t.Fatalf("%d bytes came back as %d other ones", len(text), len(got))
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

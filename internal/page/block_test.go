package page

import (
	"bytes"
	"compress/gzip"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// randomText returns n bytes, compressible or not.
func randomText(random *rand.Rand, n int) []byte {
	text := make([]byte, n)
	letters := 256
	if random.IntN(2) == 0 {
		letters = 5
	}
	for i := range text {
		text[i] = byte('a' + random.IntN(letters))
	}
	return text
}

func joined(t testing.TB, p *press, texts ...[]byte) *Response {
	t.Helper()
	var s skeleton
	var blocks []*block
	for _, text := range texts {
		b, err := p.block(text)
		if err != nil {
			t.Fatal(err)
		}
		s.segments, blocks = append(s.segments, b), append(blocks, &b)
	}
	h, err := newHead(Rendering{})
	if err != nil {
		t.Fatal(err)
	}
	s.seal()
	return newResponse(&h, nil, blocks, s.sums(nil, nil), p)
}

func gunzip(t testing.TB, member []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(member))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z) // checks CRC and length
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestJoinedPiecesAreOneGzipMember(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	var p press
	sizes := []int{0, 0, 1, 2, 7, 100, 4_000, 33_000, 140_000}
	rounds := 100
	if raceEnabled { // which makes compressing slow
		rounds = 5
	}
	for range rounds {
		var texts [][]byte
		for range random.IntN(9) {
			texts = append(texts, randomText(random, sizes[random.IntN(len(sizes))]))
		}
		want := bytes.Join(texts, nil)
		r := joined(t, &p, texts...)
		for _, enc := range []Encoding{Identity, Gzip} {
			var out bytes.Buffer
			n, err := r.WriteBody(&out, enc)
			if err != nil {
				t.Fatal(err)
			}
			if n != r.Len(enc) || int64(out.Len()) != n {
				t.Fatalf("encoding %d: wrote %d bytes, said %d, promised %d", enc, out.Len(), n, r.Len(enc))
			}
			got := out.Bytes()
			if enc == Gzip {
				got = gunzip(t, got)
			}
			if !bytes.Equal(got, want) {
				t.Fatalf("encoding %d: %d pieces came back as other bytes", enc, len(texts))
			}
		}
		var scratch [gzipTail]byte
		gathered, err := r.Append(nil, Gzip)
		if vectored := bytes.Join(r.Buffers(nil, &scratch), nil); err != nil || !bytes.Equal(vectored, gathered) {
			t.Fatal("the vectored body is another one")
		}
		if r.crc != crc32.ChecksumIEEE(want) {
			t.Fatal("wrong CRC")
		}
	}
}

// Decoders other than Go's, where the machine has them.
func TestOtherDecodersReadTheMember(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	want := [][]byte{randomText(random, 9_000), {}, randomText(random, 1), randomText(random, 40_000)}
	member, err := joined(t, &press{}, want...).Append(nil, Gzip)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "page.gz")
	if err := os.WriteFile(file, member, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range decoders(file) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := program(t, name)
			got, err := exec.Command(path, args...).Output()
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, bytes.Join(want, nil)) {
				t.Error("decoded other bytes")
			}
		})
	}
}

// decoders are programs that decode a file to their output.
func decoders(file string) map[string][]string {
	return map[string][]string{
		"gzip":    {"-dc", file},
		"node":    {"-e", `process.stdout.write(require("zlib").gunzipSync(require("fs").readFileSync(process.argv[1])))`, file},
		"python3": {"-c", `import sys,zlib;d=zlib.decompressobj(31);b=d.decompress(open(sys.argv[1],"rb").read());assert d.eof and not d.unused_data;sys.stdout.buffer.write(b)`, file},
	}
}

func TestETagNamesTheBytes(t *testing.T) {
	t.Parallel()
	var p press
	a, b := []byte("<p>one</p>"), []byte("<p>two</p>")
	r := joined(t, &p, a, b)
	if r.ETag(Gzip) == r.ETag(Identity) {
		t.Error("two encodings share a strong tag")
	}
	if other := joined(t, &press{}, a, b); other.ETag(Gzip) != r.ETag(Gzip) {
		t.Error("the same pieces have another tag elsewhere")
	}
	if other := joined(t, &p, b, a); other.ETag(Gzip) == r.ETag(Gzip) {
		t.Error("another order has the same tag")
	}
	for _, enc := range []Encoding{Identity, Gzip} {
		if tag := r.ETag(enc); !strings.HasPrefix(tag, `"`) || !strings.HasSuffix(tag, `"`) || len(tag) < 12 {
			t.Errorf("odd tag %s", tag)
		}
	}
}

// program finds a program that decodes what we make. Without it a test says so
// and skips; in continuous integration nothing may be missing.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("%s is not on this machine", name)
	}
	if err != nil {
		t.Skipf("%s is not on this machine", name)
	}
	return path
}

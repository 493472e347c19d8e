package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// pieces reads a stream and tells each item as "line:data" or "line!".
func pieces(t *testing.T, s *splitter) (out []string) {
	t.Helper()
	for range 10_000 {
		it, err := s.next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if it.err != nil {
			out = append(out, fmt.Sprintf("%d!", it.line))
			continue
		}
		out = append(out, fmt.Sprintf("%d:%s", it.line, it.data))
	}
	t.Fatal("the stream does not end")
	return nil
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"one item":                                   {`{"a":1}`, []string{`1:{"a":1}`}},
		"nothing at all":                             {" \n\n", nil},
		"a byte order mark":                          {"\xef\xbb\xbf{\"a\":1}", []string{`1:{"a":1}`}},
		"a list":                                     {"[{\"a\":1},\n {\"b\":[2,{}]}]\n", []string{`1:{"a":1}`, `2:{"b":[2,{}]}`}},
		"an empty list":                              {"[]", nil},
		"an item a line":                             {"{\"a\":1}\r\n\n{\"b\":2}\n", []string{`1:{"a":1}`, `3:{"b":2}`}},
		"files one after the other":                  {"[{\"a\":1}]\n[{\"b\":2}]{\"c\":3}", []string{`1:{"a":1}`, `2:{"b":2}`, `2:{"c":3}`}},
		"brackets and escapes in strings":            {`{"a":"}]\"\\"}{"b":"{"}`, []string{`1:{"a":"}]\"\\"}`, `1:{"b":"{"}`}},
		"a torn line":                                {"{\"a\":1}\n{\"b\":\"x\n{\"c\":3}\n", []string{`1:{"a":1}`, `2!`, `3:{"c":3}`}},
		"a line torn after a colon":                  {"{\"b\":\n{\"c\":3}\n{\"d\":4}\n", []string{`1!`, `2:{"c":3}`, `3:{"d":4}`}},
		"a line torn inside of a list":               {"{\"b\":[1,\n{\"c\":3}\n{\"d\":4}\n", []string{`1!`, `2:{"c":3}`, `3:{"d":4}`}},
		"a line with too much at its end":            {"{\"a\":1}}\n{\"b\":2}\n", []string{`1:{"a":1}`, `1!`, `2:{"b":2}`}},
		"words between the lines":                    {"# note\n{\"b\":2}\n", []string{`1!`, `2:{"b":2}`}},
		"what is no object":                          {`[1, "x", null, [2], {"a":1}]`, []string{`1!`, `1!`, `1!`, `1!`, `1:{"a":1}`}},
		"a broken item in a list over several lines": {"[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": x y\n  },\n  {\n    \"c\": 3\n  }\n]", []string{"2:{\n    \"a\": 1\n  }", `5!`, "8:{\n    \"c\": 3\n  }"}},
		"a list that is cut off":                     {"[{\"a\":1},", []string{`1:{"a":1}`, `1!`}},
		"an item that is cut off":                    {"{\"a\":1}\n{\"b\":[", []string{`1:{"a":1}`, `2!`}},
		"an item that nests too deep":                {strings.Repeat(`{"a":`, 200) + "\n{\"b\":2}\n", []string{`1!`, `2:{"b":2}`}},
		"an item that is too large":                  {`{"a":"` + strings.Repeat("x", 300) + "\"}\n{\"b\":2}", []string{`1!`, `2:{"b":2}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for how, r := range map[string]io.Reader{
				"at once": strings.NewReader(c.in), "byte by byte": iotest.OneByteReader(strings.NewReader(c.in)),
				"with its end": iotest.DataErrReader(strings.NewReader(c.in)),
			} {
				most := 1 << 20
				if len(c.in) < 400 {
					most = 200
				}
				if got := pieces(t, newSplitter(r, most)); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) {
					t.Errorf("%s:\n got %q\nwant %q", how, got, c.want)
				}
			}
		})
	}
}

func TestSplitGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	in := "[{\"a\":1},\n{\"b\":2} ,\n\n{\"c\":3}]\n{\"d\":4}"
	whole := pieces(t, newSplitter(strings.NewReader(in), 100))
	s := newSplitter(strings.NewReader(in), 100)
	for i := range whole {
		it, err := s.next()
		if err != nil {
			t.Fatal(err)
		}
		rest := newSplitter(iotest.HalfReader(strings.NewReader(in)), 100)
		if err := rest.skip(it.end); err != nil && i < len(whole)-1 {
			t.Fatal(err)
		}
		if got := pieces(t, rest); fmt.Sprint(got) != fmt.Sprint(whole[i+1:]) {
			t.Errorf("after item %d: got %q, want %q", i, got, whole[i+1:])
		}
	}
}

func TestSplitKeepsOneItemInMemory(t *testing.T) {
	t.Parallel()
	r := io.MultiReader(strings.NewReader(`{"a":"`), io.LimitReader(endless('x'), 50<<20), strings.NewReader("\"}\n{\"b\":2}"))
	s := newSplitter(r, 1<<20)
	if got := fmt.Sprint(pieces(t, s)); got != `[1! 2:{"b":2}]` {
		t.Errorf("got %s", got)
	}
	if cap(s.buf) > 4<<20 {
		t.Errorf("the buffer grew to %d bytes", cap(s.buf))
	}
}

type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

// A splitter stands any bytes, ends, and never loses its place.
func FuzzSplit(f *testing.F) {
	f.Add([]byte("[{\"a\":1},\n{\"b\":\"}\"}]\n{\"c\":x}"), int64(5))
	f.Add([]byte("{\"a\":[1,\n{\"b\":2}\n"), int64(0))
	f.Fuzz(func(t *testing.T, in []byte, seed int64) {
		rng := rand.New(rand.NewPCG(uint64(seed), 1))
		s := newSplitter(iotest.HalfReader(bytes.NewReader(in)), 50+rng.IntN(200))
		at := int64(0)
		for range len(in) + 3 {
			it, err := s.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if it.start < at || it.end < it.start || it.end > int64(len(in)) {
				t.Fatalf("an item from %d to %d after %d", it.start, it.end, at)
			}
			if it.err == nil && !bytes.Equal(it.data, in[it.start:it.end]) {
				t.Fatal("an item is not what stands there")
			}
			if lines := 1 + bytes.Count(in[:it.start], []byte{'\n'}); it.line != lines {
				t.Fatalf("line %d is called %d", lines, it.line)
			}
			at = it.end
		}
		t.Fatal("the stream does not end")
	})
}

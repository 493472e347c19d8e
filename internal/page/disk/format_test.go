package disk

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/page"
)

var samples = []page.Record{
	{Key: "p/", Number: 1 << 20, Until: forever, Body: [][]byte{[]byte("body")}},
	{Key: "p/nasional/2026/11/23/55/judul", Number: 7, Until: -1, Tags: []string{"story:55", "", "ä", string(bytes.Repeat([]byte("x"), 300))}, Body: [][]byte{{}, []byte("a"), []byte("bc")}},
	{Key: "", Body: nil},
}

func TestRecordsAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	for _, r := range samples {
		b := appendRecord([]byte("before"), &r)[6:]
		if len(b) != recordSize(&r) {
			t.Errorf("%q has %d bytes, not %d", r.Key, len(b), recordSize(&r))
		}
		got, n, err := parseRecord(append(bytes.Clone(b), "behind"...))
		if err != nil || n != len(b) || got.Key != r.Key || got.Number != r.Number || got.Until != r.Until ||
			!slices.Equal(got.Tags, r.Tags) || !bytes.Equal(got.Body[0], slices.Concat(r.Body...)) {
			t.Errorf("%q is read as %+v, %d, %v", r.Key, got, n, err)
		}
		for i := range b {
			if _, _, err := parseRecord(b[:i]); err == nil {
				t.Errorf("%q is read when it is cut to %d bytes", r.Key, i)
			}
			for bit := range 8 {
				c := bytes.Clone(b)
				c[i] ^= 1 << bit
				if _, _, err := parseRecord(c); err == nil {
					t.Errorf("%q is read with bit %d of byte %d turned", r.Key, bit, i)
				}
			}
		}
	}
}

func FuzzRecord(f *testing.F) {
	for _, r := range samples {
		f.Add(appendRecord(nil, &r))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, n, err := parseRecord(b)
		if err != nil {
			return
		}
		if again := appendRecord(nil, &r); len(r.Tags) > 0 && n != len(again) {
			// Lengths may be written with more bytes than they need.
			if n < len(again) {
				t.Errorf("%d bytes are read as a record of %d", n, len(again))
			}
		}
	})
}

func FuzzLog(f *testing.F) {
	m := newMemory()
	known := &tags{limit: 100, taken: map[uint64]uint64{}}
	known.announce(3, []uint64{1, 2}, true)
	l, err := beginLog(m, [16]byte{1}, [32]byte{2}, known, point{3, 4})
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range []entry{{number: 4 << seqBits, point: point{4, 5}, tags: []uint64{1}, takedown: true}, {number: 5 << seqBits, floor: true}} {
		l.append(e.payload())
	}
	l.append([]byte{kindClean})
	if err := l.flush(true); err != nil {
		f.Fatal(err)
	}
	whole := m.copied()[logName]
	f.Add(whole)
	f.Fuzz(func(t *testing.T, b []byte) {
		got := &tags{limit: 100, taken: map[uint64]uint64{}}
		st, err := readLog(b, got)
		if err == nil && st.last.seq == 0 {
			t.Error("a log that is complete to no event is used")
		}
		if err == nil && len(b) > 0 {
			if _, err := readLog(b[:len(b)-1], &tags{limit: 100, taken: map[uint64]uint64{}}); err == nil {
				t.Error("a log that is cut in a record is used")
			}
		}
	})
}

// Every size on the way to a million records stays within the bound, in what the
// table says and in what the heap says.
func TestTheIndexTakes32BytesAPage(t *testing.T) {
	if raceEnabled {
		t.Skip("the detector takes memory of its own")
	}
	const million = 1_000_000
	before := heap()
	x := new(index)
	random := rand.New(rand.NewPCG(6, 7))
	worst := 0.0
	for i := 1; i <= million; i++ {
		x.set(random.Uint64(), newPlace(uint64(i%64+1), 64, 4000))
		if i >= 10_000 && i%997 == 0 {
			n, bytes := x.size()
			worst = max(worst, float64(bytes)/float64(n))
		}
	}
	n, bytes := x.size()
	held := float64(heap()-before) / float64(n)
	t.Logf("%d records: %.1f bytes each, %.1f on the heap, at most %.1f on the way", n, float64(bytes)/float64(n), held, worst)
	if n != million || worst > 32 || held > 32 {
		t.Errorf("%d records take %.1f bytes each, %.1f on the heap, up to %.1f", n, float64(bytes)/float64(n), held, worst)
	}
	random = rand.New(rand.NewPCG(6, 7))
	start := time.Now()
	for range million {
		if x.at(random.Uint64()) == 0 {
			t.Fatal("a record is missing")
		}
	}
	t.Logf("a look-up takes %v", time.Since(start)/million)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A table is a map: the same operations at random on both.
func TestTheTableIsAMap(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(8, 9))
	for _, spread := range []uint64{1, 1 << 58} { // hashes that share their place, and such that do not
		var x table
		m := map[uint64]uint64{}
		for range 200_000 {
			h := random.Uint64N(60) * spread
			switch random.IntN(3) {
			case 0:
				x.remove(h)
				delete(m, h)
			default:
				v := random.Uint64() | 1
				x.set(h, v)
				m[h] = v
			}
			if x.n != len(m) {
				t.Fatalf("%d entries, not %d", x.n, len(m))
			}
			probe := random.Uint64N(60) * spread
			s := x.find(probe)
			if v, ok := m[probe]; ok != (s != nil) || ok && s.value != v {
				t.Fatalf("%d is found: %t, want %t", probe, s != nil, ok)
			}
		}
	}
}

func TestPlacesHoldWhatTheyAreMadeOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		serial uint64
		offset int64
		size   int
	}{{1, 64, 1}, {65535, 8 * 12345, 64}, {65536 + 7, maxSegment - 8, maxRecord}, {3, 512, 65}} {
		p := newPlace(c.serial, c.offset, c.size)
		if p.segment() != uint16(c.serial) || p.offset() != c.offset || p.size() < c.size || p.size() >= c.size+lengthUnit || p.used() || p == 0 {
			t.Errorf("%+v is %d %d %d", c, p.segment(), p.offset(), p.size())
		}
	}
}

// Hashes are on disk: another way to make them would need another format.
func TestHashesStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]uint64{"": 0, "p/": 12357286779790349716, "eight by": 7076398509616270265, "story:170172": 11809223834038942767} {
		if got := hash(text); got != want {
			t.Errorf("the hash of %q is %d", text, got)
		}
	}
}

// Tags and keys differ in few bytes, often in their last ones, and lengths: none
// of these may share a hash, nor a half of one with many.
func TestHashesOfWhatIsAlikeDiffer(t *testing.T) {
	t.Parallel()
	names := []string{"", "\x00", "\x00\x00", "a", "a\x00", strings.Repeat("\x00", 8), strings.Repeat("\x00", 9)}
	for i := range 100_000 {
		names = append(names, fmt.Sprintf("story:%d", i), fmt.Sprintf("/nasional/2026/11/30/%d/x", i))
	}
	seen, low, high := map[uint64]string{}, map[uint32]int{}, map[uint32]int{}
	for _, name := range names {
		h := hash(name)
		if other, ok := seen[h]; ok {
			t.Fatalf("%q and %q have the hash %d", name, other, h)
		}
		seen[h] = name
		low[uint32(h)]++
		high[uint32(h>>32)]++
	}
	// By chance about five pairs share a half; a hundred would be no chance.
	for what, halves := range map[string]map[uint32]int{"lower": low, "upper": high} {
		if shared := len(names) - len(halves); shared > 100 {
			t.Errorf("%d of %d names share the %s half of their hash", shared, len(names), what)
		}
	}
}

// Two keys may have one hash, and an index may be wrong: the record says whose
// it is.
func TestARecordOfAnotherKeyIsNotRead(t *testing.T) {
	t.Parallel()
	s := begun(t, t.TempDir(), Options{})
	write(t, s, record(s, "p/a", "a"))
	s.index.set(hash("p/b"), s.index.at(hash("p/a")))
	expect(t, s, "p/b", "")
	expect(t, s, "p/a", "a")
	if st := s.Stats(); st.Damaged != 1 || st.Records != 1 {
		t.Errorf("%+v", st)
	}
}

// Nothing comes behind the mark of a store that was closed.
func TestALogThatGoesOnAfterItsEndIsNotUsed(t *testing.T) {
	t.Parallel()
	m := newMemory()
	known := &tags{limit: 100, taken: map[uint64]uint64{}}
	l, err := beginLog(m, [16]byte{1}, [32]byte{2}, known, point{3, 4})
	if err != nil {
		t.Fatal(err)
	}
	for i, whole := range []bool{true, false} {
		l.append([]byte{kindClean})
		if err := l.flush(true); err != nil {
			t.Fatal(err)
		}
		st, err := readLog(m.copied()[logName], &tags{limit: 100, taken: map[uint64]uint64{}})
		if (err == nil) != whole || whole && !st.clean {
			t.Errorf("with %d marks: %v, %+v", i+1, err, st)
		}
	}
}

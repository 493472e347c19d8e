package page

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// packedSkeleton is a page with everything that a page can have.
func packedSkeleton(t testing.TB) (*skeleton, Record) {
	t.Helper()
	h := NewHoles()
	body := "<p>a" + h.Put(Hole{Module: "latest", Params: "3", Without: "55", Near: "5 61"}) + "b" + h.Put(Hole{Module: "ad", Hide: AdFree}) + h.Put(Hole{Module: "top", Width: 300, Frame: NewFrame("<style>", "</nav>")}) + "a" + h.Put(Hole{Module: "rest", Need: MembersText | Registered}) + noise(rand.New(rand.NewPCG(1, 2)), 500)
	e := New(nil, Options{})
	t.Cleanup(e.Close)
	s, err := e.skeleton(Rendering{Body: []byte(body), Holes: h, Tags: []string{"story:1", "latest"}, Until: time.Unix(5, 0), Status: 410,
		Caching: Brief, Location: "/x", Header: []Field{{"Link", "<a>"}, {"Link", "<b>"}, {"X-Robots-Tag", ""}}}, 7)
	if err != nil {
		t.Fatal(err)
	}
	return s, Record{Until: s.until, Tags: s.names, Body: [][]byte{slices.Concat(packSkeleton(s)...)}}
}

// met are the frames that a process has met which rendered packedSkeleton.
func met() *frames {
	var k frames
	k.learn(NewFrame("<style>", "</nav>"))
	return &k
}

func packedPiece(t testing.TB) (*piece, Record) {
	t.Helper()
	var p press
	v := &piece{contains: newItems([]string{"5", "", "77"})}
	var err error
	if v.block, err = p.block([]byte("<i>piece</i>")); err != nil {
		t.Fatal(err)
	}
	v.init(Rendering{Tags: []string{"a", "b"}}, 7)
	return v, Record{Until: v.until, Tags: v.names, Body: [][]byte{slices.Concat(packPiece(v)...)}}
}

func TestWhatIsPackedIsUnpacked(t *testing.T) {
	t.Parallel()
	s, r := packedSkeleton(t)
	got, err := unpackSkeleton(r, 7, met())
	if err != nil || !reflect.DeepEqual(got, s) {
		t.Errorf("%v: unpacked\n%+v, packed\n%+v", err, got, s)
	}
	if _, err := unpackSkeleton(r, 7, &frames{}); err == nil {
		t.Error("a page is unpacked that refers to a frame which nobody has")
	}
	v, r := packedPiece(t)
	back, err := unpackPiece(r, 7)
	if err != nil || !reflect.DeepEqual(back, v) {
		t.Errorf("%v: unpacked\n%+v, packed\n%+v", err, back, v)
	}
	if packSkeleton(&skeleton{head: head{caching: Never}}) != nil {
		t.Error("a page that nobody may keep is kept")
	}
}

// Whoever keeps it guards it with a checksum; still, nothing that can be read
// does harm.
func TestWhatIsCutIsNotUnpacked(t *testing.T) {
	t.Parallel()
	_, r := packedSkeleton(t)
	whole := r.Body[0]
	for n := range whole {
		r.Body = [][]byte{whole[:n]}
		if _, err := unpackSkeleton(r, 7, met()); err == nil {
			t.Errorf("%d of %d bytes are a page", n, len(whole))
		}
	}
	_, r = packedPiece(t)
	whole = r.Body[0]
	for n := range whole {
		r.Body = [][]byte{whole[:n]}
		if _, err := unpackPiece(r, 7); err == nil {
			t.Errorf("%d of %d bytes are a piece", n, len(whole))
		}
	}
}

func FuzzPacked(f *testing.F) {
	_, s := packedSkeleton(f)
	_, p := packedPiece(f)
	f.Add(s.Body[0])
	f.Add(p.Body[0])
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := unpackSkeleton(Record{Body: [][]byte{b}}, 1, met()); err == nil {
			if again := slices.Concat(packSkeleton(s)...); len(again) > len(b) {
				t.Errorf("%d bytes are a page of %d", len(b), len(again))
			}
		}
		if v, err := unpackPiece(Record{Body: [][]byte{b}}, 1); err == nil && !bytes.HasSuffix(b, v.deflate) {
			t.Error("the block is not the bytes' own")
		}
	})
}

// Items that are there are found, whatever they end with, and others are not,
// even if they end alike.
func TestItemsAreFoundByName(t *testing.T) {
	t.Parallel()
	s := newItems([]string{"5", "", "77", "1077", "ä"})
	for item, want := range map[string]bool{"5": true, "": true, "77": true, "1077": true, "ä": true, "177": false, "0": false, "7": false, "75": false} {
		if s.has(item) != want {
			t.Errorf("%q is there: %v", item, !want)
		}
	}
	if none := newItems(nil); none.has("") {
		t.Error("nothing contains an item")
	}
}

package page

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sentence is what segments and pieces have in common.
const sentence = "the harbour master said that the ferry to the northern islands will sail again on Thursday, "

// widePage is a page with a hole of a width after its first words, and one of a
// further hole between the same words again.
func widePage(k *kitchen, width int, further Hole) {
	k.pages["/"] = func() (Rendering, error) {
		h := NewHoles()
		text := sentence + h.Put(Hole{Module: "top", Width: width}) + "<p>" + sentence + h.Put(further) + "<p>" + sentence
		return Rendering{Body: []byte(text), Holes: h, Tags: []string{"page"}}, nil
	}
}

// bodies returns the page in both forms and fails if they differ.
func bodies(t *testing.T, e *Engine, class Class) (raw, member []byte) {
	t.Helper()
	r, err := e.Get(t.Context(), "/", class)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err = r.Append(nil, Identity); err != nil {
		t.Fatal(err)
	}
	if member, err = r.Append(nil, Gzip); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(gunzip(t, member), raw) {
		t.Fatal("the member and the plain body differ")
	}
	return raw, member
}

func TestWhatFollowsAHoleOfKnownWidthRefersBack(t *testing.T) {
	t.Parallel()
	length := func(width int) int {
		k := newKitchen(t)
		widePage(k, width, Hole{Module: "top", Width: width})
		k.module(Hole{Module: "top", Width: width}, Rendering{Body: []byte("<b>x</b>")})
		_, member := bodies(t, k.start(Options{}), 0)
		return len(member)
	}
	if known, unknown := length(40), length(0); known > unknown-100 { // the sentence twice
		t.Errorf("%d bytes with a known width, %d without", known, unknown)
	}
}

func TestAPieceFillsItsHole(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	top, further := Hole{Module: "top", Width: 40}, Hole{Module: "members", Need: MembersText, Width: 30}
	widePage(k, 40, further)
	k.module(Hole{Module: "members", Width: 30}, Rendering{Body: []byte(sentence[:10])})
	e := k.start(Options{})
	seq := int64(0)
	for _, text := range []string{"", "<b>short</b>", strings.Repeat("x", 40), strings.Repeat("<i>longer</i>", 9), strings.Repeat(sentence, 900), "<b>short again</b>", sentence[:40]} {
		k.module(top, Rendering{Body: []byte(text), Tags: []string{"top"}})
		seq++
		e.Announce(seq, []string{"top"}, false)
		for class := range Class(classes) {
			before := e.Stats()
			raw, _ := bodies(t, e, class)
			inner := ""
			if class&MembersText != 0 {
				inner = fmt.Sprintf("%-30s", sentence[:10])
			}
			want := sentence + fmt.Sprintf("%-40s", text) + "<p>" + sentence + inner + "<p>" + sentence
			if string(raw) != want {
				t.Errorf("class %d, %d bytes in the hole: got %.400q, want %.400q", class, len(text), raw, want)
			}
			if refits := e.Stats().Refits - before.Refits; refits > 0 != (len(text) > 40) {
				t.Errorf("%d bytes in a hole of 40: compressed again %d times", len(text), refits)
			}
		}
	}
}

// The reference is plain concatenation; the seeds hold what is awkward: zeros
// in the text, holes as wide as the window, pieces that are too long.
func FuzzWidth(f *testing.F) {
	f.Add(uint64(1), "the ferry sails, the ferry sails", 40, 12)
	f.Add(uint64(2), "a\x00\x00\x00\x00\x00\x00\x00\x00b\x00\x00\x00\x00\x00", 300, 300)
	f.Add(uint64(3), sentence, window-1, 3)
	f.Add(uint64(4), sentence, window, 70_000)
	f.Add(uint64(5), strings.Repeat(sentence, 500), 20_000, 5)
	f.Add(uint64(6), strings.Repeat("\x00", 70_000), 9, 9)
	f.Fuzz(func(t *testing.T, seed uint64, text string, width, size int) {
		if len(text) > 200_000 || width < 0 || width > 100_000 || size < 0 || size > 100_000 {
			t.Skip()
		}
		random := rand.New(rand.NewPCG(seed, 1))
		var p press
		holes := make([]Hole, random.IntN(6))
		segments := make([][]byte, len(holes)+1)
		for i := range segments {
			from := random.IntN(len(text) + 1)
			segments[i] = []byte(text[from : from+random.IntN(len(text)-from+1)])
		}
		for i := range holes {
			holes[i].Width = width / (1 + random.IntN(3))
			if at := random.IntN(len(text) + 1); random.IntN(2) == 0 {
				holes[i].Frame = NewFrame(text[:at/2], text[at:])
			}
		}
		blocks, err := p.segments(segments, holes)
		if err != nil {
			t.Fatal(err)
		}
		check := func(blocks []block, holes []Hole, sizes func(Hole) int) {
			var all []*block
			var want []byte
			for i := range blocks {
				all, want = append(all, &blocks[i]), append(want, segments[i]...)
				if i == len(holes) {
					break
				}
				piece := make([]byte, sizes(holes[i]))
				for j := range piece {
					piece[j] = text[:1+len(text)/2][j%(1+len(text)/2)]
				}
				if f := holes[i].frame(); f != (frame{}) {
					copy(piece, f.start)
					copy(piece[len(piece)-len(f.end):], f.end)
				}
				b, err := p.block(piece)
				if err != nil {
					t.Fatal(err)
				}
				all, want = append(all, &b), append(want, piece...)
			}
			h, _ := newHead(Rendering{})
			r := newResponse(&h, nil, all, nil, &p)
			member, err := r.Append(nil, Gzip)
			if err != nil || !bytes.Equal(gunzip(t, member), want) {
				t.Fatalf("%v: the member holds other bytes", err)
			}
			var out bytes.Buffer
			if n, err := r.WriteBody(&out, Identity); err != nil || n != int64(len(want)) || !bytes.Equal(out.Bytes(), want) {
				t.Fatalf("%v: the plain body has other bytes", err)
			}
		}
		if text == "" {
			t.Skip()
		}
		check(blocks, holes, func(h Hole) int {
			if h.wide() {
				return h.Width
			}
			return size // nobody knew
		})
		real := make([]Hole, len(holes))
		for i := range real {
			real[i].Width = size
		}
		again, err := p.refit(blocks, holes, real)
		if err != nil {
			t.Fatal(err)
		}
		check(again, real, func(Hole) int { return size })
	})
}

func TestOtherDecodersReadAMemberThatRefersBack(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	widePage(k, 20_000, Hole{Module: "top", Width: 12_000})
	random := rand.New(rand.NewPCG(7, 8))
	k.module(Hole{Module: "top", Width: 20_000}, Rendering{Body: []byte(words(random, 19_000))})
	k.module(Hole{Module: "top", Width: 12_000}, Rendering{Body: []byte(words(random, 11_000))})
	raw, member := bodies(t, k.start(Options{}), 0)
	file := filepath.Join(t.TempDir(), "page.gz")
	if err := os.WriteFile(file, member, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range decoders(file) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := exec.Command(program(t, name), args...).Output()
			if err != nil || !bytes.Equal(got, raw) {
				t.Errorf("%v: decoded other bytes", err)
			}
		})
	}
}

func BenchmarkCompressASkeleton(b *testing.B) {
	random := rand.New(rand.NewPCG(17, 18))
	segments := [][]byte{[]byte(words(random, 2_600)), []byte(words(random, 9_900)), nil}
	for _, width := range []int{0, 16_128} {
		b.Run(fmt.Sprintf("hole of %d", width), func(b *testing.B) {
			var p press
			for b.Loop() {
				if _, err := p.segments(segments, []Hole{{Width: width}, {}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestAPieceThatNamesWhatThePageNamesRefersToIt(t *testing.T) {
	t.Parallel()
	list := Hole{Module: "list", Near: "5 61"}
	k := newKitchen(t)
	k.pages["/"] = func() (Rendering, error) {
		h := NewHoles()
		text := h.Put(Hole{Module: "members", Need: MembersText}) + sentence + h.Put(Hole{Module: "top", Width: 40}) + "<p>" + h.Put(list) + "<p>" + sentence
		return Rendering{Body: []byte(text), Holes: h, Tags: []string{"page"}}, nil
	}
	k.module(Hole{Module: "top", Width: 40}, Rendering{Body: []byte("<b>x</b>"), Tags: []string{"top"}})
	k.module(Hole{Module: "members"}, Rendering{Body: []byte(sentence)})
	e := k.start(Options{})
	lengths := map[string]int{}
	for i, tt := range []struct {
		contains []string
		text     string
		beside   uint64
	}{
		{[]string{"5", "7"}, sentence, 0},
		{[]string{"61", "7", "5"}, sentence, 1},
		{[]string{"61", "5"}, "\x00\x00" + sentence + "\x00\x00\x00\x00", 1},
		{nil, sentence, 0},
		{[]string{"5", "6", "1"}, sentence, 0},
	} {
		k.module(list.piece(), Rendering{Body: []byte(tt.text), Contains: tt.contains, Tags: []string{"list"}})
		top := "<b>x</b>"
		if i == 2 {
			top = strings.Repeat("<b>y</b>", 30) // wider than its hole
		}
		k.module(Hole{Module: "top", Width: 40}, Rendering{Body: []byte(top), Tags: []string{"top"}})
		e.Announce(int64(i+1), []string{"list", "top"}, false)
		for class := range Class(classes) {
			before := e.Stats().Beside
			raw, member := bodies(t, e, class)
			if want := fmt.Sprintf("%-40s<p>", top) + tt.text + "<p>" + sentence; !strings.HasSuffix(string(raw), want) {
				t.Errorf("%v, class %d: got %.400q, want %.400q at its end", tt.contains, class, raw, want)
			}
			if got := e.Stats().Beside - before; got != tt.beside {
				t.Errorf("%v, class %d: compressed again %d times, want %d", tt.contains, class, got, tt.beside)
			}
			if class == 0 {
				lengths[fmt.Sprint(tt.contains)] = len(member)
			}
		}
	}
	if alone, beside := lengths["[5 7]"], lengths["[61 7 5]"]; beside > alone-50 {
		t.Errorf("%d bytes beside what it names, %d alone", beside, alone)
	}
}

func TestWhatFollowsRefersToTheFrameOfAPiece(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	top := Hole{Module: "top", Width: 400, Frame: NewFrame("<style>"+sentence, "<nav>"+sentence+"</nav>")}
	k.pages["/"] = func() (Rendering, error) {
		h := NewHoles()
		return Rendering{Body: []byte("<p>" + h.Put(top) + sentence), Holes: h, Tags: []string{"page"}}, nil
	}
	f := top.Frame.texts()
	filled := func(middle string) string {
		return f.start + middle + strings.Repeat(" ", 400-len(f.start)-len(middle)-len(f.end)) + f.end
	}
	e := (*Engine)(nil)
	for i, tt := range []struct {
		piece, want string
		refits      uint64
	}{
		{f.start + "today" + f.end, filled("today"), 0},
		{f.start + f.end, filled(""), 0},
		{"no style" + f.end, fmt.Sprintf("%-400s", "no style"+f.end), 1},
		{f.start + "no nav", fmt.Sprintf("%-400s", f.start+"no nav"), 1},
		{"", strings.Repeat(" ", 400), 1},
		{f.start + strings.Repeat("long", 100) + f.end, f.start + strings.Repeat("long", 100) + f.end, 1},
		{f.start + "tomorrow" + f.end, filled("tomorrow"), 0},
	} {
		k.module(top, Rendering{Body: []byte(tt.piece), Tags: []string{"top"}})
		if e == nil {
			e = k.start(Options{})
		} else {
			e.Announce(int64(i), []string{"top"}, false)
		}
		before := e.Stats().Refits
		raw, member := bodies(t, e, 0)
		if want := "<p>" + tt.want + sentence; string(raw) != want {
			t.Errorf("piece %d: got %.500q, want %.500q", i, raw, want)
		}
		if got := e.Stats().Refits - before; got != tt.refits {
			t.Errorf("piece %d: compressed again %d times, want %d", i, got, tt.refits)
		}
		if i == 0 {
			var p press
			alone, err := p.block([]byte(sentence))
			if err != nil {
				t.Fatal(err)
			}
			piece, err := p.block([]byte(tt.want))
			if err != nil {
				t.Fatal(err)
			}
			if most := len(piece.deflate) + len(alone.deflate)/3 + 40; len(member) > most {
				t.Errorf("%d bytes, want at most %d", len(member), most)
			}
		}
	}
}

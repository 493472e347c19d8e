package media_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"warta/internal/fault"
	"warta/internal/media"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	p := k.add(t, photo(t, 700, 500, 250), media.Details{Focal: &media.Point{X: 0, Y: 0}})
	for _, c := range []struct {
		name  string
		crop  media.Crop
		width int
		f     media.Format
		w, h  int
	}{
		{"a square for lists", media.Square, 96, media.WebP, 96, 96},
		{"16:9 for phones", media.Wide, 320, media.WebP, 320, 180},
		{"4:3", media.Classic, 480, media.WebP, 480, 360},
		{"the whole picture", media.Orig, 640, media.WebP, 640, 457},
		{"a width beyond the picture's is its own", media.Orig, 1600, media.WebP, 700, 500},
		{"the JPEG for machines is not enlarged", media.Wide, 1200, media.JPEG, 700, 394},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, err := k.Open(t.Context(), p, c.crop, c.width, c.f)
			if err != nil {
				t.Fatal(err)
			}
			data := read(t, r)
			w, h, m := sizeOf(t, data)
			if w != c.w || h != c.h {
				t.Errorf("%d×%d, want %d×%d", w, h, c.w, c.h)
			}
			if rw, rh := p.RenditionSize(c.crop, c.width); rw != w || rh != h {
				t.Errorf("the page says %d×%d", rw, rh)
			}
			if got := m.NRGBAAt(w/8, h/8); got.R < 200 {
				t.Errorf("the focal corner is cut off: %v", got)
			}
			if r.ETag == "" || bytes.Contains([]byte(p.Hash), []byte(r.ETag)) || r.Modified.IsZero() {
				t.Errorf("ETag %q, modified %v", r.ETag, r.Modified)
			}
		})
	}
}

func TestOpenRefusesWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	p := k.add(t, photo(t, 200, 100, 250), media.Details{})
	for name, w := range map[string]media.Want{
		"another crop":            {Picture: p, Crop: "3x2", Width: 320, Format: media.WebP},
		"another width":           {Picture: p, Crop: media.Orig, Width: 321, Format: media.WebP},
		"another format":          {Picture: p, Crop: media.Orig, Width: 320, Format: "avif"},
		"a JPEG of another width": {Picture: p, Crop: media.Orig, Width: 320, Format: media.JPEG},
	} {
		if _, err := k.Open(t.Context(), w.Picture, w.Crop, w.Width, w.Format); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v, want not found", name, err)
		}
	}
	if n := k.blobs.count(k.blobs.puts, "renditions/"); n != 0 {
		t.Errorf("%d renditions were made", n)
	}
	lost := p
	lost.Hash = "00" + p.Hash[2:]
	if _, err := k.Open(t.Context(), lost, media.Orig, 320, media.WebP); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a lost original: %v, want unavailable, never not found", err)
	}
}

func TestARenditionIsMadeOnceHoweverManyAsk(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	p := k.add(t, photo(t, 700, 500, 250), media.Details{})
	k.blobs.gate, k.blobs.began = make(chan struct{}), make(chan string, 10)
	var wg sync.WaitGroup
	ask := func(ctx context.Context, want error) {
		r, err := k.Open(ctx, p, media.Wide, 640, media.WebP)
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
		if err == nil {
			_ = r.Close()
		}
	}
	first, leave := context.WithCancel(t.Context())
	var impatient sync.WaitGroup
	impatient.Go(func() { ask(first, context.Canceled) })
	<-k.blobs.began // the first one's rendering is under way
	for range 20 {
		wg.Go(func() { ask(t.Context(), nil) })
	}
	leave() // who asked first goes away: the others must still get it
	impatient.Wait()
	close(k.blobs.gate)
	wg.Wait()
	ask(t.Context(), nil)
	if n := k.blobs.count(k.blobs.puts, "renditions/"); n != 1 {
		t.Errorf("made %d times", n)
	}
	if n := k.blobs.count(k.blobs.opens, "originals/"); n != 0 {
		t.Errorf("the original was read %d times, and was decoded when it came in", n)
	}
}

// All sizes of a picture that readers ask for together come from one decoding.
func TestSizesOfAPictureShareItsDecoding(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{Workers: 2})
	p := k.add(t, photo(t, 700, 500, 250), media.Details{})
	k.add(t, photo(t, 700, 500, 90), media.Details{}) // in memory in place of the first
	var wg sync.WaitGroup
	for _, width := range []int{320, 480, 640} {
		for _, crop := range []media.Crop{media.Wide, media.Orig} {
			wg.Go(func() {
				r, err := k.Open(t.Context(), p, crop, width, media.WebP)
				if err != nil {
					t.Error(err)
					return
				}
				_ = r.Close()
			})
		}
	}
	wg.Wait()
	if n := k.blobs.count(k.blobs.puts, "renditions/"); n != 6 {
		t.Errorf("%d renditions were made", n)
	}
	// Not once if the other one was slow to take its place.
	if n := k.blobs.count(k.blobs.opens, "originals/"); n > 1 {
		t.Errorf("the original was read %d times", n)
	}
}

func TestWarm(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{Workers: 2})
	var wants []media.Want
	for i := range 3 {
		p := k.add(t, photo(t, 700, 500, uint8(50*i)), media.Details{})
		for _, c := range media.Crops() {
			wants = append(wants, media.Want{Picture: p, Crop: c, Width: 320, Format: media.WebP})
		}
	}
	lost := wants[0]
	lost.Picture.ID, lost.Picture.Hash = 77, "ff"+lost.Picture.Hash[2:]
	wants = append(wants, lost)
	// Pictures take turns in the list: each is still decoded once.
	slices.SortStableFunc(wants, func(a, b media.Want) int { return bytes.Compare([]byte(a.Crop), []byte(b.Crop)) })
	var seen []int
	err := k.Warm(t.Context(), wants, func(done, total int) {
		if total != 13 {
			t.Errorf("total is %d", total)
		}
		seen = append(seen, done)
	})
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v, want the lost original reported", err)
	}
	if len(seen) != 13 || !slices.IsSorted(seen) || seen[12] != 13 {
		t.Errorf("progress was %v", seen)
	}
	if n := k.blobs.count(k.blobs.puts, "renditions/"); n != 12 {
		t.Errorf("%d renditions were made, want 12", n)
	}
	if n := k.blobs.count(k.blobs.opens, "originals/"); n != 4 {
		t.Errorf("originals were read %d times, want once each", n)
	}
	if err := k.Warm(t.Context(), slices.DeleteFunc(wants, func(w media.Want) bool { return w.Picture.ID == 77 }), nil); err != nil {
		t.Fatal(err)
	}
	if n := k.blobs.count(k.blobs.puts, "renditions/"); n != 12 {
		t.Errorf("a second warming made %d more", n-12)
	}
}

func TestWarmStops(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{Workers: 1})
	var wants []media.Want
	for i := range 5 {
		p := k.add(t, photo(t, 350, 350, uint8(50*i)), media.Details{})
		wants = append(wants, media.Want{Picture: p, Crop: media.Square, Width: 96, Format: media.WebP})
	}
	ctx, stop := context.WithCancel(t.Context())
	err := k.Warm(ctx, wants, func(done, _ int) {
		if done == 2 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
	if n := k.blobs.count(k.blobs.puts, "renditions/"); n != 2 {
		t.Errorf("%d were made, want 2", n)
	}
}

// With room for one decoded picture only, a warming that holds it and a reader
// who waits for it must not wait for each other.
func TestLittleMemoryIsNoDeadlock(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{Memory: 1, Workers: 1})
	var wants []media.Want
	for i := range 4 {
		p := k.add(t, photo(t, 350, 350, uint8(50*i)), media.Details{})
		for _, width := range []int{96, 192, 320} {
			wants = append(wants, media.Want{Picture: p, Crop: media.Square, Width: width, Format: media.WebP})
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := k.Warm(t.Context(), wants, nil); err != nil {
			t.Errorf("warm: %v", err)
		}
	})
	for _, w := range wants {
		wg.Go(func() {
			r, err := k.Open(t.Context(), w.Picture, w.Crop, w.Width, w.Format)
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			_ = r.Close()
		})
	}
	wg.Wait()
	if n := k.blobs.count(k.blobs.puts, "renditions/"); n != len(wants) {
		t.Errorf("%d were made, want %d", n, len(wants))
	}
}

func TestReadersWhoWaitAreBounded(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{Queue: 2, Waiting: 3, Workers: 4})
	p, other := k.add(t, photo(t, 700, 500, 250), media.Details{}), k.add(t, photo(t, 700, 500, 90), media.Details{})
	k.blobs.gate, k.blobs.began = make(chan struct{}), make(chan string, 10)
	refused := func(why string, width int) {
		t.Helper()
		var f *fault.Error
		if _, err := k.Open(t.Context(), p, media.Wide, width, media.WebP); !errors.As(err, &f) || f.Kind != fault.Unavailable || f.RetryAfter <= 0 {
			t.Errorf("%s: %v", why, err)
		}
	}
	var wg sync.WaitGroup
	ask := func(ctx context.Context, p media.Picture, width int, want error) {
		wg.Go(func() {
			r, err := k.Open(ctx, p, media.Wide, width, media.WebP)
			if err == nil {
				err = r.Close()
			}
			if !errors.Is(err, want) {
				t.Errorf("%d: %v, want %v", width, err, want)
			}
		})
	}
	ctx, leave := context.WithCancel(t.Context())
	ask(t.Context(), p, 320, nil)
	<-k.blobs.began
	ask(ctx, other, 640, context.Canceled)
	<-k.blobs.began
	refused("a third rendition while two are under way", 480)
	leave()
	// Nobody waits for the second one any more, and it is still under way.
	refused("a third rendition after its reader has left", 480)
	close(k.blobs.gate)
	wg.Wait()
	ask(t.Context(), p, 480, nil)
	wg.Wait()
}

func TestOneRenditionTakesSoManyReadersOn(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{Waiting: 5})
	p := k.add(t, photo(t, 700, 500, 250), media.Details{})
	k.blobs.gate, k.blobs.began = make(chan struct{}), make(chan string, 10)
	const readers = 40
	results := make(chan error, readers)
	for range readers {
		go func() {
			r, err := k.Open(t.Context(), p, media.Wide, 640, media.WebP)
			if err == nil {
				err = r.Close()
			}
			results <- err
		}()
	}
	for range readers - 5 {
		if err := <-results; !fault.Is(err, fault.Unavailable) {
			t.Errorf("one reader too many: %v", err)
		}
	}
	close(k.blobs.gate)
	for range 5 {
		if err := <-results; err != nil {
			t.Errorf("one of those who waited: %v", err)
		}
	}
}

func TestCloseEndsRenderings(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	p := k.add(t, photo(t, 350, 350, 9), media.Details{})
	k.blobs.gate, k.blobs.began = make(chan struct{}), make(chan string, 1)
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := k.Open(t.Context(), p, media.Square, 96, media.WebP); !fault.Is(err, fault.Unavailable) {
			t.Errorf("got %v, want unavailable", err)
		}
	})
	<-k.blobs.began
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if _, err := k.Open(t.Context(), p, media.Square, 192, media.WebP); !fault.Is(err, fault.Unavailable) {
		t.Errorf("after closing: %v, want unavailable", err)
	}
}

func TestRenditionsTellNothingAboutTheCamera(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	secret := "Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00SERIAL4711 GPSLatitude"
	plain := photo(t, 300, 200, 250)
	file := slices.Concat(plain[:2], []byte{0xff, 0xe1, 0, byte(len(secret) + 2)}, []byte(secret), plain[2:])
	p := k.add(t, file, media.Details{})
	for _, w := range []media.Want{{Crop: media.Orig, Width: 1600, Format: media.WebP}, {Crop: media.Orig, Width: 1200, Format: media.JPEG}} {
		r, err := k.Open(t.Context(), p, w.Crop, w.Width, w.Format)
		if err != nil {
			t.Fatal(err)
		}
		data := read(t, r)
		for _, s := range []string{"SERIAL4711", "GPS", "Exif", "EXIF"} {
			if bytes.Contains(data, []byte(s)) {
				t.Errorf("%s holds %q", w.Format, s)
			}
		}
	}
}

func TestPublicAddress(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	p := k.add(t, photo(t, 100, 80, 250), media.Details{})
	a := k.rows.addresses[1]
	if got, err := k.PublicAddress(t.Context(), a.Token); err != nil || got.Picture.ID != p.ID || got.Crop != a.Crop {
		t.Errorf("got %d, %s, %v", got.Picture.ID, got.Crop, err)
	}
	if _, err := k.PublicAddress(t.Context(), "nothing"); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v, want not found", err)
	}
}

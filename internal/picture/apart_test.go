package picture_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/picture"
)

// encoderOrder has this test's binary be an encoder.
const encoderOrder = "WARTA_TEST_ENCODER"

func TestMain(m *testing.M) {
	switch os.Getenv(encoderOrder) {
	case "":
		os.Exit(m.Run())
	case "mute": // takes a picture in and says nothing
		_, _ = io.Copy(io.Discard, os.Stdin)
		time.Sleep(time.Hour)
	case "dies": // as one whose memory does not suffice
		_, _ = io.CopyN(io.Discard, os.Stdin, 100)
		os.Exit(2)
	case "raves":
		_, _ = os.Stdout.Write(bytes.Repeat([]byte{0xff}, 64))
		_, _ = io.Copy(io.Discard, os.Stdin)
	default:
		if err := picture.ServeApart(os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
	}
	os.Exit(0)
}

// encoders returns an encoder whose processes behave as said, and how many of them
// were started so far.
func encoders(t *testing.T, kind string) (*picture.Apart, func() int) {
	t.Helper()
	var mu sync.Mutex
	started := 0
	a := picture.NewApart(func() *exec.Cmd {
		mu.Lock()
		defer mu.Unlock()
		started++
		cmd := exec.Command(os.Args[0])
		cmd.Env = []string{encoderOrder + "=" + kind}
		return cmd
	})
	t.Cleanup(func() { a.Close() })
	return a, func() int { mu.Lock(); defer mu.Unlock(); return started }
}

// sheet decodes a file and fails the test if that cannot be done.
func sheet(t *testing.T, a *picture.Apart, file []byte) *picture.Sheet {
	t.Helper()
	m, err := a.Decode(t.Context(), bytes.NewReader(file), picture.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func TestAPictureMadeApartIsTheSame(t *testing.T) {
	t.Parallel()
	a, started := encoders(t, "well")
	cuts := []picture.Cut{{}, {Width: 20}, {RatioW: 1, RatioH: 1, FocalX: 0.9, FocalY: 0.1, Width: 33}}
	for _, file := range [][]byte{asPNG(t, noise(64, 40)), asJPEG(t, noise(300, 217)), asGIF(t, noise(50, 50)), asPNG(t, noise(1, 1))} {
		here, there := sheet(t, nil, file), sheet(t, a, file)
		if here.Tone() != there.Tone() {
			t.Errorf("the tone is %d, and %d in this process", there.Tone(), here.Tone())
		}
		for _, c := range cuts {
			want, err := here.WebP(t.Context(), c)
			got, errThere := there.WebP(t.Context(), c)
			if err != nil || errThere != nil || !bytes.Equal(got, want) {
				t.Errorf("WebP of %+v: %d bytes, %v; want the %d that this process makes, %v", c, len(got), errThere, len(want), err)
			}
			want, err = here.JPEG(t.Context(), c, 2_000)
			got, errThere = there.JPEG(t.Context(), c, 2_000)
			if (err == nil) != (errThere == nil) || !bytes.Equal(got, want) {
				t.Errorf("JPEG of %+v: %d bytes, %v; want the %d that this process makes, %v", c, len(got), errThere, len(want), err)
			}
		}
		there.Close()
	}
	if n := started(); n != 1 {
		t.Errorf("%d processes for pictures one after the other", n)
	}
}

func TestWhatIsNoPictureIsRefusedApart(t *testing.T) {
	t.Parallel()
	a, started := encoders(t, "well")
	whole := asPNG(t, noise(64, 40))
	for name, file := range map[string][]byte{"text": []byte("bukan gambar"), "half": whole[:len(whole)/2]} {
		_, err := a.Decode(t.Context(), bytes.NewReader(file), picture.Limits{})
		_, want := picture.Decode(bytes.NewReader(file), picture.Limits{})
		if f, w := fault.Find(err), fault.Find(want); f == nil || w == nil || f.Kind != w.Kind || f.Message != w.Message || f.Code != w.Code {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	m := sheet(t, a, whole)
	if _, err := m.WebP(t.Context(), picture.Cut{}); err != nil || m.Lost() || started() != 1 {
		t.Errorf("after refusals: %v, lost %t, %d processes", err, m.Lost(), started())
	}
	if _, err := m.JPEG(t.Context(), picture.Cut{}, 10); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a JPEG of 10 bytes: %v", err)
	}
	if _, err := m.JPEG(t.Context(), picture.Cut{}, 0); err != nil || m.Lost() {
		t.Errorf("after a cut that was refused: %v, lost %t", err, m.Lost())
	}
}

func TestPicturesAtTheSameTimeHaveProcessesOfTheirOwn(t *testing.T) {
	t.Parallel()
	a, started := encoders(t, "well")
	one, two := sheet(t, a, asPNG(t, noise(30, 20))), sheet(t, a, asPNG(t, noise(20, 30)))
	for _, m := range []*picture.Sheet{one, two} {
		if _, err := m.WebP(t.Context(), picture.Cut{}); err != nil {
			t.Error(err)
		}
	}
	if started() != 2 {
		t.Errorf("%d processes for two pictures", started())
	}
}

func TestAProcessThatFailsIsReplaced(t *testing.T) {
	t.Parallel()
	file := asPNG(t, noise(64, 64))
	for _, kind := range []string{"dies", "raves"} {
		a, started := encoders(t, kind)
		for n := 1; n <= 2; n++ {
			if _, err := a.Decode(t.Context(), bytes.NewReader(file), picture.Limits{}); err == nil || fault.Is(err, fault.Invalid) {
				t.Errorf("a process that %s: %v", kind, err)
			}
			if started() != n {
				t.Errorf("a process that %s: %d were started for %d pictures", kind, started(), n)
			}
		}
	}
	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	a, _ := encoders(t, "mute")
	if _, err := a.Decode(ctx, bytes.NewReader(file), picture.Limits{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a process that is mute: %v", err)
	}
}

// A system that is short of memory ends processes when it likes.
func TestAProcessThatIsKilled(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var last *exec.Cmd
	a := picture.NewApart(func() *exec.Cmd {
		mu.Lock()
		defer mu.Unlock()
		last = exec.Command(os.Args[0])
		last.Env = []string{encoderOrder + "=well"}
		return last
	})
	t.Cleanup(func() { a.Close() })
	file := asPNG(t, noise(64, 40))
	m := sheet(t, a, file)
	m.Close()
	if err := last.Process.Kill(); err != nil { // while it rests
		t.Fatal(err)
	}
	m = sheet(t, a, file)
	if err := last.Process.Kill(); err != nil { // while it holds a picture
		t.Fatal(err)
	}
	if _, err := m.WebP(t.Context(), picture.Cut{}); err == nil || !m.Lost() {
		t.Errorf("a picture whose process was killed: %v, lost %t", err, m.Lost())
	}
	if _, err := m.WebP(t.Context(), picture.Cut{}); err == nil {
		t.Error("a lost picture was cut")
	}
	if _, err := sheet(t, a, file).WebP(t.Context(), picture.Cut{}); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

func TestWithoutAProcess(t *testing.T) {
	t.Parallel()
	closed, started := encoders(t, "well")
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	nowhere := picture.NewApart(func() *exec.Cmd { return exec.Command("/nowhere/" + strconv.Itoa(os.Getpid())) })
	for _, a := range []*picture.Apart{nil, closed, nowhere} {
		if _, err := sheet(t, a, asPNG(t, noise(8, 8))).WebP(t.Context(), picture.Cut{}); err != nil {
			t.Errorf("this process does not do it instead: %v", err)
		}
	}
	if started() != 0 {
		t.Errorf("%d processes were started after Close", started())
	}
}

package media_test

import (
	"os"
	"os/exec"
	"sync"
	"testing"

	"warta/internal/media"
	"warta/internal/picture"
)

// encoderOrder has this test's binary be a process for pictures.
const encoderOrder = "WARTA_TEST_ENCODER"

func TestMain(m *testing.M) {
	if os.Getenv(encoderOrder) == "" {
		os.Exit(m.Run())
	}
	if err := picture.ServeApart(os.Stdin, os.Stdout); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// The process that holds a picture is ended by the system: another one decodes it
// again, and readers notice nothing.
func TestPicturesOutliveTheirProcess(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var started []*exec.Cmd
	apart := picture.NewApart(func() *exec.Cmd {
		mu.Lock()
		defer mu.Unlock()
		cmd := exec.Command(os.Args[0])
		cmd.Env = []string{encoderOrder + "=yes"}
		started = append(started, cmd)
		return cmd
	})
	k := open(t, media.Options{Apart: apart})
	p := k.add(t, photo(t, 700, 500, 250), media.Details{})
	if _, err := k.Open(t.Context(), p, media.Wide, 320, media.WebP); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	if len(started) != 1 {
		t.Errorf("%d processes decoded one picture", len(started))
	}
	last := started[len(started)-1]
	mu.Unlock()
	if err := last.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []media.Crop{media.Square, media.Classic} {
		if _, err := k.Open(t.Context(), p, c, 320, media.WebP); err != nil {
			t.Errorf("after its process had been ended: %v", err)
		}
	}
	if n := k.blobs.count(k.blobs.opens, "originals/"); n != 1 {
		t.Errorf("the original was read %d times after that", n)
	}
}

package e2e_test

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// TestRoomBrowserCrashesWithoutANetwork kills a browser that holds what its
// server never got, and starts it again over the same profile: the text is
// merged with what a colleague wrote meanwhile.
func TestRoomBrowserCrashesWithoutANetwork(t *testing.T) {
	t.Parallel()
	for _, engine := range journeyEngines(t) {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})
			id := s.Create(news.Content{Body: s.Body("Paragraf pertama.", "Paragraf kedua.", "Paragraf ketiga.")})
			at := "/newsroom/stories/" + strconv.FormatInt(id, 10)
			rani, budi := s.Staffer(account.Editor), s.Staffer(account.Editor)
			profile := folder(t)
			first := browserOver(t, profile)
			away := tabIn(first, t, s)
			away.as(budi)
			away.open(at, 200)
			away.until("the draft to be open", `!!document.querySelector(`+quote(paper)+`)`)
			away.online(false)
			away.writes(0, " Budi menambah kalimat.")
			away.writes(1, " Budi mengubah yang kedua.")
			away.holds("Budi menambah kalimat.", "Budi mengubah yang kedua.")
			crash(t, first)

			here := signed(t, rani, 1280)
			here.open(at, 200)
			here.writes(1, " Rani mengubah yang kedua.")
			here.writes(2, " Rani menambah kalimat.")
			here.saved(s, id, "Rani mengubah yang kedua.", "Rani menambah kalimat.")

			again := tabIn(browserOver(t, profile), t, s)
			again.as(s.SignIn(budi.User))
			again.open(at, 200)
			again.shows("the word that the text was brought in", ".ed-said", "sudah dimasukkan ke naskah ini")
			again.saved(s, id, "Paragraf pertama. Budi menambah kalimat.", "Paragraf ketiga. Rani menambah kalimat.", "Rani mengubah yang kedua.")
			for _, b := range []*tab{again, here} {
				b.shows("both texts of the second paragraph", "[data-conflicts]", "Rani mengubah yang kedua.", "Budi mengubah yang kedua.")
			}
			again.takesBoth()
			again.saved(s, id, "Rani mengubah yang kedua.", "Budi mengubah yang kedua.")
			for _, b := range []*tab{again, here} {
				b.quiet()
			}
		})
	}
}

// folder makes a folder for a browser, whose processes may write into it for a
// moment longer than it lives.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "warta-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) // an error: what is left is the system's to clear
	return dir
}

// browserOver starts a browser of this test's own over a profile, which outlives
// it, and returns the context of its first tab. more are further flags.
func browserOver(t *testing.T, profile string, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing(t, "there is no chromium on the PATH (Debian: chromium)")
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), append(chromiumOptions(path, profile), more...)...)
	t.Cleanup(stopAlloc)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	return ctx
}

// crash kills the browser of a context and waits until its process has gone.
func crash(t *testing.T, ctx context.Context) {
	t.Helper()
	p := chromedp.FromContext(ctx).Browser.Process()
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the browser to be gone", func() bool { return p.Signal(syscall.Signal(0)) != nil })
}

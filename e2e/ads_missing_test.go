package e2e_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/network"

	"warta/internal/ads"
	"warta/internal/app"
	"warta/internal/testkit"
)

// pictured are the places of a story that hold pictures in these tests.
var pictured = []ads.Placement{ads.Top, ads.Inline, ads.Sticky}

// holdsPlaces holds every place for a picture to its size on a phone, whether the
// picture is there or not.
func (b *tab) holdsPlaces() {
	b.t.Helper()
	for _, p := range pictured {
		got := eval[[]float64](b, `[...document.querySelectorAll(".ad.`+string(p)+` img")].map(i=>i.getBoundingClientRect()).flatMap(r=>[r.width,r.height])`)
		if len(got) == 0 {
			b.t.Errorf("there is no ad at %s", p)
		}
		for i := 0; i < len(got); i += 2 {
			if want := p.Box().Narrow; got[i] != float64(want.W) || got[i+1] != float64(want.H) {
				b.t.Errorf("the place %s is %v × %v, want %d × %d", p, got[i], got[i+1], want.W, want.H)
			}
		}
	}
}

// TestAnAdWhosePictureIsMissingMovesNothing takes the files of booked pictures away:
// the places keep their size and their label, and can be closed.
func TestAnAdWhosePictureIsMissingMovesNothing(t *testing.T) {
	t.Parallel()
	var files string
	f := newFairOn(t, testkit.Options{Settings: settings("id"), Configure: func(c *app.Config) { files = filepath.Join(c.Data, "files") }})
	for _, p := range pictured {
		f.sells(ads.Direct, ads.Content{Kind: ads.Pictures, Alt: "Karung beras di pasar"}, p, ads.Cap{})
	}
	path := f.tells("Warga menunggu kabar dari kota")
	lost, err := os.ReadDir(files)
	if err != nil || len(lost) == 0 {
		t.Fatalf("there are no files to take away: %v", err)
	}
	for _, e := range lost {
		f.ok(os.RemoveAll(filepath.Join(files, e.Name())))
	}
	b := f.human(t, 360)
	b.open(path, 200)
	b.walk()
	b.until("the pictures to be known as missing", `[...document.querySelectorAll(".ad img")].length===4&&[...document.querySelectorAll(".ad img")].every(i=>i.complete&&!i.naturalWidth)`)
	b.still()
	b.holdsPlaces()
	b.closesTheFoot()
	b.calm("Failed to load resource")
	b.calm("/media/")
	b.quiet()
}

// TestAnAdThatIsSlowMovesNothing has the pictures of ads arrive long after the page:
// their places have the same size before and after.
func TestAnAdThatIsSlowMovesNothing(t *testing.T) {
	t.Parallel()
	f := newFairOn(t, testkit.Options{Settings: settings("id")})
	for _, p := range pictured {
		f.sells(ads.Direct, ads.Content{Kind: ads.Pictures, Alt: "Karung beras di pasar"}, p, ads.Cap{})
	}
	path := f.tells("Warga menunggu kabar dari kota")
	b := tabIn(browserOver(t, folder(t)), t, f.Site).human(360) // what another tab says of the network undoes what is said here
	call(b, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{
		{URLPattern: "*://*:*/media/*", Latency: 3000, DownloadThroughput: -1, UploadThroughput: -1}}})
	b.open(path, 200)
	b.holdsPlaces()
	b.walk()
	b.until("the pictures to arrive", `[...document.querySelectorAll(".ad img")].length===4&&[...document.querySelectorAll(".ad img")].every(i=>i.complete&&i.naturalWidth)`)
	if took := eval[float64](b, `Math.min(...[...document.querySelectorAll(".ad img")].map(i=>performance.getEntriesByName(i.currentSrc)[0]).map(e=>e.responseEnd-e.startTime))`); took < 2500 {
		t.Fatalf("a picture arrived after %.0f ms: it was not slow", took)
	}
	b.holdsPlaces()
	b.still()
	b.quiet()
}

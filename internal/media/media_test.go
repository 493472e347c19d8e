package media_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"warta/internal/media"
)

func TestLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, caption, credit, want string }{
		{"a caption without a full stop gets one", "Banjir di Demak", "ANTARA/YUSUF", "Banjir di Demak. (ANTARA/YUSUF)"},
		{"a full stop is not doubled", "Banjir di Demak.", "AFP/SAUL LOEB", "Banjir di Demak. (AFP/SAUL LOEB)"},
		{"other sentence marks count", "Siapa menang?", "AFP", "Siapa menang? (AFP)"},
		{"a mark inside closing quotes counts", "Ia berkata, “Maju!”", "AFP", "Ia berkata, “Maju!” (AFP)"},
		{"a bracket is no sentence mark", "Foto arsip (2019)", "AFP", "Foto arsip (2019). (AFP)"},
		{"brackets of the credit are not doubled", "Banjir.", "(AFP/JOHN)", "Banjir. (AFP/JOHN)"},
		{"only enclosing brackets are taken off", "Banjir.", "(AFP) dan (EPA)", "Banjir. ((AFP) dan (EPA))"},
		{"a credit inside the caption is not repeated", "Banjir. (afp/john)", "AFP/JOHN", "Banjir. (AFP/JOHN)"},
		{"a credit inside the caption before a full stop is not repeated", "Banjir (AFP/JOHN).", "AFP/JOHN", "Banjir. (AFP/JOHN)"},
		{"no credit leaves the caption", "Banjir", "", "Banjir."},
		{"no caption leaves the credit", "", "AFP", "(AFP)"},
		{"a caption that is only the credit leaves the credit", "(AFP)", "AFP", "(AFP)"},
		{"nothing is nothing", " ", "\n", ""},
		{"white space is collapsed", "Banjir\n  besar ", " AFP /  JOHN ", "Banjir besar. (AFP / JOHN)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := media.Line(c.caption, c.credit); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCreditOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, provider, photographer, want string }{
		{"both are joined, the name in capitals", "AFP", "Saul Loeb", "AFP/SAUL LOEB"},
		{"a provider that names the photographer stays", "AFP/Saul Loeb", "SAUL LOEB", "AFP/Saul Loeb"},
		{"a photographer that names the provider stays", "AFP", "AFP/Saul Loeb", "AFP/Saul Loeb"},
		{"a provider alone stays", "AFP", "", "AFP"},
		{"a photographer alone stays", "", "Saul Loeb", "Saul Loeb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := media.CreditOf(c.provider, c.photographer); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		w, h         int
		crop         media.Crop
		cropW, cropH int
		widths       []int
		at, rw, rh   int
	}{
		{"a large landscape in 16:9", 4000, 3000, media.Wide, 4000, 2250, []int{320, 480, 640, 960, 1280, 1600}, 640, 640, 360},
		{"a portrait cut square", 3000, 4000, media.Square, 3000, 3000, []int{96, 192, 320, 480, 640, 960, 1280, 1600}, 96, 96, 96},
		{"a panorama in 4:3", 3000, 900, media.Classic, 1200, 900, []int{320, 480, 640, 960, 1280}, 1280, 1200, 900},
		{"a small picture is never enlarged", 500, 400, media.Orig, 500, 400, []int{320, 480, 640}, 640, 500, 400},
		{"a tiny picture has one width", 60, 40, media.Wide, 60, 34, []int{96}, 1600, 60, 34},
		{"a picture as wide as a fixed width needs no further one", 640, 480, media.Orig, 640, 480, []int{320, 480, 640}, 320, 320, 240},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := media.Picture{Width: c.w, Height: c.h}
			if w, h := p.CropSize(c.crop); w != c.cropW || h != c.cropH {
				t.Errorf("crop is %dx%d, want %dx%d", w, h, c.cropW, c.cropH)
			}
			if got := p.Widths(c.crop); !slices.Equal(got, c.widths) {
				t.Errorf("widths are %v, want %v", got, c.widths)
			}
			if w, h := p.RenditionSize(c.crop, c.at); w != c.rw || h != c.rh {
				t.Errorf("rendition is %dx%d, want %dx%d", w, h, c.rw, c.rh)
			}
		})
	}
}

func TestParseFile(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"640.webp": true, "96.webp": true, "1200.jpg": true, "1200.webp": false,
		"640.jpg": false, "0640.webp": false, "+640.webp": false, "641.webp": false, "640": false, "640.webp.": false, "": false} {
		if _, _, ok := media.ParseFile(name); ok != want {
			t.Errorf("%q accepted: %v, want %v", name, ok, want)
		}
	}
	if w, f, _ := media.ParseFile("1200.jpg"); w != 1200 || f != media.JPEG {
		t.Errorf("1200.jpg is %d %s", w, f)
	}
}

func TestTokensAreRandomAndPlain(t *testing.T) {
	t.Parallel()
	plain := regexp.MustCompile(`^[0-9A-Za-z]{22}$`)
	seen := map[string]bool{}
	for range 100 {
		for _, a := range media.NewAddresses() {
			if !plain.MatchString(a.Token) {
				t.Fatalf("token %q is not 22 digits of base 62", a.Token)
			}
			if seen[a.Token] {
				t.Fatalf("token %q came twice", a.Token)
			}
			seen[a.Token] = true
		}
	}
}

func TestOriginalKeyIsSpreadByHash(t *testing.T) {
	t.Parallel()
	p := media.Picture{Hash: strings.Repeat("ab", 32), MIME: "image/png"}
	if got, want := p.OriginalKey(), "originals/ab/ab/"+strings.Repeat("ab", 32)+".png"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	p := media.Picture{ID: 55}
	if o := media.Added("import", p); len(o.Tags) != 0 || o.Audit[0].Object != "picture:55" || o.Audit[0].Actor != "import" {
		t.Errorf("added: %+v", o)
	}
	if o := media.Changed("user:3", p); !slices.Equal(o.Tags, []string{"picture:55"}) || o.Takedown {
		t.Errorf("changed: %+v", o)
	}
}

package render

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"warta/internal/lang"
	"warta/internal/page"
)

func newRenderer(t *testing.T, dir string) *Renderer {
	t.Helper()
	r, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// whole prints a sample with its holes filled by the modules' samples.
func whole(t *testing.T, r *Renderer, code lang.Code, s sample) string {
	t.Helper()
	set := r.builtin[code]
	if !s.page {
		body, err := exec(set, s.name, s.view(nil))
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	out, err := execPage(set, s.name, s.view)
	if err != nil {
		t.Fatal(err)
	}
	return fill(t, r, out)
}

// fill puts the modules' full samples into a page's holes, in the page's
// language.
func fill(t *testing.T, r *Renderer, out Output) string {
	t.Helper()
	segments, holes, err := out.Holes.Split(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	code := lang.ID
	if bytes.Contains(out.Body, []byte(`<html lang="en">`)) {
		code = lang.EN
	}
	v := sampleViews{lang: string(code), full: true}
	var b bytes.Buffer
	for i, segment := range segments {
		b.Write(segment)
		if i == len(holes) {
			break
		}
		b.WriteString(whole(t, r, code, sample{name: holes[i].Module, view: func(*page.Holes) any { return moduleView(v, holes[i]) }}))
	}
	return b.String()
}

func moduleView(v sampleViews, h page.Hole) any {
	switch h.Module {
	case ModuleTop:
		return v.top(Sheet(Params(h, 2)[0]))
	case ModuleTail:
		return v.tail()
	case ModuleAds:
		return v.ads(Params(h, 1)[0] == AdsHead)
	case ModuleAd:
		return v.ads(false)
	case ModuleCallOut:
		return v.callOut()
	case ModuleMostRead:
		return v.tail().MostRead
	case ModuleLatest:
		return v.tail().Latest
	default:
		return v.tail().Footer
	}
}

var leftover = regexp.MustCompile(`\{[a-z_]+\}|\[[a-z0-9_]+\.[a-z0-9_.]+\]|ZgotmplZ|<no value>|%!`)

// visible takes away what readers do not see as words: data for the script.
var scriptWords = regexp.MustCompile(` data-(now|minutes|hours|new)="[^"]*"|(?s)<style>.*?</style>`)

func TestSamples(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, "")
	for _, code := range lang.Codes() {
		for _, full := range []bool{false, true} {
			for _, s := range samples(code, full) {
				name := string(code) + " " + s.name + " empty"
				if full {
					name = string(code) + " " + s.name + " full"
				}
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					body := scriptWords.ReplaceAllString(whole(t, r, code, s), "")
					if bad := leftover.FindString(body); bad != "" {
						t.Errorf("%q stands on the page", bad)
					}
					styled := strings.Contains(body, ` style="`) && s.name != "mail" // which has no other way
					if styled || strings.Contains(body, " onclick") {
						t.Error("an inline style or handler stands on the page")
					}
					if s.page && !strings.Contains(body, "</html>") {
						t.Error("the page does not end")
					}
				})
			}
		}
	}
}

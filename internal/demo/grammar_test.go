package demo

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/lang"
)

func loaded(t testing.TB) *grammar {
	t.Helper()
	g, err := loadGrammar()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// values returns what a sentence names: variable and instance.
func values(t text) (out []string) {
	for _, n := range t {
		if s := n.slot; s != nil && s.v != nil {
			out = append(out, fmt.Sprintf("%d/%d", s.v.key, s.instance))
		}
		for _, a := range n.alts {
			out = append(out, values(a)...)
		}
	}
	return out
}

func TestFramesAreCoherent(t *testing.T) {
	t.Parallel()
	g := loaded(t)
	for section, frames := range g.frames {
		for _, f := range frames {
			t.Run("the lead and standfirst of "+section+"/"+f.name+" tell what the headline says", func(t *testing.T) {
				t.Parallel()
				for i, h := range f.headlines {
					for j, l := range f.leads {
						for _, s := range f.standfirsts {
							told := append(values(l), values(s)...)
							for _, v := range values(h) {
								if !slices.Contains(told, v) {
									t.Errorf("headline %d says something that lead %d and its standfirst do not", i+1, j+1)
								}
							}
						}
					}
				}
				if len(f.headlines) == 0 || len(f.leads) == 0 || len(f.standfirsts) == 0 || len(f.paragraphs) == 0 {
					t.Error("a frame needs headlines, standfirsts, leads and paragraphs")
				}
				if len(f.topics) == 0 || len(f.tags) == 0 {
					t.Error("a frame needs topics and picture tags")
				}
			})
		}
	}
	t.Run("every picture tag of a frame is known to a scene", func(t *testing.T) {
		t.Parallel()
		for _, frames := range g.frames {
			for _, f := range frames {
				if !slices.ContainsFunc(sceneTags, func(tags []string) bool { return slices.Contains(tags, f.tags[0]) }) {
					t.Errorf("no scene has the first tag of %s: %s", f.name, f.tags[0])
				}
			}
		}
	})
	t.Run("every curated topic has a frame", func(t *testing.T) {
		t.Parallel()
		for name := range curated {
			found := false
			for _, frames := range g.frames {
				for _, f := range frames {
					found = found || slices.Contains(f.topics, name)
				}
			}
			if !found {
				t.Errorf("no frame has the topic %q", name)
			}
		}
	})
	t.Run("every section of the plan has frames and somebody to write them", func(t *testing.T) {
		t.Parallel()
		for _, s := range shares {
			if len(g.turns[s.slug]) == 0 {
				t.Errorf("no frame in %s", s.slug)
			}
			for _, f := range g.frames[s.slug] {
				if c := byline(s.slug, f.kind, newRand(1, 2)); c[0].person == 0 && !slices.Contains(people[0].beats, s.slug) {
					t.Errorf("nobody writes %s/%s", s.slug, f.name)
				}
			}
		}
	})
}

func TestGrammarRefusesSlips(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"an unknown value is refused":         "P Ada {entahapa} di sini.",
		"an open brace is refused":            "P Ada {orang di sini.",
		"an open bracket is refused":          "P Ada [satu|dua di sini.",
		"a mark that stands alone is refused": "P Ada satu|dua di sini.",
		"an unknown kind of line is refused":  "Z Ada apa.",
		"an empty range is refused":           "var n 9-3",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &frameReader{g: loaded(t)}
			err := r.line("frame coba 1")
			if err == nil {
				err = r.line(line)
			}
			if err == nil {
				err = r.finish()
			}
			if err == nil {
				t.Errorf("%q was taken", line)
			}
		})
	}
}

func TestTitleCase(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"harga naik di pasar dan kota":   "Harga Naik di Pasar dan Kota",
		"di balik layar":                 "Di Balik Layar",
		"gol menit ke-52 antar klub":     "Gol Menit ke-52 Antar Klub",
		"film “warung dua” tayang":       "Film “Warung Dua” Tayang",
		"UMKM 12 kota":                   "UMKM 12 Kota",
		"12 cm hujan - apa artinya bagi": "12 cm Hujan - Apa Artinya bagi",
	} {
		if got := titleCase(in); got != want {
			t.Errorf("titleCase(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPlanDates(t *testing.T) {
	t.Parallel()
	zone, err := lang.Zone("Asia/Jakarta")
	if err != nil {
		t.Fatal(err)
	}
	g := loaded(t)
	for _, clock := range []string{"2026-11-23T00:00:05", "2026-11-23T03:10:00", "2026-11-23T12:00:00", "2026-11-23T23:59:59", "2024-02-29T08:00:00"} {
		now, err := time.ParseInLocation("2006-01-02T15:04:05", clock, zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{1, 2, 30, 500, 1_000_000} {
			t.Run(fmt.Sprintf("%d stories until %s rise and never reach the future", n, clock), func(t *testing.T) {
				t.Parallel()
				p := &plan{seed: 5, stories: n, now: now, g: g}
				last := time.Time{}
				for i := 0; i < n; i += max(1, n/700) {
					at := p.published(i)
					if at.Before(last) || at.After(now.Add(-2*time.Minute)) || at.Before(now.AddDate(-10, 0, -4)) {
						t.Fatalf("story %d of %d is of %s after one of %s", i, n, at, last)
					}
					last = at
				}
				if newest := p.published(n - 1); n > 100 && now.Sub(newest) > 6*time.Hour {
					t.Errorf("the newest story is of %s", newest)
				}
			})
		}
	}
	t.Run("nights are quiet", func(t *testing.T) {
		t.Parallel()
		p := &plan{seed: 5, stories: 20_000, now: time.Date(2026, 11, 23, 15, 0, 0, 0, zone), g: g}
		night := 0
		for i := range 20_000 {
			if h := p.published(i).Hour(); h < 5 {
				night++
			}
		}
		if night < 200 || night > 1500 {
			t.Errorf("%d of 20,000 stories are of the hours before five", night)
		}
	})
}

func TestAttributionNamesTheVoice(t *testing.T) {
	t.Parallel()
	g := loaded(t)
	zone, err := lang.Zone("Asia/Jakarta")
	if err != nil {
		t.Fatal(err)
	}
	p := &plan{seed: 9, stories: 600, now: time.Date(2026, 11, 23, 15, 0, 0, 0, zone), g: g}
	for i := range 600 {
		s := p.compose(i, special{})
		if len(s.frame.attribs) == 0 {
			continue
		}
		w := &writer{facts: facts{seed: s.seed, at: s.published, english: s.frame.english}, rng: newRand(1, 1)}
		w.value(orangSlot(s.frame))
		full := string(w.buf)
		body := s.content.Body.Plain()
		if first := strings.Index(body, full); first < 0 {
			t.Fatalf("%q quotes nobody by the full name %q", s.content.Headline, full)
		}
		// The short name may not come before the full one.
		short := strings.Fields(full)[0]
		if s.frame.english || strings.Contains(s.section, "global") || s.section == "internasional" {
			continue
		}
		if strings.Index(body, short) < strings.Index(body, full) && strings.Contains(body[:strings.Index(body, full)], short+" ") {
			t.Errorf("%q calls %q by the short name first", s.content.Headline, full)
		}
	}
}

func BenchmarkCompose(b *testing.B) {
	zone, err := lang.Zone("Asia/Jakarta")
	if err != nil {
		b.Fatal(err)
	}
	p := &plan{seed: 1, stories: 1_000_000, now: time.Date(2026, 11, 23, 15, 0, 0, 0, zone), g: loaded(b)}
	i := 0
	for b.Loop() {
		p.compose(i%1_000_000, special{})
		i++
	}
}

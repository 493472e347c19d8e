package lang_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"warta/internal/fault"
	"warta/internal/lang"
)

func TestCataloguesAgree(t *testing.T) {
	t.Parallel()
	id, en := lang.For(lang.ID), lang.For(lang.EN)
	if len(id.Keys()) == 0 {
		t.Fatal("the Indonesian catalogue is empty")
	}
	t.Run("both have the same keys", func(t *testing.T) {
		t.Parallel()
		for _, k := range id.Keys() {
			if !en.Has(k) {
				t.Errorf("English lacks %q", k)
			}
		}
		for _, k := range en.Keys() {
			if !id.Has(k) {
				t.Errorf("Indonesian lacks %q", k)
			}
		}
	})
	t.Run("both have the same placeholders", func(t *testing.T) {
		t.Parallel()
		for _, k := range id.Keys() {
			if a, b := id.Placeholders(k), en.Placeholders(k); !slices.Equal(a, b) {
				t.Errorf("%s: Indonesian has %v, English %v", k, a, b)
			}
		}
	})
	t.Run("keys are spelled area.thing", func(t *testing.T) {
		t.Parallel()
		shape := regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)+$`)
		for _, k := range id.Keys() {
			if !shape.MatchString(k) {
				t.Errorf("%q", k)
			}
		}
	})
}

// The table "The words on the page" is a promise to readers, so it stands here
// a second time and word for word.
func TestWordsOnThePage(t *testing.T) {
	t.Parallel()
	at := "08/01/2022, 06:31 WIB"
	for _, c := range []struct {
		key  string
		args lang.Args
		want string
	}{
		{"story.time_line", lang.Args{"name": "Kabar Nusantara", "time": at}, "Kabar Nusantara - 08/01/2022, 06:31 WIB"},
		{"story.updated", lang.Args{"time": "08/01/2022, 09:12 WIB"}, "Diperbarui 08/01/2022, 09:12 WIB"},
		{"role.writer", nil, "Penulis"},
		{"role.reporter", nil, "Reporter"},
		{"role.editor", nil, "Editor"},
		{"role.photographer", nil, "Fotografer"},
		{"role.videographer", nil, "Videografer"},
		{"role.translator", nil, "Penerjemah"},
		{"role.contributor", nil, "Kontributor"},
		{"role.team", nil, "Tim Redaksi"},
		{"story.source", lang.Args{"names": "AFP"}, "Sumber AFP"},
		{"story.source", lang.Args{"names": "AFP, Reuters"}, "Sumber AFP, Reuters"},
		{"story.dateline", lang.Args{"place": "WASHINGTON DC", "name": "WARTA"}, "WASHINGTON DC, WARTA – "},
		{"story.read_also_line", lang.Args{"headline": "Harga beras turun"}, "Baca juga: Harga beras turun"},
		{"story.callout_channel", lang.Args{"channel": "WhatsApp", "name": "Kabar Nusantara"}, "Ikuti saluran WhatsApp Kabar Nusantara"},
		{"story.unverified", nil, "(Berita ini masih memerlukan verifikasi lebih lanjut.)"},
		{"list.latest_more", nil, "Terkini Lainnya"},
		{"list.most_read", nil, "Terpopuler"},
		{"list.related", nil, "Terkait"},
		{"share.title", nil, "Bagikan artikel ini melalui"},
		{"share.copy", nil, "Salin tautan"},
		{"share.copied", nil, "Tautan disalin"},
		{"share.close", nil, "Oke"},
		{"nav.home", nil, "Beranda"},
		{"nav.index", nil, "Indeks"},
		{"nav.search", nil, "Cari"},
		{"nav.latest", nil, "Terkini"},
		{"correction.ralat", nil, "Ralat"},
		{"correction.koreksi", nil, "Koreksi"},
		{"correction.hak_jawab", nil, "Hak Jawab"},
	} {
		if got := lang.For(lang.ID).T(c.key, c.args); got != c.want {
			t.Errorf("%s = %q, want %q", c.key, got, c.want)
		}
	}
}

func TestT(t *testing.T) {
	t.Parallel()
	id, en := lang.For(lang.ID), lang.For(lang.EN)
	for _, c := range []struct{ name, got, want string }{
		{"a missing key shows itself", id.T("no.such"), "[no.such]"},
		{"a missing value shows itself", id.T("story.updated"), "Diperbarui {time}"},
		{"an integer gets the separator", id.T("relative.hours", lang.Args{"n": 1234}), "1.234 jam lalu"},
		{"English has a singular", en.T("relative.hours", lang.Args{"n": 1}), "1 hour ago"},
		{"English has a plural", en.T("relative.hours", lang.Args{"n": int64(2500)}), "2,500 hours ago"},
		{"none is plural in English", en.T("relative.hours", lang.Args{"n": 0}), "0 hours ago"},
		{"a formatted one is singular", en.T("relative.hours", lang.Args{"n": "1"}), "1 hour ago"},
		{"a formatted number is plural", en.T("relative.hours", lang.Args{"n": "1.2M"}), "1.2M hours ago"},
		{"a value with braces is not filled again", id.T("story.source", lang.Args{"names": "{names}"}), "Sumber {names}"},
		{"a fraction gets the decimal mark", id.T("story.updated", lang.Args{"time": 1234.5}), "Diperbarui 1.234,5"},
		{"an unknown language is Indonesian", lang.For("fr").T("nav.home"), "Beranda"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.got != c.want {
				t.Errorf("got %q, want %q", c.got, c.want)
			}
		})
	}
}

func TestSplitLeavesRoomForALink(t *testing.T) {
	t.Parallel()
	before, after := lang.For(lang.EN).Split("gallery.position", "i")
	if before != "Photo " || after != " of {n}" {
		t.Errorf("got %q and %q", before, after)
	}
	before, after = lang.For(lang.EN).Split("nav.home", "name")
	if before != "Home" || after != "" {
		t.Errorf("without the placeholder: %q and %q", before, after)
	}
}

func TestTextsForAScript(t *testing.T) {
	t.Parallel()
	got := lang.For(lang.ID).Texts("relative.")
	if got["relative.minutes"] != "{n} menit lalu" {
		t.Errorf("got %v", got)
	}
	for k := range got {
		if !strings.HasPrefix(k, "relative.") {
			t.Errorf("%q has another prefix", k)
		}
	}
}

func TestWith(t *testing.T) {
	t.Parallel()
	base := lang.For(lang.ID)
	t.Run("a theme's text replaces the built-in one and leaves it alone", func(t *testing.T) {
		t.Parallel()
		own, err := base.With(map[string]string{"nav.home": "Depan", "story.updated": "Terakhir {time}"})
		if err != nil {
			t.Fatal(err)
		}
		if got := own.T("nav.home"); got != "Depan" {
			t.Errorf("own text = %q", got)
		}
		if got := own.T("story.updated", lang.Args{"time": "x"}); got != "Terakhir x" {
			t.Errorf("own text = %q", got)
		}
		if got := base.T("nav.home"); got != "Beranda" {
			t.Errorf("the built-in became %q", got)
		}
		if got := own.T("nav.index"); got != "Indeks" {
			t.Errorf("a text without override = %q", got)
		}
	})
	t.Run("a text without its plural is enough", func(t *testing.T) {
		t.Parallel()
		own, err := lang.For(lang.EN).With(map[string]string{"relative.hours": "{n} h"})
		if err != nil {
			t.Fatal(err)
		}
		if got := own.T("relative.hours", lang.Args{"n": 3}); got != "3 h" {
			t.Errorf("got %q", got)
		}
	})
	for _, c := range []struct{ name, key, text string }{
		{"an unknown key is refused", "nav.hme", "x"},
		{"a missing placeholder is refused", "story.updated", "Diperbarui"},
		{"a placeholder that nobody fills is refused", "nav.home", "Beranda {name}"},
		{"an empty text is refused", "nav.home", " "},
		{"an open brace is refused", "nav.home", "Beranda {"},
		{"a stray closing brace is refused", "nav.home", "Beranda }"},
		{"half a plural is refused", "relative.hours", "{n} {n|jam}"},
		{"a strange placeholder is refused", "nav.home", "{Name 1}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := base.With(map[string]string{c.key: c.text})
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != c.key {
				t.Fatalf("error = %v, want invalid with field %q", err, c.key)
			}
		})
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range lang.Codes() {
		if got, err := lang.Parse(string(c)); err != nil || got != c {
			t.Errorf("Parse(%q) = %q, %v", c, got, err)
		}
	}
	for _, s := range []string{"", "ID", "id-ID", "fr"} {
		if _, err := lang.Parse(s); !fault.Is(err, fault.Invalid) {
			t.Errorf("Parse(%q): %v, want invalid", s, err)
		}
	}
}

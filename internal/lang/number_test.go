package lang_test

import (
	"math"
	"strings"
	"testing"

	"warta/internal/lang"
)

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n                        int64
		id, en, shortID, shortEN string
	}{
		{0, "0", "0", "0", "0"},
		{999, "999", "999", "999", "999"},
		{1000, "1.000", "1,000", "1 rb", "1K"},
		{1234, "1.234", "1,234", "1,2 rb", "1.2K"},
		{12000, "12.000", "12,000", "12 rb", "12K"},
		{12999, "12.999", "12,999", "12 rb", "12K"},
		{999999, "999.999", "999,999", "999 rb", "999K"},
		{1250000, "1.250.000", "1,250,000", "1,2 jt", "1.2M"},
		{3_400_000_000, "3.400.000.000", "3,400,000,000", "3,4 M", "3.4B"},
		{12_345_000_000_000_000, "12.345.000.000.000.000", "12,345,000,000,000,000", "12.345 T", "12,345T"},
		{-1234, "-1.234", "-1,234", "-1.234", "-1,234"},
		{math.MinInt64, "-9.223.372.036.854.775.808", "-9,223,372,036,854,775,808", "-9.223.372.036.854.775.808", "-9,223,372,036,854,775,808"},
	} {
		for _, got := range [][2]string{
			{lang.Number(lang.ID, c.n), c.id}, {lang.Number(lang.EN, c.n), c.en},
			{lang.Short(lang.ID, c.n), c.shortID}, {lang.Short(lang.EN, c.n), c.shortEN},
		} {
			if got[0] != got[1] {
				t.Errorf("%d: %q, want %q", c.n, got[0], got[1])
			}
		}
	}
}

func TestSlug(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"words are joined by hyphens", "Harga Beras Naik, Warga Mengeluh", "harga-beras-naik-warga-mengeluh"},
		{"diacritics are folded", "Erdoğan di Łódź: Çok güzel", "erdogan-di-lodz-cok-guzel"},
		{"letters without decomposition are spelled out", "Straße Ørsted Æsir ısı Đà Nẵng", "strasse-orsted-aesir-isi-da-nang"},
		{"an apostrophe does not split", "Salat Jum'at dan Qur’an", "salat-jumat-dan-quran"},
		{"a soft hyphen does not split", "ke\u00adadilan", "keadilan"},
		{"separators collapse", "--  Rp 15.000 – \"murah\"?! ", "rp-15-000-murah"},
		{"full-width and ligatures are opened", "ＡＢＣ ﬁnal", "abc-final"},
		{"a script without ASCII falls back", "新聞 новости", "berita"},
		{"nothing falls back", "", "berita"},
		{"broken bytes do not matter", "a\xff\xfeb", "a-b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := lang.Slug(c.in); got != c.want {
				t.Errorf("Slug(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestSlugLength(t *testing.T) {
	t.Parallel()
	t.Run("a long headline is cut between words", func(t *testing.T) {
		t.Parallel()
		got := lang.Slug(strings.Repeat("pemerintah ", 30))
		if want := strings.TrimSuffix(strings.Repeat("pemerintah-", 7), "-"); got != want {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a word that ends at the limit is kept", func(t *testing.T) {
		t.Parallel()
		words := strings.Repeat("a", 40) + "-" + strings.Repeat("a", 39)
		if got := lang.Slug(words + " b"); got != words {
			t.Errorf("got %q", got)
		}
	})
	t.Run("one endless word is cut", func(t *testing.T) {
		t.Parallel()
		if got := lang.Slug(strings.Repeat("a", 5000)); len(got) != 80 {
			t.Errorf("length %d", len(got))
		}
	})
}

func FuzzSlug(f *testing.F) {
	for _, s := range []string{"Harga Beras", "新聞", "a'-’b", strings.Repeat("é ", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := lang.Slug(s)
		if got == "" || len(got) > 80 || strings.Contains(got, "--") || strings.Trim(got, "-") != got {
			t.Fatalf("Slug(%q) = %q", s, got)
		}
		if strings.Trim(got, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Fatalf("Slug(%q) = %q has other characters", s, got)
		}
		if again := lang.Slug(got); again != got {
			t.Fatalf("Slug(%q) = %q, and again %q", s, got, again)
		}
	})
}

package news

import (
	"testing"
	"time"

	"warta/internal/fault"
)

func TestPathLiesUnderTheDayOfTheSite(t *testing.T) {
	t.Parallel()
	jakarta := time.FixedZone("WIB", 7*3600)
	late := time.Date(2022, 1, 7, 23, 31, 0, 0, time.UTC)
	if got, want := Path("global", late, jakarta, 5, "kapal"), "/global/2022/01/08/5/kapal"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := TagDay(late, jakarta), "day:2022-01-08"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := TagMonth(time.Date(2022, 1, 31, 20, 0, 0, 0, time.UTC), jakarta), "month:2022-02"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTree(t *testing.T) {
	t.Parallel()
	tree := NewTree([]Section{
		{ID: 1, Slug: "dunia", Position: 2}, {ID: 2, ParentID: 1, Slug: "asia"}, {ID: 3, ParentID: 2, Slug: "asean"},
		{ID: 4, Slug: "bola", Position: 1}, {ID: 5, ParentID: 99, Slug: "yatim", Position: 3},
		{ID: 6, ParentID: 7, Slug: "putar", Position: 4}, {ID: 7, ParentID: 6, Slug: "balik", Position: 5},
	})
	order := ""
	for _, s := range tree.All() {
		order += s.Slug + " "
	}
	if want := "bola dunia asia asean yatim putar balik "; order != want {
		t.Errorf("got order %q, want %q", order, want)
	}
	line := tree.Ancestry(3)
	if len(line) != 3 || line[0].ID != 3 || line[2].ID != 1 || tree.Top(3) != 1 {
		t.Errorf("got ancestry %v and top %d", line, tree.Top(3))
	}
	if tree.Top(99) != 0 || tree.Slug(99) != "berita" || tree.ByID(99) != nil || len(tree.Children(1)) != 1 {
		t.Error("an unknown section is not told from a known one")
	}
}

func TestSlugs(t *testing.T) {
	t.Parallel()
	for slug, ok := range map[string]bool{"bola": true, "cek-fakta": true, "g20": true, "": false, "-a": false,
		"a--b": false, "Bola": false, "a b": false, "é": false} {
		if err := CheckSlug("slug", slug); (err == nil) != ok {
			t.Errorf("slug %q: %v", slug, err)
		}
	}
	if err := CheckSectionSlug("slug", "newsroom"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a reserved word: got %v, want invalid", err)
	}
}

func TestVersionsAreNumbersWhereBothAre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"9", "10", -1}, {"10", "9", 1}, {"1.10", "1.9", -1}, {"2", "2.0", 0}, {"", "1", -1}, {"b", "a", 1},
		{"2022-01-07T10:00:00Z", "2022-01-07T09:00:00Z", 1}, {"a", "1", 1}, {"1e999999999", "2", -1},
	} {
		if got := compareVersions(c.a, c.b); got != c.want {
			t.Errorf("%q against %q: got %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestHeadlineKeyFoldsCaseAndBlanks(t *testing.T) {
	t.Parallel()
	key := HeadlineKey("Gempa di  Maluku")
	if HeadlineKey(" gempa DI maluku\n") != key {
		t.Error("case and blanks decide")
	}
	if HeadlineKey("Gempa di Ambon") == key || HeadlineKey("Gempadi Maluku") == key {
		t.Error("other words have the same key")
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	s := NewSettings(map[string]string{"name": "Kabar Nusantara", "unknown": "x", "zone": "Nowhere/Else"})
	if s.Name() != "Kabar Nusantara" || s.DatelineName() != "KABAR NUSANTARA" || s.Zone() != time.UTC {
		t.Errorf("got %q, %q, %v", s.Name(), s.DatelineName(), s.Zone())
	}
	if empty := NewSettings(nil); empty.Name() != "Warta" || empty.Zone().String() != "Asia/Jakarta" {
		t.Errorf("got %q, %v", empty.Name(), empty.Zone())
	}
	for _, key := range SettingKeys() {
		if err := CheckSetting(key, NewSettings(nil).Get(key)); err != nil {
			t.Errorf("the default of %s: %v", key, err)
		}
	}
	for key, value := range map[string]string{"name": " ", "zone": "Mars/Olympus", "language": "fr", "channel_url": "wa.me", "nmae": "x"} {
		if err := CheckSetting(key, value); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s=%q: got %v, want invalid", key, value, err)
		}
	}
}

package app

import (
	"encoding/json"
	"testing"
)

func TestSizesAreWrittenAsPeopleDo(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Size{"0": 0, "512": 512, "4GiB": 4 << 30, "4 gib": 4 << 30, "1.5MiB": 3 << 19, "10kB": 10_000, "2TB": 2e12, "7 B": 7} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%q is %d, %v; want %d", text, s, err, want)
		}
		var again Size
		if err := again.UnmarshalText([]byte(s.String())); err != nil || again != s {
			t.Errorf("%q is written as %q and read as %d, %v", text, s, again, err)
		}
	}
	for _, text := range []string{"", "GiB", "-1", "NaN", "+Inf", "4XB", "1e300GiB", "four"} {
		if err := new(Size).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is a size", text)
		}
	}
	if text, err := json.Marshal(Size(4 << 30)); err != nil || string(text) != `"4GiB"` {
		t.Errorf("4 GiB is handed on as %s, %v", text, err)
	}
	if s := Size(4 << 30).String(); s != "4GiB" {
		t.Errorf("4 GiB is written %q", s)
	}
}

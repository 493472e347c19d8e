package app

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, written as people do: "512MiB", "4GiB", "4 GB", "0".
type Size int64

var sizeUnits = []struct {
	name  string
	bytes int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1},
}

// UnmarshalText reads a size.
func (s *Size) UnmarshalText(text []byte) error {
	number, unit := strings.TrimSpace(string(text)), int64(1)
	for _, u := range sizeUnits {
		if n := len(number) - len(u.name); n > 0 && strings.EqualFold(number[n:], u.name) {
			number, unit = strings.TrimSpace(number[:n]), u.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !(n >= 0) || n*float64(unit) > math.MaxInt64/2 {
		return fmt.Errorf("%q is not a size such as 4GiB, 500MiB or 0", text)
	}
	*s = Size(n * float64(unit))
	return nil
}

// String writes the size in the largest binary unit that divides it.
func (s Size) String() string {
	for _, u := range []int{3, 2, 1, 0} {
		if b := sizeUnits[u].bytes; s != 0 && int64(s)%b == 0 {
			return strconv.FormatInt(int64(s)/b, 10) + sizeUnits[u].name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// MarshalText writes the size as UnmarshalText reads it.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

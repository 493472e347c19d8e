package lang

import "strconv"

// Size returns a number of bytes in a few characters: "820 B", "14 kB",
// "200 MB". It rounds down.
func Size(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1_000_000_000, " GB"}, {1_000_000, " MB"}, {1_000, " kB"}} {
		if n >= u.size {
			return strconv.FormatInt(n/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10) + " B"
}

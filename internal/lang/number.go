package lang

import (
	"strconv"
	"strings"
)

// marks returns the thousands separator and the decimal mark of a language.
func marks(code Code) (thousands, point string) {
	if code == EN {
		return ",", "."
	}
	return ".", ","
}

// Number returns n with the language's thousands separator: "1.234" in
// Indonesian, "1,234" in English.
func Number(code Code, n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	sep, _ := marks(code)
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(sep)
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Short returns a count in a few characters: "12 rb" and "1,2 jt" in
// Indonesian, "12K" and "1.2M" in English. It cuts and never rounds up, so that
// nothing claims more than there is; below 1,000 the number stands as it is.
func Short(code Code, n int64) string {
	units := [...]struct {
		size   int64
		id, en string
	}{
		{1_000_000_000_000, " T", "T"},
		{1_000_000_000, " M", "B"},
		{1_000_000, " jt", "M"},
		{1_000, " rb", "K"},
	}
	for _, u := range units {
		if n < u.size {
			continue
		}
		whole, tenth := n/u.size, n%u.size/(u.size/10)
		s := Number(code, whole)
		if whole < 10 && tenth > 0 {
			_, point := marks(code)
			s += point + strconv.FormatInt(tenth, 10)
		}
		if code == EN {
			return s + u.en
		}
		return s + u.id
	}
	return Number(code, n)
}

// decimal sets a number in Go's notation with the language's marks.
func decimal(code Code, s string) string {
	whole, fraction, ok := strings.Cut(s, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && whole != "-0" {
		whole = Number(code, n)
	}
	if !ok {
		return whole
	}
	_, point := marks(code)
	return whole + point + fraction
}

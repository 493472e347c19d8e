package discuss

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The defaults of a Screen.
const (
	DefaultMaxLength     = 2000
	DefaultMaxLinks      = 2
	DefaultPerMinute     = 3
	DefaultPerHour       = 20
	DefaultPerDay        = 100
	DefaultRepeatPercent = 80
	DefaultNewDays       = 3
	DefaultNewComments   = 3
	DefaultMaxRejected   = 2
	DefaultHookMillis    = 2000
)

// maxMarks is how many marks may stand on one letter of a comment. Two are enough
// for every language that people write here; a tower covers the lines above.
const maxMarks = 3

func or(n, fallback int) int {
	if n <= 0 {
		return fallback
	}
	return n
}

// judgeLimits looks at how long a comment is, how many links it has and how
// often its author writes.
func judgeLimits(c Candidate, s Screen) Verdict {
	refuse := func(code string, n, wait int) Verdict {
		return Verdict{Call: CallRefuse, Code: code, Number: n, Wait: wait}
	}
	st := c.Standing
	for _, r := range []struct {
		sent, most int
		code       string
		window     time.Duration
	}{
		{st.Minute, or(s.PerMinute, DefaultPerMinute), "rate_minute", time.Minute},
		{st.Hour, or(s.PerHour, DefaultPerHour), "rate_hour", time.Hour},
		{st.Day, or(s.PerDay, DefaultPerDay), "rate_day", 24 * time.Hour},
	} {
		if r.sent >= r.most {
			return refuse(r.code, r.most, int(r.window/time.Second))
		}
	}
	if strings.TrimFunc(c.Text, func(r rune) bool { return unicode.IsSpace(r) || unseen(r) }) == "" {
		return refuse("empty", 0, 0)
	}
	if most := or(s.MaxLength, DefaultMaxLength); utf8.RuneCountInString(c.Text) > most {
		return refuse("too_long", most, 0)
	}
	if towers(c.Text) {
		return refuse("marks", maxMarks, 0)
	}
	links := Links(c.Text)
	most := or(s.MaxLinks, DefaultMaxLinks)
	if s.NoLinks {
		most = 0
	}
	if len(links) > most {
		return Verdict{Call: CallHold, Code: "links", Hits: atMost(links), Number: most}
	}
	return Verdict{Call: CallPass}
}

// towers reports whether some letter carries more marks than any script needs.
func towers(s string) bool {
	run := 0
	for _, r := range s {
		if unicode.In(r, unicode.Mn, unicode.Me) && !unicode.Is(unicode.Variation_Selector, r) {
			if run++; run > maxMarks {
				return true
			}
		} else {
			run = 0
		}
	}
	return false
}

// link finds addresses as people write them, those that are to be overlooked
// included: "situs [dot] com", "situs titik com".
var link = regexp.MustCompile(`(?i)\bhttps?://[^\s<>"]+|\bwww\.[^\s<>"]+|` +
	`\b[\pL\pN][\pL\pN-]*(?:\.[\pL\pN-]+)*(?:\.|\s?[\[({]\s?(?:dot|titik|\.)\s?[\])}]\s?|\s(?:dot|titik)\s)` +
	`(?:com|net|org|info|biz|xyz|top|site|online|shop|store|club|vip|link|click|live|pro|asia|id|co\.id|my\.id|io|me|ly|cc|to|gg|app|dev)\b(?:/[^\s<>"]*)?`)

// maxLinksFound bounds how many links of one text are looked at.
const maxLinksFound = 50

// Links returns the addresses in a text as they are written, at most 50.
func Links(s string) []string { return link.FindAllString(s, maxLinksFound) }

// maxHits is how much of what made a verdict is kept.
const maxHits = 8

// atMost returns the first hits, each cut to a length that a line can show.
func atMost(hits []string) []string {
	if len(hits) > maxHits {
		hits = hits[:maxHits]
	}
	out := make([]string, len(hits))
	for i, h := range hits {
		if r := []rune(h); len(r) > 60 {
			h = string(r[:60]) + "…"
		}
		out[i] = h
	}
	return out
}

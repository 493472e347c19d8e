package discuss

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// judgeLimits looks at how long a comment is, how many links it has and how
// often its author writes.
func judgeLimits(c Candidate, r *Rules) Verdict {
	refuse := func(why Reason, n, wait int) Verdict {
		return Verdict{Decision: Refuse, Reason: why, Number: n, Wait: wait}
	}
	st := c.Standing
	for _, l := range []struct {
		sent, most int
		reason     Reason
		window     time.Duration
	}{
		{st.Minute, r.PerMinute, "rate_minute", time.Minute},
		{st.Hour, r.PerHour, "rate_hour", time.Hour},
	} {
		if l.sent >= l.most {
			return refuse(l.reason, l.most, int(l.window/time.Second))
		}
	}
	if strings.TrimFunc(c.Text, func(r rune) bool { return unicode.IsSpace(r) || unseen(r) }) == "" {
		return refuse("empty", 0, 0)
	}
	if utf8.RuneCountInString(c.Text) > r.MaxLength {
		return refuse("too_long", r.MaxLength, 0)
	}
	if towers(c.Text) {
		return refuse("marks", maxMarks, 0)
	}
	links := Links(c.Text)
	if len(links) > r.MaxLinks {
		return Verdict{Decision: Hold, Reason: "links", Words: atMost(links), Number: r.MaxLinks}
	}
	return Verdict{Decision: Pass}
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

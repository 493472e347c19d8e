package extract

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a bare machine has no zone files
)

var monthNames = map[string]time.Month{
	"januari": 1, "january": 1, "jan": 1, "februari": 2, "february": 2, "feb": 2, "pebruari": 2, "peb": 2,
	"maret": 3, "march": 3, "mar": 3, "mrt": 3, "mac": 3, "april": 4, "apr": 4, "mei": 5, "may": 5,
	"juni": 6, "june": 6, "jun": 6, "juli": 7, "july": 7, "jul": 7, "agustus": 8, "august": 8, "aug": 8, "agu": 8,
	"agt": 8, "ags": 8, "agust": 8, "agst": 8, "september": 9, "sept": 9, "sep": 9, "oktober": 10, "october": 10, "okt": 10,
	"oct": 10, "november": 11, "nov": 11, "nopember": 11, "nop": 11, "desember": 12, "december": 12, "des": 12, "dec": 12,
}

const (
	monthWord = `(januari|january|jan|februari|february|pebruari|feb|peb|maret|march|mar|mrt|mac|april|apr|mei|may|juni|june|jun|juli|july|jul|agustus|august|agust|agst|aug|agu|agt|ags|september|sept|sep|oktober|october|okt|oct|november|nopember|nov|nop|desember|december|des|dec)`
	clockForm = `(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d+)?\s*(a\.?m\.?|p\.?m\.?)?`
)

var (
	dayMonth = regexp.MustCompile(`(?i)(?:^|[^\p{L}\p{N}])(\d{1,2})(?:st|nd|rd|th)?[\s\-./]+(?:of\s+)?` + monthWord + `\.?,?[\s\-./]+'?(\d{4})(?:[^\p{L}\p{N}]|$)`)
	monthDay = regexp.MustCompile(`(?i)(?:^|[^\p{L}\p{N}])` + monthWord + `\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:[^\p{L}\p{N}]|$)`)
	isoDate  = regexp.MustCompile(`(?:^|[^\d])(\d{4})[\-/.](\d{1,2})[\-/.](\d{1,2})(?:[^\d]|$)`)
	twoDate  = regexp.MustCompile(`(?:^|[^\d])(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[^\d]|$)`)
	clock    = regexp.MustCompile(`(?i)(?:^|[^\d])` + clockForm + `(?:[^\d]|$)`)
	bareHour = regexp.MustCompile(`(?i)(?:^|[^\d])(\d{1,2})\s*(a\.?m\.?|p\.?m\.?)(?:[^\p{L}]|$)`)
	zoneWord = regexp.MustCompile(`(?:^|[^\p{L}])(WIB|WITA|WIT|UTC|GMT|EST|EDT|ET|CST|CDT|CT|MST|MDT|MT|PST|PDT|PT|BST|CEST|CET|SGT|MYT|JST|AEST|AEDT|IST|WAT)\s*([+\-−]\s*\d{1,2}(?::?\d{2})?)?(?:[^\p{L}]|$)`)
	offset   = regexp.MustCompile(`([+\-−])(\d{2}):?(\d{2})(?:[^\d]|$)`)
	dayNames = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|sen|sel|rab|kam|jum|sab|min)(?:[^\p{L}]|$)`)
)

// zones are the zones that pages name. Those of the United States change with
// the season, so they are places.
var zones = map[string]string{
	"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura", "UTC": "UTC", "GMT": "UTC",
	"EST": "America/New_York", "EDT": "America/New_York", "ET": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago",
	"CT": "America/Chicago", "MST": "America/Denver", "MDT": "America/Denver", "MT": "America/Denver", "PST": "America/Los_Angeles",
	"PDT": "America/Los_Angeles", "PT": "America/Los_Angeles", "BST": "Europe/London", "CET": "Europe/Paris", "CEST": "Europe/Paris",
	"SGT": "Asia/Singapore", "MYT": "Asia/Kuala_Lumpur", "JST": "Asia/Tokyo", "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
	"IST": "Asia/Kolkata", "WAT": "Africa/Lagos",
}

// reading is how dates of a page are read.
type reading struct {
	language string // as the page names it
	zone     *time.Location
}

func (o *Options) reading(language string) reading {
	r := reading{language: strings.ToLower(language), zone: o.Zone}
	if r.zone == nil {
		r.zone = time.UTC
		if r.indonesian() {
			r.zone = place("Asia/Jakarta")
		}
	}
	return r
}

func (r reading) indonesian() bool {
	return r.language == "" || strings.HasPrefix(r.language, "id") || strings.HasPrefix(r.language, "in") || strings.HasPrefix(r.language, "ms")
}

func place(name string) *time.Location {
	if l, err := time.LoadLocation(name); err == nil {
		return l
	}
	return time.UTC
}

// machineForms are how metadata writes instants.
var machineForms = []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z0700",
	"2006-01-02 15:04:05.999999999 -0700", "2006-01-02 15:04:05.999999999Z07:00", time.RFC1123Z, time.RFC1123, "Mon, 2 Jan 2006 15:04:05 -0700",
	"20060102T150405Z", "Mon Jan 2 15:04:05 MST 2006"}

// bareForms have no zone.
var bareForms = []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04",
	"2006/01/02 15:04:05", "2006/01/02 15:04", "20060102150405", "20060102T150405"}

// stamp reads a time of metadata, or, if it is none, of text.
func (r reading) stamp(s string) (Stamp, bool) {
	s = oneLine(s)
	if s == "" || len(s) > 200 {
		return Stamp{}, false
	}
	for _, form := range machineForms {
		if t, err := time.Parse(form, s); err == nil && sensible(t) {
			return Stamp{Time: t, Zoned: true, Raw: s}, true
		}
	}
	for _, form := range bareForms {
		if t, err := time.ParseInLocation(form, s, r.zone); err == nil && sensible(t) {
			return Stamp{Time: t, Raw: s}, true
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if n > 1e11 {
			n /= 1000
		}
		if t := time.Unix(n, 0).UTC(); n > 3e8 && sensible(t) {
			return Stamp{Time: t, Zoned: true, Raw: s}, true
		}
	}
	st, _, ok := r.find(s)
	return st, ok
}

func sensible(t time.Time) bool { return t.Year() >= 1800 && t.Year() < 2200 }

// find looks for a date in a text, with the time and zone behind it (or the time
// before it), and returns what is left of the text without them.
func (r reading) find(s string) (st Stamp, rest string, ok bool) {
	if len(s) > 400 {
		return Stamp{}, s, false
	}
	zone, zoned, zoneAt := r.zoneOf(s)
	y, m, d, at := r.date(s, zone)
	if at == nil {
		return Stamp{}, s, false
	}
	hour, minute, second, clockAt := clockNear(s, at)
	t := time.Date(y, time.Month(m), d, 12, 0, 0, 0, zone)
	if t.Day() != d || !sensible(t) {
		return Stamp{}, s, false
	}
	st = Stamp{Time: t, Zoned: zoned, Day: true, Raw: strings.TrimSpace(s)}
	cuts := [][]int{at}
	if clockAt != nil {
		st.Time, st.Day = time.Date(y, time.Month(m), d, hour, minute, second, 0, zone), false
		cuts = append(cuts, clockAt)
	}
	if zoneAt != nil {
		cuts = append(cuts, zoneAt)
	}
	out := []byte(s)
	for _, c := range cuts {
		for i := c[0]; i < c[1] && i < len(out); i++ {
			out[i] = ' '
		}
	}
	rest = dayNames.ReplaceAllString(string(out), " ")
	return st, strings.Trim(oneLine(rest), " ,;:|/-–—•·()"), true
}

// zoneOf returns the zone that a text names.
func (r reading) zoneOf(s string) (zone *time.Location, zoned bool, at []int) {
	if m := zoneWord.FindStringSubmatchIndex(s); m != nil {
		zone, at = place(zones[s[m[2]:m[3]]]), []int{m[2], m[3]}
		if m[4] >= 0 { // GMT+7
			if sec, ok := parseOffset(s[m[4]:m[5]]); ok {
				return time.FixedZone("", sec), true, []int{m[2], m[5]}
			}
		}
		return zone, true, at
	}
	if m := clock.FindStringIndex(s); m != nil {
		if o := offset.FindStringSubmatchIndex(s[m[0]:]); o != nil {
			if sec, ok := parseOffset(s[m[0]+o[2] : m[0]+o[7]]); ok {
				return time.FixedZone("", sec), true, []int{m[0] + o[2], m[0] + o[7]}
			}
		}
	}
	return r.zone, false, nil
}

func parseOffset(s string) (seconds int, ok bool) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, " ", ""), "−", "-")
	sign := 1
	if strings.HasPrefix(s, "-") {
		sign = -1
	}
	s = strings.ReplaceAll(strings.TrimLeft(s, "+-"), ":", "")
	h, m := s, "0"
	if len(s) > 2 {
		h, m = s[:len(s)-2], s[len(s)-2:]
	}
	hours, err := strconv.Atoi(h)
	minutes, err2 := strconv.Atoi(m)
	if err != nil || err2 != nil || hours > 14 || minutes > 59 {
		return 0, false
	}
	return sign * (hours*3600 + minutes*60), true
}

// date finds day, month and year. A numeric date is read by language, and by
// zone: where a page says WIB, 08/01 is the eighth of January in any language.
func (r reading) date(s string, zone *time.Location) (y, m, d int, at []int) {
	num := func(i, j int) int { n, _ := strconv.Atoi(s[i:j]); return n }
	if x := dayMonth.FindStringSubmatchIndex(s); x != nil {
		return num(x[6], x[7]), int(monthNames[strings.ToLower(s[x[4]:x[5]])]), num(x[2], x[3]), []int{x[2], x[7]}
	}
	if x := monthDay.FindStringSubmatchIndex(s); x != nil {
		return num(x[6], x[7]), int(monthNames[strings.ToLower(s[x[2]:x[3]])]), num(x[4], x[5]), []int{x[2], x[7]}
	}
	if x := isoDate.FindStringSubmatchIndex(s); x != nil {
		y, m, d = num(x[2], x[3]), num(x[4], x[5]), num(x[6], x[7])
		if m >= 1 && m <= 12 && d >= 1 && d <= 31 {
			return y, m, d, []int{x[2], x[7]}
		}
	}
	x := twoDate.FindStringSubmatchIndex(s)
	if x == nil {
		return 0, 0, 0, nil
	}
	a, b := num(x[2], x[3]), num(x[4], x[5])
	d, m = a, b
	switch {
	case a > 12 && b <= 12:
	case b > 12 && a <= 12, r.monthFirst(s, zone) && a <= 12:
		d, m = b, a
	}
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return 0, 0, 0, nil
	}
	return num(x[6], x[7]), m, d, []int{x[2], x[7]}
}

func (r reading) monthFirst(s string, zone *time.Location) bool {
	switch zone.String() {
	case "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura":
		if r.indonesian() || zoneWord.MatchString(s) {
			return false
		}
	}
	return r.language == "en" || r.language == "en-us" || r.language == "en_us"
}

// clockNear finds the time of day that belongs to the date at that place: the
// first one behind it, else the last one before it.
func clockNear(s string, date []int) (hour, minute, second int, at []int) {
	try := func(from, to int) bool {
		part := s[from:to]
		if x := clock.FindStringSubmatchIndex(part); x != nil {
			hour, _ = strconv.Atoi(part[x[2]:x[3]])
			minute, _ = strconv.Atoi(part[x[4]:x[5]])
			end := x[5]
			if x[6] >= 0 {
				second, _ = strconv.Atoi(part[x[6]:x[7]])
				end = x[7]
			}
			if x[8] >= 0 {
				hour = half(hour, part[x[8]:x[9]])
				end = x[9]
			}
			if hour < 24 && minute < 60 && second < 60 {
				at = []int{from + x[2], from + end}
				return true
			}
		}
		if x := bareHour.FindStringSubmatchIndex(part); x != nil {
			hour, _ = strconv.Atoi(part[x[2]:x[3]])
			if hour = half(hour, part[x[4]:x[5]]); hour < 24 {
				minute, second = 0, 0
				at = []int{from + x[2], from + x[5]}
				return true
			}
		}
		return false
	}
	if !try(date[1], len(s)) && !try(0, date[0]) {
		return 0, 0, 0, nil
	}
	return hour, minute, second, at
}

// half turns an hour with am or pm into one of 24.
func half(hour int, word string) int {
	if hour < 1 || hour > 12 {
		return hour
	}
	pm := strings.HasPrefix(strings.ToLower(word), "p")
	switch {
	case pm && hour < 12:
		return hour + 12
	case !pm && hour == 12:
		return 0
	}
	return hour
}

var relative = regexp.MustCompile(`(?i)^(?:sekitar\s+|about\s+)?(\d{1,3}|an?|se)\s*(detik|menit|jam|hari|minggu|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|[hmd])\s*(?:yang\s+)?(lalu|ago)$`)

// relativeTo reads "2 jam lalu" against the time at which the page was taken.
func relativeTo(s string, fetched time.Time) (st Stamp, is bool) {
	x := relative.FindStringSubmatch(oneLine(s))
	if x == nil {
		return Stamp{}, false
	}
	n, err := strconv.Atoi(x[1])
	if err != nil {
		n = 1
	}
	if fetched.IsZero() {
		return Stamp{}, true
	}
	unit := map[byte]time.Duration{'d': 24 * time.Hour, 'm': time.Minute, 'j': time.Hour, 'h': time.Hour, 's': time.Second, 'w': 7 * 24 * time.Hour}
	word := strings.ToLower(x[2])
	step := unit[word[0]]
	switch {
	case word == "detik":
		step = time.Second
	case word == "hari":
		step = 24 * time.Hour
	case word == "minggu":
		step = 7 * 24 * time.Hour
	}
	return Stamp{Time: fetched.Add(-time.Duration(n) * step), Zoned: true, Raw: s}, true
}

// beginsWithDate reports whether a text begins with a date or a weekday.
func beginsWithDate(s string) bool {
	head := clip(s, 60)
	_, _, ok := (reading{zone: time.UTC}).find(head)
	return ok || dayNames.FindStringIndex(head) != nil && dayNames.FindStringIndex(head)[0] == 0
}

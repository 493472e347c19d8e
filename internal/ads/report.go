package ads

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Day is what was counted on one day of the site.
type Day struct {
	At      time.Time // its beginning
	Seen    int64
	Clicked int64
	Refused int64
	Due     int64 // what an even pace had reached in sum by its end; 0 without a goal
	Sum     int64 // impressions in sum by its end
}

// Delivery is a line item with its counts by day.
type Delivery struct {
	Item Item
	Days []Day
}

// Amount returns what is to be paid for what was delivered so far.
func (d *Delivery) Amount() int64 { return d.Item.Terms.Price.Due(d.Item.Seen) }

// Deliver puts counts into days of a zone, from the first day of the flight to its
// last, or to now. There are at most as many days as a flight may have.
func Deliver(i Item, counts []Count, zone *time.Location, now time.Time) Delivery {
	d := Delivery{Item: i}
	day := func(t time.Time) time.Time {
		t = t.In(zone)
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
	}
	last := i.Ends
	if now.Before(last) {
		last = now
	}
	at := map[int64]int{}
	for t := day(i.Starts); !t.After(last); t = t.AddDate(0, 0, 1) {
		at[t.Unix()] = len(d.Days)
		d.Days = append(d.Days, Day{At: t})
	}
	for _, c := range counts {
		n, ok := at[day(c.Hour).Unix()]
		if c.Item != i.ID || !ok && len(d.Days) == 0 {
			continue
		}
		if !ok { // seen a little after the end
			n = len(d.Days) - 1
		}
		x := &d.Days[n]
		x.Seen, x.Clicked, x.Refused = x.Seen+c.Seen, x.Clicked+c.Clicked, x.Refused+c.Refused
	}
	var sum int64
	for n := range d.Days {
		x := &d.Days[n]
		sum += x.Seen
		x.Sum = sum
		if i.Goal > 0 {
			x.Due = i.Due(x.At.AddDate(0, 0, 1))
		}
	}
	return d
}

// Plan is what a line item with a goal would need of its places, before it is booked.
type Plan struct {
	Days   int   // of the flight, the last one begun counts
	PerDay int64 // impressions that an even pace needs, rounded up
	// Shown is how many impressions of any line items were counted in its places a day,
	// over the last PlanDays; zero: nothing is known.
	Shown int64
}

// PlanDays is over how many days is looked back for a plan.
const PlanDays = 7

// PlanOf returns the plan of a line item; counted are the impressions in its places
// over the last PlanDays.
func PlanOf(i Item, counted int64) (p Plan) {
	whole := i.Ends.Sub(i.Starts)
	p.Days = max(1, int((whole+24*time.Hour-1)/(24*time.Hour)))
	p.PerDay = (i.Goal + int64(p.Days) - 1) / int64(p.Days)
	p.Shown = counted / PlanDays
	return p
}

// Planned returns the days of a flight as an even pace fills them, nothing counted.
func Planned(i Item, zone *time.Location) Delivery {
	return Deliver(i, nil, zone, i.Ends.Add(-time.Millisecond))
}

// WriteCSV writes the days of line items as a table that a spreadsheet reads: one
// line for each item and day, numbers as numbers, and no text that would be taken
// for a formula.
func WriteCSV(w io.Writer, list []Delivery) error {
	out := csv.NewWriter(w)
	out.Write([]string{"date", "line_item", "name", "impressions", "clicks", "ctr_percent", "not_counted", "impressions_total", "goal_by_pace"})
	for _, d := range list {
		for _, x := range d.Days {
			out.Write([]string{x.At.Format(time.DateOnly), strconv.FormatInt(d.Item.ID, 10), inert(d.Item.Name), strconv.FormatInt(x.Seen, 10), strconv.FormatInt(x.Clicked, 10),
				rate(x.Clicked, x.Seen), strconv.FormatInt(x.Refused, 10), strconv.FormatInt(x.Sum, 10), strconv.FormatInt(x.Due, 10)})
		}
	}
	out.Flush()
	return out.Error()
}

// rate returns a share in percent with two digits, empty for a share of nothing.
func rate(part, whole int64) string {
	if whole == 0 {
		return ""
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 2, 64)
}

// inert keeps a spreadsheet from taking a text for a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

// ReportLink opens the report of one order for its advertiser until a time.
type ReportLink struct {
	Order int64
	No    int64 // of the order's links; those of earlier numbers count no more
	Until time.Time
}

const (
	linkBody = 8 + 4 + 4
	linkSum  = 20
)

// SignLink returns a link's token.
func (s *Signer) SignLink(l ReportLink) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(l.Order))
	b = binary.BigEndian.AppendUint32(b, uint32(l.No))
	b = binary.BigEndian.AppendUint32(b, uint32(l.Until.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(b, s.linkSum(b)...))
}

func (s *Signer) linkSum(b []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte("report"))
	h.Write(b)
	return h.Sum(nil)[:linkSum]
}

// OpenLink reads a token that SignLink made and that counts still, its number apart.
func (s *Signer) OpenLink(text string, now time.Time) (l ReportLink, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != linkBody+linkSum || !hmac.Equal(s.linkSum(b[:linkBody]), b[linkBody:]) {
		return l, false
	}
	l.Order, l.No = int64(binary.BigEndian.Uint64(b)), int64(binary.BigEndian.Uint32(b[8:]))
	l.Until = time.Unix(int64(binary.BigEndian.Uint32(b[12:])), 0).UTC()
	return l, now.Before(l.Until)
}

// Money returns an amount of minor units in words of a currency: "IDR 25.000",
// with the given marks for thousands and decimals.
func Money(amount int64, currency, thousands, point string) string {
	sign := ""
	if amount < 0 {
		sign, amount = "-", -amount
	}
	digits := decimals[currency]
	text := strconv.FormatInt(amount, 10)
	for len(text) <= digits {
		text = "0" + text
	}
	whole, rest := text[:len(text)-digits], text[len(text)-digits:]
	var groups []string
	for len(whole) > 3 {
		groups = append(groups, whole[len(whole)-3:])
		whole = whole[:len(whole)-3]
	}
	groups = append(groups, whole)
	slices.Reverse(groups)
	out := currency + " " + sign + strings.Join(groups, thousands)
	if rest != "" {
		out += point + rest
	}
	return out
}

// ParseMoney reads an amount as people type it ("25.000", "1,250.50", "1250,5") in
// minor units of a currency; ok is false for anything else. A mark is one for
// decimals if it is the last and no three digits follow, and the currency has any.
func ParseMoney(text, currency string) (amount int64, ok bool) {
	text = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\'' {
			return -1
		}
		return r
	}, text)
	digits := decimals[currency]
	at := strings.LastIndexAny(text, ".,")
	whole, rest := text, ""
	if at >= 0 && digits > 0 && len(text)-at-1 <= digits {
		whole, rest = text[:at], text[at+1:]
	}
	whole = strings.NewReplacer(".", "", ",", "").Replace(whole)
	for len(rest) < digits {
		rest += "0"
	}
	n, err := strconv.ParseInt(whole+rest, 10, 64)
	return n, err == nil && n >= 0
}

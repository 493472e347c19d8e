package lang

import (
	"fmt"
	"time"
	_ "time/tzdata" // a bare machine or container has no zone files

	"warta/internal/fault"
)

// Zone returns the zone with the given IANA name. Empty and "Local" are refused
// with every other unknown name: a site's day must not depend on the machine.
func Zone(name string) (*time.Location, error) {
	if name != "" && name != "Local" {
		if loc, err := time.LoadLocation(name); err == nil {
			return loc, nil
		}
	}
	return nil, fault.Input("zone", "the time zone %q is not known; write it like Asia/Jakarta", name)
}

// ZoneName returns what stands behind a clock time: WIB, WITA or WIT for the
// zones of Indonesia, and the offset ("UTC+02:00") for all others. The letters
// follow the offset at t, since Pontianak was on central time until 1987.
func ZoneName(t time.Time, zone *time.Location) string {
	_, offset := t.In(zone).Zone()
	if indonesian(zone.String()) {
		switch offset {
		case 7 * 3600:
			return "WIB"
		case 8 * 3600:
			return "WITA"
		case 9 * 3600:
			return "WIT"
		}
	}
	if offset == 0 {
		return "UTC"
	}
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("UTC%c%02d:%02d", sign, offset/3600, offset/60%60)
}

func indonesian(zone string) bool {
	switch zone {
	case "Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Ujung_Pandang", "Asia/Jayapura":
		return true
	}
	return false
}

// Date is a day of the calendar, without a zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Day returns the day on which t falls in zone: the site's day of a story.
func Day(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return Date{y, m, d}
}

// ParseDate reads "2026-11-23", with four, two and two digits, and refuses days
// that the calendar lacks.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil || t.Year() < 1 {
		return Date{}, fault.Input("date", "the date %q is not known; write it like 2026-11-23", s)
	}
	return Day(t, time.UTC), nil
}

// String returns the date as "2026-11-23".
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// AddDays returns the date n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date {
	return Day(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC), time.UTC)
}

// Start returns the first instant of the day in zone. Where the clocks jump over
// midnight that is the instant of the jump, and where the calendar skips the
// whole day it is the start of the next, so Start and End leave an empty range.
func (d Date) Start(zone *time.Location) time.Time {
	midnight := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	// No offset is beyond 15 hours; two days later every zone is past the day.
	at := midnight.Add(-16 * time.Hour).In(zone)
	limit := midnight.Add(48 * time.Hour)
	for at.Before(limit) {
		_, offset := at.Zone()
		first := midnight.Add(-time.Duration(offset) * time.Second)
		if first.Before(at) {
			first = at
		}
		_, end := at.ZoneBounds()
		if end.IsZero() || first.Before(end) {
			return first.In(zone)
		}
		at = end
	}
	return limit.In(zone)
}

// End returns the first instant that is no longer in the day in zone.
func (d Date) End(zone *time.Location) time.Time { return d.AddDays(1).Start(zone) }

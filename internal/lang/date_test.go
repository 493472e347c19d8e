package lang_test

import (
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/lang"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := lang.Zone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestDates(t *testing.T) {
	t.Parallel()
	wib := zone(t, "Asia/Jakarta")
	at := time.Date(2022, 1, 7, 23, 31, 0, 0, time.UTC)
	for _, c := range []struct{ name, got, want string }{
		{"the time line in Indonesian", lang.DateTime(lang.ID, at, wib), "08/01/2022, 06:31 WIB"},
		{"the time line in English", lang.DateTime(lang.EN, at, wib), "8 January 2022, 06:31 WIB"},
		{"a zone outside Indonesia", lang.DateTime(lang.ID, at, time.UTC), "07/01/2022, 23:31 UTC"},
		{"the masthead in Indonesian", lang.FullDate(lang.ID, time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC), wib), "Senin, 23 November 2026"},
		{"the masthead in English", lang.FullDate(lang.EN, time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC), wib), "Monday, 23 November 2026"},
		{"a clock time", lang.Clock(at, wib), "06:31"},
		{"a numeric date", lang.NumericDate(lang.ID, at, wib), "08/01/2022"},
		{"a short date", lang.ShortDate(lang.ID, at, wib), "08/01/2022"},
		{"a short English date", lang.ShortDate(lang.EN, at, wib), "8 Jan 2022"},
		{"no month", lang.MonthName(lang.ID, 13), ""},
		{"no weekday", lang.Weekday(lang.ID, 7), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.got != c.want {
				t.Errorf("got %q, want %q", c.got, c.want)
			}
		})
	}
}

func TestZoneName(t *testing.T) {
	t.Parallel()
	summer, winter := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		zone string
		at   time.Time
		want string
	}{
		{"Asia/Jakarta", summer, "WIB"},
		{"Asia/Pontianak", summer, "WIB"},
		{"Asia/Pontianak", time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), "WITA"},
		{"Asia/Makassar", summer, "WITA"},
		{"Asia/Ujung_Pandang", summer, "WITA"},
		{"Asia/Jayapura", summer, "WIT"},
		{"Asia/Bangkok", summer, "UTC+07:00"},
		{"Europe/Berlin", summer, "UTC+02:00"},
		{"Europe/Berlin", winter, "UTC+01:00"},
		{"Asia/Kathmandu", winter, "UTC+05:45"},
		{"America/St_Johns", winter, "UTC-03:30"},
		{"UTC", winter, "UTC"},
	} {
		if got := lang.ZoneName(c.at, zone(t, c.zone)); got != c.want {
			t.Errorf("%s at %s: %q, want %q", c.zone, c.at, got, c.want)
		}
	}
}

func TestZoneRefusesTheMachinesOwn(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Local", "Asia/Jakrta", "../etc/passwd"} {
		if _, err := lang.Zone(name); !fault.Is(err, fault.Invalid) {
			t.Errorf("Zone(%q): %v, want invalid", name, err)
		}
	}
}

func TestDayBounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, zone, day, start, end string
	}{
		{"an ordinary day", "Asia/Jakarta", "2022-01-08", "2022-01-07T17:00:00Z", "2022-01-08T17:00:00Z"},
		{"a day without DST east of all", "Pacific/Kiritimati", "2026-03-01", "2026-02-28T10:00:00Z", "2026-03-01T10:00:00Z"},
		{"a day far in the west", "Pacific/Pago_Pago", "2026-03-01", "2026-03-01T11:00:00Z", "2026-03-02T11:00:00Z"},
		{"a short day in spring", "Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},
		{"a long day in autumn", "Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"},
		{"a day whose midnight does not exist", "America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},
		{"a day whose last hour comes twice", "America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z"},
		{"a day whose first hour comes twice", "America/Havana", "2025-11-02", "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z"},
		{"a day that the calendar skipped", "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := lang.ParseDate(c.day)
			if err != nil {
				t.Fatal(err)
			}
			loc := zone(t, c.zone)
			start, end := d.Start(loc), d.End(loc)
			if got := start.UTC().Format(time.RFC3339); got != c.start {
				t.Errorf("start = %s, want %s", got, c.start)
			}
			if got := end.UTC().Format(time.RFC3339); got != c.end {
				t.Errorf("end = %s, want %s", got, c.end)
			}
			if start.Before(end) {
				if lang.Day(start, loc) != d || lang.Day(end.Add(-time.Millisecond), loc) != d {
					t.Error("the first or last instant is on another day")
				}
				if lang.Day(start.Add(-time.Millisecond), loc) == d {
					t.Error("the day began earlier")
				}
			}
		})
	}
}

func TestDaysOfAYearFollowOneAnother(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Asia/Jakarta", "Europe/London", "America/Santiago", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe"} {
		loc := zone(t, name)
		d := lang.Date{Year: 2024, Month: time.January, Day: 1}
		for range 366 {
			start, end := d.Start(loc), d.End(loc)
			if lang.Day(start, loc) != d || lang.Day(end.Add(-1), loc) != d || lang.Day(end, loc) != d.AddDays(1) {
				t.Errorf("%s: %s runs from %s to %s", name, d, start, end)
			}
			d = d.AddDays(1)
		}
		if got := d.String(); got != "2025-01-01" {
			t.Errorf("after 366 days it is %s", got)
		}
	}
}

func TestDateArithmetic(t *testing.T) {
	t.Parallel()
	d := lang.Date{Year: 2024, Month: time.December, Day: 31}
	if got := d.AddDays(1).String(); got != "2025-01-01" {
		t.Errorf("next day %s", got)
	}
	if got := d.AddDays(-306).String(); got != "2024-02-29" {
		t.Errorf("earlier day %s", got)
	}
	for _, s := range []string{"", "2026-2-3", "2026-02-30", "2026-13-01", "23-11-2026", "2026-11-23T00:00", "0000-01-01"} {
		if _, err := lang.ParseDate(s); !fault.Is(err, fault.Invalid) {
			t.Errorf("ParseDate(%q): %v, want invalid", s, err)
		}
	}
}

package lang

import (
	"strconv"
	"time"
)

var monthsID = [...]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli",
	"Agustus", "September", "Oktober", "November", "Desember"}

var monthsEN = [...]string{"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December"}

var daysID = [...]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"}

var daysEN = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

// MonthName returns the month's full name.
func MonthName(code Code, m time.Month) string {
	if m < time.January || m > time.December {
		return ""
	}
	if code == EN {
		return monthsEN[m-1]
	}
	return monthsID[m-1]
}

// Weekday returns the day's name.
func Weekday(code Code, d time.Weekday) string {
	if d < time.Sunday || d > time.Saturday {
		return ""
	}
	if code == EN {
		return daysEN[d]
	}
	return daysID[d]
}

// DateTime returns a story's time with its zone: "08/01/2022, 06:31 WIB" in
// Indonesian, "8 January 2022, 06:31 WIB" in English.
func DateTime(code Code, t time.Time, zone *time.Location) string {
	return NumericDate(code, t, zone) + ", " + Clock(t, zone) + " " + ZoneName(t, zone)
}

// NumericDate returns the date as DateTime has it: "08/01/2022" in Indonesian,
// "8 January 2022" in English, where a numeric date would be ambiguous.
func NumericDate(code Code, t time.Time, zone *time.Location) string {
	if code == EN {
		return LongDate(code, t, zone)
	}
	return t.In(zone).Format("02/01/2006")
}

// ShortDate returns the date as tables and marks have room for it: "08/01/2022" in
// Indonesian, "8 Jan 2022" in English.
func ShortDate(code Code, t time.Time, zone *time.Location) string {
	if code == EN {
		return t.In(zone).Format("2 Jan 2006")
	}
	return NumericDate(code, t, zone)
}

// FullDate returns the date with its weekday: "Senin, 23 November 2026".
func FullDate(code Code, t time.Time, zone *time.Location) string {
	return Weekday(code, t.In(zone).Weekday()) + ", " + LongDate(code, t, zone)
}

// LongDate returns the date with the month in full: "23 November 2026".
func LongDate(code Code, t time.Time, zone *time.Location) string {
	y, m, d := t.In(zone).Date()
	return strconv.Itoa(d) + " " + MonthName(code, m) + " " + strconv.Itoa(y)
}

// Clock returns the time of day, "06:31", the same in both languages.
func Clock(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("15:04")
}

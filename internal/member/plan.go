package member

import (
	"strings"
	"time"
	"unicode/utf8"

	"warta/internal/fault"
	"warta/internal/pay"
)

// Period is what one payment pays for.
type Period string

// The periods.
const (
	Day   Period = "day"
	Month Period = "month"
	Year  Period = "year"
)

// Periods are all of them, in the order in which they are offered.
var Periods = []Period{Month, Year, Day}

// Valid reports whether there is such a period.
func (p Period) Valid() bool { return p == Day || p == Month || p == Year }

// After returns the end of n periods from anchor, by the calendar of zone: of 31
// January the months end on 28 February, 31 March and 30 April; of 29 February
// the years on 28 February until there is a 29th again.
func (p Period) After(anchor time.Time, n int, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	a := anchor.In(zone)
	y, m, d := a.Date()
	switch p {
	case Day:
		return anchor.AddDate(0, 0, n)
	case Year:
		y += n
	default:
		m += time.Month(n)
	}
	// Day 0 of the next month is the last one of this.
	if last := time.Date(y, m+1, 0, 0, 0, 0, 0, zone).Day(); d > last {
		d = last
	}
	return time.Date(y, m, d, a.Hour(), a.Minute(), a.Second(), a.Nanosecond(), zone).UTC()
}

// PlanState says who can still buy a plan.
type PlanState string

// The states of a plan. Whoever has one keeps it whatever becomes of it.
const (
	PlanOffered  PlanState = "offered"
	PlanArchived PlanState = "archived" // not sold; can be offered again
	PlanDeleted  PlanState = "deleted"  // not sold and not listed
)

// Plan is something that readers can buy.
type Plan struct {
	ID        int64
	Name      string
	Note      string // what it is, in a sentence; may be empty
	Period    Period
	Price     pay.Money // with tax
	Benefits  Benefits
	TrialDays int // before the first payment, where the gateway collects by itself
	State     PlanState
	Position  int // in the offer
	Members   int // who have it now; of lists alone
}

// Bounds of a plan.
const (
	maxPlanName = 60
	maxPlanNote = 240
	maxTrial    = 90
	MaxPlans    = 200
)

// Check returns an Invalid error that names the field and the remedy unless the
// plan can be sold.
func (p *Plan) Check() error {
	p.Name = strings.Join(strings.Fields(strings.ToValidUTF8(p.Name, "")), " ")
	p.Note = strings.Join(strings.Fields(strings.ToValidUTF8(p.Note, "")), " ")
	switch {
	case p.Name == "" || utf8.RuneCountInString(p.Name) > maxPlanName:
		return fault.Input("name", "a name of 1 to %d characters is needed", maxPlanName).Say("plan_name", "most", maxPlanName)
	case utf8.RuneCountInString(p.Note) > maxPlanNote:
		return fault.Input("note", "at most %d characters", maxPlanNote).Say("plan_note", "most", maxPlanNote)
	case !p.Period.Valid():
		return fault.Input("period", "%q is none of month, year and day", p.Period).Say("plan_period")
	case p.Price.Amount <= 0:
		return fault.Input("price", "a price above zero is needed; what is given away is a comp").Say("plan_price")
	case p.Benefits == 0 || p.Benefits > NoAds|MembersText:
		return fault.Input("benefits", "a plan needs a benefit").Say("plan_benefits")
	case p.TrialDays < 0 || p.TrialDays > maxTrial || p.Period == Day && p.TrialDays > 0:
		return fault.Input("trial_days", "a trial has 0 to %d days, and a day pass none", maxTrial).Say("plan_trial", "most", maxTrial)
	}
	return nil
}

// TaxOf returns the tax that is in a sum, at a rate in hundredths of a per cent,
// rounded to the nearest unit, halves up.
func TaxOf(amount, rate int64) int64 {
	if rate <= 0 {
		return 0
	}
	// amount·rate / (10000+rate), without leaving 64 bits.
	d := 10_000 + rate
	q, r := amount/d, amount%d
	return q*rate + (2*r*rate+d)/(2*d)
}

// share returns part/whole of n, rounded to the nearest unit, halves up.
func share(n, part, whole int64) int64 {
	if whole <= 0 || part >= whole {
		return n
	}
	q, r := n/whole, n%whole
	return q*part + mulDiv(r, part, whole)
}

package discuss

import (
	"slices"
	"time"

	"warta/internal/fault"
)

// Mode says who may write under a story and what happens to it.
type Mode string

// The modes.
const (
	ModeOff     Mode = "off"     // nobody writes, and nothing is shown
	ModeBefore  Mode = "before"  // a moderator looks before anybody reads it
	ModeAfter   Mode = "after"   // it is read at once
	ModeNew     Mode = "new"     // a moderator looks at what new commenters write
	ModeMembers Mode = "members" // as ModeNew, for readers with a paying plan alone
)

// Modes are the modes in the order in which they are offered.
var Modes = []Mode{ModeOff, ModeBefore, ModeNew, ModeAfter, ModeMembers}

// Rules say how a discussion is held, in full.
type Rules struct {
	Mode      Mode
	CloseDays int // after the story's first publication; 0: it stays open
	// NightFrom and NightTo are hours of the site's day, 0 to 23, between which
	// nobody writes; equal: there is no night.
	NightFrom, NightTo int
	EditMinutes        int // within which an author changes his words
	MaxLength          int // characters
	MaxLinks           int // more of them are looked at first
	PerMinute, PerHour int // comments of one reader
	NewUntil           int // a reader is new until so many of his comments were shown
	Reactions          []string
	Off                []Phase // of the phases, those that are switched off
	ComplaintHours     int     // within which a complaint has to be settled
	HideAt             int     // open complaints at which a comment is hidden until somebody looks; 0: never
	// Hook is where every comment is sent to be judged, empty: nowhere. HookSecret
	// signs what is sent, and HookFail is what becomes of a comment if nothing comes back.
	Hook       string
	HookSecret string
	HookFail   Decision
	// Lists are the word lists of the site and of the section with those above it.
	// They are read for judging alone.
	Lists []WordList
}

// LongestText is how many characters the rules may allow a comment at most.
const LongestText = 10_000

// DefaultRules are what holds where nobody decided otherwise.
func DefaultRules() Rules {
	return Rules{Mode: ModeOff, CloseDays: 14, EditMinutes: 10, MaxLength: 2000, MaxLinks: 2, PerMinute: 5, PerHour: 40, NewUntil: 3,
		Reactions: []string{"agree", "insight", "moved"}, ComplaintHours: 48, HookFail: Hold}
}

// Has reports whether a phase is switched on.
func (r *Rules) Has(p Phase) bool { return !slices.Contains(r.Off, p) }

// Patch is what one scope says about rules; nil leaves it to the wider one.
type Patch struct {
	Mode           *Mode     `json:"mode,omitempty"`
	CloseDays      *int      `json:"close_days,omitempty"`
	NightFrom      *int      `json:"night_from,omitempty"`
	NightTo        *int      `json:"night_to,omitempty"`
	EditMinutes    *int      `json:"edit_minutes,omitempty"`
	MaxLength      *int      `json:"max_length,omitempty"`
	MaxLinks       *int      `json:"max_links,omitempty"`
	PerMinute      *int      `json:"per_minute,omitempty"`
	PerHour        *int      `json:"per_hour,omitempty"`
	NewUntil       *int      `json:"new_until,omitempty"`
	Reactions      *[]string `json:"reactions,omitempty"`
	Off            *[]Phase  `json:"off,omitempty"`
	ComplaintHours *int      `json:"complaint_hours,omitempty"`
	HideAt         *int      `json:"hide_at,omitempty"`
	Hook           *string   `json:"hook,omitempty"`
	HookSecret     *string   `json:"hook_secret,omitempty"`
	HookFail       *Decision `json:"hook_fail,omitempty"`
}

// With returns the rules as a narrower scope changes them.
func (r Rules) With(p Patch) Rules {
	set(&r.Mode, p.Mode)
	set(&r.CloseDays, p.CloseDays)
	set(&r.NightFrom, p.NightFrom)
	set(&r.NightTo, p.NightTo)
	set(&r.EditMinutes, p.EditMinutes)
	set(&r.MaxLength, p.MaxLength)
	set(&r.MaxLinks, p.MaxLinks)
	set(&r.PerMinute, p.PerMinute)
	set(&r.PerHour, p.PerHour)
	set(&r.NewUntil, p.NewUntil)
	set(&r.Reactions, p.Reactions)
	set(&r.Off, p.Off)
	set(&r.ComplaintHours, p.ComplaintHours)
	set(&r.HideAt, p.HideAt)
	set(&r.Hook, p.Hook)
	set(&r.HookSecret, p.HookSecret)
	set(&r.HookFail, p.HookFail)
	return r
}

func set[T any](at *T, v *T) {
	if v != nil {
		*at = *v
	}
}

// reactions are the reactions that there are words for; a site offers some.
var reactions = []string{"agree", "insight", "moved", "surprise", "sad", "angry"}

// Reactions returns all reactions that a site may offer.
func Reactions() []string { return slices.Clone(reactions) }

// Check returns an Invalid error that names the first field that cannot be.
func (p *Patch) Check() error {
	if p.Mode != nil {
		if !slices.Contains(Modes, *p.Mode) {
			return fault.Input("mode", "%q is no way to hold a discussion", *p.Mode).Say("comment_mode")
		}
	}
	for _, f := range []struct {
		field       string
		v           *int
		least, most int
	}{
		{"close_days", p.CloseDays, 0, 3650}, {"night_from", p.NightFrom, 0, 23}, {"night_to", p.NightTo, 0, 23},
		{"edit_minutes", p.EditMinutes, 0, 1440}, {"max_length", p.MaxLength, 50, LongestText}, {"max_links", p.MaxLinks, 0, 50},
		{"per_minute", p.PerMinute, 1, 600}, {"per_hour", p.PerHour, 1, 10_000}, {"new_until", p.NewUntil, 0, 100},
		{"complaint_hours", p.ComplaintHours, 1, 720}, {"hide_at", p.HideAt, 0, 1000},
	} {
		if f.v != nil && (*f.v < f.least || *f.v > f.most) {
			return fault.Input(f.field, "must be a number from %d to %d", f.least, f.most).Say("comment_number", "least", f.least, "most", f.most)
		}
	}
	if p.Reactions != nil {
		for _, k := range *p.Reactions {
			if !slices.Contains(reactions, k) {
				return fault.Input("reactions", "%q is no reaction", k).Say("comment_reaction")
			}
		}
	}
	if err := p.checkHook(); err != nil {
		return err
	}
	if p.Off != nil {
		for _, ph := range *p.Off {
			if !slices.Contains(Phases, ph) {
				return fault.Input("off", "%q is no phase", ph).Say("comment_phase")
			}
		}
	}
	return nil
}

// Scope is what rules are said about.
type Scope string

// The scopes, the widest first.
const (
	ScopeSite    Scope = "site" // its id is 0
	ScopeSection Scope = "section"
	ScopeStory   Scope = "story"
)

// Shut says why nobody can write under a story now.
type Shut string

// The reasons. ShutNot: it is open.
const (
	ShutNot   Shut = ""
	ShutOff   Shut = "off"
	ShutAge   Shut = "age"
	ShutNight Shut = "night"
)

// Shut says whether somebody may write at now under a story that was first
// published at an instant, and when that changes by itself; zero: never.
func (r *Rules) Shut(now, published time.Time, zone *time.Location) (Shut, time.Time) {
	if r.Mode == ModeOff {
		return ShutOff, time.Time{}
	}
	var end time.Time
	if r.CloseDays > 0 {
		end = published.Add(time.Duration(r.CloseDays) * 24 * time.Hour)
		if !now.Before(end) {
			return ShutAge, time.Time{}
		}
	}
	if r.NightFrom == r.NightTo {
		return ShutNot, end
	}
	night, until := r.night(now.In(zone))
	if !end.IsZero() && end.Before(until) {
		until = end
	}
	if night {
		return ShutNight, until
	}
	return ShutNot, until
}

// night reports whether it is night at a time of the site's zone, and when that
// ends or begins.
func (r *Rules) night(t time.Time) (bool, time.Time) {
	h := t.Hour()
	in := h >= r.NightFrom && h < r.NightTo
	if r.NightFrom > r.NightTo {
		in = h >= r.NightFrom || h < r.NightTo
	}
	next := r.NightFrom
	if in {
		next = r.NightTo
	}
	at := time.Date(t.Year(), t.Month(), t.Day(), next, 0, 0, 0, t.Location())
	if !at.After(t) {
		at = time.Date(t.Year(), t.Month(), t.Day()+1, next, 0, 0, 0, t.Location())
	}
	return in, at
}

package discuss

import "time"

// Phase is one step of the pipeline that looks at a comment before anybody
// reads it.
type Phase string

// The phases in their order.
const (
	PhaseLimits    Phase = "limits"    // rate, length, links
	PhaseWords     Phase = "words"     // lists of words
	PhaseRepeat    Phase = "repeat"    // the same or nearly the same text again
	PhaseNewcomer  Phase = "newcomer"  // a new author, or one who was rejected lately
	PhaseLookalike Phase = "lookalike" // a name that could be taken for the newsroom's
	PhaseHook      Phase = "hook"      // what somebody else's service says
)

// Phases are all phases in their order.
var Phases = []Phase{PhaseLimits, PhaseWords, PhaseRepeat, PhaseNewcomer, PhaseLookalike, PhaseHook}

// Decision is what a phase makes of a comment.
type Decision string

// The decisions, the mildest first. What any phase refuses is refused; what any
// holds back waits.
const (
	Pass   Decision = "pass"
	Hold   Decision = "hold"
	Refuse Decision = "refuse"
)

// Reason is the code of why a comment waits or is not shown. The catalogues
// have what its author is told: "discuss.reason." and the code.
type Reason string

// Reasons that come from no phase. Those of phases stand beside them, those of
// moderators in moderation.go.
const (
	ReasonMode       Reason = "mode"       // everything is looked at first
	ReasonNewcomer   Reason = "newcomer"   // he is new here
	ReasonComplaints Reason = "complaints" // many complained
)

// Verdict is what one phase said about one comment.
type Verdict struct {
	Phase    Phase
	Decision Decision
	Reason   Reason   // "" with Pass
	Words    []string // that made it, as the author wrote them: "anj1ng"
	// Number is the bound that was met, or the share of equal text in percent.
	Number int
	Like   int64 // the comment that it repeats; 0: none
	Wait   int   // after how many seconds it is worth another attempt; 0: that is no help
	At     time.Time
}

// Sum returns what comes of all verdicts together, and the reason of the first
// phase that says so.
func Sum(list []Verdict) (Decision, Reason) {
	sum, why := Pass, Reason("")
	for _, v := range list {
		switch {
		case v.Decision == Refuse:
			return Refuse, v.Reason
		case v.Decision == Hold && sum == Pass:
			sum, why = Hold, v.Reason
		}
	}
	return sum, why
}

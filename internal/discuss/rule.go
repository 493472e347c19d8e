package discuss

import (
	"context"
	"slices"
	"time"
)

// Phase is one step of the pipeline that judges a comment before others see it.
type Phase string

// The phases, in the order in which they are asked. Those that cost nothing
// come first, the one that leaves the machine last.
const (
	PhaseLimits  Phase = "limits"  // how long, how many links, how often
	PhaseWords   Phase = "words"   // lists of words
	PhaseRepeats Phase = "repeats" // the same or nearly the same text again
	PhaseAuthor  Phase = "author"  // who is new, was warned or had comments rejected
	PhaseNames   Phase = "names"   // who calls himself like somebody of the newsroom
	PhaseHook    Phase = "hook"    // a service that the newsroom runs
)

// Phases are all phases in the pipeline's order.
var Phases = []Phase{PhaseLimits, PhaseWords, PhaseRepeats, PhaseAuthor, PhaseNames, PhaseHook}

// Call is what a phase says to a comment.
type Call string

// The calls, from the mildest to the strictest.
const (
	CallOff    Call = "off"    // the phase is switched off, and was not asked
	CallPass   Call = "pass"   // nothing against it
	CallHold   Call = "hold"   // a moderator looks first
	CallRefuse Call = "refuse" // it is not taken; the author may change it
)

var strictness = map[Call]int{CallOff: 0, CallPass: 0, CallHold: 1, CallRefuse: 2}

// Verdict is what one phase said, and why. It is kept with the comment: the
// author is told by it, and a moderator sees it.
type Verdict struct {
	Phase Phase `json:"phase"`
	Call  Call  `json:"call"`
	// Code names the reason; the catalogues have "discuss.why.<code>" for the
	// author and the moderator alike. Empty for a pass without a remark.
	Code string `json:"code,omitempty"`
	// Hits are what made it, as the author wrote it: words, links, a name.
	Hits []string `json:"hits,omitempty"`
	// Number is the bound that was met, or the share of equal text in percent.
	Number int `json:"number,omitempty"`
	// Like is the comment that it repeats; 0: none, or one that is gone.
	Like int64 `json:"like,omitempty"`
	// Wait is after how many seconds the author may try again; 0: that is no help.
	Wait int `json:"wait,omitempty"`
}

// Candidate is a comment about to be judged, with the facts that its judges
// need. Whoever posts collects them with a bounded number of reads.
type Candidate struct {
	Text     string // as it would be stored
	Language string // of the site: "id", "en"
	StoryID  int64
	ReplyTo  int64 // 0: a thread of its own
	AuthorID int64
	Name     string // of the author, as others see it
	Now      time.Time
	Standing Standing
	// Near are the newest comments of the last days whose print shares a band with
	// this one's, see Print; the author's own ones and others'.
	Near []Near
	// Staff are names that nobody else may look like: of users and of persons in
	// bylines, as they are written.
	Staff []string
}

// Standing is what is known of an author when he posts.
type Standing struct {
	Since     time.Time // of the account
	Published int       // comments that stand
	Rejected  int       // comments rejected in the last RejectedDays
	Warned    int       // warnings that still count
	Minute    int       // comments sent in the last 60 seconds, this one apart
	Hour      int       // in the last hour
	Day       int       // in the last 24 hours
}

// RejectedDays is for how long a rejected comment counts in an author's Standing.
const RejectedDays = 30

// Near is a comment that may be like a candidate.
type Near struct {
	ID       int64
	AuthorID int64
	StoryID  int64
	Text     string
	Status   string // as the store has it; a rejected one weighs more
	At       time.Time
}

// Hook asks a service outside whether a comment may stand. An error means that
// it has not answered, or nothing that can be understood.
type Hook interface {
	Ask(ctx context.Context, c Candidate, s Screen) (call Call, note string, err error)
}

// Judge asks every phase about a comment, in their order, and returns one
// verdict for each, those that are off included. After a refusal only what
// costs nothing is still asked: nothing leaves the machine for a comment that
// is not taken. hook may be nil: then there is none.
func Judge(ctx context.Context, c Candidate, s Screen, hook Hook) []Verdict {
	out := make([]Verdict, 0, len(Phases))
	for _, p := range Phases {
		if slices.Contains(s.Off, p) {
			out = append(out, Verdict{Phase: p, Call: CallOff})
			continue
		}
		var v Verdict
		switch p {
		case PhaseLimits:
			v = judgeLimits(c, s)
		case PhaseWords:
			v = judgeWords(c, s)
		case PhaseRepeats:
			v = judgeRepeats(c, s)
		case PhaseAuthor:
			v = judgeAuthor(c, s)
		case PhaseNames:
			v = judgeNames(c)
		case PhaseHook:
			if Sum(out) == CallRefuse {
				v = Verdict{Call: CallOff}
			} else {
				v = judgeHook(ctx, c, s, hook)
			}
		}
		v.Phase = p
		out = append(out, v)
	}
	return out
}

// Sum returns what all verdicts come to: the strictest call, CallPass if nothing
// is against the comment.
func Sum(verdicts []Verdict) Call {
	sum := CallPass
	for _, v := range verdicts {
		if strictness[v.Call] > strictness[sum] {
			sum = v.Call
		}
	}
	return sum
}

// Against returns the verdicts that hold or refuse a comment, the strictest
// first, and in the pipeline's order beside that: what the author is told.
func Against(verdicts []Verdict) (out []Verdict) {
	for _, call := range []Call{CallRefuse, CallHold} {
		for _, v := range verdicts {
			if v.Call == call {
				out = append(out, v)
			}
		}
	}
	return out
}

package discuss

import (
	"context"
	"time"
)

// Skipped is the decision of a phase that was not asked: it is switched off, or
// another one had refused the comment already.
const Skipped Decision = "off"

var strictness = map[Decision]int{Skipped: 0, Pass: 0, Hold: 1, Refuse: 2}

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
}

// RejectedDays is for how long a rejected comment counts in an author's Standing.
const RejectedDays = 30

// Near is a comment that may be like a candidate.
type Near struct {
	ID       int64
	AuthorID int64
	StoryID  int64
	Text     string
	Lost     bool // the newsroom did not want it
	At       time.Time
}

// Hook asks a service outside whether a comment may stand. An error means that
// it has not answered, or nothing that can be understood.
type Hook interface {
	Ask(ctx context.Context, c Candidate, r *Rules) (d Decision, note string, err error)
}

// Judge asks every phase about a comment, in their order, and returns one
// verdict for each, those that are off included. After a refusal only what
// costs nothing is still asked: nothing leaves the machine for a comment that
// is not taken. hook may be nil: then there is none.
func Judge(ctx context.Context, c Candidate, r *Rules, hook Hook) []Verdict {
	out := make([]Verdict, 0, len(Phases))
	for _, p := range Phases {
		v := Verdict{Decision: Skipped}
		if r.Has(p) {
			switch p {
			case PhaseLimits:
				v = judgeLimits(c, r)
			case PhaseWords:
				v = judgeWords(c, r)
			case PhaseRepeat:
				v = judgeRepeats(c)
			case PhaseNewcomer:
				v = judgeAuthor(c, r)
			case PhaseLookalike:
				v = judgeNames(c)
			case PhaseHook:
				if sum, _ := Sum(out); sum != Refuse {
					v = judgeHook(ctx, c, r, hook)
				}
			}
		}
		v.Phase, v.At = p, c.Now
		out = append(out, v)
	}
	return out
}

// Against returns the verdicts that hold or refuse a comment, the strictest
// first, and in the pipeline's order beside that: what the author is told.
func Against(verdicts []Verdict) (out []Verdict) {
	for _, call := range []Decision{Refuse, Hold} {
		for _, v := range verdicts {
			if v.Decision == call {
				out = append(out, v)
			}
		}
	}
	return out
}

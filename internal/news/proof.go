package news

import (
	"encoding/json"
	"strconv"
	"time"

	"warta/internal/account"
	"warta/internal/change"
)

// ProofKind is what a look at the running server is to show.
type ProofKind string

// The kinds of proof.
const (
	ProofRelease  ProofKind = "release"  // the story is there
	ProofTakedown ProofKind = "takedown" // it is gone
)

// ProofState says how far a proof is.
type ProofState string

// The states of a proof.
const (
	ProofOpen        ProofState = "open"        // not everything is right yet; it is looked at again
	ProofConfirmed   ProofState = "confirmed"   // everything was right at the last look
	ProofUnconfirmed ProofState = "unconfirmed" // it was not in time; nobody looks any more
	ProofSuperseded  ProofState = "superseded"  // the story changed again meanwhile
)

// Want is what a surface has to show.
type Want string

// What a surface has to show.
const (
	WantHold Want = "hold" // 200, and the story in it
	WantLack Want = "lack" // the story is not in it, whatever the status
	WantGone Want = "gone" // 410, and nothing of the story
	WantNone Want = "none" // 404
)

// Surface is what one address of the running server answered.
type Surface struct {
	Name   string    `json:"name"`         // "story", "section", "feed" …
	Of     string    `json:"of,omitempty"` // name of the section, topic or person whose page or feed it is
	Path   string    `json:"path"`
	Want   Want      `json:"want"`
	At     time.Time `json:"at"`
	Status int       `json:"status,omitempty"` // 0: no answer
	ETag   string    `json:"etag,omitempty"`
	Found  bool      `json:"found,omitempty"` // the story was in it
	Right  bool      `json:"right,omitempty"` // it is as it has to be
}

// Proof is the receipt of one change of what readers see of a story: what the
// running server answered afterwards, surface by surface.
type Proof struct {
	ID       int64
	StoryID  int64
	Kind     ProofKind
	Version  int // that went out, or was taken away
	At       time.Time
	State    ProofState
	Looks    int
	LookedAt time.Time
	Surfaces []Surface
}

// JobProbe is the kind of the job that looks at the running server; its
// arguments are a ProbeOrder.
const JobProbe = "probe"

// ProbeOrder asks for a proof.
type ProbeOrder struct {
	StoryID int64     `json:"story"`
	Kind    ProofKind `json:"kind"`
	Version int       `json:"version"`
	At      int64     `json:"at"` // UTC milliseconds
	By      int64     `json:"by"` // the user who did it; 0: a part of the program
}

// proofs returns the jobs that prove what changed for readers; before are the
// numbers of the live versions before the change.
func proofs(w *World, actor account.Actor, recs []*Record, before []int) (jobs []change.Job) {
	for i, r := range recs {
		if r.New && !r.Story.FirstPublished.Equal(w.Now) {
			continue // it was restored, with its old dates
		}
		switch now := r.Story.LiveNo; {
		case now != 0 && (now != before[i] || len(r.Corrections) > 0):
			jobs = append(jobs, r.prove(w, actor, ProofRelease, now))
		case now == 0 && before[i] != 0:
			jobs = append(jobs, r.prove(w, actor, ProofTakedown, before[i]))
		}
	}
	return jobs
}

// prove returns the job that proves a change of what readers see.
func (r *Record) prove(w *World, actor account.Actor, kind ProofKind, version int) change.Job {
	o := ProbeOrder{StoryID: r.Story.ID, Kind: kind, Version: version, At: w.Now.UnixMilli(), By: actor.ID}
	args, err := json.Marshal(o)
	if err != nil {
		args = nil // numbers and words always have a form
	}
	return change.Job{Kind: JobProbe, Args: args, Key: string(kind) + "." + strconv.FormatInt(o.StoryID, 10) + "." + strconv.FormatInt(o.At, 10)}
}

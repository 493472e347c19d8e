package discuss

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// judgeAuthor looks at who writes: somebody whom the newsroom warned, who had
// comments rejected lately, or who is new.
func judgeAuthor(c Candidate, s Screen) Verdict {
	st := c.Standing
	switch {
	case st.Warned > 0:
		return Verdict{Call: CallHold, Code: "author_warned"}
	case st.Rejected > or(s.MaxRejected, DefaultMaxRejected):
		return Verdict{Call: CallHold, Code: "author_rejected", Number: st.Rejected}
	case s.NewHold && st.Published < or(s.NewComments, DefaultNewComments):
		return Verdict{Call: CallHold, Code: "author_new", Number: or(s.NewComments, DefaultNewComments)}
	case s.NewHold && c.Now.Sub(st.Since) < time.Duration(or(s.NewDays, DefaultNewDays))*24*time.Hour:
		return Verdict{Call: CallHold, Code: "author_young", Number: or(s.NewDays, DefaultNewDays)}
	}
	return Verdict{Call: CallPass}
}

// reservedNames are words that say that somebody speaks for the newsroom.
var reservedNames = []string{"admin", "administrator", "moderator", "redaksi", "redaktur", "editorial", "newsroom", "official", "resmi", "staff", "staf redaksi"}

// minInside is from how many letters on a name of the newsroom counts as looked
// like when it is only a part of another name: "Ana" is in too many.
const minInside = 9

// LooksLike returns the name of staff that a reader's name looks like, whatever
// script, digits and signs it is written with, "" for none. Reserved words that
// claim to speak for the newsroom count as well. exact says that the two cannot
// be told apart on a page; otherwise the reader's name only contains the other.
func LooksLike(name string, staff []string) (like string, exact bool) {
	own := skeleton(name)
	for _, s := range staff {
		if k := skeleton(s); utf8.RuneCountInString(k) >= 3 && k == own {
			return s, true
		}
	}
	for _, w := range reservedNames {
		if skeleton(w) == own {
			return w, true
		}
	}
	for _, s := range staff {
		if k := skeleton(s); utf8.RuneCountInString(k) >= minInside && strings.Contains(own, k) {
			return s, false
		}
	}
	words := tokens(name)
	for _, w := range reservedNames {
		if slices.ContainsFunc(words, func(t token) bool { return string(t.alike) == w }) {
			return w, false
		}
	}
	return "", false
}

// judgeNames looks whether the author's name passes for one of the newsroom. It
// only holds: two people may be called the same.
func judgeNames(c Candidate) Verdict {
	if like, _ := LooksLike(c.Name, c.Staff); like != "" {
		return Verdict{Call: CallHold, Code: "name_staff", Hits: []string{like}}
	}
	return Verdict{Call: CallPass}
}

// maxHookNote bounds what a hook may say to the author, in characters.
const maxHookNote = 200

// judgeHook asks the newsroom's own service. If it fails, what becomes of the
// comment is what the rules say, never an accident.
func judgeHook(ctx context.Context, c Candidate, s Screen, hook Hook) Verdict {
	if s.HookURL == "" || hook == nil {
		return Verdict{Call: CallOff}
	}
	call, note, err := hook.Ask(ctx, c, s)
	if err != nil || strictness[call] == 0 && call != CallPass {
		fail := s.HookFail
		if fail != CallPass && fail != CallRefuse {
			fail = CallHold
		}
		v := Verdict{Call: fail, Code: "hook_failed"}
		if fail == CallRefuse {
			v.Wait = 60
		}
		return v
	}
	v := Verdict{Call: call}
	if call != CallPass {
		v.Code = "hook"
	}
	if note = strings.Join(strings.Fields(note), " "); note != "" {
		if r := []rune(note); len(r) > maxHookNote {
			note = string(r[:maxHookNote]) + "…"
		}
		v.Hits = []string{note}
	}
	return v
}

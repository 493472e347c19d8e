package discuss

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxRejected is how many rejected comments of RejectedDays an author may have
// before a moderator looks at what he writes.
const maxRejected = 2

// judgeAuthor looks at who writes: somebody whom the newsroom warned, who had
// comments rejected lately, or who is new.
func judgeAuthor(c Candidate, r *Rules) Verdict {
	st := c.Standing
	switch {
	case st.Warned > 0:
		return Verdict{Decision: Hold, Reason: "author_warned"}
	case st.Rejected > maxRejected:
		return Verdict{Decision: Hold, Reason: "author_rejected", Number: st.Rejected}
	case (r.Mode == ModeNew || r.Mode == ModeMembers) && st.Published < r.NewUntil:
		return Verdict{Decision: Hold, Reason: ReasonNewcomer, Number: r.NewUntil}
	}
	return Verdict{Decision: Pass}
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
		return Verdict{Decision: Hold, Reason: "name_staff", Words: []string{like}}
	}
	return Verdict{Decision: Pass}
}

// maxHookNote bounds what a hook may say to the author, in characters.
const maxHookNote = 200

// judgeHook asks the newsroom's own service. If it fails, what becomes of the
// comment is what the rules say, never an accident.
func judgeHook(ctx context.Context, c Candidate, r *Rules, hook Hook) Verdict {
	if r.Hook == "" || hook == nil {
		return Verdict{Decision: Skipped}
	}
	call, note, err := hook.Ask(ctx, c, r)
	if err != nil || strictness[call] == 0 && call != Pass {
		fail := r.HookFail
		if fail != Pass && fail != Refuse {
			fail = Hold
		}
		v := Verdict{Decision: fail, Reason: "hook_failed"}
		if fail == Refuse {
			v.Wait = 60
		}
		return v
	}
	v := Verdict{Decision: call}
	if call != Pass {
		v.Reason = "hook"
	}
	if note = strings.Join(strings.Fields(note), " "); note != "" {
		if letters := []rune(note); len(letters) > maxHookNote {
			note = string(letters[:maxHookNote]) + "…"
		}
		v.Words = []string{note}
	}
	return v
}

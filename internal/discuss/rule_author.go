package discuss

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"warta/internal/fault"
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

// checkHook returns an Invalid error unless what a scope says of the hook can be.
func (p *Patch) checkHook() error {
	if p.HookFail != nil && *p.HookFail != Pass && *p.HookFail != Hold && *p.HookFail != Refuse {
		return fault.Input("hook_fail", "choose what becomes of a comment while the service does not answer").Say("hook_fail")
	}
	if p.HookSecret != nil && (len(*p.HookSecret) < minHookSecret || len(*p.HookSecret) > 200) {
		return fault.Input("hook_secret", "a secret has %d to 200 characters", minHookSecret).Say("hook_secret", "least", minHookSecret)
	}
	if p.Hook == nil || *p.Hook == "" {
		return nil
	}
	u, err := url.Parse(*p.Hook)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(*p.Hook) > 500 {
		return fault.Input("hook", "an address that begins with https:// is needed").Say("hook_url")
	}
	if p.HookSecret == nil {
		return fault.Input("hook_secret", "a hook needs a secret that signs what it is sent").Say("hook_secret", "least", minHookSecret)
	}
	return nil
}

// minHookSecret is how many characters the secret of a hook has at least.
const minHookSecret = 16

package discuss

import (
	"hash/fnv"
	"time"
	"unicode"
)

// repeatPercent is from what share of equal text on a comment is a repetition.
const repeatPercent = 80

// Near-repeated texts are found by min-hashes of their shingles: each of
// repeatBands bands is made of two of them, so two texts with a share j of equal
// shingles have a band in common with a probability of 1 - (1-j²)^6: 98 % at 0.7,
// 99.96 % at 0.85. A band is one row of an index, so looking for what a text
// repeats costs repeatBands short ranges, however many comments there are.
const (
	repeatBands = 6
	shingle     = 4 // letters
	// RepeatDays is for how long a text is looked for.
	RepeatDays = 7
	// NearPerBand is how many of the newest comments of a band are looked at.
	NearPerBand = 8
)

// How long a text has to be, in letters, for its repetition to say something:
// "setuju" is said by many, and by one person more than once.
const (
	minOwn          = 12 // under the same story; a shorter one only within doubleTime
	minOwnElsewhere = 20
	minOthers       = 40
	minRejected     = 20
)

// doubleTime is within what time a short text counts as sent twice by mistake.
const doubleTime = 10 * time.Minute

// Print returns the bands of a text, repeatBands numbers, or nil for a text that
// has nothing to compare. Equal texts, whatever their case, signs and marks, have
// equal prints.
func Print(text string) []int64 {
	set := shingles(text)
	if len(set) == 0 {
		return nil
	}
	var least [2 * repeatBands]uint64
	for i := range least {
		least[i] = ^uint64(0)
		for h := range set {
			least[i] = min(least[i], mix(h^(uint64(i+1)*0x9e3779b97f4a7c15)))
		}
	}
	out := make([]int64, repeatBands)
	for i := range out {
		// The band's number is in it: one index serves all of them.
		out[i] = int64(mix(least[2*i]^mix(least[2*i+1]^uint64(i)))>>4)<<3 | int64(i)
	}
	return out
}

// mix spreads the bits of a number (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// comparand returns the letters that a text is compared by; for a text without
// any, such as emoji, what else can be seen of it.
func comparand(text string) []rune {
	var letters, rest []rune
	for _, r := range text {
		for _, f := range foldRune(r) {
			switch {
			case unicode.IsLetter(f), unicode.IsDigit(f):
				if n := len(letters); n > 1 && letters[n-1] == f && letters[n-2] == f {
					continue // "mantaaaap"
				}
				letters = append(letters, f)
			case !unicode.IsSpace(f):
				rest = append(rest, f)
			}
		}
	}
	if len(letters) == 0 {
		return rest
	}
	return letters
}

// shingles returns the hashes of all runs of four letters of a text.
func shingles(text string) map[uint64]struct{} {
	letters := comparand(text)
	if len(letters) == 0 {
		return nil
	}
	set := make(map[uint64]struct{}, len(letters))
	for i := 0; ; i++ {
		part := letters[i:min(i+shingle, len(letters))]
		h := fnv.New64a()
		h.Write([]byte(string(part)))
		set[h.Sum64()] = struct{}{}
		if i+shingle >= len(letters) {
			return set
		}
	}
}

// Alike returns how much of two texts is equal, in percent: the share of their
// shingles that both have.
func Alike(a, b string) int { return alike(shingles(a), shingles(b)) }

func alike(a, b map[uint64]struct{}) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	both := 0
	for h := range a {
		if _, ok := b[h]; ok {
			both++
		}
	}
	return both * 100 / (len(a) + len(b) - both)
}

// judgeRepeats looks whether the author, or somebody else, has said the same
// lately.
func judgeRepeats(c Candidate) Verdict {
	worst := Verdict{Decision: Pass}
	own, size, bound := shingles(c.Text), len(comparand(c.Text)), repeatPercent
	for _, n := range c.Near {
		if c.Now.Sub(n.At) > RepeatDays*24*time.Hour {
			continue
		}
		share := alike(own, shingles(n.Text))
		if share < bound || share < 100 && size < minOthers {
			continue // of a short text, a changed word makes another one
		}
		v := Verdict{Decision: Hold, Number: share, Like: n.ID}
		switch mine := n.AuthorID == c.AuthorID && c.AuthorID != 0; {
		case mine && n.StoryID == c.StoryID && (size >= minOwn || c.Now.Sub(n.At) < doubleTime):
			v.Decision, v.Reason = Refuse, "repeat_own"
		case n.Lost && size >= minRejected:
			v.Reason = "repeat_rejected"
		case mine && size >= minOwnElsewhere:
			v.Reason = "repeat_elsewhere"
		case !mine && size >= minOthers:
			v.Reason = "repeat_others"
		default:
			continue
		}
		if strictness[v.Decision] > strictness[worst.Decision] || v.Decision == worst.Decision && v.Number > worst.Number {
			worst = v
		}
	}
	return worst
}

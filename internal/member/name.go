package member

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"warta/internal/fault"
)

// What a name may look like.
const (
	minName = 2  // letters
	maxName = 40 // characters
	// maxMarks is how many marks may stand on one letter: two are enough for every
	// language that people write here, and a tower of them covers the lines above.
	maxMarks = 2
)

// nameSigns are what may stand in a name beside letters, digits and blanks.
const nameSigns = ".,'’-_&()"

// CleanName returns a name as it is stored, in Unicode's form NFC and with
// single blanks, or an Invalid error. Invisible characters, those that turn the
// direction of writing, and signs of addresses have no place in it.
func CleanName(s string) (string, error) {
	s = norm.NFC.String(strings.Join(strings.Fields(s), " "))
	letters, marks := 0, 0
	for i, r := range s {
		switch {
		case unicode.IsLetter(r):
			letters++
			marks = 0
		case unicode.IsMark(r):
			if marks++; i == 0 || marks > maxMarks {
				return "", errName()
			}
		case unicode.IsDigit(r), r == ' ', strings.ContainsRune(nameSigns, r):
			marks = maxMarks // none may follow
		default:
			return "", errName()
		}
	}
	if letters < minName || utf8.RuneCountInString(s) > maxName {
		return "", errName()
	}
	return s, nil
}

func errName() error {
	return fault.Input("name", "a name has %d to %d letters, digits, blanks and signs like %s", minName, maxName, nameSigns).
		Say("reader_name", "least", minName, "most", maxName)
}

// Reserve gives the members a question: whether a name could be taken for one of
// the newsroom's. Nobody gets such a name; who has it keeps it, and what he writes
// is for moderators to look at.
func (m *Members) Reserve(looks func(ctx context.Context, name string) (bool, error)) {
	m.looks = looks
}

// cleanName is CleanName for a name that somebody wants to have.
func (m *Members) cleanName(ctx context.Context, s string) (string, error) {
	s, err := CleanName(s)
	if err == nil {
		err = m.free(ctx, s)
	}
	return s, err
}

// free returns an Invalid error if a name could be taken for one of the
// newsroom's.
func (m *Members) free(ctx context.Context, name string) error {
	if m.looks == nil {
		return nil
	}
	like, err := m.looks(ctx, name)
	if err == nil && like {
		err = fault.Input("name", "this name could be taken for one of the newsroom's; choose another").Say("reader_name_taken")
	}
	return err
}

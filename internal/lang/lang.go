// Package lang gives every word that Warta says to people: message catalogues
// in Indonesian and English, dates, clock times, numbers, plural forms, and the
// site's day. All tables are its own, so a page reads the same on every machine
// and in every browser. It knows no domain type, no HTML and no HTTP.
package lang

import "warta/internal/fault"

// Code is an interface language as its BCP 47 tag in lower case. The zero value
// is not a language; take codes from Parse or the constants.
type Code string

// The interface languages. ID is the default of a fresh site.
const (
	ID Code = "id"
	EN Code = "en"
)

// Codes returns all interface languages, the default first.
func Codes() []Code { return []Code{ID, EN} }

// Parse returns the language of a setting or an attribute; only the exact codes
// "id" and "en" are accepted, anything else is a fault.Invalid error.
func Parse(s string) (Code, error) {
	switch c := Code(s); c {
	case ID, EN:
		return c, nil
	}
	return "", fault.Input("language", "the language %q is not known; use id or en", s)
}

// OGLocale returns the language as Open Graph wants it in og:locale.
func (c Code) OGLocale() string {
	if c == EN {
		return "en_GB"
	}
	return "id_ID"
}

package render

import (
	"strings"
	"time"

	"warta/internal/fault"
)

// RobotsGroup is one group of robots.txt (RFC 9309 section 2.2): rules for
// some crawlers. Without agents it is for all of them.
type RobotsGroup struct {
	Agents   []string
	Allow    []string
	Disallow []string
}

// Robots is what robots.txt says.
type Robots struct {
	Groups   []RobotsGroup
	Sitemaps []string // absolute addresses
}

// RobotsTxt returns robots.txt as RFC 9309 has it. A group without rules allows
// everything. It answers Invalid for a value that would break out of its line.
func RobotsTxt(r Robots) ([]byte, error) {
	var l lineWriter
	for _, g := range r.Groups {
		agents := g.Agents
		if len(agents) == 0 {
			agents = []string{"*"}
		}
		l.all("User-agent", agents)
		l.all("Disallow", g.Disallow)
		l.all("Allow", g.Allow)
		if len(g.Disallow)+len(g.Allow) == 0 {
			l.add("Allow", "/")
		}
		l.blank()
	}
	l.all("Sitemap", r.Sitemaps)
	return l.done()
}

// Security is what security.txt says (RFC 9116). Contacts are URIs (mailto:,
// tel:, https:), the preferred one first; Expires should be less than a year
// ahead of when it is served.
type Security struct {
	Contacts        []string
	Expires         time.Time
	Languages       []string // BCP 47
	Canonical       []string
	Policy          string
	Acknowledgments string
	Encryption      string
}

// SecurityTxt returns security.txt as RFC 9116 has it. It answers Invalid
// without a contact or an expiry, and for a value that would break its line.
// Web addresses that are not https are left out, since section 2.5 forbids
// them: on a laptop the file stays valid and has no Canonical.
func SecurityTxt(s Security) ([]byte, error) {
	if s.Expires.IsZero() {
		return nil, fault.Input("expires", "security.txt needs the time at which it expires")
	}
	contacts := secureOnly(s.Contacts...)
	if len(contacts) == 0 {
		return nil, fault.Input("contacts", "security.txt needs a contact as mailto:, tel: or https: address")
	}
	var l lineWriter
	l.all("Contact", contacts)
	l.add("Expires", s.Expires.UTC().Format(time.RFC3339))
	l.all("Encryption", secureOnly(s.Encryption))
	l.all("Acknowledgments", secureOnly(s.Acknowledgments))
	if len(s.Languages) > 0 {
		l.add("Preferred-Languages", strings.Join(s.Languages, ", "))
	}
	l.all("Canonical", secureOnly(s.Canonical...))
	l.all("Policy", secureOnly(s.Policy))
	return l.done()
}

// secureOnly keeps the addresses that RFC 9116 allows: any URI but http.
func secureOnly(list ...string) []string {
	var out []string
	for _, s := range list {
		scheme, rest, ok := strings.Cut(s, ":")
		if ok && rest != "" && scheme != "" && !strings.EqualFold(scheme, "http") {
			out = append(out, s)
		}
	}
	return out
}

// lineWriter builds a text of "Name: value" lines and remembers the first value
// that does not fit on one.
type lineWriter struct {
	b   strings.Builder
	err error
}

func (l *lineWriter) add(name, value string) {
	broken := strings.ContainsFunc(value, func(r rune) bool { return r < 0x20 || r == 0x7f })
	if broken && l.err == nil {
		l.err = fault.Input(strings.ToLower(name), "a value must stand on one line: %q", value)
	}
	l.b.WriteString(name + ": " + value + "\n")
}

func (l *lineWriter) all(name string, values []string) {
	for _, v := range values {
		l.add(name, v)
	}
}

func (l *lineWriter) blank() { l.b.WriteByte('\n') }

func (l *lineWriter) done() ([]byte, error) {
	if l.err != nil {
		return nil, l.err
	}
	return []byte(l.b.String()), nil
}

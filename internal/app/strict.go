package app

import (
	"net/http"
	"strconv"
	"strings"

	"warta/internal/fault"
	"warta/internal/web"
)

// strictLine tells browsers to ask for a host by https alone (RFC 6797).
const strictLine = "Strict-Transport-Security"

// strictOff turns that off.
const strictOff = "off"

// preloadAge is what the lists that browsers are shipped with ask for, in seconds.
const preloadAge = 31536000

// checkStrict refuses a value that browsers would not understand: they ignore it,
// and nobody notices.
func (c *Config) checkStrict() error {
	if c.HSTS == "" || c.HSTS == strictOff {
		return nil
	}
	seen := map[string]bool{}
	age := int64(-1)
	for part := range strings.SplitSeq(c.HSTS, ";") {
		name, value, valued := strings.Cut(strings.TrimSpace(part), "=")
		name = strings.ToLower(name)
		var err error
		switch {
		case seen[name]:
			return fault.Input("hsts", "%q says %s twice", c.HSTS, name)
		case name == "max-age" && valued:
			if age, err = strconv.ParseInt(value, 10, 64); err != nil || age < 0 {
				return fault.Input("hsts", "the max-age of %q is not a number of seconds", c.HSTS)
			}
		case (name == "includesubdomains" || name == "preload") && !valued:
		default:
			return fault.Input("hsts", "%q is not understood by browsers; write max-age=31536000, with ; includeSubDomains or ; preload behind it, or off", c.HSTS)
		}
		seen[name] = true
	}
	switch {
	case age < 0:
		return fault.Input("hsts", "%q has no max-age", c.HSTS)
	case seen["preload"] && (age < preloadAge || !seen["includesubdomains"]):
		return fault.Input("hsts", "%q: browsers' lists ask for includeSubDomains and a max-age of at least %d beside preload", c.HSTS, preloadAge)
	}
	return nil
}

// strict returns the value of the line, empty if there is none: for a site that
// is not reached by https, and for the names of this machine, which belong to
// everything that somebody tries out on it.
func (c *Config) strict() string {
	host := hostOf(c.BaseURL)
	if c.HSTS == strictOff || !strings.HasPrefix(c.BaseURL, "https://") || web.Loopback(host) {
		return ""
	}
	return c.HSTS
}

// strictly adds the line to every answer.
func (s *shell) strictly(h http.Handler) http.Handler {
	value := s.cfg.strict()
	if value == "" {
		return h
	}
	line := []string{value}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()[strictLine] = line
		h.ServeHTTP(w, r)
	})
}

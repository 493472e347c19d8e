package web

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// HostVerdict is what becomes of a request by its Host header.
type HostVerdict int

// The verdicts.
const (
	HostOwn     HostVerdict = iota // pages are served
	HostAlias                      // redirects only: another configured host, or a loopback spelling of the default
	HostUnknown                    // 421
)

// Hosts knows under which names this process answers. Pages are served on the
// base URL's host alone, so that one cookie and one cache belong to one site.
type Hosts struct {
	own      string // host, with the port if the base URL has one
	loopback bool   // the base URL is a loopback name, so other spellings of it redirect
	aliases  map[string]bool
}

// NewHosts returns the hosts of a base URL and further hosts that redirect.
func NewHosts(base *url.URL, aliases []string) *Hosts {
	h := &Hosts{own: strings.ToLower(base.Host), loopback: isLoopback(base.Hostname()), aliases: map[string]bool{}}
	for _, a := range aliases {
		h.aliases[ASCIIHost(a)] = true
	}
	return h
}

// ASCIIHost returns a host, with its port if it has one, as it stands in requests:
// lower case, and xn--… for what is not ASCII.
func ASCIIHost(host string) string {
	host = strings.ToLower(strings.TrimSpace(host))
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = host, ""
	}
	if ascii, err := idna.Lookup.ToASCII(name); err == nil {
		name = ascii
	}
	if port != "" {
		return net.JoinHostPort(name, port)
	}
	return name
}

// Own returns the host on which pages are served, with its port if it has one.
func (h *Hosts) Own() string { return h.own }

// Judge returns the verdict on a Host header.
func (h *Hosts) Judge(host string) HostVerdict {
	if host == h.own {
		return HostOwn
	}
	host = strings.ToLower(host)
	name := host
	if n, _, err := net.SplitHostPort(host); err == nil {
		name = n
	}
	switch {
	case host == h.own:
		return HostOwn
	case h.aliases[host], h.aliases[name], h.loopback && isLoopback(name):
		return HostAlias
	}
	return HostUnknown
}

// Loopback reports whether a host's name is one of this machine.
func Loopback(name string) bool { return isLoopback(name) }

func isLoopback(name string) bool {
	name = strings.Trim(name, "[]")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}

// SecurityHeaders sets what every answer carries; policy is the Content
// Security Policy.
func SecurityHeaders(h http.Header, policy string) {
	h["Content-Security-Policy"] = []string{policy}
	h["X-Content-Type-Options"] = nosniff
	h["Referrer-Policy"] = referrer
	h["Cross-Origin-Opener-Policy"] = opener
	h["Permissions-Policy"] = permissions
}

// FileHeaders sets what pictures carry in place of the policy for pages: opened by
// itself, nothing in one may run or load anything.
func FileHeaders(h http.Header) { h["Content-Security-Policy"] = inert }

// noTime keeps http.ServeContent from inventing a modification time.
var noTime time.Time

// Shared values: they are never changed, so that a warm answer allocates none.
var (
	inert       = []string{"default-src 'none'; sandbox"}
	nosniff     = []string{"nosniff"}
	referrer    = []string{"strict-origin-when-cross-origin"}
	opener      = []string{"same-origin-allow-popups"}
	permissions = []string{"camera=(), microphone=(), geolocation=(), browsing-topics=()"}
)

// ContentPolicy returns the policy for pages: own scripts, own pictures and
// fonts, and of what is inline or foreign only the given sources: style sheets
// and scripts by hash ("'sha256-…'"), and frames that a click may load
// ("https://…").
func ContentPolicy(styles, scripts, frames []string) string {
	if len(frames) == 0 {
		frames = []string{"'none'"}
	}
	return strings.Join([]string{"default-src 'none'",
		"script-src " + strings.Join(append([]string{"'self'"}, scripts...), " "),
		"style-src " + strings.Join(append([]string{"'self'"}, styles...), " "),
		"img-src 'self' data:", "font-src 'self'", "connect-src 'self'", "manifest-src 'self'",
		"frame-src " + strings.Join(frames, " "), "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"}, "; ")
}

// HostName returns the host that a request names, without a port.
func HostName(r *http.Request) string {
	if name, _, err := net.SplitHostPort(r.Host); err == nil {
		return name
	}
	return r.Host
}

package doc

import (
	"net/url"
	"strings"
	"unicode"
)

// Provider names the service of an embed.
type Provider string

// The providers. Generic is any other service; it is shown as a link.
const (
	YouTube   Provider = "youtube"
	X         Provider = "x"
	Instagram Provider = "instagram"
	TikTok    Provider = "tiktok"
	Facebook  Provider = "facebook"
	Spotify   Provider = "spotify"
	Generic   Provider = "generic"
)

// hostsOf lists, per provider, the hosts that its addresses may have.
var hostsOf = map[Provider][]string{
	YouTube:   {"www.youtube.com", "youtube.com", "m.youtube.com", "youtu.be", "www.youtube-nocookie.com", "youtube-nocookie.com"},
	X:         {"x.com", "www.x.com", "twitter.com", "www.twitter.com", "mobile.twitter.com"},
	Instagram: {"www.instagram.com", "instagram.com"},
	TikTok:    {"www.tiktok.com", "tiktok.com", "m.tiktok.com", "vm.tiktok.com", "vt.tiktok.com"},
	Facebook:  {"www.facebook.com", "facebook.com", "m.facebook.com", "web.facebook.com", "fb.watch"},
	Spotify:   {"open.spotify.com"},
	Generic:   nil,
}

// known reports whether p is one of the providers.
func (p Provider) known() bool { _, ok := hostsOf[p]; return ok }

// ProviderOf returns the provider whose host the address has, and Generic for
// every other https address; ok is false for an address that no embed may have.
func ProviderOf(address string) (p Provider, ok bool) {
	u := embedURL(address)
	if u == nil {
		return "", false
	}
	host := strings.ToLower(u.Host)
	for p, hosts := range hostsOf {
		for _, h := range hosts {
			if h == host {
				return p, true
			}
		}
	}
	return Generic, true
}

func embedURL(address string) *url.URL {
	u := plainURL(address)
	if u == nil || u.Scheme != "https" || u.Port() != "" {
		return nil
	}
	return u
}

// plainURL parses an absolute web address without a user or anything that
// browsers and we might read differently; nil if it is something else.
func plainURL(address string) *url.URL {
	if !plainAddress(address) {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Opaque != "" || u.Hostname() == "" {
		return nil
	}
	if u.Scheme != "https" && u.Scheme != "http" {
		return nil
	}
	return u
}

func plainAddress(s string) bool {
	if s == "" || len(s) > MaxURL {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar ||
			strings.ContainsRune("\\<>\"`{}|^", r)
	})
}

// SafeLink reports whether a link may have this address: http and https with a
// host, mailto, tel, and a path on this site ("/…").
func SafeLink(href string) bool {
	if !plainAddress(href) {
		return false
	}
	if strings.HasPrefix(href, "/") {
		_, err := url.Parse(href)
		return err == nil && !strings.HasPrefix(href, "//")
	}
	if plainURL(href) != nil {
		return true
	}
	u, err := url.Parse(href)
	return err == nil && (u.Scheme == "mailto" || u.Scheme == "tel") && u.Opaque != ""
}

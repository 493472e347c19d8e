// Package provider signs readers in by OpenID Connect providers (OpenID Connect
// Core 1.0, Discovery 1.0; OAuth 2.0 with PKCE, RFC 7636). It hides the protocol
// and its library, and knows no reader: who somebody is here is decided by
// member.
package provider

import (
	"bytes"
	"encoding/json"
	"net"
	"net/url"
	"os"
	"regexp"

	"warta/internal/fault"
)

// Config is one provider as the operator describes it.
type Config struct {
	Key          string `json:"key"`   // in addresses: "google"
	Label        string `json:"label"` // as readers call it: "Google"
	Issuer       string `json:"issuer"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	// Trusted says that an address of which the provider says that it has seen to it
	// counts as if a letter had been answered.
	Trusted bool `json:"trusted"`
	// Allow lists "ip:port" pairs that are reached although they are not public, for
	// a provider of one's own.
	Allow []string `json:"allow"`
}

// most bounds how many providers there are: each is a button.
const most = 8

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9]{0,19}$`)

// Load reads the file that describes the providers: a JSON list. It is Invalid,
// with what is wrong and where, if it cannot be.
func Load(file string) (list []Config, err error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fault.Input("oidc", "the file with the providers cannot be read: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		return nil, fault.Input("oidc", "%s is not a JSON list of providers: %w", file, err)
	}
	if len(list) > most {
		return nil, fault.Input("oidc", "%s names %d providers; at most %d fit on the page", file, len(list), most)
	}
	seen := map[string]bool{}
	for i, c := range list {
		if err := c.check(); err != nil {
			return nil, fault.Input("oidc", "%s, provider %d: %w", file, i+1, err)
		}
		if seen[c.Key] {
			return nil, fault.Input("oidc", "%s names the key %q twice", file, c.Key)
		}
		seen[c.Key] = true
	}
	return list, nil
}

func (c Config) check() error {
	u, err := url.Parse(c.Issuer)
	switch {
	case !keyForm.MatchString(c.Key):
		return fault.Input("key", "%q is not a word of lower-case letters and digits such as google", c.Key)
	case c.Label == "" || len(c.Label) > 40:
		return fault.Input("label", "the provider needs a name of at most 40 letters, as readers call it")
	case c.ClientID == "":
		return fault.Input("client_id", "the provider gives one when the site is registered there; write it here")
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return fault.Input("issuer", "%q is not an address such as https://accounts.google.com", c.Issuer)
	case u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())):
		return fault.Input("issuer", "%q must begin with https://", c.Issuer)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

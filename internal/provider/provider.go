package provider

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"warta/internal/fault"
	"warta/internal/fetch"
)

// What one answer of a provider may be, and how long one call may take.
const (
	maxAnswer = 1 << 20
	within    = 10 * time.Second
)

// Way is a provider as readers see it.
type Way struct {
	Key     string
	Label   string
	Trusted bool
}

// Person is whom a provider vouches for.
type Person struct {
	Subject  string
	Email    string
	Verified bool
	Name     string
}

// Set are the providers of a site. It is safe for concurrent use.
type Set struct {
	list []*one
}

// one is a provider; what it says of itself is asked when it is first needed.
type one struct {
	Config
	client *fetch.Client
	back   string // address to which it sends readers back

	mu    sync.Mutex
	known *known
}

// known is what a provider says of itself.
type known struct {
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
}

// New returns the providers for the site at baseURL. Close it in the end.
func New(list []Config, baseURL string) *Set {
	s := &Set{}
	for _, c := range list {
		s.list = append(s.list, &one{Config: c, client: fetch.New(fetch.Options{Timeout: within, Allow: c.Allow}),
			back: baseURL + "/account/with/" + c.Key + "/back"})
	}
	return s
}

// Close drops idle connections.
func (s *Set) Close() {
	for _, p := range s.list {
		p.client.Close()
	}
}

// Ways returns the providers in the order of the configuration.
func (s *Set) Ways() []Way {
	out := make([]Way, len(s.list))
	for i, p := range s.list {
		out[i] = Way{p.Key, p.Label, p.Trusted}
	}
	return out
}

// Way returns the provider with a key, NotFound if there is none.
func (s *Set) Way(key string) (Way, error) {
	p, err := s.find(key)
	if err != nil {
		return Way{}, err
	}
	return Way{p.Key, p.Label, p.Trusted}, nil
}

func (s *Set) find(key string) (*one, error) {
	for _, p := range s.list {
		if p.Key == key {
			return p, nil
		}
	}
	return nil, fault.New(fault.NotFound, "there is no provider %q", key)
}

// errAway is the answer if a provider cannot be used now.
func (p *one) errAway(err error) error {
	return fault.New(fault.Unavailable, "%s does not answer as it should: %w", p.Label, err).Say("provider_away", "provider", p.Label)
}

// discover returns what the provider says of itself; it is asked again until it
// has answered once.
func (p *one) discover(ctx context.Context) (*known, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known != nil {
		return p.known, nil
	}
	// The library keeps this context for the keys that it fetches later.
	lasting := oidc.ClientContext(context.WithoutCancel(ctx), p.client.HTTP(maxAnswer))
	found, err := oidc.NewProvider(lasting, p.Issuer)
	if err != nil {
		return nil, p.errAway(err)
	}
	p.known = &known{
		oauth: oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: p.back,
			Scopes: []string{oidc.ScopeOpenID, "email", "profile"}},
		verifier: found.VerifierContext(lasting, &oidc.Config{ClientID: p.ClientID}),
	}
	return p.known, nil
}

// kept is what the answer is held against.
type kept struct {
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
}

// Question is what a reader's browser is sent to a provider with.
type Question struct {
	Kept string // for the server alone
	url  func(state string) string
}

// URL returns the address to send the browser to. state comes back with the
// answer, and is known to this browser and the server alone.
func (q Question) URL(state string) string { return q.url(state) }

// Begin asks a provider who somebody is. NotFound if there is no such provider,
// Unavailable if it does not answer.
func (s *Set) Begin(ctx context.Context, key string) (q Question, err error) {
	p, err := s.find(key)
	if err != nil {
		return q, err
	}
	k, err := p.discover(ctx)
	if err != nil {
		return q, err
	}
	secret := kept{Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier()}
	b, err := json.Marshal(secret)
	q.Kept = string(b)
	q.url = func(state string) string {
		return k.oauth.AuthCodeURL(state, oidc.Nonce(secret.Nonce), oauth2.S256ChallengeOption(secret.Verifier))
	}
	return q, err
}

// errAnswer is the answer to what does not prove anything. The log has the rest.
func (p *one) errAnswer(err error) error {
	return fault.New(fault.Unauthenticated, "what %s answered proves nothing: %w", p.Label, err).Say("provider_refused", "provider", p.Label)
}

// Finish returns whom a provider vouches for. code is what the browser brought
// back, asked the Kept of the question. Unauthenticated if that proves nothing.
func (s *Set) Finish(ctx context.Context, key, asked, code string) (who Person, err error) {
	p, err := s.find(key)
	if err != nil {
		return who, err
	}
	k, err := p.discover(ctx)
	if err != nil {
		return who, err
	}
	var secret kept
	if err := json.Unmarshal([]byte(asked), &secret); err != nil {
		return who, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client.HTTP(maxAnswer)), within)
	defer cancel()
	tokens, err := k.oauth.Exchange(ctx, code, oauth2.VerifierOption(secret.Verifier))
	if err != nil {
		var refusal *oauth2.RetrieveError
		if errors.As(err, &refusal) && refusal.Response.StatusCode < 500 {
			return who, p.errAnswer(err)
		}
		return who, p.errAway(err)
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return who, p.errAnswer(errors.New("there is no ID token"))
	}
	id, err := k.verifier.Verify(ctx, raw)
	if err != nil {
		return who, p.errAnswer(err)
	}
	if id.Nonce != secret.Nonce || id.Subject == "" || len(id.Subject) > 255 {
		return who, p.errAnswer(errors.New("the nonce is another one, or there is no subject"))
	}
	var claims struct {
		Email    string `json:"email"`
		Verified loose  `json:"email_verified"`
		Name     string `json:"name"`
	}
	if err := id.Claims(&claims); err != nil {
		return who, p.errAnswer(err)
	}
	return Person{Subject: id.Subject, Email: claims.Email, Verified: bool(claims.Verified), Name: claims.Name}, nil
}

// loose is a truth value that some providers write as a text.
type loose bool

// UnmarshalJSON implements json.Unmarshaler. Anything but true is false.
func (l *loose) UnmarshalJSON(b []byte) error {
	*l = string(b) == "true" || string(b) == `"true"`
	return nil
}

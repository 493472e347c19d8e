package web

import (
	"encoding/base64"
	"encoding/json"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"warta/internal/account"
	"warta/internal/fault"
)

// Passkeys holds the ceremonies of WebAuthn (level 3, sections 7.1 and 7.2) for
// the doors. What is asked is kept by whoever calls, and counts once.
type Passkeys struct{ lib *webauthn.WebAuthn }

// NewPasskeys returns the ceremonies for the site at an address. Passkeys belong
// to its host. It fails if that is no address.
func NewPasskeys(baseURL string) (*Passkeys, error) {
	base, err := url.Parse(baseURL)
	if err != nil {
		return nil, fault.Input("base-url", "%q is not an address", baseURL)
	}
	lib, err := webauthn.New(&webauthn.Config{
		RPID: base.Hostname(), RPDisplayName: base.Hostname(), RPOrigins: []string{base.Scheme + "://" + base.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fault.New(fault.Invalid, "passkeys cannot be used at %s: %w", baseURL, err)
	}
	return &Passkeys{lib: lib}, nil
}

// KeyOwner is whoever has passkeys.
type KeyOwner struct {
	Handle string // what they know him by: random, never shown
	Email  string
	Name   string
	Keys   []account.Passkey
}

// WebAuthnID implements webauthn.User.
func (o KeyOwner) WebAuthnID() []byte { return []byte(o.Handle) }

// WebAuthnName implements webauthn.User.
func (o KeyOwner) WebAuthnName() string { return o.Email }

// WebAuthnDisplayName implements webauthn.User.
func (o KeyOwner) WebAuthnDisplayName() string { return o.Name }

// WebAuthnCredentials implements webauthn.User. A credential that cannot be
// read is left out: it lets nobody in.
func (o KeyOwner) WebAuthnCredentials() []webauthn.Credential {
	list := make([]webauthn.Credential, 0, len(o.Keys))
	for _, k := range o.Keys {
		var c webauthn.Credential
		if json.Unmarshal([]byte(k.Data), &c) == nil {
			list = append(list, c)
		}
	}
	return list
}

// KeyQuestion is what the browser is asked, and what its answer is held against.
type KeyQuestion struct {
	Options any    // for the browser, as JSON
	Kept    string // for the server alone
}

func question(options any, session *webauthn.SessionData, err error) (KeyQuestion, error) {
	if err != nil {
		return KeyQuestion{}, err
	}
	kept, err := json.Marshal(session)
	return KeyQuestion{Options: options, Kept: string(kept)}, err
}

// AskKey asks for any passkey of this site.
func (p *Passkeys) AskKey() (KeyQuestion, error) {
	options, session, err := p.lib.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return KeyQuestion{}, err
	}
	return question(options.Response, session, nil)
}

// AskNewKey asks for a passkey that the owner does not have yet. name is the
// site's, as the authenticator shows it.
func (p *Passkeys) AskNewKey(o KeyOwner, name string) (KeyQuestion, error) {
	options, session, err := p.lib.BeginRegistration(o,
		webauthn.WithResidentKeyRequirement(protocol.ResidentKeyRequirementRequired),
		webauthn.WithExclusions(webauthn.Credentials(o.WebAuthnCredentials()).CredentialDescriptors()),
		webauthn.WithRegistrationRelyingPartyName(name))
	if err != nil {
		return KeyQuestion{}, err
	}
	return question(options.Response, session, nil)
}

// KeyAnswer is a passkey whose answer holds.
type KeyAnswer struct {
	ID   string // credential id in base64url
	Data string // what is kept of it from now on
}

// errKey hides the library's words: the log has them.
func errKey(err error) error {
	return fault.New(fault.Invalid, "the passkey was not accepted: %w", err).Say("passkey_refused")
}

// CheckKey holds an answer against what was asked of whoever find says. It is
// Invalid if it does not hold, Unauthenticated if the passkey seems to have been
// copied.
func (p *Passkeys) CheckKey(kept string, credential []byte, find func(id string) (KeyOwner, error)) (a KeyAnswer, err error) {
	var session webauthn.SessionData
	if err := json.Unmarshal([]byte(kept), &session); err != nil {
		return a, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(credential)
	if err != nil {
		return a, errKey(err)
	}
	a.ID = base64.RawURLEncoding.EncodeToString(parsed.RawID)
	owner, err := find(a.ID)
	if err != nil {
		return a, err
	}
	_, got, err := p.lib.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return owner, nil }, session, parsed)
	if err != nil {
		return a, errKey(err)
	}
	// A counter that did not go on means that somebody has a copy of the key.
	if got.Authenticator.CloneWarning {
		return a, fault.New(fault.Unauthenticated, "the passkey %s seems to have been copied", a.ID).Say("passkey_copied")
	}
	b, err := json.Marshal(got)
	a.Data = string(b)
	return a, err
}

// CheckNewKey holds the answer with a new passkey against what was asked.
func (p *Passkeys) CheckNewKey(o KeyOwner, kept string, credential []byte) (a KeyAnswer, err error) {
	var session webauthn.SessionData
	if err := json.Unmarshal([]byte(kept), &session); err != nil {
		return a, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(credential)
	if err != nil {
		return a, errKey(err)
	}
	got, err := p.lib.CreateCredential(o, session, parsed)
	if err != nil {
		return a, errKey(err)
	}
	b, err := json.Marshal(got)
	return KeyAnswer{ID: base64.RawURLEncoding.EncodeToString(got.ID), Data: string(b)}, err
}

package member

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// TicketKind says what a ticket is good for.
type TicketKind string

// The kinds of tickets. The first ones go out by mail as a link and a code.
const (
	TicketRegister TicketKind = "register" // makes the account
	TicketSignIn   TicketKind = "sign_in"  // signs in
	TicketReset    TicketKind = "reset"    // gives a new password
	TicketEmail    TicketKind = "email"    // moves the account to another address
	TicketConfirm  TicketKind = "confirm"  // proves again who is signed in
	TicketLink     TicketKind = "link"     // ties an account elsewhere to the one with the address
	// TicketNone is written where there is nothing to redeem, so that it takes as
	// long; nobody gets its token.
	TicketNone TicketKind = "none"
	// TicketKeep stops an erasure, in any browser: the sessions have ended.
	TicketKeep     TicketKind = "keep"
	TicketPasskey  TicketKind = "passkey"  // what a passkey has to answer
	TicketProvider TicketKind = "provider" // what a provider has to answer
	TicketJoin     TicketKind = "join"     // somebody whom a provider vouches for accepts the terms
)

var lasts = map[TicketKind]time.Duration{
	TicketRegister: 30 * time.Minute,
	TicketSignIn:   15 * time.Minute,
	TicketReset:    15 * time.Minute,
	TicketEmail:    30 * time.Minute,
	TicketConfirm:  15 * time.Minute,
	TicketLink:     30 * time.Minute,
	TicketNone:     15 * time.Minute,
	TicketPasskey:  15 * time.Minute, // a browser offers it as long as the form is open
	TicketProvider: 10 * time.Minute,
	TicketJoin:     30 * time.Minute,
}

// Lasts returns how long a ticket of the kind can be redeemed. One that stops
// an erasure says so itself.
func (k TicketKind) Lasts() time.Duration { return lasts[k] }

// MaxTries is how many wrong codes a ticket survives.
const MaxTries = 5

// Ticket is something that can be redeemed once. Only hashes of its secrets are
// kept.
type Ticket struct {
	Hash     string // of the link's token
	Kind     TicketKind
	MemberID int64  // 0: nobody, or nobody yet
	Email    string // to which the letter went
	Browser  string // hash of the token of the browser that asked; "": any may redeem it
	Code     string // hash of what can be typed there
	Data     string // JSON, by kind
	Expires  time.Time
}

// CodeOf returns the code that belongs to a link's token: eight digits.
// Whoever has the link has the code, and nobody else.
func CodeOf(token string) string {
	sum := sha256.Sum256([]byte("code\x00" + token))
	return fmt.Sprintf("%08d", binary.BigEndian.Uint64(sum[:8])%100_000_000)
}

// hashCode returns what is stored of a code. The browser's token is in it, which
// the store does not hold: nobody finds a code by trying all of them there.
func hashCode(browser, code string) string { return account.HashToken("code " + browser + " " + code) }

// cleanCode returns the digits of what somebody typed.
func cleanCode(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s[:min(len(s), 100)])
}

// ticket returns a new ticket for the browser that asks, with its token.
func (a Ask) ticket(kind TicketKind, now time.Time) (token string, t *Ticket) {
	t = &Ticket{Kind: kind, Expires: now.Add(kind.Lasts())}
	token, t.Hash = account.NewToken()
	if a.Browser != "" {
		t.Browser, t.Code = account.HashToken(a.Browser), hashCode(a.Browser, CodeOf(token))
	}
	return token, t
}

// Keep puts data aside for one answer, of a passkey or a provider: what was asked
// is known to the server alone and counts once. id is 0 for somebody who is not
// signed in.
func (m *Members) Keep(ctx context.Context, a Ask, kind TicketKind, id int64, data string) (token string, err error) {
	now, err := m.store.Now(ctx)
	if err != nil {
		return "", err
	}
	if err := m.guard.Attempt(ctx, now, keepLimits(a.From.Network)); err != nil {
		return "", err
	}
	err = m.store.ChangeMember(ctx, Pick{ID: id}, func(e *Edit) (change.Outcome, error) {
		token, e.Issue = a.ticket(kind, e.Now)
		e.Issue.MemberID, e.Issue.Data, e.Issue.Code = id, data, ""
		return change.Outcome{}, nil
	})
	return token, err
}

// Take returns what Keep put aside, once, to the same member in the same
// browser.
func (m *Members) Take(ctx context.Context, a Ask, kind TicketKind, id int64, token string) (data string, err error) {
	err = m.store.ChangeMember(ctx, Pick{Ticket: account.HashToken(token)}, func(e *Edit) (change.Outcome, error) {
		if t := e.Ticket; t == nil || t.Kind != kind || t.MemberID != id || t.Browser == "" || !t.here(a) {
			return change.Outcome{}, fault.New(fault.Unauthenticated, "signing in took too long; begin again").Say("sign_in_again")
		}
		e.Redeem, data = true, e.Ticket.Data
		return change.Outcome{}, nil
	})
	return data, err
}

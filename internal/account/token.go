package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"
)

// TicketKind says what a ticket is good for.
type TicketKind string

// The kinds of tickets. Most are links; the others hold a sign-in together
// while it takes more than one request.
const (
	TicketStart   TicketKind = "start"   // makes the owner of an empty site
	TicketInvite  TicketKind = "invite"  // lets an invited user in for the first time
	TicketReset   TicketKind = "reset"   // gives a new password
	TicketCode    TicketKind = "code"    // the password was right, a code is missing
	TicketTOTP    TicketKind = "totp"    // a secret that is shown and not confirmed yet
	TicketPasskey TicketKind = "passkey" // what a passkey has to answer
)

// Lasts returns how long a ticket of the kind can be redeemed.
func (k TicketKind) Lasts() time.Duration { return lasts[k] }

var lasts = map[TicketKind]time.Duration{
	TicketStart:   7 * 24 * time.Hour,
	TicketInvite:  7 * 24 * time.Hour,
	TicketReset:   time.Hour,
	TicketCode:    10 * time.Minute,
	TicketTOTP:    30 * time.Minute,
	TicketPasskey: 5 * time.Minute,
}

// Ticket is something that can be redeemed once. Only the hash of its token is
// kept.
type Ticket struct {
	Hash    string
	Kind    TicketKind
	UserID  int64 // 0: nobody yet
	Data    string
	Created time.Time
	Expires time.Time
}

// NewToken returns 32 random bytes in base64url, and their hash.
func NewToken() (token, hash string) {
	var b [32]byte
	rand.Read(b[:]) // never fails: see crypto/rand
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, HashToken(token)
}

// HashToken returns what is stored of a token: SHA-256 in hexadecimal. Tokens
// are random, so they need no salt.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

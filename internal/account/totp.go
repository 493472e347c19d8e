package account

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// totpPeriod is how long one code counts.
const totpPeriod = 30 * time.Second

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewTOTP returns a fresh secret for an authenticator app: 20 random bytes in
// base32.
func NewTOTP() string {
	var b [20]byte
	rand.Read(b[:]) // never fails: see crypto/rand
	return base32Plain.EncodeToString(b[:])
}

// TOTPLink returns the otpauth address that an app reads from a QR code.
func TOTPLink(secret, site, email string) string {
	return "otpauth://totp/" + url.PathEscape(site) + ":" + url.PathEscape(email) + "?secret=" + secret +
		"&issuer=" + url.QueryEscape(site)
}

// TOTPCode returns the six digits of the step in which t lies: RFC 6238 with
// HMAC-SHA-1, 30 seconds, T0 = 0.
func TOTPCode(secret string, t time.Time) (string, error) {
	key, err := base32Plain.DecodeString(secret)
	if err != nil {
		return "", fmt.Errorf("the secret is not base32: %w", err)
	}
	return totpCode(key, totpStep(t)), nil
}

func totpStep(t time.Time) int64 { return t.Unix() / int64(totpPeriod/time.Second) }

// totpCode is HOTP of RFC 4226, section 5.3.
func totpCode(key []byte, step int64) string {
	m := hmac.New(sha1.New, key)
	binary.Write(m, binary.BigEndian, step)
	sum := m.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[at:]) & 0x7fffffff
	return fmt.Sprintf("%06d", n%1_000_000)
}

// checkTOTP returns the step of a code that counts at now: that of now, or one
// beside it since clocks differ, and never one that is not after used, since
// each code counts once. ok is false for any other code.
func checkTOTP(secret, code string, now time.Time, used int64) (step int64, ok bool) {
	key, err := base32Plain.DecodeString(secret)
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code)
	if err != nil || len(code) != 6 {
		return 0, false
	}
	for s := totpStep(now) - 1; s <= totpStep(now)+1; s++ {
		if subtle.ConstantTimeCompare([]byte(totpCode(key, s)), []byte(code)) == 1 && s > used {
			step, ok = s, true
		}
	}
	return step, ok
}

// recoveryCodes is how many codes a user gets for the day on which the phone is
// lost.
const recoveryCodes = 10

// newRecoveryCodes returns codes of 80 random bits each, as people copy them
// ("k3vd-7qmn-2xwp-h5ta"), and their hashes.
func newRecoveryCodes() (codes, hashes []string) {
	for range recoveryCodes {
		var b [10]byte
		rand.Read(b[:]) // never fails: see crypto/rand
		s := strings.ToLower(base32Plain.EncodeToString(b[:]))
		codes = append(codes, s[:4]+"-"+s[4:8]+"-"+s[8:12]+"-"+s[12:])
		hashes = append(hashes, HashToken(s))
	}
	return codes, hashes
}

// hashRecovery returns the hash of a code as somebody typed it, "" if it cannot
// be one.
func hashRecovery(code string) string {
	s := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, strings.ToLower(code))
	if len(s) != 16 {
		return ""
	}
	return HashToken(s)
}

package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"time"

	"warta/internal/page"
)

// ClassCookie carries a reader's class and nothing else.
const ClassCookie = "__Host-warta-class"

// classAge is how long a class cookie lives at most.
const classAge = 24 * time.Hour

// Classes reads and writes the class cookie. The value is signed: nobody gives
// himself a class.
type Classes struct {
	key []byte
	now func() time.Time
}

// NewClasses returns the reader of class cookies signed with key.
func NewClasses(key []byte, now func() time.Time) *Classes { return &Classes{key: key, now: now} }

// Of returns the class of a request: that of its cookie if it is genuine and
// fresh, else the anonymous one.
func (c *Classes) Of(r *http.Request) page.Class {
	if len(r.Header["Cookie"]) == 0 {
		return 0
	}
	cookie, err := r.Cookie(ClassCookie)
	if err != nil {
		return 0
	}
	class, ok := c.open(cookie.Value)
	if !ok {
		return 0
	}
	return class
}

// Cookie returns a cookie that gives its bearer a class for a day.
func (c *Classes) Cookie(class page.Class) *http.Cookie {
	return &http.Cookie{Name: ClassCookie, Value: c.seal(class, c.now().Add(classAge)), Path: "/",
		MaxAge: int(classAge / time.Second), Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// seal writes class, expiry in seconds and an HMAC-SHA-256 over both, cut to 16
// bytes, in base64url.
func (c *Classes) seal(class page.Class, until time.Time) string {
	var b [9 + 16]byte
	b[0] = byte(class)
	binary.BigEndian.PutUint64(b[1:9], uint64(until.Unix()))
	copy(b[9:], c.mac(b[:9]))
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func (c *Classes) open(value string) (page.Class, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || len(raw) != 25 || subtle.ConstantTimeCompare(raw[9:], c.mac(raw[:9])) != 1 {
		return 0, false
	}
	left := time.Unix(int64(binary.BigEndian.Uint64(raw[1:9])), 0).Sub(c.now())
	if left <= 0 || left > classAge || raw[0] > byte(page.Registered|page.MembersText|page.AdFree) {
		return 0, false
	}
	return page.Class(raw[0]), true
}

func (c *Classes) mac(data []byte) []byte {
	m := hmac.New(sha256.New, c.key)
	m.Write([]byte("class\x00"))
	m.Write(data)
	return m.Sum(nil)[:16]
}

package web

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"strings"
	"sync"
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
	now   func() time.Time
	block cipher.Block
	seals sync.Pool // of *seal: what a cipher is given is on no stack
}

// NewClasses returns the reader of class cookies signed with key.
func NewClasses(key []byte, now func() time.Time) *Classes {
	c := &Classes{now: now}
	mac := hmac.New(sha256.New, key) // the key signs other things as well, and may have any length
	mac.Write([]byte("class\x00"))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		panic(err) // 32 bytes are a key
	}
	c.block = block
	c.seals.New = func() any { return new(seal) }
	return c
}

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

// maxPlainCookies bounds the cookies of a line that OfLine reads; net/http has
// a bound of its own.
const maxPlainCookies = 200

// OfLine returns the class that the value of a request's only Cookie line gives,
// without allocating. ok is false if the line is written in a way that only Of
// knows how to read.
func (c *Classes) OfLine(line string) (class page.Class, ok bool) {
	before, rest, found := strings.Cut(line, ClassCookie)
	if !found {
		return 0, true
	}
	if before != "" && !strings.HasSuffix(before, "; ") || strings.Contains(rest, ClassCookie) || strings.Count(line, ";") > maxPlainCookies {
		return 0, false
	}
	value, ok := strings.CutPrefix(rest, "=")
	value, _, _ = strings.Cut(value, ";")
	if !ok || len(value) != sealLength {
		return 0, false
	}
	if class, ok = c.open(value); !ok {
		return 0, true
	}
	return class, true
}

// Cookie returns a cookie that gives its bearer a class for a day.
func (c *Classes) Cookie(class page.Class) *http.Cookie {
	return &http.Cookie{Name: ClassCookie, Value: c.seal(class, c.now().Add(classAge)), Path: "/",
		MaxAge: int(classAge / time.Second), Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// A seal is class and expiry in seconds, and a signature of both, in base64url.
//
// The signature is the body, filled up to the 16 bytes of one block, encrypted with
// AES-256. For texts of one block, which all of these are, a block cipher is a
// pseudo-random function, and so a MAC; and it costs a hundredth of a page where
// HMAC-SHA-256 took a fifth.
const (
	sealBody   = 1 + 8
	sealBytes  = sealBody + aes.BlockSize
	sealLength = (sealBytes*8 + 5) / 6
)

// seal is what is needed to make or to check one, for one at a time.
type seal struct {
	text  [sealLength]byte
	raw   [sealLength]byte // as many as base64 may write
	plain [aes.BlockSize]byte
	sum   [aes.BlockSize]byte
}

// sign returns the signature of what is in raw.
func (c *Classes) sign(s *seal) []byte {
	copy(s.plain[:], s.raw[:sealBody])
	c.block.Encrypt(s.sum[:], s.plain[:])
	return s.sum[:]
}

func (c *Classes) seal(class page.Class, until time.Time) string {
	s := c.seals.Get().(*seal)
	defer c.seals.Put(s)
	s.raw[0] = byte(class)
	binary.BigEndian.PutUint64(s.raw[1:sealBody], uint64(until.Unix()))
	copy(s.raw[sealBody:], c.sign(s))
	return base64.RawURLEncoding.EncodeToString(s.raw[:sealBytes])
}

func (c *Classes) open(value string) (page.Class, bool) {
	if len(value) != sealLength {
		return 0, false
	}
	s := c.seals.Get().(*seal)
	defer c.seals.Put(s)
	copy(s.text[:], value)
	n, err := base64.RawURLEncoding.Decode(s.raw[:], s.text[:])
	if err != nil || n != sealBytes || subtle.ConstantTimeCompare(s.raw[sealBody:sealBytes], c.sign(s)) != 1 {
		return 0, false
	}
	left := time.Unix(int64(binary.BigEndian.Uint64(s.raw[1:sealBody])), 0).Sub(c.now())
	if left <= 0 || left > classAge || s.raw[0] > byte(page.Registered|page.MembersText|page.AdFree) {
		return 0, false
	}
	return page.Class(s.raw[0]), true
}

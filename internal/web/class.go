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

// ClassCookie carries a reader's class, and a mark by which it can be called
// back. It says nothing else.
const ClassCookie = "__Host-warta-class"

// ClassAge is how long a class cookie lives at most.
const ClassAge = 24 * time.Hour

// classFresh is how long no other class cookie is given in its place.
const classFresh = 12 * time.Hour

// Classes reads and writes the class cookie. The value is signed: nobody gives
// himself a class.
type Classes struct {
	now     func() time.Time
	block   cipher.Block
	seals   sync.Pool // of *seal: what a cipher is given is on no stack
	revoked revoked
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
// counts, else the anonymous one.
func (c *Classes) Of(r *http.Request) page.Class {
	class, _ := c.Read(r)
	return class
}

// Read is Of, and says whether somebody who is signed in should get a new
// cookie: the one that there is is old or counts no more, or there is none.
func (c *Classes) Read(r *http.Request) (class page.Class, renew bool) {
	if len(r.Header["Cookie"]) == 0 {
		return 0, false
	}
	cookie, err := r.Cookie(ClassCookie)
	if err != nil {
		return 0, true
	}
	class, left := c.open(cookie.Value)
	return class, left < ClassAge-classFresh
}

// maxPlainCookies bounds the cookies of a line that OfLine reads; net/http has
// a bound of its own.
const maxPlainCookies = 200

// OfLine returns the class that the value of a request's only Cookie line gives,
// without allocating. ok is false if the line is written in a way that only Of
// knows how to read, or if somebody who seems to be signed in should get another
// cookie.
func (c *Classes) OfLine(line string) (class page.Class, ok bool) {
	before, rest, found := strings.Cut(line, ClassCookie)
	if !found {
		return 0, !strings.Contains(line, ReaderCookie)
	}
	if before != "" && !strings.HasSuffix(before, "; ") || strings.Contains(rest, ClassCookie) || strings.Count(line, ";") > maxPlainCookies {
		return 0, false
	}
	value, ok := strings.CutPrefix(rest, "=")
	value, _, _ = strings.Cut(value, ";")
	if !ok || len(value) != sealLength {
		return 0, false
	}
	class, left := c.open(value)
	return class, left >= ClassAge-classFresh || !strings.Contains(line, ReaderCookie)
}

// Cookie returns a cookie that gives its bearer a class for a day, unless its
// mark is revoked.
func (c *Classes) Cookie(class page.Class, mark int64) *http.Cookie {
	k := readerCookie(ClassCookie, c.seal(class, mark, c.now().Add(ClassAge)), ClassAge)
	k.HttpOnly = true
	return k
}

// CookieUntil is Cookie for a class that ends at an instant: the cookie does not
// outlive it, and is not renewed before. The zero time is no end.
func (c *Classes) CookieUntil(class page.Class, mark int64, until time.Time) *http.Cookie {
	left := until.Sub(c.now())
	if until.IsZero() || left >= ClassAge {
		return c.Cookie(class, mark)
	}
	if left < time.Second {
		return NoClass()
	}
	k := readerCookie(ClassCookie, c.seal(class|sealEnds, mark, until), left)
	k.HttpOnly = true
	return k
}

// Revoke lets no cookie with one of the marks count any more.
func (c *Classes) Revoke(marks ...int64) { c.revoked.add(marks, c.now()) }

// Doubt lets no cookie count at all while it is not known which ones are
// revoked.
func (c *Classes) Doubt(unsure bool) { c.revoked.unsure.Store(unsure) }

// A seal is class and expiry in seconds in one number, the class in its highest
// byte, and the mark; and a signature of both, in base64url.
//
// The signature is this body, which is one block, encrypted with AES-256. For texts
// of one block, which all of these are, a block cipher is a pseudo-random function,
// and so a MAC; and it costs a hundredth of a page where HMAC-SHA-256 took a fifth.
const (
	sealEnds   = page.Class(1 << 7) // beside the class: it ends with the cookie
	sealBody   = aes.BlockSize
	sealBytes  = sealBody + aes.BlockSize
	sealLength = (sealBytes*8 + 5) / 6
)

// seal is what is needed to make or to check one, for one at a time.
type seal struct {
	text [sealLength]byte
	raw  [sealLength]byte // as many as base64 may write
	sum  [aes.BlockSize]byte
}

// sign returns the signature of what is in raw.
func (c *Classes) sign(s *seal) []byte {
	c.block.Encrypt(s.sum[:], s.raw[:sealBody])
	return s.sum[:]
}

func (c *Classes) seal(class page.Class, mark int64, until time.Time) string {
	s := c.seals.Get().(*seal)
	defer c.seals.Put(s)
	binary.BigEndian.PutUint64(s.raw[:8], uint64(class)<<56|uint64(until.Unix()))
	binary.BigEndian.PutUint64(s.raw[8:sealBody], uint64(mark))
	copy(s.raw[sealBody:], c.sign(s))
	return base64.RawURLEncoding.EncodeToString(s.raw[:sealBytes])
}

// open returns the class that a seal gives, and how long it still does: of one that
// ends with the cookie, as if it were new. 0 and 0 for one that does not count.
func (c *Classes) open(value string) (class page.Class, left time.Duration) {
	if len(value) != sealLength {
		return 0, 0
	}
	s := c.seals.Get().(*seal)
	defer c.seals.Put(s)
	copy(s.text[:], value)
	n, err := base64.RawURLEncoding.Decode(s.raw[:], s.text[:])
	if err != nil || n != sealBytes || subtle.ConstantTimeCompare(s.raw[sealBody:sealBytes], c.sign(s)) != 1 {
		return 0, 0
	}
	body := binary.BigEndian.Uint64(s.raw[:8])
	left = time.Unix(int64(body&(1<<56-1)), 0).Sub(c.now())
	class = page.Class(s.raw[0])
	ends := class&sealEnds != 0
	class &^= sealEnds
	if left <= 0 || left > ClassAge || class > page.Registered|page.MembersText|page.AdFree {
		return 0, 0
	}
	if c.revoked.has(int64(binary.BigEndian.Uint64(s.raw[8:sealBody]))) {
		return 0, 0
	}
	if ends {
		left = ClassAge
	}
	return class, left
}

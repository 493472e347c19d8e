package web

import (
	"net/http"
	"testing"
	"time"

	"warta/internal/page"
)

// FuzzOfLine holds the short way to read a line of cookies against net/http's.
func FuzzOfLine(f *testing.F) {
	now := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	c := NewClasses([]byte("a key of the test"), func() time.Time { return now })
	good, other := c.Cookie(page.Registered|page.AdFree, 11), c.Cookie(page.MembersText, 12)
	expired := c.seal(page.Registered, 13, now)
	far := c.seal(page.Registered, 14, now.Add(2*ClassAge))
	unknown := c.seal(8, 15, now.Add(time.Hour))
	foreign := NewClasses([]byte("another key"), c.now).Cookie(page.Registered, 16)
	revoked := c.Cookie(page.Registered, 17).Value
	c.Revoke(17)
	old := c.seal(page.Registered, 18, now.Add(time.Hour))
	name := ClassCookie + "="
	for _, line := range []string{"", "a=b", name + good.Value, "a=b; " + name + good.Value, "a=b; " + name + good.Value + "; c=d", "a=b;" + name + good.Value,
		name + good.Value + "; " + name + other.Value, name + `"` + good.Value + `"`, name + expired, name + far, name + unknown, name + foreign.Value, name,
		name + good.Value + "x", name + good.Value[:20], "x" + name + good.Value, ClassCookie + " =" + good.Value, name + " " + good.Value, name + good.Value + " ",
		name + revoked, name + old, name + old + "; " + ReaderCookie + "=x", name + revoked + "; " + ReaderCookie + "=x", ReaderCookie + "=x",
		"a=" + ClassCookie, "a=" + name + good.Value, `a="; ` + name + good.Value + `"`, name + good.Value + ";", name + good.Value + "\t; x=y"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		class, ok := c.OfLine(line)
		if !ok {
			return
		}
		r := &http.Request{Header: http.Header{"Cookie": {line}}}
		if want := c.Of(r); class != want {
			t.Errorf("%q gives class %d, by net/http %d", line, class, want)
		}
	})
}

func TestTheShortWayReadsGenuineCookies(t *testing.T) {
	t.Parallel()
	c := NewClasses([]byte("a key of the test"), time.Now)
	for class := range page.Class(8) {
		line := "theme=dark; " + ClassCookie + "=" + c.Cookie(class, int64(class)).Value + "; " + ReaderCookie + "=y"
		if got, ok := c.OfLine(line); got != class || !ok {
			t.Errorf("class %d is read as %d, %v", class, got, ok)
		}
	}
}

// Whoever is signed in gets a new cookie in time, by net/http's way.
func TestOldClassesAreRenewed(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	c := NewClasses([]byte("a key of the test"), func() time.Time { return now })
	session := "; " + ReaderCookie + "=x"
	young := ClassCookie + "=" + c.Cookie(page.Registered, 1).Value
	old := ClassCookie + "=" + c.seal(page.Registered, 2, now.Add(ClassAge-classFresh-time.Second))
	gone := ClassCookie + "=" + c.seal(page.Registered, 3, now)
	called := ClassCookie + "=" + c.Cookie(page.Registered, 4).Value
	c.Revoke(4)
	for _, tt := range []struct {
		name, line string
		class      page.Class
		short      bool // the short way answers
		renew      bool
	}{
		{"nobody", "a=b", 0, true, true},
		{"a young one", young + session, page.Registered, true, false},
		{"an old one", old + session, page.Registered, false, true},
		{"an old one of somebody who is not signed in", old, page.Registered, true, true},
		{"one whose time is over", gone + session, 0, false, true},
		{"one that was called back", called + session, 0, false, true},
		{"one that was called back, without a session", called, 0, true, true},
		{"a session alone", "a=b" + session, 0, false, true},
	} {
		class, ok := c.OfLine(tt.line)
		r := &http.Request{Header: http.Header{"Cookie": {tt.line}}}
		slow, renew := c.Read(r)
		if class != tt.class || slow != tt.class || ok != tt.short || renew != tt.renew {
			t.Errorf("%s: class %d and %d, short %v, renew %v", tt.name, class, slow, ok, renew)
		}
	}
	c.Doubt(true)
	if class, ok := c.OfLine(young); class != 0 || !ok {
		t.Errorf("in doubt the class is %d", class)
	}
	c.Doubt(false)
	if class, _ := c.OfLine(young); class != page.Registered {
		t.Errorf("after the doubt the class is %d", class)
	}
}

func TestRevocationsAreForgottenWithTheCookiesThatTheyAreFor(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	c := NewClasses([]byte("a key of the test"), func() time.Time { return now })
	for i := range int64(1000) {
		c.Revoke(i)
	}
	now = now.Add(ClassAge)
	c.Revoke(5000)
	if len(c.revoked.until) != 1 || !c.revoked.has(5000) {
		t.Errorf("%d marks are kept", len(c.revoked.until))
	}
}

func TestAReadMarkAllocatesNothing(t *testing.T) {
	c := NewClasses([]byte("a key of the test"), time.Now)
	for i := range int64(1000) {
		c.Revoke(i + 1<<40)
	}
	line := "theme=dark; " + ClassCookie + "=" + c.Cookie(5, 9).Value + "; " + ReaderCookie + "=x"
	if n := testing.AllocsPerRun(100, func() { c.OfLine(line) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkClassOfALine(b *testing.B) {
	c := NewClasses([]byte("a key of the test"), time.Now)
	for i := range int64(10_000) {
		c.Revoke(i + 1<<40)
	}
	line := "theme=dark; " + ClassCookie + "=" + c.Cookie(5, 9).Value + "; " + ReaderCookie + "=x"
	b.ReportAllocs()
	for b.Loop() {
		if class, ok := c.OfLine(line); class != 5 || !ok {
			b.Fatal(class, ok)
		}
	}
}

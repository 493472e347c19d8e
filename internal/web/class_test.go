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
	good, other := c.Cookie(page.Registered|page.AdFree), c.Cookie(page.MembersText)
	expired := c.seal(page.Registered, now)
	far := c.seal(page.Registered, now.Add(2*classAge))
	unknown := c.seal(8, now.Add(time.Hour))
	foreign := NewClasses([]byte("another key"), c.now).Cookie(page.Registered)
	name := ClassCookie + "="
	for _, line := range []string{"", "a=b", name + good.Value, "a=b; " + name + good.Value, "a=b; " + name + good.Value + "; c=d", "a=b;" + name + good.Value,
		name + good.Value + "; " + name + other.Value, name + `"` + good.Value + `"`, name + expired, name + far, name + unknown, name + foreign.Value, name,
		name + good.Value + "x", name + good.Value[:20], "x" + name + good.Value, ClassCookie + " =" + good.Value, name + " " + good.Value, name + good.Value + " ",
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
		line := "theme=dark; " + ClassCookie + "=" + c.Cookie(class).Value + "; x=y"
		if got, ok := c.OfLine(line); got != class || !ok {
			t.Errorf("class %d is read as %d, %v", class, got, ok)
		}
	}
}

func BenchmarkClassOfALine(b *testing.B) {
	c := NewClasses([]byte("a key of the test"), time.Now)
	line := "theme=dark; " + ClassCookie + "=" + c.Cookie(5).Value
	b.ReportAllocs()
	for b.Loop() {
		if class, ok := c.OfLine(line); class != 5 || !ok {
			b.Fatal(class, ok)
		}
	}
}

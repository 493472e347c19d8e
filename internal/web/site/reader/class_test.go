package reader

import (
	"net/http"
	"testing"
	"time"

	"warta/internal/member"
	"warta/internal/page"
	"warta/internal/web"
)

// TestAClassIsOfOneInstant reads a member just before his time ends and makes his
// cookie just after: it is that of somebody without a membership.
func TestAClassIsOfOneInstant(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 12, 25, 8, 0, 0, 0, time.UTC)
	now := end
	clock := func() time.Time { return now }
	x := &Reader{Parts: Parts{Classes: web.NewClasses([]byte("key"), clock), Now: clock}}
	rights := member.Rights{NoAds: end, Text: end.Add(time.Hour)}
	for _, c := range []struct {
		at    time.Time
		class page.Class
		left  time.Duration // of the cookie
	}{
		{end.Add(-48 * time.Hour), page.Registered | page.AdFree | page.MembersText, web.ClassAge},
		{end.Add(-time.Minute), page.Registered | page.AdFree | page.MembersText, time.Minute},
		{end, page.Registered | page.MembersText, time.Hour},
		{end.Add(time.Hour), page.Registered, web.ClassAge},
	} {
		now = c.at
		class, cookie := x.classOf(rights, 7)
		r := &http.Request{Header: http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}}}
		if got := x.Classes.Of(r); class != c.class || got != c.class {
			t.Errorf("at %s the class is %b, that of the cookie %b, want %b", c.at, class, got, c.class)
		}
		now = now.Add(c.left - time.Second)
		if got := x.Classes.Of(r); got != c.class {
			t.Errorf("%s later the cookie gives %b, want %b", c.left-time.Second, got, c.class)
		}
		if now = now.Add(time.Second); x.Classes.Of(r) != 0 {
			t.Errorf("%s later the cookie still gives %b", c.left, x.Classes.Of(r))
		}
	}
}

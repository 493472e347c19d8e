package render_test

import (
	"strings"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/render"
)

func TestRobotsTxt(t *testing.T) {
	t.Parallel()
	got, err := render.RobotsTxt(render.Robots{
		Groups: []render.RobotsGroup{
			{Disallow: []string{"/newsroom", "/api/", "/search"}},
			{Agents: []string{"ExampleBot", "OtherBot"}, Disallow: []string{"/"}},
			{Agents: []string{"FriendBot"}},
		},
		Sitemaps: []string{"https://kabar.example/sitemap.xml"},
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "robots.txt", string(got), `User-agent: *
Disallow: /newsroom
Disallow: /api/
Disallow: /search

User-agent: ExampleBot
User-agent: OtherBot
Disallow: /

User-agent: FriendBot
Allow: /

Sitemap: https://kabar.example/sitemap.xml
`)
}

func TestSecurityTxt(t *testing.T) {
	t.Parallel()
	expires := time.Date(2026, 12, 1, 7, 0, 0, 0, wib)
	t.Run("it has contact, expiry in UTC and one line for the languages", func(t *testing.T) {
		t.Parallel()
		got, err := render.SecurityTxt(render.Security{
			Contacts: []string{"mailto:security@kabar.example", "http://kabar.example/contact"}, Expires: expires,
			Languages: []string{"id", "en"}, Policy: "https://kabar.example/page/keamanan",
			Canonical: []string{"https://kabar.example/.well-known/security.txt"},
		})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "security.txt", string(got), `Contact: mailto:security@kabar.example
Expires: 2026-12-01T00:00:00Z
Preferred-Languages: id, en
Canonical: https://kabar.example/.well-known/security.txt
Policy: https://kabar.example/page/keamanan
`)
	})
	t.Run("on plain http it is valid without a canonical address", func(t *testing.T) {
		t.Parallel()
		got, err := render.SecurityTxt(render.Security{Contacts: []string{"mailto:a@b.example"}, Expires: expires,
			Canonical: []string{"http://localhost:8080/.well-known/security.txt"}})
		if err != nil || strings.Contains(string(got), "http:") {
			t.Errorf("got %s, %v", got, err)
		}
	})
	refused := map[string]render.Security{
		"without a contact":         {Expires: expires},
		"with only an http contact": {Expires: expires, Contacts: []string{"http://kabar.example"}},
		"without an expiry":         {Contacts: []string{"mailto:a@b.example"}},
		"with a second line hidden": {Expires: expires, Contacts: []string{"mailto:a@b.example\nPolicy: https://evil.example"}},
	}
	for name, s := range refused {
		t.Run("it is refused "+name, func(t *testing.T) {
			t.Parallel()
			if _, err := render.SecurityTxt(s); !fault.Is(err, fault.Invalid) {
				t.Errorf("error = %v, want invalid", err)
			}
		})
	}
}

func TestRobotsRefusesABrokenLine(t *testing.T) {
	t.Parallel()
	_, err := render.RobotsTxt(render.Robots{Groups: []render.RobotsGroup{{Disallow: []string{"/x\r\nAllow: /"}}}})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("error = %v, want invalid", err)
	}
}

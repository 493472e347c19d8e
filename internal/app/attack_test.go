package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"warta/internal/app"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/testkit"
	"warta/internal/web"
)

// TestBothWaysTakeAttacksAlike sends what people have broken servers with, whole,
// byte by byte and cut in the middle. Behind each stands a request that must not be
// taken for another one.
func TestBothWaysTakeAttacksAlike(t *testing.T) {
	t.Parallel()
	w := newTwoWays(t)
	a := newAsks(t, w)
	story, picture := a.paths[len(a.paths)-1], ""
	for _, path := range a.paths {
		if strings.HasPrefix(path, "/media/") {
			picture = path
		}
	}
	host := "Host: " + w.host + "\r\n"
	hidden := "GET /latest HTTP/1.1\r\n" + host + "\r\n" // what an attacker wants to be read
	chunks := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(hidden), hidden)
	attacks := map[string]string{
		"a length and chunks":               "POST / HTTP/1.1\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
		"chunks and a length":               "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + chunks,
		"a length and chunks in a GET":      "GET / HTTP/1.1\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
		"chunks behind a space":             "POST / HTTP/1.1\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding : chunked\r\n\r\n" + chunks,
		"chunks behind a tab":               "POST / HTTP/1.1\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding:\tchunked\r\n\r\n" + chunks,
		"chunks twice":                      "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
		"a coding that nobody knows":        "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\n" + chunks,
		"a folded coding":                   "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding:\r\n chunked\r\n\r\n" + chunks,
		"two lengths":                       "POST / HTTP/1.1\r\n" + host + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd" + hidden,
		"a list of lengths":                 "POST / HTTP/1.1\r\n" + host + "Content-Length: 4, 4\r\n\r\nabcd" + hidden,
		"a length with a sign":              "GET " + story + " HTTP/1.1\r\n" + host + "Content-Length: +4\r\n\r\nabcd" + hidden,
		"a body behind a GET":               "GET " + story + " HTTP/1.1\r\n" + host + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(hidden)) + hidden,
		"a body behind a HEAD of a picture": "HEAD " + picture + " HTTP/1.1\r\n" + host + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(hidden)) + hidden,
		"a chunk of a size that is none":    "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n-1\r\n" + hidden,
		"a chunk with an extension":         "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1;x=\"\r\n\"\r\na\r\n0\r\n\r\n" + hidden,
		"a bare line feed between lines":    "GET / HTTP/1.1\r\n" + host + "X: a\nContent-Length: 50\r\n\r\n" + hidden,
		"bare line feeds":                   "GET / HTTP/1.1\n" + strings.ReplaceAll(host, "\r", "") + "\n" + hidden,
		"a bare carriage return":            "GET / HTTP/1.1\r\n" + host + "X: a\rContent-Length: 50\r\n\r\n" + hidden,
		"a space before a colon":            "GET / HTTP/1.1\r\nHost : " + w.host + "\r\n\r\n" + hidden,
		"two hosts":                         "GET " + story + " HTTP/1.1\r\n" + host + "Host: evil.example\r\n\r\n" + hidden,
		"two hosts, folded":                 "GET " + story + " HTTP/1.1\r\nHost: evil.example\r\n " + w.host + "\r\n\r\n" + hidden,
		"another host in the target":        "GET http://evil.example" + story + " HTTP/1.1\r\n" + host + "\r\n" + hidden,
		"our host in the target":            "GET http://" + w.host + story + " HTTP/1.1\r\nHost: evil.example\r\n\r\n" + hidden,
		"the authority form":                "CONNECT " + w.host + " HTTP/1.1\r\n" + host + "\r\n" + hidden,
		"the authority form in a GET":       "GET " + w.host + " HTTP/1.1\r\n" + host + "\r\n" + hidden,
		"an encoded slash":                  "GET " + strings.Replace(story, "/2", "%2F2", 1) + " HTTP/1.1\r\n" + host + "\r\n" + hidden,
		"encoded dots":                      "GET /nasional/%2e%2e/latest HTTP/1.1\r\n" + host + "\r\n" + hidden,
		"encoded dots in a picture":         "GET " + picture + "/%2e%2e/../1.webp HTTP/1.1\r\n" + host + "\r\n" + hidden,
		"dots":                              "GET /../../etc/passwd HTTP/1.1\r\n" + host + "\r\n" + hidden,
		"a null byte":                       "GET " + picture + "%00.css HTTP/1.1\r\n" + host + "\r\n" + hidden,
		"something that looks static":       "GET " + story + "/x.css HTTP/1.1\r\n" + host + "\r\n" + hidden,
		"another case":                      "GET " + strings.ToUpper(story) + " HTTP/1.1\r\n" + host + "\r\n" + hidden,
		"another case of a picture":         "GET " + strings.ToLower(picture) + " HTTP/1.1\r\n" + host + "\r\n" + hidden,
		"a slash at the end":                "GET " + story + "/ HTTP/1.1\r\n" + host + "\r\n" + hidden,
		"a slash behind a picture":          "GET " + picture + "/ HTTP/1.1\r\n" + host + "\r\n" + hidden,
		"a huge cookie":                     "GET " + story + " HTTP/1.1\r\n" + host + "Cookie: x=" + strings.Repeat("y", 30<<10) + "\r\n\r\n" + hidden,
		"more cookie than is taken":         "GET " + story + " HTTP/1.1\r\n" + host + "Cookie: x=" + strings.Repeat("y", 40<<10) + "\r\n\r\n" + hidden,
		"a flood of lines":                  "GET " + story + " HTTP/1.1\r\n" + host + strings.Repeat("X: y\r\n", 6000) + "\r\n" + hidden,
		"a host with a user":                "GET / HTTP/1.1\r\nHost: x@" + w.host + "\r\n\r\n" + hidden,
		"an upgrade":                        "GET / HTTP/1.1\r\n" + host + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + hidden,
		"HTTP/2 without TLS":                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + hidden,
		"a condition in two lines":          "GET " + picture + " HTTP/1.1\r\n" + host + "If-None-Match: \"x\"\r\nIf-None-Match: *\r\n\r\n" + hidden,
	}
	for name, text := range attacks {
		method, _, _ := strings.Cut(text, " ")
		methods := []string{method, "GET", "GET"}
		all := text + a.last()
		w.compare(t, methods, all)
		w.compare(t, methods, all[:len(text)-len(hidden)/2], all[len(text)-len(hidden)/2:])
		if len(all) < 2000 && !testing.Short() {
			w.compare(t, methods, strings.Split(all, "")...)
			for cut := 1; cut < len(all); cut += 7 {
				w.compare(t, methods, all[:cut], all[cut:])
			}
		}
		if t.Failed() {
			t.Fatalf("with %s", name)
		}
	}
}

// TestAForgedClassIsNobodys sends cookies that say more of a reader than is true.
func TestAForgedClassIsNobodys(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"on", "off"} {
		t.Run("fast path "+way, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Configure: func(c *app.Config) { c.FastPath = way }})
			key, err := s.DB.Secret(t.Context(), "class")
			if err != nil {
				t.Fatal(err)
			}
			sealed := func(key []byte, at time.Time, class page.Class) string {
				c := web.NewClasses(key, func() time.Time { return at }).Cookie(class, 1)
				return c.Name + "=" + c.Value
			}
			now := s.Clock.Now()
			all := page.Registered | page.MembersText | page.AdFree
			good := sealed(key, now, all)
			name, value, _ := strings.Cut(good, "=")
			path := s.Path(s.Publish(news.Content{Access: news.Members, Body: s.Body("Pembuka.", "Kata "+canary+" hanya untuk anggota.")}))
			nobody := s.Get(path)
			if strings.Contains(nobody.Body, canary) {
				t.Fatal("nobody reads members' text")
			}
			if res := s.Get(path, "Cookie", good); !strings.HasPrefix(res.Header.Get("Cache-Control"), "private") || !strings.Contains(res.Body, canary) {
				t.Fatalf("a genuine one: %v", res.Header)
			}
			forged := map[string]string{
				"of another site":    sealed([]byte("another key of the same length.."), now, all),
				"without a key":      sealed(nil, now, all),
				"of yesterday":       sealed(key, now.Add(-25*time.Hour), all),
				"of tomorrow":        sealed(key, now.Add(25*time.Hour), all),
				"of no class":        sealed(key, now, 8),
				"with a bit more":    name + "=" + string(value[0]+1) + value[1:],
				"cut short":          good[:len(good)-1],
				"with something on":  good + "A",
				"under another name": "x" + good,
				"empty":              name + "=",
				"huge":               name + "=" + strings.Repeat(value, 400),
				"among unknown ones": strings.Repeat("x=y; ", 400) + name + "=" + strings.Repeat("A", len(value)),
			}
			for range 2 {
				for what, cookie := range forged {
					res := s.Get(path, "Cookie", cookie)
					if res.StatusCode != http.StatusOK || res.Body != nobody.Body || !strings.HasPrefix(res.Header.Get("Cache-Control"), "public") || res.Header.Get("Etag") != nobody.Header.Get("Etag") {
						t.Errorf("%s: status %d, %v", what, res.StatusCode, res.Header)
					}
				}
			}
			// Nobody's picture depends on a class, and no cache is told otherwise.
			pic, token := photograph(s, 1, false)
			s.Publish(news.Content{Lead: news.Lead{PictureID: pic.ID}})
			at := media.Path(token, 320, media.WebP)
			plain := s.Get(at)
			for _, cookie := range []string{good, forged["huge"]} {
				if res := s.Get(at, "Cookie", cookie); res.Body != plain.Body || res.Header.Get("Cache-Control") != plain.Header.Get("Cache-Control") {
					t.Errorf("a picture: status %d, %v", res.StatusCode, res.Header)
				}
			}
		})
	}
}

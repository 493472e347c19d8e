package parity

import (
	"context"
	"net"
	"path"
	"strconv"
	"strings"

	"warta/internal/news"
)

// Why lines of logs are left out.
const (
	skipMethod = "other methods"
	skipStatus = "answered with an error then" // by the server that wrote the log
	skipFile   = "files"
)

// logged is what is read of a line of an access log.
type logged struct {
	host   string // empty if the line has none
	method string
	target string
	status int // 0 if it cannot be read
}

// logLine counts a line of an access log.
func (c *Check) logLine(_ context.Context, name string, n int64, text string) error {
	l, ok := parseLog(text)
	if !ok {
		c.unreadable(name, n, "the line is neither in the common nor in the combined format")
		return nil
	}
	switch {
	case l.method != "GET" && l.method != "HEAD":
		c.sum.Skipped[skipMethod]++
		return nil
	case l.status >= 400:
		c.sum.Skipped[skipStatus]++
		return nil
	}
	host, target := l.host, l.target
	if strings.HasPrefix(target, "/") {
		target, _, _ = strings.Cut(target, "#")
	} else {
		var err error
		if host, target, err = c.parseAddress(target); err != nil {
			c.unreadable(name, n, err.Error())
			return nil
		}
	}
	if !clean(target) {
		c.unreadable(name, n, "the address holds a blank or a control character, or is no text")
		return nil
	}
	if host != "" && host != c.lastHost {
		found, err := checkHost(host)
		if err != nil {
			c.unreadable(name, n, err.Error())
			return nil
		}
		c.lastHost, c.lastFound = host, found
	}
	if host != "" {
		host = c.lastFound
	}
	target = news.WithoutMarks(target)
	if err := checkPath(target); err != nil {
		c.unreadable(name, n, err.Error())
		return nil
	}
	if !c.o.Files && isFile(target) {
		c.sum.Skipped[skipFile]++
		return nil
	}
	c.count.add(host, target)
	return nil
}

// parseLog reads a line of the common or the combined format, with or without the
// host that was asked in front:
//
//	www.lama.example:443 192.0.2.7 - - [23/Nov/2026:10:00:00 +0700] "GET /a HTTP/1.1" 200 512 "…" "…"
func parseLog(line string) (l logged, ok bool) {
	before, rest, ok := strings.Cut(line, "[")
	if !ok {
		return l, false
	}
	who := strings.Fields(before)
	_, rest, ok = strings.Cut(rest, "]")
	if !ok || len(who) < 3 {
		return l, false
	}
	rest = strings.TrimLeft(rest, " ")
	if !strings.HasPrefix(rest, `"`) {
		return l, false
	}
	request, rest, ok := quoted(rest[1:])
	if !ok {
		return l, false
	}
	if len(who) > 3 && vhost(who[0]) {
		l.host = who[0]
	}
	parts := strings.Fields(request)
	if len(parts) == 0 {
		return l, true // "-": whoever asked sent nothing
	}
	l.method = parts[0]
	if len(parts) > 1 {
		l.target = parts[1]
	}
	if fields := strings.Fields(rest); len(fields) > 0 {
		l.status, _ = strconv.Atoi(fields[0]) // a dash is no status
	}
	return l, true
}

// quoted reads up to the closing quote. What the server escaped is no address; bytes
// that it wrote as \xHH are encoded as addresses have them.
func quoted(s string) (text, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], true
		case s[i] == '\\' && i+3 < len(s) && s[i+1] == 'x':
			b.WriteString("%" + s[i+2:i+4])
			i += 3
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteString("%5C")
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", false
}

// vhost reports whether the first word of a line is the host that was asked, not
// the address of whoever asked.
func vhost(s string) bool {
	name := s
	if host, _, err := net.SplitHostPort(s); err == nil {
		name = host
	}
	return net.ParseIP(name) == nil && strings.Contains(name, ".")
}

// fileKinds are endings of what is no page.
var fileKinds = map[string]bool{".css": true, ".js": true, ".mjs": true, ".map": true, ".json": true, ".png": true, ".jpg": true, ".jpeg": true, ".gif": true, ".webp": true, ".avif": true, ".svg": true,
	".ico": true, ".bmp": true, ".woff": true, ".woff2": true, ".ttf": true, ".otf": true, ".eot": true, ".mp4": true, ".webm": true, ".mp3": true, ".m4a": true, ".m3u8": true, ".ts": true,
	".txt": true, ".xml": true, ".zip": true, ".gz": true, ".swf": true, ".webmanifest": true}

// isFile reports whether an address of a log is that of a file beside the pages.
func isFile(target string) bool {
	p, _, _ := strings.Cut(target, "?")
	return fileKinds[strings.ToLower(path.Ext(p))]
}

package parity

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"warta/internal/fault"
	"warta/internal/news"
)

// Kind is a form of input.
type Kind string

// The kinds of input.
const (
	List    Kind = "list"    // an address a line, then how often it was asked for and where it should lead
	Sitemap Kind = "sitemap" // XML, also an index of others
	Log     Kind = "log"     // an access log in the common or the combined format
)

// Input is something that addresses are read from.
type Input struct {
	Name string // as messages name it
	Open func(ctx context.Context) (Body, error)
	// Dir is the folder in which sitemaps of an index are looked for.
	Dir string
}

// Body is an open input. Close it.
type Body struct {
	io.ReadCloser
	Size int64 // in bytes as they are stored, 0 if it is unknown
}

// Bounds of lines.
const (
	maxLine = 64 << 10 // bytes; what is longer is passed over
	maxPath = 2000     // bytes of an address: no longer one can be kept
	maxHost = 253
)

// read reads one input.
func (c *Check) read(ctx context.Context, in Input) error {
	b, err := in.Open(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	meter := &meter{r: b, total: b.Size, tell: func(done, total int64) { c.o.Progress(Progress{Done: done, Total: total}) }}
	r, err := unpacked(meter)
	if err != nil {
		return fault.Input("input", "%s: %w", in.Name, err)
	}
	br := bufio.NewReaderSize(r, maxLine)
	kind := c.o.Kind
	if kind == "" {
		kind = kindOf(br)
	}
	switch kind {
	case Sitemap:
		return c.sitemap(ctx, in, br, 0)
	case Log:
		err = c.eachLine(ctx, in.Name, br, c.logLine)
	default:
		l := &lister{c: c}
		err = c.eachLine(ctx, in.Name, br, l.line)
	}
	if err != nil && ctx.Err() == nil && fault.Find(err) == nil {
		// A file that breaks off, or is none: what came before it counts.
		c.unreadable(in.Name, c.sum.Lines, fmt.Sprintf("the file cannot be read any further: %v", err))
		return nil
	}
	return err
}

// meter counts what is read of a stored input.
type meter struct {
	r           io.Reader
	done, total int64
	told        int64
	tell        func(done, total int64)
}

// Read implements io.Reader.
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if m.done += int64(n); m.done-m.told >= 1<<20 {
		m.told = m.done
		m.tell(m.done, m.total)
	}
	return n, err
}

// unpacked returns what a reader holds, decompressed if it is gzip.
func unpacked(r io.Reader) (io.Reader, error) {
	br := bufio.NewReader(r)
	if magic, err := br.Peek(2); err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
		return br, nil
	}
	z, err := gzip.NewReader(br)
	if err != nil {
		return nil, fmt.Errorf("it looks like gzip, and is damaged: %w", err)
	}
	return z, nil
}

// kindOf looks at the beginning of an input.
func kindOf(br *bufio.Reader) Kind {
	begin, _ := br.Peek(16 << 10) // what there is; a reader that fails does so again
	begin = bytes.TrimLeft(bytes.TrimPrefix(begin, []byte("\uFEFF")), " \t\r\n")
	if bytes.HasPrefix(begin, []byte("<")) {
		return Sitemap
	}
	for line := range bytes.Lines(begin) {
		if text := strings.TrimSpace(string(line)); text != "" && text[0] != '#' {
			if _, ok := parseLog(text); ok {
				return Log
			}
			return List
		}
	}
	return List
}

// eachLine calls f for every line that is not blank. One that is too long is noted
// and passed over.
func (c *Check) eachLine(ctx context.Context, name string, br *bufio.Reader, f func(ctx context.Context, name string, n int64, line string) error) error {
	for n := int64(1); ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line, err := br.ReadSlice('\n')
		long := false
		for errors.Is(err, bufio.ErrBufferFull) {
			long = true
			_, err = br.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		end := err != nil
		if len(line) > 0 || long {
			c.sum.Lines++
		}
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\uFEFF"))
		}
		text := strings.TrimSpace(string(line))
		switch {
		case long:
			c.unreadable(name, n, fmt.Sprintf("the line has more than %d bytes", maxLine))
		case text != "":
			if err := f(ctx, name, n, text); err != nil {
				return err
			}
		}
		if end {
			return nil
		}
	}
}

// lister reads lines of a list.
type lister struct {
	c       *Check
	begun   bool
	columns map[string]int // by what they hold, if the first line names them
}

// columnNames are names of columns, by what they hold.
var columnNames = map[string]string{"address": "address", "url": "address", "loc": "address", "alamat": "address", "path": "address", "old": "address", "page": "address", "lama": "address",
	"hits": "hits", "count": "hits", "jumlah": "hits", "views": "hits", "pageviews": "hits",
	"expect": "expect", "expected": "expect", "target": "expect", "tujuan": "expect", "story": "expect", "id": "expect", "uri": "expect", "external_id": "expect"}

func (l *lister) line(ctx context.Context, name string, n int64, text string) error {
	if text[0] == '#' {
		return nil
	}
	fields := splitLine(text, l.columns != nil)
	if !l.begun {
		l.begun = true
		if l.columns = header(fields); l.columns != nil {
			return nil
		}
	}
	var a Address
	raw, rest := fields[0], fields[1:]
	if l.columns != nil {
		get := func(what string) string {
			if i, ok := l.columns[what]; ok && i < len(fields) {
				return fields[i]
			}
			return ""
		}
		raw, rest = get("address"), []string{get("hits"), get("expect")}
	}
	var err error
	if a.Host, a.Path, err = l.c.parseAddress(raw); err != nil {
		l.c.unreadable(name, n, err.Error())
		return nil
	}
	if len(rest) > 0 && rest[0] != "" {
		if hits, err := strconv.ParseInt(rest[0], 10, 64); err == nil && hits >= 0 {
			a.Hits, rest = hits, rest[1:]
		}
	} else if len(rest) > 0 {
		rest = rest[1:]
	}
	if len(rest) > 0 {
		a.Expect = rest[0]
	}
	if len(a.Expect) > maxPath || !clean(a.Expect) {
		l.c.unreadable(name, n, "what is expected is no address and no id")
		return nil
	}
	return l.c.add(ctx, a)
}

// splitLine splits a line of a list at tabs, at commas, or at blanks. A comma may
// also stand in an address: unless the columns are named, it only splits where
// something follows that can.
func splitLine(text string, named bool) []string {
	var fields []string
	switch {
	case strings.ContainsRune(text, '\t'):
		fields = strings.Split(text, "\t")
	case strings.ContainsRune(text, ','):
		r := csv.NewReader(strings.NewReader(text))
		r.LazyQuotes, r.TrimLeadingSpace = true, true
		row, err := r.Read()
		if len(row) == 0 {
			return []string{text}
		}
		if _, column := columnNames[strings.ToLower(row[0])]; err != nil || len(row) > 1 && !named && !column && !follows(row[1]) {
			return []string{text}
		}
		fields = row
	default:
		if fields = strings.Fields(text); len(fields) > 1 && !follows(fields[1]) {
			return []string{text}
		}
	}
	for i := range fields {
		fields[i] = strings.Trim(strings.TrimSpace(fields[i]), `"`)
	}
	return fields
}

// follows reports whether a text can be a column behind an address.
func follows(s string) bool {
	_, err := strconv.ParseUint(s, 10, 63)
	_, column := columnNames[strings.ToLower(s)]
	return s == "" || err == nil || column || strings.HasPrefix(s, "/") || strings.Contains(s, ":")
}

// header returns the columns that a first line names, nil if it is no such line.
func header(fields []string) map[string]int {
	out := map[string]int{}
	for i, f := range fields {
		what, ok := columnNames[strings.ToLower(f)]
		if !ok && i == 0 {
			return nil
		}
		if _, twice := out[what]; ok && !twice {
			out[what] = i
		}
	}
	if _, ok := out["address"]; !ok {
		return nil
	}
	return out
}

// parseAddress reads a full address, one without scheme, or a path. The host is
// empty for a path.
func (c *Check) parseAddress(raw string) (host, path string, err error) {
	switch {
	case raw == "":
		return "", "", errors.New("the line has no address")
	case !clean(raw):
		return "", "", errors.New("the address holds a blank or a control character, or is no text")
	}
	if scheme, rest, ok := strings.Cut(raw, "://"); ok && !strings.Contains(scheme, "/") {
		if s := strings.ToLower(scheme); s != "http" && s != "https" {
			return "", "", fmt.Errorf("%q addresses cannot be asked for", short(scheme))
		}
		host, path = cutHost(rest)
	} else if strings.HasPrefix(raw, "/") {
		path = raw
	} else if name, _, _ := strings.Cut(raw, "/"); strings.Contains(name, ".") {
		host, path = cutHost(raw)
	} else {
		return "", "", fmt.Errorf("%q is no address", short(raw))
	}
	path, _, _ = strings.Cut(path, "#")
	if host != "" || path != raw {
		if host, err = checkHost(host); err != nil && !strings.HasPrefix(raw, "/") {
			return "", "", err
		}
	}
	return host, path, checkPath(path)
}

func cutHost(s string) (host, path string) {
	at := strings.IndexAny(s, "/?#")
	if at < 0 {
		return s, "/"
	}
	if s[at] != '/' {
		return s[:at], "/" + s[at:]
	}
	return s[:at], s[at:]
}

// checkHost returns a host as it is sent, without the port of a scheme.
func checkHost(host string) (string, error) {
	bad := fmt.Errorf("%q is no host", short(host))
	u, err := url.Parse("//" + host + "/")
	if err != nil || u.Host != host || u.User != nil || u.Hostname() == "" || len(host) > maxHost {
		return "", bad
	}
	name := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if net.ParseIP(name) == nil {
		if ascii, err := idna.Lookup.ToASCII(name); err == nil {
			name = ascii
		}
		for label := range strings.SplitSeq(name, ".") {
			if label == "" || len(label) > 63 || strings.ContainsFunc(label, func(r rune) bool {
				return r != '-' && r != '_' && !(r >= 'a' && r <= 'z') && !(r >= '0' && r <= '9')
			}) {
				return "", bad
			}
		}
	}
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		return net.JoinHostPort(name, port), nil
	}
	return name, nil
}

func checkPath(path string) error {
	if len(path) > maxPath {
		return fmt.Errorf("the address has %d bytes, and no longer one than %d can be kept", len(path), maxPath)
	}
	if _, err := url.ParseRequestURI(path); err != nil || !news.Sound(path) {
		return fmt.Errorf("%q is no path", short(path))
	}
	return nil
}

// clean reports whether a text is one, without control characters and blanks.
func clean(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == ' ' || r == utf8.RuneError })
}

func short(s string) string {
	if len(s) > 100 {
		s = s[:100] + "…"
	}
	return strings.ToValidUTF8(s, "�")
}

package page

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// Bounds on what a Source may add to the header of a page.
const (
	maxFields     = 8
	maxFieldBytes = 2048
)

// head is what a page's answer says before its body, whoever asks.
type head struct {
	status  int
	lines   []line // in a fixed order
	caching Caching
	sum     [16]byte // of all of it, for the ETag
}

// line is a header line in the form in which net/http wants it, made once.
type line struct {
	name  string // canonical
	value []string
}

// ours are header lines that the engine or the server writes, and Set-Cookie,
// which would put one person's matter into everybody's page.
var ours = map[string]bool{
	"Age": true, "Cache-Control": true, "Connection": true, "Content-Encoding": true,
	"Content-Length": true, "Content-Type": true, "Date": true, "Etag": true, "Expires": true,
	"Last-Modified": true, "Location": true, "Set-Cookie": true, "Surrogate-Key": true,
	"Transfer-Encoding": true, "Vary": true, headerStale: true, headerOffline: true,
}

// newHead checks what a Source says about a page's answer.
func newHead(r Rendering) (head, error) {
	h := head{status: cmp.Or(r.Status, http.StatusOK), caching: r.Caching}
	if h.status < 200 || h.status > 599 {
		return head{}, fmt.Errorf("status %d is none", h.status)
	}
	h.lines = usual()
	if r.ContentType != "" {
		h.lines[0].value = []string{textproto.TrimString(r.ContentType)}
	}
	if r.Location != "" {
		h.lines = append(h.lines, line{"Location", []string{textproto.TrimString(r.Location)}})
	}
	if len(r.Header) > maxFields {
		return head{}, fmt.Errorf("%d header lines, at most %d", len(r.Header), maxFields)
	}
	for _, f := range r.Header {
		name := http.CanonicalHeaderKey(f.Name)
		if ours[name] || name == "" {
			return head{}, fmt.Errorf("header line %q is not a page's to write", f.Name)
		}
		if len(f.Value) > maxFieldBytes {
			return head{}, fmt.Errorf("header line %q has %d bytes, at most %d", f.Name, len(f.Value), maxFieldBytes)
		}
		h.add(name, f.Value)
	}
	for _, l := range h.lines {
		for _, v := range l.value {
			if strings.ContainsAny(l.name+v, "\r\n\x00") {
				return head{}, fmt.Errorf("header line %q holds a control character", l.name)
			}
		}
	}
	h.seal()
	return h, nil
}

// plain is the head of most pages. Nobody changes its lines.
var plain = func() head {
	h := head{status: http.StatusOK, lines: usual()}
	h.seal()
	return h
}()

// usual returns the header lines of a page that says nothing of its own.
func usual() []line { return []line{{"Content-Type", []string{"text/html; charset=utf-8"}}} }

func isUsual(lines []line) bool {
	same := func(a, b line) bool { return a.name == b.name && slices.Equal(a.value, b.value) }
	return slices.EqualFunc(lines, usual(), same)
}

// seal sets the sum.
func (h *head) seal() {
	sum := sha256.New()
	fmt.Fprintf(sum, "%d %d\n", h.status, h.caching)
	for _, l := range h.lines {
		for _, v := range l.value {
			fmt.Fprintf(sum, "%s: %s\n", l.name, v)
		}
	}
	h.sum = [16]byte(sum.Sum(nil))
}

// add appends a value; several of one name stay together.
func (h *head) add(name, value string) {
	value = textproto.TrimString(value) // as net/http does when it sends
	for i := range h.lines {
		if h.lines[i].name == name {
			h.lines[i].value = append(h.lines[i].value, value)
			return
		}
	}
	h.lines = append(h.lines, line{name, []string{value}})
}

func (h *head) bytes() int {
	n := 64
	for _, l := range h.lines {
		n += 56 + len(l.name)
		for _, v := range l.value {
			n += 16 + len(v)
		}
	}
	return n
}

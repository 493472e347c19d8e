package page

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"golang.org/x/net/html"
)

// Holes collects the holes of one rendering. It belongs to one goroutine.
//
// A marker is an HTML comment with a random word that is drawn anew for every
// rendering. A text that imitates a marker, even one that was copied from
// somewhere, is therefore only text.
type Holes struct {
	nonce string
	list  []Hole
}

// NewHoles returns an empty collector for one rendering of one page.
func NewHoles() *Holes {
	var nonce [16]byte
	rand.Read(nonce[:]) // never fails since Go 1.24
	return &Holes{nonce: hex.EncodeToString(nonce[:])}
}

// Put notes a hole and returns its marker, which has to be printed, unescaped
// and once, where the piece is to stand: between elements or in running text,
// not in an attribute, a comment, a script, a style or a title.
func (h *Holes) Put(hole Hole) string {
	h.list = append(h.list, hole)
	return h.marker(len(h.list) - 1)
}

// Len returns how many holes were put; a nil collector has none.
func (h *Holes) Len() int {
	if h == nil {
		return 0
	}
	return len(h.list)
}

func (h *Holes) marker(i int) string {
	return "<!--" + h.nonce + "." + strconv.Itoa(i) + "-->"
}

// Split cuts body at the markers: holes come back in the order in which they
// stand, with one segment before, between and after them. It refuses a body in
// which a marker that was put is missing, doubled, or stands where a browser
// would not see a comment of its own; such a template would leak markers.
func (h *Holes) Split(body []byte) (segments [][]byte, holes []Hole, err error) {
	if h.Len() == 0 {
		if h != nil && bytes.Contains(body, []byte(h.nonce)) {
			return nil, nil, errors.New("a marker stands in the body that was not put")
		}
		return [][]byte{body}, nil, nil
	}
	markers := make(map[string]int, len(h.list))
	for i := range h.list {
		markers[h.marker(i)] = i
	}
	found := make([]bool, len(h.list))
	start := 0 // of the current segment
	for at, comment := range comments(body) {
		i, ok := markers[string(comment)]
		if !ok {
			continue
		}
		if found[i] {
			return nil, nil, fmt.Errorf("hole %q stands twice in the body", h.list[i].Module)
		}
		found[i] = true
		segments = append(segments, body[start:at])
		holes = append(holes, h.list[i])
		start = at + len(comment)
	}
	segments = append(segments, body[start:])
	if i := slices.Index(found, false); i >= 0 {
		return nil, nil, fmt.Errorf("hole %q is not in the body, or not where a piece can stand", h.list[i].Module)
	}
	// Each marker was found once as a comment; one more occurrence of the
	// random word would be a marker in an attribute or a script.
	if bytes.Count(body, []byte(h.nonce)) != len(h.list) {
		return nil, nil, errors.New("a marker stands where no piece can stand")
	}
	return segments, holes, nil
}

// comments yields the comments of an HTML (or XML) text with their offsets, as a
// browser's tokenizer sees them.
func comments(body []byte) func(yield func(int, []byte) bool) {
	return func(yield func(int, []byte) bool) {
		z := html.NewTokenizer(bytes.NewReader(body))
		for at := 0; ; {
			kind := z.Next()
			raw := z.Raw()
			if kind == html.CommentToken && !yield(at, raw) {
				return
			}
			if kind == html.ErrorToken {
				return
			}
			at += len(raw)
		}
	}
}

package reader

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/web"
)

// What everything passes that readers write below stories: how it is read, how many
// write at once, and that words which are not taken come back.

// postsAtOnce is how many comments, complaints and reactions are written at once,
// and postsWaiting how many wait for that. Whoever comes then is told to come
// again: a flood from many networks is stopped by none of the other limits. So
// many at once get their words back, and so many wait for these.
const (
	postsAtOnce  = 8
	postsWaiting = 256
	backAtOnce   = 4
	backWaiting  = 1024
)

// crowded is the answer to a comment for which there is no room.
func crowded() error {
	e := fault.New(fault.Limited, "a great many comments arrive; try again").Say("comment_crowd")
	e.RetryAfter = 5 * time.Second
	return e
}

// write wraps a handler that writes below stories. It waits for its turn before
// the database is asked who writes, since a flood would take the turns of all
// other pages; and after the form was read, since who sends it slowly holds
// nobody up. What is too long, and what there is no room for, goes to the handler all
// the same, which gives back what was typed.
func (x *Reader) write(v web.Visibility, h handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		private(w.Header())
		refused, err := readWords(w, r)
		if err != nil {
			return err
		}
		turns, done := x.returns, func() {}
		if refused == nil {
			done, err = x.posts.Take(r.Context())
			switch {
			case err == nil:
				defer func() { done() }()
				turns = nil
			case r.Context().Err() != nil:
				return err
			default:
				refused = crowded()
			}
		}
		req, err := x.who(r, turns)
		if err != nil {
			return err
		}
		if req.refused = refused; refused == nil {
			req.aside = x.aside(req, x.posts.Aside(&done))
		}
		return x.serve(w, req, v, h)
	}
}

// readWords reads a form with a comment. Of one without end its beginning is there, and
// refused says so: the box of the form says in the browser how much fits, so nobody
// meets this by typing, and what was typed is given back all the same.
func readWords(w http.ResponseWriter, r *http.Request) (refused, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxWords)
	body, err := io.ReadAll(r.Body)
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		r.PostForm = beginning(body)
		return fault.New(fault.TooLarge, "a comment has at most %d characters", discuss.LongestText).Say("comment_endless", "most", discuss.LongestText), nil
	case err == nil:
		r.Body = io.NopCloser(bytes.NewReader(body))
		err = r.ParseForm()
	}
	if err != nil {
		err = fault.New(fault.Invalid, "the form cannot be read: %w", err).Say("unreadable")
	}
	return nil, err
}

// beginning reads the values of a form that was cut off somewhere. Each is as long
// as a comment may be at most.
func beginning(body []byte) url.Values {
	const escape = len("%F0")
	if i := bytes.LastIndexByte(body, '%'); i >= 0 && i > len(body)-escape {
		body = body[:i]
	}
	// An error: a pair that is none, besides those that are.
	v, _ := url.ParseQuery(string(body))
	for _, list := range v {
		for i, s := range list {
			s = strings.ToValidUTF8(s, "")
			if r := []rune(s); len(r) > discuss.LongestText {
				s = string(r[:discuss.LongestText])
			}
			list[i] = s
		}
	}
	return v
}

// aside lets a writer wait for the service that judges comments without a turn, so
// that one that hangs holds nobody else up. Whoever gets none afterwards has his
// words given back, as at the beginning.
func (x *Reader) aside(r *request, lend discuss.Aside) discuss.Aside {
	return func(ctx context.Context, wait func()) error {
		err := lend(ctx, wait)
		if errors.Is(err, web.ErrCrowded) {
			r.turns = x.returns
			return crowded()
		}
		return err
	}
}

// maxWords bounds a form with a comment, in bytes: the longest that rules allow,
// in signs of four bytes, as a form has them.
const maxWords = 12*discuss.LongestText + 4<<10

// cut is the error that says that words were cut off, nil if they were not.
func (r *request) cut() error {
	if fault.Is(r.refused, fault.TooLarge) {
		return r.refused
	}
	return nil
}

// Package fault gives the one error type that crosses package borders: a
// category that a door can map to a status, and a sentence that a person can
// act on. It knows nothing of HTTP, SQL or the domain.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind is the category of an error. Callers decide by Kind, never by text.
type Kind int

// The categories. Internal is the zero value on purpose: an error that nobody
// classified is our fault, not the caller's.
const (
	Internal        Kind = iota // a bug or a broken machine
	Invalid                     // the input is wrong; Field says where
	Unauthenticated             // nobody is signed in
	Forbidden                   // somebody is, and may not
	NotFound                    // there is no such thing
	Gone                        // there was, and it was withdrawn
	Conflict                    // it changed underneath, or exists already
	TooLarge                    // over a limit on bytes, pixels or counts
	Limited                     // too often; RetryAfter says when again
	Unavailable                 // a part that is needed is away; try again
)

var names = [...]string{"internal", "invalid", "unauthenticated", "forbidden", "not found",
	"gone", "conflict", "too large", "limited", "unavailable"}

// String returns the category in lower-case English, for logs.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(names) {
		return "unknown"
	}
	return names[k]
}

// Error is a categorised error. Message is a sentence for a person and never
// holds internals; Err is the cause, for the log.
type Error struct {
	Kind    Kind
	Field   string // path of the input that is wrong ("body[3].href"), may be empty
	Message string // what happened and what to do about it
	// RetryAfter is how long to wait with Limited and Unavailable; zero: unknown.
	RetryAfter time.Duration
	// Code names the sentence of the catalogues that says the same in the
	// reader's language ("problem." and the code); empty: a general one is shown.
	Code string
	// Args fill the placeholders of that sentence.
	Args map[string]any
	Err  error
}

// Say names the sentence of the catalogues for the error, with the values of
// its placeholders as names and values in turn:
//
//	fault.Input("at", "the time %s has passed", t).Say("time_passed", "time", t)
func (e *Error) Say(code string, args ...any) *Error {
	e.Code = code
	for i := 0; i+1 < len(args); i += 2 {
		if e.Args == nil {
			e.Args = make(map[string]any, len(args)/2)
		}
		if name, ok := args[i].(string); ok {
			e.Args[name] = args[i+1]
		}
	}
	return e
}

// Find returns the first *Error in err's chain, nil if nobody classified it.
func Find(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// New returns an error of the given category whose message is formatted like
// fmt.Sprintf; a %w operand becomes its cause.
func New(kind Kind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: err.Error(), Err: errors.Unwrap(err)}
}

// Input returns an Invalid error about one field of the input.
func Input(field, format string, args ...any) *Error {
	e := New(Invalid, format, args...)
	e.Field = field
	return e
}

// Error returns the field, the message and the cause, in that order.
func (e *Error) Error() string {
	s := e.Message
	if s == "" {
		s = e.Kind.String()
	}
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the category of the first *Error in err's chain, and Internal
// when there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is of the given category.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// Wrap adds context to *err if it is set, and keeps its category. Use it
// deferred, once, at the top of an exported operation:
//
//	defer fault.Wrap(&err, "publish story %d", id)
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}

// Message returns the sentence for a person in err's chain, and a general one
// for an error that nobody classified.
func Message(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Message != "" {
		return e.Message
	}
	return "something went wrong on our side"
}

package fault_test

import (
	"errors"
	"io"
	"testing"

	"warta/internal/fault"
)

func TestKindSurvivesWrapping(t *testing.T) {
	t.Parallel()
	op := func() (err error) {
		defer fault.Wrap(&err, "story %d", 7)
		return fault.Input("headline", "a headline is needed")
	}
	err := op()
	if fault.KindOf(err) != fault.Invalid {
		t.Fatalf("kind = %v, want invalid", fault.KindOf(err))
	}
	if got, want := err.Error(), "story 7: headline: a headline is needed"; got != want {
		t.Errorf("text = %q, want %q", got, want)
	}
	if got, want := fault.Message(err), "a headline is needed"; got != want {
		t.Errorf("message = %q, want %q", got, want)
	}
}

func TestUnclassifiedErrorIsInternal(t *testing.T) {
	t.Parallel()
	if k := fault.KindOf(io.EOF); k != fault.Internal {
		t.Errorf("kind = %v, want internal", k)
	}
	if m := fault.Message(io.EOF); m == io.EOF.Error() {
		t.Error("an internal error's text reached a person")
	}
}

func TestNewKeepsItsCause(t *testing.T) {
	t.Parallel()
	err := fault.New(fault.Unavailable, "the store is away: %w", io.ErrUnexpectedEOF)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
	if fault.Is(nil, fault.Internal) {
		t.Error("nil is of no category")
	}
}

package picture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"

	"warta/internal/fault"
)

// Apart decodes, cuts and encodes pictures in processes of its own. The encoder's
// code was not made by Go's compiler and does not stop where Go's runtime wants it
// to: a collection of garbage that begins meanwhile waits for the end of the
// picture, and everything else in the process with it. Decoding takes memory for
// every pixel, and whole processors from the pages. A process apart has a priority
// of its own, below that of pages, takes its memory with it when it ends, and if a
// picture is too much for it, nothing else ends with it.
//
// It is safe for concurrent use: each picture that is held has a process to itself.
// A nil Apart does everything in this process.
type Apart struct {
	start func() *exec.Cmd
	idle  time.Duration

	mu      sync.Mutex
	resting []*encoder // the last one has worked last
	closed  bool
}

// encoderIdle is how long a process waits for the next picture: starting one takes
// about as long as a large rendition.
const encoderIdle = time.Minute

// encodeWithin bounds each piece of work on one picture.
const encodeWithin = 2 * time.Minute

// NewApart returns an Apart whose processes are made by start: programs that call
// ServeApart over their standard streams. Close it.
func NewApart(start func() *exec.Cmd) *Apart { return &Apart{start: start, idle: encoderIdle} }

// encoder is a process that waits for pictures.
type encoder struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	rest *time.Timer // ends it, if nobody wants anything
	used bool        // it has done something before
}

// errNoEncoder says that no process could be started; nothing is wrong with the
// picture, and this process can do the work.
var errNoEncoder = errors.New("no process for pictures could be started")

// Sheet is a decoded picture from which renditions are cut, wherever it lies. It is
// not safe for concurrent use. Close it.
type Sheet struct {
	tone  int
	here  *Image // nil: it lies with enc
	apart *Apart
	enc   *encoder // nil once closed, or if its process failed
}

// Decode is the function Decode, elsewhere. Errors are the same; also
// fault.Internal if the process ends over the picture.
func (a *Apart) Decode(ctx context.Context, r io.ReadSeeker, limits Limits) (_ *Sheet, err error) {
	h, err := Inspect(r, limits)
	if err != nil {
		return nil, err
	}
	for {
		if err := rewind(r); err != nil {
			return nil, err
		}
		e, err := a.take()
		if err != nil {
			return a.decodeHere(r, limits)
		}
		s := &Sheet{apart: a, enc: e}
		again := e.used // it may have ended while it rested
		err = s.ask(ctx, order{Do: toDecode, Limits: limits, Size: h.Bytes}, io.LimitReader(r, h.Bytes), func(data []byte) error {
			s.tone = int(data[0])
			return nil
		})
		switch {
		case err == nil:
			return s, nil
		case s.enc != nil: // it is well, the picture is not
			s.Close()
			return nil, err
		case !again || ctx.Err() != nil:
			return nil, err
		}
	}
}

// decodeHere decodes in this process.
func (a *Apart) decodeHere(r io.ReadSeeker, limits Limits) (*Sheet, error) {
	m, err := Decode(r, limits)
	if err != nil {
		return nil, err
	}
	return &Sheet{tone: m.Tone(), here: m}, nil
}

// Tone is that of Image.
func (s *Sheet) Tone() int { return s.tone }

// WebP returns a cut as the function WebP encodes it. Errors: fault.Internal, also
// if the process ends over it; then the picture has to be decoded anew.
func (s *Sheet) WebP(ctx context.Context, c Cut) ([]byte, error) {
	if s.here != nil {
		return WebP(s.here.Render(c))
	}
	return s.cut(ctx, order{Do: toWebP, Cut: c})
}

// JPEG returns a cut as the function JPEG encodes it. Errors as for WebP, and
// fault.TooLarge.
func (s *Sheet) JPEG(ctx context.Context, c Cut, limit int) ([]byte, error) {
	if s.here != nil {
		return JPEG(s.here.Render(c), limit)
	}
	return s.cut(ctx, order{Do: toJPEG, Cut: c, Most: limit})
}

func (s *Sheet) cut(ctx context.Context, o order) (data []byte, err error) {
	err = s.ask(ctx, o, nil, func(d []byte) error {
		data = d
		return nil
	})
	return data, err
}

// Lost reports whether the picture's process has failed: nothing more can be cut
// from it.
func (s *Sheet) Lost() bool { return s.here == nil && s.enc == nil }

// ask has the process do something. One that fails is ended; a refusal is no
// failure.
func (s *Sheet) ask(ctx context.Context, o order, body io.Reader, take func([]byte) error) error {
	e := s.enc
	if e == nil {
		return fault.New(fault.Internal, "the process that held the picture has ended")
	}
	ctx, stop := context.WithTimeout(ctx, encodeWithin)
	defer stop()
	// A process that is ended closes its streams, and whoever waits there goes on.
	end := context.AfterFunc(ctx, func() { _ = e.cmd.Process.Kill() })
	data, err := e.ask(o, body)
	if !end() {
		err = context.Cause(ctx)
	}
	var refused *fault.Error
	switch {
	case err == nil && len(data) > 0:
		e.used = true
		return take(data)
	case err == nil:
		err = errors.New("it answers with nothing")
	case errors.As(err, &refused):
		e.used = true
		return err
	}
	s.enc = nil
	e.end()
	return fmt.Errorf("%s in another process: %w", o.Do, err)
}

// Close forgets the picture.
func (s *Sheet) Close() {
	s.here = nil
	if e := s.enc; e != nil {
		s.enc = nil
		if err := e.send(order{Do: toForget}, nil); err != nil {
			e.end()
			return
		}
		s.apart.giveBack(e)
	}
}

// take returns a process that has nothing to do.
func (a *Apart) take() (*encoder, error) {
	if a == nil {
		return nil, errNoEncoder
	}
	a.mu.Lock()
	for len(a.resting) > 0 {
		e := a.resting[len(a.resting)-1]
		a.resting = a.resting[:len(a.resting)-1]
		if e.rest.Stop() {
			a.mu.Unlock()
			return e, nil
		}
	}
	closed := a.closed
	a.mu.Unlock()
	if closed {
		return nil, errNoEncoder
	}
	e := &encoder{cmd: a.start()}
	var err error
	if e.in, err = e.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoEncoder, err)
	}
	out, err := e.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoEncoder, err)
	}
	e.out = bufio.NewReader(out)
	if err := e.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoEncoder, err)
	}
	return e, nil
}

// giveBack lets a process rest.
func (a *Apart) giveBack(e *encoder) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		go e.end()
		return
	}
	e.rest = time.AfterFunc(a.idle, func() { a.retire(e) })
	a.resting = append(a.resting, e)
}

// retire ends a process that has rested for long enough.
func (a *Apart) retire(e *encoder) {
	a.mu.Lock()
	for i, other := range a.resting {
		if other == e {
			a.resting = append(a.resting[:i], a.resting[i+1:]...)
			break
		}
	}
	a.mu.Unlock()
	e.end()
}

// Close ends the processes that rest. One that works ends with its picture.
func (a *Apart) Close() error {
	a.mu.Lock()
	resting := a.resting
	a.resting, a.closed = nil, true
	a.mu.Unlock()
	for _, e := range resting {
		if e.rest.Stop() {
			e.end()
		}
	}
	return nil
}

// end ends a process, which does so by itself when nothing more can come.
func (e *encoder) end() {
	_ = e.in.Close()
	late := time.AfterFunc(5*time.Second, func() { _ = e.cmd.Process.Kill() })
	_ = e.cmd.Wait() // it has said what it had to say
	late.Stop()
}

package picture

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"runtime/debug"

	"warta/internal/fault"
)

// What a process apart is told to do.
const (
	toDecode = "decode" // and hold it, in place of what it held
	toWebP   = "webp"
	toJPEG   = "jpeg"
	toForget = "forget" // without an answer
)

// order goes to a process apart: a length of 32 bits, the least significant byte
// first, so many bytes of JSON, and Size bytes of a picture. Back come a byte that
// says whether it went well, a length of 32 bits, and so many bytes: the class of
// the mean colour, or a rendition; or a refusal as JSON.
type order struct {
	Do     string
	Limits Limits
	Size   int64
	Cut    Cut
	Most   int // bytes of a JPEG
}

// refusal is what a process has against a picture.
type refusal struct {
	Kind    fault.Kind
	Message string
	Code    string
	Args    map[string]any
	Cause   string
}

const (
	wentWell = 1
	wentNot  = 2
)

// mostOrder and mostAnswer bound what comes in from either side, in bytes.
const (
	mostOrder  = 64 << 10
	mostAnswer = 256 << 20
)

// send gives an order, with what belongs to it.
func (e *encoder) send(o order, body io.Reader) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if _, err := e.in.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text...)); err != nil || body == nil {
		return err
	}
	n, err := io.Copy(e.in, body)
	if err == nil && n != o.Size {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// ask gives an order and returns the answer. A refusal is a *fault.Error, everything
// else a failure of the process.
func (e *encoder) ask(o order, body io.Reader) ([]byte, error) {
	if err := e.send(o, body); err != nil {
		return nil, err
	}
	var head [5]byte
	if _, err := io.ReadFull(e.out, head[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(head[1:])
	if n > mostAnswer || head[0] != wentWell && head[0] != wentNot {
		return nil, errors.New("it answers with what is no answer")
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(e.out, data); err != nil || head[0] == wentWell {
		return data, err
	}
	var r refusal
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, errors.New("it answers with what is no refusal")
	}
	return nil, &fault.Error{Kind: r.Kind, Message: r.Message, Code: r.Code, Args: r.Args, Err: errors.New(r.Cause)}
}

// ServeApart does what an Apart orders until there is nothing more. It has a process
// for itself, of low priority.
func ServeApart(in io.Reader, out io.Writer) error {
	yield()
	var held *Image
	for {
		o, err := readOrder(in)
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if o.Do == toForget {
			held = nil
			debug.FreeOSMemory() // the next picture may be long in coming
			continue
		}
		if o.Do == toDecode {
			held = nil // before the next one takes its memory
		}
		data, err := o.follow(in, &held)
		var broken *brokenStream
		if errors.As(err, &broken) {
			return err
		}
		status := byte(wentWell)
		if err != nil {
			status = wentNot
			if data, err = json.Marshal(refusalOf(err)); err != nil {
				return err
			}
		}
		answer := append(binary.LittleEndian.AppendUint32([]byte{status}, uint32(len(data))), data...)
		if _, err := out.Write(answer); err != nil {
			return err
		}
	}
}

// brokenStream says that the other side has gone in the middle.
type brokenStream struct{ error }

func readOrder(in io.Reader) (o order, err error) {
	var head [4]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return o, err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > mostOrder {
		return o, fault.New(fault.Invalid, "an order of %d bytes", n)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(in, text); err != nil {
		return o, &brokenStream{err}
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return o, err
	}
	if o.Size < 0 || o.Size > max(o.Limits.Bytes, DefaultBytes) {
		return o, fault.New(fault.Invalid, "a picture of %d bytes", o.Size)
	}
	return o, nil
}

// follow does what an order says with the picture that is held.
func (o *order) follow(in io.Reader, held **Image) ([]byte, error) {
	switch {
	case o.Do == toDecode:
		file := make([]byte, o.Size)
		if _, err := io.ReadFull(in, file); err != nil {
			return nil, &brokenStream{err}
		}
		m, err := Decode(bytes.NewReader(file), o.Limits)
		if err != nil {
			return nil, err
		}
		*held = m
		return []byte{byte(m.Tone())}, nil
	case *held == nil:
		return nil, fault.New(fault.Internal, "there is no picture to make a %s of", o.Do)
	case o.Do == toWebP:
		return WebP((*held).Render(o.Cut))
	case o.Do == toJPEG:
		return JPEG((*held).Render(o.Cut), o.Most)
	}
	return nil, fault.New(fault.Internal, "nobody here knows how to %q", o.Do)
}

func refusalOf(err error) refusal {
	if f := fault.Find(err); f != nil {
		return refusal{f.Kind, f.Message, f.Code, f.Args, err.Error()}
	}
	return refusal{Kind: fault.Internal, Message: "the picture could not be made", Cause: err.Error()}
}

package ingest

import (
	"context"
	"errors"
	"io"

	"warta/internal/fault"
)

// ninjsSource reads items of ninjs from files, folders and standard input.
type ninjsSource struct {
	conv    *converter
	in      *Input
	section string
}

func (*ninjsSource) kind() string                          { return "ninjs" }
func (*ninjsSource) begin(context.Context, *run) error     { return nil }
func (*ninjsSource) end(ctx context.Context, _ *run) error { return ctx.Err() }

func (s *ninjsSource) survey(ctx context.Context, _ func(done, total int64)) (v survey, err error) {
	v.name = s.in.name()
	if v.total, v.identity, err = s.in.survey(ctx); v.identity != "" {
		v.identity += " " + s.section // another place for the same items is another import
	}
	return v, err
}

// read cuts the input into items.
func (s *ninjsSource) read(ctx context.Context, from int64, send func(context.Context, *task) error) error {
	base := int64(0)
	return s.in.each(ctx, func(f *file) error {
		defer func() { base += f.size }()
		if f.size > 0 && base+f.size <= from {
			return nil
		}
		stream, err := s.in.open(f)
		if err != nil {
			return send(ctx, s.task(f, base, rawItem{line: 1, err: fault.Input("", "the file cannot be read: %w", err)}))
		}
		defer stream.Close() // read only
		cut := newSplitter(stream, MaxItem)
		if err := cut.skip(max(from-base, 0)); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		for {
			raw, err := cut.next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				raw = rawItem{line: cut.line, start: cut.offset(), end: cut.offset(), err: fault.New(fault.Unavailable, "the input broke off: %w", err)}
			}
			if sent := send(ctx, s.task(f, base, raw)); sent != nil || err != nil {
				return sent
			}
		}
	})
}

func (s *ninjsSource) task(f *file, base int64, raw rawItem) *task {
	return &task{file: f, line: raw.line, start: base + raw.start, end: base + raw.end, size: int64(len(raw.data)),
		convert: func() (*draft, error) {
			if raw.err != nil {
				return nil, raw.err
			}
			return s.conv.convert(raw.data)
		},
		lineOf: func(field string) int { return lineOf(raw.data, field) }}
}

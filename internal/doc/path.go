package doc

import (
	"strconv"

	"warta/internal/fault"
)

// path is a place in the JSON, made while walking and written only for an
// error: "content[3].attrs.href".
type path struct {
	up    *path
	name  string
	index int // -1: no index
}

func (p *path) key(name string) *path { return &path{p, name, -1} }

func (p *path) at(name string, i int) *path { return &path{p, name, i} }

// String returns the place in dotted form, empty for the root.
func (p *path) String() string {
	if p == nil {
		return ""
	}
	s := p.name
	if p.index >= 0 {
		s += "[" + strconv.Itoa(p.index) + "]"
	}
	if above := p.up.String(); above != "" {
		return above + "." + s
	}
	return s
}

// bad returns the error that says what is wrong at p.
func (p *path) bad(format string, args ...any) error {
	return fault.Input(p.String(), format, args...)
}

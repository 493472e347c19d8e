package lang

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// message is one catalogue text, cut at its placeholders once.
type message struct {
	text  string
	parts []part
}

// part is literal text, a placeholder {name}, or a plural {name|one|other}.
type part struct {
	text   string // literal text; empty for the other two
	name   string
	plural bool
	one    string
	other  string
}

// parseMessage cuts a text at its placeholders. Braces have no other use: a
// literal one is refused, so that a misspelt placeholder cannot pass as text.
func parseMessage(text string) (message, error) {
	m := message{text: text}
	if strings.TrimSpace(text) == "" {
		return m, errors.New("it is empty")
	}
	rest := text
	for rest != "" {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			m.parts = append(m.parts, part{text: rest})
			break
		}
		if rest[open] == '}' {
			return m, errors.New("a closing brace has no opening one")
		}
		if open > 0 {
			m.parts = append(m.parts, part{text: rest[:open]})
		}
		body, after, ok := strings.Cut(rest[open+1:], "}")
		if !ok {
			return m, errors.New("a brace is not closed")
		}
		p, err := parsePlaceholder(body)
		if err != nil {
			return m, err
		}
		m.parts = append(m.parts, p)
		rest = after
	}
	return m, nil
}

func parsePlaceholder(body string) (part, error) {
	fields := strings.Split(body, "|")
	p := part{name: fields[0]}
	if !isName(p.name) {
		return p, fmt.Errorf("{%s} is no placeholder", body)
	}
	switch len(fields) {
	case 1:
	case 3:
		p.plural, p.one, p.other = true, fields[1], fields[2]
	default:
		return p, fmt.Errorf("{%s} needs two forms, for one and for more", body)
	}
	return p, nil
}

func isName(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && r != '_' {
			return false
		}
	}
	return s != ""
}

// names returns the placeholders' names, sorted and each once.
func (m message) names() []string {
	var out []string
	for _, p := range m.parts {
		if p.name != "" {
			out = append(out, p.name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (p part) write(b *strings.Builder, code Code, args []Args) {
	if p.name == "" {
		b.WriteString(p.text)
		return
	}
	v, ok := lookup(args, p.name)
	switch {
	case !ok:
		b.WriteString("{" + p.name + "}")
	case p.plural:
		b.WriteString(p.form(v))
	default:
		b.WriteString(format(code, v))
	}
}

// form chooses the singular for exactly one. A value that is no number, and a
// number that was formatted by the caller ("1,2 jt"), gets the plural.
func (p part) form(v any) string {
	if n, ok := integer(v); ok && n == 1 {
		return p.one
	}
	if v == "1" {
		return p.one
	}
	return p.other
}

func lookup(args []Args, name string) (any, bool) {
	for _, a := range args {
		if v, ok := a[name]; ok {
			return v, true
		}
	}
	return nil, false
}

func integer(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	}
	return 0, false
}

func format(code Code, v any) string {
	if n, ok := integer(v); ok {
		return Number(code, n)
	}
	switch s := v.(type) {
	case string:
		return s
	case float64:
		return decimal(code, strconv.FormatFloat(s, 'f', -1, 64))
	}
	return fmt.Sprint(v)
}

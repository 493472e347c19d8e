package wxr

import (
	"strconv"
	"strings"
)

// Serialized returns the strings of a value that PHP's serialize wrote, by their
// keys from the outside in, joined with slashes: "image_meta/credit". Values that
// are no strings are left out. It stands any input.
func Serialized(src string) map[string]string {
	out := map[string]string{}
	p := php{src: src, out: out}
	p.value("", 0)
	return out
}

type php struct {
	src string
	pos int
	out map[string]string
}

// maxPHP bounds depth and number of values.
const maxPHP = 2000

// value reads one value and returns it if it is a scalar.
func (p *php) value(path string, depth int) (scalar string, ok bool) {
	if p.pos+2 > len(p.src) || depth > 20 || len(p.out) > maxPHP {
		p.pos = len(p.src)
		return "", false
	}
	switch kind := p.src[p.pos]; kind {
	case 's':
		n, ok := p.length()
		if !ok || p.pos+n+2 > len(p.src) {
			p.pos = len(p.src)
			return "", false
		}
		scalar = p.src[p.pos+1 : p.pos+1+n]
		p.pos += n + 2
		p.pos = min(p.pos+1, len(p.src)) // ;
		if path != "" {
			p.out[path] = scalar
		}
		return scalar, true
	case 'i', 'd', 'b':
		end := strings.IndexByte(p.src[p.pos:], ';')
		if end < 0 {
			p.pos = len(p.src)
			return "", false
		}
		scalar = p.src[p.pos+2 : p.pos+max(end, 2)]
		p.pos += end + 1
		return scalar, true
	case 'N':
		p.pos += 2
		return "", true
	case 'a':
		n, ok := p.length()
		if !ok {
			return "", false
		}
		p.pos++ // {
		for i := 0; i < n && p.pos < len(p.src); i++ {
			key, ok := p.value("", depth+1)
			if !ok {
				break
			}
			if path != "" {
				key = path + "/" + key
			}
			p.value(key, depth+1)
		}
		p.pos = min(p.pos+1, len(p.src)) // }
		return "", false
	}
	p.pos = len(p.src)
	return "", false
}

// length reads "s:12:" or "a:3:" and stands behind it.
func (p *php) length() (int, bool) {
	rest := p.src[p.pos+2:]
	end := strings.IndexByte(rest, ':')
	if end < 0 {
		p.pos = len(p.src)
		return 0, false
	}
	n, err := strconv.Atoi(rest[:end])
	p.pos += 2 + end + 1
	return n, err == nil && n >= 0 && n <= len(p.src)
}

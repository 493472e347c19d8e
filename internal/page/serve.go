package page

import (
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// Serve answers a GET or HEAD request with the response: in gzip if the client
// takes it, with 304 if it has it already (RFC 9110 sections 12.5.3 and
// 13.1.2). Errors of the connection are the client's and not reported.
func (r *Response) Serve(w http.ResponseWriter, req *http.Request) {
	enc := r.Negotiate(req.Header["Accept-Encoding"])
	h := w.Header()
	r.Header(h, enc)
	if r.NotModified(req.Header["If-None-Match"], enc) {
		for _, name := range [...]string{"Content-Length", "Content-Encoding", "Content-Type"} {
			delete(h, name)
		}
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.WriteHeader(r.Status)
	if req.Method != http.MethodHead {
		_, _ = r.WriteBody(w, enc)
	}
}

// Matches reports whether one of the values of If-None-Match names the body in
// the encoding. The comparison is weak, since caches on the way weaken tags.
func (r *Response) Matches(values []string, enc Encoding) bool {
	etag := r.etags[enc][0]
	for _, list := range values {
		for list != "" {
			var one string
			one, list = nextTag(list)
			if one == "*" || one == etag {
				return true
			}
		}
	}
	return false
}

// nextTag cuts the first entity tag off a list, without its weakness mark. A
// comma may stand inside the quotes.
func nextTag(list string) (tag, rest string) {
	list = strings.TrimLeft(list, ", \t")
	if opaque, ok := strings.CutPrefix(list, "W/"); ok {
		list = opaque
	}
	if !strings.HasPrefix(list, `"`) {
		tag, rest, _ = strings.Cut(list, ",")
		return strings.TrimSpace(tag), rest
	}
	end := strings.IndexByte(list[1:], '"')
	if end < 0 {
		return "", ""
	}
	return list[:end+2], list[end+2:]
}

// Negotiate picks the encoding for a request's Accept-Encoding values. A client
// that accepts neither gets the plain body: that helps it more than 406.
func (r *Response) Negotiate(accept []string) Encoding {
	if r.size == 0 {
		return Identity
	}
	gzip, identity, others := -1, -1, -1 // weights in thousandths; -1: not named
	for _, list := range accept {
		for list != "" {
			var one string
			one, list, _ = strings.Cut(list, ",")
			name, params, _ := strings.Cut(one, ";")
			name = textproto.TrimString(name)
			switch {
			case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
				gzip = weight(params)
			case strings.EqualFold(name, "identity"):
				identity = weight(params)
			case name == "*":
				others = weight(params)
			}
		}
	}
	if gzip < 0 {
		gzip = others
	}
	if gzip > 0 && gzip >= identity {
		return Gzip
	}
	return Identity
}

// weight reads "q=0.8" in thousandths. What cannot be read counts as 0: a
// client that says something odd about an encoding is not sent it.
func weight(params string) int {
	params = textproto.TrimString(params)
	if params == "" {
		return 1000
	}
	name, value, _ := strings.Cut(params, "=")
	if !strings.EqualFold(textproto.TrimString(name), "q") {
		return 0
	}
	q, err := strconv.ParseFloat(textproto.TrimString(value), 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return int(q * 1000)
}

package page

import "net/http"

// Warm returns the page of a key for a class of readers if it is ready to be
// sent as it is: rendered, put together for the class, and true as of now. It
// renders nothing, waits for nobody and allocates nothing; whatever else there
// is to say about the key, Get says it. The key is not kept, so its bytes may be
// used again when Warm has returned.
func (e *Engine) Warm(key string, class Class) (*Response, bool) {
	if e.mode.Load() != serving {
		return nil, false // what is served now is marked, and Get does that
	}
	s, ok := e.pages.cache.GetIfPresent(key)
	if !ok {
		return nil, false
	}
	return e.warm(s, class&(classes-1), e.now().UnixNano())
}

// warm returns what the class was given of a skeleton last, if it is true as of now.
func (e *Engine) warm(s *skeleton, class Class, now int64) (*Response, bool) {
	v := s.views[class].Load()
	if v == nil || now >= v.until {
		return nil, false
	}
	// Something was announced since: as a rule it was about something else, and
	// to find that out costs less than to ask again by way of Get.
	if v.asOf.Load() != e.ledger.epoch.Load() && v.judge(e.ledger) != fresh {
		return nil, false
	}
	e.count.hits[class].Add(1)
	return v.response, true
}

// Peek returns what the anonymous reader was given last, for answers that have no
// time to wait: if it is no longer true it is marked as stale, and what was taken
// down is not returned. It renders nothing and counts nothing.
func (e *Engine) Peek(key string) (*Response, bool) {
	s, ok := e.pages.cache.GetIfPresent(key)
	if !ok {
		return nil, false
	}
	v := s.views[0].Load()
	if v == nil {
		return nil, false
	}
	switch verdict := v.judge(e.ledger); {
	case verdict == taken:
		return nil, false
	case verdict == changed || e.now().UnixNano() >= v.until:
		return v.response.flagged(staleBusy, false), true
	}
	return v.response, true
}

// AppendHeader appends the response's header lines as they stand on the wire,
// for a body in the encoding: the ones that Header sets, each with its line end.
func (r *Response) AppendHeader(dst []byte, enc Encoding) []byte {
	dst = r.appendLines(dst, true)
	dst = appendLine(dst, "Etag", r.etags[enc][0])
	dst = appendLine(dst, "Content-Length", r.lengths[enc][0])
	if enc == Gzip {
		dst = appendLine(dst, "Content-Encoding", gzipName[0])
	}
	return dst
}

// AppendNotModified appends the header lines of an answer of 304, which says
// nothing about a body.
func (r *Response) AppendNotModified(dst []byte, enc Encoding) []byte {
	return appendLine(r.appendLines(dst, false), "Etag", r.etags[enc][0])
}

func (r *Response) appendLines(dst []byte, body bool) []byte {
	for i := range r.lines {
		l := &r.lines[i]
		if !body && l.name == "Content-Type" {
			continue
		}
		for _, v := range l.value {
			dst = appendLine(dst, l.name, v)
		}
	}
	return dst
}

// appendLine writes a line as net/http does. That there is no line end in a value,
// nor space around it, was seen to when the page was rendered.
func appendLine(dst []byte, name, value string) []byte {
	dst = append(append(dst, name...), ": "...)
	return append(append(dst, value...), "\r\n"...)
}

// Fits reports whether the body in the encoding is small enough to be gathered
// for one write.
func (r *Response) Fits(enc Encoding) bool { return r.Len(enc) <= oneWrite }

// NotModified reports whether a request that names these values in
// If-None-Match is answered with 304; see Serve.
func (r *Response) NotModified(values []string, enc Encoding) bool {
	return r.Status == http.StatusOK && r.Matches(values, enc)
}

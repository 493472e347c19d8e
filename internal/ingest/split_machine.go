package ingest

// verdict is what a byte did to the value that is being read.
type verdict uint8

const (
	goesOn     verdict = iota
	ends               // the byte is the value's last
	endsBefore         // the value, a number or a word, ended before the byte
	wrong              // the byte cannot stand here
)

// maxNesting bounds the nesting of an item; ninjs needs less than ten.
const maxNesting = 128

// expects is what may come next in the value.
type expects uint8

const (
	wantValue  expects = iota
	wantFirst          // of an array: a value or its end
	wantFields         // of an object: a key or its end
	wantKey
	wantColon
	wantMore // a comma or the end of what is open
)

// machine follows one JSON value byte by byte (RFC 8259), far enough to know
// where it ends and to notice early that it is torn. Numbers and words are
// looked at by the decoder.
type machine struct {
	open     []byte // '{' and '[' that are not closed yet
	next     expects
	inString bool
	isKey    bool
	escaped  bool
	inWord   bool
}

// complete reports whether the value may end here, at the end of the input.
func (m *machine) complete() bool { return m.inWord && len(m.open) == 0 }

func (m *machine) feed(c byte) verdict {
	if m.inString {
		return m.str(c)
	}
	if m.inWord {
		if isWord(c) {
			return goesOn
		}
		m.inWord = false
		if m.done() == ends {
			return endsBefore
		}
	}
	switch c {
	case ' ', '\t', '\r', '\n':
		return goesOn
	case '"':
		if !m.mayBegin(c) {
			return wrong
		}
		m.isKey = m.next == wantKey || m.next == wantFields
		m.inString = true
		return goesOn
	case '{', '[':
		if !m.mayBegin(c) || len(m.open) == maxNesting {
			return wrong
		}
		m.open = append(m.open, c)
		m.next = wantFields
		if c == '[' {
			m.next = wantFirst
		}
		return goesOn
	case '}', ']':
		return m.close(c)
	case ':':
		return m.step(wantColon, wantValue)
	case ',':
		to := wantKey
		if n := len(m.open); n > 0 && m.open[n-1] == '[' {
			to = wantValue
		}
		return m.step(wantMore, to)
	}
	if !isWord(c) || !m.mayBegin(c) {
		return wrong
	}
	m.inWord = true
	return goesOn
}

// mayBegin reports whether a value or, with a quote, a key can begin here.
func (m *machine) mayBegin(c byte) bool {
	return m.next == wantValue || m.next == wantFirst || c == '"' && (m.next == wantKey || m.next == wantFields)
}

func (m *machine) step(from, to expects) verdict {
	if m.next != from {
		return wrong
	}
	m.next = to
	return goesOn
}

func (m *machine) close(c byte) verdict {
	n := len(m.open)
	if n == 0 || c != m.open[n-1]+2 { // in ASCII both pairs are two apart
		return wrong
	}
	if m.next != wantMore && m.next != wantFields && m.next != wantFirst {
		return wrong
	}
	m.open = m.open[:n-1]
	return m.done()
}

// done notes that a value has ended.
func (m *machine) done() verdict {
	if len(m.open) == 0 {
		return ends
	}
	m.next = wantMore
	return goesOn
}

func (m *machine) str(c byte) verdict {
	switch {
	case m.escaped:
		m.escaped = false
	case c == '\\':
		m.escaped = true
	case c < ' ': // a line end inside a string: the line is torn
		return wrong
	case c == '"':
		m.inString = false
		if m.isKey {
			m.next = wantColon
			return goesOn
		}
		return m.done()
	}
	return goesOn
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.'
}

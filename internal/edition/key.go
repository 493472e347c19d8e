package edition

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"warta/internal/news"
)

// declared are the query parameters that a page may depend on, by the first
// part of its path; "*" is for section fronts. Nothing else of a query can
// reach a page. Those of the front page are numbers by which WordPress knows a
// post: with one of them it is an old address.
var declared = map[string][]string{
	"":        {"attachment_id", "cat", "p", "page_id"},
	"search":  {"after", "from", "page", "q", "section", "sort", "to"},
	"index":   {"after", "date", "section"},
	"latest":  {"after", "before"},
	"topic":   {"after", "before"},
	"author":  {"after", "before"},
	"comment": {"after", "sort"},
	"*":       {"after", "before"},
}

// maxValue bounds one query value in bytes; a longer one is cut, since a search
// needs no more.
const maxValue = 300

// Key returns the key under which a page is rendered and kept: the path, and
// the declared query parameters in alphabetical order without empty ones.
func Key(path string, raw string) string {
	if raw == "" {
		return path
	}
	first, rest, deeper := strings.Cut(strings.Trim(path, "/"), "/")
	names, ok := declared[first]
	if !ok && (deeper && rest != "" || strings.Contains(first, ".")) {
		return path
	}
	if !ok {
		names = declared["*"]
	}
	values, _ := url.ParseQuery(raw)
	var b strings.Builder
	b.WriteString(path)
	sep := byte('?')
	for _, n := range names {
		v := strings.TrimSpace(values.Get(n))
		if len(v) > maxValue {
			v = strings.ToValidUTF8(v[:maxValue], "")
		}
		if v == "" || first == "" && !isNumber(v) {
			continue
		}
		b.WriteByte(sep)
		b.WriteString(n)
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(v))
		sep = '&'
	}
	return b.String()
}

// isNumber reports whether a text is a number that an id can be.
func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 63)
	return err == nil
}

// query is the declared parameters of one key.
type query struct{ v url.Values }

func splitKey(key string) (path string, q query) {
	path, raw, _ := strings.Cut(key, "?")
	q.v, _ = url.ParseQuery(raw)
	return path, q
}

func (q query) get(name string) string { return q.v.Get(name) }

// cursor reads a position in a list, "1641598260000-55"; anything else is the
// top.
func cursor(s string) news.Cursor {
	ms, id, ok := strings.Cut(s, "-")
	at, err1 := strconv.ParseInt(ms, 10, 64)
	n, err2 := strconv.ParseInt(id, 10, 64)
	if !ok || err1 != nil || err2 != nil || at <= 0 || n <= 0 {
		return news.Cursor{}
	}
	return news.Cursor{At: time.UnixMilli(at).UTC(), ID: n}
}

func cursorText(c news.Cursor) string {
	return strconv.FormatInt(c.At.UnixMilli(), 10) + "-" + strconv.FormatInt(c.ID, 10)
}

// splitValues returns a copy of a key's parameters.
func splitValues(q query) url.Values {
	out := url.Values{}
	for k, v := range q.v {
		out[k] = append([]string(nil), v...)
	}
	return out
}

// StoryID reads the id out of /{section}/{yyyy}/{mm}/{dd}/{id}/{slug}; only the
// id decides, so the other parts may be anything, and the slug may be missing.
// It allocates nothing: every read of a page asks it.
func StoryID(path string) (int64, bool) {
	_, rest, ok := strings.Cut(strings.Trim(path, "/"), "/")
	const day = "yyyy/mm/dd/"
	if !ok || len(rest) <= len(day) {
		return 0, false
	}
	for i := range len(day) {
		if c := rest[i]; day[i] == '/' && c != '/' || day[i] != '/' && (c < '0' || c > '9') {
			return 0, false
		}
	}
	number, slug, _ := strings.Cut(rest[len(day):], "/")
	if number == "" || number[0] < '0' || number[0] > '9' || strings.Contains(slug, "/") {
		return 0, false
	}
	id, err := strconv.ParseInt(number, 10, 64)
	return id, err == nil && id > 0
}

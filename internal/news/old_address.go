package news

import (
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// An old address is asked for in many spellings: with and without a slash at its
// end, in capitals, as an AMP page, on one page or on the second, with the marks of
// a campaign. What all spellings of one have in common is its fold. Redirects are
// kept as they were written, and found by their folds.

// Bounds of old addresses, in bytes.
const (
	maxOldPath = 2000
	maxOldHost = 253
	maxFold    = 300 // of a fold, so that it fits into an index; what is longer ends with a hash
)

// otherHosts are first labels that stand for the same site in another form.
var otherHosts = []string{"www.", "amp.", "m.", "mobile."}

// FoldHost returns what the spellings of a host have in common: lower case, as it
// is sent (xn--…), without a port, and without a first label that stands for the
// same site. An empty host, the site's own, stays empty.
func FoldHost(host string) string {
	host = strings.ToLower(strings.TrimSpace(host))
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(host, ".")
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	for _, label := range otherHosts {
		if rest, ok := strings.CutPrefix(host, label); ok && strings.Contains(rest, ".") {
			host = rest
		}
	}
	return cutFold(host, maxOldHost)
}

// FoldPath returns what the spellings of a path have in common, with those
// parameters of its query that may say which page is meant, in their order.
// It begins with a slash, and folding it again changes nothing.
func FoldPath(address string) string {
	path, query, _ := strings.Cut(address, "?")
	path = foldPath(path)
	if q := foldQuery(query); len(q) > 0 {
		path += "?" + strings.Join(q, "&")
	}
	return cutFold(path, maxFold)
}

// foldPath folds a path without a query.
func foldPath(path string) string {
	var parts []string
	for p := range strings.SplitSeq(foldText(path), "/") {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if len(parts) > 0 && parts[0] == "index.php" { // /index.php/2019/05/judul
		parts = parts[1:]
	}
	if len(parts) > 1 && parts[0] == "amp" {
		parts = parts[1:]
	}
	for more := true; more && len(parts) > 0; {
		n := len(parts)
		last := parts[n-1]
		switch {
		case last == "amp" || indexFile(last):
			parts = parts[:n-1]
		case n > 1 && parts[n-2] == "page" && (last == "all" || isNumber(last)):
			parts = parts[:n-2]
		case len(last) > 4 && strings.HasSuffix(last, ".amp"):
			parts[n-1] = strings.TrimSuffix(last, ".amp")
		case len(last) > 9 && strings.HasSuffix(last, ".amp.html"):
			parts[n-1] = strings.TrimSuffix(last, ".amp.html") + ".html"
		default:
			more = false
		}
	}
	return "/" + strings.Join(parts, "/")
}

// indexFile reports whether a file stands for the folder that it lies in.
func indexFile(name string) bool {
	stem, kind, ok := strings.Cut(name, ".")
	return ok && (stem == "index" || stem == "default") && slices.Contains([]string{"php", "html", "htm", "shtml", "asp", "aspx", "jsp"}, kind)
}

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 63)
	return err == nil
}

// foldText decodes what is encoded, as far as it can be read, and folds case and
// composition. Bytes that are no text stay encoded.
func foldText(s string) string {
	if folded(s) {
		return s
	}
	if strings.Contains(s, "%") {
		s = decodeLeniently(s)
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || unicode.IsControl(r) {
			for _, c := range []byte(s[i : i+n]) {
				b.WriteString("%" + strconv.FormatUint(uint64(c)|0x100, 16)[1:])
			}
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return norm.NFC.String(strings.ToLower(b.String()))
}

// folded reports whether there is nothing to fold in a text, as in most.
func folded(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '%' || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

// decodeLeniently decodes the escapes of a path. A percent sign and a question
// mark stay escaped, or become so, so that nothing is decoded twice.
func decodeLeniently(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			out = append(out, s[i])
			continue
		}
		if i+2 >= len(s) {
			out = append(out, "%25"...)
			continue
		}
		switch c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); {
		case err != nil:
			out = append(out, "%25"...)
		case c == '%' || c == '?':
			out = append(out, s[i:i+3]...)
			i += 2
		default:
			out = append(out, byte(c))
			i += 2
		}
	}
	return string(out)
}

// maxParams is how many parameters of a query are looked at.
const maxParams = 8

// foldQuery returns the parameters that may say which page is meant, sorted.
func foldQuery(raw string) (out []string) {
	if raw == "" {
		return nil
	}
	// What cannot be read of a query is left out.
	values, _ := url.ParseQuery(raw)
	for name, v := range values {
		name = foldText(name)
		value := foldText(strings.TrimSpace(v[0]))
		if name != "" && !ignoredParam(name, value) {
			out = append(out, name+"="+value)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), maxParams)]
}

// ignoredParams say nothing about which page is meant: marks of campaigns, forms
// of a page, and what plug-ins add. Names that end with a star are beginnings.
var ignoredParams = []string{"utm_*", "fbclid", "gclid", "gbraid", "wbraid", "dclid", "msclkid", "yclid", "twclid", "ttclid", "igshid", "igsh", "mc_cid", "mc_eid", "mkt_tok",
	"_ga", "_gl", "_hs*", "hsa_*", "pk_*", "mtm_*", "matomo_*", "at_*", "wt_*", "__cf_*", "amp", "amp_*", "_amp", "noamp", "nonamp", "usqp", "outputtype", "single", "showpage",
	"replytocom", "share", "nb", "preview", "preview_id", "preview_nonce", "print", "doing_wp_cron", "ref", "referrer", "rand", "_"}

// pageParams number the parts of one page. Other values of theirs may say which
// page is meant: ?page=berita&id=7.
var pageParams = []string{"page", "paged", "cpage", "halaman", "hal", "start"}

func ignoredParam(name, value string) bool {
	if slices.Contains(pageParams, name) {
		return value == "" || value == "all" || isNumber(value)
	}
	return slices.ContainsFunc(ignoredParams, func(p string) bool {
		begin, star := strings.CutSuffix(p, "*")
		return name == begin && !star || star && strings.HasPrefix(name, begin)
	})
}

// cutFold bounds a fold; what is cut off counts by its hash.
func cutFold(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit-20], "") + "#" + formatKey(HeadlineKey(s))
}

// OldAddress is an address of old times that somebody asks for.
type OldAddress struct {
	host, path string // as it was asked
	// Hosts are folds of the hosts under which it may be kept, by rank: those with
	// the same rank are one site.
	Hosts []string
	// Paths are the folds of what it may mean, the likeliest first.
	Paths []string
}

// AskOldAddress returns what to look for when somebody asks for a path with its
// query under a host, empty for the site's own, whose name is own. ok is false
// for what cannot be an address: too long, or with control characters.
func AskOldAddress(own, host, address string) (a OldAddress, ok bool) {
	if len(address) > maxOldPath || len(host) > maxOldHost+6 || !strings.HasPrefix(address, "/") || !readable(address) {
		return a, false
	}
	a = OldAddress{host: strings.ToLower(host), path: address, Hosts: []string{FoldHost(host)}, Paths: paths(address)}
	if own = FoldHost(own); a.Hosts[0] == "" || a.Hosts[0] == own {
		a.Hosts = []string{"", own}
	}
	return a, true
}

// readable reports whether a path holds no control character and no broken text,
// neither plainly nor encoded.
func readable(s string) bool {
	s = decodeLeniently(s)
	return !strings.ContainsFunc(s, unicode.IsControl)
}

// paths returns the folds of what an address may mean: with all parameters that
// may count, with one of them, with none; and without a last number, which may be
// that of a part ("/2019/05/judul/2").
func paths(address string) (list []string) {
	path, query, _ := strings.Cut(address, "?")
	path = foldPath(path)
	add := func(p string) {
		if p = cutFold(p, maxFold); !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	params := foldQuery(query)
	if len(params) > 0 {
		add(path + "?" + strings.Join(params, "&"))
	}
	for _, p := range params {
		add(path + "?" + p)
	}
	// "/?p=7" is no spelling of the front page.
	if path != "/" || len(params) == 0 {
		add(path)
	}
	if at := strings.LastIndexByte(path, '/'); at > 0 {
		if n := path[at+1:]; len(n) <= 2 && isNumber(n) && !isNumber(path[strings.LastIndexByte(path[:at], '/')+1:at]) {
			add(path[:at])
		}
	}
	return list
}

// WithoutMarks returns an address without those parameters of its query that say
// nothing about which page is meant, the others as they are.
func WithoutMarks(address string) string {
	path, query, ok := strings.Cut(address, "?")
	if !ok {
		return address
	}
	var kept []string
	for p := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(p, "=")
		if p != "" && !ignoredParam(foldText(name), foldText(value)) {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return path
	}
	return path + "?" + strings.Join(kept, "&")
}

// Host returns the host as it was asked, in lower case.
func (a OldAddress) Host() string { return a.host }

// Params reports whether the query of an address may say which page is meant.
func Params(query string) bool { return len(foldQuery(query)) > 0 }

// Path returns the fold of the path alone.
func (a OldAddress) Path() string {
	path, _, _ := strings.Cut(a.path, "?")
	return foldPath(path)
}

// Tags are those of a page that goes by what is kept for this address.
func (a OldAddress) Tags() (tags []string) {
	for _, h := range a.Hosts {
		for _, p := range a.Paths {
			tags = append(tags, tagFold(h, p))
		}
	}
	return tags
}

// Best returns the redirect that is meant, of those that were found by the folds:
// the likeliest meaning, then the same host, then the nearest spelling.
func (a OldAddress) Best(found []Redirect) (best Redirect, ok bool) {
	least := 0
	for _, r := range found {
		if n := a.distance(r); n >= 0 && (!ok || n < least || n == least && (r.Host+r.Path < best.Host+best.Path)) {
			best, least, ok = r, n, true
		}
	}
	return best, ok
}

// distance says how far a redirect is from what was asked, -1 if it is another
// address.
func (a OldAddress) distance(r Redirect) int {
	rank := slices.Index(a.Paths, FoldPath(r.Path))
	if rank < 0 || !slices.Contains(a.Hosts, FoldHost(r.Host)) {
		return -1
	}
	n := rank * 16
	if r.Host != a.host {
		n += 4
	}
	asked, kept := decodeLeniently(a.path), decodeLeniently(r.Path)
	switch {
	case asked == kept:
	case strings.Trim(asked, "/") == strings.Trim(kept, "/"):
		n++
	case strings.EqualFold(strings.Trim(asked, "/"), strings.Trim(kept, "/")):
		n += 2
	default:
		n += 3
	}
	return n
}

// TagAddress returns the tag of a page that waits for this old address.
func TagAddress(host, path string) string { return tagFold(FoldHost(host), FoldPath(path)) }

func tagFold(host, path string) string {
	return "address:" + formatKey(HeadlineKey(host+" "+path))
}

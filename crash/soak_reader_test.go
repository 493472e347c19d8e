package crash_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"warta/internal/page"
)

// fileAddress finds pictures and files of the interface in a page.
var fileAddress = regexp.MustCompile(`/media/[0-9A-Za-z]{10,}/[0-9]+\.(?:webp|jpg)|/assets/[0-9A-Za-z._-]+`)

// wish is what a reader asks for.
type wish struct {
	path  string
	class page.Class
	gzip  bool
	head  bool
	etag  string // If-None-Match; empty: unconditional
	alone bool   // by a connection of its own
	want  int    // status; 0: the story may be withdrawn right now, 200 and 410 are both right
}

// answer is what came, as it came.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// reader asks for one thing after the other.
type reader struct {
	s     *soak
	rng   *rand.Rand
	kept  *http.Client // keeps its connection
	alone *http.Client // opens one for each request
	etags map[string]string
}

func newReader(s *soak, no int) *reader {
	client := func(keep bool) *http.Client {
		return &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: !keep, MaxIdleConnsPerHost: 1}}
	}
	return &reader{s: s, rng: rand.New(rand.NewPCG(17, uint64(no))), kept: client(true), alone: client(false), etags: map[string]string{}}
}

func (r *reader) leave() { r.kept.CloseIdleConnections() }

func any1[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// choose picks what to ask for.
func (r *reader) choose() wish {
	s, rng := r.s.site, r.rng
	w := wish{want: 200, gzip: rng.IntN(10) > 0, head: rng.IntN(50) == 0, alone: rng.IntN(50) == 0}
	if n := rng.IntN(10); n >= 6 {
		w.class = classesAsked[1+n%2]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch n := rng.IntN(100); {
	case n < 45:
		w.path = any1(rng, s.stories).path
	case n < 62: // what everybody reads
		w.path = s.stories[rng.IntN(min(len(s.stories), 12))].path
	case n < 70 && len(s.fresh) > 0:
		w.path, w.want = s.fresh[max(0, len(s.fresh)-1-rng.IntN(60))].path, 0
	case n < 80:
		w.path = any1(rng, s.fronts)
	case n < 85:
		w.path = any1(rng, s.lists)
	case n < 87:
		w.path = any1(rng, s.feeds)
	case n < 94 && len(s.pictures) > 0:
		w.path, w.gzip, w.class, w.want = any1(rng, s.pictures), false, 0, 0
	case n < 96 && len(s.assets) > 0:
		w.path, w.class = any1(rng, s.assets), 0
	case n < 97 && len(s.gone) > 0:
		w.path, w.want = any1(rng, s.gone).path, http.StatusGone
	case n < 98:
		w.path, w.want = "/tidak-ada/"+itoa(rng.IntN(500)), http.StatusNotFound
	case n < 99:
		w.path, w.want = any1(rng, s.stories).path+"-salah", http.StatusMovedPermanently
	default:
		w.path, w.want = any1(rng, s.fronts), 200
	}
	return w
}

// ask asks for something, with the tag of last time now and then.
func (r *reader) ask() {
	w := r.choose()
	if tag := r.etags[w.name()]; tag != "" && w.want != http.StatusGone && r.rng.IntN(3) == 0 {
		w.etag = tag
	}
	r.look(w)
}

// name tells what a tag belongs to.
func (w *wish) name() string { return fmt.Sprint(w.path, " ", w.class, w.gzip) }

// maxTags bounds the tags that one reader remembers.
const maxTags = 5000

// request returns the wish as a request to the site under a URL.
func (w *wish) request(base, cookie string) *http.Request {
	method := http.MethodGet
	if w.head {
		method = http.MethodHead
	}
	req, err := http.NewRequest(method, base+w.path, nil)
	if err != nil {
		panic(err) // the paths are the site's own
	}
	req.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 13) Chrome/120 Mobile")
	if w.gzip {
		req.Header.Set("Accept-Encoding", "gzip, deflate, br")
	} else {
		req.Header.Set("Accept-Encoding", "identity")
	}
	if cookie != "" {
		req.Header.Set("Cookie", "lain=1; "+cookie)
	}
	if w.etag != "" {
		req.Header.Set("If-None-Match", w.etag)
	}
	return req
}

// send asks the server.
func (r *reader) send(w wish) (answer, error) {
	client := r.kept
	if w.alone {
		client = r.alone
	}
	return fetch(client, w.request(r.s.w.url(), r.s.site.cookies[w.class]))
}

func fetch(client *http.Client, req *http.Request) (answer, error) {
	res, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body) // fails if it is not as long as its header says
	return answer{res.StatusCode, res.Header, body}, err
}

// look asks once and judges the answer by itself; some are compared as well.
func (r *reader) look(w wish) {
	began := time.Now()
	a, err := r.send(w)
	took := time.Since(began)
	t := r.s.tally
	if err != nil {
		t.wrong("%s: %v", w.path, err)
		return
	}
	n := t.answered(took, w, a)
	plain, fault := t.check(w, a)
	if fault != "" {
		t.wrong("%s (class %d, gzip %v, head %v, condition %q): %s", w.path, w.class, w.gzip, w.head, w.etag, fault)
		return
	}
	if a.status == http.StatusOK {
		if len(r.etags) >= maxTags {
			clear(r.etags) // as a browser that was closed
		}
		r.etags[w.name()] = a.header.Get("Etag")
	}
	if n%64 == 0 && strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		r.s.site.learn(plain)
	}
	if n%r.s.each == 0 {
		r.s.twin.queue <- pair{w, a}
	}
}

// tally counts what came.
type tally struct {
	asked  atomic.Int64
	faults atomic.Int64

	mu     sync.Mutex
	took   []time.Duration
	counts map[string]int
	said   []string
	bodies map[string]uint32 // the checksum of what a tag stands for
}

func newTally() *tally { return &tally{counts: map[string]int{}, bodies: map[string]uint32{}} }

// forget begins the counts anew, faults and tags apart.
func (t *tally) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked.Store(0)
	t.took, t.counts = nil, map[string]int{}
}

func (t *tally) count(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts[what]++
}

func (t *tally) wrong(format string, args ...any) {
	t.faults.Add(1)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.said) < 12 {
		t.said = append(t.said, fmt.Sprintf(format, args...))
	}
}

func (t *tally) answered(took time.Duration, w wish, a answer) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took = append(t.took, took)
	t.counts["status "+itoa(a.status)]++
	t.counts["bytes"] += len(a.body)
	if w.class != 0 {
		t.counts["by members"]++
	}
	if reason := a.header.Get("Warta-Stale"); reason != "" {
		t.counts["stale: "+reason]++
	}
	return t.asked.Add(1)
}

// maxBodies bounds the tags that are remembered.
const maxBodies = 300_000

// check judges an answer without another one: status, coding, length and checksum,
// and that a tag stands for the same bytes whenever it comes.
func (t *tally) check(w wish, a answer) (plain []byte, fault string) {
	switch {
	case a.status == http.StatusNotModified:
		if w.etag == "" || a.header.Get("Etag") != w.etag || len(a.body) > 0 {
			return nil, fmt.Sprintf("304 with %q and %d bytes", a.header.Get("Etag"), len(a.body))
		}
		return nil, ""
	case w.want == 0 && (a.status == http.StatusOK || a.status == http.StatusGone || a.status == http.StatusNotFound):
	case w.want != a.status:
		return nil, fmt.Sprintf("status %d, want %d", a.status, w.want)
	}
	length, err := strconv.Atoi(a.header.Get("Content-Length"))
	if err != nil || !w.head && length != len(a.body) {
		return nil, fmt.Sprintf("%d bytes, the header says %q", len(a.body), a.header.Get("Content-Length"))
	}
	if a.header.Get("Warta-Stale") == "1" {
		return nil, "it could not be rendered"
	}
	if w.head {
		return nil, ""
	}
	plain = a.body
	switch coding := a.header.Get("Content-Encoding"); coding {
	case "gzip":
		if !w.gzip {
			return nil, "packed, though that was not asked for"
		}
		z, err := gzip.NewReader(bytes.NewReader(a.body))
		if err == nil {
			plain, err = io.ReadAll(z) // fails if length or checksum are not what they should be
		}
		if err != nil {
			return nil, err.Error()
		}
	case "", "br": // brotli: files of the interface, whose bytes are compared by their tag
	default:
		return nil, "the coding is " + coding
	}
	tag := strings.Replace(a.header.Get("Etag"), `-gz"`, `"`, 1)
	if tag == "" {
		return plain, ""
	}
	sum := crc32.ChecksumIEEE(plain)
	t.mu.Lock()
	defer t.mu.Unlock()
	if before, ok := t.bodies[tag]; ok && before != sum {
		return nil, fmt.Sprintf("the tag %s stood for other bytes before", tag)
	}
	if len(t.bodies) >= maxBodies {
		clear(t.bodies)
	}
	t.bodies[tag] = sum
	return plain, ""
}

// lines are the counts, one a line.
func (t *tally) lines() (list []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, what := range slices.Sorted(maps.Keys(t.counts)) {
		list = append(list, fmt.Sprintf("%-52s%d", what, t.counts[what]))
	}
	return list
}

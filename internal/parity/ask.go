package parity

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"

	"warta/internal/fault"
)

// Limits on asking.
const (
	maxHops  = 10
	maxTries = 6
	maxPause = time.Minute
	maxHead  = 512 << 10 // bytes of a page that are read
)

// asker asks one server, whatever host an address names: the name in the request is
// the address's own, the connection goes to the server.
type asker struct {
	o      *Options
	server *url.URL
	scheme string // of the site
	own    string // host of the site's own addresses
	ours   map[string]bool
	client *http.Client
	pool   *http.Transport

	mu    sync.Mutex
	until time.Time // the server asked to be left alone until then
}

func newAsker(o *Options) (*asker, error) {
	server, err := url.Parse(o.Server)
	if err != nil || server.Scheme != "http" && server.Scheme != "https" || server.Host == "" {
		return nil, fault.Input("server", "%q is not a full address such as http://localhost:8080", o.Server)
	}
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" {
		return nil, fault.Input("base-url", "%q is not a full address such as https://kabar.example", o.BaseURL)
	}
	a := &asker{o: o, server: server, scheme: base.Scheme, own: strings.ToLower(base.Host), ours: map[string]bool{}}
	for _, h := range append([]string{base.Host, o.Host}, o.Hosts...) {
		a.ours[bare(h)] = true
	}
	a.pool = &http.Transport{Proxy: nil, MaxIdleConnsPerHost: o.Parallel, MaxConnsPerHost: 2 * o.Parallel, IdleConnTimeout: 30 * time.Second,
		DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext, TLSHandshakeTimeout: 10 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10}
	if server.Scheme == "https" && net.ParseIP(server.Hostname()) != nil {
		// The certificate is for the site's name.
		a.pool.TLSClientConfig = &tls.Config{ServerName: base.Hostname(), MinVersion: tls.VersionTLS12}
	}
	a.client = &http.Client{Transport: a.pool, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return a, nil
}

func (a *asker) close() { a.pool.CloseIdleConnections() }

// bare returns a host in lower case, as it is sent, without its port.
func bare(host string) string {
	host = strings.ToLower(host)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	return host
}

// greet asks whether the server is there.
func (a *asker) greet(ctx context.Context) error {
	res, err := a.send(ctx, a.own, "/healthz")
	if err != nil {
		return a.away(ctx, err)
	}
	res.Body.Close()
	return nil
}

// away says that the server cannot be reached.
func (a *asker) away(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fault.New(fault.Unavailable, "no server answers at %s (%w); start it with \"warta serve\", or name another one with --server", a.server.Host, err)
}

// send sends one request.
func (a *asker) send(ctx context.Context, host, target string) (*http.Response, error) {
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return nil, err
	}
	u.Scheme, u.Host = a.server.Scheme, a.server.Host
	req := (&http.Request{Method: http.MethodGet, URL: u, Host: host, Header: http.Header{"User-Agent": {"warta-check (bot)"}, "Accept": {"text/html,*/*"}}}).WithContext(ctx)
	return a.client.Do(req)
}

// answer is one answer, as far as it matters.
type answer struct {
	status   int
	location string
	page     head
}

// try asks until there is an answer: the server may be busy.
func (a *asker) try(ctx context.Context, host, target string) (out answer, err error) {
	for n := 0; ; n++ {
		if err := a.pause(ctx); err != nil {
			return out, err
		}
		res, err := a.send(ctx, host, target)
		switch {
		case ctx.Err() != nil:
			return out, ctx.Err()
		case err != nil && n+1 >= maxTries/2:
			return out, a.away(ctx, err)
		case err != nil:
			a.hold(time.Second << n)
			continue
		}
		out = answer{status: res.StatusCode, location: res.Header.Get("Location")}
		busy := out.status == http.StatusTooManyRequests || out.status == http.StatusServiceUnavailable
		if busy && n+1 < maxTries {
			drop(res)
			a.hold(later(res.Header.Get("Retry-After"), time.Second<<n))
			continue
		}
		if out.status == http.StatusOK || out.status == http.StatusGone {
			out.page, err = readHead(io.LimitReader(res.Body, maxHead))
		}
		drop(res)
		if err != nil && ctx.Err() == nil && n+1 < maxTries {
			a.hold(time.Second << n)
			continue // it broke off
		}
		return out, err
	}
}

// drop reads a little of what is left of an answer, so that the connection can be
// used again, and closes it.
func drop(res *http.Response) {
	_, _ = io.CopyN(io.Discard, res.Body, maxHead)
	res.Body.Close()
}

// later reads how long the server asks to be left alone.
func later(value string, otherwise time.Duration) time.Duration {
	if n, err := strconv.Atoi(value); err == nil && n > 0 {
		return min(time.Duration(min(n, 3600))*time.Second, maxPause)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(time.Until(at), time.Second), maxPause)
	}
	return min(otherwise, maxPause)
}

// hold lets nobody ask for a while.
func (a *asker) hold(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := time.Now().Add(d); t.After(a.until) {
		a.until = t
	}
}

func (a *asker) pause(ctx context.Context) error {
	a.mu.Lock()
	d := time.Until(a.until)
	a.mu.Unlock()
	if d <= 0 {
		return ctx.Err()
	}
	return a.o.Wait(ctx, d)
}

// all asks for addresses, several at once, and returns what became of each in their
// order. After an error the verdicts of those that were not asked are empty.
func (a *asker) all(ctx context.Context, list []Address, expected []expectation) ([]Result, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	results := make([]Result, len(list))
	next := make(chan int)
	var all sync.WaitGroup
	for range min(a.o.Parallel, len(list)) {
		all.Go(func() {
			for i := range next {
				r, err := a.follow(ctx, list[i])
				if err != nil {
					stop(err)
					continue
				}
				r.hold(expected[i])
				results[i] = r
			}
		})
	}
	for i := range list {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	all.Wait()
	if ctx.Err() != nil {
		return results, context.Cause(ctx)
	}
	return results, nil
}

// follow asks for an address and goes where it leads.
func (a *asker) follow(ctx context.Context, at Address) (r Result, err error) {
	r.Address = at
	host, target := at.Host, at.Path
	if host == "" {
		host = a.hostOf()
	}
	seen := map[string]bool{}
	for {
		seen[host+" "+target] = true
		res, err := a.try(ctx, host, target)
		if err != nil {
			if fault.Is(err, fault.Unavailable) || ctx.Err() != nil {
				return r, err
			}
			r.Verdict, r.Problem = Failed, err.Error()
			return r, nil
		}
		r.Status = res.status
		r.Final = a.scheme + "://" + host + target
		if !redirects(res.status) {
			a.judge(&r, host, target, res)
			return r, nil
		}
		r.Hops++
		to, err := (&url.URL{Scheme: a.server.Scheme, Host: host, Path: "/"}).Parse(res.location)
		if err != nil || res.location == "" || to.Host == "" {
			r.Verdict, r.Problem = Failed, fmt.Sprintf("it leads to %q, which is no address", res.location)
			return r, nil
		}
		r.Final = res.location
		if name := bare(to.Host); !a.ours[name] && name != bare(at.Host) {
			r.Verdict = Elsewhere
			return r, nil
		}
		host, target = to.Host, to.RequestURI()
		if seen[host+" "+target] || r.Hops > maxHops {
			r.Verdict, r.Problem = Loop, "it leads in a circle"
			return r, nil
		}
	}
}

// hostOf is the host of paths that name none.
func (a *asker) hostOf() string {
	if a.o.Host != "" {
		return a.o.Host
	}
	return a.own
}

// judge says what an answer that leads nowhere else means.
func (a *asker) judge(r *Result, host, target string, res answer) {
	switch {
	case res.status == http.StatusGone:
		r.Verdict, r.Reason = Gone, res.page.reason
		return
	case res.status == http.StatusMisdirectedRequest:
		r.Verdict, r.Problem = Unmapped, "the server does not answer for "+bare(host)+"; name it in --hosts"
		return
	case res.status >= 500 || res.status == http.StatusTooManyRequests:
		r.Verdict, r.Problem = Failed, fmt.Sprintf("the server answers with status %d", res.status)
		return
	case res.status != http.StatusOK:
		r.Verdict = Unmapped
		return
	}
	path, _, _ := strings.Cut(target, "?")
	if res.page.canonical != "" {
		u, err := url.Parse(res.page.canonical)
		if err != nil || u.Host != "" && !a.ours[bare(u.Host)] {
			r.Verdict, r.Problem = Wrong, fmt.Sprintf("the page calls itself %q", res.page.canonical)
			return
		}
		r.Final, path = res.page.canonical, u.EscapedPath()
	}
	id, story := a.o.StoryID(path)
	r.StoryID = id
	asked, _, _ := strings.Cut(r.Path, "?")
	switch {
	case story && r.Hops == 0:
		r.Verdict = Same
	case story:
		r.Verdict = Redirect
	case path == "/" && r.Hops > 0 && strings.Trim(asked, "/") != "" && !strings.HasPrefix(strings.Trim(asked, "/"), "index."):
		r.Verdict, r.Problem = Unmapped, "it leads to the front page"
	default:
		r.Verdict = Page
	}
}

// expectation is where an address should lead, as far as that is known.
type expectation struct {
	storyID int64
	path    string
	sought  bool   // path may have been meant as an id of another system, which no story has
	unknown string // such an id that is no address either
	gone    bool   // nowhere: there is nothing any more, on purpose
}

// hold compares what became of an address with what was expected.
func (r *Result) hold(e expectation) {
	if r.Verdict != Same && r.Verdict != Redirect && r.Verdict != Page && r.Verdict != Elsewhere {
		return
	}
	switch {
	case e.gone:
		r.Verdict, r.Problem = Wrong, "it should be gone, with a reason"
	case e.unknown != "":
		r.Verdict, r.Problem = Wrong, fmt.Sprintf("no story has the id %q", e.unknown)
	case e.storyID != 0 && r.StoryID != e.storyID:
		r.Verdict, r.Problem = Wrong, fmt.Sprintf("it should lead to story %d", e.storyID)
	case e.path != "":
		if u, err := url.Parse(r.Final); err != nil || r.Verdict == Elsewhere && r.Final != e.path || r.Verdict != Elsewhere && u.RequestURI() != e.path {
			r.Verdict, r.Problem = Wrong, "it should lead to "+e.path
			if e.sought {
				r.Problem += ", which is the id of no story either (does --data name the site's folder?)"
			}
		}
	}
}

// expectations reads what is expected of addresses, and looks up the ids of other
// systems in one query. Such an id may have the form of an address; only if no story
// has it, it is one.
func (c *Check) expectations(ctx context.Context, list []Address) ([]expectation, error) {
	out := make([]expectation, len(list))
	open := map[int]bool{} // those that may be ids
	var uris []string
	for i, a := range list {
		if a.Expect == "" {
			continue
		}
		if id, err := strconv.ParseInt(a.Expect, 10, 64); err == nil && id > 0 {
			out[i].storyID = id
			continue
		}
		if strings.EqualFold(a.Expect, "gone") {
			out[i].gone = true
			continue
		}
		full := strings.Contains(a.Expect, "://")
		if full || strings.HasPrefix(a.Expect, "/") {
			out[i] = c.expectedAt(a.Expect)
		} else {
			out[i].unknown = a.Expect
		}
		if out[i].storyID == 0 && !strings.HasPrefix(a.Expect, "/") {
			open[i] = true
			uris = append(uris, a.Expect)
		}
	}
	if len(uris) == 0 || c.o.StoriesByURI == nil {
		return out, nil
	}
	found, err := c.o.StoriesByURI(ctx, uris)
	if err != nil {
		return nil, err
	}
	for i := range open {
		if id := found[list[i].Expect]; id != 0 {
			out[i] = expectation{storyID: id}
			continue
		}
		out[i].sought = true
	}
	return out, nil
}

// expectedAt is what is expected of an address that should lead to another one.
func (c *Check) expectedAt(address string) expectation {
	u, err := url.Parse(address)
	if err != nil || u.Host != "" && !c.asker.ours[bare(u.Host)] {
		return expectation{path: address}
	}
	if id, ok := c.o.StoryID(u.Path); ok {
		return expectation{storyID: id}
	}
	return expectation{path: u.RequestURI()}
}

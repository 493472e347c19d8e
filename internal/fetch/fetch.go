// Package fetch is the one guarded client for every URL that somebody gave us.
// It reaches public addresses only, whatever a name resolves to or a redirect
// says, and takes in no more bytes and no more time than it was told. It knows
// nothing of what it fetches.
package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"warta/internal/fault"
)

// Options of a Client. Zero values stand for the defaults.
type Options struct {
	UserAgent    string        // default "Warta"
	Timeout      time.Duration // from the first dial to the last byte; default 30 s
	MaxRedirects int           // default 5; negative: none
	MaxHeader    int64         // bytes of response headers; default 64 kB
	Ports        []int         // default 80 and 443
	// Allow lists "ip:port" pairs that are reached although they are not
	// public: a local service that the operator names, or a test's server.
	Allow []string
}

// Client fetches over HTTP and HTTPS with GET, without cookies, credentials or
// proxies from the environment. It is safe for concurrent use.
type Client struct {
	options   Options
	transport *http.Transport
	http      *http.Client
}

// New returns a client. Close it to drop its idle connections.
func New(o Options) *Client {
	if o.UserAgent == "" {
		o.UserAgent = "Warta"
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.MaxRedirects == 0 {
		o.MaxRedirects = 5
	}
	if o.MaxHeader <= 0 {
		o.MaxHeader = 64 << 10
	}
	if len(o.Ports) == 0 {
		o.Ports = []int{80, 443}
	}
	c := &Client{options: o}
	// The check sits behind name resolution: what is dialled is what was
	// checked, so a name that changes between the two gains nothing.
	dialer := &net.Dialer{Timeout: 10 * time.Second, ControlContext: c.control}
	c.transport = &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  o.Timeout,
		MaxResponseHeaderBytes: o.MaxHeader,
		MaxIdleConnsPerHost:    2,
		MaxIdleConns:           16,
		IdleConnTimeout:        30 * time.Second,
		ForceAttemptHTTP2:      true,
	}
	c.http = &http.Client{Transport: c.transport, CheckRedirect: c.redirect}
	return c
}

// Close drops idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Response is a complete answer.
type Response struct {
	Body        []byte
	ContentType string // as the server says it; trust the bytes, not this
	FinalURL    string // after redirects
	Header      http.Header
}

// Stream is an answer whose body is read as it comes. Close it.
type Stream struct {
	Body        io.ReadCloser // ends with a fault.TooLarge beyond the limit
	ContentType string
	FinalURL    string
	Header      http.Header
}

// Get fetches rawURL, at most maxBytes of it after decompression. Errors:
// fault.Invalid for an address that is malformed or not public, NotFound and
// Gone as the server says, TooLarge over a limit, Unavailable for what may
// work later.
func (c *Client) Get(ctx context.Context, rawURL string, maxBytes int64) (_ *Response, err error) {
	s, err := c.Open(ctx, rawURL, maxBytes)
	if err != nil {
		return nil, err
	}
	defer fault.Wrap(&err, "fetch %s", shown(rawURL))
	body, err := io.ReadAll(s.Body)
	if closing := s.Body.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, err
	}
	return &Response{Body: body, ContentType: s.ContentType, FinalURL: s.FinalURL, Header: s.Header}, nil
}

// Open is Get for a body that is too large to hold in memory. The timeout of
// the options covers the reading of the body as well.
func (c *Client) Open(ctx context.Context, rawURL string, maxBytes int64) (_ *Stream, err error) {
	defer fault.Wrap(&err, "fetch %s", shown(rawURL))
	if maxBytes <= 0 {
		return nil, fault.Input("limit", "a fetch needs a limit above zero")
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, badURL("the address cannot be read")
	}
	if err := c.check(u); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		cancel()
		return nil, badURL("the address cannot be read")
	}
	req.Header.Set("User-Agent", c.options.UserAgent)
	res, err := c.http.Do(req)
	if err != nil {
		cancel()
		return nil, c.explain(err)
	}
	body := &limited{body: res.Body, left: maxBytes, limit: maxBytes, cancel: cancel, explain: c.explain}
	refusal := refuseStatus(res)
	if refusal == nil && res.ContentLength > maxBytes {
		refusal = tooLarge(maxBytes)
	}
	if refusal != nil {
		_ = body.Close() // the refusal is the error to report
		return nil, refusal
	}
	return &Stream{Body: body, ContentType: res.Header.Get("Content-Type"),
		FinalURL: res.Request.URL.String(), Header: res.Header}, nil
}

// check holds a URL against what can be said without resolving its name.
func (c *Client) check(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return badURL("only http and https addresses are fetched")
	}
	if u.User != nil {
		return badURL("an address with a user name or password in it is not fetched")
	}
	if u.Hostname() == "" {
		return badURL("the address names no host")
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	n, err := strconv.Atoi(port)
	if err != nil || !slices.Contains(c.options.Ports, n) && !c.allowed(net.JoinHostPort(u.Hostname(), port)) {
		return badURL("the address has a port that is not fetched from")
	}
	return nil
}

func (c *Client) allowed(hostPort string) bool { return slices.Contains(c.options.Allow, hostPort) }

func (c *Client) redirect(req *http.Request, via []*http.Request) error {
	if len(via) > max(c.options.MaxRedirects, 0) {
		return fault.New(fault.Invalid, "the address leads through more than %d redirects", max(c.options.MaxRedirects, 0))
	}
	req.Header.Del("Referer") // where we come from is nobody's business
	return c.check(req.URL)
}

// refuseStatus returns nil for an answer that carries what was asked for.
func refuseStatus(res *http.Response) error {
	code := res.StatusCode
	switch {
	case code == http.StatusOK:
		return nil
	case code == http.StatusNotFound:
		return fault.New(fault.NotFound, "the server says that there is nothing at this address (404)")
	case code == http.StatusGone:
		return fault.New(fault.Gone, "the server says that this was taken away (410)")
	case code == http.StatusTooManyRequests || code >= 500:
		e := fault.New(fault.Unavailable, "the server cannot answer now (%d); try again later", code)
		if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s > 0 {
			e.RetryAfter = time.Duration(min(s, 86_400)) * time.Second
		}
		return e
	}
	return fault.New(fault.Invalid, "the server answers with status %d instead of the content", code)
}

// explain turns the standard library's errors into sentences.
func (c *Client) explain(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		e := fault.New(fault.Unavailable, "the server took longer than %s; try again later", c.options.Timeout)
		e.Err = err
		return e
	}
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		e := badURL("there is no host of this name")
		e.Err = err
		return e
	}
	e := fault.New(fault.Unavailable, "the server could not be reached or broke off; try again later")
	e.Err = err
	return e
}

func badURL(message string) *fault.Error {
	return &fault.Error{Kind: fault.Invalid, Field: "url", Message: message}
}

func tooLarge(limit int64) error {
	return fault.New(fault.TooLarge, "the content has more than the %d bytes that are taken", limit)
}

// shown is the URL as it may stand in a log: without query and password.
func shown(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "an unreadable address"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// limited is a body that fails beyond its limit instead of ending silently,
// and that frees the request's timer when it is closed.
type limited struct {
	body        io.ReadCloser
	left, limit int64
	cancel      context.CancelFunc
	explain     func(error) error
	once        sync.Once
}

func (l *limited) Read(p []byte) (int, error) {
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1] // one more byte tells that there is more
	}
	n, err := l.body.Read(p)
	if int64(n) > l.left {
		n = int(l.left)
		l.left = 0
		return n, tooLarge(l.limit)
	}
	l.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = l.explain(err)
	}
	return n, err
}

func (l *limited) Close() (err error) {
	l.once.Do(func() {
		err = l.body.Close()
		l.cancel()
	})
	return err
}

// Package purge tells the caches in front of the site which tags no longer
// print the truth. It knows one call: a method, an address, and a header line
// that lists the tags. What a cache makes of it is written in the cache's own
// configuration; docs/caches has two.
package purge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpguts"

	"warta/internal/fault"
)

// Bounds of one call.
const (
	// maxLine is how many bytes of tags one call carries: caches refuse header
	// lines of 4 to 8 kB.
	maxLine  = 2 << 10
	patience = 5 * time.Second
)

// Options say where the caches are and how they want to be called.
type Options struct {
	URLs   []string // one for each cache: http or https, with the path that the cache listens for
	Method string   // default "PURGE"
	Header string   // header line that takes the tags, separated by blanks; default "Surrogate-Key"
	Host   string   // value of the Host line: the site's; empty: that of the address
}

// Caches are the caches in front. It is safe for concurrent use.
type Caches struct {
	urls   []*url.URL
	opt    Options
	client *http.Client
}

// New checks the options. Its errors are fault.Invalid and name the option.
func New(o Options) (*Caches, error) {
	if o.Method == "" {
		o.Method = "PURGE"
	}
	if o.Header == "" {
		o.Header = "Surrogate-Key"
	}
	c := &Caches{opt: o}
	for _, raw := range o.URLs {
		u, err := url.Parse(raw)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" {
			return nil, fault.Input("purge-url", "%q is not a full address such as http://127.0.0.1:6081/", raw)
		}
		c.urls = append(c.urls, u)
	}
	if len(c.urls) > 16 {
		return nil, fault.Input("purge-url", "there are %d caches; Warta calls at most 16", len(c.urls))
	}
	if !token(o.Method) {
		return nil, fault.Input("purge-method", "%q is not a method such as PURGE or BAN", o.Method)
	}
	if !token(o.Header) {
		return nil, fault.Input("purge-header", "%q is not a header's name such as Surrogate-Key or xkey-purge", o.Header)
	}
	c.client = &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 16 << 10},
	}
	return c, nil
}

// token reports whether a method or header name can stand in a request.
func token(s string) bool { return len(s) <= 64 && httpguts.ValidHeaderFieldName(s) }

// Any reports whether there is a cache to call.
func (c *Caches) Any() bool { return len(c.urls) > 0 }

// Close drops idle connections.
func (c *Caches) Close() { c.client.CloseIdleConnections() }

// Purge tells every cache that what carries one of the tags is stale, and
// returns once all have answered 2xx, or 5 seconds a call have passed. The names
// of those that have not confirmed are returned, and why.
func (c *Caches) Purge(ctx context.Context, tags []string) (pending []string, err error) {
	lines := pack(tags)
	if len(lines) == 0 || !c.Any() {
		return nil, nil
	}
	failed := make([]error, len(c.urls))
	var all sync.WaitGroup
	for i, u := range c.urls {
		all.Go(func() { failed[i] = c.tell(ctx, u, lines) })
	}
	all.Wait()
	for i, err := range failed {
		if err != nil {
			pending = append(pending, "cache at "+c.urls[i].Host)
		}
	}
	return pending, errors.Join(failed...)
}

func (c *Caches) tell(ctx context.Context, u *url.URL, lines []string) error {
	for _, line := range lines {
		if err := c.call(ctx, u, line); err != nil {
			return fmt.Errorf("purge the cache at %s: %w", u.Host, err)
		}
	}
	return nil
}

func (c *Caches) call(ctx context.Context, u *url.URL, line string) error {
	req, err := http.NewRequestWithContext(ctx, c.opt.Method, u.String(), nil)
	if err != nil {
		return err
	}
	req.Host = c.opt.Host
	req.Header.Set(c.opt.Header, line)
	req.Header.Set("User-Agent", "Warta")
	res, err := c.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, 64<<10) // what it says is not read; the connection can be used again
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fault.New(fault.Unavailable, "it answered %s", res.Status)
	}
	return nil
}

// pack puts tags into lines, each tag once. A tag that no page can carry in its
// own line is left out: no cache has kept anything under it.
func pack(tags []string) (lines []string) {
	var b strings.Builder
	seen := make(map[string]bool, len(tags))
	for _, tag := range tags {
		if seen[tag] || tag == "" || len(tag) > maxLine || strings.ContainsAny(tag, " \t\r\n,") || !httpguts.ValidHeaderFieldValue(tag) {
			continue
		}
		seen[tag] = true
		if b.Len() > 0 && b.Len()+1+len(tag) > maxLine {
			lines = append(lines, b.String())
			b.Reset()
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(tag)
	}
	if b.Len() > 0 {
		lines = append(lines, b.String())
	}
	return lines
}

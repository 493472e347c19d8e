package fetch

import "net/http"

// HTTP returns a client for a library that makes its own requests: with the same
// guard, at most maxBytes of each answer, and no redirects.
func (c *Client) HTTP(maxBytes int64) *http.Client {
	return &http.Client{
		Transport: guarded{c, maxBytes}, Timeout: c.options.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// guarded is the transport of such a client.
type guarded struct {
	c     *Client
	limit int64
}

// RoundTrip implements http.RoundTripper.
func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.c.check(r.URL); err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", g.c.options.UserAgent)
	res, err := g.c.transport.RoundTrip(r)
	if err != nil {
		return nil, g.c.explain(err)
	}
	res.Body = &limited{body: res.Body, left: g.limit, limit: g.limit, cancel: func() {}, explain: g.c.explain}
	return res, nil
}

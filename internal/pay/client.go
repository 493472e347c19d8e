package pay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"warta/internal/fault"
)

// Bounds of a call to a gateway.
const (
	callWithin = 20 * time.Second
	maxAnswer  = 1 << 20
)

// client calls one gateway at a configured address. It follows no redirect: what it
// sends is for nobody else.
type client struct {
	http *http.Client
	user string // of basic authentication
	name string // of the gateway, for errors
}

func newClient(name, user string) *client {
	t := &http.Transport{Proxy: nil, DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, TLSHandshakeTimeout: 5 * time.Second,
		ResponseHeaderTimeout: callWithin, MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true}
	return &client{name: name, user: user, http: &http.Client{Transport: t, Timeout: callWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// call asks, and reads the answer's JSON into out. body is url.Values or anything
// that has a form in JSON; nil: none.
func (c *client) call(ctx context.Context, method, address string, body, out any, header ...string) error {
	var in io.Reader
	kind := ""
	switch b := body.(type) {
	case nil:
	case url.Values:
		in, kind = strings.NewReader(b.Encode()), "application/x-www-form-urlencoded"
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return err
		}
		in, kind = bytes.NewReader(raw), "application/json"
	}
	req, err := http.NewRequestWithContext(ctx, method, address, in)
	if err != nil {
		return err
	}
	req.SetBasicAuth(c.user, "")
	req.Header.Set("Accept", "application/json")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return err
		}
		return fault.New(fault.Unavailable, "%s does not answer: %w", c.name, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return fault.New(fault.Unavailable, "%s broke off: %w", c.name, err)
	}
	switch code := res.StatusCode; {
	case code == http.StatusTooManyRequests || code >= 500 || code == http.StatusConflict:
		return fault.New(fault.Unavailable, "%s cannot answer now (%d)", c.name, code)
	case code == http.StatusNotFound:
		return fault.New(fault.NotFound, "%s knows nothing of this", c.name)
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return fault.New(fault.Internal, "%s refuses the key that is configured (%d)", c.name, code)
	case code >= 300:
		return fault.New(fault.Conflict, "%s refuses this (%d): %s", c.name, code, firstWords(raw)).Say("pay_refused", "gateway", c.name)
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fault.New(fault.Unavailable, "%s answers what cannot be read: %w", c.name, err)
	}
	return nil
}

// firstWords returns the beginning of an answer, for the log.
func firstWords(raw []byte) string {
	const most = 200
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(raw[:min(len(raw), most)]), "")), " ")
	return text
}

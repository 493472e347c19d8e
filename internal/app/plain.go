package app

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"warta/internal/fault"
	"warta/internal/web/fast"
)

// Bounds on those who come by plain HTTP: they get one short answer.
const (
	plainWithin = 5 * time.Second
	plainHead   = 8 << 10
	plainConns  = 1024
)

// checkPlain refuses an address for redirects without a place to which they lead.
func (c *Config) checkPlain() error {
	if c.RedirectAddr == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(c.RedirectAddr)
	_, listen, _ := net.SplitHostPort(c.Listen)
	switch {
	case err != nil:
		return fault.Input("redirect-addr", "%q is not an address such as :80", c.RedirectAddr)
	case port == listen && port != "0":
		return fault.Input("redirect-addr", "%q has the port of --listen, where HTTPS is spoken; redirects need another one, such as :80", c.RedirectAddr)
	case !c.secure():
		return fault.Input("redirect-addr", "there is no HTTPS to lead to; name a certificate with --tls-cert, or --acme. A proxy in front that ends TLS redirects by itself")
	}
	return nil
}

// wayToTLS leads whoever asks by plain HTTP for one of our hosts to the same path
// by https; GET and HEAD with 301, everything else with 308, which keeps the
// method. The target is made of the configuration and the path, never of what a
// request says of its host: other hosts get 421.
func wayToTLS(cfg *Config) (http.Handler, error) {
	base, err := url.Parse(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	origins := map[string]string{}
	for _, name := range cfg.names() {
		to := url.URL{Scheme: "https", Host: strings.ToLower(name)}
		if strings.Contains(name, ":") || base.Port() != "" {
			to.Host = strings.TrimSuffix(net.JoinHostPort(to.Host, base.Port()), ":")
		}
		origins[strings.ToLower(name)] = to.String()
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Connection"] = []string{"close"}
		h["X-Content-Type-Options"] = []string{"nosniff"}
		origin, ok := origins[strings.ToLower((&url.URL{Host: r.Host}).Hostname())]
		path := r.URL.RequestURI()
		switch {
		case !ok:
			h["Cache-Control"] = []string{"no-store"}
			http.Error(w, "this server does not answer for this host", http.StatusMisdirectedRequest)
			return
		case !strings.HasPrefix(path, "/"):
			http.Error(w, "the address has no path", http.StatusBadRequest)
			return
		}
		status := http.StatusPermanentRedirect
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			status = http.StatusMovedPermanently
		}
		h["Cache-Control"] = []string{"public, max-age=300"} // it may be taken back
		h["Location"] = []string{origin + path}
		h["Content-Type"] = []string{"text/plain; charset=utf-8"}
		w.WriteHeader(status)
		if r.Method != http.MethodHead {
			_, _ = w.Write([]byte("this site is at " + origin + "\n"))
		}
	}), nil
}

// byName hands requests on without the port of their host: an authority may have
// come by a port that leads here.
func byName(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		named := *r
		named.Host = (&url.URL{Host: r.Host}).Hostname()
		h.ServeHTTP(w, &named)
	})
}

// plain answers on the address for plain HTTP.
type plain struct {
	server server
	addr   string
	ended  chan struct{}
}

// redirect opens that address if there is to be one.
func (f *Front) redirect() error {
	if f.cfg.RedirectAddr == "" {
		return nil
	}
	way, err := wayToTLS(&f.cfg)
	if err != nil {
		return err
	}
	if f.certs.challenge != nil {
		way = f.certs.challenge(way)
	}
	ln, err := net.Listen("tcp", f.cfg.RedirectAddr)
	if err != nil {
		return fault.New(fault.Unavailable, "cannot listen on %s: %w; choose another address with --redirect-addr", f.cfg.RedirectAddr, err)
	}
	behind := &http.Server{Handler: way, ReadHeaderTimeout: plainWithin, ReadTimeout: plainWithin, WriteTimeout: plainWithin, IdleTimeout: plainWithin,
		MaxHeaderBytes: plainHead, ErrorLog: slog.NewLogLogger(f.log.Handler(), slog.LevelWarn)}
	p := &plain{server: behind, addr: ln.Addr().String(), ended: make(chan struct{})}
	if f.cfg.FastPath != "off" {
		// Never opened, so that it answers nothing by itself: it bounds connections.
		p.server = fast.New(behind, fast.Options{Log: f.log, MaxConns: plainConns, PerClient: f.cfg.ClientConns, Exempt: f.proxies.Trusts})
	}
	f.plain = p
	go func() {
		defer close(p.ended)
		if err := p.server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			f.log.Error("plain HTTP is not redirected any more", "err", err)
		}
	}()
	return nil
}

// close cuts off whoever is still there.
func (p *plain) close() error {
	if p == nil {
		return nil
	}
	err := p.server.Close()
	<-p.ended
	return err
}

// Plain returns the address where plain HTTP is redirected, empty if it is not.
func (f *Front) Plain() string {
	if f.plain == nil {
		return ""
	}
	return f.plain.addr
}

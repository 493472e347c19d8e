package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"warta/internal/fault"
	"warta/internal/web"
)

// acmeDefault is where certificates come from if nobody says otherwise.
const acmeDefault = autocert.DefaultACMEDirectory

// checkTLS returns an Invalid error for a combination that cannot be.
func (c *Config) checkTLS() error {
	files := c.TLSCert != "" || c.TLSKey != ""
	switch {
	case files && c.TLSCert == "":
		return fault.Input("tls-cert", "--tls-key needs the certificate that belongs to it; name it with --tls-cert")
	case files && c.TLSKey == "":
		return fault.Input("tls-key", "--tls-cert needs its private key; name it with --tls-key")
	case files && c.ACME:
		return fault.Input("acme", "certificates come from files or by ACME, not both; leave --acme or --tls-cert out")
	case c.secure() && !strings.HasPrefix(c.BaseURL, "https://"):
		return fault.Input("base-url", "%q is not https, and readers would be served by TLS; write https://", c.BaseURL)
	case c.ACME && !strings.Contains(hostOf(c.BaseURL), "."):
		return fault.Input("acme", "no authority vouches for %q; --base-url needs a public name", hostOf(c.BaseURL))
	}
	return nil
}

// secure reports whether this process speaks TLS itself.
func (c *Config) secure() bool { return c.ACME || c.TLSCert != "" || c.TLSKey != "" }

func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// names are the hosts that certificates are for.
func (c *Config) names() []string {
	list := []string{hostOf(c.BaseURL)}
	for _, h := range c.Hosts {
		list = append(list, hostOf("//"+web.ASCIIHost(h)))
	}
	return list
}

// certificates is where certificates come from: a pair of files, or ACME.
type certificates struct {
	config *tls.Config
	files  *pair // nil: ACME
	hosts  []string
	log    *slog.Logger
	// challenge answers the authority's questions by plain HTTP, and has the others
	// answered by a handler; nil: it asks none.
	challenge func(http.Handler) http.Handler
}

// newCertificates returns what the configuration names, nil for none. Files have
// to be there.
func newCertificates(cfg *Config, log *slog.Logger) (*certificates, error) {
	if !cfg.secure() {
		return nil, nil
	}
	c := &certificates{log: log, hosts: cfg.names(), config: &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1", "http/1.0"}}}
	if cfg.ACME {
		m, err := newACME(cfg)
		if err != nil {
			return nil, err
		}
		c.config.GetCertificate = m.GetCertificate
		c.challenge = func(others http.Handler) http.Handler { return byName(m.HTTPHandler(others)) }
		c.config.NextProtos = append(c.config.NextProtos, acme.ALPNProto)
		return c, nil
	}
	c.files = &pair{cert: cfg.TLSCert, key: cfg.TLSKey, log: log}
	if err := c.files.load(); err != nil {
		return nil, err
	}
	c.config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.files.current.Load(), nil }
	return c, nil
}

// When it is tried again to get a certificate that did not come; the last one
// from then on. Authorities count failures.
var acmeRetries = []time.Duration{2 * time.Minute, 15 * time.Minute, time.Hour}

// watch sees to it until ctx ends that certificates are there and current:
// before the first reader asks for one. Later ones by ACME come by themselves.
func (c *certificates) watch(ctx context.Context) {
	if c.files != nil {
		c.files.watch(ctx, lookEvery)
		return
	}
	for _, host := range c.hosts {
		for try := 0; ; try++ {
			err := c.get(ctx, host)
			if ctx.Err() != nil {
				return
			}
			if err == nil {
				c.log.Info("certificate is there", "host", host)
				break
			}
			wait := acmeRetries[min(try, len(acmeRetries)-1)]
			c.log.Error("no certificate came, trying again", "host", host, "after", wait, "err", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(wait):
			}
		}
	}
}

// get asks for the certificate of a host, of the kind that all clients of today
// take. It does not wait beyond ctx, of which autocert knows nothing: its own bound
// is five minutes.
func (c *certificates) get(ctx context.Context, host string) error {
	done := make(chan error, 1)
	go func() {
		_, err := c.config.GetCertificate(&tls.ClientHelloInfo{ServerName: host, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
			SupportedCurves: []tls.CurveID{tls.CurveP256}, SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256}})
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// newACME asks an authority for certificates of the site's hosts, by the
// challenge that needs no other port (RFC 8737). They are kept in the data folder.
func newACME(cfg *Config) (*autocert.Manager, error) {
	client := &acme.Client{DirectoryURL: cfg.ACMEDirectory, UserAgent: "warta"}
	if client.DirectoryURL == "" {
		client.DirectoryURL = acmeDefault
	}
	if cfg.ACMERoot != "" {
		pem, err := os.ReadFile(cfg.ACMERoot)
		if err != nil {
			return nil, fault.Input("acme-root", "the file cannot be read: %v", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fault.Input("acme-root", "%s holds no certificate", cfg.ACMERoot)
		}
		client.HTTPClient = &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, Proxy: http.ProxyFromEnvironment}}
	}
	return &autocert.Manager{Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(filepath.Join(cfg.Data, "acme")),
		HostPolicy: autocert.HostWhitelist(cfg.names()...), Email: cfg.ACMEEmail, Client: client}, nil
}

// pair is a certificate and its key in files, which somebody else renews.
type pair struct {
	cert, key string
	log       *slog.Logger
	current   atomic.Pointer[tls.Certificate]

	mu   sync.Mutex
	seen [2]stamp // of the files when they were last read, whatever came of it
}

// stamp tells one state of a file from another.
type stamp struct {
	at   time.Time
	size int64
}

func stampOf(name string) stamp {
	info, err := os.Stat(name) // through links, by which most tools renew
	if err != nil {
		return stamp{}
	}
	return stamp{info.ModTime(), info.Size()}
}

// load reads the files. If they cannot be used, what was read before stays.
func (p *pair) load() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = [2]stamp{stampOf(p.cert), stampOf(p.key)}
	return p.read()
}

func (p *pair) read() error {
	c, err := tls.LoadX509KeyPair(p.cert, p.key)
	if err != nil {
		return fault.Input("tls-cert", "the certificate %s and the key %s cannot be used: %v", p.cert, p.key, err)
	}
	p.current.Store(&c)
	return nil
}

// changed reports whether the files are others than those that were last read.
func (p *pair) changed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen != [2]stamp{stampOf(p.cert), stampOf(p.key)}
}

// renew reads the files again and says in the log what came of it.
func (p *pair) renew() {
	if err := p.load(); err != nil {
		p.log.Error("certificate not renewed, the one before is used on", "err", err)
		return
	}
	p.log.Info("certificate read again", "file", p.cert, "until", p.current.Load().Leaf.NotAfter)
}

// lookEvery is how often it is looked whether the files are others.
const lookEvery = 10 * time.Second

// watch reads the files again when they change, until ctx ends. A tool that
// renews both writes one after the other: what does not fit is read again at the
// next change, which is the other one.
func (p *pair) watch(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if p.changed() {
				p.renew()
			}
		}
	}
}

// RenewTLS reads the certificate's files again.
func (f *Front) RenewTLS() {
	if f.certs != nil && f.certs.files != nil {
		f.certs.files.renew()
	}
}

// CheckTLS looks at the certificate of a configuration: whether it can be used,
// is for the site's host, and lasts.
func CheckTLS(cfg Config, now time.Time) (fine string, err error) {
	if cfg.ACME {
		return "certificates come by ACME, to " + filepath.Join(cfg.Data, "acme"), nil
	}
	c, err := newCertificates(&cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	leaf := c.files.current.Load().Leaf
	if err := leaf.VerifyHostname(hostOf(cfg.BaseURL)); err != nil {
		return "", fault.Input("tls-cert", "the certificate is not for %s: %v", hostOf(cfg.BaseURL), err)
	}
	if now.After(leaf.NotAfter) || now.Before(leaf.NotBefore) {
		return "", fault.Input("tls-cert", "the certificate is valid from %s to %s, and not now", leaf.NotBefore.Format(time.DateOnly), leaf.NotAfter.Format(time.DateOnly))
	}
	return "certificate valid until " + leaf.NotAfter.Format(time.DateOnly), nil
}

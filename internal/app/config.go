// Package app wires Warta together: configuration, and everything that is
// built once and started and stopped in order. It is used by cmd and by tests.
package app

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"warta/internal/deliver"
	"warta/internal/fault"
	"warta/internal/provider"
	"warta/internal/web"
)

// Config is every value that an operator sets. The tags name the flags, the
// environment variables and the defaults; see cmd/warta.
type Config struct {
	Data     string   `help:"Folder for the database and pictures." default:"./warta-data" env:"WARTA_DATA" placeholder:"DIR"`
	Database string   `help:"Database: postgres://… or the path of an SQLite file (default: warta.db in the data folder)." env:"WARTA_DATABASE" placeholder:"URL"`
	Listen   string   `help:"Address to listen on." default:"127.0.0.1:8080" env:"WARTA_LISTEN" placeholder:"ADDR"`
	BaseURL  string   `help:"Address under which readers reach the site." default:"http://localhost:8080" env:"WARTA_BASE_URL" placeholder:"URL"`
	Hosts    []string `help:"Further hosts whose requests are redirected to the site, separated by commas." env:"WARTA_HOSTS" placeholder:"HOST"`
	Proxies  []string `name:"trusted-proxies" help:"Networks of the proxies in front, separated by commas: whom they name as the sender counts for limits." env:"WARTA_TRUSTED_PROXIES" placeholder:"CIDR"`
	Theme    string   `help:"Folder with the newsroom's own templates, tokens and strings." env:"WARTA_THEME" placeholder:"DIR"`

	PageMemory Size `name:"page-memory" help:"Memory for rendered pages, at least 1MiB; others come from the page store." default:"64MiB" env:"WARTA_PAGE_MEMORY" placeholder:"SIZE"`

	PageStore Size `name:"page-store" help:"Disk that rendered pages may take, in the data folder; 0: none." default:"4GiB" env:"WARTA_PAGE_STORE" placeholder:"SIZE"`

	ClientConns int `name:"client-connections" help:"Connections that one client network (IPv4 address, 64 bits of IPv6) may have open, loopback and --trusted-proxies apart; 0: any number." default:"512" env:"WARTA_CLIENT_CONNECTIONS" placeholder:"N"`

	PictureMemory Size `name:"picture-memory" help:"Memory for pictures that are asked for often, each of at most a 64th of it; 0: none." default:"64MiB" env:"WARTA_PICTURE_MEMORY" placeholder:"SIZE"`

	PurgeURLs   []string      `name:"purge-url" help:"Addresses of the caches in front that are told what changed, separated by commas." env:"WARTA_PURGE_URL" placeholder:"URL"`
	PurgeMethod string        `help:"Method of that call." default:"PURGE" env:"WARTA_PURGE_METHOD" placeholder:"METHOD"`
	PurgeHeader string        `help:"Its header line that lists the tags of what changed." default:"Surrogate-Key" env:"WARTA_PURGE_HEADER" placeholder:"NAME"`
	CacheAge    time.Duration `help:"How long shared caches may keep a page: 5m by default where they are told, else not at all; without --purge-url at most 10s, which every takedown then waits for." env:"WARTA_CACHE_AGE" placeholder:"DURATION"`
	RenderWait  time.Duration `name:"render-wait" help:"Length of the queue of renderings from which pages that changed are served as they were; four times as much, and pages that nobody has are refused." default:"500ms" env:"WARTA_RENDER_WAIT" placeholder:"TIME"`

	SMTPHost     string `name:"smtp-host" help:"Mail server; without one, mails stay in the newsroom's outbox." env:"WARTA_SMTP_HOST" placeholder:"HOST"`
	SMTPPort     int    `name:"smtp-port" help:"Its port (default: 587, or 465 with tls, or 25 with none)." env:"WARTA_SMTP_PORT" placeholder:"N"`
	SMTPUser     string `name:"smtp-user" help:"Account at the mail server." env:"WARTA_SMTP_USER" placeholder:"NAME"`
	SMTPPassword string `name:"smtp-password" help:"Its password; better in the environment or the configuration file." env:"WARTA_SMTP_PASSWORD" placeholder:"TEXT"`
	SMTPFrom     string `name:"smtp-from" help:"Address that mails come from." env:"WARTA_SMTP_FROM" placeholder:"ADDRESS"`
	SMTPTLS      string `name:"smtp-tls" help:"Protection of the connection: starttls, tls, none." default:"starttls" enum:"starttls,tls,none" env:"WARTA_SMTP_TLS"`

	OIDC string `name:"oidc" help:"File with the OpenID Connect providers by which readers sign in, as a JSON list." env:"WARTA_OIDC" placeholder:"FILE"`

	StripeKey    string `name:"stripe-key" help:"Secret key of Stripe, for memberships paid by card; better in the environment or the configuration file." env:"WARTA_STRIPE_KEY" placeholder:"TEXT"`
	StripeSecret string `name:"stripe-secret" help:"Secret that signs Stripe's messages to /pay/stripe." env:"WARTA_STRIPE_SECRET" placeholder:"TEXT"`
	StripeURL    string `name:"stripe-url" help:"Address of Stripe's interface (default: its own)." env:"WARTA_STRIPE_URL" placeholder:"URL"`
	MidtransKey  string `name:"midtrans-key" help:"Server key of Midtrans, for memberships paid by QRIS, e-wallet and virtual account; better in the environment or the configuration file." env:"WARTA_MIDTRANS_KEY" placeholder:"TEXT"`
	MidtransURL  string `name:"midtrans-url" help:"Address of Midtrans's interface (default: its own)." env:"WARTA_MIDTRANS_URL" placeholder:"URL"`
	MidtransSnap string `name:"midtrans-snap-url" help:"Address of Midtrans Snap (default: its own)." env:"WARTA_MIDTRANS_SNAP_URL" placeholder:"URL"`

	HookAllow []string `name:"hook-allow" help:"Services on private addresses (IP:PORT) that may judge comments, separated by commas; others have to be public." env:"WARTA_HOOK_ALLOW" placeholder:"IP:PORT"`

	PageLabels  string `name:"page-labels" help:"File with the words by which imports of web pages tell story from furniture (default: built in; \"warta import page --rules labels\" prints them)." env:"WARTA_PAGE_LABELS" placeholder:"FILE"`
	PagePortals string `name:"page-portals" help:"File with the rules for single outlets' pages (default: built in; \"warta import page --rules portals\" prints them)." env:"WARTA_PAGE_PORTALS" placeholder:"FILE"`

	TLSCert string `name:"tls-cert" help:"File with the site's certificate and those between it and its authority, in PEM; HTTPS is spoken then." env:"WARTA_TLS_CERT" placeholder:"FILE"`
	TLSKey  string `name:"tls-key" help:"File with its private key." env:"WARTA_TLS_KEY" placeholder:"FILE"`

	HSTS         string `name:"hsts" help:"Strict-Transport-Security of a site whose base URL is https, or off." default:"max-age=31536000" env:"WARTA_HSTS" placeholder:"VALUE"`
	RedirectAddr string `name:"redirect-addr" help:"Address that leads plain HTTP to the https site where Warta speaks TLS itself, such as :80 (default: none)." env:"WARTA_REDIRECT_ADDR" placeholder:"ADDR"`

	ACME          bool   `name:"acme" help:"Get certificates by ACME for the site's hosts, which accepts the authority's terms; needs port 443." env:"WARTA_ACME"`
	ACMEEmail     string `name:"acme-email" help:"Address that the authority may write to." env:"WARTA_ACME_EMAIL" placeholder:"ADDRESS"`
	ACMEDirectory string `name:"acme-directory" help:"Address of the authority (default: Let's Encrypt)." env:"WARTA_ACME_DIRECTORY" placeholder:"URL"`
	ACMERoot      string `name:"acme-root" help:"File with the certificate that vouches for an authority of one's own." env:"WARTA_ACME_ROOT" placeholder:"FILE"`

	MetricsAddr   string `name:"metrics-addr" help:"Private address that answers Prometheus and pprof, such as 127.0.0.1:9464 (default: none)." env:"WARTA_METRICS_ADDR" placeholder:"ADDR"`
	MetricsPublic bool   `name:"metrics-public" help:"Let --metrics-addr be reached from other machines: whoever reaches it needs no password." env:"WARTA_METRICS_PUBLIC"`

	FastPath string `name:"fast-path" help:"Whether ready pages are answered before Go's net/http, with the same answers: on or off." default:"on" enum:"on,off" env:"WARTA_FAST_PATH"`

	Log string `help:"Form of the log: text or json." default:"text" enum:"text,json" env:"WARTA_LOG"`

	// Encoders is whether this program may be started anew with Encoder as its only
	// argument, to encode pictures apart.
	Encoders bool `kong:"-"`
}

// hookPorts are the ports on which a service that judges comments may listen.
func (c *Config) hookPorts() []int {
	ports := []int{80, 443}
	for _, a := range c.HookAllow {
		if at, err := netip.ParseAddrPort(a); err == nil {
			ports = append(ports, int(at.Port()))
		}
	}
	return ports
}

// Check returns an Invalid error that names the first value that cannot be.
func (c *Config) Check() error {
	u, err := url.Parse(c.BaseURL)
	switch {
	case err == nil && (u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80"):
		return fault.Input("base-url", "%q names the port that its scheme has anyway; browsers leave it out, so leave it out here", c.BaseURL)
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return fault.Input("base-url", "%q is not a full address such as https://kabar.example", c.BaseURL)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return fault.Input("base-url", "%q must end after the host: Warta serves a whole host", c.BaseURL)
	}
	for _, h := range c.Hosts {
		if u, err := url.Parse("//" + web.ASCIIHost(h) + "/"); err != nil || u.Host != web.ASCIIHost(h) || u.Hostname() == "" || u.User != nil {
			return fault.Input("hosts", "%q is not a host such as lama.example; leave out https:// and what comes behind the host", h)
		}
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fault.Input("listen", "%q is not an address such as 127.0.0.1:8080 or :8080", c.Listen)
	}
	for _, check := range []func() error{c.checkPay, c.checkMetrics, c.checkTLS, c.checkStrict, c.checkPlain} {
		if err := check(); err != nil {
			return err
		}
	}
	if c.RenderWait < 0 || c.RenderWait > time.Minute {
		return fault.Input("render-wait", "%s is not a time between 1ms and 1m", c.RenderWait)
	}
	if c.PageMemory != 0 && c.PageMemory < 1<<20 {
		return fault.Input("page-memory", "%s is too little for pages; take at least 1MiB", c.PageMemory)
	}
	if c.ClientConns < 0 {
		return fault.Input("client-connections", "%d is not a number of connections; 0 sets no bound", c.ClientConns)
	}
	if c.Data == "" {
		return fault.Input("data", "a data folder is needed")
	}
	if _, err := web.NewProxies(c.Proxies); err != nil {
		return err
	}
	if err := c.checkCaches(); err != nil {
		return err
	}
	if _, err := c.providers(); err != nil {
		return err
	}
	return c.mailServer().Check()
}

// providers returns by whom readers sign in.
func (c *Config) providers() ([]provider.Config, error) {
	if c.OIDC == "" {
		return nil, nil
	}
	return provider.Load(c.OIDC)
}

func (c *Config) mailServer() deliver.Server {
	return deliver.Server{Host: c.SMTPHost, Port: c.SMTPPort, User: c.SMTPUser, Password: c.SMTPPassword,
		From: c.SMTPFrom, TLS: deliver.TLS(c.SMTPTLS)}
}

// checkMetrics refuses an address from which others could read the figures and
// make the server write profiles, unless somebody said that they may.
func (c *Config) checkMetrics() error {
	if c.MetricsAddr == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(c.MetricsAddr)
	_, listen, _ := net.SplitHostPort(c.Listen)
	switch {
	case err != nil:
		return fault.Input("metrics-addr", "%q is not an address such as 127.0.0.1:9464", c.MetricsAddr)
	case port == listen && port != "0":
		return fault.Input("metrics-addr", "%q has the port of --listen; metrics need one of their own, such as 127.0.0.1:9464", c.MetricsAddr)
	case !loopback(c.MetricsAddr) && !c.MetricsPublic:
		return fault.Input("metrics-addr", "%q can be reached from other machines, and whoever reaches it needs no password; "+
			"take a 127.0.0.1 address, or say --metrics-public if a firewall guards it", c.MetricsAddr)
	}
	return nil
}

// Loopback reports whether the listening address is reachable from this machine
// only.
func (c *Config) Loopback() bool { return loopback(c.Listen) }

func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Logger returns the log in the configured form, on standard error.
func (c *Config) Logger() *slog.Logger {
	if c.Log == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}

// postgres reports whether the database is a server, which may be away.
func (c *Config) postgres() bool {
	return strings.HasPrefix(c.Database, "postgres://") || strings.HasPrefix(c.Database, "postgresql://")
}

func (c *Config) pages() string { return filepath.Join(c.Data, "pages") }

func (c *Config) blobs() string { return filepath.Join(c.Data, "files") }

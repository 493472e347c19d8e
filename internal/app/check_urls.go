package app

import (
	"cmp"
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"warta/internal/edition"
	"warta/internal/fault"
	"warta/internal/fetch"
	"warta/internal/parity"
)

// The names of what a check of old addresses gives.
type (
	URLResult   = parity.Result
	URLSummary  = parity.Summary
	URLProgress = parity.Progress
	URLVerdict  = parity.Verdict
)

// URLVerdicts are what can become of an old address, in the order of a report.
var URLVerdicts = parity.Verdicts

// URLCheck chooses how old addresses are asked for.
type URLCheck struct {
	Inputs   []string // files, "-" for Stdin, and addresses of sitemaps with Fetch
	Stdin    io.Reader
	Server   string // where to ask; empty: the base URL
	Host     string // of paths that name none; empty: the site's own
	Kind     string // list, sitemap, log; empty: as the inputs look
	Fetch    bool
	Files    bool
	Parallel int
	Distinct int
	Keep     int
	Progress func(URLProgress)
	// Core opens the database, to look up ids of other systems; nil: they are refused.
	Core func() (*Core, error)
}

// maxFetched bounds a sitemap that is fetched, in bytes as they are sent.
const maxFetched = 64 << 20

// CheckURLs asks a running server for old addresses; see parity.Check.Run.
func CheckURLs(ctx context.Context, cfg Config, u URLCheck, emit func(URLResult) error) (_ URLSummary, err error) {
	if err := cfg.Check(); err != nil {
		return URLSummary{}, err
	}
	o := parity.Options{Server: cmp.Or(u.Server, cfg.BaseURL), BaseURL: cfg.BaseURL, Hosts: cfg.Hosts, Host: u.Host, StoryID: edition.StoryID, Kind: parity.Kind(u.Kind),
		Files: u.Files, Parallel: u.Parallel, Distinct: u.Distinct, Keep: u.Keep, Progress: u.Progress}
	if u.Fetch {
		client := fetch.New(fetch.Options{Allow: append(serverAt(o.Server), serverAt(o.BaseURL)...)})
		defer client.Close()
		o.Sitemap = func(ctx context.Context, address string) (parity.Body, error) {
			s, err := client.Open(ctx, address, maxFetched)
			if err != nil {
				return parity.Body{}, err
			}
			return parity.Body{ReadCloser: s.Body}, nil
		}
	}
	if u.Core != nil {
		var core *Core
		defer func() {
			if core != nil {
				core.Close()
			}
		}()
		o.StoriesByURI = func(ctx context.Context, uris []string) (_ map[string]int64, err error) {
			if core == nil {
				if core, err = u.Core(); err != nil {
					return nil, err
				}
			}
			return core.DB.StoriesByURI(ctx, uris)
		}
	}
	inputs, err := urlInputs(&u, o.Sitemap)
	if err != nil {
		return URLSummary{}, err
	}
	c, err := parity.New(o)
	if err != nil {
		return URLSummary{}, err
	}
	return c.Run(ctx, inputs, emit)
}

// serverAt lets the operator's own server be fetched from, if its address is an IP.
func serverAt(server string) []string {
	u, err := url.Parse(server)
	if err != nil {
		return nil
	}
	port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	if net.ParseIP(u.Hostname()) == nil {
		if !loopback(net.JoinHostPort(u.Hostname(), port)) {
			return nil
		}
		return []string{net.JoinHostPort(u.Hostname(), port), net.JoinHostPort("127.0.0.1", port), net.JoinHostPort("::1", port)}
	}
	return []string{net.JoinHostPort(u.Hostname(), port)}
}

// urlInputs are what addresses are read from.
func urlInputs(u *URLCheck, sitemap func(context.Context, string) (parity.Body, error)) (list []parity.Input, err error) {
	for _, name := range u.Inputs {
		in := parity.Input{Name: name}
		switch {
		case name == "-":
			in.Name = "standard input"
			in.Open = func(context.Context) (parity.Body, error) {
				return parity.Body{ReadCloser: io.NopCloser(u.Stdin)}, nil
			}
		case strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://"):
			if sitemap == nil {
				return nil, fault.Input("input", "%s is fetched only with --fetch", name)
			}
			in.Open = func(ctx context.Context) (parity.Body, error) {
				b, err := sitemap(ctx, name)
				if f := fault.Find(err); f != nil {
					err = fault.New(f.Kind, "%s cannot be fetched: %s", name, f.Message)
				}
				return b, err
			}
		default:
			st, err := os.Stat(name)
			if err != nil {
				return nil, fault.Input("input", "%s cannot be read: %w", name, err)
			}
			if st.IsDir() {
				return nil, fault.Input("input", "%s is a folder; name the files in it", name)
			}
			in.Dir = filepath.Dir(name)
			in.Open = func(context.Context) (parity.Body, error) {
				f, err := os.Open(name)
				if err != nil {
					return parity.Body{}, fault.Input("input", "%s cannot be read: %w", name, err)
				}
				return parity.Body{ReadCloser: f, Size: st.Size()}, nil
			}
		}
		list = append(list, in)
	}
	return list, nil
}

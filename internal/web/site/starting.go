package site

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"log/slog"
	"net/http"

	"warta/internal/fault"
	"warta/internal/web"
)

// RetryAfter is in how many seconds a reader may try again whom the site cannot
// answer; a database that comes back is noticed within a second.
const RetryAfter = "5"

// errStarting says why nobody is answered yet.
var errStarting = errors.New("starting")

// StartingParts are what answers need while there is no site yet. All are
// required.
type StartingParts struct {
	Assets http.Handler // answers below /assets/
	Hosts  *web.Hosts
	Policy string // the content security policy
	Alone  func(status int, id string) ([]byte, error)
	Log    *slog.Logger
}

// Starting stands in for a Site until there is a database: it answers 503, but
// assets and health checks.
type Starting struct{ p StartingParts }

// NewStarting returns the door of a site that is not there yet.
func NewStarting(p StartingParts) *Starting { return &Starting{p: p} }

// Routes are all addresses of the door. What is sent is asked to wait as well:
// an open editor and an upload take "not now" for a reason to come back, and any
// other refusal for the last word.
func (s *Starting) Routes() []web.Route {
	routes := []web.Route{
		{Method: "GET", Pattern: "/healthz", Visibility: web.Machine, Capability: web.NoCapability, Handler: s.healthz, AnyHost: true},
		{Method: "GET", Pattern: "/readyz", Visibility: web.Machine, Capability: web.NoCapability, Handler: s.readyz, AnyHost: true},
		{Method: "GET", Pattern: "/assets/{path...}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.asset},
	}
	for _, method := range []string{"GET", "POST", "PATCH", "DELETE"} {
		routes = append(routes, web.Route{Method: method, Pattern: "/{path...}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.wait})
	}
	return routes
}

// Handler returns the door as one handler, with the same host check and headers
// as a Site.
func (s *Starting) Handler() (http.Handler, error) { return handler(s.Routes(), s.answer, s.p.Policy) }

func (s *Starting) answer(route web.Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verdict := s.p.Hosts.Judge(r.Host)
		switch {
		case !route.AnyHost && verdict == web.HostUnknown:
			misdirected(w)
		case !route.AnyHost && verdict == web.HostAlias:
			s.wait(w, r) // where it leads is in the database
		default:
			if err := route.Handler(w, r); err != nil {
				s.p.Log.Warn("request failed while starting", "path", r.URL.Path, "err", err)
			}
		}
	})
}

func (s *Starting) healthz(w http.ResponseWriter, _ *http.Request) error { return healthz(w) }

func (s *Starting) readyz(w http.ResponseWriter, _ *http.Request) error {
	return readyz(w, fault.New(fault.Unavailable, "%w", errStarting))
}

func (s *Starting) asset(w http.ResponseWriter, r *http.Request) error {
	s.p.Assets.ServeHTTP(w, r)
	return nil
}

func (s *Starting) wait(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Retry-After", RetryAfter)
	alone(w, s.p.Alone, http.StatusServiceUnavailable, "")
	return nil
}

// healthz says that the process runs.
func healthz(w http.ResponseWriter) error {
	plain(w, http.StatusOK, "ok")
	return nil
}

// readyz says whether readers can be answered.
func readyz(w http.ResponseWriter, err error) error {
	if err != nil {
		plain(w, http.StatusServiceUnavailable, "not ready: "+fault.Message(err))
		return nil
	}
	plain(w, http.StatusOK, "ready")
	return nil
}

func misdirected(w http.ResponseWriter) {
	plain(w, http.StatusMisdirectedRequest, "this site is not served under that host name")
}

// alone answers without the page engine: it may be what is broken.
func alone(w http.ResponseWriter, print func(int, string) ([]byte, error), status int, id string) {
	body, err := print(status, id)
	if err != nil {
		plain(w, status, "something went wrong on our side; please try again")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(body) // an error of the connection is the client's
}

// plain answers with one line, for machines and for when nothing else works.
func plain(w http.ResponseWriter, status int, message string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write([]byte(message + "\n"))
}

// requestID returns a short random id that people can read out.
func requestID() string {
	var b [5]byte
	rand.Read(b[:])
	return base32.StdEncoding.EncodeToString(b[:])
}

// Package site is the readers' door: pages, feeds and sitemaps out of the page
// engine, pictures, assets, health checks. It renders nothing itself.
package site

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"warta/internal/edition"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/page"
	"warta/internal/web"
)

// Pictures hands out renditions of public pictures.
type Pictures interface {
	// PublicAddress returns the picture and crop of a token; NotFound unless a
	// live story shows it.
	PublicAddress(ctx context.Context, token string) (media.Picture, media.Crop, error)
	// Open returns one rendition; it waits for one that is being made.
	Open(ctx context.Context, p media.Picture, crop media.Crop, width int, f media.Format) (*media.Rendition, error)
}

// Redirects finds where addresses of other hosts lead.
type Redirects interface {
	Redirect(ctx context.Context, host, path string) (string, error)
}

// Counter counts reads.
type Counter interface {
	// Read notes that a story's page was sent. It must not block.
	Read(storyID int64, userAgent string)
}

// Parts are what the door needs. All are required.
type Parts struct {
	Engine    *page.Engine
	Pictures  Pictures
	Redirects Redirects
	Counter   Counter
	Assets    http.Handler // answers below /assets/
	Hosts     *web.Hosts
	Classes   *web.Classes
	BaseURL   string
	Policy    string       // the content security policy
	Ready     func() error // nil: ready to answer
	Log       *slog.Logger
}

// Site answers readers.
type Site struct{ p Parts }

// New returns the door.
func New(p Parts) *Site { return &Site{p: p} }

// Routes are all addresses of the door. What a path means beyond its first word
// is decided by the edition.
func (s *Site) Routes() []web.Route {
	return []web.Route{
		{Method: "GET", Pattern: "/healthz", Visibility: web.Machine, Capability: web.NoCapability, Handler: s.healthz, AnyHost: true},
		{Method: "GET", Pattern: "/readyz", Visibility: web.Machine, Capability: web.NoCapability, Handler: s.readyz, AnyHost: true},
		{Method: "GET", Pattern: "/assets/{path...}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.asset},
		{Method: "GET", Pattern: "/favicon.ico", Visibility: web.Public, Capability: web.NoCapability, Handler: s.favicon},
		{Method: "GET", Pattern: "/media/card/{file}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.page},
		{Method: "GET", Pattern: "/media/site/{file}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.page},
		{Method: "GET", Pattern: "/media/{token}/{file}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.picture},
		{Method: "GET", Pattern: "/{path...}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.page},
	}
}

// Handler returns the door as one handler: host check, security headers, the
// routes, and the answer to errors.
func (s *Site) Handler() (http.Handler, error) {
	mux, err := web.Mux(s.Routes(), s.answer)
	if err != nil {
		return nil, err
	}
	guard := http.NewCrossOriginProtection()
	return guard.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		web.SecurityHeaders(w.Header(), s.p.Policy)
		mux.ServeHTTP(w, r)
	})), nil
}

// answer wraps a route: the host decides before anything else, and an error
// that comes back is answered once, here.
func (s *Site) answer(route web.Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !route.AnyHost {
			switch s.p.Hosts.Judge(r.Host) {
			case web.HostAlias:
				s.alias(w, r)
				return
			case web.HostUnknown:
				s.plain(w, r, http.StatusMisdirectedRequest, "this site is not served under that host name")
				return
			}
		}
		if err := route.Handler(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// alias sends a request for another of our hosts to the site, by host and path.
func (s *Site) alias(w http.ResponseWriter, r *http.Request) {
	target, err := s.p.Redirects.Redirect(r.Context(), strings.ToLower(r.Host), r.URL.RequestURI())
	if err != nil {
		target = s.p.BaseURL + r.URL.RequestURI()
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, target, http.StatusMovedPermanently)
}

// page answers every address that the page engine keeps.
func (s *Site) page(w http.ResponseWriter, r *http.Request) error {
	path := r.URL.Path
	if len(path) > 2000 || strings.HasPrefix(path, "/!") {
		return fault.New(fault.NotFound, "there is no page at this address")
	}
	if len(path) > 1 && strings.HasSuffix(path, "/") {
		target := &url.URL{Path: "/" + strings.Trim(path, "/"), RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, target.RequestURI(), http.StatusMovedPermanently)
		return nil
	}
	resp, err := s.p.Engine.Get(r.Context(), edition.Key(path, r.URL.RawQuery), s.p.Classes.Of(r))
	if err != nil {
		return err
	}
	resp.Serve(w, r)
	if resp.Status == http.StatusOK && r.Method == http.MethodGet {
		if id, ok := edition.StoryID(path); ok {
			s.p.Counter.Read(id, r.UserAgent())
		}
	}
	return nil
}

// picture answers with a rendition of a picture that a live story shows.
func (s *Site) picture(w http.ResponseWriter, r *http.Request) error {
	width, format, ok := media.ParseFile(r.PathValue("file"))
	if !ok {
		return fault.New(fault.NotFound, "there is no picture at this address")
	}
	pic, crop, err := s.p.Pictures.PublicAddress(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	out, err := s.p.Pictures.Open(r.Context(), pic, crop, width, format)
	if err != nil {
		return err
	}
	defer out.Close()
	h := w.Header()
	h.Set("Content-Type", format.MIME())
	h.Set("Cache-Control", "public, max-age=600")
	h.Set("Surrogate-Key", media.Tag(pic.ID))
	h.Set("ETag", `"`+out.ETag+`"`)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(w, r, "", time.Time{}, out)
	return nil
}

func (s *Site) asset(w http.ResponseWriter, r *http.Request) error {
	s.p.Assets.ServeHTTP(w, r)
	return nil
}

func (s *Site) favicon(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, "/media/site/icon.png", http.StatusFound)
	return nil
}

// healthz says that the process runs.
func (s *Site) healthz(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, err := w.Write([]byte("ok\n"))
	return ignore(err)
}

// readyz says that it can answer readers.
func (s *Site) readyz(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	if err := s.p.Ready(); err != nil {
		s.plain(w, r, http.StatusServiceUnavailable, "not ready: "+fault.Message(err))
		return nil
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte("ready\n"))
	return ignore(err)
}

// ignore drops an error of the connection: it is the client's.
func ignore(error) error { return nil }

// fail answers an error with the page for its status. A reader sees an id to
// quote, the log has the rest.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // nobody is there to read it
	}
	status := web.Status(fault.KindOf(err))
	if errors.Is(err, page.ErrUnavailable) {
		status = http.StatusServiceUnavailable
	}
	h := w.Header()
	h.Del("ETag")
	if status >= 500 {
		id := requestID()
		h.Set("Warta-Request", id)
		s.p.Log.Error("request failed", "id", id, "method", r.Method, "path", r.URL.Path, "status", status, "err", err)
	}
	var f *fault.Error
	if errors.As(err, &f) && f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(f.RetryAfter/time.Second)+1))
	} else if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "5")
	}
	resp, pageErr := s.p.Engine.Get(r.Context(), edition.ProblemKey(status), 0)
	if pageErr != nil {
		s.plain(w, r, status, fault.Message(err))
		return
	}
	resp.Serve(w, r)
}

// plain answers without the page engine: it may be what is broken.
func (s *Site) plain(w http.ResponseWriter, _ *http.Request, status int, message string) {
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

package site

import (
	"net/http"
	"strings"

	"warta/internal/edition"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/web"
)

// alias sends a request for another of our hosts to the site, by host and path: to
// where the old address leads, else to the same path.
func (s *Site) alias(w http.ResponseWriter, r *http.Request) error {
	host, address := strings.ToLower(r.Host), r.URL.RequestURI()
	if web.Loopback(web.HostName(r)) {
		host = "" // another spelling of our own
	}
	to, err := s.lead(r, host, address)
	if fault.Is(err, fault.NotFound) {
		to.Location, err = s.p.BaseURL+samePath(r), nil
	}
	if err != nil {
		return err
	}
	if to.Location == "" {
		return s.gone(w, r, to)
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to.Location, http.StatusMovedPermanently)
	return nil
}

// gone answers that there is nothing at an address any more.
func (s *Site) gone(w http.ResponseWriter, r *http.Request, to edition.Lead) error {
	resp, err := s.p.Engine.Get(r.Context(), to.Gone, 0)
	if err != nil {
		return err
	}
	resp.Serve(w, r)
	return nil
}

// samePath is the path of a request as it would be asked of the site. The number of
// a post on another host is that of another story here, so it is left out.
func samePath(r *http.Request) string {
	u := *r.URL
	u.Scheme, u.Host, u.User, u.Opaque = "", "", nil, ""
	if len(u.Path) > 1 {
		u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	}
	if u.Path == "" || u.Path[0] != '/' {
		u.Path, u.RawPath = "/", ""
	}
	if u.Path == "/" && news.Params(u.RawQuery) {
		u.RawQuery = ""
	}
	// Two slashes would begin with a host.
	return "/" + strings.TrimLeft(u.RequestURI(), "/")
}

// lead finds where an old address leads. What leads nowhere is remembered.
func (s *Site) lead(r *http.Request, host, address string) (edition.Lead, error) {
	return lookUp(s, "!"+host+" "+address, func() (to edition.Lead, err error) {
		done, err := s.p.Turns.Take(r.Context())
		if err != nil {
			return to, err
		}
		defer done()
		return s.p.Redirects.Redirect(r.Context(), host, address)
	})
}

// byQuery answers a request whose query may say which page of old times is meant,
// if no page of ours stands at its path: "/read.php?id=7". The engine's pages know
// only the parameters that they declare.
func (s *Site) byQuery(w http.ResponseWriter, r *http.Request, path string, resp *page.Response, err error) (done bool, _ error) {
	if r.URL.RawQuery == "" || err == nil && resp.Status != http.StatusMovedPermanently || err != nil && !fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if _, ok := edition.StoryID(path); ok || path == "/" || !news.Params(r.URL.RawQuery) {
		return false, nil
	}
	to, err := s.lead(r, "", r.URL.RequestURI())
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if to.Gone != "" {
		err := s.gone(w, r, to)
		return err == nil, err
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to.Location, http.StatusMovedPermanently)
	return true, nil
}

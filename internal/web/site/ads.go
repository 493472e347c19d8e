package site

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/ads"
	"warta/internal/fault"
	"warta/internal/stats"
	"warta/internal/web"
)

// AdStore reads what is sold. *store.DB is one.
type AdStore interface {
	AdSettings(ctx context.Context) (ads.Settings, error)
	// FlightOf returns a creative that may stand on pages; NotFound.
	FlightOf(ctx context.Context, creativeID int64) (ads.Flight, error)
}

// AdForms prints the page of choices and reports. *edition.Edition is one.
type AdForms interface {
	Consent(ctx context.Context, agreed []string, said bool) ([]byte, error)
	AdReport(ctx context.Context, l ads.ReportLink, path string) ([]byte, error)
	AdReportCSV(ctx context.Context, l ads.ReportLink, w io.Writer) error
}

// Ads is what the door needs to count and to show ads.
type Ads struct {
	Store   AdStore
	Marks   *ads.Signer
	Counter *ads.Counter
	Forms   AdForms
}

// Bounds on what is counted. A page has a few ads; a network may be a whole
// mobile carrier's, so what it may do at once is a lot, and what it may do for
// long is not: a flood fills no report.
const (
	maxSeenBody  = 4096
	maxSeenMarks = 24
	seenBurst    = 240
	seenEvery    = 500 * time.Millisecond
	clickBurst   = 30
	clickEvery   = 5 * time.Second
)

// seen counts what a page says was really seen: one mark a line. A mark that we
// did not sign, or that counts no more, is nothing; the same one twice is one. The
// answer is always the same, so that nobody learns what is counted.
func (s *Site) seen(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSeenBody))
	if err != nil {
		return fault.New(fault.TooLarge, "more than %d bytes of marks", maxSeenBody)
	}
	lines := strings.Fields(string(body))
	slices.Sort(lines)
	lines = slices.Compact(lines)
	bot, network, now := stats.IsBot(r.UserAgent()), web.Network(s.p.Proxies.Sender(r)), s.p.Now()
	for _, line := range lines[:min(len(lines), maxSeenMarks)] {
		m, ok := s.p.Ads.Marks.Open(line)
		if !ok {
			continue
		}
		what := ads.Seen
		if bot || s.viewers.take(now, network) > 0 {
			what = ads.Refused
		}
		s.p.Ads.Counter.Add(m, what)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// click counts a click and leads to the advertiser's page. Where that is is read
// from the creative: nothing of the request but our own mark has any influence on
// it, so that it cannot be made to lead anywhere else.
func (s *Site) click(w http.ResponseWriter, r *http.Request) error {
	m, f, err := s.flight(r)
	if err != nil {
		return err
	}
	link := f.Creative.Is.Link
	if link == "" {
		return noPage()
	}
	if r.Method == http.MethodGet && !prefetched(r) {
		what := ads.Clicked
		if stats.IsBot(r.UserAgent()) || s.clickers.take(s.p.Now(), web.Network(s.p.Proxies.Sender(r))) > 0 {
			what = ads.Refused
		}
		s.p.Ads.Counter.Add(m, what)
	}
	h := w.Header()
	h.Set("Location", link)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	w.WriteHeader(http.StatusFound)
	return nil
}

// prefetched reports whether a browser asks before its reader has.
func prefetched(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch") || strings.Contains(r.Header.Get("Purpose"), "prefetch")
}

// flight returns the creative that the mark in the address names.
func (s *Site) flight(r *http.Request) (m ads.Mark, f ads.Flight, err error) {
	m, ok := s.p.Ads.Marks.Open(r.PathValue("mark"))
	if !ok {
		return m, f, noPage()
	}
	done, err := s.p.Turns.Take(r.Context())
	if err != nil {
		return m, f, err
	}
	defer done()
	f, err = s.p.Ads.Store.FlightOf(r.Context(), m.Creative)
	if err == nil && f.Item.ID != m.Item {
		err = noPage()
	}
	return m, f, err
}

// What the page of a creative may do. Its sandbox gives it an origin of its own, so
// that it reaches nothing of ours; that of an advertiser runs and loads nothing, a
// network's does, after the reader's consent.
const (
	frameOwn = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
	frameNetwork = "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; default-src https: data: blob: 'unsafe-inline' 'unsafe-eval'; " +
		"base-uri 'none'; frame-ancestors 'self'"
)

// frame answers with an advertiser's page, for the frame in which it stands.
func (s *Site) frame(w http.ResponseWriter, r *http.Request) error {
	m, f, err := s.flight(r)
	if err != nil {
		return err
	}
	h := w.Header()
	switch f.Creative.Is.Kind {
	case ads.HTML:
		h.Set("Content-Security-Policy", frameOwn)
	case ads.Tag:
		if !slices.Contains(agreed(r), purposeNetworks) {
			return noPage()
		}
		set, err := s.p.Ads.Store.AdSettings(r.Context())
		if err != nil {
			return err
		}
		if !set.Networks {
			return noPage()
		}
		h.Set("Content-Security-Policy", frameNetwork)
	default:
		return noPage()
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Referrer-Policy", "strict-origin")
	text := strings.ReplaceAll(f.Creative.Is.HTML, ads.ClickMacro, "/ads/go/"+s.p.Ads.Marks.Sign(m))
	io.WriteString(w, "<!doctype html><meta charset=utf-8><base target=_blank><style>html,body{margin:0;overflow:hidden}</style>"+text)
	return nil
}

// adsTxt answers with the list of who may sell the site's places.
func (s *Site) adsTxt(w http.ResponseWriter, r *http.Request) error {
	done, err := s.p.Turns.Take(r.Context())
	if err != nil {
		return err
	}
	set, err := s.p.Ads.Store.AdSettings(r.Context())
	done()
	if err != nil {
		return err
	}
	if set.AdsTxt == "" {
		return noPage()
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=600")
	io.WriteString(w, set.AdsTxt)
	return nil
}

// The purposes that a reader can agree to beside what is strictly necessary.
const (
	purposeFrequency = "frequency"
	purposeNetworks  = "networks"
)

var purposes = []string{purposeFrequency, purposeNetworks}

// ConsentCookie keeps what a reader has agreed to: purposes with dots between, or
// "none". Scripts read it.
const ConsentCookie = "__Host-warta-consent"

// consentAge is how long an answer counts; whoever gave one long ago is asked
// again.
const consentAge = 180 * 24 * time.Hour

// agreed returns what a request's reader has agreed to.
func agreed(r *http.Request) (list []string) {
	for _, p := range strings.Split(web.Token(r, ConsentCookie), ".") {
		if slices.Contains(purposes, p) {
			list = append(list, p)
		}
	}
	return list
}

// consent answers with the page of choices.
func (s *Site) consent(w http.ResponseWriter, r *http.Request) error {
	done, err := s.p.Turns.Take(r.Context())
	if err != nil {
		return err
	}
	body, err := s.p.Ads.Forms.Consent(r.Context(), agreed(r), r.URL.Query().Get("said") != "")
	done()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	w.Write(body)
	return nil
}

// choose keeps a reader's choice, to withdraw as well: what is not named is not
// agreed to.
func (s *Site) choose(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSeenBody)
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "the form cannot be read: %w", err)
	}
	value := "none"
	var list []string
	for _, p := range purposes {
		if slices.Contains(r.PostForm["for"], p) {
			list = append(list, p)
		}
	}
	if len(list) > 0 {
		value = strings.Join(list, ".")
	}
	http.SetCookie(w, &http.Cookie{Name: ConsentCookie, Value: value, Path: "/", Secure: true, SameSite: http.SameSiteLaxMode, MaxAge: int(consentAge / time.Second)})
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/consent?said=1", http.StatusSeeOther)
	return nil
}

// reportLink reads the link of an address; what it opens may have ended all the same.
func (s *Site) reportLink(r *http.Request) (ads.ReportLink, error) {
	l, ok := s.p.Ads.Marks.OpenLink(r.PathValue("token"), s.p.Now())
	if !ok {
		return l, noPage()
	}
	return l, nil
}

// quietly is what answers of reports carry: the address is a key, and stays with
// whoever has it.
func quietly(h http.Header, kind string) {
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Referrer-Policy", "no-referrer")
}

func (s *Site) adReport(w http.ResponseWriter, r *http.Request) error {
	l, err := s.reportLink(r)
	if err != nil {
		return err
	}
	done, err := s.p.Turns.Take(r.Context())
	if err != nil {
		return err
	}
	body, err := s.p.Ads.Forms.AdReport(r.Context(), l, r.URL.Path)
	done()
	if err != nil {
		return err
	}
	quietly(w.Header(), "text/html; charset=utf-8")
	w.Write(body)
	return nil
}

func (s *Site) adReportCSV(w http.ResponseWriter, r *http.Request) error {
	l, err := s.reportLink(r)
	if err != nil {
		return err
	}
	done, err := s.p.Turns.Take(r.Context())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	err = s.p.Ads.Forms.AdReportCSV(r.Context(), l, &b)
	done()
	if err != nil {
		return err
	}
	quietly(w.Header(), "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="iklan-`+strconv.FormatInt(l.Order, 10)+`.csv"`)
	w.Write(b.Bytes())
	return nil
}

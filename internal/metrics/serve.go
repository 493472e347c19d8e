package metrics

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/net/netutil"
)

// Bounds of the listener. pprof itself knows none for a profile's length.
const (
	maxConns     = 32
	maxScrapes   = 3
	scrapeWithin = 10 * time.Second
	answerWithin = 2 * time.Minute
	maxProfile   = 60 // seconds
)

// Server answers on the private listener.
type Server struct {
	http  *http.Server
	addr  net.Addr
	ended chan struct{}
}

// Serve answers on a listener from now on: /metrics, and profiles below
// /debug/pprof/. Close ends it.
func (m *Meter) Serve(ln net.Listener, log *slog.Logger) *Server {
	s := &Server{addr: ln.Addr(), ended: make(chan struct{}), http: &http.Server{Handler: m.handler(local(ln.Addr())),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: answerWithin, IdleTimeout: answerWithin,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}}
	go func() {
		defer close(s.ended)
		if err := s.http.Serve(netutil.LimitListener(ln, maxConns)); !errors.Is(err, http.ErrServerClosed) {
			log.Error("metrics are no longer served", "err", err)
		}
	}()
	return s
}

// Addr returns the address of the socket.
func (s *Server) Addr() net.Addr { return s.addr }

// Close ends the listener: a scrape that is under way has a moment, a profile
// has not.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = s.http.Close()
	}
	<-s.ended
	return err
}

// local reports whether only this machine can reach an address.
func local(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

func (m *Meter) handler(local bool) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes, Timeout: scrapeWithin}))
	// Without cmdline: a password may stand on the command line.
	mux.HandleFunc("GET /debug/pprof/", func(w http.ResponseWriter, r *http.Request) {
		if seconds, err := strconv.ParseFloat(r.FormValue("seconds"), 64); r.FormValue("seconds") != "" && (err != nil || !(seconds >= 0 && seconds <= maxProfile)) {
			http.Error(w, fmt.Sprintf("seconds must be a number up to %d", maxProfile), http.StatusBadRequest)
			return
		}
		switch strings.TrimPrefix(r.URL.Path, "/debug/pprof/") {
		case "profile":
			pprof.Profile(w, r)
		case "trace":
			pprof.Trace(w, r)
		case "symbol":
			pprof.Symbol(w, r)
		default:
			pprof.Index(w, r)
		}
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if local && !named(r.Host) || foreign(r) {
			http.Error(w, "this listener is for the machine's own monitoring", http.StatusForbidden)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

// named reports whether a Host line names this machine. A page from elsewhere
// whose name was made to lead here brings another one.
func named(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

// foreign reports whether a browser sends this for a page of another origin.
func foreign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return false
	}
	return true
}

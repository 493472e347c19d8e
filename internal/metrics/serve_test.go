package metrics_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"warta/internal/metrics"
)

func TestTheListenerIsForTheMachine(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := metrics.New().Serve(ln, slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	cases := []struct {
		name, path, host, from string
		status                 int
		has                    string
	}{
		{"Prometheus is answered before there is a site", "/metrics", "", "", 200, "warta_ready 0"},
		{"under the machine's name too", "/metrics", "localhost:9464", "", 200, "go_goroutines"},
		{"a name that was made to lead here is refused", "/metrics", "evil.example", "", 403, ""},
		{"so is the page of another origin", "/metrics", "", "cross-site", 403, ""},
		{"a person may look", "/debug/pprof/", "", "none", 200, "goroutine"},
		{"profiles are there", "/debug/pprof/heap?debug=1", "", "", 200, "heap profile"},
		{"a profile beyond the answer's time is refused", "/debug/pprof/profile?seconds=100000", "", "", 400, "up to 60"},
		{"the command line is nobody's business", "/debug/pprof/cmdline", "", "", 404, ""},
		{"nothing else is there", "/", "", "", 404, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+s.Addr().String()+c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = c.host
			if c.from != "" {
				req.Header.Set("Sec-Fetch-Site", c.from)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			if res.StatusCode != c.status || !strings.Contains(string(body), c.has) {
				t.Errorf("%d: %.300s", res.StatusCode, body)
			}
		})
	}
}

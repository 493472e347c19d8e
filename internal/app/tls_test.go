package app_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"warta/internal/app"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/testkit/cert"
)

// TestASiteSpeaksTLS asks a whole site over both versions of HTTP, with and
// without the fast way.
func TestASiteSpeaksTLS(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"on", "off"} {
		t.Run("fast path "+way, func(t *testing.T) {
			t.Parallel()
			file, key, text := cert.Pair(t, t.TempDir(), 1, time.Now().Add(24*time.Hour))
			site := testkit.New(t, testkit.Options{Configure: func(c *app.Config) {
				c.TLSCert, c.TLSKey, c.FastPath, c.MetricsAddr = file, key, way, "127.0.0.1:0"
				c.BaseURL = strings.Replace(c.BaseURL, "http://", "https://", 1)
			}})
			st := site.Publish(news.Content{})
			base := strings.Replace(site.URL, "http://", "https://", 1)
			pool := x509.NewCertPool()
			pool.AppendCertsFromPEM(text)
			for major := 1; major <= 2; major++ {
				transport := &http.Transport{ForceAttemptHTTP2: major == 2, TLSClientConfig: &tls.Config{RootCAs: pool}}
				defer transport.CloseIdleConnections()
				if major == 1 {
					transport.TLSClientConfig.NextProtos = []string{"http/1.1"}
				}
				for _, path := range []string{site.Path(st), site.Path(st), "/healthz"} {
					res, err := (&http.Client{Transport: transport}).Get(base + path)
					if err != nil {
						t.Fatal(err)
					}
					body, err := io.ReadAll(res.Body)
					res.Body.Close()
					if err != nil || res.StatusCode != 200 || res.ProtoMajor != major || path != "/healthz" && !strings.Contains(string(body), base+path) {
						t.Errorf("%s over %s: %d, %v", path, res.Proto, res.StatusCode, err)
					}
				}
			}
			if res, err := http.Get(site.URL + "/"); err == nil {
				res.Body.Close()
				if res.StatusCode == 200 {
					t.Error("plain HTTP is answered beside TLS")
				}
			}
			if way == "on" {
				got := scrape(t, site.MetricsAddr())
				if got["warta_fast_answers_total"] < 1 || got["warta_tls_handshakes_total"] < 2 || got["warta_http2_connections_total"] != 1 {
					t.Errorf("figures: %v, %v, %v", got["warta_fast_answers_total"], got["warta_tls_handshakes_total"], got["warta_http2_connections_total"])
				}
			}
			eventually(t, "the server has looked at itself", func() bool {
				list, _, err := site.DB.Proofs(t.Context(), st.ID, time.Time{}, 1)
				return err == nil && len(list) == 1 && list[0].State == news.ProofConfirmed
			})
		})
	}
}

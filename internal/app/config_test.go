package app_test

import (
	"testing"
	"time"

	"warta/internal/app"
	"warta/internal/fault"
)

func TestAConfigurationNamesTheValueThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		field  string
		change func(*app.Config)
	}{
		{"", func(*app.Config) {}},
		{"", func(c *app.Config) { c.Proxies = []string{"10.0.0.0/24", "2001:db8::1"} }},
		{"trusted-proxies", func(c *app.Config) { c.Proxies = []string{"10.0.0.0/24", "proxy.internal"} }},
		{"trusted-proxies", func(c *app.Config) { c.Proxies = []string{"0.0.0.0/0"} }},
		{"base-url", func(c *app.Config) { c.BaseURL = "kabar.example" }},
		{"listen", func(c *app.Config) { c.Listen = "8080" }},
		{"data", func(c *app.Config) { c.Data = "" }},
		{"", func(c *app.Config) { c.MetricsAddr = "127.0.0.1:9464" }},
		{"", func(c *app.Config) { c.MetricsAddr, c.MetricsPublic = ":9464", true }},
		{"metrics-addr", func(c *app.Config) { c.MetricsAddr = "9464" }},
		{"metrics-addr", func(c *app.Config) { c.MetricsAddr = ":9464" }},
		{"metrics-addr", func(c *app.Config) { c.MetricsAddr = "0.0.0.0:9464" }},
		{"metrics-addr", func(c *app.Config) { c.MetricsAddr = "10.0.0.5:9464" }},
		{"metrics-addr", func(c *app.Config) { c.MetricsAddr = "127.0.0.1:8080" }},
		{"", func(c *app.Config) { c.TLSCert, c.TLSKey = "a.pem", "a.key" }},
		{"tls-key", func(c *app.Config) { c.TLSCert = "a.pem" }},
		{"tls-cert", func(c *app.Config) { c.TLSKey = "a.key" }},
		{"base-url", func(c *app.Config) { c.TLSCert, c.TLSKey, c.BaseURL = "a.pem", "a.key", "http://kabar.example" }},
		{"", func(c *app.Config) { c.ACME = true }},
		{"acme", func(c *app.Config) { c.ACME, c.TLSCert, c.TLSKey = true, "a.pem", "a.key" }},
		{"acme", func(c *app.Config) { c.ACME, c.BaseURL = true, "https://localhost" }},
		{"page-memory", func(c *app.Config) { c.PageMemory = 1000 }},
		{"client-connections", func(c *app.Config) { c.ClientConns = -1 }},
		{"", func(c *app.Config) { c.HSTS = "max-age=31536000" }},
		{"", func(c *app.Config) { c.HSTS = "max-age=63072000; includeSubDomains; preload" }},
		{"", func(c *app.Config) { c.HSTS = "max-age=0" }},
		{"", func(c *app.Config) { c.HSTS = "off" }},
		{"hsts", func(c *app.Config) { c.HSTS = "31536000" }},
		{"hsts", func(c *app.Config) { c.HSTS = "max-age=1y" }},
		{"hsts", func(c *app.Config) { c.HSTS = "max-age=-1" }},
		{"hsts", func(c *app.Config) { c.HSTS = "max-age=1; max-age=2" }},
		{"hsts", func(c *app.Config) { c.HSTS = "includeSubDomains" }},
		{"hsts", func(c *app.Config) { c.HSTS = "max-age=1, includeSubDomains" }},
		{"hsts", func(c *app.Config) { c.HSTS = "max-age=31536000; preload" }},
		{"hsts", func(c *app.Config) { c.HSTS = "max-age=1;\r\nX: y" }},
		{"", func(c *app.Config) { c.ACME, c.RedirectAddr = true, ":80" }},
		{"redirect-addr", func(c *app.Config) { c.RedirectAddr = ":80" }},
		{"redirect-addr", func(c *app.Config) { c.ACME, c.RedirectAddr = true, "80" }},
		{"redirect-addr", func(c *app.Config) { c.ACME, c.RedirectAddr = true, ":8080" }},
		{"render-wait", func(c *app.Config) { c.RenderWait = time.Hour }},
		{"smtp-from", func(c *app.Config) { c.SMTPHost = "mail.example" }},
	} {
		c := app.Config{Data: "data", Listen: "127.0.0.1:8080", BaseURL: "https://kabar.example"}
		tt.change(&c)
		err, field := c.Check(), ""
		if f := fault.Find(err); f != nil {
			field = f.Field
		}
		if field != tt.field || (err == nil) != (tt.field == "") {
			t.Errorf("%+v: got %v about %q, want %q", c, err, field, tt.field)
		}
	}
}

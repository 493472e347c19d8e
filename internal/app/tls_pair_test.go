package app

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/testkit/cert"
)

func TestACertificateIsReadAgainWhenItChanges(t *testing.T) {
	t.Parallel()
	dir, later := t.TempDir(), time.Now().Add(24*time.Hour)
	file, key, _ := cert.Pair(t, dir, 1, later)
	cfg := Config{TLSCert: file, TLSKey: key}
	c, err := newCertificates(&cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	serial := func() int64 {
		got, err := c.config.GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		return got.Leaf.SerialNumber.Int64()
	}
	if n := serial(); n != 1 {
		t.Fatalf("certificate %d", n)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); c.files.watch(ctx, time.Millisecond) }()
	defer func() { stop(); <-ended }()
	wait := func(what string, ok func() bool) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("it never came true that %s", what)
			}
		}
	}
	cert.Pair(t, dir, 2, later)
	wait("the second one is used", func() bool { return serial() == 2 })
	if err := os.WriteFile(file, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	wait("the broken one was looked at", func() bool { return !c.files.changed() })
	if n := serial(); n != 2 {
		t.Errorf("a broken file took the certificate away: %d", n)
	}
	cert.Pair(t, dir, 3, later)
	wait("the third one is used", func() bool { return serial() == 3 })
}

func TestTheDoctorLooksAtTheCertificate(t *testing.T) {
	t.Parallel()
	now := time.Now()
	dir := t.TempDir()
	file, key, _ := cert.Pair(t, dir, 1, now.Add(24*time.Hour))
	for _, x := range []struct {
		name, base, cert string
		now              time.Time
		want             string
	}{
		{"one that is right", "https://localhost:8443", file, now, ""},
		{"one for another host", "https://kabar.example", file, now, "not for kabar.example"},
		{"one that is over", "https://localhost:8443", file, now.Add(48 * time.Hour), "and not now"},
		{"a key in its place", "https://localhost:8443", key, now, "cannot be used"},
		{"none", "https://localhost:8443", file + "x", now, "no such file"},
	} {
		fine, err := CheckTLS(Config{BaseURL: x.base, TLSCert: x.cert, TLSKey: key}, x.now)
		if x.want == "" && (err != nil || !strings.Contains(fine, "valid until")) || x.want != "" && (!fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), x.want)) {
			t.Errorf("%s: %q, %v", x.name, fine, err)
		}
	}
}

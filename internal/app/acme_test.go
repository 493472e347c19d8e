package app_test

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"warta/internal/app"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/testkit/cert"
)

// everybodyIsHere answers every question for an address with this machine.
func everybodyIsHere(t *testing.T) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) == 0 {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 1}, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	t.Cleanup(func() { conn.Close(); <-ended })
	return conn.LocalAddr().String()
}

// pebble starts an authority that vouches for whoever answers on a port by TLS or on
// another one by plain HTTP, and returns its directory and the file of the
// certificate that it has itself.
func pebble(t *testing.T, port, plain int) (directory, root string) {
	t.Helper()
	program, err := exec.LookPath("pebble")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("pebble is missing: install Debian's package pebble")
		}
		t.Skip("there is no pebble here")
	}
	free := func() string {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		return ln.Addr().String()
	}
	dir := t.TempDir()
	file, key, _ := cert.Pair(t, dir, 1, time.Now().Add(24*time.Hour))
	addr := free()
	conf, err := json.Marshal(map[string]any{"pebble": map[string]any{"listenAddress": addr, "managementListenAddress": free(), "certificate": file, "privateKey": key, "httpPort": plain, "tlsPort": port}})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "pebble.json")
	if err := os.WriteFile(name, conf, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-config", name, "-dnsserver", everybodyIsHere(t), "-strict")
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(io.Discard, out) // it says a lot
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-read; _ = cmd.Wait() })
	eventually(t, "pebble listens", func() bool {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	return fmt.Sprintf("https://%s/dir", addr), file
}

// TestCertificatesByACME gets a certificate from an authority that asks back by
// the site's own port.
func TestCertificatesByACME(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := ln.Addr().(*net.TCPAddr).Port
	ln.Close()
	directory, root := pebble(t, port, 1)
	data, listen := t.TempDir(), fmt.Sprintf("127.0.0.1:%d", port)
	log := newLines()
	site := testkit.New(t, testkit.Options{Data: data, BaseURL: "https://kabar.example", Listen: listen, Log: log.logger(), Unproved: true, Configure: func(c *app.Config) {
		c.ACME, c.ACMEDirectory, c.ACMERoot = true, directory, root
	}})
	st := site.Publish(news.Content{})
	eventually(t, "the certificate is there", func() bool { return log.count("certificate is there") == 1 })
	dial := func(name string) (*tls.Conn, error) {
		return tls.Dial("tcp", listen, &tls.Config{ServerName: name, InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
	}
	conn, err := dial("kabar.example")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	leaf := conn.ConnectionState().PeerCertificates[0]
	if err := leaf.VerifyHostname("kabar.example"); err != nil || !strings.Contains(leaf.Issuer.CommonName, "Pebble") {
		t.Errorf("%v, from %s", err, leaf.Issuer)
	}
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: kabar.example\r\n\r\n", site.Path(st))
	if res, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || res.StatusCode != 200 {
		t.Errorf("the site behind it: %v, %v", res, err)
	}
	if other, err := dial("lain.example"); err == nil {
		other.Close()
		t.Error("a certificate for a name that is not ours")
	}
	kept, err := filepath.Glob(filepath.Join(data, "acme", "kabar.example*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept: %v, %v", kept, err)
	}
	if info, err := os.Stat(kept[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key can be read by others: %v, %v", info.Mode(), err)
	}
}

// TestCertificatesByPlainHTTP gets one from an authority that does not reach the
// port for TLS.
func TestCertificatesByPlainHTTP(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	plain := ln.Addr().(*net.TCPAddr)
	ln.Close()
	directory, root := pebble(t, 1, plain.Port)
	log := newLines()
	testkit.New(t, testkit.Options{Data: t.TempDir(), BaseURL: "https://kabar.example", Log: log.logger(), Unproved: true, Configure: func(c *app.Config) {
		c.ACME, c.ACMEDirectory, c.ACMERoot, c.RedirectAddr = true, directory, root, plain.String()
	}})
	eventually(t, "the certificate is there", func() bool { return log.count("certificate is there") == 1 })
	if res := say(t, plain.String(), "GET /x HTTP/1.1\r\nHost: kabar.example\r\n\r\n"); res.Header.Get("Location") != "https://kabar.example/x" {
		t.Errorf("status %d, %v", res.StatusCode, res.Header)
	}
}

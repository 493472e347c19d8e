package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"warta/internal/app"
)

// server is a process that answers on loopback.
type server struct {
	url     string
	port    int
	metrics string        // address of its private listener
	ready   time.Duration // from its start to its first answer
	cmd     *exec.Cmd
	ended   chan struct{}
}

// tools reports which programs are missing.
func tools(names ...string) error {
	for _, n := range names {
		if _, err := exec.LookPath(n); err != nil {
			return app.Unavailable("%s is not installed; Debian has it (nginx-light, wrk, nghttp2-client)", n)
		}
	}
	return nil
}

// build makes the program as an operator does.
func build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "warta")
	out, err := exec.CommandContext(ctx, "go", "build", "-tags", "nodynamic", "-o", binary, "warta/cmd/warta").CombinedOutput()
	if err != nil {
		return "", app.Unavailable("the program cannot be built: %v\n%s", err, out)
	}
	return binary, nil
}

// freePort returns a port of loopback that nobody listens on now.
func freePort() (int, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port, nil
}

// startWithin bounds a start.
const startWithin = 5 * time.Minute

// serve starts Warta over the archive, with more flags if there are any, at the
// port of the run before if that is free.
func (b *bench) serve(ctx context.Context, flags ...string) (*server, error) {
	port, err := b.port()
	if err != nil {
		return nil, err
	}
	return b.serveAt(ctx, port, flags...)
}

// port returns the port that belongs to the archive: pages that an earlier run left
// on disk are for one address.
func (b *bench) port() (port int, err error) {
	file := filepath.Join(b.dir, "port")
	if text, err := os.ReadFile(file); err == nil {
		if port, err = strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			if ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
				return port, ln.Close()
			}
		}
	}
	if port, err = freePort(); err != nil {
		return 0, err
	}
	return port, os.WriteFile(file, []byte(strconv.Itoa(port)), 0o644)
}

// serveAt is serve at a port: what the server keeps on disk is for one address.
func (b *bench) serveAt(ctx context.Context, port int, flags ...string) (*server, error) {
	metrics, err := freePort()
	if err != nil {
		return nil, err
	}
	scheme := "http"
	if slices.Contains(flags, "--tls-cert") {
		scheme = "https"
	}
	// By name, since passkeys know no addresses.
	s := &server{port: port, url: fmt.Sprintf("%s://localhost:%d", scheme, port), metrics: fmt.Sprintf("127.0.0.1:%d", metrics), ended: make(chan struct{})}
	s.cmd = exec.CommandContext(ctx, b.binary, append([]string{"serve", "--data", b.dir, "--listen", fmt.Sprintf("127.0.0.1:%d", port),
		"--base-url", s.url, "--metrics-addr", s.metrics}, flags...)...)
	log, err := os.Create(filepath.Join(b.dir, "serve.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s.cmd.Stderr = log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	said := make(chan struct{})
	go func() {
		defer close(s.ended)
		for lines, told := bufio.NewScanner(out), false; lines.Scan(); {
			if !told && strings.Contains(lines.Text(), "listening on") {
				told = true
				close(said)
			}
		}
		s.cmd.Wait() // its error is the signal that ended it
	}()
	select {
	case <-said:
	case <-s.ended:
		return nil, app.Unavailable("the server ended by itself; see %s", log.Name())
	case <-time.After(startWithin):
		s.stop()
		return nil, app.Unavailable("the server did not start within %v", startWithin)
	}
	// It says that it listens before it knows what happened while it was away.
	for time.Since(began) < startWithin {
		res, _, err := fetch(ctx, insecure, s.url+"/readyz", "")
		if err == nil && res.StatusCode == http.StatusOK {
			s.ready = time.Since(began)
			return s, nil
		}
		time.Sleep(time.Millisecond)
	}
	s.stop()
	return nil, app.Unavailable("the server was not ready within %v", startWithin)
}

// again ends the server and starts it anew over the same archive.
func (b *bench) again(ctx context.Context, s *server, flags ...string) error {
	s.stop()
	next, err := b.serveAt(ctx, s.port, flags...)
	if err == nil {
		*s = *next
	}
	return err
}

// begin starts the process of a server that says nothing when it listens.
func (s *server) begin(ctx context.Context) error {
	s.ended = make(chan struct{})
	if err := s.cmd.Start(); err != nil {
		return err
	}
	go func() {
		defer close(s.ended)
		s.cmd.Wait() // its error is the signal that ended it
	}()
	_, address, _ := strings.Cut(s.url, "://")
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		if c, err := net.Dial("tcp", address); err == nil {
			return c.Close()
		}
		select {
		case <-s.ended:
			return app.Unavailable("%s ended by itself", s.cmd.Path)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	s.stop()
	return app.Unavailable("%s did not start within 10 s", s.cmd.Path)
}

func (s *server) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	<-s.ended
}

const nginxConf = `
worker_processes 2;
daemon off;
pid %[1]s/nginx.pid;
error_log %[1]s/error.log;
user %[4]s;
events { worker_connections 4096; }
http {
  types { text/html html; }
  default_type text/html;
  charset utf-8;
  client_body_temp_path %[1]s/tmp; proxy_temp_path %[1]s/tmp; fastcgi_temp_path %[1]s/tmp; uwsgi_temp_path %[1]s/tmp; scgi_temp_path %[1]s/tmp;
  access_log off;
  sendfile on; tcp_nopush on; tcp_nodelay on;
  open_file_cache max=10000 inactive=60s; open_file_cache_valid 60s;
  keepalive_requests 1000000000; keepalive_timeout 65;
  server {
    listen %[2]s;
    root %[3]s;
    %[5]s
    location / { gzip_static on; gzip_vary on; add_header Cache-Control "public, max-age=0, must-revalidate"; }
  }
}
`

// nginx serves the files below root, the limit that others are held against.
// Further lines of its server are for TLS.
func (b *bench) nginx(ctx context.Context, root string, more ...string) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(b.dir, "nginx")
	if err := os.MkdirAll(filepath.Join(dir, "tmp"), 0o755); err != nil {
		return nil, err
	}
	scheme, listen := "http", fmt.Sprintf("127.0.0.1:%d reuseport", port)
	if len(more) > 0 {
		scheme, listen = "https", fmt.Sprintf("127.0.0.1:%d ssl http2 reuseport", port)
	}
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConf, dir, listen, root, userName(), strings.Join(more, " ")), 0o644); err != nil {
		return nil, err
	}
	s := &server{url: fmt.Sprintf("%s://127.0.0.1:%d", scheme, port), cmd: exec.CommandContext(ctx, "nginx", "-c", conf)}
	return s, s.begin(ctx)
}

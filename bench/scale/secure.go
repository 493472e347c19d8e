package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"warta/internal/app"
	"warta/internal/testkit/cert"
)

// secure is row 12: one story's page over TLS, beside nginx with the same bytes,
// key and protocols.
func (b *bench) secure(ctx context.Context, s *server, a *archive) error {
	path := a.paths[0]
	file, key, _, err := cert.Write(b.dir, 1, time.Now().Add(24*time.Hour))
	if err != nil {
		return err
	}
	if err := b.again(ctx, s, "--tls-cert", file, "--tls-key", key); err != nil {
		return err
	}
	_, body, err := fetch(ctx, insecure, s.url+path, "")
	if err != nil {
		return err
	}
	root := filepath.Join(b.dir, "hot")
	if err := write(filepath.Join(root, "page.html"), body); err != nil {
		return err
	}
	limit, err := b.nginx(ctx, root, "ssl_certificate "+file+";", "ssl_certificate_key "+key+";", "ssl_protocols TLSv1.3;")
	if err != nil {
		return err
	}
	defer limit.stop()
	b.step("one hot page over TLS beside nginx")
	got, err := b.compare(ctx, load{url: limit.url + "/page.html", server: limit}, load{url: s.url + path, server: s})
	if err != nil {
		return err
	}
	b.add("12", "hot story page over TLS, HTTP/1.1, against nginx", got[1].against(got[0]), "0.5", "0.8")
	b.step("the same over HTTP/2")
	if got, err = b.compare(ctx, load{url: limit.url + "/page.html", server: limit, h2: true}, load{url: s.url + path, server: s, h2: true}); err != nil {
		return err
	}
	b.add("12", "hot story page over TLS, HTTP/2, against nginx", got[1].against(got[0]), "–", "0.8")
	return b.again(ctx, s)
}

var h2Requests = regexp.MustCompile(`requests: \d+ total, \d+ started, (\d+) done, (\d+) succeeded`)

// runH2 is run over HTTP/2, by h2load.
func (l *load) runH2(ctx context.Context) (r result, err error) {
	before := cpu(l.server.cmd.Process.Pid)
	out, err := exec.CommandContext(ctx, "h2load", "-t", "1", "-c", "16", "-m", "4", "-D", strconv.Itoa(l.seconds), "-H", "Accept-Encoding: gzip", l.url).CombinedOutput()
	if err != nil {
		return r, app.Unavailable("h2load: %v\n%s", err, out)
	}
	used := cpu(l.server.cmd.Process.Pid) - before
	m := h2Requests.FindSubmatch(out)
	if m == nil {
		return r, fmt.Errorf("h2load says:\n%s", out)
	}
	done, _ := strconv.Atoi(string(m[1]))
	good, _ := strconv.Atoi(string(m[2]))
	if good == 0 {
		return r, app.Unavailable("no request to %s was answered\n%s", l.url, out)
	}
	return result{requests: done, errors: done - good, cpu: used / time.Duration(done), rate: float64(done) / float64(l.seconds)}, nil
}

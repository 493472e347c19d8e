// Package front starts the caches that can stand in front of a site, Debian's,
// with the configurations of docs/caches: what is tested is what operators get.
package front

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Address returns a loopback address that is free.
func Address(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// Varnish starts a Varnish at an address, in front of the Warta that has or will
// have a port. It ends with the test.
func Varnish(t testing.TB, at, port string) {
	t.Helper()
	program := find(t, "varnishd", "varnish")
	dir := t.TempDir()
	file := write(t, dir, "warta.vcl", shipped(t, "varnish.vcl", `.port = "8080"`, `.port = "`+port+`"`))
	run(t, at, program, "-F", "-j", "none", "-f", file, "-a", at, "-s", "malloc,64m", "-n", filepath.Join(dir, "v"))
}

// Nginx is Varnish for nginx's proxy_cache.
func Nginx(t testing.TB, at, port string) {
	t.Helper()
	program := find(t, "nginx", "nginx-light")
	dir := t.TempDir()
	site := write(t, dir, "site.conf", shipped(t, "nginx.conf", "127.0.0.1:8080", "127.0.0.1:"+port, "listen 80;", "listen "+at+";",
		"/var/cache/nginx/warta", filepath.Join(dir, "kept")))
	var b strings.Builder
	if os.Getuid() == 0 {
		b.WriteString("user root;\n") // its workers have to reach the test's folder
	}
	log := filepath.Join(dir, "error.log")
	fmt.Fprintf(&b, "daemon off;\npid %s;\nerror_log %s;\nevents {}\nhttp {\naccess_log off;\n", filepath.Join(dir, "pid"), log)
	for _, what := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&b, "%s_temp_path %s;\n", what, filepath.Join(dir, what))
	}
	fmt.Fprintf(&b, "include %s;\n}\n", site)
	run(t, at, program, "-p", dir, "-e", log, "-c", write(t, dir, "nginx.conf", b.String()))
}

// find finds a program, or skips; with CI=true nothing may be absent.
func find(t testing.TB, name, debian string) string {
	t.Helper()
	for _, dir := range []string{"", "/usr/sbin/"} {
		if path, err := exec.LookPath(dir + name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("there is no %s (Debian: %s); with CI=true nothing is skipped", name, debian)
	}
	t.Skipf("there is no %s (Debian: %s)", name, debian)
	return ""
}

// shipped is a configuration of docs/caches with other addresses in it.
func shipped(t testing.TB, name string, pairs ...string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root(t), "docs", "caches", name))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%s does not say %q", name, pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

// root is the folder of the module: tests run in the folder of their package.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod is above the test's folder")
		}
		dir = up
	}
}

// write writes a file that a program of another account can read as well.
func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// run starts a program that ends with the test, and returns when it listens.
func run(t testing.TB, at, name string, args ...string) {
	t.Helper()
	var said bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // an error: it was told to end
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
		if t.Failed() {
			t.Logf("%s said: %.4000s", filepath.Base(name), said.String())
		}
	})
	for late := time.After(time.Minute); ; {
		if c, err := net.Dial("tcp", at); err == nil {
			c.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s ended by itself: %.4000s", filepath.Base(name), said.String())
		case <-late:
			t.Fatalf("%s does not listen at %s", filepath.Base(name), at)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

package e2e_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"warta/internal/app"
)

// apart is a server in a process of its own over the place of a site, so that
// it stops and dies as an operator's server does.
type apart struct {
	t      testing.TB
	cfg    app.Config
	said   string // file that takes what it logs
	cmd    *exec.Cmd
	exited chan error // gets what became of it
}

// newApart returns a server, not started, over a place that nobody serves: a
// site of the test kit that is Stopped leaves one.
func newApart(t testing.TB, cfg app.Config) *apart {
	t.Helper()
	a := &apart{t: t, cfg: cfg, said: filepath.Join(t.TempDir(), "log")}
	t.Cleanup(func() {
		if a.cmd != nil {
			a.kill()
		}
		if t.Failed() {
			text, _ := os.ReadFile(a.said) // it may not have been started
			t.Logf("the server said:\n%s", text[max(0, len(text)-4000):])
		}
	})
	return a
}

// apartOrder is the variable in which a process of this test binary is told
// what to serve.
const apartOrder = "WARTA_E2E_SERVE"

// order is what it is told.
type order struct {
	Config app.Config
	Now    time.Time // what its clock shows at first
}

// serveFrom starts a process that does as "warta serve" does, with a clock that
// begins at an instant and goes on.
func (a *apart) serveFrom(now time.Time) {
	a.t.Helper()
	text, err := json.Marshal(order{a.cfg, now})
	if err != nil {
		a.t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		a.t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), apartOrder+"="+string(text))
	a.start(cmd)
}

// serveApart is the whole life of such a process; it returns its exit status.
func serveApart(text string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		io.Copy(io.Discard, os.Stdin) // ends when the test has gone, however it went
		os.Exit(3)
	}()
	var o order
	err := json.Unmarshal([]byte(text), &o)
	if err == nil {
		err = o.serve(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (o order) serve(ctx context.Context) error {
	ahead := time.Until(o.Now)
	ln, err := net.Listen("tcp", o.Config.Listen)
	if err != nil {
		return err
	}
	defer ln.Close()
	front, err := app.NewFront(o.Config, o.Config.Logger(), ln)
	if err != nil {
		return err
	}
	defer front.Close()
	site, err := front.Build(ctx, func() time.Time { return time.Now().Add(ahead) })
	if err != nil {
		return err
	}
	defer site.Close()
	return site.ServeOn(ctx, front, func() { fmt.Println("listening on", ln.Addr()) })
}

// start starts a server and returns when it answers readers.
func (a *apart) start(cmd *exec.Cmd) {
	a.t.Helper()
	log, err := os.OpenFile(a.said, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		a.t.Fatal(err)
	}
	defer log.Close()
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		a.t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil { // held open as long as we live
		a.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	a.cmd, a.exited = cmd, make(chan error, 1)
	ready := make(chan struct{})
	go func() {
		lines, told := bufio.NewScanner(out), false
		for lines.Scan() {
			if !told && strings.Contains(lines.Text(), "listening on") {
				told = true
				close(ready)
			}
		}
		a.exited <- cmd.Wait()
	}()
	select {
	case <-ready:
	case err := <-a.exited:
		a.cmd = nil
		a.t.Fatalf("the server ended by itself: %v", err)
	case <-time.After(time.Minute):
		a.t.Fatal("the server did not start")
	}
}

// get returns what the server answers a reader with.
func (a *apart) get(path string) string {
	a.t.Helper()
	res, err := http.Get(a.cfg.BaseURL + path)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		a.t.Fatalf("%s: status %d, %v", path, res.StatusCode, err)
	}
	return string(text)
}

// stop ends the server as an operator does, who expects it to end well.
func (a *apart) stop() {
	a.t.Helper()
	if err := a.end(syscall.SIGTERM); err != nil {
		a.t.Errorf("the server that was stopped: %v", err)
	}
}

// kill ends the server as a power cut does.
func (a *apart) kill() { a.end(syscall.SIGKILL) } // an error: it was killed

func (a *apart) end(with os.Signal) error {
	cmd := a.cmd
	a.cmd = nil
	cmd.Process.Signal(with) // else it has ended, which comes next
	select {
	case err := <-a.exited:
		return err
	case <-time.After(time.Minute):
		cmd.Process.Kill()
		return fmt.Errorf("it did not end: %w", <-a.exited)
	}
}

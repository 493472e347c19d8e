package crash_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// warta is the program that is killed, over one data folder and one database.
type warta struct {
	t              *testing.T
	binary         string
	data, database string
	port           int
	said           string   // file that takes what it logs
	more           []string // further flags

	cmd    *exec.Cmd
	exited chan struct{} // closed when it has ended
}

// build makes the program as an operator does.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "warta")
	if out, err := exec.Command("go", "build", "-tags", "nodynamic", "-o", binary, "warta/cmd/warta").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	return binary
}

func newWarta(t *testing.T, binary, database string) *warta {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	dir := t.TempDir()
	return &warta{t: t, binary: binary, data: filepath.Join(dir, "data"), database: database,
		port: ln.Addr().(*net.TCPAddr).Port, said: filepath.Join(dir, "log")}
}

func (w *warta) url() string { return fmt.Sprintf("http://localhost:%d", w.port) }

// args are the flags that every command of this place needs.
func (w *warta) args(command ...string) []string {
	args := append(command, "--data", w.data, "--base-url", w.url(), "--listen", fmt.Sprintf("127.0.0.1:%d", w.port))
	if w.database != "" {
		args = append(args, "--database", w.database)
	}
	return append(args, w.more...)
}

// command runs a command to its end.
func (w *warta) command(in string, command ...string) string {
	w.t.Helper()
	cmd := exec.Command(w.binary, w.args(command...)...)
	cmd.Stdin = strings.NewReader(in)
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("warta %s: %v\n%s", command, err, out)
	}
	return string(out)
}

// startWithin bounds a start. On a busy machine the pictures of the front page
// take their time.
const startWithin = 3 * time.Minute

// start starts the server and returns when it answers readers.
func (w *warta) start() {
	w.t.Helper()
	log, err := os.OpenFile(w.said, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		w.t.Fatal(err)
	}
	defer log.Close()
	w.cmd = exec.Command(w.binary, w.args("serve")...)
	w.cmd.Stderr = log
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	ready := make(chan struct{})
	w.exited = make(chan struct{})
	go func() {
		defer close(w.exited)
		lines, told := bufio.NewScanner(out), false
		for lines.Scan() {
			if !told && strings.Contains(lines.Text(), "listening on") {
				told = true
				close(ready)
			}
		}
		w.cmd.Wait() // an error: it was killed
	}()
	select {
	case <-ready:
	case <-w.exited:
		w.t.Fatalf("the server ended by itself:\n%s", w.tail())
	case <-time.After(startWithin):
		w.kill()
		w.t.Fatalf("the server did not start:\n%s", w.tail())
	}
}

// kill ends the server as a power cut does.
func (w *warta) kill() {
	w.cmd.Process.Kill() // SIGKILL
	<-w.exited
}

// tail returns the end of the log.
func (w *warta) tail() string {
	text, err := os.ReadFile(w.said)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4000):])
}

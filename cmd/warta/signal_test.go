package main

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram makes the test binary behave as warta itself.
const asProgram = "WARTA_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// serving starts "warta serve" and returns it with its address.
func serving(t *testing.T) (cmd *exec.Cmd, addr string) {
	t.Helper()
	cmd = exec.Command(os.Args[0], "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), asProgram+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, addr, _ = strings.Cut(line, "listening on ")
	return cmd, strings.TrimSuffix(strings.TrimSpace(addr), ").")
}

func terminate(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

func TestTheFirstSignalStopsInOrder(t *testing.T) {
	t.Parallel()
	cmd, _ := serving(t)
	terminate(t, cmd)
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func TestTheSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	cmd, addr := serving(t)
	start := time.Now()
	terminate(t, cmd)
	// Requests that never get to their end, for which a shutdown waits: until the
	// first signal was heard, since net/http waits 5 s for a new connection.
	for {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			break
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n"); err != nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	terminate(t, cmd)
	cmd.Wait()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGTERM {
		t.Errorf("it ended by itself after %s: %s", time.Since(start), cmd.ProcessState)
	}
}

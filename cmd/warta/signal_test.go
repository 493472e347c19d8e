package main

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"warta/internal/testkit/cert"
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
func serving(t *testing.T, args ...string) (cmd *exec.Cmd, addr string) {
	t.Helper()
	cmd = exec.Command(os.Args[0], append([]string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0"}, args...)...)
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

func TestAHangupReadsTheCertificateAgain(t *testing.T) {
	t.Parallel()
	dir, until := t.TempDir(), time.Now().Add(24*time.Hour)
	file, key, _ := cert.Pair(t, dir, 1, until)
	cmd, addr := serving(t, "--base-url", "https://localhost:8443", "--tls-cert", file, "--tls-key", key)
	serial := func() int64 {
		conn, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	if n := serial(); n != 1 {
		t.Fatalf("certificate %d", n)
	}
	cert.Pair(t, dir, 2, until)
	start := time.Now()
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for serial() != 2 {
		if time.Since(start) > 5*time.Second { // by itself it looks every ten
			t.Fatal("the first certificate is used on")
		}
		time.Sleep(5 * time.Millisecond)
	}
	terminate(t, cmd)
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
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
	// Requests that never get to their end, for which a shutdown waits a moment:
	// one before the first signal, and others until that was heard.
	half := func() bool {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return false
		}
		t.Cleanup(func() { conn.Close() })
		_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n")
		return err == nil
	}
	half()
	// Whoever is answered came in behind it.
	if res, err := http.Get("http://" + addr + "/healthz"); err != nil {
		t.Fatal(err)
	} else {
		res.Body.Close()
	}
	start := time.Now()
	terminate(t, cmd)
	for half() {
		time.Sleep(10 * time.Millisecond)
	}
	terminate(t, cmd)
	cmd.Wait()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGTERM {
		t.Errorf("it ended by itself after %s: %s", time.Since(start), cmd.ProcessState)
	}
}

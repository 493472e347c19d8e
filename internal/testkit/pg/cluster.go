// Package pg gives tests a throw-away PostgreSQL: it starts the server that
// Debian installs in a temporary folder, and takes everything away again when
// the process that asked for it ends, however it ends. It imports nothing of
// ours and knows no schema.
package pg

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// ErrAbsent says that no PostgreSQL server is installed here.
var ErrAbsent = errors.New("no PostgreSQL server is installed (Debian: postgresql)")

const (
	superuser    = "warta"
	startTimeout = 60 * time.Second
	// maxSocketPath is what a socket's address holds on Linux, with room for
	// the file's own name.
	maxSocketPath = 107 - len("/.s.PGSQL.5432")
)

// Options choose how a cluster runs. The zero value is the fast one.
type Options struct {
	// Bin is the folder of initdb and postgres; empty: the newest that Debian
	// has installed, else the one on the PATH.
	Bin string
	// Parent is the folder in which the cluster's own one is made; empty: the
	// system's. The server's user must be able to reach it.
	Parent string
	// Durable keeps fsync on, for tests that ask what survives a crash.
	Durable bool
	// Settings are further server settings ("log_statement=all").
	Settings []string
}

// Cluster is a running server with its data. Its methods may be called from
// several goroutines; Stop, Kill, Restart and Close one after the other.
type Cluster struct {
	bin      string
	dir      string
	settings []string
	user     *account

	janitor *exec.Cmd
	alive   io.Closer // the janitor acts when this end is closed

	mu     sync.Mutex
	server *exec.Cmd
	exited chan struct{} // closed when server has ended
}

// Start makes a cluster and returns when it takes connections, only on a socket
// in its own folder. As root it runs the server as "postgres", else "nobody",
// since PostgreSQL refuses root. Without a server it answers ErrAbsent.
func Start(o Options) (_ *Cluster, err error) {
	bin, err := findServer(o.Bin)
	if err != nil {
		return nil, err
	}
	user, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(o.Parent, "warta-pg-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{bin: bin, dir: dir, user: user, settings: append(settings(dir, o.Durable), o.Settings...)}
	if err := c.watch(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	if len(dir) > maxSocketPath {
		return nil, fmt.Errorf("the folder's name is too long for a socket: %s", dir)
	}
	if err := c.initialise(); err != nil {
		return nil, err
	}
	if err := c.Restart(); err != nil {
		return nil, err
	}
	return c, nil
}

// settings returns the server's settings: all that waits for a disk is off
// unless durability is what the test is about.
func settings(dir string, durable bool) []string {
	list := []string{
		"listen_addresses=", "unix_socket_directories=" + dir, "unix_socket_permissions=0700",
		"max_connections=200", "shared_buffers=64MB", "timezone=UTC", "jit=off",
	}
	if durable {
		return append(list, "fsync=on", "synchronous_commit=on", "full_page_writes=on")
	}
	return append(list, "fsync=off", "synchronous_commit=off", "full_page_writes=off",
		"wal_level=minimal", "max_wal_senders=0")
}

// findServer returns the folder of the server's programs.
func findServer(bin string) (string, error) {
	if bin == "" {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
		newest := 0
		for _, f := range found {
			if v, err := strconv.Atoi(filepath.Base(filepath.Dir(f))); err == nil && v > newest {
				newest, bin = v, f
			}
		}
	}
	if bin == "" {
		if path, err := exec.LookPath("postgres"); err == nil {
			bin = filepath.Dir(path)
		}
	}
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(filepath.Join(bin, program)); bin == "" || err != nil {
			return "", ErrAbsent
		}
	}
	return bin, nil
}

// cleanUp waits until the other end of its input is closed, which the end of
// the test process does too, whatever killed it; then it ends the server and
// removes the folder. It trusts the pid only as long as that process works in
// the cluster's folder.
const cleanUp = `cat >/dev/null
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
ours() { [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$1/data" ]; }
ours "$1" && kill -QUIT "$pid"
n=0
while ours "$1" && [ $n -lt 200 ]; do sleep 0.05; n=$((n+1)); done
n=0
while rm -rf "$1" 2>/dev/null; [ -e "$1" ] && [ $n -lt 50 ]; do sleep 0.1; n=$((n+1)); done`

// watch hands the folder to the server's user and starts the janitor over it.
func (c *Cluster) watch() error {
	if c.user != nil {
		if err := os.Chown(c.dir, c.user.uid, c.user.gid); err != nil {
			return err
		}
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	c.janitor = exec.Command("/bin/sh", "-c", cleanUp, "pg-janitor", c.dir)
	c.janitor.Dir = "/"
	c.janitor.Stdin = read
	c.janitor.SysProcAttr = c.user.attributes(0)
	if err := c.janitor.Start(); err != nil {
		return errors.Join(err, write.Close())
	}
	c.alive = write
	return nil
}

// program returns a command of the server's, as its user and in its folder.
func (c *Cluster) program(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=" + c.dir}
	cmd.SysProcAttr = c.user.attributes(syscall.SIGQUIT)
	return cmd
}

// initialise makes the data folder. The collation is that of code points, as
// SQLite's is.
func (c *Cluster) initialise() error {
	var out bytes.Buffer
	cmd := c.program("initdb", "--pgdata="+c.data(), "--username="+superuser, "--auth=trust",
		"--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := runTied(cmd, nil); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out.String())
	}
	return nil
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

// Restart starts the server again over the same data, after Stop or Kill, and
// returns when it takes connections at the same address.
func (c *Cluster) Restart() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server != nil {
		return errors.New("the server is running already")
	}
	args := []string{"-D", c.data()}
	for _, s := range c.settings {
		args = append(args, "-c", s)
	}
	log, err := os.Create(c.logFile())
	if err != nil {
		return err
	}
	defer log.Close()
	cmd, started, exited := c.program("postgres", args...), make(chan error, 1), make(chan struct{})
	cmd.Stdout, cmd.Stderr = log, log
	go func() {
		defer close(exited)
		_ = runTied(cmd, started) // how it ended stands in its log
	}()
	if err := <-started; err != nil {
		return err
	}
	c.server, c.exited = cmd, exited
	return c.ready(exited)
}

// ready waits for the first connection.
func (c *Cluster) ready(exited <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		conn, err := pgx.Connect(ctx, c.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-exited:
			c.server = nil
			return fmt.Errorf("the server ended at once:\n%s", c.log())
		case <-ctx.Done():
			return fmt.Errorf("the server takes no connection: %w\n%s", err, c.log())
		case <-again.C:
		}
	}
}

func (c *Cluster) logFile() string { return filepath.Join(c.dir, "log") }

func (c *Cluster) log() string {
	text, err := os.ReadFile(c.logFile())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// URL returns the address of one of the cluster's databases, as pgx and
// Warta's --database take it.
func (c *Cluster) URL(db string) string {
	q := url.Values{"host": {c.dir}, "sslmode": {"disable"}}
	return (&url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + db, RawQuery: q.Encode()}).String()
}

// Create makes a database as a copy of template; empty: an empty one. Nobody
// may be connected to the template.
func (c *Cluster) Create(ctx context.Context, db, template string) error {
	if template == "" {
		template = "template0"
	}
	return c.exec(ctx, "CREATE DATABASE "+pgx.Identifier{db}.Sanitize()+" TEMPLATE "+pgx.Identifier{template}.Sanitize())
}

// Drop removes a database and ends its connections. One that is not there is
// no error.
func (c *Cluster) Drop(ctx context.Context, db string) error {
	return c.exec(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{db}.Sanitize()+" WITH (FORCE)")
}

func (c *Cluster) exec(ctx context.Context, statement string) error {
	conn, err := sql.Open("pgx", c.URL("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, statement)
	return errors.Join(err, conn.Close())
}

// Stop ends the server in order; the data stay for Restart.
func (c *Cluster) Stop() error { return c.end(syscall.SIGINT) }

// Kill ends the server at once, without a checkpoint, as a crash would; the
// data stay, and Restart recovers them from the log.
func (c *Cluster) Kill() error { return c.end(syscall.SIGQUIT) }

func (c *Cluster) end(signal os.Signal) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server == nil {
		return nil
	}
	err := c.server.Process.Signal(signal)
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	if err == nil {
		<-c.exited
		c.server = nil
	}
	return err
}

// Close ends the server and removes all of its data.
func (c *Cluster) Close() error {
	errs := []error{c.Kill(), c.alive.Close(), c.janitor.Wait()}
	if _, err := os.Stat(c.dir); !errors.Is(err, os.ErrNotExist) {
		errs = append(errs, fmt.Errorf("the folder is still there: %s", strings.TrimSpace(c.dir)))
	}
	return errors.Join(errs...)
}

package pg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

// Template is a database that is prepared once per process and copied for each
// test that names it: a migrated schema costs one file copy instead of a run of
// all migrations. Prepare must close its connections before it returns.
type Template struct {
	Name    string // unique among the templates of one process
	Prepare func(url string) error
}

// shared is the one cluster of this process. It is the package's only state:
// starting a server costs a second, and every test of a package can use it.
var shared struct {
	once      sync.Once
	cluster   *Cluster
	err       error
	databases atomic.Int64

	mu        sync.Mutex
	templates map[string]error // made, with the error if that failed
}

// Shared returns the cluster of this process and starts it for the first test
// that asks. It ends with the process. Without an installed server the test is
// skipped and says so; where CI=true it fails.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	shared.once.Do(func() { shared.cluster, shared.err = Start(Options{}) })
	refuse(t, shared.err, os.Getenv("CI") == "true")
	return shared.cluster
}

// OwnDatabase is the database that Own makes.
const OwnDatabase = "warta"

// Own starts a cluster of this test's own, which it may stop and kill, with an
// empty database in it. It ends with the test.
func Own(t testing.TB) *Cluster {
	t.Helper()
	c, err := Start(Options{})
	refuse(t, err, os.Getenv("CI") == "true")
	t.Cleanup(func() { c.Close() })
	if err := c.Create(context.Background(), OwnDatabase, ""); err != nil {
		t.Fatalf("create database: %v", err)
	}
	return c
}

// refuse ends the test if there is an error: a missing server is a reason to
// skip on somebody's laptop, and a failure in CI.
func refuse(t testing.TB, err error, ci bool) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, ErrAbsent) && !ci:
		t.Skipf("this test did not run on PostgreSQL: %v", err)
	default:
		t.Fatalf("PostgreSQL: %v", err)
	}
}

// Database makes a database for this test alone on the shared cluster, empty or
// as a copy of at most one template, and returns its address. It is dropped
// when the test ends.
func Database(t testing.TB, template ...Template) string {
	t.Helper()
	c := Shared(t)
	from := ""
	for _, tpl := range template {
		if err := c.prepared(tpl); err != nil {
			t.Fatalf("prepare template %s: %v", tpl.Name, err)
		}
		from = tpl.database()
	}
	name := fmt.Sprintf("test_%d", shared.databases.Add(1))
	if err := c.Create(context.Background(), name, from); err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() {
		// The test's own context has ended by now.
		if err := c.Drop(context.Background(), name); err != nil {
			t.Errorf("drop database: %v", err)
		}
	})
	return c.URL(name)
}

func (t Template) database() string { return "template_" + t.Name }

// prepared makes the template if this process has not yet. Tests that need it
// meanwhile wait; a failure is told to each of them.
func (c *Cluster) prepared(tpl Template) error {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if err, done := shared.templates[tpl.Name]; done {
		return err
	}
	err := c.Create(context.Background(), tpl.database(), "")
	if err == nil {
		err = tpl.Prepare(c.URL(tpl.database()))
	}
	if shared.templates == nil {
		shared.templates = map[string]error{}
	}
	shared.templates[tpl.Name] = err
	return err
}

// Open makes a database as Database does and returns a pool on it, which is
// closed when the test ends.
func Open(t testing.TB, template ...Template) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", Database(t, template...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	return db
}

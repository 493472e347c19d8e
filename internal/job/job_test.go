package job_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"warta/internal/change"
	"warta/internal/job"
	"warta/internal/testkit/pg"
)

// engines are the databases in which the queue must work.
var engines = []struct {
	name     string
	postgres bool
}{{"sqlite", false}, {"postgres", true}}

// bench is a queue over a fresh database.
type bench struct {
	t     *testing.T
	db    *sql.DB
	queue *job.Queue
	opt   job.Options
	calls chan string // "kind args" of each call
	stop  func()
}

func newBench(t *testing.T, postgres bool) *bench {
	t.Helper()
	b := &bench{t: t, calls: make(chan string, 100), opt: job.Options{Postgres: postgres, Poll: 20 * time.Millisecond, Log: slog.New(slog.DiscardHandler)}}
	var err error
	if postgres {
		b.db, err = sql.Open("pgx", pg.Database(t))
		b.ok(err)
	} else {
		b.db, err = sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "q.db")+"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)")
		b.ok(err)
		b.db.SetMaxOpenConns(1)
	}
	t.Cleanup(func() { b.db.Close() })
	b.fresh()
	current, err := b.queue.Current(t.Context())
	b.ok(err)
	if current {
		t.Fatal("an empty database has a queue")
	}
	b.ok(b.queue.Migrate(t.Context()))
	if current, err = b.queue.Current(t.Context()); err != nil || !current {
		t.Fatalf("current = %v, %v", current, err)
	}
	return b
}

// fresh stands for another start of the program.
func (b *bench) fresh() {
	b.t.Helper()
	q, err := job.New(b.db, b.opt)
	b.ok(err)
	b.queue = q
}

func (b *bench) ok(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// insert writes jobs in a transaction of their own.
func (b *bench) insert(keep bool, jobs ...change.Job) {
	b.t.Helper()
	tx, err := b.db.BeginTx(b.t.Context(), nil)
	b.ok(err)
	defer tx.Rollback()
	b.ok(b.queue.InsertTx(b.t.Context(), tx, jobs))
	if keep {
		b.ok(tx.Commit())
	}
}

// handle registers a handler that reports its calls and answers with what fn
// says.
func (b *bench) handle(kind string, fn func(n int) error) {
	var mu sync.Mutex
	n := 0
	b.queue.Register(kind, func(_ context.Context, args json.RawMessage) error {
		mu.Lock()
		n++
		i := n
		mu.Unlock()
		b.calls <- fmt.Sprintf("%s %s", kind, args)
		if fn == nil {
			return nil
		}
		return fn(i)
	})
}

// run starts work until the test ends or stop is called.
func (b *bench) run() {
	b.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.queue.Run(ctx) }()
	var once sync.Once
	b.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				b.t.Errorf("the queue ended with %v", err)
			}
		})
	}
	b.t.Cleanup(b.stop)
}

// next returns the next call.
func (b *bench) next() string {
	b.t.Helper()
	select {
	case c := <-b.calls:
		return c
	case <-time.After(20 * time.Second):
		b.t.Fatal("no job was worked on")
		return ""
	}
}

func TestQueue(t *testing.T) {
	t.Parallel()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			t.Run("a job is done after its transaction is kept, and never without", func(t *testing.T) {
				t.Parallel()
				b := newBench(t, e.postgres)
				b.handle("greet", nil)
				b.run()
				b.insert(false, change.Job{Kind: "greet", Args: json.RawMessage(`{"n":1}`)})
				b.insert(true, change.Job{Kind: "greet", Args: json.RawMessage(`{"n":2}`)})
				if got := b.next(); got != `greet {"n":2}` && got != `greet {"n": 2}` {
					t.Errorf("got %s", got)
				}
			})
			t.Run("what fails is tried again, and what asks for time gets it", func(t *testing.T) {
				t.Parallel()
				b := newBench(t, e.postgres)
				b.handle("slow", func(n int) error {
					if n < 3 {
						return job.Again(10 * time.Millisecond)
					}
					return nil
				})
				b.handle("bad", func(n int) error {
					if n == 1 {
						return errors.New("the printer is on fire")
					}
					return nil
				})
				b.run()
				b.insert(true, change.Job{Kind: "slow"}, change.Job{Kind: "bad"})
				got := map[string]int{}
				for range 5 {
					got[b.next()[:3]]++
				}
				if got["slo"] != 3 || got["bad"] != 2 {
					t.Errorf("calls %v, want 3 and 2", got)
				}
			})
			t.Run("a key keeps a second waiting job out, a finished one does not", func(t *testing.T) {
				t.Parallel()
				b := newBench(t, e.postgres)
				b.handle("once", nil)
				b.insert(true, change.Job{Kind: "once", Key: "a", Args: json.RawMessage(`1`)})
				b.insert(true, change.Job{Kind: "once", Key: "a", Args: json.RawMessage(`2`)}, change.Job{Kind: "once", Key: "b", Args: json.RawMessage(`3`)})
				b.run()
				got := []string{b.next(), b.next()}
				if slices.Sort(got); got[0] != "once 1" || got[1] != "once 3" {
					t.Errorf("got %q", got)
				}
				b.stop()
				b.insert(true, change.Job{Kind: "once", Key: "a", Args: json.RawMessage(`4`)})
				b.fresh()
				b.handle("once", nil)
				b.run()
				if got := b.next(); got != "once 4" {
					t.Errorf("got %q", got)
				}
			})
			t.Run("work goes on beside a busy writer", func(t *testing.T) {
				t.Parallel()
				b := newBench(t, e.postgres)
				b.handle("count", nil)
				b.run()
				for i := range 20 {
					b.insert(true, change.Job{Kind: "count", Args: json.RawMessage(fmt.Sprint(i))})
				}
				for range 20 {
					b.next()
				}
			})
		})
	}
}

func TestAStartOnSQLiteFreesWhatADeadProcessHadBegun(t *testing.T) {
	t.Parallel()
	b := newBench(t, false)
	b.insert(true, change.Job{Kind: "greet"})
	_, err := b.db.ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1`)
	b.ok(err)
	b.handle("greet", nil)
	b.run()
	b.next()
}

func TestDepthsCountWhatIsNotFinished(t *testing.T) {
	t.Parallel()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, e.postgres)
			depths := func() []job.Depth {
				t.Helper()
				list, err := b.queue.Depths(t.Context())
				b.ok(err)
				return list
			}
			if got := depths(); len(got) != 0 {
				t.Errorf("an empty queue: %v", got)
			}
			b.insert(true, change.Job{Kind: "a"}, change.Job{Kind: "a"}, change.Job{Kind: "b"}, change.Job{Kind: "b", At: time.Now().Add(time.Hour)})
			want := []job.Depth{{Kind: "a", State: "available", Jobs: 2}, {Kind: "b", State: "available", Jobs: 1}, {Kind: "b", State: "scheduled", Jobs: 1}}
			if got := depths(); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// Package job gives the durable queue: work that was asked for in the
// transaction of a change and happens later, once or again until it is done.
// It hides River and knows no kind of job; handlers bring their own meaning.
package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"warta/internal/change"
	"warta/internal/fault"
)

// Attempt is how long one attempt at a job may take. Longer work is cut into
// slices, each of them a job.
const Attempt = 20 * time.Second

// A job of a process that died is free again at the latest after these two: the
// age from which it counts as lost, and how often River looks (30 s).
const lostAfter = Attempt + 5*time.Second

// maxAttempts is how often a job that fails is tried before it is given up:
// with River's waiting times over a day.
const maxAttempts = 15

// Handler does the work of one kind. It may be called again with the same
// arguments, also after it succeeded, if the process died at that moment.
type Handler func(ctx context.Context, args json.RawMessage) error

// Again returns an error by which a handler asks to be called again after a
// while; it does not count as a failure.
func Again(after time.Duration) error { return river.JobSnooze(after) }

// Never returns an error by which a handler says that no further attempt can
// succeed.
func Never(err error) error { return river.JobCancel(err) }

// Options are what a queue may be told.
type Options struct {
	Postgres bool
	Log      *slog.Logger  // nil: nothing is logged
	Poll     time.Duration // how often it looks for work; 0: half a second
	Workers  int           // how many jobs run at once; 0: 4
	Read     *sql.DB       // the pool that Depths asks; nil: the one that writes
}

// Queue keeps jobs in tables of River's beside the rows of the store.
type Queue struct {
	db       *sql.DB
	driver   riverdriver.Driver[*sql.Tx]
	opt      Options
	inserter *river.Client[*sql.Tx]
	handlers map[string]Handler
}

// New returns a queue over the pool that writes. On SQLite that pool has one
// connection: the queue asks for it only outside of anybody's transaction, and
// InsertTx uses the transaction alone. Call Migrate before anything else.
func New(db *sql.DB, o Options) (_ *Queue, err error) {
	defer fault.Wrap(&err, "make the queue")
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Poll == 0 {
		o.Poll = 500 * time.Millisecond
	}
	if o.Workers == 0 {
		o.Workers = 4
	}
	if o.Read == nil {
		o.Read = db
	}
	q := &Queue{db: db, opt: o, handlers: map[string]Handler{}}
	if q.driver = riverdriver.Driver[*sql.Tx](riversqlite.New(db)); o.Postgres {
		q.driver = riverdatabasesql.New(db)
	}
	q.inserter, err = river.NewClient(q.driver, &river.Config{Logger: quiet()})
	return q, err
}

// quiet drops River's own lines: what matters of a job is logged here, once.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// Current reports whether the queue's tables are as this program needs them.
func (q *Queue) Current(ctx context.Context) (_ bool, err error) {
	defer fault.Wrap(&err, "look at the queue's tables")
	m, err := rivermigrate.New(q.driver, &rivermigrate.Config{Logger: quiet()})
	if err != nil {
		return false, err
	}
	res, err := m.Validate(ctx, nil)
	if err != nil {
		return false, err
	}
	return res.OK, nil
}

// Migrate makes the queue's tables or brings them up to date. Nobody else may
// do so meanwhile: the caller holds the lock of the schema.
func (q *Queue) Migrate(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "make the queue's tables")
	m, err := rivermigrate.New(q.driver, &rivermigrate.Config{Logger: quiet()})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// work is a job as River keeps it.
type work struct {
	kind string
	// Unique is the job's key, which alone decides whether another one is the same.
	Unique string          `json:"key,omitempty" river:"unique"`
	Args   json.RawMessage `json:"args,omitempty"`
}

// Kind returns the kind's name, for River.
func (w work) Kind() string { return w.kind }

// unfinished are the states in which a job with a key keeps others of the same
// key out.
var unfinished = []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
	rivertype.JobStateRetryable, rivertype.JobStateScheduled}

// InsertTx implements store.JobInserter. A job whose key is that of one that is
// not finished yet, running ones included, is dropped: give a key only to work
// for which a row says what is left to do.
func (q *Queue) InsertTx(ctx context.Context, tx *sql.Tx, jobs []change.Job) (err error) {
	defer fault.Wrap(&err, "enqueue %d jobs", len(jobs))
	params := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		opts := &river.InsertOpts{MaxAttempts: maxAttempts, ScheduledAt: j.At}
		if j.Key != "" {
			opts.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: unfinished}
		}
		params[i] = river.InsertManyParams{Args: work{kind: j.Kind, Unique: j.Key, Args: j.Args}, InsertOpts: opts}
	}
	_, err = q.inserter.InsertManyTx(ctx, tx, params)
	return err
}

// Register names the handler of a kind. All kinds are registered before Run.
func (q *Queue) Register(kind string, h Handler) { q.handlers[kind] = h }

// Run works on jobs until ctx ends, then lets those at work finish, and cuts
// off what takes longer than an attempt may.
func (q *Queue) Run(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "work on jobs")
	if err := q.free(ctx); err != nil {
		return err
	}
	workers := river.NewWorkers()
	for kind, h := range q.handlers {
		river.AddWorkerArgs(workers, work{kind: kind}, river.Worker[work](&worker{queue: q, handle: h}))
	}
	client, err := river.NewClient(q.driver, &river.Config{
		Workers:                     workers,
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: q.opt.Workers}},
		PollOnly:                    true, // one way for both engines; a job never waits longer than Poll for being seen
		FetchPollInterval:           q.opt.Poll,
		FetchCooldown:               min(q.opt.Poll, 100*time.Millisecond),
		JobTimeout:                  Attempt,
		RescueStuckJobsAfter:        lostAfter,
		CompletedJobRetentionPeriod: time.Hour,
		FetchOnlyKnownKinds:         true, // a newer program's jobs wait for it
		Logger:                      quiet(),
	})
	if err != nil {
		return err
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	<-ctx.Done()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), Attempt)
	defer cancel()
	if err := client.Stop(last); err == nil || !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return client.StopAndCancel(rest)
}

// free gives back what a process that died had begun. On SQLite one process
// alone works, so whatever runs at its start was left behind; on PostgreSQL
// others may be at work, and River finds the lost ones by their age.
func (q *Queue) free(ctx context.Context) error {
	if q.opt.Postgres {
		return nil
	}
	_, err := q.db.ExecContext(ctx, `
		UPDATE river_job
		SET state = 'available'
		WHERE state = 'running'`)
	if err != nil {
		return fmt.Errorf("free what was running: %w", err)
	}
	return nil
}

// worker runs one kind.
type worker struct {
	river.WorkerDefaults[work]
	queue  *Queue
	handle Handler
}

// Work runs the handler and logs what went wrong, once.
func (w *worker) Work(ctx context.Context, j *river.Job[work]) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the handler panicked: %v", p)
		}
		var snooze *rivertype.JobSnoozeError
		if err != nil && !errors.As(err, &snooze) {
			w.queue.opt.Log.Warn("job failed", "kind", j.Kind, "job", j.ID, "attempt", j.Attempt, "err", err)
		}
	}()
	return w.handle(ctx, j.Args.Args)
}

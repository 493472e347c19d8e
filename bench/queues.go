package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"warta/internal/app"
	"warta/internal/testkit/crowd"
)

// queueRounds is how often each page of a queue is read.
const queueRounds = 40

// queues measures the moderation desk's queues among n comments, in an SQLite
// database of their own, and prints a line a queue: its first page, the one in its
// middle and its last one, each at best, and what the last costs beside the first.
func queues(ctx context.Context, w io.Writer, n int, dir string) (err error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	core, err := app.Open(ctx, app.Config{Data: filepath.Join(dir, fmt.Sprint("queues", n)), Listen: "127.0.0.1:0", BaseURL: "http://localhost:8080", Log: "text"}, log, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, core.Close()) }()
	var there int
	if err := core.DB.Handle().QueryRowContext(ctx, `SELECT count(*) FROM comments`).Scan(&there); err != nil {
		return err
	}
	if there == 0 {
		if err := crowd.Fill(ctx, core.DB, n); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "\n%-46s%14s%14s%14s%10s\n", fmt.Sprintf("queues of %d comments, 30 a page", n), "first", "middle", "last", "depth")
	for _, q := range crowd.Queues(int64(n)) {
		took, err := q.Best(ctx, core.DB, queueRounds)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-46s%14.4g%14.4g%14.4g%9.2f×\n", q.Says+", quickest, µs", micros(took[0]), micros(took[1]), micros(took[2]), micros(took[2])/micros(took[0]))
	}
	best := time.Hour
	for range queueRounds {
		began := time.Now()
		if _, err := core.DB.QueueCounts(ctx, nil); err != nil {
			return err
		}
		best = min(best, time.Since(began))
	}
	fmt.Fprintf(w, "%-46s%14.4g\n", "how many wait in all of them, quickest, µs", micros(best))
	return nil
}

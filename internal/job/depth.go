package job

import (
	"context"

	"warta/internal/fault"
)

// Depth is how many jobs of a kind are in a state.
type Depth struct {
	Kind  string
	State string // available, pending, running, retryable, scheduled
	Jobs  int
}

// maxCounted bounds how many jobs Depths looks at.
const maxCounted = 10_000

// Depths counts what is not finished. Of more than 10,000 jobs only so many are
// counted: a queue of that length is the message.
func (q *Queue) Depths(ctx context.Context) (list []Depth, err error) {
	defer fault.Wrap(&err, "count jobs")
	// By River's index on the state.
	rows, err := q.opt.Read.QueryContext(ctx, `
		SELECT kind, state, count(*)
		FROM (
			SELECT kind, state
			FROM river_job
			WHERE state IN ('available', 'pending', 'running', 'retryable', 'scheduled')
			LIMIT $1
		) AS unfinished
		GROUP BY kind, state
		ORDER BY kind, state`, maxCounted)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d Depth
		if err := rows.Scan(&d.Kind, &d.State, &d.Jobs); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

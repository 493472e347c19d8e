// Command bench measures Warta at growing archives and prints one column for
// each size, so that growth shows. Everything runs inside this process, on the
// real store, edition and page engine. Absolute times are of this machine and
// moment; the ratios between columns are what to look at.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"

	"warta/internal/app"
	"warta/internal/testkit/crowd"
)

func main() {
	sizes := flag.String("sizes", "1000,10000,100000", "stories in each archive")
	keep := flag.String("data", "", "folder in which archives are kept between runs; empty: a temporary one")
	database := flag.String("database", "", "postgres://… with %d in the database's name for the size; empty: SQLite")
	comments := flag.Int("comments", crowd.Least, "comments among which the moderation desk's queues are read (SQLite); 0: these are left out")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *sizes, *keep, *database, *comments); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", app.Explain(err))
		os.Exit(1)
	}
}

func run(ctx context.Context, sizes, keep, database string, comments int) error {
	if comments != 0 && comments < crowd.Least {
		return app.Usage("comments", "%d is neither 0 nor a number of at least %d", comments, crowd.Least)
	}
	if keep == "" {
		dir, err := os.MkdirTemp("", "warta-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		keep = dir
	}
	var columns []column
	for _, s := range strings.Split(sizes, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 100 {
			return app.Usage("sizes", "%q is not a number of at least 100", s)
		}
		fmt.Fprintf(os.Stderr, "archive of %d stories …\n", n)
		c, err := measure(ctx, n, filepath.Join(keep, strconv.Itoa(n)), database)
		if err != nil {
			return err
		}
		columns = append(columns, c)
	}
	print(os.Stdout, columns)
	if comments == 0 {
		return nil
	}
	fmt.Fprintf(os.Stderr, "queues of %d comments …\n", comments)
	return queues(ctx, os.Stdout, comments, keep)
}

// column is what was measured at one size.
type column struct {
	stories int
	rows    []row
}

// row is one figure; zero means that it was not measured.
type row struct {
	name, unit string
	value      float64
}

func (c *column) add(name, unit string, value float64) {
	c.rows = append(c.rows, row{name, unit, value})
}

// print writes the table: a line a figure, a column a size, and how the last
// column relates to the first.
func print(w io.Writer, columns []column) {
	fmt.Fprintf(w, "%-46s", "")
	for _, c := range columns {
		fmt.Fprintf(w, "%14d", c.stories)
	}
	fmt.Fprintf(w, "%10s\n", "growth")
	for i, r := range columns[0].rows {
		fmt.Fprintf(w, "%-46s", r.name+", "+r.unit)
		for _, c := range columns {
			if c.rows[i].value == 0 && r.unit != "allocations" {
				fmt.Fprintf(w, "%14s", "–")
				continue
			}
			fmt.Fprintf(w, "%14.4g", c.rows[i].value)
		}
		last := columns[len(columns)-1].rows[i].value
		if r.value > 0 && last > 0 {
			fmt.Fprintf(w, "%9.2f×", last/r.value)
		}
		fmt.Fprintln(w)
	}
}

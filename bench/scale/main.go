// Command scale measures a running server from outside, with an archive of a
// million stories and beside nginx, which serves the same bytes from files. It
// prints the rows of docs/performance.md that need that. Traffic goes to
// loopback only, for a bounded time.
//
// Client and server share the machine, so a row is judged by the CPU time of the
// server's processes for a request, as a ratio to nginx in the same round. Rows
// in milliseconds are of this machine and moment.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"warta/internal/app"
)

// options are what the command line says.
type options struct {
	sizes   []int
	data    string
	rounds  int
	seconds int
	rows    []string // empty: all
}

func main() {
	var o options
	sizes := flag.String("sizes", "1000,1000000", "stories in each archive; the last column is the one that is judged")
	flag.StringVar(&o.data, "data", "bench/data", "folder in which the archives are kept between runs")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds in which rows that are compared take turns")
	flag.IntVar(&o.seconds, "seconds", 10, "seconds of each run of a load, at most 60")
	rows := flag.String("rows", "", "numbers of the rows to measure, with commas; empty: all")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	for _, s := range strings.Split(*sizes, ",") {
		var n int
		if _, err := fmt.Sscan(s, &n); err != nil || n < 200 {
			fatal(app.Usage("sizes", "%q is not a number of at least 200", s))
		}
		o.sizes = append(o.sizes, n)
	}
	if *rows != "" {
		o.rows = strings.Split(*rows, ",")
	}
	o.seconds = min(o.seconds, 60)
	fatal(run(ctx, o))
}

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "scale:", app.Explain(err))
		os.Exit(1)
	}
}

// figure is one line of the table.
type figure struct {
	row   string // its number in docs/performance.md
	what  string
	value string
	floor string
	goal  string
}

// bench is one archive while it is measured.
type bench struct {
	options
	stories int
	dir     string
	binary  string
	figures []figure
}

func (b *bench) add(row, what, value, floor, goal string) {
	b.figures = append(b.figures, figure{row, what, value, floor, goal})
	fmt.Fprintf(os.Stderr, "  %s %s: %s\n", row, what, value)
}

func (b *bench) wants(row string) bool { return len(b.rows) == 0 || slices.Contains(b.rows, row) }

// step says on standard error what begins, since some steps take minutes.
func (b *bench) step(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  "+format+"\n", append([]any{time.Now().Format("15:04:05")}, args...)...)
}

func run(ctx context.Context, o options) error {
	if err := tools("wrk", "nginx"); err != nil {
		return err
	}
	dir, err := filepath.Abs(o.data)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	binary, err := build(ctx, dir)
	if err != nil {
		return err
	}
	for _, n := range o.sizes {
		b := &bench{options: o, stories: n, dir: filepath.Join(dir, fmt.Sprint(n)), binary: binary}
		b.step("archive of %d stories", n)
		if err := b.measure(ctx); err != nil {
			return err
		}
		b.print()
	}
	return nil
}

func (b *bench) print() {
	fmt.Printf("\n%d stories, %d rounds of %d s\n\n", b.stories, b.rounds, b.seconds)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "#\twhat\tmeasured\tfloor\tgoal")
	for _, f := range b.figures {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", f.row, f.what, f.value, f.floor, f.goal)
	}
	w.Flush()
}

// measure fills the archive, starts the server over it and goes through the rows.
func (b *bench) measure(ctx context.Context) error {
	a, err := b.archive(ctx)
	if err != nil {
		return err
	}
	s, err := b.serve(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	for _, row := range []func(context.Context, *server, *archive) error{b.hot, b.underPublishing, b.walk, b.visible, b.search, b.bytes, b.weight} {
		if err := row(ctx, s, a); err != nil {
			return err
		}
	}
	return nil
}

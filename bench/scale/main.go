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
	"syscall"
	"time"

	"warta/internal/app"
)

// options are what the command line says.
type options struct {
	sizes   []int
	data    string
	rounds  int
	seconds int
	pages   int
	rows    []string // empty: all
	drawing string
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == bareOrder {
		fatal(serveBare(os.Args[2]))
		return
	}
	if len(os.Args) == 3 && os.Args[1] == loopOrder {
		fatal(serveLoop(os.Args[2]))
		return
	}
	var o options
	sizes := flag.String("sizes", "1000,1000000", "stories in each archive; the last column is the one that is judged")
	flag.StringVar(&o.data, "data", "bench/data", "folder in which the archives are kept between runs")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds in which rows that are compared take turns")
	flag.IntVar(&o.seconds, "seconds", 10, "seconds of each run of a load, at most 60")
	flag.IntVar(&o.pages, "pages", 200_000, "stories, drawn by chance, that rows 6 and 7 ask for")
	rows := flag.String("rows", "", "numbers of the rows to measure, with commas; empty: all")
	flag.StringVar(&o.drawing, "drawing", "", "file for an SVG that shows how costs grow; needs two sizes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
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

// bench is one archive while it is measured.
type bench struct {
	options
	stories int
	dir     string
	binary  string
	table   *table
}

func (b *bench) add(row, what, value, floor, goal string) {
	b.table.add(b.stories, figure{row: row, what: what, value: value, floor: floor, goal: goal})
	fmt.Fprintf(os.Stderr, "  %s %s: %s\n", row, what, value)
}

// grows adds a figure whose growth with the archive is drawn; lower is better.
func (b *bench) grows(row, what, value string, number float64, floor, goal string) {
	b.add(row, what, value, floor, goal)
	b.table.number(b.stories, row, what, number)
}

func (b *bench) wants(row string) bool { return len(b.rows) == 0 || slices.Contains(b.rows, row) }

// step says on standard error what begins, since some steps take minutes.
func (b *bench) step(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  "+format+"\n", append([]any{time.Now().Format("15:04:05")}, args...)...)
}

func run(ctx context.Context, o options) error {
	if err := tools("wrk", "h2load", "nginx"); err != nil {
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
	t := &table{sizes: o.sizes}
	for _, n := range o.sizes {
		b := &bench{options: o, stories: n, dir: filepath.Join(dir, fmt.Sprint(n)), binary: binary, table: t}
		b.step("archive of %d stories", n)
		if err := b.measure(ctx); err != nil {
			t.print(os.Stdout) // what there is
			return err
		}
	}
	fmt.Printf("\n%d rounds of %d s, %s\n\n", o.rounds, o.seconds, time.Now().UTC().Format("2 January 2006"))
	t.print(os.Stdout)
	if o.drawing == "" {
		return nil
	}
	return os.WriteFile(o.drawing, t.draw(), 0o644)
}

// measure fills the archive, starts the server over it and goes through the
// rows, each as far as it was asked for.
func (b *bench) measure(ctx context.Context) error {
	a, err := b.archive(ctx)
	if err != nil {
		return err
	}
	syscall.Sync() // gigabytes, if the archive is new
	s, err := b.serve(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	for _, r := range []struct {
		number  string
		measure func(context.Context, *server, *archive) error
	}{
		{"1", b.hot}, {"2", b.members}, {"5", b.bare}, {"5", b.underPublishing}, {"3", b.visible}, {"4", b.work},
		{"6", b.walk}, {"7", b.weight}, {"8", b.bytes}, {"10", b.search}, {"12", b.secure}, {"13", b.picture}, {"9", b.browser}, {"14", b.allocations}, {"ads", b.sold},
	} {
		if !b.wants(r.number) {
			continue
		}
		if err := r.measure(ctx, s, a); err != nil {
			return err
		}
	}
	return nil
}

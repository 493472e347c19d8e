package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/app"
)

// connections is how many readers ask at once.
const connections = 64

// load is one run against a server: wrk asks as fast as it gets answers.
type load struct {
	url     string // with the path; with a file of paths, that of the server
	paths   string // file of paths, one a line, asked for in random order
	cookie  string
	server  *server
	seconds int
}

// result of a run.
type result struct {
	requests int
	errors   int
	cpu      time.Duration // of the server, for one request
}

var (
	wrkRequests = regexp.MustCompile(`(\d+) requests in`)
	wrkStatus   = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)`)
	wrkSocket   = regexp.MustCompile(`Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)`)
)

// randomPaths is a script for wrk.
const randomPaths = `
local paths = {}
for line in io.lines(%q) do paths[#paths + 1] = line end
math.randomseed(%d)
function request() return wrk.format("GET", paths[math.random(#paths)]) end
`

// run asks for the length of the load.
func (l *load) run(ctx context.Context) (r result, err error) {
	args := []string{"-t", "1", "-c", strconv.Itoa(connections), "-d", fmt.Sprintf("%ds", l.seconds), "--timeout", "30s", "-H", "Accept-Encoding: gzip"}
	if l.cookie != "" {
		args = append(args, "-H", "Cookie: "+l.cookie)
	}
	if l.paths != "" {
		script := filepath.Join(filepath.Dir(l.paths), "paths.lua")
		if err := os.WriteFile(script, fmt.Appendf(nil, randomPaths, l.paths, time.Now().UnixNano()%1_000_000), 0o644); err != nil {
			return r, err
		}
		args = append(args, "-s", script)
	}
	before := cpu(l.server.cmd.Process.Pid)
	out, err := exec.CommandContext(ctx, "wrk", append(args, l.url)...).CombinedOutput()
	if err != nil {
		return r, app.Unavailable("wrk: %v\n%s", err, out)
	}
	used := cpu(l.server.cmd.Process.Pid) - before
	if m := wrkRequests.FindSubmatch(out); m != nil {
		r.requests, _ = strconv.Atoi(string(m[1]))
	}
	for _, pattern := range []*regexp.Regexp{wrkStatus, wrkSocket} {
		if m := pattern.FindSubmatch(out); m != nil {
			for _, n := range m[1:] {
				more, _ := strconv.Atoi(string(n))
				r.errors += more
			}
		}
	}
	if r.requests == 0 {
		return r, app.Unavailable("no request to %s was answered\n%s", l.url, out)
	}
	r.cpu = used / time.Duration(r.requests)
	return r, nil
}

// compare runs loads in turns and returns for each the median of its CPU time,
// and how often the first one's that would go into it (its capacity).
func (b *bench) compare(ctx context.Context, loads ...load) (cpus []time.Duration, capacity []float64, err error) {
	all := make([][]time.Duration, len(loads))
	ratios := make([][]float64, len(loads))
	for range b.rounds {
		var first time.Duration
		for i := range loads {
			loads[i].seconds = b.seconds
			r, err := loads[i].run(ctx)
			if err != nil {
				return nil, nil, err
			}
			if r.errors > 0 {
				return nil, nil, app.Unavailable("%d of %d requests to %s failed", r.errors, r.requests, loads[i].url)
			}
			if i == 0 {
				first = r.cpu
			}
			all[i] = append(all[i], r.cpu)
			ratios[i] = append(ratios[i], float64(first)/float64(r.cpu))
		}
	}
	for i := range loads {
		cpus, capacity = append(cpus, median(all[i])), append(capacity, median(ratios[i]))
	}
	return cpus, capacity, nil
}

func median[T cmp.Ordered](list []T) T { return quantile(list, 0.5) }

// quantile returns the value that the share q of the list does not exceed.
func quantile[T cmp.Ordered](list []T, q float64) T {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[min(int(float64(len(sorted))*q), len(sorted)-1)]
}

func ratio(f float64) string { return fmt.Sprintf("%.2f×", f) }

func micros(d time.Duration) string { return fmt.Sprintf("%.1f µs", float64(d)/1e3) }

func millis(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/1e6) }

func lines(list []string) string { return strings.Join(list, "\n") + "\n" }

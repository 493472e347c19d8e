package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"warta/internal/app"
)

// connections is how many readers ask at once.
const connections = 64

// agent is the name of a reader's browser: reads of who has none are not counted,
// and to count them is a part of what an answer costs.
const agent = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// load is one run against a server: wrk asks as fast as it gets answers.
type load struct {
	url     string // with the path; with a file of paths, that of the server
	paths   string // file of paths, one a line, asked for in random order
	cookies string // file of Cookie lines, one a reader, sent in random order
	server  *server
	seconds int
	h2      bool // over HTTP/2, one page
}

// result of a run.
type result struct {
	requests int
	errors   int
	cpu      time.Duration // of the server, for one request
	rate     float64       // requests a second
}

var (
	wrkRequests = regexp.MustCompile(`(\d+) requests in`)
	wrkStatus   = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)`)
	wrkSocket   = regexp.MustCompile(`Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)`)
)

// script is what wrk runs for each request: it draws a path and a reader.
const script = `
local function list(name)
  local all = {}
  if name ~= "" then for line in io.lines(name) do all[#all + 1] = line end end
  return all
end
local paths, cookies = list(%q), list(%q)
math.randomseed(%d)
function request()
  if #cookies > 0 then wrk.headers["Cookie"] = cookies[math.random(#cookies)] end
  if #paths > 0 then return wrk.format("GET", paths[math.random(#paths)]) end
  return wrk.format()
end
`

// run asks for the length of the load.
func (l *load) run(ctx context.Context) (r result, err error) {
	if l.h2 {
		return l.runH2(ctx)
	}
	args := []string{"-t", "1", "-c", strconv.Itoa(connections), "-d", fmt.Sprintf("%ds", l.seconds), "--timeout", "30s", "-H", "Accept-Encoding: gzip", "-H", agent}
	if l.paths != "" || l.cookies != "" {
		file := cmp.Or(l.paths, l.cookies) + ".lua"
		if err := os.WriteFile(file, fmt.Appendf(nil, script, l.paths, l.cookies, time.Now().UnixNano()%1_000_000), 0o644); err != nil {
			return r, err
		}
		args = append(args, "-s", file)
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
	r.rate = float64(r.requests) / float64(l.seconds)
	return r, nil
}

// rounds is what one of several loads came to that took turns.
type rounds struct {
	cpu      time.Duration // for one request, the median
	rate     float64       // requests a second, the median
	capacity float64       // how many of its requests go into one of the first load's, the median
}

// against says it beside the load that it was held against.
func (r rounds) against(first rounds) string {
	return fmt.Sprintf("%.2f× (%s; %s)", r.capacity, micros(r.cpu), micros(first.cpu))
}

// compare runs loads in turns.
func (b *bench) compare(ctx context.Context, loads ...load) ([]rounds, error) {
	all := make([][]result, len(loads))
	for range b.rounds {
		for i := range loads {
			loads[i].seconds = b.seconds
			r, err := loads[i].run(ctx)
			if err != nil {
				return nil, err
			}
			if r.errors > 0 {
				return nil, app.Unavailable("%d of %d requests to %s failed", r.errors, r.requests, loads[i].url)
			}
			all[i] = append(all[i], r)
		}
	}
	out := make([]rounds, len(loads))
	for i, results := range all {
		var cpus []time.Duration
		var rates, capacities []float64
		for n, r := range results {
			cpus, rates = append(cpus, r.cpu), append(rates, r.rate)
			capacities = append(capacities, float64(all[0][n].cpu)/float64(r.cpu))
		}
		out[i] = rounds{cpu: median(cpus), rate: median(rates), capacity: median(capacities)}
	}
	return out, nil
}

// timed readers ask for a page so often a second, and note how long each answer took.
type timed struct {
	log  string
	stop func() error // before took
}

// window is a span of time.
type window struct{ from, to time.Time }

// besides asks for a page so often a second until stop is called: a load that
// leaves a server room for what is measured meanwhile.
func besides(ctx context.Context, url string, rate int) (stop func() error, err error) {
	const clients = 16
	return ask(ctx, url, clients, rate, "")
}

// timed is besides with few readers whose answers are timed.
func (b *bench) timed(ctx context.Context, name, url string, rate int) (*timed, error) {
	const clients = 4
	r := &timed{log: filepath.Join(b.dir, name+".log")}
	if err := os.RemoveAll(r.log); err != nil {
		return nil, err
	}
	stop, err := ask(ctx, url, clients, rate, r.log)
	r.stop = sync.OnceValue(func() error { return stop() })
	return r, err
}

// took ends it, and returns how long answers took that were asked for within some
// windows, for each list of these.
func (r *timed) took(lists ...[]window) ([][]time.Duration, error) {
	if err := r.stop(); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(r.log)
	if err != nil {
		return nil, err
	}
	out := make([][]time.Duration, len(lists))
	for line := range strings.Lines(string(text)) {
		var start, micros int64
		var status int
		if _, err := fmt.Sscan(line, &start, &status, &micros); err != nil || status != http.StatusOK {
			return nil, app.Unavailable("h2load says %q", line)
		}
		at := time.UnixMicro(start)
		for i, list := range lists {
			if slices.ContainsFunc(list, func(w window) bool { return !at.Before(w.from) && at.Before(w.to) }) {
				out[i] = append(out[i], time.Duration(micros)*time.Microsecond)
			}
		}
	}
	for _, took := range out {
		if len(took) < 100 {
			return nil, app.Unavailable("only %d answers were timed", len(took))
		}
	}
	return out, nil
}

// ask runs h2load until stop is called. log is where it notes each answer; empty:
// nowhere.
func ask(ctx context.Context, url string, clients, rate int, log string) (stop func() error, err error) {
	ctx, cancel := context.WithCancel(ctx)
	args := []string{"--h1", "-c", strconv.Itoa(clients), "-t", "1", "--rps", strconv.Itoa(max(rate/clients, 1)), "-D", "600", "-H", "Accept-Encoding: gzip", "-H", agent}
	if log != "" {
		args = append(args, "--log-file="+log)
	}
	cmd := exec.CommandContext(ctx, "h2load", append(args, url)...)
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		cmd.Wait() // it is killed, as a rule
	}()
	return func() error {
		defer cancel()
		select {
		case <-ended:
			return app.Unavailable("the load on %s ended by itself", url)
		default:
		}
		cancel()
		<-ended
		return nil
	}, nil
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

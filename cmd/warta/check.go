package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"warta/internal/app"
)

type checkCmd struct {
	URLs urlsCmd `cmd:"" name:"urls" help:"Ask the running server for old addresses and say what becomes of each."`
}

type urlsCmd struct {
	Inputs   []string `arg:"" name:"INPUT" help:"Lists, sitemaps and access logs, gzip too; - for standard input; the address of a sitemap with --fetch."`
	Server   string   `help:"Where the server is asked (default: the base URL)." placeholder:"URL"`
	Host     string   `help:"Host of paths that name none (default: that of the base URL)." placeholder:"HOST"`
	As       string   `help:"What the inputs are: list, sitemap or log (default: as they look)." enum:",list,sitemap,log" default:""`
	Fetch    bool     `help:"Fetch sitemaps from their addresses."`
	Files    bool     `help:"Ask for pictures, scripts and other files in logs as well."`
	List     int      `help:"How many addresses that are not as they should be are listed." default:"50"`
	Parallel int      `help:"How many addresses are asked at once." default:"4"`
	Distinct int      `help:"How many addresses of logs are counted at once; about 400 bytes each." default:"200000"`
	JSON     bool     `name:"json" xor:"form" help:"Print a line of JSON for each address, and one for the summary in the end."`
	CSV      bool     `name:"csv" xor:"form" help:"Print a line of CSV for each address."`
}

// Help is what "warta check urls --help" says beside the flags.
func (*urlsCmd) Help() string {
	return `A list has an address a line: full (https://www.old.example/2019/05/a), or a path. After a tab, a comma or blanks may follow how often it was asked for, and where it should lead: the number of a story, an address, "gone", or the id that the story has in another system (looked up in the database that --data or --database names). A first line may name the columns (url, hits, target).

A sitemap may be an index; its parts are read from files beside it, or with --fetch. An access log has the common or the combined format, with the host in front or without; marks of campaigns are left out, and addresses are asked for by how often they were wanted.

Every address is asked for at the server under its own host, whatever that name resolves to. Redirects are followed on the hosts of --base-url and --hosts.

Exit status: 0 all lead where they should, 1 some do not or the check broke off, 2 wrong command line.`
}

// Run asks for old addresses.
func (c *urlsCmd) Run(e *env) error {
	if c.Parallel < 1 || c.Parallel > 64 || c.Distinct < 1000 || c.Distinct > 20_000_000 || c.List < 0 || c.List > 100_000 {
		fmt.Fprintln(e.err, "warta: --parallel is 1 to 64, --distinct 1000 to 20000000, --list 0 to 100000")
		return exitError(2)
	}
	bar := newProgress(e.err, "addresses")
	out := c.writer(e.out)
	start := time.Now()
	sum, err := app.CheckURLs(e.ctx, e.cfg, app.URLCheck{Inputs: c.Inputs, Stdin: e.in, Server: c.Server, Host: c.Host, Kind: c.As, Fetch: c.Fetch, Files: c.Files,
		Parallel: c.Parallel, Distinct: c.Distinct, Keep: max(c.List, 1), Core: e.open, Progress: func(p app.URLProgress) { bar.urls(p) }}, out.result)
	bar.end()
	if sum.Asked > 0 {
		if werr := out.end(&sum); werr != nil {
			return werr
		}
		w := e.out
		if c.JSON || c.CSV {
			w = e.err
		}
		c.report(w, &sum, time.Since(start))
	} else {
		c.unreadable(e.err, &sum)
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(e.err, "warta: stopped; what is above was asked, the rest was not")
		return exitError(1)
	}
	return e.ended(err, !sum.Complete())
}

// urls draws how far a check has come.
func (p *progress) urls(at app.URLProgress) {
	if at.Asking {
		p.what = "addresses"
		p.set(int(at.Done), int(at.Total))
		return
	}
	p.what = "MB read"
	p.set(int(at.Done>>20), int(at.Total>>20))
}

// urlWriter prints results as they come.
type urlWriter struct {
	result func(app.URLResult) error
	end    func(*app.URLSummary) error
}

func (c *urlsCmd) writer(out io.Writer) urlWriter {
	switch {
	case c.JSON:
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		return urlWriter{func(r app.URLResult) error { return enc.Encode(r) },
			func(s *app.URLSummary) error { return enc.Encode(map[string]any{"summary": s}) }}
	case c.CSV:
		w := csv.NewWriter(out)
		first := true
		return urlWriter{func(r app.URLResult) error {
			if first {
				first = false
				w.Write([]string{"address", "hits", "verdict", "hops", "status", "final", "story", "expected", "reason", "problem"})
			}
			w.Write([]string{inert(r.Text()), strconv.FormatInt(r.Hits, 10), string(r.Verdict), strconv.Itoa(r.Hops), strconv.Itoa(r.Status), inert(r.Final),
				strconv.FormatInt(r.StoryID, 10), inert(r.Expect), inert(r.Reason), inert(r.Problem)})
			w.Flush()
			return w.Error()
		}, func(*app.URLSummary) error { return nil }}
	}
	return urlWriter{func(app.URLResult) error { return nil }, func(*app.URLSummary) error { return nil }}
}

// inert keeps a spreadsheet from taking a text for a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// verdictWords say what became of addresses.
var verdictWords = map[app.URLVerdict]string{
	"same": "the same story", "redirect": "a redirect to the story", "page": "another page of the site", "gone": "gone, with a reason", "elsewhere": "a redirect to another site",
	"wrong": "leads to something else than the list says", "loop": "leads in a circle", "failed": "the server failed", "unmapped": "unmapped: nothing there",
}

func (c *urlsCmd) report(w io.Writer, sum *app.URLSummary, took time.Duration) {
	fmt.Fprintf(w, "Asked for %d addresses in %s.\n", sum.Asked, took.Round(time.Millisecond))
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	var hits int64
	for _, n := range sum.Hits {
		hits += n
	}
	for _, v := range app.URLVerdicts {
		n := sum.ByVerdict[v]
		if n == 0 {
			continue
		}
		fmt.Fprintf(table, "%d\t%.2f%%\t", n, 100*float64(n)/float64(sum.Asked))
		if hits > 0 {
			fmt.Fprintf(table, "%d hits\t%.2f%%\t", sum.Hits[v], 100*float64(sum.Hits[v])/float64(hits))
		}
		fmt.Fprintf(table, "  %s\n", verdictWords[v])
	}
	table.Flush()
	if sum.Chains > 0 {
		fmt.Fprintf(w, "%d lead over more than one redirect; let them lead to the end at once.\n", sum.Chains)
	}
	for _, why := range []string{"other methods", "answered with an error then", "files"} {
		if n := sum.Skipped[why]; n > 0 {
			fmt.Fprintf(w, "%d lines of logs left out: %s.\n", n, why)
		}
	}
	if sum.Uncounted > 0 {
		fmt.Fprintf(w, "Not counted, since there were more at once than --distinct=%d: addresses that were forgotten %d times, none of them asked for more than %d times.\n", c.Distinct, sum.Uncounted, sum.Lost)
	}
	c.unreadable(w, sum)
	c.bad(w, sum)
}

// unreadable names what no address could be read from.
func (c *urlsCmd) unreadable(w io.Writer, sum *app.URLSummary) {
	if sum.Unreadable == 0 {
		return
	}
	fmt.Fprintf(w, "%d lines could not be read:\n", sum.Unreadable)
	for _, u := range sum.Samples {
		if u.Line > 0 {
			fmt.Fprintf(w, "  %s:%d: %s\n", plain(u.File), u.Line, plain(u.Why))
		} else {
			fmt.Fprintf(w, "  %s: %s\n", plain(u.File), plain(u.Why))
		}
	}
	if more := sum.Unreadable - int64(len(sum.Samples)); more > 0 {
		fmt.Fprintf(w, "  and %d more\n", more)
	}
}

// bad lists what is not as it should be, the most wanted first.
func (c *urlsCmd) bad(w io.Writer, sum *app.URLSummary) {
	var all int64
	for _, v := range app.URLVerdicts {
		if v.Bad() {
			all += sum.ByVerdict[v]
		}
	}
	if all == 0 {
		fmt.Fprintln(w, "All of them lead where they should.")
		return
	}
	fmt.Fprintf(w, "Not as they should be, the most wanted first (%d of %d):\n", min(all, int64(c.List), int64(len(sum.Bad))), all)
	counted := len(sum.Bad) > 0 && sum.Bad[0].Hits > 0
	for i, r := range sum.Bad {
		if i == c.List {
			break
		}
		line := fmt.Sprintf("  %-8s  %s", r.Verdict, plain(r.Text()))
		if counted {
			line = fmt.Sprintf("  %7d%s", r.Hits, line)
		}
		if r.Hops > 0 {
			line += " → " + plain(r.Final)
		}
		if r.Problem != "" {
			line += " (" + plain(r.Problem) + ")"
		}
		fmt.Fprintln(w, line)
	}
}

// plain is a text that a terminal only shows.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '·'
	}, s)
}

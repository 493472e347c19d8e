// Package parity asks a running site for addresses of old times and says what
// becomes of each: the same story, a redirect to it, gone with a reason, or
// unmapped. It reads lists, sitemaps and access logs as they come, and knows
// neither database nor page.
package parity

import (
	"context"
	"net/http"
	"time"

	"warta/internal/fault"
)

// Verdict is what becomes of an address.
type Verdict string

// The verdicts. Of the last five none is as it should be.
const (
	Same      Verdict = "same"      // the story stands at this very address
	Redirect  Verdict = "redirect"  // the address leads to a story
	Page      Verdict = "page"      // it is, or leads to, a page that is no story
	Gone      Verdict = "gone"      // the story was taken away or the address given up, and the answer says so
	Elsewhere Verdict = "elsewhere" // it leads to another site
	Wrong     Verdict = "wrong"     // it leads to something else than the list says
	Loop      Verdict = "loop"      // it leads in a circle
	Failed    Verdict = "failed"    // the server did not answer as it should
	Unmapped  Verdict = "unmapped"  // there is nothing at the address
)

// Verdicts are all of them in the order in which a report names them.
var Verdicts = []Verdict{Same, Redirect, Page, Gone, Elsewhere, Wrong, Loop, Failed, Unmapped}

// Bad reports whether an address needs somebody's eyes.
func (v Verdict) Bad() bool {
	return v == Wrong || v == Loop || v == Failed || v == Unmapped
}

// Address is one old address with what is known of it.
type Address struct {
	Host string `json:"host,omitempty"` // empty: the site's own
	Path string `json:"path"`           // with its query
	Hits int64  `json:"hits,omitempty"` // how often it was asked for, 0: unknown
	// Expect is where it should lead, as it was written: a story's number, a path or
	// full address, or the id that the story has in another system.
	Expect string `json:"expect,omitempty"`
}

// Text returns host and path as one text.
func (a Address) Text() string { return a.Host + a.Path }

// Result is what became of one address.
type Result struct {
	Address
	Verdict Verdict `json:"verdict"`
	Hops    int     `json:"hops"`              // redirects on the way
	Status  int     `json:"status,omitempty"`  // of the last answer, 0: there was none
	Final   string  `json:"final,omitempty"`   // the canonical address of the page, else the last one that was asked
	StoryID int64   `json:"story,omitempty"`   // of the page, 0 if it is no story
	Reason  string  `json:"reason,omitempty"`  // why the story was taken away, as the page says
	Problem string  `json:"problem,omitempty"` // what is not as it should be, in words
}

// Options choose how a check works. BaseURL, Server and StoryID are required.
type Options struct {
	Server  string   // URL at which the server is asked
	BaseURL string   // of the site, as it stands in its addresses
	Hosts   []string // further hosts that lead to the site
	Host    string   // of paths in logs and lists that name none; empty: the site's own
	// StoryID returns the id in the path of a story of the site.
	StoryID func(path string) (id int64, ok bool)
	// StoriesByURI returns the ids of stories by the ids that they have in other
	// systems; nil: such ids are unknown.
	StoriesByURI func(ctx context.Context, uris []string) (map[string]int64, error)
	Kind         Kind // of all inputs; empty: as their beginning looks
	Files        bool // ask for pictures, scripts and other files in logs as well
	Parallel     int  // how many are asked at once; default 4
	Distinct     int  // how many addresses of logs are counted at once; default 200,000
	Keep         int  // how many addresses that are not as they should be the summary lists; default 1,000
	// Sitemap fetches a sitemap from its address; nil: only files are read.
	Sitemap  func(ctx context.Context, url string) (Body, error)
	Progress func(Progress)
	// Wait replaces the clock of the pauses in tests.
	Wait func(ctx context.Context, d time.Duration) error
}

// Progress is how far a check has come. Total is 0 where it is unknown.
type Progress struct {
	Asking      bool // else reading
	Done, Total int64
}

// Summary is what became of all addresses.
type Summary struct {
	Asked      int64             `json:"asked"`
	ByVerdict  map[Verdict]int64 `json:"verdicts"`
	Hits       map[Verdict]int64 `json:"hits"`
	Chains     int64             `json:"chains"` // over more than one redirect
	Lines      int64             `json:"lines"`  // of lists and logs
	Unreadable int64             `json:"unreadable"`
	Samples    []Unreadable      `json:"unreadable_samples,omitempty"` // the first ones
	Skipped    map[string]int64  `json:"skipped,omitempty"`            // lines of logs that were left out, by why
	// Uncounted are addresses of logs that were left out, since there were more than
	// can be counted at once; none of them was asked for more than Lost times.
	Uncounted int64    `json:"uncounted,omitempty"`
	Lost      int64    `json:"lost,omitempty"`
	Bad       []Result `json:"bad,omitempty"` // not as it should be, the most wanted first, at most Options.Keep
}

// Unreadable is something that no address could be read from.
type Unreadable struct {
	File string `json:"file"`
	Line int64  `json:"line,omitempty"`
	Why  string `json:"why"`
}

// Complete reports whether every address that was asked leads where it should.
func (s *Summary) Complete() bool {
	for v, n := range s.ByVerdict {
		if v.Bad() && n > 0 {
			return false
		}
	}
	return true
}

// Check is one check of a site.
type Check struct {
	o     Options
	asker *asker
	sum   Summary
	worst worst
	count *counter
	emit  func(Result) error
	queue []Address
	done  int64 // that were asked
	total int64 // addresses to ask, once that is known

	children int // sitemaps that indexes named
	// Lines of a log mostly name the host of the line before.
	lastHost, lastFound string
}

// Limits of a check.
const (
	defaultParallel = 4
	defaultDistinct = 200_000
	defaultKeep     = 1000
	maxSamples      = 20
	batch           = 256 // addresses that are asked before results are handed on in order
)

// New prepares a check.
func New(o Options) (*Check, error) {
	if o.Parallel <= 0 {
		o.Parallel = defaultParallel
	}
	if o.Distinct <= 0 {
		o.Distinct = defaultDistinct
	}
	if o.Keep <= 0 {
		o.Keep = defaultKeep
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	a, err := newAsker(&o)
	if err != nil {
		return nil, err
	}
	return &Check{o: o, asker: a, worst: worst{keep: o.Keep}, count: newCounter(o.Distinct),
		sum: Summary{ByVerdict: map[Verdict]int64{}, Hits: map[Verdict]int64{}, Skipped: map[string]int64{}}}, nil
}

// Run reads inputs and asks for what they hold: addresses of lists and sitemaps as
// they come, those of logs in the end, the most wanted first. emit gets every result
// in this order. The summary holds what was done also if there is an error; one for
// which nothing can be asked is Unavailable.
func (c *Check) Run(ctx context.Context, inputs []Input, emit func(Result) error) (Summary, error) {
	defer c.asker.close()
	c.emit = emit
	err := c.run(ctx, inputs)
	c.sum.Uncounted, c.sum.Lost = c.count.dropped, c.count.lost
	c.sum.Bad = c.worst.sorted()
	return c.sum, err
}

func (c *Check) run(ctx context.Context, inputs []Input) error {
	if err := c.asker.greet(ctx); err != nil {
		return err
	}
	for _, in := range inputs {
		if err := c.read(ctx, in); err != nil {
			return err
		}
	}
	if err := c.flush(ctx); err != nil {
		return err
	}
	wanted := c.count.sorted()
	c.done, c.total = 0, int64(len(wanted))
	for _, w := range wanted {
		if err := c.add(ctx, Address{Host: w.host, Path: w.path, Hits: w.hits}); err != nil {
			return err
		}
	}
	if err := c.flush(ctx); err != nil {
		return err
	}
	if c.sum.Asked == 0 {
		return fault.Input("input", "there is no address in what was given; a list has one a line, a sitemap is XML, an access log has the common or the combined format")
	}
	return nil
}

// add takes an address to ask for.
func (c *Check) add(ctx context.Context, a Address) error {
	if c.queue = append(c.queue, a); len(c.queue) < batch {
		return nil
	}
	return c.flush(ctx)
}

// flush asks for what was taken, and hands the results on in order.
func (c *Check) flush(ctx context.Context) error {
	if len(c.queue) == 0 {
		return nil
	}
	expected, err := c.expectations(ctx, c.queue)
	if err != nil {
		return err
	}
	results, err := c.asker.all(ctx, c.queue, expected)
	for _, r := range results {
		if r.Verdict == "" {
			continue // the check was stopped before it was asked
		}
		c.note(r)
		if err := c.emit(r); err != nil {
			return err
		}
	}
	c.queue = c.queue[:0]
	c.o.Progress(Progress{Asking: true, Done: c.done, Total: c.total})
	return err
}

func (c *Check) note(r Result) {
	c.done++
	c.sum.Asked++
	c.sum.ByVerdict[r.Verdict]++
	c.sum.Hits[r.Verdict] += r.Hits
	if r.Hops > 1 {
		c.sum.Chains++
	}
	if r.Verdict.Bad() {
		c.worst.add(r)
	}
}

// unreadable notes something that no address could be read from.
func (c *Check) unreadable(file string, line int64, why string) {
	if c.sum.Unreadable++; len(c.sum.Samples) < maxSamples {
		c.sum.Samples = append(c.sum.Samples, Unreadable{file, line, why})
	}
}

// wait is a pause that ends with its context.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// redirects are statuses that lead on.
func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

//go:build !race && unix

package app_test

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/doc"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/web/newsroom"
)

// crowd is readers who ask over real sockets for pages that nobody has asked for
// before, each of which has to be rendered: a search within two dates.
type crowd struct {
	t    *testing.T
	addr string
	next atomic.Int64

	mu       sync.Mutex
	good     int
	shed     []time.Duration // how long refusals took
	took     []time.Duration // how long pages took
	others   map[string]int
	overtime int // requests that were due while all readers waited
}

func (c *crowd) request() []byte {
	i := int(c.next.Add(1))
	from := time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i%4000).Format(time.DateOnly)
	to := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i/4000).Format(time.DateOnly)
	return fmt.Appendf(nil, "GET /search?q=bakau&from=%s&to=%s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\n\r\n", from, to, c.addr)
}

// reader asks once for every token, over one connection.
func (c *crowd) reader(tokens <-chan struct{}) {
	conn, err := net.Dial("tcp", c.addr)
	if err != nil {
		c.note("no connection: "+err.Error(), 0)
		return
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	req := &http.Request{Method: "GET"}
	for range tokens {
		start := time.Now()
		if _, err := conn.Write(c.request()); err != nil {
			c.note("not sent: "+err.Error(), 0)
			return
		}
		res, err := http.ReadResponse(in, req)
		if err != nil {
			c.note("no answer: "+err.Error(), 0)
			return
		}
		_, _ = io.Copy(io.Discard, res.Body)
		what := res.Status
		if res.StatusCode == 503 && res.Header.Get("Retry-After") == "" {
			what = "503 without Retry-After"
		}
		c.note(what, time.Since(start))
	}
}

func (c *crowd) note(what string, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch what {
	case "200 OK":
		c.good++
		c.took = append(c.took, took)
	case "503 Service Unavailable":
		c.shed = append(c.shed, took)
	default:
		c.others[what]++
	}
}

// outcome is what became of a time of load.
type outcome struct {
	goodput, offered   float64 // a second
	shed               int
	shed50, shed99     time.Duration
	page50, page99     time.Duration
	others             map[string]int
	heap               uint64        // at most, generator included
	work               float64       // pages per second of the process's CPU, generator included
	warm50, warm99     time.Duration // a page that is ready, asked meanwhile: the yardstick
	staff50, staffMost time.Duration
	staff              int
}

func (o outcome) String() string {
	return fmt.Sprintf("offered %.0f/s, goodput %.0f/s (p50 %s, p99 %s), %.0f pages per CPU second, shed %d (p50 %s, p99 %s), warm p50 %s, p99 %s, staff %d (p50 %s, longest %s), heap %d MB, others %v",
		o.offered, o.goodput, o.page50, o.page99, o.work, o.shed, o.shed50, o.shed99, o.warm50, o.warm99, o.staff, o.staff50, o.staffMost, o.heap>>20, o.others)
}

func percentile(list []time.Duration, p float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[min(int(p*float64(len(list))), len(list)-1)].Round(10 * time.Microsecond)
}

// cpu returns the CPU time that the process has used.
func cpu(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// load lets so many readers ask at a rate, 0: as often as they are answered.
func (c *crowd) load(readers int, rate float64, d time.Duration, staff, warm func() time.Duration) (o outcome) {
	c.good, c.shed, c.took, c.others, c.overtime = 0, nil, nil, map[string]int{}, 0
	tokens := make(chan struct{})
	var all, office sync.WaitGroup
	for range readers {
		all.Go(func() { c.reader(tokens) })
	}
	done := make(chan struct{})
	var worked, quick []time.Duration
	office.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
				quick = append(quick, warm())
			}
		}
	})
	office.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(100 * time.Millisecond):
				worked = append(worked, staff())
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				o.heap = max(o.heap, m.HeapInuse)
			}
		}
	})
	start, sent, used := time.Now(), 0, cpu(c.t)
	for time.Since(start) < d {
		if rate == 0 {
			select {
			case tokens <- struct{}{}:
				sent++
			case <-time.After(time.Millisecond):
			}
			continue
		}
		for due := int(time.Since(start).Seconds() * rate); sent+c.overtime < due; {
			select {
			case tokens <- struct{}{}:
				sent++
			default:
				c.overtime++
			}
		}
		time.Sleep(time.Millisecond)
	}
	took := time.Since(start).Seconds()
	c.mu.Lock()
	o.goodput = float64(c.good) / took
	o.work = float64(c.good) / (cpu(c.t) - used).Seconds()
	c.mu.Unlock()
	close(done)
	office.Wait()
	close(tokens)
	all.Wait()
	o.offered, o.others, o.shed = float64(sent)/took, c.others, len(c.shed)
	o.shed50, o.shed99 = percentile(c.shed, .5), percentile(c.shed, .99)
	o.warm50, o.warm99 = percentile(quick, .5), percentile(quick, .99)
	o.page50, o.page99 = percentile(c.took, .5), percentile(c.took, .99)
	o.staff, o.staff50, o.staffMost = len(worked), percentile(worked, .5), percentile(worked, 1)
	return o
}

// TestOverload offers ten times what can be rendered. WARTA_OVERLOAD is how long
// each of the loads lasts; without it a short slice is tried, whose bounds are wide
// since other tests run beside it. A refusal has to come within 20 ms, or, where
// that is more, three times what a page takes meanwhile that is ready: on a machine
// that others use that is the machine's own time.
func TestOverload(t *testing.T) {
	d, share := 3*time.Second, 0.5
	if long := os.Getenv("WARTA_OVERLOAD"); long != "" {
		var err error
		if d, err = time.ParseDuration(long); err != nil {
			t.Fatal(err)
		}
		share = 0.9
	} else if testing.Short() {
		d = time.Second
	}
	ctx := t.Context()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := fmt.Sprintf("localhost:%d", ln.Addr().(*net.TCPAddr).Port)
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	core, err := app.Open(ctx, app.Config{Data: t.TempDir(), Listen: ln.Addr().String(), BaseURL: "http://" + addr, PageStore: 64 << 20}, log, nil)
	if err != nil {
		t.Fatal(err)
	}
	core.Desk = news.NewDesk(core.DB, core.DB)
	cookie := furnish(t, core)
	a, err := app.New(ctx, core, nil)
	if err != nil {
		t.Fatal(err)
	}
	serving, stop := context.WithCancel(ctx)
	started, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- a.Serve(serving, ln, func() { close(started) }) }()
	<-started
	defer func() {
		stop()
		if err := cmp.Or(<-ended, a.Close()); err != nil {
			t.Error(err)
		}
	}()

	get := func(path string) time.Duration {
		start := time.Now()
		req, err := http.NewRequest("GET", "http://"+addr+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.AddCookie(cookie)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return 0
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if res.StatusCode != 200 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		return time.Since(start)
	}
	staff := func() time.Duration { return get("/newsroom/board") }
	warm := func() time.Duration { return get("/nasional") }
	c := &crowd{t: t, addr: addr}
	c.load(4, 0, d/3, staff, warm) // what is made once
	before := c.load(4, 0, d, staff, warm)
	flood := c.load(2000, 10*before.goodput, d, staff, warm)
	after := c.load(4, 0, d, staff, warm)
	t.Logf("at capacity: %s", before)
	t.Logf("at ten times: %s", flood)
	t.Logf("at capacity: %s", after)
	capacity := (before.goodput + after.goodput) / 2
	work := (before.work + after.work) / 2
	t.Logf("goodput at ten times the capacity: %.2f of it; by CPU, generator included: %.2f", flood.goodput/capacity, flood.work/work)
	if max(flood.goodput/capacity, flood.work/work) < share {
		t.Errorf("goodput %.0f/s, %.0f/s at capacity", flood.goodput, capacity)
	}
	if bound := max(20*time.Millisecond, 3*flood.warm99); flood.shed == 0 || flood.shed99 > bound {
		t.Errorf("%d refusals, p99 %s, at most %s", flood.shed, flood.shed99, bound)
	}
	if flood.offered < 7*capacity {
		t.Errorf("%.0f/s were offered: too few to try anything (capacity %.0f/s)", flood.offered, capacity)
	}
	if flood.heap > 512<<20 {
		t.Errorf("%d MB of heap", flood.heap>>20)
	}
	for _, o := range []outcome{before, flood, after} {
		if len(o.others) > 0 {
			t.Errorf("other answers: %v", o.others)
		}
	}
}

// furnish publishes stories and signs an editor in.
func furnish(t *testing.T, core *app.Core) *http.Cookie {
	t.Helper()
	ctx := t.Context()
	tree, err := core.DB.Sections(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ids := doc.SeededIDs("overload")
	for i := range 60 {
		var body doc.Doc
		for p := range 8 {
			body.Blocks = append(body.Blocks, doc.Paragraph{ID: ids(), Text: doc.Text(fmt.Sprintf("Warga menanam bakau di tepi teluk, paragraf %d dari berita %d, sejak pagi hingga petang.", p, i))})
		}
		id, err := core.Desk.Create(ctx, testkit.Actor, news.Content{SectionID: tree.BySlug("nasional").ID, Headline: fmt.Sprintf("Kampung ke-%d Menanam Bakau di Tepi Teluk", i), Body: body})
		if err == nil {
			_, err = core.Desk.Publish(ctx, testkit.Actor, id)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	u, err := core.Staff.Make(ctx, testkit.Actor, account.Invitation{Email: "editor@redaksi.example", Name: "Editor", Role: account.Editor}, testkit.Password, true)
	if err != nil {
		t.Fatal(err)
	}
	entry, err := core.Staff.SignIn(ctx, u.Email, testkit.Password, account.Client{Network: "127.0.0.1", Device: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return &http.Cookie{Name: newsroom.Cookie, Value: url.QueryEscape(entry.Token)}
}

package crash_test

import (
	"context"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"
)

// plan is how long and how hard a server is used.
type plan struct {
	lasts   time.Duration
	stories int           // of the archive
	rate    int           // requests a second
	each    int64         // every so many answers one is compared with a fresh rendering
	gauge   time.Duration // between looks at the process
	judged  bool          // whether it grows under the load: only a long run says something of that
	memory  string        // --page-memory and --picture-memory
	wait    string        // --render-wait: that other programs use the machine is no flood
}

// slice is what ordinary tests have time for, while others run beside it.
var slice = plan{lasts: 20 * time.Second, stories: 1000, rate: 150, each: 100, gauge: time.Second, memory: "64MiB", wait: "30s"}

// judgedFrom is from when on a run says something of memory: its second third
// has to be long enough for a few collections of garbage.
const judgedFrom = 15 * time.Minute

// TestAServerStaysAsItIs uses a server as readers and a newsroom do: a story is
// published every second, some are corrected and withdrawn, pictures come in, and
// readers of several classes ask for all of it and for the archive. It is tried
// for WARTA_SOAK ("30m"), or as a slice. No answer may be wrong, and the process
// may not grow. With WARTA_SOAK_PROFILES, a folder, profiles of its heap are kept
// there, one in thirty readings: what grew is in the difference.
//
// What is compared is every byte: the answer as it came over the socket, packed
// as it was, and its header, against a rendering by an App of another process
// over the same database that has just been made and keeps nothing.
func TestAServerStaysAsItIs(t *testing.T) {
	if testing.Short() {
		t.Skip("this builds the program and uses it for a while")
	}
	p := slice
	if long := os.Getenv("WARTA_SOAK"); long != "" {
		d, err := time.ParseDuration(long)
		if err != nil {
			t.Fatal(err)
		}
		// So many pages and pictures are more than memory keeps: what is measured is not
		// how it fills, and some come from the page store. With the default sizes it would
		// fill for the whole time: at these readers' pace each page is replaced once in
		// ten minutes.
		p = plan{memory: "16MiB", lasts: d, stories: 40_000, rate: 300, each: 1000, gauge: 10 * time.Second, judged: d >= judgedFrom, wait: "10s"}
	} else {
		t.Parallel()
	}
	s := newSoak(t, p)
	defer s.end()
	s.run()
	s.report()
}

// soak is one run.
type soak struct {
	plan
	t       *testing.T
	w       *warta
	site    *sample
	room    *pressroom
	twin    *twin
	readers []*reader
	gauges  *gauges
	tally   *tally
}

// newSoak makes the archive, starts the server over it, and lets every page of it
// be asked for once: what is measured is not how caches fill.
func newSoak(t *testing.T, p plan) *soak {
	t.Helper()
	s := &soak{plan: p, t: t, w: newWarta(t, build(t), ""), tally: newTally()}
	metrics := freeAddress(t)
	s.w.more = []string{"--metrics-addr", metrics, "--render-wait", p.wait, "--page-memory", p.memory, "--picture-memory", p.memory}
	start := time.Now()
	s.w.command("", "demo", "--no-ads", "--no-comments", "--stories", itoa(p.stories))
	boss := newPerson("Tono", s.w.url())
	s.w.command(boss.password+"\n", "user", "add", "--email", boss.email, "--name", "Tono", "--role", "managing-editor", "--password-stdin")
	s.site = newSample(t, s.w)
	t.Logf("an archive of %d stories was made in %s", len(s.site.stories), time.Since(start).Round(time.Second))
	s.w.start()
	if err := boss.enter(); err != nil {
		s.w.kill()
		t.Fatal(err)
	}
	s.room = newPressroom(boss, s.site, rand.New(rand.NewPCG(3, uint64(p.stories))))
	s.twin = newTwin(t, s.w, s.room, s.tally)
	s.gauges = &gauges{pid: s.w.cmd.Process.Pid, metrics: metrics}
	first, err := s.gauges.read(0)
	if err != nil {
		s.w.kill()
		t.Fatal(err)
	}
	s.gauges.first = first
	for i := range readersAtOnce {
		s.readers = append(s.readers, newReader(s, i))
	}
	return s
}

// readersAtOnce is how many connections ask. They share the machine with the
// server, and the rate is bounded: more would show nothing else.
const readersAtOnce = 6

func (s *soak) end() {
	if s.t.Failed() {
		s.t.Logf("the log ends:\n%s", s.w.tail())
	}
	for _, r := range s.readers {
		r.leave()
	}
	s.w.kill()
}

func (s *soak) run() {
	s.t.Helper()
	start := time.Now()
	s.walk()
	s.t.Logf("every story was asked for once by each kind of reader: %d answers in %s", s.tally.asked.Load(), time.Since(start).Round(time.Second))
	s.tally.forget()
	ctx, stop := context.WithTimeout(s.t.Context(), s.lasts)
	defer stop()
	var working sync.WaitGroup
	tokens := make(chan struct{})
	working.Go(func() { s.pace(ctx, tokens) })
	for _, r := range s.readers {
		working.Go(func() {
			for range tokens {
				r.ask()
			}
		})
	}
	working.Go(func() { s.room.work(ctx, s.tally) })
	judging := make(chan struct{})
	go func() {
		defer close(judging)
		s.twin.judge()
	}()
	s.watch(ctx)
	working.Wait()
	close(s.twin.queue)
	<-judging
	s.rest()
}

// pace hands out tokens at the rate. Where all readers wait for answers, tokens
// are not kept for later: they would come as a flood.
func (s *soak) pace(ctx context.Context, tokens chan<- struct{}) {
	defer close(tokens)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for start, due := time.Now(), 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for now := int(time.Since(start).Seconds() * float64(s.rate)); due < now; due++ {
			select {
			case tokens <- struct{}{}:
			default:
				s.tally.count("not asked, since all readers waited")
			}
		}
	}
}

// walk asks for every story once for each class.
func (s *soak) walk() {
	s.t.Helper()
	var walking sync.WaitGroup
	for i, r := range s.readers {
		walking.Go(func() {
			for n := i; n < len(s.site.stories); n += len(s.readers) {
				for _, class := range classesAsked {
					r.look(wish{path: s.site.stories[n].path, class: class, gzip: true, want: 200})
				}
			}
		})
	}
	walking.Wait()
}

// watch takes a reading of the process every so often until ctx ends.
func (s *soak) watch(ctx context.Context) {
	tick := time.NewTicker(s.gauge)
	defer tick.Stop()
	for start := time.Now(); ; {
		one, err := s.gauges.read(time.Since(start))
		if err != nil {
			s.t.Error(err)
			return
		}
		s.gauges.list = append(s.gauges.list, one)
		if dir := os.Getenv("WARTA_SOAK_PROFILES"); dir != "" && len(s.gauges.list)%30 == 1 {
			if err := s.gauges.profile(dir, one.at); err != nil {
				s.t.Log(err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// rest lets all readers leave and waits until the server has as few goroutines as
// before they came.
func (s *soak) rest() {
	for _, r := range s.readers {
		r.leave()
	}
	s.room.boss.http.CloseIdleConnections()
	for late := time.Now().Add(15 * time.Second); ; time.Sleep(500 * time.Millisecond) {
		one, err := s.gauges.read(0)
		if err != nil {
			s.t.Error(err)
			return
		}
		s.gauges.last = one
		// The last pictures may still be made, and jobs run.
		if one.goroutines <= s.gauges.first.goroutines || time.Now().After(late) {
			return
		}
	}
}

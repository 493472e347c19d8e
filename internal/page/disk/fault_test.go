package disk

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"warta/internal/page"
)

// world is what the database says in these tests: events in order, and for each
// tag what is true after each of them.
type world struct {
	events []event
}

type event struct {
	tag      string
	takedown bool
}

// last returns the event after which nothing of a tag changed.
func (w *world) last(tag string) (seq int, takedown int) {
	for i, e := range w.events {
		if e.tag == tag {
			seq = i + 2
			if e.takedown {
				takedown = i + 2
			}
		}
	}
	return seq, takedown
}

// resume does what app does at a start, with the events of w.
func (w *world) resume(s *Store) {
	seq, at, newest := s.Last()
	end := int64(len(w.events)) + 1
	if seq == 0 || seq > end || newest > end || seq > 1 && !at.Equal(began.Add(time.Duration(seq)*time.Second)) {
		s.Empty(end, began.Add(time.Duration(end)*time.Second))
		return
	}
	s.Adopt()
	for ; seq < end; seq++ {
		e := w.events[seq-1]
		announce(s, seq+1, e.takedown, e.tag)
	}
}

// check reads everything and looks whether it is what the world says: a body is
// the number of the event at which it was made.
func (w *world) check(t *testing.T, s *Store, when string) (read int) {
	t.Helper()
	for i := range 8 {
		key := fmt.Sprint("p/", i)
		for _, stale := range []bool{false, true} {
			r, ok := s.Read(key, stale)
			if !ok {
				continue
			}
			read++
			tag, made := "", 0
			if _, err := fmt.Sscanf(string(r.Body[0]), "%s made at %d.", &tag, &made); err != nil || tag != fmt.Sprint("story:", i) {
				t.Errorf("%s: %s is %q", when, key, r.Body[0])
			}
			changed, takedown := w.last(tag)
			if made < takedown || !stale && made < changed {
				t.Errorf("%s: %s was made at %d, changed at %d, taken down at %d", when, key, made, changed, takedown)
			}
		}
	}
	return read
}

// A store is killed at every step of its work, also in the middle of a write,
// and what it left is opened over a database that is as far as it was then or
// farther. Nothing that is read is older than the database.
func TestAKillAtAnyStep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMemory()
	opt := Options{files: m, segment: 4 << 10, Limit: 1}
	s, err := Open(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	s.Empty(1, began)
	m.keep = true
	type moment struct {
		image
		events int
	}
	var moments []moment
	w := &world{}
	random := rand.New(rand.NewPCG(3, 4))
	collect := func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, i := range m.steps {
			moments = append(moments, moment{i, len(w.events)})
		}
		m.steps = nil
	}
	for round := range 60 {
		i := random.IntN(8)
		tag := fmt.Sprint("story:", i)
		body := fmt.Sprintf("%s made at %d. %s", tag, len(w.events)+1, strings.Repeat("x", random.IntN(900)))
		writes := s.Stats().Writes
		s.Write(record(s, fmt.Sprint("p/", i), body, tag))
		wait(t, "it is written", func() bool { return s.Stats().Writes > writes && s.waiting.Load() == 0 })
		collect()
		if round%3 == 0 {
			e := event{fmt.Sprint("story:", random.IntN(8)), random.IntN(2) == 0}
			w.events = append(w.events, e) // committed; now it is announced
			announce(s, int64(len(w.events))+1, e.takedown, e.tag)
			collect()
		}
	}
	w.check(t, s, "at the end")
	shut(t, s)
	collect()
	read, emptied := 0, 0
	for n, at := range moments {
		if n%2 == 1 && !strings.Contains(at.what, logName) && testing.Short() {
			continue
		}
		for _, later := range []int{0, 1, 3} {
			then := &world{events: w.events[:min(at.events+later, len(w.events))]}
			s, err := Open(dir, Options{files: of(at.data), segment: 4 << 10, Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			then.resume(s)
			read += then.check(t, s, fmt.Sprintf("killed after step %d, %s; %d events later", n, at.what, later))
			emptied += int(s.Stats().Emptied)
			shut(t, s)
		}
	}
	if len(moments) < 150 || read < 10*len(moments) || emptied == 0 || emptied > 3*len(moments)/2 {
		t.Errorf("%d moments, %d pages read, emptied %d times: nothing was tried", len(moments), read, emptied)
	}
}

// Whatever is cut off or changed in any file: records are missed, or all of them
// are, and none is a wrong one.
func TestDamagedFilesLoseRecords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMemory()
	s, err := Open(dir, Options{files: m})
	if err != nil {
		t.Fatal(err)
	}
	s.Empty(1, began)
	w := &world{}
	for i := range 8 {
		tag := fmt.Sprint("story:", i)
		if i == 5 {
			w.events = append(w.events, event{"story:2", true})
			announce(s, 2, true, "story:2")
		}
		write(t, s, record(s, fmt.Sprint("p/", i), fmt.Sprintf("%s made at %d. ", tag, len(w.events)+1), tag))
	}
	shut(t, s)
	whole := m.copied()
	try := func(when string, data map[string][]byte) int {
		s, err := Open(dir, Options{files: of(data)})
		if err != nil {
			t.Fatal(err)
		}
		defer shut(t, s)
		// The newest event is known: who cannot say where the log ends asks the
		// database for all of it.
		w.resume(s)
		return w.check(t, s, when)
	}
	if n := try("untouched", whole); n != 14 {
		t.Fatalf("%d reads of an untouched store", n)
	}
	fewer := 0
	for name, b := range whole {
		for n := range b {
			data := maps.Clone(whole)
			data[name] = b[:n]
			if try(fmt.Sprintf("%s cut to %d bytes", name, n), data) < 14 {
				fewer++
			}
			data[name] = bytes.Clone(b)
			data[name][n] ^= 1 << (n % 8)
			if try(fmt.Sprintf("%s with another byte at %d", name, n), data) < 14 {
				fewer++
			}
		}
		data := maps.Clone(whole)
		delete(data, name)
		try(name+" removed", data)
	}
	if fewer < 500 {
		t.Errorf("only %d injuries were noticed", fewer)
	}
}

// A disk that is full or broken costs the store, and no page.
func TestDiskErrorsSwitchTheStoreOff(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		fails func(what, name string) bool
		do    func(*testing.T, *Store)
	}{
		"full, at a record": {
			func(what, name string) bool { return what == "write" && strings.HasSuffix(name, ".pages") },
			func(t *testing.T, s *Store) { s.Write(record(s, "p/b", "b")) },
		},
		"full, at a new segment": {
			func(what, name string) bool { return what == "create" && strings.HasSuffix(name, ".pages") },
			func(t *testing.T, s *Store) {
				for i := range 20 {
					s.Write(record(s, fmt.Sprint("p/", i), strings.Repeat("x", 1000)))
				}
			},
		},
		"a change cannot be noted": {
			func(what, name string) bool { return what == "write" && name == logName+".new" },
			func(t *testing.T, s *Store) { announce(s, 2, false, "x") },
		},
		"a takedown cannot be synced": {
			func(what, name string) bool { return what == "sync" && name == logName+".new" },
			func(t *testing.T, s *Store) { announce(s, 2, true, "x") },
		},
		"a record cannot be read": {
			func(what, name string) bool { return what == "read" && strings.HasSuffix(name, ".pages") },
			func(t *testing.T, s *Store) { s.Read("p/a", false) },
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, dir := newMemory(), t.TempDir()
			var said bytes.Buffer
			s, err := Open(dir, Options{files: m, segment: 4 << 10, Log: slog.New(slog.NewTextHandler(&said, nil))})
			if err != nil {
				t.Fatal(err)
			}
			s.Empty(1, began)
			write(t, s, record(s, "p/a", "a"))
			m.mu.Lock()
			m.fail = func(what, name string) error {
				if c.fails(what, name) {
					return syscall.ENOSPC
				}
				return nil
			}
			m.mu.Unlock()
			c.do(t, s)
			wait(t, "the store is off", func() bool { return s.Stats().Failed == 1 })
			wait(t, "its folder is empty", func() bool {
				names, _ := m.list()
				return len(names) == 0
			})
			expect(t, s, "p/a", "")
			s.Write(record(s, "p/c", "c"))
			announce(s, 3, true, "y")
			shut(t, s)
			if n := strings.Count(said.String(), "switched off"); n != 1 || !strings.Contains(said.String(), "no space left") {
				t.Errorf("it said %q", said.String())
			}
			m.mu.Lock()
			m.fail = nil
			m.mu.Unlock()
			s, err = Open(dir, Options{files: m})
			if err != nil {
				t.Fatal(err)
			}
			defer shut(t, s)
			if seq, _, _ := s.Last(); seq != 0 {
				t.Error("what a broken disk holds is trusted")
			}
		})
	}
}

// A disk on which nothing can be done any more still fails no page; the database
// is what remains.
func TestADiskThatIsGone(t *testing.T) {
	t.Parallel()
	m := newMemory()
	s, err := Open(t.TempDir(), Options{files: m})
	if err != nil {
		t.Fatal(err)
	}
	s.Empty(1, began)
	write(t, s, record(s, "p/a", "a", "story:1"))
	m.mu.Lock()
	m.fail = func(string, string) error { return errors.New("gone") }
	m.mu.Unlock()
	announce(s, 2, true, "story:1")
	expect(t, s, "p/a", "")
	shut(t, s)
	m.fail = nil
	s, err = Open(t.TempDir(), Options{files: m})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, s)
	w := &world{events: []event{{"story:1", true}}}
	w.resume(s)
	if _, ok := s.Read("p/a", true); ok {
		t.Error("the page that was taken down is read")
	}
}

func TestAFullFileSystem(t *testing.T) {
	t.Parallel()
	dir := "/dev/full" // a device that takes no byte
	if _, err := os.Stat(dir); err != nil {
		t.Skip("this system has none")
	}
	place := t.TempDir()
	s := begun(t, place, Options{})
	write(t, s, record(s, "p/a", "a"))
	full, err := os.OpenFile(dir, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	s.logMu.Lock()
	s.tagLog.f.Close()
	s.tagLog.f = osFile{full}
	s.logMu.Unlock()
	announce(s, 2, true, "x")
	if s.Stats().Failed != 1 {
		t.Errorf("a takedown on a full disk: %+v", s.Stats())
	}
	left, err := filepath.Glob(filepath.Join(place, "*.*"))
	if err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// Readers go on while segments come and go, and get nothing but what was written.
func TestReadersDoNotWaitForCompaction(t *testing.T) {
	t.Parallel()
	s := begun(t, t.TempDir(), Options{Limit: 1, segment: 64 << 10})
	body := func(i int) string { return strings.Repeat(fmt.Sprintf("%06d ", i), 300) }
	const keys = 2000
	var wg sync.WaitGroup
	done := make(chan struct{})
	var hits [4]int
	for r := range hits {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(5, uint64(r)))
			for {
				select {
				case <-done:
					return
				default:
				}
				i := random.IntN(keys)
				if random.IntN(3) > 0 {
					i = random.IntN(20) // read often, so carried over
				}
				if got, ok := s.Read(fmt.Sprint("p/", i), false); ok {
					hits[r]++
					if string(got.Body[0]) != body(i) {
						t.Errorf("p/%d is another page", i)
					}
				}
			}
		})
	}
	for i := range 2 * keys {
		s.Write(record(s, fmt.Sprint("p/", i%keys), body(i%keys)))
		if i%200 == 0 {
			wait(t, "the queue is empty", func() bool { return s.waiting.Load() == 0 })
			announce(s, int64(i)+2, i%400 == 0, fmt.Sprint("tag:", i))
		}
	}
	close(done)
	wg.Wait()
	if st := s.Stats(); st.Carried == 0 || st.Damaged > 0 || st.Failed > 0 || st.Bytes > minLimit {
		t.Errorf("%+v", st)
	}
	for r, n := range hits {
		if n == 0 {
			t.Errorf("reader %d read nothing", r)
		}
	}
}

// What does not fit into the queue is dropped, and nobody waits for it.
func TestWritesAreDroppedWhenTheDiskDoesNotKeepUp(t *testing.T) {
	t.Parallel()
	m := newMemory()
	s, err := Open(t.TempDir(), Options{files: m})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, s)
	s.Empty(1, began)
	m.mu.Lock() // a disk that does not answer
	held := true
	defer func() {
		if held {
			m.mu.Unlock()
		}
	}()
	big := strings.Repeat("x", 64<<10)
	for i := range 2 * queueRecords {
		s.Write(record(s, fmt.Sprint("p/", i), big))
	}
	if n := s.waiting.Load(); n > queueBytes {
		t.Errorf("%d bytes wait", n)
	}
	if s.Stats().Drops == 0 {
		t.Error("nothing was dropped")
	}
	m.mu.Unlock()
	held = false
	wait(t, "the rest is written", func() bool { return s.Stats().Writes+s.Stats().Drops == 2*queueRecords })
}

var _ page.Store = (*Store)(nil)

package disk

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/page"
)

// forever is Until for what has no clock.
const forever = math.MaxInt64

// began is the event at which the stores of these tests begin.
var began = time.UnixMilli(1_700_000_000_000).UTC()

// begun opens an empty store that works.
func begun(t testing.TB, dir string, opt Options) *Store {
	t.Helper()
	s := open(t, dir, opt)
	if seq, _, _ := s.Last(); seq != 0 {
		t.Fatalf("the store is not empty: it is at event %d", seq)
	}
	s.Empty(1, began)
	return s
}

func open(t testing.TB, dir string, opt Options) *Store {
	t.Helper()
	s, err := Open(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, s) })
	return s
}

func shut(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// again opens what a store left behind and keeps it.
func again(t testing.TB, dir string, opt Options) *Store {
	t.Helper()
	s := open(t, dir, opt)
	if seq, _, _ := s.Last(); seq == 0 {
		t.Fatal("nothing is there any more")
	}
	s.Adopt()
	return s
}

// announce is what the engine does with an event.
func announce(s *Store, seq int64, takedown bool, tags ...string) {
	s.Dated(seq, began.Add(time.Duration(seq)*time.Second))
	s.Announce(seq, tags, takedown)
	s.Settle()
}

func record(s *Store, key, body string, tags ...string) page.Record {
	return page.Record{Key: key, Number: s.Number(), Until: forever, Tags: tags, Body: [][]byte{[]byte(body[:len(body)/2]), []byte(body[len(body)/2:])}}
}

// write writes records and waits until they are there, the last one by its key.
func write(t testing.TB, s *Store, records ...page.Record) {
	t.Helper()
	for _, r := range records {
		s.Write(r)
	}
	last := records[len(records)-1]
	wait(t, "a record that was written is there", func() bool { return s.Has(last.Key) })
}

// wait waits for a condition.
func wait(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to this: %s", what)
		}
	}
}

// expect reads a key; want is empty for none.
func expect(t testing.TB, s *Store, key, want string) {
	t.Helper()
	r, ok := s.Read(key, false)
	if ok != (want != "") || ok && string(r.Body[0]) != want {
		t.Errorf("%s: read %t, %.40q; want %.40q", key, ok, r.Body, want)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	s := begun(t, t.TempDir(), Options{})
	r := record(s, "p/a", "the page", "story:1", "", "section:2")
	r.Until = 42
	write(t, s, r)
	got, ok := s.Read("p/a", false)
	if !ok || got.Key != "p/a" || got.Until != 42 || got.Number != r.Number || string(got.Body[0]) != "the page" || !slices.Equal(got.Tags, r.Tags) {
		t.Errorf("read %t %+v", ok, got)
	}
	expect(t, s, "p/b", "")
	write(t, s, record(s, "p/a", "once more"))
	wait(t, "the later one counts", func() bool { r, _ := s.Read("p/a", false); return string(r.Body[0]) == "once more" })
	if st := s.Stats(); st.Records != 1 || st.Writes != 2 || st.Bytes < 128 {
		t.Errorf("%+v", st)
	}
}

func TestAnnouncementsMakeRecordsVoid(t *testing.T) {
	t.Parallel()
	s := begun(t, t.TempDir(), Options{})
	before := record(s, "p/before", "old", "story:1", "latest")
	write(t, s, before, record(s, "p/other", "other", "story:2"))
	announce(s, 2, false, "story:1")
	expect(t, s, "p/before", "")
	expect(t, s, "p/other", "other")
	if r, ok := s.Read("p/before", true); !ok || string(r.Body[0]) != "old" {
		t.Errorf("what changed is not there even as a stale page")
	}
	write(t, s, record(s, "p/after", "new", "story:1"))
	expect(t, s, "p/after", "new")

	announce(s, 3, true, "story:1")
	for _, key := range []string{"p/before", "p/after"} {
		if _, ok := s.Read(key, true); ok {
			t.Errorf("%s was taken down and is read", key)
		}
	}
	// A rendering that began before and was written late.
	before.Key = "p/late"
	write(t, s, before, record(s, "p/x", "x"))
	expect(t, s, "p/late", "")

	// An event that comes late or twice costs records, nothing else.
	write(t, s, record(s, "p/then", "then", "story:5"))
	announce(s, 2, false, "story:5")
	expect(t, s, "p/then", "")
	write(t, s, record(s, "p/now", "now", "story:5"))
	expect(t, s, "p/now", "now")

	s.Forget(3)
	s.Settle()
	for _, key := range []string{"p/now", "p/other", "p/x"} {
		if _, ok := s.Read(key, true); ok {
			t.Errorf("%s is read after everything was forgotten", key)
		}
	}
	write(t, s, record(s, "p/other", "once more", "story:2"))
	expect(t, s, "p/other", "once more")
}

func TestTagsAreBounded(t *testing.T) {
	t.Parallel()
	s := begun(t, t.TempDir(), Options{Tags: 100})
	write(t, s, record(s, "p/old", "old", "never announced"))
	for i := range int64(1000) {
		announce(s, 2+i, i%10 == 0, fmt.Sprint(i))
		if i == 900 {
			write(t, s, record(s, "p/new", "new", "0", "never announced"))
		}
	}
	if n := s.Stats().Tags; n > 101 {
		t.Errorf("%d tags are remembered", n)
	}
	expect(t, s, "p/old", "") // nobody knows any more
	if _, ok := s.Read("p/old", true); ok {
		t.Error("what is older than the floor is served as stale: it may have been taken down")
	}
	write(t, s, record(s, "p/newest", "newest", "5"))
	expect(t, s, "p/newest", "newest")
}

func TestRecordsSurviveAStop(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for round := range int64(4) { // each goes on where the one before stopped
		var s *Store
		if round == 0 {
			s = begun(t, dir, Options{})
		} else {
			s = again(t, dir, Options{})
			if seq, at, newest := s.Last(); seq != 2*round || !at.Equal(began.Add(time.Duration(seq)*time.Second)) || newest > seq {
				t.Errorf("the store is complete to event %d of %v, its records to %d; want %d", seq, at, newest, 2*round)
			}
			expect(t, s, "p/kept", "kept")
			expect(t, s, "p/changed", "")
			expect(t, s, fmt.Sprint("p/", round-1), "of a round before")
		}
		write(t, s, record(s, "p/kept", "kept", "a"), record(s, "p/changed", "changed", "b"), record(s, fmt.Sprint("p/", round), "of a round before"))
		announce(s, 2*round+2, false, "b")
		shut(t, s)
	}
	if names := segments(t, dir); len(names) != 1 {
		t.Errorf("every start begins a segment: %v", names)
	}
}

func segments(t testing.TB, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.pages"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestOneProcessHasTheFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := begun(t, dir, Options{})
	if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), ErrInUse.Error()) {
		t.Errorf("a second one opened it: %v", err)
	}
	write(t, s, record(s, "p/a", "a"))
	shut(t, s)
	expect(t, again(t, dir, Options{}), "p/a", "a")
}

func TestAnotherFingerprintEmptiesTheStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := begun(t, dir, Options{Fingerprint: [32]byte{1}})
	write(t, s, record(s, "p/a", "a"))
	shut(t, s)
	s = open(t, dir, Options{Fingerprint: [32]byte{2}})
	if seq, _, _ := s.Last(); seq != 0 || s.Stats().Emptied != 1 {
		t.Errorf("pages of another program are still there: event %d, %+v", seq, s.Stats())
	}
	if names := segments(t, dir); len(names) != 0 {
		t.Errorf("segments are left: %v", names)
	}
}

func TestWhatIsNotAdoptedIsNotRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := begun(t, dir, Options{})
	write(t, s, record(s, "p/a", "a"))
	shut(t, s)
	s = open(t, dir, Options{})
	expect(t, s, "p/a", "")
	s.Empty(9, began)
	expect(t, s, "p/a", "")
	write(t, s, record(s, "p/b", "b"))
	expect(t, s, "p/b", "b")
	s.Adopt() // does nothing any more
	s.Empty(1, began)
	expect(t, s, "p/b", "b")
	shut(t, s)
	s = again(t, dir, Options{})
	expect(t, s, "p/a", "")
	expect(t, s, "p/b", "b")
	if seq, _, _ := s.Last(); seq != 9 {
		t.Errorf("it is complete to event %d", seq)
	}
}

func TestAClosedStoreHasNothing(t *testing.T) {
	t.Parallel()
	s := begun(t, t.TempDir(), Options{})
	write(t, s, record(s, "p/a", "a"))
	shut(t, s)
	expect(t, s, "p/a", "")
	s.Write(record(s, "p/b", "b"))
	announce(s, 2, true, "x")
	if s.Has("p/a") {
		t.Error("it has a record")
	}
}

func TestTheFolderIsBounded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const limit = 4 << 20
	opt := Options{Limit: limit}
	s := begun(t, dir, opt)
	random := rand.New(rand.NewPCG(1, 2))
	body := func(i int) string { return strings.Repeat(fmt.Sprintf("%08d", i), 400+random.IntN(200)) }
	for i := range 4000 {
		key := fmt.Sprintf("p/%d", i)
		s.Write(record(s, key, body(i)))
		if i%25 == 0 {
			write(t, s, record(s, key+"/", "x"))
		}
		if i > 20 && i%50 == 0 {
			expectPart(t, s, "p/7", "00000007") // read again and again, so it stays
		}
		if i%400 == 399 {
			if n := used(t, dir); n > limit {
				t.Fatalf("after %d records the folder has %d bytes", i, n)
			}
		}
	}
	shut(t, s)
	st := s.Stats()
	if st.Records < 600 || st.Records > 1300 || st.Carried < 1 || st.Drops > 0 {
		t.Errorf("%+v", st)
	}
	if got := used(t, dir); st.Bytes > limit || st.Bytes < got*9/10 {
		t.Errorf("it says that it holds %d bytes, the folder has %d", st.Bytes, got)
	}

	s = again(t, dir, opt)
	expect(t, s, "p/8", "")
	for _, i := range []int{7, 3999, 3700} {
		expectPart(t, s, fmt.Sprintf("p/%d", i), fmt.Sprintf("%08d", i))
	}
	if now := s.Stats(); now.Records != st.Records {
		t.Errorf("%d records before the stop, %d after it", st.Records, now.Records)
	}
}

func expectPart(t testing.TB, s *Store, key, want string) {
	t.Helper()
	if r, ok := s.Read(key, false); !ok || !strings.HasPrefix(string(r.Body[0]), want) {
		t.Errorf("%s: read %t, want %s", key, ok, want)
	}
}

// used returns how many bytes the files of a folder have.
func used(t testing.TB, dir string) (n int64) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			n += info.Size()
		}
	}
	return n
}

package crash_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/doc"
	"warta/internal/testkit/front"
	"warta/internal/testkit/pg"
)

// TestNothingWithdrawnComesBack withdraws stories from a server under load, with
// a cache in front of it: 6 times, or WARTA_TAKEDOWNS times, on each engine. The
// server is killed in the middle, or the database stopped, or both. Once a
// withdrawal is confirmed, nobody gets a byte of the story: not from memory, the
// page store, a 304, or the cache.
func TestNothingWithdrawnComesBack(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("this builds the program and kills it")
	}
	rounds := 6
	if n, err := strconv.Atoi(os.Getenv("WARTA_TAKEDOWNS")); err == nil && n > 0 {
		rounds = n
	}
	binary := build(t)
	t.Run("on SQLite", func(t *testing.T) {
		t.Parallel()
		takeAway(t, newWarta(t, binary, ""), nil, rounds)
	})
	t.Run("on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		c := pg.Own(t)
		takeAway(t, newWarta(t, binary, c.URL(pg.OwnDatabase)), c, rounds)
	})
}

// target is a story that is taken away.
type target struct {
	id   int64
	path string
	word string // stands in its headline and its text, and nowhere else
	etag atomic.Pointer[string]
	gone atomic.Bool // its withdrawal was confirmed
}

// remover publishes and withdraws, and readers look.
type remover struct {
	t       *testing.T
	w       *warta
	cluster *pg.Cluster // nil on SQLite
	boss    *person
	cache   string // URL of the cache in front
	rng     *rand.Rand

	stories struct {
		sync.Mutex
		list []*target
	}
	asked, shown, cut, unmodified, wrong atomic.Int64
}

func takeAway(t *testing.T, w *warta, cluster *pg.Cluster, rounds int) {
	r := &remover{t: t, w: w, cluster: cluster, rng: rand.New(rand.NewPCG(9, uint64(rounds)))}
	at := front.Address(t)
	front.Varnish(t, at, strconv.Itoa(w.port))
	r.cache, w.more = "http://"+at, []string{"--purge-url", "http://" + at + "/"}
	r.boss = newPerson("Tono", w.url())
	w.command(r.boss.password+"\n", "user", "add", "--email", r.boss.email, "--name", "Tono", "--role", "managing-editor", "--password-stdin")
	w.start()
	defer func() {
		if t.Failed() {
			t.Logf("the log ends:\n%s", w.tail())
		}
		w.kill()
	}()
	if err := r.boss.enter(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var readers sync.WaitGroup
	for i := range 4 {
		readers.Go(func() { r.read(ctx, i) })
	}
	defer readers.Wait()
	defer stop()
	kinds := map[string]int{}
	for n := range rounds {
		if t.Failed() {
			return
		}
		kind := r.round(n)
		kinds[kind]++
		if (n+1)%20 == 0 || n+1 == rounds {
			t.Logf("%d withdrawals %v: %d answers, %d showed a story before its withdrawal was confirmed, %d were 304, %d broke off, %d wrong",
				n+1, kinds, r.asked.Load(), r.shown.Load(), r.unmodified.Load(), r.cut.Load(), r.wrong.Load())
		}
	}
	if r.shown.Load() == 0 || r.unmodified.Load() == 0 {
		t.Errorf("no reader saw a story (%d) or got 304 (%d): this shows nothing", r.shown.Load(), r.unmodified.Load())
	}
}

// read asks for the newest stories and the lists that they stand on, directly
// and through the cache, until ctx ends.
func (r *remover) read(ctx context.Context, no int) {
	rng := rand.New(rand.NewPCG(11, uint64(no)))
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableCompression: true}}
	for ctx.Err() == nil {
		r.stories.Lock()
		list := r.stories.list[max(0, len(r.stories.list)-8):]
		r.stories.Unlock()
		if len(list) == 0 {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		st := list[rng.IntN(len(list))]
		path := []string{st.path, st.path, "/", "/latest", "/feeds/rss.xml", "/news-sitemap.xml", "/search?q=" + st.word}[rng.IntN(7)]
		r.look(ctx, client, rng, list, st, path)
	}
}

// look asks once, and holds the answer against what was confirmed before it was
// asked for.
func (r *remover) look(ctx context.Context, client *http.Client, rng *rand.Rand, list []*target, st *target, path string) {
	base := r.w.url()
	if rng.IntN(2) == 0 {
		base = r.cache
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
	if err != nil {
		r.t.Error(err)
		return
	}
	req.Host = fmt.Sprintf("localhost:%d", r.w.port)
	conditional := false
	if tag := st.etag.Load(); tag != nil && path == st.path && rng.IntN(3) == 0 {
		req.Header.Set("If-None-Match", *tag)
		conditional = true
	}
	gone := make([]bool, len(list))
	for i, one := range list {
		gone[i] = one.gone.Load()
	}
	res, err := client.Do(req)
	if err != nil {
		r.cut.Add(1)
		time.Sleep(5 * time.Millisecond)
		return
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		r.cut.Add(1) // what came until then is looked at all the same
	}
	r.asked.Add(1)
	if path == st.path && res.StatusCode == http.StatusOK && res.Header.Get("ETag") != "" {
		tag := res.Header.Get("ETag")
		st.etag.Store(&tag)
	}
	if conditional && res.StatusCode == http.StatusNotModified {
		r.unmodified.Add(1)
		if was := gone[index(list, st)]; was {
			r.fault("%s%s answers 304 for what was withdrawn", base, path)
		}
	}
	for i, one := range list {
		switch has := bytes.Contains(body, []byte(one.word)) && !(strings.HasPrefix(path, "/search") && one == st); {
		case has && gone[i]:
			r.fault("%s%s shows the word of story %d (status %d, %v)", base, path, one.id, res.StatusCode, res.Header["X-Varnish"])
		case has:
			r.shown.Add(1)
		}
	}
	if strings.HasPrefix(path, "/search") && gone[index(list, st)] && bytes.Contains(body, []byte(st.path)) {
		r.fault("%s%s finds story %d", base, path, st.id)
	}
}

func index(list []*target, st *target) int {
	for i, one := range list {
		if one == st {
			return i
		}
	}
	return 0
}

func (r *remover) fault(format string, args ...any) {
	if r.wrong.Add(1) <= 10 {
		r.t.Errorf(format, args...)
	}
}

// publish brings a story out and returns once a reader has seen it.
func (r *remover) publish(n int) *target {
	r.t.Helper()
	word := fmt.Sprintf("Qzk%dvx%d", n, r.rng.IntN(1e6))
	var made struct{ ID int64 }
	rep, err := r.boss.call("/newsroom/stories", map[string]any{"headline": "Berita " + word + " pagi ini", "section": 1}, &made)
	if err != nil || made.ID == 0 {
		r.t.Fatalf("a story is begun: %v, %v", rep, err)
	}
	var d struct{ Seq int64 }
	if rep, err = r.boss.call(draftPath(made.ID), nil, &d); err != nil {
		r.t.Fatalf("the draft is opened: %v, %v", rep, err)
	}
	id := doc.RandomIDs()()
	rep, err = r.boss.call(draftPath(made.ID), map[string]any{"base": d.Seq, "order": []string{id},
		"blocks": []any{paragraph(id, "Kabar "+word+" dari pantai.")}, "fields": map[string]any{"headline": "Berita " + word + " pagi ini"}}, nil)
	if err != nil || rep.status != http.StatusOK {
		r.t.Fatalf("the draft is saved: %v, %v", rep, err)
	}
	if rep, err = r.boss.call(fmt.Sprintf("/newsroom/stories/%d/publish", made.ID), map[string]any{"note": ""}, nil); err != nil || rep.status >= 300 {
		r.t.Fatalf("the story is published: %v, %v", rep, err)
	}
	st := &target{id: made.ID, word: word}
	front := newPerson("pembaca", r.w.url())
	r.soon("the front page to link to the story", func() bool {
		rep, err := front.get("/")
		if err != nil {
			return false
		}
		at := bytes.Index(rep.body, []byte("berita-"+strings.ToLower(word)))
		if at < 0 {
			return false
		}
		start, end := bytes.LastIndexAny(rep.body[:at], `"=`), bytes.IndexAny(rep.body[at:], `" >`)
		if start < 0 || end < 0 {
			return false
		}
		st.path = string(rep.body[start+1 : at+end])
		if i := strings.Index(st.path, "://"); i >= 0 {
			st.path = st.path[i+3+strings.IndexByte(st.path[i+3:], '/'):]
		}
		return true
	})
	r.stories.Lock()
	r.stories.list = append(r.stories.list, st)
	r.stories.Unlock()
	before := r.shown.Load()
	r.soon("readers to see the story", func() bool { return r.shown.Load() > before+3 && st.etag.Load() != nil })
	return st
}

func (r *remover) soon(what string, is func() bool) {
	r.t.Helper()
	for late := time.Now().Add(time.Minute); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(late) {
			r.t.Fatalf("waited for %s", what)
		}
	}
}

// withdraw asks for the withdrawal and reports whether it was confirmed. An
// answer of 202 says that it was saved, and that somebody has not confirmed.
func (r *remover) withdraw(st *target) bool {
	path, body := fmt.Sprintf("/newsroom/stories/%d/withdraw", st.id), map[string]any{"reason": "sara", "note": "uji"}
	rep, err := r.boss.call(path, body, nil)
	if err == nil && rep.status == http.StatusForbidden && bytes.Contains(rep.body, []byte(`"confirm"`)) {
		if err := r.boss.prove(); err != nil {
			return false
		}
		rep, err = r.boss.call(path, body, nil)
	}
	if err != nil || rep.status != http.StatusOK {
		return false
	}
	st.gone.Store(true)
	return true
}

// settle goes on until the story is gone from everywhere: by the withdrawal that
// broke off, or by another one.
func (r *remover) settle(st *target) {
	r.t.Helper()
	eye := newPerson("pembaca", r.w.url())
	r.soon("the withdrawal", func() bool {
		if r.withdraw(st) {
			return true
		}
		// Who asked before may have got through; then all has to be gone soon.
		rep, err := eye.get(st.path)
		return err == nil && rep.status == http.StatusGone
	})
	if st.gone.Load() {
		return
	}
	away := newPerson("pembaca", r.cache)
	away.host = fmt.Sprintf("localhost:%d", r.w.port)
	for _, path := range []string{st.path, "/", "/latest", "/feeds/rss.xml"} {
		r.soon("the cache to drop "+path, func() bool {
			rep, err := away.get(path)
			return err == nil && !bytes.Contains(rep.body, []byte(st.word))
		})
	}
	st.gone.Store(true)
}

// round publishes a story and takes it away in one of the ways in which that can
// be disturbed; it returns which.
func (r *remover) round(n int) string {
	r.t.Helper()
	st := r.publish(n)
	kinds := []string{"plain", "killed after it", "killed in it"}
	if r.cluster != nil {
		kinds = []string{"plain", "killed in it", "killed after it", "database stopped after it", "database stopped, then killed", "database stopped in it"}
	}
	kind := kinds[n%len(kinds)]
	moment := time.Duration(r.rng.IntN(60)) * time.Millisecond
	switch kind {
	case "plain":
		r.settle(st)
	case "killed after it":
		r.settle(st)
		r.w.kill()
		r.w.start()
	case "killed in it":
		asked := make(chan bool, 1)
		go func() { asked <- r.withdraw(st) }()
		time.Sleep(moment)
		r.w.kill()
		<-asked
		r.w.start()
		r.settle(st)
	case "database stopped after it":
		r.settle(st)
		r.stop()
		time.Sleep(500 * time.Millisecond) // readers look at what is warm
		r.restart()
	case "database stopped, then killed":
		r.settle(st)
		r.stop()
		r.w.kill()
		started := make(chan struct{})
		go func() { defer close(started); r.w.start() }() // it waits for the database
		time.Sleep(300 * time.Millisecond)
		r.restart()
		<-started
	case "database stopped in it":
		asked := make(chan bool, 1)
		go func() { asked <- r.withdraw(st) }()
		time.Sleep(moment)
		r.stop()
		<-asked
		r.restart()
		r.settle(st)
	}
	r.soon("the server to be well", func() bool {
		rep, err := r.boss.get("/readyz")
		return err == nil && rep.status == http.StatusOK
	})
	return kind
}

func (r *remover) stop() {
	r.t.Helper()
	if err := r.cluster.Kill(); err != nil {
		r.t.Fatal(err)
	}
}

func (r *remover) restart() {
	r.t.Helper()
	if err := r.cluster.Restart(); err != nil {
		r.t.Fatal(err)
	}
}

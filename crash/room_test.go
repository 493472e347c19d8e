// Package crash_test kills the whole newsroom at any moment and asks whether
// anything that it acknowledged is lost, or anything half done is seen.
package crash_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"warta/internal/testkit/pg"
)

// TestTheNewsroomSurvivesKills lets four people work in "warta serve", which is
// killed again and again: 4 times, or WARTA_CRASH_ROOM times, on each engine.
// What was acknowledged stands in a ledger outside; after each restart all of
// it has to be there, and nothing half done may be seen.
func TestTheNewsroomSurvivesKills(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("this builds the program and kills it")
	}
	kills := 4
	if n, err := strconv.Atoi(os.Getenv("WARTA_CRASH_ROOM")); err == nil && n > 0 {
		kills = n
	}
	binary := build(t)
	t.Run("on SQLite", func(t *testing.T) {
		t.Parallel()
		survive(t, newWarta(t, binary, ""), kills, pg.Database(t))
	})
	t.Run("on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		survive(t, newWarta(t, binary, pg.Database(t)), kills, "")
	})
}

// room is the newsroom that is killed.
type room struct {
	t    *testing.T
	w    *warta
	l    *ledger
	rng  *rand.Rand
	desk []worker
	eyes *inspector
}

// survive kills a server over one place, and moves what is there to a place over
// another database in the end.
func survive(t *testing.T, w *warta, kills int, other string) {
	r := &room{t: t, w: w, l: newLedger(t, filepath.Join(t.TempDir(), "ledger.jsonl")), rng: rand.New(rand.NewPCG(uint64(len(other)), uint64(kills)))}
	people := r.people()
	w.start()
	defer func() {
		if t.Failed() {
			t.Logf("the log ends:\n%s", r.w.tail())
			for id := range r.eyes.about {
				t.Logf("the ledger of story %s:\n%s", id, r.l.tale(id))
			}
		}
	}()
	for _, p := range people {
		if err := p.enter(); err != nil {
			w.kill()
			t.Fatal(err)
		}
	}
	for n := 1; n <= kills && r.eyes.content(); n++ {
		r.round()
		w.start()
		r.eyes.look(n == kills)
		if n%20 == 0 || n == kills {
			t.Logf("%d kills: %v", n, r.l.counts)
		}
	}
	if t.Failed() {
		w.kill()
		return
	}
	r.w = r.move(other)
	r.w.start()
	if err := r.eyes.editor.again(); err != nil {
		t.Error(err)
	}
	r.eyes.photos = nil // what was on its way does not come along
	r.eyes.look(true)
	r.w.kill()
	for _, what := range []string{"save", "piece", "publish", "schedule"} {
		if r.l.counts[what] == 0 {
			t.Errorf("nothing was acknowledged of %s: %v", what, slices.Sorted(maps.Keys(r.l.counts)))
		}
	}
}

// people hires four people and gives each a desk.
func (r *room) people() []*person {
	r.t.Helper()
	roles := []struct{ name, role string }{{"Rani", "reporter"}, {"Budi", "editor"}, {"Tono", "managing-editor"}, {"Sari", "reporter"}}
	var list []*person
	for _, x := range roles {
		p := newPerson(x.name, r.w.url())
		r.w.command(p.password+"\n", "user", "add", "--email", p.email, "--name", p.name, "--role", x.role, "--password-stdin")
		list = append(list, p)
	}
	rng := func() *rand.Rand { return rand.New(rand.NewPCG(r.rng.Uint64(), 0)) }
	photos := &photographer{person: list[3], l: r.l, rng: rng()}
	r.desk = []worker{newReporter(list[0], r.l, rng()), newEditor(list[1], r.l, rng()), &planner{list[2], r.l, rng()}, photos,
		&onlooker{newPerson("pembaca", r.w.url()), r.l, rng()}}
	r.eyes = &inspector{t: r.t, l: r.l, editor: list[1], reader: newPerson("pembaca", r.w.url()), photos: photos, about: map[string]bool{}}
	return list
}

// round lets all of them work and a reader look, and kills the server in the middle of it.
func (r *room) round() {
	r.t.Helper()
	ctx, stop := context.WithCancel(r.t.Context())
	defer stop()
	for len(r.l.acks) > 0 {
		<-r.l.acks // of the round before
	}
	var working sync.WaitGroup
	for _, w := range r.desk {
		working.Go(func() {
			if err := work(ctx, w); err != nil {
				r.eyes.fault("%v", err)
			}
		})
	}
	r.await(20 + r.rng.IntN(120))
	// Not at the very moment of an answer.
	<-time.After(time.Duration(r.rng.IntN(20_000)) * time.Microsecond)
	r.w.kill()
	stop()
	working.Wait()
}

// await returns when so many things were acknowledged. In one round of six it
// goes on until a withdrawal was, which waits for servers that were killed
// shortly before.
func (r *room) await(n int) {
	late := time.After(30 * time.Second)
	withdrawals := func() int {
		r.l.mu.Lock()
		defer r.l.mu.Unlock()
		return r.l.counts["withdraw"]
	}
	before, wanted := withdrawals(), r.rng.IntN(6) == 0
	for done := 0; done < n || wanted && withdrawals() == before; done++ {
		select {
		case <-r.l.acks:
		case <-late:
			return
		}
	}
}

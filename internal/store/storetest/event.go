package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/store"
)

// patience is how long a case waits for what must come.
const patience = 20 * time.Second

var eventCases = []testcase{
	{"events come in the order of their commits", eventOrder},
	{"a change in this process wakes its follower at once", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		woken, err := n.db.Watch(ctx)
		n.ok(err)
		id := n.create(n.content("bola", "Bangun"))
		before := n.last()
		_, err = n.desk.Publish(t.Context(), editor, id)
		n.ok(err)
		follow(t, ctx, n.db, woken, before)
		cancel()
		for range woken {
		}
	}},
	{"a change in another process wakes the follower", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		other, err := store.Open(t.Context(), store.Options{URL: n.db.URL(), Now: n.clock.Now})
		n.ok(err)
		defer other.Close()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		woken, err := n.db.Watch(ctx)
		n.ok(err)
		before := n.last()
		_, err = news.NewDesk(other, nil).Import(t.Context(), wire, []news.Incoming{n.incoming("urn:o", "1", "Dari jauh")})
		n.ok(err)
		follow(t, ctx, n.db, woken, before)
		cancel()
		for range woken {
		}
	}},
	{"trimmed events are not passed over in silence", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		n.publish(n.content("bola", "Lama"))
		start := n.last()
		n.clock.advance(time.Hour)
		n.publish(n.content("bola", "Baru"))
		n.ok(n.db.TrimEvents(t.Context(), noon.Add(time.Minute)))
		if _, err := n.db.Events(t.Context(), 0, 10); !fault.Is(err, fault.Gone) {
			t.Errorf("got %v, want gone", err)
		}
		list, err := n.db.Events(t.Context(), start, 10)
		n.ok(err)
		same(t, "kept", len(list), 1)
		n.ok(n.db.TrimEvents(t.Context(), noon.Add(time.Hour*2)))
		same(t, "the newest stays", n.last(), list[0].Seq)
	}},
	{"an outcome without tags is no event", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		before := n.last()
		seq, err := n.db.Change(t.Context(), news.Pick{}, func(*news.World, []*news.Record) (change.Outcome, error) {
			return change.Outcome{Audit: []change.Audit{{Actor: "x", Action: "y", Object: "z"}}}, nil
		})
		n.ok(err)
		same(t, "numbers", []int64{seq, n.last()}, []int64{0, before})
	}},
}

// follow reads events until there is one after a number.
func follow(t *testing.T, ctx context.Context, db *store.DB, woken <-chan struct{}, after int64) {
	t.Helper()
	for {
		list, err := db.Events(ctx, after, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) > 0 {
			return
		}
		if _, open := <-woken; !open {
			t.Fatal("nobody told of the event")
		}
	}
}

// eventOrder lets eight writers race and one follower read: it must never see
// an event and later one with a smaller number.
func eventOrder(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	const writers, each = 8, 12
	first := n.last()
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range each {
				_, err := n.db.Change(t.Context(), news.Pick{New: 1}, func(w *news.World, recs []*news.Record) (change.Outcome, error) {
					recs[0].Story.Status, recs[0].Story.Created = news.Unpublished, w.Now
					return change.Outcome{Tags: []string{fmt.Sprintf("writer:%d", i)}}, nil
				})
				if err != nil {
					t.Errorf("writer %d: %v", w, err)
				}
			}
		})
	}
	seen, last := 0, first
	deadline := time.Now().Add(patience)
	for seen < writers*each && time.Now().Before(deadline) && !t.Failed() {
		list, err := n.db.Events(t.Context(), last, 1000)
		if err != nil {
			t.Error(err)
			break
		}
		for _, e := range list {
			seen, last = seen+1, e.Seq
		}
	}
	group.Wait()
	// An event that became visible behind the follower's back would be missing.
	same(t, "events seen by the follower", seen, writers*each)
	all, err := n.db.Events(t.Context(), first, 1000)
	n.ok(err)
	same(t, "events in all", len(all), writers*each)
}

var processCases = []testcase{
	{"a takedown is confirmed when every living process has applied it", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		id := n.publish(n.content("bola", "Turunkan"))
		n.ok(n.db.RegisterProcess(ctx, "dead", "web-dead", 0))
		n.clock.advance(store.ProcessAlive + time.Second)
		n.ok(n.db.RegisterProcess(ctx, "a", "web-a", n.last()))
		n.ok(n.db.RegisterProcess(ctx, "b", "web-b", n.last()))
		applied := make(chan error, 1)
		before := n.last()
		go func() {
			for {
				seq, err := n.db.LastEvent(ctx)
				if err == nil && seq == before {
					continue
				}
				if err == nil {
					err = n.db.Heartbeat(ctx, "b", seq)
				}
				if err == nil {
					err = n.db.Heartbeat(ctx, "a", seq)
				}
				applied <- err
				return
			}
		}()
		rc, err := n.desk.Withdraw(ctx, editor, id, news.ReasonCouncil, "")
		n.ok(err)
		n.ok(<-applied)
		same(t, "pending", rc.Pending, []string(nil))
	}},
	{"who has not applied is named, who has gone is not waited for", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		n.ok(n.db.RegisterProcess(ctx, "a", "web-a", 5))
		n.ok(n.db.RegisterProcess(ctx, "b", "web-b", 9))
		pending, err := n.db.Pending(ctx, 7)
		n.ok(err)
		same(t, "pending", pending, []string{"web-a"})
		n.ok(n.db.Heartbeat(ctx, "a", 4)) // an old number changes nothing
		n.ok(n.db.Heartbeat(ctx, "b", 10))
		pending, err = n.db.Pending(ctx, 5)
		n.ok(err)
		same(t, "after an old heartbeat", pending, []string(nil))
		n.ok(n.db.DropProcess(ctx, "a"))
		pending, err = n.db.Pending(ctx, 7)
		n.ok(err)
		same(t, "after it left", pending, []string(nil))
		if err := n.db.Heartbeat(ctx, "a", 8); !fault.Is(err, fault.NotFound) {
			t.Errorf("got %v, want not found", err)
		}
	}},
	{"a process that lives is waited for although the clock jumped", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Turunkan"))
		n.ok(n.db.RegisterProcess(t.Context(), "a", "web-a", 0))
		n.clock.advance(10 * store.ProcessAlive)
		ctx, stop := context.WithTimeout(t.Context(), 4*time.Second)
		defer stop()
		beating := make(chan error, 1)
		go func() { // it beats on, and does not get to the event
			for ctx.Err() == nil {
				if err := n.db.Heartbeat(t.Context(), "a", 0); err != nil {
					beating <- err
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
			beating <- nil
		}()
		rc, err := n.desk.Withdraw(ctx, editor, id, news.ReasonCouncil, "")
		n.ok(err)
		n.ok(<-beating)
		same(t, "pending", rc.Pending, []string{"web-a"})
	}},
	{"a confirmation ends when its caller goes", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		n.ok(n.db.RegisterProcess(t.Context(), "a", "web-a", 0))
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		pending, err := n.db.Confirm(ctx, 1)
		n.ok(err)
		same(t, "pending", pending, []string{"web-a"})
	}},
}

package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/news"
)

// dueCases are about embargoes, and releases while the clock is in doubt.
var dueCases = []testcase{
	{"held embargoes do not keep others back", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		until := noon.Add(time.Hour)
		for from := 0; from < news.MaxBatch+1; from += 100 {
			var items []news.Incoming
			for i := from; i < min(from+100, news.MaxBatch+1); i++ {
				items = append(items, news.Incoming{URI: fmt.Sprint("urn:held:", i), Version: "1", Hash: "a",
					Content: n.content("nasional", fmt.Sprint("Ditahan ", i)), EmbargoUntil: until})
			}
			n.take(items...)
		}
		id := n.create(n.content("bola", "Terjadwal"))
		n.ok(n.desk.Schedule(t.Context(), editor, id, until.Add(time.Minute)))
		n.clock.advance(2 * time.Hour)
		released, err := n.desk.RunDue(t.Context(), true)
		n.ok(err)
		same(t, "released while held", released, 1)
		same(t, "status", n.story(id).Status, news.Live)
		released, err = n.desk.RunDue(t.Context(), false)
		n.ok(err)
		same(t, "released afterwards", released, news.MaxBatch+1)
	}},
	{"an embargo that is lifted early lets the story out with the next run", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		wasLive := n.publish(n.content("bola", "Pernah terbit"))
		n.embargo(wasLive, noon.Add(2*time.Hour))
		in := n.incoming("urn:lift", "1", "Dari kantor berita")
		in.EmbargoUntil = noon.Add(2 * time.Hour)
		wired := n.take(in)[0].ID
		n.clock.advance(time.Hour)
		n.due(0)
		n.embargo(wasLive, time.Time{})
		n.embargo(wired, time.Time{})
		n.hidden(wasLive, "pernah")
		n.due(2)
		n.live(wasLive, "Pernah terbit")
		n.live(wired, "Dari kantor berita")
		same(t, "first published", n.story(wasLive).FirstPublished, noon)
		same(t, "the other's", n.story(wired).FirstPublished, noon.Add(time.Hour))
	}},
	{"an embargo that is moved counts in both directions", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Digeser"))
		n.embargo(id, noon.Add(2*time.Hour))
		n.embargo(id, noon.Add(5*time.Hour))
		n.clock.advance(3 * time.Hour)
		n.due(0)
		n.hidden(id, "digeser")
		n.embargo(id, noon.Add(4*time.Hour))
		n.clock.advance(time.Hour)
		n.due(1)
		n.visible(id, "digeser")
	}},
	{"a schedule survives an embargo that comes and goes", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.create(n.content("bola", "Terjadwal"))
		n.ok(n.desk.Schedule(t.Context(), editor, id, noon.Add(3*time.Hour)))
		n.embargo(id, noon.Add(5*time.Hour))
		n.clock.advance(time.Hour)
		n.embargo(id, time.Time{})
		n.due(0)
		n.hidden(id, "terjadwal")
		n.clock.advance(2 * time.Hour)
		n.due(1)
		same(t, "first published", n.story(id).FirstPublished, noon.Add(3*time.Hour))
	}},
	{"an update that is scheduled comes back from an embargo in the place of the live version", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Versi satu"))
		n.write(id, func(c *news.Content) { c.Headline = "Versi dua" })
		n.ok(n.desk.Schedule(t.Context(), editor, id, noon.Add(time.Hour)))
		n.embargo(id, noon.Add(2*time.Hour))
		n.clock.advance(time.Hour)
		n.due(0)
		n.hidden(id, "versi")
		n.clock.advance(time.Hour)
		n.due(1)
		n.live(id, "Versi dua")
	}},
	{"embargoed stories keep nobody back who is due", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		for from := 0; from < news.MaxBatch; from += 100 {
			var items []news.Incoming
			for i := range 100 {
				in := n.incoming(fmt.Sprint("urn:later:", from+i), "1", fmt.Sprint("Nanti ", from+i))
				in.EmbargoUntil = noon.Add(5 * time.Hour)
				items = append(items, in)
			}
			n.take(items...)
		}
		id := n.create(n.content("bola", "Giliran"))
		n.ok(n.desk.Schedule(t.Context(), editor, id, noon.Add(time.Hour)))
		n.clock.advance(time.Hour)
		n.due(1)
		n.visible(id, "giliran")
	}},
	{"nothing with an embargo goes out while the clock is in doubt, whichever way", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		doubt := true
		n.desk.Doubt(func(context.Context) (bool, error) { return doubt, nil })
		id, plain := n.create(n.content("bola", "Berembargo")), n.create(n.content("bola", "Biasa"))
		n.embargo(id, noon.Add(time.Hour))
		n.clock.advance(2 * time.Hour) // or so it says
		_, err := n.desk.Publish(t.Context(), editor, id)
		n.coded(err, fault.Conflict, "clock_doubt")
		_, err = n.desk.Publish(t.Context(), editor, plain)
		n.ok(err)
		in := n.incoming("urn:doubt", "1", "Dari kantor berita")
		in.EmbargoUntil = noon.Add(time.Hour)
		wired := n.take(in)[0].ID
		n.due(0)
		n.hidden(wired, "kantor")
		doubt = false
		n.due(1)
		n.visible(wired, "kantor")
		_, err = n.desk.Publish(t.Context(), editor, id)
		n.ok(err)
	}},
}

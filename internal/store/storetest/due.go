package storetest

import (
	"fmt"
	"testing"
	"time"

	"warta/internal/news"
)

// dueCases are about releases while the clock is in doubt.
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
}

package ads_test

import (
	"math"
	"testing"
	"time"

	"warta/internal/ads"
)

var noon = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// flight is a creative in the text that runs from an hour ago to an hour from now.
func flight(id int64, change func(*ads.Flight)) ads.Flight {
	f := ads.Flight{Item: ads.Item{ID: id, State: ads.On, Starts: noon.Add(-time.Hour), Ends: noon.Add(time.Hour), Priority: 5, Terms: ads.Terms{Weight: 1}},
		Creative: ads.Creative{ID: 100 + id, ItemID: id, State: ads.On, Placement: ads.Inline}}
	if change != nil {
		change(&f)
	}
	return f
}

func query(change func(*ads.Query)) ads.Query {
	q := ads.Query{Placement: ads.Inline, Page: ads.StoryPage, Sections: []int64{7, 3}, N: 1, Now: noon, Rotate: 10 * time.Second}
	if change != nil {
		change(&q)
	}
	return q
}

func TestWhatStandsInAPlace(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		query func(*ads.Query)
		list  []ads.Flight
		main  int64 // 0: nothing
		other int64
		until time.Duration // from noon; 0: not looked at
	}{
		{name: "nothing is booked"},
		{name: "one", list: []ads.Flight{flight(1, nil)}, main: 1, until: time.Hour},
		{name: "one that begins later", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Starts = noon.Add(time.Minute) })}, until: time.Minute},
		{name: "one that is over", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Ends = noon })}},
		{name: "one that is paused", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.State = ads.Paused })}},
		{name: "a creative that is off", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Creative.State = ads.Paused })}},
		{name: "for another place", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Creative.Placement = ads.Top })}},
		{name: "for other pages", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Terms.Pages = []ads.PageType{ads.HomePage} })}},
		{name: "for a section above", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Terms.Sections = []int64{3} })}, main: 1},
		{name: "for another section", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Terms.Sections = []int64{4} })}},
		{name: "for the second place in a text", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Terms.Slot = 2 })}},
		{name: "in the second place", query: func(q *ads.Query) { q.N = 2 }, list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Terms.Slot = 2 })}, main: 1},
		{name: "by priority", list: []ads.Flight{flight(1, nil), flight(2, func(f *ads.Flight) { f.Item.Priority = 1 })}, main: 2},
		{name: "a goal that is met", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Goal, f.Item.Seen = 100, 100 }), flight(2, func(f *ads.Flight) { f.Item.Priority = 9 })}, main: 2},
		{name: "ahead of its pace", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Goal, f.Item.Seen, f.Item.Terms.Even = 1000, 751, true })}, until: 30 * time.Minute},
		{name: "behind its pace", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Goal, f.Item.Seen, f.Item.Terms.Even = 1000, 499, true })}, main: 1},
		{name: "ahead, without an even pace", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Goal, f.Item.Seen = 1000, 900 })}, main: 1},
		{name: "a house ad fills what is left", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Terms.Kind = ads.House; f.Item.Priority = 1 })}, main: 1},
		{name: "a house ad after everything", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Terms.Kind = ads.House; f.Item.Priority = 1 }), flight(2, func(f *ads.Flight) { f.Item.Priority = 9 })}, main: 2},
		{name: "networks are off", list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Terms.Kind = ads.Network })}},
		{name: "a network, and a house ad for who did not agree", query: func(q *ads.Query) { q.Networks = true },
			list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Terms.Kind = ads.Network }), flight(2, func(f *ads.Flight) { f.Item.Terms.Kind = ads.House })}, main: 1, other: 2},
		{name: "no network where something is sold", query: func(q *ads.Query) { q.Networks = true },
			list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Terms.Kind = ads.Network; f.Item.Priority = 1 }), flight(2, nil)}, main: 2},
		{name: "a cap, and another for who has seen enough",
			list: []ads.Flight{flight(1, func(f *ads.Flight) { f.Item.Terms.Cap = ads.Cap{N: 3, Hours: 24}; f.Item.Priority = 1 }), flight(2, nil)}, main: 1, other: 2},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c, ok := ads.Choose(x.list, query(x.query))
			other := int64(0)
			if c.Other != nil {
				other = c.Other.Item.ID
			}
			if ok != (x.main != 0) || c.Main.Item.ID != x.main || other != x.other {
				t.Errorf("chosen %d and %d (%v), want %d and %d", c.Main.Item.ID, other, ok, x.main, x.other)
			}
			if got := c.Until.Sub(noon); x.until != 0 && (got < x.until-time.Millisecond || got > x.until+time.Millisecond) {
				t.Errorf("until %v after noon, want %v", got, x.until)
			}
		})
	}
}

func TestAdsTakeTurnsByWeight(t *testing.T) {
	t.Parallel()
	list := []ads.Flight{flight(1, nil), flight(2, func(f *ads.Flight) { f.Item.Terms.Weight = 3 }), flight(3, func(f *ads.Flight) { f.Creative.Is.Weight = 2 })}
	turns, at, n := map[int64]int{}, noon, 0
	for i := range list {
		list[i].Item.Ends = noon.Add(1000 * time.Hour)
	}
	for at.Before(noon.Add(10 * time.Hour)) {
		c, ok := ads.Choose(list, query(func(q *ads.Query) { q.Now = at }))
		if !ok || !c.Until.After(at) || c.Until.Sub(at) > 10*time.Second {
			t.Fatalf("at %v: %v, until %v", at, ok, c.Until)
		}
		// The answer stands until then, for everybody.
		again, _ := ads.Choose([]ads.Flight{list[2], list[0], list[1]}, query(func(q *ads.Query) { q.Now = c.Until.Add(-time.Nanosecond) }))
		if n > 0 && again.Main.Creative.ID != c.Main.Creative.ID {
			t.Fatalf("at %v: %d, and %d before its turn is over", at, c.Main.Creative.ID, again.Main.Creative.ID)
		}
		turns[c.Main.Item.ID]++
		at, n = c.Until, n+1
	}
	for id, share := range map[int64]float64{1: 1. / 6, 2: 3. / 6, 3: 2. / 6} {
		if got := float64(turns[id]) / float64(n); math.Abs(got-share) > 0.03 {
			t.Errorf("%d has %.3f of %d turns, want %.3f", id, got, n, share)
		}
	}
}

// A place that is asked every ten seconds, with readers that come and go by the hour:
// the goal is met, and no hour of the flight goes without.
func TestAnEvenPaceIsKept(t *testing.T) {
	t.Parallel()
	i := ads.Item{ID: 1, State: ads.On, Starts: noon, Ends: noon.Add(48 * time.Hour), Goal: 20_000, Priority: 5, Terms: ads.Terms{Even: true, Weight: 1}}
	byHour := make([]int64, 48)
	for at := i.Starts; at.Before(i.Ends); at = at.Add(10 * time.Second) {
		hour := int(at.Sub(i.Starts) / time.Hour)
		readers := int64(3 + 9*math.Abs(math.Sin(float64(hour)))) // in ten seconds
		if _, ok := ads.Choose([]ads.Flight{{Item: i, Creative: ads.Creative{ID: 9, State: ads.On, Placement: ads.Inline}}}, query(func(q *ads.Query) { q.Now = at })); ok {
			i.Seen += readers
			byHour[hour] += readers
		}
	}
	if i.Seen < i.Goal*99/100 || i.Seen > i.Goal*101/100 {
		t.Errorf("%d of %d impressions", i.Seen, i.Goal)
	}
	for hour, n := range byHour {
		if want := i.Goal / 48; n < want*8/10 || n > want*12/10 {
			t.Errorf("hour %d had %d, want about %d", hour, n, want)
		}
	}
}

func TestOffersKeepToTheirLimitOnAPage(t *testing.T) {
	t.Parallel()
	offer := func(id int64, place ads.OfferPlace, who ads.Audience, perPage int) ads.Offer {
		return ads.Offer{ID: id, State: ads.On, Place: place, Starts: noon.Add(-time.Hour), Ends: noon.Add(time.Hour), Is: ads.OfferText{Audience: who, PerPage: perPage}}
	}
	list := []ads.Offer{offer(1, ads.OfferTop, ads.Anonymous, 0), offer(2, ads.OfferEnd, ads.Everybody, 0), offer(3, ads.OfferFoot, ads.Everybody, 2), offer(4, ads.OfferTop, ads.Anonymous, 0)}
	for who, want := range map[ads.Audience][]int64{ads.Anonymous: {4, 0, 3}, ads.Registered: {0, 2, 3}} {
		got, until := ads.ChooseOffers(list, ads.StoryPage, who, noon)
		for i, place := range ads.OfferPlaces {
			if got[place].ID != want[i] {
				t.Errorf("%s: offer %d at %s, want %d", who, got[place].ID, place, want[i])
			}
		}
		if !until.Equal(noon.Add(time.Hour)) {
			t.Errorf("%s: until %v", who, until)
		}
	}
	if got, _ := ads.ChooseOffers(list, ads.StoryPage, ads.Anonymous, noon.Add(time.Hour)); len(got) != 0 {
		t.Errorf("%d offers after all are over", len(got))
	}
}

package ads

import (
	"hash/fnv"
	"slices"
	"time"
)

// Query is one place on pages of one kind.
type Query struct {
	Placement Placement
	Page      PageType
	Sections  []int64 // the section and those above it; empty: none
	N         int     // in a text: which of its places, from 1
	Now       time.Time
	Rotate    time.Duration // how long each stands in its turn
	Networks  bool          // networks may fill what nothing else does
}

// Choice is what stands in a place for a while.
type Choice struct {
	Main Flight
	// Other stands there for browsers that have seen enough of Main, or may not ask
	// the network: nil if there is nothing.
	Other *Flight
	// Until is the instant at which the choice has to be made anew.
	Until time.Time
}

// Choose decides what stands in a place now. Flights come in any order. The same
// arguments give the same answer in every process, and nothing of a request is
// among them, so that pages are the same for everybody. ok is false if the place
// stays empty; Until is set all the same, and zero if only a change can alter that.
//
// What is sold directly comes before networks, and networks before house ads; among
// those sold directly the lowest number of priority that has anything to run. Within
// that, creatives take turns by weight.
func Choose(list []Flight, q Query) (c Choice, ok bool) {
	var open []Flight
	for _, f := range list {
		if !q.fits(&f) {
			continue
		}
		if q.Now.Before(f.Item.Starts) {
			c.Until = earlier(c.Until, f.Item.Starts)
			continue
		}
		if !q.Now.Before(f.Item.Ends) {
			continue
		}
		c.Until = earlier(c.Until, f.Item.Ends)
		if behind, at := f.Item.pace(q.Now); !behind {
			c.Until = earlier(c.Until, at)
			continue
		}
		open = append(open, f)
	}
	if len(open) == 0 {
		return c, false
	}
	first := q.first(open)
	c.Main = q.turn(first)
	if len(first) > 1 || c.Main.Item.Goal > 0 {
		c.Until = earlier(c.Until, q.next())
	}
	if c.Main.Item.Terms.Cap.N > 0 || c.Main.Item.Terms.Kind == Network {
		rest := slices.DeleteFunc(slices.Clone(open), func(f Flight) bool {
			return f.Item.Terms.Cap.N > 0 || f.Item.Terms.Kind == Network
		})
		if len(rest) > 0 {
			other := q.turn(q.first(rest))
			c.Other = &other
		}
	}
	return c, true
}

// fits reports whether a flight may stand in the place at all.
func (q *Query) fits(f *Flight) bool {
	t := &f.Item.Terms
	switch {
	case f.Item.State != On || f.Creative.State != On || f.Creative.Placement != q.Placement:
		return false
	case t.Kind == Network && !q.Networks:
		return false
	case len(t.Pages) > 0 && !slices.Contains(t.Pages, q.Page):
		return false
	case q.Placement == Inline && t.Slot > 0 && t.Slot != q.N:
		return false
	case len(t.Sections) > 0 && !slices.ContainsFunc(t.Sections, func(id int64) bool { return slices.Contains(q.Sections, id) }):
		return false
	}
	return true
}

// rank is the order in which kinds fill a place.
func (i *Item) rank() int {
	switch i.Terms.Kind {
	case Network:
		return 1000
	case House:
		return 2000
	}
	return i.Priority
}

// first returns the flights of the rank that comes first, in a fixed order.
func (q *Query) first(list []Flight) []Flight {
	least := list[0].Item.rank()
	for i := range list {
		least = min(least, list[i].Item.rank())
	}
	var out []Flight
	for _, f := range list {
		if f.Item.rank() == least {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b Flight) int { return int(a.Creative.ID - b.Creative.ID) })
	return out
}

// phase spreads the turns of different places over the time of one, so that not
// all pieces change in the same instant.
func (q *Query) phase() time.Duration {
	if q.Rotate <= 0 {
		return 0
	}
	return time.Duration(q.seed(0) % uint64(q.Rotate))
}

func (q *Query) seed(step int64) uint64 {
	h := fnv.New64a()
	h.Write([]byte(q.Placement))
	h.Write([]byte(q.Page))
	b := []byte{byte(q.N)}
	for _, id := range q.Sections {
		for range 8 {
			b = append(b, byte(id))
			id >>= 8
		}
	}
	for range 8 {
		b = append(b, byte(step))
		step >>= 8
	}
	h.Write(b)
	// FNV's low bits hardly differ for neighbours: mixed once more (splitmix64).
	z := h.Sum64()
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// step numbers the turns of a place.
func (q *Query) step() int64 {
	if q.Rotate <= 0 {
		return 0
	}
	return (q.Now.UnixNano() + int64(q.phase())) / int64(q.Rotate)
}

// next returns when the turn that is now ends.
func (q *Query) next() time.Time {
	if q.Rotate <= 0 {
		return time.Time{}
	}
	return time.Unix(0, (q.step()+1)*int64(q.Rotate)-int64(q.phase())).UTC()
}

// turn returns whose turn it is. Which one a turn is for is drawn by weight from
// the number of the turn, so that over many turns each has its share.
func (q *Query) turn(list []Flight) Flight {
	var sum uint64
	for i := range list {
		sum += list[i].weight()
	}
	at := q.seed(q.step()+1) % sum
	for i := range list {
		if w := list[i].weight(); at < w {
			return list[i]
		} else {
			at -= w
		}
	}
	return list[len(list)-1]
}

func (f *Flight) weight() uint64 {
	return uint64(max(1, f.Item.Terms.Weight) * max(1, f.Creative.Is.Weight))
}

// ahead is how much of its goal an item may be ahead of its pace, in parts of the
// goal: the counts come late by as much as a roll-up takes.
const ahead = 1000

// pace reports whether an item has anything left to run now. If not, at is when
// it is to be asked again; zero: never.
func (i *Item) pace(now time.Time) (behind bool, at time.Time) {
	if i.Goal <= 0 {
		return true, time.Time{}
	}
	if i.Seen >= i.Goal {
		return false, time.Time{}
	}
	if !i.Terms.Even {
		return true, time.Time{}
	}
	if i.Seen <= i.Due(now)+i.Goal/ahead {
		return true, time.Time{}
	}
	// When time has caught up with the count.
	whole := i.Ends.Sub(i.Starts)
	at = i.Starts.Add(time.Duration(float64(whole) * float64(i.Seen-i.Goal/ahead) / float64(i.Goal)))
	if !at.After(now) {
		at = now.Add(time.Second)
	}
	return false, at
}

// Due returns how many impressions an item should have by now, for its goal and
// an even pace.
func (i *Item) Due(now time.Time) int64 {
	whole, gone := i.Ends.Sub(i.Starts), now.Sub(i.Starts)
	switch {
	case whole <= 0 || gone >= whole:
		return i.Goal
	case gone <= 0:
		return 0
	}
	return int64(float64(i.Goal) * float64(gone) / float64(whole))
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

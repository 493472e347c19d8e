package demo

import (
	"math"
	"time"
)

// plan says when each story is published and what kind it is. Everything
// follows from the seed, the number of stories and now; story 0 is the oldest.
type plan struct {
	seed    uint64
	stories int
	now     time.Time // in the site's zone
	g       *grammar
}

// span is how far back the newsroom goes, and freshest how old its newest story is.
const (
	span     = 3652 // days
	fresh    = 2.0  // days of which a lively front is made
	freshest = 3 * time.Minute
)

// dayCurve is the share of a day's stories that is out at each hour: little at
// night, most from the morning to the evening.
var dayCurve = func() (c [25]float64) {
	weights := [24]float64{1, 0.6, 0.4, 0.4, 0.8, 2.4, 5, 6.4, 7, 7, 6.6, 6, 5.4, 5.8, 6, 6, 6, 5.6, 5, 5.2, 5, 4.2, 3, 2}
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	for i, w := range weights {
		c[i+1] = c[i] + w/sum
	}
	c[24] = 1
	return c
}()

// dayShare returns the share that is out after a part of the day, and
// dayMoment the reverse.
func dayShare(part float64) float64 {
	h := min(int(part*24), 23)
	return dayCurve[h] + (dayCurve[h+1]-dayCurve[h])*(part*24-float64(h))
}

func dayMoment(share float64) float64 {
	h := 0
	for h < 23 && dayCurve[h+1] < share {
		h++
	}
	return (float64(h) + (share-dayCurve[h])/(dayCurve[h+1]-dayCurve[h])) / 24
}

// fraction returns a number in [0, 1) of a story, the same for the same name.
func (p *plan) fraction(i int, name string) float64 {
	return float64(mix(p.seed^hashName(name), uint64(i))>>11) / (1 << 53)
}

// published returns when a story was first published: over ten years, more
// and more towards the end, at hours at which people publish.
func (p *plan) published(i int) time.Time {
	back := p.stories - 1 - i // stories that are newer
	at := p.age(float64(back) + p.fraction(i, "minute"))
	// Days of the plan have the length of a day's work: age counts in them.
	midnight := time.Date(p.now.Year(), p.now.Month(), p.now.Day(), 0, 0, 0, 0, p.now.Location())
	today := dayShare(p.now.Sub(midnight).Hours() / 24)
	whole, share := math.Modf(today - at)
	if share < 0 {
		whole, share = whole-1, share+1
	}
	t := midnight.AddDate(0, 0, int(whole)).Add(time.Duration(dayMoment(share) * 24 * float64(time.Hour)))
	latest := p.now.Add(-freshest - time.Duration(back)*40*time.Second)
	if t.After(latest) {
		t = latest
	}
	return t.Truncate(time.Second)
}

// age returns how old the story with that many newer ones is.
func (p *plan) age(newer float64) float64 {
	n := float64(p.stories)
	recent := math.Min(n*0.4, math.Max(80, n/250))
	if newer < recent {
		return fresh * math.Pow(newer/recent, 1.3)
	}
	return fresh + (span-fresh)*math.Pow((newer-recent)/(n-recent), 1.8)
}

// shares are the sections by how much they publish.
var shares = []struct {
	slug   string
	weight float64
}{
	{"nasional", 15}, {"megapolitan", 9}, {"regional", 11}, {"global", 9}, {"ekonomi", 11}, {"bola", 10}, {"tekno", 7},
	{"otomotif", 4}, {"hiburan", 6}, {"kesehatan", 5}, {"edukasi", 4}, {"cek-fakta", 3}, {"opini", 3}, {"foto", 2}, {"video", 2},
}

// section spreads the sections evenly over time, so that every stretch of the
// newsroom has something of all.
func (p *plan) section(i int) string {
	_, at := math.Modf(float64(p.seed%1000)/1000 + float64(p.stories-i)*0.6180339887)
	total := 0.0
	for _, s := range shares {
		total += s.weight
	}
	at *= total
	for _, s := range shares {
		if at < s.weight {
			return s.slug
		}
		at -= s.weight
	}
	return shares[0].slug
}

// frame chooses what a story is about. The sections are spread so evenly that
// a story's place in its own section follows from its place in the whole: the
// frames of a section take turns there.
func (p *plan) frame(i int, section string) *frame {
	turns := p.g.turns[section]
	total, own := 0.0, 0.0
	for _, s := range shares {
		total += s.weight
		if s.slug == section {
			own = s.weight
		}
	}
	rank := int(float64(p.stories-i)*own/total) + int(p.seed%64)
	return turns[rank%len(turns)]
}

// takeTurns orders frames so that each comes as often as it weighs, as evenly
// as it can.
func takeTurns(frames []*frame) (turns []*frame) {
	total := 0
	for _, f := range frames {
		total += f.weight
	}
	credit := make([]int, len(frames))
	for range total {
		best := 0
		for i, f := range frames {
			credit[i] += f.weight
			if credit[i] > credit[best] {
				best = i
			}
		}
		credit[best] -= total
		turns = append(turns, frames[best])
	}
	return turns
}

// named returns the one frame of a special kind.
func (g *grammar) named(section string, k kind) *frame {
	for _, f := range g.frames[section] {
		if f.kind == k {
			return f
		}
	}
	return nil
}

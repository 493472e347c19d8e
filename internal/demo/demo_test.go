package demo_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"warta/internal/demo"
	"warta/internal/doc"
	"warta/internal/news"
)

var ends = time.Date(2026, 11, 23, 7, 20, 0, 0, time.UTC)

// newsroom makes a newsroom through a sieve and returns both.
func newsroom(t testing.TB, o demo.Options, each func(*news.World, *news.Record)) (*sieve, demo.Result) {
	t.Helper()
	s := newSieve(t, ends)
	s.each = each
	o.Now = ends
	if o.PictureWidth == 0 {
		o.PictureWidth = 48
	}
	r, err := demo.Make(t.Context(), s.deps(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s, r
}

func TestMakeIsRepeatable(t *testing.T) {
	t.Parallel()
	digest := func(o demo.Options) string {
		s, _ := newsroom(t, o, nil)
		return s.digest()
	}
	first := digest(demo.Options{Stories: 400, Seed: 7})
	t.Run("the same seed gives the same newsroom to the last byte", func(t *testing.T) {
		if again := digest(demo.Options{Stories: 400, Seed: 7}); again != first {
			t.Errorf("two runs differ: %s and %s", first, again)
		}
	})
	t.Run("another seed gives another newsroom", func(t *testing.T) {
		if other := digest(demo.Options{Stories: 400, Seed: 8}); other == first {
			t.Error("seeds 7 and 8 give the same newsroom")
		}
	})
}

// counts is what a newsroom was found to hold.
type counts struct {
	stories, english, pictured, related, withdrawn, corrections, updated, drafts, scheduled int
	sections, kinds, labels, blocks, headlines                                              map[string]int
	last48                                                                                  int
	oldest, newest                                                                          time.Time
	ordinary                                                                                int // headlines of 35 to 100 characters
	verifies                                                                                int
	replies                                                                                 int
}

func (c *counts) see(t testing.TB, w *news.World, r *news.Record) {
	if len(r.Added) == 0 { // a correction or a withdrawal
		c.corrections += len(r.Corrections)
		for _, n := range r.Corrections {
			if n.Kind == news.HakJawab && n.NoticeID > n.StoryID {
				c.replies++
			}
			if n.At.After(ends) {
				t.Errorf("a correction of story %d is dated in the future: %s", n.StoryID, n.At)
			}
		}
		if r.Withdrawal != nil {
			c.withdrawn++
		}
		return
	}
	v := &r.Added[0].Content
	if err := v.Check(w); err != nil {
		t.Errorf("story %d: %v", r.Story.ID, err)
	}
	if err := v.Body.Validate(); err != nil {
		t.Errorf("body of %q: %v", v.Headline, err)
	}
	switch {
	case r.Story.Status == news.Unpublished && r.Draft != nil:
		c.drafts++
		return
	case r.Story.Status == news.Unpublished:
		c.scheduled++
		return
	}
	c.stories++
	at := r.Story.FirstPublished
	if at.Before(c.newest) {
		t.Errorf("story %d of %s comes after one of %s", r.Story.ID, at, c.newest)
	}
	c.newest = at
	if c.oldest.IsZero() {
		c.oldest = at
	}
	if ends.Sub(at) < 48*time.Hour {
		c.last48++
	}
	if r.Story.Updated.After(ends) {
		t.Errorf("story %d is updated in the future", r.Story.ID)
	}
	if !r.Story.Updated.IsZero() {
		c.updated++
	}
	c.content(t, r.Story.ID, w, v)
}

func (c *counts) content(t testing.TB, id int64, w *news.World, v *news.Content) {
	c.sections[w.Tree.Slug(v.SectionID)]++
	c.kinds[string(v.Kind)]++
	c.headlines[v.Headline]++
	for _, l := range v.Labels {
		c.labels[string(l)]++
	}
	if n := utf8.RuneCountInString(v.Headline); n >= 35 && n <= 100 {
		c.ordinary++
	}
	if v.Language == "en" {
		c.english++
	}
	if v.Lead.PictureID != 0 {
		c.pictured++
	}
	if v.Verifies != 0 {
		c.verifies++
	}
	if len(v.Related) > 0 {
		c.related++
	}
	pointers := append([]int64{v.Verifies}, v.Related...)
	paragraphs := 0
	for _, b := range v.Body.Blocks {
		c.blocks[b.Type()]++
		switch b := b.(type) {
		case doc.Paragraph:
			paragraphs++
		case doc.ReadAlso:
			pointers = append(pointers, b.Story)
			if b.Story == 0 || b.Headline == "" {
				t.Errorf("a read-also of %q has no target", v.Headline)
			}
		case doc.Gallery:
			if len(b.Items) < 5 || len(b.Items) > 8 || b.Items[0].Picture == 0 {
				t.Errorf("gallery %q has %d pictures, the first is %d", v.Headline, len(b.Items), b.Items[0].Picture)
			}
		}
	}
	if c.blocks["read_also"] > 0 && paragraphs > 16 || paragraphs < 2 {
		t.Errorf("%q has %d paragraphs", v.Headline, paragraphs)
	}
	for _, p := range pointers {
		if p >= id {
			t.Errorf("story %d points to %d, which is not older", id, p)
		}
	}
	texts := strings.Join([]string{v.Headline, v.ShortHeadline, v.Standfirst, v.Dateline, v.Body.Plain()}, "\n")
	if i := strings.IndexAny(texts, "{}[]|~"); i >= 0 {
		t.Errorf("%q has a mark of the grammar near %q", v.Headline, texts[max(0, i-30):min(len(texts), i+30)])
	}
	if strings.Contains(texts, "  ") || strings.Contains(texts, " .") || strings.Contains(texts, "..") || strings.Contains(texts, " ,") {
		t.Errorf("%q has a slip of the pen: %s", v.Headline, texts)
	}
}

func count(t testing.TB, o demo.Options) (counts, *sieve, demo.Result) {
	t.Helper()
	c := counts{sections: map[string]int{}, kinds: map[string]int{}, labels: map[string]int{}, blocks: map[string]int{}, headlines: map[string]int{}}
	s, r := newsroom(t, o, func(w *news.World, rec *news.Record) { c.see(t, w, rec) })
	return c, s, r
}

func TestMakeTwoThousandStories(t *testing.T) {
	t.Parallel()
	done := 0
	c, s, r := count(t, demo.Options{Stories: 2000, Seed: 1, Progress: func(d, total int) {
		if d <= done || total != 2000 {
			t.Errorf("progress went from %d to %d of %d", done, d, total)
		}
		done = d
	}})
	between := func(what string, got, low, high int) {
		t.Run(what, func(t *testing.T) {
			if got < low || got > high {
				t.Errorf("got %d, want %d to %d", got, low, high)
			}
		})
	}
	between("every story is published", c.stories, 2000, 2000)
	between("progress ends at the total", done, 2000, 2000)
	between("headlines hardly repeat", len(c.headlines), 1940, 2000)
	between("headlines have the length of headlines", c.ordinary, 1700, 2000)
	between("some stories are in English", c.english, 40, 160)
	between("nearly all have a picture", c.pictured, 1900, 2000)
	between("the last two days fill a front page", c.last48, 60, 400)
	between("many have read-also links", c.blocks["read_also"], 900, 2400)
	between("about half have related stories", c.related, 850, 1150)
	between("tables now and then", c.blocks["table"], 30, 600)
	between("fact boxes now and then", c.blocks["fact_box"], 30, 600)
	between("lists now and then", c.blocks["bullet_list"]+c.blocks["ordered_list"], 30, 600)
	between("sentences set large", c.blocks["blockquote"], 30, 600)
	between("galleries", c.kinds["gallery"], 20, 80)
	between("videos", c.kinds["video"], 20, 80)
	between("opinion is marked", c.labels["opinion"], 30, 100)
	between("exclusive stories are few", c.labels["exclusive"], 3, 40)
	between("sponsored stories are few", c.labels["sponsored"], 1, 30)
	between("AI-assisted stories are few", c.labels["ai_assisted"], 10, 60)
	between("one story is breaking", c.labels["breaking"], 0, 1)
	between("unverified stories", c.labels["unverified"], 5, 30)
	between("stories that verify them", c.verifies, 4, 30)
	between("significant updates", c.updated, 60, 200)
	between("a dozen corrections", c.corrections, 12, 12)
	between("one right of reply, in a story of its own", c.replies, 1, 1)
	between("one withdrawn story", c.withdrawn, 1, 1)
	between("drafts in the newsroom", c.drafts, 5, 5)
	between("scheduled stories", c.scheduled, 2, 2)
	between("topics", len(s.ids["topics"]), 100, 160)
	between("people", len(s.ids["persons"]), 40, 40)
	between("distinct pictures", len(r.Pictures), 30, 40)
	between("pictures of the front", len(r.FrontPictures), 20, 40)
	t.Run("the newest story is some minutes old, the oldest ten years", func(t *testing.T) {
		if age := ends.Sub(c.newest); age < 2*time.Minute || age > 30*time.Minute {
			t.Errorf("the newest story is %s old", age)
		}
		if years := ends.Sub(c.oldest).Hours() / 24 / 365.25; years < 9.8 || years > 10.1 {
			t.Errorf("the oldest story is %.2f years old", years)
		}
	})
	t.Run("every section has stories", func(t *testing.T) {
		for _, d := range news.DefaultSections {
			if c.sections[d.Slug] < 15 {
				t.Errorf("%s has %d stories", d.Slug, c.sections[d.Slug])
			}
		}
	})
	t.Run("the front has a pinned lead", func(t *testing.T) {
		f, ok := s.saved["front"].(news.Front)
		if !ok || len(f.Containers) == 0 || len(f.Containers[0].Slots) != 1 || f.Containers[0].Slots[0].StoryID == 0 {
			t.Errorf("the front is %+v", f)
		}
	})
	t.Run("the nine static pages are written", func(t *testing.T) {
		n := 0
		for key, v := range s.saved {
			if p, ok := v.(news.StaticPage); ok && strings.HasPrefix(key, "page ") && p.Body.Words() > 40 {
				n++
			}
		}
		if n != 9 {
			t.Errorf("%d pages have a text", n)
		}
	})
}

func TestMakeSmallNewsrooms(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 5, 19, 20, 37, 99, 100, 150} {
		t.Run(fmt.Sprintf("%d stories are all in and valid", n), func(t *testing.T) {
			t.Parallel()
			c, _, r := count(t, demo.Options{Stories: n, Seed: uint64(n)})
			if c.stories != n || r.Stories != n {
				t.Errorf("made %d, reported %d", c.stories, r.Stories)
			}
			if r.Corrections != c.corrections {
				t.Errorf("reported %d corrections, made %d", r.Corrections, c.corrections)
			}
		})
	}
	t.Run("other seeds are valid, too", func(t *testing.T) {
		t.Parallel()
		for seed := range uint64(12) {
			count(t, demo.Options{Stories: 220, Seed: seed * 0x9e3779b97f4a7c15})
		}
	})
	t.Run("a negative size is refused", func(t *testing.T) {
		t.Parallel()
		if _, err := demo.Make(t.Context(), newSieve(t, ends).deps(), demo.Options{Stories: -1, Now: ends}); err == nil {
			t.Error("no error")
		}
	})
}

func TestMakeHoldsLittleMemory(t *testing.T) {
	s := newSieve(t, ends)
	s.sum = nil
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var early, late uint64
	o := demo.Options{Stories: largeNewsroom, Seed: 3, Now: ends, PictureWidth: 16}
	o.Progress = func(done, total int) {
		if early == 0 && done >= total/20 {
			early = heap()
		}
		if done == total {
			late = heap()
		}
	}
	start := time.Now()
	if _, err := demo.Make(t.Context(), s.deps(), o); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d stories through the desk in %s; heap %d kB at a twentieth, %d kB at the end",
		largeNewsroom, time.Since(start).Round(time.Millisecond), early>>10, late>>10)
	if late > early+1<<20 {
		t.Errorf("the heap grew from %d to %d bytes", early, late)
	}
}

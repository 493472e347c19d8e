package crash_test

import (
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"warta/internal/discuss"
)

// comment is one that was acknowledged.
type comment struct{ id, reply int64 }

// said is the outside memory of what readers said. The key is the word of a
// comment that no other has.
type said struct {
	mu      sync.Mutex
	acked   map[string]comment
	sent    map[string]bool
	order   []comment // as they were acknowledged
	replies int
	again   int // comments that were sent a second time after a kill
	looks   int // pages that were read meanwhile

	acks chan struct{}
}

func (s *said) counts() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("%d comments acknowledged, %d of them answers; %d were sent again after a kill; %d pages read meanwhile", len(s.acked), s.replies, s.again, s.looks)
}

// network returns an address of nobody.
func network(rng *rand.Rand) string {
	return fmt.Sprintf("10.%d.%d.%d", rng.IntN(256), rng.IntN(256), rng.IntN(256))
}

// commenter writes below one story.
type commenter struct {
	*person
	no, n   int
	story   int64
	said    *said
	rng     *rand.Rand
	pending url.Values // sent and not answered
	word    string     // of it
}

// back sends again what was not answered.
func (c *commenter) back() error {
	if c.pending == nil {
		return nil
	}
	c.said.mu.Lock()
	c.said.again++
	c.said.mu.Unlock()
	return c.send()
}

// between is the least time from one comment of a reader to the next, by the
// rules of the site.
const between = 110 * time.Millisecond

func (c *commenter) step() error {
	pause := time.After(between)
	if c.pending == nil {
		c.write()
	}
	err := c.send()
	<-pause
	return err
}

// write makes up a comment, every second one an answer, most of these to one of
// the newest.
func (c *commenter) write() {
	c.n++
	c.word = fmt.Sprintf("kata%dq%dz", c.no, c.n)
	c.said.mu.Lock()
	defer c.said.mu.Unlock()
	reply := int64(0)
	if order := c.said.order; len(order) > 0 && c.rng.IntN(2) == 0 {
		reply = order[max(0, len(order)-1-c.rng.IntN(8))].id
		if c.rng.IntN(4) == 0 {
			reply = order[0].id // everybody answers the first one
		}
	}
	c.said.sent[c.word] = true
	c.pending = url.Values{"text": {"Bakau di teluk kami sudah tumbuh, " + c.word + "."}, "reply": {strconv.FormatInt(reply, 10)}}
}

func (c *commenter) send() error {
	r, err := c.do(http.MethodPost, fmt.Sprintf("/comment/story/%d", c.story), []byte(c.pending.Encode()), "Content-Type", "application/x-www-form-urlencoded",
		"Accept", "application/json", "Sec-Fetch-Site", "same-origin", "X-Forwarded-For", network(c.rng))
	if err != nil {
		return err
	}
	var made struct{ ID, State, Message string }
	if r.status != http.StatusOK {
		return fmt.Errorf("%s comments: %v", c.name, r)
	}
	if err := json.Unmarshal(r.body, &made); err != nil || made.State != string(discuss.Published) {
		return fmt.Errorf("%s comments: %v, %w", c.name, r, orUnexpected(err))
	}
	reply, _ := strconv.ParseInt(c.pending.Get("reply"), 10, 64) // our own
	id, err := strconv.ParseInt(made.ID, 10, 64)
	if err != nil {
		return err
	}
	c.said.mu.Lock()
	defer c.said.mu.Unlock()
	one := comment{id, reply}
	c.said.acked[c.word] = one
	c.said.order = append(c.said.order, one)
	if reply != 0 {
		c.said.replies++
	}
	c.pending = nil
	select {
	case c.said.acks <- struct{}{}:
	default:
	}
	return nil
}

// lurker reads the story while the others write.
type lurker struct{ *forum }

func (l *lurker) back() error { return nil }

// step opens the story: what stands there was written, and stands there once.
func (l *lurker) step() error {
	<-time.After(20 * time.Millisecond) // who reads all the time takes the others' machine
	if l.path == "" {
		return nil // see look
	}
	p, err := l.read(l.path)
	if err != nil {
		return err
	}
	l.said.mu.Lock()
	defer l.said.mu.Unlock()
	l.said.looks++
	if p.count > len(l.said.sent) {
		return fmt.Errorf("the page counts %d comments, %d were written", p.count, len(l.said.sent))
	}
	for word, id := range p.words {
		if !l.said.sent[word] {
			return fmt.Errorf("the page shows %s as comment %d, which nobody wrote", word, id)
		}
	}
	return nil
}

// shownPage is what a page shows of a discussion.
type shownPage struct {
	count int
	words map[string]int64 // the comments by their words
	more  []string         // where it goes on
}

var (
	shownCount   = regexp.MustCompile(`<h2>Komentar \(([\d.]+)\)`)
	shownComment = regexp.MustCompile(`(?s)<article[^>]*\bid="?comment-(\d+).*?\bclass="?said[^>]*>[^<]*\b(kata\d+q\d+z)`)
	shownMore    = regexp.MustCompile(`data-more><a href="?([^">\s]+)`)
)

// read asks for a page of the discussion. What it shows twice is a finding.
func (f *forum) read(path string) (p shownPage, err error) {
	r, err := f.eyes.get(path)
	if err != nil {
		return p, err
	}
	n := shownCount.FindSubmatch(r.body)
	if r.status != http.StatusOK || n == nil {
		return p, fmt.Errorf("%s answers %v, and counts no comments", path, r)
	}
	p.count, err = strconv.Atoi(strings.ReplaceAll(string(n[1]), ".", ""))
	p.words = map[string]int64{}
	for _, m := range shownComment.FindAllSubmatch(r.body, -1) {
		word := string(m[2])
		if p.words[word] != 0 {
			return p, fmt.Errorf("%s shows %s twice", path, word)
		}
		p.words[word], _ = strconv.ParseInt(string(m[1]), 10, 64) // digits
	}
	for _, m := range shownMore.FindAllSubmatch(r.body, -1) {
		p.more = append(p.more, html.UnescapeString(string(m[1])))
	}
	return p, err
}

// told is how long pages may take after a restart to show everything: what they
// were not told before the kill they are told within about a second.
const told = 15 * time.Second

// look checks what is there after a restart: readers send again what was not
// answered, and then everything stands there once.
func (f *forum) look() {
	f.t.Helper()
	for _, c := range f.all {
		if err := c.back(); err != nil {
			f.t.Fatal(err)
		}
	}
	if f.path == "" {
		r, err := f.eyes.get(publicPath(f.story))
		if err != nil || r.status != http.StatusMovedPermanently {
			f.t.Fatalf("the story's address: %v, %v", r, err)
		}
		f.path = strings.TrimPrefix(r.header.Get("Location"), f.eyes.base)
	}
	for end := time.Now().Add(told); ; <-time.After(50 * time.Millisecond) {
		wrong := append(f.newest(), f.everything()...)
		if len(wrong) == 0 {
			return
		}
		if time.Now().After(end) {
			f.t.Errorf("%s after the restart:\n%s", told, strings.Join(wrong, "\n"))
			return
		}
	}
}

// newest looks whether the story's page counts right and shows the newest threads.
func (f *forum) newest() (wrong []string) {
	p, err := f.read(f.path)
	if err != nil {
		return []string{err.Error()}
	}
	if p.count != len(f.said.acked) {
		wrong = append(wrong, fmt.Sprintf("the story's page counts %d comments, %d were acknowledged", p.count, len(f.said.acked)))
	}
	var threads []int64
	for _, c := range f.said.acked {
		if c.reply == 0 {
			threads = append(threads, c.id)
		}
	}
	slices.Sort(threads)
	shown := map[int64]bool{}
	for _, id := range p.words {
		shown[id] = true
	}
	for _, id := range threads[max(0, len(threads)-discuss.PageThreads):] {
		if !shown[id] {
			wrong = append(wrong, fmt.Sprintf("the story's page does not show the thread %d", id))
		}
	}
	return wrong
}

// everything looks whether all pages of the discussion together show each comment
// that was acknowledged, as that comment, and nothing else.
func (f *forum) everything() (wrong []string) {
	found := map[string]int64{}
	seen := map[string]bool{}
	todo := []string{fmt.Sprintf("/comment/story/%d?sort=oldest", f.story)}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		p, err := f.read(path)
		if err != nil {
			return append(wrong, err.Error())
		}
		for word, id := range p.words {
			if was := found[word]; was != 0 && was != id {
				wrong = append(wrong, fmt.Sprintf("%s is there twice, as comments %d and %d", word, was, id))
			}
			found[word] = id
		}
		todo = append(todo, p.more...)
	}
	for word, c := range f.said.acked {
		if found[word] != c.id {
			wrong = append(wrong, fmt.Sprintf("%s was acknowledged as comment %d, and is comment %d (0: nowhere)", word, c.id, found[word]))
		}
	}
	for word := range found {
		if f.said.acked[word].id == 0 {
			wrong = append(wrong, word+" is there, and nobody was told so")
		}
	}
	return wrong
}

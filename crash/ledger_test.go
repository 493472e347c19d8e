package crash_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The authors of tokens. Everything that somebody types holds a token of the
// story, the author and a number that grows, so that whatever is seen anywhere
// tells when it was typed.
const (
	byReporter = "r" // her paragraph, and with the same number the standfirst
	standfirst = "f"
	byEditor   = "b" // his paragraph
	headline   = "h" // his too
	together   = "s" // the paragraph in which both write
)

var authors = []string{byReporter, standfirst, byEditor, headline, together}

func token(story int64, author string, n int) string {
	return fmt.Sprintf("zk%dq%s%dz", story, author, n)
}

var tokens = regexp.MustCompile(`(?i)zk(\d+)q([rfbhs])(\d+)z`)

// seen is a token that was found somewhere.
type seen struct {
	story  int64
	author string
	n      int
}

func tokensIn(text []byte) (list []seen) {
	for _, m := range tokens.FindAllSubmatch(text, -1) {
		id, _ := strconv.ParseInt(string(m[1]), 10, 64) // digits
		n, _ := strconv.Atoi(string(m[3]))
		list = append(list, seen{id, string(m[2]), n})
	}
	return list
}

// ending stands in the last paragraph of a story and never changes: a search
// finds the story by it.
func ending(story int64) string { return fmt.Sprintf("tamatnya%dx", story) }

// numbers are the numbers of the authors.
type numbers map[string]int

// shared is a save of the paragraph in which two people write.
type shared struct {
	n     int
	base  int64
	seq   int64 // 0: not acknowledged
	acked bool
}

// story is what the ledger knows of one story. Its fields are guarded by the
// ledger's lock.
type story struct {
	id      int64
	planned bool // goes out by schedule, else by hand
	blocks  map[string]string
	order   []string
	ready   bool // its paragraphs are there
	closed  bool // withdrawn: nobody types any more
	claimed bool // somebody publishes, schedules or withdraws it
	claims  int  // how often somebody began to
	touched bool // since the last look

	acked, sent numbers
	saves       []*shared

	// What readers may and must see. may is nil until somebody tried to publish.
	may, must numbers
	out       bool // a publication was acknowledged
	broke     bool // one was asked for and broke off
	due       time.Time
	cancelled bool      // an acknowledged withdrawal of the schedule
	inDoubt   bool      // a request about the schedule broke off
	perhaps   time.Time // when it may go out, after such a request
	gone      bool      // a withdrawal was acknowledged
	goneTried bool
}

// upload is what the ledger knows of one file.
type upload struct {
	at      string // its address; empty: not acknowledged
	data    []byte
	acked   int64
	picture int64 // what it became; 0: on its way
}

// ledger is the outside memory of what was acknowledged. Every line goes into a
// file, too, for whoever looks for a fault.
type ledger struct {
	mu      sync.Mutex
	stories []*story
	byID    map[int64]*story
	uploads []*upload
	counts  map[string]int
	file    *os.File
	enc     *json.Encoder

	acks chan struct{}
}

func newLedger(t *testing.T, path string) *ledger {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &ledger{byID: map[int64]*story{}, counts: map[string]int{}, file: f, enc: json.NewEncoder(f), acks: make(chan struct{}, 1<<16)}
}

// line is a line of the file.
type line struct {
	At     time.Time `json:"at"`
	Story  int64     `json:"story"`
	Who    string    `json:"who"`
	What   string    `json:"what"`
	Detail any       `json:"detail"`
}

// ack notes that the server said yes. The caller holds the lock.
func (l *ledger) ack(who, what string, story int64, detail any) {
	l.counts[what]++
	l.note(who, what, story, detail)
	select {
	case l.acks <- struct{}{}:
	default:
	}
}

// note writes a line into the file.
func (l *ledger) note(who, what string, story int64, detail any) {
	_ = l.enc.Encode(line{time.Now(), story, who, what, detail}) // for people only
}

// tale returns what the file says of a story, of its saves the last ones only.
func (l *ledger) tale(id string) string {
	text, err := os.ReadFile(l.file.Name())
	if err != nil {
		return err.Error()
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, `"story":`+id+`,`) {
			lines = append(lines, line)
		}
	}
	last := max(0, len(lines)-10)
	steps := slices.DeleteFunc(slices.Clone(lines[:last]), func(line string) bool { return strings.Contains(line, `"what":"save"`) })
	return strings.Join(append(steps, lines[last:]...), "")
}

// begin notes a new story.
func (l *ledger) begin(id int64, blocks map[string]string, order []string) *story {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := &story{id: id, blocks: blocks, order: order, planned: len(l.stories)%3 == 2, touched: true, acked: numbers{}, sent: numbers{}}
	l.stories = append(l.stories, s)
	l.byID[id] = s
	return s
}

// pick returns one of the newest stories that fit, nil if none does. draw
// chooses among n.
func (l *ledger) pick(draw func(n int) int, newest int, fits func(*story) bool) *story {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []*story
	for i := len(l.stories) - 1; i >= 0 && len(list) < newest; i-- {
		if s := l.stories[i]; s.ready && fits(s) {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return nil
	}
	s := list[draw(len(list))]
	s.touched = true
	return s
}

// claim is pick for what only one person may do at a time.
func (l *ledger) claim(draw func(n int) int, newest int, fits func(*story) bool) *story {
	s := l.pick(draw, newest, func(s *story) bool { return !s.claimed && !s.closed && fits(s) })
	if s == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.claimed {
		return nil
	}
	s.claimed = true
	s.claims++
	return s
}

func (l *ledger) release(s *story) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.claimed = false
}

// widen lets readers see what was typed up to now.
func (s *story) widen() {
	if s.may == nil {
		s.may = numbers{}
	}
	for _, a := range authors {
		s.may[a] = max(s.may[a], s.sent[a])
	}
}

func (s *story) snapshot() numbers { return maps.Clone(s.acked) }

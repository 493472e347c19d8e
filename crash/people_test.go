package crash_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"warta/internal/doc"
)

// worker is one of the four people at work. step does one thing; an error that
// is not errCut is a finding.
type worker interface {
	step() error
	// back is what a browser does when the server is there again.
	back() error
}

// work lets somebody work until ctx ends or the server is gone.
func work(ctx context.Context, w worker) error {
	err := w.back()
	for err == nil && ctx.Err() == nil {
		err = w.step()
	}
	if errors.Is(err, errCut) {
		return nil
	}
	return err
}

// typist writes in drafts through the interface of the editor.
type typist struct {
	*person
	l       *ledger
	rng     *rand.Rand
	author  string // of the own paragraph
	field   string // that goes with it
	in      string // author of the field
	base    map[int64]int64
	pending []*save // sent and not answered
	extra   func() error
}

// save is what one request holds.
type save struct {
	s      *story
	base   int64
	body   []byte
	own    numbers
	shared *shared
	first  bool
}

func paragraph(id, text string) map[string]any {
	return map[string]any{"type": "paragraph", "attrs": map[string]any{"id": id}, "content": []any{map[string]any{"type": "text", "text": text}}}
}

// back sends again what was not answered, on the number on which it was built.
func (t *typist) back() error {
	for len(t.pending) > 0 {
		if err := t.send(t.pending[0]); err != nil {
			return err
		}
		t.pending = t.pending[1:]
	}
	return nil
}

func (t *typist) step() error {
	draw := t.rng.Float64()
	if t.extra != nil && draw < 0.2 {
		return t.extra()
	}
	s := t.l.pick(t.rng.IntN, 5, func(s *story) bool { return !s.closed })
	if s == nil {
		if t.extra != nil {
			return t.extra()
		}
		return t.idle()
	}
	return t.type1(s, draw > 0.75)
}

// type1 types one token more, into the own paragraph or the common one.
func (t *typist) type1(s *story, common bool) error {
	if _, ok := t.base[s.id]; !ok {
		if err := t.open(s); err != nil {
			return err
		}
	}
	sv := &save{s: s, base: t.base[s.id], own: numbers{}}
	t.l.mu.Lock()
	var blocks []any
	fields := map[string]any{}
	if common {
		s.sent[together]++
		sv.shared = &shared{n: s.sent[together], base: sv.base}
		s.saves = append(s.saves, sv.shared)
		blocks = append(blocks, paragraph(s.blocks[together], "Bersama: "+token(s.id, together, sv.shared.n)+" oleh "+t.name+"."))
	} else {
		n := s.sent[t.author] + 1
		s.sent[t.author], s.sent[t.in], sv.own[t.author], sv.own[t.in] = n, n, n, n
		blocks = append(blocks, paragraph(s.blocks[t.author], "Menurut "+t.name+" "+token(s.id, t.author, n)+" warga menanam bakau."))
		fields[t.field] = "Kabar " + token(s.id, t.in, n) + " dari pantai"
	}
	body := map[string]any{"base": sv.base, "blocks": blocks, "order": s.order, "fields": fields}
	t.l.mu.Unlock()
	return t.submit(sv, body)
}

// submit sends a save and remembers it until it is answered.
func (t *typist) submit(sv *save, body map[string]any) (err error) {
	if sv.body, err = json.Marshal(body); err != nil {
		return err
	}
	t.pending = append(t.pending, sv)
	if err := t.send(sv); err != nil {
		return err
	}
	t.pending = t.pending[:0]
	return nil
}

// open reads a story for the first time.
func (t *typist) open(s *story) error {
	var d struct{ Seq int64 }
	r, err := t.call(draftPath(s.id), nil, &d)
	if err == nil && r.status != http.StatusOK {
		return t.refused(s, "opens", r)
	}
	t.base[s.id] = d.Seq
	return err
}

func draftPath(id int64) string { return fmt.Sprintf("/newsroom/stories/%d/draft", id) }

func (t *typist) send(sv *save) error {
	var ans struct{ Seq int64 }
	r, err := t.do(http.MethodPost, draftPath(sv.s.id), sv.body, "Content-Type", "application/json", "Accept", "application/json",
		"Sec-Fetch-Site", "same-origin", "Warta-Tab", "tab"+t.author)
	if err != nil {
		return err
	}
	if r.status != http.StatusOK {
		return t.refused(sv.s, "saves", r)
	}
	if err := json.Unmarshal(r.body, &ans); err != nil {
		return err
	}
	t.l.mu.Lock()
	defer t.l.mu.Unlock()
	t.base[sv.s.id] = ans.Seq
	for a, n := range sv.own {
		sv.s.acked[a] = max(sv.s.acked[a], n)
	}
	if sv.shared != nil {
		sv.shared.acked, sv.shared.seq = true, ans.Seq
	}
	if sv.first {
		sv.s.ready = true
	}
	t.l.ack(t.name, "save", sv.s.id, map[string]any{"seq": ans.Seq, "own": sv.own, "shared": sv.shared != nil})
	return nil
}

// refused is an answer that says no: fine for a story that is being withdrawn,
// a finding for any other.
func (t *typist) refused(s *story, what string, r reply) error {
	t.l.mu.Lock()
	defer t.l.mu.Unlock()
	if s.goneTried && r.status < 500 {
		s.closed = true
		return nil
	}
	return fmt.Errorf("%s %s story %d: %v", t.name, what, s.id, r)
}

// newReporter writes stories.
func newReporter(p *person, l *ledger, rng *rand.Rand) *typist {
	t := &typist{person: p, l: l, rng: rng, author: byReporter, field: "standfirst", in: standfirst, base: map[int64]int64{}}
	t.extra = func() error {
		if l.pick(t.rng.IntN, 3, func(s *story) bool { return !s.closed && len(s.saves) < 4 }) != nil {
			return p.idle() // those of before come first
		}
		return t.create()
	}
	return t
}

// create begins a story and writes its four paragraphs.
func (t *typist) create() error {
	var made struct{ ID int64 }
	r, err := t.call("/newsroom/stories", map[string]any{"headline": "Kabar baru", "section": 1}, &made)
	if err != nil {
		return err
	}
	if r.status >= 300 || made.ID == 0 {
		return fmt.Errorf("%s begins a story: %v", t.name, r)
	}
	ids := doc.RandomIDs()
	blocks := map[string]string{byReporter: ids(), byEditor: ids(), together: ids(), "end": ids()}
	s := t.l.begin(made.ID, blocks, []string{blocks[byReporter], blocks[together], blocks[byEditor], blocks["end"]})
	if err := t.open(s); err != nil {
		return err
	}
	sv := &save{s: s, base: t.base[s.id], own: numbers{byReporter: 1, standfirst: 1}, first: true}
	t.l.mu.Lock()
	s.sent[byReporter], s.sent[standfirst] = 1, 1
	t.l.mu.Unlock()
	return t.submit(sv, map[string]any{"base": sv.base, "order": s.order,
		"fields": map[string]any{"standfirst": "Kabar " + token(s.id, standfirst, 1) + " dari pantai"},
		"blocks": []any{paragraph(blocks[byReporter], "Menurut "+t.name+" "+token(s.id, byReporter, 1)+"."), paragraph(blocks[together], "Bersama."),
			paragraph(blocks[byEditor], "Menurut penyunting."), paragraph(blocks["end"], "Demikian, "+ending(s.id)+".")}})
}

// newEditor writes in the same stories and publishes them.
func newEditor(p *person, l *ledger, rng *rand.Rand) *typist {
	t := &typist{person: p, l: l, rng: rng, author: byEditor, field: "headline", in: headline, base: map[int64]int64{}}
	t.extra = func() error {
		s := l.claim(t.rng.IntN, 8, func(s *story) bool { return !s.planned && s.acked[byEditor] > 0 })
		if s == nil {
			return p.idle()
		}
		defer l.release(s)
		l.mu.Lock()
		must := s.snapshot()
		l.mu.Unlock()
		r, err := p.call(fmt.Sprintf("/newsroom/stories/%d/publish", s.id), map[string]any{"note": ""}, nil)
		l.mu.Lock()
		defer l.mu.Unlock()
		s.widen()
		switch {
		case err != nil:
			s.broke = true
			l.note(p.name, "publish?", s.id, must)
			return err
		case r.status == http.StatusOK || r.status == http.StatusAccepted:
			s.out, s.must = true, must
			l.ack(p.name, "publish", s.id, must)
			return nil
		case r.status == http.StatusConflict && s.out:
			return nil // nothing is new
		case r.status == http.StatusConflict && s.broke && bytes.Contains(r.body, []byte(`"no_draft"`)):
			// The one that broke off went in, and nothing is new since: readers have
			// to see all that was acknowledged.
			s.out, s.must = true, must
			l.note(p.name, "published before", s.id, must)
			return nil
		}
		return fmt.Errorf("%s publishes story %d: %v", p.name, s.id, r)
	}
	return t
}

// planner schedules stories, takes schedules back, and withdraws.
type planner struct {
	*person
	l   *ledger
	rng *rand.Rand
}

func (p *planner) back() error { return nil }

func (p *planner) step() error {
	switch draw := p.rng.Float64(); {
	case draw < 0.5:
		return p.schedule()
	case draw < 0.8:
		return p.unschedule()
	}
	return p.withdraw()
}

var jakarta = time.FixedZone("WIB", 7*3600)

func (p *planner) schedule() error {
	s := p.l.claim(p.rng.IntN, 6, func(s *story) bool {
		return s.planned && !s.out && !s.inDoubt && (s.due.IsZero() || s.cancelled)
	})
	if s == nil {
		return p.idle()
	}
	defer p.l.release(s)
	at := time.Now().Add(time.Duration(1+p.rng.IntN(4)) * time.Second).Truncate(time.Second)
	p.l.mu.Lock()
	must := s.snapshot()
	p.l.mu.Unlock()
	r, err := p.call(fmt.Sprintf("/newsroom/stories/%d/schedule", s.id), map[string]any{"at": at.In(jakarta).Format("2006-01-02T15:04:05")}, nil)
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	s.widen()
	switch {
	case err != nil:
		s.inDoubt, s.perhaps = true, at
		p.l.note(p.name, "schedule?", s.id, at)
		return err
	case r.status == http.StatusOK:
		s.due, s.must, s.cancelled = at, must, false
		p.l.ack(p.name, "schedule", s.id, at)
		return nil
	case r.status < 500 && time.Now().After(at):
		return nil // so slow that the time has passed
	}
	return fmt.Errorf("%s schedules story %d: %v", p.name, s.id, r)
}

func (p *planner) unschedule() error {
	s := p.l.claim(p.rng.IntN, 6, func(s *story) bool { return s.planned && !s.out && !s.inDoubt && !s.due.IsZero() && !s.cancelled })
	if s == nil {
		return p.idle()
	}
	defer p.l.release(s)
	r, err := p.call(fmt.Sprintf("/newsroom/stories/%d/unschedule", s.id), map[string]any{}, nil)
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	switch {
	case err != nil:
		s.inDoubt, s.perhaps = true, s.due
		p.l.note(p.name, "unschedule?", s.id, nil)
		return err
	case r.status == http.StatusOK:
		s.cancelled = true
		p.l.ack(p.name, "unschedule", s.id, nil)
		return nil
	case r.status < 500 && time.Now().After(s.due):
		p.l.note(p.name, "unschedule: "+r.String(), s.id, nil)
		return nil // it is out already
	}
	return fmt.Errorf("%s takes the schedule of story %d back: %v", p.name, s.id, r)
}

func (p *planner) withdraw() error {
	s := p.l.claim(p.rng.IntN, 20, func(s *story) bool { return s.out && !s.goneTried })
	if s == nil {
		return p.idle()
	}
	defer p.l.release(s)
	p.l.mu.Lock()
	s.goneTried = true
	p.l.mu.Unlock()
	path, body := fmt.Sprintf("/newsroom/stories/%d/withdraw", s.id), map[string]any{"reason": "sara", "note": "uji"}
	r, err := p.call(path, body, nil)
	if err == nil && r.status == http.StatusForbidden && bytes.Contains(r.body, []byte(`"confirm"`)) {
		if err := p.prove(); err != nil {
			return err
		}
		r, err = p.call(path, body, nil)
	}
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	s.closed = true
	switch {
	case err != nil:
		return err
	case r.status == http.StatusOK || r.status == http.StatusAccepted:
		s.gone = true
		p.l.ack(p.name, "withdraw", s.id, r.status)
		return nil
	}
	return fmt.Errorf("%s withdraws story %d: %v", p.name, s.id, r)
}

// photographer sends pictures in pieces.
type photographer struct {
	*person
	l   *ledger
	rng *rand.Rand
	now *upload
}

// piece is how much of a picture one request holds.
const piece = 32 << 10

// back asks how far an upload is, as a browser does after a lost connection.
func (p *photographer) back() error {
	u := p.now
	if u == nil || u.at == "" {
		p.now = nil
		return nil
	}
	at, err := p.offset(u)
	if err != nil {
		return err
	}
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	u.acked = at
	return nil
}

// offset asks how many bytes of an upload are kept. Fewer than were
// acknowledged are a finding.
func (p *photographer) offset(u *upload) (int64, error) {
	r, err := p.do(http.MethodHead, u.at, nil, "Accept", "application/json")
	if err != nil {
		return 0, err
	}
	at, err := strconv.ParseInt(r.header.Get("Upload-Offset"), 10, 64)
	if r.status != http.StatusOK && r.status != http.StatusNoContent || err != nil || at < u.acked || at > int64(len(u.data)) {
		return 0, fmt.Errorf("the upload %s of %d bytes answers %v with offset %q, %d were acknowledged", u.at, len(u.data), r, r.header.Get("Upload-Offset"), u.acked)
	}
	return at, nil
}

func (p *photographer) step() error {
	if p.now == nil {
		return p.begin()
	}
	u := p.now
	part := u.data[u.acked:min(int64(len(u.data)), u.acked+piece)]
	r, err := p.do(http.MethodPatch, u.at, part, "Accept", "application/json", "Content-Type", "application/offset+octet-stream",
		"Upload-Offset", strconv.FormatInt(u.acked, 10), "Sec-Fetch-Site", "same-origin")
	if err != nil {
		return err
	}
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	switch r.status {
	case http.StatusNoContent:
		at, err := strconv.ParseInt(r.header.Get("Upload-Offset"), 10, 64)
		if err != nil || at != u.acked+int64(len(part)) {
			return fmt.Errorf("a piece up to byte %d was taken as %q", u.acked+int64(len(part)), r.header.Get("Upload-Offset"))
		}
		u.acked = at
		p.l.ack(p.name, "piece", 0, at)
		return nil
	case http.StatusOK:
		var made struct{ ID int64 }
		if err := json.Unmarshal(r.body, &made); err != nil || made.ID == 0 {
			return fmt.Errorf("the last piece is answered with %v", r)
		}
		u.picture, u.acked, p.now = made.ID, int64(len(u.data)), nil
		p.l.ack(p.name, "picture", 0, made.ID)
		return nil
	}
	return fmt.Errorf("%s sends a piece at %d: %v", p.name, u.acked, r)
}

func (p *photographer) begin() error {
	u := &upload{data: p.picture()}
	r, err := p.do(http.MethodPost, "/newsroom/uploads", nil, "Accept", "application/json", "Upload-Length", strconv.Itoa(len(u.data)),
		"Upload-Name", "pantai.png", "Sec-Fetch-Site", "same-origin")
	if err != nil {
		return err
	}
	if u.at = r.header.Get("Location"); r.status != http.StatusCreated || u.at == "" {
		return fmt.Errorf("%s begins an upload: %v", p.name, r)
	}
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	p.l.uploads = append(p.l.uploads, u)
	p.now = u
	p.l.ack(p.name, "upload", 0, u.at)
	return nil
}

// picture returns a PNG that nobody has seen before, of several pieces.
func (p *photographer) picture() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 240, 160))
	for i := range m.Pix {
		m.Pix[i] = uint8(p.rng.Uint32())
	}
	for y := range 160 {
		for x := range 240 {
			c := m.RGBAAt(x, y)
			m.SetRGBA(x, y, color.RGBA{c.R, c.G, c.B, 255})
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, m) // into memory
	return b.Bytes()
}

// onlooker is a reader who opens stories while the others work.
type onlooker struct {
	*person
	l   *ledger
	rng *rand.Rand
}

func (o *onlooker) back() error { return nil }

// step opens a story. What stands on its page was published, or is being so.
func (o *onlooker) step() error {
	o.l.mu.Lock()
	if len(o.l.stories) == 0 {
		o.l.mu.Unlock()
		_, err := o.get("/")
		return err
	}
	s := o.l.stories[max(0, len(o.l.stories)-1-o.rng.IntN(12))]
	claims, busy, gone := s.claims, s.claimed, s.gone
	o.l.mu.Unlock()
	<-time.After(10 * time.Millisecond) // who reads all the time takes the others' machine
	r, err := o.get(publicPath(s.id))
	if err == nil && r.status == http.StatusMovedPermanently {
		r, err = o.get(strings.TrimPrefix(r.header.Get("Location"), o.base))
	}
	if err != nil {
		return err
	}
	o.l.mu.Lock()
	defer o.l.mu.Unlock()
	o.l.counts["page"]++
	if gone && r.status != http.StatusGone {
		return fmt.Errorf("story %d answers %d after its withdrawal was acknowledged", s.id, r.status)
	}
	upper := s.may
	if busy || s.claims != claims {
		upper = s.sent
	}
	for _, k := range tokensIn(r.body) {
		if k.story == s.id && k.n > upper[k.author] {
			return fmt.Errorf("the page of story %d shows %s while readers may see up to %v", s.id, token(k.story, k.author, k.n), upper)
		}
	}
	return nil
}

package crash_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"warta/internal/doc"
)

// pressroom is a newsroom in which something goes out every second.
type pressroom struct {
	boss *person
	site *sample
	rng  *rand.Rand
	n    int
	pics []int64

	// pause is held while something is changed. Who holds it knows that everything
	// that was changed is acknowledged.
	pause sync.Mutex
}

func newPressroom(boss *person, site *sample, rng *rand.Rand) *pressroom {
	return &pressroom{boss: boss, site: site, rng: rng}
}

// work changes something once a second until ctx ends.
func (p *pressroom) work(ctx context.Context, t *tally) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if what, err := p.step(); err != nil {
			t.wrong("the newsroom: %s: %v", what, err)
		}
		for _, what := range p.done() {
			t.count(what)
		}
	}
}

// done returns what the last step did.
func (p *pressroom) done() []string {
	list := []string{"stories published"}
	for what, every := range occasions {
		if p.n%every == 0 {
			list = append(list, what)
		}
	}
	return list
}

// occasions are what happens beside a publication, every so many of them.
var occasions = map[string]int{"stories corrected": 5, "stories withdrawn": 8, "pictures uploaded": 6}

// step publishes a story, and does what is due beside it.
func (p *pressroom) step() (what string, err error) {
	p.pause.Lock()
	defer p.pause.Unlock()
	p.n++
	if p.n%occasions["pictures uploaded"] == 0 {
		if err := p.upload(); err != nil {
			return "upload", err
		}
	}
	if err := p.publish(); err != nil {
		return "publish", err
	}
	if p.n%occasions["stories corrected"] == 0 {
		if err := p.correct(); err != nil {
			return "correct", err
		}
	}
	if p.n%occasions["stories withdrawn"] == 0 {
		if err := p.withdraw(); err != nil {
			return "withdraw", err
		}
	}
	return "", nil
}

// send is a call that has to succeed.
func (p *pressroom) send(path string, body, out any) error {
	r, err := p.boss.call(path, body, out)
	if err == nil && r.status >= 300 {
		err = fmt.Errorf("%s: %v", path, r)
	}
	return err
}

func (p *pressroom) publish() error {
	headline := fmt.Sprintf("Warga menanam bakau di tepi teluk, hari ke-%d", p.n)
	var made struct{ ID int64 }
	if err := p.send("/newsroom/stories", map[string]any{"headline": headline, "section": any1(p.rng, p.site.sections)}, &made); err != nil {
		return err
	}
	var d struct{ Seq int64 }
	if err := p.send(draftPath(made.ID), nil, &d); err != nil {
		return err
	}
	ids, text := doc.RandomIDs(), []any{}
	order := []string{}
	for n := range 2 + p.rng.IntN(8) {
		order = append(order, ids())
		text = append(text, paragraph(order[n], fmt.Sprintf("Paragraf %d dari kabar %d: bibit disemai sendiri oleh kelompok tani, lalu ditanam sejak pagi.", n+1, p.n)))
	}
	fields := map[string]any{"standfirst": fmt.Sprintf("Hari ke-%d penanaman.", p.n), "dateline": "Karawang"}
	if p.n%5 == 0 {
		fields["access"] = "members"
	}
	if len(p.pics) > 0 && p.n%2 == 0 {
		fields["lead"] = map[string]any{"picture": any1(p.rng, p.pics), "caption": "Penanaman bakau", "credit": "Warta/Tono", "alt": "Orang menanam bakau"}
	}
	if err := p.send(draftPath(made.ID), map[string]any{"base": d.Seq, "order": order, "blocks": text, "fields": fields}, nil); err != nil {
		return err
	}
	if err := p.send(fmt.Sprintf("/newsroom/stories/%d/publish", made.ID), map[string]any{"note": ""}, nil); err != nil {
		return err
	}
	r, err := p.boss.get(publicPath(made.ID)) // leads to its address
	if err != nil {
		return err
	}
	at := r.header.Get("Location")
	if r.status != http.StatusMovedPermanently || at == "" {
		return fmt.Errorf("story %d is published and answers %v", made.ID, r)
	}
	p.site.mu.Lock()
	defer p.site.mu.Unlock()
	p.site.fresh = append(p.site.fresh, place{made.ID, strings.TrimPrefix(at, p.boss.base)})
	return nil
}

// earlier is a story of before that is not withdrawn.
func (p *pressroom) earlier() (at int, one place) {
	p.site.mu.Lock()
	defer p.site.mu.Unlock()
	at = max(0, len(p.site.fresh)-2-p.rng.IntN(40))
	return at, p.site.fresh[at]
}

func (p *pressroom) correct() error {
	_, one := p.earlier()
	return p.send(fmt.Sprintf("/newsroom/stories/%d/correct", one.id), map[string]any{"kind": "ralat", "text": fmt.Sprintf("Jumlah bibit semula keliru ditulis (%d).", p.n)}, nil)
}

func (p *pressroom) withdraw() error {
	at, one := p.earlier()
	path, body := fmt.Sprintf("/newsroom/stories/%d/withdraw", one.id), map[string]any{"reason": "sara", "note": "uji"}
	r, err := p.boss.call(path, body, nil)
	if err == nil && r.status == http.StatusForbidden {
		if err := p.boss.prove(); err != nil {
			return err
		}
		r, err = p.boss.call(path, body, nil)
	}
	if err != nil || r.status != http.StatusOK {
		return fmt.Errorf("%v, %w", r, orUnexpected(err))
	}
	p.site.mu.Lock()
	defer p.site.mu.Unlock()
	p.site.fresh = append(p.site.fresh[:at:at], p.site.fresh[at+1:]...)
	p.site.gone = append(p.site.gone, one)
	return nil
}

// upload brings a picture in, in one piece.
func (p *pressroom) upload() error {
	data := (&photographer{rng: p.rng}).picture()
	r, err := p.boss.do(http.MethodPost, "/newsroom/uploads", nil, "Accept", "application/json", "Upload-Length", itoa(len(data)),
		"Upload-Name", "pantai.png", "Sec-Fetch-Site", "same-origin")
	if err != nil || r.status != http.StatusCreated {
		return fmt.Errorf("begun: %v, %w", r, orUnexpected(err))
	}
	r, err = p.boss.do(http.MethodPatch, r.header.Get("Location"), data, "Accept", "application/json", "Content-Type", "application/offset+octet-stream",
		"Upload-Offset", strconv.Itoa(0), "Sec-Fetch-Site", "same-origin")
	if err != nil || r.status != http.StatusOK {
		return fmt.Errorf("sent: %v, %w", r, orUnexpected(err))
	}
	var made struct{ ID int64 }
	if err := json.Unmarshal(r.body, &made); err != nil || made.ID == 0 {
		return fmt.Errorf("no picture in %v, %w", r, orUnexpected(err))
	}
	p.pics = append(p.pics, made.ID)
	return nil
}

package crash_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// inspector looks at everything after a restart, when nobody works: the
// newsroom with an editor's session, the site as any reader.
type inspector struct {
	t      *testing.T
	l      *ledger
	editor *person
	reader *person
	photos *photographer // nil: uploads that are on their way are not looked at

	mu     sync.Mutex
	faults int
	about  map[string]bool // the stories that faults are about
}

func (i *inspector) fault(format string, args ...any) {
	i.t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	if i.faults++; i.faults <= 20 {
		i.t.Error(text)
	}
	if m := named.FindStringSubmatch(text); m != nil && len(i.about) < 3 {
		i.about[m[1]] = true
	}
}

// named finds the story that a fault is about.
var named = regexp.MustCompile(`story (\d+)`)

// content reports whether nothing was found so far.
func (i *inspector) content() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.faults == 0
}

// page asks for what readers get, and follows redirects.
func (i *inspector) page(path string) reply {
	i.t.Helper()
	for range 3 {
		r, err := i.reader.get(path)
		if err != nil {
			i.t.Fatalf("%s: %v", path, err)
		}
		if r.status >= 500 {
			i.fault("%s answers %v", path, r)
		}
		if r.status < 300 || r.status >= 400 {
			return r
		}
		path = strings.TrimPrefix(r.header.Get("Location"), i.reader.base)
	}
	i.t.Fatalf("%s redirects again and again", path)
	return reply{}
}

// look holds the site against the ledger: the stories that were touched, or all.
func (i *inspector) look(all bool) {
	i.t.Helper()
	i.due()
	for _, path := range []string{"/", "/latest", "/nasional", "/index", "/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json",
		"/sitemap.xml", "/search?q=kabar"} {
		i.public(path, i.page(path).body)
	}
	out := i.page("/sitemap-news.xml").body
	i.public("/sitemap-news.xml", out)
	for _, s := range i.l.stories {
		if s.touched || all {
			i.draft(s)
			i.story(s, out)
			s.touched = false
		}
	}
	i.uploads(all)
}

// due waits until every schedule has come to its end, since nothing may change
// while the rest is looked at. What went out by one is published from here on.
func (i *inspector) due() {
	i.t.Helper()
	for _, s := range i.l.stories {
		if !s.planned || s.out || s.gone || s.due.IsZero() && !s.inDoubt {
			continue
		}
		at := s.due
		if s.inDoubt {
			at = s.perhaps
		}
		sure := !s.cancelled && !s.inDoubt
		public := i.public1(s, at, sure)
		switch {
		case public && s.cancelled && !s.inDoubt:
			i.fault("story %d went out although its schedule was taken back", s.id)
		case !public && sure:
			i.fault("story %d was due at %s and is not out", s.id, s.due)
		case !public:
			s.due, s.inDoubt, s.cancelled = time.Time{}, false, false // it can be scheduled anew
			continue
		}
		s.out, s.touched, s.inDoubt = true, true, false
	}
}

// public1 asks whether a story is public until its time has long passed, or, if
// nobody can say whether it goes out, a moment after its time.
func (i *inspector) public1(s *story, at time.Time, sure bool) bool {
	i.t.Helper()
	last := at.Add(3 * time.Second)
	if sure {
		last = at.Add(20 * time.Second)
	}
	// A server that has just started needs its first second.
	if soon := time.Now().Add(3 * time.Second); last.Before(soon) {
		last = soon
	}
	for {
		if i.page(publicPath(s.id)).status == http.StatusOK {
			return true
		}
		if time.Now().After(last) {
			return false
		}
		<-time.After(50 * time.Millisecond)
	}
}

func publicPath(id int64) string { return fmt.Sprintf("/nasional/2026/01/01/%d/x", id) }

// public looks for anything on a page that readers may not see.
func (i *inspector) public(path string, body []byte) {
	i.t.Helper()
	for _, k := range tokensIn(body) {
		s := i.l.byID[k.story]
		switch {
		case s == nil:
			i.fault("%s shows story %d, whose creation was not acknowledged and which nobody published", path, k.story)
		case s.may == nil || k.n > s.may[k.author]:
			i.fault("%s shows %s, and readers may see up to %v", path, token(k.story, k.author, k.n), s.may)
		case s.gone && path != publicPath(k.story):
			i.fault("%s shows %s of a story whose withdrawal was acknowledged", path, token(k.story, k.author, k.n))
		}
	}
}

// draft holds what the newsroom has against what was acknowledged.
func (i *inspector) draft(s *story) {
	i.t.Helper()
	if !s.ready {
		return
	}
	var d struct {
		Seq       int64
		Doc       json.RawMessage
		Fields    map[string]json.RawMessage
		Conflicts []struct{ Kept, Other json.RawMessage }
	}
	r, err := i.editor.call(draftPath(s.id), nil, &d)
	if err != nil || r.status != http.StatusOK {
		i.fault("the draft of story %d: %v, %v", s.id, r, err)
		return
	}
	text := bytes.Clone(d.Doc)
	for _, f := range d.Fields {
		text = append(append(text, ' '), f...)
	}
	now := numbers{}
	for _, k := range tokensIn(text) {
		if k.story != s.id {
			i.fault("story %d holds %s", s.id, token(k.story, k.author, k.n))
		}
		now[k.author] = k.n
	}
	aside := map[string]bool{}
	for _, c := range d.Conflicts {
		for _, k := range append(tokensIn(c.Kept), tokensIn(c.Other)...) {
			aside[token(k.story, k.author, k.n)] = true
		}
	}
	if !bytes.Contains(d.Doc, []byte(ending(s.id))) {
		i.fault("the last paragraph of story %d is gone: %s", s.id, d.Doc)
	}
	for _, a := range authors {
		kept := now[a] >= s.acked[a] || aside[token(s.id, a, s.acked[a])]
		if a != together && (!kept || now[a] > s.sent[a]) {
			i.fault("story %d: %s was acknowledged, and the draft has number %d of %d", s.id, token(s.id, a, s.acked[a]), now[a], s.sent[a])
		}
	}
	if len(d.Conflicts) == 0 && (now[byReporter] != now[standfirst] || now[byEditor] != now[headline]) {
		i.fault("story %d has half a save: %v", s.id, now)
	}
	for _, x := range s.saves {
		if x.acked && now[together] != x.n && !aside[token(s.id, together, x.n)] && !s.replaced(x) {
			i.fault("story %d: %s was acknowledged as %d, and it is neither in the draft nor among the conflicts", s.id, token(s.id, together, x.n), x.seq)
		}
	}
}

// replaced reports whether somebody who had seen a save wrote over it.
func (s *story) replaced(x *shared) bool {
	for _, y := range s.saves {
		if y != x && y.base >= x.seq {
			return true
		}
	}
	return false
}

// story holds what readers get against what was published.
func (i *inspector) story(s *story, sitemap []byte) {
	i.t.Helper()
	path := publicPath(s.id)
	r := i.page(path)
	i.public(path, r.body)
	found := i.page("/search?q=" + ending(s.id)).body
	i.public("/search", found)
	address := regexp.MustCompile(fmt.Sprintf(`/\d{4}/\d\d/\d\d/%d/`, s.id)) // a month is a number, too
	inSearch, inSitemap := address.Match(found), address.Match(sitemap)
	switch {
	case s.gone && r.status != http.StatusGone:
		i.fault("story %d answers %d although its withdrawal was acknowledged", s.id, r.status)
	case s.goneTried && r.status == http.StatusGone:
		s.gone = true // the withdrawal came through without an answer
		if inSearch || inSitemap {
			i.fault("withdrawn story %d is found by the search (%v) or in the sitemap (%v)", s.id, inSearch, inSitemap)
		}
	case s.out && r.status != http.StatusOK:
		i.fault("story %d was published and answers %v", s.id, r)
	case r.status == http.StatusOK:
		if s.may == nil {
			i.fault("story %d is public and nobody published it", s.id)
		}
		i.whole(s, r.body)
		if !inSearch || !inSitemap {
			i.fault("story %d is public and in the search: %v, in the sitemap: %v", s.id, inSearch, inSitemap)
		}
	case inSearch || inSitemap:
		i.fault("story %d answers %d and is found by the search (%v) or in the sitemap (%v)", s.id, r.status, inSearch, inSitemap)
	}
}

// title is the headline on a story's page.
var title = regexp.MustCompile(`(?s)<h1.*?</h1>`)

// whole looks whether a public story has all that was acknowledged before it was
// published, of one state.
func (i *inspector) whole(s *story, body []byte) {
	i.t.Helper()
	now := map[string]map[int]bool{}
	for _, a := range authors {
		now[a] = map[int]bool{}
	}
	// An address keeps the words of the first headline.
	for _, k := range tokensIn(body) {
		if k.story == s.id && k.author != headline {
			now[k.author][k.n] = true
		}
	}
	for _, k := range tokensIn(title.Find(body)) {
		now[k.author][k.n] = true
	}
	if !bytes.Contains(body, []byte(ending(s.id))) {
		i.fault("the page of story %d has no last paragraph", s.id)
	}
	for _, a := range []string{byReporter, byEditor, headline} {
		if len(now[a]) != 1 && !(a != byReporter && s.must[a] == 0) {
			i.fault("the page of story %d shows %d states of %s: %v", s.id, len(now[a]), a, now[a])
		}
		for n := range now[a] {
			if n < s.must[a] {
				i.fault("the page of story %d shows %s; number %d was acknowledged before it was published", s.id, token(s.id, a, n), s.must[a])
			}
		}
	}
	for n := range now[standfirst] {
		if !now[byReporter][n] {
			i.fault("the page of story %d has half a save: standfirst %d beside %v", s.id, n, now[byReporter])
		}
	}
}

// uploads looks at what was sent: those on their way and the newest pictures.
func (i *inspector) uploads(all bool) {
	i.t.Helper()
	for n, u := range i.l.uploads {
		if u.picture == 0 && i.photos == nil {
			continue
		}
		if u.picture == 0 {
			if _, err := i.photos.offset(u); err != nil {
				i.fault("%v", err)
			}
			continue
		}
		if !all && n < len(i.l.uploads)-8 {
			continue
		}
		r, err := i.editor.get(fmt.Sprintf("/newsroom/media/%d/orig/320.webp", u.picture))
		if err != nil || r.status != http.StatusOK {
			i.fault("picture %d was acknowledged and answers %v, %v", u.picture, r, err)
		}
	}
}

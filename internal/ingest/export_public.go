package ingest

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"warta/internal/doc"
	"warta/internal/news"
)

// references tells which stories that others refer to readers can see. An
// export says nothing of the rest: not that it is there, and above all not its
// headline, which a read-also block may hold.
type references struct {
	base      *url.URL
	status    map[int64]news.Status
	headlines map[int64]int64         // by news.HeadlineKey: a live story
	old       map[news.Redirect]int64 // by host and path: a story
	cards     map[int64]*news.Story   // live and withdrawn ones
}

// refer looks up what the bodies and the ids refer to, in three queries.
func (e *exporter) refer(ctx context.Context, bodies []doc.Doc, ids []int64) (*references, error) {
	r := &references{base: e.base, status: map[int64]news.Status{}, old: map[news.Redirect]int64{}, cards: map[int64]*news.Story{}}
	var keys []int64
	var addresses []news.Redirect
	for _, d := range bodies {
		for _, b := range d.ReadAlsos() {
			id, at := r.target(b)
			switch {
			case id != 0:
				ids = append(ids, id)
			case at.Path != "":
				addresses = append(addresses, at)
			}
			if b.Story == 0 && b.Headline != "" {
				keys = append(keys, news.HeadlineKey(b.Headline))
			}
		}
	}
	redirects, err := e.store.Redirects(ctx, addresses)
	if err != nil {
		return nil, err
	}
	for _, x := range redirects {
		r.old[news.Redirect{Host: x.Host, Path: x.Path}] = x.StoryID
		ids = append(ids, x.StoryID)
	}
	if r.headlines, err = e.store.StoryByHeadline(ctx, keys); err != nil {
		return nil, err
	}
	for _, id := range r.headlines {
		ids = append(ids, id)
	}
	stories, err := e.store.Stories(ctx, ids)
	for i := range stories {
		s := &stories[i]
		if s.Status != news.Unpublished {
			r.status[s.ID], r.cards[s.ID] = s.Status, s
		}
	}
	return r, err
}

// target returns the story that a read-also block names, by id or by an address
// of this site, else the old address that it names.
func (r *references) target(b doc.ReadAlso) (id int64, at news.Redirect) {
	if b.Story != 0 || b.URL == "" {
		return b.Story, at
	}
	u, err := url.Parse(b.URL)
	if err != nil {
		return 0, news.Redirect{Path: b.URL}
	}
	host, path := strings.ToLower(u.Host), u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	if host == "" || host == strings.ToLower(r.base.Host) {
		if id := storyInPath(path); id != 0 {
			return id, at
		}
		host = ""
	}
	return 0, news.Redirect{Host: host, Path: path}
}

// storyInPath returns the id in /{section}/{yyyy}/{mm}/{dd}/{id}/{slug}, 0 if it
// is another address.
func storyInPath(path string) int64 {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) != 5 && len(parts) != 6 || len(parts[1]) != 4 || len(parts[2]) != 2 || len(parts[3]) != 2 {
		return 0
	}
	for _, p := range parts[1:4] {
		if _, err := strconv.Atoi(p); err != nil {
			return 0
		}
	}
	id, err := strconv.ParseInt(parts[4], 10, 64)
	if err != nil || id < 0 {
		return 0
	}
	return id
}

// shown returns the live story to which readers are sent by a read-also block,
// 0 if it is hidden from them.
func (r *references) shown(b doc.ReadAlso) int64 {
	id, at := r.target(b)
	if id == 0 && at.Path != "" {
		id = r.old[at]
	}
	if id == 0 && b.Headline != "" {
		id = r.headlines[news.HeadlineKey(b.Headline)]
	}
	if r.status[id] != news.Live {
		return 0
	}
	return id
}

// publicBody returns the body without the read-also blocks that readers do not
// see, and how many those were.
func (r *references) publicBody(d doc.Doc) (_ doc.Doc, hidden int) {
	for _, b := range d.ReadAlsos() {
		if r.shown(b) == 0 {
			hidden++
		}
	}
	if hidden == 0 {
		return d, 0
	}
	return d.Map(func(b doc.Block) doc.Block {
		if also, ok := b.(doc.ReadAlso); ok && r.shown(also) == 0 {
			return nil
		}
		return b
	}), hidden
}

// known returns the ids that have an address that answers, in their order, and
// how many have not. A withdrawn story keeps its id and may come back.
func (r *references) known(ids []int64) (kept []int64, hidden int) {
	for _, id := range ids {
		if r.status[id] == "" {
			hidden++
			continue
		}
		kept = append(kept, id)
	}
	return kept, hidden
}

// knownID is known for one id.
func (r *references) knownID(id int64) (kept int64, hidden int) {
	if id != 0 && r.status[id] == "" {
		return 0, 1
	}
	return id, 0
}

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/discuss"
	"warta/internal/page"
	"warta/internal/render"
)

// Of discussions: how many comments the two stories have, how often a page of
// them is rendered, how many readers write, and how quickly and how long they do.
const (
	talkSmall   = 100
	talkLarge   = 10_000
	talkRenders = 300
	talkers     = 40
	talkEvery   = time.Second / 100
	talkFor     = 5 * time.Second
)

// spoken is a story with comments.
type spoken struct {
	id      int64
	path    string
	threads []int64 // the newest first
}

// talk measures what discussions cost: pages of threads, and a story below which
// a great deal is written while it is read.
func (c *column) talk(ctx context.Context, cfg app.Config, log *slog.Logger) error {
	return serving(ctx, cfg, log, func(a *app.App, _ time.Duration) error {
		members, err := readers(ctx, a)
		if err != nil {
			return err
		}
		small, err := discussion(ctx, a, members, 0, talkSmall)
		if err != nil {
			return err
		}
		large, err := discussion(ctx, a, members, 1, talkLarge)
		if err != nil {
			return err
		}
		one := func(name string, s *spoken, after int) rendering {
			key := fmt.Sprintf("/comment/story/%d", s.id)
			if after > 0 {
				key += fmt.Sprintf("?after=%d", s.threads[after-1])
			}
			return rendering{name, func() error { return second(a.Edition.Page(ctx, key)) }}
		}
		hole := page.Hole{Module: render.ModuleComments, Params: fmt.Sprint(large.id)}
		if err := c.rendered(
			one("thread page of 100, first", small, 0),
			one("thread page of 100, last", small, len(small.threads)-discuss.PageThreads),
			one("thread page of 10,000, first", large, 0),
			one("thread page of 10,000, middle", large, len(large.threads)/2),
			one("thread page of 10,000, last", large, len(large.threads)-discuss.PageThreads),
			rendering{"comments below a story with 10,000", func() error { return second(a.Edition.Module(ctx, hole)) }},
		); err != nil {
			return err
		}
		return c.busy(ctx, a, large, members)
	})
}

func second[T any](_ T, err error) error { return err }

// rendering is one thing that is rendered.
type rendering struct {
	name string
	do   func() error
}

// rendered measures renderings in turns, so that what else the machine does meets
// them alike.
func (c *column) rendered(list ...rendering) error {
	took := make([][]time.Duration, len(list))
	for range talkRenders {
		for i, r := range list {
			start := time.Now()
			if err := r.do(); err != nil {
				return err
			}
			took[i] = append(took[i], time.Since(start))
		}
	}
	for i, r := range list {
		slices.Sort(took[i])
		c.add(r.name+", quickest tenth", "µs", micros(took[i][talkRenders/10]))
		c.add(r.name+", median", "µs", micros(took[i][talkRenders/2]))
	}
	return nil
}

// readers makes those who write, once. They are rows that nobody can sign in with.
func readers(ctx context.Context, a *app.App) (ids []int64, err error) {
	for i := range talkers {
		var id int64
		err := a.DB.Handle().QueryRowContext(ctx, `
			INSERT INTO members (email, name, handle, created, terms, terms_at)
			VALUES ($1, $2, $3, 1, '1', 1)
			ON CONFLICT (email) DO UPDATE SET name = excluded.name
			RETURNING id`, fmt.Sprintf("bench%d@kabar.example", i), fmt.Sprintf("Warga %d", i), fmt.Sprintf("bench%d", i)).Scan(&id)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// discussion opens the discussion of the live story that so many newer ones come
// before, and gives it n comments, every second one an answer, unless an earlier
// run did. They are rows alone: what is measured is reading them.
func discussion(ctx context.Context, a *app.App, members []int64, newer, n int) (*spoken, error) {
	s := &spoken{}
	db := a.DB.Handle()
	var there int
	err := db.QueryRowContext(ctx, `
		SELECT id, (SELECT count(*) FROM comments WHERE story_id = stories.id)
		FROM stories
		WHERE status = 'live'
		ORDER BY first_published, id
		LIMIT 1 OFFSET $1`, newer).Scan(&s.id, &there)
	if err != nil {
		return nil, err
	}
	mode, days, minute, hour, off := discuss.ModeAfter, 0, 600, 10_000, []discuss.Phase{discuss.PhaseRepeat}
	rules := discuss.Patch{Mode: &mode, CloseDays: &days, PerMinute: &minute, PerHour: &hour, Off: &off}
	if err := a.Forum.SaveRules(ctx, account.System("bench"), discuss.ScopeStory, s.id, nil, rules); err != nil {
		return nil, err
	}
	if there == 0 {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return nil, err
		}
		defer tx.Rollback()
		if err := speak(ctx, tx, s.id, members, n); err != nil {
			return nil, err
		}
		if err := tx.Commit(); err != nil {
			return nil, err
		}
	}
	rows, err := db.QueryContext(ctx, `SELECT id FROM comments WHERE story_id = $1 AND shown = 1 AND level = 0 ORDER BY id DESC`, s.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		s.threads = append(s.threads, id)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	tree, err := a.DB.Sections(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := a.DB.Settings(ctx)
	if err != nil {
		return nil, err
	}
	cards, err := a.DB.Cards(ctx, []int64{s.id})
	if err == nil && len(cards) == 0 {
		err = app.Unavailable("story %d has no card", s.id)
	}
	if err == nil {
		s.path = cards[0].Path(tree, settings.Zone())
	}
	return s, err
}

// speak writes n comments.
func speak(ctx context.Context, tx *sql.Tx, story int64, members []int64, n int) error {
	const add = `
		INSERT INTO comments (story_id, section_id, thread_id, reply_to, level, member_id, body, body_key, state, at, published, shown, answers)
		VALUES ($1, 1, $2, $2, $3, $4, $5, $6, 'published', $7, $7, 1, $8)
		RETURNING id`
	at := time.Now().Add(-time.Duration(n) * time.Second).UnixMilli()
	var id, thread int64
	for i := range n {
		level := i % 2
		if level == 0 {
			thread = 0
		}
		body := fmt.Sprintf("Harga di pasar kami sudah turun sejak pekan lalu, semoga bertahan sampai panen. Catatan nomor %d.", i)
		if err := tx.QueryRowContext(ctx, add, story, thread, level, members[i%len(members)], body, i, at+int64(i)*1000, 1-level).Scan(&id); err != nil {
			return err
		}
		if level == 0 {
			thread = id
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE comments SET thread_id = id WHERE story_id = $1 AND level = 0`, story); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO discussions (story_id, shown, last_id)
		VALUES ($1, $2, $3)
		ON CONFLICT (story_id) DO UPDATE SET shown = excluded.shown, last_id = excluded.last_id`, story, n, id)
	return err
}

// busy measures how quickly the page of a story is handed out through the whole
// handler: while 100 comments a second are written below it, and by itself before
// and after that.
func (c *column) busy(ctx context.Context, a *app.App, s *spoken, members []int64) error {
	before, err := read(ctx, a, s)
	if err != nil {
		return err
	}
	var took []time.Duration
	var posting sync.WaitGroup
	var failed error
	posting.Go(func() { took, failed = post(ctx, a, s, members) })
	beside, err := read(ctx, a, s)
	posting.Wait()
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	after, err := read(ctx, a, s)
	if err != nil {
		return err
	}
	slices.Sort(took)
	c.add("story page with comments, nobody writes", "pages/s", (before+after)/2)
	c.add("story page, 100 comments/s are sent", "pages/s", beside)
	c.add("comments acknowledged meanwhile", "comments/s", float64(len(took))/talkFor.Seconds())
	if len(took) == 0 {
		return app.Unavailable("no comment was acknowledged within %s", talkFor)
	}
	c.add("comment until it is acknowledged, median", "ms", micros(took[len(took)/2])/1000)
	c.add("comment until it is acknowledged, p99", "ms", micros(took[len(took)*99/100])/1000)
	return nil
}

// read asks for a story's page again and again, and returns how often in a second.
func read(ctx context.Context, a *app.App, s *spoken) (float64, error) {
	handler := a.Handler()
	req := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost:8080"+s.path, nil)
	req.Header.Set("Accept-Encoding", "gzip")
	w := &discard{header: http.Header{}}
	n, start := 0, time.Now()
	for ; time.Since(start) < talkFor; n++ {
		clear(w.header)
		if handler.ServeHTTP(w, req); w.status != http.StatusOK {
			return 0, app.Unavailable("%s answers %d", s.path, w.status)
		}
	}
	return float64(n) / time.Since(start).Seconds(), nil
}

// postsAtOnce is what the door for readers lets write at once.
const postsAtOnce = 8

// post sends a comment every hundredth of a second, and returns how long each of
// those took that were acknowledged by the end. Who finds all turns taken waits.
func post(ctx context.Context, a *app.App, s *spoken, members []int64) (took []time.Duration, err error) {
	var mu sync.Mutex
	begin := time.Now()
	end := begin.Add(talkFor)
	one := func(i int) {
		due := begin.Add(time.Duration(i) * talkEvery)
		_, e := a.Forum.Post(ctx, discuss.Draft{StoryID: s.id, MemberID: members[i%len(members)], Network: fmt.Sprintf("10.0.%d.%d", i/250, i%250),
			Text: fmt.Sprintf("Di kota kami juga begitu, sejak pukul %s, kata tetangga nomor %d.", begin.Format("15.04.05"), i)})
		mu.Lock()
		defer mu.Unlock()
		switch now := time.Now(); {
		case e != nil:
			err = errors.Join(err, e)
		case !now.After(end):
			took = append(took, now.Sub(due))
		}
	}
	turns := make(chan int, int(talkFor/talkEvery))
	var writers sync.WaitGroup
	for range postsAtOnce {
		writers.Go(func() {
			for i := range turns {
				if time.Now().Before(end) {
					one(i)
				}
			}
		})
	}
	tick := time.NewTicker(talkEvery)
	defer tick.Stop()
	for i := range int(talkFor / talkEvery) {
		turns <- i
		<-tick.C
	}
	close(turns)
	writers.Wait()
	return took, err
}

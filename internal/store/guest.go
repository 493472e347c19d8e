package store

import (
	"context"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

const guestColumns = `hash, story_id, expires, by_actor, at, used`

// SaveGuestLink implements news.DeskStore. Links whose time is over go.
func (db *DB) SaveGuestLink(ctx context.Context, g news.GuestLink, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "keep a link for a guest of story %d", g.StoryID)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		if _, err := s.exec(ctx, `DELETE FROM guest_links WHERE story_id = $1 AND expires <= $2`, g.StoryID, millis(g.At)); err != nil {
			return out, err
		}
		return out, s.insertRows(ctx, `INSERT INTO guest_links (`+guestColumns+`)`, "",
			[][]any{{g.Hash, g.StoryID, millis(g.Expires), g.By, millis(g.At), millis(g.Used)}})
	})
	return err
}

// GuestLink implements news.DeskStore. Goes by the primary key.
func (db *DB) GuestLink(ctx context.Context, hash string) (g news.GuestLink, err error) {
	defer fault.Wrap(&err, "read the link of a guest")
	err = db.reads().row(ctx, `SELECT `+guestColumns+` FROM guest_links WHERE hash = $1`, hash).
		Scan(&g.Hash, &g.StoryID, stamp{&g.Expires}, &g.By, stamp{&g.At}, stamp{&g.Used})
	if err = notFound(err, "there is no such link"); fault.Is(err, fault.NotFound) {
		fault.Find(err).Say("guest_expired")
	}
	return g, err
}

// UseGuestLink implements news.DeskStore.
func (db *DB) UseGuestLink(ctx context.Context, hash string, at time.Time) (err error) {
	defer fault.Wrap(&err, "note that a guest reads")
	return db.write.run(ctx, nil, func(s *session) error {
		_, err := s.exec(ctx, `UPDATE guest_links SET used = $2 WHERE hash = $1 AND used < $2`, hash, millis(at))
		return err
	})
}

// EndGuestLinks implements news.DeskStore.
func (db *DB) EndGuestLinks(ctx context.Context, storyID int64, hash string, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "end links for guests of story %d", storyID)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		res, err := s.exec(ctx, `DELETE FROM guest_links WHERE story_id = $1 AND (hash = $2 OR $2 = '')`, storyID, hash)
		if err != nil {
			return out, err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return change.Outcome{}, err
		}
		return out, nil
	})
	return err
}

// maxGuestLinks bounds how many links of a story are listed.
const maxGuestLinks = 100

// GuestLinks returns the links of a story that still work at a time, the newest
// first. Goes by the index guest_links_story.
func (db *DB) GuestLinks(ctx context.Context, storyID int64, now time.Time) (_ []news.GuestLink, err error) {
	defer fault.Wrap(&err, "read the links for guests of story %d", storyID)
	return collect(func(r scanner) (g news.GuestLink, err error) {
		err = r.Scan(&g.Hash, &g.StoryID, stamp{&g.Expires}, &g.By, stamp{&g.At}, stamp{&g.Used})
		return g, err
	})(db.reads().rows(ctx, `
		SELECT `+guestColumns+`
		FROM guest_links
		WHERE story_id = $1
		  AND expires > $2
		ORDER BY at DESC, hash
		LIMIT $3`, storyID, millis(now), maxGuestLinks))
}

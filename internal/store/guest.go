package store

import (
	"context"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

const guestColumns = `hash, story_id, expires, by_actor, at`

// SaveGuestLink implements news.DeskStore. Links whose time is over go.
func (db *DB) SaveGuestLink(ctx context.Context, g news.GuestLink, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "keep a link for a guest of story %d", g.StoryID)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		if _, err := s.exec(ctx, `DELETE FROM guest_links WHERE story_id = $1 AND expires <= $2`, g.StoryID, millis(g.At)); err != nil {
			return out, err
		}
		return out, s.insertRows(ctx, `INSERT INTO guest_links (`+guestColumns+`)`, "",
			[][]any{{g.Hash, g.StoryID, millis(g.Expires), g.By, millis(g.At)}})
	})
	return err
}

// GuestLink implements news.DeskStore. Goes by the primary key.
func (db *DB) GuestLink(ctx context.Context, hash string) (g news.GuestLink, err error) {
	defer fault.Wrap(&err, "read the link of a guest")
	err = db.reads().row(ctx, `SELECT `+guestColumns+` FROM guest_links WHERE hash = $1`, hash).
		Scan(&g.Hash, &g.StoryID, stamp{&g.Expires}, &g.By, stamp{&g.At})
	if err = notFound(err, "there is no such link"); fault.Is(err, fault.NotFound) {
		fault.Find(err).Say("guest_expired")
	}
	return g, err
}

// EndGuestLinks implements news.DeskStore.
func (db *DB) EndGuestLinks(ctx context.Context, storyID int64, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "end the links for guests of story %d", storyID)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		_, err := s.exec(ctx, `DELETE FROM guest_links WHERE story_id = $1`, storyID)
		return out, err
	})
	return err
}

package store

import (
	"context"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

const proofColumns = `id, story_id, kind, version, at, state, looks, looked_at, surfaces`

func scanProof(r scanner) (p news.Proof, err error) {
	err = r.Scan(&p.ID, &p.StoryID, &p.Kind, &p.Version, stamp{&p.At}, &p.State, &p.Looks, stamp{&p.LookedAt}, document{&p.Surfaces})
	return p, err
}

// SaveProof writes what a look showed, over what an earlier look at the same
// change showed, and leaves notices.
func (db *DB) SaveProof(ctx context.Context, p news.Proof, notices []news.Notice) (err error) {
	defer fault.Wrap(&err, "write the receipt of story %d", p.StoryID)
	surfaces, err := marshal(p.Surfaces)
	if err != nil {
		return err
	}
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		_, err := s.exec(ctx, `
			INSERT INTO receipts (story_id, kind, version, at, state, looks, looked_at, surfaces)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (story_id, kind, at) DO UPDATE SET
				state = excluded.state, looks = excluded.looks, looked_at = excluded.looked_at, surfaces = excluded.surfaces`,
			p.StoryID, string(p.Kind), p.Version, millis(p.At), string(p.State), p.Looks, millis(p.LookedAt), surfaces)
		if err != nil {
			return change.Outcome{}, err
		}
		return change.Outcome{}, writeNotices(ctx, s, nil, notices)
	})
	return err
}

// Proof returns the receipt of one change, NotFound before the first look.
func (db *DB) Proof(ctx context.Context, storyID int64, kind news.ProofKind, at time.Time) (p news.Proof, err error) {
	defer fault.Wrap(&err, "read a receipt of story %d", storyID)
	p, err = scanProof(db.reads().row(ctx, `
		SELECT `+proofColumns+`
		FROM receipts
		WHERE story_id = $1 AND kind = $2 AND at = $3`, storyID, string(kind), millis(at)))
	return p, notFound(err, "there is no such receipt")
}

// Proofs returns the receipts of a story, the newest change first, of the
// changes before an instant (zero: from the newest on).
func (db *DB) Proofs(ctx context.Context, storyID int64, before time.Time, limit int) (list []news.Proof, more bool, err error) {
	defer fault.Wrap(&err, "read the receipts of story %d", storyID)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, false, err
	}
	list, err = collect(scanProof)(db.reads().rows(ctx, `
		SELECT `+proofColumns+`
		FROM receipts
		WHERE story_id = $1
		  AND (at < $2 OR $2 = 0)
		ORDER BY at DESC, id DESC
		LIMIT $3`, storyID, millis(before), limit+1))
	if len(list) > limit {
		list, more = list[:limit], true
	}
	return list, more, err
}

// TrimProofs forgets the receipts of releases from before an instant. Those of
// withdrawals are kept: they are evidence.
func (db *DB) TrimProofs(ctx context.Context, before time.Time) (err error) {
	defer fault.Wrap(&err, "forget old receipts")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		_, err := s.exec(ctx, `DELETE FROM receipts WHERE at < $1 AND kind = 'release'`, millis(before))
		return change.Outcome{}, err
	})
	return err
}

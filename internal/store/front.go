package store

import (
	"context"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// SaveFrontDraft implements news.SiteStore.
func (db *DB) SaveFrontDraft(ctx context.Context, d news.FrontDraft) (_ news.FrontDraft, err error) {
	defer fault.Wrap(&err, "write the draft of the front of section %d", d.SectionID)
	base := d.Seq
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		if d.At, err = db.clock(ctx, s); err != nil {
			return out, err
		}
		content, err := marshal(d.Containers)
		if err != nil {
			return out, err
		}
		// A draft that is dropped and begun anew must not take a number again that
		// somebody still holds: numbers are instants.
		d.Seq = max(base+1, millis(d.At))
		res, err := s.exec(ctx, `
			INSERT INTO front_drafts (section_id, seq, content, by_actor, at)
			VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (section_id) DO UPDATE
			SET seq = excluded.seq, content = excluded.content, by_actor = excluded.by_actor, at = excluded.at
			WHERE front_drafts.seq = $6`, d.SectionID, d.Seq, content, d.By, millis(d.At), base)
		if err != nil {
			return out, err
		}
		if n, err := res.RowsAffected(); err == nil && n == 0 {
			return out, fault.New(fault.Conflict, "somebody else has changed this front meanwhile").Say("front_changed")
		}
		return out, nil
	})
	return d, err
}

// DropFrontDraft implements news.SiteStore.
func (db *DB) DropFrontDraft(ctx context.Context, sectionID int64) (err error) {
	defer fault.Wrap(&err, "remove the draft of the front of section %d", sectionID)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		_, err = s.exec(ctx, `DELETE FROM front_drafts WHERE section_id = $1`, sectionID)
		return out, err
	})
	return err
}

// FrontDraft returns the draft of a front, else NotFound. Goes by the primary
// key.
func (db *DB) FrontDraft(ctx context.Context, sectionID int64) (d news.FrontDraft, err error) {
	defer fault.Wrap(&err, "read the draft of the front of section %d", sectionID)
	d.SectionID = sectionID
	err = db.reads().row(ctx, `
		SELECT seq, content, by_actor, at
		FROM front_drafts
		WHERE section_id = $1`, sectionID).Scan(&d.Seq, document{&d.Containers}, &d.By, stamp{&d.At})
	return d, notFound(err, "the front has no draft")
}

// PublishFront implements news.SiteStore.
func (db *DB) PublishFront(ctx context.Context, v news.FrontVersion, out change.Outcome) (_ news.FrontVersion, err error) {
	defer fault.Wrap(&err, "write the front of section %d", v.SectionID)
	containers := v.Containers
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		if v.At, err = db.clock(ctx, s); err != nil {
			return out, err
		}
		if err := keepFirst(ctx, s, v.SectionID, millis(v.At)); err != nil {
			return out, err
		}
		v.Containers = append([]news.Container(nil), containers...)
		if err := saveFront(ctx, s, &v.Front); err != nil {
			return out, err
		}
		content, err := marshal(v.Containers)
		if err != nil {
			return out, err
		}
		if err := s.row(ctx, `
			INSERT INTO front_versions (section_id, no, content, by_actor, at, why)
			SELECT $1, coalesce(max(no), 0) + 1, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS TEXT)
			FROM front_versions
			WHERE section_id = $1
			RETURNING no`, v.SectionID, content, v.By, millis(v.At), v.Why).Scan(&v.No); err != nil {
			return out, err
		}
		_, err = s.exec(ctx, `DELETE FROM front_drafts WHERE section_id = $1`, v.SectionID)
		return out, err
	})
	return v, err
}

// keepFirst makes a version of the arrangement that is live when there is none
// yet, so that the first change can be undone as well.
func keepFirst(ctx context.Context, s *session, sectionID, at int64) error {
	var any int
	if err := s.row(ctx, `SELECT count(*) FROM front_versions WHERE section_id = $1`, sectionID).Scan(&any); err != nil || any > 0 {
		return err
	}
	f, err := readFront(ctx, s, sectionID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	content, err := marshal(f.Containers)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, `
		INSERT INTO front_versions (section_id, no, content, by_actor, at, why)
		VALUES ($1, 1, $2, 'system', $3, 'before')`, sectionID, content, at)
	return err
}

// FrontVersions returns the arrangements of a front that went live, the newest
// first, those before the given number (0: all). Goes by the primary key.
func (db *DB) FrontVersions(ctx context.Context, sectionID int64, before, limit int) (_ []news.FrontVersion, err error) {
	defer fault.Wrap(&err, "read the versions of the front of section %d", sectionID)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	if before <= 0 {
		before = 1 << 30
	}
	return collect(func(r scanner) (v news.FrontVersion, err error) {
		v.SectionID = sectionID
		err = r.Scan(&v.No, document{&v.Containers}, &v.By, stamp{&v.At}, &v.Why)
		return v, err
	})(db.reads().rows(ctx, `
		SELECT no, content, by_actor, at, why
		FROM front_versions
		WHERE section_id = $1
		  AND no < $2
		ORDER BY no DESC
		LIMIT $3`, sectionID, before, limit))
}

// FrontDrafts returns the drafts of all fronts, without what is in them. There
// is at most one for each section.
func (db *DB) FrontDrafts(ctx context.Context) (_ []news.FrontDraft, err error) {
	defer fault.Wrap(&err, "read the drafts of fronts")
	return collect(func(r scanner) (d news.FrontDraft, err error) {
		err = r.Scan(&d.SectionID, &d.Seq, &d.By, stamp{&d.At})
		return d, err
	})(db.reads().rows(ctx, `
		SELECT section_id, seq, by_actor, at
		FROM front_drafts
		ORDER BY section_id
		LIMIT $1`, maxSections))
}

package store

import (
	"context"
	"encoding/json"

	"warta/internal/fault"
	"warta/internal/news"
)

// Versions returns what is known of a story's versions beside their text, the
// newest first, from below number before (0: from the top), and whether there
// are more. Goes by the primary key.
func (db *DB) Versions(ctx context.Context, storyID int64, before, limit int) (_ []news.VersionInfo, more bool, err error) {
	defer fault.Wrap(&err, "read the versions of story %d", storyID)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, false, err
	}
	if before <= 0 {
		before = 1<<31 - 1
	}
	list, err := collect(func(r scanner) (v news.VersionInfo, err error) {
		err = r.Scan(&v.No, &v.Origin, &v.By, stamp{&v.At}, &v.Why, &v.Live, &v.Named, &v.Signoffs)
		return v, err
	})(db.reads().rows(ctx, `
		SELECT v.no, v.origin, v.by_actor, v.at, v.why,
			CASE WHEN v.no = s.live_no THEN 1 ELSE 0 END, CASE WHEN v.no = s.named_no THEN 1 ELSE 0 END,
			(SELECT count(*) FROM signoffs g WHERE g.story_id = v.story_id AND g.no = v.no)
		FROM versions v
		JOIN stories s ON s.id = v.story_id
		WHERE v.story_id = $1
		  AND v.no < $2
		ORDER BY v.no DESC
		LIMIT $3`, storyID, before, limit+1))
	if len(list) > limit {
		return list[:limit], true, err
	}
	return list, false, err
}

// Version returns one version of a story, or NotFound.
func (db *DB) Version(ctx context.Context, storyID int64, no int) (_ news.Version, err error) {
	defer fault.Wrap(&err, "read version %d of story %d", no, storyID)
	return readVersion(ctx, db.reads(), storyID, no)
}

func readVersion(ctx context.Context, s *session, storyID int64, no int) (news.Version, error) {
	v, err := scanVersion(s.row(ctx, `
		SELECT `+versionColumns+`
		FROM versions
		WHERE story_id = $1 AND no = $2`, storyID, no))
	return v, notFound(err, "story %d has no version %d", storyID, no)
}

// Timeline returns what happened to a story, the newest first, from below id
// before (0: from the top), and whether there is more. Goes by the index
// audits_object.
func (db *DB) Timeline(ctx context.Context, storyID, before int64, limit int) (_ []news.TimelineEntry, more bool, err error) {
	defer fault.Wrap(&err, "read the timeline of story %d", storyID)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, false, err
	}
	if before <= 0 {
		before = 1<<63 - 1
	}
	list, err := collect(func(r scanner) (e news.TimelineEntry, err error) {
		var detail string
		if err = r.Scan(&e.ID, stamp{&e.At}, &e.Actor, &e.Action, &detail); err != nil {
			return e, err
		}
		var deed news.Deed
		if json.Unmarshal([]byte(detail), &deed) == nil { // others write details of their own about stories
			e.Deed = deed
		}
		return e, nil
	})(db.reads().rows(ctx, `
		SELECT id, at, actor, action, detail
		FROM audits
		WHERE object = $1
		  AND id < $2
		ORDER BY id DESC
		LIMIT $3`, news.TagStory(storyID), before, limit+1))
	if len(list) > limit {
		return list[:limit], true, err
	}
	return list, false, err
}

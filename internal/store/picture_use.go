package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
)

// pictureUsed is true of a picture that anything shows. By the primary keys of
// picture_uses, picture_draft_uses and ad_pictures and the indexes page_pictures_picture and
// persons_picture.
const pictureUsed = `(EXISTS (SELECT 1 FROM picture_uses AS u WHERE u.picture_id = pictures.id)
	OR EXISTS (SELECT 1 FROM picture_draft_uses AS d WHERE d.picture_id = pictures.id)
	OR EXISTS (SELECT 1 FROM page_pictures AS g WHERE g.picture_id = pictures.id)
	OR EXISTS (SELECT 1 FROM ad_pictures AS v WHERE v.picture_id = pictures.id)
	OR EXISTS (SELECT 1 FROM persons AS o WHERE o.picture_id = pictures.id AND o.picture_id <> 0))`

// DeletePicture implements media.Store.
func (db *DB) DeletePicture(ctx context.Context, id int64, o change.Outcome) (err error) {
	defer fault.Wrap(&err, "delete picture %d", id)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		_, gone, err := deletePicture(ctx, db, s, id)
		if err == nil && !gone {
			err = fault.New(fault.Conflict, "picture %d is in use; take it out of what shows it first", id).Say("library_used")
		}
		return o, err
	})
	return err
}

// deletePicture removes a picture unless something shows it.
func deletePicture(ctx context.Context, db *DB, s *session, id int64) (p media.Picture, gone bool, err error) {
	var key int64
	var used bool
	p, err = scanPicture(s.row(ctx, `
		SELECT search_key, `+pictureUsed+`, `+pictureColumns+`
		FROM pictures
		WHERE id = $1`+s.forUpdate(), id), &key, &used)
	if err != nil || used {
		return p, false, notFound(err, "there is no picture %d", id)
	}
	now, err := db.clock(ctx, s)
	if err != nil {
		return p, false, err
	}
	last, err := readMark(ctx, s, markPicture)
	if err != nil {
		return p, false, err
	}
	if err := writeMark(ctx, s, markPicture, max(last, id)); err != nil {
		return p, false, err
	}
	if err := dropPictureSearch(ctx, s, key); err != nil {
		return p, false, err
	}
	for _, text := range []string{
		`DELETE FROM picture_addresses WHERE picture_id = $1`,
		`DELETE FROM pictures WHERE id = $1`,
	} {
		if _, err := s.exec(ctx, text, id); err != nil {
			return p, false, err
		}
	}
	_, err = s.exec(ctx, `
		INSERT INTO picture_trash (hash, mime, at)
		VALUES ($1, $2, $3)
		ON CONFLICT (hash) DO UPDATE SET mime = excluded.mime, at = excluded.at`, p.Hash, p.MIME, millis(now))
	return p, true, err
}

// Trash implements media.Store.
func (db *DB) Trash(ctx context.Context, limit int) (_ []media.Trashed, err error) {
	defer fault.Wrap(&err, "read deleted pictures")
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	return collect(func(r scanner) (t media.Trashed, err error) {
		err = r.Scan(&t.Hash, &t.MIME)
		return t, err
	})(db.reads().rows(ctx, `
		SELECT hash, mime
		FROM picture_trash
		ORDER BY hash
		LIMIT $1`, limit))
}

// EmptyTrash implements media.Store.
func (db *DB) EmptyTrash(ctx context.Context, hash string) (err error) {
	defer fault.Wrap(&err, "forget a deleted picture")
	return db.write.run(ctx, nil, func(s *session) error {
		_, err := s.exec(db.dialect.inner(ctx), `DELETE FROM picture_trash WHERE hash = $1`, hash)
		return err
	})
}

// headline is the JSON of a content, of which no more is wanted.
type headline struct {
	Headline string `json:"headline"`
}

// PictureUses implements media.Store. Each part goes by the index that
// pictureUsed names, and reads one row more than limit at most.
func (db *DB) PictureUses(ctx context.Context, id int64, limit int) (list []media.Use, more bool, err error) {
	defer fault.Wrap(&err, "read the uses of picture %d", id)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, false, err
	}
	err = db.view(ctx, func(s *session) error {
		list = nil
		for _, read := range []func(context.Context, *session, int64, int) ([]media.Use, error){liveUses, draftUses, pageUses, adUses, personUses} {
			part, err := read(ctx, s, id, limit+1-len(list))
			if err != nil {
				return err
			}
			list = append(list, part...)
			if len(list) > limit {
				list, more = list[:limit], true
				return nil
			}
		}
		return nil
	})
	return list, more, err
}

func liveUses(ctx context.Context, s *session, id int64, limit int) ([]media.Use, error) {
	return collect(func(r scanner) (u media.Use, err error) {
		var card cardRow
		u.Kind = media.UseLive
		err = r.Scan(&u.ID, &u.SectionID, document{&card})
		u.Title = card.Headline
		return u, err
	})(s.rows(ctx, `
		SELECT id, section_id, card
		FROM picture_uses
		JOIN stories ON id = story_id
		WHERE picture_id = $1
		ORDER BY story_id DESC
		LIMIT $2`, id, limit))
}

// draftUses also names stories that are live with the picture, if their draft
// shows it too: it would still be in use after the live one has changed.
func draftUses(ctx context.Context, s *session, id int64, limit int) ([]media.Use, error) {
	return collect(func(r scanner) (u media.Use, err error) {
		var draft, named headline
		var withdrawn string
		u.Kind = media.UseDraft
		err = r.Scan(&u.ID, &u.SectionID, optional{document{&draft}}, optional{document{&named}}, &withdrawn)
		for _, title := range []string{draft.Headline, named.Headline, withdrawn} {
			if u.Title == "" {
				u.Title = title
			}
		}
		return u, err
	})(s.rows(ctx, `
		SELECT s.id, s.section_id, d.content, v.content, coalesce(w.headline, '')
		FROM picture_draft_uses AS u
		JOIN stories AS s ON s.id = u.story_id
		LEFT JOIN drafts AS d ON d.story_id = s.id
		LEFT JOIN versions AS v ON v.story_id = s.id AND v.no = s.named_no
		LEFT JOIN withdrawals AS w ON w.story_id = s.id
		WHERE u.picture_id = $1
		ORDER BY u.story_id DESC
		LIMIT $2`, id, limit))
}

func pageUses(ctx context.Context, s *session, id int64, limit int) ([]media.Use, error) {
	return collect(func(r scanner) (u media.Use, err error) {
		u.Kind = media.UsePage
		err = r.Scan(&u.Slug, &u.Title)
		return u, err
	})(s.rows(ctx, `
		SELECT slug, title
		FROM page_pictures
		JOIN pages USING (slug)
		WHERE picture_id = $1
		ORDER BY slug
		LIMIT $2`, id, limit))
}

// adUses names the line items whose creatives show the picture.
func adUses(ctx context.Context, s *session, id int64, limit int) ([]media.Use, error) {
	return collect(func(r scanner) (u media.Use, err error) {
		u.Kind = media.UseAd
		err = r.Scan(&u.ID, &u.Title)
		return u, err
	})(s.rows(ctx, `
		SELECT DISTINCT i.id, i.name
		FROM ad_pictures AS v
		JOIN ad_creatives AS c ON c.id = v.creative_id
		JOIN ad_items AS i ON i.id = c.item_id
		WHERE v.picture_id = $1
		ORDER BY i.id
		LIMIT $2`, id, limit))
}

func personUses(ctx context.Context, s *session, id int64, limit int) ([]media.Use, error) {
	return collect(func(r scanner) (u media.Use, err error) {
		u.Kind = media.UsePerson
		err = r.Scan(&u.ID, &u.Slug, &u.Title)
		return u, err
	})(s.rows(ctx, `
		SELECT id, slug, name
		FROM persons
		WHERE picture_id = $1
		  AND picture_id <> 0
		ORDER BY id
		LIMIT $2`, id, limit))
}

// saveDraftUses notes which pictures the draft of a story and its version named
// for release show. It is to be called in the transaction that changes them.
func saveDraftUses(ctx context.Context, s *session, storyID int64, ids []int64) error {
	old, err := collect(scanID)(s.rows(ctx, `SELECT picture_id FROM picture_draft_uses WHERE story_id = $1`, storyID)) // index picture_draft_uses_story
	if err != nil {
		return err
	}
	for _, id := range old {
		if slices.Contains(ids, id) {
			continue
		}
		if _, err := s.exec(ctx, `DELETE FROM picture_draft_uses WHERE picture_id = $1 AND story_id = $2`, id, storyID); err != nil {
			return err
		}
	}
	var rows [][]any
	for _, id := range ids {
		if !slices.Contains(old, id) {
			rows = append(rows, []any{id, storyID})
		}
	}
	return s.insertRows(ctx, `INSERT INTO picture_draft_uses (picture_id, story_id)`, ` ON CONFLICT DO NOTHING`, rows)
}

// draftPictures returns the pictures of what people write in a story, and of the
// version that is to go out.
func (h *held) draftPictures() (ids []int64) {
	add := func(c *news.Content) {
		for _, id := range c.PictureIDs() {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	if h.Draft != nil && !h.DropDraft {
		add(&h.Draft.Content)
	}
	if h.Story.NamedNo == 0 {
		return ids
	}
	if h.Named != nil && h.Named.No == h.Story.NamedNo {
		add(&h.Named.Content)
	}
	for i := range h.Added {
		if h.Added[i].No == h.Story.NamedNo {
			add(&h.Added[i].Content)
		}
	}
	return ids
}

// savePictureDrafts is saveDraftUses for all stories of a change. It comes before
// picture_uses are written: what a story showed when it was withdrawn or held
// back may come back.
func savePictureDrafts(ctx context.Context, s *session, all []*held) error {
	for _, h := range all {
		ids := h.draftPictures()
		withdrawn := h.Story.Status == news.Withdrawn
		falls := h.before.Status == news.Live && h.Story.Status != news.Live
		written := h.Draft != nil || h.before.Stage != news.StageNone || h.Story.NamedNo != 0 || h.before.NamedNo != 0 ||
			h.before.Status == news.Withdrawn
		if !falls && (!written || h.New && len(ids) == 0 || withdrawn && len(ids) == 0) {
			continue
		}
		if err := saveDraftUses(ctx, s, h.Story.ID, ids); err != nil {
			return err
		}
		if !falls {
			continue
		}
		if _, err := s.exec(ctx, `
			INSERT INTO picture_draft_uses (picture_id, story_id)
			SELECT picture_id, story_id
			FROM picture_uses
			WHERE story_id = $1
			ON CONFLICT DO NOTHING`, h.Story.ID); err != nil { // index picture_uses_story
			return err
		}
	}
	return nil
}

// fillLibrary makes the search entries and the draft uses of what was there
// before the tables for them were.
func (db *DB) fillLibrary(ctx context.Context) error {
	return db.write.run(ctx, nil, func(s *session) error {
		ctx := db.dialect.inner(ctx)
		done, err := readMark(ctx, s, markLibrary)
		if err != nil || done != 0 {
			return err
		}
		if err := emptyIndex(ctx, s, "picture_search"); err != nil {
			return err
		}
		if err := rebuildPictureSearch(ctx, s); err != nil {
			return err
		}
		if err := fillDraftUses(ctx, s); err != nil {
			return err
		}
		return writeMark(ctx, s, markLibrary, 1)
	})
}

// fillDraftUses reads every draft and every version that is named for release.
func fillDraftUses(ctx context.Context, s *session) error {
	const batch = 200
	for after := int64(0); ; {
		type content struct {
			id    int64
			draft json.RawMessage
			named json.RawMessage
		}
		list, err := collect(func(r scanner) (c content, err error) {
			err = r.Scan(&c.id, optional{document{&c.draft}}, optional{document{&c.named}})
			return c, err
		})(s.rows(ctx, `
			SELECT s.id, d.content, v.content
			FROM stories AS s
			LEFT JOIN drafts AS d ON d.story_id = s.id
			LEFT JOIN versions AS v ON v.story_id = s.id AND v.no = s.named_no
			WHERE s.id > $1
			  AND (d.story_id IS NOT NULL OR s.named_no <> 0)
			ORDER BY s.id
			LIMIT $2`, after, batch))
		if err != nil || len(list) == 0 {
			return err
		}
		for _, c := range list {
			var ids []int64
			for _, raw := range []json.RawMessage{c.draft, c.named} {
				if len(raw) == 0 {
					continue
				}
				var content news.Content
				if err := json.Unmarshal(raw, &content); err != nil {
					return errors.Join(err, fault.New(fault.Internal, "story %d cannot be read", c.id))
				}
				ids = append(ids, content.PictureIDs()...)
			}
			slices.Sort(ids)
			if err := saveDraftUses(ctx, s, c.id, slices.Compact(ids)); err != nil {
				return err
			}
			after = c.id
		}
	}
}

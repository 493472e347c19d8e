package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
)

const pictureColumns = `id, hash, name, mime, width, height, bytes, tone, caption, credit, copyright, alt, source,
	rights, uri, people, taken_at, created_at, focal_x, focal_y, ai, added_by`

// pictureFields are where pictureColumns are scanned to.
func pictureFields(p *media.Picture) []any {
	return []any{&p.ID, &p.Hash, &p.Name, &p.MIME, &p.Width, &p.Height, &p.Bytes, &p.Tone, &p.Caption, &p.Credit,
		&p.Copyright, &p.Alt, &p.Source, &p.Rights, &p.URI, document{&p.People}, stamp{&p.TakenAt}, stamp{&p.CreatedAt},
		&p.FocalX, &p.FocalY, &p.AI, &p.AddedBy}
}

// scanPicture reads pictureColumns, and before them what lead points at.
func scanPicture(r scanner, lead ...any) (p media.Picture, err error) {
	return scanLastPicture(r, lead)
}

// scanLastPicture is scanPicture for rows in which something follows.
func scanLastPicture(r scanner, lead []any, behind ...any) (p media.Picture, err error) {
	err = r.Scan(slices.Concat(lead, pictureFields(&p), behind)...)
	return p, err
}

// scanOnlyPicture reads pictureColumns.
func scanOnlyPicture(r scanner) (media.Picture, error) { return scanPicture(r) }

// pictureValues are p's columns without the id.
func pictureValues(p *media.Picture) []any {
	people := p.People
	if people == nil {
		people = []string{}
	}
	names, _ := json.Marshal(people) // strings always have a JSON form
	return []any{p.Hash, p.Name, p.MIME, p.Width, p.Height, p.Bytes, p.Tone, p.Caption, p.Credit,
		p.Copyright, p.Alt, p.Source, p.Rights, p.URI, string(names), millis(p.TakenAt), millis(p.CreatedAt),
		p.FocalX, p.FocalY, flag(p.AI), p.AddedBy}
}

// Picture returns one picture, else NotFound. Goes by the primary key.
func (db *DB) Picture(ctx context.Context, id int64) (p media.Picture, err error) {
	defer fault.Wrap(&err, "read picture %d", id)
	p, err = scanPicture(db.reads().row(ctx, `SELECT `+pictureColumns+` FROM pictures WHERE id = $1`, id))
	return p, notFound(err, "there is no picture %d", id)
}

// PictureByHash returns the picture with this content address, else NotFound.
// Goes by the unique hash.
func (db *DB) PictureByHash(ctx context.Context, hash string) (p media.Picture, err error) {
	defer fault.Wrap(&err, "read picture %s", hash)
	p, err = pictureByHash(ctx, db.reads(), hash)
	return p, notFound(err, "there is no picture with the content %s", hash)
}

func pictureByHash(ctx context.Context, s *session, hash string) (media.Picture, error) {
	return scanPicture(s.row(ctx, `SELECT `+pictureColumns+` FROM pictures WHERE hash = $1`, hash))
}

// PicturesByID returns pictures in the order asked, without unknown ones.
func (db *DB) PicturesByID(ctx context.Context, ids []int64) (_ []media.Picture, err error) {
	defer fault.Wrap(&err, "read %d pictures", len(ids))
	return readMany(ctx, db, `SELECT `+pictureColumns+` FROM pictures`, ids, scanOnlyPicture,
		func(p *media.Picture) int64 { return p.ID })
}

// defaultPictures is how many pictures a list has that names no limit.
const defaultPictures = 50

// Pictures returns pictures of the library, the newest id first. Goes by the
// primary key, or by the index pictures_uri.
func (db *DB) Pictures(ctx context.Context, f media.Filter) (_ []media.Picture, err error) {
	defer fault.Wrap(&err, "list pictures")
	if f.Limit == 0 {
		f.Limit = defaultPictures
	}
	if err := checkLimit(f.Limit, maxLimit); err != nil {
		return nil, err
	}
	before := f.Before
	if before <= 0 {
		before = 1<<63 - 1
	}
	s := db.reads()
	text, args := `SELECT `+pictureColumns+` FROM pictures WHERE id < $1`, []any{before, f.Limit}
	if f.URI != "" {
		text, args = text+` AND uri = $3 AND uri <> ''`, append(args, f.URI)
	}
	if len(f.IDs) > 0 {
		text, args = text+` AND id `+s.inIDs(len(args)+1), append(args, s.ids(f.IDs))
	}
	return collect(scanOnlyPicture)(s.rows(ctx, text+` ORDER BY id DESC LIMIT $2`, args...))
}

// AddPicture writes a picture, its addresses and media.Added in one
// transaction. If there is a picture with the same hash, it returns that one
// and false and writes nothing. A picture that has an id keeps it, for the
// import of our own export; an id that is taken is a Conflict.
func (db *DB) AddPicture(ctx context.Context, actor string, p media.Picture, addresses []media.Address) (_ media.Picture, added bool, err error) {
	defer fault.Wrap(&err, "add picture %s", p.Hash)
	var kept media.Picture
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		added = false
		if kept, err = pictureByHash(ctx, s, p.Hash); !errors.Is(err, sql.ErrNoRows) {
			return out, err
		}
		kept, added = p, true
		var key int64
		kept.ID, key, err = insertPicture(ctx, s, &p)
		switch {
		case err == nil:
		case s.isUnique(err) && p.ID != 0:
			return out, fault.New(fault.Conflict, "there is another picture with the id %d: pictures keep their ids only in an empty place: %w", p.ID, err)
		case s.isUnique(err):
			return out, again{err} // somebody else brought the same picture
		default:
			return out, err
		}
		if err := insertTerms(ctx, s, "picture_search", []searchEntry{pictureEntry(key, &kept)}); err != nil {
			return out, err
		}
		if _, err := s.exec(ctx, `DELETE FROM picture_trash WHERE hash = $1`, p.Hash); err != nil {
			return out, err
		}
		rows := make([][]any, len(addresses))
		for i, a := range addresses {
			rows[i] = []any{a.Token, kept.ID, string(a.Crop)}
		}
		return media.Added(actor, kept), s.insertRows(ctx, `INSERT INTO picture_addresses (token, picture_id, crop)`, "", rows)
	})
	if err != nil {
		return media.Picture{}, false, err
	}
	kept.Run = 0
	return kept, added, nil
}

// insertPicture writes a picture's row and returns its id and its search key.
func insertPicture(ctx context.Context, s *session, p *media.Picture) (id, key int64, err error) {
	switch {
	case p.ID == 0:
		id, err = nextPicture(ctx, s)
	case s.postgres: // the next one continues above this id
		id = p.ID
		_, err = s.exec(ctx, `
			SELECT setval(pg_get_serial_sequence('pictures', 'id'), $1)
			WHERE $1 >= (SELECT last_value FROM pictures_id_seq)`, id)
	default:
		id = p.ID
	}
	if err != nil {
		return 0, 0, err
	}
	if key, err = freePictureKey(ctx, s, searchKey(millis(p.CreatedAt), id)); err != nil {
		return 0, 0, err
	}
	values := append([]any{key, id}, pictureValues(p)...)
	_, err = s.exec(ctx, `
		INSERT INTO pictures (search_key, `+pictureColumns+`)
		VALUES `+placeholders(1, len(values)), values...)
	return id, key, err
}

// nextPicture returns the id of the next picture. That of a deleted one is never
// given again: old versions still name it. On SQLite nobody else writes now.
func nextPicture(ctx context.Context, s *session) (id int64, err error) {
	gone, err := readMark(ctx, s, markPicture)
	if err != nil {
		return 0, err
	}
	text := `SELECT coalesce(max(id), 0) + 1 FROM pictures`
	if s.postgres {
		text = `SELECT nextval(pg_get_serial_sequence('pictures', 'id'))`
	}
	if err := s.row(ctx, text).Scan(&id); err != nil || id > gone {
		return id, err
	}
	if !s.postgres {
		return gone + 1, nil
	}
	err = s.row(ctx, `SELECT setval(pg_get_serial_sequence('pictures', 'id'), $1)`, gone+1).Scan(&id)
	return id, err
}

// ChangePicture implements media.Store.
func (db *DB) ChangePicture(ctx context.Context, id int64, fn func(*media.Picture) (change.Outcome, error)) (err error) {
	defer fault.Wrap(&err, "change picture %d", id)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		var key int64
		p, err := scanPicture(s.row(ctx, `SELECT search_key, `+pictureColumns+` FROM pictures WHERE id = $1`+s.forUpdate(), id), &key)
		if err != nil {
			return out, notFound(err, "there is no picture %d", id)
		}
		before := p
		if out, err = fn(&p); err != nil {
			return out, err
		}
		p.ID, p.Hash, p.CreatedAt = before.ID, before.Hash, before.CreatedAt
		if _, err := s.exec(ctx, `
			UPDATE pictures
			SET hash = $1, name = $2, mime = $3, width = $4, height = $5, bytes = $6, tone = $7, caption = $8, credit = $9,
				copyright = $10, alt = $11, source = $12, rights = $13, uri = $14, people = $15, taken_at = $16,
				created_at = $17, focal_x = $18, focal_y = $19, ai = $20, added_by = $21
			WHERE id = $22`, append(pictureValues(&p), p.ID)...); err != nil {
			return out, err
		}
		return out, replacePictureSearch(ctx, s, pictureEntry(key, &before), pictureEntry(key, &p))
	})
	return err
}

// publicPicture is true of a picture that a live story, a static page or an ad
// that is on shows, or that portrays a person who has a live story. By the primary
// keys of picture_uses and ad_pictures and the indexes persons_picture and
// page_pictures_picture.
const publicPicture = `(EXISTS (SELECT 1 FROM picture_uses AS u WHERE u.picture_id = pictures.id)
	OR EXISTS (SELECT 1 FROM page_pictures AS g WHERE g.picture_id = pictures.id)
	OR EXISTS (SELECT 1 FROM ad_pictures AS v WHERE v.picture_id = pictures.id AND v.shown = 1)
	OR EXISTS (
		SELECT 1
		FROM persons AS o
		JOIN listings ON list = 4 AND ref = o.id
		WHERE o.picture_id = pictures.id
		  AND o.picture_id <> 0))`

// maxPortrayed is how many persons and static pages, one with the other, may show
// a picture whose Public.Tags are told.
const maxPortrayed = 32

// PublicAddress returns what a token stands for. It is NotFound unless readers may
// see the picture. One query, so that the tags are those of what made the picture
// public: by the primary keys of picture_addresses and pictures, and those of
// publicPicture.
func (db *DB) PublicAddress(ctx context.Context, token string) (_ media.Public, err error) {
	defer fault.Wrap(&err, "read a picture address")
	type use struct {
		person int64
		page   string
	}
	var pub media.Public
	uses, err := collect(func(r scanner) (u use, err error) {
		pub.Picture, err = scanLastPicture(r, []any{&pub.Crop}, &u.person, &u.page)
		return u, err
	})(db.reads().rows(ctx, `
		SELECT shown.*, COALESCE(o.id, 0), COALESCE(g.slug, '')
		FROM (
			SELECT crop, `+pictureColumns+`
			FROM picture_addresses
			JOIN pictures ON id = picture_id
			WHERE token = $1
			  AND `+publicPicture+`
		) AS shown
		LEFT JOIN persons AS o ON o.picture_id = shown.id AND o.picture_id <> 0
		LEFT JOIN page_pictures AS g ON g.picture_id = shown.id
		LIMIT $2`, token, maxPortrayed+1))
	switch {
	case err != nil:
		return media.Public{}, err
	case len(uses) == 0:
		return media.Public{}, fault.New(fault.NotFound, "there is no such picture")
	case len(uses) > maxPortrayed:
		return pub, nil
	}
	// A story or an ad that takes it away touches the picture's own tag.
	pub.Tags = []string{media.Tag(pub.Picture.ID)}
	for _, u := range uses {
		if u.person != 0 {
			pub.Tags = append(pub.Tags, news.TagPerson(u.person))
		}
		if u.page != "" {
			pub.Tags = append(pub.Tags, news.TagPage(u.page))
		}
	}
	slices.Sort(pub.Tags)
	pub.Tags = slices.Compact(pub.Tags)
	return pub, nil
}

// AddressesOf returns the tokens of pictures by id and crop, whether public or
// not. Goes by the unique pair of picture and crop.
func (db *DB) AddressesOf(ctx context.Context, pictureIDs []int64) (_ map[int64]map[media.Crop]string, err error) {
	defer fault.Wrap(&err, "read the addresses of %d pictures", len(pictureIDs))
	tokens := make(map[int64]map[media.Crop]string, len(pictureIDs))
	if len(pictureIDs) == 0 {
		return tokens, nil
	}
	s := db.reads()
	list, err := collect(scanAddress)(s.rows(ctx, `
		SELECT token, picture_id, crop
		FROM picture_addresses
		WHERE picture_id `+s.inIDs(1), s.ids(pictureIDs)))
	for _, a := range list {
		if tokens[a.PictureID] == nil {
			tokens[a.PictureID] = make(map[media.Crop]string, len(media.Crops()))
		}
		tokens[a.PictureID][a.Crop] = a.Token
	}
	return tokens, err
}

func scanAddress(r scanner) (a media.Address, err error) {
	err = r.Scan(&a.Token, &a.PictureID, &a.Crop)
	return a, err
}

// PublicPicturesAfter returns pictures with an id above after that readers can
// see, the lowest first, for the export: those that a live story, a static
// page or the author page of a person with a live story shows. Goes by the
// primary key.
func (db *DB) PublicPicturesAfter(ctx context.Context, after int64, limit int) (_ []media.Picture, err error) {
	defer fault.Wrap(&err, "read the pictures after %d", after)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	return collect(scanOnlyPicture)(db.reads().rows(ctx, `
		SELECT `+pictureColumns+`
		FROM pictures
		WHERE id > $1
		  AND `+publicPicture+`
		ORDER BY id
		LIMIT $2`, after, limit))
}

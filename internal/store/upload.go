package store

import (
	"context"
	"errors"
	"time"

	"warta/internal/fault"
	"warta/internal/media"
)

// maxParts bounds the pieces of one upload: whoever sends the longest one in
// pieces of 64 kB stays below.
const maxParts = 5000

const uploadColumns = `id, user_id, name, length, received, picture_id, known, created, touched`

// scanUpload reads uploadColumns.
func scanUpload(r scanner) (u media.Upload, err error) {
	err = r.Scan(&u.ID, &u.UserID, &u.Name, &u.Length, &u.Received, &u.PictureID, &u.Known, stamp{&u.Created}, stamp{&u.Touched})
	return u, err
}

// tell runs a write that nobody but its caller has to know of.
func (db *DB) tell(ctx context.Context, fn func(context.Context, *session) error) error {
	return db.write.run(ctx, nil, func(s *session) error { return fn(db.dialect.inner(ctx), s) })
}

// AddUpload implements media.UploadStore. Goes by the index uploads_user.
func (db *DB) AddUpload(ctx context.Context, u media.Upload, most int) (err error) {
	defer fault.Wrap(&err, "begin an upload")
	return db.tell(ctx, func(ctx context.Context, s *session) error {
		var n int
		if err := s.row(ctx, `SELECT count(*) FROM uploads WHERE user_id = $1 AND picture_id = 0`, u.UserID).Scan(&n); err != nil {
			return err
		}
		if n >= most {
			e := fault.New(fault.Limited, "%d uploads of this user are on their way; wait until some are done", n).Say("library_many", "most", most)
			e.RetryAfter = 10 * time.Second
			return e
		}
		return s.insertRows(ctx, `INSERT INTO uploads (`+uploadColumns+`)`, "", [][]any{{u.ID, u.UserID, u.Name, u.Length,
			u.Received, u.PictureID, flag(u.Known), millis(u.Created), millis(u.Touched)}})
	})
}

// Upload implements media.UploadStore. Goes by the primary key.
func (db *DB) Upload(ctx context.Context, id string) (u media.Upload, err error) {
	defer fault.Wrap(&err, "read upload %s", id)
	u, err = scanUpload(db.reads().row(ctx, `SELECT `+uploadColumns+` FROM uploads WHERE id = $1`, id))
	if err = notFound(err, "there is no upload %s", id); fault.Is(err, fault.NotFound) {
		err = fault.Find(err).Say("library_upload_gone")
	}
	return u, err
}

// AppendPart implements media.UploadStore. The bytes must be kept already.
func (db *DB) AppendPart(ctx context.Context, id string, p media.Part, at time.Time) (err error) {
	defer fault.Wrap(&err, "append to upload %s", id)
	return db.tell(ctx, func(ctx context.Context, s *session) error {
		res, err := s.exec(ctx, `
			UPDATE uploads
			SET received = received + $1, touched = $2
			WHERE id = $3
			  AND received = $4
			  AND received + $1 <= length
			  AND picture_id = 0`, p.Size, millis(at), id, p.At)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.New(fault.Conflict, "upload %s does not end at byte %d", id, p.At).Say("library_offset"))
		}
		var parts int
		if err := s.row(ctx, `SELECT count(*) FROM upload_parts WHERE upload_id = $1`, id).Scan(&parts); err != nil {
			return err
		}
		if parts >= maxParts {
			return fault.New(fault.TooLarge, "upload %s came in more than %d pieces", id, maxParts).Say("library_pieces")
		}
		return s.insertRows(ctx, `INSERT INTO upload_parts (upload_id, at, size, key)`, "", [][]any{{id, p.At, p.Size, p.Key}})
	})
}

// Parts implements media.UploadStore. Goes by the primary key.
func (db *DB) Parts(ctx context.Context, id string) (_ []media.Part, err error) {
	defer fault.Wrap(&err, "read the parts of upload %s", id)
	return collect(func(r scanner) (p media.Part, err error) {
		err = r.Scan(&p.At, &p.Size, &p.Key)
		return p, err
	})(db.reads().rows(ctx, `
		SELECT at, size, key
		FROM upload_parts
		WHERE upload_id = $1
		ORDER BY at
		LIMIT $2`, id, maxParts))
}

// EndUpload implements media.UploadStore.
func (db *DB) EndUpload(ctx context.Context, id string, pictureID int64, known bool, at time.Time) (err error) {
	defer fault.Wrap(&err, "end upload %s", id)
	return db.tell(ctx, func(ctx context.Context, s *session) error {
		if _, err := s.exec(ctx, `
			UPDATE uploads
			SET picture_id = $1, known = $2, touched = $3
			WHERE id = $4`, pictureID, flag(known), millis(at), id); err != nil {
			return err
		}
		_, err := s.exec(ctx, `DELETE FROM upload_parts WHERE upload_id = $1`, id)
		return err
	})
}

// DropUpload implements media.UploadStore. Its parts go with it.
func (db *DB) DropUpload(ctx context.Context, id string) (err error) {
	defer fault.Wrap(&err, "drop upload %s", id)
	return db.tell(ctx, func(ctx context.Context, s *session) error {
		_, err := s.exec(ctx, `DELETE FROM uploads WHERE id = $1`, id)
		return err
	})
}

// StaleUploads implements media.UploadStore. Goes by the index uploads_touched.
func (db *DB) StaleUploads(ctx context.Context, since time.Time, limit int) (_ []string, err error) {
	defer fault.Wrap(&err, "read stale uploads")
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	return collect(scanText)(db.reads().rows(ctx, `
		SELECT id
		FROM uploads
		WHERE touched < $1
		ORDER BY touched, id
		LIMIT $2`, millis(since), limit))
}

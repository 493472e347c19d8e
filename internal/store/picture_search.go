package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"warta/internal/media"
	"warta/internal/stem"
)

// The search projection of the library. Every picture has one entry under the
// key in pictures.search_key, made as that of a story (search_project.go) of the
// instant at which the picture came in. It never changes.
//
// Contents: the string of a stem.Document in Indonesian (a query asks for either
// language, and captions do not say which one they are in) whose fields are
// caption, credit, alt text, the people, source and file name; and the tags
// "uncredited" and "ai" where they are true. Whether a picture is used changes
// too often to stand here.

// Tags of the library's entries.
var (
	tagUncredited = stem.Tag("uncredited", 1)
	tagAI         = stem.Tag("ai", 1)
)

func pictureEntry(key int64, p *media.Picture) searchEntry {
	doc := stem.NewDocument("id")
	for _, text := range []string{p.Caption, p.Credit, p.Alt, strings.Join(p.People, ", "), p.Source, p.Name} {
		doc.Add(text)
	}
	if p.Credit == "" {
		doc.Tag(tagUncredited)
	}
	if p.AI {
		doc.Tag(tagAI)
	}
	return searchEntry{key, doc.String()}
}

// freePictureKey returns the key, or the next one that is free: two pictures two
// million ids apart may have come in at one instant.
func freePictureKey(ctx context.Context, s *session, key int64) (int64, error) {
	const low = 1<<21 - 1
	for {
		err := s.row(ctx, `SELECT id FROM pictures WHERE search_key = $1`, key).Scan(new(int64))
		if errors.Is(err, sql.ErrNoRows) {
			return key, nil
		}
		if err != nil {
			return 0, err
		}
		key = key&^low | (key+1)&low
	}
}

// replacePictureSearch writes an entry in the place of an older one.
func replacePictureSearch(ctx context.Context, s *session, old, entry searchEntry) error {
	if old.terms == entry.terms {
		return nil
	}
	if err := dropPictureSearch(ctx, s, old.key); err != nil {
		return err
	}
	return insertTerms(ctx, s, "picture_search", []searchEntry{entry})
}

func dropPictureSearch(ctx context.Context, s *session, key int64) error {
	column := "rowid"
	if s.postgres {
		column = "key"
	}
	_, err := s.exec(ctx, `DELETE FROM picture_search WHERE `+column+` = $1`, key)
	return err
}

// rebuildPictureSearch writes the entry of every picture into the empty index.
func rebuildPictureSearch(ctx context.Context, s *session) error {
	type row struct {
		key     int64
		picture media.Picture
	}
	const batch = 500
	for after := int64(-1 << 63); ; {
		list, err := collect(func(r scanner) (v row, err error) {
			v.picture, err = scanPicture(r, &v.key)
			return v, err
		})(s.rows(ctx, `
			SELECT search_key, `+pictureColumns+`
			FROM pictures
			WHERE search_key > $1
			ORDER BY search_key
			LIMIT $2`, after, batch)) // index pictures_search
		if err != nil || len(list) == 0 {
			return err
		}
		entries := make([]searchEntry, len(list))
		for i := range list {
			entries[i] = pictureEntry(list[i].key, &list[i].picture)
		}
		if err := insertTerms(ctx, s, "picture_search", entries); err != nil {
			return err
		}
		after = list[len(list)-1].key
	}
}

package store

import (
	"context"
	"slices"
	"strings"

	"warta/internal/member"
)

// nameWords returns the words of a reader's name as they are looked for: in lower
// case, without signs around them, each once.
func nameWords(name string) (words []string) {
	for _, w := range strings.Fields(strings.ToLower(name)) {
		if w = strings.Trim(w, ".,'’-_&()"); w != "" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}

// writeNames writes the words of a reader's name anew.
func writeNames(ctx context.Context, s *session, id int64, name string) error {
	if _, err := s.exec(ctx, `DELETE FROM member_names WHERE member_id = $1`, id); err != nil {
		return err
	}
	for _, w := range nameWords(name) {
		if _, err := s.exec(ctx, `INSERT INTO member_names (word, member_id) VALUES ($1, $2)`, w, id); err != nil {
			return err
		}
	}
	return nil
}

// fillNames writes the words of the names of readers from before there were any. A
// batch is a transaction: it goes on where it was stopped.
func (db *DB) fillNames(ctx context.Context) error {
	for done := false; !done; {
		err := db.write.run(ctx, nil, func(s *session) error {
			ctx := db.dialect.inner(ctx)
			after, err := readMark(ctx, s, markNames)
			if err != nil || after == filledAll {
				done = true
				return err
			}
			type named struct {
				id   int64
				name string
			}
			list, err := collect(func(r scanner) (n named, err error) {
				err = r.Scan(&n.id, &n.name)
				return n, err
			})(s.rows(ctx, `
				SELECT id, name
				FROM members
				WHERE id > $1
				ORDER BY id
				LIMIT 200`, after))
			if err != nil {
				return err
			}
			last := int64(filledAll)
			for _, n := range list {
				if err := writeNames(ctx, s, n.id, n.name); err != nil {
					return err
				}
				last = n.id
			}
			return writeMark(ctx, s, markNames, last)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// maxNamed is how many readers with a word in their name a search goes through.
const maxNamed = 2000

// membersNamed returns readers whose names have words that begin with all that are
// looked for, the newest first. Goes by the primary key of member_names, from the
// longest word, and by the index on the reader for the others.
func membersNamed(ctx context.Context, s *session, words []string, limit int) ([]member.Member, error) {
	words = slices.SortedStableFunc(slices.Values(words), func(a, b string) int { return len(b) - len(a) })
	words = append(words, "", "")[:3] // three say enough
	return collect(scanMember)(s.rows(ctx, `
		SELECT `+memberColumns+`
		FROM members
		WHERE id IN (
			SELECT n.member_id
			FROM (
				SELECT word, member_id
				FROM member_names
				WHERE word >= $1 AND word < $2
				ORDER BY word, member_id
				LIMIT $3
			) AS n
			WHERE EXISTS (SELECT 1 FROM member_names o WHERE o.member_id = n.member_id AND o.word >= $4 AND o.word < $5)
			  AND EXISTS (SELECT 1 FROM member_names o WHERE o.member_id = n.member_id AND o.word >= $6 AND o.word < $7)
		)
		ORDER BY id DESC
		LIMIT $8`, words[0], words[0]+last, maxNamed, words[1], words[1]+last, words[2], words[2]+last, limit))
}

// scanMember reads memberColumns.
func scanMember(r scanner) (m member.Member, err error) {
	err = r.Scan(memberFields(&m)...)
	return m, err
}

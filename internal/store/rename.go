package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/stem"
)

// Names in the searches. Terms hold the names of persons and topics as they were
// when a story was written last. A change of a name leaves a row in renames and a
// job; the job writes the terms of the stories concerned anew, a slice a
// transaction, and the row says where it goes on. Live stories come first, by
// the list of the person or topic, the newest first; then what else the newsroom
// has: by the tag of the topic, or by the words of the person's old name, by
// which those are found that must not be any more.
//
// A slice writes the names as they are then, so the jobs of two changes may run
// in any order. On PostgreSQL a change of a name keeps stories from changing
// meanwhile, so nothing that was written with the old name comes in behind it.

// JobReindex is the kind of the job that writes terms anew after a change of a
// name. Its arguments are {"id": …}, the number of the row in renames.
const JobReindex = "names.reindex"

// reindexSlice is how many stories one transaction writes anew.
const reindexSlice = 100

// The phases of a rename.
const (
	renameLive = 1
	renameRest = 2
)

// mostCounted bounds the total that a progress names.
const mostCounted = 1_000_000

// lastPlace is a place before everything in lists that are read from their end.
const lastPlace = 1<<63 - 1

// renameRow is what is left to do of one change of a name.
type renameRow struct {
	id, refID int64
	ref       news.Ref
	old       string
	phase     int
	at, story int64
	total     int
}

const renameColumns = `id, ref, ref_id, name, phase, at, story_id, total`

func scanRename(r scanner) (w renameRow, err error) {
	err = r.Scan(&w.id, &w.ref, &w.refID, &w.old, &w.phase, &w.at, &w.story, &w.total)
	return w, err
}

// list is the list of the live stories that bear the name.
func (w *renameRow) list() int {
	if w.ref == news.RefPerson {
		return listPerson
	}
	return listTopic
}

// holdNames keeps stories from being written with the names as they are now.
func holdNames(ctx context.Context, s *session) error {
	if !s.postgres {
		return nil // there is one writer
	}
	_, err := s.exec(ctx, `SELECT pg_advisory_xact_lock($1)`, treeLock)
	return err
}

// renamed adds to the outcome what follows if a row of persons or topics is
// about to get another name.
func (db *DB) renamed(ctx context.Context, s *session, out change.Outcome, ref news.Ref, id int64, name string) (change.Outcome, error) {
	old, err := nameOf(ctx, s, ref, id)
	if err != nil || id == 0 || foldName(old) == foldName(name) {
		return out, err // terms know no capitals
	}
	if err := holdNames(ctx, s); err != nil {
		return out, err
	}
	if old, err = nameOf(ctx, s, ref, id); err != nil { // whoever held it may have changed it
		return out, err
	}
	return db.noteRename(ctx, s, out, ref, id, old)
}

// nameOf returns the name of a person or topic, NotFound if there is none; "" for
// one that has no id yet.
func nameOf(ctx context.Context, s *session, ref news.Ref, id int64) (name string, err error) {
	if id == 0 {
		return "", nil
	}
	table := "topics"
	if ref == news.RefPerson {
		table = "persons"
	}
	err = s.row(ctx, `SELECT name FROM `+table+` WHERE id = $1`, id).Scan(&name)
	return name, notFound(err, "there is no row %d in %s", id, table)
}

// noteRename writes down that stories are found by another name than they should
// be, and adds the job.
func (db *DB) noteRename(ctx context.Context, s *session, out change.Outcome, ref news.Ref, id int64, old string) (change.Outcome, error) {
	now, err := db.clock(ctx, s)
	if err != nil {
		return out, err
	}
	var row int64
	err = s.row(ctx, `
		INSERT INTO renames (ref, ref_id, name, phase, at, story_id, created)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		RETURNING id`, string(ref), id, old, renameLive, int64(lastPlace), int64(lastPlace), millis(now)).Scan(&row)
	if err != nil {
		return out, err
	}
	// Not into the list that was given: fn may run again.
	out.Jobs = append(out.Jobs[:len(out.Jobs):len(out.Jobs)], reindexJob(row))
	return out, nil
}

func reindexJob(id int64) change.Job {
	n := strconv.FormatInt(id, 10)
	return change.Job{Kind: JobReindex, Args: json.RawMessage(`{"id":` + n + `}`), Key: "rename." + n}
}

// RequeueRenames asks again for the jobs of all changes of names that are not
// through; one that is waiting or at work is not asked for twice.
func (db *DB) RequeueRenames(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "look for names that are not in the searches yet")
	ids, err := collect(scanID)(db.reads().rows(ctx, `SELECT id FROM renames ORDER BY id LIMIT $1`, maxLimit))
	if err != nil || len(ids) == 0 {
		return err
	}
	_, err = db.change(ctx, func(context.Context, *session) (out change.Outcome, err error) {
		for _, id := range ids {
			out.Jobs = append(out.Jobs, reindexJob(id))
		}
		return out, nil
	})
	return err
}

// Renamings returns which changes of names are not in the searches yet, the
// oldest first, with how far they are.
func (db *DB) Renamings(ctx context.Context, ref news.Ref, limit int) (_ []news.Renaming, err error) {
	defer fault.Wrap(&err, "read which names are not in the searches yet")
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	table := "topics"
	if ref == news.RefPerson {
		table = "persons"
	}
	return collect(func(r scanner) (n news.Renaming, err error) {
		err = r.Scan(&n.RefID, &n.Name, &n.Done, &n.Total)
		n.Total = max(n.Total, n.Done)
		return n, err
	})(db.reads().rows(ctx, `
		SELECT renames.ref_id, named.name, renames.done, renames.total
		FROM renames
		JOIN `+table+` AS named ON named.id = renames.ref_id
		WHERE renames.ref = $1
		ORDER BY renames.id
		LIMIT $2`, string(ref), limit))
}

// ReindexSlice writes the terms of the next stories anew that a change of a name
// concerns, at most 100 in one transaction, and reports whether there may be
// more. The number of one that is through is no error.
func (db *DB) ReindexSlice(ctx context.Context, id int64) (more bool, err error) {
	defer fault.Wrap(&err, "write search terms after the change of name %d", id)
	total, err := db.countRename(ctx, id)
	if err != nil {
		return false, err
	}
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		if s.postgres {
			// As a change of stories: nobody renames anything meanwhile.
			if _, err := s.exec(ctx, `SELECT pg_advisory_xact_lock_shared($1)`, treeLock); err != nil {
				return out, err
			}
		}
		w, err := scanRename(s.row(ctx, `SELECT `+renameColumns+` FROM renames WHERE id = $1`+s.forUpdate(), id))
		if more = err == nil; errors.Is(err, sql.ErrNoRows) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		stories, err := w.next(ctx, s)
		if err != nil {
			return out, err
		}
		if err := reindex(ctx, s, stories); err != nil {
			return out, err
		}
		if len(stories) > 0 {
			out.Touch(news.TagSearch)
		}
		if len(stories) == reindexSlice {
			return out, w.save(ctx, s, total, len(stories))
		}
		if w.phase++; w.phase <= renameRest {
			w.at, w.story = lastPlace, lastPlace
			return out, w.save(ctx, s, total, len(stories))
		}
		more = false
		if _, err := s.exec(ctx, `DELETE FROM renames WHERE id = $1`, w.id); err != nil {
			return out, err
		}
		return out, countWorkChange(ctx, s)
	})
	return more && err == nil, err
}

// save writes how far it is.
func (w *renameRow) save(ctx context.Context, s *session, total, done int) error {
	_, err := s.exec(ctx, `
		UPDATE renames
		SET phase = $2, at = $3, story_id = $4, total = $5, done = done + $6
		WHERE id = $1`, w.id, w.phase, w.at, w.story, total, done)
	return err
}

// next returns the stories of the next slice and moves the row's place behind
// them.
func (w *renameRow) next(ctx context.Context, s *session) (stories []int64, err error) {
	if w.phase == renameLive {
		list, err := collect(scanPair)(s.rows(ctx, `
			SELECT at, story_id
			FROM listings
			WHERE list = $1 AND ref = $2 AND (at, story_id) < ($3, $4)
			ORDER BY at DESC, story_id DESC
			LIMIT $5`, w.list(), w.refID, w.at, w.story, reindexSlice)) // the primary key
		for _, p := range list {
			w.at, w.story = p.a, p.b.Int64
			stories = append(stories, p.b.Int64)
		}
		return stories, err
	}
	match, err := w.match(ctx, s)
	if err != nil || match == "" {
		return nil, err
	}
	list, err := collect(scanPair)(s.rows(ctx, `
		SELECT hit, story_id
		FROM (`+s.hits(byTerms, terms{table: "work_search", query: "$1", high: "$2", limit: "$3"})+`) AS hits
		CROSS JOIN work
		WHERE key = hit
		ORDER BY hit DESC`, match, w.at, reindexSlice))
	for _, p := range list {
		w.at = p.a
		stories = append(stories, p.b.Int64)
	}
	return stories, err
}

// match returns the query for the cards that are not live and may have the old
// name among their terms; "" if nothing is found by such a name.
func (w *renameRow) match(ctx context.Context, s *session) (string, error) {
	var columns []string
	for column, ref := range columnRefs {
		if column != news.ColumnLive {
			columns = append(columns, stem.Tag("column", ref))
		}
	}
	if w.ref == news.RefPerson {
		// A phrase: a name may have a hyphen before a word, or be "OR".
		q := stem.ParseQuery(`"` + strings.Map(unquoted, w.old) + `"`)
		if q.Empty() {
			return "", nil
		}
		return s.query(q, stem.AnyOf(columns...)), nil
	}
	ids, err := topicWithMerged(ctx, s, w.refID)
	topics := make([]string, len(ids))
	for i, id := range ids {
		topics[i] = stem.Tag("topic", id)
	}
	return s.query(stem.Query{}, stem.AnyOf(topics...), stem.AnyOf(columns...)), err
}

// unquoted leaves out what would end a phrase.
func unquoted(r rune) rune {
	if strings.ContainsRune(`"“”„«»＂`, r) {
		return ' '
	}
	return r
}

// countRename returns how many stories a change of a name concerns, which is
// counted once and outside of any transaction that writes.
func (db *DB) countRename(ctx context.Context, id int64) (n int, err error) {
	s := db.reads()
	w, err := scanRename(s.row(ctx, `SELECT `+renameColumns+` FROM renames WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil || w.total >= 0 {
		return w.total, err
	}
	if n, err = countList(ctx, s, w.list(), w.refID, mostCounted); err != nil {
		return n, err
	}
	match, err := w.match(ctx, s)
	if err != nil || match == "" {
		return n, err
	}
	var rest int
	err = s.row(ctx, `
		SELECT count(*)
		FROM (`+s.hits(byTerms, terms{table: "work_search", query: "$1", limit: "$2"})+`) AS hits`, match, mostCounted).Scan(&rest)
	return n + rest, err
}

// reindex writes the search terms of stories anew: those of the site, of what is
// live, and those of the newsroom. Keys and cards stay.
func reindex(ctx context.Context, s *session, stories []int64) error {
	if len(stories) == 0 {
		return nil
	}
	all, _, err := load(ctx, s, news.Pick{IDs: stories})
	if err != nil {
		return err
	}
	var live []*held
	var old []int64
	for _, h := range all {
		if h.searchKey != 0 && h.Story.Status == news.Live && h.Live != nil {
			live, old = append(live, h), append(old, h.searchKey)
		}
	}
	entries, err := searchEntries(ctx, s, live)
	if err != nil {
		return err
	}
	if err := writeSearch(ctx, s, old, entries); err != nil {
		return err
	}
	w, err := bareWorld(ctx, s)
	if err != nil {
		return err
	}
	return rewriteWorkTerms(ctx, s, w, all)
}

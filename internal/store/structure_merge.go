package store

import (
	"context"
	"slices"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/member"
	"warta/internal/news"
)

// GiveUpSection implements news.SiteStore. Versions go on naming the section;
// the tree leads from it to the one that took over.
func (db *DB) GiveUpSection(ctx context.Context, id, into int64, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "move section %d to %d", id, into)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		if s.postgres {
			if _, err := s.exec(ctx, `SELECT pg_advisory_xact_lock($1)`, treeLock); err != nil {
				return out, err
			}
		}
		tree, err := readTree(ctx, s)
		if err != nil {
			return out, err
		}
		old, next := tree.ByID(id), tree.ByID(into)
		if old == nil || next == nil || old.ID != id || next.ID != into {
			return out, fault.New(fault.Conflict, "one of the sections has gone meanwhile")
		}
		before, after := ancestors(tree, id), ancestors(tree, into)
		after[into] = true
		tags, err := moveListings(ctx, s, id, before, after)
		if err != nil {
			return out, err
		}
		if err := unlist(ctx, s, listSection, id); err != nil {
			return out, err
		}
		for _, text := range []string{
			`UPDATE sections SET moved_to = $2, hidden = 1 WHERE id = $1`,
			`UPDATE stories SET section_id = $2 WHERE section_id = $1`,
		} {
			if _, err := s.exec(ctx, text, id, into); err != nil {
				return out, err
			}
		}
		if err := changeRules(ctx, s, func(r *news.Rule) bool {
			hit := r.SectionID == id
			if hit {
				r.SectionID = into
			}
			return hit
		}); err != nil {
			return out, err
		}
		if err := moveFollows(ctx, s, member.FollowSection, id, into); err != nil {
			return out, err
		}
		if err := upsertRedirects(ctx, s, []news.Redirect{{Path: "/" + old.Slug, Target: "/" + next.Slug}}); err != nil {
			return out, err
		}
		return withTags(out, tags...), nil
	})
	return err
}

// MergeTopics implements news.SiteStore.
func (db *DB) MergeTopics(ctx context.Context, from, into int64, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "merge topic %d into %d", from, into)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		if err := holdNames(ctx, s); err != nil {
			return out, err
		}
		var slugs [2]string
		for i, id := range []int64{from, into} {
			err := s.row(ctx, `SELECT slug FROM topics WHERE id = $1 AND merged_into = 0`+s.forUpdate(), id).Scan(&slugs[i])
			if err != nil {
				return out, notFound(err, "there is no topic %d, or it was merged already", id)
			}
		}
		for _, text := range []string{
			`UPDATE topics SET merged_into = $2, curated = 0 WHERE id = $1`,
			`UPDATE topics SET merged_into = $2 WHERE merged_into = $1 AND merged_into <> 0`,
			`UPDATE topic_aliases SET topic_id = $2 WHERE topic_id = $1`,
		} {
			if _, err := s.exec(ctx, text, from, into); err != nil {
				return out, err
			}
		}
		if err := enlist(ctx, s, listTopic, from, into); err != nil {
			return out, err
		}
		if err := unlist(ctx, s, listTopic, from); err != nil {
			return out, err
		}
		if err := changeRules(ctx, s, func(r *news.Rule) bool {
			hit := r.TopicID == from
			if hit {
				r.TopicID = into
			}
			return hit
		}); err != nil {
			return out, err
		}
		if err := moveFollows(ctx, s, member.FollowTopic, from, into); err != nil {
			return out, err
		}
		if err := upsertRedirects(ctx, s, []news.Redirect{{Path: "/topic/" + slugs[0], Target: "/topic/" + slugs[1]}}); err != nil {
			return out, err
		}
		out, err := db.noteRename(ctx, s, out, news.RefTopic, into, "")
		return withTags(out, news.TagAddress("", "/topic/"+slugs[0])), err
	})
	return err
}

// TopicSize returns how many live stories bear a topic, at most most.
func (db *DB) TopicSize(ctx context.Context, id int64, most int) (n int, err error) {
	defer fault.Wrap(&err, "count the stories of topic %d", id)
	return countList(ctx, db.reads(), listTopic, id, most)
}

// countList returns how many stories stand in a list, at most most. Goes by the
// primary key of listings.
func countList(ctx context.Context, s *session, list int, ref int64, most int) (n int, err error) {
	err = s.row(ctx, `
		SELECT count(*)
		FROM (
			SELECT 1
			FROM listings
			WHERE list = $1 AND ref = $2
			LIMIT $3
		) AS hits`, list, ref, most).Scan(&n)
	return n, err
}

// changeRules writes the rules of containers anew that fn changes. There are
// few containers, so all are read.
func changeRules(ctx context.Context, s *session, fn func(*news.Rule) bool) error {
	type rule struct {
		id int64
		news.Rule
	}
	rules, err := collect(func(r scanner) (x rule, err error) {
		err = r.Scan(&x.id, document{&x.Rule})
		return x, err
	})(s.rows(ctx, `SELECT id, rule FROM containers ORDER BY id LIMIT $1`, maxSections*60))
	if err != nil {
		return err
	}
	for _, r := range rules {
		if !fn(&r.Rule) {
			continue
		}
		text, err := marshal(r.Rule)
		if err != nil {
			return err
		}
		if _, err := s.exec(ctx, `UPDATE containers SET rule = $2 WHERE id = $1`, r.id, text); err != nil {
			return err
		}
	}
	return nil
}

// SaveAliases implements news.SiteStore.
func (db *DB) SaveAliases(ctx context.Context, topicID int64, names []string, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "write the aliases of topic %d", topicID)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		if _, err := s.exec(ctx, `DELETE FROM topic_aliases WHERE topic_id = $1`, topicID); err != nil {
			return out, err
		}
		folded := make([]string, len(names))
		var rows [][]any
		for i, n := range names {
			if folded[i] = foldName(n); !slices.Contains(folded[:i], folded[i]) {
				rows = append(rows, []any{folded[i], n, topicID})
			}
		}
		taken, err := idsByName(ctx, s, "topics", folded)
		if err != nil {
			return out, err
		}
		for name, id := range taken {
			if id != topicID {
				return out, fault.Input("aliases", "the name %q belongs to another topic; merge the two instead", name).
					Say("alias_taken", "name", name)
			}
		}
		rows = slices.DeleteFunc(rows, func(r []any) bool { return taken[r[0].(string)] != 0 })
		return out, s.insertRows(ctx, `INSERT INTO topic_aliases (folded, name, topic_id)`, "", rows)
	})
	return err
}

// Aliases returns the other names of a topic, in their order. Goes by the index
// topic_aliases_topic.
func (db *DB) Aliases(ctx context.Context, topicID int64) (_ []string, err error) {
	defer fault.Wrap(&err, "read the aliases of topic %d", topicID)
	return collect(scanText)(db.reads().rows(ctx, `
		SELECT name
		FROM topic_aliases
		WHERE topic_id = $1
		ORDER BY folded
		LIMIT $2`, topicID, maxLimit))
}

// DropPage implements news.SiteStore.
func (db *DB) DropPage(ctx context.Context, slug string, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "remove page %q", slug)
	return db.drop(ctx, out, `DELETE FROM pages WHERE slug = $1`, slug)
}

// drop removes one row; NotFound if there was none.
func (db *DB) drop(ctx context.Context, out change.Outcome, text string, key ...any) error {
	_, err := db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		res, err := s.exec(ctx, text, key...)
		if err != nil {
			return out, err
		}
		if n, err := res.RowsAffected(); err == nil && n == 0 {
			return out, fault.New(fault.NotFound, "it is not there any more")
		}
		return out, nil
	})
	return err
}

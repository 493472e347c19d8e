package store

import (
	"context"
	"fmt"

	"warta/internal/news"
)

// rebuilders fill the tables that a backup does not carry because each engine
// keeps them in a form of its own, by table. A test fails on a table that is
// rebuilt by its care and not by this.
var rebuilders = map[string]func(context.Context, *session) error{
	"search":         rebuildSearch,
	"picture_search": rebuildPictureSearch,
	"work_search":    rebuildWorkSearch,
}

// rebuild fills every such table from the rows that are there. The tables are
// empty before it.
func rebuild(ctx context.Context, s *session) error {
	for name, fill := range rebuilders {
		if err := emptyIndex(ctx, s, name); err != nil {
			return fmt.Errorf("empty %s: %w", name, err)
		}
		if err := fill(ctx, s); err != nil {
			return fmt.Errorf("rebuild %s: %w", name, err)
		}
	}
	return nil
}

// emptyIndex removes every entry of a search index.
func emptyIndex(ctx context.Context, s *session, name string) error {
	text := `DELETE FROM ` + quote(name)
	if !s.postgres {
		text = `INSERT INTO ` + quote(name) + ` (` + quote(name) + `) VALUES ('delete-all')`
	}
	_, err := s.tx.ExecContext(ctx, text)
	return err
}

// rebuildSearch writes the entry of every live story under the key that its row
// has.
func rebuildSearch(ctx context.Context, s *session) error {
	type found struct {
		live news.LiveStory
		key  int64
	}
	for after := int64(-1 << 63); ; {
		list, err := collect(func(r scanner) (f found, err error) {
			v := &f.live.Version
			f.live.Story, err = scanStory(tail{r, []any{&v.StoryID, &v.No, &v.Origin, document{&v.Content}, &v.By, stamp{&v.At}, &v.Why}}, &f.key)
			return f, err
		})(s.rows(ctx, `
			SELECT search_key, `+storyColumns+`, `+versionColumns+`
			FROM stories
			JOIN versions ON story_id = id AND no = live_no
			WHERE search_key > $1
			  AND search_key <> 0
			ORDER BY search_key
			LIMIT $2`, after, news.MaxBatch)) // index stories_search
		if err != nil || len(list) == 0 {
			return err
		}
		live := make([]*held, len(list))
		for i := range list {
			live[i] = &held{Record: &news.Record{Story: list[i].live.Story, Live: &list[i].live.Version}, searchKey: list[i].key}
		}
		entries, err := searchEntries(ctx, s, live)
		if err != nil {
			return err
		}
		if err := writeSearch(ctx, s, nil, entries); err != nil {
			return err
		}
		after = list[len(list)-1].key
	}
}

package store

import (
	"context"

	"warta/internal/account"
	"warta/internal/news"
)

// writeNotices adds notices that follow from no change of a story. One for a
// desk becomes one for each of its people or, where a desk has none of its own,
// for each who handles reports of the whole site.
func writeNotices(ctx context.Context, s *session, tree *news.Tree, list []news.Notice) error {
	var rows [][]any
	for _, n := range list {
		users := []int64{n.UserID}
		if n.UserID == 0 {
			var err error
			if users, err = deskPeopleWho(ctx, s, tree, n.DeskID, account.Reports, 0); err != nil {
				return err
			}
			users = users[:min(len(users), sitePeople)]
		}
		for _, user := range users {
			rows = append(rows, []any{user, n.StoryID, string(n.Kind), n.Actor, n.Text, millis(n.At)})
		}
	}
	return s.insertRows(ctx, `INSERT INTO notices (user_id, story_id, kind, actor, text, at)`, "", rows)
}

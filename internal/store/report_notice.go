package store

import (
	"context"

	"warta/internal/account"
	"warta/internal/news"
)

// maxTold bounds how many people hear of one report while it is nobody's.
const maxTold = 50

// writeNotices adds notices that follow from no change of a story. One for a
// desk becomes one for each of its people or, where a desk has none of its own,
// for each who handles reports of the whole site.
func writeNotices(ctx context.Context, s *session, tree *news.Tree, list []news.Notice) error {
	var rows [][]any
	for _, n := range list {
		users := []int64{n.UserID}
		if n.UserID == 0 {
			var err error
			if users, err = reportPeople(ctx, s, tree, n.DeskID); err != nil {
				return err
			}
		}
		for _, user := range users {
			rows = append(rows, []any{user, n.StoryID, string(n.Kind), n.Actor, n.Text, millis(n.At)})
		}
	}
	return s.insertRows(ctx, `INSERT INTO notices (user_id, story_id, kind, actor, text, at)`, "", rows)
}

// reportPeople returns who hears of the reports of a desk.
func reportPeople(ctx context.Context, s *session, tree *news.Tree, desk int64) ([]int64, error) {
	people, err := deskEditors(ctx, s, tree, desk)
	if err != nil || len(people) > 0 {
		return people[:min(len(people), maxTold)], err
	}
	var roles []string
	for _, r := range account.Roles {
		if r.Can(account.Reports) {
			roles = append(roles, string(r))
		}
	}
	return collect(scanID)(s.rows(ctx, `
		SELECT id
		FROM users
		WHERE disabled = 0 AND role `+s.inTexts(1)+`
		ORDER BY id
		LIMIT $2`, s.texts(roles), maxTold))
}

package store

import (
	"context"
	"os"
	"strings"

	"warta/internal/account"
	"warta/internal/fault"
)

const userColumns = `id, email, name, role, grants, person_id, language, mail_notices, disabled, demo, created, joined, seen`

// userFields returns what a scan of userColumns points at.
func userFields(u *account.User) []any {
	return []any{&u.ID, &u.Email, &u.Name, &u.Role, document{&u.Grants}, &u.PersonID, &u.Language, &u.MailNotices,
		&u.Disabled, &u.Demo, stamp{&u.Created}, stamp{&u.Joined}, stamp{&u.Seen}}
}

// scanUser reads userColumns.
func scanUser(r scanner) (u account.User, err error) {
	err = r.Scan(userFields(&u)...)
	return u, err
}

// maxUsers is how many users a page holds at most.
const maxUsers = 500

// Users returns users in the order of their names, and whether there are more.
// A page goes by the index on the name; a part of a name is looked for in all.
func (db *DB) Users(ctx context.Context, f account.UserFilter) (list []account.User, more bool, err error) {
	defer fault.Wrap(&err, "read the users")
	if f.Limit == 0 {
		f.Limit = 50
	}
	if err := checkLimit(f.Limit, maxUsers); err != nil {
		return nil, false, err
	}
	text := ""
	if f.Text != "" {
		text = "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(account.FoldName(f.Text)) + "%"
	}
	list, err = collect(scanUser)(db.reads().rows(ctx, `
		SELECT `+userColumns+`
		FROM users
		WHERE (folded, id) > ($1, $2)
		  AND (CAST($3 AS TEXT) = '' OR folded LIKE CAST($3 AS TEXT) ESCAPE '\' OR email LIKE CAST($3 AS TEXT) ESCAPE '\')
		  AND (CAST($4 AS TEXT) = '' OR role = CAST($4 AS TEXT))
		  AND (CAST($5 AS BIGINT) = 0 OR EXISTS (
			SELECT 1 FROM user_desks WHERE section_id = CAST($5 AS BIGINT) AND user_id = id))
		  AND (CAST($6 AS BIGINT) = 0 OR EXISTS (SELECT 1 FROM user_desks WHERE user_id = id))
		  AND (CAST($7 AS BIGINT) = 0 OR disabled = 0)
		ORDER BY folded, id
		LIMIT $8`, f.After.Name, f.After.ID, text, string(f.Role), f.SectionID, flag(f.AnyDesk), flag(f.Enabled), f.Limit+1))
	if err != nil {
		return nil, false, err
	}
	if more = len(list) > f.Limit; more {
		list = list[:f.Limit]
	}
	return list, more, nil
}

// UsersByID returns users by their ids, without unknown ones.
func (db *DB) UsersByID(ctx context.Context, ids []int64) (_ map[int64]account.User, err error) {
	defer fault.Wrap(&err, "read %d users", len(ids))
	list, err := readMany(ctx, db, `SELECT `+userColumns+` FROM users`, ids, scanUser, func(u *account.User) int64 { return u.ID })
	if err != nil {
		return nil, err
	}
	users := make(map[int64]account.User, len(list))
	for _, u := range list {
		users[u.ID] = u
	}
	return users, nil
}

// HasDemoUsers reports whether there are accounts of the demo that can be used:
// their password was printed on a screen.
func (db *DB) HasDemoUsers(ctx context.Context) (there bool, err error) {
	defer fault.Wrap(&err, "look for accounts of the demo")
	err = db.reads().row(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE demo = 1 AND disabled = 0)`).Scan(&there)
	return there, err
}

// HasDemoUsers is the same for a database that nobody has opened. It makes and
// brings up to date nothing; one that is not there, or has no tables, has none.
func HasDemoUsers(ctx context.Context, o Options) (there bool, err error) {
	defer fault.Wrap(&err, "look for accounts of the demo")
	if !o.postgres() {
		path, err := o.file()
		if err != nil {
			return false, err
		}
		if _, err := os.Stat(path); err != nil {
			return false, nil
		}
	}
	db, err := connect(ctx, o)
	if err != nil {
		return false, err
	}
	defer db.Close()
	var schema map[string]*Table
	err = db.view(ctx, func(s *session) (err error) {
		schema, err = readSchema(ctx, s)
		return err
	})
	if err != nil || schema["users"] == nil {
		return false, err
	}
	return db.HasDemoUsers(ctx)
}

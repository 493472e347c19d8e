package store

import (
	"context"
	"fmt"
	"strings"

	"warta/internal/fault"
	"warta/internal/news"
)

// Audits returns lines of the audit log, the newest first. Goes by one of the
// indexes audits_object, audits_actor, audits_action, or by the primary key.
func (db *DB) Audits(ctx context.Context, f news.AuditFilter) (_ []news.AuditLine, err error) {
	defer fault.Wrap(&err, "read the audit log")
	if err := checkLimit(f.Limit, maxLimit); err != nil {
		return nil, err
	}
	if f.Before <= 0 {
		f.Before = 1 << 62
	}
	where, args := []string{"id < $1"}, []any{f.Before}
	add := func(clause string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			clause = strings.Replace(clause, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		where = append(where, clause)
	}
	if f.Actor != "" {
		add("actor = ?", f.Actor)
	}
	if f.Action != "" {
		add("action = ?", f.Action)
	}
	if head, ok := strings.CutSuffix(f.Object, "*"); ok {
		add("object LIKE ? ESCAPE '!'", likeText(head)+"%")
	} else if f.Object != "" {
		add("object = ?", f.Object)
	}
	args = append(args, f.Limit)
	return collect(scanAudit)(db.reads().rows(ctx, `
		SELECT id, at, actor, action, object, detail
		FROM audits
		WHERE `+strings.Join(where, " AND ")+`
		ORDER BY id DESC
		LIMIT $`+fmt.Sprint(len(args)), args...))
}

// scanAudit reads a line of the audit log.
func scanAudit(r scanner) (l news.AuditLine, err error) {
	var detail string
	err = r.Scan(&l.ID, stamp{&l.At}, &l.Actor, &l.Action, &l.Object, &detail)
	if detail != "" {
		l.Detail = []byte(detail)
	}
	return l, err
}

package store

import (
	"context"
	"slices"

	"warta/internal/fault"
	"warta/internal/news"
)

// facts answers the rules in the transaction of their change.
type facts struct {
	ctx context.Context
	s   *session
}

// refTables are where the things are that a content points at.
var refTables = map[news.Ref]string{
	news.RefPerson: "persons", news.RefSource: "sources", news.RefTopic: "topics", news.RefPicture: "pictures",
	news.RefStory: "stories", news.RefSection: "sections", news.RefUser: "users",
}

// Missing implements news.Facts.
func (f facts) Missing(ref news.Ref, ids []int64) ([]int64, error) {
	table := refTables[ref]
	if table == "" {
		return nil, fault.New(fault.Internal, "there is no table for a %q", ref)
	}
	found, err := collect(scanID)(f.s.rows(f.ctx, `SELECT id FROM `+table+` WHERE id `+f.s.inIDs(1), f.s.ids(ids)))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return slices.Contains(found, id) }), nil
}

// Pictures implements news.Facts.
func (f facts) Pictures(ids []int64) (map[int64]news.PictureFacts, error) {
	type row struct {
		id int64
		p  news.PictureFacts
	}
	list, err := collect(func(r scanner) (x row, err error) {
		err = r.Scan(&x.id, &x.p.Name, &x.p.Caption, &x.p.Credit, &x.p.Alt, &x.p.Rights)
		return x, err
	})(f.s.rows(f.ctx, `SELECT id, name, caption, credit, alt, rights FROM pictures WHERE id `+f.s.inIDs(1), f.s.ids(ids)))
	all := make(map[int64]news.PictureFacts, len(list))
	for _, x := range list {
		all[x.id] = x.p
	}
	return all, err
}

// Statuses implements news.Facts.
func (f facts) Statuses(ids []int64) (map[int64]news.Status, error) {
	type row struct {
		id     int64
		status news.Status
	}
	list, err := collect(func(r scanner) (x row, err error) {
		err = r.Scan(&x.id, &x.status)
		return x, err
	})(f.s.rows(f.ctx, `SELECT id, status FROM stories WHERE id `+f.s.inIDs(1), f.s.ids(ids)))
	all := make(map[int64]news.Status, len(list))
	for _, x := range list {
		all[x.id] = x.status
	}
	return all, err
}

// Version implements news.Facts.
func (f facts) Version(storyID int64, no int) (news.Version, error) {
	return readVersion(f.ctx, f.s, storyID, no)
}

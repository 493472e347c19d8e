package store

import (
	"context"
	"slices"
	"strings"

	"warta/internal/fault"
	"warta/internal/news"
)

// Redirect returns where an old address leads, else NotFound. The story that
// it names may not be live: whoever follows it has to look. Goes by the
// primary key.
func (db *DB) Redirect(ctx context.Context, host, path string) (r news.Redirect, err error) {
	defer fault.Wrap(&err, "read the redirect of an old address")
	r, err = scanRedirect(db.reads().row(ctx, `
		SELECT `+redirectColumns+`
		FROM redirects
		WHERE host = $1
		  AND path = $2`, host, path))
	return r, notFound(err, "nothing is known of this old address")
}

// maxFound is how many redirects may have the same folds before some are not
// looked at.
const maxFound = 200

// OldAddresses returns the redirects under one of the folds of hosts and one of the
// folds of paths, in the order of the latter. Goes by the index on folds.
func (db *DB) OldAddresses(ctx context.Context, hosts, paths []string) (_ []news.Redirect, err error) {
	defer fault.Wrap(&err, "read what is known of %d old addresses", len(paths))
	s := db.reads()
	return collect(scanRedirect)(s.rows(ctx, `
		SELECT `+redirectColumns+`
		FROM redirects
		WHERE fold_path `+s.inTexts(1)+`
		  AND fold_host `+s.inTexts(2)+`
		ORDER BY fold_path, host, path
		LIMIT $3`, s.texts(paths), s.texts(hosts), maxFound+len(paths)))
}

// Redirects returns those of the redirects that exist for the hosts and paths
// of the given ones, by host and path. Goes by the primary key, one probe for
// each pair of a host and a path.
func (db *DB) Redirects(ctx context.Context, at []news.Redirect) (_ []news.Redirect, err error) {
	defer fault.Wrap(&err, "read %d redirects", len(at))
	if len(at) == 0 {
		return nil, nil
	}
	return redirectsAt(ctx, db.reads(), at)
}

// redirectsAt is Redirects in a session.
func redirectsAt(ctx context.Context, s *session, at []news.Redirect) ([]news.Redirect, error) {
	type address struct{ host, path string }
	asked := make(map[address]bool, len(at))
	var hosts, paths []string
	for _, r := range at {
		a := address{lower(r.Host), r.Path}
		if asked[a] {
			continue
		}
		asked[a] = true
		paths = append(paths, r.Path)
		if !slices.Contains(hosts, a.host) {
			hosts = append(hosts, a.host)
		}
	}
	list, err := collect(scanRedirect)(s.rows(ctx, `
		SELECT `+redirectColumns+`
		FROM redirects
		WHERE host `+s.inTexts(1)+`
		  AND path `+s.inTexts(2)+`
		ORDER BY host, path`, s.texts(hosts), s.texts(paths)))
	// Two hosts may have a path each that was asked for the other one only.
	return slices.DeleteFunc(list, func(r news.Redirect) bool { return !asked[address{r.Host, r.Path}] }), err
}

// lower is how hosts are stored.
func lower(host string) string { return strings.ToLower(host) }

// RedirectsAfter returns public redirects after the given address in the order
// of host and path, for the export: those to a path of the site, and to
// stories that are live or withdrawn. Goes by the primary key.
func (db *DB) RedirectsAfter(ctx context.Context, host, path string, limit int) (_ []news.Redirect, err error) {
	defer fault.Wrap(&err, "read the redirects after %q %q", host, path)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	return collect(scanRedirect)(db.reads().rows(ctx, `
		SELECT `+redirectColumns+`
		FROM redirects
		WHERE (host, path) > ($1, $2)
		  AND (story_id = 0 OR EXISTS (
			SELECT 1
			FROM stories
			WHERE id = story_id
			  AND (status = 'live' OR status = 'withdrawn')))
		ORDER BY host, path
		LIMIT $3`, host, path, limit))
}

package store

import (
	"context"
	"slices"

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

// Redirects returns those of the redirects that exist for the hosts and paths
// of the given ones, by host and path. Goes by the primary key, one probe for
// each pair of a host and a path.
func (db *DB) Redirects(ctx context.Context, at []news.Redirect) (_ []news.Redirect, err error) {
	defer fault.Wrap(&err, "read %d redirects", len(at))
	if len(at) == 0 {
		return nil, nil
	}
	type address struct{ host, path string }
	asked := make(map[address]bool, len(at))
	var hosts, paths []string
	for _, r := range at {
		a := address{r.Host, r.Path}
		if asked[a] {
			continue
		}
		asked[a] = true
		paths = append(paths, r.Path)
		if !slices.Contains(hosts, r.Host) {
			hosts = append(hosts, r.Host)
		}
	}
	s := db.reads()
	list, err := collect(scanRedirect)(s.rows(ctx, `
		SELECT `+redirectColumns+`
		FROM redirects
		WHERE host `+s.inTexts(1)+`
		  AND path `+s.inTexts(2)+`
		ORDER BY host, path`, s.texts(hosts), s.texts(paths)))
	// Two hosts may have a path each that was asked for the other one only.
	return slices.DeleteFunc(list, func(r news.Redirect) bool { return !asked[address{r.Host, r.Path}] }), err
}

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

package ingest

import (
	"time"

	"warta/internal/fault"
)

// timeForms are the ways in which feeds write instants: RFC 3339 and what is
// nearly that. Those without an offset are taken in the site's zone.
var timeForms = []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02"}

// parseTime reads an instant; an empty text is the zero time.
func parseTime(field, s string, zone *time.Location) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, form := range timeForms {
		if t, err := time.ParseInLocation(form, s, zone); err == nil && t.Year() >= 1600 {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fault.Input(field, "%q is not a time such as 2026-11-23T09:30:00+07:00", clip(s, 60))
}

// settledAfter is how long after the first version a further one counts as an
// update that readers are told of. Agencies send repairs within the minute.
const settledAfter = time.Minute

// times sets when the story was published and updated: firstCreated is the
// publication, a versionCreated that is more than a minute later an update.
// Where only one time is given, that is the publication; contentCreated speaks
// of the matter (an old photograph) and is the last choice.
func (c *converter) times(it *item, d *draft) error {
	var at [4]time.Time
	embargo, field := it.EmbargoedUntil, "embargoedUntil"
	if embargo == "" {
		embargo, field = it.Embargoed, "embargoed"
	}
	for i, f := range []struct{ field, value string }{
		{"firstCreated", it.FirstCreated}, {"versionCreated", it.VersionCreated},
		{"contentCreated", it.ContentCreated}, {field, embargo},
	} {
		t, err := parseTime(f.field, f.value, c.zone)
		if err != nil {
			return err
		}
		at[i] = t
	}
	first, version, content := at[0], at[1], at[2]
	d.in.EmbargoUntil = at[3]
	switch {
	case !first.IsZero():
		d.in.Published = first
		if version.Sub(first) > settledAfter {
			d.in.Updated = version
		}
	case !version.IsZero():
		d.in.Published = version
	default:
		d.in.Published = content
	}
	d.versionCreated = version
	return nil
}

package news

import (
	"context"
	"strings"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// Provenance is where a new draft comes from.
type Provenance struct {
	// URI is the identity of what it was made of, as an import would have it.
	URI       string
	Redirects []Redirect // its old addresses
}

// CreateFrom is Create for a draft that was made of something from elsewhere: it
// is noted what, so that nobody makes it twice, and an import of the same finds
// it. If there is a story of it already, that is a Conflict, and its id is returned.
func (d *Desk) CreateFrom(ctx context.Context, actor account.Actor, c Content, from Provenance) (id int64, err error) {
	defer fault.Wrap(&err, "create story from %s", from.URI)
	if strings.TrimSpace(from.URI) == "" {
		return d.Create(ctx, actor, c)
	}
	if err := actor.RequireSomewhere(account.WriteOwn); err != nil {
		return 0, err
	}
	if err := c.Body.Validate(); err != nil {
		return 0, err // nobody could read it back
	}
	_, err = d.change(ctx, actor, Pick{URIs: []string{from.URI}}, func(w *World, recs []*Record) (out change.Outcome, err error) {
		r := recs[0]
		id = r.Story.ID
		if !r.New || r.Story.Status != "" {
			return out, fault.New(fault.Conflict, "there is a story of this page already, number %d", id).Say("from_there", "id", id)
		}
		if err := r.found(w, actor, &c); err != nil {
			return out, err
		}
		r.Story.URI, r.Story.URIVersion = from.URI, "0"
		for _, x := range from.Redirects {
			x.StoryID = id
			r.Redirects = append(r.Redirects, x)
			out.Touch(TagAddress(x.Host, x.Path))
		}
		out.Audit = []change.Audit{r.audit(actor, "create", Deed{})}
		return out, nil
	})
	return id, err
}

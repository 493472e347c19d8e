package news

import (
	"encoding/json"

	"warta/internal/stem"
)

// ready is what was worked out of a content before the transaction that stores it,
// which nobody then has to wait for.
type ready struct {
	content []byte // JSON
	terms   string // of its open text; see stem.Terms
	teaser  int    // that the content had
	err     error  // what is wrong with the body
}

// Prepare does all work on the content that needs nothing of the database. It may
// run beside a transaction; an item that was not prepared is taken as well. The
// content must not be changed afterwards.
func (in *Incoming) Prepare() {
	if in.Withdrawn != nil {
		return
	}
	c := &in.Content
	p := &ready{teaser: c.Teaser, err: c.Body.Validate()}
	if p.err == nil {
		p.content, p.err = json.Marshal(c)
		p.terms = c.openTerms()
	}
	in.ready = p
}

// check is Content.Check, of whose body it is known already what is wrong with it.
func (in *Incoming) check(w *World) error {
	if in.ready == nil {
		return in.Content.Check(w)
	}
	if err := in.Content.checkFields(w); err != nil {
		return err
	}
	return in.ready.err
}

// prepared keeps for the store what was worked out of the item's content, unless
// the version says how much of it is open, which the item did not.
func (v *Version) prepared(in *Incoming) {
	if p := in.ready; p != nil && p.err == nil && v.Content.Teaser == p.teaser {
		v.ready = p
	}
}

// Prepared reports whether an import worked the content out before.
func (v *Version) Prepared() bool { return v.ready != nil }

// JSON returns the content as it is stored.
func (v *Version) JSON() ([]byte, error) {
	if v.ready != nil {
		return v.ready.content, nil
	}
	return json.Marshal(&v.Content)
}

// OpenTerms returns the terms by which the text is found that everybody may read.
func (v *Version) OpenTerms() string {
	if v.ready != nil {
		return v.ready.terms
	}
	return v.Content.openTerms()
}

func (c *Content) openTerms() string { return stem.Terms(string(c.Language), c.Open().Plain()) }

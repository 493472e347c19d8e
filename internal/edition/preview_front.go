package edition

import (
	"context"

	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/page"
)

// PreviewFront returns the home page, or a section's front, with an arrangement
// that is not live, its modules filled as for an anonymous reader.
func (e *Edition) PreviewFront(ctx context.Context, f news.Front) (_ []byte, err error) {
	defer fault.Wrap(&err, "preview of the front of section %d", f.SectionID)
	b, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	b.trial = &f
	var out page.Rendering
	if f.SectionID == 0 {
		out, err = b.home()
	} else if s := b.tree.ByID(f.SectionID); s != nil {
		out, err = b.section(s, query{})
	} else {
		err = fault.New(fault.NotFound, "there is no section %d", f.SectionID)
	}
	if err != nil {
		return nil, err
	}
	return b.whole(out.Body, out.Holes, nil, 0)
}

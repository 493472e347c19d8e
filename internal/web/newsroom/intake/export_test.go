package intake

import (
	"warta/internal/doc"
	"warta/internal/web/newsroom"
)

// Place is place for tests, which may fetch from this machine.
func (x *Room) Place(r *newsroom.Request, sources []string, body doc.Doc) (doc.Doc, error) {
	return x.place(r.Context(), r, &draftForm{Sources: sourcesText(sources)}, body)
}

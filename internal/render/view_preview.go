package render

import "warta/internal/page"

// CardsPreview is the cards of one story, for those who write it.
type CardsPreview struct {
	Shell
	Card Card // on a front
	Item Card // in a list of a section or topic
	Row  Card // below a story
}

// CardsPreview prints the cards of one story in the looks of the site.
func (r *Renderer) CardsPreview(v *CardsPreview) ([]byte, error) {
	out, err := r.page("previewcards", v.Lang, func(h *page.Holes) any { c := *v; c.holes = h; return c })
	return out.Body, err
}

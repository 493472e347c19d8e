package render

import "warta/internal/page"

// Story prints a story's page.
func (r *Renderer) Story(v *StoryPage) (Output, error) {
	return r.page("story", v.Lang, func(h *page.Holes) any {
		c := *v
		c.holes = h
		c.Body.slots, c.Body.leave = c.Slots, c.slot
		return c
	})
}

// Front prints the home page.
func (r *Renderer) Front(v *FrontPage) (Output, error) {
	return r.page("front", v.Lang, func(h *page.Holes) any { c := *v; c.holes = h; return c })
}

// Section prints a section's front.
func (r *Renderer) Section(v *SectionPage) (Output, error) {
	return r.page("section", v.Lang, func(h *page.Holes) any { c := *v; c.holes = h; return c })
}

// Topic prints a topic's page.
func (r *Renderer) Topic(v *TopicPage) (Output, error) {
	return r.page("topic", v.Lang, func(h *page.Holes) any { c := *v; c.holes = h; return c })
}

// Author prints a person's page.
func (r *Renderer) Author(v *AuthorPage) (Output, error) {
	return r.page("author", v.Lang, func(h *page.Holes) any { c := *v; c.holes = h; return c })
}

// Index prints the archive of one day.
func (r *Renderer) Index(v *IndexPage) (Output, error) {
	return r.page("index", v.Lang, func(h *page.Holes) any { c := *v; c.holes = h; return c })
}

// Search prints the search form and, if it was asked, the answer.
func (r *Renderer) Search(v *SearchPage) (Output, error) {
	return r.page("search", v.Lang, func(h *page.Holes) any { c := *v; c.holes = h; return c })
}

// Latest prints everything, newest first.
func (r *Renderer) Latest(v *LatestPage) (Output, error) {
	return r.page("latestpage", v.Lang, func(h *page.Holes) any { c := *v; c.holes = h; return c })
}

// Static prints a static page.
func (r *Renderer) Static(v *StaticPage) (Output, error) {
	return r.page("static", v.Lang, func(h *page.Holes) any { c := *v; c.holes = h; return c })
}

// Report prints the form below a story.
func (r *Renderer) Report(v *ReportPage) (Output, error) {
	return r.page("report", v.Lang, func(h *page.Holes) any { c := *v; c.holes = h; return c })
}

// Error prints a page that helps on: the words for v.Status or the notice of a
// withdrawal, a search form, and holes as on any other page.
func (r *Renderer) Error(v *ErrorPage) (Output, error) {
	return r.page("error", v.Lang, func(h *page.Holes) any { c := *v; c.holes = h; return c })
}

// Alone prints an error page without holes, for a moment at which nothing else
// can be rendered. The style sheet is SheetList.
func (r *Renderer) Alone(v *ErrorPage) ([]byte, error) {
	return r.module("alone", v.Lang, *v)
}

// Top prints ModuleTop.
func (r *Renderer) Top(v *Top) ([]byte, error) { return r.module("top", v.Masthead.Lang, v) }

// Tail prints ModuleTail.
func (r *Renderer) Tail(v *Tail) ([]byte, error) { return r.module("tail", v.Lang, v) }

// CallOut prints ModuleCallOut.
func (r *Renderer) CallOut(v *CallOut) ([]byte, error) { return r.module("callout", v.Lang, v) }

// MostRead prints ModuleMostRead.
func (r *Renderer) MostRead(v *MostRead) ([]byte, error) { return r.module("mostread", v.Lang, v) }

// LatestList prints ModuleLatest.
func (r *Renderer) LatestList(v *LatestList) ([]byte, error) { return r.module("latest", v.Lang, v) }

// Bottom prints ModuleBottom.
func (r *Renderer) Bottom(v *Footer) ([]byte, error) { return r.module("bottom", v.Lang, v) }

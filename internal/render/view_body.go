package render

import (
	"html/template"

	"warta/internal/doc"
	"warta/internal/page"
)

// Body is a story's text with what its blocks point at. A block whose target
// is not here is hidden: a picture without rights, a read-also whose story is
// unknown or gone.
type Body struct {
	Doc doc.Doc
	// Pictures are those of picture blocks and galleries by media id.
	Pictures map[int64]Picture
	// Stories are the targets of read-also blocks by story id.
	Stories map[int64]Link
	// Base is the site's address without a slash at the end. It makes whole
	// addresses of the links that are printed below the text on paper.
	Base string

	// slots are the places of ads in it, and leave leaves the hole of the nth one;
	// set for the time of one rendering.
	slots *Slots
	leave func(n int) template.HTML
}

// The modules behind the cut of a members' story. A reader gets one of them.
const (
	// ModuleRest is the text behind the cut, for readers with members' text. It fails
	// closed: see page.Hole. Parameter: the story's id. View: Rest.
	ModuleRest = "rest"
	// ModuleGate is the box that says to everybody else what membership is.
	// Parameters: the story's id, and "in" for readers who have an account. View:
	// Gate.
	ModuleGate = "gate"
)

// PaidPart is the selector, for machines, of what stands behind the cut.
const PaidPart = ".rest"

// Rest is the view of ModuleRest. Dateline is empty unless the text has not begun
// before the cut.
type Rest struct {
	Lang     string
	Body     Body
	Dateline string
}

// Gate is the view of ModuleGate.
type Gate struct {
	Lang       string
	Membership string // its name
	Plans      string // address of the page about it
	SignIn     string // address to sign in at; empty for who is
}

// Rest leaves the holes for what stands behind the cut: the text for who may read
// it, the box for everybody else.
func (p StoryPage) Rest() template.HTML {
	return p.leave(page.Hole{Module: ModuleRest, Params: p.Key, Need: page.MembersText}) +
		p.leave(page.Hole{Module: ModuleGate, Params: p.Key, Hide: page.MembersText | page.Registered}) +
		p.leave(page.Hole{Module: ModuleGate, Params: p.Key + "|in", Need: page.Registered, Hide: page.MembersText})
}

// Rest prints ModuleRest.
func (r *Renderer) Rest(v *Rest) ([]byte, error) { return r.module("rest", v.Lang, v) }

// Gate prints ModuleGate.
func (r *Renderer) Gate(v *Gate) ([]byte, error) { return r.module("gate", v.Lang, v) }

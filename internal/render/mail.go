package render

// Mail is the view of a letter's HTML form. Its text form says the same.
type Mail struct {
	Lang       string
	Site       string
	Subject    string
	Paragraphs []string
	Link       string // absolute; empty: no button
	LinkText   string
	Foot       []string // who sends it, and why
}

// Mail prints a letter.
func (r *Renderer) Mail(v *Mail) ([]byte, error) { return r.module("mail", v.Lang, v) }

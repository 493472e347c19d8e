package render

// Hole is a place in a page where a module goes.
type Hole struct {
	Module  string
	Params  []string
	Without string // id of the story that lists in the module leave out
}

// Output is one rendered page with the holes that its template left.
type Output struct {
	Body  []byte
	Holes []Hole
}

package render

// ReportPage is the form by which a reader reports an error in a story or asks
// for the right of reply, with what was filled in so far.
type ReportPage struct {
	Shell
	Story    int64
	Headline string // empty: the story was withdrawn, and nobody is told its headline
	Back     string // to the story; empty: it was withdrawn
	Number   string // of the report that was sent; empty: nothing was
	Hours    int    // within which the newsroom answers
	Problem  string // what has to be mended
	Field    string // where: "name", "email", "passage", "text"; empty: as a whole

	Kind, Name, Email, Passage, Text string

	MaxPassage, MaxText int
}

package ingest

import "unicode/utf8"

// NoteKind says what happened to a piece of the source.
type NoteKind string

// The kinds of notes.
const (
	RemovedElement NoteKind = "removed_element" // a script, form, unknown frame …
	RemovedHidden  NoteKind = "removed_hidden"  // what the source hid from readers
	RemovedStyle   NoteKind = "removed_style"   // how one piece of the text was to look; the text stays
	RemovedPicture NoteKind = "removed_picture" // a picture that nobody has, or a tracking pixel
	RemovedLink    NoteKind = "removed_link"    // the address; the text stays
	MovedBlock     NoteKind = "moved_block"     // lifted out of a list, cell or quote, or behind its paragraph
	MovedCredit    NoteKind = "moved_credit"    // a credit taken out of a caption
	Flattened      NoteKind = "flattened"       // a table or list whose form did not fit; the text stays
	TakenDateline  NoteKind = "taken_dateline"  // a dateline moved to its field
	TakenReadAlso  NoteKind = "taken_read_also" // a paragraph that became a read-also block
)

// Note is one thing that was removed or moved, with a sample of its text.
type Note struct {
	Kind   NoteKind `json:"kind"`
	What   string   `json:"what,omitempty"` // the element, or the address
	Sample string   `json:"sample,omitempty"`
}

// maxNotes bounds the list, not the counts.
const (
	maxNotes  = 1000
	maxSample = 160 // bytes
)

// HTMLReport counts and lists what an import removed or moved.
type HTMLReport struct {
	Counts map[NoteKind]int `json:"counts,omitempty"`
	Notes  []Note           `json:"notes,omitempty"` // the first 1,000
}

// Add counts one thing and lists it.
func (r *HTMLReport) Add(kind NoteKind, what, sample string) {
	if r.Counts == nil {
		r.Counts = map[NoteKind]int{}
	}
	r.Counts[kind]++
	if len(r.Notes) < maxNotes {
		r.Notes = append(r.Notes, Note{Kind: kind, What: clip(what, maxSample), Sample: clip(oneLine(clip(sample, 4*maxSample)), maxSample)})
	}
}

// Merge adds all that other holds.
func (r *HTMLReport) Merge(other HTMLReport) {
	for k, n := range other.Counts {
		if r.Counts == nil {
			r.Counts = map[NoteKind]int{}
		}
		r.Counts[k] += n
	}
	room := maxNotes - len(r.Notes)
	r.Notes = append(r.Notes, other.Notes[:min(room, len(other.Notes))]...)
}

// Total returns the number of all things removed or moved.
func (r HTMLReport) Total() int {
	n := 0
	for _, c := range r.Counts {
		n += c
	}
	return n
}

// clip cuts s to at most most bytes, at the end of a character.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// oneLine collapses white space and drops what cannot be printed.
func oneLine(s string) string {
	words, _, _ := collapse(s)
	return words
}

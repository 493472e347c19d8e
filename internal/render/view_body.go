package render

// Body is a story's text with what its blocks point at. A block whose target
// is not here is hidden: a picture without rights, a read-also whose story is
// unknown or gone.
type Body struct {
	// Pictures are the pictures of picture blocks and galleries by media id.
	Pictures map[int64]Picture
	// Stories are the targets of read-also blocks by the block's id.
	Stories map[string]Link
}

package render

import "warta/internal/doc"

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
}

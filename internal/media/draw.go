package media

import "warta/internal/picture"

// Drawing is what is drawn for machines that want a picture where the newsroom
// has none.
type Drawing struct {
	Font     []byte // TrueType or OpenType, static
	Site     string
	Label    string
	Headline string
}

// ShareCard returns a JPEG of 1,200 by 630 pixels and under 300 kB with the
// headline, for a story without a picture.
func (d Drawing) ShareCard() ([]byte, error) {
	return picture.Card{Font: d.Font, Site: d.Site, Label: d.Label, Headline: d.Headline}.Draw()
}

// Logo returns the outlet's name as PNG of 600 by 60 pixels.
func (d Drawing) Logo() ([]byte, error) { return picture.Mark{Font: d.Font, Name: d.Site}.Logo() }

// Icon returns the first letter of the outlet's name as a square PNG of 512
// pixels.
func (d Drawing) Icon() ([]byte, error) { return picture.Mark{Font: d.Font, Name: d.Site}.Icon() }

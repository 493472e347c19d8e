package render

// Picture is one picture at one place. Its addresses hold the random token of
// one picture and crop.
type Picture struct {
	Src    string // the rendition for browsers that know no srcset
	Srcset []Source
	// Width and Height are those of Src; they keep the place free while the
	// picture is on its way.
	Width, Height int
	Tone          int // 0..63, the class of the colour that stands in its place
	Alt           string
	Caption       string
	Credit        string // "AFP/NAMA FOTOGRAFER", printed in brackets after the caption
	// Full is the address of the largest rendition, for the lightbox; empty
	// offers none.
	Full string
}

// Source is one rendition of a picture.
type Source struct {
	URL   string
	Width int
}

// CardKind is the mark that a card carries on its picture.
type CardKind string

// The kinds of cards. A plain story carries no mark.
const (
	KindStory   CardKind = ""
	KindVideo   CardKind = "video"
	KindGallery CardKind = "gallery"
	KindLive    CardKind = "live"
)

// Card is one story as it stands in a list or on a front.
type Card struct {
	URL      string
	Headline string
	Label    string // the section's name, printed in the accent
	Time     Time
	Picture  *Picture // nil prints the card without one
	Kind     CardKind
	Breaking bool
	// Flag is a further label in words that must stand before the headline:
	// "Opini", "Eksklusif", "Iklan". Empty prints none.
	Flag string
	// Standfirst is printed by leads and by lists with room for it.
	Standfirst string
	Byline     string // names only, for opinion; empty prints none
	Related    []Link // up to three, printed by a lead only
}

// Pager leads to the neighbouring pages of a list. An empty URL prints nothing.
type Pager struct {
	Newer, Older string
}

// Day is one day of a list whose date stands in the margin.
type Day struct {
	Label string // "Senin, 23 November 2026"
	ISO   string // "2026-11-23"
	URL   string // the day's index; empty prints the label alone
	Cards []Card
}

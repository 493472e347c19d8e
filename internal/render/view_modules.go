package render

// The modules, as templates name them in their holes. Modules that touch on a
// page share one piece, since every further piece costs compression.
const (
	// ModuleTop is the inline style sheet, the start of the body, the skip
	// link and the masthead. Parameters: name of the Sheet ("story"), slug of
	// the open section. View: Top.
	ModuleTop = "top"
	// ModuleCallOut is the invitation to follow the outlet on a messaging
	// channel, for themes that want it elsewhere than on a story, which prints
	// it itself. No parameters. View: CallOut.
	ModuleCallOut = "callout"
	// ModuleTail is what stands below a story: latest, most read, footer and
	// the document's end. Parameter: slug of the section, empty for the whole
	// site; the story's own id is left out of it. View: Tail.
	ModuleTail = "tail"
	// ModuleMostRead is the list alone, for fronts. Parameter: slug of the
	// section, empty for the whole site. View: MostRead.
	ModuleMostRead = "mostread"
	// ModuleLatest is the list alone, for pages that have nothing else to
	// offer (404, 410, an empty search). Parameter: slug of the section, empty
	// for the whole site. View: LatestList.
	ModuleLatest = "latest"
	// ModuleBottom is the footer and the document's end, for pages other than
	// a story. No parameters. View: Footer.
	ModuleBottom = "bottom"
)

// Sheet names one of the inline style sheets.
type Sheet string

// The style sheets: what any story needs, what one needs of words, lists and
// pictures alone, what fronts, topics and authors need, and what all other pages
// need.
const (
	SheetStory Sheet = "story"
	SheetPlain Sheet = "plain"
	SheetFront Sheet = "front"
	SheetList  Sheet = "list"
)

func sheets() []Sheet { return []Sheet{SheetStory, SheetPlain, SheetFront, SheetList, SheetAds} }

// Top is the view of ModuleTop.
type Top struct {
	Sheet    Sheet
	Masthead Masthead
}

// Masthead is the outlet's name, today's date and the way around.
type Masthead struct {
	Lang string
	Site string
	// Logo is the address of the outlet's own mark; empty prints its name in
	// the serif.
	Logo     string
	Today    Time // Text is the full date; the piece stops being true at midnight
	Nav      []NavItem
	Breaking *Link // one line above everything; nil almost always
}

// NavItem is one section in the masthead.
type NavItem struct {
	Text, URL string
	Open      bool // the section in which the page stands
}

// CallOut invites to the messaging channel. An empty URL prints nothing.
type CallOut struct {
	Lang string
	Text string // "Ikuti saluran WhatsApp Kabar Nusantara"
	URL  string
}

// LatestList is "Terkini Lainnya": at most 15 cards, each with its own
// section's name as label.
type LatestList struct {
	Lang  string
	Title string // empty prints the catalogue's
	Cards []Card
	More  string // URL of the whole list
}

// MostRead is "Terpopuler". Empty Cards print nothing.
type MostRead struct {
	Lang  string
	Cards []Card
}

// Tail is the view of ModuleTail.
type Tail struct {
	Lang     string
	Latest   LatestList
	MostRead MostRead
	Footer   Footer
}

// Footer is the foot of every page.
type Footer struct {
	Lang        string
	Site        string
	Sections    []Link
	Pages       []Link // Redaksi and the policy pages
	Channels    []Link // feeds and channels
	Publisher   string
	Address     string
	Responsible string // the person responsible
	Year        string
}

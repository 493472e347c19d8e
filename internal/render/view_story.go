package render

// StoryPage is one story and its furniture. What depends on the clock or on
// other stories' news is not in it: those are holes.
type StoryPage struct {
	Shell
	Key string // the story's own id as text; module lists leave it out

	// Near are the keys of other stories that the page names, with spaces; a
	// module that names them as well compresses together with it.
	Near string

	// Section is the slug of the top-level section, the parameter of the
	// module at the page's foot; empty means the whole site.
	Section string
	// Age is the notice on an old story, which is true for a year: "Artikel ini
	// terbit lebih dari 4 tahun lalu." Empty prints none.
	Age     string
	CallOut CallOut
	// Sheet names the style sheet, the first parameter of the masthead's hole:
	// SheetStory, or SheetPlain if that is enough.
	Sheet string

	// Draft says that the page is not published, for whoever is shown one; empty
	// on every page for readers.
	Draft string

	Breadcrumb []Link  // home first, the story's own section last
	Labels     []Label // beside the section's name, above the headline
	Kind       CardKind
	Headline   string
	Standfirst string
	Byline     []Credit
	Sources    []Link // "Sumber AFP, Reuters"
	Published  Time
	Updated    *Time // significantly updated, as an editor declared; nil: never
	Share      Share

	Lead      *Picture
	LeadEmbed *Embed // instead of Lead
	// Dateline is the finished line, dash and space included:
	// "WASHINGTON DC, KABAR NUSANTARA – ".
	Dateline string
	Body     Body
	// Closed says that Body ends at a cut, and that only members read on.
	Closed bool

	// CorrectionsTop stand in a note above the text, Corrections at its foot.
	CorrectionsTop []Correction
	Corrections    []Correction
	Unverified     bool  // prints the sentence that says so, last and in italics
	VerifiedBy     *Link // the later story that verified this one
	Verifies       *Link // the earlier story that this one verified
	AIAssisted     bool  // prints the sentence that says so
	Sponsor        string

	Topics  []Link
	Related []Card

	// Discussed says that there is a discussion below the story.
	Discussed bool
}

// LabelKind says how loudly a label is printed.
type LabelKind string

// The kinds of labels.
const (
	LabelPlain     LabelKind = ""
	LabelBreaking  LabelKind = "breaking"
	LabelSponsored LabelKind = "sponsored"
)

// Label is one word above a headline: "Eksklusif", "Opini", "Terkini".
type Label struct {
	Text string
	URL  string
	Kind LabelKind
}

// Credit is one name and its role beneath.
type Credit struct {
	Name string
	URL  string // the author's page; empty prints the name alone
	Role string // "Penulis"
}

// Correction is one of Ralat, Koreksi or Hak Jawab, with its time.
type Correction struct {
	Anchor string // id of the element, for links from feeds and indexes; may be empty
	Kind   string // in words: "Koreksi"
	Text   string
	Time   Time
	Link   *Link // the other side: the corrected or the correcting story
}

// Share is what the share row and its dialog pass on.
type Share struct {
	URL   string // absolute
	Title string
	Key   string // the story's id, by which readers keep it; empty prints no links to do so
	Runs  bool   // the story goes on, and can be followed
}

// Embed is somebody else's page that is loaded on a click and not before.
type Embed struct {
	Provider string // "YouTube", for people
	Title    string // may be empty
	URL      string // the page at the provider, for readers without script
	// Frame is the address that is put into a frame on a click; empty leaves a
	// plain link.
	Frame  string
	Ratio  string   // "" (16 to 9), "tall" for a post, "low" for a player of sound
	Poster *Picture // a still of our own; never one of the provider's
}

package render

// ContainerKind says how a container of a front is laid out.
type ContainerKind string

// The kinds of containers.
const (
	// ContainerLead: the first card is the lead, further ones are seconds
	// (two of them in the design, more are printed as well).
	ContainerLead ContainerKind = "lead"
	// ContainerLatest is a timeline with the clock in the margin.
	ContainerLatest ContainerKind = "latest"
	// ContainerSection: the first card with its picture, the others without.
	ContainerSection ContainerKind = "section"
	// ContainerBand is the dark band for pictures and video.
	ContainerBand ContainerKind = "band"
	// ContainerOpinion prints names before headlines.
	ContainerOpinion ContainerKind = "opinion"
	// ContainerTopics prints Topics as plain words.
	ContainerTopics ContainerKind = "topics"
	// ContainerMostRead leaves a hole for the module.
	ContainerMostRead ContainerKind = "mostread"
)

// Container is one block of a front.
type Container struct {
	Kind   ContainerKind
	Title  string // a lead has none
	URL    string // the whole list behind it; empty prints the title alone
	Cards  []Card
	Topics []Link
}

// FrontPage is the home page.
type FrontPage struct {
	Shell
	Containers []Container
}

// SectionPage is the front of one section: containers on its first page, the
// list of the newest below.
type SectionPage struct {
	Shell
	Slug        string // parameter of the most-read hole
	Keep        string // how a reader's shelf names the section
	Name        string
	Description string
	Breadcrumb  []Link    // empty for a top-level section
	Sub         []NavItem // sub-sections, the open one marked
	Containers  []Container
	Cards       []Card
	Pager       Pager
}

// TopicPage is one topic with its stories.
type TopicPage struct {
	Shell
	Keep        string // how a reader's shelf names the topic
	Name        string
	Description string
	Feed        string // URL of the topic's RSS
	Chronology  bool   // the oldest first
	Cards       []Card
	Pager       Pager
}

// AuthorPage is one person with the stories that carry the name.
type AuthorPage struct {
	Shell
	Keep    string // how a reader's shelf names the person
	Name    string
	Role    string // "Reporter"
	Bio     string
	Picture *Picture
	Links   []Link
	Feed    string
	Cards   []Card
	Pager   Pager
}

// Option is one choice of a form.
type Option struct {
	Value, Text string
	Chosen      bool
}

// IndexPage is the archive by day and section.
type IndexPage struct {
	Shell
	Date     string // the chosen day as a form takes it: "2026-11-23"
	Min, Max string // the first day with a story and today, same form
	Heading  string // the day in full
	Sections []Option
	Cards    []Card
	// Before and After lead to the neighbouring days; an empty URL prints none.
	Before, After Link
	Pager         Pager
}

// SearchPage is the form and its answer.
type SearchPage struct {
	Shell
	Query    string
	Asked    bool   // false prints the form alone
	Count    string // "1.234 hasil", in words; empty prints none
	Problem  string // what is wrong with the query, in words
	Sections []Option
	Sort     []Option
	From, To string // "2026-11-23" or empty
	Topic    Link   // the topic page that bears the query's name, if there is one
	Hits     []Hit
	Pager    Pager
}

// Hit is one result with the place where it was found.
type Hit struct {
	Card    Card
	Snippet []Span
}

// Span is a stretch of a snippet; Mark is what the reader searched for.
type Span struct {
	Text string
	Mark bool
}

// LatestPage is everything, newest first, by day.
type LatestPage struct {
	Shell
	Heading string
	Days    []Day
	Pager   Pager
}

// StaticPage is Redaksi, a policy page and the like.
type StaticPage struct {
	Shell
	Heading string
	Body    Body
	Updated *Time
	Others  []Link // the other static pages, for the margin
}

// Withdrawal is the notice that stands in a story's place.
type Withdrawal struct {
	Reason string // in words, from the list
	Text   string // what the newsroom adds; may be empty
	Time   Time
}

// ErrorPage is a page that could not be given. Status decides its words.
type ErrorPage struct {
	Shell
	Status     int    // 404, 410, 413, 421, 429, 500, 503
	Message    string // one more sentence for people; may be empty
	ID         string // to quote; printed for 500 and 503
	Query      string // what the address suggests to search for; may be empty
	Withdrawal *Withdrawal
	Reason     string // why there is nothing at an old address; with 410 alone
}

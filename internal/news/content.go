package news

import (
	"slices"
	"strings"
	"unicode/utf8"

	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/lang"
)

// Kind is the form of a story.
type Kind string

// The kinds of story.
const (
	KindNews    Kind = "news"
	KindGallery Kind = "gallery"
	KindVideo   Kind = "video"
	KindLive    Kind = "live"
	// KindAdvertorial is what somebody else has paid for: its sources say who. It
	// carries its label wherever it stands, and cannot be published without.
	KindAdvertorial Kind = "advertorial"
)

// Kinds are all kinds of story.
var Kinds = []Kind{KindNews, KindGallery, KindVideo, KindLive, KindAdvertorial}

// Label is a mark that readers see beside the headline.
type Label string

// The labels.
const (
	LabelBreaking   Label = "breaking"
	LabelExclusive  Label = "exclusive"
	LabelOpinion    Label = "opinion"
	LabelSponsored  Label = "sponsored"
	LabelUnverified Label = "unverified"
	LabelAIAssisted Label = "ai_assisted"
	// LabelLegal marks what a lawyer has to see. It is the newsroom's own: no
	// reader learns of it.
	LabelLegal Label = "legal"
	// LabelSensitive marks a story beside which nothing is advertised: grief, crime,
	// children. It is the newsroom's own as well.
	LabelSensitive Label = "sensitive"
)

// Labels are the labels that readers see, in the order in which they are shown.
var Labels = []Label{LabelBreaking, LabelExclusive, LabelOpinion, LabelSponsored, LabelUnverified, LabelAIAssisted}

// RoomLabels are those and the ones that only the newsroom sees.
var RoomLabels = append(slices.Clone(Labels), LabelLegal, LabelSensitive)

// roomOnly reports whether readers never see a label.
func roomOnly(l Label) bool { return !slices.Contains(Labels, l) }

// PublicLabels returns the labels without those of the newsroom.
func PublicLabels(labels []Label) []Label {
	if !slices.ContainsFunc(labels, roomOnly) {
		return labels
	}
	return slices.DeleteFunc(slices.Clone(labels), roomOnly)
}

// ShownLabels returns the labels that readers see. An advertorial has LabelSponsored
// whether somebody has set it or not.
func (c *Content) ShownLabels() []Label {
	labels := PublicLabels(c.Labels)
	if c.Kind == KindAdvertorial && !slices.Contains(labels, LabelSponsored) {
		labels = append([]Label{LabelSponsored}, labels...)
	}
	return labels
}

// Access says who may read the whole text.
type Access string

// The kinds of access. The zero value means Free.
const (
	Free    Access = ""
	Members Access = "members"
)

// Content is everything that a version says. Its JSON form is what is stored.
type Content struct {
	Kind          Kind      `json:"kind,omitempty"` // empty: KindNews
	Language      lang.Code `json:"language,omitempty"`
	Headline      string    `json:"headline"`
	ShortHeadline string    `json:"short_headline,omitempty"` // for lists
	SEOTitle      string    `json:"seo_title,omitempty"`
	ShareTitle    string    `json:"share_title,omitempty"`
	Standfirst    string    `json:"standfirst,omitempty"`
	Dateline      string    `json:"dateline,omitempty"` // the place, spelled as given
	Body          doc.Doc   `json:"body"`
	Credits       []Credit  `json:"credits,omitempty"`
	Sources       []int64   `json:"sources,omitempty"`
	Lead          Lead      `json:"lead,omitzero"`
	SectionID     int64     `json:"section"`
	Topics        []int64   `json:"topics,omitempty"`
	Related       []int64   `json:"related,omitempty"`  // story ids, in order
	Verifies      int64     `json:"verifies,omitempty"` // the unverified story that this one verifies
	Labels        []Label   `json:"labels,omitempty"`
	Access        Access    `json:"access,omitempty"`
	// Teaser is how many blocks everybody reads of a members' story whose body has no
	// cut; see Open. It is noted when the content becomes a version, and no field of
	// a draft.
	Teaser int    `json:"teaser,omitempty"`
	Rights string `json:"rights,omitempty"` // usage terms, as given by the source
}

// Credit is a person in a role, in the order of the byline.
type Credit struct {
	PersonID int64 `json:"person"`
	Role     Role  `json:"role"`
}

// Role is what a credited person did.
type Role string

// The roles of a byline.
const (
	Writer       Role = "writer"
	Reporter     Role = "reporter"
	Editor       Role = "editor"
	Photographer Role = "photographer"
	Videographer Role = "videographer"
	Translator   Role = "translator"
	Contributor  Role = "contributor"
	Team         Role = "team"
)

// Roles are all roles in the order of a byline.
var Roles = []Role{Writer, Reporter, Editor, Photographer, Videographer, Translator, Contributor, Team}

// Lead is what a story opens with: a picture, or a video embed with a poster
// picture. Empty caption, credit and alt mean the picture's own.
type Lead struct {
	PictureID int64  `json:"picture,omitempty"`
	Caption   string `json:"caption,omitempty"`
	Credit    string `json:"credit,omitempty"`
	Alt       string `json:"alt,omitempty"`
	Video     *Video `json:"video,omitempty"`
}

// Video is an embed by provider; never HTML.
type Video struct {
	Provider string `json:"provider"`
	URL      string `json:"url"`
	Title    string `json:"title,omitempty"`
}

// ListHeadline returns the headline for lists.
func (c *Content) ListHeadline() string {
	if c.ShortHeadline != "" {
		return c.ShortHeadline
	}
	return c.Headline
}

// Has reports whether the content carries the label.
func (c *Content) Has(l Label) bool {
	for _, x := range c.Labels {
		if x == l {
			return true
		}
	}
	return false
}

// PictureIDs returns every picture that the content shows, the lead first,
// without repetition.
func (c *Content) PictureIDs() []int64 {
	var ids []int64
	seen := map[int64]bool{0: true}
	add := func(id int64) {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	add(c.Lead.PictureID)
	for _, id := range c.Body.Pictures() {
		add(id)
	}
	return ids
}

// Check returns an Invalid error that names the field unless the content can
// be published.
func (c *Content) Check(w *World) error {
	if err := c.checkFields(w); err != nil {
		return err
	}
	return c.Body.Validate()
}

// checkFields is Check for all but the body.
func (c *Content) checkFields(w *World) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(c.Headline)); n == 0 || n > 300 {
		return fault.Input("headline", "a headline of 1 to 300 characters is needed").Say("headline_needed")
	}
	if w.Tree.ByID(c.SectionID) == nil {
		return fault.Input("section", "choose a section for %q", c.Headline).Say("section_needed", "headline", c.Headline)
	}
	if len(c.Topics) > 50 || len(c.Credits) > 50 || len(c.Related) > 50 || len(c.Sources) > 20 {
		return fault.Input("topics", "%q has too many topics, credits, sources or related stories", c.Headline).
			Say("too_many_names", "headline", c.Headline)
	}
	return c.checkWords()
}

// checkWords holds what has a fixed list against it. An unknown kind of access
// above all must not become free access.
func (c *Content) checkWords() error {
	if c.Kind != "" && !slices.Contains(Kinds, c.Kind) {
		return fault.Input("kind", "%q is no kind of story", c.Kind).Say("word_unknown", "word", string(c.Kind))
	}
	if c.Kind == KindAdvertorial && len(c.Sources) == 0 {
		return fault.Input("sources", "an advertorial names who has paid for it as its source").Say("advertorial_source")
	}
	if c.Access != Free && c.Access != Members {
		return fault.Input("access", "%q is no kind of access", c.Access).Say("word_unknown", "word", string(c.Access))
	}
	for _, l := range c.Labels {
		if !slices.Contains(RoomLabels, l) {
			return fault.Input("labels", "%q is no label", l).Say("word_unknown", "word", string(l))
		}
	}
	for _, cr := range c.Credits {
		if !slices.Contains(Roles, cr.Role) {
			return fault.Input("credits", "%q is no role of a byline", cr.Role).Say("word_unknown", "word", string(cr.Role))
		}
	}
	if v := c.Lead.Video; v != nil {
		if p, ok := doc.ProviderOf(v.URL); !ok || string(p) != v.Provider {
			return fault.Input("lead.video", "%q is no address of a video by %q", v.URL, v.Provider).
				Say("video_address", "address", v.URL)
		}
	}
	return nil
}

package ingest

import (
	"time"

	"warta/internal/doc"
	"warta/internal/lang"
	"warta/internal/news"
)

// Extension is the object "warta" of a ninjs item that Warta wrote: what the
// standard has no field for, exactly as it is kept here. ninjs allows further
// properties of an item through an extension schema; everybody else may ignore
// it. A withdrawn story has Withdrawn and none of the fields of the content.
type Extension struct {
	ID      int64  `json:"id"`
	Slug    string `json:"slug"`
	Section string `json:"section"` // its slug
	// External is the identity under which the story came in itself, if it did.
	External *ExternalID `json:"external,omitempty"`
	// Version and Origin are those of the live version, or the origin of the
	// withdrawal; At is when the version was made.
	Version        int         `json:"version,omitempty"`
	Origin         news.Origin `json:"origin,omitempty"`
	At             time.Time   `json:"at,omitzero"`
	FirstPublished time.Time   `json:"first_published,omitzero"`
	Updated        time.Time   `json:"updated,omitzero"` // zero: never significantly updated
	Withdrawn      *Notice     `json:"withdrawn,omitempty"`

	Kind          news.Kind     `json:"kind,omitempty"`
	Language      lang.Code     `json:"language,omitempty"`
	Headline      string        `json:"headline,omitempty"`
	ShortHeadline string        `json:"short_headline,omitempty"`
	SEOTitle      string        `json:"seo_title,omitempty"`
	ShareTitle    string        `json:"share_title,omitempty"`
	Standfirst    string        `json:"standfirst,omitempty"`
	Dateline      string        `json:"dateline,omitempty"`
	Labels        []news.Label  `json:"labels,omitempty"`
	Access        news.Access   `json:"access,omitempty"`
	Teaser        int           `json:"teaser,omitempty"` // blocks that everybody reads, where the body has no cut
	Rights        string        `json:"rights,omitempty"`
	Lead          news.Lead     `json:"lead,omitzero"` // Pictures has the file of its picture
	Body          *doc.Doc      `json:"body,omitempty"`
	Credits       []CreditRef   `json:"credits,omitempty"`
	Sources       []Ref         `json:"sources,omitempty"`
	Topics        []Ref         `json:"topics,omitempty"`
	Related       []int64       `json:"related,omitempty"` // story ids, in order
	Verifies      int64         `json:"verifies,omitempty"`
	Corrections   []Amendment   `json:"corrections,omitempty"`
	Pictures      []PictureFile `json:"pictures,omitempty"` // all that the story shows, the lead first
}

// ExternalID is the identity that an interchange format gave to a story.
type ExternalID struct {
	URI     string `json:"uri"`
	Version string `json:"version,omitempty"`
	Hash    string `json:"hash,omitempty"` // of the item; the same item again changes nothing
}

// Ref names a row: by id where ids are kept, else by slug or name.
type Ref struct {
	ID   int64  `json:"id"`
	Slug string `json:"slug,omitempty"` // a source has none
	Name string `json:"name"`
}

// CreditRef is a person in a role.
type CreditRef struct {
	Ref
	Role news.Role `json:"role"`
}

// PictureFile says which file a picture id of the body stands for: File is its
// path in the export, and SHA256 its content address.
type PictureFile struct {
	ID     int64  `json:"id"`
	SHA256 string `json:"sha256"`
	File   string `json:"file"`
}

// Amendment is a correction of the story.
type Amendment struct {
	ID     int64               `json:"id"`
	Kind   news.CorrectionKind `json:"kind"`
	Text   string              `json:"text"`
	At     time.Time           `json:"at"`
	Notice int64               `json:"notice,omitempty"` // the story that carries the reply
}

// Notice is why and when a story was withdrawn.
type Notice struct {
	Reason news.Reason `json:"reason"`
	Note   string      `json:"note,omitempty"`
	At     time.Time   `json:"at"`
}

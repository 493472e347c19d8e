package ingest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"warta/internal/doc"
	"warta/internal/media"
	"warta/internal/news"
)

// The standard that the items of an export follow. They are valid against its
// ninjsType; the property "warta" is an extension in the sense of its schema.
const (
	ninjsVersion = "3.1"
	ninjsSchema  = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json"
)

// outItem is a ninjs 3.1 item as the export writes it.
type outItem struct {
	URI             string      `json:"uri"`
	Type            string      `json:"type"`
	Name            string      `json:"name,omitempty"` // of an association
	Rel             string      `json:"rel,omitempty"`
	Representation  string      `json:"representationType,omitempty"`
	Version         string      `json:"version,omitempty"`
	FirstCreated    time.Time   `json:"firstCreated,omitzero"`
	VersionCreated  time.Time   `json:"versionCreated,omitzero"`
	ContentCreated  time.Time   `json:"contentCreated,omitzero"`
	PubStatus       string      `json:"pubStatus,omitempty"`
	CopyrightHolder string      `json:"copyrightHolder,omitempty"`
	CopyrightNotice string      `json:"copyrightNotice,omitempty"`
	UsageTerms      string      `json:"usageTerms,omitempty"`
	EdNote          string      `json:"edNote,omitempty"`
	Language        string      `json:"language,omitempty"`
	Title           string      `json:"title,omitempty"`
	Slugline        string      `json:"slugline,omitempty"`
	By              string      `json:"by,omitempty"`
	Located         string      `json:"located,omitempty"`
	Headlines       []outText   `json:"headlines,omitempty"`
	Descriptions    []outText   `json:"descriptions,omitempty"`
	Bodies          []outText   `json:"bodies,omitempty"`
	People          []outName   `json:"people,omitempty"`
	InfoSources     []outSource `json:"infoSources,omitempty"`
	Subjects        []outName   `json:"subjects,omitempty"`
	Genres          []outGenre  `json:"genres,omitempty"`
	AltIDs          []outAlt    `json:"altIds,omitempty"`
	Associations    []outItem   `json:"associations,omitempty"`
	Renditions      []outFile   `json:"renditions,omitempty"`
	SourceType      *outName    `json:"digitalSourceType,omitempty"`
	Standard        *outNorm    `json:"standard,omitempty"`
	Warta           *Extension  `json:"warta,omitempty"`
}

type outText struct {
	Role        string `json:"role,omitempty"`
	ContentType string `json:"contentType,omitempty"`
	CharCount   int    `json:"charCount,omitempty"`
	WordCount   int    `json:"wordCount,omitempty"`
	Value       string `json:"value"`
}

type outName struct {
	Name    string `json:"name,omitempty"`
	Rel     string `json:"rel,omitempty"`
	URI     string `json:"uri,omitempty"`
	Literal string `json:"literal,omitempty"`
}

type outSource struct {
	Name string `json:"name"`
	URI  string `json:"uri,omitempty"`
}

type outGenre struct {
	Name string `json:"name"`
}

type outFile struct {
	Name        string `json:"name"`
	Href        string `json:"href"`
	ContentType string `json:"contentType"`
	Width       int    `json:"width,omitempty"`
	Height      int    `json:"height,omitempty"`
}

type outAlt struct {
	Role  string `json:"role"`
	Value string `json:"value"`
}

type outNorm struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Schema  string `json:"schema"`
}

// standard is what every item says of its own form.
func standard() *outNorm { return &outNorm{Name: "ninjs", Version: ninjsVersion, Schema: ninjsSchema} }

// item makes the item of a live story out of its batch.
func (b *batch) item(l *news.LiveStory) outItem {
	s, c := &l.Story, &l.Version.Content
	x := b.extension(l)
	it := outItem{URI: b.e.address(s), Type: "text", Representation: "full", Version: strconv.Itoa(l.Version.No),
		FirstCreated: s.FirstPublished, VersionCreated: l.Version.At, ContentCreated: s.Updated, PubStatus: "usable",
		CopyrightHolder: b.e.holder(), UsageTerms: c.Rights, Language: string(c.Language), Title: c.Headline,
		Slugline: s.Slug, Located: c.Dateline, Standard: standard(), Warta: x}
	if c.Kind == news.KindGallery {
		it.Type = "composite"
	}
	if it.Language == "" {
		it.Language = string(b.e.settings.Language())
	}
	for _, h := range []outText{{Role: "main", Value: c.Headline}, {Role: "short", Value: c.ShortHeadline},
		{Role: "seo", Value: c.SEOTitle}, {Role: "share", Value: c.ShareTitle}} {
		if h.Value != "" {
			h.ContentType = "text/plain"
			it.Headlines = append(it.Headlines, h)
		}
	}
	if c.Standfirst != "" {
		it.Descriptions = []outText{{Role: "summary", ContentType: "text/plain", Value: c.Standfirst}}
	}
	it.Bodies = b.bodies(l.Story.ID, c.Body)
	b.names(&it, c)
	for _, p := range x.Pictures {
		it.Associations = append(it.Associations, b.pictureItem(p.ID, p.ID == c.Lead.PictureID, c))
	}
	it.AltIDs = []outAlt{{Role: "warta", Value: strconv.FormatInt(s.ID, 10)}}
	if s.URI != "" {
		it.AltIDs = append(it.AltIDs, outAlt{Role: "origin", Value: s.URI})
	}
	var notes []string
	for _, n := range x.Corrections {
		notes = append(notes, n.At.In(b.e.zone).Format("2006-01-02 15:04 -0700")+" "+string(n.Kind)+": "+n.Text)
	}
	it.EdNote = strings.Join(notes, "\n")
	return it
}

// bodies are the body as XHTML and as plain text.
func (b *batch) bodies(story int64, d doc.Doc) []outText {
	if d.Empty() {
		return nil
	}
	x := &xhtml{base: b.e.opt.BaseURL, picture: b.figure, story: b.link}
	plain := d.Plain()
	out := []outText{{Role: "main", ContentType: "application/xhtml+xml", WordCount: d.Words(), Value: x.body(d)}}
	if plain != "" {
		out = append(out, outText{Role: "plain", ContentType: "text/plain", CharCount: utf8.RuneCountInString(plain),
			WordCount: d.Words(), Value: plain})
	}
	return out
}

// names fills in people, sources, section, topics and labels.
func (b *batch) names(it *outItem, c *news.Content) {
	base := b.e.opt.BaseURL
	var by []string
	for _, cr := range c.Credits {
		if p, ok := b.persons[cr.PersonID]; ok {
			it.People = append(it.People, outName{Name: p.Name, Rel: string(cr.Role), URI: base + "/author/" + p.Slug, Literal: p.Slug})
			if !slices.Contains(by, p.Name) { // in two roles
				by = append(by, p.Name)
			}
		}
	}
	it.By = strings.Join(by, ", ")
	for _, id := range c.Sources {
		if s, ok := b.sources[id]; ok {
			it.InfoSources = append(it.InfoSources, outSource{Name: s.Name, URI: absoluteURI(s.URL)})
		}
	}
	if s := b.e.tree.ByID(c.SectionID); s != nil {
		it.Subjects = append(it.Subjects, outName{Name: s.Name, Rel: "section", URI: base + "/" + s.Slug, Literal: s.Slug})
	}
	for _, id := range c.Topics {
		if t, ok := b.topics[id]; ok {
			it.Subjects = append(it.Subjects, outName{Name: t.Name, Rel: "topic", URI: base + "/topic/" + t.Slug, Literal: t.Slug})
		}
	}
	if c.Kind != "" && c.Kind != news.KindNews {
		it.Genres = append(it.Genres, outGenre{Name: string(c.Kind)})
	}
	for _, l := range c.Labels {
		it.Genres = append(it.Genres, outGenre{Name: string(l)})
	}
}

// pictureItem is a picture of a story as an association. The lead's words may
// be the story's own.
func (b *batch) pictureItem(id int64, lead bool, c *news.Content) outItem {
	p := b.pictures[id]
	caption, credit := p.Caption, p.Credit
	it := outItem{Name: "picture-" + strconv.FormatInt(id, 10), Rel: "body", Type: "picture", CopyrightNotice: p.Copyright,
		UsageTerms: p.Rights, ContentCreated: p.TakenAt}
	if lead {
		it.Rel = "lead"
		if c.Lead.Caption != "" {
			caption = c.Lead.Caption
		}
		if c.Lead.Credit != "" {
			credit = c.Lead.Credit
		}
	}
	it.By = credit
	if caption != "" {
		it.Descriptions = []outText{{Role: "caption", ContentType: "text/plain", Value: caption}}
	}
	for _, person := range p.People {
		it.People = append(it.People, outName{Name: person, Rel: "depicted"})
	}
	if p.AI {
		it.SourceType = &outName{URI: "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"}
	}
	href := b.e.opt.BaseURL + media.Path(b.tokens[id][media.Orig], media.JPEGWidth, media.JPEG)
	w, h := p.RenditionSize(media.Orig, media.JPEGWidth)
	it.Renditions = []outFile{{Name: "web", Href: href, ContentType: media.JPEG.MIME(), Width: w, Height: h}}
	if it.URI = absoluteURI(p.URI); it.URI == "" {
		it.URI = href
	}
	return it
}

// figure gives the XHTML printer a picture.
func (b *batch) figure(x doc.Picture) (src, caption, alt string) {
	p, ok := b.pictures[x.Picture]
	if !ok {
		return "", "", ""
	}
	or := func(own, library string) string {
		if own != "" {
			return own
		}
		return library
	}
	return b.e.opt.BaseURL + media.Path(b.tokens[p.ID][media.Orig], media.JPEGWidth, media.JPEG),
		media.Line(or(x.Caption, p.Caption), or(x.Credit, p.Credit)), or(x.Alt, p.Alt)
}

// link gives the XHTML printer the story of a read-also block.
func (b *batch) link(r doc.ReadAlso) (href, headline string) {
	s := b.refs.cards[b.refs.shown(r)]
	if s == nil {
		return "", ""
	}
	if headline = b.headlines[s.ID]; headline == "" {
		headline = r.Headline
	}
	return b.e.address(s), headline
}

// absoluteURI returns s if the standard takes it for a URI, else nothing.
func absoluteURI(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Opaque == "" && u.Host == "" || strings.ContainsAny(s, " <>\"{}|\\^`") {
		return ""
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return ""
		}
	}
	return s
}

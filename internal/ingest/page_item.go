package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"warta/internal/doc"
	"warta/internal/extract"
	"warta/internal/fault"
	"warta/internal/media"
)

// PageURI is the identity of a page's story: its address, or, where none is
// known, a name made of what it says.
func PageURI(p *extract.Page) string {
	if p.URL != "" && len(p.URL) <= maxURI {
		return p.URL
	}
	sum := sha256.Sum256([]byte(p.Headline + "\n" + p.Text()))
	return "urn:page:" + hex.EncodeToString(sum[:16])
}

// pageItem makes an item of a page, so that pages go the way of all imports.
func pageItem(p *extract.Page) *item {
	it := &item{URI: PageURI(p), Type: "text", Language: p.Language, Located: p.Dateline}
	if p.Headline != "" {
		it.Headlines = []roleText{{Role: "main", ContentType: "text/plain", Value: p.Headline}}
	}
	if p.Standfirst != "" {
		it.Descriptions = []roleText{{Role: "summary", ContentType: "text/plain", Value: p.Standfirst}}
	}
	if p.Body != "" {
		it.Bodies = []roleText{{Role: "main", ContentType: "text/html", Value: p.Body}}
	}
	it.FirstCreated, it.VersionCreated = stampText(p.Published), stampText(p.Modified)
	if it.FirstCreated == "" {
		it.FirstCreated, it.VersionCreated = it.VersionCreated, ""
	}
	for _, a := range p.Authors {
		it.People = append(it.People, concept{Name: a.Name, Rel: a.Role})
	}
	if p.Section != "" {
		it.Subjects = append(it.Subjects, concept{Name: p.Section, Rel: "section"})
	}
	for _, t := range p.Topics {
		it.Subjects = append(it.Subjects, concept{Name: t, Rel: "topic"})
	}
	if p.Site != "" {
		it.InfoSources = append(it.InfoSources, concept{Name: p.Site, URI: origin(p.URL)})
	}
	for _, s := range p.Sources {
		it.InfoSources = append(it.InfoSources, concept{Name: s.Name, URI: s.URL})
	}
	if l := p.Lead; l != nil && l.URL != "" {
		a := item{URI: l.URL, Type: "picture", Name: "main", By: l.Credit, Renditions: []rendition{{Name: "original", Href: l.URL}}}
		if l.Caption != "" {
			a.Descriptions = append(a.Descriptions, roleText{Role: "caption", ContentType: "text/plain", Value: l.Caption})
		}
		if l.Credit != "" {
			a.Descriptions = append(a.Descriptions, roleText{Role: "creditline", ContentType: "text/plain", Value: l.Credit})
		}
		it.Associations = append(it.Associations, a)
	}
	return it
}

func stampText(s extract.Stamp) string {
	if s.IsZero() {
		return ""
	}
	return s.Time.Format(time.RFC3339Nano)
}

// origin returns the address of the site that an address belongs to.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// pageDraft makes a draft of a page that is a story. beside is the folder of the
// pictures that a browser saved with the page, empty if there is none.
func (c *converter) pageDraft(p *extract.Page, beside string, publish bool) (*draft, error) {
	d := &draft{uri: PageURI(p)}
	if p.Kind != extract.Story {
		d.skip = "this is no story: " + p.Why
		return d, nil
	}
	if p.Headline == "" {
		return d, fault.Input("headline", "no headline was found; bring the page in through the newsroom, where one can be given")
	}
	it := pageItem(p)
	if host := hostOf(p.URL); host == c.host && host != "" || c.isOwn(p.Site) {
		it.InfoSources = it.InfoSources[min(1, len(it.InfoSources)):] // our own site is no source
	}
	kept := it.Subjects[:0]
	for _, s := range it.Subjects {
		if s.Rel == "section" && c.sectionOf(s) == nil {
			d.report.Add(IgnoredField, "section", s.Name)
			continue
		}
		kept = append(kept, s)
	}
	it.Subjects = kept
	of := *c
	var err error
	if of.datelines, err = c.datelines.With(outletNames(p)...); err != nil {
		return d, err
	}
	err = of.item(it, d)
	d.in.Draft = !publish
	for i := range d.pictures {
		d.pictures[i].files = withBeside(d.pictures[i].files, beside)
	}
	return d, err
}

// outletNames are the names under which a page's outlet may stand in its datelines.
func outletNames(p *extract.Page) []string {
	if p.Site == "" || utf8.RuneCountInString(p.Site) > 60 {
		return nil
	}
	return []string{p.Site}
}

func (c *converter) isOwn(name string) bool {
	for _, n := range c.own {
		if n != "" && strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// withBeside adds the file that a browser saved with the page.
func withBeside(files []string, beside string) []string {
	if beside == "" || len(files) == 0 {
		return files
	}
	u, err := url.Parse(files[0])
	if err != nil {
		return files
	}
	name := path.Base(u.Path)
	if name == "." || name == "/" {
		return files
	}
	return append(slices.Clone(files), beside+"/"+name)
}

// PageItem returns a page's story as an item of ninjs 3.1.
func (d *Datelines) PageItem(p *extract.Page) (any, error) {
	it := pageItem(p)
	var pictures []doc.Picture
	var sources []string
	body, _, err := HTML(p.Body, HTMLOptions{Base: p.URL, IDs: doc.SeededIDs(it.URI), Picture: func(src, alt, caption, credit string) (int64, bool) {
		if absoluteURI(src) == "" {
			return 0, false
		}
		pictures = append(pictures, doc.Picture{Caption: caption, Credit: credit, Alt: alt})
		sources = append(sources, src)
		return int64(len(sources)), true
	}})
	if err != nil {
		return nil, err
	}
	located := it.Located
	lines, err := d.With(outletNames(p)...)
	if err != nil {
		return nil, err
	}
	if line, ok := lines.Take(&body); ok && line.Place != "" {
		located = line.Place
	}
	x := &xhtml{also: "Baca juga", picture: func(b doc.Picture) (src, caption, alt string) {
		i := int(b.Picture) - 1
		if i < 0 || i >= len(sources) {
			return "", "", ""
		}
		return sources[i], media.Line(b.Caption, b.Credit), b.Alt
	}, story: func(r doc.ReadAlso) (href, headline string) { return r.URL, r.Headline }}
	out := &outItem{URI: it.URI, Type: "text", Representation: "full", Version: "1", PubStatus: "usable", Language: it.Language,
		Title: p.Headline, Located: located, Standard: standard()}
	if absoluteURI(out.URI) == "" && !strings.HasPrefix(out.URI, "urn:") {
		out.URI = (&url.URL{Scheme: "https", Host: hostOf(p.URL), Path: pathOf(p.URL)}).String()
	}
	out.FirstCreated = p.Published.Time
	if v := p.Modified.Time; !v.IsZero() {
		out.VersionCreated = v
		out.Version = strconv.FormatInt(v.UnixMilli(), 10)
	} else if !p.Published.IsZero() {
		out.VersionCreated = p.Published.Time
		out.Version = strconv.FormatInt(p.Published.Time.UnixMilli(), 10)
	}
	if p.Headline != "" {
		out.Headlines = []outText{{Role: "main", ContentType: "text/plain", Value: p.Headline}}
	}
	if p.Standfirst != "" {
		out.Descriptions = []outText{{Role: "summary", ContentType: "text/plain", Value: p.Standfirst}}
	}
	if !body.Empty() {
		plain := body.Plain()
		out.Bodies = []outText{{Role: "main", ContentType: "application/xhtml+xml", WordCount: body.Words(), Value: x.body(body)},
			{Role: "plain", ContentType: "text/plain", CharCount: utf8.RuneCountInString(plain), WordCount: body.Words(), Value: plain}}
	}
	var by []string
	for _, a := range p.Authors {
		out.People = append(out.People, outName{Name: a.Name, Rel: a.Role})
		by = append(by, a.Name)
	}
	out.By = strings.Join(by, ", ")
	for _, s := range it.InfoSources {
		out.InfoSources = append(out.InfoSources, outSource{Name: s.Name, URI: absoluteURI(s.URI)})
	}
	for _, s := range it.Subjects {
		out.Subjects = append(out.Subjects, outName{Name: s.Name, Rel: s.Rel})
	}
	if l := p.Lead; l != nil && absoluteURI(l.URL) != "" {
		a := outItem{URI: l.URL, Name: "main", Rel: "lead", Type: "picture", By: l.Credit, Renditions: []outFile{{Name: "original", Href: l.URL, ContentType: imageType(l.URL)}}}
		if l.Caption != "" {
			a.Descriptions = []outText{{Role: "caption", ContentType: "text/plain", Value: l.Caption}}
		}
		out.Associations = append(out.Associations, a)
	}
	return out, nil
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}

// imageType guesses what a picture is from its address; most are JPEG.
func imageType(address string) string {
	switch strings.ToLower(path.Ext(pathOf(address))) {
	case ".png":
		return "image/png"
	case ".webp":
		return "image/webp"
	case ".gif":
		return "image/gif"
	case ".avif":
		return "image/avif"
	}
	return "image/jpeg"
}

package ingest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"warta/internal/fault"
	"warta/internal/media"
)

func itoa(n int) string { return strconv.Itoa(n) }

// pictureRef is a picture that an item names.
type pictureRef struct {
	uri     string
	files   []string // paths beside the item and addresses, the best first
	details media.Details
	inText  bool   // the body shows it in its place
	leads   bool   // the item says that it is the main one
	blocked string // why it may not be used
	hash    string // of our own extension, with the number that it had there
	number  int64
}

// picture reads an item that is a picture.
func (c *converter) picture(it *item, d *draft) error {
	d.only = true
	p, err := c.pictureOf(it, d, "")
	if err != nil {
		return err
	}
	if p.blocked != "" {
		d.skip = p.blocked
		return nil
	}
	if len(p.files) == 0 {
		return fault.Input("renditions", "the item names no file of a picture")
	}
	d.pictures = []pictureRef{p}
	return nil
}

// associated reads the pictures that go with a story, in their order. Other
// associations are counted.
func (c *converter) associated(it *item, d *draft) (refs []pictureRef) {
	for i := range it.Associations {
		a := &it.Associations[i]
		field := "associations[" + itoa(i) + "]"
		kind := itemType(a)
		isPicture := kind == "picture" || kind == "graphic" || kind == "" && len(imageFiles(a)) > 0
		if !isPicture || isLogo(a) || len(refs) == maxPictures {
			d.report.Add(IgnoredField, field, strings.TrimSpace(kind+" "+a.Name))
			continue
		}
		p, err := c.pictureOf(a, d, field+".")
		if err != nil {
			// A picture is no reason to lose a story.
			p.blocked = fault.Message(err)
		}
		refs = append(refs, p)
	}
	return refs
}

func isLogo(a *item) bool {
	return strings.EqualFold(a.Name, "logo") || lastWord(a.Rel) == "logo"
}

// leadNames are what feeds call the main picture of a story.
var leadNames = map[string]bool{"main": true, "mainpicture": true, "main picture": true, "featured": true, "featuremedia": true,
	"lead": true, "hero": true, "top": true, "primary": true, "cover": true, "teaser": true}

// pictureOf reads a picture item or association.
func (c *converter) pictureOf(it *item, d *draft, at string) (pictureRef, error) {
	p := pictureRef{uri: clip(oneLine(it.URI), maxURI), files: imageFiles(it)}
	p.leads = leadNames[strings.ToLower(it.Name)] || leadNames[lastWord(it.Rel)]
	creditLine, caption := "", ""
	for _, t := range it.Descriptions {
		switch text := plainValue(t); lastWord(t.Role) {
		case "creditline", "credit":
			creditLine = text
		case "writer", "editor": // who wrote the caption
		default:
			if caption == "" {
				caption = text
			}
		}
	}
	if caption == "" && len(it.Headlines) > 0 {
		caption = plainValue(it.Headlines[0])
	}
	provider := oneLine(it.CopyrightHolder)
	if len(it.InfoSources) > 0 && oneLine(it.InfoSources[0].Name) != "" {
		provider = oneLine(it.InfoSources[0].Name)
	}
	if creditLine == "" {
		creditLine = media.CreditOf(provider, oneLine(it.By))
		if strings.Contains(it.By, "/") {
			creditLine = oneLine(it.By) // in the house's form already
		}
	}
	p.details = media.Details{
		Caption: caption, Credit: creditLine, Copyright: oneLine(it.CopyrightNotice), Source: provider,
		Rights: rightsOf(it, d), URI: p.uri, AI: madeByMachine(it.SourceType), Focal: focalOf(it),
	}
	for _, person := range it.People {
		if name := oneLine(person.Name); name != "" && len(p.details.People) < maxCredits {
			p.details.People = append(p.details.People, clip(name, maxName))
		}
	}
	if p.details.Copyright == "" {
		p.details.Copyright = oneLine(it.CopyrightHolder)
	}
	for _, s := range []*string{&p.details.Caption, &p.details.Credit, &p.details.Copyright, &p.details.Source} {
		*s = clip(*s, maxRights)
	}
	if len(p.files) > 0 {
		p.details.Name = p.files[0]
	}
	return p, c.usable(it, &p, at)
}

// usable says why a picture must not be used (now).
func (c *converter) usable(it *item, p *pictureRef, at string) (err error) {
	if p.details.TakenAt, err = parseTime(at+"contentCreated", it.ContentCreated, c.zone); err != nil {
		return err
	}
	field, value := "embargoedUntil", it.EmbargoedUntil
	if value == "" {
		field, value = "embargoed", it.Embargoed
	}
	until, err := parseTime(at+field, value, c.zone)
	switch status := strings.ToLower(strings.TrimSpace(it.PubStatus)); {
	case err != nil:
		p.blocked = "its embargo cannot be read"
		return err
	case status != "" && status != "usable":
		p.blocked = "the picture is " + clip(status, 40) + " by its provider"
	case until.After(c.now()):
		p.blocked = "the picture is under embargo until " + until.Format("2006-01-02 15:04 UTC") + "; import it again then"
	}
	return nil
}

// imageFiles returns the hrefs of the renditions that are pictures, the largest
// first, and full ones before those that do not tell their size.
func imageFiles(it *item) []string {
	type file struct {
		href   string
		pixels float64
	}
	var files []file
	for _, r := range it.Renditions {
		kind := strings.ToLower(r.ContentType)
		href := strings.TrimSpace(r.Href)
		if href == "" || len(href) > 4*maxURI || !strings.HasPrefix(kind, "image/") && (kind != "" || !imageName(href)) {
			continue
		}
		name := strings.ToLower(r.Name + " " + href)
		f := file{href, r.Width * r.Height}
		switch {
		case strings.Contains(name, "watermark"):
			f.pixels = 0.1
		case f.pixels > 0:
		case strings.Contains(name, "original"), strings.Contains(name, "full"), strings.Contains(name, "main"), strings.Contains(name, "hires"):
			f.pixels = 2
		default:
			f.pixels = 1
		}
		files = append(files, f)
	}
	slices.SortStableFunc(files, func(a, b file) int { return cmp.Compare(b.pixels, a.pixels) })
	var hrefs []string
	for _, f := range files {
		hrefs = append(hrefs, f.href)
	}
	return hrefs
}

func imageName(href string) bool {
	href, _, _ = strings.Cut(strings.ToLower(href), "?")
	for _, end := range []string{".jpg", ".jpeg", ".png", ".webp", ".gif"} {
		if strings.HasSuffix(href, end) {
			return true
		}
	}
	return false
}

// focalOf returns the point of interest that a rendition of known size names.
func focalOf(it *item) *media.Point {
	for _, r := range it.Renditions {
		if p := r.POI; p != nil && p.X >= 0 && p.Y >= 0 && p.X <= r.Width && p.Y <= r.Height && r.Width > 0 && r.Height > 0 {
			return &media.Point{X: p.X / r.Width, Y: p.Y / r.Height}
		}
	}
	return nil
}

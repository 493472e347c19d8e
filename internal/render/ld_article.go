package render

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	ldHeadlineMax = 110  // characters that search engines show of a headline
	ldImageWidth  = 1200 // pixels from which a picture may be shown large
)

// LDArticle is a story as NewsArticle; a sponsored one is an
// AdvertiserContentArticle, since calling it news would mislead.
type LDArticle struct {
	URL           string
	Headline      string
	ShortHeadline string // used where Headline is longer than 110 characters
	Description   string
	Dateline      string // place as printed: "WASHINGTON DC"
	Language      string
	Section       string
	Keywords      []string
	Published     time.Time // in the site's zone
	Modified      time.Time // zero: as published
	Authors       []LDAuthor
	Sources       []LDSource
	Publisher     LDOrganization
	// Images are the crops of the lead picture, 16:9 first. Where one reaches
	// 1,200 pixels the smaller ones are left out.
	Images      []LDImage
	Video       *LDVideo // where the story's lead is a video
	Corrections []LDCorrection
	Sponsored   bool
	// MembersOnly says that the text after the cut is not free; Paywalled is the
	// CSS selector of the part that only members read.
	MembersOnly bool
	Paywalled   string
}

// LDAuthor is a byline: the name alone, without role or honorific, and its
// page. A desk that signs as a whole is a Team.
type LDAuthor struct {
	Name, URL string
	Team      bool
}

// LDSource is a credited agency or outlet.
type LDSource struct{ Name, URL string }

// LDCorrection is a published correction; Label is its kind in words.
type LDCorrection struct {
	Label, Text, URL string
	At               time.Time
}

// LDVideo is the video that leads a story. One of ContentURL and EmbedURL is
// needed; Duration is zero when unknown.
type LDVideo struct {
	Name, Description    string
	Thumbnails           []string
	Uploaded             time.Time
	Duration             time.Duration
	ContentURL, EmbedURL string
}

type ldArticle struct {
	Type        string         `json:"@type"`
	ID          string         `json:"@id,omitempty"`
	URL         string         `json:"url"`
	MainPage    ldRef          `json:"mainEntityOfPage"`
	Headline    string         `json:"headline"`
	Name        string         `json:"name,omitempty"`
	Description string         `json:"description,omitempty"`
	Image       []*ldImage     `json:"image,omitempty"`
	Published   string         `json:"datePublished"`
	Modified    string         `json:"dateModified"`
	Dateline    string         `json:"dateline,omitempty"`
	Language    string         `json:"inLanguage,omitempty"`
	Section     string         `json:"articleSection,omitempty"`
	Keywords    []string       `json:"keywords,omitempty"`
	Author      []ldParty      `json:"author"`
	Publisher   ldOrganization `json:"publisher"`
	Sources     []ldParty      `json:"sourceOrganization,omitempty"`
	Credit      string         `json:"creditText,omitempty"`
	Free        bool           `json:"isAccessibleForFree"`
	HasPart     *ldPart        `json:"hasPart,omitempty"`
	Correction  []ldCorrection `json:"correction,omitempty"`
	Video       *ldVideo       `json:"video,omitempty"`
}

type ldParty struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type ldPart struct {
	Type     string `json:"@type"`
	Free     bool   `json:"isAccessibleForFree"`
	Selector string `json:"cssSelector"`
}

type ldCorrection struct {
	Type string `json:"@type"`
	Name string `json:"name,omitempty"`
	Text string `json:"text"`
	URL  string `json:"url,omitempty"`
	Date string `json:"datePublished,omitempty"`
}

type ldVideo struct {
	Type        string   `json:"@type"`
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Thumbnails  []string `json:"thumbnailUrl"`
	Uploaded    string   `json:"uploadDate"`
	Duration    string   `json:"duration,omitempty"`
	Content     string   `json:"contentUrl,omitempty"`
	Embed       string   `json:"embedUrl,omitempty"`
}

func (a LDArticle) node() any {
	art := ldArticle{
		Type: "NewsArticle", URL: ldURL(a.URL), MainPage: ldRef{Type: "WebPage", ID: ldURL(a.URL)},
		Headline: a.headline(), Description: a.Description, Image: a.images(),
		Published: ldTime(a.Published), Modified: ldTime(a.Published),
		Dateline: a.Dateline, Language: a.Language, Section: a.Section, Keywords: a.Keywords,
		Author: a.authors(), Publisher: a.Publisher.short(), Free: !a.MembersOnly,
	}
	if a.Sponsored {
		art.Type = "AdvertiserContentArticle"
	}
	if art.URL != "" {
		art.ID = art.URL + "#article"
	}
	if art.Headline != a.Headline {
		art.Name = a.Headline
	}
	if a.Modified.After(a.Published) {
		art.Modified = ldTime(a.Modified)
	}
	var names []string
	for _, s := range a.Sources {
		art.Sources = append(art.Sources, ldParty{Type: "Organization", Name: s.Name, URL: ldURL(s.URL)})
		names = append(names, s.Name)
	}
	art.Credit = strings.Join(names, ", ")
	if a.MembersOnly && a.Paywalled != "" {
		art.HasPart = &ldPart{Type: "WebPageElement", Selector: a.Paywalled}
	}
	for _, c := range a.Corrections {
		art.Correction = append(art.Correction, ldCorrection{Type: "CorrectionComment", Name: c.Label, Text: c.Text,
			URL: ldURL(c.URL), Date: ldTime(c.At)})
	}
	if a.Video != nil {
		art.Video = a.Video.object()
	}
	return art
}

// headline returns a headline of at most 110 characters: the whole one, else
// the short one, else the whole one cut between words.
func (a LDArticle) headline() string {
	for _, h := range []string{a.Headline, a.ShortHeadline} {
		if h != "" && utf8.RuneCountInString(h) <= ldHeadlineMax {
			return h
		}
	}
	runes := []rune(a.Headline)
	if len(runes) == 0 {
		return a.ShortHeadline
	}
	cut := string(runes[:ldHeadlineMax-1])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:–-") + "…"
}

func (a LDArticle) images() []*ldImage {
	var large, all []*ldImage
	for _, i := range a.Images {
		o := i.object()
		if o == nil {
			continue
		}
		all = append(all, o)
		if o.Width >= ldImageWidth {
			large = append(large, o)
		}
	}
	if large != nil {
		return large
	}
	return all
}

// authors returns the bylines; a story without one is signed by the outlet.
func (a LDArticle) authors() []ldParty {
	var list []ldParty
	for _, p := range a.Authors {
		party := ldParty{Type: "Person", Name: p.Name, URL: ldURL(p.URL)}
		if p.Team {
			party.Type = "Organization"
		}
		list = append(list, party)
	}
	if list == nil {
		return []ldParty{{Type: "NewsMediaOrganization", Name: a.Publisher.Name, URL: ldURL(a.Publisher.URL)}}
	}
	return list
}

func (v LDVideo) object() *ldVideo {
	return &ldVideo{Type: "VideoObject", Name: v.Name, Description: v.Description, Thumbnails: ldURLs(v.Thumbnails),
		Uploaded: ldTime(v.Uploaded), Duration: ldDuration(v.Duration), Content: ldURL(v.ContentURL), Embed: ldURL(v.EmbedURL)}
}

// ldDuration prints a length as ISO 8601 ("PT1H2M3S"), nothing for zero.
func ldDuration(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	if s <= 0 {
		return ""
	}
	out := "PT"
	if h := s / 3600; h > 0 {
		out += strconv.FormatInt(h, 10) + "H"
	}
	if m := s % 3600 / 60; m > 0 {
		out += strconv.FormatInt(m, 10) + "M"
	}
	if s%60 > 0 {
		out += strconv.FormatInt(s%60, 10) + "S"
	}
	return out
}

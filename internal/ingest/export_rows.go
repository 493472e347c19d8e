package ingest

import (
	"bytes"
	"encoding/json"
	"time"

	"warta/internal/doc"
	"warta/internal/media"
	"warta/internal/news"
)

// The files of an export beside its stories and pictures. Lists that are short
// on every site are one JSON array, the others have a row a line.
const (
	manifestFile  = "manifest.json"
	sumFile       = "manifest.json.sha256" // of the manifest, as sha256sum writes it
	settingsFile  = "site/settings.json"
	sectionsFile  = "site/sections.json"
	frontsFile    = "site/fronts.json"
	pagesFile     = "site/pages.json"
	personsFile   = "site/persons.jsonl"
	topicsFile    = "site/topics.jsonl"
	sourcesFile   = "site/sources.jsonl"
	picturesFile  = "site/pictures.jsonl"
	redirectsFile = "site/redirects.jsonl"
	commentsFile  = "site/comments.jsonl"
	storyFolder   = "stories/"
	pictureFolder = "pictures/"
)

// archiveFormat and archiveVersion say what a folder is; a program reads all
// versions up to its own.
const (
	archiveFormat  = "warta-export"
	archiveVersion = 1
)

// ArchiveSummary counts what an export holds, or what came back from one.
type ArchiveSummary struct {
	Stories     int `json:"stories"`
	Withdrawn   int `json:"withdrawn"`
	Corrections int `json:"corrections"`
	Redirects   int `json:"redirects"`
	Sections    int `json:"sections"`
	Topics      int `json:"topics"`
	Persons     int `json:"persons"`
	Sources     int `json:"sources"`
	Pictures    int `json:"pictures"`
	Fronts      int `json:"fronts"`
	Pages       int `json:"pages"`
	// Comments are written and not read again: their authors have accounts, and
	// these no export holds.
	Comments int `json:"comments,omitempty"`
	Settings int `json:"settings"`
	// Hidden are references to what no reader can see (read-also blocks, related
	// stories, pins), which an export leaves out.
	Hidden int   `json:"hidden"`
	Files  int   `json:"files"` // the manifest itself is not counted
	Bytes  int64 `json:"bytes"`
}

// manifestHead is the manifest without its list of files, which is as long as
// the site has pictures and is never held whole.
type manifestHead struct {
	Format  string         `json:"format"`
	Version int            `json:"version"`
	Created time.Time      `json:"created"`
	BaseURL string         `json:"base_url"`
	Items   string         `json:"items"` // the standard of the items
	Counts  ArchiveSummary `json:"counts"`
}

// manifestEntry is one file.
type manifestEntry struct {
	Path   string `json:"path"` // below the folder, with slashes
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

type sectionRow struct {
	ID          int64  `json:"id"`
	Parent      int64  `json:"parent,omitempty"`
	Slug        string `json:"slug"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Position    int    `json:"position"`
	Hidden      bool   `json:"hidden,omitempty"`
}

type personRow struct {
	ID      int64  `json:"id"`
	Slug    string `json:"slug"`
	Name    string `json:"name"`
	Title   string `json:"title,omitempty"`
	Bio     string `json:"bio,omitempty"`
	Picture int64  `json:"picture,omitempty"`
}

type topicRow struct {
	ID      int64  `json:"id"`
	Slug    string `json:"slug"`
	Name    string `json:"name"`
	Intro   string `json:"intro,omitempty"`
	Curated bool   `json:"curated,omitempty"`
}

type sourceRow struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	URL   string `json:"url,omitempty"`
	Terms string `json:"terms,omitempty"`
}

type redirectRow struct {
	Host   string `json:"host,omitempty"`
	Path   string `json:"path"`
	Story  int64  `json:"story,omitempty"`
	Target string `json:"target,omitempty"`
}

type pageRow struct {
	Slug     string    `json:"slug"`
	Title    string    `json:"title"`
	Body     doc.Doc   `json:"body"`
	Position int       `json:"position"`
	Updated  time.Time `json:"updated,omitzero"`
}

type frontRow struct {
	ID         int64          `json:"id"`
	Section    int64          `json:"section"` // 0: the home page
	Containers []containerRow `json:"containers"`
}

type containerRow struct {
	ID    int64              `json:"id"`
	Kind  news.ContainerKind `json:"kind"`
	Title string             `json:"title,omitempty"`
	Size  int                `json:"size"`
	Rule  news.Rule          `json:"rule"`
	Slots []slotRow          `json:"slots,omitempty"`
}

type slotRow struct {
	Position int       `json:"position"`
	Story    int64     `json:"story"`
	Until    time.Time `json:"until,omitzero"`
}

type pictureRow struct {
	ID        int64                 `json:"id"`
	SHA256    string                `json:"sha256"`
	File      string                `json:"file"`
	Name      string                `json:"name,omitempty"`
	MIME      string                `json:"mime"`
	Width     int                   `json:"width"`
	Height    int                   `json:"height"`
	Bytes     int64                 `json:"bytes"`
	Tone      int                   `json:"tone"`
	Caption   string                `json:"caption,omitempty"`
	Credit    string                `json:"credit,omitempty"`
	Copyright string                `json:"copyright,omitempty"`
	Alt       string                `json:"alt,omitempty"`
	Source    string                `json:"source,omitempty"`
	Rights    string                `json:"rights,omitempty"`
	URI       string                `json:"uri,omitempty"`
	People    []string              `json:"people,omitempty"`
	TakenAt   time.Time             `json:"taken_at,omitzero"`
	FocalX    float64               `json:"focal_x"`
	FocalY    float64               `json:"focal_y"`
	AI        bool                  `json:"ai,omitempty"`
	Addresses map[media.Crop]string `json:"addresses"`
}

func rowOfPicture(p media.Picture, addresses map[media.Crop]string) pictureRow {
	return pictureRow{ID: p.ID, SHA256: p.Hash, File: pictureFile(p), Name: p.Name, MIME: p.MIME, Width: p.Width,
		Height: p.Height, Bytes: p.Bytes, Tone: p.Tone, Caption: p.Caption, Credit: p.Credit, Copyright: p.Copyright,
		Alt: p.Alt, Source: p.Source, Rights: p.Rights, URI: p.URI, People: p.People, TakenAt: p.TakenAt,
		FocalX: p.FocalX, FocalY: p.FocalY, AI: p.AI, Addresses: addresses}
}

func (r *pictureRow) picture() (p media.Picture, addresses []media.Address) {
	for crop, token := range r.Addresses {
		addresses = append(addresses, media.Address{Token: token, PictureID: r.ID, Crop: crop})
	}
	return media.Picture{ID: r.ID, Hash: r.SHA256, Name: r.Name, MIME: r.MIME, Width: r.Width, Height: r.Height,
		Bytes: r.Bytes, Tone: r.Tone, Caption: r.Caption, Credit: r.Credit, Copyright: r.Copyright, Alt: r.Alt,
		Source: r.Source, Rights: r.Rights, URI: r.URI, People: r.People, TakenAt: r.TakenAt,
		FocalX: r.FocalX, FocalY: r.FocalY, AI: r.AI}, addresses
}

// pictureFile returns the path of an original in an export. It is spelled as
// its key in the library is, below another folder.
func pictureFile(p media.Picture) string {
	return pictureFolder + p.OriginalKey()[len("originals/"):]
}

func rowOfFront(f *news.Front) frontRow {
	row := frontRow{ID: f.ID, Section: f.SectionID, Containers: []containerRow{}}
	for _, c := range f.Containers {
		r := containerRow{ID: c.ID, Kind: c.Kind, Title: c.Title, Size: c.Size, Rule: c.Rule}
		for _, s := range c.Slots {
			r.Slots = append(r.Slots, slotRow{Position: s.Position, Story: s.StoryID, Until: s.Until})
		}
		row.Containers = append(row.Containers, r)
	}
	return row
}

func (r *frontRow) front() news.Front {
	f := news.Front{ID: r.ID, SectionID: r.Section}
	for i, c := range r.Containers {
		n := news.Container{ID: c.ID, Kind: c.Kind, Title: c.Title, Position: i, Size: c.Size, Rule: c.Rule}
		for _, s := range c.Slots {
			n.Slots = append(n.Slots, news.Slot{Position: s.Position, StoryID: s.Story, Until: s.Until})
		}
		f.Containers = append(f.Containers, n)
	}
	return f
}

// jsonLine returns a row as one line of JSON. Markup stays legible: these are
// files, not parts of pages.
func jsonLine(row any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(row)
	return b.Bytes(), err
}

// commentRow is a comment that readers can read, under a story of the export.
type commentRow struct {
	ID     int64      `json:"id"`
	Story  int64      `json:"story"`
	Parent int64      `json:"parent,omitempty"` // the comment that it answers; that one may be gone
	Thread int64      `json:"thread"`           // the comment that begins the thread, its own id if it does
	Name   string     `json:"name,omitempty"`   // as the site shows it; none: the account was erased
	Staff  bool       `json:"staff,omitempty"`  // the newsroom answers
	State  string     `json:"state"`            // "published": there is nothing else in an export
	Picked bool       `json:"picked,omitempty"` // by the newsroom
	At     time.Time  `json:"at"`
	Edited *time.Time `json:"edited,omitempty"`
	Text   string     `json:"text"`
}

package intake

import (
	"context"
	"encoding/json"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/web/newsroom"
)

// maxPictures is how many pictures of a text are taken with one form.
const maxPictures = 30

// maxSource is the most bytes of a picture's address.
const maxSource = 2000

// readSources reads the addresses by whose numbers the body of a form names its
// pictures, from 1.
func readSources(text string) []string {
	var list []string
	if json.Unmarshal([]byte(text), &list) != nil {
		return nil // then the body names what is not there
	}
	return list
}

// sourcesText is what a form holds of them.
func sourcesText(list []string) string {
	if len(list) == 0 {
		return ""
	}
	text, _ := json.Marshal(list) // texts alone
	return string(text)
}

// picturesOf returns the address of each picture of a block.
func picturesOf(b doc.Block, sources []string) (list []string) {
	var items []doc.Picture
	switch b := b.(type) {
	case doc.Picture:
		items = []doc.Picture{b}
	case doc.Gallery:
		items = b.Items
	}
	for _, p := range items {
		if p.Picture > 0 && p.Picture <= int64(len(sources)) {
			list = append(list, sources[p.Picture-1])
		}
	}
	return list
}

// place takes the pictures of a text into the library, and puts them where their
// numbers stand.
func (x *Room) place(ctx context.Context, r *newsroom.Request, in *draftForm, body doc.Doc) (doc.Doc, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	sources := readSources(in.Sources)
	taken := 0
	one := func(p doc.Picture) (doc.Picture, error) {
		if p.Picture < 1 || p.Picture > int64(len(sources)) || len(sources[p.Picture-1]) > maxSource {
			return p, fault.Input("body", "the text names a picture that the form has not").Say("unreadable")
		}
		if taken++; taken > maxPictures {
			return p, fault.Input("sources", "at most %d pictures at once", maxPictures).Say("from_many_pictures", "limit", maxPictures)
		}
		address := sources[p.Picture-1]
		id, err := x.fetch(ctx, r, address, media.Details{Caption: p.Caption, Credit: p.Credit, Alt: p.Alt, Source: in.Source})
		if k := fault.KindOf(err); err != nil && k != fault.Internal && k != fault.Forbidden {
			err = fault.Input("sources", "the picture %s cannot be taken: %w", clip(address, 200), err).Say("from_inline", "address", clip(address, 200))
		}
		p.Picture = id
		return p, err
	}
	for i, b := range body.Blocks {
		var err error
		switch b := b.(type) {
		case doc.Picture:
			body.Blocks[i], err = one(b)
		case doc.Gallery:
			for k := range b.Items {
				if b.Items[k], err = one(b.Items[k]); err != nil {
					break
				}
			}
			body.Blocks[i] = b
		}
		if err != nil {
			return body, err
		}
	}
	return body, nil
}

// fetch takes a picture from its address into the library.
func (x *Room) fetch(ctx context.Context, r *newsroom.Request, address string, d media.Details) (int64, error) {
	if !r.Actor.CanSomewhere(account.Pictures) {
		return 0, fault.New(fault.Forbidden, "no right to add pictures").Say("may_not")
	}
	s, err := x.Pages.Fetch.Open(ctx, address, maxPicture)
	if err != nil {
		return 0, fault.Input("picture", "the picture cannot be taken: %w", err).Say("from_picture")
	}
	defer s.Body.Close() // read to its end, or of no use
	d.Name, d.URI, d.AddedBy = address, address, r.Actor.ID
	p, _, err := x.Library.Add(ctx, r.Actor.String(), s.Body, d)
	if err != nil {
		if k := fault.KindOf(err); k == fault.Internal {
			return 0, err
		}
		return 0, fault.Input("picture", "the picture cannot be taken: %w", err).Say("from_picture")
	}
	return p.ID, nil
}

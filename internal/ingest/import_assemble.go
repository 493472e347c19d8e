package ingest

import (
	"warta/internal/doc"
	"warta/internal/media"
	"warta/internal/news"
)

// manyPictures is how many pictures a story without much text needs to count as
// a gallery.
const manyPictures = 3

// assemble puts the pictures that were found into the story. found is by the
// numbers by which the body names them.
func (d *draft) assemble(found map[int64]media.Picture) {
	ct := &d.in.Content
	ct.Body = placePictures(ct.Body, found)
	if d.exact {
		if p, ok := found[d.lead.PictureID]; ok {
			d.lead.PictureID = p.ID
		} else {
			d.lead.PictureID, d.lead.Caption, d.lead.Credit, d.lead.Alt = 0, "", "", ""
		}
		ct.Lead = d.lead
		return
	}
	var rest []doc.Picture
	lead := -1
	for i, ref := range d.pictures {
		p, ok := found[int64(i+1)]
		if !ok || ref.inText {
			continue
		}
		block := doc.Picture{Picture: p.ID, Caption: other(ref.details.Caption, p.Caption),
			Credit: other(ref.details.Credit, p.Credit), Alt: other(ref.details.Alt, p.Alt)}
		if lead < 0 && ref.leads {
			lead = len(rest)
		}
		rest = append(rest, block)
	}
	switch {
	case len(rest) > 0:
		lead = max(lead, 0)
		ct.Lead = leadPicture(rest[lead])
		rest = append(rest[:lead:lead], rest[lead+1:]...)
	default:
		d.liftLead()
	}
	shown := len(ct.Body.Pictures()) + len(rest)
	switch {
	case len(rest) == 1:
		ct.Body.Blocks = append(ct.Body.Blocks[:len(ct.Body.Blocks):len(ct.Body.Blocks)], rest[0])
	case len(rest) > 1:
		ct.Body.Blocks = append(ct.Body.Blocks[:len(ct.Body.Blocks):len(ct.Body.Blocks)], doc.Gallery{Items: rest})
	}
	if shown >= manyPictures && ct.Kind == "" && len(ct.Body.Plain()) < 400 {
		ct.Kind = news.KindGallery
	}
	ct.Body = ct.Body.WithIDs(doc.SeededIDs(d.uri + "#pictures"))
}

// liftLead makes the first picture that stands alone in the text the lead, so
// that lists can show it; left in its place it would be printed twice.
func (d *draft) liftLead() {
	body := &d.in.Content.Body
	for i, b := range body.Blocks {
		if p, ok := b.(doc.Picture); ok {
			d.in.Content.Lead = leadPicture(p)
			d.report.Add(MovedBlock, p.Type(), p.Caption)
			blocks := append(body.Blocks[:i:i], body.Blocks[i+1:]...)
			body.Blocks = blocks
			return
		}
	}
}

func leadPicture(p doc.Picture) news.Lead {
	return news.Lead{PictureID: p.Picture, Caption: p.Caption, Credit: p.Credit, Alt: p.Alt}
}

// other returns a text unless the picture itself says it.
func other(given, own string) string {
	if given == own {
		return ""
	}
	return clip(given, doc.MaxAttr)
}

// placePictures replaces the numbers of pictures by their ids, and drops those
// that were not found.
func placePictures(body doc.Doc, found map[int64]media.Picture) doc.Doc {
	place := func(p doc.Picture) (doc.Picture, bool) {
		m, ok := found[p.Picture]
		p.Picture = m.ID
		p.Caption, p.Credit, p.Alt = other(p.Caption, m.Caption), other(p.Credit, m.Credit), other(p.Alt, m.Alt)
		return p, ok
	}
	return body.Map(func(b doc.Block) doc.Block {
		switch b := b.(type) {
		case doc.Picture:
			if p, ok := place(b); ok {
				return p
			}
			return nil
		case doc.Gallery:
			var items []doc.Picture
			for _, it := range b.Items {
				if p, ok := place(it); ok {
					items = append(items, p)
				}
			}
			if b.Items = items; len(items) > 0 {
				return b
			}
			return nil
		}
		return b
	})
}

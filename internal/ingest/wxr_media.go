package ingest

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"warta/internal/ingest/wxr"
	"warta/internal/media"
)

// details reads what an attachment says of its picture.
func details(it *wxr.Item) media.Details {
	plain := func(s string) string {
		return clip(plainValue(roleText{Value: s, ContentType: "text/html"}), maxRights)
	}
	d := media.Details{Name: it.Attachment, Caption: plain(it.Excerpt), Alt: clip(oneLine(it.MetaValue("_wp_attachment_image_alt")), maxRights)}
	for _, key := range []string{"_media_credit", "media_credit", "_wp_attachment_credit", "_image_credit", "image_credit", "credit", "photo_credit", "_credit", "sumber_foto"} {
		if d.Credit == "" {
			d.Credit = clip(plain(it.MetaValue(key)), maxRights)
		}
	}
	meta := wxr.Serialized(it.MetaValue("_wp_attachment_metadata"))
	if d.Credit == "" {
		d.Credit = clip(oneLine(meta["image_meta/credit"]), maxRights)
	}
	if d.Copyright == "" {
		d.Copyright = clip(oneLine(meta["image_meta/copyright"]), maxRights)
	}
	if d.Caption == "" {
		d.Caption = clip(oneLine(meta["image_meta/caption"]), maxRights)
	}
	return d
}

// sized is the mark that WordPress gives to the smaller copies of a picture, and to
// the one that it made smaller when it came.
var sized = regexp.MustCompile(`-(?:\d{1,5}x\d{1,5}|scaled|e\d{10,})(\.[A-Za-z]{3,4})$`)

// files returns where the bytes of a picture of the old site may be, the best
// first: in the folder of uploads, whole before smaller, then at their address.
func (s *wxrSupplier) files(address string) (files []string) {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	whole := *u
	whole.Path, whole.RawPath, whole.RawQuery, whole.Fragment = sized.ReplaceAllString(u.Path, "$1"), "", "", ""
	for _, p := range []string{whole.Path, u.Path} {
		if _, below, ok := strings.Cut(p, "/uploads/"); ok && s.in.Uploads != "" {
			files = append(files, escaped(below))
		}
		if i := strings.Index(p, "/files/"); i >= 0 && s.in.Uploads != "" { // sites of a network
			files = append(files, escaped(p[i+len("/files/"):]))
		}
		if s.in.Uploads != "" {
			files = append(files, escaped(strings.TrimPrefix(p, "/")), escaped(path.Base(p)))
		}
	}
	files = append(files, whole.String(), u.String())
	slices.SortStableFunc(files, func(a, b string) int { return boolOrder(isAddress(a), isAddress(b)) })
	return distinctTexts(files)
}

func escaped(p string) string { return (&url.URL{Path: p}).EscapedPath() }

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func distinctTexts(list []string) (out []string) {
	for _, s := range list {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// refOf returns the reference to the picture of an attachment.
func (s *wxrSupplier) refOf(it *wxr.Item) pictureRef {
	return pictureRef{uri: clip(it.Attachment, maxURI), files: s.files(it.Attachment), details: details(it)}
}

// attachmentItem reads an attachment: a picture for the library.
func (s *wxrSupplier) attachmentItem(it *wxr.Item, d *draft) error {
	d.only, d.source = true, "wp:attachment_url"
	d.uri = it.Attachment
	if it.Attachment == "" {
		d.skip = "the attachment has no address of a file"
		return nil
	}
	if !imageName(it.Attachment) {
		s.fileItem(it, d)
		return nil
	}
	p := s.refOf(it)
	p.details.URI = p.uri
	d.pictures = []pictureRef{p}
	return nil
}

// featured makes the featured picture the lead.
func (s *wxrSupplier) featured(it *wxr.Item, d *draft) {
	id := parseID(strings.TrimSpace(it.MetaValue("_thumbnail_id")))
	if id == 0 {
		return
	}
	at := s.ix.withID(id)
	if at < 0 || s.ix.entries[at].kind != wxrAttachment {
		d.report.Add(MissingPicture, "_thumbnail_id "+it.MetaValue("_thumbnail_id"), "it is not in the export")
		d.lacks = append(d.lacks, "the featured picture, attachment "+itoa(int(id))+", is not in the export")
		return
	}
	a, err := s.ix.item(at)
	if err != nil || a.Attachment == "" {
		return
	}
	p := s.refOf(a)
	p.details.URI = p.uri
	p.leads = true
	d.pictures = append(d.pictures, p)
}

// inline is the HTML reader's question for a picture in the text.
func (s *wxrSupplier) inline(d *draft, src, alt, caption, credit string) (int64, bool) {
	u, err := url.Parse(src)
	if err != nil || u.Host == "" {
		return 0, false
	}
	whole := *u
	whole.Path, whole.RawPath, whole.RawQuery, whole.Fragment = sized.ReplaceAllString(u.Path, "$1"), "", "", ""
	for i := range d.pictures {
		if p := &d.pictures[i]; p.uri == whole.String() || p.uri == u.String() || slices.Contains(p.files, whole.String()) {
			p.inText = true
			return int64(i + 1), true
		}
	}
	if len(d.pictures) >= maxPictures {
		return 0, false
	}
	p := pictureRef{uri: clip(whole.String(), maxURI), files: s.files(src), inText: true, details: media.Details{Name: whole.Path}}
	for _, at := range []*url.URL{&whole, u} {
		if e := s.ix.at(at); e >= 0 && s.ix.entries[e].kind == wxrAttachment {
			if a, err := s.ix.item(e); err == nil && a.Attachment != "" {
				p = s.refOf(a)
				p.inText = true
				break
			}
		}
	}
	p.details.URI = p.uri
	for _, t := range []struct {
		to   *string
		text string
	}{{&p.details.Caption, caption}, {&p.details.Alt, alt}, {&p.details.Credit, credit}} {
		if *t.to == "" {
			*t.to = t.text
		}
	}
	d.pictures = append(d.pictures, p)
	return int64(len(d.pictures)), true
}

// attachment implements wxrLookup.
func (s *wxrSupplier) attachment(id int64) *attachmentOf {
	at := s.ix.withID(id)
	if at < 0 || s.ix.entries[at].kind != wxrAttachment {
		return nil
	}
	it, err := s.ix.item(at)
	if err != nil || !imageName(it.Attachment) {
		return nil
	}
	return &attachmentOf{address: it.Attachment, alt: it.MetaValue("_wp_attachment_image_alt")}
}

// children implements wxrLookup.
func (s *wxrSupplier) children(id int64) (ids []int64) {
	i, ok := slices.BinarySearchFunc(s.ix.kids, id, func(r ref, id int64) int { return int(max(min(r.key-id, 1), -1)) })
	for ; ok && i < len(s.ix.kids) && s.ix.kids[i].key == id && len(ids) < maxPictures; i++ {
		ids = append(ids, s.ix.entries[s.ix.kids[i].at].id)
	}
	return ids
}

// reusable implements wxrLookup.
func (s *wxrSupplier) reusable(id int64) string {
	at := s.ix.withID(id)
	if at < 0 || s.ix.entries[at].kind != wxrReusable {
		return ""
	}
	it, err := s.ix.item(at)
	if err != nil {
		return ""
	}
	return it.Content
}

package ingest

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"warta/internal/doc"
)

// source returns the address of an image: lazy loading keeps the real one in
// attributes of its own.
func source(e *element) string {
	for _, key := range []string{"data-src", "data-original", "data-lazy-src", "data-lazy", "src"} {
		if s := e.get(key); s != "" && !strings.HasPrefix(strings.ToLower(s), "data:") {
			return s
		}
	}
	for _, key := range []string{"data-srcset", "srcset"} {
		if s := widest(e.get(key)); s != "" {
			return s
		}
	}
	return ""
}

// widest returns the address with the largest descriptor of a srcset.
func widest(srcset string) string {
	best, size := "", -1.0
	for part := range strings.SplitSeq(srcset, ", ") {
		f := strings.Fields(part)
		if len(f) == 0 || strings.HasPrefix(strings.ToLower(f[0]), "data:") {
			continue
		}
		n := 1.0
		if len(f) > 1 {
			if v, err := strconv.ParseFloat(strings.TrimRight(f[1], "wxh,"), 64); err == nil {
				n = v
			}
		}
		if n > size {
			best, size = strings.TrimRight(f[0], ","), n
		}
	}
	return best
}

// picture asks for the picture of an image element.
func (w *walker) picture(e *element, caption, credit string) (doc.Picture, bool) {
	src, alt := source(e), oneLine(e.get("alt"))
	if src != "" {
		if u, err := url.Parse(src); err != nil {
			src = ""
		} else if w.base != nil {
			src = w.base.ResolveReference(u).String()
		}
	}
	if src == "" || tiny(e) || w.opt.Picture == nil {
		w.report.Add(RemovedPicture, source(e), oneLine(alt+" "+caption))
		return doc.Picture{}, false
	}
	p := doc.Picture{Caption: clip(caption, doc.MaxAttr), Credit: clip(credit, doc.MaxAttr), Alt: clip(alt, doc.MaxAttr)}
	id, ok := w.opt.Picture(src, p.Alt, p.Caption, p.Credit)
	if !ok || id <= 0 {
		w.report.Add(RemovedPicture, src, oneLine(alt+" "+caption))
		return doc.Picture{}, false
	}
	p.Picture = id
	return p, true
}

// tiny tells tracking pixels: no side that is given has more than two pixels.
func tiny(e *element) bool {
	given := false
	for _, key := range []string{"width", "height"} {
		n, err := strconv.Atoi(strings.TrimSuffix(e.get(key), "px"))
		if err != nil {
			continue
		}
		if n > 2 {
			return false
		}
		given = true
	}
	return given
}

// image takes a picture that stands in the text.
func (w *walker) image(e *element) {
	if e.classHas("emoji", "smiley") && len(e.get("alt")) <= 32 {
		w.buf.text(e.get("alt"), style{})
		return
	}
	if p, ok := w.picture(e, "", ""); ok {
		w.emit(p)
	}
}

// figure takes pictures with their caption; one that holds more than that is
// walked like any other container.
func (w *walker) figure(e *element, at style) {
	if e.classHas("wp-block-gallery", "blocks-gallery") {
		w.gallery(e)
		return
	}
	f := readFigure(e)
	if f.mixed || len(f.images) == 0 || len(f.images) > doc.MaxGallery || len(f.captions) > 1 || len(f.stray) > maxSample {
		w.flush()
		w.walk(e.kids, at)
		w.flush()
		return
	}
	caption, credit := f.stray, ""
	if len(f.captions) > 0 {
		caption, credit = w.caption(f.captions[0])
		if f.stray != "" {
			w.report.Add(RemovedElement, "figure", f.stray)
		}
	}
	if len(f.images) == 1 {
		if p, ok := w.picture(f.images[0], caption, credit); ok {
			w.emit(p)
		}
		return
	}
	g := doc.Gallery{Caption: clip(caption, doc.MaxAttr)}
	for _, img := range f.images {
		if p, ok := w.picture(img, "", credit); ok {
			g.Items = append(g.Items, p)
		}
	}
	if len(g.Items) > 0 {
		w.emit(g)
	}
}

// gallery takes the pictures of a gallery, each with its own caption.
func (w *walker) gallery(e *element) {
	var g doc.Gallery
	add := func(img *element, caption, credit string) {
		if p, ok := w.picture(img, caption, credit); ok {
			g.Items = append(g.Items, p)
		}
	}
	var look func(kids []*element)
	look = func(kids []*element) {
		for _, k := range kids {
			switch img := k.first("img", "amp-img"); {
			case k.name == "figcaption":
				caption, _ := w.caption(k)
				g.Caption = clip(oneLine(g.Caption+" "+caption), doc.MaxAttr)
			case k.name == "" || img == nil:
			case k.name == "img" || k.name == "amp-img":
				add(k, "", "")
			case k.name == "figure":
				caption, credit := "", ""
				if c := k.first("figcaption"); c != nil {
					caption, credit = w.caption(c)
				}
				add(img, caption, credit)
			default:
				look(k.kids)
			}
		}
	}
	look(e.kids)
	for part := range slices.Chunk(g.Items, doc.MaxGallery) {
		if len(part) == 1 && g.Caption == "" {
			w.emit(part[0])
			continue
		}
		w.emit(doc.Gallery{Items: part, Caption: g.Caption})
	}
	if len(g.Items) == 0 && g.Caption != "" {
		w.emit(doc.Paragraph{Text: doc.Text(g.Caption)})
	}
}

// figureParts is what a figure holds.
type figureParts struct {
	images   []*element
	captions []*element
	stray    string // text outside of captions: a label, or a caption without its tag
	mixed    bool   // there is more than pictures
}

func readFigure(e *element) figureParts {
	var f figureParts
	var stray strings.Builder
	e.find(func(x *element) bool {
		switch x.name {
		case "img", "amp-img":
			f.images = append(f.images, x)
		case "figcaption":
			f.captions = append(f.captions, x)
			return false
		case "table", "blockquote", "ul", "ol", "object", "pre", "iframe", "video", "audio":
			f.mixed = true
		}
		if isDropped[x.name] || f.mixed {
			return false
		}
		if stray.Len() <= 4*maxSample {
			stray.WriteString(x.text)
			if isBlock[x.name] {
				stray.WriteByte(' ')
			}
		}
		return true
	})
	f.stray = oneLine(stray.String())
	return f
}

// caption splits the text of a figcaption into caption and credit: the credit
// is in an element of its own, or in brackets at the end with a slash in it, as
// in "Keterangan. (AFP/NAMA FOTOGRAFER)".
func (w *walker) caption(e *element) (caption, credit string) {
	for _, k := range e.kids {
		if k.name == "" || !k.classHas("credit", "kredit", "copyright", "photographer") {
			caption += " " + (&element{kids: []*element{k}}).plain()
			continue
		}
		credit += " " + k.plain()
	}
	caption, credit = oneLine(caption), oneLine(credit)
	if credit == "" && strings.HasSuffix(caption, ")") {
		if i := strings.LastIndexByte(caption, '('); i > 0 {
			inner := strings.TrimSuffix(caption[i+1:], ")")
			if strings.Contains(inner, "/") || strings.HasPrefix(inner, "Dok") || strings.HasPrefix(inner, "Foto") {
				caption, credit = strings.TrimSpace(caption[:i]), strings.TrimSpace(inner)
			}
		}
	}
	if credit != "" {
		w.report.Add(MovedCredit, "figcaption", credit)
	}
	return caption, credit
}

// frame turns a frame of a known provider into an embed; any other goes.
func (w *walker) frame(e *element, at style) {
	src := e.get("src")
	for _, key := range []string{"data-src", "data", "data-lazy-src"} {
		if src == "" || strings.HasPrefix(src, "about:") {
			src = e.get(key)
		}
	}
	if e.name == "amp-youtube" && e.get("data-videoid") != "" {
		src = "https://www.youtube.com/embed/" + e.get("data-videoid")
	}
	if b, ok := embedOf(src, e.get("title")); ok {
		w.emit(b)
		return
	}
	if p, ok := w.document(e, src); ok {
		w.flush()
		w.emit(p)
		return
	}
	if e.name == "object" && len(e.kids) > 0 {
		w.walk(e.kids, at) // what stands in it is for those who cannot show it
		return
	}
	w.report.Add(RemovedElement, e.name, src)
}

// documentEnds are the ends of names of what a browser shows in a frame, or leaves to
// be downloaded.
var documentEnds = set(`.pdf .doc .docx .xls .xlsx .ppt .pptx .odt .ods .odp .mp3 .m4a .ogg .wav .mp4 .webm .mov`)

// document turns a frame that shows a file into a link to it. The file block of
// WordPress has one of its own beside the frame.
func (w *walker) document(e *element, src string) (doc.Paragraph, bool) {
	u, err := url.Parse(strings.TrimSpace(src))
	if err != nil || !documentEnds[strings.ToLower(path.Ext(u.Path))] || e.classHas("wp-block-file__embed") {
		return doc.Paragraph{}, false
	}
	href := w.link(src)
	if href == "" {
		return doc.Paragraph{}, false
	}
	text := oneLine(e.get("title"))
	if text == "" {
		text = path.Base(u.Path)
	}
	return doc.Paragraph{Text: doc.Inline{{Text: clip(text, maxSample), Href: href}}}, true
}

// embedOf returns the embed for the address of a known provider's page or
// player; players are turned into pages where they name them.
func embedOf(src, title string) (doc.Embed, bool) {
	src = strings.TrimSpace(src)
	if strings.HasPrefix(src, "//") {
		src = "https:" + src
	}
	u, err := url.Parse(src)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return doc.Embed{}, false
	}
	u.Scheme = "https"
	u = page(u)
	p, ok := doc.ProviderOf(u.String())
	if !ok || p == doc.Generic {
		return doc.Embed{}, false
	}
	return doc.Embed{Provider: p, URL: u.String(), Title: clip(oneLine(title), doc.MaxAttr)}, true
}

// page returns the address that a person would open instead of a player's.
func page(u *url.URL) *url.URL {
	host := strings.TrimPrefix(strings.ToLower(u.Host), "www.")
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	switch {
	case host == "youtube.com" || host == "youtube-nocookie.com":
		if len(parts) == 2 && (parts[0] == "embed" || parts[0] == "v") && parts[1] != "videoseries" {
			return &url.URL{Scheme: "https", Host: "www.youtube.com", Path: "/watch", RawQuery: url.Values{"v": {parts[1]}}.Encode()}
		}
	case host == "open.spotify.com" && parts[0] == "embed":
		return &url.URL{Scheme: "https", Host: host, Path: "/" + strings.Join(parts[1:], "/")}
	case host == "instagram.com" && parts[len(parts)-1] == "embed":
		return &url.URL{Scheme: "https", Host: "www.instagram.com", Path: "/" + strings.Join(parts[:len(parts)-1], "/") + "/"}
	case host == "facebook.com" && parts[0] == "plugins":
		if to, err := url.Parse(u.Query().Get("href")); err == nil && to.Scheme == "https" {
			return to
		}
	case host == "platform.twitter.com" && u.Query().Get("id") != "":
		return &url.URL{Scheme: "https", Host: "x.com", Path: "/i/status/" + u.Query().Get("id")}
	}
	return u
}

// quotedEmbed returns the embed that a service's own blockquote stands for. Its
// text becomes the title, so that it can be read and searched.
func (w *walker) quotedEmbed(e *element) (doc.Block, bool) {
	if !e.classHas("twitter-tweet", "twitter-video", "instagram-media", "tiktok-embed", "fb-post", "fb-xfbml") {
		return nil, false
	}
	address := e.get("data-instgrm-permalink")
	if address == "" {
		address = e.get("cite")
	}
	if address == "" {
		e.find(func(x *element) bool {
			if x.name == "a" && x.has("href") {
				if _, ok := embedOf(x.get("href"), ""); ok {
					address = x.get("href") // the last link is the post itself
				}
			}
			return true
		})
	}
	var raw strings.Builder
	if e.writePlain(&raw, 2*doc.MaxAttr); raw.Len() > doc.MaxAttr {
		return nil, false
	}
	text := oneLine(raw.String())
	b, ok := embedOf(address, text)
	return b, ok
}

// media turns a video or sound file into an embed that is shown as a link.
func (w *walker) media(e *element, at style) {
	w.flush()
	src := e.get("src")
	if s := e.first("source"); src == "" && s != nil {
		src = s.get("src")
	}
	address := w.link(src)
	if u, err := url.Parse(address); err == nil && u.Scheme == "http" {
		// No player may have it, but readers can go there.
		name := path.Base(u.Path)
		w.emit(doc.Paragraph{Text: doc.Inline{{Text: name, Href: address}}})
	} else if p, ok := doc.ProviderOf(address); ok {
		w.emit(doc.Embed{Provider: p, URL: address, Title: clip(oneLine(e.get("title")), doc.MaxAttr)})
	} else {
		w.report.Add(RemovedElement, e.name, src)
	}
	w.walk(e.kids, at)
	w.flush()
}

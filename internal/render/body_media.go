package render

import (
	"html"
	"html/template"
	"net/url"
	"strconv"
	"strings"

	"warta/internal/doc"
	"warta/internal/lang"
	"warta/internal/media"
)

// words of a picture block stand before those of the library.
func (p *bodyPrinter) pictureOf(b doc.Picture) (Picture, bool) {
	pic, ok := p.body.Pictures[b.Picture]
	if !ok {
		return Picture{}, false
	}
	if b.Caption != "" {
		pic.Caption = b.Caption
	}
	if b.Credit != "" {
		pic.Credit = b.Credit
	}
	if b.Alt != "" {
		pic.Alt = b.Alt
	}
	return pic, true
}

func (p *bodyPrinter) picture(b doc.Picture) {
	pic, ok := p.pictureOf(b)
	if !ok {
		return
	}
	p.write("<figure>")
	p.img(pic, "body")
	p.caption(pic.Caption, pic.Credit)
	p.write("</figure>\n")
}

// img prints a picture as the template of the same name does.
func (p *bodyPrinter) img(pic Picture, place string) {
	s := sized(&pic, place)
	p.write(`<img class="t`, tone(pic.Tone), `"`)
	p.attr("src", pic.Src)
	if set := srcset(&pic); set != "" {
		p.attr("srcset", string(set))
		p.attr("sizes", s.Sizes)
	}
	p.write(` width="`, strconv.Itoa(pic.Width), `" height="`, strconv.Itoa(pic.Height), `" alt="`,
		html.EscapeString(pic.Alt), `" loading="lazy">`)
}

// caption prints "Keterangan. (AFP/NAMA FOTOGRAFER)".
func (p *bodyPrinter) caption(text, credit string) {
	if text == "" && credit == "" {
		return
	}
	p.write("<figcaption>", html.EscapeString(media.Line(text, credit)), "</figcaption>")
}

func (p *bodyPrinter) gallery(b doc.Gallery) {
	pics := make([]Picture, 0, len(b.Items))
	for _, item := range b.Items {
		if pic, ok := p.pictureOf(item); ok {
			pics = append(pics, pic)
		}
	}
	if len(pics) == 0 {
		return
	}
	name := b.Caption
	if name == "" {
		name = p.words.T("gallery.label")
	}
	p.write(`<div class="gallery">`, "\n", `<ul tabindex="0" data-gallery`)
	p.attr("aria-label", name)
	p.attr("data-close", p.words.T("gallery.close"))
	p.attr("data-next", p.words.T("gallery.next"))
	p.attr("data-back", p.words.T("gallery.previous"))
	p.write(">\n")
	for i, pic := range pics {
		p.write("<li><figure>")
		if pic.Full != "" {
			p.write("<a")
			p.attr("href", pic.Full)
			p.attr("aria-label", p.words.T("gallery.open")+": "+
				p.words.T("gallery.position", lang.Args{"i": i + 1, "n": len(pics)}))
			p.write(">")
		}
		p.img(pic, "body")
		if pic.Full != "" {
			p.write("</a>")
		}
		p.write("<figcaption><b>", strconv.Itoa(i+1), "/", strconv.Itoa(len(pics)), "</b> ",
			html.EscapeString(media.Line(pic.Caption, pic.Credit)), "</figcaption></figure></li>\n")
	}
	p.write("</ul>\n")
	if b.Caption != "" {
		p.write("<p>", html.EscapeString(b.Caption), "</p>\n")
	}
	p.write("</div>\n")
}

func (p *bodyPrinter) embed(b doc.Embed) {
	p.write(string(printEmbed(p.words, EmbedOf(b))), "\n")
}

// providerNames are the services' own spellings.
var providerNames = map[doc.Provider]string{
	doc.YouTube: "YouTube", doc.X: "X", doc.Instagram: "Instagram", doc.TikTok: "TikTok",
	doc.Facebook: "Facebook", doc.Spotify: "Spotify",
}

// EmbedOf returns the view of an embed block: the service's name and the
// address of its frame, where the block's address says which post it is.
func EmbedOf(b doc.Embed) Embed {
	e := Embed{Title: b.Title, URL: b.URL, Provider: providerNames[b.Provider]}
	u, err := url.Parse(b.URL)
	if err != nil {
		return e
	}
	if e.Provider == "" {
		e.Provider = strings.TrimPrefix(u.Hostname(), "www.")
		return e
	}
	e.Frame, e.Ratio = frameOf(b.Provider, u)
	return e
}

// frameOf returns the address of the frame and its shape, empty for an address
// that names no single post. What is put together holds only a name that
// plainName let through.
func frameOf(p doc.Provider, u *url.URL) (frame, ratio string) {
	part := strings.Split(strings.Trim(u.Path, "/"), "/")
	last := part[len(part)-1]
	switch p {
	case doc.YouTube:
		id := u.Query().Get("v")
		if u.Hostname() == "youtu.be" || id == "" {
			id = last
		}
		if plainName(id) && len(id) == 11 {
			return "https://www.youtube-nocookie.com/embed/" + id + "?autoplay=1", ""
		}
	case doc.Spotify:
		if len(part) >= 2 && plainName(part[len(part)-2]) && plainName(last) {
			return "https://open.spotify.com/embed/" + part[len(part)-2] + "/" + last, "low"
		}
	case doc.TikTok:
		if len(part) == 3 && part[1] == "video" && plainName(last) {
			return "https://www.tiktok.com/embed/v2/" + last, "tall"
		}
	case doc.X:
		if len(part) >= 3 && part[1] == "status" && plainName(part[2]) {
			return "https://platform.twitter.com/embed/Tweet.html?dnt=true&id=" + part[2], "tall"
		}
	case doc.Instagram:
		if len(part) >= 2 && (part[0] == "p" || part[0] == "reel") && plainName(part[1]) {
			return "https://www.instagram.com/" + part[0] + "/" + part[1] + "/embed/", "tall"
		}
	case doc.Facebook:
		return "https://www.facebook.com/plugins/post.php?href=" + url.QueryEscape(u.String()), "tall"
	}
	return "", ""
}

func plainName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

// printEmbed prints a card with a plain link. The script puts the frame in its
// place on a click; until then nobody else hears of the reader.
func printEmbed(words *lang.Catalog, e Embed) template.HTML {
	if !doc.SafeLink(e.URL) {
		return ""
	}
	p := &bodyPrinter{words: words}
	provider := lang.Args{"provider": e.Provider}
	p.write(`<figure class="embed"`)
	if strings.HasPrefix(e.Frame, "https://") {
		p.attr("data-frame", e.Frame)
		p.attr("data-shape", e.Ratio)
	}
	p.write("><a")
	p.attr("href", e.URL)
	p.write(` rel="noopener" target="_blank">`)
	if e.Poster != nil {
		pic := *e.Poster
		pic.Alt = ""
		p.img(pic, "body")
	}
	p.write("<b>")
	if e.Title != "" {
		p.write(html.EscapeString(e.Title))
	} else {
		p.write(html.EscapeString(words.T("story.embed", provider)))
	}
	p.write("</b> <span>", html.EscapeString(words.T("story.embed_open", provider)), "</span></a>")
	if e.Frame != "" {
		p.write("<figcaption>", html.EscapeString(words.T("story.embed_note", provider)), "</figcaption>")
	}
	p.write("</figure>")
	return template.HTML(p.out.String())
}

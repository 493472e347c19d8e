package ads

import (
	"bytes"
	"encoding/binary"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"warta/internal/fault"
)

// MaxUpload bounds the file of a creative, in bytes. What readers load of it is
// bounded by Settings.MaxBytes.
const MaxUpload = 5_000_000

// ClickMacro stands in a creative's HTML for the address that counts a click and
// leads on.
const ClickMacro = "{click}"

// Bounds on a creative's words.
const (
	maxAlt      = 250
	maxHeadline = 90
	maxText     = 160
	maxSponsor  = 60
	maxLink     = 2000
)

// Check returns an Invalid error that names the field unless a creative makes sense
// by itself.
func (c *Creative) Check() error {
	is := &c.Is
	if !slices.Contains(CreativeKinds, is.Kind) {
		return fault.Input("kind", "%q is no kind of creative", is.Kind).Say("word_unknown", "word", string(is.Kind))
	}
	if !c.Placement.Valid() {
		return fault.Input("placement", "there is no placement %q", c.Placement).Say("word_unknown", "word", string(c.Placement))
	}
	for _, b := range []struct {
		field, text string
		most        int
	}{{"name", is.Name, maxName}, {"alt", is.Alt, maxAlt}, {"headline", is.Headline, maxHeadline}, {"text", is.Text, maxText}, {"sponsor", is.Sponsor, maxSponsor}} {
		if len([]rune(b.text)) > b.most {
			return fault.Input(b.field, "%s has more than %d characters", b.field, b.most).Say("ads_long", "most", b.most)
		}
	}
	if is.Weight < 0 || is.Weight > maxWeight {
		return fault.Input("weight", "a weight is 0 to %d", maxWeight).Say("ads_bound", "least", 0, "most", maxWeight)
	}
	if is.Kind == Tag {
		c.Narrow, c.Wide = 0, 0
		if strings.TrimSpace(is.HTML) == "" {
			return fault.Input("html", "the tag is empty").Say("ads_html_empty")
		}
		return nil
	}
	if err := checkLink(is.Link); err != nil {
		return err
	}
	switch is.Kind {
	case Pictures:
		if strings.TrimSpace(is.Alt) == "" {
			return fault.Input("alt", "a picture needs a description").Say("ads_alt")
		}
	case Native:
		if c.Placement != List && c.Placement != Inline {
			return fault.Input("placement", "a card stands in lists and in the text, not at %q", c.Placement).Say("ads_native_place")
		}
		if strings.TrimSpace(is.Headline) == "" {
			return fault.Input("headline", "a card needs a headline").Say("ads_headline")
		}
	case HTML:
		c.Narrow, c.Wide = 0, 0
		return CheckHTML(is.HTML)
	}
	return nil
}

// checkLink returns an Invalid error unless a link is a whole address on the web.
func checkLink(link string) error {
	u, err := url.Parse(link)
	if err != nil || len(link) > maxLink || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil ||
		strings.ContainsFunc(link, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }) {
		return fault.Input("link", "the link has to be a whole address: https://…").Say("ads_link")
	}
	return nil
}

// What a creative's HTML may not hold. Its frame would not run or load it: better
// that its maker hears so now than that readers see a hole.
var (
	barredTags  = []string{"script", "iframe", "frame", "object", "embed", "applet", "form", "base", "meta", "link", "portal"}
	loadingTags = []string{"img", "source", "video", "audio", "track", "image", "use", "input"}
)

// CheckHTML returns an Invalid error that names what cannot stay unless a creative's
// HTML is self-contained: no script, nothing loaded from elsewhere, and at least one
// link by ClickMacro.
func CheckHTML(text string) error {
	if strings.TrimSpace(text) == "" {
		return fault.Input("html", "the creative is empty").Say("ads_html_empty")
	}
	click := false
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if !click {
				return fault.Input("html", "no link leads to %s", ClickMacro).Say("ads_html_click")
			}
			return nil
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if slices.Contains(barredTags, t.Data) {
				code := "ads_html_tag"
				if t.Data == "script" {
					code = "ads_html_script"
				}
				return fault.Input("html", "a creative may not hold <%s>", t.Data).Say(code, "tag", t.Data)
			}
			for _, a := range t.Attr {
				value := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
				switch {
				case strings.HasPrefix(a.Key, "on"):
					return fault.Input("html", "a creative may not hold %s", a.Key).Say("ads_html_script", "tag", a.Key)
				case strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "vbscript:"):
					return fault.Input("html", "a creative may not hold a link that is script").Say("ads_html_script", "tag", a.Key)
				case a.Key == "srcdoc":
					return fault.Input("html", "a creative may not hold a frame").Say("ads_html_tag", "tag", a.Key)
				case (a.Key == "src" || a.Key == "srcset" || a.Key == "poster" || a.Key == "href" && slices.Contains(loadingTags, t.Data)) &&
					!strings.HasPrefix(value, "data:image/"):
					return fault.Input("html", "a creative may not load %s", a.Val).Say("ads_html_load", "what", a.Val)
				case a.Key == "href" && t.Data == "a" || a.Key == "href" && t.Data == "area":
					if a.Val != ClickMacro {
						return fault.Input("html", "a link of a creative leads to %s, not to %q", ClickMacro, a.Val).Say("ads_html_click")
					}
					click = true
				}
			}
		}
	}
}

// Animated reports whether the file of a picture holds more than one image: a GIF
// with several frames, an animated WebP or PNG. Ads stand still.
func Animated(file []byte) bool {
	switch {
	case bytes.HasPrefix(file, []byte("GIF8")):
		return gifFrames(file) > 1
	case len(file) > 12 && string(file[:4]) == "RIFF" && string(file[8:12]) == "WEBP":
		return bytes.Contains(file[:min(len(file), 64)], []byte("ANIM"))
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")):
		for at := 8; at+12 <= len(file); {
			size, kind := int(binary.BigEndian.Uint32(file[at:])), string(file[at+4:at+8])
			if kind == "acTL" {
				return true
			}
			if kind == "IDAT" || size < 0 || size > len(file) {
				return false
			}
			at += 12 + size
		}
	}
	return false
}

// gifFrames counts the images of a GIF, two at most (GIF89a, sections 18 to 26).
func gifFrames(b []byte) (n int) {
	if len(b) < 13 {
		return 0
	}
	at := 13
	if b[10]&0x80 != 0 {
		at += 3 << (b[10]&7 + 1)
	}
	blocks := func() {
		for at < len(b) && b[at] != 0 {
			at += int(b[at]) + 1
		}
		at++
	}
	for at < len(b) && n < 2 {
		switch b[at] {
		case 0x21: // an extension
			at += 2
			blocks()
		case 0x2c: // an image
			n++
			if at+9 >= len(b) {
				return n
			}
			packed := b[at+9]
			at += 10
			if packed&0x80 != 0 {
				at += 3 << (packed&7 + 1)
			}
			at++ // the code size
			blocks()
		default:
			return n
		}
	}
	return n
}

package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/ingest/wxr"
	"warta/internal/lang"
	"warta/internal/news"
)

// convert makes a draft of an item.
func (s *wxrSupplier) convert(entry int32, raw []byte, encoding string) (*draft, error) {
	d := &draft{}
	data, how := wxr.Decode(raw, encoding)
	it := wxr.Parse(data)
	if how != "" {
		d.report.Add(MendedText, how, it.Title)
	}
	if it.ID == 0 {
		return d, fault.Input("wp:post_id", "the item has no id; nothing could tell it from others")
	}
	d.uri = s.uri(it.ID)
	if s.ix.entries[entry].kind == wxrAgain {
		at := s.ix.withID(it.ID)
		first := s.ix.entries[at]
		d.skip = fmt.Sprintf("another item has the id %d, at %s:%d, and was taken", it.ID, s.ix.files[first.file].name, first.line)
		if same, err := s.ix.item(at); err == nil && (quietTypes[it.Type] || sameItem(same, it)) {
			d.quiet = true // exports of one site may overlap
			d.others = append(d.others, "left out: items that come again")
		}
		return d, nil
	}
	switch s.ix.entries[entry].kind {
	case wxrAttachment:
		return d, s.attachmentItem(it, d)
	case wxrPage:
		return d, s.pageItem(it, d)
	case wxrPost:
		sum := sha256.Sum256(raw)
		d.in.Hash = hex.EncodeToString(sum[:])
		d.in.ID = s.storyID(entry)
		return d, s.post(it, d)
	}
	if it.Type == "" {
		d.skip = "the item has no wp:post_type: it is damaged, or not of WordPress"
		d.others = append(d.others, "left out: items without a type")
		return d, nil
	}
	d.skip, d.quiet = "an item of the type "+clip(it.Type, 40)+" is no story; --type "+clip(it.Type, 40)+" makes stories of them", quietTypes[it.Type]
	d.others = append(d.others, "left out: "+clip(it.Type, 40))
	return d, nil
}

// sameItem reports whether two items say the same.
func sameItem(a, b *wxr.Item) bool {
	return a.Type == b.Type && a.Title == b.Title && a.Content == b.Content && a.Excerpt == b.Excerpt && a.Date == b.Date &&
		a.Name == b.Name && a.Status == b.Status && a.Attachment == b.Attachment
}

// MendedText is a text in another encoding than its file says.
const MendedText NoteKind = "mended_text"

// quietTypes are the kinds of items by which WordPress and its plug-ins keep house.
var quietTypes = set(`nav_menu_item wp_block wp_navigation wp_global_styles wp_template wp_template_part wp_font_family wp_font_face
	custom_css customize_changeset revision oembed_cache user_request redirect_rule guest-author safecss amp_validated_url
	acf-field acf-field-group jp_img_sitemap jp_sitemap jp_sitemap_master feedback wpcf7_contact_form elementor_library`)

// standing says what readers see of an item.
type standing struct {
	skip string // nothing becomes of it
	hold bool   // a draft
	why  string // what is to be said of that
	at   time.Time
	due  bool // at is still to come
}

// stand reads status and time of an item.
func (s *wxrSupplier) stand(it *wxr.Item, d *draft) (st standing, err error) {
	at, how, ok := it.When(s.im.conv.zone)
	st.at = at
	switch it.Status {
	case "trash", "auto-draft":
		st.skip = "it was " + it.Status + " on the old site"
		return st, nil
	case "draft", "pending", "private", "":
		st.hold = true
	case "publish", "future", "inherit":
	default:
		st.hold, st.why = true, fmt.Sprintf("the status %q is none of WordPress' own, so it is a draft", clip(it.Status, 40))
	}
	if it.Password != "" && !st.hold {
		st.hold, st.why = true, "it was behind a password, so it is a draft"
	}
	switch {
	case st.hold:
	case !ok:
		return st, fault.Input("wp:post_date_gmt", "the time %q cannot be read, and without one it cannot go out", clip(other(it.DateGMT, ""), 40))
	case at.IsZero():
		return st, fault.Input("wp:post_date_gmt", "a story that is public has a time of publication, and this one has none")
	case at.After(s.now):
		st.due = true
	}
	if how != "" && d != nil {
		d.report.Add(GuessedTime, how, it.Date)
	}
	return st, nil
}

// GuessedTime is a time that names no zone.
const GuessedTime NoteKind = "guessed_time"

// post reads an item that becomes a story.
func (s *wxrSupplier) post(it *wxr.Item, d *draft) error {
	st, err := s.stand(it, d)
	if err != nil {
		return err
	}
	if st.skip != "" {
		d.skip, d.quiet = st.skip, true
		d.others = append(d.others, "left out: "+it.Status)
		return nil
	}
	if d.say = st.why; st.hold {
		d.in.Hold = true
	} else if st.due {
		d.in.ReleaseAt = st.at
	}
	d.in.Published = st.at
	d.in.URI = d.uri
	changed := it.Changed(s.im.conv.zone)
	if !changed.IsZero() && changed.Sub(st.at) > time.Hour*24*36500 {
		changed = time.Time{}
	}
	d.in.Version = strconv.FormatInt(max(changed.UnixMilli(), 0), 10)
	if changed.IsZero() {
		d.in.Version = "0"
	}
	ct := &d.in.Content
	ct.Language = s.im.conv.language
	s.credit(it, d)
	if err := s.classify(it, d); err != nil {
		return err
	}
	s.featured(it, d)
	if err := s.body(it, d); err != nil {
		return err
	}
	s.titles(it, d)
	s.im.conv.withoutHeadline(&item{}, d)
	s.excerpt(it, d)
	s.im.conv.dateline(&item{}, d)
	s.form(it, d)
	if !st.hold {
		s.oldAddresses(it, d)
	}
	if slug := lang.Slug(decoded(it.Name)); it.Name != "" && slug != "" {
		d.in.Slug = slug
	}
	s.comments(it, d)
	d.settle()
	return nil
}

// decoded undoes the percent signs of a slug.
func decoded(slug string) string {
	if plain, err := url.PathUnescape(slug); err == nil {
		return plain
	}
	return slug
}

// credit sets the byline: co-authors where a plug-in has them, else the author.
func (s *wxrSupplier) credit(it *wxr.Item, d *draft) {
	for i := range it.Terms {
		t := &it.Terms[i]
		if t.Domain != "author" {
			continue
		}
		login := strings.TrimPrefix(strings.ToLower(t.Slug), "cap-")
		name := s.ix.authors[login]
		if name == "" {
			name = oneLine(t.Name)
		}
		d.credits = append(d.credits, creditName{clip(name, maxName), news.Writer})
	}
	d.credits = slices.DeleteFunc(d.credits, func(c creditName) bool { return c.name == "" })
	if len(d.credits) > 0 {
		return
	}
	login := oneLine(it.Creator)
	name := s.ix.authors[strings.ToLower(login)]
	if name == "" {
		name = login
	}
	if name != "" {
		d.credits = []creditName{{clip(name, maxName), news.Writer}}
	}
}

// classify sets section and topics.
func (s *wxrSupplier) classify(it *wxr.Item, d *draft) error {
	main, rest := s.section(it)
	if main == nil {
		main = s.im.conv.fallback
	}
	if main == nil {
		return fault.Input("category", "none of its categories is a section; name one with --section, or map them with --map")
	}
	d.in.Content.SectionID = main.ID
	d.topics = append(d.topics, rest...)
	ignored := map[string]bool{}
	for i := range it.Terms {
		switch t := &it.Terms[i]; t.Domain {
		case "post_tag", "tag":
			d.topics = append(d.topics, oneLine(t.Name))
		case "category", "author", "post_format":
		default:
			if !ignored[t.Domain] {
				ignored[t.Domain] = true
				d.report.Add(IgnoredField, "category of "+clip(t.Domain, 60), t.Name)
			}
		}
	}
	return nil
}

// section returns the section of a post: that of the category that a plug-in calls
// the main one, else the one that stands deepest; and the names of the other
// categories, which become topics unless they stand above it.
func (s *wxrSupplier) section(it *wxr.Item) (main *news.Section, topics []string) {
	primary := int64(0)
	for _, key := range []string{"_yoast_wpseo_primary_category", "rank_math_primary_category", "_seopress_robots_primary_cat"} {
		if id := parseID(it.MetaValue(key)); id != 0 {
			primary = id
		}
	}
	depth := -1
	for i := range it.Terms {
		t := &it.Terms[i]
		sec := s.sections[t.Slug]
		if t.Domain != "category" || sec == nil {
			continue
		}
		n := len(s.tree.Ancestry(sec.ID))
		if id := s.ix.category(t.Slug).ID; id != 0 && id == primary {
			n += 1000
		}
		if n > depth {
			main, depth = sec, n
		}
	}
	above := map[int64]bool{}
	if main != nil {
		for _, a := range s.tree.Ancestry(main.ID) {
			above[a.ID] = true
		}
	}
	for i := range it.Terms {
		t := &it.Terms[i]
		if t.Domain != "category" {
			continue
		}
		sec := s.sections[t.Slug]
		if s.plan.places[t.Slug].topic || sec != nil && !above[sec.ID] {
			topics = append(topics, oneLine(t.Name))
		}
	}
	return main, topics
}

// body sets body and kind.
func (s *wxrSupplier) body(it *wxr.Item, d *draft) (err error) {
	b := &wxrBody{item: it, lookup: s, report: &d.report, base: it.Link, picture: func(src, alt, caption, credit string) (int64, bool) {
		return s.inline(d, src, alt, caption, credit)
	}}
	d.in.Content.Body, err = b.convert(d.uri)
	if lacks := b.lacks(); lacks != "" {
		d.lacks = append(d.lacks, lacks)
	}
	return err
}

// titles sets the headline and the titles that plug-ins keep.
func (s *wxrSupplier) titles(it *wxr.Item, d *draft) {
	ct := &d.in.Content
	title := plainValue(roleText{Value: it.Title, ContentType: "text/html"})
	if title == "" {
		title = headlineOf(ct.Body, it)
		d.report.Add(MadeHeadline, "title", title)
	}
	if utf8.RuneCountInString(title) > maxTitle {
		short := firstWords(title, maxTitle)
		d.report.Add(MadeHeadline, "title", title[len(short):])
		title = short
	}
	ct.Headline = title
	blog := s.im.options.Settings.Name()
	for _, t := range []struct {
		key string
		to  *string
	}{
		{"_yoast_wpseo_title", &ct.SEOTitle}, {"rank_math_title", &ct.SEOTitle}, {"_aioseo_title", &ct.SEOTitle}, {"_aioseop_title", &ct.SEOTitle},
		{"_seopress_titles_title", &ct.SEOTitle}, {"_genesis_title", &ct.SEOTitle},
		{"_yoast_wpseo_opengraph-title", &ct.ShareTitle}, {"rank_math_facebook_title", &ct.ShareTitle}, {"_aioseo_og_title", &ct.ShareTitle},
	} {
		raw := it.MetaValue(t.key)
		if raw == "" || *t.to != "" {
			continue
		}
		text := oneLine(seoTitleOf(raw, ct.Headline, blog))
		if text != "" && text != ct.Headline && utf8.RuneCountInString(text) <= maxTitle {
			*t.to = text
		}
	}
}

// MadeHeadline is a headline that was missing or too long.
const MadeHeadline NoteKind = "made_headline"

// headlineOf makes a headline of the beginning of a text that has none.
func headlineOf(body doc.Doc, it *wxr.Item) string {
	if text := strings.TrimRight(firstWords(oneLine(body.Excerpt(120)), 90), ".…"); text != "" {
		return text
	}
	if name := strings.TrimSpace(strings.ReplaceAll(decoded(it.Name), "-", " ")); name != "" {
		return firstWords(name, 90)
	}
	return "Tanpa judul " + strconv.FormatInt(it.ID, 10)
}

// firstWords cuts a text to a number of characters, between words.
func firstWords(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	cut := string([]rune(s)[:most])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,.;:-–")
}

// excerpt sets the standfirst.
func (s *wxrSupplier) excerpt(it *wxr.Item, d *draft) {
	ct := &d.in.Content
	text := plainValue(roleText{Value: it.Excerpt, ContentType: "text/html"})
	from := "excerpt:encoded"
	for _, key := range []string{"_yoast_wpseo_metadesc", "rank_math_description", "_aioseo_description", "_aioseop_description"} {
		if text == "" {
			text, from = oneLine(seoTitleOf(it.MetaValue(key), ct.Headline, "")), key
		}
	}
	switch {
	case text == "":
	case repeats(letters(clip(ct.Body.Plain(), 4*maxStandfirst)), text):
		d.report.Add(RemovedRepeat, from, text)
	case utf8.RuneCountInString(text) > maxStandfirst:
		d.report.Add(IgnoredField, from, text)
	default:
		ct.Standfirst = text
	}
}

// form sets the kind by the post's format.
func (s *wxrSupplier) form(it *wxr.Item, d *draft) {
	ct := &d.in.Content
	for i := range it.Terms {
		if t := &it.Terms[i]; t.Domain == "post_format" {
			switch strings.TrimPrefix(t.Slug, "post-format-") {
			case "gallery":
				ct.Kind = news.KindGallery
			case "video":
				if len(ct.Body.Blocks) == 0 {
					continue
				}
				if e, ok := ct.Body.Blocks[0].(doc.Embed); ok && e.Provider != doc.Generic {
					ct.Kind = news.KindVideo
					ct.Lead.Video = &news.Video{Provider: string(e.Provider), URL: e.URL, Title: e.Title}
					ct.Body.Blocks = ct.Body.Blocks[1:]
				}
			}
		}
	}
	if ct.Body.Empty() && len(d.pictures) == 0 && ct.Lead.Video == nil {
		// A post that is a title alone: there are such, and readers saw them.
		d.report.Add(IgnoredField, "content:encoded", "the post has no text")
	}
}

// seoTitleOf fills in the variables of the titles of Yoast (%%title%%), Rank Math
// (%title%) and All in One SEO (#post_title). One with others is no title: "".
func seoTitleOf(raw, headline, blog string) string {
	if !strings.ContainsAny(raw, "%#") {
		return strings.TrimSpace(raw)
	}
	out := strings.NewReplacer(
		"%%title%%", headline, "%%sitename%%", blog, "%%sitetitle%%", blog, "%%sep%%", "-", "%%page%%", "", "%%primary_category%%", "", "%%excerpt%%", "",
		"%title%", headline, "%sitename%", blog, "%sep%", "-", "%page%", "", "%excerpt%", "",
		"#post_title", headline, "#site_title", blog, "#separator_sa", "-").Replace(raw)
	if strings.Contains(out, "%%") || strings.Contains(out, "#post_") || strings.Contains(out, "#taxonomy") {
		return ""
	}
	out = strings.TrimSpace(out)
	return strings.TrimSpace(strings.Trim(out, "-"))
}

// oldAddresses notes where the post stood.
func (s *wxrSupplier) oldAddresses(it *wxr.Item, d *draft) {
	c := s.im.conv
	c.address(it.Link, d)
	c.address(d.uri, d)
	if strings.Contains(it.GUID, "://") {
		if u, err := url.Parse(strings.TrimSpace(it.GUID)); err == nil && s.ix.hosts[bareHost(u.Host)] {
			c.address(it.GUID, d)
		}
	}
	for i := range it.Meta {
		if m := &it.Meta[i]; m.Key == "_wp_old_slug" && m.Value != "" && it.Name != "" {
			if u, err := url.Parse(it.Link); err == nil && strings.Contains(u.Path, it.Name) {
				u.RawPath, u.Path = "", strings.Replace(u.Path, it.Name, m.Value, 1)
				c.address(u.String(), d)
			}
		}
	}
	slices.SortFunc(d.in.Redirects, func(a, b news.Redirect) int { return strings.Compare(a.Host+a.Path, b.Host+b.Path) })
	d.in.Redirects = slices.Compact(d.in.Redirects)
}

// pageItem reads an item that becomes a static page.
func (s *wxrSupplier) pageItem(it *wxr.Item, d *draft) error {
	st, err := s.stand(it, d)
	if err != nil {
		return err
	}
	if st.skip != "" || st.hold || st.due {
		if d.skip = st.skip; d.skip == "" {
			d.skip = "a page that was not public (" + it.Status + ") has no place here; publish it there, or copy it by hand"
		}
		return nil
	}
	if len(it.Comments) > 0 {
		d.others = append(d.others, "left out: comments on pages")
	}
	if err := s.body(it, d); err != nil {
		return err
	}
	s.titles(it, d)
	p := &pageDraft{page: news.StaticPage{Slug: s.pageSlug(it), Title: d.in.Content.Headline, Body: d.in.Content.Body, Position: 100 + it.Order, Updated: it.Changed(s.im.conv.zone)}}
	if p.page.Updated.IsZero() {
		p.page.Updated = st.at
	}
	s.oldAddresses(it, d)
	for _, r := range d.in.Redirects {
		r.Target = "/page/" + p.page.Slug
		p.redirects = append(p.redirects, r)
	}
	d.in.Redirects, d.page = nil, p
	return nil
}

// pageSlug returns the address of a page.
func (s *wxrSupplier) pageSlug(it *wxr.Item) string {
	slug := lang.Slug(decoded(it.Name))
	if it.Name == "" || slug == "" {
		slug = lang.Slug(it.Title)
	}
	if news.CheckSlug("slug", slug) != nil {
		slug = "page-" + strconv.FormatInt(it.ID, 10)
	}
	return slug
}

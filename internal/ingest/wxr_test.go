package ingest_test

import (
	"context"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/app"
	"warta/internal/discuss"
	"warta/internal/doc"
	"warta/internal/media"
	"warta/internal/news"
)

// export is an export of a made-up blog, with items that a test writes.
func export(items ...string) string {
	return `<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0"><channel><title>Kabar Lama</title><link>https://lama.example</link><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://lama.example</wp:base_site_url><wp:base_blog_url>https://lama.example</wp:base_blog_url>
<wp:author><wp:author_login>ratna</wp:author_login><wp:author_display_name><![CDATA[Ratna Wulansari]]></wp:author_display_name></wp:author>
<wp:author><wp:author_login>bagas</wp:author_login><wp:author_display_name></wp:author_display_name></wp:author>
<wp:category><wp:term_id>2</wp:term_id><wp:category_nicename>nasional</wp:category_nicename><wp:category_parent></wp:category_parent><wp:cat_name><![CDATA[Nasional]]></wp:cat_name></wp:category>
<wp:category><wp:term_id>3</wp:term_id><wp:category_nicename>kabar-desa</wp:category_nicename><wp:category_parent>nasional</wp:category_parent><wp:cat_name><![CDATA[Kabar Desa]]></wp:cat_name></wp:category>
<wp:category><wp:term_id>4</wp:term_id><wp:category_nicename>putar-a</wp:category_nicename><wp:category_parent>putar-b</wp:category_parent><wp:cat_name><![CDATA[Putar A]]></wp:cat_name></wp:category>
<wp:category><wp:term_id>5</wp:term_id><wp:category_nicename>putar-b</wp:category_nicename><wp:category_parent>putar-a</wp:category_parent><wp:cat_name><![CDATA[Putar B]]></wp:cat_name></wp:category>
` + strings.Join(items, "\n") + "</channel></rss>"
}

// entry writes an item: fields are "element=text", and as they stand if they begin
// with "<".
func entry(id int, title string, fields ...string) string {
	values := map[string]string{"wp:post_type": "post", "wp:status": "publish", "wp:post_date_gmt": "2020-05-01 00:30:00", "wp:post_date": "2020-05-01 07:30:00",
		"wp:post_name": fmt.Sprintf("kabar-%d", id), "dc:creator": "ratna", "content:encoded": "<p>Isi kabar " + title + ".</p>",
		"link": fmt.Sprintf("https://lama.example/2020/05/01/kabar-%d/", id), "guid": fmt.Sprintf("https://lama.example/?p=%d", id), "pubDate": "Fri, 01 May 2020 00:30:00 +0000"}
	raw := `<category domain="category" nicename="nasional"><![CDATA[Nasional]]></category>`
	for _, f := range fields {
		if strings.HasPrefix(f, "<") {
			if strings.HasPrefix(f, "<category domain=\"category\"") {
				raw = ""
			}
			continue
		}
		k, v, _ := strings.Cut(f, "=")
		values[k] = v
	}
	for _, f := range fields {
		if strings.HasPrefix(f, "<") {
			raw += f
		}
	}
	s := fmt.Sprintf("<item><title><![CDATA[%s]]></title><wp:post_id>%d</wp:post_id>", title, id)
	var keys []string
	for k := range values {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		s += "<" + k + "><![CDATA[" + values[k] + "]]></" + k + ">\n"
	}
	return s + raw + "</item>"
}

func meta(key, value string) string {
	return "<wp:postmeta><wp:meta_key>" + key + "</wp:meta_key><wp:meta_value><![CDATA[" + value + "]]></wp:meta_value></wp:postmeta>"
}

func category(slug string) string {
	return `<category domain="category" nicename="` + slug + `"><![CDATA[` + slug + `]]></category>`
}

func remark(id, parent int, author, state, text string) string {
	return fmt.Sprintf(`<wp:comment><wp:comment_id>%d</wp:comment_id><wp:comment_author><![CDATA[%s]]></wp:comment_author><wp:comment_author_email>rahasia@surat.example</wp:comment_author_email>
<wp:comment_author_IP>192.0.2.7</wp:comment_author_IP><wp:comment_date_gmt>2020-05-02 01:%02d:00</wp:comment_date_gmt><wp:comment_content><![CDATA[%s]]></wp:comment_content>
<wp:comment_approved>%s</wp:comment_approved><wp:comment_parent>%d</wp:comment_parent></wp:comment>`, id, author, id%60, text, state, parent)
}

// wxr imports texts, a file each.
func (p *place) wxr(o app.ImportOptions, in app.WXRInput, texts ...string) (map[string]app.ImportLine, app.ImportSummary, error) {
	p.t.Helper()
	dir := p.t.TempDir()
	for i, text := range texts {
		name := filepath.Join(dir, fmt.Sprintf("ekspor-%d.xml", i))
		p.ok(os.WriteFile(name, []byte(text), 0o600))
		in.Files = append(in.Files, name)
	}
	lines := map[string]app.ImportLine{}
	sum, err := p.ImportWXR(p.t.Context(), in, o, func(l app.ImportLine) { lines[l.URI] = l })
	return lines, sum, err
}

// take imports texts that have to go in.
func (p *place) takeWXR(texts ...string) (map[string]app.ImportLine, app.ImportSummary) {
	p.t.Helper()
	lines, sum, err := p.wxr(app.ImportOptions{}, app.WXRInput{}, texts...)
	p.ok(err)
	return lines, sum
}

func uri(id int) string { return fmt.Sprintf("https://lama.example/?p=%d", id) }

func TestWordPressPostsBecomeStories(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	lines, sum := p.takeWXR(
		export(
			entry(1, "Satu &amp; lain", `content:encoded=Lihat <a href="https://www.lama.example/2020/05/01/kabar-5/#bagian">yang lain</a>, <a href="http://lama.example/?p=1">ini</a> dan <a href="https://lama.example/2020/05/01/kabar-3/">rancangan</a>.`,
				"excerpt:encoded=Ringkasan kabar satu.", meta("_yoast_wpseo_title", "%%title%% - Khusus"), meta("_wp_old_slug", "kabar-kuno"), category("nasional"), category("kabar-desa"),
				`<category domain="post_tag" nicename="bakau"><![CDATA[Bakau]]></category>`, `<category domain="author" nicename="cap-ratna"><![CDATA[x]]></category>`, `<category domain="author" nicename="cap-tamu"><![CDATA[Tamu Undangan]]></category>`),
			entry(2, "Terjadwal", "wp:status=future", "wp:post_date_gmt=2027-01-01 00:00:00"),
			entry(3, "Rancangan", "wp:status=draft", "wp:post_date_gmt=0000-00-00 00:00:00", "link=https://lama.example/?p=3"),
			entry(4, "Pribadi", "wp:status=private"),
		),
		export(
			entry(5, "Lima", "wp:post_name=kabar-5", "dc:creator=bagas", category("kabar-desa"), meta("_yoast_wpseo_primary_category", "3")),
			entry(6, "Sandi", "wp:post_password=rahasia"),
			entry(7, "Sampah", "wp:status=trash"),
			entry(8, "Tanpa GMT", "wp:post_date_gmt=", "wp:post_date=2020-05-01 07:30:00"),
			entry(9, "", "content:encoded=Tulisan tanpa judul yang panjangnya lumayan."),
			entry(10, "Menu", "wp:post_type=nav_menu_item"),
			entry(11, "Lengket", "wp:is_sticky=1"),
		))
	live := func(id int) news.Version {
		t.Helper()
		l := lines[uri(id)]
		if l.Result != news.ItemCreated || l.ID == 0 {
			t.Fatalf("item %d: %+v", id, l)
		}
		return p.live(l.ID).Version
	}
	one := live(1).Content
	same(t, "headline", []string{one.Headline, one.SEOTitle, one.Standfirst}, []string{"Satu & lain", "Satu & lain - Khusus", "Ringkasan kabar satu."})
	five := p.live(lines[uri(5)].ID)
	tree, err := p.DB.Sections(t.Context())
	p.ok(err)
	desa := tree.BySlug("kabar-desa")
	if desa == nil || desa.ParentID != tree.BySlug("nasional").ID || one.SectionID != desa.ID {
		t.Errorf("the section is %+v", desa)
	}
	to := news.Path("kabar-desa", five.Story.FirstPublished, time.FixedZone("", 7*3600), five.Story.ID, "kabar-5")
	self := strings.TrimPrefix(lines[uri(1)].URL, "https://kabar.example")
	same(t, "links", one.Body.Links(), []string{to + "#bagian", self, "https://lama.example/2020/05/01/kabar-3/"})
	people, err := p.DB.Persons(t.Context(), []int64{one.Credits[0].PersonID, one.Credits[1].PersonID, five.Version.Content.Credits[0].PersonID})
	p.ok(err)
	same(t, "bylines", []string{people[0].Name, people[1].Name, people[2].Name}, []string{"Ratna Wulansari", "Tamu Undangan", "bagas"})
	for _, c := range []struct {
		id    int
		stage news.Stage
		why   string
	}{{2, news.StageScheduled, ""}, {3, news.StageDraft, ""}, {4, news.StageDraft, ""}, {6, news.StageDraft, "password"}} {
		st, err := p.DB.Story(t.Context(), lines[uri(c.id)].ID)
		p.ok(err)
		if st.Status != news.Unpublished || st.Stage != c.stage || !strings.Contains(lines[uri(c.id)].Error, c.why) || (c.why == "") != (lines[uri(c.id)].Error == "") {
			t.Errorf("item %d is %+v, said %q", c.id, st, lines[uri(c.id)].Error)
		}
	}
	same(t, "the time without a zone", p.live(lines[uri(8)].ID).Story.FirstPublished, time.Date(2020, 5, 1, 0, 30, 0, 0, time.UTC))
	same(t, "a headline that was missing", live(9).Content.Headline, "Tulisan tanpa judul yang panjangnya lumayan")
	for _, at := range []string{"/2020/05/01/kabar-1/", "/2020/05/01/kabar-kuno/", "/?p=1"} {
		r, err := p.DB.Redirect(t.Context(), "lama.example", at)
		if err != nil || r.StoryID != lines[uri(1)].ID {
			t.Errorf("%s leads to %+v, %v", at, r, err)
		}
	}
	if r, err := p.DB.Redirect(t.Context(), "lama.example", "/category/nasional/kabar-desa/"); err != nil || r.Target != "/kabar-desa" {
		t.Errorf("the category leads to %+v, %v", r, err)
	}
	front, err := p.DB.Front(t.Context(), 0)
	p.ok(err)
	if front.Containers[0].Slots[0].StoryID != lines[uri(11)].ID {
		t.Errorf("the sticky post is not pinned: %+v", front.Containers[0])
	}
	if !sum.Complete() || lines[uri(7)].Result != "skipped" || lines[uri(10)].Error != "" {
		t.Errorf("%+v, %+v", sum, lines[uri(7)])
	}
	_, again := p.takeWXR(export(entry(1, "Satu &amp; lain")), export())
	if again.Results[news.ItemIgnored]+again.Results[news.ItemUnchanged] != 1 {
		t.Errorf("the same post again: %+v", again.Results)
	}
}

func TestWordPressComments(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	text := export(entry(1, "Ramai",
		remark(11, 0, "Siti", "1", "Pertama &amp; <b>tebal</b>.\n\nBaris dua."), remark(12, 11, "Galih", "1", "Balasan."), remark(13, 12, "Laras", "1", "Balasan atas balasan."),
		remark(14, 0, "", "0", "Menunggu."), remark(15, 0, "Bot", "spam", "Obat kuat"), remark(16, 99, "Yatim", "1", "Menjawab yang tidak ada."),
		"<wp:comment><wp:comment_id>17</wp:comment_id><wp:comment_type>pingback</wp:comment_type><wp:comment_content>x</wp:comment_content></wp:comment>"))
	lines, sum := p.takeWXR(text)
	same(t, "comments", sum.Comments, 6)
	same(t, "left out", sum.Others["left out: pingbacks"], 1)
	id := lines[uri(1)].ID
	page, err := p.DB.Threads(t.Context(), discuss.Filter{StoryID: id, Sort: discuss.Oldest, Limit: 10, Replies: 10})
	p.ok(err)
	var got []string
	for _, e := range page.Entries {
		got = append(got, e.Name+": "+e.Body)
		for _, r := range e.Replies {
			got = append(got, "- "+r.Name+" an "+r.Answering+": "+r.Body)
		}
	}
	same(t, "threads", got, []string{"Siti: Pertama & tebal.\n\nBaris dua.", "- Galih an : Balasan.", "- Laras an Galih: Balasan atas balasan.", "Yatim: Menjawab yang tidak ada."})
	d, err := p.DB.Discussion(t.Context(), id)
	p.ok(err)
	same(t, "counts", []int{d.Shown, d.Pending}, []int{4, 1})
	// The same file again brings nothing twice, and one comment more comes in alone.
	_, again := p.takeWXR(strings.Replace(text, "</item>", remark(18, 12, "Wening", "1", "Baru.")+"</item>", 1))
	same(t, "again", again.Comments, 1)
	thread, err := p.DB.Thread(t.Context(), page.Entries[0].ID, 0, 10)
	p.ok(err)
	same(t, "the thread", len(thread.Replies), 3)
}

func TestWordPressPicturesAndPages(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	uploads := t.TempDir()
	p.ok(os.MkdirAll(filepath.Join(uploads, "2020/05"), 0o700))
	for i, name := range []string{"2020/05/depan.jpg", "2020/05/dalam.jpg", "2020/05/galeri-1.jpg", "2020/05/galeri-2.jpg"} {
		p.ok(os.WriteFile(filepath.Join(uploads, name), photo(t, uint8(50*i+9)), 0o600))
	}
	file := func(id, parent int, name string, fields ...string) string {
		return entry(id, name, append([]string{"wp:post_type=attachment", "wp:status=inherit", fmt.Sprintf("wp:post_parent=%d", parent),
			"wp:attachment_url=https://lama.example/wp-content/uploads/2020/05/" + name, "link=https://lama.example/2020/05/01/kabar-1/" + name + "/"}, fields...)...)
	}
	text := export(
		entry(1, "Bergambar", meta("_thumbnail_id", "20"), `content:encoded=<img class="wp-image-21" src="https://lama.example/wp-content/uploads/2020/05/dalam-300x200.jpg" alt="Dalam">`+
			"\n\nTeks.\n\n[gallery]\n\n"+`<img src="https://lama.example/wp-content/uploads/2020/05/hilang.jpg">`+"\n\n[audio]\n\n"+`<a href="https://lama.example/wp-content/uploads/2020/05/laporan.pdf">Laporan</a>`),
		file(20, 0, "depan.jpg", "excerpt:encoded=Pasar di Ende", meta("_wp_attachment_image_alt", "Pasar"), meta("_wp_attachment_metadata", `a:1:{s:10:"image_meta";a:1:{s:6:"credit";s:12:"Ketut/Kabar.";}}`)),
		file(21, 0, "dalam.jpg"), file(22, 1, "galeri-1.jpg"), file(23, 1, "galeri-2.jpg", "excerpt:encoded=Dua"), file(24, 0, "hilang.jpg"), file(25, 1, "suara.mp3"), file(26, 1, "laporan.pdf"),
		entry(30, "Tentang Kami", "wp:post_type=page", "wp:post_name=sejarah", "link=https://lama.example/sejarah/", "content:encoded=Kami <a href=\"https://lama.example/2020/05/01/kabar-1/\">menulis</a>.\n\n"+`<img src="https://lama.example/wp-content/uploads/2020/05/dalam.jpg">`),
		entry(31, "Redaksi", "wp:post_type=page", "wp:post_name=redaksi", "link=https://lama.example/redaksi/"))
	lines, sum, err := p.wxr(app.ImportOptions{}, app.WXRInput{Uploads: uploads}, text)
	p.ok(err)
	same(t, "pictures", []int{sum.Pictures, sum.Results[news.ItemFailed]}, []int{4, 1})
	c := p.live(lines[uri(1)].ID).Version.Content
	lead, err := p.DB.Pictures(t.Context(), media.Filter{IDs: []int64{c.Lead.PictureID}})
	p.ok(err)
	same(t, "the lead", []string{lead[0].Caption, lead[0].Credit, lead[0].Alt, lead[0].Name}, []string{"Pasar di Ende", "Ketut/Kabar.", "Pasar", "depan.jpg"})
	var kinds []string
	for _, b := range c.Body.Blocks {
		kinds = append(kinds, b.Type())
	}
	same(t, "blocks", kinds, []string{"picture", "paragraph", "gallery", "embed", "paragraph"})
	same(t, "files", c.Body.Links(), []string{"https://lama.example/wp-content/uploads/2020/05/laporan.pdf"})
	same(t, "the sound", c.Body.Blocks[3].(doc.Embed).URL, "https://lama.example/wp-content/uploads/2020/05/suara.mp3")
	if g := c.Body.Blocks[2].(doc.Gallery); len(g.Items) != 2 {
		t.Errorf("the gallery holds %+v", g)
	}
	if l := lines[uri(1)]; l.Missing != 1 || !strings.Contains(l.String(), "hilang.jpg") || !strings.Contains(l.String(), "the files suara.mp3, laporan.pdf, which are linked at the old site") {
		t.Errorf("the missing picture: %q", l.String())
	}
	if l := lines["https://lama.example/wp-content/uploads/2020/05/suara.mp3"]; l.Result != "skipped" || !strings.Contains(l.Error, "suara.mp3") {
		t.Errorf("the sound file: %+v", l)
	}
	lost := lines["https://lama.example/wp-content/uploads/2020/05/hilang.jpg"]
	if l := lost.String(); !strings.HasSuffix(l,
		`failed: wp:attachment_url: https://lama.example/wp-content/uploads/2020/05/hilang.jpg: there is no file "2020/05/hilang.jpg" in the folder of --uploads; --fetch takes pictures from their addresses`) {
		t.Errorf("the picture that is not there: %s", l)
	}
	page, err := p.DB.StaticPage(t.Context(), "sejarah")
	p.ok(err)
	if got := page.Body.Links(); len(got) != 1 || !strings.HasPrefix(got[0], "/nasional/2020/05/01/") || len(page.Body.Pictures()) != 1 {
		t.Errorf("the page has %v and %v", got, page.Body.Pictures())
	}
	if r, err := p.DB.Redirect(t.Context(), "lama.example", "/sejarah/"); err != nil || r.Target != "/page/sejarah" {
		t.Errorf("its old address leads to %+v, %v", r, err)
	}
	if l := lines[uri(31)]; l.Result != news.ItemConflict || !strings.Contains(l.Error, "/page/redaksi") {
		t.Errorf("a page that is here already: %+v", l)
	}
	undone, _, err := p.UndoImport(t.Context(), sum.Run, nil)
	p.ok(err)
	same(t, "left", []int{undone.Left, undone.Gone["picture"], undone.Gone["page"], undone.Gone["story"]}, []int{0, 4, 1, 1})
}

// TestADamagedExportSaysSo: what is not there, or cannot be told, is in the report.
func TestADamagedExportSaysSo(t *testing.T) {
	t.Parallel()
	whole := export(entry(1, "Satu"), entry(2, "Dua"))
	second := strings.LastIndex(whole, "<item>")
	for _, c := range []struct {
		name, text, why string
		created, failed int
	}{
		{"whole", whole, "", 2, 0},
		{"cut off between items", whole[:second], "ends before </channel>", 1, 1},
		{"cut off in its head", whole[:300], "ends before </channel>", 0, 1},
		{"cut off in a text", whole[:strings.LastIndex(whole, "Isi kabar")+3], "a CDATA section of content:encoded in it does not end", 1, 1},
		{"cut off behind a field", whole[:strings.LastIndex(whole, "<content:encoded>")], "the file ends within it", 1, 1},
		{"an item without a type", export(entry(1, "Satu"), "<item><title>Rusak</title><wp:post_id>9</wp:post_id></item>"), "no wp:post_type", 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lines, sum := newPlace(t).takeWXR(c.text)
			said := ""
			for _, l := range lines {
				said += l.Error
			}
			if sum.Results[news.ItemCreated] != c.created || sum.Results[news.ItemFailed] != c.failed || !strings.Contains(said, c.why) || (c.why == "") != (said == "") {
				t.Errorf("%v, said %q", sum.Results, said)
			}
		})
	}
}

// TestAnItemThatIsLargerThanWhatMayBeOnTheWay must not wait for room for ever.
func TestAnItemThatIsLargerThanWhatMayBeOnTheWay(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	name := filepath.Join(t.TempDir(), "besar.xml")
	p.ok(os.WriteFile(name, []byte(export(entry(1, "Besar", "content:encoded="+strings.Repeat("kata ", 5<<20)), entry(2, "Kecil"))), 0o600))
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	lines := map[string]app.ImportLine{}
	sum, err := p.ImportWXR(ctx, app.WXRInput{Files: []string{name}}, app.ImportOptions{}, func(l app.ImportLine) { lines[l.URI] = l })
	p.ok(err)
	if sum.Interrupted || lines[uri(1)].Field != "content:encoded" || lines[uri(2)].Result != news.ItemCreated {
		t.Errorf("interrupted: %v, %+v", sum.Interrupted, lines)
	}
}

func TestWordPressFilesThatAreElsewhere(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	sound := entry(20, "Rekaman", "wp:post_type=attachment", "wp:status=inherit", "wp:post_parent=1", "wp:attachment_url=https://lama.example/wp-content/uploads/2020/05/rapat%20desa.mp3")
	post := entry(1, "Rapat", `content:encoded=<audio src="https://lama.example/wp-content/uploads/2020/05/rapat%20desa.mp3"></audio>`+"\n\n"+`<a href="http://www.lama.example/wp-content/uploads/x.pdf">Unduh</a>`)
	if _, _, err := p.wxr(app.ImportOptions{}, app.WXRInput{FilesAt: "arsip"}, export(post)); !app.IsUsage(err) {
		t.Errorf("an address that is none: %v", err)
	}
	lines, sum, err := p.wxr(app.ImportOptions{}, app.WXRInput{FilesAt: "https://arsip.example/uploads"}, export(post, sound))
	p.ok(err)
	if line := lines[uri(1)]; line.String() != "" {
		t.Errorf("nothing is lost, and yet: %s", line.String())
	}
	body := p.live(lines[uri(1)].ID).Version.Content.Body
	same(t, "the sound", body.Blocks[0].(doc.Embed).URL, "https://arsip.example/uploads/2020/05/rapat%20desa.mp3")
	same(t, "the link", body.Links(), []string{"https://arsip.example/uploads/x.pdf"})
	r, err := p.DB.Redirect(t.Context(), "lama.example", "/wp-content/uploads/2020/05/rapat%20desa.mp3")
	if err != nil || r.Target != "https://arsip.example/uploads/2020/05/rapat%20desa.mp3" {
		t.Errorf("the old address leads to %+v, %v", r, err)
	}
	same(t, "counted", sum.Others["left out: files that are no pictures"], 1)
}

func TestWordPressMapAndRedirects(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	dir := t.TempDir()
	text := export(entry(1, "Satu", category("kabar-desa")), entry(2, "Dua", category("putar-a"), category("nasional")), entry(3, "Tiga", category("putar-b")),
		entry(4, "Aturan", "wp:post_type=redirect_rule", meta("_redirect_rule_from", "/lama-sekali"), meta("_redirect_rule_to", "/2020/05/01/kabar-1/")))
	name := filepath.Join(dir, "a.xml")
	p.ok(os.WriteFile(name, []byte(text), 0o600))
	var proposed strings.Builder
	p.ok(p.ProposeWXRMap(t.Context(), app.WXRInput{Files: []string{name}}, &proposed))
	for _, want := range []string{"nasional   = nasional", "kabar-desa = +kabar-desa", "below nasional"} {
		if !strings.Contains(proposed.String(), want) {
			t.Errorf("the proposal has no %q:\n%s", want, proposed.String())
		}
	}
	edited := filepath.Join(dir, "map.txt")
	p.ok(os.WriteFile(edited, []byte("kabar-desa = regional # ke daerah\nputar-a = #\nputar-b = -\n"), 0o600))
	redirection := filepath.Join(dir, "r.json")
	p.ok(os.WriteFile(redirection, []byte(`{"plugin":{},"redirects":[{"url":"/tua","action_data":{"url":"/2020/05/01/kabar-2/"},"enabled":true},{"url":"/ke-kategori","action_data":{"url":"/category/nasional/"}},
		{"url":"^/a.*","regex":true,"action_data":{"url":"/"}},{"url":"/luar","action_data":{"url":"https://lain.example/x"}},{"url":"/mati","enabled":false}]}`), 0o600))
	table := filepath.Join(dir, "y.csv")
	f, err := os.Create(table)
	p.ok(err)
	w := csv.NewWriter(f)
	p.ok(w.WriteAll([][]string{{"Origin", "Target", "Type", "Format"}, {"kuno", "/2020/05/01/kabar-1/", "301", "plain"}, {"hapus", "", "410", "plain"}}))
	p.ok(f.Close())
	lines, sum, err := p.wxr(app.ImportOptions{}, app.WXRInput{Map: edited, Redirects: []string{redirection, table}}, text)
	p.ok(err)
	tree, err := p.DB.Sections(t.Context())
	p.ok(err)
	same(t, "mapped", p.live(lines[uri(1)].ID).Version.Content.SectionID, tree.BySlug("regional").ID)
	same(t, "a topic", len(p.live(lines[uri(2)].ID).Version.Content.Topics), 1)
	if l := lines[uri(3)]; l.Result != news.ItemFailed || l.Field != "category" || !strings.Contains(l.Error, "--section") {
		t.Errorf("a post without a section: %+v", l)
	}
	for path, want := range map[string]news.Redirect{"/tua": {StoryID: lines[uri(2)].ID}, "/kuno": {StoryID: lines[uri(1)].ID}, "/lama-sekali": {StoryID: lines[uri(1)].ID}, "/ke-kategori": {Target: "/nasional"},
		"/luar": {Target: "https://lain.example/x"}, "/hapus": {Target: news.GoneTarget("")}} {
		got, err := p.DB.Redirect(t.Context(), "lama.example", path)
		if want.Host, want.Path = "lama.example", path; err != nil || got != want {
			t.Errorf("%s leads to %+v, %v", path, got, err)
		}
	}
	same(t, "redirects that are told of", sum.Results["skipped"], 2) // the rule's item, and a pattern
	p.ok(os.WriteFile(edited, []byte("kabar-desa = tidak-ada\n"), 0o600))
	if _, _, err := p.wxr(app.ImportOptions{}, app.WXRInput{Map: edited}, text); !app.IsUsage(err) || !strings.Contains(err.Error(), "+tidak-ada") {
		t.Errorf("a map with a section that is not there: %v", err)
	}
}

func TestWordPressBadInput(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	lines, sum := p.takeWXR("\uFEFF" + strings.TrimSuffix(export(
		entry(1, "Baik"),
		entry(0, "Tanpa nomor"),
		entry(2, "Waktu rusak", "wp:post_date_gmt=kemarin", "wp:post_date=kemarin dulu", "pubDate=x"),
		entry(3, "Tanpa waktu", "wp:post_date_gmt=0000-00-00 00:00:00", "wp:post_date=0000-00-00 00:00:00", "pubDate="),
		entry(4, "Kembar"), entry(4, "Kembar lain"), entry(1, "Baik"),
		entry(5, "Tanpa penulis", "dc:creator="),
		entry(6, "Berputar", category("putar-a")),
		entry(7, "Jenis lain", "wp:post_type=produk"),
		entry(8, strings.Repeat("Judul panjang ", 40)),
		entry(9, "Foto tidak ada", meta("_thumbnail_id", "999")),
		strings.Replace(entry(10, "Kutipan"), "</wp:status>", "", 1)+"<item><title><![CDATA[Putus"), "</channel></rss>"))
	want := map[int]string{1: "", 2: "wp:post_date_gmt", 3: "wp:post_date_gmt", 5: "", 6: "", 8: "", 9: ""}
	for id, field := range want {
		l := lines[uri(id)]
		if (l.Result == news.ItemFailed) != (field != "") || l.Field != field || field == "" && l.Result != news.ItemCreated && l.Result != "skipped" {
			t.Errorf("item %d: %+v, want field %q", id, l, field)
		}
	}
	if l := lines[uri(4)]; l.Result != "skipped" || !strings.Contains(l.Error, "another item has the id 4") {
		t.Errorf("the id of another item: %+v", l)
	}
	if l := lines[uri(7)]; l.Result != "skipped" || !strings.Contains(l.Error, "--type produk") {
		t.Errorf("another type: %+v", l)
	}
	if l := lines[uri(9)]; !strings.Contains(l.String(), "attachment 999") {
		t.Errorf("a featured picture that is missing: %q", l.String())
	}
	same(t, "without an author", len(p.live(lines[uri(5)].ID).Version.Content.Credits), 0)
	if n := sum.Results[news.ItemFailed]; n != 4 && n != 5 { // two times, no id, the end of the file
		t.Errorf("%d failed: %+v", n, sum.Results)
	}
	if sum.Complete() {
		t.Error("the import says that all went in")
	}

	latin := strings.NewReplacer("UTF-8", "ISO-8859-1", "Baik", "Caf\xe9").Replace(export(entry(21, "Baik")))
	lines, _ = p.takeWXR(latin)
	same(t, "Latin-1", p.live(lines[uri(21)].ID).Version.Content.Headline, "Café")
	wide := []byte{0xff, 0xfe}
	for _, r := range export(entry(22, "Lebar")) {
		wide = append(wide, byte(r), byte(r>>8))
	}
	lines, _ = p.takeWXR(string(wide))
	same(t, "UTF-16", p.live(lines[uri(22)].ID).Version.Content.Headline, "Lebar")

	for name, text := range map[string]string{"a page": "<html><body>Halaman</body></html>", "nothing": ""} {
		if _, _, err := p.wxr(app.ImportOptions{}, app.WXRInput{}, text); !app.IsUsage(err) || !strings.Contains(err.Error(), "no export of WordPress") {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := strings.ReplaceAll(export(entry(1, "Lain")), "lama.example", "beda.example")
	if _, _, err := p.wxr(app.ImportOptions{}, app.WXRInput{}, export(entry(1, "Baik")), other); !app.IsUsage(err) || !strings.Contains(err.Error(), "beda.example") {
		t.Errorf("two sites at once: %v", err)
	}
}

// TestWordPressCorpora brings in the exports by which WordPress' own people try
// themes, and counts what came of them against the XML.
func TestWordPressCorpora(t *testing.T) {
	t.Parallel()
	corpora := os.Getenv("WARTA_CORPORA")
	if corpora == "" {
		t.Skip("WARTA_CORPORA names no folder with samples")
	}
	p := newPlace(t)
	names := []string{filepath.Join(corpora, "wxr", "themeunittestdata.wordpress.xml"), filepath.Join(corpora, "wxr", "64-block-test-data.xml")}
	want := countXML(t, names)
	uploads := t.TempDir()
	for n, path := range slices.Sorted(func(yield func(string) bool) {
		for path := range want.pictures {
			if !yield(path) {
				return
			}
		}
	}) {
		to := filepath.Join(uploads, filepath.FromSlash(path))
		p.ok(os.MkdirAll(filepath.Dir(to), 0o700))
		p.ok(os.WriteFile(to, photo(t, uint8(n*7+3)), 0o600))
	}
	sum, err := p.ImportWXR(t.Context(), app.WXRInput{Files: names, Uploads: uploads}, app.ImportOptions{Section: "nasional"}, func(l app.ImportLine) {
		if l.Result == news.ItemFailed || l.Missing > 0 {
			t.Errorf("%s", l.String())
		}
	})
	p.ok(err)
	got := map[string]int{"posts": sum.Made["story"], "pages": sum.Made["page"], "pictures": sum.Made["picture"], "comments": sum.Comments}
	same(t, "counts", got, map[string]int{"posts": len(want.posts), "pages": len(want.pages), "pictures": len(want.pictures), "comments": want.comments})
	tree, err := p.DB.Sections(t.Context())
	p.ok(err)
	for _, c := range want.categories {
		slug := c
		if c == "uncategorized" {
			continue
		}
		if c == "media" { // an address of ours
			slug = "kanal-media"
		}
		if tree.BySlug(slug) == nil {
			t.Errorf("the category %s is no section", c)
		}
	}
	topics, err := p.DB.NamesThere(t.Context(), "topic", want.tags)
	p.ok(err)
	if len(topics) != len(want.tags) {
		t.Errorf("%d of %d tags are topics", len(topics), len(want.tags))
	}
	counts, err := p.DB.CountStories(t.Context())
	p.ok(err)
	same(t, "comments that are stored", int(counts.Comments), want.comments)
}

// counted is what an export holds.
type counted struct {
	posts, pages map[string]bool
	pictures     map[string]bool // path of each picture file
	comments     int             // on posts, without pingbacks
	categories   []string
	tags         []string
}

// countXML counts by encoding/xml, which knows nothing of how the import reads.
func countXML(t *testing.T, names []string) *counted {
	t.Helper()
	type item struct {
		ID       string `xml:"post_id"`
		Type     string `xml:"post_type"`
		File     string `xml:"attachment_url"`
		Comments []struct {
			Type string `xml:"comment_type"`
		} `xml:"comment"`
		Terms []struct {
			Domain string `xml:"domain,attr"`
			Slug   string `xml:"nicename,attr"`
			Name   string `xml:",chardata"`
		} `xml:"category"`
	}
	c := &counted{posts: map[string]bool{}, pages: map[string]bool{}, pictures: map[string]bool{}}
	image := regexp.MustCompile(`/(\d{4}/\d\d/[^/]+\.(?:jpe?g|png|gif))$`)
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close() // read only
		d := xml.NewDecoder(f)
		for {
			tok, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			start, ok := tok.(xml.StartElement)
			if !ok || start.Name.Local != "item" {
				continue
			}
			var it item
			if err := d.DecodeElement(&it, &start); err != nil {
				t.Fatal(err)
			}
			switch it.Type {
			case "attachment":
				if m := image.FindStringSubmatch(it.File); m != nil {
					c.pictures[m[1]] = true
				}
			case "page":
				c.pages[it.ID] = true
			case "post":
				if c.posts[it.ID] {
					continue
				}
				c.posts[it.ID] = true
				for _, x := range it.Comments {
					if x.Type == "" || x.Type == "comment" {
						c.comments++
					}
				}
				for _, x := range it.Terms {
					switch {
					case x.Domain == "category" && !slices.Contains(c.categories, x.Slug):
						c.categories = append(c.categories, x.Slug)
					case x.Domain == "post_tag" && !slices.Contains(c.tags, x.Name):
						c.tags = append(c.tags, x.Name)
					}
				}
			}
		}
	}
	return c
}

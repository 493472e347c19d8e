// Package blog writes the export of a made-up Indonesian news blog that ran on
// WordPress, of any size, the same one each time. Post n is made from n alone, so
// whatever a test wants to know of it can be asked without reading the export.
package blog

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"
)

// Blog is a made-up blog.
type Blog struct {
	Posts int
	Host  string // empty: lama.example
	Seed  uint64
}

// first is when the first post went out; they are an hour apart.
var first = time.Date(2012, 1, 2, 1, 0, 0, 0, time.UTC)

func (b *Blog) host() string {
	if b.Host != "" {
		return b.Host
	}
	return "lama.example"
}

// Post is what a test may want to know of a post.
type Post struct {
	ID       int64
	Title    string
	Slug     string
	Status   string // "publish", "draft", "private", "future"
	At       time.Time
	Category string // slug
	Comments int    // all of them: shown, waiting and refused
	OldSlug  string // empty: it never had another one
}

// Public reports whether readers see the post.
func (p *Post) Public() bool { return p.Status == "publish" }

// ID returns the id of post n, from 0.
func ID(n int) int64 { return int64(n)*3 + 11 }

func (b *Blog) rand(n int, of uint64) *rand.Rand {
	return rand.New(rand.NewPCG(b.Seed<<32|uint64(n), of))
}

// Post returns post n.
func (b *Blog) Post(n int) Post {
	r := b.rand(n, 1)
	p := Post{ID: ID(n), Title: title(r), At: first.Add(time.Duration(n) * time.Hour), Status: "publish", Category: categories[r.IntN(len(categories))].slug}
	p.Slug = fmt.Sprintf("%s-%d", slug(p.Title), n)
	switch k := r.IntN(200); {
	case k == 0:
		p.Status = "draft"
	case k == 1:
		p.Status = "private"
	case k == 2:
		p.Status, p.At = "future", time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(-2, 0, n%300)
	case k < 8:
		p.OldSlug = "versi-lama-" + p.Slug
	}
	// Three on average, and now and then a debate.
	switch k := r.IntN(100); {
	case k < 40:
	case k < 97:
		p.Comments = 1 + r.IntN(8)
	default:
		p.Comments = 10 + r.IntN(20)
	}
	return p
}

// URI returns by what an import knows post n.
func (b *Blog) URI(n int) string { return fmt.Sprintf("https://%s/?p=%d", b.host(), ID(n)) }

// Path returns where post n stood.
func (b *Blog) Path(p *Post) string { return p.At.In(wib).Format("/2006/01/02/") + p.Slug + "/" }

var wib = time.FixedZone("WIB", 7*3600)

// Addresses calls yield for each old address of each public post, with what an
// import knows the post by.
func (b *Blog) Addresses(yield func(address, uri string) bool) {
	for n := range b.Posts {
		p := b.Post(n)
		if !p.Public() {
			continue
		}
		list := []string{"https://" + b.host() + b.Path(&p), b.URI(n)}
		if p.OldSlug != "" {
			list = append(list, "https://"+b.host()+p.At.In(wib).Format("/2006/01/02/")+p.OldSlug+"/")
		}
		for _, a := range list {
			if !yield(a, b.URI(n)) {
				return
			}
		}
	}
}

// WriteAddresses writes the old addresses as "warta check urls" reads them: a line
// each, with what the story is known by.
func (b *Blog) WriteAddresses(w io.Writer) error {
	out := bufio.NewWriter(w)
	for address, uri := range b.Addresses {
		fmt.Fprintf(out, "%s\t%s\n", address, uri)
	}
	return out.Flush()
}

// Write writes posts from, from on and below to, with the head of the export.
func (b *Blog) Write(w io.Writer, from, to int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	host := b.host()
	fmt.Fprintf(out, `<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/6.4.3" created="2024-03-01 02:00" -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
	<title>Kabar Lama</title>
	<link>https://%[1]s</link>
	<language>id</language>
	<wp:wxr_version>1.2</wp:wxr_version>
	<wp:base_site_url>https://%[1]s</wp:base_site_url>
	<wp:base_blog_url>https://%[1]s</wp:base_blog_url>
`, host)
	for i, name := range people {
		fmt.Fprintf(out, "\t<wp:author><wp:author_id>%d</wp:author_id><wp:author_login><![CDATA[%s]]></wp:author_login><wp:author_display_name><![CDATA[%s]]></wp:author_display_name></wp:author>\n",
			i+1, slug(name), name)
	}
	for i, c := range categories {
		fmt.Fprintf(out, "\t<wp:category><wp:term_id>%d</wp:term_id><wp:category_nicename><![CDATA[%s]]></wp:category_nicename><wp:category_parent><![CDATA[%s]]></wp:category_parent><wp:cat_name><![CDATA[%s]]></wp:cat_name></wp:category>\n",
			i+2, c.slug, c.parent, c.name)
	}
	for n := from; n < to; n++ {
		b.item(out, n)
	}
	out.WriteString("</channel>\n</rss>\n")
	return out.Flush()
}

// item writes post n.
func (b *Blog) item(out *bufio.Writer, n int) {
	p, r := b.Post(n), b.rand(n, 2)
	link, at := "https://"+b.host()+b.Path(&p), p.At
	gmt := at.Format("2006-01-02 15:04:05")
	if p.Status == "draft" {
		link, gmt = b.URI(n), "0000-00-00 00:00:00"
	}
	fmt.Fprintf(out, `	<item>
		<title><![CDATA[%s]]></title>
		<link>%s</link>
		<pubDate>%s</pubDate>
		<dc:creator><![CDATA[%s]]></dc:creator>
		<guid isPermaLink="false">%s</guid>
		<description></description>
		<content:encoded><![CDATA[%s]]></content:encoded>
		<excerpt:encoded><![CDATA[%s]]></excerpt:encoded>
		<wp:post_id>%d</wp:post_id>
		<wp:post_date><![CDATA[%s]]></wp:post_date>
		<wp:post_date_gmt><![CDATA[%s]]></wp:post_date_gmt>
		<wp:post_modified_gmt><![CDATA[%s]]></wp:post_modified_gmt>
		<wp:comment_status><![CDATA[open]]></wp:comment_status>
		<wp:post_name><![CDATA[%s]]></wp:post_name>
		<wp:status><![CDATA[%s]]></wp:status>
		<wp:post_parent>0</wp:post_parent>
		<wp:menu_order>0</wp:menu_order>
		<wp:post_type><![CDATA[post]]></wp:post_type>
		<wp:post_password><![CDATA[]]></wp:post_password>
		<wp:is_sticky>0</wp:is_sticky>
`, p.Title, link, at.Format(time.RFC1123Z), slug(people[r.IntN(len(people))]), b.URI(n), b.text(n, r), excerpt(r), p.ID,
		at.In(wib).Format("2006-01-02 15:04:05"), gmt, at.Add(time.Hour).Format("2006-01-02 15:04:05"), p.Slug, p.Status)
	for _, c := range categories {
		if c.slug == p.Category {
			fmt.Fprintf(out, "\t\t<category domain=\"category\" nicename=\"%s\"><![CDATA[%s]]></category>\n", c.slug, c.name)
		}
	}
	for range r.IntN(4) {
		t := places[r.IntN(len(places))] + " " + things[r.IntN(len(things))]
		fmt.Fprintf(out, "\t\t<category domain=\"post_tag\" nicename=\"%s\"><![CDATA[%s]]></category>\n", slug(t), t)
	}
	fmt.Fprintf(out, "\t\t<wp:postmeta><wp:meta_key><![CDATA[_edit_last]]></wp:meta_key><wp:meta_value><![CDATA[%d]]></wp:meta_value></wp:postmeta>\n", 1+r.IntN(9))
	if p.OldSlug != "" {
		fmt.Fprintf(out, "\t\t<wp:postmeta><wp:meta_key><![CDATA[_wp_old_slug]]></wp:meta_key><wp:meta_value><![CDATA[%s]]></wp:meta_value></wp:postmeta>\n", p.OldSlug)
	}
	b.comments(out, &p, n, r)
	out.WriteString("\t</item>\n")
}

// comments writes the comments of a post: a third of them answer one before.
func (b *Blog) comments(out *bufio.Writer, p *Post, n int, r *rand.Rand) {
	for i := range p.Comments {
		id := p.ID*100 + int64(i)
		parent := int64(0)
		if i > 0 && r.IntN(3) == 0 {
			parent = p.ID*100 + int64(r.IntN(i))
		}
		state := "1"
		switch k := r.IntN(50); k {
		case 0:
			state = "0"
		case 1:
			state = "spam"
		case 2:
			state = "trash"
		}
		at := p.At.Add(time.Duration(i+1) * 17 * time.Minute)
		if p.Status == "future" {
			at = first
		}
		fmt.Fprintf(out, `		<wp:comment>
			<wp:comment_id>%d</wp:comment_id>
			<wp:comment_author><![CDATA[%s]]></wp:comment_author>
			<wp:comment_author_email><![CDATA[pembaca%d@surat.example]]></wp:comment_author_email>
			<wp:comment_author_url></wp:comment_author_url>
			<wp:comment_author_IP><![CDATA[192.0.2.%d]]></wp:comment_author_IP>
			<wp:comment_date><![CDATA[%s]]></wp:comment_date>
			<wp:comment_date_gmt><![CDATA[%s]]></wp:comment_date_gmt>
			<wp:comment_content><![CDATA[%s]]></wp:comment_content>
			<wp:comment_approved><![CDATA[%s]]></wp:comment_approved>
			<wp:comment_type><![CDATA[comment]]></wp:comment_type>
			<wp:comment_parent>%d</wp:comment_parent>
			<wp:comment_user_id>0</wp:comment_user_id>
		</wp:comment>
`, id, people[r.IntN(len(people))], r.IntN(9999), r.IntN(250), at.In(wib).Format("2006-01-02 15:04:05"), at.Format("2006-01-02 15:04:05"),
			sentence(r)+" "+sentence(r), state, parent)
	}
}

// text writes the body of post n, every other one in the block editor, with links to
// posts before and behind it.
func (b *Blog) text(n int, r *rand.Rand) string {
	var s strings.Builder
	blocks := n%2 == 0
	paragraph := func(text string) {
		if blocks {
			s.WriteString("<!-- wp:paragraph -->\n<p>" + text + "</p>\n<!-- /wp:paragraph -->\n\n")
		} else {
			s.WriteString(text + "\n\n")
		}
	}
	for i := range 4 + r.IntN(4) {
		var text strings.Builder
		for k := range 2 + r.IntN(3) {
			if k > 0 {
				text.WriteByte(' ')
			}
			text.WriteString(sentence(r))
		}
		if i == 1 && b.Posts > 1 {
			to := b.Post(r.IntN(b.Posts))
			fmt.Fprintf(&text, ` <a href="https://%s%s">%s</a>.`, b.host(), b.Path(&to), to.Title)
		}
		paragraph(text.String())
		if i == 2 && r.IntN(4) == 0 {
			if blocks {
				s.WriteString("<!-- wp:heading -->\n<h2>" + title(r) + "</h2>\n<!-- /wp:heading -->\n\n")
			} else {
				s.WriteString("<h2>" + title(r) + "</h2>\n\n")
			}
		}
	}
	return s.String()
}

func excerpt(r *rand.Rand) string {
	if r.IntN(3) > 0 {
		return ""
	}
	return sentence(r)
}

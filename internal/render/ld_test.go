package render_test

import (
	"encoding/json"
	"html/template"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"warta/internal/render"
)

func ldPublisher() render.LDOrganization {
	return render.LDOrganization{
		Name: "Kabar Nusantara", LegalName: "PT Kabar Nusantara", URL: "https://kabar.example/",
		Logo:    render.LDImage{URL: "https://kabar.example/assets/logo.png", Width: 600, Height: 60},
		Address: "Jalan Contoh 1, Jakarta", Email: "redaksi@kabar.example", SameAs: []string{"https://social.example/kabar"},
		Masthead: "https://kabar.example/page/redaksi", EthicsPolicy: "https://kabar.example/page/kode-etik",
		CorrectionsPolicy: "https://kabar.example/page/hak-jawab",
	}
}

func ldStory() render.LDArticle {
	media := "https://kabar.example/media/k3/"
	return render.LDArticle{
		URL: "https://kabar.example/global/2022/01/08/55/badai", Headline: "Badai Salju Melanda Pesisir Timur",
		Description: "Suhu turun.", Dateline: "WASHINGTON DC", Language: "id", Section: "Internasional",
		Keywords: []string{"Cuaca", "Amerika Serikat"}, Published: time.Date(2022, 1, 8, 6, 31, 0, 0, wib),
		Modified: time.Date(2022, 1, 8, 9, 12, 0, 0, wib), Publisher: ldPublisher(),
		Authors: []render.LDAuthor{{Name: "Rini Astuti", URL: "https://kabar.example/author/rini-astuti"}, {Name: "Tim Redaksi", Team: true}},
		Sources: []render.LDSource{{Name: "AFP", URL: "https://www.afp.com/"}, {Name: "Reuters"}},
		Images: []render.LDImage{
			{URL: media + "16x9.jpg", Width: 1200, Height: 675, Caption: "Salju.", Credit: "AFP/JANE DOE"},
			{URL: media + "4x3.jpg", Width: 1200, Height: 900}, {URL: media + "1x1.jpg", Width: 1200, Height: 1200},
			{URL: media + "640.jpg", Width: 640, Height: 360},
		},
		Corrections: []render.LDCorrection{{Label: "Ralat", Text: "Suhu semula keliru.", At: time.Date(2022, 1, 8, 9, 12, 0, 0, wib),
			URL: "https://kabar.example/global/2022/01/08/55/badai#ralat"}},
		Video: &render.LDVideo{Name: "Badai", Description: "Gambar badai.", Thumbnails: []string{media + "16x9.jpg"},
			Uploaded: time.Date(2022, 1, 8, 6, 0, 0, 0, wib), Duration: 3723 * time.Second, EmbedURL: "https://video.example/embed/1"},
	}
}

// TestStructuredDataHasEveryRequiredProperty holds each type against what
// schema.org and the search engines' documentation call required or recommended.
// A path names a property; [] steps into every element of a list.
func TestStructuredDataHasEveryRequiredProperty(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, kind, file string
		node             render.LD
		paths            []string
	}{
		{"a story", "NewsArticle", "ld-article.json", ldStory(), []string{
			"@context", "url", "headline", "description", "datePublished", "dateModified", "dateline", "inLanguage",
			"articleSection", "keywords", "isAccessibleForFree", "creditText",
			"mainEntityOfPage.@type", "mainEntityOfPage.@id", "author[].@type", "author[].name",
			"publisher.@type", "publisher.name", "publisher.url", "publisher.logo.url", "publisher.logo.width",
			"image[].@type", "image[].url", "image[].contentUrl", "image[].width", "image[].height",
			"sourceOrganization[].name", "correction[].@type", "correction[].text", "correction[].datePublished",
			"video.@type", "video.name", "video.thumbnailUrl", "video.uploadDate", "video.duration", "video.embedUrl"}},
		{"breadcrumbs", "BreadcrumbList", "ld-breadcrumbs.json", render.LDBreadcrumbs{
			{Name: "Beranda", URL: "https://kabar.example/"}, {Name: "Global", URL: "https://kabar.example/global"}}, []string{
			"@context", "itemListElement[].@type", "itemListElement[].position", "itemListElement[].name", "itemListElement[].item"}},
		{"an author", "ProfilePage", "ld-profile.json", render.LDProfile{Name: "Rini Astuti", URL: "https://kabar.example/author/rini-astuti",
			JobTitle: "Reporter", Language: "id", Employer: ldPublisher(), SameAs: []string{"https://social.example/rini"}}, []string{
			"@context", "url", "mainEntity.@type", "mainEntity.name", "mainEntity.url", "mainEntity.worksFor.name", "mainEntity.sameAs"}},
		{"the outlet", "NewsMediaOrganization", "ld-organization.json", ldPublisher(), []string{
			"@context", "name", "legalName", "url", "logo.@type", "logo.url", "address", "email", "sameAs",
			"masthead", "ethicsPolicy", "correctionsPolicy"}},
		{"the site", "WebSite", "ld-website.json", render.LDWebsite{Name: "Kabar Nusantara", URL: "https://kabar.example/", Language: "id",
			Publisher: ldPublisher(), SearchURL: "https://kabar.example/search?q={search_term_string}"}, []string{
			"@context", "name", "url", "potentialAction.@type", "potentialAction.target.urlTemplate", "potentialAction.query-input"}},
		{"a section front", "CollectionPage", "ld-collection.json", render.LDCollection{Name: "Global", URL: "https://kabar.example/global",
			Language: "id", Items: []render.LDCrumb{{Name: "Badai", URL: "https://kabar.example/global/2022/01/08/55/badai"}}}, []string{
			"@context", "name", "url", "mainEntity.@type", "mainEntity.itemListElement[].position", "mainEntity.itemListElement[].url"}},
	}
	for _, c := range cases {
		t.Run(c.name+" is a complete "+c.kind, func(t *testing.T) {
			t.Parallel()
			doc := render.LDScript(c.node)
			var tree map[string]any
			if err := json.Unmarshal(doc, &tree); err != nil {
				t.Fatal(err)
			}
			if tree["@type"] != c.kind {
				t.Errorf("@type = %v", tree["@type"])
			}
			for _, p := range c.paths {
				if !hasPath(tree, strings.Split(p, ".")) {
					t.Errorf("%s is missing or empty", p)
				}
			}
			pretty, err := json.MarshalIndent(json.RawMessage(doc), "", " ")
			if err != nil {
				t.Fatal(err)
			}
			sameAsGolden(t, c.file, append(pretty, '\n'))
		})
	}
}

// hasPath reports whether the property exists and says something, in every
// element where the path goes through a list.
func hasPath(v any, path []string) bool {
	if len(path) == 0 {
		return v != nil && v != "" && v != 0.0
	}
	m, ok := v.(map[string]any)
	if !ok {
		return false
	}
	name, list := strings.CutSuffix(path[0], "[]")
	if !list {
		return hasPath(m[name], path[1:])
	}
	elems, _ := m[name].([]any)
	for _, e := range elems {
		if !hasPath(e, path[1:]) {
			return false
		}
	}
	return len(elems) > 0
}

// article returns the node of a as a tree.
func article(t *testing.T, a render.LDArticle) map[string]any {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal(render.LDScript(a), &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestArticleChoosesWhatItSays(t *testing.T) {
	t.Parallel()
	t.Run("times carry the offset of the site, also in UTC", func(t *testing.T) {
		t.Parallel()
		a := ldStory()
		a.Modified = time.Time{}
		a.Published = a.Published.UTC()
		tree := article(t, a)
		equal(t, "published", tree["datePublished"].(string), "2022-01-07T23:31:00+00:00")
		equal(t, "modified", tree["dateModified"].(string), "2022-01-07T23:31:00+00:00")
		equal(t, "local", article(t, ldStory())["datePublished"].(string), "2022-01-08T06:31:00+07:00")
	})
	t.Run("small crops stand only where no large one does", func(t *testing.T) {
		t.Parallel()
		if n := len(article(t, ldStory())["image"].([]any)); n != 3 {
			t.Errorf("%d images, want the three of 1,200 pixels", n)
		}
		a := ldStory()
		a.Images = a.Images[3:]
		if n := len(article(t, a)["image"].([]any)); n != 1 {
			t.Errorf("%d images, want the small one", n)
		}
	})
	t.Run("a story without byline is signed by the outlet", func(t *testing.T) {
		t.Parallel()
		a := ldStory()
		a.Authors = nil
		author := article(t, a)["author"].([]any)[0].(map[string]any)
		equal(t, "author", author["name"].(string), "Kabar Nusantara")
		equal(t, "type", author["@type"].(string), "NewsMediaOrganization")
	})
	t.Run("a members' story says so and where", func(t *testing.T) {
		t.Parallel()
		a := ldStory()
		a.MembersOnly, a.Paywalled = true, ".members"
		tree := article(t, a)
		part := tree["hasPart"].(map[string]any)
		if tree["isAccessibleForFree"] != false || part["isAccessibleForFree"] != false || part["cssSelector"] != ".members" {
			t.Errorf("free = %v, part = %v", tree["isAccessibleForFree"], part)
		}
	})
	t.Run("a sponsored story is not called news", func(t *testing.T) {
		t.Parallel()
		a := ldStory()
		a.Sponsored = true
		equal(t, "type", article(t, a)["@type"].(string), "AdvertiserContentArticle")
	})
}

func TestHeadlineFitsSearchEngines(t *testing.T) {
	t.Parallel()
	long := strings.TrimSpace(strings.Repeat("Banjir É ", 20))
	cases := []struct{ name, headline, short, want string }{
		{"a short one stays", "Banjir", "x", "Banjir"},
		{"110 characters stay", strings.Repeat("é", 110), "x", strings.Repeat("é", 110)},
		{"a long one gives way to the short headline", long, "Banjir besar", "Banjir besar"},
		{"a long one alone is cut between words", long, "", strings.TrimSpace(strings.Repeat("Banjir É ", 12)) + "…"},
		{"one long word is cut inside", strings.Repeat("é", 200), "", strings.Repeat("é", 109) + "…"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := ldStory()
			a.Headline, a.ShortHeadline = c.headline, c.short
			equal(t, "headline", article(t, a)["headline"].(string), c.want)
		})
	}
}

func TestHostileStringsCannotLeaveTheScript(t *testing.T) {
	t.Parallel()
	a := ldStory()
	a.Headline, a.Description, a.Dateline, a.Section = hostile, hostile, hostile, hostile
	a.Authors = []render.LDAuthor{{Name: hostile, URL: "javascript:alert(1)"}}
	a.Keywords = []string{"</SCRIPT>", "<!--<script>"}
	page := template.Must(template.New("").Parse(`<head><script type="application/ld+json">{{.}}</script><title>x</title></head>`))
	var b strings.Builder
	if err := page.Execute(&b, template.JS(render.LDScript(a))); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	var scripts []string
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "script" {
			scripts = append(scripts, n.FirstChild.Data)
		}
	}
	if len(scripts) != 1 {
		t.Fatalf("%d scripts, want one: %s", len(scripts), b.String())
	}
	if regexp.MustCompile("[<>&\u2028\u2029]").MatchString(scripts[0]) {
		t.Errorf("dangerous characters stand raw: %s", scripts[0])
	}
	var tree map[string]any
	if err := json.Unmarshal([]byte(scripts[0]), &tree); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(tree["headline"].(string), `A & B < C > "D"`) {
		t.Errorf("headline = %q", tree["headline"])
	}
	if author := tree["author"].([]any)[0].(map[string]any); author["url"] != nil {
		t.Errorf("a script address was printed: %v", author)
	}
}

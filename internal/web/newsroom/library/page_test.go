package library_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/media"
	"warta/internal/news"
)

// story makes a story with a picture and returns its id.
func (p *place) story(headline string, picture int64, live bool) int64 {
	p.t.Helper()
	tree, err := p.db.Sections(p.t.Context())
	p.ok(err)
	id, err := p.desk.Create(p.t.Context(), account.System("test"), news.Content{Headline: headline, SectionID: tree.BySlug("nasional").ID,
		Lead: news.Lead{PictureID: picture, Credit: "AFP", Caption: "Foto", Alt: "Foto"},
		Body: doc.Doc{Blocks: []doc.Block{doc.Paragraph{ID: "aaaaaaaa", Text: doc.Text("Isi.")}}}})
	p.ok(err)
	if live {
		_, err = p.desk.Publish(p.t.Context(), account.System("test"), id)
		p.ok(err)
	}
	return id
}

// names returns what the cards of a list say.
func names(a answer) (out []string) {
	a.is(200).html().Find(".pictures .name").Each(func(_ int, s *goquery.Selection) { out = append(out, s.Text()) })
	return out
}

func TestList(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.get("budi", "/newsroom/pictures").is(200, "Belum ada foto. Yang Anda unggah")
	p.get("sari", "/newsroom/pictures").is(200, "There are no pictures yet.")
	for i, name := range []string{"banjir.jpg", "gempa.jpg", "pasar.jpg"} {
		p.bring([]string{"budi", "sari", "budi"}[i], uint8(i+1), name)
	}
	p.post("rani", "/newsroom/pictures/1", url.Values{"caption": {"Warga menerobos banjir"}, "credit": {"ANTARA"}, "ai": {"1"}}).is(303)
	p.story("Berita gempa", 2, true)
	for _, c := range []struct{ query, want string }{
		{"", "pasar.jpg, gempa.jpg, Warga menerobos banjir"},
		{"?q=kebanjiran", "Warga menerobos banjir"},
		{"?q=gempa", "gempa.jpg"},
		{"?uncredited=1", "pasar.jpg, gempa.jpg"},
		{"?ai=1", "Warga menerobos banjir"},
		{"?unused=1", "pasar.jpg, Warga menerobos banjir"},
		{"?mine=1", "pasar.jpg, Warga menerobos banjir"},
		{"?mine=1&uncredited=1", "pasar.jpg"},
		{"?from=2026-11-23&to=2026-11-23", "pasar.jpg, gempa.jpg, Warga menerobos banjir"},
		{"?to=2026-11-22", ""},
		{"?from=nonsens&after=x&limit=9", "pasar.jpg, gempa.jpg, Warga menerobos banjir"},
	} {
		if got := strings.Join(names(p.get("budi", "/newsroom/pictures"+c.query)), ", "); got != c.want {
			t.Errorf("%q shows %q, want %q", c.query, got, c.want)
		}
	}
	page := p.get("budi", "/newsroom/pictures?q=banjir&ai=1&unused=1").is(200).html()
	var on []string
	page.Find(".word.on").Each(func(_ int, s *goquery.Selection) {
		href, _ := s.Attr("href")
		on = append(on, href)
	})
	if got, want := strings.Join(on, " "), "/newsroom/pictures?ai=1&unused=1 /newsroom/pictures?q=banjir&unused=1 /newsroom/pictures?ai=1&q=banjir"; got != want {
		t.Errorf("filters can be taken away by %s, want %s", got, want)
	}
	if n := page.Find(`input[type=hidden][name=ai], input[type=hidden][name=unused]`).Length(); n != 2 {
		t.Errorf("%d filters are kept by the search, want 2", n)
	}
	p.get("budi", "/newsroom/pictures?q=zamrud").is(200, "Tidak ada foto yang cocok")
	if n := p.get("budi", "/newsroom/pictures").html().Find(".pictures .warn").Length(); n != 2 {
		t.Errorf("%d pictures are said to lack a credit, want 2", n)
	}
	p.get("tono", "/newsroom/pictures").is(403)
}

func TestListIsPaged(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for i := range 50 {
		_, _, err := p.db.AddPicture(t.Context(), "import", media.Picture{Hash: fmt.Sprintf("%064x", i), Name: fmt.Sprint(i), MIME: "image/jpeg",
			Width: 40, Height: 30, CreatedAt: noon}, media.NewAddresses())
		p.ok(err)
	}
	first := p.get("budi", "/newsroom/pictures?uncredited=1")
	if n := len(names(first)); n != 48 {
		t.Errorf("the first page has %d", n)
	}
	next, _ := first.html().Find(".more a").Attr("href")
	rest := p.get("budi", next)
	if got := strings.Join(names(rest), " "); got != "1 0" {
		t.Errorf("the second page has %s", got)
	}
	if rest.html().Find(".more a").Length() != 0 {
		t.Error("the last page leads on")
	}
	found := p.script("budi", "GET", "/newsroom/find/pictures", nil).is(200)
	var list []taken
	p.ok(json.Unmarshal([]byte(found.body), &list))
	if len(list) != 24 || list[0].Name != "49" || found.Header.Get("Warta-Next") == "" {
		t.Errorf("the picker has %d, the first %+v", len(list), list[0])
	}
	found = p.script("budi", "GET", "/newsroom/find/pictures?after="+found.Header.Get("Warta-Next"), nil).is(200)
	p.ok(json.Unmarshal([]byte(found.body), &list))
	if list[0].Name != "25" {
		t.Errorf("the picker goes on with %+v", list[0])
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	a, b := p.bring("budi", 1, "banjir.jpg"), p.bring("budi", 2, "gempa.jpg")
	p.post("budi", "/newsroom/pictures/1", url.Values{"caption": {"Air bah"}, "credit": {"AFP"}, "alt": {"Perahu"}}).is(303)
	got := p.script("budi", "GET", "/newsroom/find/pictures?q=banjir", nil).is(200).body
	want := fmt.Sprintf(`[{"id":%d,"src":"/newsroom/media/%d/orig/640.webp","width":400,"height":300,"caption":"Air bah","credit":"AFP","alt":"Perahu","tone":%d,"name":"banjir.jpg","ai":false}]`,
		a.ID, a.ID, a.Tone)
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var list []taken
	p.ok(json.Unmarshal([]byte(p.script("budi", "GET", "/newsroom/find/pictures?ids=99,2,1", nil).is(200).body), &list))
	if len(list) != 2 || list[0].ID != b.ID || list[1].ID != a.ID {
		t.Errorf("by ids: %+v", list)
	}
	if got := p.script("budi", "GET", "/newsroom/find/pictures?q=zamrud", nil).is(200).body; got != "[]" {
		t.Errorf("nothing: %s", got)
	}
	p.script("budi", "GET", "/newsroom/find/pictures?ids=1,x", nil).problem(400)
	p.script("tono", "GET", "/newsroom/find/pictures", nil).problem(403)
}

func TestPicture(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	id := p.bring("budi", 9, "banjir.jpg").ID
	path := "/newsroom/pictures/" + strconv.FormatInt(id, 10)
	page := p.get("budi", path).is(200, "Belum dipakai di mana pun", "Kredit foto belum ada", "400 × 300 piksel", "Dibawa Budi").html()
	if page.Find("[data-cut]").Length() != 3 || page.Find("dialog#delete form").Length() != 1 || page.Find("[readonly]").Length() != 0 {
		t.Errorf("the page has %d cuts, %d dialogs, %d fields that cannot be changed", page.Find("[data-cut]").Length(),
			page.Find("dialog#delete form").Length(), page.Find("[readonly]").Length())
	}
	page.Find("[data-cut], .focal img").Each(func(_ int, s *goquery.Selection) {
		src, _ := s.Attr("src")
		p.get("budi", src).is(200)
	})
	base, _ := page.Find("[name=base]").Attr("value")
	form := url.Values{"base": {base}, "caption": {"Air bah"}, "credit": {"AFP/BUDI"}, "people": {"Rani\r\n Sari \r\n"},
		"focal_x": {"12,5"}, "focal_y": {"80"}, "ai": {"1"}}
	if a := p.post("budi", path, form).is(303); a.Header.Get("Location") != path+"?said=saved" {
		t.Errorf("leads to %s", a.Header.Get("Location"))
	}
	page = p.get("budi", path+"?said=saved").is(200, "Tersimpan.", "Air bah. (AFP/BUDI)").html()
	for sel, want := range map[string]string{"[name=focal_x]": "12.5", "[name=focal_y]": "80.0", "[name=credit]": "AFP/BUDI"} {
		if v, _ := page.Find(sel).Attr("value"); v != want {
			t.Errorf("%s is %q, want %q", sel, v, want)
		}
	}
	if v := page.Find("[name=people]").Text(); v != "Rani\nSari" {
		t.Errorf("people are %q", v)
	}
	if page.Find("[name=ai][checked]").Length() != 1 {
		t.Error("the AI label is gone")
	}

	// What was written upon other words comes back with them.
	form.Set("caption", "Yang lain")
	again := p.post("budi", path, form).is(409, "Orang lain mengubah foto ini").html()
	if again.Find("[name=caption]").Text() != "Yang lain" || again.Find(".now q").First().Text() != "Air bah" {
		t.Errorf("after a conflict: %q beside %q", again.Find("[name=caption]").Text(), again.Find(".now q").Text())
	}
	base, _ = again.Find("[name=base]").Attr("value")
	form.Set("base", base)
	p.post("budi", path, form).is(303)
	form.Del("base")
	for _, c := range []struct{ field, value, says string }{
		{"focal_x", "150", "0 sampai 100"},
		{"focal_y", "kiri", "0 sampai 100"},
		{"caption", strings.Repeat("a", 8001), "terlalu panjang"},
	} {
		old := form.Get(c.field)
		form.Set(c.field, c.value)
		wrong := p.post("budi", path, form).is(400).html()
		if text := wrong.Find(".field .error").Text(); !strings.Contains(text, c.says) {
			t.Errorf("%s: the page says %q", c.field, text)
		}
		form.Set(c.field, old)
	}

	other := p.get("sari", path).is(200, "Somebody else added this picture").html()
	if other.Find(".words-form button.main").Length() != 0 || other.Find("dialog#delete").Length() != 0 {
		t.Error("somebody else is offered to change it")
	}
	p.post("sari", path, form).is(403, "Somebody else added this picture")
	p.get("sari", "/newsroom/pictures/99").is(404)
}

func TestDelete(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	used, idle, theirs := p.bring("budi", 1, "a.jpg"), p.bring("budi", 2, "b.jpg"), p.bring("sari", 3, "c.jpg")
	draft := p.story("Rahasia desk", used.ID, false)
	p.story("Sudah tayang", used.ID, true)

	page := p.get("rani", "/newsroom/pictures/1").is(200).html()
	if got := strings.Join(strings.Fields(page.Find(".uses").Text()), " "); got != "Tayang Sudah tayang Draf Rahasia desk" {
		t.Errorf("its uses are %q", got)
	}
	if page.Find(`.uses a[href="/newsroom/stories/`+strconv.FormatInt(draft, 10)+`"]`).Length() != 1 {
		t.Error("the draft has no link")
	}
	hidden := p.get("budi", "/newsroom/pictures/1").is(200).html().Find(".uses").Text()
	if strings.Contains(hidden, "Rahasia") || !strings.Contains(hidden, "naskah desk lain") {
		t.Errorf("who may not read drafts is told %q", hidden)
	}
	p.post("budi", "/newsroom/pictures/1/delete", nil).is(409, "sedang dipakai", "Sudah tayang")
	p.post("budi", "/newsroom/pictures/3/delete", nil).is(403)
	p.get("budi", "/newsroom/pictures/3/delete").is(403)
	p.get("budi", "/newsroom/pictures/2/delete").is(200, "Hapus b.jpg?", "Hapus foto ini")
	if a := p.post("budi", "/newsroom/pictures/2/delete", nil).is(303); a.Header.Get("Location") != "/newsroom/pictures?said=deleted" {
		t.Errorf("leads to %s", a.Header.Get("Location"))
	}
	p.get("budi", "/newsroom/pictures?said=deleted").is(200, "sudah dihapus")
	p.get("budi", idle.Src).is(404)
	p.post("dewi", "/newsroom/pictures/3/delete", nil).is(303)
	p.get("sari", theirs.Src).is(404)
}

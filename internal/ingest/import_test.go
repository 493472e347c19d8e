package ingest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/change"
	"warta/internal/doc"
	"warta/internal/fetch"
	"warta/internal/ingest"
	"warta/internal/media"
	"warta/internal/news"
)

// place is a Warta into which the tests import.
type place struct {
	*app.Core
	t   testing.TB
	mu  sync.Mutex
	now time.Time
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{t: t, now: time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)}
	core, err := app.Open(t.Context(), app.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", BaseURL: "https://kabar.example"},
		slog.New(slog.NewTextHandler(io.Discard, nil)), p.clock)
	if err != nil {
		t.Fatal(err)
	}
	p.Core = core
	t.Cleanup(func() {
		if err := core.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func (p *place) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *place) ok(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// take imports texts, a file each, and returns what was said of each item.
func (p *place) take(files ...string) []ingest.Line {
	p.t.Helper()
	dir := p.t.TempDir()
	for i, text := range files {
		p.ok(os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.json", i)), []byte(text), 0o600))
	}
	lines, _ := p.folder(dir)
	return lines
}

func (p *place) folder(dir string) (lines []ingest.Line, sum app.ImportSummary) {
	p.t.Helper()
	sum, err := p.ImportNinjs(p.t.Context(), app.ImportInput{Paths: []string{dir}}, app.ImportOptions{Section: "regional", Changes: true},
		func(l app.ImportLine) { lines = append(lines, l) })
	p.ok(err)
	if sum.Items != len(lines) {
		p.t.Errorf("%d items were counted and %d reported", sum.Items, len(lines))
	}
	return lines, sum
}

func (p *place) live(id int64) news.LiveStory {
	p.t.Helper()
	s, err := p.DB.LiveStory(p.t.Context(), id)
	p.ok(err)
	return s
}

func (p *place) status(id int64) news.Status {
	p.t.Helper()
	s, err := p.DB.Story(p.t.Context(), id)
	p.ok(err)
	return s.Status
}

func results(lines []ingest.Line) (out []string) {
	for _, l := range lines {
		out = append(out, string(l.Result))
	}
	return out
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// item is a story of our own words with some fields changed.
func item(uri, version, change string) string {
	m := map[string]any{"uri": uri, "version": version, "type": "text", "firstCreated": "2022-01-07T23:31:00Z",
		"headlines": []any{map[string]any{"role": "main", "value": "Warga menanam bakau " + uri}},
		"bodies":    []any{map[string]any{"contentType": "text/html", "value": "<p>JAKARTA, KOMPAS.com – Ratusan warga menanam bakau.</p><p>Bibitnya disemai sendiri.</p>"}},
		"by":        "Ani dan Budi", "subjects": []any{map[string]any{"name": "Nasional"}, map[string]any{"name": "Bakau"}}}
	if change != "" {
		if err := json.Unmarshal([]byte(change), &m); err != nil {
			panic(err) // a slip in a test's own text
		}
	}
	out, _ := json.Marshal(m) // it was JSON
	return string(out)
}

func TestImportStories(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	first := p.take(item("urn:a", "2", ""))
	same(t, "first", results(first), []string{"created"})
	id := first[0].ID
	same(t, "address", first[0].URL, fmt.Sprintf("https://kabar.example/nasional/2022/01/08/%d/warga-menanam-bakau-urn-a", id))
	c := p.live(id).Version.Content
	same(t, "dateline", c.Dateline, "JAKARTA")
	same(t, "text", c.Body.Plain(), "Ratusan warga menanam bakau.\n\nBibitnya disemai sendiri.")
	people, err := p.DB.Persons(t.Context(), []int64{c.Credits[0].PersonID, c.Credits[1].PersonID})
	p.ok(err)
	same(t, "byline", []string{people[0].Name, people[1].Name}, []string{"Ani", "Budi"})
	topics, err := p.DB.Topics(t.Context(), c.Topics)
	p.ok(err)
	same(t, "topic", topics[0].Name, "Bakau")
	if !slices.ContainsFunc(first[0].Changes, func(n ingest.Note) bool { return n.Kind == ingest.TakenDateline }) {
		t.Errorf("the dateline is not among the changes %v", first[0].Changes)
	}

	last, err := p.DB.LastEvent(t.Context())
	p.ok(err)
	same(t, "again", results(p.take(item("urn:a", "2", ""))), []string{"unchanged"})
	now, err := p.DB.LastEvent(t.Context())
	p.ok(err)
	same(t, "events of the same item", now, last)
	same(t, "higher, lower and twice", results(p.take(item("urn:a", "10", `{"by":"Cici"}`), item("urn:a", "9", `{"by":"Dedi"}`),
		"["+item("urn:b", "1", "")+","+item("urn:b", "1", "")+"]")), []string{"updated", "ignored", "created", "unchanged"})
	same(t, "versions", p.live(id).Version.No, 2)
	same(t, "first published", p.live(id).Story.FirstPublished, time.Date(2022, 1, 7, 23, 31, 0, 0, time.UTC))
	to, err := p.DB.Redirect(t.Context(), "lama.example", "/a?id=1")
	if err == nil {
		t.Errorf("a redirect is there too early: %v", to)
	}
	l := p.take(item("https://lama.example/a?id=1", "1", ""))
	to, err = p.DB.Redirect(t.Context(), "lama.example", "/a?id=1")
	p.ok(err)
	same(t, "old address", to.StoryID, l[0].ID)
}

func TestImportRespectsStatus(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	ids := map[string]int64{}
	for _, uri := range []string{"urn:kill", "urn:hold", "urn:edit"} {
		ids[uri] = p.take(item(uri, "1", ""))[0].ID
	}
	c := p.live(ids["urn:edit"]).Version.Content
	c.Headline = "Disunting redaksi"
	_, err := p.DB.Change(t.Context(), news.Pick{IDs: []int64{ids["urn:edit"]}}, draftOf(c))
	p.ok(err)

	lines := p.take(item("urn:kill", "1", `{"pubStatus":"canceled"}`), item("urn:hold", "2", `{"pubStatus":"withheld"}`),
		item("urn:edit", "2", ""), item("urn:embargo", "1", `{"embargoed":"2026-11-23T06:00:00Z"}`),
		item("urn:both", "1", `{"embargoed":"2026-11-23T06:00:00Z","pubStatus":"withheld"}`), item("urn:never", "1", `{"pubStatus":"canceled"}`))
	same(t, "results", results(lines), []string{"updated", "updated", "conflict", "created", "created", "ignored"})
	same(t, "cancelled", p.status(ids["urn:kill"]), news.Withdrawn)
	same(t, "withheld", p.status(ids["urn:hold"]), news.Unpublished)
	same(t, "edited", p.live(ids["urn:edit"]).Version.No, 1)
	same(t, "embargoed", p.status(lines[3].ID), news.Unpublished)
	same(t, "address of what is embargoed", lines[3].URL, "")
	same(t, "cancelled before we had it", lines[5].ID, int64(0))
	same(t, "cancelled again", results(p.take(item("urn:kill", "1", `{"pubStatus":"canceled"}`))), []string{"unchanged"})

	p.mu.Lock()
	p.now = p.now.Add(2 * time.Hour)
	p.mu.Unlock()
	n, err := p.Desk.RunDue(t.Context(), false)
	p.ok(err)
	same(t, "released", n, 1)
	same(t, "after the embargo", p.status(lines[3].ID), news.Live)
	same(t, "withheld after the embargo", p.status(lines[4].ID), news.Unpublished)
	same(t, "withheld, then usable", results(p.take(item("urn:hold", "3", ""))), []string{"updated"})
	same(t, "usable again", p.status(ids["urn:hold"]), news.Live)
}

func TestImportReportsBadItems(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	dir := t.TempDir()
	text := strings.Join([]string{item("urn:1", "1", ""), `{"uri":"urn:2","headlines":"x"}`, `{"uri":"urn:3", torn`,
		item("urn:4", "1", `{"headlines":[{"role":"main","value":7}]}`), item("urn:5", "1", ""), `{"uri":"urn:6","type":"audio"}`,
		item("urn:7", "1", `{"subjects":[]}`)}, "\n")
	p.ok(os.WriteFile(filepath.Join(dir, "a.jsonl"), []byte(text), 0o600))
	p.ok(os.MkdirAll(filepath.Join(dir, "b", ".hidden"), 0o700))
	p.ok(os.WriteFile(filepath.Join(dir, "b", "c.ninjs"), []byte(item("urn:8", "1", "")), 0o600))
	p.ok(os.WriteFile(filepath.Join(dir, "b", "readme.txt"), []byte("bukan berita"), 0o600))
	p.ok(os.WriteFile(filepath.Join(dir, "b", ".hidden", "d.json"), []byte(item("urn:9", "1", "")), 0o600))
	lines, sum := p.folder(dir)
	same(t, "results", results(lines), []string{"created", "failed", "failed", "failed", "created", "skipped", "created", "created"})
	type place struct {
		Line  int
		Field string
	}
	same(t, "where", []place{{lines[1].Line, lines[1].Field}, {lines[2].Line, lines[2].Field}, {lines[3].Line, lines[3].Field}},
		[]place{{2, "headlines"}, {3, ""}, {4, "headlines[0].value"}})
	same(t, "complete", sum.Complete(), false)
	same(t, "the section of the flag", p.live(lines[6].ID).Version.Content.SectionID, p.section("regional"))
	same(t, "file", lines[7].File, filepath.Join(dir, "b", "c.ninjs"))
	if lines[2].Error == "" || lines[2].URI != "" {
		t.Errorf("the torn line is reported as %+v", lines[2])
	}
	_, err := p.ImportNinjs(t.Context(), app.ImportInput{Paths: []string{filepath.Join(dir, "none")}}, app.ImportOptions{}, nil)
	same(t, "a path that is not there is a matter of usage", app.IsUsage(err), true)
	_, err = p.ImportNinjs(t.Context(), app.ImportInput{Paths: []string{dir}}, app.ImportOptions{Section: "tidak-ada"}, nil)
	same(t, "so is a section", app.IsUsage(err), true)
}

func (p *place) section(slug string) int64 {
	p.t.Helper()
	tree, err := p.DB.Sections(p.t.Context())
	p.ok(err)
	return tree.BySlug(slug).ID
}

// photo returns a JPEG of one colour.
func photo(t testing.TB, tone uint8) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 80, 60))
	for i := range m.Pix {
		m.Pix[i] = tone
	}
	m.Set(1, 1, color.White)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestImportPictures(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	outside := t.TempDir()
	p.ok(os.WriteFile(filepath.Join(outside, "rahasia.jpg"), photo(t, 9), 0o600))
	dir := t.TempDir()
	p.ok(os.MkdirAll(filepath.Join(dir, "berita", "foto"), 0o700))
	for i, name := range []string{"satu.jpg", "dua dua.jpg", "tiga.jpg", "teks.jpg"} {
		p.ok(os.WriteFile(filepath.Join(dir, "berita", "foto", name), photo(t, uint8(40*i)), 0o600))
	}
	p.ok(os.WriteFile(filepath.Join(dir, "berita", "foto", "rusak.jpg"), []byte("bukan gambar"), 0o600))
	p.ok(os.Symlink(filepath.Join(outside, "rahasia.jpg"), filepath.Join(dir, "berita", "foto", "tautan.jpg")))
	association := func(name, href, caption string) string {
		return fmt.Sprintf(`{"name":%q,"uri":"urn:foto:%s","type":"picture","by":"Ani","copyrightHolder":"AFP","descriptions":[{"value":%q}],
			"renditions":[{"href":%q,"contentType":"image/jpeg"}]}`, name, name, caption, href)
	}
	story := item("urn:galeri", "1", `{"bodies":[{"contentType":"text/html","value":"<p>Satu.</p><figure><img src=\"foto/teks.jpg\"><figcaption>Di teks (AFP/BUDI)</figcaption></figure><p>Dua.</p>"}],
		"associations":[`+strings.Join([]string{association("a", "foto/satu.jpg", "Kesatu."), association("featured", "foto/dua%20dua.jpg", "Kedua."),
		association("b", "foto/tiga.jpg", "Ketiga."), association("c", "foto/tidak-ada.jpg", ""), association("d", "foto/rusak.jpg", ""),
		association("e", "foto/tautan.jpg", ""), association("f", "../../"+filepath.Base(outside)+"/rahasia.jpg", ""),
		association("g", "https://foto.example/x.jpg", ""), association("h", filepath.Join(outside, "rahasia.jpg"), "")}, ",")+`]}`)
	p.ok(os.WriteFile(filepath.Join(dir, "berita", "x.json"), []byte(story), 0o600))
	lines, sum := p.folder(dir)
	same(t, "result", []any{results(lines)[0], lines[0].Missing, sum.Pictures}, []any{"created", 6, 4})
	c := p.live(lines[0].ID).Version.Content
	pictures, err := p.DB.PicturesByID(t.Context(), c.PictureIDs())
	p.ok(err)
	var captions []string
	for _, pic := range pictures {
		captions = append(captions, pic.Caption+"|"+pic.Credit)
	}
	same(t, "lead, text, gallery", captions, []string{"Kedua.|AFP/ANI", "Di teks|AFP/BUDI", "Kesatu.|AFP/ANI", "Ketiga.|AFP/ANI"})
	last := c.Body.Blocks[len(c.Body.Blocks)-1]
	g, ok := last.(doc.Gallery)
	if !ok || len(g.Items) != 2 || g.Items[0].Caption != "" {
		t.Errorf("the story ends with %+v", last)
	}

	picture := `{"uri":"urn:foto:sendiri","type":"picture","headlines":[{"value":"Pelabuhan"}],"renditions":[{"href":"s.jpg","contentType":"image/jpeg"}],"usageTerms":"Sekali"}`
	dir = t.TempDir()
	p.ok(os.WriteFile(filepath.Join(dir, "s.jpg"), photo(t, 200), 0o600))
	p.ok(os.WriteFile(filepath.Join(dir, "a.json"), []byte("["+item("urn:pakai", "1", `{"associations":[{"name":"a","type":"picture","uri":"urn:foto:sendiri"}]}`)+
		","+picture+`,{"uri":"urn:foto:embargo","type":"picture","embargoed":"2030-01-01T00:00:00Z","renditions":[{"href":"s.jpg"}]},
		{"uri":"urn:foto:tanpa","type":"picture","renditions":[{"href":"t.jpg"}]}]`), 0o600))
	lines, _ = p.folder(dir)
	same(t, "pictures as items", results(lines), []string{"created", "created", "skipped", "failed"})
	same(t, "a story uses a picture that came by itself", p.live(lines[0].ID).Version.Content.Lead.PictureID, lines[1].ID)
	pic, err := p.DB.Picture(t.Context(), lines[1].ID)
	p.ok(err)
	same(t, "its words", []string{pic.Caption, pic.Rights, pic.URI}, []string{"Pelabuhan", "Sekali", "urn:foto:sendiri"})
	lines, _ = p.folder(dir)
	same(t, "again", results(lines), []string{"unchanged", "unchanged", "skipped", "failed"})
}

func TestImportTakesPicturesThatComeLater(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"0", "1", "17", ""} {
		t.Run("with the version "+version, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			dir := t.TempDir()
			text := item("urn:a", version, `{"associations":[{"name":"a","uri":"urn:p","type":"picture","renditions":[{"href":"a.jpg"}]},
				{"name":"b","uri":"urn:q","type":"picture","renditions":[{"href":"b.jpg"}]}]}`)
			p.ok(os.WriteFile(filepath.Join(dir, "a.json"), []byte(text), 0o600))
			step := func(file, want string, missing int) int64 {
				t.Helper()
				if file != "" {
					p.ok(os.WriteFile(filepath.Join(dir, file), photo(t, uint8(file[0])), 0o600))
				}
				lines, _ := p.folder(dir)
				same(t, "after "+file, []any{string(lines[0].Result), lines[0].Missing}, []any{want, missing})
				return lines[0].ID
			}
			step("", "created", 2)
			step("", "unchanged", 2)
			step("b.jpg", "updated", 1)
			id := step("a.jpg", "updated", 0)
			step("", "unchanged", 0)
			same(t, "pictures", len(func() []int64 { c := p.live(id).Version.Content; return c.PictureIDs() }()), 2)
			p.ok(os.Remove(filepath.Join(dir, "a.jpg"))) // the library has it under its id
			step("", "unchanged", 0)
		})
	}
}

func TestImportFetches(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Path != "/ada.jpg" {
			http.NotFound(w, r)
			return
		}
		if _, err := w.Write(photo(t, 77)); err != nil {
			t.Error(err)
		}
	}))
	defer srv.Close()
	settings, err := p.DB.Settings(t.Context())
	p.ok(err)
	tree, err := p.DB.Sections(t.Context())
	p.ok(err)
	client := fetch.New(fetch.Options{Allow: []string{srv.Listener.Addr().String()}})
	defer client.Close()
	im, err := ingest.NewImporter(ingest.Parts{Desk: p.Desk, Names: p.DB, Runs: p.DB, Shelf: p.DB, Pages: p.DB, Site: p.Site, Library: p.Library, Fetch: client},
		ingest.Options{Tree: tree, Settings: settings})
	p.ok(err)
	text := item("urn:ambil", "1", fmt.Sprintf(`{"associations":[{"name":"a","uri":"urn:p","type":"picture","renditions":[{"href":"%[1]s/hilang.jpg","width":9,"height":9},{"href":"%[1]s/ada.jpg"}]},
		{"name":"b","uri":"urn:q","type":"picture","renditions":[{"href":"http://10.0.0.1/dalam.jpg"}]},{"name":"c","uri":"urn:r","type":"picture","renditions":[{"href":"file:///etc/hostname.jpg"}]}]}`, srv.URL))
	for _, want := range []string{"created", "unchanged"} {
		var lines []ingest.Line
		_, err := im.Ninjs(t.Context(), ingest.Input{Paths: []string{"-"}, Stdin: strings.NewReader(text)}, func(l ingest.Line) { lines = append(lines, l) })
		p.ok(err)
		same(t, "result", []any{string(lines[0].Result), lines[0].Missing}, []any{want, 2})
		pic, err := p.DB.Pictures(t.Context(), media.Filter{URI: "urn:p"})
		p.ok(err)
		same(t, "lead", p.live(lines[0].ID).Version.Content.Lead.PictureID, pic[0].ID)
	}
	same(t, "requests in all", asked, 2)
}

func TestImportGoesOnAfterAnInterruption(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	dir := t.TempDir()
	const n = 1300
	for f := range 2 {
		var b strings.Builder
		for i := range n / 2 {
			b.WriteString(item(fmt.Sprintf("urn:%d:%d", f, i), "1", "") + "\n")
		}
		p.ok(os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.jsonl", f)), []byte(b.String()), 0o600))
	}
	run := func(stopAt int, o app.ImportOptions) (sum app.ImportSummary, seen int) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		sum, err := p.ImportNinjs(ctx, app.ImportInput{Paths: []string{dir}}, o, func(l app.ImportLine) {
			if l.Error != "" {
				t.Errorf("%s: %s", l.URI, l.Error)
			}
			if seen++; seen == stopAt {
				stop()
			}
		})
		p.ok(err)
		return sum, seen
	}
	sum, seen := run(700, app.ImportOptions{})
	if !sum.Interrupted || sum.Complete() || seen < 700 || seen == n {
		t.Fatalf("the first run saw %d items: %+v", seen, sum)
	}
	rest, more := run(0, app.ImportOptions{})
	if rest.Resumed == 0 || more != n-seen || rest.Results[news.ItemCreated] != more || !rest.Complete() {
		t.Errorf("after %d items the second run saw %d: %+v", seen, more, rest)
	}
	again, all := run(0, app.ImportOptions{})
	if again.Resumed != 0 || all != n || again.Results[news.ItemUnchanged] != n {
		t.Errorf("a run after the end saw %d: %+v", all, again)
	}
	run(500, app.ImportOptions{})
	if anew, all := run(0, app.ImportOptions{Restart: true}); anew.Resumed != 0 || all != n {
		t.Errorf("a run that begins anew saw %d items: %+v", all, anew)
	}
}

func TestImportTellsOfFailuresAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	dir := t.TempDir()
	var b strings.Builder
	for i := range 900 {
		change := ""
		if i == 150 {
			change = `{"headlines":[]}`
		}
		b.WriteString(item(fmt.Sprintf("urn:%d", i), "1", change) + "\n")
	}
	p.ok(os.WriteFile(filepath.Join(dir, "a.jsonl"), []byte(b.String()), 0o600))
	ctx, stop := context.WithCancel(t.Context())
	n := 0
	_, err := p.ImportNinjs(ctx, app.ImportInput{Paths: []string{dir}}, app.ImportOptions{}, func(app.ImportLine) {
		if n++; n == 600 {
			stop()
		}
	})
	p.ok(err)
	lines, sum := []app.ImportLine(nil), app.ImportSummary{}
	sum, err = p.ImportNinjs(t.Context(), app.ImportInput{Paths: []string{dir}}, app.ImportOptions{}, func(l app.ImportLine) { lines = append(lines, l) })
	p.ok(err)
	if sum.Resumed == 0 || sum.Complete() || lines[0].Line != 151 || lines[0].Field != "headlines" {
		t.Errorf("the second run begins with %+v: %+v", lines[0], sum)
	}
}

func TestImportOfASlowStream(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r, w := io.Pipe()
	seen := make(chan app.ImportLine)
	ended := make(chan error)
	go func() {
		_, err := p.ImportNinjs(t.Context(), app.ImportInput{Paths: []string{"-"}, Stdin: r}, app.ImportOptions{}, func(l app.ImportLine) { seen <- l })
		ended <- err
	}()
	for i := range 2 {
		if _, err := io.WriteString(w, item(fmt.Sprintf("urn:%d", i), "1", "")+"\n"); err != nil {
			t.Fatal(err)
		}
		if l := <-seen; l.Result != news.ItemCreated || l.File != "-" {
			t.Errorf("got %+v", l)
		}
	}
	p.ok(w.Close())
	p.ok(<-ended)
}

func TestImportOfSamples(t *testing.T) {
	t.Parallel()
	corpora := os.Getenv("WARTA_CORPORA")
	if corpora == "" {
		t.Skip("WARTA_CORPORA names no folder with samples")
	}
	p := newPlace(t)
	for _, release := range []string{"2.1", "3.0"} {
		lines, sum := p.folder(filepath.Join(corpora, "ninjs", release))
		for _, l := range lines {
			if l.Result == news.ItemFailed && l.Field != "renditions" && !strings.HasSuffix(l.File, "-schema.json") {
				t.Errorf("%s", l.String())
			}
			if l.URL == "" {
				continue
			}
			c := p.live(l.ID).Version.Content
			if c.Headline == "" || c.Body.Empty() || strings.Contains(c.Body.Plain(), "<p>") || strings.Contains(c.Body.Plain(), "(AP) --") {
				t.Errorf("%s: %q, %q", l.URI, c.Headline, c.Body.Plain())
			}
		}
		if sum.Results[news.ItemCreated] == 0 && release == "2.1" {
			t.Errorf("nothing came in: %+v", sum)
		}
	}
	lines, _ := p.folder(filepath.Join(corpora, "ninjs", "1.4"))
	for _, l := range lines {
		if l.Result != news.ItemFailed || !strings.Contains(l.Error, "1.") {
			t.Errorf("ninjs 1.4: %+v", l)
		}
	}
}

// draftOf makes a person at the desk write a draft.
func draftOf(c news.Content) func(*news.World, []*news.Record) (change.Outcome, error) {
	return func(w *news.World, recs []*news.Record) (change.Outcome, error) {
		recs[0].Draft = &news.Draft{StoryID: recs[0].Story.ID, Seq: 1, Content: c, By: account.Actor{ID: 7}.String(), At: w.Now}
		recs[0].Story.Stage = news.StageDraft
		return change.Outcome{}, nil
	}
}

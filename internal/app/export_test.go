package app_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"warta/internal/app"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/testkit"
)

// redraft puts a draft on a live story.
func redraft(c news.Content) func(*news.World, []*news.Record) (change.Outcome, error) {
	return func(w *news.World, recs []*news.Record) (change.Outcome, error) {
		r := recs[0]
		r.Story.Stage = news.StageDraft
		r.Draft = &news.Draft{StoryID: r.Story.ID, Seq: 1, Content: c, By: "user:1", At: w.Now}
		return change.Outcome{}, nil
	}
}

// answer is what a reader gets at an address.
type answer struct {
	status int
	header string
	body   string
}

// ask sends a request as a machine does whose visits do not count as reads.
func ask(s *testkit.Site, host, path string) answer {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = host
	r.Header.Set("User-Agent", "Examplebot/1.0 (+https://bot.example)")
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	a := answer{status: w.Code, body: w.Body.String()}
	for _, name := range []string{"Location", "ETag", "Content-Type", "Cache-Control", "Vary", "Link", "Last-Modified", "X-Robots-Tag"} {
		a.header += name + ": " + strings.Join(w.Header().Values(name), ", ") + "\n"
	}
	return a
}

var linked = regexp.MustCompile(`(?:` + regexp.QuoteMeta(baseURL) + `)?(/[^\s"'<>\\,)]*)`)

// crawl asks for every address of a site that can be found from the given ones.
func crawl(t *testing.T, s *testkit.Site, start []string) map[string]answer {
	t.Helper()
	seen := map[string]answer{}
	queue := slices.Clone(start)
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if _, ok := seen[path]; ok {
			continue
		}
		if len(seen) > 6000 {
			t.Fatalf("the crawl does not end; at %s", path)
		}
		host, at := "localhost:8080", path
		if h, rest, ok := strings.Cut(path, " "); ok {
			host, at = h, rest
		}
		a := ask(s, host, at)
		seen[path] = a
		if !strings.Contains(a.header, "Content-Type: text/") && !strings.Contains(a.header, "xml") && !strings.Contains(a.header, "json") {
			continue
		}
		for _, m := range linked.FindAllStringSubmatch(strings.ReplaceAll(a.header+a.body, "&amp;", "&"), -1) {
			if !strings.HasPrefix(m[1], "//") && !strings.HasPrefix(m[1], "/assets/") {
				queue = append(queue, m[1])
			}
		}
	}
	return seen
}

// entrances are the addresses from which a crawl begins: those that no page
// links among them.
func (n *newspaper) entrances() []string {
	list := []string{"/", "/robots.txt", "/sitemap.xml", "/sitemap-news.xml", "/.well-known/security.txt", "/latest", "/index", "/search?q=bakau",
		"/search?q=pantai&sort=rank", "/search?q=budi", "/tidak/ada", "/topic/rahasia", "/topic/arsip", "/topic/tertutup", "/author/tak-tampil", "/author/sari",
		"/desa", "/lama/dari-kantor", "/lama/dicabut", "/lama/embargo", "/?p=12", "/tentang", "/media/AAAAAAAAAAAAAAAAAAAAAA/640.webp",
		oldHost + " /2020/01/dari-kantor.html", oldHost + " /rubrik/pantai?x=1", oldHost + " /apa/saja", "lain.example /"}
	for _, f := range []string{"rss.xml", "atom.xml", "feed.json", "topic/bakau/rss.xml", "author/sari/rss.xml", "section/regional/rss.xml", "section/desa/atom.xml"} {
		list = append(list, "/feeds/"+f)
	}
	for id := int64(1); id < 60; id++ {
		st, err := n.DB.Story(n.t.Context(), id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		n.ok(err)
		p := news.Path(n.Tree.Slug(st.SectionID), testkit.Start, testkit.Start.Location(), id, st.Slug)
		list = append(list, p, p+"-lain")
	}
	pictures, err := n.DB.PublicPicturesAfter(n.t.Context(), 0, 100)
	n.ok(err)
	var ids []int64
	for _, p := range pictures {
		ids = append(ids, p.ID)
	}
	ids = append(ids, 1) // the one that nobody shows
	tokens, err := n.DB.AddressesOf(n.t.Context(), ids)
	n.ok(err)
	for _, crops := range tokens {
		for _, token := range crops {
			list = append(list, "/media/"+token+"/320.webp", "/media/"+token+"/1200.jpg", "/media/"+token+"/333.webp")
		}
	}
	slices.Sort(list)
	return list
}

func TestExportAnswersEveryAddressInAnEmptySite(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of addresses; the ordinary run has them")
	}
	t.Parallel()
	n := newNewspaper(t)
	dir := filepath.Join(t.TempDir(), "ekspor")
	steps := 0
	sum, err := n.Export(t.Context(), dir, func(done, total int) {
		if done > total {
			t.Errorf("the progress passed its end: %d of %d", done, total)
		}
		steps++
	})
	n.ok(err)
	if sum.Stories != 48 || sum.Withdrawn != 2 || sum.Corrections != 3 || sum.Pictures != 4 || sum.Redirects != 6 || sum.Sources != 1 || sum.Persons != 2 || sum.Topics != 3 {
		t.Errorf("the export counts %+v", sum)
	}
	if steps == 0 || !app.IsExport(dir) || app.IsExport(t.TempDir()) {
		t.Errorf("no progress was told, or the folder is not recognised")
	}
	want := crawl(t, n.Site, n.entrances())
	byStatus := map[int]int{}
	for _, a := range want {
		byStatus[a.status]++
	}
	t.Logf("%d addresses by status: %v", len(want), byStatus)
	for _, status := range []int{200, 301, 404, 410, 421} {
		if byStatus[status] == 0 {
			t.Errorf("no address answers %d: the crawl does not see enough", status)
		}
	}
	t.Run("holds nothing that is not public", func(t *testing.T) { holdsNoSecret(t, dir) })
	t.Run("has items that are valid ninjs", func(t *testing.T) { validItems(t, dir) })
	t.Run("names every file with its checksum", func(t *testing.T) { checksEveryFile(t, dir) })
	for _, postgres := range []bool{false, true} {
		name := map[bool]string{false: "on SQLite", true: "on PostgreSQL"}[postgres]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			other := testkit.New(t, testkit.Options{BaseURL: baseURL, Hosts: []string{oldHost}, Postgres: postgres})
			ask(other, "localhost:8080", "/") // what was rendered before has to go
			back, err := other.Restore(t.Context(), dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			if back != sum {
				t.Errorf("%+v came back of %+v", back, sum)
			}
			last, err := other.DB.LastEvent(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			other.Settle(last)
			compare(t, other, want)
			again(t, other, dir)
		})
	}
}

// compare holds every answer of a site against the other's.
func compare(t *testing.T, s *testkit.Site, want map[string]answer) {
	t.Helper()
	wrong := 0
	for path, a := range want {
		host, at := "localhost:8080", path
		if h, rest, ok := strings.Cut(path, " "); ok {
			host, at = h, rest
		}
		b := ask(s, host, at)
		if a == b {
			continue
		}
		if wrong++; wrong > 5 {
			continue
		}
		t.Errorf("%s differs: %d and %d\n%s\n%s\n%s", path, a.status, b.status, a.header, b.header, firstDifference(a.body, b.body))
	}
	if wrong > 0 {
		t.Errorf("%d of %d addresses differ", wrong, len(want))
	}
}

// again restores into a site that is full, and lets it live on.
func again(t *testing.T, s *testkit.Site, dir string) {
	t.Helper()
	if _, err := s.Restore(t.Context(), dir, nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("a full site took an export: %v", err)
	}
	st := s.Publish(news.Content{Headline: "Berita baru sesudah pemulihan"})
	if old, err := s.DB.Stories(t.Context(), []int64{st.ID}); err != nil || len(old) != 1 || st.ID <= 50 {
		t.Errorf("the new story has the id %d: %v", st.ID, err)
	}
	_, err := s.Desk.Correct(t.Context(), testkit.Actor, news.Correction{StoryID: st.ID, Kind: news.Ralat, Text: "Salah ketik."})
	if err != nil {
		t.Errorf("correct: %v", err)
	}
	for range 3 {
		if _, err := s.App.Site.SaveSection(t.Context(), testkit.Actor, news.Section{Slug: "baru" + strings.Repeat("x", int(st.ID%7)), Name: "Baru"}); err != nil && !fault.Is(err, fault.Conflict) {
			t.Errorf("new section: %v", err)
		}
	}
	if _, err := s.DB.EnsurePersons(t.Context(), []string{"Orang Baru"}); err != nil {
		t.Errorf("new person: %v", err)
	}
	res, err := s.Desk.Import(t.Context(), testkit.Actor, []news.Incoming{{URI: "urn:wire:1", Version: "3", Hash: "abc",
		Content: news.Content{Headline: "Dari kantor berita", SectionID: 1}}})
	if err != nil || res[0].Result != news.ItemUnchanged {
		t.Errorf("the same item of the feed again: %+v, %v", res, err)
	}
}

func firstDifference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	cut := func(s string) string { return s[max(0, min(len(s), i)-80):min(len(s), i+120)] }
	return "…" + cut(a) + "…\n…" + cut(b) + "…"
}

func holdsNoSecret(t *testing.T, dir string) {
	eachFile(t, dir, func(path string, data []byte) {
		for _, s := range secrets {
			if strings.Contains(strings.ToLower(string(data)), strings.ToLower(s)) {
				i := strings.Index(strings.ToLower(string(data)), strings.ToLower(s))
				t.Errorf("%s holds %s: …%s…", path, s, data[max(0, i-200):min(len(data), i+50)])
			}
		}
		for _, s := range []string{"secret.", "audit"} {
			if strings.HasSuffix(path, ".json") && strings.Contains(string(data), s) {
				t.Errorf("%s holds %q", path, s)
			}
		}
	})
}

func eachFile(t *testing.T, dir string, f func(path string, data []byte)) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		f(filepath.ToSlash(rel), data)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func checksEveryFile(t *testing.T, dir string) {
	var m struct {
		Files []struct {
			Path   string
			Bytes  int
			SHA256 string
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for _, f := range m.Files {
		listed[f.Path] = f.SHA256
	}
	eachFile(t, dir, func(path string, data []byte) {
		sum := sha256.Sum256(data)
		if !strings.HasPrefix(path, "manifest.json") && listed[path] != hex.EncodeToString(sum[:]) {
			t.Errorf("%s has another checksum in the manifest", path)
		}
		delete(listed, path)
	})
	if len(listed) > 0 {
		t.Errorf("the manifest lists files that are not there: %v", listed)
	}
}

func TestExportIsRefused(t *testing.T) {
	t.Parallel()
	n := newNewspaper(t)
	dir := filepath.Join(t.TempDir(), "ekspor")
	_, err := n.Export(t.Context(), dir, nil)
	n.ok(err)

	t.Run("into a folder that is not empty", func(t *testing.T) {
		if _, err := n.Export(t.Context(), dir, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("when its context ends, and leaves nothing behind", func(t *testing.T) {
		above := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		_, err := n.Export(ctx, filepath.Join(above, "lain"), func(done, _ int) {
			if done > 10 {
				cancel()
			}
		})
		if err == nil {
			t.Error("the export went on")
		}
		if left, _ := os.ReadDir(above); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
	t.Run("when a story is taken away meanwhile", func(t *testing.T) {
		once := true
		above := t.TempDir()
		_, err := n.Export(t.Context(), filepath.Join(above, "lain"), func(done, _ int) {
			if once {
				once = false
				if _, err := n.Desk.Withdraw(t.Context(), testkit.Actor, 3, news.ReasonChild, ""); err != nil {
					t.Error(err)
				}
			}
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("err = %v", err)
		}
		if left, _ := os.ReadDir(above); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

func TestRestoreRefusesWhatIsDamagedByName(t *testing.T) {
	t.Parallel()
	n := newNewspaper(t)
	dir := filepath.Join(t.TempDir(), "ekspor")
	_, err := n.Export(t.Context(), dir, nil)
	n.ok(err)
	other := testkit.New(t, testkit.Options{BaseURL: baseURL, Stopped: true})
	var paths []string
	empty := map[string]bool{}
	eachFile(t, dir, func(path string, data []byte) { paths, empty[path] = append(paths, path), len(data) == 0 })
	flip := func(data []byte) []byte {
		out := slices.Clone(data)
		out[len(out)/2] ^= 1
		return out
	}
	for _, path := range paths {
		for name, damage := range map[string]func([]byte) []byte{
			"a bit of it is another":    flip,
			"its end is missing":        func(b []byte) []byte { return b[:len(b)-1] },
			"all of it is missing":      func([]byte) []byte { return nil },
			"something stands after it": func(b []byte) []byte { return append(slices.Clone(b), '{') },
		} {
			if empty[path] && (name == "a bit of it is another" || name == "its end is missing") {
				continue // there are no comments in this newspaper
			}
			t.Run(path+" when "+name, func(t *testing.T) {
				file := filepath.Join(dir, filepath.FromSlash(path))
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				defer os.WriteFile(file, data, 0o600)
				bad := damage(data)
				if bad == nil {
					os.Remove(file)
				} else if err := os.WriteFile(file, bad, 0o600); err != nil {
					t.Fatal(err)
				}
				_, err = other.Restore(t.Context(), dir, nil)
				if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Message(err), path) {
					t.Errorf("err = %v", err)
				}
			})
		}
	}
	list, err := other.DB.Stories(t.Context(), []int64{1, 2, 3})
	if err != nil || len(list) > 0 {
		t.Errorf("something of a damaged export came in: %v, %v", list, err)
	}
}

func TestRestoreGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("nothing runs at once here")
	}
	n := newNewspaper(t)
	dir := filepath.Join(t.TempDir(), "ekspor")
	sum, err := n.Export(t.Context(), dir, nil)
	n.ok(err)
	want := crawl(t, n.Site, []string{"/", "/sitemap.xml"})
	other := testkit.New(t, testkit.Options{BaseURL: baseURL, Hosts: []string{oldHost}})
	for stop := sum.Files + 1; ; stop += 9 {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := other.Restore(ctx, dir, func(done, _ int) {
			if done >= stop {
				cancel()
			}
		})
		cancel()
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) || stop > 2000 {
			t.Fatal(err)
		}
	}
	last, err := other.DB.LastEvent(t.Context())
	n.ok(err)
	other.Settle(last)
	compare(t, other, want)
}

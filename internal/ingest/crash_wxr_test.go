package ingest_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"warta/internal/app"
	"warta/internal/discuss"
	"warta/internal/news"
	"warta/internal/testkit/blog"
	"warta/internal/testkit/pg"
)

// atSize returns how many posts are asked for, and the program.
func atSize(t *testing.T) (posts int, binary string) {
	posts, err := strconv.Atoi(os.Getenv("WARTA_WXR"))
	if err != nil {
		t.Skip("WARTA_WXR is no number of posts; make bench-wxr and make crash-wxr set it, and TestImportSurvivesKills has a small slice")
	}
	binary = filepath.Join(t.TempDir(), "warta")
	if out, err := exec.Command("go", "build", "-tags", "nodynamic", "-o", binary, "warta/cmd/warta").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	return posts, binary
}

// TestWXRSurvivesKills imports a made-up export of WARTA_WXR posts with ten kills;
// WARTA_WXR_POSTGRES=1 takes PostgreSQL.
func TestWXRSurvivesKills(t *testing.T) {
	posts, binary := atSize(t)
	killWXR(t, binary, &blog.Blog{Posts: posts}, database(t), 10)
}

// TestWXRAtSize imports a made-up export of WARTA_WXR posts and one of a quarter of
// them, and prints the speed and the memory.
func TestWXRAtSize(t *testing.T) {
	posts, binary := atSize(t)
	for _, n := range []int{posts / 4, posts} {
		b := &blog.Blog{Posts: n}
		c := newKilled(t, binary, b, database(t))
		start := time.Now()
		peak := c.run(0)
		took := time.Since(start)
		t.Logf("%d posts with %d comments, %d MB of XML: %s, %.0f posts a second, at most %d MB of memory",
			n, c.comments, c.size>>20, took.Round(time.Second), float64(n)/took.Seconds(), peak>>20)
		c.inspect(true)
	}
}

func database(t *testing.T) string {
	if os.Getenv("WARTA_WXR_POSTGRES") == "" {
		return ""
	}
	return pg.Database(t)
}

// killed is an import of a made-up export that is killed again and again.
type killed struct {
	t        *testing.T
	binary   string
	blog     *blog.Blog
	files    []string
	size     int64
	comments int
	data     string
	database string
}

// newKilled writes the export in four files.
func newKilled(t *testing.T, binary string, b *blog.Blog, database string) *killed {
	t.Helper()
	k := &killed{t: t, binary: binary, blog: b, data: t.TempDir(), database: database}
	dir := t.TempDir()
	for i := range 4 {
		name := filepath.Join(dir, fmt.Sprintf("kabar-lama-%d.xml", i))
		f, err := os.Create(name)
		if err == nil {
			err = b.Write(f, i*b.Posts/4, (i+1)*b.Posts/4)
		}
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		k.size += info.Size()
		k.files = append(k.files, name)
	}
	for n := range b.Posts {
		k.comments += b.Post(n).Comments
	}
	return k
}

func killWXR(t *testing.T, binary string, b *blog.Blog, database string, kills int) {
	k := newKilled(t, binary, b, database)
	rng := rand.New(rand.NewPCG(uint64(kills), uint64(b.Posts)))
	start := time.Now()
	for i := range kills {
		k.run(b.Posts*i/kills + 1 + rng.IntN(max(b.Posts/kills, 1)))
		t.Logf("kill %d: %d stories are in", i+1, k.inspect(false))
	}
	k.run(0)
	took := time.Since(start)
	t.Logf("%d posts with %d kills: %s, %.0f posts a second with all that was done twice", b.Posts, kills, took.Round(time.Second), float64(b.Posts)/took.Seconds())
	k.inspect(true)
}

// run imports, and kills the program as soon as so many items were reported in all;
// 0 lets it end. It returns how much memory it took.
func (k *killed) run(n int) (peak int64) {
	k.t.Helper()
	args := []string{"import", "wxr", "--section", "nasional", "--data", k.data, "--base-url", "https://kabar.example"}
	if k.database != "" {
		args = append(args, "--database", k.database)
	}
	if n > 0 {
		args = append(args, "--json")
	}
	ctx, kill := context.WithCancel(k.t.Context()) // sends SIGKILL
	defer kill()
	cmd := exec.CommandContext(ctx, k.binary, append(args, k.files...)...)
	var said strings.Builder
	cmd.Stderr = &said
	cmd.Stdout = io.Discard
	if n > 0 {
		cmd.Stdout = &counter{at: n - k.count(), then: kill}
	}
	err := cmd.Run()
	if n == 0 && err != nil {
		k.t.Fatalf("the import ended with %v: %s", err, said.String())
	}
	if use, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		peak = use.Maxrss << 10
	}
	return peak
}

// counter calls then once so many lines were written.
type counter struct {
	seen, at int
	then     func()
}

func (c *counter) Write(p []byte) (int, error) {
	if c.seen += strings.Count(string(p), "\n"); c.seen >= c.at {
		c.then()
	}
	return len(p), nil
}

func (k *killed) open() *app.Core {
	k.t.Helper()
	core, err := app.Open(k.t.Context(), app.Config{Data: k.data, Database: k.database, Listen: "127.0.0.1:0", BaseURL: "https://kabar.example"},
		slog.New(slog.NewTextHandler(io.Discard, nil)), nil)
	if err != nil {
		k.t.Fatalf("the database does not open: %v", err)
	}
	return core
}

// count returns how many stories are in.
func (k *killed) count() int {
	core := k.open()
	defer core.Close()
	n, err := core.DB.CountStories(k.t.Context())
	if err != nil {
		k.t.Fatal(err)
	}
	return int(n.Stories)
}

// inspect looks whether every story that is in is so as a whole and once; with
// whole, whether all are.
func (k *killed) inspect(whole bool) int {
	k.t.Helper()
	ctx := k.t.Context()
	core := k.open()
	defer core.Close()
	counts, err := core.DB.CountStories(ctx)
	if err != nil {
		k.t.Fatal(err)
	}
	if counts.Versions != counts.Stories {
		k.t.Errorf("%d stories have %d versions", counts.Stories, counts.Versions)
	}
	if !whole {
		return int(counts.Stories)
	}
	if err := core.DB.Check(ctx); err != nil {
		k.t.Fatalf("the database is damaged: %v", err)
	}
	if int(counts.Stories) != k.blog.Posts {
		k.t.Errorf("%d stories, want %d", counts.Stories, k.blog.Posts)
	}
	ids := k.stories(core)
	k.addresses(core, ids)
	k.threads(core, ids)
	runs, err := core.DB.ImportRuns(ctx, 0, 10)
	if err != nil || len(runs) != 1 || runs[0].State != news.RunDone || runs[0].Counts.Made["story"] != k.blog.Posts {
		k.t.Errorf("the runs are %+v, %v", runs, err)
	}
	return int(counts.Stories)
}

// stories holds each story against its post, and returns the ids by URI.
func (k *killed) stories(core *app.Core) map[string]int64 {
	k.t.Helper()
	ids := map[string]int64{}
	const some = 200
	for from := 0; from < k.blog.Posts; from += some {
		var uris []string
		for n := from; n < min(from+some, k.blog.Posts); n++ {
			uris = append(uris, k.blog.URI(n))
		}
		found, err := core.DB.StoriesByURI(k.t.Context(), uris)
		if err != nil {
			k.t.Fatal(err)
		}
		var list []int64
		for n := from; n < min(from+some, k.blog.Posts); n++ {
			ids[k.blog.URI(n)] = found[k.blog.URI(n)]
			list = append(list, found[k.blog.URI(n)])
		}
		stories, err := core.DB.Stories(k.t.Context(), list)
		if err != nil || len(stories) != len(list) {
			k.t.Fatalf("%d of %d stories, %v", len(stories), len(list), err)
		}
		for i, st := range stories {
			p := k.blog.Post(from + i)
			ok := st.Slug == p.Slug || len(p.Slug) > 80
			switch p.Status {
			case "publish":
				ok = ok && st.Status == news.Live && st.FirstPublished.Equal(p.At)
			case "future":
				ok = ok && st.Status == news.Unpublished && st.Stage == news.StageScheduled && st.DueAt.Equal(p.At)
			default:
				ok = ok && st.Status == news.Unpublished && st.Stage == news.StageDraft
			}
			if !ok {
				k.t.Errorf("post %d is %+v, and should be %+v", from+i, st, p)
				return ids
			}
		}
	}
	return ids
}

// addresses follows every old address.
func (k *killed) addresses(core *app.Core, ids map[string]int64) {
	k.t.Helper()
	var batch []news.Redirect
	want := map[string]int64{}
	wrong, n := 0, 0
	ask := func() {
		got, err := core.DB.Redirects(k.t.Context(), batch)
		if err != nil {
			k.t.Fatal(err)
		}
		for _, r := range got {
			if want[r.Host+r.Path] == r.StoryID && r.StoryID != 0 {
				delete(want, r.Host+r.Path)
			}
		}
		wrong += len(want)
		clear(want)
		batch = batch[:0]
	}
	for address, uri := range k.blog.Addresses {
		host, path, _ := strings.Cut(strings.TrimPrefix(address, "https://"), "/")
		batch = append(batch, news.Redirect{Host: host, Path: "/" + path})
		want[host+"/"+path] = ids[uri]
		if n++; len(batch) == 200 {
			ask()
		}
	}
	if ask(); wrong > 0 {
		k.t.Errorf("%d of %d old addresses do not lead to their stories", wrong, n)
	}
}

// threads counts the comments of all posts, and reads the thread of some.
func (k *killed) threads(core *app.Core, ids map[string]int64) {
	k.t.Helper()
	total := 0
	for n := range k.blog.Posts {
		p := k.blog.Post(n)
		if n%97 != 0 || p.Comments == 0 {
			continue
		}
		total++
		page, err := core.DB.Threads(k.t.Context(), discuss.Filter{StoryID: ids[k.blog.URI(n)], Sort: discuss.Oldest, Limit: 50, Replies: 50})
		if err != nil {
			k.t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, e := range page.Entries {
			for _, c := range append([]discuss.Entry{e}, e.Replies...) {
				if c.Visible() && (c.Name == "" || c.URI == "" || seen[c.URI]) {
					k.t.Fatalf("post %d has the comment %+v", n, c)
				}
				seen[c.URI] = true
			}
		}
	}
	got, err := core.DB.CountStories(k.t.Context())
	if err != nil || int(got.Comments) != k.comments {
		k.t.Errorf("%d comments (%v), want %d", got.Comments, err, k.comments)
	}
}

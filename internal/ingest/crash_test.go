package ingest_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"warta/internal/app"
	"warta/internal/news"
	"warta/internal/testkit/blog"
	"warta/internal/testkit/pg"
)

// TestImportSurvivesKills kills "warta import ninjs" at random moments: the
// database stays whole, what was reported as in is in, and the same command
// completes without doubles. WARTA_CRASH=full makes it ten kills among 20,000
// items on both engines.
func TestImportSurvivesKills(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("this builds the program and kills it")
	}
	kills, items := 2, 2000
	full := os.Getenv("WARTA_CRASH") == "full"
	if full {
		kills, items = 10, 20_000
	}
	dir := t.TempDir()
	binary := filepath.Join(dir, "warta")
	build := exec.Command("go", "build", "-tags", "nodynamic", "-o", binary, "warta/cmd/warta")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	input := filepath.Join(dir, "items.jsonl")
	f, err := os.Create(input)
	if err == nil {
		_, err = io.Copy(f, newWire(items))
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Run("on SQLite", func(t *testing.T) {
		t.Parallel()
		killImports(t, binary, input, "", kills, items)
	})
	t.Run("of an export of WordPress", func(t *testing.T) {
		t.Parallel()
		killWXR(t, binary, &blog.Blog{Posts: 500}, "", 2)
	})
	if !full {
		return
	}
	t.Run("on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		killImports(t, binary, input, pg.Database(t), kills, items)
	})
}

// crash is one import that is killed again and again.
type crash struct {
	t              *testing.T
	binary, input  string
	data, database string
	reported       map[string]int64 // ids of what was said to be in, by URI
}

func killImports(t *testing.T, binary, input, database string, kills, items int) {
	c := &crash{t: t, binary: binary, input: input, data: t.TempDir(), database: database, reported: map[string]int64{}}
	rng := rand.New(rand.NewPCG(uint64(kills), uint64(items)))
	for i := range kills {
		// The moment goes by what was reported, so that slow machines kill in the
		// middle as well.
		c.run(1 + rng.IntN(items/kills))
		t.Logf("kill %d: %d items were reported so far", i+1, len(c.reported))
		c.inspect(-1)
	}
	last := c.run(0)
	if last[string(news.ItemFailed)] > 0 {
		t.Errorf("the last run says %v", last)
	}
	c.inspect(items)
	again := c.run(0)
	if again[string(news.ItemUnchanged)] != items {
		t.Errorf("the repeated import says %v", again)
	}
	c.inspect(items)
}

// run imports and kills the program as soon as it has reported n items and is
// in the middle of the next batch; 0 lets it end. It returns the counts of the
// results.
func (c *crash) run(n int) map[string]int {
	c.t.Helper()
	args := []string{"import", "ninjs", "--json", "--data", c.data, "--base-url", "https://kabar.example"}
	if c.database != "" {
		args = append(args, "--database", c.database)
	}
	ctx, kill := context.WithCancel(c.t.Context()) // sends SIGKILL
	defer kill()
	cmd := exec.CommandContext(ctx, c.binary, append(args, c.input)...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	counts := map[string]int{}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var l struct {
			URI, Result, URL string
			ID               int64
		}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			if n > 0 {
				break // the line that the kill cut off
			}
			c.t.Fatalf("%v in %q", err, lines.Text())
		}
		counts[l.Result]++
		if was, ok := c.reported[l.URI]; ok && was != l.ID {
			c.t.Fatalf("%s was story %d and is %d now", l.URI, was, l.ID)
		}
		c.reported[l.URI] = l.ID
		if n > 0 && counts[string(news.ItemCreated)]+counts[string(news.ItemUnchanged)] >= n {
			kill()
		}
	}
	err = cmd.Wait()
	if n == 0 && err != nil {
		c.t.Fatalf("the import ended with %v: %s", err, said.String())
	}
	return counts
}

// inspect opens the database: it must be whole, hold all that was reported, and
// nothing twice. items is the number of stories that there must be; below zero
// it is not known.
func (c *crash) inspect(items int) {
	c.t.Helper()
	ctx := c.t.Context()
	core, err := app.Open(ctx, app.Config{Data: c.data, Database: c.database, Listen: "127.0.0.1:0", BaseURL: "https://kabar.example"},
		slog.New(slog.NewTextHandler(io.Discard, nil)), nil)
	if err != nil {
		c.t.Fatalf("the database does not open: %v", err)
	}
	defer core.Close()
	if err := core.DB.Check(ctx); err != nil {
		c.t.Fatalf("the database is damaged: %v", err)
	}
	stories := map[string]int64{}
	for after := int64(0); ; {
		list, err := core.DB.StoriesAfter(ctx, after, 100)
		if err != nil {
			c.t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		for _, s := range list {
			if was, ok := stories[s.Story.URI]; ok {
				c.t.Errorf("%s is there twice: stories %d and %d", s.Story.URI, was, s.Story.ID)
			}
			stories[s.Story.URI] = s.Story.ID
			after = s.Story.ID
		}
	}
	for uri, id := range c.reported {
		if stories[uri] != id {
			c.t.Fatalf("%s was reported as story %d and is %d", uri, id, stories[uri])
		}
	}
	if n, err := core.DB.CountStories(ctx); err != nil || items >= 0 && (n.Stories != int64(items) || n.Versions != int64(items)) {
		c.t.Errorf("there are %+v (%v), want %d stories with one version each", n, err, items)
	}
	if items >= 0 && len(stories) != items {
		c.t.Errorf("%d stories are live, want %d", len(stories), items)
	}
}

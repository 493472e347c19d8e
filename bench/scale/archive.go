package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/news"
)

// samplePaths is how many addresses of stories are drawn from all over the
// archive.
const samplePaths = 20_000

// archive is what the rows know about the stories.
type archive struct {
	paths    []string // of stories, drawn evenly over time
	oldest   []string
	newest   []string
	fronts   []string
	sections []int64
	cookie   string // of an editor's session
}

func (b *bench) config() app.Config {
	return app.Config{Data: b.dir, Listen: "127.0.0.1:0", BaseURL: "http://localhost:8080", Log: "text", SMTPTLS: "starttls"}
}

// archive makes the stories, unless an earlier run did, and an editor who can
// publish more of them.
func (b *bench) archive(ctx context.Context) (_ *archive, err error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	core, err := app.Open(ctx, b.config(), log, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, core.Close()) }()
	if err := b.fill(ctx, core); err != nil {
		return nil, err
	}
	a := &archive{}
	if a.cookie, err = enter(ctx, core); err != nil {
		return nil, err
	}
	return a, b.sample(ctx, core, a)
}

// fill measures the import through the real write path as well: all of it, and
// its first and last thousand.
func (b *bench) fill(ctx context.Context, core *app.Core) error {
	start := time.Now()
	var first, tail time.Time
	firstAt, tailAt := 0, 0
	made, err := core.FillArchive(ctx, b.stories, 1, func(done, total int) {
		switch {
		case first.IsZero() && done >= 1000:
			first, firstAt = time.Now(), done
		case tail.IsZero() && done >= total-1000:
			tail, tailAt = time.Now(), done
		}
		if done%100_000 < 200 && done > 100_000 {
			b.step("%d of %d stories", done, total)
		}
	})
	if err != nil || made == 0 || !b.wants("11") {
		return err
	}
	b.add("11", "import, stories/s", fmt.Sprintf("%.0f", float64(made)/time.Since(start).Seconds()), "1,000", "3,000")
	if firstAt > 0 && made > tailAt && tailAt > 0 {
		early := float64(firstAt) / first.Sub(start).Seconds()
		late := float64(made-tailAt) / time.Since(tail).Seconds()
		b.add("11", "import, last 1,000 against the first", ratio(late/early), "–", "0.8")
	}
	return nil
}

// sample draws addresses. Half a second of the archive has one story at most.
func (b *bench) sample(ctx context.Context, core *app.Core, a *archive) error {
	tree, err := core.DB.Sections(ctx)
	if err != nil {
		return err
	}
	settings, err := core.DB.Settings(ctx)
	if err != nil {
		return err
	}
	zone := settings.Zone()
	if err := core.Site.SaveSettings(ctx, account.System("bench"), map[string]string{"latest_scope": "site"}); err != nil {
		return err
	}
	a.fronts = []string{"/"}
	for _, s := range tree.All() {
		if !s.Hidden {
			a.fronts, a.sections = append(a.fronts, "/"+s.Slug), append(a.sections, s.ID)
		}
	}
	list := func(f news.ListFilter) (paths []string, err error) {
		cards, _, _, err := core.DB.List(ctx, f)
		for i := range cards {
			paths = append(paths, cards[i].Path(tree, zone))
		}
		return paths, err
	}
	first, last, err := core.DB.Span(ctx, 0)
	if err != nil {
		return err
	}
	if a.newest, err = list(news.ListFilter{Limit: 50}); err != nil {
		return err
	}
	span, random := last.Sub(first), rand.New(rand.NewPCG(7, uint64(b.stories)))
	for to := first.Add(span / time.Duration(b.stories) * 50); len(a.oldest) < 50 && to.Before(last); to = to.Add(span / time.Duration(b.stories) * 20) {
		if a.oldest, err = list(news.ListFilter{To: to, Limit: 50}); err != nil {
			return err
		}
	}
	seen := map[string]bool{}
	for range min(samplePaths, b.stories) {
		got, err := list(news.ListFilter{To: first.Add(time.Duration(random.Float64() * float64(span))), Limit: 1})
		if err != nil {
			return err
		}
		for _, p := range got {
			if !seen[p] {
				seen[p] = true
				a.paths = append(a.paths, p)
			}
		}
	}
	return os.WriteFile(b.pathFile(), []byte(lines(a.paths)), 0o644)
}

func (b *bench) pathFile() string { return filepath.Join(b.dir, "paths.txt") }

// enter makes an editor, once, and signs him in: the server takes the session
// from the database.
func enter(ctx context.Context, core *app.Core) (string, error) {
	const email, password = "scale@kabar.example", "Panjang-dan-tak-tertebak-4711"
	if _, err := core.Staff.ByEmail(ctx, email); err != nil {
		inv := account.Invitation{Email: email, Name: "Pengukur", Role: account.ManagingEditor}
		if _, err := core.Staff.Make(ctx, account.System("bench"), inv, password, true); err != nil {
			return "", err
		}
	}
	e, err := core.Staff.SignIn(ctx, email, password, account.Client{Network: "127.0.0.1", Device: "bench"})
	return e.Token, err
}

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

// archive is what the rows know about the stories.
type archive struct {
	paths    []string // of stories, drawn by chance from all
	count    int      // all of them
	oldest   []string
	newest   []string
	fronts   []string
	sections []int64
	cookie   string // of an editor's session
	classes  []byte // the key that signs readers' classes

	illustrated string // path of a story with a photograph; empty until row 13
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
	if a.classes, err = core.DB.Secret(ctx, "class"); err != nil {
		return nil, err
	}
	return a, b.sample(ctx, core, a)
}

// fill measures the import through the real write path as well: all of it, and
// its first and last thousand.
func (b *bench) fill(ctx context.Context, core *app.Core) error {
	start := time.Now()
	var first, tail, end time.Time
	firstAt, tailAt := 0, 0
	made, err := core.FillArchive(ctx, b.stories, 1, func(done, total int) {
		switch {
		case done == total:
			end = time.Now() // what the planner wants to know is not the import's
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
	b.add("11", "import, stories/s", fmt.Sprintf("%.0f", float64(made)/end.Sub(start).Seconds()), "1,000", "3,000")
	if firstAt > 0 && made > tailAt && tailAt > 0 {
		early := float64(firstAt) / first.Sub(start).Seconds()
		late := float64(made-tailAt) / end.Sub(tail).Seconds()
		b.add("11", "import, last 1,000 against the first", ratio(late/early), "–", "0.8")
	}
	return nil
}

// sample draws addresses. It goes through the whole list of stories, as no reader
// can: what is drawn has to be as good as any other draw.
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
	b.step("%d addresses of stories, drawn by chance", min(b.pages, b.stories))
	random := rand.New(rand.NewPCG(7, uint64(b.stories)))
	for f := (news.ListFilter{Limit: listed, Oldest: true}); ; {
		cards, next, more, err := core.DB.List(ctx, f)
		if err != nil {
			return err
		}
		for i := range cards {
			a.draw(cards[i].Path(tree, zone), b.pages, random)
		}
		if !more {
			break
		}
		f.After = next
	}
	random.Shuffle(len(a.paths), func(i, j int) { a.paths[i], a.paths[j] = a.paths[j], a.paths[i] })
	return os.WriteFile(b.pathFile(), []byte(lines(a.paths)), 0o644)
}

// listed is how many stories are listed at once.
const listed = 500

// draw takes a story into the sample or leaves it out, so that in the end each
// has had the same chance (reservoir sampling). They come the oldest first.
func (a *archive) draw(path string, size int, random *rand.Rand) {
	a.count++
	if len(a.oldest) < 50 {
		a.oldest = append(a.oldest, path)
	}
	if a.newest = append(a.newest, path); len(a.newest) > 50 {
		a.newest = a.newest[1:]
	}
	if len(a.paths) < size {
		a.paths = append(a.paths, path)
	} else if i := random.IntN(a.count); i < size {
		a.paths[i] = path
	}
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

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/web/newsroom"
)

// Of the newsroom: how many versions the story has whose list is asked for, and
// how often each kind of page is asked for, again and again: what else the
// machine does shows in the slowest answers first.
const (
	roomVersions = 500
	roomAsks     = 200
	roomRounds   = 5
)

// stock gives the library as many pictures as the archive has stories, and one
// story many versions, unless an earlier run did. They are rows without files:
// what is measured is finding them. It returns the story.
func (c *column) stock(ctx context.Context, core *app.Core) (story int64, err error) {
	there, err := core.DB.CountStories(ctx)
	if err != nil {
		return 0, err
	}
	if err := core.DB.Handle().QueryRowContext(ctx, `SELECT min(story_id) FROM versions WHERE no = 1`).Scan(&story); err != nil {
		return 0, err
	}
	if there.Pictures >= int64(c.stories) {
		return story, nil
	}
	tx, err := core.DB.Handle().BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	words := []string{"banjir", "sawah", "pasar", "sekolah", "pelabuhan", "jalan", "warga", "menteri", "panen", "hutan"}
	rng := rand.New(rand.NewPCG(3, 4))
	word := func() string { return words[int(rng.Float64()*rng.Float64()*float64(len(words)))] }
	at := time.Now().Add(-time.Duration(c.stories) * time.Minute).UnixMilli()
	var first int64
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) + 1 FROM pictures`).Scan(&first); err != nil {
		return 0, err
	}
	for i := range int64(c.stories) {
		id, created := first+i, at+i*60_000
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO pictures (id, hash, name, mime, width, height, bytes, caption, credit, created_at, search_key)
			VALUES ($1, $2, 'foto.jpg', 'image/jpeg', 1200, 800, 1000, $3, 'ANTARA/UJI', $4, $5)`,
			id, fmt.Sprintf("%064x", id), fmt.Sprintf("Foto %s dan %s nomor %d", word(), word(), i), created, created<<21|id&(1<<21-1)); err != nil {
			return 0, err
		}
	}
	// The rows are read anew for the search when the archive is opened again.
	for _, text := range []string{
		`DELETE FROM marks WHERE name = 'library'`,
		`UPDATE stories SET last_no = $2 WHERE id = $1`,
	} {
		args := []any{story, roomVersions}
		if text[0] == 'D' {
			args = nil
		}
		if _, err := tx.ExecContext(ctx, text, args...); err != nil {
			return 0, err
		}
	}
	for no := 2; no <= roomVersions; no++ {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO versions (story_id, no, origin, content, by_actor, at, why)
			SELECT story_id, $2, origin, content, by_actor, at, why FROM versions WHERE story_id = $1 AND no = 1
			ON CONFLICT DO NOTHING`, story, no); err != nil {
			return 0, err
		}
	}
	return story, tx.Commit()
}

// room measures pages of the newsroom as an editor asks for them: everything
// between the request and the last byte of the answer.
func (c *column) room(ctx context.Context, a *app.App, story int64) error {
	cookie, err := enter(ctx, a)
	if err != nil {
		return err
	}
	tree, err := a.DB.Sections(ctx)
	if err != nil {
		return err
	}
	words := []string{"banjir", "harga", "sekolah", "jalan", "pasar", "rumah sakit", "warga", "ekspor", "menteri", "desa"}
	var bySection, byText, byBoth, find, pictures []string
	for _, s := range tree.All() {
		bySection = append(bySection, fmt.Sprintf("/newsroom/board?section=%d", s.ID))
	}
	for _, w := range words {
		q := "q=" + url.QueryEscape(w)
		byText = append(byText, "/newsroom/board?"+q)
		byBoth = append(byBoth, "/newsroom/board?view=table&"+q+fmt.Sprintf("&section=%d", tree.All()[len(byBoth)%len(tree.All())].ID))
		find = append(find, "/newsroom/find/stories?"+q)
		pictures = append(pictures, "/newsroom/pictures?"+q)
	}
	for _, kind := range []struct {
		name  string
		paths []string
	}{
		{"board", []string{"/newsroom/board", "/newsroom/board?view=table", "/newsroom/board?view=table&col=live"}},
		{"board of a desk", bySection},
		{"board by words", byText},
		{"board of a desk by words", byBoth},
		{"my work", []string{"/newsroom/mine"}},
		{"today and schedule", []string{"/newsroom/today", "/newsroom/schedule"}},
		{"stories as one types", find},
		{"version list", []string{fmt.Sprintf("/newsroom/stories/%d/versions", story), fmt.Sprintf("/newsroom/stories/%d/versions?before=300", story)}},
		{"picture library", []string{"/newsroom/pictures", "/newsroom/pictures?unused=1", "/newsroom/pictures?uncredited=1"}},
		{"picture search", pictures},
	} {
		var p99 []time.Duration
		for range roomRounds {
			one, err := ask(ctx, a.Handler(), cookie, kind.paths)
			if err != nil {
				return err
			}
			p99 = append(p99, one)
		}
		slices.Sort(p99)
		c.add("newsroom: "+kind.name+", p99, best of 5", "ms", micros(p99[0])/1000)
		c.add("newsroom: "+kind.name+", p99, median", "ms", micros(p99[len(p99)/2])/1000)
	}
	return nil
}

// ask asks for the pages in turn and returns the time that 99 of 100 answers
// stayed below.
func ask(ctx context.Context, h http.Handler, cookie *http.Cookie, paths []string) (time.Duration, error) {
	var took []time.Duration
	for i := range roomAsks {
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost:8080"+paths[i%len(paths)], nil)
		r.AddCookie(cookie)
		w := &discard{header: http.Header{}}
		start := time.Now()
		h.ServeHTTP(w, r)
		took = append(took, time.Since(start))
		if w.status != http.StatusOK && w.status != 0 {
			return 0, app.Unavailable("%s answers %d", r.URL.Path, w.status)
		}
	}
	slices.Sort(took)
	return took[len(took)*99/100], nil
}

// enter makes an editor, once, and signs him in.
func enter(ctx context.Context, a *app.App) (*http.Cookie, error) {
	const email, password = "bench@kabar.example", "Panjang-dan-tak-tertebak-4711"
	if _, err := a.Staff.ByEmail(ctx, email); err != nil {
		inv := account.Invitation{Email: email, Name: "Pengukur", Role: account.ManagingEditor}
		if _, err := a.Staff.Make(ctx, account.System("bench"), inv, password, true); err != nil {
			return nil, err
		}
	}
	e, err := a.Staff.SignIn(ctx, email, password, account.Client{Network: "127.0.0.1", Device: "bench"})
	return &http.Cookie{Name: newsroom.Cookie, Value: e.Token}, err
}

package crash_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/discuss"
	"warta/internal/doc"
	"warta/internal/lang"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/testkit/pg"
	"warta/internal/web"
)

// TestCommentsSurviveKills lets readers talk below one story of "warta serve",
// which is killed again and again: 3 times, or WARTA_CRASH_COMMENTS times, on each
// engine. After each restart every comment that was acknowledged has to be there
// once, the count has to be right, and the story's page has to show them.
func TestCommentsSurviveKills(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("this builds the program and kills it")
	}
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("WARTA_CRASH_COMMENTS")); err == nil && n > 0 {
		kills = n
	}
	binary := build(t)
	t.Run("on SQLite", func(t *testing.T) {
		t.Parallel()
		talkOn(t, newWarta(t, binary, ""), kills)
	})
	t.Run("on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		talkOn(t, newWarta(t, binary, pg.Database(t)), kills)
	})
}

// talkers is how many readers write at once.
const talkers = 6

// forum is the discussion that is killed.
type forum struct {
	t     *testing.T
	w     *warta
	rng   *rand.Rand
	said  *said
	all   []*commenter
	eyes  *person // somebody who is not signed in
	story int64
	path  string // of the story's page
}

func talkOn(t *testing.T, w *warta, kills int) {
	w.more = []string{"--trusted-proxies", "127.0.0.0/8,::1"} // readers come from many networks
	f := &forum{t: t, w: w, rng: rand.New(rand.NewPCG(23, uint64(kills))), eyes: newPerson("pembaca", w.url()),
		said: &said{acked: map[string]comment{}, sent: map[string]bool{}, acks: make(chan struct{}, 1<<16)}}
	f.open()
	w.start()
	defer func() {
		if t.Failed() {
			t.Logf("the log ends:\n%s", w.tail())
		}
		w.kill()
	}()
	began := time.Now()
	for n := 1; n <= kills && !t.Failed(); n++ {
		f.round()
		w.start()
		f.look()
		if n%20 == 0 || n == kills {
			t.Logf("%d kills in %s: %s", n, time.Since(began).Round(time.Second), f.said.counts())
		}
	}
	if f.said.replies == 0 || len(f.said.acked) < kills*least {
		t.Errorf("this shows nothing: %s", f.said.counts())
	}
}

// open makes the story, the readers and the rules, before the server starts.
func (f *forum) open() {
	f.t.Helper()
	ok := func(err error) {
		f.t.Helper()
		if err != nil {
			f.t.Fatal(err)
		}
	}
	ctx := f.t.Context()
	cfg := app.Config{Data: f.w.data, Database: f.w.database, Listen: fmt.Sprintf("127.0.0.1:%d", f.w.port), BaseURL: f.w.url(), Log: "text"}
	core, err := app.Open(ctx, cfg, slog.New(slog.DiscardHandler), nil)
	ok(err)
	defer func() { ok(core.Close()) }()
	// The readers write quicker than people do, and much the same.
	mode, minute, hour, off := discuss.ModeAfter, 600, 10_000, []discuss.Phase{discuss.PhaseRepeat}
	rules := discuss.Patch{Mode: &mode, PerMinute: &minute, PerHour: &hour, Off: &off}
	ok(core.Forum.SaveRules(ctx, account.System("crash"), discuss.ScopeSite, 0, nil, rules))
	tree, err := core.DB.Sections(ctx)
	ok(err)
	body := doc.Doc{Blocks: []doc.Block{doc.Paragraph{Text: doc.Text("Warga menanam bakau.")}}}
	f.story, err = core.Desk.Create(ctx, account.System("crash"), news.Content{Headline: "Bakau di Tepi Teluk", SectionID: tree.All()[0].ID, Body: body.WithIDs(doc.RandomIDs())})
	ok(err)
	_, err = core.Desk.Publish(ctx, account.System("crash"), f.story)
	ok(err)
	for i := range talkers {
		p := newPerson(fmt.Sprint("Warga ", i), f.w.url())
		p.email = fmt.Sprintf("warga%d@pembaca.example", i)
		ask := member.Ask{Browser: "browser of " + p.email, Site: "Warta", Lang: lang.ID}
		ask.From.Network, ask.From.Device = network(f.rng), "test"
		ok(core.Members.Register(ctx, ask, member.Form{Email: p.email, Name: p.name, Password: p.password, Terms: "test"}))
		letters, _, err := core.DB.Letters(ctx, 0, 1)
		ok(err)
		link := letters[0].Link
		out, err := core.Members.Redeem(ctx, ask, member.Proof{Token: link[strings.LastIndexByte(link, '/')+1:]}, member.Session{}, "")
		ok(err)
		p.cookies[web.ReaderCookie], p.cookies[web.HintCookie] = out.Entry.Token, "1"
		f.all = append(f.all, &commenter{person: p, no: i, story: f.story, said: f.said, rng: rand.New(rand.NewPCG(f.rng.Uint64(), 0))})
	}
}

// least is how many comments are acknowledged before a kill.
const least = 10

// round lets all readers write and one read, and kills the server in the middle
// of it.
func (f *forum) round() {
	f.t.Helper()
	ctx, stop := context.WithCancel(f.t.Context())
	defer stop()
	for len(f.said.acks) > 0 {
		<-f.said.acks // of the round before
	}
	workers := []worker{&lurker{f}}
	for _, c := range f.all {
		workers = append(workers, c)
	}
	var working sync.WaitGroup
	for _, w := range workers {
		working.Go(func() {
			if err := work(ctx, w); err != nil {
				f.t.Error(err)
			}
		})
	}
	late := time.After(30 * time.Second)
	for range least + f.rng.IntN(60) {
		select {
		case <-f.said.acks:
		case <-late:
			f.t.Error("too few comments were acknowledged within 30 seconds")
		}
		if f.t.Failed() {
			break
		}
	}
	// Not at the very moment of an answer.
	<-time.After(time.Duration(f.rng.IntN(20_000)) * time.Microsecond)
	f.w.kill()
	stop()
	working.Wait()
}

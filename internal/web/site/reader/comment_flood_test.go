package reader_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/discuss"
	"warta/internal/news"
	"warta/internal/testkit"
)

// forum is a site whose readers may write as much as they like, if nothing but
// their network stops them.
func forum(t *testing.T, configure func(*app.Config), p discuss.Patch) (s *testkit.Site, story int64) {
	t.Helper()
	s = testkit.New(t, testkit.Options{Configure: configure})
	mode, many := discuss.ModeAfter, 1000
	p.Mode, p.PerMinute, p.PerHour, p.Off = &mode, new(int), new(int), &[]discuss.Phase{discuss.PhaseRepeat, discuss.PhaseLimits}
	*p.PerMinute, *p.PerHour = 60, many
	if err := s.Forum.SaveRules(t.Context(), account.System("test"), discuss.ScopeSite, 0, nil, p); err != nil {
		t.Fatal(err)
	}
	return s, s.Publish(news.Content{}).ID
}

// from is the header by which a proxy says where a request comes from.
func from(network int) []string {
	return []string{"X-Forwarded-For", fmt.Sprint("203.0.113.", network)}
}

// stopped fails unless an answer says when to come again, in words, and gives
// back what was typed.
func stopped(t *testing.T, what string, res testkit.Response, words string) {
	t.Helper()
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
		t.Errorf("%s: %d, Retry-After %q", what, res.StatusCode, res.Header.Get("Retry-After"))
	}
	if !strings.Contains(res.Body, "oba lagi") {
		t.Errorf("%s: it does not say what to do: %s", what, res.Body)
	}
	if typed := typed(t, res.Body); words != "" && typed != words {
		t.Errorf("%s: the form holds %q, want %q", what, typed, words)
	}
}

// typed returns what stands in the field of a page's form.
func typed(t *testing.T, page string) string {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) == "textarea" && z.Next() == html.TextToken {
				return string(z.Text())
			}
		}
	}
}

// ways are the two in which a server answers.
var ways = map[string]func(*app.Config){
	"the fast way": nil,
	"net/http":     func(c *app.Config) { c.FastPath = "off" },
}

func TestAFloodOfCommentsFromOneNetwork(t *testing.T) {
	t.Parallel()
	for name, configure := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, story := forum(t, configure, discuss.Patch{})
			at := fmt.Sprintf("/comment/story/%d", story)
			var flood []*testkit.Browser
			for i := range 3 {
				flood = append(flood, s.Reader(fmt.Sprintf("banjir%d@kabar.example", i), fmt.Sprint("Banjir ", string(rune('A'+i)))))
			}
			rani := s.Reader("rani@kabar.example", "Rani Setya")
			said, refused := 0, 0
			for i := range 150 {
				words := fmt.Sprint("Banjir nomor ", i*i*7919)
				res := flood[i%3].Send("POST", at, url.Values{"text": {words}}, from(9)...)
				if res.StatusCode != http.StatusSeeOther {
					stopped(t, words, res, words)
					refused++
				}
				if i%15 == 0 { // somebody elsewhere goes on talking
					mine := fmt.Sprint("Saya tetap di sini, kata ke-", i)
					if res := rani.Send("POST", at, url.Values{"text": {mine}}, from(10)...); res.StatusCode != http.StatusSeeOther {
						t.Errorf("an ordinary reader's %q: %d", mine, res.StatusCode)
					}
					said++
				}
			}
			if refused != 30 {
				t.Errorf("%d of 150 were refused, want 30", refused)
			}
			res := flood[0].Send("POST", at, url.Values{"text": {"Dengan skrip"}}, append(from(9), "Accept", "application/json")...)
			stopped(t, "a script", res, "")
			if !strings.Contains(res.Body, `"code":"comment_many"`) {
				t.Errorf("a script is told %s", res.Body)
			}
			if n := rows(t, s, `SELECT COUNT(*) FROM comments WHERE body LIKE 'Saya tetap%' AND state = 'published'`); n != said {
				t.Errorf("%d of %d comments of the ordinary reader are there", n, said)
			}
			if n := rows(t, s, `SELECT COUNT(*) FROM comments WHERE body LIKE 'Banjir%'`); n != 120 {
				t.Errorf("%d comments of the flood are there, want 120", n)
			}
			s.Clock.Set(s.Clock.Now().Add(61 * time.Second))
			if res := flood[0].Send("POST", at, url.Values{"text": {"Sesudah tenang"}}, from(9)...); res.StatusCode != http.StatusSeeOther {
				t.Errorf("a minute later: %d", res.StatusCode)
			}
		})
	}
}

func rows(t *testing.T, s *testkit.Site, query string) (n int) {
	t.Helper()
	if err := s.DB.ReadHandle().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFloodsOfComplaintsAndReactions(t *testing.T) {
	t.Parallel()
	s, story := forum(t, nil, discuss.Patch{})
	at := fmt.Sprintf("/comment/story/%d", story)
	rani, budi := s.Reader("rani@kabar.example", "Rani Setya"), s.Reader("budi@kabar.example", "Budi Santoso")
	for i := range 30 {
		if res := rani.Post(at, "text", fmt.Sprint("Komentar nomor ", i*i*7919)); res.StatusCode != http.StatusSeeOther {
			t.Fatal(res.StatusCode)
		}
	}
	report := func(b *testkit.Browser, id, network int) testkit.Response {
		return b.Send("POST", fmt.Sprintf("/comment/report/%d", id), url.Values{"reason": {"other"}, "text": {"Keluhan <b>panjang</b>"}}, from(network)...)
	}
	t.Run("complaints of guests from one network", func(t *testing.T) {
		for i := range 20 {
			if res := report(s.Browser(), i+1, 9); res.StatusCode != http.StatusSeeOther {
				t.Fatalf("complaint %d: %d", i, res.StatusCode)
			}
		}
		res := report(s.Browser(), 21, 9)
		stopped(t, "the next", res, "Keluhan <b>panjang</b>")
		if !strings.Contains(res.Body, `value="other" required checked`) {
			t.Error("the reason that was chosen is lost")
		}
		if res := report(s.Browser(), 21, 10); res.StatusCode != http.StatusSeeOther {
			t.Errorf("from elsewhere: %d", res.StatusCode)
		}
	})
	t.Run("complaints of one account from many networks", func(t *testing.T) {
		for i := range 10 {
			if res := report(budi, i+1, 20+i); res.StatusCode != http.StatusSeeOther {
				t.Fatalf("complaint %d: %d", i, res.StatusCode)
			}
		}
		stopped(t, "the next", report(budi, 11, 40), "Keluhan <b>panjang</b>")
		if n := rows(t, s, `SELECT COUNT(*) FROM complaints WHERE member_id <> 0`); n != 10 {
			t.Errorf("%d complaints of the account are there", n)
		}
	})
	react := func(b *testkit.Browser, id, network int, header ...string) testkit.Response {
		return b.Send("POST", fmt.Sprintf("/comment/react/%d", id), url.Values{"kind": {"agree"}}, append(from(network), header...)...)
	}
	t.Run("reactions of one account from many networks", func(t *testing.T) {
		for i := range 60 {
			if res := react(budi, i%30+1, 20+i); res.StatusCode != http.StatusSeeOther {
				t.Fatalf("reaction %d: %d", i, res.StatusCode)
			}
		}
		stopped(t, "the next", react(budi, 1, 90), "")
		stopped(t, "the next by script", react(budi, 1, 91, "Accept", "application/json"), "")
	})
	t.Run("reactions from one network", func(t *testing.T) {
		s.Clock.Set(s.Clock.Now().Add(61 * time.Second))
		for i := range 600 { // of six hundred accounts that there are not: they count all the same
			if err := s.Forum.React(t.Context(), 1, int64(1000+i), "agree", "203.0.113.50"); err == nil {
				t.Fatal("nobody reacts")
			}
		}
		stopped(t, "the next", react(budi, 2, 50), "")
		if res := react(budi, 2, 51); res.StatusCode != http.StatusSeeOther {
			t.Errorf("from elsewhere: %d", res.StatusCode)
		}
	})
	t.Run("changes of one comment", func(t *testing.T) {
		own := "/comment/own/30"
		for i := range 20 {
			if res := rani.Send("POST", own, url.Values{"text": {fmt.Sprint("Diubah ", i*i*7919)}}, from(60+i)...); res.StatusCode != http.StatusSeeOther {
				t.Fatalf("change %d: %d", i, res.StatusCode)
			}
		}
		stopped(t, "the next", rani.Send("POST", own, url.Values{"text": {"Diubah lagi"}}, from(99)...), "Diubah lagi")
	})
}

// A flood from many networks and of many accounts, of which none is too quick by
// itself, while the database takes its time, so that turns are taken.
func TestAFloodFromEverywhere(t *testing.T) {
	t.Parallel()
	s, story := forum(t, nil, discuss.Patch{})
	at := fmt.Sprintf("/comment/story/%d", story)
	var flood []*testkit.Browser
	for i := range 8 {
		flood = append(flood, s.Reader(fmt.Sprintf("banjir%d@kabar.example", i), fmt.Sprint("Banjir ", string(rune('A'+i)))))
	}
	rani := s.Reader("rani@kabar.example", "Rani Setya")
	free := busy(t, s)
	var wg sync.WaitGroup
	var taken, refused atomic.Int32
	full := make(chan struct{})
	const all = 320 // 8 are written, 256 wait
	for i := range all {
		wg.Go(func() {
			words := fmt.Sprint("Banjir nomor ", i*i*7919)
			res := also(flood[i%8]).Send("POST", at, url.Values{"text": {words}}, from(i%250)...)
			switch {
			case res.StatusCode == http.StatusSeeOther:
				taken.Add(1)
			default:
				stopped(t, words, res, words)
				if refused.Add(1) == 1 {
					close(full)
				}
			}
		})
	}
	<-full
	mine := "Saya hanya ingin bicara sebentar"
	res := rani.Send("POST", at, url.Values{"text": {mine}}, from(251)...)
	if res.StatusCode != http.StatusSeeOther { // room is for whoever comes first
		stopped(t, "an ordinary reader", res, mine)
	}
	if res := s.Get(s.Path(s.Story(story))); res.StatusCode != http.StatusOK {
		t.Errorf("the story meanwhile: %d", res.StatusCode)
	}
	free()
	wg.Wait()
	if refused.Load() == 0 || taken.Load()+refused.Load() != all {
		t.Errorf("%d taken, %d refused of %d", taken.Load(), refused.Load(), all)
	}
	for res.StatusCode != http.StatusSeeOther { // he does as he is told
		res = rani.Send("POST", at, url.Values{"text": {mine}}, from(251)...)
	}
	if n := rows(t, s, `SELECT COUNT(*) FROM comments WHERE body LIKE 'Saya hanya%' AND state = 'published'`); n != 1 {
		t.Errorf("his comment is there %d times", n)
	}
	if n := rows(t, s, `SELECT COUNT(*) FROM comments WHERE body LIKE 'Banjir%'`); n != int(taken.Load()) {
		t.Errorf("%d comments of the flood are there, and %d were taken", n, taken.Load())
	}
}

// also is the same reader in another tab.
func also(b *testkit.Browser) *testkit.Browser {
	c := *b
	c.Cookies = map[string]string{}
	for k, v := range b.Cookies {
		c.Cookies[k] = v
	}
	return &c
}

// busy holds the database's one writer until it is freed.
func busy(t *testing.T, s *testkit.Site) (free func()) {
	t.Helper()
	tx, err := s.DB.Handle().BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	free = sync.OnceFunc(func() { _ = tx.Rollback() })
	t.Cleanup(free)
	return free
}

// The service that judges comments hangs. Whoever it is asked about waits for it,
// as many as are asked about at once; nobody else does, and no words are lost.
func TestAServiceThatHangsHoldsNobodyElseUp(t *testing.T) {
	t.Parallel()
	open := make(chan struct{})
	var asked, now, most atomic.Int32
	judge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		select {
		case <-open:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(judge.Close)
	t.Cleanup(sync.OnceFunc(func() { close(open) }))
	hook, secret, fail := judge.URL, "rahasia sekali yang panjang", discuss.Hold
	s, story := forum(t, func(c *app.Config) {
		c.HookAllow = []string{netip.MustParseAddrPort(strings.TrimPrefix(judge.URL, "http://")).String()}
	}, discuss.Patch{Hook: &hook, HookSecret: &secret, HookFail: &fail})
	at := fmt.Sprintf("/comment/story/%d", story)
	var flood []*testkit.Browser
	for i := range 8 {
		flood = append(flood, s.Reader(fmt.Sprintf("banjir%d@kabar.example", i), fmt.Sprint("Banjir ", string(rune('A'+i)))))
	}
	rani := s.Reader("rani@kabar.example", "Rani Setya")
	ended := make(chan struct{})
	var wg sync.WaitGroup
	var taken atomic.Int32
	for i := range 40 { // more than are asked about at once
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-ended:
					return
				default:
				}
				words := fmt.Sprint("Banjir nomor ", i*i*7919, " kali ", n)
				if res := also(flood[i%8]).Send("POST", at, url.Values{"text": {words}}, from(n%250)...); res.StatusCode == http.StatusSeeOther {
					taken.Add(1)
				} else {
					time.Sleep(50 * time.Millisecond) // a reader's pace is bounded by a rule
				}
			}
		})
	}
	for deadline := time.Now().Add(20 * time.Second); now.Load() < 30; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d are asked about at once", now.Load())
		}
	}
	best := time.Hour
	for i := range 8 {
		began := time.Now()
		mine := fmt.Sprint("Saya hanya ingin bicara sebentar, ", i*i*7919)
		if res := rani.Send("POST", at, url.Values{"text": {mine}}, from(251)...); res.StatusCode != http.StatusSeeOther {
			stopped(t, "an ordinary reader", res, mine)
		}
		best = min(best, time.Since(began))
	}
	close(ended)
	wg.Wait()
	// With turns held for two seconds each, 32 before him would be eight seconds.
	if best > 2500*time.Millisecond {
		t.Errorf("an ordinary reader waits for %s at best", best)
	}
	if most.Load() <= 8 {
		t.Errorf("%d were asked about at once, want more than turns", most.Load())
	}
	if n := rows(t, s, `SELECT COUNT(*) FROM comments WHERE body LIKE 'Banjir%' AND state = 'pending'`); n != int(taken.Load()) || n == 0 {
		t.Errorf("%d comments wait, and %d were taken", n, taken.Load())
	}
	if n := rows(t, s, `SELECT COUNT(*) FROM comments WHERE body LIKE 'Saya hanya%' AND state = 'pending'`); n == 0 {
		t.Error("none of an ordinary reader's comments waits")
	}
	t.Logf("an ordinary reader waits for %s at best; the service was asked %d times, %d at once", best.Round(time.Millisecond), asked.Load(), most.Load())
}

func TestTheLongestCommentFitsIntoItsForm(t *testing.T) {
	t.Parallel()
	long := discuss.LongestText
	s, story := talking(t, discuss.Patch{MaxLength: &long})
	rani := s.Reader("rani@kabar.example", "Rani Setya")
	words := strings.Repeat("🌾🐟😀🚜🌊", long/5)
	res := rani.Post(fmt.Sprintf("/comment/story/%d", story), "text", words)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %.300s", res.StatusCode, res.Body)
	}
	if e, err := s.DB.Comment(t.Context(), 1); err != nil || e.Body != words {
		t.Errorf("%d bytes are kept, %v", len(e.Body), err)
	}
	if res := rani.Post("/comment/own/1", "text", words[4:]+"!"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("changing it: %d", res.StatusCode)
	}
}

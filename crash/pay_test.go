package crash_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/change"
	"warta/internal/member"
	"warta/internal/pay"
	"warta/internal/testkit/pg"
	"warta/internal/testkit/till"
)

// TestPaymentsSurviveKills sends the events of some hundred members' lives to "warta
// serve", each three times and in any order, and kills it meanwhile: 300 events and
// 2 kills, or WARTA_CRASH_PAY events and 20 kills, on each engine. In the end every
// member has to be entitled to what an oracle says that knows nothing of the
// product's rules, and the ledger has to be in balance.
func TestPaymentsSurviveKills(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("this builds the program and kills it")
	}
	events, kills := 300, 2
	if n, err := strconv.Atoi(os.Getenv("WARTA_CRASH_PAY")); err == nil && n > 0 {
		events, kills = n, 20
	}
	binary := build(t)
	t.Run("on SQLite", func(t *testing.T) {
		t.Parallel()
		payOn(t, newWarta(t, binary, ""), events, kills)
	})
	t.Run("on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		payOn(t, newWarta(t, binary, pg.Database(t)), events, kills)
	})
}

// senders is how many messages are under way at once.
const senders = 6

func payOn(t *testing.T, w *warta, events, kills int) {
	w.more = []string{"--stripe-key", till.StripeKey, "--stripe-secret", till.StripeSecret, "--stripe-url", "http://127.0.0.1:1",
		"--midtrans-key", till.MidtransKey, "--midtrans-url", "http://127.0.0.1:1", "--midtrans-snap-url", "http://127.0.0.1:1"}
	rng := rand.New(rand.NewPCG(6, uint64(events)))
	now := time.Now().UTC().Truncate(time.Second)
	var lives []*life
	var letters []message
	for len(letters) < events {
		l := newLife(rng, len(lives), now)
		lives, letters = append(lives, l), append(letters, l.messages...)
	}
	enroll(t, w, lives)
	all := append(append(append([]message{}, letters...), letters...), letters...)
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	w.start()
	defer func() {
		if t.Failed() {
			t.Logf("the log ends:\n%s", w.tail())
		}
		w.kill()
	}()
	began := time.Now()
	queue := make(chan message, len(all))
	for _, m := range all {
		queue <- m
	}
	var acked, again atomic.Int64
	ctx, stop := context.WithTimeout(t.Context(), 150*time.Minute)
	defer stop()
	var working sync.WaitGroup
	for range senders {
		working.Go(func() {
			for int(acked.Load()) < len(all) && ctx.Err() == nil {
				select {
				case m := <-queue:
					switch status := m.send(ctx, w.url()); {
					case status == http.StatusOK:
						acked.Add(1)
					case status == 0 || status >= 500: // as gateways do
						again.Add(1)
						queue <- m
						<-time.After(5 * time.Millisecond)
					default:
						t.Errorf("%s: %d", m.body, status)
						acked.Add(1)
					}
				case <-time.After(10 * time.Millisecond):
				}
			}
		})
	}
	for n := range kills {
		for int(acked.Load()) < (n+1)*len(all)/(kills+1) && ctx.Err() == nil && !t.Failed() {
			<-time.After(time.Millisecond)
		}
		<-time.After(time.Duration(rng.IntN(20_000)) * time.Microsecond)
		w.kill()
		w.start()
	}
	working.Wait()
	if int(acked.Load()) != len(all) {
		t.Fatalf("%d of %d messages were taken", acked.Load(), len(all))
	}
	w.kill()
	judge(t, w, lives, now)
	w.start()
	t.Logf("%d events of %d members, %d messages, %d kills in %s; sent again after a kill: %d", len(letters), len(lives), len(all), kills,
		time.Since(began).Round(time.Second), again.Load())
}

// message is one of a gateway's.
type message struct{ gateway, body string }

// send sends it as if it were new, and returns the status of the answer, 0 for none.
func (m message) send(ctx context.Context, site string) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, site+"/pay/"+m.gateway, bytes.NewReader([]byte(m.body)))
	if err != nil {
		return 0
	}
	if m.gateway == "stripe" {
		req.Header.Set("Stripe-Signature", till.StripeSignature([]byte(m.body), time.Now(), till.StripeSecret))
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	return res.StatusCode
}

// at opens the newspaper without serving it.
func at(t *testing.T, w *warta) *app.Core {
	t.Helper()
	cfg := app.Config{Data: w.data, Database: w.database, Listen: fmt.Sprintf("127.0.0.1:%d", w.port), BaseURL: w.url(), Log: "text"}
	core, err := app.Open(t.Context(), cfg, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	return core
}

// enroll makes the members with what they bought and have not paid yet.
func enroll(t *testing.T, w *warta, lives []*life) {
	t.Helper()
	core := at(t, w)
	defer core.Close()
	plan := member.Plan{Name: "Bulanan", Period: member.Month, Price: pay.Money{Amount: price, Currency: "IDR"}, Benefits: member.NoAds}
	if err := core.Sales.SavePlan(t.Context(), account.System("crash"), &plan); err != nil {
		t.Fatal(err)
	}
	if err := core.Site.SaveSettings(t.Context(), account.System("crash"), map[string]string{"zone": "UTC", "grace_days": strconv.Itoa(graceDays)}); err != nil {
		t.Fatal(err)
	}
	for i, l := range lives {
		email := fmt.Sprintf("anggota%d@pembaca.example", i)
		err := core.DB.ChangeMember(t.Context(), member.Pick{Email: email}, func(e *member.Edit) (change.Outcome, error) {
			e.Record = &member.Record{Handle: fmt.Sprint(i), Member: member.Member{Email: email, Name: "Anggota", Created: e.Now}}
			return change.Outcome{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		f, err := core.DB.Member(t.Context(), member.Pick{Email: email})
		if err != nil {
			t.Fatal(err)
		}
		l.member = f.Record.ID
		for _, code := range l.codes {
			_, err := core.DB.ChangeTrade(t.Context(), member.TradePick{MemberID: l.member}, nil, time.UTC, func(tr *member.Trade) (change.Outcome, error) {
				tr.New = &member.Purchase{Code: code, MemberID: l.member, PlanID: plan.ID, Plan: plan.Name, Period: plan.Period, Price: plan.Price, Benefits: plan.Benefits,
					TaxRate: 1100, Renews: l.gateway == "stripe", Gateway: l.gateway, Created: tr.Now}
				return change.Outcome{}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// judge holds what every member has against the oracle, and the ledger against
// itself and against what came in.
func judge(t *testing.T, w *warta, lives []*life, now time.Time) {
	t.Helper()
	core := at(t, w)
	defer core.Close()
	// What a server does every minute, for what waited when it was killed.
	if err := core.Sales.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	entitled, wrong := 0, 0
	var took int64
	for _, l := range lives {
		f, err := core.DB.Member(t.Context(), member.Pick{ID: l.member})
		if err != nil {
			t.Fatal(err)
		}
		took += l.took
		got := f.Record.Rights.NoAds
		if l.until.After(now) {
			entitled++
		}
		if !got.After(now) && !l.until.After(now) || got.Equal(l.until) {
			continue
		}
		if wrong++; wrong <= 5 {
			t.Errorf("member %d (%s): until %s, the oracle says %s", l.member, l.about, got, l.until)
		}
	}
	if entitled == 0 || entitled == len(lives) {
		t.Errorf("this shows nothing: %d of %d are entitled", entitled, len(lives))
	}
	balances, err := core.DB.Balances(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := core.DB.Check(t.Context()); err != nil { // the balances are what the moves add up to
		t.Error(err)
	}
	var sum, held int64
	for _, b := range balances {
		sum += b.Money.Amount
		if b.Account == "at:stripe" || b.Account == "at:midtrans" {
			held += b.Money.Amount
		}
	}
	if sum != 0 {
		t.Errorf("the ledger is out of balance by %d", sum)
	}
	if held != took {
		t.Errorf("the gateways hold %d by the ledger, the oracle says %d", held, took)
	}
	for _, o := range member.Unsettled {
		if list, err := core.DB.ToldWith(t.Context(), o, 10); err != nil || len(list) > 0 && (o == member.Held || o == member.Unknown) {
			t.Errorf("%d events are left %q, %v", len(list), o, err)
		}
	}
	t.Logf("%d of %d members are entitled, %d are wrong; the gateways hold Rp %d", entitled, len(lives), wrong, held)
}

package account

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"warta/internal/fault"
)

// Limit is how many attempts a key has before it must wait until the oldest
// window has passed.
type Limit struct {
	Key    string
	Most   int
	Window time.Duration
}

// Limits bound one attempt. Those by account are rows: a restart, or another
// process, hands nobody fresh guesses at a password or a code. Those by network
// are counted in this process's memory: they keep floods away from the rest.
type Limits struct {
	Account, Network []Limit
}

// Keys returns the keys of the limits by account.
func (l Limits) Keys() []string {
	out := make([]string, len(l.Account))
	for i, a := range l.Account {
		out[i] = a.Key
	}
	return out
}

// GuessStore keeps the counts of attempts by account.
type GuessStore interface {
	// CountGuess counts one attempt for each limit, for all processes, whatever
	// else runs at the same time. If one is used up nothing is counted, and wait
	// is how long until it begins anew.
	CountGuess(ctx context.Context, now time.Time, limits []Limit) (wait time.Duration, err error)
	// ReturnGuess takes one attempt back from each key.
	ReturnGuess(ctx context.Context, keys []string) error
}

// Guard counts attempts at secrets, so that nobody guesses them. It is safe for
// concurrent use.
type Guard struct {
	store   GuessStore
	guesses *Guesses
}

// NewGuard returns a guard whose counts by account store keeps. What it counts
// by network is its own.
func NewGuard(store GuessStore) *Guard { return &Guard{store: store, guesses: NewGuesses()} }

// Attempt counts one attempt before it is looked at. If a limit is used up
// nothing is counted, and the error is Limited and says how long to wait.
func (g *Guard) Attempt(ctx context.Context, now time.Time, l Limits) error {
	if err := g.guesses.take(now, l.Network...); err != nil || len(l.Account) == 0 {
		return err
	}
	wait, err := g.store.CountGuess(ctx, now, l.Account)
	if err == nil && wait > 0 {
		err = tooMany(wait)
	}
	if err != nil {
		g.guesses.giveBack(l.Network...)
	}
	return err
}

// Undo takes an attempt back at which nothing was looked at, or which was
// right. why is the error of the attempt itself; that of the counting is less
// than that: at worst an attempt counts that was none.
func (g *Guard) Undo(ctx context.Context, l Limits, why error) error {
	g.guesses.giveBack(l.Network...)
	err := g.store.ReturnGuess(context.WithoutCancel(ctx), l.Keys())
	if why != nil {
		return why
	}
	return err
}

// Right takes an attempt that was right back from the counts by network; those
// by account the change takes back that the attempt was for.
func (g *Guard) Right(l Limits) { g.guesses.giveBack(l.Network...) }

// tooMany is the answer to who has to wait.
func tooMany(wait time.Duration) error {
	minutes := int((wait + time.Minute - 1) / time.Minute)
	e := fault.New(fault.Limited, "too many attempts; try again in %d minutes", minutes).Say("too_many_guesses", "minutes", minutes)
	e.RetryAfter = wait
	return e
}

// maxKeys bounds the memory that counting takes.
const maxKeys = 20_000

// Guesses counts attempts by network, in memory. An attempt is counted before it
// is looked at, so that many at once cannot pass together, and taken back if it
// succeeds.
type Guesses struct {
	mu   sync.Mutex
	keys map[string]*tally
}

type tally struct {
	count int
	until time.Time // then it begins anew
}

// NewGuesses returns a counter in which nothing is counted.
func NewGuesses() *Guesses { return &Guesses{keys: make(map[string]*tally)} }

// take counts one attempt for each limit. If one of them is used up nothing is
// counted, and the error is Limited and says how long to wait.
func (g *Guesses) take(now time.Time, limits ...Limit) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var wait time.Duration
	for _, l := range limits {
		if t := g.keys[l.Key]; t != nil && now.Before(t.until) && t.count >= l.Most {
			wait = max(wait, t.until.Sub(now))
		}
	}
	if wait > 0 {
		return tooMany(wait)
	}
	for _, l := range limits {
		t := g.keys[l.Key]
		if t == nil || !now.Before(t.until) {
			g.room(now)
			t = &tally{until: now.Add(l.Window)}
			g.keys[l.Key] = t
		}
		t.count++
	}
	return nil
}

// giveBack takes an attempt back that was none: the secret was right.
func (g *Guesses) giveBack(limits ...Limit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, l := range limits {
		if t := g.keys[l.Key]; t != nil && t.count > 0 {
			t.count--
		}
	}
}

// room makes sure that one more key fits. What has passed goes first, then,
// among a few taken at random, the one that would pass first.
func (g *Guesses) room(now time.Time) {
	if len(g.keys) < maxKeys {
		return
	}
	for k, t := range g.keys {
		if !now.Before(t.until) {
			delete(g.keys, k)
		}
	}
	for len(g.keys) >= maxKeys {
		var oldest string
		var at time.Time
		n := 0
		for k, t := range g.keys { // a map is walked in a random order
			if oldest == "" || t.until.Before(at) {
				oldest, at = k, t.until
			}
			if n++; n == 16 {
				break
			}
		}
		delete(g.keys, oldest)
	}
}

// Network returns the network of an address, by which limits count: an IPv6
// user has at least 64 bits of them to himself.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return p.String()
}

// signInLimits bound guessing of passwords: for one account from one network,
// for one account from everywhere, and for one network whatever the account.
// The second is wide, so that a stranger does not lock somebody out by trying.
// What was typed is the key, so no limit knows whether there is such an account.
func signInLimits(email, address string) Limits {
	n := Network(address)
	return Limits{
		Account: []Limit{
			{"account " + email + " " + n, 10, 15 * time.Minute},
			{"account " + email, 100, time.Hour},
		},
		Network: []Limit{{"network " + n, 100, 15 * time.Minute}},
	}
}

// codeLimits bound guessing of the second proof by somebody who has the first.
func codeLimits(userID int64, address string) Limits {
	return Limits{
		Account: []Limit{{"code " + Actor{ID: userID}.String(), 10, time.Hour}},
		Network: []Limit{{"network " + Network(address), 100, 15 * time.Minute}},
	}
}

// resetLimits bound how often mails about a new password are asked for.
func resetLimits(email, address string) Limits {
	return Limits{
		Account: []Limit{{"reset " + email, 3, time.Hour}},
		Network: []Limit{{"resets from " + Network(address), 20, time.Hour}},
	}
}
